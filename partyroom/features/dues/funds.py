"""The branch's purse of dues: what is handed up, spent, granted, and what must be left.

Sources: 《关于中国共产党党费收缴、使用和管理的规定》 (中组发〔2008〕3号) Arts 11, 15–21, 28. How much a branch
hands up, and how often, is local (DF-24): the year's choices say it. Amounts are whole 分, periods whole months.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from partyroom.core.money import rounded, to_decimal, yuan
from partyroom.features.dues.ledger import Every, MovementKind, Use, month_label, months_of

WHOLE = 10_000
"""A share in 1/10000 that hands everything up."""


@dataclass(frozen=True, slots=True)
class Period:
    """A run of whole months; both ends are first days."""

    first: date
    last: date

    @property
    def label(self) -> str:
        """'2026年第3季度', '2026年3月', '2026年1月至5月'."""
        if self.first == self.last:
            return month_label(self.first)
        if self.first.year != self.last.year:
            return f"{month_label(self.first)}至{month_label(self.last)}"
        if self.first.month % 3 == 1 and self.last.month == self.first.month + 2:
            return f"{self.first.year}年第{self.last.month // 3}季度"
        return f"{month_label(self.first)}至{self.last.month}月"

    @property
    def end(self) -> date:
        """Its last day."""
        return self.last.replace(day=monthrange(self.last.year, self.last.month)[1])

    def overlaps(self, other: Period) -> bool:
        """Whether they share a month."""
        return self.first <= other.last and other.first <= self.last

    def holds(self, other: Period) -> bool:
        """Whether all months of `other` are in it."""
        return self.first <= other.first and other.last <= self.last


def periods_of(year: int, every: Every) -> tuple[Period, ...]:
    """The periods for which a year's dues are handed up."""
    months = months_of(year)
    if every is Every.MONTH:
        return tuple(Period(month, month) for month in months)
    return tuple(Period(months[start], months[start + 2]) for start in range(0, 12, 3))


def share_of(received_fen: int, share_bp: int) -> int:
    """What of the money received is handed up, half up to the 分; the rest stays (DF-24)."""
    return rounded(to_decimal(received_fen) * Decimal(share_bp) / WHOLE)


