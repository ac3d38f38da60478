"""The weeks of a month as a Qt model: Monday to Sunday, each day with its meetings; a dropped meeting changes day."""

# ruff: noqa: N802  (the names are Qt's)
from __future__ import annotations

import calendar
import html
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from partyroom.core.calendar import today
from partyroom.features.meetings.domain import MeetingRow, Stage
from partyroom.features.meetings.plan import WEEKDAYS

Index = QModelIndex | QPersistentModelIndex
MEETINGS = Qt.ItemDataRole.UserRole
DAY = Qt.ItemDataRole.UserRole + 1
MARKS = {Stage.PLANNED: "○", Stage.HELD: "●", Stage.CANCELLED: "×"}
_MIME = "application/x-partyroom-planned-meeting"
_ROLE = Qt.ItemDataRole


class MonthModel(QAbstractTableModel):
    """As many weeks as the month touches; days of other months are blank and cannot be chosen.

    `dropped` gives the id of a planned meeting and the day that it was dragged to.
    """

    dropped = Signal(int, object)

    def __init__(self, month: date, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.month = month.replace(day=1)
        self._rows: dict[date, list[MeetingRow]] = {}

    def show_month(self, day: date) -> None:
        """Show the month that holds `day`."""
        if day.replace(day=1) != self.month:
            self.beginResetModel()
            self.month = day.replace(day=1)
            self.endResetModel()

    def put(self, rows: Sequence[MeetingRow]) -> None:
        """Take over the meetings, of any months, in order of time."""
        self._rows = {}
        for row in rows:
            self._rows.setdefault(row.starts_at.date(), []).append(row)
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 6))

    def meetings(self, day: date) -> tuple[MeetingRow, ...]:
        """The meetings of a day."""
        return tuple(self._rows.get(day, ()))

    def index_of(self, day: date) -> QModelIndex:
        """Where a day of the month shown stands."""
        return self.index(*divmod((day - self._first()).days, 7))

    def day_at(self, index: Index) -> date | None:
        """The day of a cell; None for one of another month."""
        if not index.isValid():
            return None
        day = self._first() + timedelta(days=index.row() * 7 + index.column())
        return day if day.month == self.month.month else None

    def _first(self) -> date:
        return self.month - timedelta(days=self.month.weekday())

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The weeks, four to six."""
        length = calendar.monthrange(self.month.year, self.month.month)[1]
        return 0 if parent.isValid() else (self.month.weekday() + length + 6) // 7

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Monday to Sunday."""
        return 0 if parent.isValid() else 7

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """The number of the day; its date and meetings under roles of our own; all in words in the tool tip."""
        day = self.day_at(index)
        if day is None:
            return None
        if role == _ROLE.DisplayRole:
            return str(day.day)
        if role == DAY:
            return day
        if role == MEETINGS:
            return self.meetings(day)
        if role == _ROLE.AccessibleTextRole:
            return "；".join([day_heading(day), *(in_words(row) for row in self.meetings(day))])
        if role == _ROLE.ToolTipRole:
            return tool_tip(self.meetings(day))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """The weekdays above."""
        if role != _ROLE.DisplayRole or orientation != Qt.Orientation.Horizontal or not 0 <= section < 7:
            return None
        return f"周{WEEKDAYS[section]}"

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Days of the month can be chosen, dragged from and dropped on."""
        if self.day_at(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled

    # Dragging

    def mimeTypes(self) -> list[str]:
        """Only our own meetings."""
        return [_MIME]

    def supportedDropActions(self) -> Qt.DropAction:
        """A meeting moves; there is no copying."""
        return Qt.DropAction.MoveAction

    def mime_of(self, row: MeetingRow) -> QMimeData:
        """What is dragged for a meeting."""
        data = QMimeData()
        data.setData(_MIME, str(row.id).encode())
        return data

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """A planned meeting fits on every other day of the month."""
        del action, row, column
        return self._dragged(data, parent) is not None

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Ask for the move; whoever stores it puts the new rows."""
        del action, row, column
        meeting, day = self._dragged(data, parent), self.day_at(parent)
        if meeting is None or day is None:
            return False
        self.dropped.emit(meeting.id, day)
        return True

    def _dragged(self, data: QMimeData, target: Index) -> MeetingRow | None:
        day = self.day_at(target)
        if day is None or not data.hasFormat(_MIME):
            return None
        wanted = data.data(_MIME).toStdString()
        for row in (row for rows in self._rows.values() for row in rows):
            if str(row.id) == wanted:
                movable = row.stage is Stage.PLANNED and row.starts_at.date() != day
                return row if movable else None
        return None


def day_heading(day: date) -> str:
    """'11月22日 周日（今天）'."""
    mark = "（今天）" if day == today() else ""
    return f"{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}{mark}"


def in_words(row: MeetingRow) -> str:
    """'○ 15:30 十二月党日（计划）', with the reason of a cancelled one."""
    reason = f"：{row.cancel_reason}" if row.cancel_reason else ""
    return f"{MARKS[row.stage]} {row.starts_at:%H:%M} {row.title}（{row.stage.label}{reason}）"


def tool_tip(rows: Sequence[MeetingRow]) -> str:
    """All meetings in words as rich text, with what users wrote escaped; empty for none."""
    return f"<p>{'<br>'.join(html.escape(in_words(row)) for row in rows)}</p>" if rows else ""
