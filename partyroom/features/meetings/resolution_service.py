"""Use cases of resolutions after the meeting: numbers, what is carried forward, progress, closing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.features.meetings.domain import Attendees, Resolution, Stage
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.resolutions import (
    FollowUp,
    OpenResolution,
    ResolutionRow,
    ResolutionState,
    due_day,
    state_on,
)
from partyroom.features.meetings.tables import FollowUpRecord, Meeting, ResolutionRecord


@dataclass(frozen=True, slots=True)
class ResolutionQuery:
    """What the list of resolutions asks for; `state` may also be 'unclosed': open or overdue."""

    search: str = ""
    state: str = ""
    year: str = ""
    sort: str = "number"
    descending: bool = True


UNCLOSED = "unclosed"
_SORTS = {
    "number": lambda row: (row.meeting_day, row.number, row.id),
    "meeting": lambda row: (row.meeting_day, row.meeting_id, row.id),
    "text": lambda row: row.text,
    "responsible": lambda row: row.responsible,
    "deadline": lambda row: (row.due_on is None, row.due_on or date.max, row.deadline),
    "state": lambda row: list(ResolutionState).index(row.state),
}


def keep_resolutions(session: Session, meeting: Meeting, drafts: Sequence[Resolution]) -> None:
    """Bring a meeting's resolutions up to date; those that stay keep their id, number and follow-ups.

    A draft belongs to the stored resolution with its id, or else to a stored one of the same words (kept input may
    bear an id that an undo has taken away). New ones take the next number of the meeting's year.

    Raises:
        DomainError: a resolution that is left out was followed up or closed already.
    """
    free = {record.id: record for record in meeting.resolutions}
    kept = [_claim(free, draft) for draft in drafts]
    kept = [record or _same_words(free, draft) for record, draft in zip(kept, drafts, strict=True)]
    for record in free.values():
        if record.follow_ups or record.closed_on is not None:
            name = f"第{record.number}号决议" if record.number else "决议"
            text = f"{name}“{_short(record.text)}”已有督办记录，不能删除；请保留这一项，可以改文字。"
            raise DomainError(Problem(text, "resolutions"))
    wanted = [record or ResolutionRecord() for record in kept]
    numbers = iter(range(_next_number(session, meeting.starts_at.year), 1_000_000))
    for record, draft in zip(wanted, drafts, strict=True):
        _fill(record, draft, meeting.starts_at.date())
        if not record.number:
            record.number = f"{meeting.starts_at.year}-{next(numbers):02d}"
    if wanted != list(meeting.resolutions):
        meeting.resolutions[:] = wanted


def resolutions_of(meeting: Meeting) -> tuple[Resolution, ...]:
    """A meeting's resolutions as its editor takes them."""
    return tuple(
        Resolution(record.text, record.responsible, record.deadline, record.id, record.number)
        for record in meeting.resolutions
    )


def list_resolution_ids(session: Session, query: ResolutionQuery) -> list[int]:
    """The ids of the resolutions of all meetings that a query finds, in its order."""
    rows = [row for row in _all_rows(session) if _fits(row, query)]
    return [row.id for row in sorted(rows, key=_SORTS.get(query.sort, _SORTS["number"]), reverse=query.descending)]


def list_resolution_rows(session: Session, ids: Sequence[int]) -> list[ResolutionRow]:
    """List lines for the given ids, in their order."""
    found = {row.id: row for row in _all_rows(session, ids)}
    return [found[i] for i in ids if i in found]


def resolution_years(session: Session) -> list[str]:
    """The years whose meetings decided something, latest first."""
    return sorted({str(row.meeting_day.year) for row in _all_rows(session)}, reverse=True)


def open_resolutions(session: Session, kind: str, group_id: int | None, day: date) -> tuple[OpenResolution, ...]:
    """What a meeting of this kind on `day` takes up: not closed by then, decided before by the same body.

    The body of a kind is whoever should attend it: the whole branch, the committee, or one party group.
    """
    kinds = kinds_of(session)
    if kind not in kinds:
        return ()
    body = kinds[kind].attendees
    alike = [code for code, one in kinds.items() if one.attendees is body]
    statement = (
        select(ResolutionRecord)
        .join(Meeting, Meeting.id == ResolutionRecord.meeting_id)
        .where(
            Meeting.kind.in_(alike),
            Meeting.stage == Stage.HELD,
            Meeting.starts_at < datetime.combine(day, time.min),
            ResolutionRecord.closed_on.is_(None) | (ResolutionRecord.closed_on >= day),
        )
        .order_by(Meeting.starts_at, Meeting.id, ResolutionRecord.ordinal)
    )
    if body is Attendees.GROUP:
        statement = statement.where(Meeting.group_id == group_id)
    return tuple(
        OpenResolution(record.id, record.number, record.text, record.responsible, record.deadline)
        for record in session.scalars(statement)
    )


def add_follow_up(session: Session, resolution_id: int, on_day: date, text: str, by: str = "") -> None:
    """Note what was done about a resolution.

    Raises:
        DomainError: no words, a day before the decision or in the future, or the resolution is closed or gone.
    """
    record, meeting = _open_record(session, resolution_id)
    _refuse_day(on_day, meeting)
    if not clean_text(text).strip():
        raise DomainError(Problem("请写明办理情况。", "text"))
    record.follow_ups.append(FollowUpRecord(on_day=on_day, text=clean_text(text).strip(), by=one_line(by)))


