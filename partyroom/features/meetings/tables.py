"""Tables of meetings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partyroom.features.meetings.domain import State, VoteMethod, VoteRule
from partyroom.storage.base import Base, Recyclable, ShortText, choice

_CASCADE = "all, delete-orphan"


class Meeting(Recyclable, Base):
    """One meeting and its minutes; `number` counts the notices (纪要) of a year."""

    __tablename__ = "meetings"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, index=True)
    also: Mapped[list[str]] = mapped_column(JSON, default=list)
    title: Mapped[str] = mapped_column(ShortText)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime | None] = mapped_column(default=None)
    place: Mapped[str] = mapped_column(ShortText, default="")
    chair: Mapped[str] = mapped_column(ShortText, default="")
    recorder: Mapped[str] = mapped_column(ShortText, default="")
    topic: Mapped[str] = mapped_column(Text, default="")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("party_groups.id"), default=None)
    minutes: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(default=0)
    recorded_at: Mapped[datetime]

    attendance: Mapped[list[AttendanceRecord]] = relationship(
        cascade=_CASCADE, order_by="AttendanceRecord.ordinal", collection_class=ordering_list("ordinal")
    )
    guests: Mapped[list[GuestRecord]] = relationship(
        cascade=_CASCADE, order_by="GuestRecord.ordinal", collection_class=ordering_list("ordinal")
    )
    agenda: Mapped[list[AgendaRecord]] = relationship(
        cascade=_CASCADE, order_by="AgendaRecord.ordinal", collection_class=ordering_list("ordinal")
    )
    votes: Mapped[list[VoteRecord]] = relationship(
        cascade=_CASCADE, order_by="VoteRecord.ordinal", collection_class=ordering_list("ordinal")
    )
    resolutions: Mapped[list[ResolutionRecord]] = relationship(
        cascade=_CASCADE, order_by="ResolutionRecord.ordinal", collection_class=ordering_list("ordinal")
    )

    @property
    def bin_kind(self) -> str:
        """Recycle bin: what it is."""
        return "会议记录"

    @property
    def bin_title(self) -> str:
        """Recycle bin: which one."""
        return f"{self.starts_at:%Y.%m.%d} {self.title}"


class AttendanceRecord(Base):
    """One person's attendance, with rights and category as they were on that day."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    ordinal: Mapped[int]
    name: Mapped[str] = mapped_column(ShortText)
    state: Mapped[State] = mapped_column(choice(State, "attendance_state"))
    reason: Mapped[str] = mapped_column(ShortText, default="")
    expected: Mapped[bool] = mapped_column(default=True)
    votes: Mapped[bool] = mapped_column(default=True)
    full: Mapped[bool] = mapped_column(default=True)
    excluded: Mapped[str] = mapped_column(ShortText, default="")
    department: Mapped[str] = mapped_column(ShortText, default="")


class GuestRecord(Base):
    """Somebody from outside who sat in."""

    __tablename__ = "meeting_guests"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    ordinal: Mapped[int]
    name: Mapped[str] = mapped_column(ShortText)
    unit: Mapped[str] = mapped_column(ShortText, default="")


class AgendaRecord(Base):
    """One agenda item."""

    __tablename__ = "agenda_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    ordinal: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    speaker: Mapped[str] = mapped_column(ShortText, default="")


class VoteRecord(Base):
    """One vote."""

    __tablename__ = "votes"
    __table_args__ = (CheckConstraint("yes + no + abstain <= present AND present <= should", name="possible"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    ordinal: Mapped[int]
    matter: Mapped[str] = mapped_column(Text)
    rule: Mapped[VoteRule] = mapped_column(choice(VoteRule, "vote_rule"))
    method: Mapped[VoteMethod] = mapped_column(choice(VoteMethod, "vote_method"))
    should: Mapped[int]
    present: Mapped[int]
    yes: Mapped[int]
    no: Mapped[int]
    abstain: Mapped[int]


class ResolutionRecord(Base):
    """One resolution."""

    __tablename__ = "resolutions"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    ordinal: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    responsible: Mapped[str] = mapped_column(ShortText, default="")
    deadline: Mapped[str] = mapped_column(ShortText, default="")
