"""Tables of the roster."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partyroom.core.calendar import RecordedDate
from partyroom.core.identity import Sex
from partyroom.features.members.domain import Category, Employment, PostKind, Standing
from partyroom.features.organisation.tables import DepartmentRecord, GroupRecord
from partyroom.storage.base import Base, RecordedDateType, Recyclable, ShortText, choice

_Date = RecordedDate | None


class Member(Recyclable, Base):
    """One person of the roster, with every field of the collection form; age and 党龄 are computed, never stored."""

    __tablename__ = "members"
    __table_args__ = (CheckConstraint("name <> ''", name="named"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(ShortText)
    name_key: Mapped[str] = mapped_column(Text, index=True, default="")
    initials: Mapped[str] = mapped_column(Text, default="")
    id_number: Mapped[str] = mapped_column(ShortText, default="", index=True)
    sex: Mapped[Sex | None] = mapped_column(choice(Sex, "sex"), default=None)
    birth: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    ethnicity: Mapped[str] = mapped_column(ShortText, default="")
    native_place: Mapped[str] = mapped_column(ShortText, default="")
    category: Mapped[Category | None] = mapped_column(choice(Category, "category"), default=None)
    standing: Mapped[Standing] = mapped_column(choice(Standing, "standing"), default=Standing.ACTIVE)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("party_groups.id"), default=None, index=True)
    applied: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    activist_since: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    target_since: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    joined: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    joined_branch: Mapped[str] = mapped_column(ShortText, default="")
    introducers: Mapped[str] = mapped_column(ShortText, default="")
    full_since: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    full_branch: Mapped[str] = mapped_column(ShortText, default="")
    arrived: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    left: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    rights_suspended_from: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    rights_suspended_until: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    floating: Mapped[bool] = mapped_column(default=False)
    missing: Mapped[str] = mapped_column(ShortText, default="")
    missing_since: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    staff_number: Mapped[str] = mapped_column(ShortText, default="")
    employment: Mapped[Employment | None] = mapped_column(choice(Employment, "employment"), default=None)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"), default=None, index=True)
    post: Mapped[str] = mapped_column(ShortText, default="")
    title: Mapped[str] = mapped_column(ShortText, default="")
    work_started: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    education: Mapped[str] = mapped_column(ShortText, default="")
    education_kind: Mapped[str] = mapped_column(ShortText, default="")
    degree: Mapped[str] = mapped_column(ShortText, default="")
    school: Mapped[str] = mapped_column(ShortText, default="")
    major: Mapped[str] = mapped_column(ShortText, default="")
    enrolled: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    graduated: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    phone: Mapped[str] = mapped_column(ShortText, default="")
    landline: Mapped[str] = mapped_column(ShortText, default="")
    address: Mapped[str] = mapped_column(ShortText, default="")
    household: Mapped[str] = mapped_column(ShortText, default="")
    archive_unit: Mapped[str] = mapped_column(ShortText, default="")
    other_party: Mapped[str] = mapped_column(ShortText, default="")
    other_party_joined: Mapped[_Date] = mapped_column(RecordedDateType, default=None)
    remarks: Mapped[str] = mapped_column(Text, default="")
    typed: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)

    department: Mapped[DepartmentRecord | None] = relationship(lazy="joined")
    group: Mapped[GroupRecord | None] = relationship(lazy="joined")

    @property
    def bin_kind(self) -> str:
        """Recycle bin: what it is."""
        return "党员花名册"

    @property
    def bin_title(self) -> str:
        """Recycle bin: which one."""
        return self.name


class Post(Base):
    """A post that a member holds or held: on the committee in a term, or as leader of a group."""

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint("(term_id IS NULL) <> (group_id IS NULL)", name="of_term_or_group"),
        CheckConstraint("ended IS NULL OR ended >= started", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    kind: Mapped[PostKind] = mapped_column(choice(PostKind, "post_kind"))
    term_id: Mapped[int | None] = mapped_column(ForeignKey("committee_terms.id"), default=None, index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("party_groups.id"), default=None, index=True)
    started: Mapped[date]
    ended: Mapped[date | None] = mapped_column(default=None)
