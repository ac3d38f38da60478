"""The kinds of meetings as this branch has them: the rule data, changed and added to by the branch."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import one_line
from partyroom.features.meetings.domain import Kinds, MeetingKind, meeting_kinds
from partyroom.features.meetings.tables import KindRecord, Meeting

_OWN_SOURCE = "支部惯例"


def kinds_of(session: Session) -> Kinds:
    """All kinds by code in menu order: those of the rule data as the branch changed them, then its own."""
    kinds = dict(meeting_kinds())
    for record in session.scalars(select(KindRecord).order_by(KindRecord.id)):
        kinds[record.code] = _kind(record, meeting_kinds().get(record.code))
    return kinds


def save_kind(session: Session, kind: MeetingKind) -> str:
    """Store a changed kind, or with a blank code a new one of the branch's own; returns its code.

    Raises:
        DomainError: it has no name, another kind has the same, or an unknown code.
    """
    label = one_line(kind.label)
    kinds = kinds_of(session)
    if not label:
        raise DomainError(Problem("请填写会议类型的名称。", "label"))
    if any(other.label == label for code, other in kinds.items() if code != kind.code):
        raise DomainError(Problem(f"已经有一个会议类型叫“{label}”，请换一个名称。", "label"))
    if kind.code and kind.code not in kinds:
        raise DomainError("没有这个会议类型，可能已被删除。")
    record = _record(session, kind.code) or _added(session, kind.code)
    values: dict[str, object] = {
        "label": label,
        "attendees": kind.attendees,
        "vote_rule": kind.vote_rule,
        "agenda": _lines(kind.agenda),
        "actions": _lines(kind.actions),
        "makes_up": kind.makes_up,
        "hidden": kind.hidden,
        "period": kind.period,
        "minimum": kind.minimum if kind.period else 0,
        "source": one_line(kind.source) or _OWN_SOURCE,
    }
    for key, value in values.items():
        if getattr(record, key) != value:
            setattr(record, key, value)
    session.flush()
    return record.code


def hide_kind(session: Session, code: str, *, hidden: bool) -> None:
    """Offer a kind no more, or again; meetings of that kind keep their name.

    Raises:
        DomainError: there is no such kind, or it is the last one that is offered.
    """
    kinds = kinds_of(session)
    if code not in kinds:
        raise DomainError("没有这个会议类型，可能已被删除。")
    if hidden and not any(not kind.hidden for other, kind in kinds.items() if other != code):
        raise DomainError("至少要留下一个会议类型，不能全部隐藏。")
    record = _record(session, code)
    if record is None:
        save_kind(session, kinds[code])
        record = _record(session, code)
    assert record is not None
    record.hidden = hidden


def restore_kind(session: Session, code: str) -> None:
    """Make a kind of the rule data what it was; remove one of the branch's own that no meeting bears.

    Raises:
        DomainError: meetings bear the own kind (those in the recycle bin count).
    """
    record = _record(session, code)
    if record is None:
        return
    if code not in meeting_kinds() and (count := _meetings_of(session, code)):
        raise DomainError(f"有{count}次会议属于这个类型，不能删除；可以把它隐藏，以后不再列出。")
    session.delete(record)


def _kind(record: KindRecord, default: MeetingKind | None) -> MeetingKind:
    same = default is not None and (default.period, default.minimum) == (record.period, record.minimum)
    return MeetingKind(
        code=record.code,
        label=record.label,
        attendees=record.attendees,
        vote_rule=record.vote_rule,
        agenda=tuple(record.agenda),
        source=record.source,
        makes_up=record.makes_up,
        actions=tuple(record.actions),
        period=record.period,
        minimum=record.minimum,
        frequency_note=default.frequency_note if default and same else ("次数由本支部设定" if record.period else ""),
        hidden=record.hidden,
        own=default is None,
    )


def _record(session: Session, code: str) -> KindRecord | None:
    return session.scalar(select(KindRecord).where(KindRecord.code == code)) if code else None


def _added(session: Session, code: str) -> KindRecord:
    record = KindRecord(code=code or f"own-{uuid4().hex[:12]}")
    session.add(record)
    return record


def _lines(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(text for text in map(one_line, texts) if text))


def _meetings_of(session: Session, code: str) -> int:
    used = or_(Meeting.kind == code, func.instr(Meeting.also, f'"{code}"') > 0)
    statement = select(func.count()).select_from(Meeting).where(used)
    return int(session.scalar(statement, execution_options={"include_deleted": True}) or 0)
