"""个人党费交纳记录: what one member owed and paid, month by month and receipt by receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from partyroom.core.calendar import chinese_date
from partyroom.core.money import to_decimal, yuan
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
    SignatureRow,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.dues.cells import Cell
from partyroom.features.dues.ledger import CellState, Purpose, months_label
from partyroom.features.dues.papers import PersonalYear, ReceiptPaper, standard_of, without_numbers
from partyroom.features.organisation.domain import Branch

_MONTHS = (
    LedgerColumn("月份", 20, Align.CENTRE),
    LedgerColumn("应交", 24, Align.RIGHT),
    LedgerColumn("实交", 24, Align.RIGHT),
    LedgerColumn("自愿多交", 24, Align.RIGHT),
    LedgerColumn("交清日期", 28, Align.CENTRE),
    LedgerColumn("情况", 26, Align.CENTRE),
)
_RECEIPTS = (
    LedgerColumn("收据编号", 25, Align.CENTRE),
    LedgerColumn("收款日期", 25, Align.CENTRE),
    LedgerColumn("交纳期间", 35),
    LedgerColumn("金额", 22, Align.RIGHT),
    LedgerColumn("方式", 22, Align.CENTRE),
    LedgerColumn("备注", 28),
)


def personal_document(name: str, years: Sequence[PersonalYear], branch: Branch, day: date) -> Document:
    """The record of a member over one or more years, each from a new page, as of `day`."""
    blocks: list[Block] = []
    for one in years:
        blocks += [PageBreak()] if blocks else []
        blocks += _year(name, one, branch, day)
    blocks += [
        Note("本记录由党支部根据收据和台账出具，大额党费另行记账。"),
        SignatureRow(("经手人（签字）：", f"出具日期：{chinese_date(day)}"), 0.5, size=12.0),
    ]
    return Document(
        title=f"{name}党费交纳记录",
        blocks=tuple(blocks),
        page=PageStyle.FORM,
        author=branch.full_name,
        subject="个人党费交纳记录",
    )


def personal_sheets(name: str, years: Sequence[PersonalYear], branch: Branch) -> list[Sheet]:
    """The months of a member as a workbook, a sheet a year; amounts are numbers."""
    headings = tuple(f"{column.title}（元）" if column.align is Align.RIGHT else column.title for column in _MONTHS)
    sheets = []
    for one in years:
        rows: list[tuple[str | Decimal, ...]] = []
        for cell in one.line.cells:
            month, _due, _paid, _extra, on_day, state = _month(cell)
            amounts = (to_decimal(fen) for fen in (cell.due_fen, cell.paid_fen, cell.extra_fen))
            rows.append((month, *amounts, on_day, state))
        title = f"{branch.full_name}{name}{one.year}年党费交纳记录"
        sheets.append(Sheet(title, headings, rows, (10, 14, 14, 16, 16, 14), name=f"{one.year}年"))
    return sheets


def _year(name: str, one: PersonalYear, branch: Branch, day: date) -> list[Block]:
    line = one.line
    base = f"基数：{yuan(line.base_fen)}元" if line.base_fen else ""
    standard = f"标准：{standard_of(line, day)}" if line.category else "尚未核定基数"
    table = LedgerTable(
        columns=_MONTHS,
        rows=tuple(_month(cell) for cell in line.cells),
        totals=("合计", yuan(line.due_fen), yuan(line.paid_fen), yuan(line.extra_fen), "", _short(line.arrears_fen)),
        size=10.5,
        least_row=7.0,
    )
    return [
        Title(f"{one.year}年党员党费交纳记录", blank_below=0),
        CaptionLine(left=f"姓名：{name}", right=f"支部：{branch.full_name}", size=11.0),
        CaptionLine(left="　".join(part for part in (base, standard) if part), right="单位：元", size=11.0),
        table,
        *([Note(f"备注：{without_numbers(line.remarks)}")] if line.remarks else []),
        *_receipts(one),
    ]


def _short(arrears_fen: int) -> str:
    return f"欠交{yuan(arrears_fen)}" if arrears_fen else ""


def _month(cell: Cell) -> tuple[str, ...]:
    state = cell.kind.label if cell.state is CellState.NONE else cell.state.label
    return (
        f"{cell.month.month}月",
        yuan(cell.due_fen),
        yuan(cell.paid_fen) if cell.paid_fen else "",
        yuan(cell.extra_fen) if cell.extra_fen else "",
        f"{cell.last_on:%Y.%m.%d}" if cell.last_on and not cell.open_fen else "",
        state,
    )


def _receipts(one: PersonalYear) -> list[Block]:
    if not one.receipts:
        return [Note(f"{one.year}年没有收款记录。")]
    large = sum(paper.amount_fen for paper in one.receipts if paper.purpose is Purpose.LARGE)
    total, apart = yuan(sum(paper.amount_fen for paper in one.receipts)), f"其中大额{yuan(large)}" if large else ""
    table = LedgerTable(
        columns=_RECEIPTS,
        rows=tuple(_receipt(paper) for paper in one.receipts),
        totals=("合计", f"{len(one.receipts)}张", "", total, "", apart),
        size=10.5,
        least_row=7.0,
    )
    return [Blank(0.3), CaptionLine(left=f"{one.year}年收到的党费", size=11.0), table]


def _receipt(paper: ReceiptPaper) -> tuple[str, ...]:
    kind = paper.purpose.label if paper.purpose is Purpose.LARGE else ""
    reversal = f"冲正{paper.reverses}" if paper.reverses else ""
    return (
        paper.number,
        f"{paper.received_on:%Y.%m.%d}",
        months_label(paper.months),
        yuan(paper.amount_fen),
        paper.method.label,
        "；".join(part for part in (kind, reversal) if part),
    )
