"""What a member owes a month: the rates, fixed amounts, cap and limits of the rules in force on a day.

Sources: 《关于中国共产党党费收缴、使用和管理的规定》 (中组发〔2008〕3号) and 《关于进一步规范党费工作的通知》
(组电明字〔2017〕5号); every number is in resources/rules/dues.json with its document, article and first day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from partyroom.core.calendar import chinese_date
from partyroom.core.errors import DomainError, Problem
from partyroom.core.money import read_yuan, rounded, to_decimal, yuan
from partyroom.core.paths import resources
from partyroom.features.dues.domain import Change, DuesCategory, Reading, RoundingUnit


@dataclass(frozen=True, slots=True)
class Bracket:
    """A rate in ten-thousandths for bases up to and including `up_to_fen`; None has no upper bound."""

    id: str
    up_to_fen: int | None
    rate_bp: int


@dataclass(frozen=True, slots=True)
class RateTable:
    """The brackets of a category in rising order, and the article."""

    id: str
    brackets: tuple[Bracket, ...]
    source: str

    def rate_of(self, base_fen: int) -> int:
        """The rate that the whole base is multiplied by, in ten-thousandths (DF-06: not marginal)."""
        return next(one.rate_bp for one in self.brackets if one.up_to_fen is None or base_fen <= one.up_to_fen)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that a rule names."""

    id: str
    amount_fen: int
    source: str


@dataclass(frozen=True, slots=True)
class FarmerRange:
    """Between which amounts a province fixes the dues of farmers, both included; `usual_fen` is only common."""

    id: str
    lowest_fen: int
    highest_fen: int
    usual_fen: int
    source: str


@dataclass(frozen=True, slots=True)
class LadderStep:
    """What is said from so many consecutive unpaid months on; it never changes a person's status."""

    months: int
    level: str
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class Named:
    """One of a list that a rule gives: a use of dues, or a way of collecting that it forbids."""

    id: str
    code: str
    label: str
    source: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class DuesRules:
    """The rules in force on a day. `note` says what about their beginning is not verified."""

    version: str
    effective_from: date
    verified: bool
    note: str
    reading: Reading
    change: Change
    tables: Mapping[DuesCategory, RateTable]
    fixed: Mapping[DuesCategory, Amount]
    farmer: FarmerRange
    cap: Amount | None
    late_months: int
    late_source: str
    ladder: tuple[LadderStep, ...]
    large: Amount
    uses: tuple[Named, ...]
    forbidden: tuple[Named, ...]

    def step_for(self, months: int) -> LadderStep | None:
        """The highest step of the ladder that so many consecutive unpaid months reach."""
        return next((step for step in reversed(self.ladder) if months >= step.months), None)


@dataclass(frozen=True, slots=True)
class Assessed:
    """What a member owes a month, and how it came about.

    `rate_bp` is in ten-thousandths and 0 for a fixed amount; `exact` is the unrounded product in yuan;
    `before_cap_fen` is that product rounded to `rounding_fen`, `due_fen` the same after the cap.
    """

    category: DuesCategory
    base_fen: int
    rate_bp: int
    rate_text: str
    exact: Decimal
    rounding_fen: int
    before_cap_fen: int
    due_fen: int
    capped: bool
    source: str
    rule_version: str
    warnings: tuple[str, ...] = ()


@cache
def rule_data() -> dict[str, Any]:
    """The rules as they stand in the file."""
    data: dict[str, Any] = json.loads((resources() / "rules" / "dues.json").read_text(encoding="utf-8"))
    return data


def source_of(entry: Mapping[str, Any]) -> str:
    """The document and article that a line of the file names; '' if it names none, as a custom does."""
    found = next((one for one in rule_data()["documents"] if one["code"] == entry["document"]), None)
    return f"{found['title']}（{found['number']}）{entry['article']}" if found else ""


@lru_cache(maxsize=400)
def rules_on(day: date) -> DuesRules:
    """The rules in force on a day.

    Raises:
        DomainError: the day lies before the rules that the program knows.
    """
    data = rule_data()
    first = min(date.fromisoformat(one["effective_from"]) for one in data["versions"])
    if day < first:
        raise DomainError(Problem(f"程序里没有{chinese_date(first)}以前的党费规定，请改日期。", "on"))
    version = _in_force(data["versions"], day)[0]
    farmer, late = _in_force(data["farmer"], day)[0], _in_force(data["late"], day)[0]
    caps = _in_force(data["cap"], day)
    return DuesRules(
        version=version["code"],
        effective_from=date.fromisoformat(version["effective_from"]),
        verified=version["verified"],
        note=version["note"],
        reading=Reading(version["reading"]),
        change=Change(version["change"]),
        tables={DuesCategory(one["category"]): _table(one, day) for one in _in_force(data["by_base"], day)},
        fixed={DuesCategory(one["category"]): _amount(one) for one in _in_force(data["fixed"], day)},
        farmer=_farmer_range(farmer),
        cap=_amount(caps[0]) if caps else None,
        late_months=late["months"],
        late_source=source_of(late),
        ladder=tuple(_step(one) for one in _in_force(data["arrears"], day)),
        large=_amount(_in_force(data["large"], day)[0]),
        uses=tuple(_named(one) for one in _in_force(data["uses"], day)),
        forbidden=tuple(_named(one) for one in _in_force(data["forbidden"], day)),
    )


