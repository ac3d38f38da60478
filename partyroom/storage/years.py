"""Years that were closed: signed off by name, read-only until somebody opens them again with a reason.

A mapped class says by `__year_of__` to which year its rows belong: the name of a column that holds a date, a time or
a year, or of a foreign key to the row that knows. `__still_open__` names columns that may change all the same: what
was left open goes on after the year (议事决策督办). Every unit of work refuses to touch rows of a closed year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, Text, event, select
from sqlalchemy import inspect as inspected
from sqlalchemy.orm import InstanceState, Mapped, Session, mapped_column
from sqlalchemy.orm.unitofwork import UOWTransaction

from partyroom.core.errors import DomainError
from partyroom.storage.base import Base, ShortText


class ClosedYear(Base):
    """One closing of a year; it holds until `reopened_at`."""

    __tablename__ = "closed_years"
    __not_undone__ = "年度关闭后，请在“档案”里说明原因、重新打开。"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    closed_at: Mapped[datetime]
    closed_by: Mapped[str] = mapped_column(ShortText)
    note: Mapped[str] = mapped_column(Text, default="")
    reopened_at: Mapped[datetime | None] = mapped_column(default=None)
    reopened_by: Mapped[str] = mapped_column(ShortText, default="")
    reopen_reason: Mapped[str] = mapped_column(Text, default="")


def closed_years(session: Session) -> frozenset[int]:
    """The years that are closed now."""
    with session.no_autoflush:
        return frozenset(session.scalars(select(ClosedYear.year).where(ClosedYear.reopened_at.is_(None))))


def guard_closed_years(session: Session) -> None:
    """Make the session refuse changes to rows of closed years when it flushes."""
    event.listen(session, "before_flush", _before_flush)


def refuse_closed_rows(session: Session, table: Table, changed: set[str], *rows: Mapping[str, Any]) -> None:
    """Refuse a change that goes past the mapped classes (undo).

    `changed` names the columns it touches, `rows` hold what is known of the row before and after it.

    Raises:
        DomainError: the row belongs to a closed year.
    """
    mapped = _class_of(table.name)
    closed = closed_years(session)
    if mapped is None or not closed or not _beyond_open(mapped, changed):
        return
    _refuse(_years(session, mapped, [row.get(_year_column(mapped)) for row in rows]) & closed)


def _before_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    touched = [row for row in (*session.new, *session.dirty, *session.deleted) if _year_column(type(row))]
    if not touched:
        return
    closed = closed_years(session)
    if not closed:
        return
    with session.no_autoflush:
        for row in touched:
            if row in session.dirty and not _beyond_open(type(row), _changed(row)):
                continue
            column = _year_column(type(row))
            before = inspected(row).attrs[column].history.deleted
            _refuse(_years(session, type(row), [getattr(row, column), *before]) & closed)


def _changed(row: object) -> set[str]:
    """Columns that changed, and lists of guarded children: a new child knows its parent only once it is flushed."""
    state: InstanceState[Any] = inspected(row)
    lists = (one.key for one in state.mapper.relationships if _year_column(one.mapper.class_))
    keys = (*(column.key for column in state.mapper.column_attrs), *lists)
    return {key for key in keys if state.attrs[key].history.has_changes()}


def _refuse(years: Iterable[int]) -> None:
    for year in sorted(years):
        raise DomainError(f"{year}年已经归档关闭，只能查看和打印。确需更正的，请先在“档案”里说明原因、重新打开该年度。")


def _beyond_open(mapped: type[Any], changed: set[str]) -> bool:
    return bool(changed - getattr(mapped, "__still_open__", frozenset()))


def _year_column(mapped: type[Any]) -> str:
    return str(getattr(mapped, "__year_of__", ""))


def _years(session: Session, mapped: type[Any], values: Iterable[object]) -> set[int]:
    """The years that these values of a class's `__year_of__` column mean."""
    column = mapped.__table__.columns[_year_column(mapped)]
    parent = next((_class_of(key.column.table.name) for key in column.foreign_keys), None)
    years: set[int] = set()
    for value in values:
        if value is None:
            continue
        if parent is None:
            years.add(_year(value))
        else:
            owner = session.get(parent, value, execution_options={"include_deleted": True})
            if owner is not None:
                years |= _years(session, parent, [getattr(owner, _year_column(parent))])
    return years


def _year(value: object) -> int:
    if isinstance(value, date):  # a datetime is one, too
        return value.year
    return int(str(value)[:4])  # a year, or a date as the change log writes it


def _class_of(table: str) -> type[Any] | None:
    for mapper in Base.registry.mappers:
        if getattr(mapper.local_table, "name", "") == table:
            return mapper.class_ if _year_column(mapper.class_) else None
    return None
