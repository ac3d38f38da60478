"""Use cases of printing: what receipts, signature sheets, personal records and relief forms are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.errors import DomainError
from partyroom.features.dues.ledger import DueKind, first_of
from partyroom.features.dues.ledger_service import MemberMonth, ledger_of, month_dues
from partyroom.features.dues.papers import (
    PersonalYear,
    ReceiptPaper,
    ReceiptPart,
    ReliefPaper,
    SignatureLine,
    standard_text,
)
from partyroom.features.dues.receipts_service import (
    ReceiptDetail,
    ReceiptQuery,
    ReceiptRow,
    get_receipts,
    list_receipt_ids,
    list_receipt_rows,
)
from partyroom.features.dues.reliefs_service import list_reliefs
from partyroom.features.dues.service import member_dues
from partyroom.features.dues.tables import AssessmentRecord
from partyroom.features.members.tables import Member


def receipt_papers(session: Session, receipt_ids: Sequence[int]) -> list[ReceiptPaper]:
    """These receipts as they are printed, in their order, each with base and standard where its months agree.

    Raises:
        DomainError: one of them does not exist.
    """
    details = get_receipts(session, receipt_ids)
    asked = {
        month: {line.member_id: line for line in month_dues(session, month)}
        for month in sorted({month for detail in details for month in detail.row.months if detail.row.due_fen})
    }
    return [_receipt_paper(detail, asked) for detail in details]


def _receipt_paper(detail: ReceiptDetail, asked: dict[date, dict[int, MemberMonth]]) -> ReceiptPaper:
    if not detail.row.due_fen:
        return paper_of(detail)
    lines = [asked[month].get(detail.row.member_id) for month in detail.row.months]
    found = {(line.due.base_fen, line.due.rate_bp) for line in lines if line and line.due.kind is DueKind.DUE}
    if len(found) != 1:
        return paper_of(detail)
    base, rate = next(iter(found))
    return paper_of(detail, base or None, standard_text(rate))


def paper_of(detail: ReceiptDetail, base_fen: int | None = None, standard: str = "") -> ReceiptPaper:
    """A stored receipt as it is printed."""
    row = detail.row
    return ReceiptPaper(
        number=row.number_text,
        received_on=row.received_on,
        name=row.name,
        amount_fen=row.amount_fen,
        parts=tuple(ReceiptPart(one.month, one.share, one.amount_fen) for one in detail.allocations),
        method=row.method,
        payer=row.payer,
        payer_name=row.payer_name,
        purpose=row.purpose,
        group=detail.group,
        base_fen=base_fen,
        standard=standard,
        collector=row.collector,
        note=row.note,
        reverses=row.reverses_text,
    )


def receipts_received(session: Session, year: int) -> list[ReceiptRow]:
    """Every receipt of a year in the order of its numbers, reversals included."""
    ids = list_receipt_ids(session, ReceiptQuery(year=year, descending=False))
    return list_receipt_rows(session, ids)


def signature_lines(session: Session, month: date, day: date | None = None) -> list[SignatureLine]:
    """Everybody who owes in a month, with what was paid for it by `day` (today) and how."""
    rows = list_receipt_rows(session, list_receipt_ids(session, ReceiptQuery(for_month=month, state="valid")))
    methods = {row.member_id: row.method for row in rows}
    cells = {line.id: line.cells[month.month - 1] for line in ledger_of(session, month.year, day)}
    found = []
    for line in month_dues(session, month, day):
        due, cell = line.due, cells.get(line.member_id)
        if due.kind is DueKind.NONE or cell is None:
            continue
        standard = standard_text(due.rate_bp) if due.kind is not DueKind.UNKNOWN else ""
        paid = cell.paid_fen + cell.extra_fen
        method = methods.get(line.member_id) if paid else None
        found.append(
            SignatureLine(line.name, due.kind, due.due_fen, due.base_fen, standard, paid, cell.last_on, method)
        )
    return found


def personal_years(session: Session, member_id: int, day: date) -> list[PersonalYear]:
    """A member's years of dues with the receipts of each, the latest year first."""
    return [
        PersonalYear(one.year, one.line, tuple(map(paper_of, get_receipts(session, [row.id for row in one.receipts]))))
        for one in member_dues(session, member_id, day)
    ]


def relief_paper(session: Session, relief_id: int) -> ReliefPaper:
    """A decision on less or no dues as its form says it, with what the member would pay without it.

    Raises:
        DomainError: the decision is gone.
    """
    row = next((one for one in list_reliefs(session) if one.id == relief_id), None)
    if row is None:
        raise DomainError("这条记录已经不在了，可能在回收站。")
    member = session.get_one(Member, row.member_id)
    assessment = session.scalars(
        select(AssessmentRecord)
        .where(AssessmentRecord.member_id == member.id, AssessmentRecord.from_month <= first_of(row.from_month))
        .order_by(AssessmentRecord.from_month.desc())
    ).first()
    return ReliefPaper(
        name=row.name,
        kind=row.kind,
        from_month=row.from_month,
        until_month=row.until_month,
        amount_fen=row.amount_fen,
        due_fen=assessment.due_fen if assessment else None,
        category=assessment.category if assessment else None,
        group=member.group.name if member.group else "",
        reason=row.reason,
        applied_on=row.applied_on,
        branch_on=row.branch_on,
        superior=row.superior,
        superior_on=row.superior_on,
    )
