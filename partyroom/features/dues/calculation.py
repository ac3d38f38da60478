"""The dues calculator: what somebody asks, typed on the command line or in the window, and the answer in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from partyroom.core.errors import DomainError, Problem
from partyroom.core.money import read_yuan, yuan
from partyroom.features.dues.base import BaseChoices, PayItem, WorkedBase, explain, item_rules, work_out_base
from partyroom.features.dues.domain import DuesCategory, Reading, RoundingUnit
from partyroom.features.dues.rates import Assessed, assess, exact_text, plain_number

DIRECT_BASE = "base"
SWITCHES: Mapping[str, tuple[str, ...]] = {
    "count_reward": ("reward_performance",),
    "count_teaching_age": ("teaching_age",),
}
"""The boxes of the calculator, and which disputed items each counts."""


def calculate_dues(
    category: DuesCategory, base: str, *, day: date, rounding: str = "0.01", farmer_amount: str | None = None
) -> Assessed:
    """Answer a question typed as text, amounts in yuan.

    Raises:
        DomainError: an amount cannot be read, or `assess` refuses it.
    """
    fen = _amount(base, "base", "基数") if base.strip() or category.by_base else 0
    farmer_fen = None if farmer_amount is None else _amount(farmer_amount, "farmer_amount", "农民党员每月的数额")
    unit = next(one for one in RoundingUnit if one.text == rounding)
    return assess(category, fen, day=day, rounding=unit, farmer_fen=farmer_fen)


def _amount(text: str, field: str, name: str) -> int:
    try:
        return read_yuan(text)
    except ValueError as error:
        raise DomainError(Problem(f"{name}：{error}", field)) from error


def as_json(found: Assessed) -> dict[str, str | None]:
    """The answer for other programs: every number a text, so that none becomes a float; no rate for fixed amounts."""
    return {
        "rate": plain_number(Decimal(found.rate_bp).scaleb(-4)) if found.rate_bp else None,
        "due": yuan(found.due_fen),
        "before_cap": yuan(found.before_cap_fen),
        "source": found.source,
    }


def as_lines(found: Assessed, worked: WorkedBase | None = None) -> list[str]:
    """The answer for people: the amount, how the base and the amount arose, the source; not the warnings."""
    lines = [
        f"每月应交党费：{yuan(found.due_fen)}元；类别：{found.category.label}",
        *(explain(worked) if worked else ()),
    ]
    if found.rate_bp:
        lines.append(_multiplied(found))
    return [*lines, f"依据：{found.source}"]


def _multiplied(found: Assessed) -> str:
    exact, before = exact_text(found.exact), yuan(found.before_cap_fen)
    steps = f"党费：{yuan(found.base_fen)}×{found.rate_text}＝{exact}"
    if exact != before:
        steps += f"，四舍五入到{RoundingUnit(found.rounding_fen).label}为{before}"
    return f"{steps}元" + (f"，不超过上限，为{yuan(found.due_fen)}元" if found.capped else "")


def answer(values: Mapping[str, object], day: date) -> str:
    """The answer of the calculator in the window; '' while neither a base nor an item of it is filled in.

    Args:
        values: `category`, `rounding` (分), `reading`, `base` and `farmer_amount` (分 or None), the switches, and items
            of pay by their code (分 or None).
        day: by the rules in force on which day.

    Raises:
        DomainError: as `assess`.
    """
    category = DuesCategory(str(values["category"]))
    unit = RoundingUnit(_fen(values, "rounding") or RoundingUnit.FEN)
    base, farmer = _fen(values, DIRECT_BASE), _fen(values, "farmer_amount")
    codes = [code for code in item_rules() if _fen(values, code) is not None]
    worked = None
    notes: list[str] = []
    if base is None and category.by_base:
        if not codes:
            return ""
        worked = work_out_base([_item(values, code) for code in codes], _choices(values), category)
        base, notes = worked.base_fen, list(worked.warnings)
    elif codes and category.by_base:
        notes = ["已直接填写计算基数，各项收入和扣除没有参加计算。"]
    found = assess(category, base or 0, day=day, rounding=unit, farmer_fen=farmer)
    return "\n".join([*as_lines(found, worked), *(f"注意：{note}" for note in (*notes, *found.warnings))])


def _item(values: Mapping[str, object], code: str) -> PayItem:
    return PayItem(code, item_rules()[code].short, _fen(values, code) or 0)


def _choices(values: Mapping[str, object]) -> BaseChoices:
    counted = tuple(code for switch, codes in SWITCHES.items() if values.get(switch) for code in codes)
    return BaseChoices(Reading(str(values.get("reading") or Reading.NOTICE_2017.value)), counted)


def _fen(values: Mapping[str, object], key: str) -> int | None:
    value = values.get(key)
    return value if isinstance(value, int) else None
