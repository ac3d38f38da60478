"""The recycle bin: deleted things stay, can be brought back, and go for good only when somebody says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from partyroom.core.calendar import now
from partyroom.core.errors import DomainError
from partyroom.storage.base import Base, Recyclable


@dataclass(frozen=True, slots=True)
class BinLine:
    """One line of the recycle bin."""

    table: str
    id: int
    kind: str
    title: str
    deleted_at: datetime


def recyclable_classes() -> dict[str, type[Any]]:
    """Every mapped class whose rows go to the bin, by table name."""
    return {
        mapper.local_table.name: mapper.class_  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Recyclable)
    }


def put_in_bin(row: Recyclable) -> None:
    """Move a row to the recycle bin as part of the running action."""
    row.deleted_at = now()


def list_bin(session: Session) -> list[BinLine]:
    """Everything in the recycle bin, latest first."""
    lines: list[BinLine] = []
    for table, mapped in recyclable_classes().items():
        statement = select(mapped).where(mapped.deleted_at.is_not(None))
        deleted = session.scalars(statement, execution_options={"include_deleted": True})
        lines += [BinLine(table, row.id, row.bin_kind, row.bin_title, row.deleted_at) for row in deleted]
    return sorted(lines, key=lambda line: (line.deleted_at, line.id), reverse=True)


def restore(session: Session, table: str, row_id: int) -> str:
    """Bring one thing back and return its title.

    Raises:
        DomainError: it is not in the bin any more, or something else bears its name by now.
    """
    row = _in_bin(session, table, row_id)
    row.deleted_at = None
    title = row.bin_title
    try:
        session.flush()
    except IntegrityError as error:
        raise DomainError(f"不能恢复：现在已经有一个同名的“{title}”，请先给它改名。") from error
    return title


def restore_latest(session: Session) -> str:
    """Bring back what was deleted last, with everything deleted in the same second, and return its title(s).

    Raises:
        DomainError: the bin is empty.
    """
    lines = list_bin(session)
    if not lines:
        raise DomainError("回收站是空的，没有可以撤销的删除。")
    latest = [line for line in lines if line.deleted_at == lines[0].deleted_at]
    return "、".join(restore(session, line.table, line.id) for line in latest)


def purge(session: Session, table: str, row_id: int) -> None:
    """Remove one thing for good; its last state stays in the change log.

    Raises:
        DomainError: it is not in the bin, or other records still point to it.
    """
    row = _in_bin(session, table, row_id)
    title = row.bin_title
    session.delete(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise DomainError(f"不能彻底删除“{title}”：还有别的记录（如会议考勤、职务）用到它。") from error


def _in_bin(session: Session, table: str, row_id: int) -> Recyclable:
    mapped = recyclable_classes()[table]
    row = session.get(mapped, row_id, execution_options={"include_deleted": True})
    if row is None or row.deleted_at is None:
        raise DomainError("它已经不在回收站里了。")
    assert isinstance(row, Recyclable)
    return row
