"""Assessments of the base (基数核定): what is put down for a member, and what follows from it; no database, no clock.

Sources: 中组发〔2008〕3号 Arts 1–6 and 10, 组电明字〔2017〕5号 (DF-01 … DF-18); amounts are whole 分.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from partyroom.features.dues.base import (
    BaseChoices,
    BaseLine,
    PayItem,
    WorkedBase,
    explain,
    item_rules,
    work_out_base,
)
from partyroom.features.dues.domain import Change, DuesCategory, Treatment
from partyroom.features.dues.ledger import Choices
from partyroom.features.dues.rates import Assessed, assess, business_base, exact_text
from partyroom.features.members.domain import Employment

REASONS = ("年初核定", "新入党", "转入", "退休", "复职", "类别变化", "收入变化", "更正")
"""Why an assessment is made, as offered on screen; anything else may be typed."""

COPIED = "沿用上年"
"""The reason of an assessment that repeats last year's."""

_WITHIN_YEAR = frozenset({"新入党", "入党", "转入", "退休", "复职", "类别变化", "更正"})
_OWN = "own_"


class AssessmentState(StrEnum):
    """Whether a member's base is settled for a year."""

    MISSING = "missing"
    CARRIED = "carried"
    ASSESSED = "assessed"

    @property
    def label(self) -> str:
        """As it stands in the list."""
        return {"missing": "未核定", "carried": "沿用上年基数", "assessed": "已核定"}[self.value]


@dataclass(frozen=True, slots=True)
class AssessmentDraft:
    """What the user puts down. With items the base follows from them, without it is `base_fen` as typed."""

    member_id: int
    from_month: date
    category: DuesCategory
    items: tuple[PayItem, ...] = ()
    base_fen: int = 0
    reason: str = ""
    assessed_on: date | None = None
    assessed_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AssessedItem:
    """A pay item of a stored assessment and how it was treated then; `amount_fen` is positive for deductions too."""

    code: str
    label: str
    amount_fen: int
    treatment: Treatment

    @property
    def pay(self) -> PayItem:
        """The item without its treatment."""
        return PayItem(self.code, self.label, self.amount_fen)


@dataclass(frozen=True, slots=True)
class AssessmentDetail:
    """A stored assessment with everything that gave its amount; `rate_bp` is 0 for a fixed amount."""

    id: int
    member_id: int
    name: str
    from_month: date
    category: DuesCategory
    items: tuple[AssessedItem, ...]
    base_fen: int
    rate_bp: int
    before_cap_fen: int
    due_fen: int
    rounding_fen: int
    rule_version: str
    source: str
    reason: str
    assessed_on: date
    assessed_by: str
    note: str

    @property
    def draft(self) -> AssessmentDraft:
        """What the user put down."""
        return AssessmentDraft(
            member_id=self.member_id,
            from_month=self.from_month,
            category=self.category,
            items=tuple(item.pay for item in self.items),
            base_fen=self.base_fen,
            reason=self.reason,
            assessed_on=self.assessed_on,
            assessed_by=self.assessed_by,
            note=self.note,
        )


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """A member who pays in a year and the assessment in force at its end (or the last of the member's months).

    `id` is the member's. `months` counts the months of the year in which the member pays here, `first_month` is
    the first of them. `history` names every assessment of the year, `year_fen` is what they ask in all, reliefs apart;
    `group_order` is the place of the Party group.
    """

    id: int
    name: str
    name_key: str
    group: str
    department: str
    guess: DuesCategory | None
    state: AssessmentState
    first_month: date
    months: int
    current: AssessmentDetail | None
    history: tuple[AssessmentDetail, ...] = ()
    year_fen: int = 0
    group_order: int = 0

    @property
    def category(self) -> DuesCategory | None:
        """The category assessed."""
        return self.current.category if self.current else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a draft: the base with its lines, the amount, and what should be looked at again."""

    worked: WorkedBase
    assessed: Assessed
    warnings: tuple[str, ...]

    def steps(self) -> list[str]:
        """How the amount arose, one step a line, as in the rule book."""
        found = explain(self.worked) if self.worked.lines or not self.assessed.category.by_base else []
        if not self.assessed.category.by_base:
            return [*found, f"每月应交：{exact_text(self.assessed.exact)}元"]
        product = f"{_yuan(self.assessed.base_fen)}×{self.assessed.rate_text}＝{exact_text(self.assessed.exact)}元"
        unit = {1: "分", 10: "角", 100: "元"}[self.assessed.rounding_fen]
        found.append(f"党费：{product}，四舍五入到{unit}为{_yuan(self.assessed.before_cap_fen)}元")
        if self.assessed.capped:
            found.append(f"每月一般不超过{_yuan(self.assessed.due_fen)}元，应交{_yuan(self.assessed.due_fen)}元")
        return found


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def guess_category(employment: Employment | None) -> DuesCategory | None:
    """What the roster's 人员状态 suggests; the user decides."""
    return _GUESSES.get(employment) if employment else None


