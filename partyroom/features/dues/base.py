"""The base of the dues (计算基数) from the items of a member's pay, each with how it is treated and why.

Sources: 2008 Arts 1–5, the answers to the 2008 rules, the 2017 notice (DF-01, DF-08, DF-10); how each reading treats
each item is in resources/rules/dues.json.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from partyroom.core.money import yuan
from partyroom.features.dues.domain import DuesCategory, Reading, Treatment
from partyroom.features.dues.rates import business_base, rule_data, source_of

_GROUPS = {
    DuesCategory.EMPLOYED: ("wage", "deduction"),
    DuesCategory.ANNUAL: ("annual",),
    DuesCategory.BUSINESS: ("business",),
    DuesCategory.RETIRED: ("pension",),
}
_NEEDED = {
    DuesCategory.EMPLOYED: "没有填写计入基数的工资项目，请核对。",
    DuesCategory.ANNUAL: "没有填写当月实际领取的薪酬，请核对。",
    DuesCategory.BUSINESS: "没有填写上季度纯收入，请核对。",
    DuesCategory.RETIRED: "没有填写基本离退休费或基本养老金，请核对。",
}


@dataclass(frozen=True, slots=True)
class ItemRule:
    """How an item of pay is treated under each reading; `switchable` ones may be counted if the branch says so.

    `short` is the label where room is short.
    """

    code: str
    label: str
    short: str
    group: str
    treatment_2017: Treatment
    treatment_2008: Treatment
    switchable: bool
    source: str
    note: str

    def treatment(self, reading: Reading) -> Treatment:
        """What a reading says of it."""
        return self.treatment_2017 if reading is Reading.NOTICE_2017 else self.treatment_2008

    @property
    def reason(self) -> str:
        """Source and note in one piece, for the side of the item."""
        return "；".join(part for part in (self.source, self.note) if part)


@dataclass(frozen=True, slots=True)
class PayItem:
    """One item of a member's pay in a month; `amount_fen` is positive for deductions too."""

    code: str
    label: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class BaseChoices:
    """What the branch decided where sources disagree: the reading, and the codes of disputed items that it counts."""

    reading: Reading = Reading.NOTICE_2017
    counted: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class BaseLine:
    """An item with what became of it and why."""

    item: PayItem
    treatment: Treatment
    source: str


@dataclass(frozen=True, slots=True)
class WorkedBase:
    """A base and how it arose: counted minus deducted, for business a third of that, never below 0."""

    category: DuesCategory
    lines: tuple[BaseLine, ...]
    gross_fen: int
    deducted_fen: int
    base_fen: int
    warnings: tuple[str, ...] = ()

    def of(self, treatment: Treatment) -> tuple[BaseLine, ...]:
        """The lines treated so."""
        return tuple(line for line in self.lines if line.treatment is treatment)


@cache
def item_rules() -> dict[str, ItemRule]:
    """Every item that the program knows, by its code, in the order of a pay list."""
    return {
        entry["code"]: ItemRule(
            code=entry["code"],
            label=entry["label"],
            short=entry["short"],
            group=entry["group"],
            treatment_2017=Treatment(entry["treatment"]["2017"]),
            treatment_2008=Treatment(entry["treatment"]["2008"]),
            switchable=entry["switchable"],
            source=source_of(entry),
            note=entry["note"],
        )
        for entry in rule_data()["base_items"]
    }


def items_for(category: DuesCategory) -> tuple[ItemRule, ...]:
    """The items that can matter for a category; none for those who pay a fixed amount."""
    groups = _GROUPS.get(category, ())
    return tuple(rule for rule in item_rules().values() if rule.group in groups)


def disputed_items() -> tuple[ItemRule, ...]:
    """The items that the sources leave open: left out unless the branch counts them."""
    return tuple(rule for rule in item_rules().values() if rule.switchable)


def pay_item(code: str, amount_fen: int) -> PayItem:
    """An item that the program knows, with its usual label."""
    return PayItem(code, item_rules()[code].label, amount_fen)


