"""Which columns of a list are shown, how wide and in which order; remembered from one start to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QTableView

from partyroom.ui.preferences import Preferences
from partyroom.ui.table_source import Column

_NARROWEST: Final = 36
_WIDEST: Final = 2000
_SAVE_AFTER_MS: Final = 500


class ColumnLayout(QObject):
    """Keeps a view's header in step with the user's choice.

    Args:
        view: The list, with its model already set.
        columns: All columns, in the model's order.
        settings: Where the choice is remembered.
        name: The list's name in there.
        scale: Factor of the present text size; widths are remembered without it.
    """

    changed = Signal()

    def __init__(
        self, view: QTableView, columns: Sequence[Column], settings: Preferences, name: str, scale: float
    ) -> None:
        super().__init__(view)
        self._view = view
        self._header = view.horizontalHeader()
        self._columns = tuple(columns)
        self._numbers = {column.key: number for number, column in enumerate(columns)}
        self._settings = settings
        self._name = f"table/{name}"
        self._scale = scale
        self._applying = False
        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(_SAVE_AFTER_MS)
        self._save.timeout.connect(self.remember)
        self._order: list[str] = []
        self._hidden: set[str] = set()
        self._widths: dict[str, int] = {}
        self._recall(self._settings.recall(self._name))
        self._header.sectionResized.connect(self._on_section_resized)
        self._header.sectionMoved.connect(self._on_section_moved)
        self.apply()

    # What is shown

    def shown(self) -> list[Column]:
        """The visible columns from left to right."""
        return [self._columns[self._numbers[key]] for key in self._order if key not in self._hidden]

    def in_order(self) -> list[Column]:
        """All columns from left to right, hidden ones included."""
        return [self._columns[self._numbers[key]] for key in self._order]

    def is_shown(self, key: str) -> bool:
        """Whether the user sees the column `key`."""
        return key not in self._hidden

    # What the user changes

    def show_column(self, key: str, shown: bool) -> None:
        """Show or hide a column; the last one shown stays."""
        if not shown and [column.key for column in self.shown()] == [key]:
            return
        self._hidden.discard(key) if shown else self._hidden.add(key)
        self._changed()

    def move(self, key: str, steps: int) -> None:
        """Move a visible column past `steps` visible neighbours: to the left if negative."""
        keys = [column.key for column in self.shown()]
        target = keys.index(key) + steps
        if 0 <= target < len(keys):
            place = self._order.index(keys[target])
            self._order.remove(key)
            self._order.insert(place, key)
            self._changed()

    def reset(self) -> None:
        """Back to what the program suggests."""
        self._recall(None)
        self._changed()

    # Header and memory

    def set_scale(self, scale: float) -> None:
        """Follow another text size."""
        self._scale = scale
        self.apply()

    def apply(self) -> None:
        """Bring the header into the chosen state and give the spare width to the stretching column."""
        with self._quietly():
            for place, key in enumerate(self._order):
                number = self._numbers[key]
                self._header.moveSection(self._header.visualIndex(number), place)
                self._header.setSectionHidden(number, key in self._hidden)
            self._fill()

    def fill(self) -> None:
        """Give the spare width to the stretching column again, after the view was resized."""
        with self._quietly():
            self._fill()

    def remember(self) -> None:
        """Write the choice down now."""
        self._save.stop()
        state = {
            "order": list(self._order),
            "hidden": [key for key in self._order if key in self._hidden],
            "widths": dict(self._widths),
        }
        self._settings.remember(self._name, state)

    def remember_if_changed(self) -> None:
        """Write down a choice whose delay has not yet passed; for the moment before the list goes away."""
        if self._save.isActive():
            self.remember()

    def _fill(self) -> None:
        shown = self.shown()
        widths = {column.key: round(self._width(column) * self._scale) for column in shown}
        spare = self._view.viewport().width() - sum(widths.values())
        if spare > 0:
            elastic = next((column for column in shown if column.stretch), shown[-1])
            widths[elastic.key] += spare
        for key, width in widths.items():
            self._header.resizeSection(self._numbers[key], width)

    def _width(self, column: Column) -> int:
        return self._widths.get(column.key, column.width)

    def _recall(self, state: Any) -> None:
        kept = state if isinstance(state, dict) else {}
        self._order = self._with_newcomers(_texts(kept.get("order")))
        known = set(_texts(kept.get("order")))
        hidden = set(_texts(kept.get("hidden")))
        self._hidden = {c.key for c in self._columns if (c.key in hidden if c.key in known else not c.visible)}
        if len(self._hidden) == len(self._columns):
            self._hidden.clear()
        widths = kept.get("widths")
        self._widths = {
            str(key): min(max(width, _NARROWEST), _WIDEST)
            for key, width in (widths.items() if isinstance(widths, dict) else ())
            if isinstance(width, int) and key in self._numbers
        }

    def _with_newcomers(self, kept: Sequence[str]) -> list[str]:
        """Keep the remembered order; a column new in this version comes behind its neighbour in the code."""
        order = [key for key in dict.fromkeys(kept) if key in self._numbers]
        before: str | None = None
        for column in self._columns:
            if column.key not in order:
                order.insert(0 if before is None else order.index(before) + 1, column.key)
            before = column.key
        return order

    def _changed(self) -> None:
        self.apply()
        self._save.start()
        self.changed.emit()

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        self._applying = True
        try:
            yield
        finally:
            self._applying = False

    def _on_section_resized(self, number: int, _old: int, new: int) -> None:
        if not self._applying and new > 0:
            self._widths[self._columns[number].key] = round(new / self._scale)
            self._save.start()

    def _on_section_moved(self, _number: int, _old: int, _new: int) -> None:
        if self._applying:
            return
        places = range(len(self._columns))
        self._order = [self._columns[self._header.logicalIndex(place)].key for place in places]
        self._save.start()
        self.changed.emit()


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
