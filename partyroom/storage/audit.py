"""The change log: every committed change with its before and after, grouped by the user action that made it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text, event, insert, select
from sqlalchemy.orm import InstanceState, Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria
from sqlalchemy.orm.unitofwork import UOWTransaction

from partyroom.core.calendar import RecordedDate, now
from partyroom.storage.base import Base, Recyclable, ShortText, choice


class ChangeKind(StrEnum):
    """What happened to a row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class ChangeSet(Base):
    """One user action: one transaction."""

    __tablename__ = "change_sets"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    label: Mapped[str] = mapped_column(ShortText)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("change_sets.id"), default=None)


class Change(Base):
    """What one user action did to one row; `before` and `after` hold the changed columns as JSON values."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_sets.id"), index=True)
    table_name: Mapped[str] = mapped_column(Text)
    row_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[ChangeKind] = mapped_column(choice(ChangeKind, "change_kind"))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


UNLOGGED = frozenset({"change_sets", "changes", "drafts"})
"""Tables whose changes are not themselves logged."""


@dataclass(slots=True)
class Recorder:
    """Writes the change log of one session and remembers which tables were touched."""

    label: str
    change_set_id: int | None = None
    touched: set[str] | None = None

    def attach(self, session: Session) -> None:
        """Listen to the session's flushes from now on."""
        self.touched = set()
        event.listen(session, "after_flush", self._after_flush)

    def open_change_set(self, session: Session) -> int:
        """The id of this action's change set, made at the first change."""
        if self.change_set_id is None:
            result = session.execute(insert(ChangeSet).values(at=now(), label=self.label).returning(ChangeSet.id))
            self.change_set_id = int(result.scalar_one())
        return self.change_set_id

    def record(self, session: Session, changes: list[dict[str, Any]]) -> None:
        """Write change rows (keys as Change's columns, without change_set_id)."""
        if not changes or self.touched is None:
            return
        change_set = self.open_change_set(session)
        session.execute(insert(Change), [dict(row, change_set_id=change_set) for row in changes])
        self.touched.update(row["table_name"] for row in changes)

    def note(self, session: Session, table_name: str, row_id: int, what: str) -> None:
        """Write down that something was looked at or handed out (a revealed ID number, a full export)."""
        self.record(
            session,
            [_row(table_name, row_id, ChangeKind.UPDATE, {}, {"note": what})],
        )

    def _after_flush(self, session: Session, context: UOWTransaction) -> None:
        # What the flush really did: `session.deleted` does not tell of children taken out of their parent's list.
        done: dict[ChangeKind, list[dict[str, Any]]] = {kind: [] for kind in ChangeKind}
        for state, (deleted, listed_only) in context.states.items():
            if not listed_only:
                kind = ChangeKind.DELETE if deleted else ChangeKind.UPDATE if state.key else ChangeKind.INSERT
                done[kind] += _describe(state, kind)
        # Parents before children, deletions the other way round: taken back from the end, each step finds its parents.
        order = {table.name: number for number, table in enumerate(Base.metadata.sorted_tables)}
        for kind, rows in done.items():
            rows.sort(key=lambda row: order[row["table_name"]], reverse=kind is ChangeKind.DELETE)
            self.record(session, rows)


def _row(
    table: str, row_id: int, kind: ChangeKind, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    return {"table_name": table, "row_id": row_id, "kind": kind, "before": dict(before), "after": dict(after)}


def _describe(state: InstanceState[Any], kind: ChangeKind) -> list[dict[str, Any]]:
    table = str(getattr(state.mapper.local_table, "name", ""))
    if table in UNLOGGED:
        return []
    instance = state.obj()
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for column in state.mapper.column_attrs:
        name = column.columns[0].name
        history = state.attrs[column.key].history
        value = getattr(instance, column.key)
        stored = history.deleted[0] if history.deleted else None if history.has_changes() else value
        if kind is ChangeKind.INSERT:
            after[name] = plain(value)
        elif kind is ChangeKind.DELETE:
            before[name] = plain(stored)
        elif history.has_changes():
            before[name] = plain(stored)
            after[name] = plain(value)
    if kind is ChangeKind.UPDATE and before == after:
        return []
    return [_row(table, int(state.identity[0]) if state.identity else int(after["id"]), kind, before, after)]


def plain(value: object) -> Any:
    """A column value as JSON can hold it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, RecordedDate):
        return value.text
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict | list):
        return json.loads(json.dumps(value, ensure_ascii=False))
    return value


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of the change log on screen."""

    id: int
    at: datetime
    label: str
    count: int
    undone: bool


def list_change_sets(session: Session, limit: int = 500) -> list[ChangeLine]:
    """The latest user actions, newest first."""
    sets = session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(limit)).all()
    wanted = [change_set.id for change_set in sets]
    counts: dict[int, int] = {}
    for (change_set_id,) in session.execute(select(Change.change_set_id).where(Change.change_set_id.in_(wanted))):
        counts[change_set_id] = counts.get(change_set_id, 0) + 1
    return [ChangeLine(c.id, c.at, c.label, counts.get(c.id, 0), c.undone_by is not None) for c in sets]


def leave_out_deleted(state: ORMExecuteState) -> None:
    """Session hook: hide what lies in the recycle bin unless the statement asks for it."""
    if state.is_select and not state.execution_options.get("include_deleted", False):
        state.statement = state.statement.options(
            with_loader_criteria(Recyclable, lambda cls: cls.deleted_at.is_(None), include_aliases=True)
        )
