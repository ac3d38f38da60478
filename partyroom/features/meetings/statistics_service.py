"""Reading attendance over a period, and what was held in a year. Planned and cancelled meetings never count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from partyroom.features.meetings.attendance_rates import AttendanceRates, Counts, Mark, PersonRates, by_month, count
from partyroom.features.meetings.domain import Stage, State
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.tables import AttendanceRecord, Meeting
from partyroom.features.meetings.year_summary import HeldMeeting, Terms, YearSummary, summarise
from partyroom.features.members.tables import Member
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch, list_groups, list_terms
from partyroom.features.organisation.tables import GroupRecord

_WHOLE = {"include_deleted": True}


@dataclass(frozen=True, slots=True)
class RatesQuery:
    """A period, both days included, and the codes of the kinds that count (none: all)."""

    first: date
    last: date
    kinds: tuple[str, ...] = ()


def attendance_rates(session: Session, query: RatesQuery) -> AttendanceRates:
    """Everybody's attendance in a period, in order of names, and the months'.

    A meeting of two kinds (一会两用) is counted once when either is asked for. Who left the roster meanwhile stays in
    the figures of the meetings he was expected at; group and department are those of today.
    """
    held = _held(session, query)
    days = dict(held)
    marks = [Mark(meeting, days[meeting], member, state) for meeting, member, state in _lines(session, days)]
    states: dict[int, list[State]] = {}
    for mark in marks:
        states.setdefault(mark.member_id, []).append(mark.state)
    return AttendanceRates(
        people=tuple(
            PersonRates(
                id=member.id,
                name=member.name,
                group=member.group.name if member.group else "",
                department=member.department.name if member.department else "",
                counts=count(states[member.id]),
            )
            for member in _members(session, states)
        ),
        months=by_month(marks, held),
        meetings=len(held),
        total=count(mark.state for mark in marks),
    )


def year_summary(session: Session, year: int, as_of: date) -> tuple[YearSummary, Branch]:
    """三会一课开展情况 of a year as it stands on `as_of`, with the branch that reports it."""
    branch = get_branch(session)
    meetings = _meetings_of_year(session, year)
    terms = [term.started for term in list_terms(session)]
    conditions = Terms(
        founded=branch.founded.first_day if branch.founded else None,
        committee_since=min(terms, default=None),
        groups=tuple((group.id, group.name) for group in list_groups(session)),
    )
    return summarise(year, as_of, tuple(kinds_of(session).values()), meetings, conditions), branch


def years_held(session: Session) -> list[int]:
    """The years in which meetings were held, latest first."""
    moments = session.scalars(select(Meeting.starts_at).where(Meeting.stage == Stage.HELD))
    return sorted({moment.year for moment in moments}, reverse=True)


def _held(session: Session, query: RatesQuery) -> list[tuple[int, date]]:
    start, end = datetime.combine(query.first, time.min), datetime.combine(query.last, time.max)
    statement = select(Meeting).where(Meeting.stage == Stage.HELD, Meeting.starts_at.between(start, end))
    if query.kinds:
        statement = statement.where(or_(*map(_is_kind, query.kinds)))
    found = session.scalars(statement.order_by(Meeting.starts_at, Meeting.id))
    return [(meeting.id, meeting.starts_at.date()) for meeting in found]


def _is_kind(code: str) -> ColumnElement[bool]:
    # The further kinds of a meeting are stored as a JSON list of codes.
    return or_(Meeting.kind == code, func.instr(Meeting.also, f'"{code}"') > 0)


def _lines(session: Session, meetings: Iterable[int]) -> list[tuple[int, int, State]]:
    """Meeting, member and state of every line that counts in 应到, as in `domain.tally`; plain rows, for speed."""
    statement = select(AttendanceRecord.meeting_id, AttendanceRecord.member_id, AttendanceRecord.state).where(
        AttendanceRecord.meeting_id.in_(tuple(meetings)),
        AttendanceRecord.expected,
        AttendanceRecord.excluded == "",
        AttendanceRecord.state != State.OBSERVER,
    )
    return [(meeting, member, state) for meeting, member, state in session.execute(statement)]


def _members(session: Session, ids: Iterable[int]) -> Sequence[Member]:
    statement = select(Member).where(Member.id.in_(tuple(ids))).order_by(Member.name_key, Member.id)
    return session.scalars(statement, execution_options=_WHOLE).all()


def _meetings_of_year(session: Session, year: int) -> tuple[HeldMeeting, ...]:
    start, end = datetime(year, 1, 1), datetime(year + 1, 1, 1)  # noqa: DTZ001
    statement = select(Meeting).where(Meeting.stage == Stage.HELD, Meeting.starts_at >= start, Meeting.starts_at < end)
    groups = {g.id: g.name for g in session.scalars(select(GroupRecord), execution_options=_WHOLE)}
    found = session.scalars(statement.order_by(Meeting.starts_at, Meeting.id)).all()
    states: dict[int, list[State]] = {meeting.id: [] for meeting in found}
    for meeting_id, _, state in _lines(session, states):
        states[meeting_id].append(state)
    return tuple(_held_meeting(meeting, count(states[meeting.id]), groups) for meeting in found)


def _held_meeting(meeting: Meeting, counts: Counts, groups: dict[int, str]) -> HeldMeeting:
    return HeldMeeting(
        codes=(meeting.kind, *meeting.also),
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        chair=meeting.chair,
        recorder=meeting.recorder,
        expected=counts.expected,
        present=counts.here,
        group_id=meeting.group_id,
        group=groups.get(meeting.group_id or 0, ""),
    )
