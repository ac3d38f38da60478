"""Use cases of the ledger: members × months with due, paid and arrears, each table read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.features.dues.arrears import (
    ArrearsLevel,
    ArrearsLine,
    ArrearsReason,
    longest_run,
    text_of,
    unpaid_months,
)
from partyroom.features.dues.cells import (
    Account,
    Books,
    LedgerLine,
    MonthDue,
    Paid,
    Person,
    Relief,
    Standard,
    line_of,
)
from partyroom.features.dues.ledger import first_of, months_between, months_of
from partyroom.features.dues.rates import rules_on
from partyroom.features.dues.reliefs_service import list_reasons
from partyroom.features.dues.tables import (
    AccountRecord,
    AllocationRecord,
    AssessmentRecord,
    ClosedLineRecord,
    ClosingRecord,
    ReceiptRecord,
    ReliefRecord,
)
from partyroom.features.dues.years_service import opened_years
from partyroom.features.members.tables import Member
from partyroom.features.organisation.tables import DepartmentRecord, GroupRecord


@dataclass(frozen=True, slots=True)
class MemberMonth:
    """What a month asks of a member and what of it is paid."""

    member_id: int
    name: str
    group: str
    due: MonthDue
    paid_fen: int


def ledger_of(session: Session, year: int, day: date | None = None) -> list[LedgerLine]:
    """The ledger of a year as it stood on `day` (today), by group and name; empty for a year that is not opened.

    It has who owed something in the year and whoever's money counts for one of its months, people in the recycle bin
    included: every 分 of the receipts is found again.
    """
    months = months_of(year)
    books = load_books(session, months[0], months[-1], day)
    if year not in books.years:
        return []
    return [line_of(books, member_id, months) for member_id in books.people if _concerns(books, member_id, months)]


def month_dues(session: Session, month: date, day: date | None = None) -> list[MemberMonth]:
    """What a month asks of everybody who owes in it, by group and name, with what is paid of it."""
    month = first_of(month)
    books = load_books(session, month, month, day)
    found = []
    for person in books.people.values():
        if month.year in books.years and _concerns(books, person.id, (month,)):
            cell = books.cell(person.id, month)
            found.append(MemberMonth(person.id, person.name, person.group, books.due(person.id, month), cell.paid_fen))
    return found


def arrears_of(session: Session, day: date | None = None) -> list[ArrearsLine]:
    """Who owes for months that have ended, longest first, with the step of the ladder reached (DF-22).

    Nothing is decided about anybody: the text asks the branch to look into it.
    """
    day = day or today()
    years = opened_years(session)
    if not years:
        return []
    months = months_between(date(years[0], 1, 1), min(first_of(day), date(years[-1], 12, 1)))
    if not months:
        return []
    books = load_books(session, months[0], months[-1], day)
    reasons: defaultdict[int, list[ArrearsReason]] = defaultdict(list)
    for reason in list_reasons(session):
        reasons[reason.member_id].append(reason)
    people = [person for person in books.people.values() if not person.binned]
    found = [_arrears(books, person, months, reasons[person.id]) for person in people]
    return sorted((line for line in found if line), key=lambda line: -line.run)


def _arrears(
    books: Books, person: Person, months: Sequence[date], reasons: Sequence[ArrearsReason]
) -> ArrearsLine | None:
    cells = [books.cell(person.id, month) for month in months]
    unpaid = unpaid_months(cells, books.day)
    if not unpaid:
        return None
    owed = sum(cell.open_fen for cell in cells if cell.month in unpaid)
    touching = tuple(reason for reason in reasons if any(reason.covers(month) for month in unpaid))
    run = longest_run(unpaid, touching)
    step = rules_on(books.day).step_for(run)
    waiting = any(reason.accepted_on is None for reason in touching)
    return ArrearsLine(
        member_id=person.id,
        name=person.name,
        months=unpaid,
        run=run,
        owed_fen=owed,
        level=ArrearsLevel(step.level) if step else None,
        text=text_of(unpaid, owed, run, step, waiting),
        reasons=touching,
        group=person.group,
    )


def _concerns(books: Books, member_id: int, months: Iterable[date]) -> bool:
    """Whether the months ask something of somebody, or hold money or a closed line of theirs."""
    span, binned = books.span(member_id), books.people[member_id].binned
    return any(
        (span.covers(month) and not binned)
        or (member_id, month) in books.paid
        or member_id in books.closed.get(month, ())
        for month in months
    )


def load_books(
    session: Session,
    first: date,
    last: date,
    day: date | None = None,
    member_ids: Collection[int] | None = None,
) -> Books:
    """Read what is needed to reckon the months from `first` to `last` as they stood on `day`, one query a table."""
    day = day or today()
    paid = _paid(session, first, last, day, member_ids)
    closed = _closed(session, first, last)
    needed = {member_id for member_id, _ in paid} | {one for lines in closed.values() for one in lines}
    if member_ids is not None:
        needed &= set(member_ids)
    return Books(
        day=day,
        people=_people(session, member_ids, needed),
        accounts=_accounts(session, member_ids),
        standards=_standards(session, last, member_ids),
        reliefs=_reliefs(session, first, last, member_ids),
        closed=closed,
        paid=paid,
        years=frozenset(opened_years(session)),
    )


def _among(column: Any, member_ids: Collection[int] | None) -> ColumnElement[bool]:
    if member_ids is None:
        return true()
    among: ColumnElement[bool] = column.in_(member_ids)
    return among


def _people(session: Session, member_ids: Collection[int] | None, needed: Collection[int]) -> dict[int, Person]:
    """The roster in group and name order; behind it those in the recycle bin whose money or closed months are here."""
    columns = (
        select(
            Member.id,
            Member.name,
            Member.name_key,
            GroupRecord.name,
            DepartmentRecord.name,
            Member.category,
            Member.standing,
            Member.joined,
            Member.arrived,
            Member.left,
        )
        .outerjoin(GroupRecord, GroupRecord.id == Member.group_id)
        .outerjoin(DepartmentRecord, DepartmentRecord.id == Member.department_id)
        .order_by(GroupRecord.ordinal.nulls_last(), Member.name_key, Member.id)
    )
    found = [_person(row) for row in session.execute(columns.where(_among(Member.id, member_ids)))]
    missing = set(needed) - {person.id for person in found}
    if missing:
        binned = session.execute(columns.where(Member.id.in_(missing)), execution_options={"include_deleted": True})
        found += [replace(_person(row), binned=True) for row in binned]
    return {person.id: person for person in found}


def _person(row: Any) -> Person:
    member_id, name, key, group, department, *rest = row
    return Person(member_id, name, key, group or "", department or "", *rest)


def _accounts(session: Session, member_ids: Collection[int] | None) -> dict[int, Account]:
    columns = select(
        AccountRecord.member_id,
        AccountRecord.paid_through,
        AccountRecord.start_month,
        AccountRecord.stop_month,
        AccountRecord.note,
    ).where(_among(AccountRecord.member_id, member_ids))
    return {row.member_id: Account(*row) for row in session.execute(columns)}


def _standards(session: Session, last: date, member_ids: Collection[int] | None) -> Mapping[int, Sequence[Standard]]:
    columns = select(
        AssessmentRecord.member_id,
        AssessmentRecord.from_month,
        AssessmentRecord.category,
        AssessmentRecord.base_fen,
        AssessmentRecord.rate_bp,
        AssessmentRecord.due_fen,
        AssessmentRecord.rounding_fen,
        AssessmentRecord.rule_version,
    ).where(AssessmentRecord.from_month <= last, _among(AssessmentRecord.member_id, member_ids))
    found: defaultdict[int, list[Standard]] = defaultdict(list)
    rows: Iterable[Any] = session.execute(columns)
    for member_id, *values in rows:
        found[member_id].append(Standard(*values))
    return found


def _reliefs(
    session: Session, first: date, last: date, member_ids: Collection[int] | None
) -> Mapping[int, Sequence[Relief]]:
    columns = select(
        ReliefRecord.member_id,
        ReliefRecord.kind,
        ReliefRecord.from_month,
        ReliefRecord.until_month,
        ReliefRecord.amount_fen,
    ).where(
        ReliefRecord.from_month <= last,
        ReliefRecord.until_month.is_(None) | (ReliefRecord.until_month >= first),
        _among(ReliefRecord.member_id, member_ids),
    )
    found: defaultdict[int, list[Relief]] = defaultdict(list)
    rows: Iterable[Any] = session.execute(columns)
    for member_id, *values in rows:
        found[member_id].append(Relief(*values))
    return found


def _closed(session: Session, first: date, last: date) -> dict[date, dict[int, MonthDue]]:
    columns = (
        select(
            ClosingRecord.month,
            ClosedLineRecord.member_id,
            ClosedLineRecord.kind,
            ClosedLineRecord.due_fen,
            ClosedLineRecord.base_fen,
            ClosedLineRecord.rate_bp,
            ClosedLineRecord.rule_version,
            ClosedLineRecord.rounding_fen,
        )
        .outerjoin(ClosedLineRecord, ClosedLineRecord.closing_id == ClosingRecord.id)
        .where(ClosingRecord.month.between(first, last))
    )
    found: dict[date, dict[int, MonthDue]] = {}
    rows: Iterable[Any] = session.execute(columns)
    for month, member_id, *values in rows:
        lines = found.setdefault(month, {})
        if member_id is not None:
            lines[member_id] = MonthDue(month, *values)
    return found


def _paid(
    session: Session, first: date, last: date, day: date, member_ids: Collection[int] | None
) -> Mapping[tuple[int, date], Sequence[Paid]]:
    """What counts for each month; a receipt that was taken back by `day` is left out together with its reversal."""
    reversals = select(ReceiptRecord.reverses_id).where(
        ReceiptRecord.reverses_id.is_not(None), ReceiptRecord.received_on <= day
    )
    columns = (
        select(
            ReceiptRecord.member_id,
            AllocationRecord.month,
            ReceiptRecord.received_on,
            AllocationRecord.share,
            AllocationRecord.amount_fen,
        )
        .join(AllocationRecord, AllocationRecord.receipt_id == ReceiptRecord.id)
        .where(
            AllocationRecord.month.between(first, last),
            ReceiptRecord.received_on <= day,
            ReceiptRecord.reverses_id.is_(None),
            ReceiptRecord.id.not_in(reversals),
            _among(ReceiptRecord.member_id, member_ids),
        )
    )
    found: defaultdict[tuple[int, date], list[Paid]] = defaultdict(list)
    rows: Iterable[Any] = session.execute(columns)
    for member_id, month, *values in rows:
        found[member_id, month].append(Paid(*values))
    return dict(found)
