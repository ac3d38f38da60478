"""月历: a month of the year plan with its meetings in the days, and the meetings of the chosen day beside it."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import EARLIEST_YEAR, LATEST_YEAR, today
from partyroom.features.meetings.domain import MeetingRow, Stage
from partyroom.features.meetings.plan_calendar_model import DAY, MARKS, MEETINGS, MonthModel, day_heading, tool_tip
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

Index = QModelIndex | QPersistentModelIndex
STAGE_COLOURS = {Stage.PLANNED: "focus", Stage.HELD: "ink", Stage.CANCELLED: "soft"}
_MOST = 3
_ID = Qt.ItemDataRole.UserRole
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}
_MONTHS = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class CalendarPage(QWidget):
    """A month to look through and to plan in.

    `opened` asks for the editor of a meeting, `wanted` for a new planned meeting on a day, `moved` for another day of
    a planned meeting, `year_requested` for the meetings of another year; `chosen_changed` says that the meetings
    chosen beside the month are others.
    """

    opened = Signal(int)
    wanted = Signal(object)
    moved = Signal(int, object)
    year_requested = Signal(int)
    chosen_changed = Signal()

    def __init__(self, day: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.day = day
        self.model = MonthModel(day, self)
        self.model.dropped.connect(self.moved)
        self.view = _MonthView(self.model)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.stepped.connect(self._on_stepped)
        self.view.turned.connect(self.turn)
        self.view.entered_day.connect(self.enter_day)
        row = QHBoxLayout()
        row.setSpacing(scaled(10))
        row.addWidget(self.view, 1)
        row.addLayout(self._side())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(4))
        layout.addLayout(self._head())
        layout.addLayout(row, 1)
        self.setFocusProxy(self.view)
        self.go_to(day)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.title = named(QLabel(), "calendar_month")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        before = _arrow("chevron-left", "month_before_button", "上个月（PgUp）")
        after = _arrow("chevron-right", "month_after_button", "下个月（PgDn）")
        before.clicked.connect(partial(self.turn, -1))
        after.clicked.connect(partial(self.turn, 1))
        now = named(QPushButton("今天"), "calendar_today_button")
        now.setAutoDefault(False)
        now.clicked.connect(self._on_today_clicked)
        for part in (before, self.title, after, now):
            row.addWidget(part)
        row.addStretch()
        legend = named(QLabel("　".join(f"{MARKS[stage]} {stage.label}" for stage in Stage)), "small_quiet")
        row.addWidget(legend)
        return row

    def _side(self) -> QVBoxLayout:
        self.heading = named(QLabel(), "calendar_day")
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.list = named(QListWidget(), "day_list", "这一天的会议")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedWidth(scaled(190))
        self.list.itemActivated.connect(self._on_item_activated)
        self.list.itemSelectionChanged.connect(self.chosen_changed)
        self._new = named(QPushButton(icon("add"), "列入计划…"), "plan_day_button")
        self._new.setAutoDefault(False)
        self._new.clicked.connect(self._on_new_clicked)
        column = QVBoxLayout()
        for part in (self.heading, self.list, self._new):
            column.addWidget(part)
        return column

    # Going about

    def put(self, rows: Sequence[MeetingRow]) -> None:
        """Show these meetings; the day, and what of it is chosen, stay."""
        self.model.put(rows)
        self._show_day(self.chosen())

    def go_to(self, day: date) -> None:
        """Choose a day, of this month or another; days beyond the years of the program are not reached."""
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            return
        self.day = day
        self.model.show_month(day)
        self.title.setText(f"{day.year}年{day.month}月")
        self.view.setCurrentIndex(self.model.index_of(day))
        self._show_day(())
        self.year_requested.emit(day.year)

    def turn(self, months: int) -> None:
        """Go to the same day some months away, or to the last of that month."""
        count = self.day.year * 12 + self.day.month - 1 + months
        year, month = count // 12, count % 12 + 1
        if EARLIEST_YEAR <= year <= LATEST_YEAR:
            self.go_to(date(year, month, min(self.day.day, calendar.monthrange(year, month)[1])))

    def enter_day(self) -> None:
        """Open the only meeting of the day, step to the list of several, or ask for one where there is none."""
        rows = self.model.meetings(self.day)
        if not rows:
            self.wanted.emit(self.day)
        elif len(rows) == 1:
            self.opened.emit(rows[0].id)
        else:
            self.list.setFocus()

    def chosen(self) -> tuple[int, ...]:
        """The ids of the meetings chosen beside the month."""
        return tuple(int(item.data(_ID)) for item in self.list.selectedItems())

    def _show_day(self, chosen: Sequence[int]) -> None:
        rows = self.model.meetings(self.day)
        self.heading.setText(day_heading(self.day))
        self.list.blockSignals(True)
        self.list.clear()
        for row in rows:
            item = QListWidgetItem(f"{MARKS[row.stage]} {row.stage.label} {row.starts_at:%H:%M}\n{row.title}")
            item.setData(_ID, row.id)
            item.setForeground(QColor(COLOURS[STAGE_COLOURS[row.stage]]))
            item.setToolTip(tool_tip([row]))
            self.list.addItem(item)
            item.setSelected(row.id in chosen)
        if rows and not self.list.selectedItems():
            self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self.chosen_changed.emit()

    def _on_current_changed(self, index: QModelIndex) -> None:
        day = self.model.day_at(index)
        if day is not None and day != self.day:
            self.day = day
            self._show_day(())

    def _on_stepped(self, days: int) -> None:
        self.go_to(self.day + timedelta(days=days))

    def _on_today_clicked(self) -> None:
        self.go_to(today())

    def _on_new_clicked(self) -> None:
        self.wanted.emit(self.day)

    def _on_item_activated(self, item: QListWidgetItem) -> None:
        self.opened.emit(int(item.data(_ID)))


class _MonthView(QTableView):
    """The weeks, filling the room; keys say how many days or months to go."""

    stepped = Signal(int)
    turned = Signal(int)
    entered_day = Signal()

    def __init__(self, model: MonthModel) -> None:
        super().__init__()
        named(self, "month_view", "月历")
        self._month = model
        self._grabbed: MeetingRow | None = None
        self.setModel(model)
        self.setItemDelegate(_DayDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setMinimumSectionSize(scaled(20))
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            header.setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)

    def minimumSizeHint(self) -> QSize:
        """Six weeks of one line each."""
        return QSize(scaled(350), scaled(160))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go by days and weeks across months, PgUp and PgDn by months, Enter opens or plans."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.stepped.emit(_STEPS[key])
        elif key in _MONTHS:
            self.turned.emit(_MONTHS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_day.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember which meeting the mouse is on, should it be dragged."""
        point = event.position().toPoint()
        index = self.indexAt(point)
        rows: tuple[MeetingRow, ...] = index.data(MEETINGS) or ()
        lines = line_rects(self.visualRect(index), len(rows), self.fontMetrics())
        pairs = zip(rows, lines, strict=False)
        self._grabbed = next((row for row, line in pairs if line.contains(point)), rows[0] if len(rows) == 1 else None)
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Like Enter on that day."""
        if event.button() == Qt.MouseButton.LeftButton and self.indexAt(event.position().toPoint()).data(DAY):
            self.entered_day.emit()

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the meeting under the mouse if it is only planned."""
        del actions
        if self._grabbed is not None and self._grabbed.stage is Stage.PLANNED:
            drag = QDrag(self)
            drag.setMimeData(self._month.mime_of(self._grabbed))
            drag.exec(Qt.DropAction.MoveAction)


