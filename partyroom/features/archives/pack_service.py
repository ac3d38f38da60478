"""迎检材料: checklists, and everything of a period gathered for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.calendar import now
from partyroom.core.errors import DomainError, Problem
from partyroom.core.identity import check_identity, mask_identity, mask_phone
from partyroom.core.text import one_line
from partyroom.documents.contribution import Part, Piece, Request
from partyroom.features.archives.disclosure import Numbers
from partyroom.features.archives.pack import (
    Checklist,
    Item,
    Material,
    PackPlan,
    StoredFile,
    checklist_text,
    entry_of,
    item_of,
    read_checklist,
    usual_checklist,
)
from partyroom.features.archives.settings_service import categories_of
from partyroom.features.archives.tables import ChecklistRecord, ClosedPaperRecord, FileRecord, PieceRecord
from partyroom.features.members.service import note_revealed
from partyroom.features.members.tables import Member
from partyroom.features.organisation.service import get_branch
from partyroom.storage.attachments import Attachment
from partyroom.storage.years import closed_years

TITLE = "迎检材料"
_FURTHER = "其他归档文件"
_MOST_YEARS = 60


@dataclass(frozen=True, slots=True)
class PackWish:
    """What is to be handed out.

    `checklist` None means everything of the period by categories; `parts` (keys) narrows it to some registers.
    """

    first: date
    last: date
    checklist: Checklist | None = None
    masked: bool = True
    copies: bool = False
    only_copies: bool = False
    parts: frozenset[str] = frozenset()
    title: str = TITLE


@dataclass(frozen=True, slots=True)
class _Found:
    """Something of the period: where it came from (a part's key, or '' for outside) and what it is."""

    part: Part | None
    material: Material


def list_checklists(session: Session) -> list[Checklist]:
    """The usual checklist and the branch's own, by name."""
    own = session.scalars(select(ChecklistRecord).order_by(ChecklistRecord.name)).all()
    return [usual_checklist(), *(Checklist(one.name, tuple(map(item_of, one.items)), one.id) for one in own)]


def text_of_checklist(session: Session, checklist: Checklist, parts: Sequence[Part]) -> str:
    """A checklist as it is edited."""
    return checklist_text(checklist, categories_of(session), {part.key: part.title for part in parts})


def save_checklist(session: Session, name: str, text: str, parts: Sequence[Part], checklist_id: int = 0) -> int:
    """Store an own checklist from its edited text and return its id; with id 0 a new one is made.

    Raises:
        DomainError: no name, a name that is taken, or a line that cannot be read.
    """
    name = one_line(name)
    if not name:
        raise DomainError(Problem("请填写清单名称。", "name"))
    taken = session.scalar(select(ChecklistRecord.id).where(ChecklistRecord.name == name))
    if name == usual_checklist().name or (taken is not None and taken != checklist_id):
        raise DomainError(Problem("已经有同名的清单，请换一个名称。", "name"))
    items = read_checklist(text, categories_of(session), {part.key: part.title for part in parts})
    record = session.get(ChecklistRecord, checklist_id) if checklist_id else ChecklistRecord()
    if record is None:
        raise DomainError("这份清单已经不在了，请刷新后再试。")
    record.name, record.items = name, [entry_of(item) for item in items]
    session.add(record)
    session.flush()
    return record.id


def delete_checklist(session: Session, checklist_id: int) -> None:
    """Remove an own checklist; taken back by undo.

    Raises:
        DomainError: it is gone already.
    """
    record = session.get(ChecklistRecord, checklist_id)
    if record is None:
        raise DomainError("这份清单已经不在了。")
    session.delete(record)


def note_full_pack(session: Session, wish: PackWish) -> None:
    """Write down in the change log that sensitive numbers were handed out."""
    note_revealed(session, f"导出{wish.title}（不遮盖证件号码和电话，{wish.first}至{wish.last}）")


def gather(session: Session, parts: Sequence[Part], wish: PackWish, *, today: date | None = None) -> PackPlan:
    """Everything for a pack, without rendering anything.

    What was filed is handed out as it was filed, what belongs to a closed year as it was closed; the rest is printed
    afresh. In a masked pack a filed original with a number in it gives way to a fresh masked one.

    Raises:
        DomainError: the period is the wrong way round or longer than a lifetime of the branch's papers.
    """
    if wish.first > wish.last:
        raise DomainError(Problem("开始日期晚于结束日期。", "first"))
    if wish.last.year - wish.first.year > _MOST_YEARS:
        raise DomainError(Problem("时间太长，请缩短到六十年以内。", "first"))
    branch = get_branch(session)
    numbers = sensitive_numbers(session) if wish.masked else Numbers({})
    found: list[_Found] = []
    for year in range(wish.first.year, wish.last.year + 1):
        found += _of_year(session, parts, wish, Request(year, masked=wish.masked, today=today))
    categories = [(one.code, one.label) for one in categories_of(session)]
    if wish.checklist is None:
        materials = _by_category(found, [code for code, _ in categories])
    else:
        materials = _by_checklist(found, wish.checklist)
    known = {code for code, _ in categories}
    categories += [(code, code) for code in dict.fromkeys(m.category for m in materials) if code not in known]
    return PackPlan(
        title=wish.title,
        branch=branch.full_name,
        first=wish.first,
        last=wish.last,
        categories=tuple(categories),
        materials=tuple(materials),
        moment=now().replace(microsecond=0),
        masked=wish.masked,
        copies=wish.copies,
        only_copies=wish.only_copies,
        numbers=numbers,
    )


def sensitive_numbers(session: Session) -> Numbers:
    """ID numbers and telephones of everybody on the roster or in the recycle bin; the office's telephone is public."""
    office = get_branch(session).office_phone
    masked: dict[str, str] = {}
    columns = select(Member.id_number, Member.phone, Member.landline)
    for identity, *phones in session.execute(columns, execution_options={"include_deleted": True}):
        if identity:
            masked[identity] = mask_identity(identity)
            full = check_identity(identity).normalised
            if full:
                masked.setdefault(full, mask_identity(full))
        masked |= {phone: mask_phone(phone) for phone in phones if phone and phone != office}
    return Numbers(masked)


def _of_year(session: Session, parts: Sequence[Part], wish: PackWish, request: Request) -> list[_Found]:
    filed, outside = _filed(session, request.year)
    closed = _closed(session, request.year) if request.year in closed_years(session) else {}
    found = []
    for part in parts:
        if wish.parts and part.key not in wish.parts:
            continue
        for piece in part.produce(session, request):
            if not _within(wish, piece.dated):
                continue
            source = f"{part.key}/{piece.key}"
            kept = filed.pop(source, ()) or _with_enclosures(closed.get(source, ()), piece)
            found.append(_Found(part, _material(part, piece, kept)))
    known = {part.key: part for part in parts}
    for source, files in filed.items():  # what was filed, though its feature does not give it any more
        record = outside[source]
        origin = known.get(source.partition("/")[0])
        if not (wish.parts or wish.only_copies) and _within(wish, record.dated):
            material = Material(record.category, "", record.title, record.dated, files)
            found.append(_Found(origin, material))
    return found


def _material(part: Part, piece: Piece, files: tuple[StoredFile, ...]) -> Material:
    why = "" if piece.settled or files else piece.note
    return Material(part.field.value, part.title, piece.title, piece.dated, files, piece, why)


def _with_enclosures(paper: tuple[StoredFile, ...], piece: Piece) -> tuple[StoredFile, ...]:
    """A paper as it was closed; its enclosures cannot change, so they are not kept twice."""
    if not paper:
        return ()
    return (*paper, *(StoredFile(one.name, one.sha256, 0, annex=True) for one in piece.enclosures))


def _within(wish: PackWish, dated: date | None) -> bool:
    return dated is None or wish.first <= dated <= wish.last


def _filed(session: Session, year: int) -> tuple[dict[str, tuple[StoredFile, ...]], dict[str, PieceRecord]]:
    """Files and records of what was filed in a year; things from outside get a key of their own."""
    files: dict[str, tuple[StoredFile, ...]] = {}
    records: dict[str, PieceRecord] = {}
    order = (PieceRecord.number.is_(None), PieceRecord.number, PieceRecord.dated, PieceRecord.id)
    for record in session.scalars(select(PieceRecord).where(PieceRecord.year == year).order_by(*order)):
        key = record.source or f"/{record.id}"
        files[key] = tuple(_stored(session, file) for file in record.files)
        if files[key]:
            files[key] = (files[key][0], *(replace(file, annex=True) for file in files[key][1:]))
            records[key] = record
    return files, records


def _stored(session: Session, file: FileRecord) -> StoredFile:
    came = session.get_one(Attachment, file.attachment_id)
    lasting = session.get(Attachment, file.archival_id) if file.archival_id is not None else None
    if lasting is None:
        return StoredFile(came.name, came.sha256, file.pages)
    stem = came.name.rpartition(".")[0] or came.name
    return StoredFile(f"{stem}.pdf", lasting.sha256, file.pages)


def _closed(session: Session, year: int) -> dict[str, tuple[StoredFile, ...]]:
    statement = select(ClosedPaperRecord, Attachment).join(Attachment, Attachment.id == ClosedPaperRecord.attachment_id)
    rows = session.execute(statement.where(ClosedPaperRecord.year == year)).all()
    return {paper.key: (StoredFile(kept.name, kept.sha256, paper.pages),) for paper, kept in rows}


def _by_category(found: Sequence[_Found], order: Sequence[str]) -> list[Material]:
    """Everything, by categories, in the order of the handbook; from outside last."""
    ranks = {code: rank for rank, code in enumerate(order)}
    return sorted(
        (replace(one.material, item=one.material.item or _FURTHER) for one in found),
        key=lambda material: ranks.get(material.category, len(ranks)),
    )


def _by_checklist(found: Sequence[_Found], checklist: Checklist) -> list[Material]:
    """What answers each item; an item without anything is missing. Each thing is handed out once."""
    left = list(found)
    materials: list[Material] = []
    codes = list(dict.fromkeys(item.category for item in checklist.items))
    for code in codes:
        for item in (item for item in checklist.items if item.category == code):
            taken = [one for one in left if _answers(item, one)]
            left = [one for one in left if one not in taken]
            materials += [replace(one.material, category=code, item=item.label) for one in taken]
            if not taken:
                materials.append(Material(code, item.label, item.label, why="没有找到这项材料"))
        further = [one for one in left if one.part is None and one.material.category == code]
        left = [one for one in left if one not in further]
        materials += [replace(one.material, item=_FURTHER) for one in further]
    return materials


def _answers(item: Item, one: _Found) -> bool:
    if one.part is not None:
        return item.wants(one.part.key)
    return one.material.category == item.category and item.names(one.material.title)