def close_resolutions(session: Session, ids: Iterable[int], on_day: date, text: str = "", by: str = "") -> int:
    """Mark resolutions as done on a day, with a note if there is anything to say, and return how many.

    Raises:
        DomainError: a day before the decision or in the future, or one of them is closed already or gone.
    """
    count = 0
    for resolution_id in ids:
        record, meeting = _open_record(session, resolution_id)
        _refuse_day(on_day, meeting)
        record.closed_on = on_day
        note = clean_text(text).strip()
        record.follow_ups.append(
            FollowUpRecord(on_day=on_day, text=f"办结：{note}" if note else "办结", by=one_line(by))
        )
        count += 1
    return count


def reopen_resolution(session: Session, resolution_id: int, reason: str, by: str = "") -> None:
    """Take a closed resolution up again; the reason is noted among its follow-ups.

    Raises:
        DomainError: no reason, or the resolution is not closed or gone.
    """
    record, _ = _record(session, resolution_id)
    if record.closed_on is None:
        raise DomainError("这项决议还没有办结，不用重新办理。")
    if not clean_text(reason).strip():
        raise DomainError(Problem("请写明重新办理的原因。", "reason"))
    record.closed_on = None
    text = f"重新办理：{clean_text(reason).strip()}"
    record.follow_ups.append(FollowUpRecord(on_day=today(), text=text, by=one_line(by)))


def _claim(free: dict[int, ResolutionRecord], draft: Resolution) -> ResolutionRecord | None:
    return free.pop(draft.id, None) if draft.id else None


def _same_words(free: dict[int, ResolutionRecord], draft: Resolution) -> ResolutionRecord | None:
    text = clean_text(draft.text).strip()
    found = next((record for record in free.values() if record.text == text), None)
    return None if found is None else free.pop(found.id)


def _fill(record: ResolutionRecord, draft: Resolution, decided_on: date) -> None:
    deadline = one_line(draft.deadline)
    values: dict[str, object] = {
        "text": clean_text(draft.text).strip(),
        "responsible": one_line(draft.responsible),
        "deadline": deadline,
        "due_on": due_day(deadline, decided_on),
    }
    for key, value in values.items():
        if getattr(record, key) != value:
            setattr(record, key, value)


def _next_number(session: Session, year: int) -> int:
    start = f"{year}-"
    with session.no_autoflush:
        statement = select(ResolutionRecord.number).where(ResolutionRecord.number.startswith(start, autoescape=True))
        taken = [number.removeprefix(start) for number in session.scalars(statement)]
    return max((int(number) for number in taken if number.isdecimal()), default=0) + 1


def _all_rows(session: Session, ids: Sequence[int] | None = None) -> list[ResolutionRow]:
    statement = select(ResolutionRecord, Meeting).join(Meeting, Meeting.id == ResolutionRecord.meeting_id)
    notes = select(FollowUpRecord).order_by(FollowUpRecord.on_day, FollowUpRecord.id)
    if ids is not None:
        statement = statement.where(ResolutionRecord.id.in_(ids))
        notes = notes.where(FollowUpRecord.resolution_id.in_(ids))
    by_resolution: dict[int, list[FollowUp]] = {}
    for note in session.scalars(notes):
        by_resolution.setdefault(note.resolution_id, []).append(FollowUp(note.id, note.on_day, note.text, note.by))
    return [
        _row(record, meeting, tuple(by_resolution.get(record.id, ()))) for record, meeting in session.execute(statement)
    ]


def _row(record: ResolutionRecord, meeting: Meeting, notes: tuple[FollowUp, ...]) -> ResolutionRow:
    day = meeting.starts_at.date()
    # Rows from before there was `due_on` get their day when their meeting is next saved; till then it is read anew.
    due_on = record.due_on or due_day(record.deadline, day)
    return ResolutionRow(
        id=record.id,
        number=record.number,
        meeting_id=meeting.id,
        meeting=meeting.title,
        meeting_day=day,
        text=record.text,
        responsible=record.responsible,
        deadline=record.deadline,
        due_on=due_on,
        closed_on=record.closed_on,
        state=state_on(today(), due_on, record.closed_on),
        follow_ups=notes,
    )


def _fits(row: ResolutionRow, query: ResolutionQuery) -> bool:
    wanted = one_line(query.search).casefold()
    words = (row.number, row.meeting, row.text, row.responsible, row.deadline, *(one.text for one in row.follow_ups))
    if wanted and not any(wanted in word.casefold() for word in words):
        return False
    if query.year and str(row.meeting_day.year) != query.year:
        return False
    if query.state == UNCLOSED:
        return row.state is not ResolutionState.CLOSED
    return not query.state or row.state == query.state


def _record(session: Session, resolution_id: int) -> tuple[ResolutionRecord, Meeting]:
    record = session.get(ResolutionRecord, resolution_id)
    meeting = session.get(Meeting, record.meeting_id) if record is not None else None
    if record is None or meeting is None or meeting.deleted_at is not None:
        raise DomainError("没有这项决议，所属的会议可能已移入回收站。")
    return record, meeting


def _open_record(session: Session, resolution_id: int) -> tuple[ResolutionRecord, Meeting]:
    record, meeting = _record(session, resolution_id)
    if record.closed_on is not None:
        raise DomainError(f"第{record.number}号决议已经办结；确需继续办理的，请先“重新办理”。")
    return record, meeting


def _refuse_day(on_day: date, meeting: Meeting) -> None:
    if on_day < meeting.starts_at.date():
        raise DomainError(Problem("日期早于会议日期，请核对。", "on_day"))
    if on_day > today():
        raise DomainError(Problem("日期不能晚于今天。", "on_day"))


def _short(text: str) -> str:
    words = one_line(text)
    return words if len(words) <= 20 else f"{words[:20]}…"
