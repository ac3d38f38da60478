"""Finding the row of titles of a table: the one or two rows in which most cells are titles that somebody knows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from partyroom.core.cells import Merge, Sheet
from partyroom.core.text import one_line

_SEARCHED_ROWS = 20
_BRACKETED = re.compile(r"[(\[【〔〈<{][^)\]】〕〉>}]*[)\]】〕〉>}]")
_LONGEST_TITLE = 40  # a longer text is a sentence, not a title


@dataclass(slots=True)
class TitleRows:
    """One way of reading one or two rows (`row`..`last_row`, from 0) as the titles of a table.

    `titles` holds the titles by column as the file has them, on one line; `plain` the spelling by which they are
    known, or '' where none is.
    """

    row: int
    last_row: int
    titles: dict[int, str] = field(default_factory=dict)
    plain: dict[int, str] = field(default_factory=dict)

    def columns(self, known: Mapping[str, str]) -> dict[int, str]:
        """The key of every column with a known title."""
        return {column: known[plain] for column, plain in self.plain.items() if plain}

    def score(self, known: Mapping[str, str]) -> int:
        """How many different keys the titles have."""
        return len(set(self.columns(known).values()))

    def beats(self, other: TitleRows, known: Mapping[str, str]) -> bool:
        """Whether it knows more titles, or as many in one row where the other took a line above along."""
        plainer = self.row == self.last_row == other.last_row != other.row
        mine, theirs = self.score(known), other.score(known)
        return mine > theirs or (plainer and mine == theirs)


def find_title_rows(sheet: Sheet, known: Mapping[str, str], needed: str) -> TitleRows | None:
    """The titles of a sheet: of its first 20 filled rows the one or two with most known titles.

    Args:
        sheet: any sheet.
        known: the key that each title stands for; titles as `plain_title` writes them.
        needed: the key without which a row is no row of titles.
    """
    best: TitleRows | None = None
    for reading in _readings(sheet, known):
        needed_there = needed in reading.columns(known).values()
        if needed_there and (best is None or reading.beats(best, known)):
            best = reading
    return best


def plain_title(cell: object) -> str:
    """A title without spaces, punctuation and asterisks, in half-width capitals: what titles are compared by."""
    text = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else ""
    return "".join(c for c in text if c.isalnum()).upper()


def repeats_titles(row: Sequence[object], titles: Mapping[int, str], columns: Mapping[int, str]) -> bool:
    """Whether a row repeats the titles of `columns`, as at the top of each printed page."""
    known = [index for index in columns if index < len(row)]
    same = sum(plain_title(row[index]) == plain_title(titles[index]) for index in known)
    return same >= 2 and same * 2 > sum(row[index] not in ("", None) for index in known)


def _readings(sheet: Sheet, known: Mapping[str, str]) -> Iterator[TitleRows]:
    filled = [i for i, row in enumerate(sheet.rows) if any(cell not in ("", None) for cell in row)]
    for index in filled[:_SEARCHED_ROWS]:
        yield _read_one(sheet, index, known)
        if index + 1 < len(sheet.rows):
            yield _read_two(sheet, index, known)


def _read_one(sheet: Sheet, index: int, known: Mapping[str, str]) -> TitleRows:
    reading = TitleRows(index, index)
    for column, cell in enumerate(sheet.rows[index]):
        _note(reading, column, [_title(cell)], known)
    return reading


def _read_two(sheet: Sheet, index: int, known: Mapping[str, str]) -> TitleRows:
    """Read two rows together: '入党情况' merged over '时间' means 入党时间; a blank below belongs to above."""
    reading = TitleRows(index, index + 1)
    upper, lower = sheet.rows[index], sheet.rows[index + 1]
    groups = _spread(sheet.merges, index, upper)
    for column in range(max(len(upper), len(lower))):
        above = _title(groups.get(column, upper[column] if column < len(upper) else ""))
        below = _title(lower[column]) if column < len(lower) else ""
        if not below or not above:
            _note(reading, column, [above or below], known)
        else:
            _note(reading, column, [above + below, above.removesuffix("情况") + below, below], known)
    return reading


def _spread(merges: Sequence[Merge], row: int, cells: Sequence[object]) -> dict[int, object]:
    """The text of horizontally merged cells of a row at every column that they cover."""
    found: dict[int, object] = {}
    for merge in merges:
        if merge.top <= row <= merge.bottom and merge.left < merge.right and merge.left < len(cells):
            found.update(dict.fromkeys(range(merge.left, merge.right + 1), cells[merge.left]))
    return found


def _note(reading: TitleRows, column: int, titles: Sequence[str], known: Mapping[str, str]) -> None:
    if not titles[0]:
        return
    for title in titles:
        plain = _known_spelling(title, known)
        if plain:
            reading.titles[column], reading.plain[column] = title, plain
            return
    reading.titles[column], reading.plain[column] = titles[0], ""


def _title(cell: object) -> str:
    return one_line(cell) if isinstance(cell, str) else ""


def _known_spelling(title: str, known: Mapping[str, str]) -> str:
    if len(title) > _LONGEST_TITLE:
        return ""
    bare = _BRACKETED.sub("", unicodedata.normalize("NFKC", title))
    for plain in (plain_title(title), plain_title(bare)):
        if plain in known:
            return plain
    return ""
