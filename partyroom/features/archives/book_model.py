"""The list from which a handbook is made: one line a part, an own page or an original; ticked ones are bound in."""

# ruff: noqa: N802  (the names are Qt's)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from partyroom.features.archives.book import Entry
from partyroom.ui.naming import named
from partyroom.ui.table_model import plain_tip
from partyroom.ui.theme import COLOURS, row_height, scaled

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
TITLE, PIECES, NOTE = range(3)
_TITLES: Final = ("装入手册的部分", "内容", "说明")
_BESIDE: Final = "　　└ "


class BookModel(QAbstractTableModel):
    """Entries as they are stored; `ticked` tells the key of an entry and whether it is wanted."""

    ticked = Signal(str, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row an entry."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Title, number of pieces, note."""
        return 0 if parent.isValid() else len(_TITLES)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Texts, the tick, grey for what is empty."""
        if not index.isValid():
            return None
        entry, column = self.entries[index.row()], index.column()
        if role == _ROLE.DisplayRole:
            return (_shown(entry), _pieces(entry), entry.note)[column]
        if role == _ROLE.CheckStateRole and column == TITLE:
            return Qt.CheckState.Checked if _bound(entry) else Qt.CheckState.Unchecked
        if role == _ROLE.ForegroundRole and (entry.empty or not entry.included):
            return QColor(COLOURS["faint"])
        if role == _ROLE.ToolTipRole and column == NOTE:
            return plain_tip(entry.note)
        if role == _ROLE.AccessibleTextRole and column == TITLE:
            return f"{entry.title}，{'装入' if _bound(entry) else '不装入'}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Titles above, numbers at the side."""
        if role != _ROLE.DisplayRole:
            return None
        return _TITLES[section] if orientation == Qt.Orientation.Horizontal else str(section + 1)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What has something can be ticked, what has a place can be dragged."""
        flags = super().flags(index)
        if not index.isValid():
            return flags
        entry = self.entries[index.row()]
        if index.column() == TITLE and not entry.empty:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsDragEnabled if entry.movable else flags

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """Tell that an entry was ticked or not; the list changes when it is stored."""
        if role != _ROLE.CheckStateRole or not index.isValid() or index.column() != TITLE:
            return False
        self.ticked.emit(self.entries[index.row()].key, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def supportedDragActions(self) -> Qt.DropAction:
        """A dragged row is moved by the page; the view itself must never take it away."""
        return Qt.DropAction.CopyAction

    def replace(self, entries: Sequence[Entry]) -> None:
        """Show what is stored."""
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def row_of(self, key: str) -> int:
        """Where an entry stands, or -1."""
        return next((row for row, entry in enumerate(self.entries) if entry.key == key), -1)

    @property
    def order(self) -> list[str]:
        """Keys of everything that has a place of its own."""
        return [entry.key for entry in self.entries if entry.movable]

    @property
    def left_out(self) -> list[str]:
        """Keys of what is not wanted."""
        return [entry.key for entry in self.entries if not entry.included]


class BookView(QTableView):
    """Tells where a row is dropped; files dragged in are left to the section around it."""

    dropped = Signal(int, int)
    open_requested = Signal()

    def __init__(self, model: BookModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "book_table", "手册的各部分")
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setDragDropOverwriteMode(False)
        side, head = self.verticalHeader(), self.horizontalHeader()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(row_height())
        side.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.resizeSection(TITLE, scaled(380))
        head.resizeSection(PIECES, scaled(80))
        head.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(self._on_double_clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens an own page; the space bar ticks, whichever column it is pressed in."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_requested.emit()
        elif event.key() == Qt.Key.Key_Space and index.isValid():
            first = index.siblingAtColumn(TITLE)
            if self.model().flags(first) & Qt.ItemFlag.ItemIsUserCheckable:
                checked = first.data(_ROLE.CheckStateRole) == Qt.CheckState.Checked
                wanted = Qt.CheckState.Unchecked if checked else Qt.CheckState.Checked
                self.model().setData(first, wanted, _ROLE.CheckStateRole)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Only rows of our own; the section takes files."""
        self._judge(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """As on entering, with the line between the rows."""
        if event.source() is self:
            super().dragMoveEvent(event)
        self._judge(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell where a row was dropped."""
        if event.source() is not self:
            event.ignore()
            return
        self.drop_row(self.currentIndex().row(), event.position().toPoint().y())
        event.acceptProposedAction()
        self.stopAutoScroll()
        self.setState(QAbstractItemView.State.NoState)
        self.viewport().update()

    def drop_row(self, row: int, y: int) -> None:
        """Move `row` to between the rows at height `y` of the viewport."""
        over = self.rowAt(y)
        place = self.model().rowCount() if over < 0 else over
        if over >= 0 and y > self.rowViewportPosition(over) + self.rowHeight(over) // 2:
            place += 1
        if row >= 0 and place not in (row, row + 1):
            self.dropped.emit(row, place)

    def _judge(self, event: QDragMoveEvent) -> None:
        if event.source() is self:
            event.acceptProposedAction()
        else:
            event.ignore()

    def _on_double_clicked(self, _index: QModelIndex) -> None:
        self.open_requested.emit()


def _bound(entry: Entry) -> bool:
    return entry.included and not entry.empty


def _shown(entry: Entry) -> str:
    if entry.page is None:
        return entry.title
    return f"{_BESIDE}{entry.title}" if entry.page.beside else f"附页：{entry.title}"


def _pieces(entry: Entry) -> str:
    return f"{entry.pieces} 件" if entry.pieces else ""
