"""Use cases of the 上交单: what stands on it, and which large sums a remittance took along."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from partyroom.core.errors import DomainError
from partyroom.features.dues.funds import LargeLine, Period, RemittanceSlip, share_of
from partyroom.features.dues.funds_service import (
    MovementQuery,
    list_movement_ids,
    list_movement_rows,
    load_purse,
    period_of,
    stored_movement,
)
from partyroom.features.dues.ledger import MovementKind, Purpose
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.dues.movements import MovementRow, movement_number
from partyroom.features.dues.tables import MovementRecord, ReceiptRecord
from partyroom.features.organisation.service import get_branch

_LARGE = MovementKind.LARGE_REMITTANCE


def slip_of(session: Session, movement_id: int) -> RemittanceSlip:
    """What stands on the 上交单 of a remittance.

    Raises:
        DomainError: it is gone, a reversal, or nothing was handed up by it.
    """
    record = stored_movement(session, movement_id)
    if record.kind not in (MovementKind.REMITTANCE, _LARGE) or record.reverses_id is not None:
        raise DomainError("只有上交党费的记录有上交单。")
    branch, period = get_branch(session), period_of(record)
    received, share = _received_for(session, record, period)
    reversed_by = session.scalar(select(MovementRecord.id).where(MovementRecord.reverses_id == record.id))
    return RemittanceSlip(
        number=movement_number(record.kind, record.year, record.number),
        branch=branch.full_name,
        superior=record.organisation or branch.superior,
        kind=record.kind,
        period=period.label if period else "",
        on_day=record.on_day,
        amount_fen=record.amount_fen,
        received_fen=received,
        share_bp=share,
        handed_by=record.handled_by,
        received_by=record.counterpart,
        voucher=record.voucher,
        large=_large_lines(session, record),
        reversed=reversed_by is not None,
        note=record.note,
    )


def _received_for(session: Session, record: MovementRecord, period: Period | None) -> tuple[int | None, int | None]:
    """What was received in the period, and the share, where the amount follows from them."""
    proposal = load_purse(session).proposal(period) if period is not None else None
    if proposal is None:
        return None, None
    fits = share_of(proposal.received_fen, proposal.share_bp) == record.amount_fen
    return proposal.received_fen, proposal.share_bp if fits else None


def _large_lines(session: Session, record: MovementRecord) -> tuple[LargeLine, ...]:
    """The large receipts that a remittance handed up: what was outstanding, as it takes all of it each time."""
    if record.kind is not _LARGE:
        return ()
    taken_back = select(ReceiptRecord.reverses_id).where(ReceiptRecord.reverses_id.is_not(None))
    receipts = session.scalars(
        select(ReceiptRecord)
        .where(
            ReceiptRecord.purpose == Purpose.LARGE,
            ReceiptRecord.reverses_id.is_(None),
            ReceiptRecord.id.not_in(taken_back),
        )
        .order_by(ReceiptRecord.received_on, ReceiptRecord.id)
    ).all()
    undone = select(MovementRecord.reverses_id).where(MovementRecord.reverses_id.is_not(None))
    earlier = session.scalars(
        select(MovementRecord)
        .where(
            MovementRecord.kind == _LARGE,
            MovementRecord.reverses_id.is_(None),
            or_(MovementRecord.id.not_in(undone), MovementRecord.id == record.id),
            MovementRecord.id < record.id,
        )
        .order_by(MovementRecord.id)
    ).all()
    covered: set[int] = set()
    for movement in earlier:
        covered |= {one.id for one in receipts if one.received_on <= movement.on_day}
    lines = tuple(
        LargeLine(one.name, one.received_on, f"{one.year}-{one.number:04d}", one.amount_fen)
        for one in receipts
        if one.received_on <= record.on_day and one.id not in covered and one.entered_at <= record.entered_at
    )
    return lines if sum(line.amount_fen for line in lines) == record.amount_fen else ()


def asked_of(session: Session, movement_id: int) -> tuple[int | None, int | None]:
    """How many owed something in the months that a remittance is for, and what; None without months, or unknown ones.

    Raises:
        DomainError: there is no such movement.
    """
    record = stored_movement(session, movement_id)
    period = period_of(record)
    if period is None:
        return None, None
    owing: dict[int, int] = {}
    for year in range(period.first.year, period.last.year + 1):
        for line in ledger_of(session, year, record.on_day):
            due = sum(cell.due_fen for cell in line.cells if period.first <= cell.month <= period.last)
            if due:
                owing[line.id] = owing.get(line.id, 0) + due
    return (len(owing), sum(owing.values())) if owing else (None, None)


def usual_names(session: Session, kind: MovementKind) -> tuple[str, str, str]:
    """Who handled, who received and which superior, as the latest movement of a kind has them."""
    record = session.scalar(
        select(MovementRecord)
        .where(MovementRecord.kind == kind, MovementRecord.reverses_id.is_(None))
        .order_by(MovementRecord.on_day.desc(), MovementRecord.id.desc())
        .limit(1)
    )
    superior = get_branch(session).superior
    if record is None:
        return "", "", superior
    return record.handled_by, record.counterpart, record.organisation or superior


def movements_in(session: Session, year: int, *kinds: MovementKind) -> list[MovementRow]:
    """The movements of these kinds in a year, reversals included, in order of time."""
    rows = list_movement_rows(session, list_movement_ids(session, MovementQuery(year=year)))
    return sorted((row for row in rows if row.kind in kinds), key=lambda row: (row.on_day, row.id))
