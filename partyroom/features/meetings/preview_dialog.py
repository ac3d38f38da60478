"""From stored meetings to the print preview: read, typeset, show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QComboBox, QWidget

from partyroom.core.calendar import chinese_date
from partyroom.core.settings import setting
from partyroom.core.text import safe_file_name
from partyroom.documents.model import Document
from partyroom.features.meetings.domain import MeetingDetail, kind_label
from partyroom.features.meetings.office import papers_of, papers_of_month
from partyroom.features.meetings.papers import Photos
from partyroom.features.meetings.papers_service import has_photos, photos_of
from partyroom.features.organisation.domain import Branch
from partyroom.ui.desk import Desk
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress

if TYPE_CHECKING:
    from partyroom.ui.print_preview import PrintPreview

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
    _begin(desk, owner, _Asked(form, "", partial(_papers, tuple(meeting_ids))))


def preview_month(desk: Desk, owner: QWidget, year: int, month: int, form: str) -> None:
    """Show the papers of all meetings of a month in one preview, or say that there are none."""
    _begin(desk, owner, _Asked(form, f"{year}年{month}月", partial(_month, year, month)))


@dataclass(frozen=True)
class _Asked:
    """What is to be shown: the form, the period in words, and what reads the meetings."""

    form: str
    period: str
    read: Callable[[Any], Papers]


@dataclass(frozen=True)
class _Read:
    """Meetings with their photos as far as they are to be printed; `choice` tells whether there are any at all."""

    details: Sequence[MeetingDetail]
    branch: Branch
    photos: Photos
    choice: bool


def _begin(desk: Desk, owner: QWidget, asked: _Asked) -> None:
    files = desk.store.attachments if _per_page(desk) else None
    work = partial(_read, asked, files)
    desk.tasks.read(work, partial(_typeset, desk, owner, asked), owner=owner)


def _per_page(desk: Desk) -> int:
    return int(desk.settings.text("record_photos"))


def _papers(meeting_ids: Sequence[int], session: Any) -> Papers:
    return papers_of(session, meeting_ids)


def _month(year: int, month: int, session: Any) -> Papers:
    return papers_of_month(session, year, month)


def _read(asked: _Asked, files: Any, session: Any) -> _Read:
    details, branch = asked.read(session)
    ids = [detail.id for detail in details]
    choice = asked.form == "record" and has_photos(session, ids)
    return _Read(details, branch, photos_of(session, files, ids) if choice and files is not None else {}, choice)


def _typeset(desk: Desk, owner: QWidget, asked: _Asked, found: _Read) -> None:
    if not found.details:
        desk.messages.inform(
            f"{asked.period}没有会议记录。" if asked.period else "选中的会议还没有召开或已取消，没有会议记录可以预览。"
        )
        return
    done = partial(_show, desk, owner, asked, found)
    settings = desk.settings
    work = partial(
        _make, found, asked.form, settings.number("late_after_days"), _per_page(desk), settings.text("document_fonts")
    )
    desk.tasks.compute(work, done, owner=owner, title=f"正在排版{FORMS[asked.form]}")


def _make(found: _Read, form: str, late_after: int, per_page: int, fonts: str, progress: Progress) -> Printed:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.documents.pdf import render_pdf
    from partyroom.features.meetings.report import Annex, minutes_document

    documents = [
        minutes_document(detail, found.branch, form, late_after, Annex(found.photos.get(detail.id, ()), per_page))
        for detail in found.details
    ]
    rendered = render_pdf(documents, shared_book(FontSource(fonts)), progress.step)
    return Printed(documents, rendered.data, rendered.missing)


def _show(desk: Desk, owner: QWidget, asked: _Asked, found: _Read, printed: Printed) -> None:
    from partyroom.ui.print_preview import PrintPreview

    name = _name(found.details, asked.form, asked.period)
    copies = [("另存为 Word…", "docx", partial(_word, printed.documents))]
    warnings = tuple(printed.warnings)
    dialog = PrintPreview(
        desk, name, printed.pdf, safe_file_name(name), warnings=warnings, copies=copies, parent=owner.window()
    )
    if found.choice:
        _add_photo_choice(dialog, owner, asked)
    dialog.open()


def _add_photo_choice(dialog: PrintPreview, owner: QWidget, asked: _Asked) -> None:
    """Let the user say in the preview whether photos follow the record; the choice is remembered."""
    box = named(QComboBox(), "record_photos", "会议记录后附照片")
    for code, label in setting("record_photos").choices:
        box.addItem(f"附照片：{label}", code)
    box.setCurrentIndex(box.findData(dialog.desk.settings.text("record_photos")))
    box.activated.connect(partial(_on_photos_chosen, dialog, owner, asked, box))
    dialog.toolbar.addWidget(box)


def _on_photos_chosen(dialog: PrintPreview, owner: QWidget, asked: _Asked, box: QComboBox, _place: int) -> None:
    desk, code = dialog.desk, str(box.currentData())
    if code == desk.settings.text("record_photos"):
        return
    desk.settings.set("record_photos", code)
    dialog.accept()
    _begin(desk, owner, asked)


def _word(documents: Sequence[Document]) -> bytes:
    from partyroom.documents.word import render_docx

    return render_docx(documents)


def _name(details: Sequence[MeetingDetail], form: str, period: str) -> str:
    if period:
        return f"{period}{FORMS[form]}（{len(details)}份）"
    draft = details[0].draft
    if len(details) > 1:
        return f"{FORMS[form]}（{len(details)}份）"
    title = draft.title or kind_label(draft.kind, details[0].kinds)
    return f"{chinese_date(draft.starts_at.date())} {title}（{FORMS[form]}）"
