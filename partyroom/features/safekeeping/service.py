"""Looking after the library: recycle bin, change log, undo, check."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from partyroom.core.errors import DomainError
from partyroom.features.meetings.minutes_service import refuse_undoing
from partyroom.features.meetings.search import forget_meeting, index_after
from partyroom.features.safekeeping.domain import BinRow, ChangeRow
from partyroom.storage import recycle, undo
from partyroom.storage.audit import Change, ChangeSet

_PER_KIND = 1_000_000_000


def list_bin(session: Session) -> list[BinRow]:
    """Everything in the recycle bin, latest first."""
    tables = sorted(recycle.recyclable_classes())
    return [
        BinRow(
            tables.index(line.table) * _PER_KIND + line.id, line.table, line.id, line.kind, line.title, line.deleted_at
        )
        for line in recycle.list_bin(session)
    ]


def restore(session: Session, rows: Sequence[BinRow]) -> int:
    """Bring things back from the bin and return how many.

    Raises:
        DomainError: one of them is not there any more, or its name has been taken meanwhile.
    """
    for row in rows:
        recycle.restore(session, row.table, row.key)
        _flush(session, f"“{row.title}”不能恢复：已经有同名的{row.kind}，请先改名。")
    return len(rows)


def restore_latest(session: Session) -> str:
    """Take back the last deletion and return the titles of what came back.

    Raises:
        DomainError: the bin is empty, or a name has been taken meanwhile.
    """
    titles = recycle.restore_latest(session)
    _flush(session, f"“{titles}”不能恢复：已经有同名的记录，请先改名。")
    return titles


def purge(session: Session, rows: Sequence[BinRow]) -> int:
    """Remove things for good and return how many.

    Raises:
        DomainError: other records still need one of them.
    """
    for row in rows:
        recycle.purge(session, row.table, row.key)
        if row.table == "meetings":
            forget_meeting(session, row.key)
        _flush(session, f"“{row.title}”不能彻底删除：会议考勤等记录还在使用它，请让它留在回收站里。")
    return len(rows)


def list_change_ids(session: Session, search: str = "") -> list[int]:
    """The numbers of all user actions whose label contains `search` (taken literally), newest first."""
    statement = select(ChangeSet.id).order_by(ChangeSet.id.desc())
    if search:
        statement = statement.where(ChangeSet.label.contains(search, autoescape=True))
    return list(session.scalars(statement))


def list_changes(session: Session, ids: Sequence[int]) -> list[ChangeRow]:
    """The lines of the change log for these user actions, in any order."""
    counted = select(Change.change_set_id, func.count()).where(Change.change_set_id.in_(ids))
    counts = {row[0]: row[1] for row in session.execute(counted.group_by(Change.change_set_id))}
    found = session.scalars(select(ChangeSet).where(ChangeSet.id.in_(ids)))
    return [ChangeRow(one.id, one.at, one.label, counts.get(one.id, 0), one.undone_by is not None) for one in found]


def undo_change(session: Session, change_set: int) -> int:
    """Take back one user action and return the number of rows restored.

    Raises:
        DomainError: it was undone before, it changed nothing, something it touched has been changed since, or it
            reaches into a finalised record of a meeting.
    """
    changes = session.scalars(select(Change).where(Change.change_set_id == change_set)).all()
    if all(change.before == {} and set(change.after) <= {"note"} for change in changes):
        raise DomainError("这次操作没有改动内容，不需要撤销。")
    refuse_undoing(session, change_set)
    restored = undo.undo_change_set(session, change_set)
    index_after(session, change_set)
    return restored


def _flush(session: Session, sentence: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise DomainError(sentence) from error
