"""The grid of the ledger: names stand still at the side, totals at the foot, each month in colour and in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from partyroom.features.dues.cells import LedgerLine
from partyroom.features.dues.ledger import CellState
from partyroom.features.dues.ledger_model import (
    CELL,
    MONTHS,
    REMARKS,
    FootModel,
    LedgerModel,
    amount_of,
    column_title,
    word_of,
)
from partyroom.ui import clipboard_form
from partyroom.ui.desk import Desk
from partyroom.ui.flow import FlowLayout
from partyroom.ui.naming import named
from partyroom.ui.table_view import EmptyNote
from partyroom.ui.theme import COLOURS, scaled

COLOURS_OF: Final = {
    CellState.PAID: ("#E6F3EA", "#1F6B3B"),
    CellState.LATE: ("#E4F1F1", "#1C6464"),
    CellState.AHEAD: ("#EAF2FC", "#2F5D9B"),
    CellState.PARTIAL: ("#FFF1D6", "#8A5A00"),
    CellState.ARREARS: ("#FBE4E2", "#9C1F18"),
    CellState.OPEN: ("#FFFFFF", "#5B6470"),
    CellState.UNKNOWN: ("#F1EEF7", "#5E4B8B"),
    CellState.EXEMPT: ("#ECEFF3", "#5B6470"),
    CellState.NONE: ("#FFFFFF", "#9AA2AC"),
}
"""Ground and ink of a state; the word always stands there too."""
_NAME_WIDTH = 84
_MONTH_WIDTH = 60
_SUM_WIDTH = 71
_REMARKS_WIDTH = 110
_ROW = 37
_WIDE, _HIGH = 1000, 320
_SHADE = 56
_FOOT = 34


class LedgerView(QTableView):
    """Cells to choose from with mouse and keyboard; Enter opens one, letters go to the search box."""

    opened = Signal(QModelIndex)
    typed = Signal(str)
    resized = Signal()

    def __init__(self, model: LedgerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self))
        named(self, "ledger_table", "交纳台账")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # the foot leaves room for it
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.doubleClicked.connect(self.opened)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens what the keyboard is on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are meant for the search box, which finds names by their initials."""
        if search.strip():
            self.typed.emit(search)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the months use the room."""
        super().resizeEvent(event)
        self.resized.emit()


class SumDelegate(QStyledItemDelegate):
    """Lets a sum be smaller rather than cut off."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Choose the size of the letters by the width of the column."""
        super().initStyleOption(option, index)
        view: Any = option
        if index.column() != REMARKS:
            view.font = _fitting(view.font, view.text, view.rect.width() - scaled(8))


