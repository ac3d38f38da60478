"""Section 图表: collection by month, arrears, and by which standard people pay; as a chart, a table and in words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from partyroom.core.calendar import today
from partyroom.core.money import yuan
from partyroom.features.dues import charts_service
from partyroom.features.dues.charts import LEVELS, MonthArrears, MonthCollected, Part, YearCharts, level_label
from partyroom.features.dues.plot_page import Bars, PlotPage
from partyroom.features.dues.section_page import Section
from partyroom.ui.desk import Desk
from partyroom.ui.naming import named
from partyroom.ui.table import Column, Query, TablePanel, Tone
from partyroom.ui.theme import COLOURS, scaled

_GREY, _BLUE, _PALE_BLUE, _GOLD = "#8A94A0", "#3D6FB4", COLOURS["blue_line"], "#E0A526"
_LEVEL_COLOURS = (_PALE_BLUE, _GOLD, "#D9732B", COLOURS["accent"])


class ChartSource:
    """Answers one of the tables from the charts read last for its year."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.year = today().year
        self._rows: dict[int, Any] = {}

    def ids(self, session: Any, query: Query) -> list[int]:
        """All lines in the order of the chart."""
        rows = getattr(charts_service.charts_of(session, self.year), self.what)
        self._rows = {row.id: row for row in rows}
        return [row.id for row in rows if query.search in _first_text(row)]

    def rows(self, _session: Any, ids: Sequence[int]) -> list[Any]:
        """The lines as they were when last asked for."""
        rows = self._rows
        return [rows[i] for i in ids if i in rows]


def _first_text(row: Any) -> str:
    return row.label if isinstance(row, Part) else _month(row)


def _month(row: MonthCollected | MonthArrears) -> str:
    return f"{row.month.month}月"


def _money(key: str, row: Any) -> str:
    return yuan(getattr(row, key), grouped=True)


def _people(place: int, row: MonthArrears) -> str:
    return str(row.people[place])


def _total(row: MonthArrears) -> str:
    return str(row.total)


def _rate(row: MonthCollected) -> str:
    return row.rate


def _rate_tone(row: MonthCollected) -> Tone:
    return "warning" if 0 <= row.tenths < 1000 and row.month.replace(day=1) < today().replace(day=1) else ""


def _fen(key: str, title: str, width: int = 130) -> Column:
    return Column(key, title, width, "right", sortable=False, text=partial(_money, key))


_COLLECTED = (
    Column("month", "月份", 90, sortable=False, text=_month, stretch=True),
    _fen("due_fen", "应交（元）"),
    _fen("paid_fen", "实交（元）"),
    Column("rate", "交纳率", 90, "right", sortable=False, text=_rate, tone=_rate_tone),
    _fen("extra_fen", "自愿多交（元）"),
)
_ARREARS = (
    Column("month", "月份", 90, sortable=False, text=_month, stretch=True),
    *(
        Column(f"level{place}", level_label(level), 90, "right", sortable=False, text=partial(_people, place))
        for place, level in enumerate(LEVELS)
    ),
    Column("total", "欠交人数", 100, "right", sortable=False, text=_total),
    _fen("owed_fen", "欠交金额（元）"),
)
_PARTS = (
    Column("label", "交纳标准", 140, sortable=False, stretch=True),
    Column("people", "人数", 90, "right", sortable=False),
    _fen("due_fen", "每月应交合计（元）", 170),
)
_EMPTY = "这一年还没有可以画成图的党费记录。\n先开立年度、核定基数，再收党费。"
_NO_ARREARS = "没有欠交：已经结束的月份都交清了。"


