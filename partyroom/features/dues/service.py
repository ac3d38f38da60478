"""What other screens ask of the dues: the sheet of a month for those present, and a member's years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.features.dues.cells import LedgerLine, line_of
from partyroom.features.dues.ledger import CellState, DueKind, first_of, months_of
from partyroom.features.dues.ledger_service import load_books
from partyroom.features.dues.receipts_service import (
    ReceiptQuery,
    ReceiptRow,
    list_receipt_ids,
    list_receipt_rows,
)
from partyroom.features.dues.years_service import opened_years


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A member on the sheet on which a month is collected."""

    member_id: int
    name: str
    group: str
    due_fen: int
    paid_fen: int
    open_fen: int
    state: CellState
    note: str


@dataclass(frozen=True, slots=True)
class MemberYear:
    """A member's year of dues: the ledger line, and the receipts received in the year, in order."""

    year: int
    line: LedgerLine
    receipts: tuple[ReceiptRow, ...]


def open_month_sheet(session: Session, month: date, member_ids: Sequence[int] | None = None) -> list[SheetLine]:
    """Who owes for a month, by group and name, with what is open: everybody, or of the people named.

    Empty for a year that is not opened; applicants and who does not pay here in the month are left out.
    """
    month = first_of(month)
    books = load_books(session, month, month, None, member_ids)
    found: list[SheetLine] = []
    for person in books.people.values():
        due = books.due(person.id, month)
        if due.kind is DueKind.NONE or person.binned:
            continue
        cell = books.cell(person.id, month)
        note = "沿用上年基数" if due.carried else ""
        if due.kind in (DueKind.UNKNOWN, DueKind.EXEMPT, DueKind.REDUCED):
            note = due.kind.label
        paid, left = cell.paid_fen, cell.open_fen
        found.append(SheetLine(person.id, person.name, person.group, cell.due_fen, paid, left, cell.state, note))
    return found


def member_dues(session: Session, member_id: int, day: date | None = None) -> list[MemberYear]:
    """A member's opened years, the latest first; years that ask nothing and hold no money are left out."""
    years = opened_years(session)
    if not years:
        return []
    day = day or today()
    books = load_books(session, date(years[0], 1, 1), date(years[-1], 12, 1), day, [member_id])
    if member_id not in books.people:
        return []
    ids = list_receipt_ids(session, ReceiptQuery(member_id=member_id, descending=False))
    rows = list_receipt_rows(session, ids)
    found: list[MemberYear] = []
    for year in reversed(years):
        line = line_of(books, member_id, months_of(year))
        receipts = tuple(row for row in rows if row.received_on.year == year)
        if receipts or any(cell.kind is not DueKind.NONE or cell.extra_fen for cell in line.cells):
            found.append(MemberYear(year, line, receipts))
    return found
