"""Filing: what the program offers, what was filed, what is added from outside; 件号 and the appraisal list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import now, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.filing import Retention
from partyroom.core.text import clean_text, one_line
from partyroom.documents.contribution import Part, Piece, Request
from partyroom.features.archives.domain import appraisal_due
from partyroom.features.archives.filing import (
    FiledRow,
    FileRow,
    Numbered,
    Offer,
    PieceDraft,
    PreparedFile,
    Unnumbered,
    give_numbers,
    reference_of,
)
from partyroom.features.archives.settings_service import categories_of, fonds_of, retention_of
from partyroom.features.archives.tables import BoxRecord, FileRecord, PieceRecord
from partyroom.storage.attachments import Attachment, AttachmentFiles, attach
from partyroom.storage.recycle import put_in_bin
from partyroom.storage.years import closed_years


@dataclass(frozen=True, slots=True)
class Offered:
    """A line of what can be filed, with what makes it."""

    offer: Offer
    part: Part
    piece: Piece


@dataclass(frozen=True, slots=True)
class PieceQuery:
    """What the list of filed pieces asks for; `box` may be 'none': not in a box yet."""

    search: str = ""
    year: str = ""
    category: str = ""
    retention: str = ""
    box: str = ""
    sort: str = "reference"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Stamped:
    """A 件号 and the main file with the stamp on it; without `content` the piece has nothing to stamp."""

    piece_id: int
    number: int
    file_id: int | None = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A piece whose retention is over: 已到期, 待鉴定. Nothing is ever removed by the program."""

    row: FiledRow
    due: date


def offered(session: Session, parts: Sequence[Part], request: Request) -> list[Offered]:
    """What the features have of a year and what is not filed yet, in the order of the handbook."""
    filed = set(session.scalars(select(PieceRecord.source).where(PieceRecord.year == request.year)))
    found: list[Offered] = []
    for part in parts:
        if not part.to_file:
            continue
        retention = retention_of(session, part)
        for piece in part.produce(session, request):
            source = f"{part.key}/{piece.key}"
            if source in filed:
                continue
            offer = Offer(
                id=len(found) + 1,
                source=source,
                part=part.title,
                category=part.field.value,
                title=piece.title,
                dated=piece.dated,
                retention=retention,
                settled=piece.settled,
                note=piece.note,
                enclosures=len(piece.enclosures),
            )
            found.append(Offered(offer, part, piece))
    return found


def draft_of_offer(one: Offered, year: int, office: str) -> PieceDraft:
    """The description under which an offered piece is filed."""
    return PieceDraft(
        year=year,
        category=one.offer.category,
        title=one.offer.title,
        retention=one.offer.retention,
        author=one.piece.author,
        document_number=one.piece.number,
        dated=one.offer.dated,
        office=office,
        source=one.offer.source,
    )


def file_piece(session: Session, files: AttachmentFiles, draft: PieceDraft, prepared: Sequence[PreparedFile]) -> int:
    """File one 件 with its files and return its id.

    Raises:
        DomainError: no title, no file, an unknown category, a date outside of what can be, or it is filed already.
        StorageError: the disk is full or not writable; nothing is filed.
    """
    if not prepared:
        raise DomainError(Problem("请添加至少一个文件。", "files"))
    _refuse_bad(session, draft)
    if draft.source and session.scalar(
        select(PieceRecord.id).where(PieceRecord.year == draft.year, PieceRecord.source == draft.source)
    ):
        raise DomainError(f"“{draft.title}”已经归档。")
    record = PieceRecord(year=draft.year, source=draft.source, filed_at=now())
    _describe(record, draft)
    session.add(record)
    _add(session, files, record, prepared)
    session.flush()
    return record.id


