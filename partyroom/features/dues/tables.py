"""Tables of the dues. A receipt or movement is never edited: a wrong one is reversed by another that names it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from partyroom.features.dues.domain import Change, DuesCategory, Reading, Treatment
from partyroom.features.dues.ledger import (
    DueKind,
    Every,
    Method,
    MovementKind,
    PayerKind,
    Purpose,
    ReliefKind,
    Share,
    Use,
)
from partyroom.features.members.tables import Member
from partyroom.storage.base import Base, Recyclable, ShortText, choice

_CASCADE = "all, delete-orphan"
_LIVE = text("deleted_at IS NULL")


class YearRecord(Base):
    """A year of dues: what the branch decided where the texts leave it open. Its months are kept from here on."""

    __tablename__ = "dues_years"
    __year_of__ = "year"
    __table_args__ = (CheckConstraint("rounding_fen IN (1, 10, 100)", name="rounding"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    reading: Mapped[Reading] = mapped_column(choice(Reading, "dues_reading"))
    change: Mapped[Change] = mapped_column(choice(Change, "dues_change"))
    rounding_fen: Mapped[int] = mapped_column(default=1)
    counted: Mapped[list[str]] = mapped_column(JSON, default=list)
    farmer_fen: Mapped[int] = mapped_column(default=50)
    share_bp: Mapped[int] = mapped_column(default=10_000)
    every: Mapped[Every] = mapped_column(choice(Every, "dues_every"))
    base_month: Mapped[date | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(Text, default="")


class AccountRecord(Base):
    """What the roster does not say of a member: paid through which month elsewhere, first and last month here."""

    __tablename__ = "dues_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), unique=True)
    paid_through: Mapped[date | None] = mapped_column(default=None)
    start_month: Mapped[date | None] = mapped_column(default=None)
    stop_month: Mapped[date | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(ShortText, default="")


class AssessmentRecord(Recyclable, Base):
    """A member's base and monthly dues from `from_month` until the next assessment, with the rule that gave them."""

    __tablename__ = "dues_assessments"
    __year_of__ = "from_month"
    __table_args__ = (
        Index("uq_dues_assessments_live", "member_id", "from_month", unique=True, sqlite_where=_LIVE),
        CheckConstraint("base_fen >= 0 AND due_fen >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    from_month: Mapped[date] = mapped_column(index=True)
    category: Mapped[DuesCategory] = mapped_column(choice(DuesCategory, "dues_category"))
    base_fen: Mapped[int]
    rate_bp: Mapped[int]
    before_cap_fen: Mapped[int]
    due_fen: Mapped[int]
    rounding_fen: Mapped[int]
    rule_version: Mapped[str] = mapped_column(ShortText)
    source: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(ShortText, default="")
    assessed_on: Mapped[date]
    assessed_by: Mapped[str] = mapped_column(ShortText, default="")
    note: Mapped[str] = mapped_column(Text, default="")

    items: Mapped[list[BaseItemRecord]] = relationship(
        cascade=_CASCADE, order_by="BaseItemRecord.ordinal", collection_class=ordering_list("ordinal")
    )

    @property
    def bin_kind(self) -> str:
        """Recycle bin: what it is."""
        return "党费基数核定"

    @property
    def bin_title(self) -> str:
        """Recycle bin: which one."""
        return f"{_whose(self)}{self.from_month:%Y.%m}起 {self.base_fen // 100}.{self.base_fen % 100:02d}元"


class BaseItemRecord(Base):
    """One pay item of an assessment and how it was treated."""

    __tablename__ = "dues_base_items"
    __year_of__ = "assessment_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("dues_assessments.id"), index=True)
    ordinal: Mapped[int]
    code: Mapped[str] = mapped_column(ShortText)
    label: Mapped[str] = mapped_column(ShortText)
    amount_fen: Mapped[int]
    treatment: Mapped[Treatment] = mapped_column(choice(Treatment, "dues_treatment"))


class ReliefRecord(Recyclable, Base):
    """A decision that a member in difficulty pays less or nothing, with who decided it when (DF-11, DF-14)."""

    __tablename__ = "dues_reliefs"
    __year_of__ = "from_month"
    __still_open__ = frozenset({"until_month", "attachment_id"})  # it may run on into years that are open
    __table_args__ = (CheckConstraint("until_month IS NULL OR until_month >= from_month", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    kind: Mapped[ReliefKind] = mapped_column(choice(ReliefKind, "dues_relief_kind"))
    from_month: Mapped[date]
    until_month: Mapped[date | None] = mapped_column(default=None)
    amount_fen: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")
    applied_on: Mapped[date | None] = mapped_column(default=None)
    branch_on: Mapped[date | None] = mapped_column(default=None)
    superior_on: Mapped[date | None] = mapped_column(default=None)
    superior: Mapped[str] = mapped_column(ShortText, default="")
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), default=None)

    @property
    def bin_kind(self) -> str:
        """Recycle bin: what it is."""
        return "少交、免交党费"

    @property
    def bin_title(self) -> str:
        """Recycle bin: which one."""
        return f"{_whose(self)}{self.kind.label} {self.from_month:%Y.%m}起"


class ArrearsReasonRecord(Recyclable, Base):
    """Why a member has not paid, and whether the branch accepted the reason (Art 13, DF-22)."""

    __tablename__ = "dues_arrears_reasons"
    __year_of__ = "from_month"
    __still_open__ = frozenset({"until_month"})

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    from_month: Mapped[date]
    until_month: Mapped[date | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(Text)
    accepted_on: Mapped[date | None] = mapped_column(default=None)
    accepted_by: Mapped[str] = mapped_column(ShortText, default="")

    @property
    def bin_kind(self) -> str:
        """Recycle bin: what it is."""
        return "欠交原因"

    @property
    def bin_title(self) -> str:
        """Recycle bin: which one."""
        return f"{_whose(self)}{self.from_month:%Y.%m}起 {self.reason[:20]}"


class ReceiptRecord(Base):
    """Money received from a member on one day; a negative one takes back the receipt that it names."""

    __tablename__ = "dues_receipts"
    __year_of__ = "received_on"
    __not_undone__ = "收款已经登记并编号，请在“收款记录”里冲正。"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("amount_fen <> 0 AND (reverses_id IS NULL) = (amount_fen > 0)", name="signed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    received_on: Mapped[date] = mapped_column(index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    name: Mapped[str] = mapped_column(ShortText)
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "dues_purpose"))
    method: Mapped[Method] = mapped_column(choice(Method, "dues_method"))
    payer: Mapped[PayerKind] = mapped_column(choice(PayerKind, "dues_payer"))
    payer_name: Mapped[str] = mapped_column(ShortText, default="")
    amount_fen: Mapped[int]
    occasion: Mapped[str] = mapped_column(ShortText, default="")
    collector: Mapped[str] = mapped_column(ShortText, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("dues_receipts.id"), default=None, unique=True)
    entered_at: Mapped[datetime]

    allocations: Mapped[list[AllocationRecord]] = relationship(cascade=_CASCADE, order_by="AllocationRecord.month")


class AllocationRecord(Base):
    """The part of a receipt that counts for one month."""

    __tablename__ = "dues_allocations"
    __year_of__ = "receipt_id"
    __table_args__ = (CheckConstraint("amount_fen <> 0", name="something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("dues_receipts.id"), index=True)
    month: Mapped[date] = mapped_column(index=True)
    share: Mapped[Share] = mapped_column(choice(Share, "dues_share"))
    amount_fen: Mapped[int]


class ClosingRecord(Base):
    """A month that was closed: what was owed then is written down and stays."""

    __tablename__ = "dues_closings"
    __year_of__ = "month"
    __not_undone__ = "已经结账的月份不再打开。"

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(unique=True)
    closed_at: Mapped[datetime]
    closed_by: Mapped[str] = mapped_column(ShortText, default="")
    received_fen: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")

    lines: Mapped[list[ClosedLineRecord]] = relationship(cascade=_CASCADE, order_by="ClosedLineRecord.id")


class ClosedLineRecord(Base):
    """What one member owed for a closed month."""

    __tablename__ = "dues_closed_lines"
    __year_of__ = "closing_id"
    __table_args__ = (UniqueConstraint("closing_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    closing_id: Mapped[int] = mapped_column(ForeignKey("dues_closings.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    name: Mapped[str] = mapped_column(ShortText)
    kind: Mapped[DueKind] = mapped_column(choice(DueKind, "dues_due_kind"))
    base_fen: Mapped[int]
    rate_bp: Mapped[int]
    due_fen: Mapped[int]
    rounding_fen: Mapped[int]
    rule_version: Mapped[str] = mapped_column(ShortText, default="")


class MovementRecord(Base):
    """Dues handed up or spent, granted from above, or brought forward; a negative one takes back another."""

    __tablename__ = "dues_movements"
    __year_of__ = "on_day"
    __not_undone__ = "这笔款项已经登记并编号，请在“上交与使用”里冲正。"
    __table_args__ = (
        UniqueConstraint("kind", "year", "number"),
        CheckConstraint("amount_fen <> 0 AND (reverses_id IS NULL) = (amount_fen > 0)", name="signed"),
        CheckConstraint("(kind = 'expense') = (used_for IS NOT NULL)", name="expense_has_use"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MovementKind] = mapped_column(choice(MovementKind, "dues_movement_kind"))
    year: Mapped[int]
    number: Mapped[int]
    on_day: Mapped[date] = mapped_column(index=True)
    amount_fen: Mapped[int]
    from_month: Mapped[date | None] = mapped_column(default=None)
    until_month: Mapped[date | None] = mapped_column(default=None)
    used_for: Mapped[Use | None] = mapped_column(choice(Use, "dues_use"), default=None)
    matter: Mapped[str] = mapped_column(Text, default="")
    handled_by: Mapped[str] = mapped_column(ShortText, default="")
    counterpart: Mapped[str] = mapped_column(ShortText, default="")
    organisation: Mapped[str] = mapped_column(ShortText, default="")
    decided_on: Mapped[date | None] = mapped_column(default=None)
    decided_by: Mapped[str] = mapped_column(ShortText, default="")
    approved_by: Mapped[str] = mapped_column(ShortText, default="")
    approved_on: Mapped[date | None] = mapped_column(default=None)
    voucher: Mapped[str] = mapped_column(ShortText, default="")
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), default=None)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("dues_movements.id"), default=None, unique=True)
    note: Mapped[str] = mapped_column(Text, default="")
    entered_at: Mapped[datetime]


class PublicationRecord(Recyclable, Base):
    """That a year's dues were reported to the members: at least once in a calendar year (2008 Art 28, DF-26)."""

    __tablename__ = "dues_publications"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    on_day: Mapped[date]
    place: Mapped[str] = mapped_column(ShortText, default="")
    by: Mapped[str] = mapped_column(ShortText, default="")
    note: Mapped[str] = mapped_column(Text, default="")

    @property
    def bin_kind(self) -> str:
        """Recycle bin: what it is."""
        return "党费公示记录"

    @property
    def bin_title(self) -> str:
        """Recycle bin: which one."""
        return f"{self.year}年 {self.on_day:%Y.%m.%d}"


def _whose(row: AssessmentRecord | ReliefRecord | ArrearsReasonRecord) -> str:
    """The member's name before a title of the recycle bin, also of one who lies in the bin, too."""
    session = object_session(row)
    if session is None:
        return ""
    with session.no_autoflush:  # asked while it is restored: what does not fit is to be found by the flush that follows
        member = session.get(Member, row.member_id, execution_options={"include_deleted": True})
    return f"{member.name} " if member else ""
