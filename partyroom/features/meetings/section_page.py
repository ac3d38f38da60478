"""One section of the meeting editor: a stack of widgets with a line above for what is wrong in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from partyroom.features.meetings.domain import MeetingDraft
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled


class SectionPage(QWidget):
    """Base of the sections.

    `changed` tells of what the user did, never of what the program filled in. `state` and `restore` carry the raw
    input as JSON data through a crash; `fields` gives what goes into the `MeetingDraft`.
    """

    changed = Signal()
    key: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"section_{self.key}")
        self.notice = named(QFrame(), "form_problem_bar")
        self.notice_text = named(QLabel(), f"problems_{self.key}")
        self.notice_text.setTextFormat(Qt.TextFormat.PlainText)
        self.notice_text.setWordWrap(True)
        line = QHBoxLayout(self.notice)
        line.setContentsMargins(scaled(12), scaled(6), scaled(12), scaled(6))
        line.addWidget(self.notice_text)
        self.notice.hide()
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(scaled(8))
        self.body.addWidget(self.notice)

    def show_problems(self, sentences: Sequence[str]) -> None:
        """Show what keeps the meeting from being saved; nothing hides the line."""
        self.notice_text.setText("\n".join(sentences))
        self.notice.setVisible(bool(sentences))

    def problems(self) -> list[str]:
        """What is wrong with the input itself."""
        return []

    def badge(self) -> str:
        """The few characters beside the section's name in the navigation."""
        return ""

    def put(self, draft: MeetingDraft) -> None:
        """Show a stored meeting."""
        raise NotImplementedError

    def fields(self) -> dict[str, Any]:
        """What the section contributes to a `MeetingDraft`, by field."""
        raise NotImplementedError

    def state(self) -> object:
        """The raw input as JSON data."""
        raise NotImplementedError

    def restore(self, state: Any) -> None:
        """Put back what `state` gave."""
        raise NotImplementedError

    def lock(self, *, locked: bool) -> None:
        """Let nothing be changed while the record is finalised (定稿)."""
        for child in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            child.setEnabled(not locked)

    def take_focus(self) -> None:
        """Put the keyboard where the user begins."""
        self.setFocus()