def update_piece(session: Session, piece_id: int, draft: PieceDraft) -> None:
    """Correct the description of a piece; what stands in its 档号 stays once it has a 件号.

    Raises:
        DomainError: as `file_piece`, or year, retention or office of a numbered piece would change, or it is fixed.
    """
    record = _loose_piece(session, piece_id)
    _refuse_bad(session, draft)
    fixed = (draft.year, draft.retention, one_line(draft.office))
    if record.number is not None and fixed != (record.year, record.retention, record.office):
        raise DomainError(
            Problem("这一件已经编了件号、盖了归档章，年度、保管期限和机构（问题）不能再改。", "retention")
        )
    record.year = draft.year
    _describe(record, draft)


def add_files(session: Session, files: AttachmentFiles, piece_id: int, prepared: Sequence[PreparedFile]) -> None:
    """Put further files into a piece, in the order of DA-02.

    Raises:
        DomainError: the piece is gone or fixed.
        StorageError: the disk is full or not writable; nothing is added.
    """
    _add(session, files, _loose_piece(session, piece_id), prepared)
    session.flush()


def bin_pieces(session: Session, piece_ids: Iterable[int]) -> int:
    """Move pieces to the recycle bin and return how many; their 件号 stay taken until the bin is emptied.

    Raises:
        DomainError: one of them is gone or fixed.
    """
    count = 0
    for piece_id in piece_ids:
        put_in_bin(_loose_piece(session, piece_id))
        count += 1
    return count


def list_piece_ids(session: Session, query: PieceQuery) -> list[int]:
    """The filed pieces that a query finds, in its order."""
    statement = select(PieceRecord.id).where(*_conditions(query))
    column = _SORTS.get(query.sort)
    keys = [PieceRecord.year, PieceRecord.retention.desc(), PieceRecord.office, PieceRecord.number.nulls_last()]
    if column is not None:
        keys.insert(0, column.desc() if query.descending else column.asc())
    elif query.descending:
        keys[0] = PieceRecord.year.desc()
    return list(session.scalars(statement.order_by(*keys, PieceRecord.dated, PieceRecord.id)))


def list_piece_rows(session: Session, ids: Sequence[int]) -> list[FiledRow]:
    """Lines for these pieces, in their order."""
    fonds = fonds_of(session).number
    labels = {category.code: category.label for category in categories_of(session)}
    counts = dict(
        session.execute(
            select(FileRecord.piece_id, func.count()).where(FileRecord.piece_id.in_(ids)).group_by(FileRecord.piece_id)
        ).all()
    )
    boxes = {box.id: box.number for box in session.scalars(select(BoxRecord))}
    found = {record.id: record for record in session.scalars(select(PieceRecord).where(PieceRecord.id.in_(ids)))}
    return [
        FiledRow(
            id=record.id,
            year=record.year,
            category=record.category,
            category_label=labels.get(record.category, record.category),
            number=record.number,
            reference=reference_of(fonds, (record.year, record.retention, record.office, record.number)),
            document_number=record.document_number,
            author=record.author,
            title=f"[{record.title}]" if record.own_title else record.title,
            dated=record.dated,
            secrecy=record.secrecy,
            retention=record.retention,
            office=record.office,
            pages=record.pages,
            box_id=record.box_id if record.box_id in boxes else None,
            box="" if record.box_id not in boxes else f"第{boxes[record.box_id]}盒",
            remark=record.remark,
            files=counts.get(record.id, 0),
            source=record.source,
            filed_at=record.filed_at,
        )
        for piece_id in ids
        if (record := found.get(piece_id)) is not None
    ]


def get_piece(session: Session, piece_id: int) -> PieceDraft:
    """The description of a piece.

    Raises:
        DomainError: it is gone.
    """
    record = _piece(session, piece_id)
    return PieceDraft(
        year=record.year,
        category=record.category,
        title=record.title,
        retention=record.retention,
        own_title=record.own_title,
        author=record.author,
        document_number=record.document_number,
        dated=record.dated,
        secrecy=record.secrecy,
        office=record.office,
        remark=record.remark,
        source=record.source,
    )


