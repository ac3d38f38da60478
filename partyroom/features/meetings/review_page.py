"""Section 核对: what cannot be right and what the rule book finds odd, before the record is filed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QWidget

from partyroom.features.meetings.domain import MeetingDraft
from partyroom.features.meetings.section_page import SectionPage
from partyroom.ui.icons import ACCENT, icon
from partyroom.ui.naming import named


class ReviewPage(SectionPage):
    """A calm list; only what cannot be true keeps the meeting from being saved."""

    finalise_requested = Signal()
    key = "review"
    title = "核对"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.summary = named(QLabel(), "review_summary")
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setWordWrap(True)
        self.list = named(QListWidget(), "review_list", "核对结果")
        self.list.setWordWrap(True)
        self.list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.list, 1)
        self.body.addStretch()
        self.body.addLayout(self._finalising())

    def _finalising(self) -> QHBoxLayout:
        self.finalise_button = named(QPushButton(icon("lock"), "保存并定稿"), "finalise_button")
        self.finalise_button.setAutoDefault(False)
        self.finalise_button.clicked.connect(self.finalise_requested)
        text = "核对无误后定稿：定稿的记录不能再改，也不能移入回收站；写明原因可以重新打开。"
        note = named(QLabel(text), "small_quiet")
        note.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(note, 1)
        row.addWidget(self.finalise_button)
        return row

    def show_findings(self, errors: Sequence[str], cautions: Sequence[str]) -> None:
        """Show contradictions before cautions."""
        self._count = len(errors) + len(cautions)
        self.list.clear()
        for texts, picture, colour in ((errors, "alert-circle", ACCENT), (cautions, "info", "#7A5200")):
            for text in texts:
                self.list.addItem(QListWidgetItem(icon(picture, colour), text))
        self.list.setVisible(bool(self._count))
        if errors:
            self.summary.setText(f"有{len(errors)}处必须先改正才能保存；其余为提醒，不影响保存。")
        elif cautions:
            self.summary.setText(f"有{len(cautions)}条提醒，不影响保存，归档前请再核对。")
        else:
            self.summary.setText("没有发现问题。")

    def badge(self) -> str:
        """The number of findings."""
        return str(self._count) if self._count else ""

    def put(self, draft: MeetingDraft) -> None:
        """Nothing is stored here."""

    def fields(self) -> dict[str, Any]:
        """Nothing is stored here."""
        return {}

    def state(self) -> object:
        """Nothing is typed here."""
        return None

    def restore(self, state: Any) -> None:
        """Nothing is typed here."""

    def lock(self, *, locked: bool) -> None:
        """Nothing more to finalise."""
        self.finalise_button.setEnabled(not locked)

    def take_focus(self) -> None:
        """The list."""
        self.list.setFocus()
