"""The year plan on paper: 年度组织生活计划, a line a meeting; and record forms to fill in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.documents.model import (
    Align,
    CaptionLine,
    Cell,
    Document,
    FormGrid,
    FormRow,
    LedgerColumn,
    LedgerTable,
    PageStyle,
    SignatureRow,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.meetings.domain import MeetingRow, Stage
from partyroom.features.organisation.domain import Branch

_COLUMNS = (
    LedgerColumn("序号", 12, Align.CENTRE),
    LedgerColumn("月份", 16, Align.CENTRE),
    LedgerColumn("日期", 30, Align.CENTRE),
    LedgerColumn("会议类型", 42),
    LedgerColumn("会议名称", 82),
    LedgerColumn("地点", 36),
    LedgerColumn("状态", 22, Align.CENTRE),
)


def plan_document(rows: Sequence[MeetingRow], branch: Branch, year: int, day: date) -> Document:
    """All meetings planned, held and cancelled in a year in order of time, as it stands on `day`."""
    table = LedgerTable(_COLUMNS, tuple(_line(number, row) for number, row in enumerate(rows, 1)))
    blocks = (
        Title(f"{branch.full_name}{year}年度组织生活计划"),
        CaptionLine(left=_counts(rows), right=f"统计日期：{chinese_date(day)}"),
        table,
    )
    return Document(f"{year}年度组织生活计划", blocks, PageStyle.LEDGER, author=branch.full_name)


def plan_sheet(rows: Sequence[MeetingRow], branch: Branch, year: int) -> Sheet:
    """The same as a workbook."""
    headings = tuple(column.title for column in _COLUMNS)
    lines: list[tuple[str | int, ...]] = [(number, *_line(number, row)[1:]) for number, row in enumerate(rows, 1)]
    return Sheet(f"{branch.full_name}{year}年度组织生活计划", headings, lines, (8, 8, 16, 24, 44, 20, 10))


def blank_plan_document() -> Document:
    """The plan to fill in by hand, two lines a month."""
    lines = tuple((str(n + 1), f"{n // 2 + 1}月", *("",) * 5) for n in range(24))
    table = LedgerTable(_COLUMNS, lines, least_row=11.0)
    return Document("年度组织生活计划", (Title("年度组织生活计划"), table), PageStyle.LEDGER)


def blank_record_document(kind: str) -> Document:
    """会议记录 of a kind to fill in by hand: the fields of the printed record, with room to write."""
    rows = (
        _wide("会议名称", 12.0),
        _pair("会议时间", "会议地点"),
        _pair("主持人", "记录人"),
        _pair("应到人数", "实到人数"),
        _wide("出席人员", 20.0),
        _wide("列席人员", 10.0),
        _wide("缺席人员\n及原因", 14.0),
        _wide("会议议题", 14.0),
        _wide("会议内容\n及讨论情况", 62.0),
        _wide("会议决议", 26.0),
    )
    grid = FormGrid((26.0, 52.0, 26.0, 52.0), rows)
    signatures = SignatureRow(("主持人（签字）：", "记录人（签字）："))
    return Document(f"{kind}记录", (Title(f"{kind}记录"), grid, signatures), PageStyle.FORM)


def _line(number: int, row: MeetingRow) -> tuple[str, ...]:
    kind = f"{row.kind}（兼{row.also}）" if row.also else row.kind
    state = "已取消" if row.stage is Stage.CANCELLED else row.stage.label
    month = f"{row.starts_at.month}月"
    return (str(number), month, f"{row.starts_at:%m.%d %H:%M}", kind, row.title, row.place, state)


def _counts(rows: Sequence[MeetingRow]) -> str:
    return "，".join(f"{stage.label}{sum(row.stage is stage for row in rows)}次" for stage in Stage)


def _wide(label: str, height: float) -> FormRow:
    return FormRow((Cell(label, label=True), Cell("", span=3)), height)


def _pair(label: str, other: str) -> FormRow:
    return FormRow((Cell(label, label=True), Cell(""), Cell(other, label=True), Cell("")), 11.0)
