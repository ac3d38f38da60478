"""Use cases of the branch's purse: handing up, using, grants, opening balance, and whether every 分 is accounted for.

Nothing is edited: a wrong movement is taken back by a reversing one that names it. A closed month takes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from partyroom.core.calendar import now, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.pictures import KeptFile
from partyroom.core.text import clean_text, one_line
from partyroom.features.dues.funds import (
    Balance,
    MonthTotals,
    Period,
    Proposal,
    Reconciliation,
    YearAccount,
)
from partyroom.features.dues.ledger import MovementKind, Purpose, Share, Use, first_of, month_label, months_of
from partyroom.features.dues.movements import (
    DaySum,
    MovementDraft,
    MovementRow,
    Purse,
    movement_number,
    movement_problems,
)
from partyroom.features.dues.tables import (
    AllocationRecord,
    ClosingRecord,
    MovementRecord,
    ReceiptRecord,
    YearRecord,
)
from partyroom.storage.attachments import Attachment, AttachmentFiles, attach

_GONE = "这笔收支记录不存在。"
_LARGE = MovementKind.LARGE_REMITTANCE


@dataclass(frozen=True, slots=True)
class MovementQuery:
    """What the list of movements is asked; blanks do not narrow."""

    search: str = ""
    year: int | None = None
    kind: str = ""
    used_for: str = ""
    sort: str = ""
    descending: bool = False


def load_purse(session: Session, day: date | None = None) -> Purse:
    """Everything that movements are judged by, `day` (today) being the last on which one may be dated."""
    sums: dict[date, list[int]] = {}
    receipts = select(ReceiptRecord.received_on, ReceiptRecord.purpose, func.sum(ReceiptRecord.amount_fen))
    for on, purpose, amount in session.execute(receipts.group_by(ReceiptRecord.received_on, ReceiptRecord.purpose)):
        sums.setdefault(on, [0, 0, 0])[2 if purpose is Purpose.LARGE else 0] += amount
    moved = select(MovementRecord.on_day, MovementRecord.kind, func.sum(MovementRecord.amount_fen))
    for on, kind, amount in session.execute(moved.group_by(MovementRecord.on_day, MovementRecord.kind)):
        sums.setdefault(on, [0, 0, 0])[2 if kind is _LARGE else 1] += kind.sign * amount
    return Purse(
        today=day or today(),
        days=tuple(DaySum(on, *sums[on]) for on in sorted(sums)),
        closed=frozenset(session.scalars(select(ClosingRecord.month))),
        handed=_handed(session),
        shares={record.year: (record.share_bp, record.every) for record in session.scalars(select(YearRecord))},
    )


def _handed(session: Session) -> tuple[tuple[Period, int], ...]:
    """Periods with what was handed up for them; those that were taken back wholly are left out."""
    columns = (MovementRecord.from_month, MovementRecord.until_month)
    statement = (
        select(*columns, func.sum(MovementRecord.amount_fen))
        .where(MovementRecord.kind == MovementKind.REMITTANCE, MovementRecord.from_month.is_not(None))
        .group_by(*columns)
        .order_by(*columns)
    )
    rows = session.execute(statement)
    return tuple((Period(first, last or first), amount) for first, last, amount in rows if first and amount)


def remittance_proposal(session: Session, period: Period) -> Proposal | None:
    """What is to be handed up for a period by the choices of its year; None when that year is not opened."""
    return load_purse(session).proposal(period)


def record_movement(
    session: Session,
    draft: MovementDraft,
    files: AttachmentFiles | None = None,
    scan: KeptFile | None = None,
) -> int:
    """Record a movement, with the scan of its slip or voucher if there is one, and return its id.

    What is merely odd is told beforehand by `funds.movement_warnings`.

    Raises:
        DomainError: it contradicts the account: more than the balance, a part of the large sums, a closed month, a
            day to come, no period or use; nothing is stored then.
        StorageError: the scan could not be stored.
    """
    problems = movement_problems(draft, load_purse(session).standing(draft.on_day, draft.period))
    if problems:
        raise DomainError(*problems)
    period = draft.period if draft.kind is MovementKind.REMITTANCE else None
    record = MovementRecord(
        kind=draft.kind,
        year=draft.on_day.year,
        number=_next_number(session, draft.kind, draft.on_day.year),
        on_day=draft.on_day,
        amount_fen=draft.amount_fen,
        from_month=first_of(period.first) if period else None,
        until_month=first_of(period.last) if period else None,
        used_for=draft.used_for,
        matter=clean_text(draft.matter).strip(),
        handled_by=one_line(draft.handled_by),
        counterpart=one_line(draft.counterpart),
        organisation=one_line(draft.organisation),
        decided_on=draft.decided_on,
        decided_by=one_line(draft.decided_by),
        approved_by=one_line(draft.approved_by),
        approved_on=draft.approved_on,
        voucher=one_line(draft.voucher),
        note=clean_text(draft.note).strip(),
        entered_at=now(),
    )
    if files is not None and scan is not None:
        record.attachment_id = attach(session, files, scan.name, scan.content)
    session.add(record)
    session.flush()
    return record.id


def reverse_movement(session: Session, movement_id: int, reason: str, day: date | None = None) -> int:
    """Take a movement back by a negative one dated `day` (today), and return the new one's id.

    Raises:
        DomainError: it is gone, a reversal itself, reversed already, no reason is given, or the day is before it, to
            come or in a closed month.
    """
    record = stored_movement(session, movement_id)
    day = day or today()
    problems = [*_reversal_problems(session, record), *_reversal_day_problems(session, record, day)]
    if not one_line(reason):
        problems.append(Problem("请写明冲正的原因。", "reason"))
    if problems:
        raise DomainError(*problems)
    reversal = MovementRecord(
        kind=record.kind,
        year=day.year,
        number=_next_number(session, record.kind, day.year),
        on_day=day,
        amount_fen=-record.amount_fen,
        from_month=record.from_month,
        until_month=record.until_month,
        used_for=record.used_for,
        matter=f"冲正{movement_number(record.kind, record.year, record.number)}：{one_line(reason)}",
        handled_by=record.handled_by,
        counterpart=record.counterpart,
        organisation=record.organisation,
        reverses_id=record.id,
        entered_at=now(),
    )
    session.add(reversal)
    session.flush()
    return reversal.id


def _reversal_problems(session: Session, record: MovementRecord) -> list[Problem]:
    if record.reverses_id is not None:
        return [Problem("冲正记录本身不能再冲正；需要时请重新登记。")]
    if session.scalar(select(MovementRecord.id).where(MovementRecord.reverses_id == record.id)) is not None:
        return [Problem("这笔记录已经冲正过了。")]
    return []


def _reversal_day_problems(session: Session, record: MovementRecord, day: date) -> list[Problem]:
    if day < record.on_day:
        return [Problem("冲正日期早于原记录的日期。", "on_day")]
    if day > today():
        return [Problem("冲正日期晚于今天。", "on_day")]
    if session.scalar(select(ClosingRecord.id).where(ClosingRecord.month == first_of(day))) is not None:
        return [Problem(f"{month_label(day)}已经结账，不能再记入这个月。", "on_day")]
    return []


def attach_scan(session: Session, files: AttachmentFiles, movement_id: int, scan: KeptFile) -> None:
    """Keep the scan of a slip or voucher with its movement, in place of an earlier one; the account is not touched.

    Raises:
        DomainError: the movement is gone.
        StorageError: the scan could not be stored.
    """
    record = stored_movement(session, movement_id)
    record.attachment_id = attach(session, files, scan.name, scan.content)


def read_scan(session: Session, files: AttachmentFiles, movement_id: int) -> tuple[str, bytes]:
    """Name and content of a movement's scan.

    Raises:
        DomainError: the movement is gone or has none.
        StorageError: the content is missing or damaged.
    """
    record = stored_movement(session, movement_id)
    if record.attachment_id is None:
        raise DomainError("这笔记录没有扫描件。")
    attachment = session.get_one(Attachment, record.attachment_id)
    return attachment.name, files.get(attachment.sha256)


def scans_of(session: Session, movement_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Name and SHA-256 of the scans of movements, by movement; those without one are left out."""
    statement = (
        select(MovementRecord.id, Attachment.name, Attachment.sha256)
        .join(Attachment, Attachment.id == MovementRecord.attachment_id)
        .where(MovementRecord.id.in_(movement_ids))
    )
    return {movement: (name, sha256) for movement, name, sha256 in session.execute(statement)}