def work_out_base(items: Iterable[PayItem], choices: BaseChoices, category: DuesCategory) -> WorkedBase:
    """The base of a member from the items of pay.

    A negative result becomes 0, items that the program does not know are left out, and both are warned of.
    """
    lines = tuple(_line(item, choices, category) for item in items)
    gross = sum(line.item.amount_fen for line in lines if line.treatment is Treatment.COUNTED)
    deducted = sum(line.item.amount_fen for line in lines if line.treatment is Treatment.DEDUCTED)
    base = business_base(gross) if category is DuesCategory.BUSINESS else gross - deducted
    warnings = list(_warnings(lines, category))
    if base < 0:
        warnings.append(f"扣除后是负数（{yuan(base)}元），基数按0计算，请核对扣除项。")
    return WorkedBase(category, lines, gross, deducted, max(base, 0), tuple(warnings))


def _line(item: PayItem, choices: BaseChoices, category: DuesCategory) -> BaseLine:
    rule = item_rules().get(item.code)
    if rule is None:
        return BaseLine(item, Treatment.LEFT_OUT, "没有规定的项目，不计入")
    if not category.by_base:
        return BaseLine(item, Treatment.LEFT_OUT, f"{category.label}每月交纳定额，与收入无关")
    if rule.group not in _GROUPS[category]:
        return BaseLine(item, Treatment.LEFT_OUT, f"{category.label}{category.hint}")
    if rule.switchable and item.code in choices.counted:
        return BaseLine(item, Treatment.COUNTED, "支部选择计入")
    return BaseLine(item, rule.treatment(choices.reading), _reason(rule, choices.reading))


def _reason(rule: ItemRule, reading: Reading) -> str:
    """Why an item is treated so; where 2008 differs, its source is that reading and not the notice."""
    if reading is Reading.RULES_2008 and rule.treatment_2008 is not rule.treatment_2017:
        return reading.label
    return rule.reason


def _warnings(lines: tuple[BaseLine, ...], category: DuesCategory) -> Iterable[str]:
    seen: set[str] = set()
    for line in lines:
        name = f"“{line.item.label}”"
        if line.item.code not in item_rules():
            yield f"{name}是没有规定的项目，没有计入基数，请核对。"
        elif line.item.code in seen:
            yield f"{name}出现了不止一次，请核对。"
        if line.item.amount_fen < 0 and line.treatment is not Treatment.LEFT_OUT:
            yield f"{name}是负数，请核对；扣除的项目也填正数。"
        seen.add(line.item.code)
    if category.by_base and not any(line.treatment is Treatment.COUNTED for line in lines):
        yield _NEEDED[category]


def explain(worked: WorkedBase) -> list[str]:
    """How the base arose, one step a line; items of 0.00 are not named."""
    if not worked.category.by_base:
        return [f"{worked.category.label}每月交纳定额，不计算基数。"]
    lines = [f"计入：{_sum(worked.of(Treatment.COUNTED), worked.gross_fen)}"]
    if worked.of(Treatment.DEDUCTED):
        lines.append(f"扣除：{_sum(worked.of(Treatment.DEDUCTED), worked.deducted_fen)}")
    if left_out := [line for line in worked.of(Treatment.LEFT_OUT) if line.item.amount_fen]:
        lines.append(f"不计入：{'、'.join(map(_named, left_out))}")
    lines.append(f"基数：{_result(worked)}")
    return lines


def _result(worked: WorkedBase) -> str:
    gross, deducted, base = (yuan(fen) for fen in (worked.gross_fen, worked.deducted_fen, worked.base_fen))
    business = worked.category is DuesCategory.BUSINESS
    steps = f"{gross}÷3" if business else f"{gross}－{deducted}" if worked.deducted_fen else gross
    if worked.gross_fen < worked.deducted_fen:
        return f"{steps}是负数，按{base}元计算"
    return f"{steps}＝{base}元" if steps != base else f"{base}元"


def _sum(lines: tuple[BaseLine, ...], total_fen: int) -> str:
    named = [_named(line) for line in lines if line.item.amount_fen]
    total = f"{yuan(total_fen)}元"
    return f"{'＋'.join(named)}＝{total}" if len(named) > 1 else f"{named[0]}元" if named else total


def _named(line: BaseLine) -> str:
    return f"{line.item.label}{yuan(line.item.amount_fen)}"
