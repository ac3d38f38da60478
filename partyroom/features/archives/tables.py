"""Tables of the archive. The files are attachments, named by their hash; nothing here is deleted by itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partyroom.core.filing import Retention
from partyroom.features.archives.domain import Role, Secrecy
from partyroom.storage.base import Base, Recyclable, ShortText, choice

_CASCADE = "all, delete-orphan"


class FondsRecord(Base):
    """Whose archive it is; at most one row."""

    __tablename__ = "archive_fonds"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(ShortText, default="")
    name: Mapped[str] = mapped_column(ShortText, default="")
    office: Mapped[str] = mapped_column(ShortText, default="")


class CategoryRecord(Base):
    """A category as this branch has it; without rows the eight of the rule data hold."""

    __tablename__ = "archive_categories"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    label: Mapped[str] = mapped_column(ShortText)
    ordinal: Mapped[int]
    hidden: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(ShortText, default="")


class RetentionRecord(Base):
    """How long the branch keeps one kind of thing, where it departs from the default."""

    __tablename__ = "archive_retentions"

    id: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(Text, unique=True)
    retention: Mapped[Retention] = mapped_column(choice(Retention, "archive_part_retention"))


class BoxRecord(Recyclable, Base):
    """A box: pieces of one year, one retention, one office (DA-11), with its 备考表 (DA-10)."""

    __tablename__ = "archive_boxes"
    __table_args__ = (
        Index(
            "uq_archive_boxes_live", "year", "retention", "number", unique=True, sqlite_where=text("deleted_at IS NULL")
        ),
        CheckConstraint("thickness IN (20, 30, 40, 50)", name="thickness"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    retention: Mapped[Retention] = mapped_column(choice(Retention, "archive_box_retention"))
    office: Mapped[str] = mapped_column(ShortText, default="")
    number: Mapped[int]
    thickness: Mapped[int] = mapped_column(default=30)
    situation: Mapped[str] = mapped_column(Text, default="")
    arranged_by: Mapped[str] = mapped_column(ShortText, default="")
    arranged_on: Mapped[date | None] = mapped_column(default=None)
    checked_by: Mapped[str] = mapped_column(ShortText, default="")
    checked_on: Mapped[date | None] = mapped_column(default=None)

    @property
    def bin_kind(self) -> str:
        """Recycle bin: what it is."""
        return "档案盒"

    @property
    def bin_title(self) -> str:
        """Recycle bin: which one."""
        return f"{self.year}年 {self.retention.label} 第{self.number}盒"


class PieceRecord(Recyclable, Base):
    """A 件: something filed in a year, from the program (`source` is its part and key) or from outside."""

    __tablename__ = "archive_pieces"
    __table_args__ = (
        Index(
            "uq_archive_pieces_source",
            "year",
            "source",
            unique=True,
            sqlite_where=text("deleted_at IS NULL AND source <> ''"),
        ),
        Index(
            "uq_archive_pieces_number",
            "year",
            "retention",
            "office",
            "number",
            unique=True,
            sqlite_where=text("deleted_at IS NULL AND number IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    category: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text, default="")
    title: Mapped[str] = mapped_column(Text)
    own_title: Mapped[bool] = mapped_column(default=False)
    author: Mapped[str] = mapped_column(ShortText, default="")
    document_number: Mapped[str] = mapped_column(ShortText, default="")
    dated: Mapped[date | None] = mapped_column(default=None)
    secrecy: Mapped[Secrecy] = mapped_column(choice(Secrecy, "archive_secrecy"), default=Secrecy.NONE)
    retention: Mapped[Retention] = mapped_column(choice(Retention, "archive_retention"))
    office: Mapped[str] = mapped_column(ShortText, default="")
    number: Mapped[int | None] = mapped_column(default=None)
    box_id: Mapped[int | None] = mapped_column(ForeignKey("archive_boxes.id"), default=None, index=True)
    pages: Mapped[int] = mapped_column(default=0)
    remark: Mapped[str] = mapped_column(Text, default="")
    filed_at: Mapped[datetime]

    files: Mapped[list[FileRecord]] = relationship(
        cascade=_CASCADE, order_by="FileRecord.ordinal", collection_class=ordering_list("ordinal")
    )

    @property
    def bin_kind(self) -> str:
        """Recycle bin: what it is."""
        return "归档文件"

    @property
    def bin_title(self) -> str:
        """Recycle bin: which one."""
        return f"{self.year}年 {self.title}"


class FileRecord(Base):
    """A file of a piece, as it came (`attachment_id`) and as it is kept for the long term (`archival_id`, PDF/A)."""

    __tablename__ = "archive_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("archive_pieces.id"), index=True)
    ordinal: Mapped[int]
    role: Mapped[Role] = mapped_column(choice(Role, "archive_role"))
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"))
    archival_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), default=None)
    pages: Mapped[int] = mapped_column(default=0)


class BookRecord(Base):
    """How the handbook of a year is put together: its parts in order, those left out, and its own pages' places."""

    __tablename__ = "archive_books"
    __year_of__ = "year"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    parts: Mapped[list[str]] = mapped_column(JSON, default=list)
    left_out: Mapped[list[str]] = mapped_column(JSON, default=list)
    summary: Mapped[str] = mapped_column(Text, default="")


class BookPageRecord(Base):
    """An own page (附页) of the handbook, or the signed original beside the record it belongs to (`beside`)."""

    __tablename__ = "archive_book_pages"
    __year_of__ = "year"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    ordinal: Mapped[int]
    title: Mapped[str] = mapped_column(ShortText)
    beside: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), default=None)


class ClosedPaperRecord(Base):
    """A paper of a closed year, kept as it was printed when the year was signed off."""

    __tablename__ = "archive_closed_papers"
    __year_of__ = "year"
    __table_args__ = (UniqueConstraint("year", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    key: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(ShortText)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"))
    pages: Mapped[int] = mapped_column(default=0)


class ChecklistRecord(Base):
    """A checklist of inspectors as this branch keeps it: items with what answers them (`pack.entry_of`)."""

    __tablename__ = "archive_checklists"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(ShortText, unique=True)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
