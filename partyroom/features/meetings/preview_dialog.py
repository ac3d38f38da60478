"""From stored meetings to the print preview: read, typeset, show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import chinese_date
from partyroom.core.text import safe_file_name
from partyroom.documents.model import Document
from partyroom.features.meetings.domain import MeetingDetail, kind_label
from partyroom.features.meetings.office import papers_of, papers_of_month
from partyroom.features.organisation.domain import Branch
from partyroom.ui.desk import Desk
from partyroom.ui.progress import Progress

Papers = tuple[list[MeetingDetail], Branch]
FORMS = {"record": "会议记录", "notice": "会议纪要"}


@dataclass(frozen=True)
class Printed:
    """A typeset paper: what it was made of, the file, and what could not be printed."""

    documents: Sequence[Document]
    pdf: bytes
    warnings: Sequence[str]


def preview_meetings(desk: Desk, owner: QWidget, meeting_ids: Sequence[int], form: str) -> None:
    """Show the papers of these meetings in one preview; `form` is 'record' or 'notice'."""
    desk.tasks.read(partial(_papers, tuple(meeting_ids)), partial(_typeset, desk, owner, form, ""), owner=owner)


def preview_month(desk: Desk, owner: QWidget, year: int, month: int, form: str) -> None:
    """Show the papers of all meetings of a month in one preview, or say that there are none."""
    title = f"{year}年{month}月"
    desk.tasks.read(partial(_month, year, month), partial(_typeset, desk, owner, form, title), owner=owner)


def _papers(meeting_ids: Sequence[int], session: Any) -> Papers:
    return papers_of(session, meeting_ids)


def _month(year: int, month: int, session: Any) -> Papers:
    return papers_of_month(session, year, month)


def _typeset(desk: Desk, owner: QWidget, form: str, period: str, papers: Papers) -> None:
    details, branch = papers
    if not details:
        desk.messages.inform(f"{period}没有会议记录。" if period else "没有可以预览的会议记录。")
        return
    done = partial(_show, desk, owner, _name(details, form, period))
    work = partial(_make, details, branch, form, desk.settings.text("document_fonts"))
    desk.tasks.compute(work, done, owner=owner, title=f"正在排版{FORMS[form]}")


def _make(details: Sequence[MeetingDetail], branch: Branch, form: str, fonts: str, progress: Progress) -> Printed:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.documents.pdf import render_pdf
    from partyroom.features.meetings.report import minutes_document

    documents = [minutes_document(detail, branch, form) for detail in details]
    rendered = render_pdf(documents, shared_book(FontSource(fonts)), progress.step)
    return Printed(documents, rendered.data, rendered.missing)


def _show(desk: Desk, owner: QWidget, name: str, printed: Printed) -> None:
    from partyroom.ui.print_preview import PrintPreview

    copies = [("另存为 Word…", "docx", partial(_word, printed.documents))]
    warnings = tuple(printed.warnings)
    dialog = PrintPreview(
        desk, name, printed.pdf, safe_file_name(name), warnings=warnings, copies=copies, parent=owner.window()
    )
    dialog.open()


def _word(documents: Sequence[Document]) -> bytes:
    from partyroom.documents.word import render_docx

    return render_docx(documents)


def _name(details: Sequence[MeetingDetail], form: str, period: str) -> str:
    if period:
        return f"{period}{FORMS[form]}（{len(details)}份）"
    draft = details[0].draft
    if len(details) > 1:
        return f"{FORMS[form]}（{len(details)}份）"
    return f"{chinese_date(draft.starts_at.date())} {draft.title or kind_label(draft.kind)}（{FORMS[form]}）"
