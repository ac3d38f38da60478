"""少交（免交）党费申请审批表: the application with the decisions that the rules ask for.

Sources: 中组发〔2008〕3号 Art 7 (DF-14); for the retired 组电明字〔2017〕5号 (DF-11).
"""

from __future__ import annotations

from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.core.money import yuan
from partyroom.documents.model import (
    Align,
    Block,
    CaptionLine,
    Cell,
    Document,
    Footer,
    FormGrid,
    FormRow,
    Note,
    PageStyle,
    Title,
)
from partyroom.features.dues.columns_report import pair, wide
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.ledger import ReliefKind, month_label
from partyroom.features.dues.papers import ReliefPaper, without_numbers
from partyroom.features.organisation.domain import Branch

TWO_STEPS = (
    "说明：1. 生活确有困难的党员，由本人申请，经党支部研究、报上一级党委批准后，可以少交或免交党费"
    "（2008年规定第七条）。支部研究同意和上一级党委批准缺一不可。\n"
    "2. 离退休干部职工中的党员交纳党费确有困难的，由本人申请，经党支部研究同意后，可以少交或免交党费"
    "（2017年通知），不需报上级批准。"
)
_NO_DATE = "　　年　　月　　日"


def relief_document(paper: ReliefPaper, branch: Branch) -> Document:
    """The form for one member; what is not known yet is left to be written by hand."""
    due = "" if paper.due_fen is None else f"{yuan(paper.due_fen)}元"
    rows = (
        pair("姓名", paper.name, "所属支部", branch.full_name + (f"　{paper.group}" if paper.group else "")),
        pair("交纳类别", paper.category.label if paper.category else "", "现每月应交", due),
        wide("申请事项", _matter(paper)),
        wide("期　　限", _period(paper)),
        FormRow((Cell("申请理由", label=True), Cell(without_numbers(paper.reason), span=3, indent=True)), 48.0),
        _signed("申请人", "本人签字：", paper.applied_on, 13.0),
        FormRow((Cell("支部研究\n意见", label=True, rows=2), Cell(_branch(paper), span=3, indent=True)), 30.0),
        _decided("支部书记签字：", paper.branch_on),
        FormRow((Cell("上一级党委\n审批意见", label=True, rows=2), Cell(_superior(paper), span=3, indent=True)), 30.0),
        _decided("负责人签字（盖章）：", paper.superior_on),
    )
    blocks: tuple[Block, ...] = (
        Title("党员少交（免交）党费申请审批表", blank_below=0),
        CaptionLine(left=f"支部：{branch.full_name}", size=11.0),
        FormGrid((26.0, 52.0, 26.0, 52.0), rows, size=12.0),
        Note(TWO_STEPS),
    )
    what = paper.kind.label if paper.kind else "少交（免交）"
    return Document(
        title=f"{what}党费申请审批表" + (f"（{paper.name}）" if paper.name else ""),
        blocks=blocks,
        page=PageStyle.FORM,
        footer=Footer.NONE,
        author=branch.full_name,
        subject="少交、免交党费",
    )


def _matter(paper: ReliefPaper) -> str:
    boxes = {kind: "☑" if kind is paper.kind else "□" for kind in ReliefKind}
    amount = f"{yuan(paper.amount_fen)}元" if paper.kind is ReliefKind.REDUCED else "　　　　元"
    reduced = f"{boxes[ReliefKind.REDUCED]}少交（每月交纳{amount}）"
    return f"{reduced}　　{boxes[ReliefKind.EXEMPT]}免交"


def _period(paper: ReliefPaper) -> str:
    if paper.from_month is None:
        return "自　　　　年　　月起，至　　　　年　　月止"
    start = f"自{month_label(paper.from_month)}起"
    return f"{start}，至{month_label(paper.until_month)}止" if paper.until_month else start


def _branch(paper: ReliefPaper) -> str:
    if paper.branch_on is None or paper.kind is None:
        return ""
    return f"经{chinese_date(paper.branch_on)}支部研究，同意{paper.kind.label}。"


def _superior(paper: ReliefPaper) -> str:
    if paper.superior_on is not None and paper.kind is not None:
        return f"{paper.superior or '上一级党委'}{chinese_date(paper.superior_on)}批准{paper.kind.label}。"
    if paper.category is DuesCategory.RETIRED:
        return "离退休党员经党支部研究同意即可，不需上级批准（2017年通知）。"
    return ""


def _signed(label: str, words: str, day: date | None, height: float) -> FormRow:
    when = Cell(chinese_date(day) if day else _NO_DATE, align=Align.RIGHT)
    return FormRow((Cell(label, label=True), Cell(words, span=2), when), height)


def _decided(words: str, day: date | None) -> FormRow:
    return FormRow((Cell(words, span=2), Cell(chinese_date(day) if day else _NO_DATE, align=Align.RIGHT)), 12.0)
