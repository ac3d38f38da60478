"""The handbook of a year in the library: how it is put together, its own pages, and everything read for binding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import chinese_date, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.pictures import KeptFile
from partyroom.core.text import clean_text, one_line
from partyroom.documents.contribution import RUNNING, Enclosure, Part, Piece, Request
from partyroom.features.archives.book import (
    BESIDE_TITLE,
    BookContent,
    BookPlan,
    BoundPiece,
    Entry,
    OwnPage,
    Section,
    arranged,
    entry_title,
    section_of,
)
from partyroom.features.archives.book_pages_report import own_page_document
from partyroom.features.archives.domain import Role
from partyroom.features.archives.tables import BookPageRecord, BookRecord, FileRecord, PieceRecord
from partyroom.features.dues.charts_service import charts_of
from partyroom.features.dues.years_service import opened_years
from partyroom.features.meetings.statistics_service import RatesQuery, attendance_rates, year_summary
from partyroom.features.organisation.service import get_branch
from partyroom.features.pledges.overview import overview
from partyroom.features.pledges.round_service import round_of
from partyroom.features.pledges.service import pledges_of
from partyroom.storage.attachments import Attachment, AttachmentFiles, attach

LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """A piece of the year beside which an original can be bound in."""

    key: str
    title: str
    section: str


@dataclass(frozen=True, slots=True)
class PageDraft:
    """What is known of an own page: typed text, or a file that is given once (None keeps the one there is)."""

    title: str
    text: str = ""
    beside: str = ""
    file: KeptFile | None = None


def read_plan(session: Session, year: int) -> BookPlan:
    """How the book of a year is put together; the usual way until somebody changed it."""
    record = session.scalar(select(BookRecord).where(BookRecord.year == year))
    statement = (
        select(BookPageRecord, Attachment)
        .outerjoin(Attachment, Attachment.id == BookPageRecord.attachment_id)
        .where(BookPageRecord.year == year)
        .order_by(BookPageRecord.ordinal, BookPageRecord.id)
    )
    pages = tuple(_own_page(page, file) for page, file in session.execute(statement).all())
    if record is None:
        return BookPlan(year, pages=pages)
    return BookPlan(year, tuple(record.parts), tuple(record.left_out), record.summary, pages)


def save_order(session: Session, year: int, order: Sequence[str], left_out: Sequence[str]) -> None:
    """Keep the order of the entries and which are left out."""
    record = _book(session, year)
    record.parts, record.left_out = list(order), list(dict.fromkeys(left_out))


def save_summary(session: Session, year: int, text: str) -> None:
    """Keep 年度总结; empty text leaves it out of the book.

    Raises:
        DomainError: it is longer than any summary.
    """
    cleaned = clean_text(text).strip()
    if len(cleaned) > LONGEST_TEXT:
        raise DomainError(Problem(f"总结太长：最多{LONGEST_TEXT}字。", "summary"))
    _book(session, year).summary = cleaned


def add_page(session: Session, files: AttachmentFiles, year: int, draft: PageDraft) -> int:
    """Add an own page, or an original behind a piece, at the end of those there are; returns its id.

    Raises:
        DomainError: no title, or neither text nor file.
        StorageError: the disk is full or not writable; nothing is added.
    """
    _refuse_bad(draft, has_file=draft.file is not None)
    last = session.scalar(select(func.max(BookPageRecord.ordinal)).where(BookPageRecord.year == year))
    record = BookPageRecord(year=year, ordinal=0 if last is None else last + 1, title="")
    _fill(session, files, record, draft)
    session.add(record)
    session.flush()
    return record.id


def update_page(session: Session, files: AttachmentFiles, page_id: int, draft: PageDraft) -> None:
    """Change an own page; without a new file it keeps the one it has.

    Raises:
        DomainError: it is gone, has no title, or neither text nor file.
    """
    record = _page(session, page_id)
    _refuse_bad(draft, has_file=draft.file is not None or record.attachment_id is not None)
    _fill(session, files, record, draft)


def remove_page(session: Session, page_id: int) -> None:
    """Take an own page out of the book; its file stays among the attachments, as undo needs it.

    Raises:
        DomainError: it is gone.
    """
    session.delete(_page(session, page_id))


def list_entries(session: Session, parts: Sequence[Part], request: Request) -> list[Entry]:
    """Everything that can go into the book of a year in its order, each original below the part of its piece."""
    plan = read_plan(session, request.year)
    produced = {part.key: part.produce(session, request) for part in _in_book(parts)}
    scans = _filed_scans(session, request.year)
    found: list[Entry] = []
    for key in _order(parts, plan):
        part = next((part for part in parts if part.key == key), None)
        if part is None:
            page = next(page for page in plan.pages if page.key == key)
            found.append(_page_entry(len(found) + 1, page, plan, ""))
            continue
        pieces = produced[key]
        note = _note(pieces, sum(len(_scans_of(part, one, scans)) for one in pieces), part)
        found.append(Entry(len(found) + 1, key, part.title, len(pieces), key not in plan.left_out, note))
        for piece in pieces:
            for page in (page for page in plan.pages if page.beside == piece.key):
                found.append(_page_entry(len(found) + 1, page, plan, entry_title(piece, request.year)))
    shown = {entry.key for entry in found}
    for page in plan.pages:  # the record it belonged to is gone
        if page.key not in shown:
            found.append(_page_entry(len(found) + 1, page, plan, "（原来的记录已不在本年度）"))
    return found


def list_anchors(session: Session, parts: Sequence[Part], request: Request) -> list[Anchor]:
    """The pieces of the year, beside which originals can be bound in."""
    return [
        Anchor(piece.key, entry_title(piece, request.year), part.title)
        for part in _in_book(parts)
        for piece in part.produce(session, request)
    ]


def read_book(session: Session, parts: Sequence[Part], request: Request) -> BookContent:
    """Everything that goes into the book, in its order: what the user left out and what is empty is not there.

    Raises:
        DomainError: nothing is left to bind, or the year has not begun.
    """
    if request.first > (request.today or today()):
        raise DomainError(f"{request.year}年还没有开始，可以先生成空白手册。")
    from partyroom.features.archives.pack_service import sensitive_numbers  # loads the kit for PDF: only for a book

    plan = read_plan(session, request.year)
    scans = _filed_scans(session, request.year)
    chosen = {part.key: part for part in _in_book(parts)}
    sections: list[Section] = []
    empty: list[str] = []
    for key in _order(parts, plan):
        if key in plan.left_out:
            continue
        if key not in chosen:
            page = next(page for page in plan.pages if page.key == key)
            sections.append(_own_section(page))
            continue
        part = chosen[key]
        pieces = [_bound(part, piece, plan, scans) for piece in part.produce(session, request)]
        if pieces:
            sections.append(section_of(key, part.title, pieces, request.year))
        else:
            empty.append(part.title)
    if not sections:
        raise DomainError(f"{request.year}年还没有可以装入手册的内容。")
    day = min(request.last, request.today or today())
    names: dict[str, str] = dict(session.execute(select(Attachment.sha256, Attachment.name)).all())
    numbers = sensitive_numbers(session)
    branch = get_branch(session)
    return BookContent(request.year, branch, day, tuple(sections), tuple(empty), names, numbers.hide, numbers.found_in)


def propose_summary(session: Session, year: int) -> str:
    """年度总结 drafted from the figures of the year: only what the data say, no judgement; the secretary goes on."""
    request = Request(year)
    day = min(request.last, today())
    if day < request.first:
        return ""
    found = [_meetings_text(session, year), _dues_text(session, year), _pledges_text(session, year)]
    return "\n".join(text for text in found if text)


def _meetings_text(session: Session, year: int) -> str:
    request = Request(year)
    day = min(request.last, today())
    summary, _branch = year_summary(session, year, day)
    held = [one for one in summary.meetings if one.starts_at.date() <= day]
    if not held:
        return ""
    kinds = [f"{one.kind.label}{one.year.held}次" for one in summary.kinds if one.year.held]
    several = "（一会两用的分别计入）" if sum(one.year.held for one in summary.kinds) > len(held) else ""
    as_of = f"截至{chinese_date(day)}，" if day < request.last else ""
    text = f"{as_of}{year}年共召开会议、开展活动{len(held)}次，其中{'、'.join(kinds)}{several}。"
    rate = attendance_rates(session, RatesQuery(request.first, day)).total
    return text + (f"应到{rate.expected}人次，实到{rate.here}人次，出勤率{rate.rate}。" if rate.expected else "")


def _dues_text(session: Session, year: int) -> str:
    if year not in opened_years(session):
        return ""
    charts = charts_of(session, year)
    text = charts.collected_text
    return f"党费：{text}{charts.arrears_text}" if text else ""


def _pledges_text(session: Session, year: int) -> str:
    found = round_of(session, year)
    if found is None:
        return ""
    counted = overview(found, pledges_of(session, found.id), min(Request(year).last, today()))
    if not counted.pledges:
        return ""
    text = f"公开承诺：{counted.pledges}人承诺{counted.items}项，完成{counted.done}项"
    return text + (f"，登记践诺{counted.deeds}次。" if counted.deeds else "。")


def _in_book(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.in_book]


def _order(parts: Sequence[Part], plan: BookPlan) -> list[str]:
    """Keys of the parts and of own pages that have a place of their own."""
    natural = [part.key for part in _in_book(parts)] + [page.key for page in plan.pages if not page.beside]
    return arranged(natural, plan.order)


def _own_page(record: BookPageRecord, file: Attachment | None) -> OwnPage:
    name, sha256 = ("", "") if file is None else (file.name, file.sha256)
    return OwnPage(record.id, record.title, record.text, name, sha256, record.beside)


def _page_entry(number: int, page: OwnPage, plan: BookPlan, beside: str) -> Entry:
    what = f"文件：{page.name}" if page.sha256 else f"文字 {len(page.text)} 字"
    note = f"{what}；装在“{beside}”之后" if beside else what
    return Entry(number, page.key, page.title, 0, page.key not in plan.left_out, note, page)


def _note(pieces: Sequence[Piece], scans: int, part: Part) -> str:
    if not pieces:
        return "本年度没有内容，不装入" if part.key != "archives.summary" else "还没有写，点“年度总结”撰写"
    parts = [f"附件 {scans} 个"] if scans else []
    unsettled = sum(not piece.settled and piece.note not in ("", RUNNING) for piece in pieces)
    if unsettled:
        parts.append(f"{unsettled} 件还没有定稿")
    return "；".join(parts)


def _bound(part: Part, piece: Piece, plan: BookPlan, filed: Mapping[str, Sequence[Enclosure]]) -> BoundPiece:
    own = [
        Enclosure(page.name, page.sha256, page.title)
        for page in plan.pages
        if page.beside == piece.key and page.key not in plan.left_out and page.sha256
    ]
    scans = (*_scans_of(part, piece, filed), *own)
    return BoundPiece(piece, entry_title(piece, plan.year), tuple(scans))


def _scans_of(part: Part, piece: Piece, filed: Mapping[str, Sequence[Enclosure]]) -> list[Enclosure]:
    """What belongs behind a piece: its enclosures, and files put into its 件 later on."""
    known = {(one.sha256, "") for one in piece.enclosures} | {("", one.name) for one in piece.enclosures}
    more = filed.get(f"{part.key}/{piece.key}", ())
    fresh = [one for one in more if not {(one.sha256, ""), ("", one.name)} & known]
    return [*piece.enclosures, *fresh]


def _filed_scans(session: Session, year: int) -> dict[str, list[Enclosure]]:
    """The files of filed pieces by source, without the papers that the program made itself."""
    statement = (
        select(PieceRecord.source, FileRecord.role, Attachment.name, Attachment.sha256)
        .join(FileRecord, FileRecord.piece_id == PieceRecord.id)
        .join(Attachment, Attachment.id == FileRecord.attachment_id)
        .where(PieceRecord.year == year, PieceRecord.source != "", FileRecord.role != Role.MAIN)
        .order_by(PieceRecord.id, FileRecord.ordinal)
    )
    found: dict[str, list[Enclosure]] = {}
    for source, role, name, sha256 in session.execute(statement).all():
        caption = BESIDE_TITLE if role is Role.ORIGINAL else role.label
        found.setdefault(source, []).append(Enclosure(name, sha256, caption))
    return found


def _own_section(page: OwnPage) -> Section:
    """An own page as a chapter: its text, its file, or both."""
    documents = [own_page_document(page.title, page.text)] if page.text else []
    piece = Piece(page.key, page.title, lambda _fetch: documents)
    scans = (Enclosure(page.name, page.sha256, page.title),) if page.sha256 else ()
    return Section(page.key, page.title, (BoundPiece(piece, page.title, scans),), alone=True)


def _book(session: Session, year: int) -> BookRecord:
    record = session.scalar(select(BookRecord).where(BookRecord.year == year))
    if record is None:
        record = BookRecord(year=year, parts=[], left_out=[], summary="")
        session.add(record)
    return record


def _page(session: Session, page_id: int) -> BookPageRecord:
    record = session.get(BookPageRecord, page_id)
    if record is None:
        raise DomainError("这一附页已经不在手册里了，请刷新后再试。")
    return record


def _refuse_bad(draft: PageDraft, *, has_file: bool) -> None:
    problems = []
    if not one_line(draft.title):
        problems.append(Problem("请填写标题。", "title"))
    if not clean_text(draft.text).strip() and not has_file:
        problems.append(Problem("请填写正文，或添加一个文件。", "text"))
    if len(draft.text) > LONGEST_TEXT:
        problems.append(Problem(f"正文太长：最多{LONGEST_TEXT}字。", "text"))
    if draft.beside and not has_file:
        problems.append(Problem("装在记录之后的应当是签字原件等文件，请添加文件。", "text"))
    if problems:
        raise DomainError(*problems)


def _fill(session: Session, files: AttachmentFiles, record: BookPageRecord, draft: PageDraft) -> None:
    record.title, record.beside = one_line(draft.title), draft.beside
    record.text = clean_text(draft.text).strip()
    if draft.file is not None:
        record.attachment_id = attach(session, files, draft.file.name, draft.file.content)
