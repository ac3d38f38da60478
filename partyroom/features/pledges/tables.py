"""Tables of public pledges."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partyroom.features.pledges.domain import (
    Body,
    EventKind,
    ItemCategory,
    Opinion,
    PaperKind,
    PledgerKind,
    Stage,
    State,
)
from partyroom.features.pledges.templates import Role
from partyroom.storage.base import Base, Recyclable, ShortText, choice

_CASCADE = "all, delete-orphan"


class RoundRecord(Base):
    """A year's round; `discussed_…` tell of the branch meeting that talked it over."""

    __tablename__ = "pledge_rounds"
    __year_of__ = "year"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(ShortText)
    theme: Mapped[str] = mapped_column(Text, default="")
    grades: Mapped[list[str]] = mapped_column(JSON, default=list)
    discussed_on: Mapped[date | None] = mapped_column(default=None)
    should: Mapped[int | None] = mapped_column(default=None)
    present: Mapped[int | None] = mapped_column(default=None)
    discussion: Mapped[str] = mapped_column(Text, default="")
    mid_year: Mapped[str] = mapped_column(Text, default="")
    year_end: Mapped[str] = mapped_column(Text, default="")

    stages: Mapped[list[StageRecord]] = relationship(cascade=_CASCADE, order_by="StageRecord.id")