def stored_movement(session: Session, movement_id: int) -> MovementRecord:
    """A movement's row.

    Raises:
        DomainError: there is none.
    """
    record = session.get(MovementRecord, movement_id)
    if record is None:
        raise DomainError(_GONE)
    return record


def _next_number(session: Session, kind: MovementKind, year: int) -> int:
    statement = select(func.max(MovementRecord.number)).where(MovementRecord.kind == kind, MovementRecord.year == year)
    return (session.scalar(statement) or 0) + 1


# Lists

_SORTS = {
    "on_day": MovementRecord.on_day,
    "kind": MovementRecord.kind,
    "amount": MovementRecord.amount_fen,
    "matter": MovementRecord.matter,
    "organisation": MovementRecord.organisation,
    "handled_by": MovementRecord.handled_by,
    "counterpart": MovementRecord.counterpart,
    "voucher": MovementRecord.voucher,
}


def list_movement_ids(session: Session, query: MovementQuery) -> list[int]:
    """Movements that fit the query, latest first unless it asks for another order."""
    statement = select(MovementRecord.id)
    if query.year is not None:
        statement = statement.where(MovementRecord.year == query.year)
    if query.kind:
        statement = statement.where(MovementRecord.kind == MovementKind(query.kind))
    if query.used_for:
        statement = statement.where(MovementRecord.used_for == Use(query.used_for))
    for word in query.search.split():
        columns = (getattr(MovementRecord, name) for name in _SEARCHED)
        statement = statement.where(or_(*(column.contains(word, autoescape=True) for column in columns)))
    column = _SORTS.get(query.sort)
    if column is None:
        return list(session.scalars(statement.order_by(MovementRecord.on_day.desc(), MovementRecord.id.desc())))
    order = column.desc() if query.descending else column.asc()
    return list(session.scalars(statement.order_by(order, MovementRecord.on_day, MovementRecord.id)))


