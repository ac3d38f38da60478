"""Finding the header of a roster and telling which column holds which field."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from partyroom.core.cells import Merge, Sheet, column_letters
from partyroom.core.paths import resources
from partyroom.core.text import one_line
from partyroom.features.members.domain import MEMBER_FIELDS

_SEARCHED_ROWS = 20
_SERIAL = "#serial"
_COMPUTED = "#computed"
_BRACKETED = re.compile(r"[(\[【〔〈<{][^)\]】〕〉>}]*[)\]】〕〉>}]")
_LONGEST_TITLE = 40  # a longer text is a sentence, not a title


@dataclass(frozen=True, slots=True)
class IgnoredColumn:
    """A column that is not imported, and why, in words; `index` from 0."""

    index: int
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is and what its columns mean. Rows and columns count from 0, `row`..`last_row` inclusive.

    `titles` holds the titles as the file has them (on one line); `columns` the field keys.
    """

    row: int
    last_row: int
    columns: Mapping[int, str]
    titles: Mapping[int, str]
    serial: frozenset[int] = frozenset()
    ignored: tuple[IgnoredColumn, ...] = ()


@dataclass(slots=True)
class _Reading:
    """One way of reading one or two rows as a header."""

    row: int
    last_row: int
    titles: dict[int, str] = field(default_factory=dict)
    plain: dict[int, str] = field(default_factory=dict)  # the known spelling, or '' where none is known

    @property
    def score(self) -> int:
        strong, weak, aside = _known_titles()
        return len({strong.get(t) or weak.get(t) or aside[t] for t in self.plain.values() if t})

    def beats(self, other: _Reading) -> bool:
        """Whether it knows more titles, or as many in one row where the other took a line above along."""
        plainer = self.row == self.last_row == other.last_row != other.row
        return self.score > other.score or (plainer and self.score == other.score)

    @property
    def names_people(self) -> bool:
        return any(_known_titles()[0].get(title) == "name" for title in self.plain.values())


def find_header(sheet: Sheet) -> Header | None:
    """The header among the first 20 filled rows: the one or two rows with most known titles, 姓名 among them."""
    best: _Reading | None = None
    for reading in _readings(sheet):
        if reading.names_people and (best is None or reading.beats(best)):
            best = reading
    return None if best is None else _assign(best)


def is_header_again(row: Sequence[object], header: Header) -> bool:
    """Whether a row repeats the header, as at the top of each printed page."""
    known = [index for index in header.columns if index < len(row)]
    same = sum(plain_title(row[index]) == plain_title(header.titles[index]) for index in known)
    return same >= 2 and same * 2 > sum(row[index] not in ("", None) for index in known)


def _readings(sheet: Sheet) -> Iterator[_Reading]:
    filled = [i for i, row in enumerate(sheet.rows) if any(cell not in ("", None) for cell in row)]
    for index in filled[:_SEARCHED_ROWS]:
        yield _read_one(sheet, index)
        if index + 1 < len(sheet.rows):
            yield _read_two(sheet, index)


def _read_one(sheet: Sheet, index: int) -> _Reading:
    reading = _Reading(index, index)
    for column, cell in enumerate(sheet.rows[index]):
        _note(reading, column, [_title(cell)])
    return reading


def _read_two(sheet: Sheet, index: int) -> _Reading:
    """Read two rows together: '入党情况' merged over '时间' means 入党时间; a blank below belongs to above."""
    reading = _Reading(index, index + 1)
    upper, lower = sheet.rows[index], sheet.rows[index + 1]
    groups = _spread(sheet.merges, index, upper)
    for column in range(max(len(upper), len(lower))):
        above = _title(groups.get(column, upper[column] if column < len(upper) else ""))
        below = _title(lower[column]) if column < len(lower) else ""
        if not below or not above:
            _note(reading, column, [above or below])
        else:
            _note(reading, column, [above + below, above.removesuffix("情况") + below, below])
    return reading


