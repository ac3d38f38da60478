"""A section that is a short table to fill in: it always ends with an empty line to type into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QFontMetrics, QIntValidator, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.text import clean_text, one_line
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, row_height, scaled

Index = QModelIndex | QPersistentModelIndex
Cells = list[str]
_ROLE = Qt.ItemDataRole
_MARGIN = 5


@dataclass(frozen=True)
class ListColumn:
    """One column: `choices` are codes and labels, `suggestions` what may be picked instead of typed."""

    key: str
    title: str
    width: int = 100
    kind: Literal["text", "long", "number", "choice"] = "text"
    choices: Sequence[tuple[str, str]] = ()
    suggestions: Sequence[str] = ()
    stretch: bool = False
    hint: str = ""


class ListModel(QAbstractTableModel):
    """Rows of texts with a blank line behind them; `edited` tells of what the user changed.

    `pattern` is what a new row begins with.
    """

    edited = Signal()

    def __init__(self, columns: Sequence[ListColumn], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: list[Cells] = []
        self.locked = False
        self._spare = 1
        self.pattern = [""] * len(self.columns)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The rows and the blank line."""
        return 0 if parent.isValid() else len(self.rows) + self._spare

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As described."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Texts; in the blank line a pale hint in the first column."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        blank = index.row() >= len(self.rows)
        if role in (_ROLE.DisplayRole, _ROLE.EditRole):
            if blank:
                return column.hint if role == _ROLE.DisplayRole else ""
            text = self.rows[index.row()][index.column()]
            return dict(column.choices).get(text, text) if role == _ROLE.DisplayRole else text
        if role == _ROLE.ForegroundRole and blank:
            return QColor(COLOURS["faint"])
        if role == _ROLE.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.kind == "number" else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Titles above, numbers at the side."""
        if role != _ROLE.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self.columns[section].title if 0 <= section < len(self.columns) else None
        return str(section + 1) if section < len(self.rows) else "+"

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything can be edited unless the table is locked."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() and not self.locked else flags

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """Change a cell; typing into the blank line makes a new row."""
        if not index.isValid() or role != _ROLE.EditRole or self.locked:
            return False
        text = self._cleaned(index.column(), str(value))
        if index.row() >= len(self.rows):
            if not text:
                return False
            self._append(list(self.pattern))
        if self.rows[index.row()][index.column()] == text:
            return True
        self.rows[index.row()][index.column()] = text
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True

    def _cleaned(self, column: int, text: str) -> str:
        return clean_text(text).strip() if self.columns[column].kind == "long" else one_line(text)

    def _append(self, cells: Cells) -> None:
        """The blank line becomes a row, so that an open editor stays with it; then there is a new blank line."""
        row = len(self.rows)
        self._spare = 0
        self.rows.append(cells)
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))
        self.beginInsertRows(QModelIndex(), row + 1, row + 1)
        self._spare = 1
        self.endInsertRows()
        self.headerDataChanged.emit(Qt.Orientation.Vertical, row, row + 1)

    def append(self, cells: Sequence[Cells]) -> None:
        """Add rows, as a user's act."""
        if self.locked:
            return
        for one in cells:
            self._append(list(one))
        self.edited.emit()

    def replace(self, rows: Sequence[Cells]) -> None:
        """Show other rows, not as a user's act."""
        self.beginResetModel()
        self.rows = [list(row) for row in rows]
        self.endResetModel()

    def put(self, row: int, cells: Cells) -> None:
        """Change one row, not as a user's act."""
        self.rows[row] = cells
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))

    def remove(self, positions: Sequence[int]) -> None:
        """Take rows away."""
        if self.locked:
            return
        for position in sorted(set(positions), reverse=True):
            if position < len(self.rows):
                self.beginRemoveRows(QModelIndex(), position, position)
                del self.rows[position]
                self.endRemoveRows()
        self.edited.emit()

    def move(self, position: int, step: int) -> int:
        """Move a row up (-1) or down (1) and return where it is now."""
        target = position + step
        if self.locked or not (0 <= position < len(self.rows) and 0 <= target < len(self.rows)):
            return position
        self.rows[position], self.rows[target] = self.rows[target], self.rows[position]
        first, last = sorted((position, target))
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
        self.edited.emit()
        return target

    def filled(self) -> list[Cells]:
        """The rows in which something stands that the user typed or that was filled in.

        A row may carry cells beyond the columns, such as the id of what is stored; they do not fill it.
        """
        return [row for row in self.rows if any(row[: len(self.columns)])]


