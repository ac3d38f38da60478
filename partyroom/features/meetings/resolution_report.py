"""督办台账: the resolutions and what became of them, on paper and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.documents.model import Align, CaptionLine, Document, LedgerColumn, LedgerTable, PageStyle, Title
from partyroom.documents.sheet import Sheet
from partyroom.features.meetings.resolutions import ResolutionRow, ResolutionState
from partyroom.features.organisation.domain import Branch

_COLUMNS = (
    LedgerColumn("编号", 17, Align.CENTRE),
    LedgerColumn("会议", 42),
    LedgerColumn("决议内容", 66),
    LedgerColumn("责任人", 24),
    LedgerColumn("完成时限", 33),
    LedgerColumn("办理情况", 62),
    LedgerColumn("状态", 22, Align.CENTRE),
)
_WIDTHS = (10, 26, 44, 14, 16, 44, 18)
TITLE = "议事决策督办台账"


def ledger_document(rows: Sequence[ResolutionRow], branch: Branch, day: date) -> Document:
    """The ledger as it stands on `day`, one line a resolution, with all its notes."""
    return Document(
        title=f"{branch.full_name}{TITLE}",
        blocks=(
            Title(f"{branch.full_name}{TITLE}"),
            CaptionLine(left=_totals(rows), right=f"统计日期：{chinese_date(day)}"),
            LedgerTable(_COLUMNS, tuple(_cells(row) for row in rows)),
        ),
        page=PageStyle.LEDGER,
        author=branch.full_name,
        subject=f"{TITLE}，{chinese_date(day)}",
    )


def ledger_sheet(rows: Sequence[ResolutionRow], branch: Branch, day: date) -> Sheet:
    """The same as a workbook."""
    headings = tuple(column.title for column in _COLUMNS)
    note = f"{_totals(rows)}统计日期：{chinese_date(day)}。"
    return Sheet(f"{branch.full_name}{TITLE}", headings, [_cells(row) for row in rows], _WIDTHS, note)


def _cells(row: ResolutionRow) -> tuple[str, ...]:
    meeting = f"{chinese_date(row.meeting_day)}\n{row.meeting}"
    notes = "\n".join(one.line for one in row.follow_ups)
    return (row.number, meeting, row.text, row.responsible, row.deadline, notes, state_text(row))


def state_text(row: ResolutionRow) -> str:
    """The state, with the day of closing on a second line."""
    return f"{row.state.label}\n{chinese_date(row.closed_on)}" if row.closed_on else row.state.label


def _totals(rows: Sequence[ResolutionRow]) -> str:
    counts = [(state, sum(row.state is state for row in rows)) for state in ResolutionState]
    return f"共{len(rows)}项：" + "，".join(f"{state.label}{count}项" for state, count in counts) + "。"