class StageRecord(Base):
    """One stage of a round."""

    __tablename__ = "pledge_stages"
    __year_of__ = "round_id"
    __table_args__ = (UniqueConstraint("round_id", "stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("pledge_rounds.id"), index=True)
    stage: Mapped[Stage] = mapped_column(choice(Stage, "pledge_stage"))
    planned_until: Mapped[date | None] = mapped_column(default=None)
    actual_on: Mapped[date | None] = mapped_column(default=None)
    responsible: Mapped[str] = mapped_column(ShortText, default="")


class PledgeRecord(Recyclable, Base):
    """One pledge; `pledger` names kind and person ('branch', 'member:12'), once in a round outside the bin."""

    __tablename__ = "pledges"
    __year_of__ = "round_id"
    __table_args__ = (
        CheckConstraint("(kind = 'branch') = (member_id IS NULL)", name="of_somebody"),
        Index(
            "uq_pledges_round_id_pledger_live",
            "round_id",
            "pledger",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("pledge_rounds.id"), index=True)
    kind: Mapped[PledgerKind] = mapped_column(choice(PledgerKind, "pledger_kind"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), default=None, index=True)
    pledger: Mapped[str] = mapped_column(ShortText)
    name: Mapped[str] = mapped_column(ShortText)
    department: Mapped[str] = mapped_column(ShortText, default="")
    group: Mapped[str] = mapped_column(ShortText, default="")
    post: Mapped[str] = mapped_column(ShortText, default="")
    preamble: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[State] = mapped_column(choice(State, "pledge_state"), default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    proposed_on: Mapped[date]
    reviewed_on: Mapped[date | None] = mapped_column(default=None)
    reviewer: Mapped[str] = mapped_column(ShortText, default="")
    opinion: Mapped[Opinion | None] = mapped_column(choice(Opinion, "pledge_opinion"), default=None)
    review_remark: Mapped[str] = mapped_column(Text, default="")
    published_from: Mapped[date | None] = mapped_column(default=None)
    published_until: Mapped[date | None] = mapped_column(default=None)
    place: Mapped[str] = mapped_column(ShortText, default="")
    started_on: Mapped[date | None] = mapped_column(default=None)
    withdrawn_on: Mapped[date | None] = mapped_column(default=None)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    signed_on: Mapped[date | None] = mapped_column(default=None)
    show_photo: Mapped[bool] = mapped_column(default=False)
    remarks: Mapped[str] = mapped_column(Text, default="")

    round: Mapped[RoundRecord] = relationship(lazy="joined")
    items: Mapped[list[ItemRecord]] = relationship(cascade=_CASCADE, order_by="(ItemRecord.ordinal, ItemRecord.id)")
    deeds: Mapped[list[DeedRecord]] = relationship(cascade=_CASCADE, order_by="(DeedRecord.on_day, DeedRecord.id)")
    events: Mapped[list[EventRecord]] = relationship(cascade=_CASCADE, order_by="EventRecord.id")
    versions: Mapped[list[PledgeVersionRecord]] = relationship(cascade=_CASCADE, order_by="PledgeVersionRecord.number")
    papers: Mapped[list[PledgePaperRecord]] = relationship(
        cascade=_CASCADE, order_by="(PledgePaperRecord.ordinal, PledgePaperRecord.id)"
    )
    appraisal: Mapped[AppraisalRecord | None] = relationship(cascade=_CASCADE)

    @property
    def bin_kind(self) -> str:
        """Recycle bin: what it is."""
        return "公开承诺"

    @property
    def bin_title(self) -> str:
        """Recycle bin: which one."""
        return f"{self.round.year}年 {self.name}的承诺"


class ItemRecord(Base):
    """One item of a pledge."""

    __tablename__ = "pledge_items"
    __year_of__ = "pledge_id"
    __table_args__ = (CheckConstraint("text <> ''", name="said"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True)
    ordinal: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    category: Mapped[ItemCategory] = mapped_column(choice(ItemCategory, "pledge_category"))
    measure: Mapped[str] = mapped_column(Text, default="")
    deadline: Mapped[date | None] = mapped_column(default=None, index=True)
    responsible: Mapped[str] = mapped_column(ShortText, default="")
    done_on: Mapped[date | None] = mapped_column(default=None)
    done_note: Mapped[str] = mapped_column(Text, default="")
    retired_in: Mapped[int | None] = mapped_column(default=None)


class DeedRecord(Base):
    """A deed (践诺记录) for an item, or for the pledge as a whole."""

    __tablename__ = "pledge_deeds"
    __year_of__ = "pledge_id"
    __table_args__ = (CheckConstraint("minutes IS NULL OR minutes > 0", name="took_time"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("pledge_items.id"), default=None, index=True)
    on_day: Mapped[date] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(ShortText, default="")
    minutes: Mapped[int | None] = mapped_column(default=None)
    witness: Mapped[str] = mapped_column(ShortText, default="")

    item: Mapped[ItemRecord | None] = relationship()  # tells the order in which both may be removed


class EventRecord(Base):
    """One line of a pledge's history; nothing but the bin's purge removes it."""

    __tablename__ = "pledge_events"
    __year_of__ = "pledge_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True)
    kind: Mapped[EventKind] = mapped_column(choice(EventKind, "pledge_event"))
    before: Mapped[State | None] = mapped_column(choice(State, "state_before"), default=None)
    after: Mapped[State] = mapped_column(choice(State, "state_after"))
    on_day: Mapped[date]
    person: Mapped[str] = mapped_column(ShortText, default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime]


class PledgeVersionRecord(Base):
    """A replaced version of a pledge's words; `items` are the fields of its items as JSON, dates as ISO text."""

    __tablename__ = "pledge_versions"
    __year_of__ = "pledge_id"
    __table_args__ = (UniqueConstraint("pledge_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True)
    number: Mapped[int]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    preamble: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text)
    changed_on: Mapped[date]
    changed_by: Mapped[str] = mapped_column(ShortText, default="")
    correction: Mapped[bool] = mapped_column(default=False)


class PledgePaperRecord(Base):
    """A file of a pledge (signed copy, photo) or of one of its deeds (evidence)."""

    __tablename__ = "pledge_papers"
    __year_of__ = "pledge_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True)
    deed_id: Mapped[int | None] = mapped_column(ForeignKey("pledge_deeds.id"), default=None, index=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"))
    original_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), default=None)
    ordinal: Mapped[int] = mapped_column(default=0)
    kind: Mapped[PaperKind] = mapped_column(choice(PaperKind, "pledge_paper_kind"))
    caption: Mapped[str] = mapped_column(ShortText, default="")

    deed: Mapped[DeedRecord | None] = relationship()  # tells the order in which both may be removed


class AppraisalRecord(Base):
    """The 评诺 of one pledge; votes by grade as JSON."""

    __tablename__ = "pledge_appraisals"
    __year_of__ = "pledge_id"
    __table_args__ = (
        CheckConstraint("members_returned <= members_issued AND masses_returned <= masses_issued", name="returned"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), unique=True)
    self_text: Mapped[str] = mapped_column(Text, default="")
    self_grade: Mapped[str] = mapped_column(ShortText, default="")
    members_issued: Mapped[int] = mapped_column(default=0)
    members_returned: Mapped[int] = mapped_column(default=0)
    members_counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    masses_issued: Mapped[int] = mapped_column(default=0)
    masses_returned: Mapped[int] = mapped_column(default=0)
    masses_counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    grade: Mapped[str] = mapped_column(ShortText, default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None] = mapped_column(default=None)
    decided_by: Mapped[Body | None] = mapped_column(choice(Body, "pledge_decided_by"), default=None)
    person: Mapped[str] = mapped_column(ShortText, default="")


class TemplateRecord(Base):
    """A template item of the branch's own; `due` is the usual deadline as 'MM-DD', blank for none."""

    __tablename__ = "pledge_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[Role] = mapped_column(choice(Role, "pledge_role"))
    ordinal: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(Text)
    category: Mapped[ItemCategory] = mapped_column(choice(ItemCategory, "template_category"))
    measure: Mapped[str] = mapped_column(Text, default="")
    due: Mapped[str] = mapped_column(ShortText, default="")
    usual: Mapped[bool] = mapped_column(default=True)