def _spread(merges: Sequence[Merge], row: int, cells: Sequence[object]) -> dict[int, object]:
    """The text of horizontally merged cells of a row at every column that they cover."""
    found: dict[int, object] = {}
    for merge in merges:
        if merge.top <= row <= merge.bottom and merge.left < merge.right and merge.left < len(cells):
            found.update(dict.fromkeys(range(merge.left, merge.right + 1), cells[merge.left]))
    return found


def _note(reading: _Reading, column: int, titles: Sequence[str]) -> None:
    if not titles[0]:
        return
    for title in titles:
        plain = _known_spelling(title)
        if plain:
            reading.titles[column], reading.plain[column] = title, plain
            return
    reading.titles[column], reading.plain[column] = titles[0], ""


def _title(cell: object) -> str:
    return one_line(cell) if isinstance(cell, str) else ""


def plain_title(cell: object) -> str:
    """A title without spaces, punctuation and asterisks, in half-width capitals: what titles are compared by."""
    text = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else ""
    return "".join(c for c in text if c.isalnum()).upper()


def _known_spelling(title: str) -> str:
    if len(title) > _LONGEST_TITLE:
        return ""
    bare = _BRACKETED.sub("", unicodedata.normalize("NFKC", title))
    for plain in (plain_title(title), plain_title(bare)):
        if plain in _spellings():
            return plain
    return ""


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, list[str]]]:
    text = (resources() / "rules" / "roster_headers.json").read_text(encoding="utf-8")
    return {key: value for key, value in json.loads(text).items() if key in ("titles", "weak")} | {
        "aside": {key: json.loads(text)[key] for key in ("serial", "computed")}
    }


@lru_cache(maxsize=1)
def _known_titles() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Comparable titles of fields, weak titles (by their first field), and titles of columns left aside."""
    table = _table()
    strong = {plain_title(f.label): f.key for f in MEMBER_FIELDS}
    for key, titles in table["titles"].items():
        strong.update((plain_title(title), key) for title in titles)
    weak: dict[str, str] = {}
    for key, titles in table["weak"].items():
        for title in titles:
            weak.setdefault(plain_title(title), key)
    aside = {plain_title(t): _SERIAL for t in table["aside"]["serial"]}
    aside |= {plain_title(t): _COMPUTED for t in table["aside"]["computed"]}
    return strong, weak, aside


@lru_cache(maxsize=1)
def _spellings() -> frozenset[str]:
    return frozenset().union(*_known_titles())


def _assign(reading: _Reading) -> Header:
    strong, _, aside = _known_titles()
    columns: dict[int, str] = {}
    for index, plain in reading.plain.items():
        key = strong.get(plain)
        if key and key not in columns.values():
            columns[index] = key
    for index, plain in reading.plain.items():
        if index not in columns and plain not in strong:
            key = next((k for k in _weak_fields(plain) if k not in columns.values()), None)
            if key:
                columns[index] = key
    serial = frozenset(i for i, plain in reading.plain.items() if aside.get(plain) == _SERIAL)
    ignored = [_ignore(reading, index, columns) for index in sorted(set(reading.titles) - set(columns) - serial)]
    ordered = {index: columns[index] for index in sorted(columns)}
    return Header(reading.row, reading.last_row, ordered, reading.titles, serial, tuple(ignored))


def _weak_fields(plain: str) -> list[str]:
    return [key for key, titles in _table()["weak"].items() if plain in map(plain_title, titles)]


def _ignore(reading: _Reading, index: int, columns: Mapping[int, str]) -> IgnoredColumn:
    strong, weak, aside = _known_titles()
    plain, title = reading.plain[index], reading.titles[index]
    key = strong.get(plain) or weak.get(plain)
    if aside.get(plain) == _COMPUTED:
        return IgnoredColumn(index, title, f"「{title}」由程序按日期推算，不导入。")
    if key is None:
        return IgnoredColumn(index, title, f"「{title}」（{column_letters(index)}列）没有对应的项目，不导入。")
    taken = next((i for i, k in columns.items() if k == key), None)
    used = "" if taken is None else f"「{reading.titles[taken]}」（{column_letters(taken)}列）"
    return IgnoredColumn(index, title, f"「{title}」（{column_letters(index)}列）与{used}是同一项目，只导入后者。")
