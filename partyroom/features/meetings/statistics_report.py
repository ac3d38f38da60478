"""考勤统计 and 三会一课开展情况汇总 on paper and as workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.documents.model import (
    Align,
    Blank,
    Block,
    CaptionLine,
    Document,
    LedgerColumn,
    LedgerTable,
    Note,
    PageBreak,
    PageStyle,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.meetings.attendance_rates import AttendanceRates, Counts
from partyroom.features.meetings.domain import Kinds, kind_label
from partyroom.features.meetings.year_summary import HeldMeeting, KindYear, YearSummary
from partyroom.features.organisation.domain import Branch

_STATES = ("应到次数", "到", "迟到", "请假", "公差", "缺席", "出勤率")
_HOW = "应到不含列席人员和不计入应到的人员；出勤率＝（到＋迟到）÷应到，保留一位小数。"


def rates_document(rates: AttendanceRates, branch: Branch, *, first: date, last: date, kinds: str) -> Document:
    """考勤统计表: by person, then by month, each with its totals."""
    period = f"{chinese_date(first)}至{chinese_date(last)}"
    people = LedgerTable(
        columns=(
            LedgerColumn("序号", 14, Align.CENTRE),
            LedgerColumn("姓名", 28, Align.CENTRE),
            LedgerColumn("党小组", 36, Align.CENTRE),
            LedgerColumn("科室", 36, Align.CENTRE),
            *_state_columns(),
        ),
        rows=tuple(
            (str(n), person.name, person.group, person.department, *_cells(person.counts))
            for n, person in enumerate(rates.people, 1)
        ),
        totals=("", f"合计{len(rates.people)}人", "", "", *_cells(rates.total)),
        footnote=_HOW,
    )
    months = LedgerTable(
        columns=(
            LedgerColumn("月份", 40, Align.CENTRE),
            LedgerColumn("会议次数", 24, Align.CENTRE),
            *_state_columns("人次"),
        ),
        rows=tuple((month.label, str(month.meetings), *_cells(month.counts)) for month in rates.months),
        totals=("合计", str(rates.meetings), *_cells(rates.total)),
    )
    blocks: tuple[Block, ...] = (
        Title(f"{branch.full_name}考勤统计表"),
        CaptionLine(left=f"统计期间：{period}", right=f"会议类型：{kinds}"),
        people,
        Blank(1),
        CaptionLine(left="按月统计"),
        months,
    )
    return Document(title="考勤统计表", blocks=blocks, page=PageStyle.LEDGER, author=branch.full_name)


def rates_sheets(rates: AttendanceRates, branch: Branch, *, first: date, last: date) -> tuple[Sheet, Sheet]:
    """The same two tables as sheets of a workbook; counts are numbers."""
    period = f"{first:%Y.%m.%d}—{last:%Y.%m.%d}"
    people = Sheet(
        title=f"{branch.full_name}考勤统计表（按人，{period}）",
        headings=("序号", "姓名", "党小组", "科室", *_STATES),
        rows=[
            (n, person.name, person.group, person.department, *_numbers(person.counts))
            for n, person in enumerate(rates.people, 1)
        ],
        widths=(6, 12, 16, 16, 10, 8, 8, 8, 8, 8, 10),
        note=_HOW,
        name="按人",
    )
    months = Sheet(
        title=f"{branch.full_name}考勤统计表（按月，{period}）",
        headings=("月份", "会议次数", *_STATES),
        rows=[(month.label, month.meetings, *_numbers(month.counts)) for month in rates.months],
        widths=(14, 10, 10, 8, 8, 8, 8, 8, 10),
        note=_HOW,
        name="按月",
    )
    return people, months


def summary_document(summary: YearSummary, branch: Branch, kinds: Kinds) -> Document:
    """三会一课开展情况汇总表: 应开/实开 by kind and quarter, the months, then the list of meetings."""
    note = (
        "“应开/实开”按支部工作条例规定的次数计算，一会两用的会议按各类型分别计入；计划中的和取消的会议不计。"
        "条例对寒暑假没有另作规定，未达到次数的期间确有原因的，请另作说明。"
    )
    blocks: tuple[Block, ...] = (
        Title(f"{branch.full_name}\n{summary.year}年“三会一课”开展情况汇总表"),
        CaptionLine(left=f"填报单位：{branch.full_name}", right=f"统计截至：{chinese_date(_until(summary))}"),
        _kinds_ledger(summary.kinds),
        Note(note),
        Blank(0.5),
        CaptionLine(left="各月召开次数"),
        _months_ledger(summary.kinds),
        PageBreak(),
        CaptionLine(left=f"{summary.year}年会议一览（共{len(summary.meetings)}次）"),
        _meetings_ledger(summary.meetings, kinds),
    )
    title = f"{summary.year}年“三会一课”开展情况汇总表"
    return Document(title=title, blocks=blocks, page=PageStyle.LEDGER, author=branch.full_name)


def summary_sheets(summary: YearSummary, branch: Branch, kinds: Kinds) -> tuple[Sheet, Sheet]:
    """The summary and the list of meetings as sheets of a workbook."""
    title = f"{branch.full_name}{summary.year}年“三会一课”开展情况汇总表"
    by_kind = Sheet(
        title=title,
        headings=(*(column.title for column in _KIND_COLUMNS), *(f"{month}月" for month in range(1, 13))),
        rows=[(*_kind_cells(one), *one.months) for one in summary.kinds],
        widths=(18, 24, 12, 12, 12, 12, 12, 30, 40, *[6.0] * 12),
        note=f"统计截至{chinese_date(_until(summary))}；各月为实开次数。",
        name="汇总",
    )
    listed = Sheet(
        title=f"{branch.full_name}{summary.year}年会议一览",
        headings=tuple(column.title for column in _MEETING_COLUMNS),
        rows=[_numbered(cells) for cells in _meeting_rows(summary.meetings, kinds)],
        widths=(6, 22, 36, 14, 14, 18, 12, 12, 8, 8, 10),
        name="会议一览",
    )
    return by_kind, listed


def _until(summary: YearSummary) -> date:
    return min(summary.as_of, date(summary.year, 12, 31))


def _state_columns(unit: str = "") -> tuple[LedgerColumn, ...]:
    titles = (f"应到{unit or '次数'}", *_STATES[1:])
    return tuple(LedgerColumn(title, 20, Align.CENTRE) for title in titles)


def _cells(counts: Counts) -> tuple[str, ...]:
    return (*map(str, _integers(counts)), counts.rate)


def _numbers(counts: Counts) -> tuple[str | int, ...]:
    return (*_integers(counts), counts.rate)


def _integers(counts: Counts) -> tuple[int, ...]:
    return counts.expected, counts.present, counts.late, counts.leave, counts.duty, counts.absent


_KIND_COLUMNS = (
    LedgerColumn("会议类型", 32),
    LedgerColumn("次数要求", 32),
    *(LedgerColumn(f"{name}季度\n应开/实开", 21, Align.CENTRE) for name in "一二三四"),
    LedgerColumn("全年\n应开/实开", 21, Align.CENTRE),
    LedgerColumn("未达到次数的期间", 40),
    LedgerColumn("依据", 62),
)

_MEETING_COLUMNS = (
    LedgerColumn("序号", 11, Align.CENTRE),
    LedgerColumn("会议类型", 34),
    LedgerColumn("主题", 58),
    LedgerColumn("日期", 25, Align.CENTRE),
    LedgerColumn("起止时间", 25, Align.CENTRE),
    LedgerColumn("地点", 28),
    LedgerColumn("主持人", 18, Align.CENTRE),
    LedgerColumn("记录人", 18, Align.CENTRE),
    LedgerColumn("应到", 12, Align.CENTRE),
    LedgerColumn("实到", 12, Align.CENTRE),
    LedgerColumn("出勤率", 16, Align.CENTRE),
)


def _kinds_ledger(kinds: Sequence[KindYear]) -> LedgerTable:
    return LedgerTable(columns=_KIND_COLUMNS, rows=tuple(_kind_cells(one) for one in kinds), size=10.0)


def _kind_cells(one: KindYear) -> tuple[str, ...]:
    basis = one.kind.source.replace("《中国共产党", "《") + (
        f"（{one.kind.frequency_note}）" if one.kind.frequency_note else ""
    )
    return (
        one.kind.label,
        one.demand,
        *(share.text for share in one.quarters),
        one.year.text,
        one.lacking or ("无" if one.year.due is not None else ""),
        basis,
    )


def _months_ledger(kinds: Sequence[KindYear]) -> LedgerTable:
    columns = (
        LedgerColumn("会议类型", 40),
        *(LedgerColumn(f"{month}月", 15, Align.CENTRE) for month in range(1, 13)),
        LedgerColumn("合计", 18, Align.CENTRE),
    )
    rows = tuple((one.kind.label, *(str(n or "") for n in one.months), str(one.year.held)) for one in kinds)
    return LedgerTable(columns=columns, rows=rows, size=10.0)


def _meetings_ledger(meetings: Sequence[HeldMeeting], kinds: Kinds) -> LedgerTable:
    return LedgerTable(columns=_MEETING_COLUMNS, rows=tuple(_meeting_rows(meetings, kinds)), size=9.5)


def _meeting_rows(meetings: Sequence[HeldMeeting], kinds: Kinds) -> list[tuple[str, ...]]:
    return [
        (
            str(number),
            "、".join(kind_label(code, kinds) for code in one.codes),
            one.title,
            f"{one.starts_at:%Y.%m.%d}",
            one.hours,
            one.place,
            one.chair,
            one.recorder,
            str(one.expected) if one.expected else "",
            str(one.present) if one.expected else "",
            one.rate,
        )
        for number, one in enumerate(meetings, 1)
    ]


def _numbered(cells: Sequence[str]) -> tuple[str | int, ...]:
    """The cells with the number and the two counts as numbers."""
    numeric = {0, 8, 9}
    return tuple(int(text) if n in numeric and text else text for n, text in enumerate(cells))
