"""Use cases of the year plan: preview and write plans, move, cancel, take up again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.calendar import now, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import one_line
from partyroom.features.meetings.domain import Attendees, Kinds, MeetingDraft, MeetingRow, Stage
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.plan import (
    Frequency,
    PlanLine,
    PlannedMeeting,
    PlanRule,
    frequencies,
    lines_as_month_before,
    lines_by_rule,
    with_obstacles,
)
from partyroom.features.meetings.service import list_rows, record_meeting
from partyroom.features.meetings.tables import Meeting
from partyroom.features.members.service import committee_of
from partyroom.features.organisation.service import list_groups, term_on


@dataclass(frozen=True, slots=True)
class YearPlan:
    """All meetings of a year in order of time, and how often meetings were held beside what is asked for."""

    year: int
    rows: tuple[MeetingRow, ...]
    frequencies: tuple[Frequency, ...]
    kinds: Kinds
    groups: tuple[tuple[int, str], ...]
    places: tuple[str, ...]


def year_plan(session: Session, year: int) -> YearPlan:
    """The plan of a year; frequencies are those of today, else of the day of that year nearest to it."""
    rows = list_rows(session, [meeting.id for meeting in _between(session, year, 1, year, 12)])
    day = min(max(today(), date(year, 1, 1)), date(year, 12, 31))
    places = dict.fromkeys(row.place for row in reversed(rows) if row.place)
    return YearPlan(
        year=year,
        rows=tuple(rows),
        frequencies=tuple(frequencies_on(session, day)),
        kinds=kinds_of(session),
        groups=tuple((group.id, group.name) for group in list_groups(session)),
        places=tuple(places),
    )


def frequencies_on(session: Session, day: date) -> list[Frequency]:
    """How often meetings were held in the month, quarter and year of `day`, beside what is asked for."""
    term = term_on(session, day)
    return frequencies(
        kinds_of(session),
        _between(session, day.year, 1, day.year, 12),
        day,
        committee=term is not None and bool(committee_of(session, term.id)),
        groups={group.id: group.name for group in list_groups(session)},
    )


def preview_rule(session: Session, rule: PlanRule) -> list[PlanLine]:
    """The meetings that `rule` gives, each with what stands in its way.

    Raises:
        DomainError: the kind is unknown, a group is missing, or there is no title.
    """
    kind = kinds_of(session).get(rule.kind)
    if kind is None:
        raise DomainError(Problem("请选择会议类型。", "kind"))
    if not one_line(rule.title):
        raise DomainError(Problem("请填写会议名称。", "title"))
    groups = [group.id for group in list_groups(session)]
    if kind.attendees is not Attendees.GROUP or not groups:
        lines = lines_by_rule(replace(rule, group_id=None))
    elif rule.group_id is None:
        raise DomainError(Problem("请选择党小组。", "group_id"))
    else:
        lines = lines_by_rule(rule)
    return with_obstacles(lines, _between(session, rule.year, 1, rule.year, 12), now())


def preview_month(session: Session, year: int, month: int) -> list[PlanLine]:
    """The meetings of the month before, planned once more for `month`, each with what stands in its way."""
    before = (year, month - 1) if month > 1 else (year - 1, 12)
    past = [one for one in _between(session, *before, *before) if one.stage is not Stage.CANCELLED]
    return with_obstacles(lines_as_month_before(past, year, month), _between(session, year, month, year, month), now())


def store_plan(session: Session, lines: Iterable[PlanLine]) -> list[int]:
    """Plan the meetings that nothing stands in the way of, all or none; returns their ids.

    Raises:
        DomainError: nothing is left to plan, or a line cannot be stored.
    """
    wanted = [line for line in lines if not line.obstacle]
    if not wanted:
        raise DomainError("没有可以写入的会议。")
    return [
        record_meeting(
            session,
            MeetingDraft(
                kind=line.kind,
                title=line.title,
                starts_at=line.starts_at,
                place=line.place,
                group_id=line.group_id,
                stage=Stage.PLANNED,
            ),
        )
        for line in wanted
    ]


def move_meeting(session: Session, meeting_id: int, starts_at: datetime) -> None:
    """Give a planned meeting another time; one with an end keeps its length.

    Raises:
        DomainError: the meeting is not planned (any more).
    """
    meeting = _planned(session, meeting_id)
    if meeting.ends_at is not None:
        meeting.ends_at += starts_at - meeting.starts_at
    meeting.starts_at = starts_at


def cancel_meetings(session: Session, meeting_ids: Iterable[int], reason: str) -> int:
    """Call planned meetings off for a reason; returns how many.

    Raises:
        DomainError: no reason, or one of them is not planned (any more).
    """
    if not one_line(reason):
        raise DomainError(Problem("请写明取消的原因。", "reason"))
    meetings = [_planned(session, meeting_id) for meeting_id in meeting_ids]
    for meeting in meetings:
        meeting.stage, meeting.cancel_reason = Stage.CANCELLED, one_line(reason)
    return len(meetings)


def replan_meetings(session: Session, meeting_ids: Sequence[int]) -> int:
    """Plan cancelled meetings again; returns how many.

    Raises:
        DomainError: one of them is not cancelled (any more).
    """
    for meeting_id in meeting_ids:
        meeting = _meeting(session, meeting_id)
        if meeting.stage is not Stage.CANCELLED:
            raise DomainError(f"“{meeting.title}”没有取消，不用恢复。")
        meeting.stage, meeting.cancel_reason = Stage.PLANNED, ""
    return len(meeting_ids)


def _meeting(session: Session, meeting_id: int) -> Meeting:
    meeting = session.get(Meeting, meeting_id)
    if meeting is None or meeting.deleted_at is not None:
        raise DomainError("没有这次会议，可能已移入回收站。")
    return meeting


def _planned(session: Session, meeting_id: int) -> Meeting:
    meeting = _meeting(session, meeting_id)
    if meeting.stage is not Stage.PLANNED:
        raise DomainError(f"“{meeting.title}”{meeting.stage.label}，只有计划中的会议可以改期或取消。")
    return meeting


def _between(session: Session, year: int, month: int, last_year: int, last_month: int) -> list[PlannedMeeting]:
    """Meetings of all stages from the first month to the last, in order of time."""
    start = datetime(year, month, 1)  # noqa: DTZ001
    end = datetime(last_year + last_month // 12, last_month % 12 + 1, 1)  # noqa: DTZ001
    columns = (
        Meeting.id,
        Meeting.kind,
        Meeting.also,
        Meeting.title,
        Meeting.starts_at,
        Meeting.place,
        Meeting.group_id,
        Meeting.stage,
    )
    within = select(*columns).where(Meeting.starts_at >= start, Meeting.starts_at < end)
    found = session.execute(within.order_by(Meeting.starts_at, Meeting.id))
    return [
        PlannedMeeting(i, kind, tuple(also), title, at, place, group, stage)
        for i, kind, also, title, at, place, group, stage in found
    ]
