"""The table of a pledge's items with its tool bar: remove, up, down, and what the editor adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QFontMetrics, QKeyEvent, QKeySequence, QPainter
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

from partyroom.features.pledges.domain import ItemCategory
from partyroom.features.pledges.items_model import (
    CATEGORY,
    DEADLINE,
    MEASURE,
    RESPONSIBLE,
    TEXT,
    TITLES,
    Index,
    ItemsModel,
)
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, row_height, scaled

_ROLE = Qt.ItemDataRole
_MARGIN = 5
_WIDTHS: Final = {CATEGORY: 66, MEASURE: 190, DEADLINE: 104, RESPONSIBLE: 84}


class ItemsDelegate(QStyledItemDelegate):
    """The editors of the cells: Enter finishes and goes on, Shift+Enter breaks a line in long texts."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A choice of categories, a box of several lines, or a line."""
        column = index.column()
        editor: QWidget
        if column == CATEGORY:
            editor = box = QComboBox(parent)
            for category in ItemCategory:
                box.addItem(category.label, category.value)
            box.activated.connect(self._on_combo_activated)
        elif column in (TEXT, MEASURE):
            editor = area = QPlainTextEdit(parent)
            area.setTabChangesFocus(True)
        else:
            editor = line = QLineEdit(parent)
            if column == DEADLINE:
                line.setPlaceholderText("12-10、6月底")
            if column == RESPONSIBLE and self.names:
                completer = QCompleter(list(self.names), line)
                completer.setFilterMode(Qt.MatchFlag.MatchContains)
                line.setCompleter(completer)
        return named(editor, f"edit_item_{column}", TITLES[column])

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the cell's text, selected so that typing replaces it."""
        text = str(index.data(_ROLE.EditRole) or "")
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(editor.findData(text), 0))
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
            shift = key.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if key.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not shift:
                # Later, as Qt does for lines: the editor must not go while its key press is under way.
                QTimer.singleShot(0, editor, partial(self._finish, editor))
                return True
        return super().eventFilter(editor, event)

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        """Leave room at the sides, below the words of the heading; the selection still fills the cell."""
        inner: Any = QStyleOptionViewItem(option)
        if inner.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(inner.rect, QColor(COLOURS["chosen"]))
        inner.rect = inner.rect.adjusted(scaled(_MARGIN), 0, -scaled(_MARGIN), 0)
        super().paint(painter, inner, index)

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


class ItemsView(QTableView):
    """Fills like a sheet of paper: Enter edits, finishes, and goes to the next cell."""

    def __init__(self, model: ItemsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "pledge_items", "承诺事项")
        self._model = model
        self.setModel(model)
        self.delegate = ItemsDelegate(self)
        self.setItemDelegate(self.delegate)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed | trigger.SelectedClicked
        )
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        side, head = self.verticalHeader(), self.horizontalHeader()
        side.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        side.setMinimumSectionSize(row_height())
        side.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setMinimumSectionSize(scaled(48))
        for column, width in _WIDTHS.items():
            words = QFontMetrics(self.font()).horizontalAdvance(TITLES[column]) + scaled(24)
            head.resizeSection(column, max(scaled(width), words))
        head.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        self._fit = QTimer(self, singleShot=True, interval=0)
        self._fit.timeout.connect(self.resizeRowsToContents)
        head.sectionResized.connect(self._on_section_resized)
        self.setMinimumHeight(scaled(110))
        self.setCurrentIndex(model.index(0, TEXT))

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """After Enter go on to the next cell."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            here = self.currentIndex()
            row, column = here.row(), here.column() + 1
            if column >= self._model.columnCount():
                row, column = row + 1, TEXT
            if row < self._model.rowCount():
                self.setCurrentIndex(self._model.index(row, column))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter edits the current cell; the Enter that ends an edit comes by here too and is left alone."""
        editing = self.state() == QAbstractItemView.State.EditingState
        if not editing and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _on_section_resized(self) -> None:
        self._fit.start()


class ItemsTable(QWidget):
    """The table with its tool bar."""

    def __init__(self, year: int, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ItemsModel(year, self)
        self.view = ItemsView(self.model)
        self.view.delegate.names = tuple(names)
        self.bar = named(QToolBar(), "pledge_items_bar", "承诺事项：工具栏")
        self.bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.bar.setIconSize(QSize(scaled(16), scaled(16)))
        for text, picture, key, slot in (
            ("删除行", "trash", "Ctrl+Del", self.remove),
            ("上移", "arrow-up", "Alt+Up", partial(self._move, -1)),
            ("下移", "arrow-down", "Alt+Down", partial(self._move, 1)),
        ):
            self._add(text, picture, slot, key)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(scaled(6))
        column.addWidget(self.bar)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    def lock(self, *, locked: bool) -> None:
        """Let the items be read, not changed."""
        self.model.lock(locked=locked)
        for action in self.bar.actions():
            action.setEnabled(not locked)

    def chosen(self) -> list[int]:
        """The rows of the selected items."""
        rows = {index.row() for index in self.view.selectedIndexes()} or {self.view.currentIndex().row()}
        return sorted(row for row in rows if 0 <= row < len(self.model.lines))

    def remove(self) -> None:
        """Take the selected items away."""
        self.model.remove(self.chosen())

    def _move(self, step: int) -> None:
        here = self.view.currentIndex()
        row = self.model.move(here.row(), step)
        self.view.setCurrentIndex(self.model.index(row, here.column()))

    def _add(self, text: str, picture: str, slot: Callable[[], None], key: str) -> None:
        action = QAction(icon(picture), text, self)
        action.setObjectName(f"pledge_items_{picture}")
        action.triggered.connect(lambda _checked=False: slot())
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setToolTip(f"{text}（{action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)}）")
        self.view.addAction(action)
        self.bar.addAction(action)
