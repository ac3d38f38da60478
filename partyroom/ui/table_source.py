"""What a list is made of: its columns, its filters, the question asked and the place that answers it.

Sorting, searching and filtering are questions to the database (`Source.ids`); nothing in `ui` reorders rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

PAGE = 200
"""Rows fetched at once; a screen shows some 30 of them."""

Align = Literal["left", "right", "center"]
Tone = Literal["", "muted", "good", "warning", "danger"]


class Row(Protocol):
    """A plain frozen line of a list; everything beyond `id` is the columns' business."""

    @property
    def id(self) -> int:
        """The key by which the row is found again after a reload."""


@dataclass(frozen=True)
class Column:
    """One column of a list.

    Attributes:
        key: Code name, unique in the list; also the row's attribute that is shown when `text` is not given.
        title: Chinese heading.
        width: Width in logical pixels at normal text size.
        align: Side to which the cells lean.
        visible: Whether the column is shown until the user chooses otherwise.
        sortable: Whether a click on the heading asks the source for `Query.sort == key`.
        text: What the cell says; pure, as it is also called off the window's thread.
        tip: A longer text for the tool tip; plain text.
        mask: Hides the middle of a secret text; used until the user asks to see it.
        tone: Meaning of the cell's colour, e.g. "danger" for what is overdue.
        stretch: Whether this column takes the space that is left over (by default the last column shown).
    """

    key: str
    title: str
    width: int = 120
    align: Align = "left"
    visible: bool = True
    sortable: bool = True
    text: Callable[[Any], str] | None = None
    tip: Callable[[Any], str] | None = None
    mask: Callable[[str], str] | None = None
    tone: Callable[[Any], Tone] | None = None
    stretch: bool = False

    def cell(self, row: Row, *, revealed: bool = False) -> str:
        """The full text of this column in `row`, masked unless `revealed`."""
        text = self._plain(row)
        return text if revealed or self.mask is None else self.mask(text)

    def _plain(self, row: Row) -> str:
        if self.text is not None:
            return self.text(row)
        value = getattr(row, self.key)
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Filter:
    """A combo box above the list.

    Attributes:
        key: Name under which the chosen value stands in `Query.filters`.
        label: Chinese name of what is filtered.
        choices: Values and their Chinese texts; “全部” is added in front.
        default: The value chosen at first and after “清除条件”; None is “全部”.
    """

    key: str
    label: str
    choices: Sequence[tuple[object, str]]
    default: object = None


@dataclass(frozen=True)
class Query:
    """What the user asks of a list; `filters` holds only filters that are not “全部”."""

    search: str = ""
    filters: Mapping[str, object] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False


class Source(Protocol):
    """Answers a list's questions inside one database session."""

    def ids(self, session: Any, query: Query) -> Sequence[int]:
        """All ids that fit `query`, in the order to be shown."""

    def rows(self, session: Any, ids: Sequence[int]) -> Sequence[Any]:
        """Frozen rows for `ids`, in any order; ids that no longer exist are left out."""


@dataclass(frozen=True)
class Anchor:
    """The first row in sight: its id, and its position for the case that it has been deleted."""

    id: int
    position: int


@dataclass(frozen=True)
class Loaded:
    """The answer to a query: all ids, the rows of the pages that are seen first, and the row to begin with."""

    ids: array[int]
    pages: Mapping[int, tuple[Row | None, ...]]
    top: int = 0


def load(source: Source, query: Query, anchor: Anchor | None, session: Any) -> Loaded:
    """Ask for the ids and, in the same session, for the rows below `anchor`, so that a reload does not flicker."""
    ids = array("q", source.ids(session, query))
    top = _position(ids, anchor)
    last = min(top + PAGE // 2, max(len(ids) - 1, 0)) // PAGE
    numbers = range(top // PAGE, last + 1)
    pages = {n: page_rows(source, ids[n * PAGE : (n + 1) * PAGE], session) for n in numbers}
    return Loaded(ids, pages, top)


def page_rows(source: Source, ids: Sequence[int], session: Any) -> tuple[Row | None, ...]:
    """Rows in the order of `ids`; None where a row has vanished in between."""
    if not ids:
        return ()
    found = {row.id: row for row in source.rows(session, list(ids))}
    return tuple(found.get(i) for i in ids)


def all_rows(source: Source, ids: Sequence[int], session: Any) -> list[Row]:
    """The rows of any number of ids in their order, fetched in portions that every database accepts."""
    rows: list[Row] = []
    for start in range(0, len(ids), PAGE):
        rows.extend(row for row in page_rows(source, ids[start : start + PAGE], session) if row is not None)
    return rows


def lines_of(
    source: Source, ids: Sequence[int], columns: Sequence[Column], revealed: bool, session: Any
) -> list[list[str]]:
    """The texts of these rows under `columns`, as they are copied and exported."""
    rows = all_rows(source, ids, session)
    return [[column.cell(row, revealed=revealed) for column in columns] for row in rows]


def lines_shown(
    source: Source, query: Query, columns: Sequence[Column], revealed: bool, session: Any
) -> list[list[str]]:
    """The texts of all rows that fit `query`, in its order."""
    return lines_of(source, source.ids(session, query), columns, revealed, session)


def summed(source: Source, ids: Sequence[int], summary: Callable[[Sequence[Any]], str], session: Any) -> str:
    """What `summary` says of these rows."""
    return summary(all_rows(source, ids, session))


def _position(ids: array[int], anchor: Anchor | None) -> int:
    if anchor is None or not ids:
        return 0
    try:
        return ids.index(anchor.id)
    except ValueError:
        return min(anchor.position, len(ids) - 1)
