"""Use cases of the roster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, or_, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.identity import Sex, check_identity
from partyroom.core.names import initials, normalise_name, sort_key
from partyroom.core.text import clean_text, one_line
from partyroom.features.members.domain import (
    FIELDS_BY_KEY,
    MEMBER_FIELDS,
    Category,
    Employment,
    FieldKind,
    MemberDetail,
    MemberDraft,
    MemberId,
    MemberRow,
    PostKind,
    Standing,
    category_on,
    gaps,
    is_here,
    member_age,
    member_party_years,
)
from partyroom.features.members.tables import Member, Post
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import department_named, group_named, open_term, save_branch, term_on
from partyroom.features.organisation.tables import DepartmentRecord, GroupRecord
from partyroom.storage.recycle import put_in_bin
from partyroom.storage.work import recorder_of


@dataclass(frozen=True, slots=True)
class RosterQuery:
    """What the roster list asks for: a search text, filters by field, an order."""

    search: str = ""
    category: str = ""
    group: str = ""
    department: str = ""
    standing: str = "here"
    complete: str = ""
    sort: str = "name"
    descending: bool = False


def admit_member(session: Session, draft: MemberDraft) -> MemberId:
    """Put a new person on the roster.

    Raises:
        DomainError: no name, or somebody with the same valid ID number is there already.
    """
    _refuse_bad(session, draft, None)
    member = Member()
    _fill(session, member, draft)
    session.add(member)
    session.flush()
    return MemberId(member.id)


def update_member(session: Session, member_id: int, draft: MemberDraft) -> None:
    """Replace the record of one person.

    Raises:
        DomainError: no name, the ID number belongs to somebody else, or the person is no longer there.
    """
    member = _member(session, member_id)
    _refuse_bad(session, draft, member_id)
    _fill(session, member, draft)


def get_member(session: Session, member_id: int) -> MemberDetail:
    """The full record of one person.

    Raises:
        DomainError: the person is not on the roster (any more).
    """
    member = _member(session, member_id)
    posts = current_posts(session, today()).get(member.id, ())
    return MemberDetail(MemberId(member.id), draft_of(member), posts)


def bin_members(session: Session, member_ids: Iterable[int]) -> int:
    """Move people to the recycle bin and return how many."""
    count = 0
    for member_id in member_ids:
        put_in_bin(_member(session, member_id))
        count += 1
    return count


def note_revealed(session: Session, what: str) -> None:
    """Write down in the change log that sensitive numbers were shown or handed out."""
    recorder_of(session).note(session, "members", 0, what)


def all_details(session: Session) -> list[MemberDetail]:
    """Everybody on the roster, by name."""
    posts = current_posts(session, today())
    members = session.scalars(select(Member).order_by(Member.name_key, Member.id)).all()
    return [MemberDetail(MemberId(m.id), draft_of(m), posts.get(m.id, ())) for m in members]


def list_member_ids(session: Session, query: RosterQuery) -> list[int]:
    """The ids of those a query finds, in its order."""
    statement = select(Member.id).outerjoin(Member.department).outerjoin(Member.group)
    for condition in _conditions(query):
        statement = statement.where(condition)
    column = _SORTS.get(query.sort, Member.name_key)
    # An age grows as its date gets older.
    descending = query.descending != (query.sort in ("age", "party_years"))
    order = column.desc() if descending else column.asc()
    return list(session.scalars(statement.order_by(order.nulls_last(), Member.name_key, Member.id)))


def list_rows(session: Session, ids: Sequence[int], day: date | None = None) -> list[MemberRow]:
    """List lines for the given ids, in their order; ages and 党龄 as of `day` (today)."""
    day = day or today()
    posts = current_posts(session, day)
    found = {member.id: member for member in session.scalars(select(Member).where(Member.id.in_(ids))).unique()}
    return [_row(found[i], posts.get(i, ()), day) for i in ids if i in found]


def members_on(session: Session, day: date) -> list[MemberDetail]:
    """Who belonged to the branch as full or probationary member on `day`, in group and name order."""
    members = session.scalars(
        select(Member)
        .where(or_(Member.category.in_([Category.FULL, Category.PROBATIONARY]), Member.category.is_(None)))
        .order_by(Member.group_id.nulls_last(), Member.name_key, Member.id)
    ).all()
    posts = current_posts(session, day)
    return [
        MemberDetail(MemberId(m.id), draft, posts.get(m.id, ()))
        for m in members
        if is_here(draft := draft_of(m), day) and (category := category_on(draft, day)) and category.in_party
    ]


def current_posts(session: Session, day: date) -> dict[int, tuple[PostKind, ...]]:
    """The posts each member held on `day`: those of the running committee term and of group leaders.

    On the day on which a post passes to somebody else it is the successor's already.
    """
    term = term_on(session, day)
    running = and_(Post.started <= day, or_(Post.ended.is_(None), Post.ended > day))
    of_term = Post.term_id == (term.id if term else -1)
    posts = session.scalars(
        select(Post).where(running, or_(Post.group_id.is_not(None), of_term)).order_by(Post.kind)
    ).all()
    order = {kind: number for number, kind in enumerate(PostKind)}
    by_member: dict[int, list[PostKind]] = {}
    for post in posts:
        by_member.setdefault(post.member_id, []).append(post.kind)
    return {member: tuple(sorted(kinds, key=order.__getitem__)) for member, kinds in by_member.items()}


@dataclass(frozen=True, slots=True)
class PostHolder:
    """Who holds a post."""

    member_id: int
    name: str
    kind: PostKind


def committee_of(session: Session, term_id: int, day: date | None = None) -> list[PostHolder]:
    """The committee elected in a term, secretary first: as it is now, or as it was on `day`."""
    order = {kind: number for number, kind in enumerate(PostKind)}
    in_office: ColumnElement[bool] = Post.ended.is_(None)
    if day is not None:
        in_office = and_(Post.started <= day, or_(Post.ended.is_(None), Post.ended > day))
    pairs = session.execute(
        select(Post, Member.name).join(Member, Member.id == Post.member_id).where(Post.term_id == term_id, in_office)
    )
    return sorted(
        (PostHolder(post.member_id, name, post.kind) for post, name in pairs),
        key=lambda holder: (order[holder.kind], holder.member_id),
    )


def group_leader(session: Session, group_id: int) -> PostHolder | None:
    """The present leader of a group."""
    found = session.execute(
        select(Post, Member.name)
        .join(Member, Member.id == Post.member_id)
        .where(Post.group_id == group_id, Post.ended.is_(None))
        .order_by(Post.started.desc())
    ).first()
    return None if found is None else PostHolder(found[0].member_id, found[1], found[0].kind)


def appoint_committee(session: Session, term_id: int, started: date, holders: Mapping[PostKind, int]) -> None:
    """Fill the posts of a term: one member per post; who held a post before and no longer does ends today.

    Posts begin on `started`, those taken over from somebody not before the predecessor's end.

    Raises:
        DomainError: the same person is given two posts.
    """
    people = list(holders.values())
    if len(set(people)) != len(people):
        raise DomainError(Problem("同一个人不能同时担任两个支委职务。", "posts"))
    present = {
        post.kind: post for post in session.scalars(select(Post).where(Post.term_id == term_id, Post.ended.is_(None)))
    }
    for kind, post in present.items():
        if holders.get(kind) != post.member_id:
            post.ended = max(today(), post.started)
    for kind, member_id in holders.items():
        if kind not in present or present[kind].member_id != member_id:
            taken_over = present[kind].ended if kind in present else None
            first = max(started, taken_over) if taken_over else started
            session.add(Post(member_id=member_id, kind=kind, term_id=term_id, started=first))


def found_branch(session: Session, branch: Branch, secretary: str, since: date | None) -> None:
    """Begin a branch's records: its own data and, when named, its secretary, in office since the day given.

    Raises:
        DomainError: the branch has no name.
    """
    save_branch(session, branch)
    if not secretary.strip():
        return
    member_id = admit_member(session, MemberDraft(name=secretary, category=Category.FULL))
    if since is not None:
        term_id = open_term(session, "", since)
        appoint_committee(session, term_id, since, {PostKind.SECRETARY: member_id})


def appoint_leader(session: Session, group_id: int, member_id: int | None, started: date) -> None:
    """Make somebody leader of a group from `started` on, ending the former leader's post; None leaves it vacant."""
    for post in session.scalars(select(Post).where(Post.group_id == group_id, Post.ended.is_(None))):
        if post.member_id == member_id:
            return
        post.ended = max(started, post.started)
    if member_id is not None:
        session.add(Post(member_id=member_id, kind=PostKind.GROUP_LEADER, group_id=group_id, started=started))


