"""What a month asks of a member and how the member stands for it: pure reckoning, whole 分, no clock, no database.

Sources: 中组发〔2008〕3号 Arts 7–13 and 组电明字〔2017〕5号; who owes from when follows DF-15 and DF-32.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from partyroom.core.calendar import Precision, RecordedDate, add_months
from partyroom.core.money import yuan
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.ledger import (
    CellState,
    DueKind,
    ReliefKind,
    Share,
    first_of,
    last_day_of,
    month_label,
    months_label,
)
from partyroom.features.members.domain import Category, Standing


@dataclass(frozen=True, slots=True)
class Account:
    """What the roster does not say of a member: paid elsewhere through which month, first and last month here."""

    member_id: int
    paid_through: date | None = None
    start_month: date | None = None
    stop_month: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One of the roster, as far as dues go."""

    id: int
    name: str
    name_key: str = ""
    group: str = ""
    department: str = ""
    category: Category | None = None
    standing: Standing = Standing.ACTIVE
    joined: RecordedDate | None = None
    arrived: RecordedDate | None = None
    left: RecordedDate | None = None
    binned: bool = False  # in the recycle bin: only the months that hold money are still reckoned

    @property
    def in_party(self) -> bool:
        """Whether the person is, or was when leaving, a full or probationary member; a silent roster tells by 入党."""
        known = self.joined is not None and self.joined.readable
        return known if self.category is None else self.category.in_party


@dataclass(frozen=True, slots=True)
class Span:
    """From which to which month somebody pays here; None is open. `ever` is False for who pays nothing at all."""

    first: date | None = None
    last: date | None = None
    ever: bool = True

    def covers(self, month: date) -> bool:
        """Whether the month lies within."""
        return self.ever and not self.before(month) and not self.after(month)

    def before(self, month: date) -> bool:
        """Whether the month lies before the first."""
        return self.first is not None and month < self.first

    def after(self, month: date) -> bool:
        """Whether the month lies after the last."""
        return self.last is not None and month > self.last


def span_of(person: Person, account: Account | None = None) -> Span:
    """In which months a person pays to this branch.

    The first is the month of the branch meeting that admitted (Art 8, DF-15); for who was transferred in the month
    after the one paid through elsewhere (DF-32), else that of arrival. The last is the month of leaving. What the
    account says goes first.
    """
    account = account or Account(person.id)
    gone = person.standing is not Standing.ACTIVE and person.left is None and account.stop_month is None
    if not person.in_party or gone:
        return Span(ever=False)
    return Span(account.start_month or _first_month(person, account), account.stop_month or _last_month(person.left))


def _first_month(person: Person, account: Account) -> date | None:
    joined = _month(person.joined)
    here = add_months(account.paid_through, 1) if account.paid_through else _month(person.arrived)
    return max((month for month in (joined, here) if month), default=None)


def _month(day: RecordedDate | None) -> date | None:
    first = day.first_day if day else None
    return first_of(first) if first else None


def _last_month(left: RecordedDate | None) -> date | None:
    """The month of leaving; the one before it when somebody left on the first day and was not here in the month."""
    month = _month(left)
    if left is None or month is None:
        return None
    whole_month_away = left.precision is Precision.DAY and left.exact == month
    return add_months(month, -1) if whole_month_away else month


@dataclass(frozen=True, slots=True)
class Standard:
    """An assessment as the ledger needs it: what a member pays each month from `from_month` on."""

    from_month: date
    category: DuesCategory
    base_fen: int
    rate_bp: int
    due_fen: int
    rounding_fen: int = 1
    rule_version: str = ""


@dataclass(frozen=True, slots=True)
class Relief:
    """A decision that somebody pays less or nothing in some months."""

    kind: ReliefKind
    from_month: date
    until_month: date | None = None
    amount_fen: int = 0

    def covers(self, month: date) -> bool:
        """Whether it is in force in the month."""
        return self.from_month <= month and (self.until_month is None or month <= self.until_month)


@dataclass(frozen=True, slots=True)
class MonthDue:
    """What one month asks of one member. `carried`: by a base of an earlier year (沿用上年)."""

    month: date
    kind: DueKind
    due_fen: int = 0
    base_fen: int = 0
    rate_bp: int = 0
    rule_version: str = ""
    rounding_fen: int = 1
    carried: bool = False


def standard_in(month: date, standards: Sequence[Standard]) -> Standard | None:
    """The latest assessment that runs in the month (DF-17: it runs on until the next)."""
    running = [standard for standard in standards if standard.from_month <= month]
    return max(running, key=lambda standard: standard.from_month, default=None)