def files_of(session: Session, piece_id: int) -> list[FileRow]:
    """The files of a piece in their order."""
    record = _piece(session, piece_id)
    return [_file_row(session, file) for file in record.files]


def years_filed(session: Session) -> list[int]:
    """The years with filed pieces, latest first."""
    return list(session.scalars(select(PieceRecord.year).distinct().order_by(PieceRecord.year.desc())))


def plan_numbers(session: Session, year: int) -> list[Numbered]:
    """The 件号 that the pieces of a year without one would get; those in the bin keep theirs."""
    ranks = {category.code: rank for rank, category in enumerate(categories_of(session))}
    records = session.scalars(select(PieceRecord).where(PieceRecord.year == year, PieceRecord.number.is_(None))).all()
    everything = select(PieceRecord.retention, PieceRecord.office, func.max(PieceRecord.number)).where(
        PieceRecord.year == year, PieceRecord.number.is_not(None)
    )
    used = {
        (retention, office): int(number or 0)
        for retention, office, number in session.execute(
            everything.group_by(PieceRecord.retention, PieceRecord.office),
            execution_options={"include_deleted": True},
        )
    }
    waiting = [Unnumbered(r.id, r.retention, r.office, r.dated, r.title) for r in records]
    return give_numbers(waiting, used, {r.id: ranks.get(r.category, len(ranks)) for r in records})


def main_file(session: Session, piece_id: int) -> FileRow | None:
    """The file that bears the stamp: the first one with a lasting form."""
    return next((file for file in files_of(session, piece_id) if file.archival_sha256), None)


def store_numbers(session: Session, files: AttachmentFiles, stamped: Sequence[Stamped]) -> int:
    """Give pieces their 件号 and keep the stamped file as their lasting form; returns how many.

    Raises:
        DomainError: one of them was numbered meanwhile.
        StorageError: the disk is full or not writable; no number is given.
    """
    for one in stamped:
        record = _piece(session, one.piece_id)
        if record.number is not None:
            raise DomainError(f"“{record.title}”刚才已经编号，请刷新后再试。")
        record.number = one.number
        if one.content is not None and one.file_id is not None:
            file = next(file for file in record.files if file.id == one.file_id)
            file.archival_id = attach(session, files, _stamped_name(one.number, record), one.content)
    session.flush()
    return len(stamped)


def renew_stamp(session: Session, files: AttachmentFiles, stamped: Stamped, pages: int) -> None:
    """Put a newly stamped file in the place of the one stamped before; the 件号 stays.

    Raises:
        DomainError: the piece is gone or fixed, or has other pages or another 件号 than the stamp says.
        StorageError: the disk is full or not writable; the old stamp stays.
    """
    record = _loose_piece(session, stamped.piece_id)
    file = next((one for one in record.files if one.id == stamped.file_id), None)
    if (record.number, record.pages) != (stamped.number, pages) or file is None or stamped.content is None:
        raise DomainError(f"“{record.title}”刚才有变动，归档章没有更新，请再试一次。")
    file.archival_id = attach(session, files, _stamped_name(stamped.number, record), stamped.content)


def appraisal_list(session: Session, day: date | None = None) -> list[Appraisal]:
    """Pieces whose retention is over on `day` (today): for the branch and the archive to appraise."""
    day = day or today()
    ids = list_piece_ids(session, PieceQuery())
    found = []
    for row in list_piece_rows(session, ids):
        due = appraisal_due(row.year, row.retention)
        if due is not None and due <= day:
            found.append(Appraisal(row, due))
    return found


def archive_problems(session: Session) -> list[str]:
    """One sentence for every filed piece whose description and files do not agree (for the check of a library)."""
    problems = []
    for record in session.scalars(select(PieceRecord).order_by(PieceRecord.id)):
        if not record.files:
            problems.append(f"归档文件“{record.title}”（{record.year}年）没有文件。")
        pages = sum(file.pages for file in record.files)
        if pages != record.pages:
            problems.append(f"归档文件“{record.title}”（{record.year}年）登记{record.pages}页，文件共{pages}页。")
    return problems