class ListDelegate(QStyledItemDelegate):
    """The editors of the cells: Enter finishes and goes on, Shift+Enter breaks a line in long texts."""

    def __init__(self, columns: Sequence[ListColumn], parent: QObject) -> None:
        super().__init__(parent)
        self._columns = columns

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line, a box of several lines, or a choice."""
        column = self._columns[index.column()]
        editor: QWidget
        if column.kind == "choice":
            editor = QComboBox(parent)
            for code, label in column.choices:
                editor.addItem(label, code)
            editor.activated.connect(self._on_combo_activated)
        elif column.kind == "long":
            editor = QPlainTextEdit(parent)
            editor.setTabChangesFocus(True)
        else:
            editor = line = QLineEdit(parent)
            if column.kind == "number":
                line.setValidator(QIntValidator(0, 99999, line))
                line.setAlignment(Qt.AlignmentFlag.AlignRight)
            if column.suggestions:
                line.setCompleter(_completer(column.suggestions, line))
        return named(editor, f"edit_{column.key}", column.title)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the cell's text, selected so that typing replaces it."""
        text = str(index.data(_ROLE.EditRole) or "")
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(editor.findData(text), 0))
            editor.showPopup()
        elif isinstance(editor, QPlainTextEdit):
            editor.setPlainText(text)
            editor.selectAll()
        elif isinstance(editor, QLineEdit):
            editor.setText(text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Store what was typed or chosen."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData())
        elif isinstance(editor, QPlainTextEdit):
            model.setData(index, editor.toPlainText())
        elif isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: Any, _index: Index) -> None:
        """Fill the cell; long texts get room for three lines."""
        rect = option.rect
        if isinstance(editor, QPlainTextEdit):
            rect.setHeight(max(rect.height(), editor.fontMetrics().lineSpacing() * 3 + scaled(16)))
        editor.setGeometry(rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter finishes a long text, which Qt would not."""
        if isinstance(editor, QPlainTextEdit) and event.type() == QEvent.Type.KeyPress:
            key: Any = event
            if (
                key.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
                and not key.modifiers() & Qt.KeyboardModifier.ShiftModifier
            ):
                # Later, as Qt does for lines: the editor must not go while its key press is under way.
                QTimer.singleShot(0, editor, partial(self._finish, editor))
                return True
        return super().eventFilter(editor, event)

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        """Leave room at the sides, below the words of the heading."""
        super().paint(painter, roomy(painter, option), index)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> Any:
        """At least a line of the usual height."""
        narrower: Any = QStyleOptionViewItem(option)
        narrower.rect = narrower.rect.adjusted(0, 0, -2 * scaled(_MARGIN), 0)
        size = super().sizeHint(narrower, index)
        size.setHeight(max(size.height() + scaled(6), row_height()))
        return size

    def _finish(self, editor: QPlainTextEdit) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.SubmitModelCache)

    def _on_combo_activated(self) -> None:
        editor = self.sender()
        if isinstance(editor, QComboBox):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor)


class ListView(QTableView):
    """Fills like a sheet of paper: Enter edits, finishes, and goes to the next cell."""

    def __init__(self, model: ListModel, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, title)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(ListDelegate(model.columns, self))
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed | trigger.SelectedClicked
        )
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        side = self.verticalHeader()
        side.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        side.setMinimumSectionSize(row_height())
        side.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._fit = QTimer(self, singleShot=True, interval=0)
        self._fit.timeout.connect(self.resizeRowsToContents)
        head.sectionResized.connect(self._on_section_resized)
        for i, column in enumerate(model.columns):
            head.resizeSection(i, _width(column, QFontMetrics(self.font())))
            if column.stretch:
                head.setSectionResizeMode(i, QHeaderView.ResizeMode.Stretch)
        head.setMinimumSectionSize(scaled(48))
        self.setCurrentIndex(model.index(0, 0))

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """After Enter go on to the next cell."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            self._go_on()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter edits the current cell; the Enter that ends an edit comes by here too and is left alone."""
        editing = self.state() == QAbstractItemView.State.EditingState
        if not editing and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _on_section_resized(self) -> None:
        self._fit.start()

    def _go_on(self) -> None:
        here = self.currentIndex()
        row, column = here.row(), here.column() + 1
        if column >= self._model.columnCount():
            row, column = row + 1, 0
        if row < self._model.rowCount():
            self.setCurrentIndex(self._model.index(row, column))


class ListTable(QWidget):
    """The table with its tool bar: remove, up, down, and what the section adds."""

    def __init__(
        self,
        name: str,
        title: str,
        columns: Sequence[ListColumn],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.model = ListModel(columns, self)
        self.view = ListView(self.model, name, title)
        self.bar = named(QToolBar(), f"{name}_bar", f"{title}：工具栏")
        self.bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.bar.setIconSize(QSize(scaled(16), scaled(16)))
        for text, picture, key, slot in (
            ("删除行", "trash", "Ctrl+Del", self._on_remove_triggered),
            ("上移", "arrow-up", "Alt+Up", self._on_up_triggered),
            ("下移", "arrow-down", "Alt+Down", self._on_down_triggered),
        ):
            self.add_action(text, picture, slot, key)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(scaled(6))
        column.addWidget(self.bar)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    def add_action(
        self, text: str, picture: str, slot: Callable[[], None], key: str = "", *, first: bool = False
    ) -> QAction:
        """Add a command; its key works in the table."""
        action = QAction(icon(picture), text, self)
        action.setObjectName(f"{self.view.objectName()}_{picture}")
        action.triggered.connect(slot)
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setToolTip(f"{text}（{action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)}）")
            self.view.addAction(action)
        before = self.bar.actions()[0] if first and self.bar.actions() else None
        if before is None:
            self.bar.addAction(action)
        else:
            self.bar.insertAction(before, action)
        return action

    def lock(self, *, locked: bool) -> None:
        """Let the rows be read, not changed."""
        self.model.locked = locked
        for action in self.bar.actions():
            action.setEnabled(not locked)

    def _positions(self) -> list[int]:
        rows = {index.row() for index in self.view.selectedIndexes()} or {self.view.currentIndex().row()}
        return sorted(row for row in rows if 0 <= row < len(self.model.rows))

    def _on_remove_triggered(self) -> None:
        if positions := self._positions():
            self.model.remove(positions)

    def _on_up_triggered(self) -> None:
        self._move(-1)

    def _on_down_triggered(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
        here = self.view.currentIndex()
        row = self.model.move(here.row(), step)
        self.view.setCurrentIndex(self.model.index(row, here.column()))


def roomy(painter: QPainter, option: Any) -> QStyleOptionViewItem:
    """The option for painting a cell with room at its sides; the selection still fills it."""
    inner: Any = QStyleOptionViewItem(option)
    if inner.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(inner.rect, QColor(COLOURS["chosen"]))
    inner.rect = inner.rect.adjusted(scaled(_MARGIN), 0, -scaled(_MARGIN), 0)
    return QStyleOptionViewItem(inner)


def _width(column: ListColumn, metrics: QFontMetrics) -> int:
    return max(scaled(column.width), metrics.horizontalAdvance(column.title) + scaled(24))


def _completer(texts: Sequence[str], parent: QObject) -> QCompleter:
    completer = QCompleter(list(texts), parent)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    return completer
