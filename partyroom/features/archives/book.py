"""《党支部工作手册》 of a year as data: its entries in order, what is left out, own pages, signed originals. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from partyroom.core.text import one_line
from partyroom.documents.contribution import Enclosure, Piece
from partyroom.features.organisation.domain import Branch

TITLE = "党支部工作手册"
PAGE = "page:"
"""With the id of an own page behind it: its key among the entries of a book."""
BESIDE_TITLE = "签字原件"
_DIGITS = "零一二三四五六七八九"
_RECORD = "（会议记录）"
_BLANKS: Mapping[str, int] = {
    "meetings.assembly": 4,
    "meetings.committee": 12,
    "meetings.group": 12,
    "meetings.lecture": 4,
    "meetings.theme_day": 12,
    "meetings.life": 1,
    "meetings.slips": 4,
}
MOST_BLANKS = 60


@dataclass(frozen=True, slots=True)
class OwnPage:
    """An own page of the book, or with `beside` (the key of a piece) what is bound in behind that piece.

    `text` is typed, `sha256` names a stored file; one of the two is there.
    """

    id: int
    title: str
    text: str = ""
    name: str = ""
    sha256: str = ""
    beside: str = ""

    @property
    def key(self) -> str:
        """Among the entries of the book."""
        return f"{PAGE}{self.id}"


@dataclass(frozen=True, slots=True)
class BookPlan:
    """How the book of a year is put together; `order` and `left_out` hold keys of parts and of own pages."""

    year: int
    order: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    summary: str = ""
    pages: tuple[OwnPage, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list from which a book is made: a part with so many pieces, an own page, or an original.

    `id` numbers the lines. An original (`beside` its piece) is bound in with its piece and has no place of its own.
    """

    id: int
    key: str
    title: str
    pieces: int = 0
    included: bool = True
    note: str = ""
    page: OwnPage | None = None

    @property
    def movable(self) -> bool:
        """Whether it has a place of its own."""
        return self.page is None or not self.page.beside

    @property
    def empty(self) -> bool:
        """A part of which the year has nothing: it is left out by itself."""
        return self.page is None and not self.pieces


@dataclass(frozen=True, slots=True)
class BoundPiece:
    """A piece with everything bound in behind it: its own enclosures, filed files, signed originals."""

    piece: Piece
    title: str
    scans: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the book; `alone`: its one piece is the chapter."""

    key: str
    title: str
    pieces: tuple[BoundPiece, ...]
    alone: bool = False


def _as_it_is(value: Any) -> Any:
    return value


def _nothing(_name: str, _content: bytes) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class BookContent:
    """Everything for a book but the paper: read in one session, composed outside it.

    `empty` are titles of chosen parts of which the year has nothing, `names` what people call the stored files. `hide`
    masks the members' numbers in a paper or text, whoever typed them; `shows` tells whether a file has one.
    """

    year: int
    branch: Branch
    as_of: date
    sections: tuple[Section, ...]
    empty: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    hide: Callable[[Any], Any] = _as_it_is
    shows: Callable[[str, bytes], bool] = _nothing


def arranged(natural: Sequence[str], order: Sequence[str]) -> list[str]:
    """All keys of `natural`, those in `order` as they stand there, new ones behind their neighbour in `natural`."""
    known = set(natural)
    placed = [key for key in dict.fromkeys(order) if key in known]
    for number, key in enumerate(natural):
        if key not in placed:
            before = next((other for other in reversed(natural[:number]) if other in placed), None)
            placed.insert(placed.index(before) + 1 if before is not None else 0, key)
    return placed


def moved(keys: Sequence[str], key: str, place: int) -> list[str]:
    """The keys with `key` at `place`."""
    rest = [other for other in keys if other != key]
    rest.insert(max(0, min(place, len(rest))), key)
    return rest


def reordered(entries: Sequence[Entry], order: Sequence[str]) -> list[Entry]:
    """The entries with those that have a place of their own in this order, each followed by its originals."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.movable:
            groups[entry.key] = [entry]
        elif groups:
            groups[next(reversed(groups))].append(entry)
    return [entry for key in order for entry in groups[key]]


def numbered(number: int, title: str) -> str:
    """'三、党小组': a chapter of the book (1 to 99)."""
    tens, units = divmod(number, 10)
    figure = _DIGITS[units] if units else ""
    if tens:
        figure = f"{_DIGITS[tens] if tens > 1 else ''}十{figure}"
    return f"{figure}、{title}"


def is_yearly(piece: Piece, year: int) -> bool:
    """Whether there is one of its kind in the year, as the roster, rather than one of many, as a meeting."""
    return piece.key.endswith(f":{year}")


def entry_title(piece: Piece, year: int) -> str:
    """How a piece stands in the contents: with its day, unless it is about the whole year."""
    title = one_line(piece.title).removesuffix(_RECORD)
    if piece.dated is None or is_yearly(piece, year) or piece.dated.year != year:
        return title
    return f"{piece.dated.month}月{piece.dated.day}日　{title}"


def section_of(key: str, title: str, pieces: Sequence[BoundPiece], year: int) -> Section:
    """A chapter; a single yearly piece is not listed once more below its chapter."""
    alone = len(pieces) == 1 and is_yearly(pieces[0].piece, year)
    return Section(key, title, tuple(pieces), alone)


def usual_blanks(key: str) -> int:
    """How many blank forms of a part a year usually takes."""
    return _BLANKS.get(key, 1)
