"""The line above a finalised record in the editor: since when it is locked, and the way to open it again."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from partyroom.core.calendar import chinese_datetime
from partyroom.features.meetings.minutes_service import reopen_minutes
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled


class LockBar(QFrame):
    """Says that a record is finalised; `reopened` tells that it was opened again, with its reason stored."""

    reopened = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "draft_bar")
        self._desk = desk
        self._meeting = 0
        picture = QLabel()
        picture.setPixmap(icon("lock").pixmap(scaled(16), scaled(16)))
        self.text = named(QLabel(), "lock_text")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.button = named(QPushButton("重新打开…"), "reopen_button")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.ask_reason)
        line = QHBoxLayout(self)
        line.setContentsMargins(scaled(12), scaled(6), scaled(8), scaled(6))
        line.addWidget(picture)
        line.addWidget(self.text, 1)
        line.addWidget(self.button)
        self.hide()

    def show_lock(self, meeting_id: int, finalised_at: datetime) -> None:
        """Say since when the record is locked."""
        self._meeting = meeting_id
        self.text.setText(
            f"本记录已于{chinese_datetime(finalised_at)}定稿，只能查看。确需改动的，写明原因后重新打开，原因记入修改记录。"
        )
        self.show()

    def ask_reason(self) -> None:
        """Ask why the record has to be opened again, and open it."""
        ask_reopening(self._desk, self, self._meeting, self._on_submitted)

    def _on_submitted(self) -> None:
        self.hide()
        self.reopened.emit()


def ask_reopening(desk: Desk, owner: QWidget, meeting_id: int, done: Any) -> None:
    """Ask for the reason, open the record again, then call `done()`."""
    fields = [Field("reason", "重新打开的原因", Kind.LONG_TEXT, required=True, rows=3, hint="例如：更正表决票数")]
    save = partial(_save, desk, owner, meeting_id)
    title = "重新打开已定稿的记录"
    dialog = FormDialog(title, fields, {}, desk, save=save, accept_text="重新打开", parent=owner.window())
    dialog.submitted.connect(partial(_finish, done))
    dialog.open()


def _finish(done: Any, _values: object) -> None:
    done()


def _save(desk: Desk, owner: QWidget, meeting_id: int, values: dict[str, object]) -> None:
    reason = " ".join(str(values["reason"]).split())
    desk.tasks.write(f"重新打开会议记录：{reason}", partial(_reopen, meeting_id, reason), owner=owner)


def _reopen(meeting_id: int, reason: str, session: Any) -> None:
    reopen_minutes(session, meeting_id, reason)
