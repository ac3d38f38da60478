"""Use cases of make-up lessons (补课): owed by absentees, held by the head of the department, confirmed.

A custom of schools (科室长负责制); which kinds of meetings are made up is rule data, within how many days a setting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import chinese_date, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.settings import setting
from partyroom.core.text import clean_text, one_line
from partyroom.features.meetings.absence import (
    METHODS,
    ON_LEAVE,
    MakeUpDraft,
    MakeUpRow,
    MakeUpStatus,
    PersonLine,
    SlipDraft,
    SlipStatus,
    asks_for_make_up,
    due_after,
    is_absentee,
    make_up_status,
)
from partyroom.features.meetings.domain import Attendance, Kinds, Stage, State, kind_label
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.leave_service import (
    AbsenceQuery,
    absence_conditions,
    head_names,
    responsible_for,
    secretary_name,
)
from partyroom.features.meetings.tables import AttendanceRecord, LeaveSlipRecord, MakeUpRecord, Meeting
from partyroom.features.members.tables import Member

MAKE_UP_DAYS = int(setting("make_up_days").default)
"""Within how many days a meeting is made up when nobody says otherwise (a custom of schools)."""

OWED = "owed"
"""The filter for lessons that are not done yet, overdue ones included."""


def owe_make_ups(session: Session, meeting: Meeting, days: int, moved: timedelta = timedelta()) -> None:
    """Bring the make-up lessons of a stored meeting into line with its attendance.

    Each absentee of a meeting that asks for it owes one, taught by the head of the department and due `days` days after
    the meeting. What somebody owes who was there after all falls away unless the lesson was held already. When the
    meeting was moved by `moved`, open lessons are due that much later.
    """
    asked = meeting.stage is Stage.HELD and asks_for_make_up((meeting.kind, *meeting.also), kinds_of(session))
    away = {line.member_id: line for line in meeting.attendance if asked and is_absentee(_line(line))}
    for lesson in list(meeting.make_ups):
        if lesson.done_on is None and lesson.member_id not in away:
            meeting.make_ups.remove(lesson)
        elif lesson.done_on is None and lesson.due_on is not None and moved:
            lesson.due_on += moved
    known = {lesson.member_id for lesson in meeting.make_ups}
    if not away.keys() - known:
        return
    heads, secretary = head_names(session), secretary_name(session, meeting.starts_at.date())
    for line in away.values():
        if line.member_id not in known:
            meeting.make_ups.append(
                MakeUpRecord(
                    member_id=line.member_id,
                    teacher=responsible_for(line.name, line.department, heads, secretary),
                    due_on=due_after(meeting.starts_at.date(), days),
                )
            )


def list_make_up_ids(session: Session, query: AbsenceQuery) -> list[int]:
    """The make-up lessons a query finds, soonest due first unless it asks for another order."""
    statement = _lessons(select(MakeUpRecord.id)).where(*absence_conditions(query), *_with_status(query.status))
    column = _SORTS.get(query.sort, MakeUpRecord.due_on)
    order = column.desc() if query.descending else column.asc()
    return list(session.scalars(statement.order_by(order.nulls_last(), Meeting.starts_at, AttendanceRecord.ordinal)))


def list_make_up_rows(session: Session, ids: Sequence[int], day: date | None = None) -> list[MakeUpRow]:
    """The lines for these lessons, in their order, judged as of `day` (today)."""
    day = day or today()
    kinds = kinds_of(session)
    columns = select(MakeUpRecord, AttendanceRecord, Meeting, Member.name)
    statement = _lessons(columns).where(MakeUpRecord.id.in_(ids))
    found = {
        lesson.id: _row(lesson, line, meeting, name, kinds, day)
        for lesson, line, meeting, name in session.execute(statement)
    }
    return [found[i] for i in ids if i in found]


def finish_make_ups(session: Session, ids: Sequence[int], draft: MakeUpDraft) -> int:
    """Note that these lessons were held, and return how many.

    What is blank stays as it is; a lesson without a method was 传达纪要, one without content taught the minutes.

    Raises:
        DomainError: held before its meeting or after today, or by the absentee; nothing is stored then.
    """
    rows = list_make_up_rows(session, ids)
    problems = [problem for row in rows for problem in _cannot_be(row, draft)]
    if problems:
        raise DomainError(*problems)
    for row in rows:
        lesson = session.get_one(MakeUpRecord, row.id)
        lesson.done_on = draft.done_on
        lesson.method = one_line(draft.method) or lesson.method or METHODS[0]
        lesson.content = clean_text(draft.content).strip() or lesson.content or f"学习《{row.material}》。"
        lesson.teacher = one_line(draft.teacher) or lesson.teacher
        lesson.confirmed_by = one_line(draft.confirmed_by) or lesson.confirmed_by
    return len(rows)


def reopen_make_ups(session: Session, ids: Sequence[int]) -> int:
    """Take back that these lessons were held, when that was noted by mistake, and return how many.

    One whose owner was there after all is removed: nothing is owed any more.
    """
    count = 0
    for lesson in session.scalars(select(MakeUpRecord).where(MakeUpRecord.id.in_(ids))).all():
        if lesson.done_on is None:
            continue
        lesson.done_on, lesson.confirmed_by = None, ""
        count += 1
        line = session.scalar(
            select(AttendanceRecord).where(
                AttendanceRecord.meeting_id == lesson.meeting_id, AttendanceRecord.member_id == lesson.member_id
            )
        )
        if line is None or not is_absentee(_line(line)):
            session.delete(lesson)
    return count


def assign_make_ups(session: Session, ids: Sequence[int], teacher: str, due_on: date | None) -> int:
    """Name another teacher or another last day for these lessons and return how many; what is blank stays.

    Raises:
        DomainError: due before the meeting, or taught by the absentee.
    """
    rows = list_make_up_rows(session, ids)
    teacher = one_line(teacher)
    problems = [Problem(_OWN_TEACHER.format(row.name), "teacher") for row in rows if teacher == row.name]
    problems += [
        Problem(f"{row.name}：期限早于会议日期（{chinese_date(row.starts_at.date())}），请核对。", "due_on")
        for row in rows
        if due_on is not None and due_on < row.starts_at.date()
    ]
    if problems:
        raise DomainError(*problems)
    for row in rows:
        lesson = session.get_one(MakeUpRecord, row.id)
        lesson.teacher = teacher or lesson.teacher
        lesson.due_on = due_on or lesson.due_on
    return len(rows)


def person_lines(session: Session, member_id: int, day: date | None = None) -> list[PersonLine]:
    """Every held meeting in whose attendance a person stands, newest first, with slip and make-up lesson."""
    day = day or today()
    of_person = and_(LeaveSlipRecord.meeting_id == AttendanceRecord.meeting_id, LeaveSlipRecord.member_id == member_id)
    statement = (
        select(AttendanceRecord, Meeting, LeaveSlipRecord, MakeUpRecord)
        .join(Meeting, Meeting.id == AttendanceRecord.meeting_id)
        .outerjoin(LeaveSlipRecord, of_person)
        .outerjoin(
            MakeUpRecord,
            and_(MakeUpRecord.meeting_id == AttendanceRecord.meeting_id, MakeUpRecord.member_id == member_id),
        )
        .where(AttendanceRecord.member_id == member_id, Meeting.stage == Stage.HELD)
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    )
    kinds = kinds_of(session)
    return [_person_line(*found, kinds, day) for found in session.execute(statement)]


def person_name(session: Session, member_id: int) -> str:
    """The name of a person, as it last stood in an attendance list if the roster has them no more."""
    name = session.scalar(select(Member.name).where(Member.id == member_id))
    if name:
        return name
    latest = select(AttendanceRecord.name).where(AttendanceRecord.member_id == member_id)
    return session.scalar(latest.order_by(AttendanceRecord.id.desc()).limit(1)) or ""


_OWN_TEACHER = "{}不能给自己补课，请另填补课人。"


def _cannot_be(row: MakeUpRow, draft: MakeUpDraft) -> list[Problem]:
    found = []
    held = row.starts_at.date()
    if draft.done_on < held:
        found.append(Problem(f"{row.name}：补课日期早于会议日期（{chinese_date(held)}），请核对。", "done_on"))
    if draft.done_on > today():
        found.append(Problem("补课日期还没有到，补完再登记。", "done_on"))
    if one_line(draft.teacher) == row.name:
        found.append(Problem(_OWN_TEACHER.format(row.name), "teacher"))
    return found


def _line(record: AttendanceRecord) -> Attendance:
    return Attendance(
        record.member_id, record.name, record.state, expected=record.expected, excluded=record.excluded or ""
    )


def _lessons(statement: Select[*tuple[Any, ...]]) -> Any:
    """Joined with meeting and attendance; who was taken off the list keeps a lesson that was held."""
    return (
        statement.select_from(MakeUpRecord)
        .join(Meeting, Meeting.id == MakeUpRecord.meeting_id)
        .outerjoin(
            AttendanceRecord,
            and_(
                AttendanceRecord.meeting_id == MakeUpRecord.meeting_id,
                AttendanceRecord.member_id == MakeUpRecord.member_id,
            ),
        )
        .outerjoin(Member, Member.id == MakeUpRecord.member_id)
    )


def _with_status(status: str) -> list[ColumnElement[bool]]:
    done, due = MakeUpRecord.done_on, MakeUpRecord.due_on
    if status == OWED:
        return [done.is_(None)]
    if status == MakeUpStatus.OVERDUE:
        return [done.is_(None), due < today()]
    if status == MakeUpStatus.OPEN:
        return [done.is_(None), (due >= today()) | due.is_(None)]
    return [done.is_not(None)] if status == MakeUpStatus.DONE else []


_SORTS: Mapping[str, Any] = {
    "due": MakeUpRecord.due_on,
    "done": MakeUpRecord.done_on,
    "when": Meeting.starts_at,
    "title": Meeting.title,
    "name": Member.name_key,
    "department": AttendanceRecord.department,
    "teacher": MakeUpRecord.teacher,
}


def _row(
    lesson: MakeUpRecord, line: AttendanceRecord | None, meeting: Meeting, name: str | None, kinds: Kinds, day: date
) -> MakeUpRow:
    return MakeUpRow(
        id=lesson.id,
        meeting_id=meeting.id,
        member_id=lesson.member_id,
        title=meeting.title,
        kind=kind_label(meeting.kind, kinds),
        starts_at=meeting.starts_at,
        number=meeting.number,
        topic=meeting.topic,
        name=line.name if line else name or "",
        department=line.department if line else "",
        attendance=line.state.label if line else "",
        reason=line.reason if line else "",
        teacher=lesson.teacher,
        method=lesson.method,
        content=lesson.content,
        due_on=lesson.due_on,
        done_on=lesson.done_on,
        confirmed_by=lesson.confirmed_by,
        status=make_up_status(lesson.due_on, lesson.done_on, day),
    )


def _person_line(
    line: AttendanceRecord,
    meeting: Meeting,
    slip: LeaveSlipRecord | None,
    lesson: MakeUpRecord | None,
    kinds: Kinds,
    day: date,
) -> PersonLine:
    status: SlipStatus | None = None
    if slip is not None:
        status = SlipDraft(signed_on=slip.signed_on, filed_on=slip.filed_on).status
    elif is_absentee(_line(line)) and line.state in ON_LEAVE:
        status = SlipStatus.MISSING
    return PersonLine(
        id=line.id,
        title=meeting.title,
        kind=kind_label(meeting.kind, kinds),
        starts_at=meeting.starts_at,
        state=line.state,
        reason=line.reason,
        counted=line.expected and not line.excluded and line.state is not State.OBSERVER,
        slip=status,
        make_up=None if lesson is None else make_up_status(lesson.due_on, lesson.done_on, day),
        due_on=lesson.due_on if lesson else None,
        done_on=lesson.done_on if lesson else None,
    )
