"""Taking back one whole user action by its entry in the change log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert, select, type_coerce, update
from sqlalchemy import delete as delete_rows
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from partyroom.core.calendar import RecordedDate
from partyroom.core.errors import DomainError
from partyroom.storage.audit import Change, ChangeKind, ChangeSet, plain
from partyroom.storage.base import Base, RecordedDateType
from partyroom.storage.work import recorder_of
from partyroom.storage.years import refuse_closed_rows

_NAME_TAKEN = "不能撤销：现在已经有一个同名的，请先给它改名。"
_STILL_USED = "不能撤销：后来的记录（如会议考勤）已经用到了它，请先处理那些记录。"
_BACKWARDS = {
    ChangeKind.INSERT: ChangeKind.DELETE,
    ChangeKind.UPDATE: ChangeKind.UPDATE,
    ChangeKind.DELETE: ChangeKind.INSERT,
}


def undo_change_set(session: Session, change_set_id: int) -> int:
    """Take back everything one action did, as one new action, and return the number of rows restored.

    Raises:
        DomainError: it was undone before, something it touched has been changed since, belongs to a closed year, or
            is of a kind that is only ever put right by a further entry; nothing is changed then.
    """
    change_set = session.get(ChangeSet, change_set_id)
    if change_set is None:
        raise DomainError("修改记录里找不到这次操作。")
    if change_set.undone_by is not None:
        raise DomainError("这次操作已经撤销过了。")
    changes = session.scalars(
        select(Change).where(Change.change_set_id == change_set_id).order_by(Change.id.desc())
    ).all()
    written = []
    if any(change.table_name not in Base.metadata.tables for change in changes):
        raise DomainError("不能撤销：这是旧版本程序做的操作，现在已经没有这类记录。")
    _refuse_final(changes)
    for change in changes:
        _refuse_if_changed_since(session, change)
        _refuse_in_closed_year(session, change)
        try:
            _reverse(session, change)
        except IntegrityError as error:
            taken = "UNIQUE" in str(error.orig)
            raise DomainError(_NAME_TAKEN if taken else _STILL_USED) from error
        written.append(
            {
                "table_name": change.table_name,
                "row_id": change.row_id,
                "kind": _BACKWARDS[change.kind],
                "before": change.after,
                "after": change.before,
            }
        )
    recorder = recorder_of(session)
    recorder.record(session, written)
    change_set.undone_by = recorder.open_change_set(session)
    for taken_back in session.scalars(select(ChangeSet).where(ChangeSet.undone_by == change_set_id)):
        taken_back.undone_by = None  # undoing an undo puts its action in force again
    return len(written)


def _refuse_final(changes: Sequence[Change]) -> None:
    """What is put right only by an entry of its own (`__not_undone__` of the mapped class says how) is not undone."""
    touched = {change.table_name for change in changes}
    for mapper in Base.registry.mappers:
        sentence = getattr(mapper.class_, "__not_undone__", "")
        if sentence and getattr(mapper.local_table, "name", "") in touched:
            raise DomainError(f"不能撤销：{sentence}")


def _refuse_if_changed_since(session: Session, change: Change) -> None:
    """Compare the row itself, not the log: what counts is whether the action's work still stands as it left it."""
    table: Table = Base.metadata.tables[change.table_name]
    key = next(iter(table.primary_key.columns))
    row = session.connection().execute(select(table).where(key == change.row_id)).mappings().first()
    if change.kind is ChangeKind.DELETE:
        stands = row is None
    else:
        touched = [name for name in change.after if name in table.columns]
        stands = not touched or (row is not None and all(plain(row[name]) == change.after[name] for name in touched))
    if stands:
        return
    later = session.scalar(
        select(ChangeSet.label)
        .join(Change, Change.change_set_id == ChangeSet.id)
        .where(
            Change.table_name == change.table_name,
            Change.row_id == change.row_id,
            Change.change_set_id > change.change_set_id,
            ChangeSet.undone_by.is_(None),
        )
        .order_by(ChangeSet.id.desc())
        .limit(1)
    )
    raise DomainError(f"不能撤销：之后又做过“{later or '其他改动'}”，撤销会把后来的改动一起冲掉。请先撤销后来的操作。")


def _refuse_in_closed_year(session: Session, change: Change) -> None:
    table: Table = Base.metadata.tables[change.table_name]
    key = next(iter(table.primary_key.columns))
    row = session.connection().execute(select(table).where(key == change.row_id)).mappings().first()
    stored = dict(row) if row is not None else {}
    refuse_closed_rows(session, table, {*change.before, *change.after}, stored, change.before, change.after)


def _reverse(session: Session, change: Change) -> None:
    table: Table = Base.metadata.tables[change.table_name]
    key = next(iter(table.primary_key.columns))
    if change.kind is ChangeKind.INSERT:
        session.execute(delete_rows(table).where(key == change.row_id))
    elif change.kind is ChangeKind.DELETE:
        session.execute(insert(table).values(_values(table, change.before)))
    elif values := _values(table, change.before):
        session.execute(update(table).where(key == change.row_id).values(values))


def _values(table: Table, stored: dict[str, Any]) -> dict[str, Any]:
    return {name: _revive(table, name, value) for name, value in stored.items() if name in table.columns}


def _revive(table: Table, name: str, value: Any) -> Any:
    """A logged JSON value as the column's Python type."""
    column = table.columns[name]
    if value is None:
        return None
    if isinstance(column.type, RecordedDateType):
        return RecordedDate(str(value))
    enum = getattr(column.type, "enum_class", None)
    if enum is not None:
        return enum(value)
    try:
        python_type = column.type.python_type
    except NotImplementedError:
        return type_coerce(value, column.type)
    if hasattr(python_type, "fromisoformat") and isinstance(value, str):
        return python_type.fromisoformat(value)
    return value
