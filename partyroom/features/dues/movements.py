"""Movements of the purse of dues: what is recorded of them, and what they are judged by before that.

Only what contradicts the account is refused; what is odd is told with its rule (中组发〔2008〕3号 Arts 11, 17–21).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.core.errors import Problem
from partyroom.core.money import yuan
from partyroom.features.dues.funds import Period, Proposal, periods_of, share_of, share_text
from partyroom.features.dues.ledger import Every, MovementKind, Use, first_of, month_label

HANDED_UP = (MovementKind.REMITTANCE, MovementKind.LARGE_REMITTANCE)
"""What goes to the organisation above, with a 上交单 each."""
DECIDERS = ("支委会", "支部党员大会")
"""Who decides together on the use of dues (Arts 17–21, DF-25)."""


@dataclass(frozen=True, slots=True)
class MovementDraft:
    """A movement to be recorded.

    `organisation` is who receives or grants (上级组织), `handled_by` 上交人 or 经办人, `counterpart` 收款人.
    """

    kind: MovementKind
    on_day: date
    amount_fen: int
    period: Period | None = None
    used_for: Use | None = None
    matter: str = ""
    handled_by: str = ""
    counterpart: str = ""
    organisation: str = ""
    decided_on: date | None = None
    decided_by: str = ""
    approved_by: str = ""
    approved_on: date | None = None
    voucher: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a movement on a day is judged by.

    `free_fen` is the lowest balance from that day on: what can be taken out without any later day running dry;
    `large_fen` the same of the large sums. `begun`: money was booked on that day or before.
    """

    today: date
    free_fen: int = 0
    large_fen: int = 0
    closed: frozenset[date] = frozenset()
    handed: tuple[Period, ...] = ()
    proposal: Proposal | None = None
    year_opened: bool = True
    begun: bool = False


@dataclass(frozen=True, slots=True)
class DaySum:
    """What one day did to the purses: ordinary receipts, movements of the ordinary purse (signed), large sums."""

    day: date
    received_fen: int = 0
    moved_fen: int = 0
    large_fen: int = 0


@dataclass(frozen=True, slots=True)
class Purse:
    """Everything that movements are judged by, loaded once: the days in order, what was handed up, the choices.

    `handed` are periods with what was handed up for them, reversals netted; `shares` the share in 1/10000 and how
    often it is due, by opened year.
    """

    today: date
    days: tuple[DaySum, ...] = ()
    closed: frozenset[date] = frozenset()
    handed: tuple[tuple[Period, int], ...] = ()
    shares: Mapping[int, tuple[int, Every]] = field(default_factory=dict)

    def free_on(self, day: date) -> int:
        """The lowest balance from `day` on."""
        return _lowest([(one.day, one.received_fen + one.moved_fen) for one in self.days], day)

    def large_on(self, day: date) -> int:
        """The lowest sum of large dues not yet handed up, from `day` on."""
        return _lowest([(one.day, one.large_fen) for one in self.days], day)

    def received_in(self, period: Period) -> int:
        """Ordinary dues received in a period, reversals taken off."""
        return sum(one.received_fen for one in self.days if period.first <= one.day <= period.end)

    def proposal(self, period: Period) -> Proposal | None:
        """What is to be handed up for a period; None when its year is not opened.

        A period that was handed up as part of a longer one, or across its ends, is taken as done.
        """
        known = next((one for one in self.proposals(period.last.year) if one.period == period), None)
        return known or self._alone(period)

    def proposals(self, year: int) -> tuple[Proposal, ...]:
        """Those of all periods of an opened year; none of another.

        What was handed up too much for one period is taken off the next, over the turn of the year too.
        """
        found: list[Proposal] = []
        over = 0
        for opened in sorted(one for one in self.shares if one <= year):
            for period in periods_of(opened, self.shares[opened][1]):
                alone = self._alone(period)
                assert alone is not None
                proposal = replace(alone, over_fen=over)
                over = max(-proposal.open_fen, 0)
                found.append(proposal)
        return tuple(one for one in found if one.period.first.year == year)

    def _alone(self, period: Period) -> Proposal | None:
        """The same, whatever happened in other periods."""
        share = self.shares.get(period.last.year)
        if share is None:
            return None
        received = self.received_in(period)
        handed = sum(amount for one, amount in self.handed if period.holds(one))
        if any(one.overlaps(period) and not period.holds(one) for one, _ in self.handed):
            handed = max(handed, share_of(received, share[0]))
        return Proposal(period, received, share[0], handed)

    def standing(self, day: date, period: Period | None = None) -> Standing:
        """What a movement on `day`, for `period` if it hands something up, is judged by."""
        return Standing(
            today=self.today,
            free_fen=self.free_on(day),
            large_fen=self.large_on(day),
            closed=self.closed,
            handed=tuple(one for one, _ in self.handed),
            proposal=self.proposal(period) if period is not None and period.first <= period.last else None,
            year_opened=day.year in self.shares,
            begun=any(one.day <= day for one in self.days),
        )


def _lowest(changes: Sequence[tuple[date, int]], day: date) -> int:
    balance = sum(change for on, change in changes if on <= day)
    lowest = balance
    for on, change in sorted(changes):
        if on > day:
            balance += change
            lowest = min(lowest, balance)
    return lowest


