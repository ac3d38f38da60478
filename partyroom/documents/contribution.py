"""What a feature gives to the archive: parts of the year's handbook, things to file, things to show inspectors.

A feature joins by a module `contribution.py` with a tuple `PARTS`; nobody else needs to know. A part is asked for its
pieces within a database session; a piece composes its paper afterwards, outside, so that a year with hundreds of
pictures never lies in memory at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from partyroom.core.filing import Field, Retention
from partyroom.documents.model import Document
from partyroom.documents.sheet import Sheet

RUNNING = "本年还没有结束"
"""The note of a register that goes on until the end of the year."""

Fetch = Callable[[str], bytes]
"""The content of an attachment by its SHA-256; raises StorageError when it is missing or was changed."""


@dataclass(frozen=True, slots=True)
class Request:
    """For which year pieces are wanted, and whether sensitive numbers are masked (the usual case)."""

    year: int
    masked: bool = True
    today: date | None = None

    @property
    def first(self) -> date:
        """The first day of the year."""
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        """The last day of the year."""
        return date(self.year, 12, 31)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A stored file that belongs to a piece: a photo, a scan, a handed-in Word file."""

    name: str
    sha256: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing on paper: a meeting's record, the roster, the dues ledger of the year.

    `key` stays the same from year to year for the same thing ("meeting:12"), so that what was filed is recognised.
    `compose` makes the paper (several documents go into one file); `sheets` its Excel copy, if it has one. `settled`
    is False while it may still change (minutes not finalised, a running year): it is then offered with a warning.
    """

    key: str
    title: str
    compose: Callable[[Fetch], Sequence[Document]]
    dated: date | None = None
    author: str = ""
    number: str = ""
    sheets: Callable[[], Sequence[Sheet]] | None = None
    enclosures: tuple[Enclosure, ...] = ()
    settled: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the handbook and kind of thing to file.

    `place` orders the parts of the handbook (steps of 10; the features' handbooks read like the printed
    《党支部工作手册》). `produce(session, request)` answers the year's pieces in order; an empty answer leaves the part
    out. `blank()` is the form for filling in by hand, if there is one.
    """

    key: str
    title: str
    place: int
    field: Field
    retention: Retention
    produce: Callable[[Any, Request], Sequence[Piece]]
    blank: Callable[[], Sequence[Document]] | None = None
    in_book: bool = True
    to_file: bool = True
