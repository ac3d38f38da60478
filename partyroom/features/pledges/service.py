"""Use cases of pledges: write them down, list them, read one whole, put them in the bin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from partyroom.core.calendar import now, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.features.members.service import current_posts
from partyroom.features.members.tables import Member
from partyroom.features.organisation.service import get_branch
from partyroom.features.pledges.domain import (
    EventKind,
    ItemDraft,
    PledgeDetail,
    PledgeDraft,
    PledgerKind,
    PledgeRow,
    State,
    pledger_key,
)
from partyroom.features.pledges.reading_service import as_detail, as_row
from partyroom.features.pledges.round_service import assign, stored_round
from partyroom.features.pledges.tables import AppraisalRecord, DeedRecord, EventRecord, ItemRecord, PledgeRecord
from partyroom.storage.recycle import put_in_bin


@dataclass(frozen=True, slots=True)
class PledgeQuery:
    """What the list of pledges asks for; blanks ask for everything.

    `kind` and `state` are stored values; `look` is 'overdue', 'no_deed', 'unsigned' or 'changed'.
    """

    round_id: int | None = None
    search: str = ""
    kind: str = ""
    state: str = ""
    department: str = ""
    group: str = ""
    look: str = ""
    sort: str = ""
    descending: bool = False


def save_pledge(
    session: Session, round_id: int, draft: PledgeDraft, pledge_id: int | None = None, person: str = ""
) -> int:
    """Write a pledge down (提诺), or change one that is still a draft, and return its id.

    Raises:
        DomainError: no item, an item without text, nobody to pledge, the pledger has one in this round already, a day
            to come, or the pledge is reviewed (see `change_pledge`).
    """
    record = None if pledge_id is None else stored_pledge(session, pledge_id)
    if record is not None and record.state is not State.DRAFT:
        raise DomainError(f"{record.name}的承诺已是“{record.state.label}”，不能直接修改；要改动请用“变更承诺”。")
    problems = item_problems(draft.items) + _pledger_problems(session, round_id, draft, pledge_id)
    year = stored_round(session, round_id).year
    proposed = draft.proposed_on or min(today(), date(year, 12, 31))
    if proposed > today():
        problems.append(Problem("提诺日期还没有到，请核对。", "proposed_on"))
    if problems:
        raise DomainError(*problems)
    pledger = _pledger_values(session, draft)
    if record is None:
        record = PledgeRecord(round_id=round_id, proposed_on=proposed, version=1, state=State.DRAFT)
        add_event(record, EventKind.PROPOSED, State.DRAFT, proposed, person)
    elif draft.proposed_on is not None and draft.proposed_on != record.proposed_on:
        _move_proposal(record, draft.proposed_on)
    put_words(record, draft.items, draft.preamble)
    assign(record, {**pledger, "show_photo": draft.show_photo, "remarks": clean_text(draft.remarks).strip()})
    session.add(record)
    session.flush()
    return record.id


def note_pledge(session: Session, pledge_id: int, *, signed_on: date | None, show_photo: bool, remarks: str) -> None:
    """Store what may be noted in any state: the day the 承诺书 was signed, photo on the poster, remarks.

    Raises:
        DomainError: signed before it was proposed or on a day to come.
    """
    record = stored_pledge(session, pledge_id)
    if signed_on is not None and signed_on > today():
        raise DomainError(Problem("签字日期还没有到，请核对。", "signed_on"))
    if signed_on is not None and signed_on < record.proposed_on:
        raise DomainError(Problem("签字日期早于提诺日期，请核对。", "signed_on"))
    assign(record, {"signed_on": signed_on, "show_photo": show_photo, "remarks": clean_text(remarks).strip()})


def sign_pledges(session: Session, pledge_ids: Sequence[int], on: date) -> int:
    """Note that these 承诺书 were signed on a day, all or none, and return how many.

    Raises:
        DomainError: signed before it was proposed or on a day to come.
    """
    for pledge_id in pledge_ids:
        record = stored_pledge(session, pledge_id)
        note_pledge(session, pledge_id, signed_on=on, show_photo=record.show_photo, remarks=record.remarks)
    return len(pledge_ids)


def bin_pledges(session: Session, pledge_ids: Iterable[int]) -> int:
    """Move pledges to the recycle bin and return how many; what was once shown is better withdrawn (撤回)."""
    count = 0
    for pledge_id in pledge_ids:
        put_in_bin(stored_pledge(session, pledge_id))
        count += 1
    return count


def get_pledge(session: Session, pledge_id: int) -> PledgeDetail:
    """One pledge, whole.

    Raises:
        DomainError: it is gone.
    """
    return as_detail(session, [stored_pledge(session, pledge_id)])[0]


def get_pledges(session: Session, pledge_ids: Sequence[int]) -> list[PledgeDetail]:
    """These pledges, whole, in their order; those that are gone are left out."""
    found = {record.id: record for record in session.scalars(_whole().where(PledgeRecord.id.in_(pledge_ids))).unique()}
    return as_detail(session, [found[i] for i in pledge_ids if i in found])


def pledges_of(session: Session, round_id: int) -> list[PledgeDetail]:
    """All pledges of a round: the branch first, then its committee, then members by group and name."""
    return get_pledges(session, list_pledge_ids(session, PledgeQuery(round_id)))


def list_pledge_ids(session: Session, query: PledgeQuery) -> list[int]:
    """The ids of those a query finds, in its order."""
    statement = _whole().outerjoin(Member, Member.id == PledgeRecord.member_id).where(*_conditions(query))
    ordinal = {kind: number for number, kind in enumerate(PledgerKind)}
    found = list(session.execute(statement.add_columns(Member.name_key, Member.group_id)).unique())
    found.sort(key=lambda line: (ordinal[line[0].kind], line[2] or 1 << 30, line[1] or "", line[0].id))
    day = today()
    rows = [(as_row(record, day), name_key or "") for record, name_key, _ in found]
    rows = [pair for pair in rows if _fits(pair[0], query.look)]
    if query.sort == "name":
        rows.sort(key=lambda pair: pair[1], reverse=query.descending)
    elif key := _SORTS.get(query.sort):
        rows.sort(key=lambda pair: key(pair[0]), reverse=query.descending)
    return [row.id for row, _ in rows]


def list_pledge_rows(session: Session, ids: Sequence[int], day: date | None = None) -> list[PledgeRow]:
    """List lines for the given ids, in their order; overdue as of `day` (today)."""
    day = day or today()
    found = {record.id: record for record in session.scalars(_whole().where(PledgeRecord.id.in_(ids))).unique()}
    return [as_row(found[i], day) for i in ids if i in found]


def draft_hints(draft: PledgeDraft, year: int) -> list[str]:
    """What a draft might have forgotten: sentences that warn and never block."""
    found = []
    for number, item in enumerate(draft.items, 1):
        if item.deadline is None:
            found.append(f"第{number}项没有完成时限。")
        elif item.deadline.year != year:
            found.append(f"第{number}项的完成时限不在{year}年内，请核对。")
        elif draft.proposed_on and item.deadline < draft.proposed_on:
            found.append(f"第{number}项的完成时限早于提诺日期，请核对。")
        if not one_line(item.measure):
            found.append(f"第{number}项没有写践诺措施。")
    texts = [one_line(item.text) for item in draft.items]
    if len(set(texts)) < len(texts):
        found.append("有两项承诺的内容相同。")
    return found


def stored_pledge(session: Session, pledge_id: int) -> PledgeRecord:
    """The mapped pledge.

    Raises:
        DomainError: it is gone or in the bin.
    """
    record = session.get(PledgeRecord, pledge_id)
    if record is None or record.deleted_at is not None:
        raise DomainError("这份承诺已经不在了，可能在回收站。")
    return record


def add_event(
    record: PledgeRecord, kind: EventKind, after: State, on: date, person: str = "", remark: str = ""
) -> None:
    """Write a line of a pledge's history and bring the pledge into the state `after`."""
    before = record.state if record.events else None
    record.events.append(
        EventRecord(
            kind=kind,
            before=before,
            after=after,
            on_day=on,
            person=one_line(person),
            remark=clean_text(remark).strip(),
            version=record.version,
            recorded_at=now(),
        )
    )
    if record.state is not after:
        record.state = after