_SEARCHED = ("matter", "handled_by", "counterpart", "organisation", "voucher", "note", "approved_by", "decided_by")


def list_movement_rows(session: Session, ids: Sequence[int]) -> list[MovementRow]:
    """The lines of these movements, in their order."""
    later, earlier = aliased(MovementRecord), aliased(MovementRecord)
    statement = (
        select(MovementRecord, Attachment.name, later, earlier)
        .outerjoin(Attachment, Attachment.id == MovementRecord.attachment_id)
        .outerjoin(later, later.reverses_id == MovementRecord.id)
        .outerjoin(earlier, earlier.id == MovementRecord.reverses_id)
        .where(MovementRecord.id.in_(ids))
    )
    closed = set(session.scalars(select(ClosingRecord.month)))
    found = {line[0].id: _row(*line, closed) for line in session.execute(statement)}
    return [found[i] for i in ids if i in found]


def _row(
    record: MovementRecord,
    scan: str | None,
    later: MovementRecord | None,
    earlier: MovementRecord | None,
    closed: set[date],
) -> MovementRow:
    return MovementRow(
        id=record.id,
        kind=record.kind,
        number=_number(record),
        on_day=record.on_day,
        amount_fen=record.amount_fen,
        period=period_of(record),
        used_for=record.used_for,
        matter=record.matter,
        handled_by=record.handled_by,
        counterpart=record.counterpart,
        organisation=record.organisation,
        decided=_dated(record.decided_on, record.decided_by),
        approved=_dated(record.approved_on, record.approved_by),
        voucher=record.voucher,
        scan=scan or "",
        reverses=_number(earlier),
        reversed_by=_number(later),
        closed=first_of(record.on_day) in closed,
        note=record.note,
    )


def _number(record: MovementRecord | None) -> str:
    return "" if record is None else movement_number(record.kind, record.year, record.number)


def period_of(record: MovementRecord) -> Period | None:
    """The months that a remittance was handed up for."""
    first = record.from_month
    return None if first is None else Period(first, record.until_month or first)


def _dated(day: date | None, who: str) -> str:
    return " ".join(filter(None, (f"{day:%Y.%m.%d}" if day else "", who)))


# The account


def balance_on(session: Session, day: date, since: date | None = None) -> Balance:
    """The account up to and including `day`; from `since` on, what was before stands as brought forward."""
    total = _totals(session, since, day)
    if since is None:
        return total
    before = _totals(session, None, date.fromordinal(since.toordinal() - 1))
    return Balance(
        before.balance_fen + total.opening_fen,
        total.received_fen,
        total.granted_fen,
        total.remitted_fen,
        total.spent_fen,
        before.large_fen,
        total.large_received_fen,
        total.large_remitted_fen,
    )


