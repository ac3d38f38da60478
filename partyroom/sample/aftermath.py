"""What follows from the meetings of the sample branch: resolutions, leave slips, lessons, notices, the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.features.meetings.absence import METHODS, MakeUpDraft, SlipStatus
from partyroom.features.meetings.domain import Period
from partyroom.features.meetings.leave_service import AbsenceQuery, list_slip_ids, list_slip_rows, save_slip
from partyroom.features.meetings.make_up_service import OWED, finish_make_ups, list_make_up_ids, list_make_up_rows
from partyroom.features.meetings.minutes_service import finalise_minutes
from partyroom.features.meetings.notice_service import acknowledge, distributions, mark_sent
from partyroom.features.meetings.notices import DeliveryState
from partyroom.features.meetings.plan import PlanLine, PlanRule
from partyroom.features.meetings.plan_service import cancel_meetings, preview_rule, store_plan
from partyroom.features.meetings.resolution_service import (
    ResolutionQuery,
    add_follow_up,
    close_resolutions,
    list_resolution_ids,
)
from partyroom.features.meetings.resolutions import due_day
from partyroom.features.meetings.service import MeetingQuery, list_meeting_ids, list_rows, meeting_ids_between
from partyroom.features.meetings.tables import ResolutionRecord
from partyroom.sample.steps import Step, later_on, parts

# What became of resolutions


def following_up(content: Mapping[str, Any], meetings: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Resolutions are closed on the day they were due, up to a day; a few later ones have notes. The first is final."""
    last = date.fromisoformat(content["closed_until"])
    days = {
        max(due, entry["at"].date() + timedelta(days=1))
        for entry in meetings
        for line in entry.get("decisions", [])
        if (due := due_day(parts(line, 3)[2], entry["at"].date())) is not None
    }
    steps = [
        Step(datetime.combine(day, time(17, 30)), "决议办结", _closing(content["closing"]))
        for day in sorted(days)
        if day <= last
    ]
    for note in content["notes"]:
        on_day = date.fromisoformat(note["on"])
        steps.append(Step(datetime.combine(on_day, time(17, 30)), "登记决议办理情况", _noting(note, on_day)))
    first = date.fromisoformat(content["final"])
    steps.append(Step(datetime.combine(first, time(17, 30)), "会议记录定稿", _finalising(first)))
    return steps


def _closing(text: str) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        due = select(ResolutionRecord.id, ResolutionRecord.responsible).where(
            ResolutionRecord.closed_on.is_(None), ResolutionRecord.due_on <= today()
        )
        for number, responsible in session.execute(due.order_by(ResolutionRecord.id)).all():
            close_resolutions(session, [number], today(), text, responsible)

    return work


def _noting(note: Mapping[str, str], on_day: date) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        found = list_resolution_ids(session, ResolutionQuery(search=note["number"]))
        add_follow_up(session, found[0], on_day, note["text"], note["by"])

    return work


def _finalising(last: date) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        for meeting_id in meeting_ids_between(session, date(2024, 1, 1), last):
            finalise_minutes(session, meeting_id)

    return work


def planning(plan: Mapping[str, Any]) -> list[Step]:
    """The plan of what is to come, and the meeting that was called off."""
    called_off = plan["cancelled"]

    def make(session: Session) -> None:
        lines = [
            PlanLine(one["kind"], one["title"], datetime.fromisoformat(one["at"]), one["place"])
            for one in plan["meetings"]
        ]
        for rule in plan["rules"]:
            values = rule | {"per": Period(rule["per"]), "at": time.fromisoformat(rule["at"])}
            lines += preview_rule(session, PlanRule(**values))
        store_plan(session, lines)

    def call_off(session: Session) -> None:
        rows = list_rows(session, list_meeting_ids(session, MeetingQuery(stage="planned")))
        cancel_meetings(session, [row.id for row in rows if row.title == called_off["title"]], called_off["reason"])

    return [
        Step(later_on(plan["made_on"]), "年度计划：列入会议", make),
        Step(later_on(called_off["on"]), f"取消会议：{called_off['title']}", call_off),
    ]


# Leave slips and make-up lessons


def settling(absences: Mapping[str, Any]) -> list[Step]:
    """At the end of each month the slips are filed and the lessons noted that were held by then, but for a few."""
    return [
        step
        for day in absences["days"]
        for step in (
            Step(later_on(day), "登记请假条", _filing(absences, date.fromisoformat(day))),
            Step(later_on(day), "登记补课", _teaching(absences, date.fromisoformat(day))),
        )
    ]


def _filing(absences: Mapping[str, Any], day: date) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        ids = list_slip_ids(session, AbsenceQuery(status=SlipStatus.MISSING.value))
        for row in list_slip_rows(session, ids):
            held = row.starts_at.date()
            if [held.isoformat(), row.name] in absences["without_slip"]:
                continue
            head = row.draft.signed_by or next(name for name in _SECRETARIES if name != row.name)
            slip = replace(row.draft, applied_on=held, signed_by=head, signed_on=held)
            if held + _UNTIL_FILED <= day:
                slip = replace(slip, filed_by=absences["office"], filed_on=_weekday(held + timedelta(days=1)))
            save_slip(session, row.id, replace(slip, filed_by=slip.filed_by if slip.filed_on else ""))

    return work


def _teaching(absences: Mapping[str, Any], day: date) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        rows = list_make_up_rows(session, list_make_up_ids(session, AbsenceQuery(status=OWED)))
        for number, row in enumerate(rows):
            taught = _weekday(row.starts_at.date() + _UNTIL_TAUGHT)
            if taught > day or [row.starts_at.date().isoformat(), row.name] in absences["not_made_up"]:
                continue
            by = next(name for name in (absences["office"], *_SECRETARIES) if name not in (row.name, row.teacher))
            finish_make_ups(session, [row.id], MakeUpDraft(taught, METHODS[number % len(METHODS)], confirmed_by=by))

    return work


_SECRETARIES = ("赵甲一", "钱乙二")
_UNTIL_FILED, _UNTIL_TAUGHT = timedelta(days=3), timedelta(days=9)


def _weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


# Notices


def spreading(notices: Mapping[str, Any]) -> list[Step]:
    """On some days the notices that are written go to the departments; most have signed for them by the next day."""
    since = date.fromisoformat(notices["since"])
    slow = notices["slow"]
    return [Step(later_on(day), "分发会议纪要", _handing_out(since, day, slow.get(day, ()))) for day in notices["days"]]


def _handing_out(since: date, on: str, slow: Sequence[str]) -> Callable[[Session], None]:
    day = date.fromisoformat(on)

    def work(session: Session) -> None:
        found = distributions(session, meeting_ids_between(session, since, day))
        lines = [line for one in found for line in one.deliveries]
        back = [line for line in lines if line.state is DeliveryState.SENT and line.department not in slow]
        acknowledge(session, [(line.meeting_id, line.department) for line in back], day)
        unsent = [line for line in lines if line.state is DeliveryState.UNSENT]
        mark_sent(session, [(line.meeting_id, line.department) for line in unsent], day)

    return work