_GUESSES = {
    Employment.ON_DUTY: DuesCategory.EMPLOYED,
    Employment.RETIRED: DuesCategory.RETIRED,
    Employment.STUDENT: DuesCategory.STUDENT,
}


def own_item(label: str, amount_fen: int, treatment: Treatment) -> PayItem:
    """An item of the branch's own that the rules do not name, treated as the branch says."""
    return PayItem(f"{_OWN}{treatment.value}", label, amount_fen)


def own_treatment(code: str) -> Treatment | None:
    """How an item of the branch's own is treated; None for an item that the program knows."""
    return Treatment(code.removeprefix(_OWN)) if code in _OWN_CODES else None


_OWN_CODES = frozenset(f"{_OWN}{treatment.value}" for treatment in Treatment)


def work_out(items: Sequence[PayItem], choices: Choices, category: DuesCategory) -> WorkedBase:
    """The base of a member from known items and the branch's own, in the order given."""
    known = [item for item in items if own_treatment(item.code) is None]
    worked = work_out_base(known, BaseChoices(choices.reading, choices.counted), category)
    own = [item for item in items if own_treatment(item.code) is not None]
    if not own or not category.by_base:
        return worked
    lines = (*worked.lines, *map(_own_line, own))
    gross = _total(lines, Treatment.COUNTED)
    deducted = _total(lines, Treatment.DEDUCTED)
    base = (business_base(gross) if category is DuesCategory.BUSINESS else gross) - deducted
    return replace(
        worked,
        lines=lines,
        gross_fen=gross,
        deducted_fen=deducted,
        base_fen=max(base, 0),
        warnings=tuple(_own_warnings(worked, own, base)),
    )


def _own_line(item: PayItem) -> BaseLine:
    return BaseLine(item, own_treatment(item.code) or Treatment.LEFT_OUT, "支部自行增加的项目")


def _total(lines: Iterable[BaseLine], treatment: Treatment) -> int:
    return sum(line.item.amount_fen for line in lines if line.treatment is treatment)


def _own_warnings(worked: WorkedBase, own: Sequence[PayItem], base_fen: int) -> Iterable[str]:
    """Warnings of the known items, less those on a result that own items have changed; then those on own items."""
    counted = any(own_treatment(item.code) is Treatment.COUNTED for item in own)
    for text in worked.warnings:
        if not text.startswith("扣除后是负数") and not (counted and text.startswith("没有填写")):
            yield text
    if base_fen < 0:
        yield "扣除后是负数，基数按0计算，请核对扣除项。"
    for item in own:
        if own_treatment(item.code) is not Treatment.LEFT_OUT:
            yield f"“{item.label}”是支部自行增加的项目，请在备注里写明依据。"


def outcome_of(draft: AssessmentDraft, choices: Choices) -> Outcome:
    """What a member owes a month by a draft and the branch's choices for the year.

    Raises:
        DomainError: a negative base, an amount for farmers outside the range, a month before the rules known.
    """
    worked = work_out(draft.items, choices, draft.category)
    base = worked.base_fen if draft.items else draft.base_fen
    if not draft.category.by_base:
        base = 0
    result = assess(
        draft.category,
        base,
        day=draft.from_month,
        rounding=choices.rounding_fen,
        farmer_fen=choices.farmer_fen,
    )
    warnings = (*(worked.warnings if draft.items else ()), *result.warnings)
    return Outcome(worked, result, warnings)


def change_warning(draft: AssessmentDraft, choices: Choices, earlier: Iterable[date]) -> str:
    """The warning when a yearly base is changed within its year without a reason for it (DF-17), else ''.

    `earlier` are the months from which other assessments of the same member run.
    """
    before = any(month.year == draft.from_month.year and month < draft.from_month for month in earlier)
    if not before or choices.change is Change.MONTHLY or draft.reason in _WITHIN_YEAR:
        return ""
    return (
        "本年度已经核定过基数。2017年通知：党费数额年初核定，年内一般不变动；"
        "入党、转入、退休、复职、类别变化或更正的，请写明原因。"
    )


def known_items() -> frozenset[str]:
    """Codes of items that the program knows or that are the branch's own."""
    return frozenset(item_rules()) | _OWN_CODES