def due_in(month: date, span: Span, standards: Sequence[Standard], reliefs: Sequence[Relief]) -> MonthDue:
    """What a month asks: nothing outside the span, by relief where one is in force, else by the assessment."""
    if not span.covers(month):
        return MonthDue(month, DueKind.NONE)
    standard = standard_in(month, standards)
    relief = _relief_in(month, reliefs)
    if relief is None and standard is None:
        return MonthDue(month, DueKind.UNKNOWN)
    due = standard.due_fen if standard else relief.amount_fen if relief else 0
    kind = DueKind.DUE
    if relief is not None and relief.kind is ReliefKind.EXEMPT:
        kind, due = DueKind.EXEMPT, 0
    elif relief is not None:
        kind, due = DueKind.REDUCED, min(due, relief.amount_fen)
    if standard is None:
        return MonthDue(month, kind, due)
    carried = standard.category.by_base and standard.from_month.year < month.year
    return MonthDue(
        month,
        kind,
        due,
        standard.base_fen,
        standard.rate_bp,
        standard.rule_version,
        standard.rounding_fen,
        carried,
    )


def _relief_in(month: date, reliefs: Sequence[Relief]) -> Relief | None:
    running = [relief for relief in reliefs if relief.covers(month)]
    return min(running, key=lambda relief: (relief.kind is not ReliefKind.EXEMPT, relief.amount_fen), default=None)


@dataclass(frozen=True, slots=True)
class Paid:
    """A part of a receipt that counts for some month, with the day it was received."""

    on: date
    share: Share
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One member's month in the grid. `paid_fen` is never more than what was due; the rest is in `extra_fen`."""

    month: date
    kind: DueKind
    due_fen: int
    paid_fen: int
    extra_fen: int
    state: CellState
    last_on: date | None
    closed: bool
    tip: str

    @property
    def open_fen(self) -> int:
        """What is still to be paid."""
        return max(0, self.due_fen - self.paid_fen)


def cell_of(due: MonthDue, paid: Sequence[Paid], day: date, closed: bool = False) -> Cell:
    """How a member stands for a month on `day`; the order in which the payments were entered makes no difference."""
    dues = sorted((part.on, part.amount_fen) for part in paid if part.share is Share.DUE)
    given = sum(amount for _, amount in dues)
    voluntary = sum(part.amount_fen for part in paid if part.share is Share.VOLUNTARY)
    counted = given if due.kind is DueKind.UNKNOWN else min(given, due.due_fen)
    last_on = _covered_on(dues, counted)
    state = _state(due, counted, last_on, day)
    extra = given - counted + voluntary
    tip = _tip(due, counted, extra, last_on, state, closed)
    return Cell(due.month, due.kind, due.due_fen, counted, extra, state, last_on, closed, tip)


def _covered_on(dues: Sequence[tuple[date, int]], needed: int) -> date | None:
    """The day on which the payments, by date, had reached what is counted."""
    total = 0
    for on, amount in dues:
        total += amount
        if total >= needed > 0:
            return on
    return None


def _state(due: MonthDue, paid: int, last_on: date | None, day: date) -> CellState:
    if due.kind is DueKind.UNKNOWN:
        return CellState.UNKNOWN
    if due.due_fen == 0:
        return CellState.EXEMPT if due.kind in (DueKind.EXEMPT, DueKind.REDUCED) else CellState.NONE
    if paid >= due.due_fen and last_on is not None:
        if last_on > last_day_of(due.month):
            return CellState.LATE
        return CellState.AHEAD if last_on < due.month else CellState.PAID
    if paid > 0:
        return CellState.PARTIAL
    return CellState.ARREARS if day > last_day_of(due.month) else CellState.OPEN


def _tip(due: MonthDue, paid: int, extra: int, last_on: date | None, state: CellState, closed: bool) -> str:
    parts = [f"{month_label(due.month)}：{state.label if state is not CellState.NONE else due.kind.label}"]
    if due.due_fen:
        how = f"（基数{yuan(due.base_fen)}元，{percent(due.rate_bp)}）" if due.rate_bp else ""
        parts.append(f"应交{yuan(due.due_fen)}元{how}")
    if due.carried:
        parts.append("沿用上年基数")
    if paid:
        parts.append(f"实交{yuan(paid)}元" + (f"（{last_on:%Y.%m.%d}）" if last_on else ""))
    if paid and paid < due.due_fen:
        parts.append(f"还差{yuan(due.due_fen - paid)}元")
    if extra:
        parts.append(f"自愿多交{yuan(extra)}元")
    if closed:
        parts.append("该月已结账")
    return "，".join(parts)


