"""党费上交单 in two parts (存根, 回执), and the register of what was handed up as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from partyroom.core.calendar import chinese_date
from partyroom.core.money import capitals, to_decimal, yuan
from partyroom.documents.model import (
    Align,
    Block,
    CaptionLine,
    Document,
    Footer,
    FormGrid,
    FormRow,
    LedgerColumn,
    LedgerTable,
    Note,
    PageBreak,
    PageStyle,
    SignatureRow,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.dues.columns_report import broken_name, pair, two_parts, wide
from partyroom.features.dues.funds import RemittanceSlip, share_text
from partyroom.features.dues.ledger import MovementKind
from partyroom.features.dues.movements import HANDED_UP, MovementRow
from partyroom.features.dues.papers import without_numbers
from partyroom.features.organisation.domain import Branch

LARGE_NOTE = (
    "大额党费（党员自愿一次多交1000元以上的党费）全额逐级上交中央，由中央组织部给本人出具收据；本级不留存，与一般党费分开记账"
    "（2008年规定第十一条）。"
)
_LONGEST = 60  # characters of a remark with which both parts fit one sheet


def remittance_document(
    slip: RemittanceSlip, branch: Branch, *, people: int | None = None, due_fen: int | None = None
) -> Document:
    """党费上交单: 存根 and 回执 on one sheet; large sums with the list of those who gave them on the next.

    `people` and `due_fen` are how many owed in the period and what; without them the places stay empty.
    """
    parts = [_part(slip, which, people, due_fen) for which in ("存根", "回执")]
    apart = len(without_numbers(slip.note)) > _LONGEST
    blocks = two_parts(parts[0], parts[1], gap=0.7, apart=apart)
    if slip.large:
        blocks = (*blocks, PageBreak(), *_donors(slip))
    return Document(
        title=f"{_name(slip)}{slip.number}",
        blocks=blocks,
        page=PageStyle.FORM,
        footer=Footer.NONE,
        author=branch.full_name,
        subject=f"{_name(slip)}，{slip.period}" if slip.period else _name(slip),
    )


def remittances_sheet(rows: Sequence[MovementRow], branch: Branch, *, year: int) -> Sheet:
    """党费上交登记: what was handed up, ordinary and large; reversals are negative, the sum stands last."""
    kept = [row for row in rows if row.kind in HANDED_UP]
    lines: list[tuple[str | int | Decimal, ...]] = [
        (
            number,
            row.number,
            row.kind.label,
            row.period.label if row.period else "",
            chinese_date(row.on_day),
            to_decimal(row.amount_fen),
            row.handled_by,
            row.counterpart,
            row.organisation,
            row.voucher,
            without_numbers("；".join(part for part in (_reversal(row), row.note) if part)),
        )
        for number, row in enumerate(kept, 1)
    ]
    for kind in HANDED_UP:
        total = to_decimal(sum(row.amount_fen for row in kept if row.kind is kind))
        lines.append(("", "合计", kind.label, "", "", total, "", "", "", "", ""))
    return Sheet(
        title=f"{branch.full_name}{year}年党费上交登记（单位：元）",
        headings=(
            *("序号", "编号", "类别", "所属期间", "上交日期", "上交金额"),
            *("上交人", "收款人", "收款单位", "凭证号", "备注"),
        ),
        rows=lines,
        widths=(6, 14, 14, 18, 16, 13, 12, 12, 26, 16, 36),
        name=f"{year}年上交",
    )


def _name(slip: RemittanceSlip) -> str:
    return "大额党费上交单" if slip.kind is MovementKind.LARGE_REMITTANCE else "党费上交单"


def _part(slip: RemittanceSlip, which: str, people: int | None, due_fen: int | None) -> list[Block]:
    rows = (
        pair("上交单位", slip.branch, "收款单位", slip.superior, 13.5),
        *_figures(slip, people, due_fen),
        wide("上交金额\n（大写）", f"人民币{capitals(slip.amount_fen)}"),
        pair("上交金额\n（小写）", f"￥{yuan(slip.amount_fen, True)}", "凭证号", slip.voucher),
        wide("备注", _remark(slip), 28.0 if slip.kind is MovementKind.LARGE_REMITTANCE else 12.0),
    )
    return [
        Title(_name(slip), blank_above=0, blank_below=0, size=15.0),
        CaptionLine(f"编号：{slip.number}", f"上交日期：{chinese_date(slip.on_day)}", f"（{which}）", size=11.0),
        FormGrid((26.0, 52.0, 26.0, 52.0), rows, size=11.0),
        SignatureRow((f"上交人（签字）：{slip.handed_by}", f"收款人（签章）：{slip.received_by}"), 0.2, size=11.0),
    ]


def _figures(slip: RemittanceSlip, people: int | None, due_fen: int | None) -> tuple[FormRow, ...]:
    if slip.kind is MovementKind.LARGE_REMITTANCE:
        return (
            pair("交纳人数", f"{len({one.name for one in slip.large})}人" if slip.large else "", "上交比例", "全额"),
        )
    return (
        pair("所属期间", slip.period, "交纳人数", "" if people is None else f"{people}人"),
        pair("应交党费", _yuan(due_fen), "实交党费", _yuan(slip.received_fen)),
        wide("上交比例", "" if slip.share_bp is None else f"实交党费的{share_text(slip.share_bp)}"),
    )


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{yuan(fen, True)}元"


def _remark(slip: RemittanceSlip) -> str:
    parts = ["本单已冲正，作废。"] if slip.reversed else []
    if slip.kind is MovementKind.LARGE_REMITTANCE:
        parts.append("大额党费全额逐级上交，名单附后。" if slip.large else "大额党费全额逐级上交。")
    return "".join([*parts, without_numbers(slip.note)])


def _donors(slip: RemittanceSlip) -> tuple[Block, ...]:
    rows = tuple(
        (str(number), broken_name(one.name), chinese_date(one.received_on), one.number, yuan(one.amount_fen))
        for number, one in enumerate(slip.large, 1)
    )
    table = LedgerTable(
        columns=(
            LedgerColumn("序号", 14, Align.CENTRE),
            LedgerColumn("姓名", 40, Align.CENTRE),
            LedgerColumn("交纳日期", 38, Align.CENTRE),
            LedgerColumn("收据编号", 28, Align.CENTRE),
            LedgerColumn("金额", 30, Align.RIGHT),
        ),
        rows=rows,
        totals=("", "合计", "", "", yuan(sum(one.amount_fen for one in slip.large))),
        size=11.0,
    )
    return (
        Title("大额党费名单", blank_below=0),
        CaptionLine(left=f"附：{_name(slip)}{slip.number}", right="单位：元", size=11.0),
        table,
        Note(LARGE_NOTE),
    )


def _reversal(row: MovementRow) -> str:
    if row.reverses:
        return f"冲正{row.reverses}"
    return f"已由{row.reversed_by}冲正" if row.reversed_by else ""
