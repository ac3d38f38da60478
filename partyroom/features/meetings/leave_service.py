"""Use cases of leave slips: one slip a person and meeting (单独请假制, a custom of schools)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.features.meetings.absence import (
    AWAY,
    ON_LEAVE,
    Settled,
    SlipDraft,
    SlipRow,
    SlipStatus,
    slip_problems,
    suggested_leave,
)
from partyroom.features.meetings.domain import Stage, kind_label
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.tables import AttendanceRecord, LeaveSlipRecord, MakeUpRecord, Meeting
from partyroom.features.members.domain import PostKind
from partyroom.features.members.service import committee_of
from partyroom.features.members.tables import Member
from partyroom.features.organisation.service import list_departments, term_on
from partyroom.storage.attachments import Attachment, AttachmentFiles, attach
from partyroom.storage.undo import undo_change_set
from partyroom.storage.work import recorder_of


@dataclass(frozen=True, slots=True)
class AbsenceQuery:
    """What the lists of slips and of make-ups ask for; `meeting_id` and `member_id` narrow them to one."""

    search: str = ""
    status: str = ""
    year: str = ""
    meeting_id: int | None = None
    member_id: int | None = None
    sort: str = ""
    descending: bool = False


def list_slip_ids(session: Session, query: AbsenceQuery) -> list[int]:
    """Ids of the attendance lines of those on leave, with or without a slip, and of slips of people marked otherwise.

    Newest meeting first unless the query asks for another order.
    """
    statement = _slips(select(AttendanceRecord.id)).where(*absence_conditions(query), *_with_status(query.status))
    column = _SORTS.get(query.sort, Meeting.starts_at)
    order = column.desc() if query.descending or not query.sort else column.asc()
    return list(session.scalars(statement.order_by(order, Meeting.starts_at.desc(), AttendanceRecord.ordinal)))


def list_slip_rows(session: Session, ids: Sequence[int]) -> list[SlipRow]:
    """The lines for these attendance ids, in their order."""
    columns = select(AttendanceRecord, Meeting, LeaveSlipRecord, Member, Attachment.name)
    statement = (
        _slips(columns)
        .outerjoin(Attachment, Attachment.id == LeaveSlipRecord.attachment_id)
        .where(AttendanceRecord.id.in_(ids))
    )
    heads = head_names(session)
    kinds = kinds_of(session)
    office = last_office(session)
    secretary = cache(partial(secretary_name, session))
    found = {}
    for line, meeting, slip, member, scan in session.execute(statement):
        signer = responsible_for(line.name, line.department, heads, secretary(meeting.starts_at.date()))
        row = _row(line, meeting, slip, member, SlipDraft(signed_by=signer, filed_by=office))
        found[line.id] = replace(row, scan=scan or "", kind=kind_label(meeting.kind, kinds))
    return [found[i] for i in ids if i in found]


def slip_scans(session: Session, rows: Sequence[SlipRow]) -> list[tuple[str, str, str]]:
    """Name, SHA-256 and caption of the scans of signed slips among these lines, in their order."""
    statement = (
        select(AttendanceRecord.id, Attachment.name, Attachment.sha256)
        .join(
            LeaveSlipRecord,
            and_(
                LeaveSlipRecord.meeting_id == AttendanceRecord.meeting_id,
                LeaveSlipRecord.member_id == AttendanceRecord.member_id,
            ),
        )
        .join(Attachment, Attachment.id == LeaveSlipRecord.attachment_id)
        .where(AttendanceRecord.id.in_([row.id for row in rows]))
    )
    found = {line: (name, sha256) for line, name, sha256 in session.execute(statement)}
    return [(*found[row.id], f"{row.name}请假条（{row.title}）") for row in rows if row.id in found]


def save_slip(session: Session, attendance_id: int, draft: SlipDraft) -> None:
    """Store the slip of one absence as the form gives it.

    Raises:
        DomainError: the person is not on leave from that meeting, or the dates contradict each other.
    """
    line = _on_leave(session, attendance_id)
    problems = [Problem(text, field) for field, text in slip_problems(draft)]
    problems += [
        Problem("日期还没有到，请核对。", key)
        for key in ("applied_on", "signed_on", "filed_on")
        if (day := getattr(draft, key)) is not None and day > today()
    ]
    if problems:
        raise DomainError(*problems)
    slip = _slip(session, line)
    if slip is None:
        category = draft.category or suggested_leave(line.state, draft.reason or line.reason)
        slip = LeaveSlipRecord(meeting_id=line.meeting_id, member_id=line.member_id, category=category)
        session.add(slip)
    values: dict[str, object] = {
        "category": draft.category or slip.category,
        "reason": clean_text(draft.reason).strip(),
        "applied_on": draft.applied_on,
        "signed_by": one_line(draft.signed_by),
        "signed_on": draft.signed_on,
        "filed_by": one_line(draft.filed_by),
        "filed_on": draft.filed_on,
    }
    for key, value in values.items():
        if getattr(slip, key) != value:
            setattr(slip, key, value)
    session.flush()


def settle_slips(session: Session, attendance_ids: Sequence[int], draft: SlipDraft) -> int:
    """Note the same on the slips of several people and return how many; what is blank stays as it is or is suggested.

    Raises:
        DomainError: as for `save_slip`, naming the person; nothing is stored then.
    """
    given = {f.name: value for f in fields(draft) if (value := getattr(draft, f.name))}
    rows = list_slip_rows(session, attendance_ids)
    for row in rows:
        try:
            save_slip(session, row.id, replace(row.draft, **given))
        except DomainError as error:
            raise DomainError(*(Problem(f"{row.name}：{p.message}", p.field) for p in error.problems)) from error
    return len(rows)


def remove_slips(session: Session, attendance_ids: Sequence[int]) -> tuple[int, int]:
    """Take slips away that were recorded by mistake; returns how many, and the action for `bring_back`."""
    lines = session.scalars(select(AttendanceRecord).where(AttendanceRecord.id.in_(attendance_ids))).all()
    slips = [slip for line in lines if (slip := _slip(session, line)) is not None]
    for slip in slips:
        session.delete(slip)
    session.flush()
    return len(slips), recorder_of(session).open_change_set(session) if slips else 0


def bring_back(session: Session, action: int) -> int:
    """Undo a removal by its number in the change log and return how many slips are there again.

    Raises:
        DomainError: it was undone before, or a new slip has taken the place.
    """
    return undo_change_set(session, action)


def attach_scan(session: Session, files: AttachmentFiles, attendance_id: int, name: str, content: bytes) -> None:
    """Keep the scan of a slip in the library; a slip not recorded yet begins with what is suggested.

    Raises:
        DomainError: the person is not on leave from that meeting, or the file is empty.
        StorageError: the disk is full or not writable.
    """
    if not content:
        raise DomainError("这个文件是空的，请另选一个。")
    line = _on_leave(session, attendance_id)
    slip = _slip(session, line)
    if slip is None:
        save_slip(session, attendance_id, list_slip_rows(session, [attendance_id])[0].draft)
        slip = _slip(session, line)
    assert slip is not None
    slip.attachment_id = attach(session, files, name, content)


def read_scan(session: Session, files: AttachmentFiles, attendance_id: int) -> tuple[str, bytes]:
    """Name and content of the scan of a slip.

    Raises:
        DomainError: there is none.
        StorageError: its file is missing or damaged.
    """
    line = session.get(AttendanceRecord, attendance_id)
    slip = _slip(session, line) if line is not None else None
    stored = session.get(Attachment, slip.attachment_id) if slip is not None and slip.attachment_id else None
    if stored is None:
        raise DomainError("这张请假条还没有附扫描件。")
    return stored.name, files.get(stored.sha256)


def settled_of(session: Session, meeting_id: int) -> Settled:
    """Whose slips are there for a meeting and who has made it up."""
    slips = select(LeaveSlipRecord.member_id).where(LeaveSlipRecord.meeting_id == meeting_id)
    done = select(MakeUpRecord.member_id).where(
        MakeUpRecord.meeting_id == meeting_id, MakeUpRecord.done_on.is_not(None)
    )
    return Settled(frozenset(session.scalars(slips)), frozenset(session.scalars(done)))


def absence_years(session: Session) -> list[str]:
    """The years of meetings from which somebody was away, latest first."""
    statement = select(Meeting.starts_at).join(AttendanceRecord, AttendanceRecord.meeting_id == Meeting.id)
    away = and_(AttendanceRecord.expected.is_(True), AttendanceRecord.excluded == "", AttendanceRecord.state.in_(AWAY))
    return sorted({str(at.year) for at in session.scalars(statement.where(away))}, reverse=True)


def absent_by_rule() -> ColumnElement[bool]:
    """Who was expected, not excluded, and marked 请假 or 公差."""
    return and_(
        AttendanceRecord.expected.is_(True), AttendanceRecord.excluded == "", AttendanceRecord.state.in_(ON_LEAVE)
    )


def absence_conditions(query: AbsenceQuery) -> list[ColumnElement[bool]]:
    """What a query asks of person, meeting and year; names are found by pinyin too, wildcards are letters."""
    found: list[ColumnElement[bool]] = [Meeting.stage == Stage.HELD]
    if text := one_line(query.search):
        columns = (AttendanceRecord.name, AttendanceRecord.department, AttendanceRecord.reason, Meeting.title)
        words = [column.contains(text, autoescape=True) for column in columns]
        if text.isascii():
            words.append(Member.initials.startswith(text.casefold(), autoescape=True))
        found.append(or_(*words))
    if query.year:
        year = int(query.year)
        start, end = datetime(year, 1, 1), datetime(year + 1, 1, 1)  # noqa: DTZ001
        found.append(and_(Meeting.starts_at >= start, Meeting.starts_at < end))
    if query.meeting_id is not None:
        found.append(Meeting.id == query.meeting_id)
    if query.member_id is not None:
        found.append(AttendanceRecord.member_id == query.member_id)
    return found


def head_names(session: Session) -> Mapping[str, str]:
    """The head of each department by its name."""
    return {department.name: department.head for department in list_departments(session)}


def responsible_for(name: str, department: str, heads: Mapping[str, str], secretary: str) -> str:
    """Who signs for and teaches somebody: the head of the department, for heads themselves the secretary."""
    head = heads.get(department, "")
    if head and head != name:
        return head
    return secretary if secretary != name else ""


def secretary_name(session: Session, day: date) -> str:
    """The secretary of the branch on `day`, blank when there is none."""
    term = term_on(session, day)
    holders = committee_of(session, term.id) if term else []
    return next((holder.name for holder in holders if holder.kind is PostKind.SECRETARY), "")


def last_office(session: Session) -> str:
    """Who filed the last slip, as a suggestion for the next."""
    statement = select(LeaveSlipRecord.filed_by).where(LeaveSlipRecord.filed_by != "")
    return session.scalar(statement.order_by(LeaveSlipRecord.id.desc()).limit(1)) or ""


def _slips(statement: Select[*tuple[Any, ...]]) -> Any:
    return (
        statement.select_from(AttendanceRecord)
        .join(Meeting, Meeting.id == AttendanceRecord.meeting_id)
        .outerjoin(Member, Member.id == AttendanceRecord.member_id)
        .outerjoin(
            LeaveSlipRecord,
            and_(
                LeaveSlipRecord.meeting_id == AttendanceRecord.meeting_id,
                LeaveSlipRecord.member_id == AttendanceRecord.member_id,
            ),
        )
        .where(or_(absent_by_rule(), LeaveSlipRecord.id.is_not(None)))
    )


def _with_status(status: str) -> list[ColumnElement[bool]]:
    slip, signed, filed = LeaveSlipRecord.id, LeaveSlipRecord.signed_on, LeaveSlipRecord.filed_on
    if status == SlipStatus.MISSING:
        return [slip.is_(None)]
    if status == SlipStatus.UNSIGNED:
        return [slip.is_not(None), signed.is_(None)]
    if status == SlipStatus.UNFILED:
        return [signed.is_not(None), filed.is_(None)]
    return [signed.is_not(None), filed.is_not(None)] if status == SlipStatus.FILED else []


_SORTS: Mapping[str, Any] = {
    "when": Meeting.starts_at,
    "title": Meeting.title,
    "name": Member.name_key,
    "department": AttendanceRecord.department,
    "state": AttendanceRecord.state,
    "filed_on": LeaveSlipRecord.filed_on,
}


def _row(
    line: AttendanceRecord,
    meeting: Meeting,
    slip: LeaveSlipRecord | None,
    member: Member | None,
    suggested: SlipDraft,
) -> SlipRow:
    draft = replace(suggested, category=suggested_leave(line.state, line.reason), reason=line.reason)
    if slip is not None:
        draft = SlipDraft(
            slip.category, slip.reason, slip.applied_on, slip.signed_by, slip.signed_on, slip.filed_by, slip.filed_on
        )
    if not draft.signed_by:
        draft = replace(draft, signed_by=suggested.signed_by)
    group = member.group if member is not None else None
    return SlipRow(
        id=line.id,
        meeting_id=meeting.id,
        member_id=line.member_id,
        title=meeting.title,
        kind=meeting.kind,
        starts_at=meeting.starts_at,
        place=meeting.place,
        name=line.name,
        department=line.department,
        group=group.name if group is not None else "",
        state=line.state,
        draft=draft,
        stored=slip is not None,
    )


def _on_leave(session: Session, attendance_id: int) -> AttendanceRecord:
    line = session.get(AttendanceRecord, attendance_id)
    if line is None:
        raise DomainError("这次会议的考勤里已经没有这个人，请刷新后再看。")
    if line.state not in ON_LEAVE and _slip(session, line) is None:
        raise DomainError(f"{line.name}在这次会议的考勤里是“{line.state.label}”，请先改为请假或公差，再登记请假条。")
    return line


def _slip(session: Session, line: AttendanceRecord) -> LeaveSlipRecord | None:
    return session.scalar(
        select(LeaveSlipRecord).where(
            LeaveSlipRecord.meeting_id == line.meeting_id, LeaveSlipRecord.member_id == line.member_id
        )
    )
