"""Boxes as data: what a box is for, and its line in the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from partyroom.core.filing import Retention


@dataclass(frozen=True, slots=True)
class BoxDraft:
    """What a box is for, its spine in mm and its 备考表; `number` 0 takes the next one of its year and retention."""

    year: int
    retention: Retention
    office: str = ""
    number: int = 0
    thickness: int = 30
    situation: str = ""
    arranged_by: str = ""
    arranged_on: date | None = None
    checked_by: str = ""
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A line of the list of boxes: what is in it, from the first to the last 件号."""

    id: int
    draft: BoxDraft
    pieces: int
    pages: int
    first: int | None
    last: int | None

    @property
    def span(self) -> str:
        """起止件号 as on the spine."""
        if self.first is None or self.last is None:
            return ""
        return f"{self.first:04d}—{self.last:04d}" if self.first != self.last else f"{self.first:04d}"