def movement_problems(draft: MovementDraft, standing: Standing) -> list[Problem]:
    """What contradicts the account and keeps a movement from being recorded."""
    problems = [*_day_problems(draft.on_day, standing)]
    if draft.amount_fen <= 0:
        problems.append(Problem("金额要大于零；记错的请用“冲正”改正。", "amount_fen"))
    if (draft.kind is MovementKind.EXPENSE) != (draft.used_for is not None):
        problems.append(Problem("请选择用途（规定第十八条的五项用途之一）。", "used_for"))
    if draft.kind is MovementKind.REMITTANCE:
        problems += _period_problems(draft.period)
    if draft.kind in (MovementKind.REMITTANCE, MovementKind.EXPENSE) and draft.amount_fen > standing.free_fen:
        free, word = yuan(max(standing.free_fen, 0), grouped=True), "上交" if draft.used_for is None else "使用"
        problems.append(Problem(f"{word}金额超过结存：自{chinese_date(draft.on_day)}起可用 {free} 元。", "amount_fen"))
    if draft.kind is MovementKind.LARGE_REMITTANCE and draft.amount_fen != standing.large_fen:
        problems.append(Problem(_large_sentence(standing.large_fen, draft.on_day), "amount_fen"))
    return problems


def _large_sentence(outstanding: int, day: date) -> str:
    if outstanding <= 0:
        return f"到{chinese_date(day)}没有待上交的大额党费。"
    return f"大额党费要全额上交（规定第十一条）：到{chinese_date(day)}待上交 {yuan(outstanding, grouped=True)} 元。"


def _day_problems(day: date, standing: Standing) -> list[Problem]:
    if day > standing.today:
        return [Problem("日期晚于今天，请在办理之后登记。", "on_day")]
    if first_of(day) in standing.closed:
        return [Problem(f"{month_label(day)}已经结账，不能再记入这个月；请按今天的日期登记。", "on_day")]
    return []


def _period_problems(period: Period | None) -> list[Problem]:
    if period is None:
        return [Problem("请填写上交哪个月份或季度的党费。", "period")]
    if period.last < period.first:
        return [Problem("截止月份早于起始月份。", "period")]
    return []


def movement_warnings(draft: MovementDraft, standing: Standing) -> list[str]:
    """What is odd about a movement, each with the rule; it may be recorded all the same."""
    warnings = [] if standing.year_opened else [f"{draft.on_day.year}年度还没有开立。"]
    if draft.kind is MovementKind.REMITTANCE and draft.period is not None:
        warnings += _remittance_warnings(draft, draft.period, standing)
    elif draft.kind is MovementKind.EXPENSE:
        warnings += _expense_warnings(draft)
    elif draft.kind is MovementKind.OPENING and standing.begun:
        warnings.append("这一天以前已有收支记录，期初结存一般只在启用时登记一次。")
    return warnings


def _remittance_warnings(draft: MovementDraft, period: Period, standing: Standing) -> list[str]:
    warnings = []
    if twice := [one.label for one in standing.handed if one.overlaps(period)]:
        warnings.append(f"{'、'.join(dict.fromkeys(twice))}已经上交过，请核对是否重复上交。")
    proposal = standing.proposal
    if proposal is not None and draft.amount_fen != proposal.amount_fen:
        wanted = yuan(proposal.amount_fen, grouped=True)
        warnings.append(f"按{share_text(proposal.share_bp)}的上交比例，{period.label}应上交 {wanted} 元。")
    if draft.on_day <= period.end:
        warnings.append(f"{period.label}还没有结束，之后收到的党费需要补交。")
    return warnings


def _expense_warnings(draft: MovementDraft) -> list[str]:
    warnings = []
    if draft.decided_on is None or not draft.decided_by:
        warnings.append(
            "没有填写集体研究的日期和会议：使用党费要集体讨论决定，不能由个人说了算（规定第十七条至第二十一条）。"
        )
    elif draft.decided_on > draft.on_day:
        warnings.append("研究决定的日期晚于使用日期：应当先研究后使用。")
    if not draft.approved_by:
        warnings.append("没有填写审批人。")
    if not draft.voucher:
        warnings.append("没有填写凭证号。")
    return warnings


_PREFIXES = {
    MovementKind.OPENING: "期初",
    MovementKind.GRANT: "下拨",
    MovementKind.REMITTANCE: "上交",
    MovementKind.LARGE_REMITTANCE: "大额",
    MovementKind.EXPENSE: "使用",
}


def movement_number(kind: MovementKind, year: int, number: int) -> str:
    """'上交2026-03': each kind is numbered by itself within a year."""
    return f"{_PREFIXES[kind]}{year}-{number:02d}"


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A line of the list of movements; `signed_fen` is what it does to its purse."""

    id: int
    kind: MovementKind
    number: str
    on_day: date
    amount_fen: int
    period: Period | None
    used_for: Use | None
    matter: str
    handled_by: str
    counterpart: str
    organisation: str
    decided: str
    approved: str
    voucher: str
    scan: str
    reverses: str
    reversed_by: str
    closed: bool
    note: str

    @property
    def signed_fen(self) -> int:
        """Positive when it adds to the balance."""
        return self.kind.sign * self.amount_fen

    @property
    def reversible(self) -> bool:
        """Whether it stands: neither a reversal nor reversed."""
        return not self.reverses and not self.reversed_by
