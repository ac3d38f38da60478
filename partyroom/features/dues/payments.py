"""How a payment is spread over months and what is to be said about it: pure, whole 分.

Sources: 中组发〔2008〕3号 Arts 8, 11–14 (DF-15, DF-19 to DF-23); the amounts and numbers of months are rule data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from partyroom.core.errors import DomainError, Problem
from partyroom.core.money import yuan
from partyroom.features.dues.cells import Books, Cell, Span
from partyroom.features.dues.ledger import (
    DueKind,
    Method,
    PayerKind,
    Purpose,
    Share,
    first_of,
    month_label,
    months_between,
    months_label,
)
from partyroom.features.dues.rates import rules_on

QUARTER = 3
"""The months that may be paid in one go with the branch's consent (Art 12)."""


@dataclass(frozen=True, slots=True)
class AllocationDraft:
    """The part of a payment that counts for one month."""

    month: date
    share: Share
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """Money that a member brought. Without `allocations` it is spread by rule; `ahead` pays later months in advance."""

    member_id: int
    received_on: date
    amount_fen: int
    method: Method = Method.CASH
    payer: PayerKind = PayerKind.SELF
    payer_name: str = ""
    purpose: Purpose = Purpose.ORDINARY
    allocations: tuple[AllocationDraft, ...] = ()
    ahead: bool = False
    consent_note: str = ""
    note: str = ""
    occasion: str = ""
    collector: str = ""


@dataclass(frozen=True, slots=True)
class PaymentPlan:
    """What would be written down: `problems` keep it from being recorded, `warnings` only explain."""

    allocations: tuple[AllocationDraft, ...] = ()
    warnings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    purpose: Purpose = Purpose.ORDINARY

    def total(self, share: Share) -> int:
        """What goes to one share."""
        return sum(part.amount_fen for part in self.allocations if part.share is share)


@dataclass(frozen=True, slots=True)
class CollectDraft:
    """One month collected from many at once."""

    month: date
    received_on: date
    member_ids: tuple[int, ...]
    method: Method = Method.CASH
    collector: str = ""
    occasion: str = ""


_BY_THE_UNIT = re.compile(
    r"代扣|扣缴|扣交|扣款|工资.{0,3}扣|垫[交付缴资支]|(单位|学校|支部|组织|党委|工会|财务|科室).{0,2}[代统]?[交缴付出]"
)
_NO_PERSON = re.compile(r"(单位|学校|支部|党组织|党委|党总支|工会|财务[处科室]?)$")


def refuse_payer(text: str) -> None:
    """Refuse a payer or a way of paying that the rules forbid: the unit deducts from pay, the branch advances (DF-23).

    Raises:
        DomainError: the text names such a one; the sentence names Art 14.
    """
    words = re.sub(r"\s", "", text)
    if _BY_THE_UNIT.search(words) or _NO_PERSON.search(words):
        source = rules_on(date(2017, 1, 1)).forbidden[0].source
        raise DomainError(
            Problem(f"“{text.strip()}”不能登记：党组织不得垫交党费，也不得从工资中扣缴党费（{source}）。", "payer_name")
        )


def plan_payment(books: Books, draft: PaymentDraft) -> PaymentPlan:
    """Spread a payment over months: as the draft says, else the oldest unpaid month first, the rest as 自愿多交.

    What is paid for months that ask nothing is voluntary; a purely voluntary sum from the amount of the rule on is
    大额党费 and booked apart (Art 11, C18, C19).
    """
    if draft.amount_fen <= 0:
        return PaymentPlan(problems=(Problem("金额要大于零。", "amount_fen"),), purpose=draft.purpose)
    if draft.purpose is Purpose.LARGE:
        return _large(draft)
    if draft.allocations:
        plan = _as_said(books, draft)
    else:
        plan = _by_rule(books, draft)
    return _judged(books, draft, plan)


