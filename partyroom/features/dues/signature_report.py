"""党费交纳签名表: the sheet of a month that members sign when they pay, filled in or empty for the branch day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from partyroom.core.money import to_decimal, yuan
from partyroom.documents.model import (
    Align,
    Block,
    CaptionLine,
    Document,
    LedgerColumn,
    LedgerTable,
    PageStyle,
    SignatureRow,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.dues.columns_report import broken_name
from partyroom.features.dues.ledger import DueKind, month_label
from partyroom.features.dues.papers import SignatureLine, without_numbers
from partyroom.features.organisation.domain import Branch

_HEADINGS = ("序号", "姓名", "基数", "标准", "应交", "实交", "交纳日期", "方式", "本人签名", "备注")
_WIDTHS = (11, 30, 26, 16, 22, 22, 27, 27, 38, 38)
_MONEY = {"基数", "应交", "实交"}
_BASES = {"基数", "标准"}


def signature_document(
    month: date, lines: Sequence[SignatureLine], branch: Branch, *, empty: bool = False, bases: bool = True
) -> Document:
    """党费交纳签名表 of a month.

    `empty` leaves what is paid to be written by hand; without `bases` nobody reads another's pay while signing.
    """
    kept = [n for n, heading in enumerate(_HEADINGS) if bases or heading not in _BASES]
    rows = [_row(number, line, empty=empty) for number, line in enumerate(lines, 1)]
    totals = _totals(lines, empty=empty)
    table = LedgerTable(
        columns=tuple(_column(n) for n in kept),
        rows=tuple(tuple(row[n] for n in kept) for row in rows),
        totals=tuple(totals[n] for n in kept),
        size=11.0,
        least_row=9.0,
        keep_last=True,
    )
    blocks: tuple[Block, ...] = (
        Title(f"{branch.full_name}{month_label(month)}党费交纳签名表", blank_below=0),
        CaptionLine(left=f"填报单位：{branch.full_name}", right="单位：元", size=11.0),
        table,
        SignatureRow(("收款人（签章）：", "收款日期：　　　年　　月　　日", "审核人（签字）："), 0.5),
    )
    return Document(f"{month_label(month)}党费交纳签名表", blocks, PageStyle.LEDGER, author=branch.full_name)


def signature_sheet(month: date, lines: Sequence[SignatureLine], branch: Branch) -> Sheet:
    """The same with amounts as numbers and the sums last."""
    rows: list[tuple[str | int | Decimal, ...]] = []
    for number, line in enumerate(lines, 1):
        texts = _row(number, line, empty=False)
        base = to_decimal(line.base_fen) if line.base_fen else ""
        due = texts[4] if line.kind in _WORDS else to_decimal(line.due_fen)
        rows.append((number, line.name, base, texts[3], due, to_decimal(line.paid_fen), *texts[6:]))
    due, paid = (to_decimal(total) for total in _sums(lines))
    rows.append(("", f"合计{len(lines)}人", "", "", due, paid, "", "", "", ""))
    title = f"{branch.full_name}{month_label(month)}党费交纳签名表（单位：元）"
    return Sheet(title, _HEADINGS, rows, (6, 16, 13, 9, 12, 12, 14, 14, 20, 30), name=month_label(month))


_WORDS = {DueKind.EXEMPT: "免交", DueKind.UNKNOWN: "未核定", DueKind.NONE: "—"}


def _column(number: int) -> LedgerColumn:
    heading = _HEADINGS[number]
    align = Align.RIGHT if heading in _MONEY else Align.LEFT if heading == "备注" else Align.CENTRE
    return LedgerColumn(heading, _WIDTHS[number], align)


def _row(number: int, line: SignatureLine, *, empty: bool) -> tuple[str, ...]:
    paid = ("", "", "")
    if not empty and line.paid_fen:
        on = f"{line.paid_on:%Y.%m.%d}" if line.paid_on else ""
        paid = (yuan(line.paid_fen), on, line.method.label if line.method else "")
    reduced = "经批准少交" if line.kind is DueKind.REDUCED else ""
    return (
        str(number),
        broken_name(line.name),
        yuan(line.base_fen) if line.base_fen else "",
        line.standard,
        _WORDS.get(line.kind, yuan(line.due_fen)),
        *paid,
        "",
        without_numbers("；".join(part for part in (reduced, line.remark) if part)),
    )


def _sums(lines: Sequence[SignatureLine]) -> tuple[int, int]:
    return sum(line.due_fen for line in lines if line.kind not in _WORDS), sum(line.paid_fen for line in lines)


def _totals(lines: Sequence[SignatureLine], *, empty: bool) -> tuple[str, ...]:
    due, paid = _sums(lines)
    return ("", f"合计{len(lines)}人", "", "", yuan(due), "" if empty else yuan(paid), "", "", "", "")
