"""Use cases of 践诺: deeds, and items done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import chinese_date, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.features.members.tables import Member
from partyroom.features.pledges.domain import DeedDraft, DeedRow, State
from partyroom.features.pledges.reading_service import as_event
from partyroom.features.pledges.round_service import assign
from partyroom.features.pledges.service import stored_pledge
from partyroom.features.pledges.stage_service import start
from partyroom.features.pledges.stages import Step, first_publication
from partyroom.features.pledges.tables import DeedRecord, ItemRecord, PledgePaperRecord, PledgeRecord


@dataclass(frozen=True, slots=True)
class DeedQuery:
    """What the register of deeds asks for; blanks ask for everything, `kind` and `category` are stored values."""

    round_id: int | None = None
    pledge_id: int | None = None
    search: str = ""
    kind: str = ""
    category: str = ""
    department: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = ""
    descending: bool = False


def record_deed(session: Session, pledge_id: int, item_id: int | None, draft: DeedDraft) -> int:
    """Record a deed for an item (None: for the pledge as a whole) and return its id; the first one starts 践诺.

    Raises:
        DomainError: no words, a day to come or before the pledge was first shown, the pledge is not shown yet,
            withdrawn or appraised, or the item is not one of it.
    """
    record = stored_pledge(session, pledge_id)
    problems = _deed_problems(record, item_id, draft)
    if problems:
        raise DomainError(*problems)
    if record.state is State.PUBLISHED:
        shown = record.published_from or draft.on
        start(record, Step(max(draft.on, shown), one_line(draft.witness) or record.name, "登记第一条践诺记录"))
    deed = DeedRecord(item_id=item_id)
    _fill(deed, draft)
    record.deeds.append(deed)
    session.flush()
    return deed.id


def record_deeds(session: Session, targets: Sequence[tuple[int, int | None]], draft: DeedDraft) -> list[int]:
    """Record one deed that several took part in: (pledge, item) pairs; all or none. Returns the new ids.

    Raises:
        DomainError: as `record_deed`, for any of them.
    """
    return [record_deed(session, pledge_id, item_id, draft) for pledge_id, item_id in targets]


def change_deed(session: Session, deed_id: int, item_id: int | None, draft: DeedDraft) -> None:
    """Correct a deed.

    Raises:
        DomainError: it is gone, or as `record_deed`.
    """
    deed, record = stored_deed(session, deed_id)
    problems = _deed_problems(record, item_id, draft, before=deed.item_id)
    if problems:
        raise DomainError(*problems)
    assign(deed, {"item_id": item_id})
    _fill(deed, draft)
    session.flush()


def remove_deeds(session: Session, deed_ids: Sequence[int]) -> int:
    """Remove deeds with their evidence and return how many; the change log keeps what they were.

    Raises:
        DomainError: one is gone, or its pledge is appraised.
    """
    for deed_id in deed_ids:
        deed, record = stored_deed(session, deed_id)
        if record.state is State.APPRAISED:
            raise DomainError(f"{record.name}的承诺已经评诺，不能删除践诺记录。")
        for paper in session.scalars(select(PledgePaperRecord).where(PledgePaperRecord.deed_id == deed_id)).all():
            record.papers.remove(paper)
        record.deeds.remove(deed)
    session.flush()
    return len(deed_ids)


def finish_item(session: Session, item_id: int, on: date, note: str = "") -> None:
    """Declare an item done on a day.

    Raises:
        DomainError: a day to come or before the pledge was first shown, or the pledge is not being fulfilled.
    """
    item, record = _stored_item(session, item_id)
    problems = _standing_problems(record)
    shown = _shown(record)
    if on > today():
        problems.append(Problem("完成日期还没有到，完成后再登记。", "done_on"))
    elif shown and on < shown:
        problems.append(Problem(f"完成日期早于亮诺日期（{chinese_date(shown)}），请核对。", "done_on"))
    if problems:
        raise DomainError(*problems)
    if record.state is State.PUBLISHED:
        start(record, Step(max(on, record.published_from or on), record.name, "登记承诺事项完成"))
    assign(item, {"done_on": on, "done_note": clean_text(note).strip()})
    session.flush()


def reopen_item(session: Session, item_id: int) -> None:
    """Take back that an item was done.

    Raises:
        DomainError: it is gone, or the pledge is appraised or withdrawn.
    """
    item, record = _stored_item(session, item_id)
    if problems := _standing_problems(record):
        raise DomainError(*problems)
    assign(item, {"done_on": None, "done_note": ""})
    session.flush()


def list_deed_ids(session: Session, query: DeedQuery) -> list[int]:
    """The ids of the deeds a query finds, latest first unless it asks for another order."""
    column = _SORTS.get(query.sort, DeedRecord.on_day)
    descending = query.descending if query.sort in _SORTS else True
    order = column.desc() if descending else column.asc()
    statement = _joined(select(DeedRecord.id)).where(*_conditions(query)).order_by(order, DeedRecord.id.desc())
    return list(session.scalars(statement))


def list_deed_rows(session: Session, ids: Sequence[int]) -> list[DeedRow]:
    """The lines of the register for these deeds, in their order."""
    papers = (
        select(PledgePaperRecord.deed_id, func.count().label("papers"))
        .group_by(PledgePaperRecord.deed_id)
        .subquery("evidence")
    )
    statement = (
        _joined(select(DeedRecord, PledgeRecord, ItemRecord, papers.c.papers))
        .outerjoin(papers, papers.c.deed_id == DeedRecord.id)
        .where(DeedRecord.id.in_(ids))
    )
    found = {
        deed.id: _row(deed, pledge, item, count or 0)
        for deed, pledge, item, count in session.execute(statement).unique()
    }
    return [found[i] for i in ids if i in found]


def stored_deed(session: Session, deed_id: int) -> tuple[DeedRecord, PledgeRecord]:
    """The mapped deed and its pledge.

    Raises:
        DomainError: it is gone.
    """
    deed = session.get(DeedRecord, deed_id)
    if deed is None:
        raise DomainError("这条践诺记录已经不在了，请刷新后再看。")
    return deed, stored_pledge(session, deed.pledge_id)


def _stored_item(session: Session, item_id: int) -> tuple[ItemRecord, PledgeRecord]:
    item = session.get(ItemRecord, item_id)
    if item is None or item.retired_in is not None:
        raise DomainError("这项承诺已经变更或移除，请刷新后再看。")
    return item, stored_pledge(session, item.pledge_id)


def _standing_problems(record: PledgeRecord) -> list[Problem]:
    """Why deeds and items of a pledge cannot be changed now."""
    if record.state in (State.PUBLISHED, State.FULFILLING):
        return []
    if record.state is State.APPRAISED:
        return [Problem(f"{record.name}的承诺已经评诺；要补登请先退回上一步。")]
    if record.state is State.WITHDRAWN:
        return [Problem(f"{record.name}的承诺已撤回，不能登记践诺。")]
    return [Problem(f"{record.name}的承诺现在是“{record.state.label}”，还没有亮诺，不能登记践诺。请先登记亮诺。")]


def _deed_problems(
    record: PledgeRecord, item_id: int | None, draft: DeedDraft, before: int | None = None
) -> list[Problem]:
    found = _standing_problems(record)
    if not clean_text(draft.text).strip():
        found.append(Problem("请填写践诺情况。", "text"))
    shown = _shown(record)
    if draft.on > today():
        found.append(Problem("践诺日期还没有到，做完再登记。", "on"))
    elif shown and draft.on < shown:
        found.append(Problem(f"{record.name}：践诺日期早于亮诺日期（{chinese_date(shown)}），请核对。", "on"))
    if draft.minutes is not None and draft.minutes < 1:
        found.append(Problem("时长应大于0。", "minutes"))
    standing = {item.id for item in record.items if item.retired_in is None}
    if item_id is not None and item_id not in standing and item_id != before:
        found.append(Problem(f"{record.name}的承诺里没有这一项，可能已经变更。", "item_id"))
    return found


def _shown(record: PledgeRecord) -> date | None:
    """The first 亮诺: what was done under an earlier version counts from then."""
    return first_publication([as_event(event) for event in record.events])


def _fill(deed: DeedRecord, draft: DeedDraft) -> None:
    values: dict[str, object] = {
        "on_day": draft.on,
        "text": clean_text(draft.text).strip(),
        "place": one_line(draft.place),
        "minutes": draft.minutes,
        "witness": one_line(draft.witness),
    }
    assign(deed, values)


def _joined(statement: Any) -> Any:
    return (
        statement.select_from(DeedRecord)
        .join(PledgeRecord, PledgeRecord.id == DeedRecord.pledge_id)
        .outerjoin(ItemRecord, ItemRecord.id == DeedRecord.item_id)
        .outerjoin(Member, Member.id == PledgeRecord.member_id)
    )


def _conditions(query: DeedQuery) -> list[ColumnElement[bool]]:
    pairs: list[tuple[object, ColumnElement[bool]]] = [
        (query.round_id, PledgeRecord.round_id == query.round_id),
        (query.pledge_id, PledgeRecord.id == query.pledge_id),
        (query.kind, PledgeRecord.kind == query.kind),
        (query.category, ItemRecord.category == query.category),
        (query.department, PledgeRecord.department == query.department),
    ]
    found = [condition for wanted, condition in pairs if wanted]
    if query.since is not None:
        found.append(DeedRecord.on_day >= query.since)
    if query.until is not None:
        found.append(DeedRecord.on_day <= query.until)
    columns = (PledgeRecord.name, DeedRecord.text, DeedRecord.place, DeedRecord.witness, ItemRecord.text)
    for word in query.search.split():
        matches: list[ColumnElement[bool]] = [column.contains(word, autoescape=True) for column in columns]
        if word.isascii():
            matches.append(Member.initials.startswith(word.casefold(), autoescape=True))
            matches.append(Member.name_key.startswith(word.casefold(), autoescape=True))
        found.append(or_(*matches))
    return found


_SORTS: dict[str, Any] = {
    "on": DeedRecord.on_day,
    "name": Member.name_key,
    "department": PledgeRecord.department,
    "kind": PledgeRecord.kind,
    "category": ItemRecord.category,
    "place": DeedRecord.place,
    "minutes": DeedRecord.minutes,
    "witness": DeedRecord.witness,
}


def _row(deed: DeedRecord, pledge: PledgeRecord, item: ItemRecord | None, papers: int) -> DeedRow:
    return DeedRow(
        id=deed.id,
        pledge_id=pledge.id,
        name=pledge.name,
        kind=pledge.kind,
        department=pledge.department,
        item=item.text if item else "",
        category=item.category if item else None,
        on=deed.on_day,
        text=deed.text,
        place=deed.place,
        minutes=deed.minutes,
        witness=deed.witness,
        papers=papers,
    )