def _totals(session: Session, first: date | None, last: date) -> Balance:
    received = select(ReceiptRecord.purpose, func.sum(ReceiptRecord.amount_fen)).where(
        ReceiptRecord.received_on <= last
    )
    moved = select(MovementRecord.kind, func.sum(MovementRecord.amount_fen)).where(MovementRecord.on_day <= last)
    if first is not None:
        received = received.where(ReceiptRecord.received_on >= first)
        moved = moved.where(MovementRecord.on_day >= first)
    purposes: dict[Purpose, int] = {row[0]: row[1] for row in session.execute(received.group_by(ReceiptRecord.purpose))}
    kinds: dict[MovementKind, int] = {row[0]: row[1] for row in session.execute(moved.group_by(MovementRecord.kind))}
    return Balance(
        opening_fen=kinds.get(MovementKind.OPENING, 0),
        received_fen=purposes.get(Purpose.ORDINARY, 0),
        granted_fen=kinds.get(MovementKind.GRANT, 0),
        remitted_fen=kinds.get(MovementKind.REMITTANCE, 0),
        spent_fen=kinds.get(MovementKind.EXPENSE, 0),
        large_received_fen=purposes.get(Purpose.LARGE, 0),
        large_remitted_fen=kinds.get(_LARGE, 0),
    )


def year_balance(session: Session, year: int) -> Balance:
    """The account of a year: what was there before it, and what the year did."""
    return balance_on(session, date(year, 12, 31), since=date(year, 1, 1))


def year_account(session: Session, year: int) -> YearAccount:
    """A year's account month by month."""
    closed = set(session.scalars(select(ClosingRecord.month)))
    parts = _parts_by_month(session, year)
    whole = year_balance(session, year)
    opened = _totals(session, date(year, 1, 1), date(year, 12, 31)).opening_fen
    running, large = whole.opening_fen - opened, whole.large_opening_fen
    months = []
    for month in months_of(year):
        part = {key: parts.get((month, key), 0) for key in (*MovementKind, *Share)}
        received = part[Share.DUE] + part[Share.VOLUNTARY]
        running += received + sum(kind.sign * part[kind] for kind in MovementKind if kind is not _LARGE)
        large += part[Share.LARGE] - part[_LARGE]
        months.append(_month_totals(month, part, received, running, large, month in closed))
    return YearAccount(year, whole, tuple(months), _uses(session, year))


def _month_totals(
    month: date, part: dict[MovementKind | Share, int], received: int, balance: int, large: int, closed: bool
) -> MonthTotals:
    return MonthTotals(
        month=month,
        received_fen=received,
        due_fen=part[Share.DUE],
        voluntary_fen=part[Share.VOLUNTARY],
        opening_fen=part[MovementKind.OPENING],
        granted_fen=part[MovementKind.GRANT],
        remitted_fen=part[MovementKind.REMITTANCE],
        spent_fen=part[MovementKind.EXPENSE],
        large_received_fen=part[Share.LARGE],
        large_remitted_fen=part[_LARGE],
        balance_fen=balance,
        large_fen=large,
        closed=closed,
    )


def _parts_by_month(session: Session, year: int) -> dict[tuple[date, MovementKind | Share], int]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    parts: dict[tuple[date, MovementKind | Share], int] = {}
    shares = (
        select(ReceiptRecord.received_on, AllocationRecord.share, func.sum(AllocationRecord.amount_fen))
        .join(AllocationRecord, AllocationRecord.receipt_id == ReceiptRecord.id)
        .where(ReceiptRecord.received_on.between(first, last))
        .group_by(ReceiptRecord.received_on, AllocationRecord.share)
    )
    moved = (
        select(MovementRecord.on_day, MovementRecord.kind, func.sum(MovementRecord.amount_fen))
        .where(MovementRecord.on_day.between(first, last))
        .group_by(MovementRecord.on_day, MovementRecord.kind)
    )
    for statement in (shares, moved):
        for day, key, amount in session.execute(statement):
            parts[first_of(day), key] = parts.get((first_of(day), key), 0) + amount
    return parts


def _uses(session: Session, year: int) -> tuple[tuple[Use, int], ...]:
    statement = (
        select(MovementRecord.used_for, func.sum(MovementRecord.amount_fen))
        .where(MovementRecord.kind == MovementKind.EXPENSE, MovementRecord.year == year)
        .group_by(MovementRecord.used_for)
    )
    spent = {row[0]: row[1] for row in session.execute(statement)}
    return tuple((use, spent.get(use, 0)) for use in Use)


def reconcile(session: Session, year: int) -> Reconciliation:
    """Count a year's money in three ways; `holds` says whether they agree to the 分."""
    account = year_account(session, year)
    allocated = sum(month.received_fen for month in account.months)
    whole = _totals(session, None, date(year, 12, 31))
    return Reconciliation(
        year=year,
        allocated_fen=allocated,
        received_fen=account.balance.received_fen,
        balance=account.balance,
        balance_fen=whole.balance_fen,
        large_allocated_fen=sum(month.large_received_fen for month in account.months),
        large_balance_fen=whole.large_fen,
    )
