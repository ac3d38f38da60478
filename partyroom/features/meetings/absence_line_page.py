"""The line of the review that says who is missing, and leads to leave slips and make-up lessons."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from partyroom.features.meetings.absence import Settled, absence_sentence, asks_for_make_up
from partyroom.features.meetings.domain import Kinds, MeetingDraft
from partyroom.features.meetings.leave_service import settled_of
from partyroom.ui.desk import Desk
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_WATCHED = frozenset({"leave_slips", "make_ups"})


class AbsenceLine(QFrame):
    """'3人缺席，1人没有请假条，补课3人待完成。' with a button; hidden while everybody is there.

    Absentees are those of the attendance as it is being entered, slips and lessons those that are stored.
    """

    requested = Signal()

    def __init__(self, desk: Desk, meeting_id: int | None, kinds: Kinds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "draft_bar")
        self._desk = desk
        self._meeting_id = meeting_id
        self._kinds = kinds
        self._draft: MeetingDraft | None = None
        self._settled = Settled()
        self.text = named(QLabel(), "absence_line_text")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.button = named(QPushButton("请假与补课…"), "absences_button")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.requested)
        line = QHBoxLayout(self)
        line.setContentsMargins(scaled(12), scaled(6), scaled(8), scaled(6))
        line.addWidget(self.text, 1)
        line.addWidget(self.button)
        self.hide()
        desk.tasks.data_changed.connect(self._on_data_changed)
        self._read()

    def show_absentees(self, draft: MeetingDraft) -> None:
        """Say who is missing by this attendance."""
        self._draft = draft
        made_up = asks_for_make_up((draft.kind, *draft.also), self._kinds)
        sentence = absence_sentence(draft.attendance, self._settled, made_up=made_up)
        self.text.setText(sentence)
        self.setVisible(bool(sentence))

    def _read(self) -> None:
        if self._meeting_id is not None:
            work = partial(_settled, self._meeting_id)
            self._desk.tasks.read(work, self._on_settled_read, owner=self, key="settled")

    def _on_settled_read(self, settled: Settled) -> None:
        self._settled = settled
        if self._draft is not None:
            self.show_absentees(self._draft)

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if kinds & _WATCHED:
            self._read()


def _settled(meeting_id: int, session: Any) -> Settled:
    return settled_of(session, meeting_id)