class ChartsPage(Section):
    """Three charts of the year chosen; `表格` shows the figures of the one in front."""

    title: ClassVar[str] = "图表"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.charts: YearCharts | None = None
        self.tabs = named(QTabBar(), "chart_tabs", "图表的种类")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for text in ("交纳进度", "欠交情况", "标准构成"):
            self.tabs.addTab(text)
        self.as_table = named(QPushButton("表格"), "as_table_button")
        self.as_table.setCheckable(True)
        self.as_table.setToolTip("在图和表格之间切换（Ctrl+T）")
        self.as_table.setShortcut("Ctrl+T")
        self.sentence = named(QLabel(), "chart_sentence")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.plots = [PlotPage("collected", money=True), PlotPage("arrears"), PlotPage("parts")]
        self.sources = [ChartSource("collected"), ChartSource("arrears"), ChartSource("parts")]
        every_column = (_COLLECTED, _ARREARS, _PARTS)
        self.panels = [_panel(desk, *pair) for pair in zip(self.sources, every_column, strict=True)]
        self.stack = named(QStackedWidget(), "chart_stack")
        for plot, panel in zip(self.plots, self.panels, strict=True):
            self.stack.addWidget(plot)
            self.stack.addWidget(panel)
        self._lay_out()
        self.tabs.currentChanged.connect(self._show_part)
        self.as_table.toggled.connect(self._show_part)

    def reload(self, year: int | None = None) -> None:
        """Read the charts of the year again."""
        super().reload(year)
        work = partial(_charts, self.year)
        self.desk.tasks.read(work, self._on_charts_read, owner=self, key="charts")
        for source in self.sources:
            source.year = self.year
        self._reload_table()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(scaled(8))
        line.addWidget(self.tabs, 1)
        line.addWidget(self.as_table)
        column = QVBoxLayout()
        column.setSpacing(scaled(8))
        column.addLayout(line)
        column.addWidget(self.sentence)
        column.addWidget(self.stack, 1)
        self.body.addLayout(column, 1)
        self.setFocusProxy(self.tabs)

    def _on_charts_read(self, charts: YearCharts) -> None:
        self.charts = charts
        self.plots[0].show_bars(_collected_bars(charts), _months(charts), _EMPTY, charts.collected_text)
        no_arrears = _NO_ARREARS if charts.collected_text else _EMPTY
        self.plots[1].show_bars(_arrears_bars(charts), _months(charts), no_arrears, charts.arrears_text)
        labels = [part.label for part in charts.parts]
        self.plots[2].show_bars(_part_bars(charts), labels, _EMPTY, charts.composition_text)
        self._show_part()

    def _show_part(self, _how: object = None) -> None:
        place = self.tabs.currentIndex()
        self.stack.setCurrentIndex(2 * place + int(self.as_table.isChecked()))
        self.as_table.setText("看图" if self.as_table.isChecked() else "表格")
        text = self.plots[place].words
        self.sentence.setText(text)
        self.sentence.setVisible(bool(text))
        self._reload_table()

    def _reload_table(self) -> None:
        if self.as_table.isChecked():
            self.panels[self.tabs.currentIndex()].reload()


def _charts(year: int, session: Any) -> YearCharts:
    return charts_service.charts_of(session, year)


def _panel(desk: Desk, source: ChartSource, columns: Sequence[Column]) -> TablePanel:
    name = f"dues_chart_{source.what}"
    return TablePanel(desk, name, columns, source, placeholder="搜索…", empty_text=_EMPTY, noun="行")


def _months(charts: YearCharts) -> list[str]:
    return [_month(month) for month in charts.collected]


def _collected_bars(charts: YearCharts) -> list[Bars]:
    if not charts.collected_text:
        return []
    due = Bars("应交", _GREY, tuple(month.due_fen for month in charts.collected))
    paid = Bars("实交", _BLUE, tuple(month.paid_fen for month in charts.collected))
    return [due, paid]


def _arrears_bars(charts: YearCharts) -> list[Bars]:
    if not charts.arrears_text:
        return []
    return [
        Bars(level_label(level), colour, tuple(month.people[place] for month in charts.arrears), stacked=True)
        for place, (level, colour) in enumerate(zip(LEVELS, _LEVEL_COLOURS, strict=True))
    ]


def _part_bars(charts: YearCharts) -> list[Bars]:
    return [Bars("人数", _BLUE, tuple(part.people for part in charts.parts))] if charts.parts else []