class _DayDelegate(QStyledItemDelegate):
    """Paints a day: its number, today's in a badge, and a short line for each of the first meetings."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Colours tell the stage and so does the mark; cancelled meetings are struck out too."""
        day, rows = index.data(DAY), index.data(MEETINGS) or ()
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        if day is None:
            painter.fillRect(rect, QColor(COLOURS["page"]))
        else:
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.fillRect(rect, QColor(COLOURS["chosen" if chosen else "card"]))
            if chosen and state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(QColor(COLOURS["focus"]))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
            _paint_number(painter, rect, day)
            _paint_lines(painter, rect, rows)
        painter.restore()


def _paint_number(painter: QPainter, rect: QRect, day: date) -> None:
    badge = QRect(rect.left() + 2, rect.top() + 2, scaled(22), painter.fontMetrics().height())
    painter.setPen(QColor(COLOURS["soft" if day.weekday() > 4 else "ink"]))
    if day == today():
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(COLOURS["accent"]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(QColor(COLOURS["card"]))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(day.day))


def _paint_lines(painter: QPainter, rect: QRect, rows: Sequence[MeetingRow]) -> None:
    lines = line_rects(rect, len(rows), painter.fontMetrics())
    for row, line in zip(rows, lines, strict=False):
        text = short_line(row, line.width(), painter.fontMetrics())
        font = QFont(painter.font())
        font.setStrikeOut(row.stage is Stage.CANCELLED and len(text) > 1)
        painter.setFont(font)
        painter.setPen(QColor(COLOURS[STAGE_COLOURS[row.stage]]))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
    if len(rows) > len(lines):
        font = QFont(painter.font())
        font.setStrikeOut(False)
        painter.setFont(font)
        painter.setPen(QColor(COLOURS["soft"]))
        corner = rect.adjusted(2, 2, -4, 0)
        painter.drawText(corner, Qt.AlignmentFlag.AlignRight, more(len(rows), len(lines)))


def more(count: int, shown: int) -> str:
    """'＋2': how many meetings of a day found no line."""
    return f"＋{count - shown}" if count > shown else ""


def short_line(row: MeetingRow, width: int, metrics: QFontMetrics) -> str:
    """Mark, time and kind; without the time where it would crowd out the kind; the mark alone where that is all."""
    text = f"{MARKS[row.stage]} {row.starts_at:%H:%M} {row.kind}"
    if metrics.horizontalAdvance(text) > width:
        text = f"{MARKS[row.stage]}{row.kind}"
    if width < metrics.horizontalAdvance(f"{MARKS[row.stage]}…"):
        return MARKS[row.stage]
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def line_rects(cell: QRect, count: int, metrics: QFontMetrics) -> list[QRect]:
    """Where the first meetings of a day are painted: below the number, or beside it in a low cell.

    Where a cell has one line for several meetings they stand side by side, a mark each.

    The top right corner is kept free for “＋2” where not all meetings find a line.
    """
    height = metrics.height()
    fit = max((cell.height() - 4) // height, 1)
    below = fit > min(count, _MOST)
    shown = min(count, _MOST, fit)
    left = cell.left() + (4 if below else scaled(22) + 5)
    top = cell.top() + 2 + (height if below else 0)
    if fit == 1 and count > 1:
        side = metrics.horizontalAdvance("○") + 1
        return [QRect(left + number * side, top, side, height) for number in range(min(count, _MOST - (count > _MOST)))]
    rects = [QRect(left, top + number * height, cell.right() - 3 - left, height) for number in range(shown)]
    if rects and not below and count > shown:
        rects[0].setRight(rects[0].right() - metrics.horizontalAdvance("＋9"))
    return rects


def _arrow(picture: str, name: str, tip: str) -> QPushButton:
    button = named(QPushButton(icon(picture), ""), name, tip)
    button.setAutoDefault(False)
    button.setToolTip(tip)
    return button