_SORTS: Mapping[str, ColumnElement[object]] = {
    "title": PieceRecord.title,  # type: ignore[dict-item]
    "dated": PieceRecord.dated,  # type: ignore[dict-item]
    "author": PieceRecord.author,  # type: ignore[dict-item]
    "pages": PieceRecord.pages,  # type: ignore[dict-item]
    "filed_at": PieceRecord.filed_at,  # type: ignore[dict-item]
    "category_label": PieceRecord.category,  # type: ignore[dict-item]
    "retention": PieceRecord.retention,  # type: ignore[dict-item]
}


def _conditions(query: PieceQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if text := one_line(query.search):
        columns = (PieceRecord.title, PieceRecord.author, PieceRecord.document_number, PieceRecord.remark)
        found.append(or_(*(column.contains(text, autoescape=True) for column in columns)))
    if query.year:
        found.append(PieceRecord.year == int(query.year))
    if query.category:
        found.append(PieceRecord.category == query.category)
    if query.retention:
        found.append(PieceRecord.retention == Retention(query.retention))
    if query.box == "none":
        found.append(PieceRecord.box_id.is_(None))
    elif query.box:
        found.append(PieceRecord.box_id == int(query.box))
    return found


def _refuse_bad(session: Session, draft: PieceDraft) -> None:
    problems = []
    if not one_line(draft.title):
        problems.append(Problem("请填写题名。", "title"))
    if draft.category not in {category.code for category in categories_of(session)}:
        problems.append(Problem("请选择类别。", "category"))
    if any(mark in draft.office for mark in "-·"):
        problems.append(Problem("机构（问题）代码里不能有“-”和“·”，它们用来分隔档号。", "office"))
    if draft.dated is not None and draft.dated > today():
        problems.append(Problem("文件的日期不能晚于今天。", "dated"))
    if problems:
        raise DomainError(*problems)


def _describe(record: PieceRecord, draft: PieceDraft) -> None:
    record.category, record.retention, record.secrecy = draft.category, draft.retention, draft.secrecy
    record.title, record.own_title = one_line(draft.title), draft.own_title
    record.author, record.document_number = one_line(draft.author), one_line(draft.document_number)
    record.dated, record.office = draft.dated, one_line(draft.office)
    record.remark = clean_text(draft.remark).strip()


def _add(session: Session, files: AttachmentFiles, record: PieceRecord, prepared: Sequence[PreparedFile]) -> None:
    for file in prepared:
        record.files.append(
            FileRecord(
                role=file.role,
                attachment_id=attach(session, files, file.name, file.content),
                archival_id=None if file.archival is None else attach(session, files, file.name, file.archival),
                pages=file.pages,
            )
        )
    record.pages = sum(file.pages for file in record.files)


def _stamped_name(number: int, record: PieceRecord) -> str:
    return f"{number:04d} {record.title}.pdf"


def _piece(session: Session, piece_id: int) -> PieceRecord:
    record = session.get(PieceRecord, piece_id)
    if record is None or record.deleted_at is not None:
        raise DomainError("这一件已经不在归档文件里了，可能在回收站。")
    return record


def _loose_piece(session: Session, piece_id: int) -> PieceRecord:
    """A piece that may change: numbered ones of a closed year are fixed, while late papers are still filed."""
    record = _piece(session, piece_id)
    if record.number is not None and record.year in closed_years(session):
        raise DomainError(
            f"{record.year}年已经归档关闭，编了号的归档文件不再改动。确需更正的，请先在“迎检与移交”里重新打开该年度。"
        )
    return record


def _file_row(session: Session, file: FileRecord) -> FileRow:
    came = session.get_one(Attachment, file.attachment_id)
    lasting = session.get(Attachment, file.archival_id) if file.archival_id is not None else None
    return FileRow(file.id, file.role, came.name, came.sha256, "" if lasting is None else lasting.sha256, file.pages)
