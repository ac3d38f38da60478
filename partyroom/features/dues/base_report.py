"""党费交纳基数审核表 of the branch, and the 核定单 that shows one member how the amount arose.

The columns are those of the form in use in public institutions (岗位工资 … 每月应交纳党费、备注); what else counts or
is deducted stands in two columns of its own, so that every row adds up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from partyroom.core.calendar import chinese_date
from partyroom.core.money import capitals, to_decimal, yuan
from partyroom.documents.model import (
    Align,
    Block,
    CaptionLine,
    Cell,
    Document,
    Footer,
    FormGrid,
    FormRow,
    LedgerColumn,
    LedgerTable,
    Note,
    PageStyle,
    SignatureRow,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.dues.assessments import AssessedItem, AssessmentDetail
from partyroom.features.dues.base import item_rules
from partyroom.features.dues.columns_report import broken_name, fitted, money_column, name_column, pair, wide
from partyroom.features.dues.domain import DuesCategory, Reading, RoundingUnit, Treatment
from partyroom.features.dues.ledger import month_label
from partyroom.features.dues.papers import standard_text, without_numbers
from partyroom.features.dues.rates import exact_text
from partyroom.features.organisation.domain import Branch

_COUNTED = {
    "post": "岗位工资",
    "grade": "薪级工资",
    "base_performance": "基础性绩效工资",
    "allowance": "规范津补贴",
    "basic_pension": "基本离退休费",
}
_DEDUCTED = {
    "pension_insurance": "养老保险",
    "annuity": "职业年金",
    "housing_fund": "住房公积金",
    "medical_insurance": "医疗保险",
    "unemployment_insurance": "失业保险",
    "income_tax": "所得税",
}
_MORE = {"more": "其他计入", "less": "其他扣除"}
_OPTIONAL = {"allowance", "basic_pension", "unemployment_insurance", "more", "less"}
_DOCUMENTS = {
    "《关于中国共产党党费收缴、使用和管理的规定》（中组发〔2008〕3号）": "2008年规定",
    "《关于进一步规范党费工作的通知》（组电明字〔2017〕5号）": "2017年通知",
    "中央组织部组织局关于党费规定的答问（2008年）": "2008年答问",
}
_NAMED = "2008年规定、2017年通知、2008年答问分别为" + "、".join(_DOCUMENTS) + "。"
_NOTE = (
    "税后工资总额（计算基数）＝计入的各项−扣除的各项，不计入的项目不列；个体经营等为上季度纯收入的三分之一。"
    "每月应交纳党费＝税后工资总额×交纳比例；交纳定额的人员不计算基数。"
)


def bases_document(year: int, details: Sequence[AssessmentDetail], branch: Branch, day: date) -> Document:
    """党费交纳基数审核表 of a year, on A4 landscape."""
    codes = _codes(details)
    rows = [_texts(number, detail, codes) for number, detail in enumerate(details, 1)]
    totals = _totals(details, codes)
    headings = _headings(codes)
    last = len(headings) - 1

    def columns_at(size: float) -> list[LedgerColumn]:
        em = size * 25.4 / 72
        return [
            LedgerColumn("序号", 2.1 * em + 3, Align.CENTRE),
            name_column([row[1] for row in rows], size),
            *(
                money_column(headings[n], [row[n] for row in (*rows, tuple(map(_text, totals)))], size)
                for n in range(2, last)
            ),
            LedgerColumn("备注", 20),
        ]

    columns, size = fitted(columns_at, last)
    blocks: tuple[Block, ...] = (
        Title(f"{branch.full_name}{year}年度党费交纳基数审核表", blank_below=0),
        CaptionLine(left=f"填报单位：{branch.full_name}", right=f"{chinese_date(day)}　单位：元", size=10.5),
        LedgerTable(columns, tuple(rows), tuple(map(_text, totals)), size=size, least_row=6.5, keep_last=True),
        Note(_NOTE, size=9.0, keep=True),
        SignatureRow(("审核人（签字）：", "填报人（签字）：", "填报日期："), 0.5),
    )
    return Document(f"{year}年度党费交纳基数审核表", blocks, PageStyle.LEDGER, author=branch.full_name)


def bases_sheet(year: int, details: Sequence[AssessmentDetail], branch: Branch) -> Sheet:
    """The same with amounts as numbers and the sums last."""
    codes = _codes(details)
    headings = _headings(codes)
    rows: list[tuple[str | int | Decimal, ...]] = [
        (number, *_values(detail, codes)) for number, detail in enumerate(details, 1)
    ]
    rows.append(_totals(details, codes))
    return Sheet(
        title=f"{branch.full_name}{year}年度党费交纳基数审核表（单位：元）",
        headings=headings,
        rows=rows,
        widths=(6, 16, *[13.0] * (len(headings) - 3), 36),
        note=_NOTE,
        name=f"{year}年度基数",
    )


def base_document(detail: AssessmentDetail, branch: Branch) -> Document:
    """核定单 of one member: each item with its treatment and source, then the calculation step by step."""
    head = (
        pair("姓名", detail.name, "人员类别", detail.category.label),
        pair("起始月份", f"{month_label(detail.from_month)}起", "核定日期", chinese_date(detail.assessed_on)),
        wide("核定原因", detail.reason),
    )
    note = without_numbers(detail.note)
    result = (
        FormRow((Cell("计算过程", label=True), Cell("\n".join(_steps(detail)), span=3)), 14.0),
        wide("每月应交", f"{yuan(detail.due_fen)}元（人民币{capitals(detail.due_fen)}）"),
        wide("依据", _shortened(detail.source)),
        *((wide("备注", note),) if note else ()),
    )
    blocks: tuple[Block, ...] = (
        Title("党费交纳基数核定单", blank_below=0),
        CaptionLine(left=f"支部：{branch.full_name}", right="单位：元", size=11.0),
        FormGrid((26, 52, 26, 52), head, size=11.0),
        *((_items(detail),) if detail.items else ()),
        FormGrid((26, 52, 26, 52), result, size=11.0),
        Note(_NAMED, size=9.0, keep=True),
        SignatureRow((f"核定人：{detail.assessed_by}", "审核人（签字）：", "本人（签字）："), 0.3, size=12.0),
    )
    return Document(
        title=f"党费交纳基数核定单（{detail.name}）",
        blocks=blocks,
        page=PageStyle.FORM,
        footer=Footer.COUNTED,
        author=branch.full_name,
        subject=f"党费交纳基数核定，{month_label(detail.from_month)}起",
    )


def _items(detail: AssessmentDetail) -> LedgerTable:
    columns = (
        LedgerColumn("项目", 48),
        LedgerColumn("金额", 22, Align.RIGHT),
        LedgerColumn("处理", 16, Align.CENTRE),
        LedgerColumn("依据", 66),
    )
    rows = [(one.label, yuan(one.amount_fen), one.treatment.label, _source(one)) for one in detail.items]
    sums = (Treatment.COUNTED, Treatment.DEDUCTED)
    rows += [(f"{treatment.label}合计", yuan(_sum(detail, treatment)), "", "") for treatment in sums]
    totals = ("计算基数", yuan(detail.base_fen), "", "")
    return LedgerTable(columns, tuple(rows), totals, size=10.0, least_row=6.5)


def _source(item: AssessedItem) -> str:
    rule = item_rules().get(item.code)
    if rule is None:
        return "支部自行填写的项目"
    if item.treatment is rule.treatment_2017:
        return _shortened(rule.reason)
    return Reading.RULES_2008.label if item.treatment is rule.treatment_2008 else "支部选择计入"


def _shortened(source: str) -> str:
    for title, short in _DOCUMENTS.items():
        source = source.replace(title, short)
    return source


def _steps(detail: AssessmentDetail) -> list[str]:
    """How the monthly amount arose, from the stored numbers alone."""
    if not detail.rate_bp:
        return [f"{detail.category.label}：{detail.category.hint}，每月交纳{yuan(detail.due_fen)}元。"]
    found = [] if detail.items else [f"1. 计算基数{yuan(detail.base_fen)}元为直接填报，没有分项。"]
    if detail.items:
        counted, deducted = (_sum(detail, one) for one in (Treatment.COUNTED, Treatment.DEDUCTED))
        share = "÷3" if detail.category is DuesCategory.BUSINESS else ""
        minus = f"−扣除{yuan(deducted)}" if deducted and not share else ""
        found.append(f"1. 基数：计入{yuan(counted)}{share}{minus}＝{yuan(detail.base_fen)}元")
    exact = to_decimal(detail.base_fen) * Decimal(detail.rate_bp).scaleb(-4)
    rate = standard_text(detail.rate_bp)
    found.append(f"{len(found) + 1}. 党费：{yuan(detail.base_fen)}×{rate}＝{exact_text(exact)}元（按全额计算，不分段）")
    unit = RoundingUnit(detail.rounding_fen).label
    if exact != to_decimal(detail.before_cap_fen):
        found.append(f"{len(found) + 1}. 四舍五入到{unit}：{yuan(detail.before_cap_fen)}元")
    if detail.due_fen < detail.before_cap_fen:
        due = yuan(detail.due_fen)
        found.append(f"{len(found) + 1}. 月交党费一般不超过{due}元，应交{due}元；自愿多交的不限")
    return found


def _sum(detail: AssessmentDetail, treatment: Treatment) -> int:
    return sum(one.amount_fen for one in detail.items if one.treatment is treatment)


def _place(item: AssessedItem) -> str:
    """The column an item stands in; '' for what neither counts nor is deducted."""
    if item.treatment is Treatment.LEFT_OUT:
        return ""
    own = _COUNTED if item.treatment is Treatment.COUNTED else _DEDUCTED
    return item.code if item.code in own else "more" if item.treatment is Treatment.COUNTED else "less"


def _amount(detail: AssessmentDetail, code: str) -> int | None:
    found = [one.amount_fen for one in detail.items if _place(one) == code]
    return sum(found) if found else None


def _codes(details: Sequence[AssessmentDetail]) -> list[str]:
    """The columns that are needed: those of the form, and the others where somebody has an amount."""
    order = [*_COUNTED, "more", *_DEDUCTED, "less"]
    return [code for code in order if code not in _OPTIONAL or any(_amount(detail, code) for detail in details)]


def _headings(codes: Sequence[str]) -> tuple[str, ...]:
    names = _COUNTED | _DEDUCTED | _MORE
    items = (names[code] for code in codes)
    return ("序号", "姓名", *items, "税后工资总额", "交纳比例", "每月应交纳党费", "备注")


def _values(detail: AssessmentDetail, codes: Sequence[str]) -> tuple[str | Decimal, ...]:
    amounts = (_amount(detail, code) for code in codes)
    return (
        detail.name,
        *("" if amount is None else to_decimal(amount) for amount in amounts),
        to_decimal(detail.base_fen) if detail.category.by_base else "",
        standard_text(detail.rate_bp),
        to_decimal(detail.due_fen),
        _remark(detail),
    )


def _remark(detail: AssessmentDetail) -> str:
    parts = [] if detail.category is DuesCategory.EMPLOYED else [detail.category.label.split("（")[0]]
    parts += [f"{detail.from_month.month}月起"] if detail.from_month.month > 1 else []
    parts += ["基数直接填报"] if detail.category.by_base and not detail.items else []
    return without_numbers("；".join([*parts, detail.note] if detail.note else parts))


def _text(value: str | int | Decimal) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def _texts(number: int, detail: AssessmentDetail, codes: Sequence[str]) -> tuple[str, ...]:
    name, *values = map(_text, _values(detail, codes))
    return (str(number), broken_name(name), *values)


def _totals(details: Sequence[AssessmentDetail], codes: Sequence[str]) -> tuple[str | Decimal, ...]:
    sums = (to_decimal(sum(_amount(detail, code) or 0 for detail in details)) for code in codes)
    base = sum(detail.base_fen for detail in details if detail.category.by_base)
    due = to_decimal(sum(detail.due_fen for detail in details))
    return ("", f"合计{len(details)}人", *sums, to_decimal(base), "", due, "")