def _large(draft: PaymentDraft, warnings: tuple[str, ...] = ()) -> PaymentPlan:
    large = rules_on(draft.received_on).large
    month = first_of(draft.received_on)
    problems: tuple[Problem, ...] = ()
    if draft.amount_fen < large.amount_fen:
        said = f"不足{yuan(large.amount_fen)}元的不是大额党费，请按党费登记，多交的部分算自愿多交（{large.source}）。"
        problems = (Problem(said, "purpose"),)
    said = f"大额党费单独登记，全部上交，不得留存（{large.source}）。"
    parts = (AllocationDraft(month, Share.LARGE, draft.amount_fen),)
    return PaymentPlan(parts, (*warnings, said), problems, Purpose.LARGE)


def _by_rule(books: Books, draft: PaymentDraft) -> PaymentPlan:
    month = first_of(draft.received_on)
    until = date(max((*books.years, month.year)), 12, 1) if draft.ahead else month
    first = date(min((*books.years, month.year)), 1, 1)
    left = draft.amount_fen
    parts: list[AllocationDraft] = []
    for one in months_between(first, until):
        given = min(left, books.cell(draft.member_id, one).open_fen)
        if given:
            parts.append(AllocationDraft(one, Share.DUE, given))
            left -= given
    if left:
        parts.append(AllocationDraft(month, Share.VOLUNTARY, left))
    return PaymentPlan(tuple(parts), tuple(_about_rest(books, draft, left, until)))


def _about_rest(books: Books, draft: PaymentDraft, left: int, until: date) -> list[str]:
    """What is to be said when not everything went to months that were open."""
    if not left:
        return []
    months = months_between(date(min((*books.years, draft.received_on.year)), 1, 1), first_of(draft.received_on))
    unknown = [one for one in months if books.cell(draft.member_id, one).kind is DueKind.UNKNOWN]
    found = []
    if unknown:
        found.append(f"{months_label(unknown)}的党费还没有核定；这笔如果是应交的党费，请先核定或指定月份（第一条）。")
    if draft.ahead:
        found.append(f"到{until.year}年底，已开立年度的月份都已交清，余下的{yuan(left)}元按自愿多交登记（第十一条）。")
    elif left < draft.amount_fen:
        found.append(f"超过应交的{yuan(left)}元按自愿多交登记（第十一条）；如果是预交以后的月份，请选“预交”。")
    else:
        found.append(f"没有待交的党费，{yuan(left)}元全部按自愿多交登记（第十一条）；如果是预交，请选“预交”。")
    return found


def _as_said(books: Books, draft: PaymentDraft) -> PaymentPlan:
    """Keep what the user said but for months that ask nothing; more than is open counts as more in the ledger."""
    if sum(part.amount_fen for part in draft.allocations) != draft.amount_fen:
        return PaymentPlan(problems=(Problem("分到各月的金额之和与收款金额不一致。", "allocations"),))
    if any(part.amount_fen <= 0 or part.share is Share.LARGE for part in draft.allocations):
        return PaymentPlan(problems=(Problem("分到各月的金额要大于零，大额党费要单独登记。", "allocations"),))
    parts: list[AllocationDraft] = []
    warnings: list[str] = []
    for part in (replace(part, month=first_of(part.month)) for part in draft.allocations):
        cell = books.cell(draft.member_id, part.month)
        if part.share is Share.DUE and cell.kind in (DueKind.NONE, DueKind.EXEMPT):
            warnings.append(_nothing_due(books.span(draft.member_id), cell))
            part = replace(part, share=Share.VOLUNTARY)
        elif part.share is Share.DUE and cell.kind is DueKind.UNKNOWN:
            warnings.append(f"{month_label(part.month)}的党费还没有核定，先按应交登记，核定后再对账（第一条）。")
        elif part.share is Share.DUE and part.amount_fen > cell.open_fen:
            more = part.amount_fen - cell.open_fen
            warnings.append(f"{month_label(part.month)}超过应交{yuan(more)}元，台账里按自愿多交计（第十一条）。")
        parts.append(part)
    return PaymentPlan(tuple(parts), tuple(warnings))


