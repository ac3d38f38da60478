"""Dates and times typed the way offices type them, or picked from a calendar."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import Precision, RecordedDate, read_date, today
from partyroom.ui.editors import Editor, LineEditor
from partyroom.ui.form_fields import Field
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:点时.](?P<minute>\d{1,2})?分?)?|(?P<solid>\d{3,4})")


class CalendarPopup(QFrame):
    """A month to pick a day from; it frees itself when it closes."""

    picked = Signal(object)

    def __init__(self, start: date, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        named(self, "calendar_popup").setProperty("card", True)
        self._calendar = named(QCalendarWidget(), "calendar", "日历")
        self._calendar.setLocale(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
        self._calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self._calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self._calendar.setMinimumSize(scaled(300), scaled(230))
        self._calendar.setDateRange(QDate(1900, 1, 1), QDate(2100, 12, 31))
        self._calendar.setSelectedDate(QDate(start.year, start.month, start.day))
        weekend = QTextCharFormat()
        weekend.setForeground(QColor(COLOURS["soft"]))
        for weekday in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self._calendar.setWeekdayTextFormat(weekday, weekend)
        for name, picture in (("qt_calendar_prevmonth", "chevron-left"), ("qt_calendar_nextmonth", "chevron-right")):
            if button := self._calendar.findChild(QToolButton, name):
                button.setIcon(icon(picture))
        self._calendar.activated.connect(self._on_calendar_activated)
        self._calendar.clicked.connect(self._on_calendar_activated)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(6), scaled(6), scaled(6), scaled(6))
        layout.addWidget(self._calendar)
        layout.addLayout(self._buttons())
        self._calendar.setFocus()

    def _buttons(self) -> QHBoxLayout:
        buttons = QHBoxLayout()
        for text, name, slot in (
            ("今天", "today_button", self._on_today_clicked),
            ("只记到月", "month_button", self._on_month_clicked),
            ("清空", "clear_button", self._on_clear_clicked),
        ):
            button = named(QPushButton(text), name)
            button.clicked.connect(slot)
            buttons.addWidget(button)
        return buttons

    def _on_calendar_activated(self, day: QDate) -> None:
        self._give(RecordedDate.of(date(day.year(), day.month(), day.day())))

    def _on_today_clicked(self) -> None:
        self._give(RecordedDate.of(today()))

    def _on_month_clicked(self) -> None:
        self._give(RecordedDate(f"{self._calendar.yearShown():04d}-{self._calendar.monthShown():02d}"))

    def _on_clear_clicked(self) -> None:
        self._give(None)

    def _give(self, answer: RecordedDate | None) -> None:
        self.picked.emit(answer)
        self.close()


class DateEditor(LineEditor):
    """A date as precise as the source is; what cannot be read stays as typed, with a warning."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line.setPlaceholderText("如 20240305 或 2024.3.5")
        self._pick = QAction(icon("calendar"), "从日历中选（F4）", self)
        self._pick.triggered.connect(self.open_calendar)
        self.line.addAction(self._pick, QLineEdit.ActionPosition.TrailingPosition)

    def value(self) -> RecordedDate | None:
        """The date as it was recorded."""
        return read_date(self.line.text())

    def set_value(self, value: object) -> None:
        """Show a RecordedDate, a date, or any text `read_date` takes."""
        read = value if isinstance(value, RecordedDate) else read_date(value)
        self.line.setText("" if read is None else read.text)

    def normalise(self) -> None:
        """Write 20240305 as 2024-03-05; leave what cannot be read."""
        read = self.value()
        if read is not None and read.readable and read.text != self.line.text():
            self.line.setText(read.text)

    def problem(self) -> str:
        """A field that needs the day says so."""
        read = self.value()
        if read is None or not self.field.exact or read.exact is not None:
            return ""
        if read.precision is Precision.UNREADABLE:
            return "这个日期看不懂，请填成 20240305 或 2024.3.5 的样子。"
        return "请填到日，例如 2024.3.5。"

    def warning(self) -> str:
        """Unreadable dates are kept, but reminders and sums cannot use them."""
        read = self.value()
        if read is None or read.readable:
            return super().warning()
        return "这个日期看不懂，会照原样保存，但不能参与提醒和统计。"

    def open_calendar(self) -> None:
        """Show the month of the present date, or this month."""
        read = self.value()
        popup = CalendarPopup((read.first_day if read else None) or today(), self)
        popup.picked.connect(self._on_popup_picked)
        popup.adjustSize()
        popup.move(_beside(self.line, popup))
        popup.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F4 and Alt+Down open the calendar, as in other office programs."""
        down = event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier
        if event.key() == Qt.Key.Key_F4 or down:
            self.open_calendar()
        else:
            super().keyPressEvent(event)

    def _on_popup_picked(self, picked: RecordedDate | None) -> None:
        self.set_value(picked)
        self.line.setFocus()
        self.left.emit()


class TimeEditor(LineEditor):
    """A time of day: 14:30, 1430, 14点30分."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line.setPlaceholderText("如 14:30")

    def value(self) -> time | None:
        """The time, or None if blank or unreadable."""
        return read_time(self.line.text())

    def set_value(self, value: object) -> None:
        """Show a time or a text."""
        self.line.setText("" if value is None else f"{value:%H:%M}" if isinstance(value, time) else str(value))

    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not self.line.text().strip()

    def normalise(self) -> None:
        """Write 1430 as 14:30."""
        if (read := self.value()) is not None:
            self.set_value(read)

    def problem(self) -> str:
        """Say how to write a time."""
        return "" if self.blank() or self.value() is not None else "请把时间填成 14:30 的样子。"


