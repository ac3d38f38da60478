"""Use cases of notices: to which departments the minutes of a meeting go, sent when, acknowledged by whom.

A meeting whose distribution nobody has touched goes to all departments; that is only written down with the first act.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.calendar import chinese_date
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import one_line
from partyroom.features.meetings.domain import MeetingDetail, Stage, State
from partyroom.features.meetings.notices import Absentee, Address, Delivery, Distribution
from partyroom.features.meetings.service import get_meeting
from partyroom.features.meetings.tables import AttendanceRecord, DeliveryRecord, MakeUpRecord, Meeting
from partyroom.features.organisation.domain import Branch, Department
from partyroom.features.organisation.service import get_branch, list_departments

_AWAY = (State.LEAVE, State.DUTY, State.ABSENT)


def distributions(session: Session, meeting_ids: Sequence[int] | None = None) -> list[Distribution]:
    """The distribution of these held meetings, or of all whose distribution was begun, newest first."""
    statement = select(Meeting).where(Meeting.stage == Stage.HELD)
    if meeting_ids is None:
        statement = statement.where(Meeting.id.in_(select(DeliveryRecord.meeting_id)))
    else:
        statement = statement.where(Meeting.id.in_(meeting_ids))
    meetings = session.scalars(statement.order_by(Meeting.starts_at.desc(), Meeting.id.desc())).all()
    found = [meeting.id for meeting in meetings]
    away = _absentees(session, found)
    departments = list_departments(session)
    records = _records(session, found)
    return [_distribution(m, records.get(m.id, []), departments, away.get(m.id, [])) for m in meetings]


def notices_of(session: Session, meeting_ids: Sequence[int]) -> tuple[list[tuple[MeetingDetail, Distribution]], Branch]:
    """What the notices of these meetings are printed from, in order of time, with the branch that sends them."""
    found = reversed(distributions(session, meeting_ids))
    return [(get_meeting(session, one.meeting_id), one) for one in found], get_branch(session)


def choose_departments(session: Session, meeting_id: int, departments: Sequence[str]) -> None:
    """Say which departments get the notice of a meeting; what was sent to the others stays with them.

    Raises:
        DomainError: no department, one that is unknown, or one left out that has the notice already.
    """
    wanted = list(dict.fromkeys(one_line(name) for name in departments))
    if not wanted:
        raise DomainError(Problem("至少选择一个科室。", "departments"))
    records = {record.department: record for record in _begun(session, meeting_id)}
    known = {department.name for department in list_departments(session)} | records.keys()
    if unknown := [name for name in wanted if name not in known]:
        raise DomainError(Problem(f"没有名为“{unknown[0]}”的科室。", "departments"))
    for name, record in records.items():
        if name in wanted:
            continue
        if record.sent_on is not None:
            text = f"“{name}”的纪要已于{chinese_date(record.sent_on)}发出，不能移出；确实发错的，先撤回登记。"
            raise DomainError(Problem(text, "departments"))
        session.delete(record)
    for name in wanted:
        if name not in records:
            session.add(DeliveryRecord(meeting_id=meeting_id, department=name))


def mark_sent(session: Session, addresses: Iterable[Address], day: date) -> int:
    """Record that notices were handed out on `day`; those already sent keep their date. Returns how many are new.

    Raises:
        DomainError: `day` lies before a meeting.
    """
    count = 0
    for record, meeting in _addressed(session, addresses):
        if record.sent_on is None:
            _refuse_earlier(day, meeting.starts_at.date(), f"“{meeting.title}”的日期", "sent_on")
            record.sent_on = day
            count += 1
    return count


def acknowledge(session: Session, addresses: Iterable[Address], day: date, by: str = "") -> int:
    """Record who acknowledged notices and when; without `by` it is the head of each department. Returns how many.

    A notice that was not marked as sent counts as sent on that day. One already acknowledged is recorded anew.

    Raises:
        DomainError: `day` lies before the sending or the meeting, or nobody is named and a department has no head.
    """
    heads = {department.name: department.head for department in list_departments(session)}
    count = 0
    for record, meeting in _addressed(session, addresses):
        person = one_line(by) or heads.get(record.department, "")
        if not person:
            raise DomainError(Problem(f"“{record.department}”没有登记负责人，请填写签收人。", "by"))
        _refuse_earlier(day, meeting.starts_at.date(), f"“{meeting.title}”的日期", "day")
        if record.sent_on is None:
            record.sent_on = day
        _refuse_earlier(day, record.sent_on, f"“{record.department}”的发出日期", "day")
        record.acknowledged_by, record.acknowledged_on = person, day
        count += 1
    return count


def withdraw(session: Session, addresses: Iterable[Address]) -> int:
    """Take back what was recorded by mistake: neither sent nor acknowledged. Returns how many were."""
    count = 0
    for record, _ in _addressed(session, addresses):
        count += record.sent_on is not None
        record.sent_on, record.acknowledged_by, record.acknowledged_on = None, "", None
    return count


def _refuse_earlier(day: date, bound: date, what: str, field: str) -> None:
    if day < bound:
        raise DomainError(Problem(f"{chinese_date(day)}早于{what}（{chinese_date(bound)}），请核对。", field))


def _addressed(session: Session, addresses: Iterable[Address]) -> list[tuple[DeliveryRecord, Meeting]]:
    by_meeting: dict[int, list[str]] = {}
    for meeting_id, department in addresses:
        by_meeting.setdefault(meeting_id, []).append(department)
    found: list[tuple[DeliveryRecord, Meeting]] = []
    for meeting_id, names in by_meeting.items():
        records = {record.department: record for record in _begun(session, meeting_id)}
        if missing := [name for name in names if name not in records]:
            raise DomainError(f"“{missing[0]}”已不在这次会议的分发范围里，请刷新后再试。")
        meeting = session.get_one(Meeting, meeting_id)
        found += [(records[name], meeting) for name in names]
    return found


def _begun(session: Session, meeting_id: int) -> list[DeliveryRecord]:
    """The records of a meeting, made for all departments if there are none yet."""
    meeting = session.get(Meeting, meeting_id)
    if meeting is None or meeting.deleted_at is not None:
        raise DomainError("没有这次会议的记录，可能已移入回收站。")
    if meeting.stage is not Stage.HELD:
        raise DomainError(f"“{meeting.title}”还没有召开或者已经取消，没有纪要可以分发。")
    records = _records(session, [meeting_id]).get(meeting_id, [])
    if not records:
        names = [department.name for department in list_departments(session)]
        if not names:
            raise DomainError("还没有登记科室。请先在党员花名册的“党小组和科室”里填写。")
        records = [DeliveryRecord(meeting_id=meeting_id, department=name) for name in names]
        session.add_all(records)
        session.flush()
    return records


def _records(session: Session, meeting_ids: Sequence[int]) -> dict[int, list[DeliveryRecord]]:
    statement = select(DeliveryRecord).where(DeliveryRecord.meeting_id.in_(meeting_ids)).order_by(DeliveryRecord.id)
    found: dict[int, list[DeliveryRecord]] = {}
    for record in session.scalars(statement):
        found.setdefault(record.meeting_id, []).append(record)
    return found


def _absentees(session: Session, meeting_ids: Sequence[int]) -> dict[int, list[Absentee]]:
    make_ups = {
        (record.meeting_id, record.member_id): record
        for record in session.scalars(select(MakeUpRecord).where(MakeUpRecord.meeting_id.in_(meeting_ids)))
    }
    statement = select(AttendanceRecord).where(
        AttendanceRecord.meeting_id.in_(meeting_ids),
        AttendanceRecord.expected,
        AttendanceRecord.excluded == "",
        AttendanceRecord.state.in_(_AWAY),
    )
    found: dict[int, list[Absentee]] = {}
    for line in session.scalars(statement.order_by(AttendanceRecord.ordinal)):
        owed = make_ups.get((line.meeting_id, line.member_id))
        why = line.reason or line.state.label
        due, done = (owed.due_on, owed.done_on) if owed else (None, None)
        person = Absentee(line.name, line.department, why, due, done)
        found.setdefault(line.meeting_id, []).append(person)
    return found


def _distribution(
    meeting: Meeting,
    records: Sequence[DeliveryRecord],
    departments: Sequence[Department],
    away: Sequence[Absentee],
) -> Distribution:
    known = {department.name: department for department in departments}
    names = [record.department for record in records] or list(known)
    ranks = {name: rank for rank, name in enumerate(known)}
    by_name = {record.department: record for record in records}
    deliveries = tuple(
        _delivery(meeting.id, name, known.get(name), by_name.get(name), away)
        for name in sorted(names, key=lambda name: ranks.get(name, len(ranks)))
    )
    return Distribution(
        meeting_id=meeting.id,
        title=meeting.title,
        starts_at=meeting.starts_at,
        number=meeting.number,
        deliveries=deliveries,
        stranded=tuple(person for person in away if person.department not in names),
    )


def _delivery(
    meeting_id: int,
    name: str,
    department: Department | None,
    record: DeliveryRecord | None,
    away: Sequence[Absentee],
) -> Delivery:
    absentees = tuple(person for person in away if person.department == name)
    head = department.head if department else ""
    if record is None:
        return Delivery(meeting_id, name, head, absentees=absentees)
    return Delivery(meeting_id, name, head, record.sent_on, record.acknowledged_by, record.acknowledged_on, absentees)
