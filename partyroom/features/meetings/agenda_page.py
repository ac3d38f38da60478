"""Sections 议程 and 决议: short tables of what was on the agenda and of what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.features.meetings.actions_page import ActionsBox
from partyroom.features.meetings.domain import (
    AgendaItem,
    Kinds,
    MeetingDraft,
    Resolution,
    Vote,
    judge_vote,
    meeting_kinds,
)
from partyroom.features.meetings.list_page import Cells, ListColumn, ListTable
from partyroom.features.meetings.resolutions import OpenResolution
from partyroom.features.meetings.section_page import SectionPage

_RESOLUTION_CELLS = 5  # what is shown, and behind it the id and the number of the stored resolution
_DEADLINES = ("长期", "本月底", "本学期末", "本学年末", "年底前", "立即")


def _unknown() -> datetime | None:
    return None


class TablePage(SectionPage):
    """Base of sections that are one table."""

    field: str

    def __init__(self, columns: Sequence[ListColumn], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = ListTable(f"{self.key}_table", self.title, columns)
        self.body.addWidget(self.table, 1)
        self.table.model.edited.connect(self.changed)

    def badge(self) -> str:
        """The number of rows."""
        count = len(self.table.model.filled())
        return str(count) if count else ""

    def put(self, draft: MeetingDraft) -> None:
        """Show what is stored."""
        self.table.model.replace([self._cells(item) for item in getattr(draft, self.field)])

    def fields(self) -> dict[str, Any]:
        """The rows as what they stand for."""
        return {self.field: tuple(self._item(row) for row in self.table.model.filled())}

    def state(self) -> object:
        """The cells."""
        return [list(row) for row in self.table.model.rows]

    def restore(self, state: Any) -> None:
        """Put the cells back.

        Raises:
            ValueError: a cell holds a code that this version does not know.
        """
        width = len(self.table.model.pattern)
        rows = [[str(cell) for cell in row] for row in state if len(row) == width]
        for row in rows:
            self._item(row)  # refuses what stands for nothing before it is shown
        self.table.model.replace(rows)

    def lock(self, *, locked: bool) -> None:
        """Let the table be read and scrolled, not changed."""
        self.table.lock(locked=locked)

    def take_focus(self) -> None:
        """The table."""
        self.table.view.setFocus()

    def _cells(self, item: Any) -> Cells:
        raise NotImplementedError

    def _item(self, row: Cells) -> Any:
        raise NotImplementedError


class AgendaPage(TablePage):
    """The agenda, with the usual one of the kind at hand, and the fixed actions (规定动作) below it."""

    key = "agenda"
    title = "议程"
    field = "agenda"

    def __init__(
        self,
        people: Sequence[str],
        kinds: Kinds | None = None,
        starts_at: Callable[[], datetime | None] = _unknown,
        parent: QWidget | None = None,
    ) -> None:
        self._kinds = meeting_kinds() if kinds is None else kinds
        columns = (
            ListColumn("title", "议程", 300, "long", stretch=True, hint="在这里写下一项议程"),
            ListColumn("speaker", "报告人（发言人）", 160, suggestions=people),
        )
        super().__init__(columns, parent)
        self._kind = ""
        self.fixed = ActionsBox(starts_at)
        self.fixed.changed.connect(self.changed)
        self.body.addWidget(self.fixed)
        self._open: tuple[OpenResolution, ...] = ()
        self._carry = self.table.add_action("带入未办结事项", "list-check", self._on_carry_triggered, first=True)
        self._template = self.table.add_action("填入常用议程", "template", self._on_template_triggered, first=True)
        self.table.model.edited.connect(self._show_open)
        self.table.model.modelReset.connect(self._show_open)
        self.set_kind("")

    def set_kind(self, kind: str, also: Sequence[str] = ()) -> None:
        """Offer the agenda of this kind, and the fixed actions of all the meeting counts as."""
        self._kind, self._also = kind, tuple(also)
        known = self._kinds.get(kind)
        kinds = [found for code in (kind, *also) if (found := self._kinds.get(code)) is not None]
        self.fixed.offer(list(dict.fromkeys(name for one in kinds for name in one.actions)))
        self._template.setEnabled(known is not None)
        self._template.setText(f"填入“{known.label}”的常用议程" if known else "填入常用议程")

    def set_open(self, resolutions: Sequence[OpenResolution]) -> None:
        """Offer what this body decided before and has not closed yet."""
        self._open = tuple(resolutions)
        self._show_open()

    def lock(self, *, locked: bool) -> None:
        """Neither items nor fixed actions can be changed."""
        super().lock(locked=locked)
        self.fixed.setEnabled(not locked)
        if not locked:
            self.set_kind(self._kind, self._also)
            self._show_open()

    def problems(self) -> list[str]:
        """An item needs words."""
        rows = enumerate(self.table.model.filled(), 1)
        blank = [f"请填写第{number}项议程的内容。" for number, (title, _) in rows if not title]
        return blank + self.fixed.problems()

    def put(self, draft: MeetingDraft) -> None:
        """Show what is stored."""
        super().put(draft)
        self.fixed.put(draft.actions)

    def fields(self) -> dict[str, Any]:
        """Agenda and fixed actions."""
        return super().fields() | {"actions": self.fixed.done()}

    def state(self) -> object:
        """The cells, the ticks and their times."""
        return {"rows": super().state(), "actions": self.fixed.state()}

    def restore(self, state: Any) -> None:
        """Put the raw input back; a bare list is the agenda alone."""
        kept = state if isinstance(state, dict) else {"rows": state, "actions": []}
        super().restore(kept["rows"])
        self.fixed.restore(kept["actions"])

    def _missing(self) -> list[OpenResolution]:
        present = {row[0] for row in self.table.model.filled()}
        return [one for one in self._open if one.agenda_title not in present]

    def _show_open(self) -> None:
        missing = self._missing()
        self._carry.setText(f"带入未办结事项（{len(missing)}）" if missing else "带入未办结事项")
        self._carry.setEnabled(bool(missing) and not self.table.model.locked)
        tip = "\n".join(one.agenda_title for one in missing[:10])
        self._carry.setToolTip(tip or "以前会议的决议都已办结，或已列入议程")

    def _on_carry_triggered(self) -> None:
        self.table.model.append([[one.agenda_title, one.responsible] for one in self._missing()])

    def _on_template_triggered(self) -> None:
        present = {row[0] for row in self.table.model.filled()}
        self.table.model.append([[title, ""] for title in self._kinds[self._kind].agenda if title not in present])

    def _cells(self, item: AgendaItem) -> Cells:
        return [item.title, item.speaker]

    def _item(self, row: Cells) -> AgendaItem:
        return AgendaItem(*row)


class ResolutionsPage(TablePage):
    """What was decided, who does it, until when."""

    key = "resolutions"
    title = "决议"
    field = "resolutions"

    def __init__(self, people: Sequence[str], parent: QWidget | None = None) -> None:
        columns = (
            ListColumn("text", "决议内容", 300, "long", stretch=True, hint="在这里写下一项决议"),
            ListColumn("responsible", "责任人", 120, suggestions=people),
            ListColumn("deadline", "完成时限", 120, suggestions=_DEADLINES),
        )
        super().__init__(columns, parent)
        self.table.model.pattern = [""] * _RESOLUTION_CELLS
        self._votes: tuple[Vote, ...] = ()
        self._from_votes = self.table.add_action("写入已通过的事项", "vote", self._on_votes_triggered, first=True)
        self._from_votes.setEnabled(False)

    def set_votes(self, votes: Sequence[Vote]) -> None:
        """Know what was put to the vote."""
        passed = (vote for vote in votes if judge_vote(vote.rule, vote.should, vote.present, vote.yes).passed)
        self._votes = tuple(vote for vote in passed if vote.matter)
        self._from_votes.setEnabled(bool(self._votes) and not self.table.model.locked)

    def problems(self) -> list[str]:
        """A resolution needs words."""
        rows = enumerate(self.table.model.filled(), 1)
        return [f"请填写第{number}项决议的内容。" for number, (text, *_) in rows if not text]

    def _on_votes_triggered(self) -> None:
        present = {row[0] for row in self.table.model.filled()}
        texts = [f"会议表决通过：{vote.matter.rstrip('。')}。" for vote in self._votes]
        if fresh := [[text, "", "", "", ""] for text in texts if text not in present]:
            self.table.model.append(fresh)

    def restore(self, state: Any) -> None:
        """Put the cells back; kept input from before resolutions had numbers has three of them."""
        super().restore([[*row, "", ""][:_RESOLUTION_CELLS] for row in state])

    def _cells(self, item: Resolution) -> Cells:
        """Behind what is shown goes by which the stored resolution is known again."""
        return [item.text, item.responsible, item.deadline, str(item.id or ""), item.number]

    def _item(self, row: Cells) -> Resolution:
        text, responsible, deadline, stored, number = row
        return Resolution(text, responsible, deadline, int(stored or 0), number)
