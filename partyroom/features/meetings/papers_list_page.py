"""The list of photos and files of a meeting: small picture, caption, kind and file; rows are moved by mouse or keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from partyroom.core.text import one_line
from partyroom.features.meetings.domain import PaperKind
from partyroom.features.meetings.list_page import ListColumn, ListDelegate
from partyroom.features.meetings.papers import PaperRow, readable_size
from partyroom.ui.icons import ACCENT, INK, pixmap
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
THUMBNAIL = 72
"""Height and width of a small picture on the screen."""
PICTURE, CAPTION, KIND, FILE = range(4)
COLUMNS = (
    ListColumn("picture", "预览", 108),
    ListColumn("caption", "说明", 200, stretch=True),
    ListColumn("kind", "类别", 138, kind="choice", choices=[(kind.value, kind.label) for kind in PaperKind]),
    ListColumn("file", "文件", 168),
)


class PapersModel(QAbstractTableModel):
    """Rows as they are stored; `caption_edited` and `kind_edited` tell the id and what the user made of it."""

    caption_edited = Signal(int, str)
    kind_edited = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[PaperRow] = []
        self.locked = False
        self._edited: dict[tuple[int, int], str] = {}
        self._pictures: dict[str, QPixmap] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row a file."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Picture, caption, kind, file."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Texts, the small picture, and what a screen reader says of it."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == _ROLE.DecorationRole and column == PICTURE:
            return self._picture(row)
        if role == _ROLE.AccessibleTextRole and column == PICTURE:
            return f"第{index.row() + 1}件，{row.kind.label}，{row.caption or row.name}"
        if role == _ROLE.ToolTipRole:
            return None if column == CAPTION else f"{row.name}（{readable_size(row.size)}）".replace("<", "＜")
        if role == _ROLE.EditRole:
            return {CAPTION: self._caption(row), KIND: self._kind(row).value}.get(column, "")
        if role == _ROLE.DisplayRole:
            texts = {CAPTION: self._caption(row), KIND: self._kind(row).label, FILE: self._file(row)}
            return texts.get(column)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Titles above, numbers at the side."""
        if role != _ROLE.DisplayRole:
            return None
        return COLUMNS[section].title if orientation == Qt.Orientation.Horizontal else str(section + 1)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Captions and kinds are edited in place, rows are dragged."""
        flags = super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsEditable if self._editable(index) else flags

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """Show what the user typed or chose and tell of it; nothing is told when it is the same."""
        if not index.isValid() or role != _ROLE.EditRole or not self._editable(index):
            return False
        row, text = self.rows[index.row()], one_line(str(value))
        if text == self.data(index, _ROLE.EditRole):
            return True
        self._edited[row.id, index.column()] = text
        self.dataChanged.emit(index, index)
        if index.column() == CAPTION:
            self.caption_edited.emit(row.id, text)
        else:
            self.kind_edited.emit(row.id, PaperKind(text))
        return True

    def supportedDragActions(self) -> Qt.DropAction:
        """A dragged row is moved by the page; the view itself must never take it away."""
        return Qt.DropAction.CopyAction

    def replace(self, rows: Sequence[PaperRow]) -> None:
        """Show what is stored."""
        self.beginResetModel()
        self.rows = list(rows)
        self._edited.clear()
        self.endResetModel()

    def put_picture(self, sha256: str, picture: QPixmap) -> None:
        """Show the small picture of a content."""
        self._pictures[sha256] = picture
        for number, row in enumerate(self.rows):
            if row.sha256 == sha256:
                index = self.index(number, PICTURE)
                self.dataChanged.emit(index, index, [_ROLE.DecorationRole])

    def without_picture(self) -> list[PaperRow]:
        """The pictures that are not shown yet."""
        return [row for row in self.rows if row.picture and row.sha256 not in self._pictures]

    def row_of(self, paper_id: int) -> int:
        """Where a file stands, or -1."""
        return next((number for number, row in enumerate(self.rows) if row.id == paper_id), -1)

    def _editable(self, index: Index) -> bool:
        return index.column() in (CAPTION, KIND) and not self.locked

    def _caption(self, row: PaperRow) -> str:
        return self._edited.get((row.id, CAPTION), row.caption)

    def _kind(self, row: PaperRow) -> PaperKind:
        return PaperKind(self._edited.get((row.id, KIND), row.kind.value))

    def _file(self, row: PaperRow) -> str:
        return f"{row.name}\n{readable_size(row.size)}{'，有原图' if row.original else ''}"

    def _picture(self, row: PaperRow) -> QPixmap:
        if row.sha256 in self._pictures:
            return self._pictures[row.sha256]
        return pixmap("photo" if row.picture else _file_icon(row.name), scaled(32), INK)


class PapersView(QTableView):
    """Tells of what the keyboard and the mouse ask for; files dragged in are left to the page around it."""

    moved = Signal(int, int)
    show_requested = Signal()

    def __init__(self, model: PapersModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "papers_table", "照片和附件")
        self.setModel(model)
        self.setItemDelegate(ListDelegate(COLUMNS, self))
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setIconSize(QSize(scaled(THUMBNAIL), scaled(THUMBNAIL)))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setDragDropOverwriteMode(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(scaled(THUMBNAIL + 10))
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, column in enumerate(COLUMNS):
            head.resizeSection(number, scaled(column.width))
            if column.stretch:
                head.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(self._on_double_clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter edits a caption or kind and shows the picture elsewhere; the arrows with Alt belong to the page."""
        editing = self.state() == QAbstractItemView.State.EditingState
        if not editing and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().column() in (CAPTION, KIND):
                self.edit(self.currentIndex())
            else:
                self.show_requested.emit()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Only rows of our own; the page takes files."""
        self._judge(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """As on entering, with the line between the rows."""
        if event.source() is self:
            super().dragMoveEvent(event)
        self._judge(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell where a row was dropped: the row it was and the place it goes to."""
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
        target = place - 1 if place > row else place
        if 0 <= row != target:
            self.moved.emit(row, target)

    def _judge(self, event: QDragMoveEvent) -> None:
        if event.source() is self:
            event.acceptProposedAction()
        else:
            event.ignore()

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if index.column() in (PICTURE, FILE):
            self.show_requested.emit()


def broken_picture() -> QPixmap:
    """What stands for a picture whose content is missing or damaged."""
    return pixmap("alert-circle", scaled(32), ACCENT)


def _file_icon(name: str) -> str:
    suffix = name.rpartition(".")[2].casefold()
    found = {"pdf": "file-pdf", "docx": "file-word", "doc": "file-word", "xlsx": "file-excel", "xls": "file-excel"}
    return found.get(suffix, "file")
