"""What the screens of the archive ask besides the lists: settings for forms, what is left of a year, known files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.documents.contribution import Request
from partyroom.features.archives.domain import Fonds, file_by
from partyroom.features.archives.filing import Category
from partyroom.features.archives.filing_service import offered, years_filed
from partyroom.features.archives.parts import all_parts
from partyroom.features.archives.settings_service import categories_of, fonds_of
from partyroom.features.archives.tables import FileRecord, PieceRecord
from partyroom.features.organisation.service import get_branch
from partyroom.storage.attachments import Attachment

_YEARS_BACK = 5
_STANDING = "members.branch"


@dataclass(frozen=True, slots=True)
class Setting:
    """What forms offer: the categories in use, whose archive it is, and the usual author of papers."""

    categories: tuple[Category, ...]
    fonds: Fonds
    author: str

    @property
    def category_choices(self) -> list[tuple[object, str]]:
        """The categories in use as choices."""
        return self.choices_with("")

    def choices_with(self, code: str) -> list[tuple[object, str]]:
        """The same with the category of a piece that has one out of use."""
        return [
            (category.code, f"{category.label}（已停用）" if category.hidden else category.label)
            for category in self.categories
            if not category.hidden or category.code == code
        ]


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is left to be done of a year: papers not filed, pieces without 件号, pieces without a box."""

    year: int
    due: date
    offers: int
    unnumbered: int
    unboxed: int
    late: bool

    @property
    def text(self) -> str:
        """The sentence of the strip; empty when nothing is left."""
        parts = (
            (self.offers, "件还没有归档"),
            (self.unnumbered, "件还没有编件号"),
            (self.unboxed, "件还没有装盒"),
        )
        left = "，".join(f"{count}{words}" for count, words in parts if count)
        if not left:
            return ""
        day = f"{self.due.year}年{self.due.month}月{self.due.day}日"
        when = f"已过{day}" if self.late else f"宜在{day}前归档"
        return f"{self.year}年的材料：{left}。{when}（次年6月底前归档是通行做法，不是硬性期限）。"


def setting_of(session: Session) -> Setting:
    """What forms offer at present."""
    return Setting(tuple(categories_of(session)), fonds_of(session), get_branch(session).full_name)


def years_to_offer(session: Session) -> list[int]:
    """The years of the combo: those with pieces, this one and a few before it."""
    this = today().year
    return sorted({*years_filed(session), *range(this - _YEARS_BACK, this + 1)}, reverse=True)


def reminder_of(session: Session) -> Reminder:
    """What is left of last year (DA-12: filed by the end of June, a custom)."""
    year, day = today().year - 1, today()
    waiting = offered(session, all_parts(), Request(year, today=day))
    # The branch's name and address exist of every year, also of those before the program was used.
    rest = len(waiting) if {one.part.key for one in waiting} != {_STANDING} else 0
    live = select(PieceRecord.number, PieceRecord.box_id).where(PieceRecord.year == year)
    pieces = session.execute(live).all()
    unnumbered = sum(number is None for number, _box in pieces)
    unboxed = sum(number is not None and box is None for number, box in pieces)
    return Reminder(year, file_by(year), rest, unnumbered, unboxed, day > file_by(year))


def known_files(session: Session, hashes: Sequence[str]) -> dict[str, str]:
    """The titles of filed pieces that already hold a file with one of these hashes, by hash."""
    statement = (
        select(Attachment.sha256, PieceRecord.title)
        .join(FileRecord, FileRecord.attachment_id == Attachment.id)
        .join(PieceRecord, PieceRecord.id == FileRecord.piece_id)
        .where(Attachment.sha256.in_(list(hashes)))
    )
    return {row.sha256: row.title for row in session.execute(statement)}