def _nothing_due(span: Span, cell: Cell) -> str:
    label = month_label(cell.month)
    if cell.kind is DueKind.EXEMPT:
        return f"{label}已批准免交，这笔按自愿多交登记（第七条、第十一条）。"
    if span.before(cell.month):
        first = month_label(span.first) if span.first else ""
        return f"{label}在本人开始交纳的月份（{first}）之前，这笔按自愿多交登记（第八条、第十一条）。"
    if span.after(cell.month):
        return f"{label}在本人离开支部以后，这笔按自愿多交登记（第九条、第十一条）。"
    return f"{label}没有应交的党费，这笔按自愿多交登记（第十一条）。"


def _judged(books: Books, draft: PaymentDraft, plan: PaymentPlan) -> PaymentPlan:
    """Add what the rules say about the spread: large sums, long arrears, several months in advance."""
    if plan.problems:
        return plan
    large = rules_on(draft.received_on).large
    voluntary = plan.total(Share.VOLUNTARY) + _beyond(books, draft.member_id, plan.allocations)
    if voluntary >= large.amount_fen and plan.total(Share.DUE) == 0:
        said = f"自愿一次多交{yuan(draft.amount_fen)}元，达到{yuan(large.amount_fen)}元，按大额党费登记（第十一条）。"
        return _large(draft, (said,))
    problems = list(plan.problems)
    if voluntary >= large.amount_fen:
        said = (
            f"自愿多交的{yuan(voluntary)}元达到{yuan(large.amount_fen)}元，属于大额党费，"
            f"请与应交的党费分开，单独登记一笔（{large.source}）。"
        )
        problems.append(Problem(said, "amount_fen"))
    warnings = (*plan.warnings, *_about_late(draft, plan, problems), *_about_ahead(draft, plan))
    return replace(plan, warnings=warnings, problems=tuple(problems))


def _beyond(books: Books, member_id: int, parts: Sequence[AllocationDraft]) -> int:
    """What is given for months as due beyond what is open, months not assessed left out."""
    by_month: dict[date, int] = {}
    for part in parts:
        if part.share is Share.DUE:
            by_month[part.month] = by_month.get(part.month, 0) + part.amount_fen
    cells = {month: books.cell(member_id, month) for month in by_month}
    return sum(
        max(0, given - cells[month].open_fen)
        for month, given in by_month.items()
        if cells[month].kind is not DueKind.UNKNOWN
    )


def _about_late(draft: PaymentDraft, plan: PaymentPlan, problems: list[Problem]) -> list[str]:
    rules = rules_on(draft.received_on)
    received = first_of(draft.received_on)
    late = {part.month for part in plan.allocations if part.share is Share.DUE and part.month < received}
    if len(late) <= rules.late_months:
        return []
    if not (draft.note.strip() or draft.consent_note.strip()):
        problems.append(Problem(f"补交超过{rules.late_months}个月，请在备注里写明原因。", "note"))
    return [
        f"补交{months_label(late)}共{len(late)}个月：补交一般不超过{rules.late_months}个月（{rules.late_source}）。"
    ]


def _about_ahead(draft: PaymentDraft, plan: PaymentPlan) -> list[str]:
    received = first_of(draft.received_on)
    ahead = {part.month for part in plan.allocations if part.share is Share.DUE and part.month > received}
    if not ahead:
        return []
    found = []
    if not draft.consent_note.strip():
        found.append(f"预交{months_label(ahead)}：特殊情况经支部同意可以每季度交纳一次，请注明支部意见（第十二条）。")
    if len(ahead) > QUARTER:
        found.append(f"预交{len(ahead)}个月，超过一个季度：党员应当按月主动交纳党费（第十二条）。")
    return found


def check_payer(draft: PaymentDraft) -> tuple[str, ...]:
    """What is to be said about who brought the money.

    Raises:
        DomainError: the name is that of a unit or of a deduction (DF-23).
    """
    refuse_payer(draft.payer_name)
    if draft.payer is not PayerKind.SELF and not draft.payer_name.strip():
        return (f"请写明是谁{draft.payer.label}的（第十二条：可以委托亲属或其他党员代交）。",)
    return ()
