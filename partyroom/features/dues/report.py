"""年度党费台账: a year of the branch on A4 landscape and as a workbook.

The columns are those of ledgers in use (序号、姓名、月工资收入、执行标准、月应交、各月、全年应交、全年实交、备注).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from partyroom.core.calendar import chinese_date
from partyroom.core.money import to_decimal, yuan
from partyroom.documents.model import (
    Align,
    Block,
    CaptionLine,
    Document,
    LedgerColumn,
    LedgerTable,
    Note,
    PageStyle,
    SignatureRow,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.dues.cells import Cell, LedgerLine
from partyroom.features.dues.columns_report import broken_name, fitted, money_column, name_column
from partyroom.features.dues.ledger import CellState, DueKind, last_day_of
from partyroom.features.dues.papers import standard_of, without_numbers
from partyroom.features.organisation.domain import Branch

LEGEND = (
    "说明：各月为实交数。免——经批准免交；少——经批准少交；补——以后补交；预——提前预交；多——含自愿多交；"
    "欠——当月已过，尚未交清；部分——当月已交一部分；未核定——尚未核定基数；“—”——当月不需在本支部交纳；"
    "空白——待交。大额党费另行记账，不在本表数内。"
)
_REMARKS = 19


def ledger_document(year: int, lines: Sequence[LedgerLine], branch: Branch, day: date) -> Document:
    """年度党费台账 as of `day`, with what was owed and what was paid for each month below it."""
    rows = [_row(number, line, day) for number, line in enumerate(lines, 1)]
    owed, paid = _owed(lines), _paid(lines)
    shown = [*rows, owed, paid]

    def columns_at(size: float) -> list[LedgerColumn]:
        em = size * 25.4 / 72
        return [
            LedgerColumn("序号", 2.1 * em + 3, Align.CENTRE),
            name_column([row[1] for row in rows], size),
            *(money_column(_HEADINGS[n], [row[n] for row in shown], size) for n in range(2, _REMARKS)),
            LedgerColumn("备注", 18),
        ]

    columns, size = fitted(columns_at, _REMARKS)
    blocks: tuple[Block, ...] = (
        Title(f"{branch.full_name}{year}年度党费台账", blank_below=0),
        CaptionLine(
            left=f"填报单位：{branch.full_name}", centre=f"截至{chinese_date(day)}", right="单位：元", size=10.5
        ),
        LedgerTable(columns=columns, rows=(*rows, owed), totals=paid, size=size, least_row=7.0, keep_last=True),
        Note(LEGEND, size=9.0, keep=True),
        SignatureRow(("支部书记（签字）：", "组织委员（签字）：", "收款人（签字）：", "日期："), 0.5),
    )
    return Document(f"{year}年度党费台账", blocks, PageStyle.LEDGER, author=branch.full_name)


def ledger_sheet(year: int, lines: Sequence[LedgerLine], branch: Branch, day: date) -> Sheet:
    """The same with amounts as numbers: for each month what was paid, 情况 in words in the remarks."""
    rows: list[tuple[str | int | Decimal, ...]] = [
        (
            number,
            line.name,
            to_decimal(line.base_fen) if line.base_fen else "",
            standard_of(line, day),
            "" if (due := _monthly(line)) is None else to_decimal(due),
            *(_number(cell) for cell in line.cells),
            to_decimal(line.due_fen),
            to_decimal(line.paid_fen + line.extra_fen),
            to_decimal(line.arrears_fen),
            _remarks(line),
        )
        for number, line in enumerate(lines, 1)
    ]
    months = range(12)
    rows.append(
        (
            *("", "应交合计", "", "", to_decimal(sum(_monthly(line) or 0 for line in lines))),
            *(to_decimal(sum(line.cells[n].due_fen for line in lines)) for n in months),
            *(to_decimal(sum(line.due_fen for line in lines)), "", "", ""),
        )
    )
    rows.append(
        (
            *("", "实交合计", "", "", ""),
            *(to_decimal(sum(_given(line.cells[n]) for line in lines)) for n in months),
            *("", to_decimal(sum(line.paid_fen + line.extra_fen for line in lines))),
            *(to_decimal(sum(line.arrears_fen for line in lines)), _with_extra(lines)),
        )
    )
    return Sheet(
        title=f"{branch.full_name}{year}年度党费台账（单位：元）",
        headings=(*_HEADINGS[:19], "欠交", "备注"),
        rows=rows,
        widths=(6, 14, 12, 9, 10, *[10.0] * 12, 12, 12, 12, 40),
        note=f"截至{chinese_date(day)}。{LEGEND}",
        name=f"{year}年度台账",
    )


_HEADINGS = (
    *("序号", "姓名", "月工资收入", "执行标准", "月应交"),
    *(f"{month}月" for month in range(1, 13)),
    *("全年应交", "全年实交", "备注"),
)


def cell_text(cell: Cell, day: date) -> str:
    """What was paid for a month, and below it the marks of the legend."""
    if cell.state is CellState.UNKNOWN:
        marks = CellState.UNKNOWN.label
    else:
        marks = "".join(_marks(cell, day))
    given = _given(cell)
    if not given and not marks and cell.state is CellState.NONE:
        return "—"
    return "\n".join(part for part in (yuan(given) if given else "", marks) if part)


def _marks(cell: Cell, day: date) -> list[str]:
    late = day > last_day_of(cell.month)
    short = cell.open_fen > 0
    found = {
        "免": cell.kind is DueKind.EXEMPT,
        "少": cell.kind is DueKind.REDUCED,
        "补": cell.state is CellState.LATE,
        "预": cell.state is CellState.AHEAD,
        "多": cell.extra_fen > 0,
        "欠": short and late,
        "部分": cell.state is CellState.PARTIAL and not late,
    }
    return [mark for mark, there in found.items() if there]


def _given(cell: Cell) -> int:
    return cell.paid_fen + cell.extra_fen


def _number(cell: Cell) -> str | Decimal:
    return to_decimal(_given(cell)) if _given(cell) else ("" if cell.due_fen else cell.state.label)


def _monthly(line: LedgerLine) -> int | None:
    """What the latest month asks that asks anything of the member."""
    asked = [cell.due_fen for cell in line.cells if cell.kind not in (DueKind.NONE, DueKind.UNKNOWN)]
    return asked[-1] if asked else None


def _remarks(line: LedgerLine) -> str:
    large = f"另交大额党费{yuan(line.large_fen)}" if line.large_fen else ""
    return without_numbers("；".join(part for part in (line.remarks, large) if part))


def _row(number: int, line: LedgerLine, day: date) -> tuple[str, ...]:
    due = _monthly(line)
    return (
        str(number),
        broken_name(line.name),
        yuan(line.base_fen) if line.base_fen else "",
        standard_of(line, day),
        "" if due is None else yuan(due),
        *(cell_text(cell, day) for cell in line.cells),
        yuan(line.due_fen),
        yuan(line.paid_fen + line.extra_fen),
        _remarks(line),
    )


def _owed(lines: Sequence[LedgerLine]) -> tuple[str, ...]:
    months = (yuan(sum(line.cells[n].due_fen for line in lines)) for n in range(12))
    monthly = yuan(sum(_monthly(line) or 0 for line in lines))
    return ("", "应交合计", "", "", monthly, *months, yuan(sum(line.due_fen for line in lines)), "", "")


def _paid(lines: Sequence[LedgerLine]) -> tuple[str, ...]:
    months = (yuan(sum(_given(line.cells[n]) for line in lines)) for n in range(12))
    total = yuan(sum(line.paid_fen + line.extra_fen for line in lines))
    short = sum(line.arrears_fen for line in lines)
    remarks = (f"欠交{yuan(short)}" if short else "", _with_extra(lines))
    return ("", "实交合计", "", "", "", *months, "", total, "\n".join(one for one in remarks if one))


def _with_extra(lines: Sequence[LedgerLine]) -> str:
    """How much of what was paid is more than asked: the screen tells 实交 and 多交 apart, this paper adds them."""
    extra = sum(line.extra_fen for line in lines)
    return f"含多交{yuan(extra)}" if extra else ""