def draft_of(member: Member) -> MemberDraft:
    """A stored person as a form's values."""
    values: dict[str, Any] = {
        f.key: getattr(member, f.key) for f in MEMBER_FIELDS if f.kind not in (FieldKind.DEPARTMENT, FieldKind.GROUP)
    }
    values["department"] = member.department.name if member.department else ""
    values["group"] = member.group.name if member.group else ""
    return MemberDraft(**values, typed=dict(member.typed))


def _fill(session: Session, member: Member, draft: MemberDraft) -> None:
    # Looked up first: a query in the middle would flush half a record into the change log.
    # As objects, not ids: a department in the recycle bin reads as blank, and leaving it blank keeps the reference.
    _set(member, "department", department_named(session, draft.department))
    _set(member, "group", group_named(session, draft.group))
    for key, value in draft.values().items():
        if key in ("department", "group", "typed"):
            continue
        _set(member, key, _cleaned(FIELDS_BY_KEY[key].kind, value))
    _set(member, "typed", {key: one_line(text) for key, text in draft.typed.items()})
    _set(member, "name_key", sort_key(member.name))
    _set(member, "initials", initials(member.name))


def _set(member: Member, key: str, value: object) -> None:
    """Assign only what differs, so that the change log tells true changes."""
    if getattr(member, key) != value:
        setattr(member, key, value)


