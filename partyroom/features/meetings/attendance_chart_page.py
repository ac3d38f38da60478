"""The chart of attendance month by month; pyqtgraph takes half a second to load and does so when it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette, QPixmap, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from partyroom.features.meetings.attendance_rates import Counts, MonthRates
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled


def _here(counts: Counts) -> int:
    return counts.here


def _excused(counts: Counts) -> int:
    return counts.leave + counts.duty


def _absent(counts: Counts) -> int:
    return counts.absent


_SHARES: tuple[tuple[str, str, Callable[[Counts], int]], ...] = (
    ("到、迟到", "#3D6FB4", _here),
    ("请假、公差", "#E0A526", _excused),
    ("缺席", COLOURS["accent"], _absent),
)
_WIDTH = 0.6
_TOP = 114  # above the columns there is room for their labels
_MOST_LABELS = 14


class AttendanceChartPage(QWidget):
    """Stacked columns of a hundred per cent, one for each month, with 出勤率 above each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attendance_chart")
        self.setAccessibleName("出勤率图")
        self._months: tuple[MonthRates, ...] = ()
        self.plot: Any = None
        self.empty = named(QLabel("这段时间没有考勤记录。"), "quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(_legend())
        self._column.addWidget(self.empty, 1)

    def show_months(self, months: Sequence[MonthRates]) -> None:
        """Draw these months; those without anybody expected are left out."""
        self._months = tuple(month for month in months if month.counts.expected)
        self.setAccessibleDescription("；".join(f"{m.label}出勤率{m.counts.rate}" for m in self._months))
        if self.isVisible():
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw when it is looked at for the first time, and what changed meanwhile."""
        super().showEvent(event)
        self._draw()

    def _draw(self) -> None:
        self.empty.setVisible(not self._months)
        if self.plot is not None:
            self.plot.setVisible(bool(self._months))
        if not self._months:
            return
        if self.plot is None:
            self.plot = self._new_plot()
            self._column.addWidget(self.plot, 1)
        self._fill(self.plot.getPlotItem())

    def _new_plot(self) -> Any:
        from pyqtgraph import PlotWidget

        plot = PlotWidget(self, background=QColor(COLOURS["card"]))
        plot.setObjectName("attendance_plot")
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.showGrid(y=True, alpha=0.15)
        plot.setYRange(0, _TOP, padding=0)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setTextPen(COLOURS["ink"])
            axis.setPen(COLOURS["line_dark"])
            axis.setStyle(tickFont=self.font())
        plot.getAxis("bottom").setHeight(2 * self.fontMetrics().lineSpacing() + scaled(14))
        plot.getAxis("left").setLabel("占应到人次（%）", color=COLOURS["soft"])
        plot.getAxis("left").setTicks([[(value, str(value)) for value in range(0, 101, 20)]])
        return plot

    def _fill(self, item: Any) -> None:
        from pyqtgraph import BarGraphItem, TextItem

        item.clear()
        places = list(range(len(self._months)))
        floor = [0.0] * len(places)
        for _, colour, share in _SHARES:
            heights = [100 * share(month.counts) / month.counts.expected for month in self._months]
            brush, pen = QColor(colour), QColor(COLOURS["card"])
            bars = BarGraphItem(x=places, y0=floor, height=heights, width=_WIDTH, brush=brush, pen=pen)
            item.addItem(bars)
            floor = [below + height for below, height in zip(floor, heights, strict=True)]
        for place, month in zip(places, self._months, strict=True):
            if len(places) <= _MOST_LABELS:
                text = TextItem(month.counts.rate, color=self.palette().color(QPalette.ColorRole.Text), anchor=(0.5, 1))
                text.setFont(self.font())
                text.setPos(place, 100)
                item.addItem(text)
        step = -(-len(places) // _MOST_LABELS)
        ticks = [(place, _tick(self._months, place)) for place in places[::step]]
        item.getAxis("bottom").setTicks([ticks])
        item.setXRange(-0.7, len(places) - 0.3, padding=0)


def _legend() -> QHBoxLayout:
    """What the colours mean, above the plot, where they hide nothing."""
    line = QHBoxLayout()
    line.setContentsMargins(0, scaled(8), scaled(12), 0)
    line.addStretch(1)
    for text, colour, _ in _SHARES:
        square = QPixmap(scaled(12), scaled(12))
        square.fill(QColor(colour))
        sample = QLabel()
        sample.setPixmap(square)
        line.addWidget(sample)
        line.addWidget(QLabel(text))
        line.addSpacing(scaled(8))
    return line


def _tick(months: Sequence[MonthRates], place: int) -> str:
    """The month, and the year below the first one of each year."""
    month = months[place]
    new_year = place == 0 or months[place - 1].year != month.year
    return f"{month.month}月\n{month.year}年" if new_year else f"{month.month}月\n"