class DateTimeEditor(Editor):
    """A day and a time side by side."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.day = DateEditor(Field(field.key, field.label, exact=True))
        self.time = TimeEditor(Field(f"{field.key}_time", f"{field.label}（时间）"))
        for part, stretch in ((self.day, 3), (self.time, 2)):
            part.changed.connect(self.changed)
            part.left.connect(self.left)
            self.box.addWidget(part, stretch)
        self.setFocusProxy(self.day.line)

    def value(self) -> datetime | None:
        """The moment, or None unless both parts are there."""
        day, clock = self.day.value(), self.time.value()
        if day is None or day.exact is None or clock is None:
            return None
        return datetime.combine(day.exact, clock)

    def set_value(self, value: object) -> None:
        """Show a datetime; of a date only the day."""
        self.day.set_value(value.date() if isinstance(value, datetime) else value)
        self.time.set_value(value.time() if isinstance(value, datetime) else None)

    def blank(self) -> bool:
        """Whether neither part was typed."""
        return self.day.blank() and self.time.blank()

    def draft(self) -> object:
        """Both texts as they stand."""
        return [self.day.draft(), self.time.draft()]

    def restore(self, draft: object) -> None:
        """Put both texts back."""
        if isinstance(draft, list) and len(draft) == 2:
            self.day.restore(draft[0])
            self.time.restore(draft[1])

    def problem(self) -> str:
        """Name the part that is missing or unreadable."""
        if found := self.day.problem() or self.time.problem():
            return found
        if self.blank() or self.value() is not None:
            return ""
        return "请填上日期。" if self.day.blank() else "请填上时间，例如 14:30。"


def read_time(text: str) -> time | None:
    """Read a time as it is typed in offices; None if blank or impossible."""
    found = _TIME.fullmatch(unicodedata.normalize("NFKC", text).strip().replace(" ", ""))
    if found is None:
        return None
    if solid := found["solid"]:
        hour, minute = int(solid[:-2]), int(solid[-2:])
    else:
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _beside(anchor: QWidget, popup: QWidget) -> QPoint:
    """Below the anchor if there is room on its screen, above it otherwise."""
    room = anchor.screen().availableGeometry()
    corner = anchor.mapToGlobal(QPoint(0, anchor.height() + 2))
    if corner.y() + popup.height() > room.bottom():
        corner.setY(max(room.top(), anchor.mapToGlobal(QPoint(0, -2)).y() - popup.height()))
    corner.setX(max(room.left(), min(corner.x(), room.right() - popup.width())))
    return corner
