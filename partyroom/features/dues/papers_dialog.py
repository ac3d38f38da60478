"""From the ledger to the print preview: receipts, the sheet of a month, the ledger of a year, a member's record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import today
from partyroom.core.errors import DomainError
from partyroom.core.text import safe_file_name
from partyroom.documents.model import Document
from partyroom.features.dues.ledger import month_label, months_of
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.dues.papers import ReliefPaper
from partyroom.features.dues.papers_service import personal_years, receipt_papers, relief_paper, signature_lines
from partyroom.features.organisation.service import get_branch
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.progress import Progress

Make = Callable[[], Sequence[Document]]
Copy = tuple[str, str, Callable[[], bytes]]


@dataclass(frozen=True)
class Paper:
    """A paper before it is typeset: its name, what makes its pages, and what makes its workbook."""

    name: str
    documents: Make
    workbook: Callable[[], bytes] | None = None
    workbook_label: str = "另存为 Excel…"


@dataclass(frozen=True)
class Printed:
    """A typeset paper."""

    documents: Sequence[Document]
    pdf: bytes
    missing: Sequence[str]


def preview_receipts(desk: Desk, owner: QWidget, receipt_ids: Sequence[int]) -> None:
    """Preview these receipts, one to a page."""
    preview(desk, owner, partial(_receipts, tuple(receipt_ids)))


def ask_month_sheet(desk: Desk, owner: QWidget, month: date) -> None:
    """Ask which month's signature sheet is wanted and whether to sign by hand, and preview it."""
    months = [(one, month_label(one)) for one in months_of(month.year)]
    fields = [
        Field("month", "月份", Kind.CHOICE, required=True, choices=months),
        Field("empty", "金额、日期留空，现场手写签名", Kind.CHECK),
    ]
    dialog = FormDialog("交纳签名表", fields, {"month": month}, desk, accept_text="预览", parent=owner)
    dialog.submitted.connect(partial(_on_month_chosen, desk, owner))
    dialog.open()


def preview_ledger(desk: Desk, owner: QWidget, year: int) -> None:
    """Preview the ledger of a year."""
    preview(desk, owner, partial(_ledger, year))


def preview_personal(desk: Desk, owner: QWidget, member_id: int, name: str) -> None:
    """Preview a member's record of all years."""
    preview(desk, owner, partial(_personal, member_id, name))


def preview_relief(desk: Desk, owner: QWidget, relief_id: int | None) -> None:
    """Preview the form of a decision on less or no dues; without one, empty for filling in by hand."""
    preview(desk, owner, partial(_relief, relief_id))


def preview(desk: Desk, owner: QWidget, read: Callable[[Any], Paper]) -> None:
    """Read a paper, typeset it and show it; say why when there is none."""
    done, failed = partial(_typeset, desk, owner), partial(_refused, desk)
    desk.tasks.read(read, done, owner=owner, failed=failed, key="paper")


def _refused(desk: Desk, error: Exception) -> None:
    if isinstance(error, DomainError):
        desk.messages.inform(str(error))
    else:
        desk.messages.unexpected(error)


def _on_month_chosen(desk: Desk, owner: QWidget, values: dict[str, object]) -> None:
    month = values["month"]
    assert isinstance(month, date)
    preview(desk, owner, partial(_signatures, month, bool(values["empty"])))


def _typeset(desk: Desk, owner: QWidget, paper: Paper) -> None:
    work = partial(_render, paper, desk.settings.text("document_fonts"))
    done = partial(_show, desk, owner, paper)
    desk.tasks.compute(work, done, owner=owner, title=f"正在排版{paper.name}")


def _render(paper: Paper, fonts: str, progress: Progress) -> Printed:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.documents.pdf import render_pdf

    documents = list(paper.documents())
    rendered = render_pdf(documents, shared_book(FontSource(fonts)), progress.step)
    return Printed(documents, rendered.data, rendered.missing)


def _show(desk: Desk, owner: QWidget, paper: Paper, printed: Printed) -> None:
    from partyroom.ui.print_preview import PrintPreview

    copies: list[Copy] = [("另存为 Word…", "docx", partial(_word, printed.documents))]
    if paper.workbook is not None:
        copies.append((paper.workbook_label, "xlsx", paper.workbook))
    dialog = PrintPreview(
        desk,
        paper.name,
        printed.pdf,
        safe_file_name(paper.name),
        warnings=tuple(printed.missing),
        copies=copies,
        parent=owner.window(),
    )
    dialog.open()


def _word(documents: Sequence[Document]) -> bytes:
    from partyroom.documents.word import render_docx

    return render_docx(documents)


# What is read


def _receipts(receipt_ids: Sequence[int], session: Any) -> Paper:
    branch = get_branch(session)
    papers = receipt_papers(session, receipt_ids)
    name = f"党费收据 {papers[0].number}" if len(papers) == 1 else f"党费收据（{len(papers)}张）"

    def documents() -> Sequence[Document]:
        from partyroom.features.dues.receipt_report import receipts_document

        return receipts_document(papers, branch)

    def workbook() -> bytes:
        from partyroom.documents.sheet import render_xlsx
        from partyroom.features.dues.receipt_report import receipts_sheet

        return render_xlsx(receipts_sheet(papers, branch, year=papers[0].received_on.year))

    return Paper(name, documents, workbook)


def _signatures(month: date, empty: bool, session: Any) -> Paper:
    branch = get_branch(session)
    lines = signature_lines(session, month)

    def documents() -> Sequence[Document]:
        from partyroom.features.dues.signature_report import signature_document

        return [signature_document(month, lines, branch, empty=empty)]

    def workbook() -> bytes:
        from partyroom.documents.sheet import render_xlsx
        from partyroom.features.dues.signature_report import signature_sheet

        return render_xlsx(signature_sheet(month, lines, branch))

    return Paper(f"{month_label(month)}党费交纳签名表", documents, workbook)


def _ledger(year: int, session: Any) -> Paper:
    branch, lines, day = get_branch(session), ledger_of(session, year), today()

    def documents() -> Sequence[Document]:
        from partyroom.features.dues.report import ledger_document

        return [ledger_document(year, lines, branch, day)]

    def workbook() -> bytes:
        from partyroom.documents.sheet import render_xlsx
        from partyroom.features.dues.report import ledger_sheet

        return render_xlsx(ledger_sheet(year, lines, branch, day))

    return Paper(f"{year}年度党费台账", documents, workbook)


def _personal(member_id: int, name: str, session: Any) -> Paper:
    branch, day = get_branch(session), today()
    years = personal_years(session, member_id, day)

    def documents() -> Sequence[Document]:
        from partyroom.features.dues.personal_report import personal_document

        return [personal_document(name, years, branch, day)]

    def workbook() -> bytes:
        from partyroom.documents.sheet import render_xlsx
        from partyroom.features.dues.personal_report import personal_sheets

        return render_xlsx(*personal_sheets(name, years, branch))

    return Paper(f"{name}党费交纳记录", documents, workbook if years else None)


def _relief(relief_id: int | None, session: Any) -> Paper:
    branch = get_branch(session)
    paper = relief_paper(session, relief_id) if relief_id is not None else ReliefPaper()

    def documents() -> Sequence[Document]:
        from partyroom.features.dues.relief_report import relief_document

        return [relief_document(paper, branch)]

    name = "少交（免交）党费申请审批表"
    return Paper(f"{name} {paper.name}" if paper.name else f"{name}（空白）", documents)
