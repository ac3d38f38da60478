"""The oath in large letters, to be read aloud at a meeting."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialogButtonBox, QFrame, QLabel, QVBoxLayout, QWidget

from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

# 《中国共产党章程》第一章第六条.
OATH = (
    "我志愿加入中国共产党，拥护党的纲领，遵守党的章程，履行党员义务，执行党的决定，严守党的纪律，保守党的秘密，"
    "对党忠诚，积极工作，为共产主义奋斗终身，随时准备为党和人民牺牲一切，永不叛党。"
)
_PHRASE = 11  # characters a line should hold at least


class OathDialog(Dialog):
    """Shows the oath as large as the window allows; it can be maximised for a projector."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("入党誓词", parent)
        self.setObjectName("oath_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._title = QLabel("入党誓词")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text = named(QLabel(OATH.replace("，", "，\n")), "oath_text")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self._title, self.text):
            label.setMinimumSize(1, 1)
        self._title.setStyleSheet(f"color: {COLOURS['accent']}")
        sheet = named(QFrame(), "card")
        inner = QVBoxLayout(sheet)
        inner.addWidget(self._title)
        inner.addWidget(self.text, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(sheet, 1)
        layout.addWidget(buttons)

    def sizeHint(self) -> QSize:
        """Large; the base class keeps it within the screen."""
        return QSize(scaled(760), scaled(720))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Letters grow with the window."""
        super().resizeEvent(event)
        lines = OATH.count("，") + 3
        high = (self.height() - scaled(110)) / (lines * 1.5)
        wide = (self.width() - scaled(60)) / (_PHRASE + 4)
        size = max(scaled(14), int(min(high, wide)))
        for label, factor in ((self._title, 1.25), (self.text, 1.0)):
            font = label.font()
            font.setPixelSize(int(size * factor))
            font.setBold(label is self._title)
            label.setFont(font)