def item_problems(items: Sequence[ItemDraft]) -> list[Problem]:
    """A pledge without items, or an item without words."""
    if not items:
        return [Problem("请至少写一项承诺事项。", "items")]
    return [
        Problem(f"第{number}项没有写承诺内容。", "items")
        for number, item in enumerate(items, 1)
        if not clean_text(item.text).strip()
    ]


def put_words(record: PledgeRecord, items: Sequence[ItemDraft], preamble: str) -> None:
    """Give a pledge these items in this order; an item that goes stays retired where deeds belong to it."""
    known = {item.id: item for item in record.items if item.retired_in is None}
    served = {deed.item_id for deed in record.deeds}
    assign(record, {"preamble": clean_text(preamble).strip()})
    kept = {draft.id for draft in items if draft.id is not None}
    for item_id, item in known.items():
        if item_id not in kept and item_id in served:
            item.retired_in = record.version
        elif item_id not in kept:
            record.items.remove(item)
    for ordinal, draft in enumerate(items):
        place = known.get(draft.id) if draft.id is not None else None
        if place is None:
            place = ItemRecord()
            record.items.append(place)
        values: dict[str, object] = {
            "ordinal": ordinal,
            "text": clean_text(draft.text).strip(),
            "category": draft.category,
            "measure": clean_text(draft.measure).strip(),
            "deadline": draft.deadline,
            "responsible": one_line(draft.responsible),
        }
        assign(place, values)


