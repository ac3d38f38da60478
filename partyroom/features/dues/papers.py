"""What the papers of the dues are made of: plain rows of names, months and 分, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from partyroom.core.calendar import add_months
from partyroom.core.money import yuan
from partyroom.features.dues.base import BaseLine
from partyroom.features.dues.cells import LedgerLine
from partyroom.features.dues.domain import DuesCategory, Reading
from partyroom.features.dues.ledger import DueKind, Method, PayerKind, Purpose, ReliefKind, Share, Use
from partyroom.features.dues.rates import rate_text, rules_on


@dataclass(frozen=True, slots=True)
class ReceiptPart:
    """What a receipt counts for: one month, one share."""

    month: date
    share: Share
    amount_fen: int


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """A 收据. `base_fen` and `standard` are empty when the months differ or pay a fixed amount.

    `reverses` is the number of the receipt that this one takes back (its amounts are then negative), `note` why.
    """

    number: str
    received_on: date
    name: str
    amount_fen: int
    parts: tuple[ReceiptPart, ...]
    method: Method
    payer: PayerKind = PayerKind.SELF
    payer_name: str = ""
    purpose: Purpose = Purpose.ORDINARY
    group: str = ""
    base_fen: int | None = None
    standard: str = ""
    collector: str = ""
    note: str = ""
    reverses: str = ""

    @property
    def months(self) -> tuple[date, ...]:
        """The months it counts for, in order."""
        return tuple(sorted({part.month for part in self.parts}))


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A member on the sheet of a month; `paid_fen` includes what was given beyond the due."""

    name: str
    kind: DueKind
    due_fen: int
    base_fen: int = 0
    standard: str = ""
    paid_fen: int = 0
    paid_on: date | None = None
    method: Method | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentPaper:
    """A base as it was assessed. `lines` is empty when the base was typed directly."""

    name: str
    from_month: date
    category: DuesCategory
    base_fen: int
    rate_bp: int
    before_cap_fen: int
    due_fen: int
    lines: tuple[BaseLine, ...] = ()
    rounding_fen: int = 1
    reading: Reading = Reading.NOTICE_2017
    source: str = ""
    reason: str = ""
    assessed_on: date | None = None
    assessed_by: str = ""
    department: str = ""
    remark: str = ""

    @property
    def standard(self) -> str:
        """The rate, or that the amount is fixed."""
        return standard_text(self.rate_bp)


@dataclass(frozen=True, slots=True)
class Donor:
    """Who gave a large sum (DF-20: it goes up with a note on the member)."""

    name: str
    received_on: date
    receipt: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class RemittancePaper:
    """Dues handed up for some months. `donors` makes it a slip for large sums, which go up whole and apart."""

    number: str
    first_month: date
    last_month: date
    people: int
    due_fen: int
    paid_fen: int
    share_bp: int
    amount_fen: int
    on_day: date | None = None
    handed_by: str = ""
    received_by: str = ""
    note: str = ""
    reverses: str = ""
    donors: tuple[Donor, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthSum:
    """A month of the whole branch: for which month, how many owed, what was owed and paid for it."""

    month: date
    people: int
    due_fen: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class PublicationPaper:
    """A year of the branch's dues without any name. Large sums are a purse of their own.

    `received_fen` is all ordinary money that came in during the year, `voluntary_fen` the part beyond what was due.
    """

    year: int
    until: date
    people: int
    due_fen: int
    received_fen: int
    voluntary_fen: int = 0
    exempt_people: int = 0
    reduced_people: int = 0
    arrears_people: int = 0
    arrears_fen: int = 0
    opening_fen: int = 0
    granted_fen: int = 0
    remitted_fen: int = 0
    uses: dict[Use, int] = field(default_factory=dict)
    large_people: int = 0
    large_opening_fen: int = 0
    large_received_fen: int = 0
    large_remitted_fen: int = 0
    months: tuple[MonthSum, ...] = ()
    reported_on: date | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def spent_fen(self) -> int:
        """All five uses together."""
        return sum(self.uses.values())

    @property
    def closing_fen(self) -> int:
        """What is left of the ordinary dues."""
        income = self.opening_fen + self.received_fen + self.granted_fen
        return income - self.remitted_fen - self.spent_fen

    @property
    def large_closing_fen(self) -> int:
        """What is left to hand up of the large sums."""
        return self.large_opening_fen + self.large_received_fen - self.large_remitted_fen


@dataclass(frozen=True, slots=True)
class PersonalYear:
    """One year of a member: the line of the ledger and the receipts received in it."""

    year: int
    line: LedgerLine
    receipts: tuple[ReceiptPaper, ...] = ()


@dataclass(frozen=True, slots=True)
class ReliefPaper:
    """An application to pay less or nothing; empty dates and names are left to be written by hand."""

    name: str
    kind: ReliefKind
    from_month: date
    until_month: date | None = None
    amount_fen: int = 0
    due_fen: int | None = None
    category: DuesCategory | None = None
    group: str = ""
    reason: str = ""
    applied_on: date | None = None
    branch_on: date | None = None
    superior: str = ""
    superior_on: date | None = None


def period_text(months: Iterable[date]) -> str:
    """Months in words: '2026年1月至3月', '2025年12月至2026年2月', '2026年1月、3月'; runs are drawn together."""
    runs: list[list[date]] = []
    for month in sorted(set(months)):
        if runs and add_months(runs[-1][-1], 1) == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    words: list[str] = []
    year = 0
    for run in runs:
        for place, end in enumerate(run[:1] + run[-1:] if len(run) > 1 else run):
            mark = "" if not words else "至" if place else "、"
            words.append(mark + (f"{end.year}年" if end.year != year else "") + f"{end.month}月")
            year = end.year
    return "".join(words)


def standard_text(rate_bp: int) -> str:
    """The 执行标准: '1.5%', or 定额 for those who pay a fixed amount."""
    return rate_text(rate_bp) if rate_bp else "定额"


def standard_of(line: LedgerLine, day: date) -> str:
    """The 执行标准 of a line of the ledger by the rules in force on `day`; '' as long as nothing is assessed."""
    if line.category is None:
        return ""
    return standard_text(rules_on(day).tables[line.category].rate_of(line.base_fen) if line.category.by_base else 0)


def amount_or_blank(fen: int | None) -> str:
    """The amount with two decimals, nothing for none."""
    return "" if fen is None else yuan(fen)
