"""Finding the header of a roster and telling which column holds which field."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from partyroom.core.cells import Sheet, column_letters
from partyroom.core.paths import resources
from partyroom.core.title_rows import TitleRows, find_title_rows, plain_title, repeats_titles
from partyroom.features.members.domain import MEMBER_FIELDS

_SERIAL = "#serial"
_COMPUTED = "#computed"


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


def find_header(sheet: Sheet) -> Header | None:
    """The header among the first 20 filled rows: the one or two rows with most known titles, 姓名 among them."""
    best = find_title_rows(sheet, _spellings(), "name")
    return None if best is None else _assign(best)


def is_header_again(row: Sequence[object], header: Header) -> bool:
    """Whether a row repeats the header, as at the top of each printed page."""
    return repeats_titles(row, header.titles, header.columns)


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
def _spellings() -> dict[str, str]:
    """Every known title with its field or kind of column; a field's own title goes before others."""
    strong, weak, aside = _known_titles()
    return aside | weak | strong


def _assign(reading: TitleRows) -> Header:
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


def _ignore(reading: TitleRows, index: int, columns: Mapping[int, str]) -> IgnoredColumn:
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
