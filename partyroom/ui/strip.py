"""The line above a page that tells what has just happened."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from partyroom.ui.icons import icon, pixmap
from partyroom.ui.messages import Level, Messages, Notice
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_READING_MS = 8000
_SIGNS = {Level.INFO: ("circle-check", "focus"), Level.WARNING: ("alert", "amber_dark")}


class MessageStrip(QFrame):
    """Shows the latest notice; neutral ones go after a while, warnings stay until closed."""

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "message_strip", "消息")
        self._slot: Callable[[], None] | None = None
        self._sign = QLabel()
        self._text = named(QLabel(), "message_text")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._action = named(QPushButton(), "message_action")
        self._action.clicked.connect(self._on_action_clicked)
        close = named(QToolButton(), "message_close", "关闭消息")
        close.setIcon(icon("x"))
        close.setToolTip("关闭")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(scaled(16), scaled(5), scaled(10), scaled(5))
        row.setSpacing(scaled(10))
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(close)
        self._timer = QTimer(self, singleShot=True, interval=_READING_MS)
        self._timer.timeout.connect(self.hide)
        messages.said.connect(self.tell)
        self.hide()

    def tell(self, notice: Notice) -> None:
        """Show `notice` in the place of what was there."""
        picture, colour = _SIGNS[notice.level]
        self._sign.setPixmap(pixmap(picture, scaled(18), COLOURS[colour], self.devicePixelRatioF()))
        self._text.setText(notice.text)
        self._slot = notice.slot
        self._action.setText(notice.action)
        self._action.setVisible(bool(notice.action))
        self.setProperty("level", notice.level.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
        if notice.level is Level.INFO:
            self._timer.start()
        else:
            self._timer.stop()

    def _on_action_clicked(self) -> None:
        self.hide()
        if self._slot is not None:
            self._slot()
