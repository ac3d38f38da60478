"""Use cases of the photos and files of a meeting.

A finalised record may still be given files, as its hand-signed original can only be scanned after 定稿; what is there
already stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.errors import DomainError
from partyroom.core.pictures import KeptFile
from partyroom.core.text import one_line
from partyroom.features.meetings.domain import PaperKind
from partyroom.features.meetings.minutes_service import refuse_finalised, stored_meeting
from partyroom.features.meetings.papers import PaperRow, Photo, is_kept_picture, probable_kind
from partyroom.features.meetings.tables import Meeting, MeetingPaper
from partyroom.storage.attachments import Attachment, AttachmentFiles, attach

_LONGEST_CAPTION = 100


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding files: the ids of the new ones, and the names of those that were there already."""

    ids: tuple[int, ...]
    known: tuple[str, ...]


def list_papers(session: Session, meeting_id: int) -> list[PaperRow]:
    """The photos and files of a meeting in their order.

    Raises:
        DomainError: there is no such meeting (any more).
    """
    stored_meeting(session, meeting_id)
    statement = (
        select(MeetingPaper, Attachment)
        .join(Attachment, Attachment.id == MeetingPaper.attachment_id)
        .where(MeetingPaper.meeting_id == meeting_id)
        .order_by(MeetingPaper.ordinal, MeetingPaper.id)
    )
    return [_row(paper, attachment) for paper, attachment in session.execute(statement)]


def add_papers(
    session: Session,
    files: AttachmentFiles,
    meeting_id: int,
    prepared: Sequence[KeptFile],
    kind: PaperKind | None = None,
) -> Added:
    """Put files behind those of a meeting; content that it has already is not added twice.

    Each gets `kind`, or what its name tells (see `probable_kind`).

    Raises:
        DomainError: there is no such meeting (any more).
        StorageError: the disk is full or not writable; nothing is added.
    """
    meeting = stored_meeting(session, meeting_id)
    present = {row.sha256 for row in list_papers(session, meeting_id)}
    records: list[MeetingPaper] = []
    known: list[str] = []
    for file in prepared:
        sha256 = files.put(file.content)
        if sha256 in present:
            known.append(file.name)
            continue
        present.add(sha256)
        record = MeetingPaper(
            attachment_id=attach(session, files, file.name, file.content),
            original_id=attach(session, files, file.name, file.original) if file.original else None,
            kind=kind or probable_kind(file),
        )
        meeting.papers.append(record)
        records.append(record)
    session.flush()
    return Added(tuple(record.id for record in records), tuple(known))


def describe_paper(
    session: Session, paper_id: int, *, caption: str | None = None, kind: PaperKind | None = None
) -> None:
    """Give a photo or file another caption or kind; None leaves it.

    Raises:
        DomainError: it is gone, the record is finalised, or the caption is longer than 100 characters.
    """
    paper, _ = _changeable(session, paper_id)
    if caption is not None:
        text = one_line(caption)
        if len(text) > _LONGEST_CAPTION:
            raise DomainError(f"说明最多{_LONGEST_CAPTION}个字，现在有{len(text)}个字。")
        if paper.caption != text:
            paper.caption = text
    if kind is not None and paper.kind is not kind:
        paper.kind = kind


def move_paper(session: Session, paper_id: int, place: int) -> None:
    """Put a photo or file at `place`, counted from 0, among those of its meeting.

    Raises:
        DomainError: it is gone or the record is finalised.
    """
    paper, meeting = _changeable(session, paper_id)
    order = [other for other in meeting.papers if other is not paper]
    order.insert(max(0, place), paper)
    for number, one in enumerate(order):
        if one.ordinal != number:
            one.ordinal = number
    session.flush()
    session.expire(meeting, ["papers"])


def remove_papers(session: Session, paper_ids: Sequence[int]) -> int:
    """Take photos and files from their meeting and return how many; their content stays with the change log.

    Raises:
        DomainError: one of them is gone, or the record is finalised.
    """
    for paper_id in paper_ids:
        paper, meeting = _changeable(session, paper_id)
        meeting.papers.remove(paper)
    session.flush()
    return len(paper_ids)


def read_paper(session: Session, files: AttachmentFiles, paper_id: int, *, original: bool = False) -> tuple[str, bytes]:
    """Name and content of a photo or file; `original` asks for the untouched picture.

    Raises:
        DomainError: it is gone, or no original was kept.
        StorageError: its content is missing or damaged.
    """
    paper = _paper(session, paper_id)
    number = paper.original_id if original else paper.attachment_id
    if number is None:
        raise DomainError("这张照片没有保留原图。")
    attachment = session.get_one(Attachment, number)
    content = files.get(attachment.sha256)
    if original:
        return f"{PurePath(attachment.name).stem}（原图）{_suffix_of(content)}", content
    return attachment.name, content


def photos_of(session: Session, files: AttachmentFiles, meeting_ids: Sequence[int]) -> dict[int, tuple[Photo, ...]]:
    """The pictures among the photos of meetings, for the annex of the record, by meeting.

    Raises:
        DomainError: one of the meetings is gone.
        StorageError: the content of a picture is missing or damaged.
    """
    return {
        meeting_id: tuple(
            Photo(files.get(row.sha256), row.caption)
            for row in list_papers(session, meeting_id)
            if row.picture and row.kind is PaperKind.PHOTO
        )
        for meeting_id in meeting_ids
    }


def has_photos(session: Session, meeting_ids: Sequence[int]) -> bool:
    """Whether any of the meetings has a picture that could be printed behind its record."""
    statement = (
        select(Attachment.name)
        .join(MeetingPaper, MeetingPaper.attachment_id == Attachment.id)
        .where(MeetingPaper.meeting_id.in_(meeting_ids), MeetingPaper.kind == PaperKind.PHOTO)
    )
    return any(is_kept_picture(name) for name in session.scalars(statement))


def _row(paper: MeetingPaper, attachment: Attachment) -> PaperRow:
    return PaperRow(
        id=paper.id,
        name=attachment.name,
        kind=paper.kind,
        caption=paper.caption,
        size=attachment.size,
        sha256=attachment.sha256,
        picture=is_kept_picture(attachment.name),
        original=paper.original_id is not None,
    )


def _paper(session: Session, paper_id: int) -> MeetingPaper:
    paper = session.get(MeetingPaper, paper_id)
    if paper is None:
        raise DomainError("这个照片或附件已经移除，请刷新后再看。")
    return paper


def _changeable(session: Session, paper_id: int) -> tuple[MeetingPaper, Meeting]:
    paper = _paper(session, paper_id)
    meeting = stored_meeting(session, paper.meeting_id)
    refuse_finalised(meeting)
    return paper, meeting


def _suffix_of(content: bytes) -> str:
    """The suffix of a picture by its first bytes: the stored name is that of the scaled JPEG."""
    for start, suffix in ((b"\x89PNG", ".png"), (b"BM", ".bmp"), (b"RIFF", ".webp"), (b"GIF8", ".gif")):
        if content.startswith(start):
            return suffix
    return ".tif" if content[:4] in (b"II*\0", b"MM\0*") else ".jpg"
