"""Use cases of meetings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import now
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.features.meetings.domain import (
    AgendaItem,
    Attendance,
    Attendees,
    FixedAction,
    Guest,
    MeetingDetail,
    MeetingDraft,
    MeetingId,
    MeetingRow,
    Stage,
    Vote,
    contradictions,
    kind_label,
    tally,
)
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.make_up_service import MAKE_UP_DAYS, owe_make_ups
from partyroom.features.meetings.minutes_service import enter_history, keep_version, refuse_finalised, stored_meeting
from partyroom.features.meetings.resolution_service import keep_resolutions, resolutions_of
from partyroom.features.meetings.search import index_meeting, matching, phrases
from partyroom.features.meetings.tables import (
    AgendaRecord,
    AttendanceRecord,
    FixedActionRecord,
    GuestRecord,
    Meeting,
    ResolutionRecord,
    VoteRecord,
)
from partyroom.features.members.domain import Category, category_on, is_voter
from partyroom.features.members.service import members_on
from partyroom.features.members.tables import Member
from partyroom.features.organisation.tables import GroupRecord
from partyroom.storage.recycle import put_in_bin


@dataclass(frozen=True, slots=True)
class MeetingQuery:
    """What the list of meetings asks for."""

    search: str = ""
    kind: str = ""
    year: str = ""
    stage: str = ""
    sort: str = "starts_at"
    descending: bool = True


def record_meeting(session: Session, draft: MeetingDraft, make_up_days: int = MAKE_UP_DAYS) -> MeetingId:
    """Store a new meeting; one that was held gets the next 纪要 number of its year.

    Its absentees owe a make-up lesson within `make_up_days` days if its kind asks for it (see `owe_make_ups`).

    Raises:
        DomainError: no title, an unknown kind, or a contradiction in the data (see `contradictions`).
    """
    _refuse_bad(session, draft)
    meeting = Meeting(
        kind=draft.kind,
        title="",
        starts_at=draft.starts_at,
        recorded_at=now(),
        stage=draft.stage,
        number=_next_number(session, draft.starts_at.year) if draft.stage is Stage.HELD else 0,
    )
    session.add(meeting)
    _fill(meeting, draft)
    keep_resolutions(session, meeting, draft.resolutions)
    keep_version(meeting)
    index_meeting(session, meeting)
    owe_make_ups(session, meeting, make_up_days)
    return MeetingId(meeting.id)


def update_meeting(session: Session, meeting_id: int, draft: MeetingDraft, make_up_days: int = MAKE_UP_DAYS) -> None:
    """Replace the content of a meeting.

    Held at last or moved into another year it takes that year's next number; a plan that comes true counts as written
    down when that is recorded.

    Raises:
        DomainError: as for `record_meeting`, the meeting is no longer there, is finalised, was held and should be
            planned again, or a resolution is left out that was followed up.
    """
    meeting = _meeting(session, meeting_id)
    refuse_finalised(meeting)
    enter_history(meeting)
    day_before = meeting.starts_at.date()
    _refuse_bad(session, draft)
    if meeting.stage is Stage.HELD and draft.stage is not Stage.HELD:
        raise DomainError("已经召开的会议不能改回计划或取消。")
    if draft.stage is Stage.HELD and (
        meeting.stage is not Stage.HELD or meeting.starts_at.year != draft.starts_at.year
    ):
        meeting.number = _next_number(session, draft.starts_at.year)
    if meeting.stage is not draft.stage:
        meeting.stage, meeting.recorded_at, meeting.cancel_reason = draft.stage, now(), ""
    _fill(meeting, draft)
    keep_resolutions(session, meeting, draft.resolutions)
    keep_version(meeting)
    index_meeting(session, meeting)
    owe_make_ups(session, meeting, make_up_days, meeting.starts_at.date() - day_before)


def bin_meetings(session: Session, meeting_ids: Iterable[int]) -> int:
    """Move meetings to the recycle bin and return how many.

    Raises:
        DomainError: one of them is no longer there or is finalised.
    """
    count = 0
    for meeting_id in meeting_ids:
        meeting = _meeting(session, meeting_id)
        refuse_finalised(meeting)
        put_in_bin(meeting)
        count += 1
    return count


def get_meeting(session: Session, meeting_id: int) -> MeetingDetail:
    """One stored meeting, whole.

    Raises:
        DomainError: there is no such meeting (any more).
    """
    meeting = _meeting(session, meeting_id)
    # A group in the recycle bin still held its old meetings.
    kept = {"include_deleted": True}
    group = session.get(GroupRecord, meeting.group_id, execution_options=kept) if meeting.group_id else None
    return MeetingDetail(
        id=MeetingId(meeting.id),
        draft=_draft_of(meeting),
        number=meeting.number,
        group=group.name if group else "",
        recorded_at=meeting.recorded_at,
        kinds=kinds_of(session),
        cancel_reason=meeting.cancel_reason,
        finalised_at=meeting.finalised_at,
        reopen_reason=meeting.reopen_reason,
    )


def meeting_ids_between(session: Session, first: date, last: date) -> list[int]:
    """Meetings held from the day `first` to the day `last`, both included, in order of time."""
    start, end = datetime.combine(first, time.min), datetime.combine(last, time.max)
    return list(
        session.scalars(
            select(Meeting.id)
            .where(Meeting.starts_at.between(start, end), Meeting.stage == Stage.HELD)
            .order_by(Meeting.starts_at, Meeting.id)
        )
    )


def list_meeting_ids(session: Session, query: MeetingQuery) -> list[int]:
    """The ids of the meetings a query finds, in its order."""
    statement = select(Meeting.id).where(Meeting.deleted_at.is_(None), *_conditions(query))
    column = _SORTS.get(query.sort, Meeting.starts_at)
    order: list[ColumnElement[Any]] = [column.desc() if query.descending else column.asc()]
    if column is not Meeting.starts_at:  # named twice it would keep SQLite from reading the order from its index
        order.append(Meeting.starts_at.desc())
    # One row with all ids comes several times faster than a row for each: a search may find every meeting there is.
    found = statement.order_by(*order, Meeting.id.desc()).subquery()
    joined = session.scalar(select(func.group_concat(found.c.id)))
    return [int(number) for number in joined.split(",")] if joined else []


def list_rows(session: Session, ids: Sequence[int]) -> list[MeetingRow]:
    """List lines for the given ids, in their order."""
    kinds = kinds_of(session)
    found = {m.id: m for m in session.scalars(select(Meeting).where(Meeting.id.in_(ids)))}
    counts = _tallies(session, ids)
    votes = _count_by_meeting(session, VoteRecord, ids)
    resolutions = _count_by_meeting(session, ResolutionRecord, ids)
    return [
        MeetingRow(
            id=i,
            kind=kind_label(found[i].kind, kinds),
            also="、".join(kind_label(code, kinds) for code in found[i].also),
            title=found[i].title,
            starts_at=found[i].starts_at,
            place=found[i].place,
            chair=found[i].chair,
            expected=counts.get(i, (0, 0))[0],
            present=counts.get(i, (0, 0))[1],
            votes=votes.get(i, 0),
            resolutions=resolutions.get(i, 0),
            minutes_length=len(found[i].minutes),
            kind_code=found[i].kind,
            also_codes=tuple(found[i].also),
            stage=found[i].stage,
            cancel_reason=found[i].cancel_reason,
            finalised=found[i].finalised_at is not None,
        )
        for i in ids
        if i in found
    ]


def meeting_years(session: Session) -> list[str]:
    """The years that have meetings, latest first."""
    moments = session.scalars(select(Meeting.starts_at))
    return sorted({str(moment.year) for moment in moments}, reverse=True)


def expected_attendance(session: Session, kind: str, day: date, group_id: int | None = None) -> tuple[Attendance, ...]:
    """The prefilled attendance of a meeting: who should attend on `day` by the kind's rule (支部工作条例 Arts 11–13).

    Probationary members attend without a vote (ZB-35); 留党察看 suspends the vote (ZB-36); of a committee meeting only
    the holders of committee posts are expected, of a group meeting only the group.
    """
    rule = kinds_of(session)[kind].attendees
    group = session.get(GroupRecord, group_id) if group_id else None
    lines = []
    for member in members_on(session, day):
        if rule is Attendees.COMMITTEE and not any(post.on_committee for post in member.posts):
            continue
        if rule is Attendees.GROUP and group_id and (group is None or member.draft.group != group.name):
            continue
        lines.append(
            Attendance(
                member_id=member.id,
                name=member.draft.name,
                votes=is_voter(member.draft, day),
                full=category_on(member.draft, day) is Category.FULL,
                department=member.draft.department,
                group=member.draft.group,
            )
        )
    return tuple(lines)


def _fill(meeting: Meeting, draft: MeetingDraft) -> None:
    for key in ("title", "place", "chair", "recorder"):
        _set(meeting, key, one_line(getattr(draft, key)))
    for key in ("kind", "starts_at", "ends_at", "group_id"):
        _set(meeting, key, getattr(draft, key))
    _set(meeting, "also", [code for code in draft.also if code != draft.kind])
    _set(meeting, "topic", clean_text(draft.topic).strip())
    _set(meeting, "minutes", clean_text(draft.minutes).rstrip())
    _replace_attendance(meeting, draft.attendance)
    if _guests_of(meeting) != draft.guests:
        meeting.guests[:] = [GuestRecord(name=one_line(g.name), unit=one_line(g.unit)) for g in draft.guests]
    if _agenda_of(meeting) != draft.agenda:
        meeting.agenda[:] = [AgendaRecord(title=one_line(a.title), speaker=one_line(a.speaker)) for a in draft.agenda]
    if _votes_of(meeting) != draft.votes:
        meeting.votes[:] = [
            VoteRecord(
                matter=one_line(v.matter),
                rule=v.rule,
                method=v.method,
                should=v.should,
                present=v.present,
                yes=v.yes,
                no=v.no,
                abstain=v.abstain,
            )
            for v in draft.votes
        ]
    if _actions_of(meeting) != draft.actions:
        meeting.actions[:] = [FixedActionRecord(name=one_line(a.name), done_at=a.done_at) for a in draft.actions]


def _set(meeting: Meeting, key: str, value: object) -> None:
    if getattr(meeting, key) != value:
        setattr(meeting, key, value)


def _replace_attendance(meeting: Meeting, lines: Sequence[Attendance]) -> None:
    """Keep the rows of people who stay, so that the change log tells who was marked differently."""
    present = {record.member_id: record for record in meeting.attendance}
    wanted: list[AttendanceRecord] = []
    for line in lines:
        record = present.get(line.member_id) or AttendanceRecord(member_id=line.member_id)
        for key in ("name", "state", "reason", "expected", "votes", "full", "excluded", "department"):
            value = getattr(line, key)
            if getattr(record, key) != value:
                setattr(record, key, one_line(value) if type(value) is str else value)
        wanted.append(record)
    if wanted != list(meeting.attendance):
        meeting.attendance[:] = wanted


def _draft_of(meeting: Meeting) -> MeetingDraft:
    return MeetingDraft(
        kind=meeting.kind,
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        also=tuple(meeting.also),
        place=meeting.place,
        chair=meeting.chair,
        recorder=meeting.recorder,
        topic=meeting.topic,
        group_id=meeting.group_id,
        attendance=tuple(
            Attendance(
                member_id=r.member_id,
                name=r.name,
                state=r.state,
                reason=r.reason,
                expected=r.expected,
                votes=r.votes,
                full=r.full,
                excluded=r.excluded,
                department=r.department,
            )
            for r in meeting.attendance
        ),
        guests=_guests_of(meeting),
        agenda=_agenda_of(meeting),
        minutes=meeting.minutes,
        votes=_votes_of(meeting),
        resolutions=resolutions_of(meeting),
        actions=_actions_of(meeting),
        stage=meeting.stage,
    )


def _guests_of(meeting: Meeting) -> tuple[Guest, ...]:
    return tuple(Guest(r.name, r.unit) for r in meeting.guests)


def _agenda_of(meeting: Meeting) -> tuple[AgendaItem, ...]:
    return tuple(AgendaItem(r.title, r.speaker) for r in meeting.agenda)


def _actions_of(meeting: Meeting) -> tuple[FixedAction, ...]:
    return tuple(FixedAction(a.name, a.done_at) for a in meeting.actions)


def _votes_of(meeting: Meeting) -> tuple[Vote, ...]:
    return tuple(Vote(r.matter, r.rule, r.method, r.should, r.present, r.yes, r.no, r.abstain) for r in meeting.votes)


def _refuse_bad(session: Session, draft: MeetingDraft) -> None:
    problems = [Problem(text, field) for field, text in contradictions(draft)]
    if not one_line(draft.title):
        problems.insert(0, Problem("请填写会议名称。", "title"))
    if draft.kind not in kinds_of(session):
        problems.insert(0, Problem("请选择会议类型。", "kind"))
    wanted = {line.member_id for line in draft.attendance}
    known = set(session.scalars(select(Member.id).where(Member.id.in_(wanted))))
    problems += [
        Problem(f"“{line.name}”不在花名册里，不能列入考勤。", "attendance")
        for line in draft.attendance
        if line.member_id not in known and not _was_known(session, line.member_id)
    ]
    if problems:
        raise DomainError(*problems)


def _was_known(session: Session, member_id: int) -> bool:
    """Whether the person lies in the recycle bin: an old record keeps its attendance."""
    return session.get(Member, member_id, execution_options={"include_deleted": True}) is not None


def _next_number(session: Session, year: int) -> int:
    start, end = datetime(year, 1, 1), datetime(year + 1, 1, 1)  # noqa: DTZ001
    statement = select(func.coalesce(func.max(Meeting.number), 0)).where(
        Meeting.starts_at >= start, Meeting.starts_at < end
    )
    return int(session.scalar(statement, execution_options={"include_deleted": True}) or 0) + 1


def _meeting(session: Session, meeting_id: int) -> Meeting:
    return stored_meeting(session, meeting_id)


def _tallies(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    records = session.scalars(select(AttendanceRecord).where(AttendanceRecord.meeting_id.in_(ids)))
    by_meeting: dict[int, list[Attendance]] = {}
    for r in records:
        line = Attendance(r.member_id, r.name, r.state, expected=r.expected, excluded=r.excluded)
        by_meeting.setdefault(r.meeting_id, []).append(line)
    return {i: (counts.expected, counts.present) for i, lines in by_meeting.items() if (counts := tally(lines))}


def _count_by_meeting(
    session: Session, kind: type[VoteRecord | ResolutionRecord], ids: Sequence[int]
) -> dict[int, int]:
    rows = session.execute(
        select(kind.meeting_id, func.count()).where(kind.meeting_id.in_(ids)).group_by(kind.meeting_id)
    )
    return dict(rows.all())


_SORTS = {
    "starts_at": Meeting.starts_at,
    "when": Meeting.starts_at,
    "kind": Meeting.kind,
    "title": Meeting.title,
    "place": Meeting.place,
    "chair": Meeting.chair,
}


def _conditions(query: MeetingQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if phrases(query.search):
        found.append(matching(query.search))
    if query.kind:
        # 一会两用: a meeting also counts under its other kinds; they are stored as a JSON list of codes.
        tagged = func.instr(Meeting.also, f'"{query.kind}"') > 0
        found.append(or_(Meeting.kind == query.kind, tagged))
    if query.stage:
        found.append(Meeting.stage == Stage(query.stage))
    if query.year:
        year = int(query.year)
        start, end = datetime(year, 1, 1), datetime(year + 1, 1, 1)  # noqa: DTZ001
        found.append(and_(Meeting.starts_at >= start, Meeting.starts_at < end))
    return found
