"""From the purse of dues to the print preview of the 上交单 and of the yearly publication."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import today
from partyroom.core.errors import DomainError
from partyroom.core.text import safe_file_name
from partyroom.documents.model import Document
from partyroom.features.dues import funds_service, publication_service, slip_service
from partyroom.features.dues.funds import MonthTotals, Publication, RemittanceSlip
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch
from partyroom.ui.desk import Desk
from partyroom.ui.progress import Progress

Make = Callable[[], Sequence[Document]]
Printed = tuple[Sequence[Document], bytes, tuple[str, ...]]


def preview_slip(desk: Desk, owner: QWidget, movement_id: int) -> None:
    """Show the 上交单 of a remittance."""
    work, done = partial(_read_slip, movement_id), partial(_slip_read, desk, owner)
    desk.tasks.read(work, done, owner=owner, failed=partial(_refused, desk), key="slip")


def preview_publication(desk: Desk, owner: QWidget, year: int, *, groups: bool) -> None:
    """Show the yearly report of dues to the members."""
    work, done = partial(_read_publication, year, groups), partial(_publication_read, desk, owner)
    desk.tasks.read(work, done, owner=owner, failed=partial(_refused, desk), key="publication")


@dataclass(frozen=True, slots=True)
class _SlipPaper:
    """A slip with how many owed in its period, and what."""

    slip: RemittanceSlip
    branch: Branch
    people: int | None
    due_fen: int | None


@dataclass(frozen=True, slots=True)
class _PublicationPaper:
    """A publication with the months of its account."""

    publication: Publication
    branch: Branch
    months: tuple[MonthTotals, ...]


def _read_slip(movement_id: int, session: Any) -> _SlipPaper:
    slip = slip_service.slip_of(session, movement_id)
    people, due = slip_service.asked_of(session, movement_id)
    return _SlipPaper(slip, get_branch(session), people, due)


def _read_publication(year: int, groups: bool, session: Any) -> _PublicationPaper:
    publication = publication_service.publication_of(session, year, groups=groups)
    months = funds_service.year_account(session, year).months
    over = tuple(month for month in months if month.month <= publication.until)
    return _PublicationPaper(publication, get_branch(session), over)


def _refused(desk: Desk, error: Exception) -> None:
    if isinstance(error, DomainError):
        desk.messages.inform(str(error))
    else:
        desk.messages.unexpected(error)


def _slip_read(desk: Desk, owner: QWidget, paper: _SlipPaper) -> None:
    _typeset(desk, owner, f"党费上交单 {paper.slip.number}", partial(_slip_documents, paper))


def _publication_read(desk: Desk, owner: QWidget, paper: _PublicationPaper) -> None:
    name = f"{paper.publication.year}年党费收缴情况公示"
    _typeset(desk, owner, name, partial(_publication_documents, paper))


def _slip_documents(paper: _SlipPaper) -> Sequence[Document]:
    from partyroom.features.dues.remittance_report import remittance_document

    return [remittance_document(paper.slip, paper.branch, people=paper.people, due_fen=paper.due_fen)]


def _publication_documents(paper: _PublicationPaper) -> Sequence[Document]:
    from partyroom.features.dues.publication_report import publication_document

    return [publication_document(paper.publication, paper.branch, today(), months=paper.months)]


def _typeset(desk: Desk, owner: QWidget, name: str, make: Make) -> None:
    done = partial(_show, desk, owner, name)
    desk.tasks.compute(partial(_render, make), done, owner=owner, title=f"正在排版{name}")


def _render(make: Make, progress: Progress) -> Printed:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.pdf import render_pdf

    documents = make()
    rendered = render_pdf(documents, progress=progress.step)
    return documents, rendered.data, rendered.missing


def _show(desk: Desk, owner: QWidget, name: str, printed: Printed) -> None:
    from partyroom.ui.print_preview import PrintPreview

    documents, pdf, warnings = printed
    copies: list[tuple[str, str, Callable[[], bytes]]] = [("另存为 Word…", "docx", partial(_word, documents))]
    file_name = safe_file_name(name)
    PrintPreview(desk, name, pdf, file_name, warnings=warnings, copies=copies, parent=owner.window()).open()


def _word(documents: Sequence[Document]) -> bytes:
    from partyroom.documents.word import render_docx

    return render_docx(documents)
