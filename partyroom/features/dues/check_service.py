"""What `partyroom check` looks for in the dues: sums that do not add up, reversals that do not mirror."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, selectinload

from partyroom.core.money import yuan
from partyroom.features.dues.funds_service import reconcile
from partyroom.features.dues.ledger import MovementKind, Purpose, Share, first_of, month_label
from partyroom.features.dues.movements import movement_number
from partyroom.features.dues.tables import AllocationRecord, ClosingRecord, MovementRecord, ReceiptRecord


def dues_problems(session: Session) -> list[str]:
    """A sentence for everything in the dues that contradicts itself; empty when all is sound."""
    return [
        *_receipts_that_do_not_add_up(session),
        *_odd_shares(session),
        *_receipts_that_do_not_mirror(session),
        *_movements_that_do_not_mirror(session),
        *_wrong_years(session),
        *_closed_months_that_changed(session),
        *_years_that_do_not_reconcile(session),
    ]


def _receipt(record: ReceiptRecord) -> str:
    return f"党费收据 {record.year}-{record.number:04d}"


def _movement(record: MovementRecord) -> str:
    return f"党费收支 {movement_number(record.kind, record.year, record.number)}"


def _receipts_that_do_not_add_up(session: Session) -> Iterator[str]:
    total = func.coalesce(func.sum(AllocationRecord.amount_fen), 0)
    statement = (
        select(ReceiptRecord, total)
        .outerjoin(AllocationRecord, AllocationRecord.receipt_id == ReceiptRecord.id)
        .group_by(ReceiptRecord.id)
        .having(total != ReceiptRecord.amount_fen)
        .order_by(ReceiptRecord.id)
    )
    for record, allocated in session.execute(statement):
        yield f"{_receipt(record)}：金额 {yuan(record.amount_fen)} 元，各月合计 {yuan(allocated)} 元。"


def _odd_shares(session: Session) -> Iterator[str]:
    """Large sums are kept apart (Art 11, DF-20): a receipt is wholly large or has nothing large in it."""
    statement = (
        select(ReceiptRecord)
        .join(AllocationRecord, AllocationRecord.receipt_id == ReceiptRecord.id)
        .where((ReceiptRecord.purpose == Purpose.LARGE) != (AllocationRecord.share == Share.LARGE))
        .distinct()
        .order_by(ReceiptRecord.id)
    )
    for record in session.scalars(statement):
        yield f"{_receipt(record)}：大额党费与普通党费混在一起。"


def _receipts_that_do_not_mirror(session: Session) -> Iterator[str]:
    options = selectinload(ReceiptRecord.allocations)
    reversals = session.scalars(select(ReceiptRecord).where(ReceiptRecord.reverses_id.is_not(None)).options(options))
    for record in reversals.all():
        original = session.get_one(ReceiptRecord, record.reverses_id, options=[options])
        same = (record.member_id, record.purpose) == (original.member_id, original.purpose)
        if not same or original.reverses_id is not None or _parts(record, -1) != _parts(original, 1):
            yield f"{_receipt(record)}：与它冲正的 {_receipt(original)} 对不上。"


def _parts(record: ReceiptRecord, sign: int) -> Counter[tuple[object, ...]]:
    return Counter((part.month, part.share, sign * part.amount_fen) for part in record.allocations)


def _movements_that_do_not_mirror(session: Session) -> Iterator[str]:
    original = aliased(MovementRecord)
    statement = (
        select(MovementRecord, original)
        .join(original, original.id == MovementRecord.reverses_id)
        .order_by(MovementRecord.id)
    )
    for record, taken_back in session.execute(statement):
        if taken_back.reverses_id is not None or _essence(record, -1) != _essence(taken_back, 1):
            yield f"{_movement(record)}：与它冲正的 {_movement(taken_back)} 对不上。"


def _essence(record: MovementRecord, sign: int) -> tuple[object, ...]:
    return record.kind, sign * record.amount_fen, record.from_month, record.until_month, record.used_for


def _wrong_years(session: Session) -> Iterator[str]:
    for receipt in session.scalars(select(ReceiptRecord).order_by(ReceiptRecord.id)):
        if receipt.year != receipt.received_on.year:
            yield f"{_receipt(receipt)}：编号的年份与收款日期不一致。"
    for movement in session.scalars(select(MovementRecord).order_by(MovementRecord.id)):
        if movement.year != movement.on_day.year:
            yield f"{_movement(movement)}：编号的年份与日期不一致。"
        if movement.kind is MovementKind.REMITTANCE and movement.from_month is None:
            yield f"{_movement(movement)}：没有写明上交哪个月份的党费。"


def _closed_months_that_changed(session: Session) -> Iterator[str]:
    """A closed month takes no receipt and loses none: what was received in it stays as it was written down."""
    received: Counter[date] = Counter()
    statement = select(ReceiptRecord.received_on, func.sum(ReceiptRecord.amount_fen))
    for day, amount in session.execute(statement.group_by(ReceiptRecord.received_on)):
        received[first_of(day)] += amount
    for closing in session.scalars(select(ClosingRecord).order_by(ClosingRecord.month)):
        found = received[closing.month]
        if found != closing.received_fen:
            before, after = yuan(closing.received_fen), yuan(found)
            yield f"{month_label(closing.month)}党费已结账，结账时收款 {before} 元，现在是 {after} 元。"


def _years_that_do_not_reconcile(session: Session) -> Iterator[str]:
    years = set(session.scalars(select(ReceiptRecord.year))) | set(session.scalars(select(MovementRecord.year)))
    for year in sorted(years):
        result = reconcile(session, year)
        if not result.holds:
            yield f"{year}年党费{result.text}"
