"""The minutes as a document: versions after each save, 定稿 and opening again with a reason."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.calendar import chinese_date, now
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import one_line
from partyroom.features.meetings.domain import Stage
from partyroom.features.meetings.tables import (
    AgendaRecord,
    AttendanceRecord,
    FixedActionRecord,
    GuestRecord,
    Meeting,
    MeetingPaper,
    ResolutionRecord,
    VersionRecord,
    VoteRecord,
)
from partyroom.features.meetings.versions import VersionRow
from partyroom.storage.audit import Change, ChangeKind


def stored_meeting(session: Session, meeting_id: int) -> Meeting:
    """The meeting itself, for use cases.

    Raises:
        DomainError: there is no such meeting (any more).
    """
    meeting = session.get(Meeting, meeting_id)
    if meeting is None or meeting.deleted_at is not None:
        raise DomainError("没有这次会议的记录，可能已移入回收站。")
    return meeting


def refuse_finalised(meeting: Meeting) -> None:
    """Let nothing change what was finalised.

    Raises:
        DomainError: the record is finalised; the sentence says how to open it again.
    """
    if meeting.finalised_at is not None:
        day = chinese_date(meeting.finalised_at.date())
        raise DomainError(f"“{meeting.title}”的会议记录已于{day}定稿，不能改动。确需改动的，请先写明原因重新打开。")


def keep_version(meeting: Meeting) -> None:
    """Add the minutes to their history if they differ from its last version.

    Minutes from before there was a history enter it with the time of their record.
    """
    last = meeting.versions[-1].text if meeting.versions else ""
    if meeting.minutes != last:
        meeting.versions.append(VersionRecord(at=now(), text=meeting.minutes))


def enter_history(meeting: Meeting) -> None:
    """Before a change: make sure that minutes stored without a history are not lost by it."""
    if not meeting.versions and meeting.minutes:
        meeting.versions.append(VersionRecord(at=meeting.recorded_at, text=meeting.minutes))


_PARTS: tuple[type[Any], ...] = (
    AttendanceRecord,
    GuestRecord,
    AgendaRecord,
    VoteRecord,
    ResolutionRecord,
    FixedActionRecord,
    VersionRecord,
    MeetingPaper,
)
_FOLLOWED_UP = {"closed_on", "due_on"}


def refuse_undoing(session: Session, change_set_id: int) -> None:
    """Let no undo reach into a finalised record; what was done about its resolutions can be taken back.

    Raises:
        DomainError: the action changed a meeting that is finalised now.
    """
    parts = {part.__tablename__: part for part in _PARTS}
    for change in session.scalars(select(Change).where(Change.change_set_id == change_set_id)):
        if change.table_name == Meeting.__tablename__:
            number = change.row_id
        elif change.table_name not in parts or (change.kind is ChangeKind.UPDATE and set(change.after) <= _FOLLOWED_UP):
            continue
        else:
            row = session.get(parts[change.table_name], change.row_id)
            number = row.meeting_id if row is not None else change.before.get("meeting_id", 0)
        meeting = session.get(Meeting, number)
        if meeting is not None:
            refuse_finalised(meeting)


def list_versions(session: Session, meeting_id: int) -> list[VersionRow]:
    """The versions of the minutes of a meeting, latest first."""
    statement = select(VersionRecord).where(VersionRecord.meeting_id == meeting_id).order_by(VersionRecord.id.desc())
    found = session.scalars(statement).all()
    return [VersionRow(one.id, one.at, one.text, current=i == 0) for i, one in enumerate(found)]


def finalise_minutes(session: Session, meeting_id: int) -> None:
    """Lock the record of a meeting (定稿).

    Raises:
        DomainError: the meeting was not held yet, has no minutes, or is finalised already.
    """
    meeting = stored_meeting(session, meeting_id)
    refuse_finalised(meeting)
    if meeting.stage is not Stage.HELD:
        raise DomainError(f"“{meeting.title}”还没有召开或已取消，不能定稿。")
    if not meeting.minutes.strip():
        raise DomainError(Problem(f"“{meeting.title}”还没有写会议内容，不能定稿。", "minutes"))
    meeting.finalised_at = now()


def reopen_minutes(session: Session, meeting_id: int, reason: str) -> None:
    """Open a finalised record again; the reason stays with it and in the change log.

    Raises:
        DomainError: no reason is given, or the record is not finalised.
    """
    meeting = stored_meeting(session, meeting_id)
    if not one_line(reason):
        raise DomainError(Problem("请写明重新打开的原因。", "reason"))
    if meeting.finalised_at is None:
        raise DomainError(f"“{meeting.title}”没有定稿，可以直接修改。")
    meeting.finalised_at = None
    meeting.reopen_reason = one_line(reason)
