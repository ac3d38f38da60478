"""党费使用台账: what the branch spent in a year, for which of the five uses, by whose decision, with its voucher."""

from __future__ import annotations

from collections.abc import Sequence

from partyroom.core.money import to_decimal, yuan
from partyroom.documents.model import Align, CaptionLine, Document, LedgerColumn, LedgerTable, PageStyle, Title
from partyroom.documents.sheet import Sheet
from partyroom.features.dues.movements import MovementRow
from partyroom.features.dues.papers import without_numbers
from partyroom.features.organisation.domain import Branch

_COLUMNS = (
    LedgerColumn("序号", 11, Align.CENTRE),
    LedgerColumn("日期", 24, Align.CENTRE),
    LedgerColumn("用途", 40),
    LedgerColumn("具体事项", 54),
    LedgerColumn("金额（元）", 24, Align.RIGHT),
    LedgerColumn("研究决定", 38),
    LedgerColumn("审批", 30),
    LedgerColumn("经手人", 20, Align.CENTRE),
    LedgerColumn("凭证", 24, Align.CENTRE),
)
_WIDTHS = (8, 14, 26, 40, 14, 28, 22, 14, 18)


def expenses_document(rows: Sequence[MovementRow], branch: Branch, year: int) -> Document:
    """The expenses of a year in order of time, reversals with their sign, and the sum (规定 Arts 17–21, DF-25)."""
    total = sum(row.amount_fen for row in rows)
    lines = tuple((str(number), *_cells(row), *_rest(row)) for number, row in enumerate(rows, 1))
    table = LedgerTable(_COLUMNS, lines, totals=("", "合计", "", "", yuan(total, grouped=True), "", "", "", ""))
    blocks = (
        Title(f"{branch.full_name}{year}年党费使用台账"),
        CaptionLine(left=f"填报单位：{branch.full_name}", right="单位：元"),
        table,
    )
    return Document(f"{year}年党费使用台账", blocks, PageStyle.LEDGER, author=branch.full_name)


def expenses_sheet(rows: Sequence[MovementRow], branch: Branch, year: int) -> Sheet:
    """The same as a workbook; amounts are numbers."""
    lines = []
    for number, row in enumerate(rows, 1):
        day, use, matter, _amount = _cells(row)
        lines.append((number, day, use, matter, to_decimal(row.amount_fen), *_rest(row)))
    headings = tuple(column.title for column in _COLUMNS)
    return Sheet(f"{branch.full_name}{year}年党费使用台账", headings, lines, _WIDTHS)


def _cells(row: MovementRow) -> tuple[str, str, str, str]:
    use = row.used_for.label if row.used_for else ""
    return f"{row.on_day:%Y.%m.%d}", use, without_numbers(row.matter), yuan(row.amount_fen, grouped=True)


def _rest(row: MovementRow) -> tuple[str, str, str, str]:
    return row.decided, row.approved, row.handled_by, row.voucher
