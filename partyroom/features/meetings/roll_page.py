"""The attendance grid: one line per person, one key per state, reasons beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from partyroom.core.text import one_line
from partyroom.features.meetings.domain import Attendance, State
from partyroom.features.meetings.list_page import roomy
from partyroom.features.meetings.roll import EXCLUSIONS, REASONS, standing_of, with_state
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, row_height, scaled

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
NAME, DEPARTMENT, STANDING, STATE, REASON, EXCLUDED = range(6)
_TITLES = ("姓名", "科室", "身份", "出勤", "原因", "不计入应到的原因")
_WIDTHS = (96, 110, 130, 76, 170, 180)
_NARROW = 560
STATE_KEYS = (
    (State.PRESENT, "1", "D"),
    (State.LATE, "2", "C"),
    (State.LEAVE, "3", "Q"),
    (State.ABSENT, "4", "X"),
    (State.OBSERVER, "5", "L"),
    (State.DUTY, "6", "G"),
)
"""States in the order of their keys: a digit and the first letter of the word (缺席 takes X, its second)."""
_BY_KEY = {key: state for state, *keys in STATE_KEYS for key in keys}
_COLOURS = {
    State.PRESENT: "#2E7D4F",
    State.LATE: "#9A6700",
    State.LEAVE: "#2F5D9B",
    State.DUTY: "#2F5D9B",
    State.ABSENT: COLOURS["accent"],
    State.OBSERVER: COLOURS["soft"],
}


class RollModel(QAbstractTableModel):
    """The lines of an attendance list; `edited` tells of what the user marked."""

    edited = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Attendance] = []
        self.locked = False

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row per person."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Name, department, standing, state, reason, exclusion."""
        return 0 if parent.isValid() else len(_TITLES)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Texts, colours of the states; who is not counted is pale."""
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        column = index.column()
        if role == _ROLE.DisplayRole:
            return _text(line, column)
        if role == _ROLE.EditRole:
            return line.state.value if column == STATE else _text(line, column)
        if role == _ROLE.ForegroundRole:
            if column == STATE and not line.excluded:
                return QColor(_COLOURS[line.state])
            return QColor(COLOURS["faint"]) if line.excluded else None
        if role == _ROLE.TextAlignmentRole and column == STATE:
            return Qt.AlignmentFlag.AlignCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Titles above, running numbers at the side."""
        if role != _ROLE.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return _TITLES[section] if 0 <= section < len(_TITLES) else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """State, reason and exclusion can be edited."""
        flags = super().flags(index)
        editable = index.isValid() and index.column() >= STATE and not self.locked
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """Edit one cell."""
        if not index.isValid() or role != _ROLE.EditRole or index.column() < STATE:
            return False
        if index.column() == STATE:
            return value in list(State) and self.mark([index.row()], State(value))
        return self.write([index.row()], index.column(), str(value))

    def mark(self, rows: Sequence[int], state: State) -> bool:
        """Give people a state."""
        return self._change(rows, [with_state(self.lines[row], state) for row in rows])

    def write(self, rows: Sequence[int], column: int, text: str) -> bool:
        """Give people the same reason, or the same ground for not being counted."""
        chosen, text = [self.lines[row] for row in rows], one_line(text)
        if column == REASON:
            return self._change(rows, [replace(line, reason=text) for line in chosen])
        return self._change(rows, [replace(line, excluded=text) for line in chosen])

    def add(self, lines: Sequence[Attendance]) -> None:
        """Add people behind the others."""
        if self.locked:
            return
        start = len(self.lines)
        self.beginInsertRows(QModelIndex(), start, start + len(lines) - 1)
        self.lines.extend(lines)
        self.endInsertRows()
        self.edited.emit()

    def remove(self, rows: Sequence[int]) -> None:
        """Take people off the list."""
        if self.locked:
            return
        for row in sorted(set(rows), reverse=True):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self.lines[row]
            self.endRemoveRows()
        self.edited.emit()

    def replace(self, lines: Sequence[Attendance]) -> None:
        """Show another list, not as a user's act."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def _change(self, rows: Sequence[int], lines: Sequence[Attendance]) -> bool:
        if self.locked:
            return False
        if [self.lines[row] for row in rows] == list(lines):
            return True
        for row, line in zip(rows, lines, strict=True):
            self.lines[row] = line
        self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), len(_TITLES) - 1))
        self.edited.emit()
        return True


class RollDelegate(QStyledItemDelegate):
    """Choices for the state, suggestions for the reasons."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A combo box; the reasons may also be typed."""
        combo = QComboBox(parent)
        if index.column() == STATE:
            for state, digit, _ in STATE_KEYS:
                combo.addItem(f"{state.label}　{digit}", state.value)
        else:
            combo.setEditable(True)
            combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            combo.addItems(list(REASONS if index.column() == REASON else EXCLUSIONS))
        combo.activated.connect(self._on_combo_activated)
        return named(
            combo,
            f"edit_{('name', 'department', 'standing', 'state', 'reason', 'excluded')[index.column()]}",
            _TITLES[index.column()],
        )

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show what the cell says."""
        assert isinstance(editor, QComboBox)
        if index.column() == STATE:
            editor.setCurrentIndex(editor.findData(index.data(_ROLE.EditRole)))
            editor.showPopup()
        else:
            editor.setEditText(str(index.data(_ROLE.EditRole)))
            if (line := editor.lineEdit()) is not None:
                line.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Store it for all selected people."""
        view = self.parent()
        assert isinstance(editor, QComboBox)
        assert isinstance(model, RollModel)
        assert isinstance(view, RollView)
        rows = view.selected_rows()
        rows = rows if index.row() in rows else [index.row()]
        if index.column() == STATE:
            model.mark(rows, State(editor.currentData()))
        else:
            model.write(rows, index.column(), editor.currentText())

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        """Leave room at the sides, below the words of the heading."""
        super().paint(painter, roomy(painter, option), index)

    def _on_combo_activated(self) -> None:
        editor = self.sender()
        if isinstance(editor, QComboBox):
            self.commitData.emit(editor)
            if not editor.isEditable():  # Enter closes the others, by way of the event filter
                self.closeEditor.emit(editor)


