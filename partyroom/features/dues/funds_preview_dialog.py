"""From the purse of dues to the print preview: the 上交单, the yearly publication, the register of expenses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import today
from partyroom.core.errors import DomainError
from partyroom.documents.model import Document
from partyroom.features.dues import funds_service, publication_service, slip_service
from partyroom.features.dues.ledger import MovementKind
from partyroom.features.dues.movements import HANDED_UP
from partyroom.features.dues.papers_dialog import Paper, preview
from partyroom.features.organisation.service import get_branch
from partyroom.ui.desk import Desk


def preview_slip(desk: Desk, owner: QWidget, movement_id: int) -> None:
    """Show the 上交单 of a remittance; its workbook is the register of the year's remittances."""
    preview(desk, owner, partial(_slip, movement_id))


def preview_publication(desk: Desk, owner: QWidget, year: int, *, groups: bool) -> None:
    """Show the yearly report of dues to the members."""
    preview(desk, owner, partial(_publication, year, groups))


def preview_expenses(desk: Desk, owner: QWidget, year: int) -> None:
    """Show the register of what a year's dues were used for; say so when there is nothing."""
    preview(desk, owner, partial(_expenses, year))


def _slip(movement_id: int, session: Any) -> Paper:
    slip = slip_service.slip_of(session, movement_id)
    people, due = slip_service.asked_of(session, movement_id)
    branch = get_branch(session)
    rows = slip_service.movements_in(session, slip.on_day.year, *HANDED_UP)

    def documents() -> Sequence[Document]:
        from partyroom.features.dues.remittance_report import remittance_document

        return [remittance_document(slip, branch, people=people, due_fen=due)]

    def workbook() -> bytes:
        from partyroom.documents.sheet import render_xlsx
        from partyroom.features.dues.remittance_report import remittances_sheet

        return render_xlsx(remittances_sheet(rows, branch, year=slip.on_day.year))

    return Paper(f"党费上交单 {slip.number}", documents, workbook, "全年上交登记 Excel…")


def _publication(year: int, groups: bool, session: Any) -> Paper:
    publication = publication_service.publication_of(session, year, groups=groups)
    branch, day = get_branch(session), today()
    months = funds_service.year_account(session, year).months
    over = tuple(month for month in months if month.month <= publication.until)

    def documents() -> Sequence[Document]:
        from partyroom.features.dues.publication_report import publication_document

        return [publication_document(publication, branch, day, months=over)]

    def workbook() -> bytes:
        from partyroom.documents.sheet import render_xlsx
        from partyroom.features.dues.publication_report import publication_sheet

        return render_xlsx(publication_sheet(publication, branch, over))

    return Paper(f"{year}年党费收缴情况公示", documents, workbook)


def _expenses(year: int, session: Any) -> Paper:
    branch = get_branch(session)
    rows = slip_service.movements_in(session, year, MovementKind.EXPENSE)
    if not rows:
        raise DomainError(f"{year}年没有使用党费的记录。")

    def documents() -> Sequence[Document]:
        from partyroom.features.dues.expense_report import expenses_document

        return [expenses_document(rows, branch, year)]

    def workbook() -> bytes:
        from partyroom.documents.sheet import render_xlsx
        from partyroom.features.dues.expense_report import expenses_sheet

        return render_xlsx(expenses_sheet(rows, branch, year))

    return Paper(f"{year}年党费使用台账", documents, workbook)