def _in_force(entries: Sequence[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """Of the entries that began by `day` those that began last: they replace the earlier ones together."""
    begun = [one for one in entries if date.fromisoformat(one["effective_from"]) <= day]
    latest = max((one["effective_from"] for one in begun), default="")
    return [one for one in begun if one["effective_from"] == latest]


def _table(entry: dict[str, Any], day: date) -> RateTable:
    rates = [one for one in rule_data()["brackets"] if one["group"] == entry["group"]]
    brackets = tuple(
        Bracket(
            one["id"],
            None if one["up_to"] is None else read_yuan(one["up_to"]),
            int(Decimal(one["rate"]) * 10_000),
        )
        for one in _in_force(rates, day)
    )
    return RateTable(entry["id"], brackets, source_of(entry))


def _amount(entry: dict[str, Any]) -> Amount:
    return Amount(entry["id"], read_yuan(entry["amount"]), source_of(entry))


def _farmer_range(entry: dict[str, Any]) -> FarmerRange:
    lowest, highest, usual = (read_yuan(entry[key]) for key in ("lowest", "highest", "usual"))
    return FarmerRange(entry["id"], lowest, highest, usual, source_of(entry))


def _step(entry: dict[str, Any]) -> LadderStep:
    return LadderStep(entry["months"], entry["level"], entry["label"], source_of(entry) or entry["basis"])


def _named(entry: dict[str, Any]) -> Named:
    return Named(entry["id"], entry["code"], entry["label"], source_of(entry), entry.get("what", ""))


def rate_text(rate_bp: int) -> str:
    """A rate of so many ten-thousandths as '1.5%'."""
    return f"{plain_number(Decimal(rate_bp).scaleb(-2))}%"


def exact_text(amount: Decimal) -> str:
    """An unrounded amount in yuan with at least two decimals and no zeros behind them: '81.99705', '82.00'."""
    text = plain_number(amount)
    whole, _, part = text.partition(".")
    return f"{whole}.{part:<02}"


def plain_number(number: Decimal) -> str:
    """A number without exponent and without zeros behind its decimals."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def assess(
    category: DuesCategory,
    base_fen: int,
    *,
    day: date,
    rounding: int = RoundingUnit.FEN,
    farmer_fen: int | None = None,
) -> Assessed:
    """What a member of a category owes a month by the rules in force on `day`.

    Args:
        category: by which article the dues go.
        base_fen: the monthly base in 分, not rounded to anything larger; fixed amounts do not look at it.
        day: any day of the month that is owed for.
        rounding: to which unit the product is rounded half up: 1, 10 or 100 分. Fixed amounts are not rounded.
        farmer_fen: what the province fixed for farmers; without it the usual amount, with a warning.

    Raises:
        DomainError: the base is negative, no such unit, the farmers' amount is outside the range, or no rules are
            known for the day.
    """
    rules = rules_on(day)
    if base_fen < 0:
        raise DomainError(Problem("基数不能是负数，请核对。", "base"))
    if rounding not in list(RoundingUnit):
        raise DomainError(Problem("党费只能取到分、角或元。", "rounding"))
    if category is DuesCategory.FARMER:
        return _farmer(rules, base_fen, rounding, farmer_fen)
    if category in rules.fixed:
        return _fixed(rules, category, rules.fixed[category], base_fen, rounding)
    return _by_rate(rules, category, base_fen, rounding)


def _by_rate(rules: DuesRules, category: DuesCategory, base_fen: int, rounding: int) -> Assessed:
    table = rules.tables[category]
    rate = table.rate_of(base_fen)
    exact = to_decimal(base_fen) * Decimal(rate).scaleb(-4)
    before_cap = due = rounded(exact, rounding)
    source, warnings = table.source, []
    if rules.cap is not None and before_cap > rules.cap.amount_fen:
        due = rules.cap.amount_fen
        source = f"{source}；{rules.cap.source}"
        warnings.append(
            f"按比例计算为{yuan(before_cap)}元，月交党费一般不超过{yuan(due)}元，应交{yuan(due)}元；自愿多交的不限。"
        )
    if not base_fen:
        warnings.append("基数是0，请核对基数和类别：没有工资收入的，按相应类别的定额交纳。")
    return Assessed(
        category=category,
        base_fen=base_fen,
        rate_bp=rate,
        rate_text=rate_text(rate),
        exact=exact,
        rounding_fen=rounding,
        before_cap_fen=before_cap,
        due_fen=due,
        capped=due < before_cap,
        source=source,
        rule_version=rules.version,
        warnings=tuple(warnings),
    )


def _fixed(rules: DuesRules, category: DuesCategory, amount: Amount, base_fen: int, rounding: int) -> Assessed:
    return Assessed(
        category=category,
        base_fen=base_fen,
        rate_bp=0,
        rate_text="定额",
        exact=to_decimal(amount.amount_fen),
        rounding_fen=rounding,
        before_cap_fen=amount.amount_fen,
        due_fen=amount.amount_fen,
        capped=False,
        source=amount.source,
        rule_version=rules.version,
    )


def _farmer(rules: DuesRules, base_fen: int, rounding: int, farmer_fen: int | None) -> Assessed:
    limits = rules.farmer
    fen = limits.usual_fen if farmer_fen is None else farmer_fen
    span = f"{yuan(limits.lowest_fen)}元至{yuan(limits.highest_fen)}元"
    if not limits.lowest_fen <= fen <= limits.highest_fen:
        raise DomainError(Problem(f"农民党员每月交纳{span}，{yuan(fen)}元不在此范围内。", "farmer_amount"))
    found = _fixed(rules, DuesCategory.FARMER, Amount(limits.id, fen, limits.source), base_fen, rounding)
    if farmer_fen is not None:
        return found
    advice = f"没有写明本省规定的数额，暂按{yuan(fen)}元计算；请按省级党委组织部的规定填写（{span}）。"
    return replace(found, warnings=(advice,))


def business_base(quarter_net_fen: int) -> int:
    """The base of those who have no monthly income: a third of the last quarter's net income, half up to 分.

    Source: 2008 Art 4 (DF-08).
    """
    return rounded(to_decimal(quarter_net_fen) / 3)