def percent(rate_bp: int) -> str:
    """A rate in 1/10000 as '1.5%'."""
    whole, part = divmod(rate_bp, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A member's year in the ledger; large sums are kept apart in `large_fen` and belong to no other total."""

    id: int
    name: str
    name_key: str
    group: str
    department: str
    category: DuesCategory | None
    base_fen: int
    cells: tuple[Cell, ...]
    due_fen: int
    paid_fen: int
    extra_fen: int
    arrears_fen: int
    remarks: str
    large_fen: int = 0


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that is needed to reckon any member's months of a stretch: loaded once, asked often."""

    day: date
    people: Mapping[int, Person]
    accounts: Mapping[int, Account] = field(default_factory=dict)
    standards: Mapping[int, Sequence[Standard]] = field(default_factory=dict)
    reliefs: Mapping[int, Sequence[Relief]] = field(default_factory=dict)
    closed: Mapping[date, Mapping[int, MonthDue]] = field(default_factory=dict)
    paid: Mapping[tuple[int, date], Sequence[Paid]] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def span(self, member_id: int) -> Span:
        """In which months somebody pays here."""
        return span_of(self.people[member_id], self.accounts.get(member_id))

    def due(self, member_id: int, month: date) -> MonthDue:
        """What a month asks of somebody; a closed month asks for ever what it asked when it was closed."""
        if month.year not in self.years:
            return MonthDue(month, DueKind.NONE)
        if month in self.closed:
            return self.closed[month].get(member_id, MonthDue(month, DueKind.NONE))
        if self.people[member_id].binned and (member_id, month) not in self.paid:
            return MonthDue(month, DueKind.NONE)
        standards = self.standards.get(member_id, ())
        return due_in(month, self.span(member_id), standards, self.reliefs.get(member_id, ()))

    def cell(self, member_id: int, month: date) -> Cell:
        """How somebody stands for a month."""
        paid = self.paid.get((member_id, month), ())
        return cell_of(self.due(member_id, month), paid, self.day, month in self.closed)


def line_of(books: Books, member_id: int, months: Sequence[date]) -> LedgerLine:
    """A member's line of the ledger for the months of a year."""
    person = books.people[member_id]
    cells = tuple(books.cell(member_id, month) for month in months)
    standards = books.standards.get(member_id, ())
    latest = standard_in(months[-1], standards)
    large = sum(
        part.amount_fen
        for month in months
        for part in books.paid.get((member_id, month), ())
        if part.share is Share.LARGE
    )
    return LedgerLine(
        id=person.id,
        name=person.name,
        name_key=person.name_key,
        group=person.group,
        department=person.department,
        category=latest.category if latest else None,
        base_fen=latest.base_fen if latest else 0,
        cells=cells,
        due_fen=sum(cell.due_fen for cell in cells),
        paid_fen=sum(cell.paid_fen for cell in cells),
        extra_fen=sum(cell.extra_fen for cell in cells),
        arrears_fen=sum(cell.open_fen for cell in cells if books.day > last_day_of(cell.month)),
        remarks=_remarks(books, member_id, months, cells),
        large_fen=large,
    )


def _remarks(books: Books, member_id: int, months: Sequence[date], cells: Sequence[Cell]) -> str:
    found: list[str] = []
    span = books.span(member_id)
    if span.first is not None and months[0] < span.first <= months[-1]:
        found.append(f"{span.first.month}月起交纳")
    standards = books.standards.get(member_id, ())
    found += [
        f"{standard.from_month.month}月起每月{yuan(standard.due_fen)}元"
        for standard in sorted(standards, key=lambda one: one.from_month)
        if months[0] < standard.from_month <= months[-1] and standard.from_month != span.first
    ]
    for kind in (DueKind.EXEMPT, DueKind.REDUCED):
        relieved = [cell.month for cell in cells if cell.kind is kind]
        if relieved:
            found.append(f"{months_label(relieved, year=False)}{kind.label}")
    if any(books.due(member_id, month).carried for month in months):
        found.append("沿用上年基数")
    if span.last is not None and months[0] <= span.last < months[-1]:
        found.append(f"交至{span.last.month}月")
    if books.people[member_id].binned:
        found.append("已移入回收站")
    return "；".join(found)
