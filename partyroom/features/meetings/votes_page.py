"""Section 表决: each vote with its counts, judged in words while they are typed."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from partyroom.features.meetings.agenda_page import TablePage
from partyroom.features.meetings.domain import (
    Attendance,
    Kinds,
    Vote,
    VoteMethod,
    VoteRule,
    explain_vote,
    judge_vote,
    meeting_kinds,
    tally,
)
from partyroom.features.meetings.list_page import Cells, ListColumn
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_RULE, _METHOD = 1, 2
_SECRET = (VoteRule.ACCEPTANCE, VoteRule.ELECTION)


class VotesPage(TablePage):
    """The votes; 应到 and 实到 follow the attendance until the user types others."""

    key = "votes"
    title = "表决"
    field = "votes"

    def __init__(self, kinds: Kinds | None = None, parent: QWidget | None = None) -> None:
        self._kinds = meeting_kinds() if kinds is None else kinds
        columns = (
            ListColumn("matter", "表决事项", 200, "long", stretch=True, hint="在这里写下表决的事项"),
            ListColumn("rule", "规则", 96, "choice", [(rule.value, rule.label) for rule in VoteRule]),
            ListColumn("method", "方式", 100, "choice", [(method.value, method.label) for method in VoteMethod]),
            *(ListColumn(key, title, 52, "number") for key, title in _NUMBERS),
        )
        self._rule = VoteRule.RESOLUTION
        self._should = self._present = 0
        super().__init__(columns, parent)
        self._rules: list[str] = []
        self._verdicts = named(QLabel(), "vote_verdicts")
        self._verdicts.setTextFormat(Qt.TextFormat.RichText)
        self._verdicts.setWordWrap(True)
        self._verdicts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._verdicts.setAlignment(Qt.AlignmentFlag.AlignTop)
        content = named(QWidget(), "scroll_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(scaled(4), 0, scaled(4), 0)
        column.addWidget(self._verdicts)
        scroll = named(QScrollArea(), "verdict_scroll")
        scroll.setWidgetResizable(True)
        scroll.setWidget(content)
        scroll.setMinimumHeight(scaled(48))
        self.body.addWidget(scroll)
        self._scroll = scroll
        note = named(QLabel("应到、实到只计有表决权的正式党员，按考勤自动填写，可以改。"), "small_quiet")
        note.setWordWrap(True)
        self.body.addWidget(note)
        self.table.model.edited.connect(self._on_model_edited)
        self.table.model.modelReset.connect(self._on_model_reset)
        self._judge()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a low screen the table comes first."""
        super().resizeEvent(event)
        self._scroll.setMaximumHeight(max(scaled(48), min(scaled(132), self.height() // 4)))

    def set_kind(self, kind: str) -> None:
        """New votes are judged as meetings of this kind are."""
        known = self._kinds.get(kind)
        self._rule = known.vote_rule if known else VoteRule.RESOLUTION
        self._set_pattern()

    def set_attendance(self, lines: Sequence[Attendance]) -> None:
        """Count who may vote; votes whose numbers were the counts so far get the new ones."""
        counts = tally(lines)
        before = [str(self._should), str(self._present)]
        self._should, self._present = counts.expected_voters, counts.present_voters
        now = [str(self._should), str(self._present)]
        self._set_pattern()
        for row, cells in enumerate(self.table.model.rows):
            if cells[3:5] == before and before != now:
                self.table.model.put(row, [*cells[:3], *now, *cells[5:]])
        self._judge()

    def votes(self) -> tuple[Vote, ...]:
        """The votes as they stand."""
        return tuple(self._item(row) for row in self.table.model.filled())

    def problems(self) -> list[str]:
        """A vote needs a matter."""
        rows = enumerate(self.table.model.filled(), 1)
        return [f"请写明第{number}项表决的事项。" for number, row in rows if not row[0]]

    def _set_pattern(self) -> None:
        method = VoteMethod.SECRET if self._rule in _SECRET else VoteMethod.HANDS
        self.table.model.pattern = [
            "",
            self._rule.value,
            method.value,
            str(self._should),
            str(self._present),
            "",
            "",
            "",
        ]

    def _on_model_reset(self) -> None:
        self._rules = [row[_RULE] for row in self.table.model.rows]
        self._judge()

    def _on_model_edited(self) -> None:
        """A rule that asks for secret ballots sets the method, once, when it is chosen."""
        rows = self.table.model.rows
        for row, cells in enumerate(rows):
            chosen = row < len(self._rules) and self._rules[row] != cells[_RULE]
            if chosen and len(rows) == len(self._rules) and VoteRule(cells[_RULE]) in _SECRET:
                self.table.model.put(row, [*cells[:_METHOD], VoteMethod.SECRET.value, *cells[_METHOD + 1 :]])
        self._rules = [cells[_RULE] for cells in rows]
        self._judge()

    def _judge(self) -> None:
        lines = [_verdict(number, vote) for number, vote in enumerate(self.votes(), 1)]
        self._verdicts.setText("<br>".join(lines) or "没有表决的会议不用填写。")

    def _cells(self, item: Vote) -> Cells:
        numbers = [item.should, item.present, item.yes, item.no, item.abstain]
        return [item.matter, item.rule.value, item.method.value, *map(str, numbers)]

    def _item(self, row: Cells) -> Vote:
        matter, rule, method, *numbers = row
        should, present, yes, no, abstain = map(_number, numbers)
        return Vote(matter, VoteRule(rule), VoteMethod(method), should, present, yes, no, abstain)


_NUMBERS = (("should", "应到"), ("present", "实到"), ("yes", "赞成"), ("no", "反对"), ("abstain", "弃权"))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _verdict(number: int, vote: Vote) -> str:
    """One line of markup, the matter escaped; what did not pass stands out."""
    text = html.escape(f"{number}. {vote.matter or '（未写事项）'}：{explain_vote(vote)}。")
    passed = judge_vote(vote.rule, vote.should, vote.present, vote.yes).passed
    return text if passed else f"<span style='color:{COLOURS['amber_dark']}'>{text}</span>"
