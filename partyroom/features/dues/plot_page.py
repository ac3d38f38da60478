"""A chart of columns; pyqtgraph takes half a second to load and does so when a chart is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_WIDTH = 0.7
_MOST_LABELS = 14
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Bars:
    """Columns of one colour, one for each place: beside the others, or on top of those before.

    Heights are whole: people, or 分.
    """

    label: str
    colour: str
    heights: tuple[int, ...]
    stacked: bool = False


class PlotPage(QWidget):
    """Columns over named places, with a legend above and `words` for who cannot see them."""

    def __init__(self, name: str, *, money: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"plot_{name}")
        self.money = money
        self.words = ""
        self.plot: Any = None
        self._bars: tuple[Bars, ...] = ()
        self._places: tuple[str, ...] = ()
        self._drawn: tuple[tuple[Bars, ...], tuple[str, ...]] = ((), ())
        self.empty = named(QLabel(), "quiet")
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.legend = QHBoxLayout()
        self.legend.setContentsMargins(0, scaled(4), scaled(12), 0)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self.legend)
        self._column.addWidget(self.empty, 1)

    def show_bars(self, bars: Sequence[Bars], places: Sequence[str], empty: str, words: str) -> None:
        """Draw these columns; without any, say what `empty` says."""
        self._bars, self._places, self.words = tuple(bars), tuple(places), words
        self.empty.setText(empty)
        self.setAccessibleName("柱形图")
        self.setAccessibleDescription(words or empty)
        if self.isVisible():
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw when it is looked at for the first time, and what changed meanwhile."""
        super().showEvent(event)
        self._draw()

    def _draw(self) -> None:
        self.empty.setVisible(not self._bars)
        if self.plot is not None:
            self.plot.setVisible(bool(self._bars))
        if self._drawn == (self._bars, self._places):
            return
        self._drawn = (self._bars, self._places)
        self._fill_legend()
        if not self._bars:
            return
        if self.plot is None:
            self.plot = self._new_plot()
            self._column.addWidget(self.plot, 1)
            self.plot.show()  # a child made while its parent comes into view is left out of the showing
        self._fill(self.plot.getPlotItem())

    def _new_plot(self) -> Any:
        from pyqtgraph import PlotWidget

        plot = PlotWidget(self, background=QColor(COLOURS["card"]))
        plot.setObjectName("dues_plot")
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.showGrid(y=True, alpha=0.15)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setTextPen(COLOURS["ink"])
            axis.setPen(COLOURS["line_dark"])
            axis.setStyle(tickFont=self.font())
            axis.enableAutoSIPrefix(False)
        plot.getAxis("bottom").setHeight(self.fontMetrics().lineSpacing() + scaled(14))
        plot.getAxis("left").setLabel("元" if self.money else "人数", color=COLOURS["soft"])
        return plot

    def _fill(self, item: Any) -> None:
        from pyqtgraph import BarGraphItem

        item.clear()
        places = list(range(len(self._places)))
        floor = [0] * len(places)
        beside = [bars for bars in self._bars if not bars.stacked]
        width = _WIDTH / max(len(beside), 1)
        for bars in self._bars:
            shift = 0.0 if bars.stacked else (beside.index(bars) - (len(beside) - 1) / 2) * width
            item.addItem(
                BarGraphItem(
                    x=[place + shift for place in places],
                    y0=list(floor) if bars.stacked else [0] * len(places),
                    height=list(bars.heights),
                    width=width,
                    brush=QColor(bars.colour),
                    pen=QColor(COLOURS["card"]),
                )
            )
            if bars.stacked:
                floor = [below + height for below, height in zip(floor, bars.heights, strict=True)]
        tops = floor if not beside else [max(bars.heights[place] for bars in beside) for place in places]
        self._label(item, tops)
        step = -(-len(places) // _MOST_LABELS)
        item.getAxis("bottom").setTicks([[(place, self._places[place]) for place in places[::step]]])
        item.getAxis("left").setTicks([ticks(max(tops), money=self.money)])
        item.setXRange(-0.6, len(places) - 0.4, padding=0)
        item.setYRange(0, max(max(tops), 1) * 1.15, padding=0)

    def _label(self, item: Any, tops: Sequence[int]) -> None:
        """How many people, above each column; sums of money are told by the table."""
        from pyqtgraph import TextItem

        if self.money:
            return
        for place, top in enumerate(tops):
            if top:
                text = TextItem(str(top), color=QColor(COLOURS["ink"]), anchor=(0.5, 1))
                text.setFont(self.font())
                text.setPos(place, top)
                item.addItem(text)

    def _fill_legend(self) -> None:
        """What the colours mean, above the plot, where they hide nothing."""
        while self.legend.count():
            widget = self.legend.takeAt(0).widget()
            if widget is not None:
                widget.deleteLater()
        if len(self._bars) < 2:
            return
        self.legend.addStretch(1)
        for bars in self._bars:
            square = QPixmap(scaled(12), scaled(12))
            square.fill(QColor(bars.colour))
            sample = QLabel()
            sample.setPixmap(square)
            self.legend.addWidget(sample)
            self.legend.addWidget(QLabel(bars.label))
            self.legend.addSpacing(scaled(8))


def ticks(top: int, *, money: bool) -> list[tuple[int, str]]:
    """At most seven marks at round numbers: whole people, or whole yuan given in 分."""
    unit = 100 if money else 1
    step = unit
    while top > step * _MOST_TICKS:
        step = unit * _rounder(step // unit)
    return [(value, f"{value // unit:,}") for value in range(0, top + 1, step)]


def _rounder(step: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 and so on."""
    leading = int(str(step)[0])
    return step * 5 // 2 if leading == 2 else step * 2
