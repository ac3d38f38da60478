"""Tables of meetings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partyroom.features.meetings.domain import (
    Attendees,
    LeaveCategory,
    PaperKind,
    Period,
    Stage,
    State,
    VoteMethod,
    VoteRule,
)
from partyroom.storage.base import Base, Recyclable, ShortText, choice

_CASCADE = "all, delete-orphan"


class Meeting(Recyclable, Base):
    """One meeting and its minutes; `number` counts the notices (纪要) of a year."""

    __tablename__ = "meetings"
    __year_of__ = "starts_at"
    # Lists and searches need no more of a meeting than this; its row, with the minutes, is far longer.
    __table_args__ = (Index("ix_meetings_deleted_at_starts_at", "deleted_at", "starts_at"),)

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
    stage: Mapped[Stage] = mapped_column(choice(Stage, "stage"), default=Stage.HELD, server_default="held")
    cancel_reason: Mapped[str] = mapped_column(ShortText, default="", server_default="")
    finalised_at: Mapped[datetime | None] = mapped_column(default=None)
    reopen_reason: Mapped[str] = mapped_column(ShortText, default="", server_default="")

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

    actions: Mapped[list[FixedActionRecord]] = relationship(
        cascade=_CASCADE, order_by="FixedActionRecord.ordinal", collection_class=ordering_list("ordinal")
    )
    versions: Mapped[list[VersionRecord]] = relationship(cascade=_CASCADE, order_by="VersionRecord.id")
    leave_slips: Mapped[list[LeaveSlipRecord]] = relationship(cascade=_CASCADE, order_by="LeaveSlipRecord.id")
    make_ups: Mapped[list[MakeUpRecord]] = relationship(cascade=_CASCADE, order_by="MakeUpRecord.id")
    deliveries: Mapped[list[DeliveryRecord]] = relationship(cascade=_CASCADE, order_by="DeliveryRecord.id")
    papers: Mapped[list[MeetingPaper]] = relationship(
        cascade=_CASCADE, order_by="MeetingPaper.ordinal", collection_class=ordering_list("ordinal")
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
    __year_of__ = "meeting_id"
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
    __year_of__ = "meeting_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    ordinal: Mapped[int]
    name: Mapped[str] = mapped_column(ShortText)
    unit: Mapped[str] = mapped_column(ShortText, default="")


class AgendaRecord(Base):
    """One agenda item."""

    __tablename__ = "agenda_items"
    __year_of__ = "meeting_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    ordinal: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    speaker: Mapped[str] = mapped_column(ShortText, default="")


class VoteRecord(Base):
    """One vote."""

    __tablename__ = "votes"
    __year_of__ = "meeting_id"
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
    __year_of__ = "meeting_id"
    __still_open__ = frozenset({"closed_on"})

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    ordinal: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    responsible: Mapped[str] = mapped_column(ShortText, default="")
    deadline: Mapped[str] = mapped_column(ShortText, default="")
    number: Mapped[str] = mapped_column(ShortText, default="", server_default="")
    due_on: Mapped[date | None] = mapped_column(default=None)
    closed_on: Mapped[date | None] = mapped_column(default=None)

    follow_ups: Mapped[list[FollowUpRecord]] = relationship(cascade=_CASCADE, order_by="FollowUpRecord.id")


class FollowUpRecord(Base):
    """What was done about a resolution, and when (议事决策 → 督办)."""

    __tablename__ = "resolution_follow_ups"

    id: Mapped[int] = mapped_column(primary_key=True)
    resolution_id: Mapped[int] = mapped_column(ForeignKey("resolutions.id", ondelete="CASCADE"), index=True)
    on_day: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(ShortText, default="")


class FixedActionRecord(Base):
    """A fixed action of a meeting (规定动作): 重温入党誓词, 现场交纳党费, 佩戴党徽; ticked with its time."""

    __tablename__ = "fixed_actions"
    __year_of__ = "meeting_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    ordinal: Mapped[int]
    name: Mapped[str] = mapped_column(ShortText)
    done_at: Mapped[datetime | None] = mapped_column(default=None)


class LeaveSlipRecord(Base):
    """The separate leave slip of one person for one meeting (单独请假制)."""

    __tablename__ = "leave_slips"
    __year_of__ = "meeting_id"
    __table_args__ = (UniqueConstraint("meeting_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    category: Mapped[LeaveCategory] = mapped_column(choice(LeaveCategory, "leave_category"))
    reason: Mapped[str] = mapped_column(Text, default="")
    applied_on: Mapped[date | None] = mapped_column(default=None)
    signed_by: Mapped[str] = mapped_column(ShortText, default="")
    signed_on: Mapped[date | None] = mapped_column(default=None)
    filed_by: Mapped[str] = mapped_column(ShortText, default="")
    filed_on: Mapped[date | None] = mapped_column(default=None)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), default=None)


class MakeUpRecord(Base):
    """A make-up lesson (补课) that one absentee owes for one meeting, and how it was done."""

    __tablename__ = "make_ups"
    __table_args__ = (UniqueConstraint("meeting_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    teacher: Mapped[str] = mapped_column(ShortText, default="")
    method: Mapped[str] = mapped_column(ShortText, default="")
    content: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None] = mapped_column(default=None)
    done_on: Mapped[date | None] = mapped_column(default=None)
    confirmed_by: Mapped[str] = mapped_column(ShortText, default="")


class DeliveryRecord(Base):
    """A notice (会议纪要) handed to one department, and who acknowledged it when."""

    __tablename__ = "notice_deliveries"
    __table_args__ = (UniqueConstraint("meeting_id", "department"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    department: Mapped[str] = mapped_column(ShortText)
    sent_on: Mapped[date | None] = mapped_column(default=None)
    acknowledged_by: Mapped[str] = mapped_column(ShortText, default="")
    acknowledged_on: Mapped[date | None] = mapped_column(default=None)


class VersionRecord(Base):
    """The minutes of a meeting as they stood after a save."""

    __tablename__ = "minutes_versions"
    __year_of__ = "meeting_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)


class MeetingPaper(Base):
    """A photo or file that belongs to a meeting, with its caption and place in the order."""

    __tablename__ = "meeting_papers"
    __year_of__ = "meeting_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"))
    original_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), default=None)
    ordinal: Mapped[int]
    kind: Mapped[PaperKind] = mapped_column(choice(PaperKind, "paper_kind"))
    caption: Mapped[str] = mapped_column(ShortText, default="")


class KindRecord(Base):
    """A kind of meeting as this branch has changed it, or one of its own; the rest comes from the rule data."""

    __tablename__ = "meeting_kinds"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    label: Mapped[str] = mapped_column(ShortText)
    attendees: Mapped[Attendees] = mapped_column(choice(Attendees, "attendees"))
    vote_rule: Mapped[VoteRule] = mapped_column(choice(VoteRule, "kind_vote_rule"))
    agenda: Mapped[list[str]] = mapped_column(JSON, default=list)
    actions: Mapped[list[str]] = mapped_column(JSON, default=list)
    makes_up: Mapped[bool] = mapped_column(default=False)
    hidden: Mapped[bool] = mapped_column(default=False)
    period: Mapped[Period | None] = mapped_column(choice(Period, "kind_period"), default=None)
    minimum: Mapped[int] = mapped_column(default=0)
    source: Mapped[str] = mapped_column(ShortText, default="")
