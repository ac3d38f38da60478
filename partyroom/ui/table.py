"""A list as every page shows it: search, filters, sorting, columns, selection, copying, count and sum.

What a list consists of is described in `table_source`; its names are offered here too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QHideEvent
from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout, QWidget

from partyroom.core.errors import PartyroomError
from partyroom.ui.column_layout import ColumnLayout
from partyroom.ui.column_menu import ColumnMenu
from partyroom.ui.desk import Desk
from partyroom.ui.table_bar import TableBar
from partyroom.ui.table_copying import RowCopying
from partyroom.ui.table_foot import TableFoot
from partyroom.ui.table_model import Pages, TableModel
from partyroom.ui.table_source import (
    Anchor,
    Column,
    Filter,
    Loaded,
    Query,
    Row,
    Source,
    Tone,
    lines_shown,
    load,
    page_rows,
)
from partyroom.ui.table_view import TableView
from partyroom.ui.theme import COLOURS, scale, scaled

__all__ = ["Column", "Filter", "Query", "Row", "Source", "TablePanel", "Tone"]

Lines = list[list[str]]

_SAY_LOADING_AFTER_MS: Final = 300
_TONES: Final = {
    "muted": COLOURS["faint"],
    "good": "#2E7D4F",
    "warning": "#9A6700",
    "danger": COLOURS["accent"],
}


class TablePanel(QWidget):
    """A list with everything around it.

    Args:
        desk: The services of the window.
        name: Under which the choice of columns is remembered; unique in the program.
        columns: All columns in the order first shown.
        source: Answers the queries; called on the database thread.
        filters: Combo boxes beside the search box.
        placeholder: Pale text in the search box.
        empty_text: What an empty list says, including what to do next.
        empty_action: Label and slot of the button below that text.
        noun: Measure word of the count line: 人, 次, 笔, 条.
        summary: Sums up rows in one line; over the selected rows if more than one is selected, else over all. Pure,
            as it runs on the database thread; left out beyond 20,000 rows.
        reveal_text: Label of the button that shows masked columns in full.
        parent: Owner.

    Signals:
        opened: Id of the row that was double-clicked or opened with Enter.
        selection_changed: Other rows are selected than before.
        revealed: The user asked to see the masked columns; the page records that.
        loaded: An answer has arrived and is shown.
    """

    opened = Signal(int)
    selection_changed = Signal()
    revealed = Signal()
    loaded = Signal()

    def __init__(
        self,
        desk: Desk,
        name: str,
        columns: Sequence[Column],
        source: Source,
        *,
        filters: Sequence[Filter] = (),
        placeholder: str = "搜索…",
        empty_text: str,
        empty_action: tuple[str, Callable[[], object]] | None = None,
        noun: str = "人",
        summary: Callable[[Sequence[Any]], str] | None = None,
        reveal_text: str = "显示证件号",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setObjectName(f"table_{name}")
        self._source = source
        self._empty = (empty_text, empty_action)
        self._sort, self._descending = "", False
        self._loading = False
        self._loaded_once = False
        self._restoring = False
        self._to_select: list[int] | None = None
        self._to_first = False
        self.model = TableModel(columns, self._fetch, self)
        self.model.tones = {tone: QColor(colour) for tone, colour in _TONES.items()}
        masked = any(column.mask is not None for column in columns)
        self.bar = TableBar(placeholder, filters, reveal_text=reveal_text if masked else "", parent=self)
        self.view = TableView(self.model, self)
        self.layout_of_columns = ColumnLayout(self.view, columns, desk.settings, name, scale())
        self.copying = RowCopying(desk, self.view, source, self.visible_columns)
        self.foot = TableFoot(desk, self.view, source, noun=noun, summary=summary, parent=self)
        self._loading_wait = QTimer(self)
        self._loading_wait.setSingleShot(True)
        self._loading_wait.setInterval(_SAY_LOADING_AFTER_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(8))
        layout.addWidget(self.bar)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.foot)
        self.view.setFrameShape(QFrame.Shape.StyledPanel)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        self._loading_wait.timeout.connect(self._say_loading)
        self.bar.changed.connect(self._on_query_changed)
        self.bar.search.left.connect(self._on_search_left)
        self.bar.reveal.toggled.connect(self._on_reveal_toggled)
        self.bar.columns.clicked.connect(self._on_columns_clicked)
        self.view.opened.connect(self.opened)
        self.view.typed.connect(self._on_typed)
        self.view.customContextMenuRequested.connect(self._on_context_menu_requested)
        self.view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.view.resized.connect(self.layout_of_columns.fill)
        header = self.view.horizontalHeader()
        header.sectionClicked.connect(self._on_header_clicked)
        header.customContextMenuRequested.connect(self._on_header_menu_requested)

    # What pages use

    def reload(self) -> None:
        """Ask the source again; selection and scroll position stay with their rows."""
        position, _ = self.view.scroll_place()
        ids = self.model.ids
        self._ask(Anchor(ids[position], position) if 0 < position < len(ids) else None)

    def selected_ids(self) -> list[int]:
        """Ids of the selected rows in the order shown."""
        return self.view.selected_ids()

    def select(self, ids: Sequence[int]) -> None:
        """Select these rows and scroll to the first of them; waits for a reload that is under way."""
        if self._loading:
            self._to_select = list(ids)
        else:
            self._select_now(set(ids))

    def visible_columns(self) -> list[Column]:
        """The shown columns from left to right."""
        return self.layout_of_columns.shown()

    def query(self) -> Query:
        """What the list is asked at present."""
        text = " ".join(self.bar.search.text().split())
        return Query(text, self.bar.filters(), self._sort, self._descending)

    def set_query(self, query: Query) -> None:
        """Ask something else, as if the user had."""
        self.bar.put(query.search, query.filters)
        self._show_sort(query.sort, query.descending)
        self._on_query_changed()

    def set_filter_choices(self, key: str, choices: Sequence[tuple[object, str]]) -> None:
        """Offer other choices for a filter, e.g. after a party group was added."""
        self.bar.set_choices(key, choices)

    def add_row_action(
        self,
        text: str,
        icon_name: str,
        slot: Callable[[list[int]], object],
        shortcut: str = "",
        danger: bool = False,
        single: bool = False,
    ) -> QAction:
        """Offer an action on the selected rows as a button below the list and in its context menu.

        Args:
            text: Chinese label.
            icon_name: Name for `icons.icon`.
            slot: Called with the ids of the selected rows in the order shown.
            shortcut: Works while the list has the keyboard.
            danger: Whether something is taken away; the first such action without a shortcut gets Del.
            single: Whether it needs exactly one selected row.
        """
        return self.foot.row_actions.add(text, icon_name, slot, shortcut=shortcut, danger=danger, single=single)

    def shown_table(self, callback: Callable[[list[str], Lines], object]) -> None:
        """Give headings and texts of all rows as shown: these columns, this order, search and filters, masks too.

        Reads on the database thread; `callback` is called on the window's thread.
        """
        columns = self.visible_columns()
        work = partial(lines_shown, self._source, self.query(), columns, self.model.revealed)
        headings = [column.title for column in columns]
        self.desk.tasks.read(work, partial(_deliver, callback, headings), owner=self)

    def copy(self, *, headers: bool) -> None:
        """Copy the selected rows as they are shown, for pasting into Excel."""
        self.copying.copy(headers=headers)

    # Asking and showing

    def _ask(self, anchor: Anchor | None) -> None:
        self._loading = True
        self._loading_wait.start()
        work = partial(load, self._source, self.query(), anchor)
        done = partial(self._on_loaded, anchor is not None)
        self.desk.tasks.read(work, done, owner=self, failed=self._on_load_failed, key="ids")

    def _on_loaded(self, stay: bool, loaded: Loaded) -> None:
        pixels = self.view.scroll_place()[1] if stay else 0
        chosen, current = set(self.selected_ids()), self._current_id()
        self._loading = False
        self._loaded_once = True
        self._loading_wait.stop()
        self._restoring = True  # the selection is reported once, below
        self.model.replace(loaded)
        self._restore(chosen, current)
        self.view.scroll_to_place(loaded.top, pixels)
        if self._to_select is not None:
            self._select_now(set(self._to_select))
            self._to_select = None
        elif self._to_first:
            self.view.select_first()
        self._to_first = False
        self._restoring = False
        self._refresh_note()
        self._report_selection()
        self.loaded.emit()

    def _on_load_failed(self, error: Exception) -> None:
        self._loading = False
        self._loading_wait.stop()
        self._refresh_note()
        if not self._loaded_once:
            self.view.note.say("没有读出列表。", ("再试一次", self.reload))
        self._show_error(error)

    def _fetch(self, ids: Sequence[int], arrived: Callable[[Pages], None], failed: Callable[[Exception], None]) -> None:
        work = partial(page_rows, self._source, ids)
        self.desk.tasks.read(work, arrived, owner=self, failed=partial(self._on_fetch_failed, failed))

    def _on_fetch_failed(self, tell_model: Callable[[Exception], None], error: Exception) -> None:
        tell_model(error)
        self._show_error(error)

    def _show_error(self, error: Exception) -> None:
        if isinstance(error, PartyroomError):
            self.desk.messages.problem("没有读出列表", str(error))
        else:
            self.desk.messages.unexpected(error)

    def _refresh_note(self) -> None:
        note = self.view.note
        if self.model.rowCount() or not self._loaded_once:
            note.hide()
        elif self.bar.narrowed():
            note.say("没有符合条件的记录", ("清除条件", self.bar.clear))
        else:
            note.say(*self._empty)

    def _say_loading(self) -> None:
        if self._loading and not self.model.rowCount():
            self.view.note.say("正在读取…")

    # Selection

    def _current_id(self) -> int | None:
        index = self.view.currentIndex()
        return self.model.ids[index.row()] if index.isValid() else None

    def _restore(self, chosen: set[int], current: int | None) -> None:
        if not chosen and current is None:
            return
        places = {i: place for place, i in enumerate(self.model.ids) if i in chosen or i == current}
        positions = [place for i, place in places.items() if i in chosen]
        keyboard = places.get(current) if current is not None else None
        if positions or keyboard is not None:
            self.view.select_positions(positions, keyboard)

    def _select_now(self, ids: set[int]) -> None:
        positions = [place for place, i in enumerate(self.model.ids) if i in ids]
        self.view.select_positions(positions, positions[0] if positions else None)
        if positions:
            self.view.scrollTo(self.view.currentIndex())

    def _on_selection_changed(self) -> None:
        if not self._restoring:
            self._report_selection()

    def _report_selection(self) -> None:
        self.foot.refresh()
        self.selection_changed.emit()

    # Search, filters, sorting

    def _on_query_changed(self) -> None:
        self._ask(None)

    def _on_search_left(self) -> None:
        self.view.setFocus()
        self._to_first = self._loading
        if not self._loading:
            self.view.select_first()

    def _on_typed(self, text: str) -> None:
        self.bar.search.setFocus()
        self.bar.search.setText(text)

    def _on_header_clicked(self, number: int) -> None:
        column = self.model.columns[number]
        if column.sortable:
            self.sort(column.key, self._sort == column.key and not self._descending)

    def sort(self, key: str, descending: bool) -> None:
        """Ask for another order."""
        self._show_sort(key, descending)
        self._on_query_changed()

    def _show_sort(self, key: str, descending: bool) -> None:
        self._sort, self._descending = key, descending
        numbers = [n for n, column in enumerate(self.model.columns) if column.key == key]
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        header = self.view.horizontalHeader()
        header.setSortIndicatorShown(bool(numbers))
        header.setSortIndicator(numbers[0] if numbers else -1, order)

    # Menus, secrets, clipboard

    def _on_context_menu_requested(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("row_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.foot.row_actions.add_to(menu)
        menu.addActions(self.copying.actions)
        menu.popup(self.view.viewport().mapToGlobal(place))

    def _on_columns_clicked(self) -> None:
        button = self.bar.columns
        self._open_column_menu(None, button.mapToGlobal(QPoint(0, button.height())))

    def _on_header_menu_requested(self, place: QPoint) -> None:
        header = self.view.horizontalHeader()
        number = header.logicalIndexAt(place)
        clicked = self.model.columns[number] if number >= 0 else None
        self._open_column_menu(clicked, header.mapToGlobal(place))

    def _open_column_menu(self, clicked: Column | None, place: QPoint) -> None:
        ColumnMenu(self.layout_of_columns, clicked, self.sort, self).popup(place)

    def _on_reveal_toggled(self, revealed: bool) -> None:
        self.model.reveal(revealed)
        if revealed:
            self.revealed.emit()

    # Qt

    def hideEvent(self, event: QHideEvent) -> None:
        """Mask secrets again and write down the columns when the page is left."""
        super().hideEvent(event)
        self.layout_of_columns.remember_if_changed()
        if not event.spontaneous():
            self.bar.reveal.setChecked(False)

    def changeEvent(self, event: QEvent) -> None:
        """Follow another letter size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "layout_of_columns"):
            self.view.set_row_height()
            self.layout_of_columns.set_scale(scale())

    def sizeHint(self) -> QSize:
        """Ask for room for about ten rows."""
        return QSize(scaled(760), scaled(440))


def _deliver(callback: Callable[[list[str], Lines], object], headings: list[str], lines: Lines) -> None:
    callback(headings, lines)
