"""The model behind every list: ids in memory, rows in cached pages that arrive from the database worker.

A million rows cost 8 MB of ids and at most 50 pages of rows. A cell whose page has not arrived says “…”.
"""

from __future__ import annotations

import html
from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QColor

from partyroom.ui.table_source import PAGE, Column, Loaded, Row

Pages = tuple[Row | None, ...]
Fetch = Callable[[Sequence[int], Callable[[Pages], None], Callable[[Exception], None]], None]
AnyIndex = QModelIndex | QPersistentModelIndex

PENDING: Final = "…"
_CACHED_PAGES: Final = 50
_REMEMBERED: Final = 4  # pages wished for while one is under way; a fast scroll forgets those it has passed
_LONGEST: Final = 400  # characters drawn in a cell; a pasted book would make every repaint slow
_LONGEST_TIP: Final = 2000

_DISPLAY: Final = int(Qt.ItemDataRole.DisplayRole)
_TIP: Final = int(Qt.ItemDataRole.ToolTipRole)
_ALIGNMENT: Final = int(Qt.ItemDataRole.TextAlignmentRole)
_FOREGROUND: Final = int(Qt.ItemDataRole.ForegroundRole)
ID_ROLE: Final = int(Qt.ItemDataRole.UserRole)

_ALIGN: Final = {
    "left": int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
    "right": int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
    "center": int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter),
}


class TableModel(QAbstractTableModel):
    """Rows of a list, fetched page by page.

    Args:
        columns: All columns, shown or not, in the order of the code.
        fetch: Called as `fetch(ids, arrived, failed)`; calls one of the two later, on the window's thread.
        parent: Owner.
    """

    def __init__(self, columns: Sequence[Column], fetch: Fetch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.revealed = False
        self.tones: dict[str, QColor] = {}
        self._fetch = fetch
        self._ids: array[int] = array("q")
        self._pages: OrderedDict[int, Pages] = OrderedDict()
        self._wanted: list[int] = []
        self._failed: set[int] = set()
        self._under_way: int | None = None
        self._generation = 0
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(0)
        self._ask.timeout.connect(self._ask_next)

    # What is in it

    @property
    def ids(self) -> array[int]:
        """All ids in the order shown; not to be changed."""
        return self._ids

    def row_at(self, position: int) -> Row | None:
        """The cached row, or None while it has not arrived (asking for it does not fetch it)."""
        page = self._pages.get(position // PAGE)
        return page[position % PAGE] if page is not None else None

    def replace(self, loaded: Loaded) -> None:
        """Show another answer; what was under way for the old one is dropped."""
        self.beginResetModel()
        self._generation += 1
        self._ids = loaded.ids
        self._pages = OrderedDict(loaded.pages)
        self._wanted.clear()
        self._failed.clear()
        self._under_way = None
        self.endResetModel()

    def reveal(self, revealed: bool) -> None:
        """Show masked columns in full, or mask them again."""
        self.revealed = revealed
        for number, column in enumerate(self.columns):
            if column.mask is not None and self._ids:
                self.dataChanged.emit(self.index(0, number), self.index(len(self._ids) - 1, number))

    # What Qt asks

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Number of ids."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Number of columns, hidden ones included."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: AnyIndex, role: int = _DISPLAY) -> Any:
        """Text, tool tip, alignment, colour or id of a cell."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == _DISPLAY:
            return self._display(index.row(), column)
        if role == _ALIGNMENT:
            return _ALIGN[column.align]
        if role == _FOREGROUND:
            return self._colour(index.row(), column)
        if role == _TIP:
            return self._tip(index.row(), column)
        return self._ids[index.row()] if role == ID_ROLE else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """Titles across the top, row numbers down the side."""
        if orientation == Qt.Orientation.Vertical:
            if role == _ALIGNMENT:
                return _ALIGN["center"]
            return str(section + 1) if role == _DISPLAY else None
        if not 0 <= section < len(self.columns):
            return None
        if role == _ALIGNMENT:
            return _ALIGN[self.columns[section].align]
        return self.columns[section].title if role == _DISPLAY else None

    def _display(self, position: int, column: Column) -> str:
        page = self._page(position // PAGE)
        if page is None:
            return PENDING
        row = page[position % PAGE]
        if row is None:  # deleted after the ids were read; a reload is on its way
            return ""
        text = column.cell(row, revealed=self.revealed)
        return " ".join(text[:_LONGEST].split("\n"))

    def _colour(self, position: int, column: Column) -> QColor | None:
        row = self.row_at(position)
        if row is None:
            return self.tones.get("muted")
        return self.tones.get(column.tone(row)) if column.tone is not None else None

    def _tip(self, position: int, column: Column) -> str | None:
        row = self.row_at(position)
        if row is None or column.tip is None or (column.mask is not None and not self.revealed):
            return None
        return plain_tip(column.tip(row))

    # Fetching

    def _page(self, number: int) -> Pages | None:
        page = self._pages.get(number)
        if page is None:
            self._want(number)
        else:
            self._pages.move_to_end(number)
        return page

    def _want(self, number: int) -> None:
        if number == self._under_way or number in self._failed:
            return
        if number in self._wanted:
            return
        self._wanted = [*self._wanted[1 - _REMEMBERED :], number]
        if self._under_way is None and not self._ask.isActive():
            self._ask.start()

    def _ask_next(self) -> None:
        if self._under_way is not None or not self._wanted:
            return
        number = self._wanted.pop()
        self._under_way = number
        ids = self._ids[number * PAGE : (number + 1) * PAGE]
        asked = self._generation
        self._fetch(ids, partial(self._arrived, asked, number), partial(self._did_not_arrive, asked, number))

    def _arrived(self, asked: int, number: int, rows: Pages) -> None:
        if asked != self._generation:
            return
        self._under_way = None
        self._pages[number] = rows
        while len(self._pages) > _CACHED_PAGES:
            self._pages.popitem(last=False)
        last = min((number + 1) * PAGE, len(self._ids)) - 1
        self.dataChanged.emit(self.index(number * PAGE, 0), self.index(last, len(self.columns) - 1))
        self._ask_next()

    def _did_not_arrive(self, asked: int, number: int, _error: Exception) -> None:
        if asked != self._generation:
            return
        self._under_way = None
        self._failed.add(number)  # else every repaint would ask, and complain, again
        self._ask_next()


def plain_tip(text: str) -> str | None:
    """A tool tip that wraps and shows `text` as it is, never as markup; None for nothing to say."""
    if not text.strip():
        return None
    return f'<p style="white-space: pre-wrap">{html.escape(text[:_LONGEST_TIP])}</p>'
