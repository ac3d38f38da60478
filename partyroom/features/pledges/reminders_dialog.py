"""All reminders of a round; a pledge is opened from here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from partyroom.features.pledges.lines_page import Lines, tell
from partyroom.features.pledges.reminders import Reminder
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_PLACE = Qt.ItemDataRole.UserRole


class RemindersDialog(Dialog):
    """Lists reminders by urgency; `opened` tells the pledge that the user wants to see."""

    opened = Signal(int)

    def __init__(self, found: Sequence[Reminder], parent: QWidget | None = None) -> None:
        super().__init__(f"承诺提醒（{len(found)}条）", parent)
        self.setObjectName("reminders_dialog")
        self._found = tuple(found)
        self.tree = Lines("reminder_list", "承诺提醒", ("类别", "承诺人", "提醒"), (150, 96, 600), stretch=2)
        for place, one in enumerate(self._found):
            kind = f"{one.kind.label}{'（惯例）' if one.customary else ''}"
            line = QTreeWidgetItem([kind, one.name, one.text])
            tell(line, 2, one.text)
            line.setData(0, _PLACE, place)
            self.tree.addTopLevelItem(line)
        self.open_button = named(QPushButton("打开这份承诺"), "open_reminded")
        self.open_button.clicked.connect(self._on_open_clicked)
        close = named(QPushButton("关闭"), "close_button")
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(named(QLabel("“惯例”的提醒没有文件规定，仅供参考。"), "small_quiet"), 1)
        foot.addWidget(self.open_button)
        foot.addWidget(close)
        for button in (self.open_button, close):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.addWidget(self.tree, 1)
        layout.addLayout(foot)
        self.tree.itemActivated.connect(self._on_open_clicked)
        self.tree.itemSelectionChanged.connect(self._show_actions)
        self.tree.begin()
        self._show_actions()

    def sizeHint(self) -> QSize:
        """Roomy; the base class keeps it within the screen."""
        return QSize(scaled(1060), scaled(520))

    def chosen(self) -> Reminder | None:
        """The reminder that is selected."""
        line = self.tree.currentItem()
        place = line.data(0, _PLACE) if line is not None else None
        return self._found[place] if isinstance(place, int) else None

    def _show_actions(self) -> None:
        one = self.chosen()
        self.open_button.setEnabled(one is not None and one.pledge_id is not None)

    def _on_open_clicked(self) -> None:
        one = self.chosen()
        if one is not None and one.pledge_id is not None:
            self.accept()
            self.opened.emit(one.pledge_id)
