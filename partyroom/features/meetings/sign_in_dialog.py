"""签到表 before a meeting: with the names on it or blank, for a stored meeting or one still being entered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.text import safe_file_name
from partyroom.documents.model import Document
from partyroom.features.meetings.domain import MeetingDraft
from partyroom.features.meetings.sign_in import SignIn
from partyroom.features.meetings.sign_in_service import sign_in_for, sign_in_of
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.progress import Progress

FORMS = {"names": "列出应到人员", "blank": "空白表"}
Printed = tuple[Document, bytes, tuple[str, ...]]


def ask_sign_in(desk: Desk, owner: QWidget, meeting: int | MeetingDraft) -> None:
    """Ask for the form of the sheet, then preview it; `meeting` is a stored one's id or what is being entered."""
    field = Field("form", "签到表", Kind.CHOICE, required=True, choices=list(FORMS.items()))
    dialog = FormDialog("打印签到表", [field], {"form": "names"}, desk, accept_text="预览", parent=owner)
    dialog.submitted.connect(partial(_on_form_submitted, desk, owner, meeting))
    dialog.open()


def _on_form_submitted(desk: Desk, owner: QWidget, meeting: int | MeetingDraft, values: dict[str, object]) -> None:
    preview_sign_in(desk, owner, meeting, blank=values["form"] == "blank")


def preview_sign_in(desk: Desk, owner: QWidget, meeting: int | MeetingDraft, *, blank: bool) -> None:
    """Show the sheet in the preview."""
    work = partial(_read, meeting)
    desk.tasks.read(work, partial(_typeset, desk, owner, blank), owner=owner)


def _read(meeting: int | MeetingDraft, session: Any) -> SignIn:
    return sign_in_for(session, meeting) if isinstance(meeting, MeetingDraft) else sign_in_of(session, meeting)


def _typeset(desk: Desk, owner: QWidget, blank: bool, sheet: SignIn) -> None:
    desk.tasks.compute(partial(_make, sheet, blank), partial(_show, desk, owner), owner=owner, title="正在排版签到表")


def _make(sheet: SignIn, blank: bool, progress: Progress) -> Printed:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.pdf import render_pdf
    from partyroom.features.meetings.sign_in_report import sign_in_document

    document = sign_in_document(sheet, blank=blank)
    rendered = render_pdf(document, progress=progress.step)
    return document, rendered.data, rendered.missing


def _show(desk: Desk, owner: QWidget, printed: Printed) -> None:
    from partyroom.ui.print_preview import PrintPreview

    document, pdf, warnings = printed
    copies: list[tuple[str, str, Callable[[], bytes]]] = [("另存为 Word…", "docx", partial(_word, document))]
    name = safe_file_name(document.title)
    PrintPreview(desk, document.title, pdf, name, warnings=warnings, copies=copies, parent=owner.window()).open()


def _word(document: Document) -> bytes:
    from partyroom.documents.word import render_docx

    return render_docx(document)