def share_text(share_bp: int) -> str:
    """'40%', '33.33%'."""
    return f"{(Decimal(share_bp) / 100).normalize():f}%"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be handed up for a period: its share of what was received, less what was handed up already.

    `over_fen` is what earlier periods handed up beyond their share, as when a receipt was taken back afterwards.
    """

    period: Period
    received_fen: int
    share_bp: int
    handed_fen: int
    over_fen: int = 0

    @property
    def open_fen(self) -> int:
        """What is still to be handed up; negative when more was handed up than the share."""
        return share_of(self.received_fen, self.share_bp) - self.handed_fen - self.over_fen

    @property
    def amount_fen(self) -> int:
        """What is still to be handed up, nothing when it was more than the share."""
        return max(self.open_fen, 0)

    @property
    def kept_fen(self) -> int:
        """What stays with the branch."""
        return self.received_fen - share_of(self.received_fen, self.share_bp)

    def ended(self, day: date) -> bool:
        """Whether the period is over on `day`."""
        return day > self.period.end


def next_proposal(proposals: Sequence[Proposal], day: date) -> Proposal | None:
    """The earliest period that is over with something still to be handed up, else the one `day` lies in."""
    for proposal in proposals:
        if proposal.ended(day) and proposal.amount_fen:
            return proposal
    return next((one for one in proposals if one.period.first <= day <= one.period.end), None)


@dataclass(frozen=True, slots=True)
class Balance:
    """The two purses: 期初 + 收入 + 下拨 − 上交 − 使用 = 结存; large sums apart, as they go up whole (Art 11)."""

    opening_fen: int = 0
    received_fen: int = 0
    granted_fen: int = 0
    remitted_fen: int = 0
    spent_fen: int = 0
    large_opening_fen: int = 0
    large_received_fen: int = 0
    large_remitted_fen: int = 0

    @property
    def balance_fen(self) -> int:
        """结存, without large sums."""
        return self.opening_fen + self.received_fen + self.granted_fen - self.remitted_fen - self.spent_fen

    @property
    def large_fen(self) -> int:
        """大额党费 that is still to be handed up."""
        return self.large_opening_fen + self.large_received_fen - self.large_remitted_fen

    @property
    def text(self) -> str:
        """The line of the account."""
        parts = (self.opening_fen, self.received_fen, self.granted_fen, self.remitted_fen, self.spent_fen)
        amounts = [yuan(part, grouped=True) for part in (*parts, self.balance_fen)]
        return "期初 {} ＋ 收入 {} ＋ 下拨 {} − 上交 {} − 使用 {} ＝ 结存 {} 元".format(*amounts)


@dataclass(frozen=True, slots=True)
class MonthTotals:
    """One month of the account; `balance_fen` and `large_fen` are the purses at its end."""

    month: date
    received_fen: int
    due_fen: int
    voluntary_fen: int
    opening_fen: int
    granted_fen: int
    remitted_fen: int
    spent_fen: int
    large_received_fen: int
    large_remitted_fen: int
    balance_fen: int
    large_fen: int
    closed: bool


@dataclass(frozen=True, slots=True)
class YearAccount:
    """A year's account: what was brought forward (openings of the year included), each month, and each use."""

    year: int
    balance: Balance
    months: tuple[MonthTotals, ...]
    uses: tuple[tuple[Use, int], ...]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Three ways to the same 分: the ledger, the receipts, and what became of the money.

    `balance_fen` and `large_balance_fen` are counted anew from all movements of all years, not from `balance`.
    """

    year: int
    allocated_fen: int
    received_fen: int
    balance: Balance
    balance_fen: int
    large_allocated_fen: int
    large_balance_fen: int

    @property
    def accounted_fen(self) -> int:
        """Remittances + expenses + balance − grants − opening."""
        gone = self.balance.remitted_fen + self.balance.spent_fen
        return gone + self.balance_fen - self.balance.granted_fen - self.balance.opening_fen

    @property
    def large_accounted_fen(self) -> int:
        """The same of the large sums."""
        return self.balance.large_remitted_fen + self.large_balance_fen - self.balance.large_opening_fen

    @property
    def holds(self) -> bool:
        """Whether all three agree, in both purses."""
        ordinary = self.allocated_fen == self.received_fen == self.accounted_fen
        return ordinary and self.large_allocated_fen == self.balance.large_received_fen == self.large_accounted_fen

    @property
    def text(self) -> str:
        """What to say of it on screen."""
        if self.holds:
            return "核对无误：台账＝收款＝上交＋使用＋结存－下拨－期初。"
        amounts = [yuan(one, True) for one in (self.allocated_fen, self.received_fen, self.accounted_fen)]
        return "核对不符：台账 {} 元，收款 {} 元，上交使用和结存合计 {} 元，请检查支部库。".format(*amounts)


@dataclass(frozen=True, slots=True)
class LargeLine:
    """A large sum that goes up whole, with a note on the member (Art 11)."""

    name: str
    received_on: date
    number: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class RemittanceSlip:
    """What stands on the 上交单; `large` has lines when 大额党费 is handed up. `note` says what else matters."""

    number: str
    branch: str
    superior: str
    kind: MovementKind
    period: str
    on_day: date
    amount_fen: int
    received_fen: int | None
    share_bp: int | None
    handed_by: str
    received_by: str
    voucher: str = ""
    large: tuple[LargeLine, ...] = ()
    reversed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """A Party group's sums in the publication; never of fewer than three people, else they would be somebody's."""

    group: str
    members: int
    due_fen: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class UseTotal:
    """What was spent on one of the five uses."""

    use: Use
    times: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Publication:
    """The yearly report of dues to the members (2008 Art 28, DF-26); sums only, nothing private.

    `until` is the last day that the figures take in; `through` the last month over by then: 应交 and 实交 are told of
    the months to it. `members` are those who owed or were exempt in the year, `unknown` those without a base.
    """

    year: int
    branch: str
    until: date
    members: int
    exempt: int
    due_fen: int
    paid_fen: int
    extra_fen: int
    in_full: int
    in_arrears: int
    balance: Balance
    uses: tuple[UseTotal, ...]
    groups: tuple[GroupTotal, ...]
    published: str = ""
    through: date | None = None
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class PublicationDraft:
    """That the year's dues were reported to the members: when, how (公开栏、党员大会…), by whom."""

    year: int
    on_day: date
    place: str
    by: str = ""
    note: str = ""


FEWEST = 3
"""The smallest group whose sums say nothing of one person's pay."""


def mask_groups(groups: Sequence[GroupTotal]) -> tuple[GroupTotal, ...]:
    """Groups fit for publication: those of fewer than three people are put together with the next smallest.

    With one hidden group alone, its sums would follow from the totals; nothing is told when all are too small.
    """
    by_size = sorted(groups, key=_size)
    merged: list[GroupTotal] = []
    while by_size and (by_size[0].members < FEWEST or 0 < sum(one.members for one in merged) < FEWEST):
        merged.append(by_size.pop(0))
    if not merged:
        return tuple(groups)
    members = sum(one.members for one in merged)
    if members < FEWEST:
        return ()
    name = "其他" if len(merged) > 1 else merged[0].group
    rest = GroupTotal(name, members, sum(one.due_fen for one in merged), sum(one.paid_fen for one in merged))
    kept = {id(one) for one in by_size}
    return (*(one for one in groups if id(one) in kept), rest)


def _size(group: GroupTotal) -> int:
    return group.members
