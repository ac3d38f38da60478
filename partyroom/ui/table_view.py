"""The list on the screen: whole rows, keyboard, tool tips for what is cut off, and a note where there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from partyroom.ui.table_model import TableModel, plain_tip
from partyroom.ui.theme import COLOURS, row_height, scaled

_NARROWEST: Final = 36
_MARGIN: Final = 5
_SELECT_ROWS: Final = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class TableView(QTableView):
    """A list of whole rows over a `TableModel`; rows are all of one height, so that a million of them scroll."""

    opened = Signal(int)
    typed = Signal(str)
    resized = Signal()

    def __init__(self, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows_model = model
        self.note = EmptyNote(self.viewport())
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self))
        self.setObjectName("table")
        self._set_behaviour()
        self._set_headers()
        self.set_row_height()
        self.doubleClicked.connect(self._on_double_clicked)

    def _set_behaviour(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(False)
        self.setCornerButtonEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _set_headers(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(_NARROWEST)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        numbers = self.verticalHeader()
        numbers.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        numbers.setHighlightSections(False)
        numbers.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        # Headers look up whether whole columns are selected; with a million rows that takes a minute.
        nothing = QItemSelectionModel(self.rows_model, self)
        header.setSelectionModel(nothing)
        numbers.setSelectionModel(nothing)

    def set_row_height(self) -> None:
        """Take the row height of the present text size."""
        self.verticalHeader().setMinimumSectionSize(row_height())
        self.verticalHeader().setDefaultSectionSize(row_height())

    # Rows by position

    def selected_positions(self) -> Iterator[int]:
        """Positions of the selected rows from top to bottom."""
        for part in self._selected_ranges():
            yield from part

    def selected_ids(self) -> list[int]:
        """Ids of the selected rows in the order shown."""
        ids = self.rows_model.ids
        return [ids[position] for position in self.selected_positions()]

    def selected_count(self) -> int:
        """Number of selected rows."""
        return sum(len(part) for part in self._selected_ranges())

    def _selected_ranges(self) -> Iterator[range]:
        """The selection as ranges of rows, without an index for each of a million."""
        selection: Any = self.selectionModel().selection()  # a list of ranges; the stubs forgot that
        reached = -1
        for top, bottom in sorted((part.top(), part.bottom()) for part in selection):
            if bottom > reached:
                yield range(max(top, reached + 1), bottom + 1)
                reached = bottom

    def select_positions(self, positions: list[int], current: int | None) -> None:
        """Select exactly these rows (ascending) and put the keyboard on `current`."""
        model = self.rows_model
        last_column = len(model.columns) - 1
        selection = QItemSelection()
        for top, bottom in _runs(positions):
            selection.select(model.index(top, 0), model.index(bottom, last_column))
        self.selectionModel().select(selection, _SELECT_ROWS)
        if current is not None:
            index = model.index(current, self._first_shown_column())
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def select_first(self) -> None:
        """Put the keyboard on the first row when none has it yet."""
        if self.rows_model.rowCount() and not self.currentIndex().isValid():
            self.select_positions([0], 0)

    def scroll_place(self) -> tuple[int, int]:
        """The first row in sight and the pixels of it that are already above the edge."""
        return divmod(self.verticalScrollBar().value(), self.verticalHeader().defaultSectionSize())

    def scroll_to_place(self, position: int, pixels: int) -> None:
        """Bring a row back to the top edge."""
        height = self.verticalHeader().defaultSectionSize()
        self.executeDelayedItemsLayout()
        self.verticalScrollBar().setValue(position * height + pixels)

    def _first_shown_column(self) -> int:
        header = self.horizontalHeader()
        places = (header.logicalIndex(place) for place in range(header.count()))
        return next((number for number in places if not header.isSectionHidden(number)), 0)

    # Keyboard and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens (and does not press a dialog's button); the rest is Qt's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self._open(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)

    def moveCursor(  # noqa: D102 - as Qt's, except that Home and End mean the list and not the row
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        ends = {
            QAbstractItemView.CursorAction.MoveHome: 0,
            QAbstractItemView.CursorAction.MoveEnd: self.rows_model.rowCount() - 1,
        }
        if action in ends and self.rows_model.rowCount():
            return self.rows_model.index(ends[action], self._first_shown_column())
        return super().moveCursor(action, modifiers)

    def keyboardSearch(self, search: str) -> None:
        """Hand typed letters to the search box; Qt's own search would read a million rows."""
        if search.strip():
            self.typed.emit(search)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the note over the whole list."""
        super().resizeEvent(event)
        self.note.setGeometry(self.viewport().rect())
        self.resized.emit()

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self._open(index)

    def _open(self, index: QModelIndex | QPersistentModelIndex) -> None:
        self.opened.emit(self.rows_model.ids[index.row()])


class EmptyNote(QWidget):
    """What an empty list says in its middle, with a button for the next step."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("empty_note")
        self.text = QLabel()
        self.text.setObjectName("empty_text")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setWordWrap(True)
        self.button = QPushButton()
        self.button.setObjectName("empty_action")
        self.button.clicked.connect(self._on_button_clicked)
        self._slot: Callable[[], object] | None = None
        layout = QVBoxLayout(self)
        layout.setSpacing(scaled(14))
        layout.addStretch(2)
        layout.addWidget(self.text)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.hide()

    def say(self, text: str, action: tuple[str, Callable[[], object]] | None = None) -> None:
        """Show `text` and, with `action` = (label, slot), a button."""
        self.text.setText(text)
        self.button.setVisible(action is not None)
        self.button.setText(action[0] if action else "")
        self._slot = action[1] if action else None
        self.show()

    def _on_button_clicked(self) -> None:
        if self._slot is not None:
            self._slot()


class CellDelegate(QStyledItemDelegate):
    """Draws rows with a line below and no frame around one cell, and tells what was cut off."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Fill the row's background, draw the cell within its margin and the line below."""
        cell: Any = QStyleOptionViewItem(option)  # the stubs lack its fields
        rect = QRect(cell.rect)
        if cell.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(COLOURS["chosen"]))
        margin = scaled(_MARGIN)
        cell.rect = rect.adjusted(margin, 0, -margin, 0)  # the text then stands below that of the heading
        super().paint(painter, cell, index)
        painter.setPen(QColor(COLOURS["hover"]))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Leave out the frame around the current cell."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # type: ignore[attr-defined]

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Show the whole text of a cell that cuts it off."""
        if index.isValid() and not index.data(Qt.ItemDataRole.ToolTipRole):
            text = str(index.data() or "")
            room = view.visualRect(view.model().index(index.row(), index.column())).width()
            if self.sizeHint(option, index).width() + 2 * scaled(_MARGIN) > room:
                QToolTip.showText(event.globalPos(), plain_tip(text) or "", view)
                return True
        return super().helpEvent(event, view, option, index)


def _runs(positions: list[int]) -> Iterator[tuple[int, int]]:
    """Ascending positions as closed ranges: [1, 2, 3, 7] → (1, 3), (7, 7)."""
    first: int | None = None
    before = -2
    for position in positions:
        if position != before + 1:
            if first is not None:
                yield first, before
            first = position
        before = position
    if first is not None:
        yield first, before
