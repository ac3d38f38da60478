"""Use cases of the files of pledges: the signed 承诺书, photos of the wall and the person, evidence of deeds.

Files may be added in any state: the signed copy and the photos of a year are often scanned after it.
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
from partyroom.features.pledges.deeds_service import stored_deed
from partyroom.features.pledges.domain import PaperKind, PaperRow, Photo
from partyroom.features.pledges.reading_service import as_paper
from partyroom.features.pledges.service import stored_pledge
from partyroom.features.pledges.tables import PledgePaperRecord
from partyroom.storage.attachments import Attachment, AttachmentFiles, attach

_LONGEST_CAPTION = 100


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding files: the ids of the new ones, and the names of those that were there already."""

    ids: tuple[int, ...]
    known: tuple[str, ...]


def list_papers(session: Session, pledge_id: int, deed_id: int | None = None) -> list[PaperRow]:
    """The files of a pledge in their order, or those of one of its deeds.

    Raises:
        DomainError: the pledge is gone.
    """
    stored_pledge(session, pledge_id)
    statement = (
        select(PledgePaperRecord, Attachment)
        .join(Attachment, Attachment.id == PledgePaperRecord.attachment_id)
        .where(PledgePaperRecord.pledge_id == pledge_id)
        .order_by(PledgePaperRecord.ordinal, PledgePaperRecord.id)
    )
    if deed_id is not None:
        statement = statement.where(PledgePaperRecord.deed_id == deed_id)
    return [as_paper(paper, attachment) for paper, attachment in session.execute(statement)]


def add_papers(
    session: Session, files: AttachmentFiles, pledge_id: int, prepared: Sequence[KeptFile], kind: PaperKind
) -> Added:
    """Put files (see `core.pictures.prepare_file`) behind those of a pledge; what is there already is not added twice.

    A pledge has one photo of the person: a new one takes the place of the old.

    Raises:
        DomainError: the pledge is gone, or the photo of the person is no picture.
        StorageError: the disk is full or not writable; nothing is added.
    """
    record = stored_pledge(session, pledge_id)
    if kind is PaperKind.PORTRAIT:
        if any(not file.picture for file in prepared):
            raise DomainError("本人照片请选图片文件（JPG、PNG 等）。")
        old = [paper for paper in record.papers if paper.kind is kind]
        for paper in old:
            record.papers.remove(paper)
        prepared = prepared[-1:]
        session.flush()
    return _add(session, files, pledge_id, prepared, kind, None)


def add_evidence(session: Session, files: AttachmentFiles, deed_id: int, prepared: Sequence[KeptFile]) -> Added:
    """Put evidence (照片、证明) behind that of a deed; what is there already is not added twice.

    Raises:
        DomainError: the deed is gone.
        StorageError: the disk is full or not writable; nothing is added.
    """
    deed, record = stored_deed(session, deed_id)
    return _add(session, files, record.id, prepared, PaperKind.EVIDENCE, deed.id)


def describe_paper(session: Session, paper_id: int, caption: str) -> None:
    """Give a file another caption.

    Raises:
        DomainError: it is gone, or the caption is longer than 100 characters.
    """
    paper = _paper(session, paper_id)
    text = one_line(caption)
    if len(text) > _LONGEST_CAPTION:
        raise DomainError(f"说明最多{_LONGEST_CAPTION}个字，现在有{len(text)}个字。")
    if paper.caption != text:
        paper.caption = text


def remove_papers(session: Session, paper_ids: Sequence[int]) -> int:
    """Take files from their pledge and return how many; their content stays with the change log.

    Raises:
        DomainError: one of them is gone.
    """
    for paper_id in paper_ids:
        paper = _paper(session, paper_id)
        record = stored_pledge(session, paper.pledge_id)
        record.papers.remove(paper)
    session.flush()
    return len(paper_ids)


def read_paper(session: Session, files: AttachmentFiles, paper_id: int, *, original: bool = False) -> tuple[str, bytes]:
    """Name and content of a file; `original` asks for the untouched picture.

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


def portraits_of(session: Session, files: AttachmentFiles, pledge_ids: Sequence[int]) -> dict[int, bytes]:
    """The photo of the person (JPEG) of pledges that want one on the poster, by pledge.

    Raises:
        StorageError: the content of a picture is missing or damaged.
    """
    statement = (
        select(PledgePaperRecord.pledge_id, Attachment.sha256)
        .join(Attachment, Attachment.id == PledgePaperRecord.attachment_id)
        .where(PledgePaperRecord.pledge_id.in_(pledge_ids), PledgePaperRecord.kind == PaperKind.PORTRAIT)
    )
    return {
        pledge_id: files.get(sha256)
        for pledge_id, sha256 in session.execute(statement)
        if stored_pledge(session, pledge_id).show_photo
    }


def evidence_of(session: Session, files: AttachmentFiles, pledge_ids: Sequence[int]) -> dict[int, tuple[Photo, ...]]:
    """The pictures among the evidence of these pledges' deeds, by deed, for the register (践诺台账).

    Raises:
        StorageError: the content of a picture is missing or damaged.
    """
    found: dict[int, tuple[Photo, ...]] = {}
    for pledge_id in pledge_ids:
        for paper in list_papers(session, pledge_id):
            if paper.deed_id is not None and paper.picture:
                found[paper.deed_id] = (*found.get(paper.deed_id, ()), Photo(files.get(paper.sha256), paper.caption))
    return found


def _add(
    session: Session,
    files: AttachmentFiles,
    pledge_id: int,
    prepared: Sequence[KeptFile],
    kind: PaperKind,
    deed_id: int | None,
) -> Added:
    rows = list_papers(session, pledge_id)
    present = {row.sha256 for row in rows if row.deed_id == deed_id and row.kind is kind}
    record = stored_pledge(session, pledge_id)
    records: list[PledgePaperRecord] = []
    known: list[str] = []
    for file in prepared:
        sha256 = files.put(file.content)
        if sha256 in present:
            known.append(file.name)
            continue
        present.add(sha256)
        paper = PledgePaperRecord(
            deed_id=deed_id,
            attachment_id=attach(session, files, file.name, file.content),
            original_id=attach(session, files, file.name, file.original) if file.original else None,
            ordinal=len(rows) + len(records),
            kind=kind,
        )
        record.papers.append(paper)
        records.append(paper)
    session.flush()
    return Added(tuple(paper.id for paper in records), tuple(known))


def _paper(session: Session, paper_id: int) -> PledgePaperRecord:
    paper = session.get(PledgePaperRecord, paper_id)
    if paper is None:
        raise DomainError("这个照片或附件已经移除，请刷新后再看。")
    return paper


def _suffix_of(content: bytes) -> str:
    """The suffix of a picture by its first bytes: the stored name is that of the scaled JPEG."""
    for start, suffix in ((b"\x89PNG", ".png"), (b"BM", ".bmp"), (b"RIFF", ".webp"), (b"GIF8", ".gif")):
        if content.startswith(start):
            return suffix
    return ".tif" if content[:4] in (b"II*\0", b"MM\0*") else ".jpg"