class CellDelegate(SumDelegate):
    """Draws a month: the amount above, the word below, on the colour of the state."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Months in colour, sums as Qt does; what is chosen gets a frame, so that its colour stays to be seen."""
        cell = index.data(CELL)
        if cell is None:
            super().paint(painter, option, index)
            return
        view: Any = option
        rect = QRect(view.rect)
        ground, ink = COLOURS_OF[cell.state]
        chosen = bool(view.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, QColor(ground))
        if chosen:
            shade = QColor(COLOURS["focus"])
            shade.setAlpha(_SHADE)
            painter.fillRect(rect, shade)
        painter.setPen(QColor(ink))
        self._write(painter, view.font, rect.adjusted(1, 2, -1, -2), amount_of(cell), word_of(cell))
        if chosen or view.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(COLOURS["focus"]))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()

    def _write(self, painter: QPainter, font: QFont, rect: QRect, amount: str, word: str) -> None:
        small = QFont(font)
        small.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(small)
        if not amount:
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, word)
            return
        above = QRect(rect.left(), rect.top(), rect.width(), rect.height() // 2)
        below = QRect(rect.left(), above.bottom() + 1, rect.width(), rect.height() - above.height())
        centre = Qt.AlignmentFlag.AlignCenter
        painter.drawText(
            below, centre, painter.fontMetrics().elidedText(word, Qt.TextElideMode.ElideRight, rect.width())
        )
        painter.setFont(_fitting(font, amount, rect.width()))
        painter.drawText(above, centre, amount)


def _fitting(font: QFont, text: str, width: int) -> QFont:
    """The font, smaller where the text would not fit: an amount must never be cut off."""
    fitting = QFont(font)
    while fitting.pointSizeF() > 6 and QFontMetrics(fitting).horizontalAdvance(text) > width:
        fitting.setPointSizeF(fitting.pointSizeF() - 0.5)
    return fitting


class LedgerGrid(QWidget):
    """The ledger with its foot and legend.

    Signals:
        opened: Member and month (None for a name or a sum) that were double-clicked or opened with Enter.
        selection_changed: Other cells are chosen than before.
        typed: A letter for the search box.
    """

    opened = Signal(int, object)
    selection_changed = Signal()
    typed = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.model = LedgerModel(self)
        self.foot_model = FootModel(self)
        self.view = LedgerView(self.model)
        self.foot = named(QTableView(), "ledger_foot", "合计")
        self.note = EmptyNote(self.view)
        self._set_up_headers()
        self._set_up_foot()
        self._set_sizes()
        self._add_copying()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.foot, 1)
        below.addSpacing(self.view.verticalScrollBar().sizeHint().width())
        layout.addLayout(below)
        self.legend = legend()
        layout.addSpacing(scaled(6))
        layout.addWidget(self.legend)
        self.setFocusProxy(self.view)
        self._connect()

    def put(self, year: int, lines: Sequence[LedgerLine], closed: frozenset[date]) -> None:
        """Show these lines; the chosen cells stay chosen as far as their members are still there."""
        line, month = self.current()
        first = self.model.rowCount() == 0
        self.model.put(year, lines, closed)
        self.foot_model.put(year, lines)
        self.fit()
        row = self.model.place_of(line.id) if line is not None else -1
        if row >= 0:
            column = month.month - 1 if month is not None else MONTHS
            self.view.setCurrentIndex(self.model.index(row, column))
        elif first and lines:
            self.view.selectionModel().clear()
        self.note.hide()

    def current(self) -> tuple[LedgerLine | None, date | None]:
        """The member and month that the keyboard is on."""
        index = self.view.currentIndex()
        if not index.isValid() or index.row() >= len(self.model.lines):
            return None, None
        return self.model.line(index.row()), self.model.month(index.column())

    def chosen(self) -> list[tuple[LedgerLine, date]]:
        """The chosen months in the order shown, member by member."""
        places = sorted((index.row(), index.column()) for index in self.view.selectionModel().selectedIndexes())
        found = []
        for row, column in places:
            month = self.model.month(column)
            if month is not None:
                found.append((self.model.line(row), month))
        return found

    def chosen_members(self) -> list[int]:
        """The members of the chosen cells, sums included, in the order shown."""
        rows = sorted({index.row() for index in self.view.selectionModel().selectedIndexes()})
        return [self.model.line(row).id for row in rows]

    def copy(self, *, headers: bool) -> None:
        """Copy the block of the chosen cells for Excel; with `headers`, names and months as well."""
        indexes = self.view.selectionModel().selectedIndexes()
        if not indexes:
            self._desk.messages.inform("请先选中要复制的格子。")
            return
        rows = sorted({index.row() for index in indexes})
        columns = sorted({index.column() for index in indexes})
        there = {(index.row(), index.column()): str(index.data() or "") for index in indexes}
        lines = [[there.get((row, column), "") for column in columns] for row in rows]
        if headers:
            lines = [[self.model.line(row).name, *line] for row, line in zip(rows, lines, strict=True)]
            lines.insert(0, ["姓名", *(column_title(column) for column in columns)])
        QGuiApplication.clipboard().setMimeData(clipboard_form.mime(lines))
        self._desk.messages.inform(f"已复制{len(rows)}行，可以粘贴到 Excel。")

    def fit(self) -> None:
        """Share the room among months and remarks; below a readable width the grid scrolls sideways.

        Remarks without room for a few words are left to the tool tip of the name: a sliver of them told nothing.
        """
        header = self.view.horizontalHeader()
        sums = scaled(_SUM_WIDTH) * (REMARKS - MONTHS)
        room = self.view.viewport().width() - sums
        shown = room >= scaled(_MONTH_WIDTH) * MONTHS + scaled(_REMARKS_WIDTH)
        share = (room - scaled(_REMARKS_WIDTH) if shown else room) // MONTHS
        month = max(scaled(_MONTH_WIDTH), min(share, scaled(88)))
        remarks = room - month * MONTHS
        for table in (self.view, self.foot):
            table.setColumnHidden(REMARKS, not shown)
        for column in range(REMARKS + 1):
            if column == REMARKS and not shown:
                continue
            width = month if column < MONTHS else remarks if column == REMARKS else scaled(_SUM_WIDTH)
            header.resizeSection(column, width)
            self.foot.setColumnWidth(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give a small window to the members: first the advice goes, then the legend; the cells have their words."""
        super().resizeEvent(event)
        advice = self.legend.findChild(QLabel, "small_quiet")
        assert isinstance(advice, QLabel)
        advice.setVisible(self.width() >= scaled(_WIDE))
        self.legend.setVisible(self.height() >= scaled(_HIGH))

    def changeEvent(self, event: QEvent) -> None:
        """Follow another letter size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "legend"):
            self._set_sizes()
            self.fit()

    # Set-up

    def _set_sizes(self) -> None:
        for header, height in ((self.view.verticalHeader(), _ROW), (self.foot.verticalHeader(), _FOOT)):
            header.setMinimumSectionSize(scaled(height))
            header.setDefaultSectionSize(scaled(height))
            header.setFixedWidth(scaled(_NAME_WIDTH))
        self.foot.setFixedHeight(scaled(_FOOT) + 2)

    def _set_up_headers(self) -> None:
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(scaled(36))
        names = named(self.view.verticalHeader(), "ledger_names", "姓名")
        names.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        names.setHighlightSections(False)
        names.setTextElideMode(Qt.TextElideMode.ElideRight)
        names.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        names.setSectionsClickable(True)
        names.sectionDoubleClicked.connect(self._on_name_double_clicked)

    def _set_up_foot(self) -> None:
        foot = self.foot
        foot.setModel(self.foot_model)
        foot.setItemDelegate(SumDelegate(foot))
        foot.horizontalHeader().hide()
        foot.horizontalHeader().setMinimumSectionSize(scaled(36))
        label = foot.verticalHeader()
        label.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        foot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        foot.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        foot.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot.setFrameShape(QFrame.Shape.StyledPanel)
        foot.setWordWrap(False)

    def _connect(self) -> None:
        self.view.resized.connect(self._on_resized)
        self.view.opened.connect(self._on_opened)
        self.view.typed.connect(self.typed)
        self.view.selectionModel().selectionChanged.connect(self.selection_changed)
        self.view.horizontalScrollBar().valueChanged.connect(self.foot.horizontalScrollBar().setValue)

    def _add_copying(self) -> None:
        for text, keys, slot in (
            ("复制", "Ctrl+C", self._on_copy_triggered),
            ("复制（含姓名和月份）", "Ctrl+Shift+C", self._on_copy_headed_triggered),
            ("全选", "Ctrl+A", self.view.selectAll),
        ):
            action = QAction(text, self.view)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            self.view.addAction(action)

    # What happens

    def _on_resized(self) -> None:
        self.fit()
        self.note.setGeometry(self.view.viewport().geometry())

    def _on_opened(self, index: QModelIndex) -> None:
        self.opened.emit(self.model.line(index.row()).id, self.model.month(index.column()))

    def _on_name_double_clicked(self, row: int) -> None:
        self.opened.emit(self.model.line(row).id, None)

    def _on_copy_triggered(self) -> None:
        self.copy(headers=False)

    def _on_copy_headed_triggered(self) -> None:
        self.copy(headers=True)


def legend() -> QWidget:
    """The states with their colours, and how to work with the grid."""
    holder = named(QWidget(), "ledger_legend", "图例")
    line = FlowLayout(scaled(8), holder)
    for state, (ground, ink) in COLOURS_OF.items():
        chip = QLabel("— 不需交纳" if state is CellState.NONE else state.label)
        chip.setTextFormat(Qt.TextFormat.PlainText)
        chip.setStyleSheet(
            f"background: {ground}; color: {ink}; border: 1px solid {COLOURS['line']};"
            f"border-radius: {scaled(3)}px; padding: {scaled(1)}px {scaled(8)}px;"
        )
        line.addWidget(chip)
    hint = named(QLabel("双击格子看当月情况；按住拖动或 Ctrl、Shift 选多格，再点“收选中的”"), "small_quiet")
    line.addWidget(hint)
    line.set_last(hint)
    return holder
