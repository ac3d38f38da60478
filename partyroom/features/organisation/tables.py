"""Tables of the organisation."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from partyroom.core.calendar import RecordedDate
from partyroom.storage.base import Base, RecordedDateType, Recyclable, ShortText


class BranchRecord(Base):
    """The branch; there is exactly one row."""

    __tablename__ = "branch"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(ShortText)
    school: Mapped[str] = mapped_column(ShortText, default="")
    superior: Mapped[str] = mapped_column(ShortText, default="")
    founded: Mapped[RecordedDate | None] = mapped_column(RecordedDateType, default=None)
    office_phone: Mapped[str] = mapped_column(ShortText, default="")
    address: Mapped[str] = mapped_column(ShortText, default="")


class DepartmentRecord(Recyclable, Base):
    """A department (科室) and its head."""

    __tablename__ = "departments"
    __table_args__ = (Index("uq_departments_name_live", "name", unique=True, sqlite_where=text("deleted_at IS NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(ShortText)
    head: Mapped[str] = mapped_column(ShortText, default="")
    phone: Mapped[str] = mapped_column(ShortText, default="")
    ordinal: Mapped[int] = mapped_column(default=0)

    @property
    def bin_kind(self) -> str:
        """Recycle bin: what it is."""
        return "科室"

    @property
    def bin_title(self) -> str:
        """Recycle bin: which one."""
        return self.name


class GroupRecord(Recyclable, Base):
    """A Party group (党小组)."""

    __tablename__ = "party_groups"
    __table_args__ = (Index("uq_party_groups_name_live", "name", unique=True, sqlite_where=text("deleted_at IS NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(ShortText)
    ordinal: Mapped[int] = mapped_column(default=0)

    @property
    def bin_kind(self) -> str:
        """Recycle bin: what it is."""
        return "党小组"

    @property
    def bin_title(self) -> str:
        """Recycle bin: which one."""
        return self.name


class TermRecord(Base):
    """A term of the committee (届)."""

    __tablename__ = "committee_terms"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(ShortText, default="")
    started: Mapped[date]
    ends: Mapped[date]