def _cleaned(kind: FieldKind, value: object) -> object:
    if kind is FieldKind.NAME:
        return normalise_name(str(value))
    if kind is FieldKind.LONG_TEXT:
        return clean_text(str(value)).strip()
    if kind is FieldKind.IDENTITY:
        checked = check_identity(str(value))
        return checked.normalised if checked.valid else one_line(str(value))
    if isinstance(value, RecordedDate):
        return value if value.readable else RecordedDate(one_line(value.text))
    return one_line(value) if isinstance(value, str) and type(value) is str else value


def _refuse_bad(session: Session, draft: MemberDraft, member_id: int | None) -> None:
    if not normalise_name(draft.name):
        raise DomainError(Problem("请填写姓名。", "name"))
    checked = check_identity(draft.id_number) if draft.id_number else None
    if checked is None or not checked.valid:
        return
    other = session.scalar(select(Member).where(Member.id_number == checked.normalised, Member.id != (member_id or 0)))
    if other is not None:
        raise DomainError(Problem(f"花名册里已有同一身份证号的人：{other.name}。", "id_number"))


def _member(session: Session, member_id: int) -> Member:
    member = session.get(Member, member_id)
    if member is None or member.deleted_at is not None:
        raise DomainError("这个人已经不在花名册里了，可能在回收站。")
    return member


def _row(member: Member, posts: tuple[PostKind, ...], day: date) -> MemberRow:
    draft = draft_of(member)
    return MemberRow(
        id=member.id,
        name=member.name,
        sex=member.sex,
        ethnicity=member.ethnicity,
        birth=member.birth,
        age=member_age(member.birth, day),
        category=member.category,
        standing=member.standing,
        joined=member.joined,
        full_since=member.full_since,
        party_years=member_party_years(member.full_since, member.category, day),
        group=draft.group,
        department=draft.department,
        posts="、".join(post.label for post in posts),
        employment=member.employment,
        post=member.post,
        title=member.title,
        education=member.education,
        id_number=member.id_number,
        phone=member.phone,
        gaps=gaps(draft),
    )


def _ranked(column: Any, enum: type[StrEnum]) -> Any:
    """Order by the place in the list that people know, not by the letters of the stored code."""
    return case({member.value: number for number, member in enumerate(enum)}, value=cast(column, Text))


_SORTS: Mapping[str, Any] = {
    "name": Member.name_key,
    "sex": _ranked(Member.sex, Sex),
    "ethnicity": Member.ethnicity,
    "birth": Member.birth,
    "age": Member.birth,
    "category": _ranked(Member.category, Category),
    "standing": _ranked(Member.standing, Standing),
    "joined": Member.joined,
    "full_since": Member.full_since,
    "party_years": Member.full_since,
    "group": GroupRecord.ordinal,  # 一、二、三 have no order as characters
    "department": DepartmentRecord.ordinal,
    "employment": _ranked(Member.employment, Employment),
    "post": Member.post,
    "title": Member.title,
    "education": Member.education,
    "id_number": Member.id_number,
    "phone": Member.phone,
}


def _conditions(query: RosterQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if text := normalise_name(query.search):
        found.append(_matching(text))
    if query.category == "party":
        found.append(Member.category.in_([Category.FULL, Category.PROBATIONARY]))
    elif query.category == "applying":
        found.append(Member.category.in_([Category.TARGET, Category.ACTIVIST, Category.APPLICANT]))
    elif query.category:
        found.append(Member.category == Category(query.category))
    if query.group:
        found.append(GroupRecord.name == query.group)
    if query.department:
        found.append(DepartmentRecord.name == query.department)
    if query.standing == "here":
        found.append(and_(Member.standing == Standing.ACTIVE, Member.left.is_(None)))
    elif query.standing == "gone":
        found.append(or_(Member.standing != Standing.ACTIVE, Member.left.is_not(None)))
    return found


def _matching(text: str) -> ColumnElement[bool]:
    """Name, pinyin, initials, department, post, phone or ID number contain `text` (taken literally)."""
    plain = text.casefold()
    columns = (
        Member.name,
        Member.post,
        Member.title,
        Member.phone,
        Member.id_number,
        Member.remarks,
        DepartmentRecord.name,
        GroupRecord.name,
    )
    conditions: list[ColumnElement[bool]] = [column.contains(text, autoescape=True) for column in columns]
    if plain.isascii():
        conditions.append(Member.initials.startswith(plain, autoescape=True))
        conditions.append(Member.name_key.startswith(plain.replace(" ", ""), autoescape=True))
    return or_(*conditions)
