"""From bases to the print preview of the 审核表 of a year and the 核定单 of one member."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import today
from partyroom.core.text import safe_file_name
from partyroom.documents.model import Document
from partyroom.features.dues.assessments import AssessmentDetail
from partyroom.features.organisation.domain import Branch
from partyroom.ui.desk import Desk
from partyroom.ui.progress import Progress

if TYPE_CHECKING:
    from partyroom.documents.sheet import Sheet

Printed = tuple[Document, bytes, tuple[str, ...]]


def show_bases(desk: Desk, owner: QWidget, year: int, details: Sequence[AssessmentDetail], branch: Branch) -> None:
    """Show the 交纳基数审核表 of a year."""
    make = partial(_bases, year, tuple(details), branch)
    _typeset(desk, owner, f"{year}年度党费交纳基数审核表", make, partial(_sheet, year, tuple(details), branch))


def show_base(desk: Desk, owner: QWidget, detail: AssessmentDetail, branch: Branch) -> None:
    """Show the 核定单 of one member."""
    _typeset(desk, owner, f"{detail.name}党费基数核定单", partial(_base, detail, branch), None)


def _bases(year: int, details: Sequence[AssessmentDetail], branch: Branch) -> Document:
    from partyroom.features.dues.base_report import bases_document

    return bases_document(year, details, branch, today())


def _base(detail: AssessmentDetail, branch: Branch) -> Document:
    from partyroom.features.dues.base_report import base_document

    return base_document(detail, branch)


def _sheet(year: int, details: Sequence[AssessmentDetail], branch: Branch) -> Sheet:
    from partyroom.features.dues.base_report import bases_sheet

    return bases_sheet(year, details, branch)


def _typeset(
    desk: Desk, owner: QWidget, name: str, make: Callable[[], Document], sheet: Callable[[], Sheet] | None
) -> None:
    done = partial(_show, desk, owner, name, sheet)
    desk.tasks.compute(partial(_render, make), done, owner=owner, title=f"正在排版{name}")


def _render(make: Callable[[], Document], progress: Progress) -> Printed:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.pdf import render_pdf

    document = make()
    rendered = render_pdf(document, progress=progress.step)
    return document, rendered.data, rendered.missing


def _show(desk: Desk, owner: QWidget, name: str, sheet: Callable[[], Sheet] | None, printed: Printed) -> None:
    from partyroom.ui.print_preview import PrintPreview

    document, pdf, warnings = printed
    copies: list[tuple[str, str, Callable[[], bytes]]] = [("另存为 Word…", "docx", partial(_word, document))]
    if sheet is not None:
        copies.append(("另存为 Excel…", "xlsx", partial(_excel, sheet)))
    file_name = safe_file_name(name)
    PrintPreview(desk, name, pdf, file_name, warnings=warnings, copies=copies, parent=owner.window()).open()


def _word(document: Document) -> bytes:
    from partyroom.documents.word import render_docx

    return render_docx(document)


def _excel(sheet: Callable[[], Sheet]) -> bytes:
    from partyroom.documents.sheet import render_xlsx

    return render_xlsx(sheet())
