"""Sheets and their cells, as every reader of workbooks hands them over; nothing here knows a file format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite

from partyroom.core.text import clean_text

Cell = str | float | int | bool | date | datetime | time | timedelta | None
"""What a cell may hold; blanks are ''."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged area; rows and columns from 0, all inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What one sheet of a package holds: cells (row, column from 0) that show nothing readable, by kind."""

    uncomputed: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as it was saved. `rows[r][c]` counts from 0; rows may be of different lengths.

    `typed` is False for text files, in which a number has lost whatever Excel knew about it. `facts` names
    the cells whose formula has no saved result or an error; they read as blanks.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    merges: tuple[Merge, ...] = ()
    facts: SheetFacts = field(default_factory=SheetFacts)
    typed: bool = True


def column_index(letters: str) -> int:
    """'A' → 0, 'Z' → 25, 'AA' → 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    """0 → 'A', 25 → 'Z', 26 → 'AA'."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_text(cell: Cell) -> str:
    """A cell as its reader sees it: 13800000000 and not 1.38e10, dates in ISO form, text cleaned."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean_text(cell).strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number_text(cell)
    if type(cell) is datetime:
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _number_text(number: float) -> str:
    if isinstance(number, int) or not isfinite(number):
        return str(number)
    return f"{Decimal(f'{number:.15g}'):f}"
