"""党费收据: 存根 and 收据 on one sheet with the cut between them; the list of receipts as a workbook.

No national form is prescribed; the fields are those that branches have there (编号、交款人、期间、基数、标准、金额).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from partyroom.core.calendar import chinese_date
from partyroom.core.money import capitals, to_decimal, yuan
from partyroom.documents.model import (
    Block,
    CaptionLine,
    Document,
    Footer,
    FormGrid,
    PageStyle,
    SignatureRow,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.dues.columns_report import pair, two_parts, wide
from partyroom.features.dues.ledger import PayerKind, Purpose, Share, months_label
from partyroom.features.dues.papers import ReceiptPaper, without_numbers
from partyroom.features.organisation.domain import Branch

LARGE_NOTE = "大额党费全额逐级上交中央，由中央组织部给本人出具收据，与一般党费分开记账（2008年规定第十一条）。"
_LONGEST = 60  # characters of a remark with which two parts still fit one sheet
_LONGEST_PERIOD = 30
_COLUMNS = (26.0, 50.0, 26.0, 54.0)


def receipts_document(papers: Sequence[ReceiptPaper], branch: Branch) -> list[Document]:
    """A sheet for each receipt, in their order."""
    return [_document(paper, branch) for paper in papers]


def receipts_sheet(papers: Sequence[ReceiptPaper], branch: Branch, *, year: int) -> Sheet:
    """收款登记: a line for each receipt, reversals negative, the sum last."""
    rows: list[tuple[str | int | Decimal, ...]] = [
        (
            number,
            paper.number,
            chinese_date(paper.received_on),
            paper.name,
            _period(paper),
            paper.purpose.label,
            to_decimal(paper.amount_fen),
            to_decimal(_sum(paper, Share.DUE)),
            to_decimal(_sum(paper, Share.VOLUNTARY)),
            to_decimal(_sum(paper, Share.LARGE)),
            paper.method.label,
            _payer(paper),
            paper.collector,
            _remark(paper),
        )
        for number, paper in enumerate(papers, 1)
    ]
    sums = [sum(_sum(paper, share) for paper in papers) for share in (Share.DUE, Share.VOLUNTARY, Share.LARGE)]
    total = to_decimal(sum(paper.amount_fen for paper in papers))
    rows.append(("", "合计", "", "", "", "", total, *map(to_decimal, sums), "", "", "", ""))
    return Sheet(
        title=f"{branch.full_name}{year}年党费收款登记（单位：元）",
        headings=(
            *("序号", "收据编号", "收款日期", "姓名", "交纳期间", "款项", "金额"),
            *("其中：应交", "自愿多交", "大额党费", "方式", "交款人", "收款人", "备注"),
        ),
        rows=rows,
        widths=(6, 13, 16, 14, 26, 10, 12, 12, 12, 12, 14, 22, 12, 40),
        name=f"{year}年收款",
    )


def _document(paper: ReceiptPaper, branch: Branch) -> Document:
    apart = len(_remark(paper)) > _LONGEST or len(_period(paper)) > _LONGEST_PERIOD
    return Document(
        title=f"党费收据{paper.number}（{paper.name}）",
        blocks=two_parts(_part(paper, branch, "存根"), _part(paper, branch, "收据"), gap=0.6, apart=apart),
        page=PageStyle.FORM,
        footer=Footer.NONE,
        author=branch.full_name,
        subject="党费收据",
    )


def _part(paper: ReceiptPaper, branch: Branch, which: str) -> list[Block]:
    kind = "冲正" if paper.reverses else ""
    by_base = paper.purpose is Purpose.ORDINARY
    base = f"{yuan(paper.base_fen, True)}元" if paper.base_fen and by_base else ""
    standard = paper.standard if by_base else ""
    rows = (
        pair("姓名", paper.name, "所属支部", branch.full_name + (f"　{paper.group}" if paper.group else ""), 13.5),
        pair("交纳期间", _period(paper), "款项", _purpose(paper), 13.5),
        pair("交纳基数", base, "交纳标准", standard),
        wide("金额\n（大写）", f"{'（冲正）' if kind else ''}人民币{capitals(paper.amount_fen)}"),
        pair("金额\n（小写）", f"￥{yuan(paper.amount_fen, True)}", "交纳方式", paper.method.label),
        pair("交款人", _payer(paper), "收款日期", chinese_date(paper.received_on)),
        wide("备注", _remark(paper), 13.5),
    )
    title = f"{branch.full_name}{paper.purpose.label}{kind}收据"
    return [
        Title(title, blank_above=0, blank_below=0, size=15.0),
        CaptionLine(left=f"编号：{paper.number}", right=f"（{which}）", size=11.0),
        FormGrid(_COLUMNS, rows, size=11.0),
        SignatureRow((f"收款人（签章）：{paper.collector}", "交款人（签字）："), 0.2, size=11.0),
    ]


def _period(paper: ReceiptPaper) -> str:
    return months_label(paper.months)


def _sum(paper: ReceiptPaper, share: Share) -> int:
    return sum(part.amount_fen for part in paper.parts if part.share is share)


def _purpose(paper: ReceiptPaper) -> str:
    """党费, with what is in it when some of it was given beyond the due."""
    if not _sum(paper, Share.VOLUNTARY):
        return paper.purpose.label
    parts = [f"{share.label}{yuan(_sum(paper, share))}元" for share in Share if _sum(paper, share)]
    return f"{paper.purpose.label}（{'，'.join(parts)}）"


def _payer(paper: ReceiptPaper) -> str:
    if paper.payer is PayerKind.SELF:
        return PayerKind.SELF.label
    return f"{paper.payer.label}（{paper.payer_name}）" if paper.payer_name else paper.payer.label


def _remark(paper: ReceiptPaper) -> str:
    parts = [f"冲正{paper.reverses}号收据，原收据作废。"] if paper.reverses else []
    parts += [LARGE_NOTE] if paper.purpose is Purpose.LARGE else []
    reason = without_numbers(paper.note)
    parts += [f"原因：{reason}" if paper.reverses else reason] if reason else []
    return "".join(parts)