class RollView(QTableView):
    """Marks people by keyboard: 1–6 or the letters of the states, Enter goes down."""

    def __init__(self, model: RollModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "attendance_grid", "考勤：用 1 到 6 标记，上下键移动")
        self.roll = model
        self.setModel(model)
        self.setItemDelegate(RollDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)
        self.setTabKeyNavigation(False)
        self.setShowGrid(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        side = self.verticalHeader()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(row_height())
        side.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setMinimumSectionSize(scaled(56))
        for column, width in enumerate(_WIDTHS):
            head.resizeSection(column, scaled(width))
        head.setStretchLastSection(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a narrow screen the department gives way to the reason."""
        self.setColumnHidden(DEPARTMENT, event.size().width() < scaled(_NARROW))
        super().resizeEvent(event)

    def selected_rows(self) -> list[int]:
        """The rows of the selected cells, from above."""
        return sorted({index.row() for index in self.selectedIndexes()})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Marking keys outside the reason columns, Del clears a reason, Enter goes down."""
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)  # such as the Enter that ends the edit
            return
        column = self.currentIndex().column()
        key = event.text().upper()
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if plain and key in _BY_KEY and column <= STATE:
            self.mark(_BY_KEY[key])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go_down()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and column >= REASON and self.selected_rows():
            self.roll.write(self.selected_rows(), column, "")
        elif plain and key.strip() and key.isprintable() and column <= STATE:
            return  # letters that mark nothing must not open an editor or jump about
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """After Enter in a reason go to the next person."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache and len(self.selected_rows()) <= 1:
            self._go_down()

    def mark(self, state: State) -> None:
        """Give the selected people a state."""
        if rows := self.selected_rows():
            self.roll.mark(rows, state)

    def select_people(self, rows: Sequence[int]) -> None:
        """Select whole rows, so that one key marks them all."""
        self.go_to(rows[0])
        chosen = QItemSelection()
        for row in rows:
            chosen.select(self.roll.index(row, STATE), self.roll.index(row, STATE))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def go_to(self, row: int, column: int = STATE) -> None:
        """Make a cell the current one and show it."""
        self.setCurrentIndex(self.roll.index(row, column))

    def _go_down(self) -> None:
        here = self.currentIndex()
        if here.isValid() and here.row() + 1 < self.roll.rowCount():
            self.go_to(here.row() + 1, here.column())


def _text(line: Attendance, column: int) -> str:
    if column == STANDING:
        return standing_of(line)
    if column == STATE:
        return line.state.label
    return (line.name, line.department, "", "", line.reason, line.excluded)[column]