def _pledger_problems(session: Session, round_id: int, draft: PledgeDraft, pledge_id: int | None) -> list[Problem]:
    if (draft.kind is PledgerKind.BRANCH) != (draft.member_id is None):
        return [Problem("党支部的承诺不选人，班子成员和党员的承诺要选人。", "member_id")]
    taken = session.scalar(
        select(PledgeRecord).where(
            PledgeRecord.round_id == round_id, PledgeRecord.pledger == pledger_key(draft.kind, draft.member_id)
        )
    )
    if taken is not None and taken.id != pledge_id:
        return [Problem(f"{taken.name}在本年度已经有一份{draft.kind.label}承诺，请打开那一份修改。", "member_id")]
    if draft.member_id is not None and session.get(Member, draft.member_id) is None:
        return [Problem("这个人已经不在花名册里了。", "member_id")]
    return []


def _pledger_values(session: Session, draft: PledgeDraft) -> dict[str, object]:
    """The pledger's name and place as they are now: the paper of a year keeps them."""
    values: dict[str, object] = {
        "kind": draft.kind,
        "member_id": draft.member_id,
        "pledger": pledger_key(draft.kind, draft.member_id),
    }
    if draft.member_id is None:
        values["name"] = get_branch(session).name or "党支部"
    else:
        member = session.get_one(Member, draft.member_id)
        posts = "、".join(post.label for post in current_posts(session, today()).get(member.id, ()))
        values |= {
            "name": member.name,
            "department": member.department.name if member.department else "",
            "group": member.group.name if member.group else "",
            "post": posts or member.post,
        }
    return values


def _move_proposal(record: PledgeRecord, on: date) -> None:
    record.proposed_on = on
    kinds = (EventKind.PROPOSED, EventKind.CHANGED)
    latest = next((event for event in reversed(record.events) if event.kind in kinds), None)
    if latest is not None:
        latest.on_day = on


def _whole() -> Any:
    return select(PledgeRecord).options(
        selectinload(PledgeRecord.items),
        selectinload(PledgeRecord.deeds),
        selectinload(PledgeRecord.events),
        selectinload(PledgeRecord.versions),
        selectinload(PledgeRecord.papers),
        selectinload(PledgeRecord.appraisal),
    )


def _conditions(query: PledgeQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.round_id is not None:
        found.append(PledgeRecord.round_id == query.round_id)
    if query.kind:
        found.append(PledgeRecord.kind == PledgerKind(query.kind))
    if query.state:
        found.append(PledgeRecord.state == State(query.state))
    if query.department:
        found.append(PledgeRecord.department == query.department)
    if query.group:
        found.append(PledgeRecord.group == query.group)
    found += [_matching(word) for word in query.search.split()]
    return found


def _matching(word: str) -> ColumnElement[bool]:
    """Name, pinyin, department, or the words of an item or deed contain `word` (taken literally)."""
    plain = word.casefold()
    columns = (PledgeRecord.name, PledgeRecord.department, PledgeRecord.group, PledgeRecord.post, PledgeRecord.remarks)
    conditions: list[ColumnElement[bool]] = [column.contains(word, autoescape=True) for column in columns]
    for mapped, column in (
        (ItemRecord, ItemRecord.text),
        (DeedRecord, DeedRecord.text),
        (AppraisalRecord, AppraisalRecord.comment),
    ):
        conditions.append(PledgeRecord.id.in_(select(mapped.pledge_id).where(column.contains(word, autoescape=True))))
    if plain.isascii():
        conditions.append(Member.initials.startswith(plain, autoescape=True))
        conditions.append(Member.name_key.startswith(plain, autoescape=True))
    return or_(*conditions)


def _fits(row: PledgeRow, look: str) -> bool:
    """Whether a row is one of those looked for: past a deadline, without deeds, unsigned, changed since review."""
    return {
        "overdue": row.overdue > 0,
        "no_deed": row.deeds == 0 and row.state in (State.PUBLISHED, State.FULFILLING),
        "unsigned": row.signed_on is None and row.state is not State.WITHDRAWN,
        "changed": row.version > 1,
    }.get(look, True)


_FAR = date.max - timedelta(days=1)
_STATE_ORDER = {state: number for number, state in enumerate(State)}
_SORTS: dict[str, Any] = {
    "department": lambda row: row.department,
    "group": lambda row: row.group,
    "kind": lambda row: list(PledgerKind).index(row.kind),
    "state": lambda row: _STATE_ORDER[row.state],
    "version": lambda row: row.version,
    "items": lambda row: row.items,
    "progress": lambda row: (row.done / max(row.items, 1), row.done),
    "overdue": lambda row: row.overdue,
    "deeds": lambda row: row.deeds,
    "last_deed": lambda row: row.last_deed or date.min,
    "next_due": lambda row: row.next_due or _FAR,
    "proposed_on": lambda row: row.proposed_on,
    "reviewed_on": lambda row: row.reviewed_on or _FAR,
    "published_from": lambda row: row.published_from or _FAR,
    "signed_on": lambda row: row.signed_on or _FAR,
    "grade": lambda row: row.grade,
}
