"""The declarative base and the column types that every table uses."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, Enum, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from partyroom.core.calendar import RecordedDate

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of all mapped classes; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)


class RecordedDateType(TypeDecorator[RecordedDate]):
    """A RecordedDate as its text: '1985-03-02', '1985-03', '1985', or what was typed when nobody can read it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: RecordedDate | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text to store."""
        return None if value is None else value.text

    def process_result_value(self, value: Any | None, dialect: Dialect) -> RecordedDate | None:  # noqa: ARG002
        """The date as it was recorded."""
        return None if value is None else RecordedDate(str(value))


def choice(enum: type[StrEnum], name: str) -> Enum:
    """A column of one of the enum's lower-case values, guarded by a CHECK named `name`."""
    return Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


class Recyclable:
    """Mixin of rows that a deletion only moves to the recycle bin.

    Every query leaves such rows out by itself; `execution_options(include_deleted=True)` brings them back in.
    """

    deleted_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def bin_kind(self) -> str:
        """What kind of thing this is, in the words of the recycle bin."""
        raise NotImplementedError

    @property
    def bin_title(self) -> str:
        """Which one it is, in a line of the recycle bin."""
        raise NotImplementedError


ShortText = String(200)
"""Names and other one-line texts; SQLite keeps longer ones too, PostgreSQL would refuse them."""
