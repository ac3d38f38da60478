"""From absences to the print preview of leave slips and make-up records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.text import safe_file_name
from partyroom.documents.model import Document
from partyroom.features.meetings import leave_service, make_up_service
from partyroom.features.meetings.absence import MakeUpRow, SlipRow
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch
from partyroom.ui.desk import Desk
from partyroom.ui.progress import Progress

Make = Callable[[], Sequence[Document]]
Printed = tuple[Sequence[Document], bytes, tuple[str, ...]]


def preview_slips(desk: Desk, owner: QWidget, attendance_ids: Sequence[int]) -> None:
    """Show the leave slips of these absences, two to a sheet."""
    done = partial(_slips_read, desk, owner)
    desk.tasks.read(partial(_read_slips, tuple(attendance_ids)), done, owner=owner)


def preview_blank_slips(desk: Desk, owner: QWidget) -> None:
    """Show a sheet of empty slips, for filling in by hand."""
    desk.tasks.read(get_branch, partial(_blank_read, desk, owner), owner=owner)


def preview_make_ups(desk: Desk, owner: QWidget, ids: Sequence[int]) -> None:
    """Show the records of these make-up lessons, a page each."""
    done = partial(_make_ups_read, desk, owner)
    desk.tasks.read(partial(_read_make_ups, tuple(ids)), done, owner=owner)


def _read_slips(ids: Sequence[int], session: Any) -> tuple[list[SlipRow], Branch]:
    return leave_service.list_slip_rows(session, ids), get_branch(session)


def _read_make_ups(ids: Sequence[int], session: Any) -> tuple[list[MakeUpRow], Branch]:
    return make_up_service.list_make_up_rows(session, ids), get_branch(session)


def _slips_read(desk: Desk, owner: QWidget, found: tuple[list[SlipRow], Branch]) -> None:
    rows, branch = found
    name = f"{rows[0].name}请假条" if len(rows) == 1 else f"请假条（{len(rows)}张）"
    _typeset(desk, owner, name, partial(_slip_documents, rows, branch))


def _blank_read(desk: Desk, owner: QWidget, branch: Branch) -> None:
    _typeset(desk, owner, "空白请假条", partial(_blank_documents, branch))


def _make_ups_read(desk: Desk, owner: QWidget, found: tuple[list[MakeUpRow], Branch]) -> None:
    rows, branch = found
    name = f"{rows[0].name}补课记录" if len(rows) == 1 else f"补课记录（{len(rows)}份）"
    _typeset(desk, owner, name, partial(_make_up_documents, rows, branch))


def _slip_documents(rows: Sequence[SlipRow], branch: Branch) -> Sequence[Document]:
    from partyroom.features.meetings.absence_report import slips_document

    return slips_document(rows, branch)


def _blank_documents(branch: Branch) -> Sequence[Document]:
    from partyroom.features.meetings.absence_report import blank_slip_document

    return [blank_slip_document(branch)]


def _make_up_documents(rows: Sequence[MakeUpRow], branch: Branch) -> Sequence[Document]:
    from partyroom.features.meetings.absence_report import make_up_document

    return [make_up_document(row, branch) for row in rows]


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
