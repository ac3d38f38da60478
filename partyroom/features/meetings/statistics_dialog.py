"""考勤统计: attendance of a period by person, by month and as a chart; and the year's summary of 三会一课."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import today
from partyroom.core.text import safe_file_name
from partyroom.features.meetings import statistics_service as service
from partyroom.features.meetings.attendance_chart_page import AttendanceChartPage
from partyroom.features.meetings.attendance_rates import AttendanceRates
from partyroom.features.meetings.domain import Kinds, kind_choices, kind_label
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.statistics_list_page import (
    MONTH_COLUMNS,
    PEOPLE_COLUMNS,
    MonthSource,
    PeopleSource,
    total,
)
from partyroom.features.meetings.statistics_service import RatesQuery
from partyroom.features.meetings.summary_dialog import ask_summary
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch
from partyroom.ui.date_edit import DateEditor
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, Kind
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.table import TablePanel
from partyroom.ui.theme import scaled


class StatisticsDialog(Dialog):
    """Attendance of a period and of some kinds of meetings."""

    def __init__(self, desk: Desk, kinds: Kinds, parent: QWidget | None = None) -> None:
        super().__init__("考勤统计", parent)
        self.setObjectName("statistics_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self._kinds = kinds
        self._query = RatesQuery(date(today().year, 1, 1), date(today().year, 12, 31))
        self._people = PeopleSource(self._query)
        self._months = MonthSource(self._query)
        empty = "这段时间没有考勤记录。\n换一个期间，或者在会议记录里填写考勤。"
        self.people = TablePanel(
            desk, "rates_people", PEOPLE_COLUMNS, self._people, empty_text=empty, summary=total,
            placeholder="搜索姓名、党小组、科室…",
        )  # fmt: skip
        self.months = TablePanel(
            desk, "rates_months", MONTH_COLUMNS, self._months, empty_text=empty, noun="个月", summary=total,
            placeholder="搜索月份…",
        )  # fmt: skip
        self.chart = AttendanceChartPage()
        self._lay_out()
        self._show_period()
        desk.tasks.data_changed.connect(self._on_data_changed)
        self._reload()

    def _lay_out(self) -> None:
        self.tabs = named(QTabWidget(), "statistics_tabs", "考勤统计")
        for widget, text in ((self.people, "按人"), (self.months, "按月"), (self.chart, "图表")):
            self.tabs.addTab(widget, text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(10))
        layout.addLayout(self._period_line())
        layout.addWidget(self.tabs, 1)
        layout.addLayout(self._buttons())

    def _period_line(self) -> QHBoxLayout:
        self.period = named(QComboBox(), "period_box", "期间")
        year = today().year
        school = year if today().month >= 9 else year - 1
        for text, first, last in (
            ("今年", date(year, 1, 1), date(year, 12, 31)),
            ("去年", date(year - 1, 1, 1), date(year - 1, 12, 31)),
            ("本学年", date(school, 9, 1), date(school + 1, 8, 31)),
            ("自定期间", None, None),
        ):
            self.period.addItem(text, (first, last))
        self.period.activated.connect(self._on_period_activated)
        self.first = DateEditor(Field("first", "开始日期", Kind.DATE, exact=True))
        self.last = DateEditor(Field("last", "结束日期", Kind.DATE, exact=True))
        for editor in (self.first, self.last):
            editor.setMaximumWidth(scaled(150))
            editor.left.connect(self._on_dates_left)
        self.kind_button = named(QToolButton(), "kinds_button", "会议类型")
        self.kind_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.kind_button.setMenu(self._kind_menu())
        self.problem = named(QLabel(), "field_problem")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        line = QHBoxLayout()
        for widget in (self.period, self.first, QLabel("至"), self.last, self.kind_button):
            line.addWidget(widget)
        line.addWidget(self.problem, 1)
        return line

    def _kind_menu(self) -> QMenu:
        menu = QMenu(self)
        self._kind_actions: dict[str, QAction] = {}
        for code, label in kind_choices(self._kinds):
            action = menu.addAction(label.replace("&", "&&"))
            action.setCheckable(True)
            action.toggled.connect(self._on_kind_toggled)
            self._kind_actions[code] = action
        menu.addSeparator()
        menu.addAction("全部类型", self._on_all_kinds_triggered)
        return menu

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for text, name, slot in (
            ("三会一课汇总…", "summary_button", self.show_summary),
            ("", "", None),
            ("导出 Excel…", "export_button", self.export),
            ("打印预览", "print_button", self.print_preview),
            ("关闭", "close_button", self.reject),
        ):
            if slot is None:
                row.addStretch(1)
                continue
            button = named(QPushButton(text), name)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
        return row

    def sizeHint(self) -> QSize:
        """Wide enough for the columns; the base class keeps it within the screen."""
        return QSize(scaled(1000), scaled(640))

    # The period

    def _show_period(self) -> None:
        self.first.set_value(self._query.first)
        self.last.set_value(self._query.last)
        count = len(self._query.kinds)
        self.kind_button.setText("全部类型" if not count else self._kinds_text(2))

    def _kinds_text(self, most: int) -> str:
        labels = [kind_label(code, self._kinds) for code in self._query.kinds]
        return "、".join(labels[:most]) + (f"等{len(labels)}类" if len(labels) > most else "") or "全部"

    def _on_period_activated(self, place: int) -> None:
        first, last = self.period.itemData(place)
        if first is None:
            self.first.setFocus()
        else:
            self.problem.clear()
            self._ask(replace(self._query, first=first, last=last))

    def _on_dates_left(self) -> None:
        first, last = self.first.value(), self.last.value()
        wrong = self.first.problem() or self.last.problem()
        days = [recorded.exact if recorded else None for recorded in (first, last)]
        if wrong or None in days:
            self.problem.setText(wrong or "请填写开始和结束的日期。")
            return
        start, end = days
        assert start is not None
        assert end is not None
        if end < start:
            self.problem.setText("结束日期早于开始日期，请核对。")
            return
        self.problem.clear()
        if (start, end) != (self._query.first, self._query.last):
            self.period.setCurrentIndex(self.period.count() - 1)
            self._ask(replace(self._query, first=start, last=end))

    def _on_kind_toggled(self) -> None:
        chosen = tuple(code for code, action in self._kind_actions.items() if action.isChecked())
        if chosen != self._query.kinds:
            self._ask(replace(self._query, kinds=chosen))

    def _on_all_kinds_triggered(self) -> None:
        for action in self._kind_actions.values():
            action.blockSignals(True)
            action.setChecked(False)
            action.blockSignals(False)
        self._on_kind_toggled()

    def _ask(self, query: RatesQuery) -> None:
        self._query = self._people.query = self._months.query = query
        self._show_period()
        self._reload()

    def _reload(self) -> None:
        self.people.reload()
        self.months.reload()
        self._desk.tasks.read(partial(_read, self._query), self._on_rates_read, owner=self, key="chart")

    def _on_rates_read(self, read: tuple[AttendanceRates, Branch]) -> None:
        self.chart.show_months(read[0].months)

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if not kinds.isdisjoint({"meetings", "attendance", "members"}):
            self._reload()

    # Papers

    def show_summary(self) -> None:
        """Ask for a year and preview the summary of 三会一课."""
        ask_summary(self._desk, self)

    def print_preview(self) -> None:
        """Preview both tables as a ledger."""
        self._desk.tasks.read(partial(_read, self._query), self._on_rates_to_print, owner=self)

    def _on_rates_to_print(self, read: tuple[AttendanceRates, Branch]) -> None:
        if self._has_something(read[0]):
            work = partial(_typeset, read, self._query, self._kinds_text(6))
            self._desk.tasks.compute(work, partial(self._show, read), owner=self, title="正在排版考勤统计表")

    def _show(self, read: tuple[AttendanceRates, Branch], printed: tuple[bytes, tuple[str, ...]]) -> None:
        from partyroom.ui.print_preview import PrintPreview

        pdf, warnings = printed
        copies = [("另存为 Excel…", "xlsx", partial(_workbook, read, self._query))]
        PrintPreview(
            self._desk, "考勤统计表", pdf, self._file_name(), warnings=warnings, copies=copies, parent=self
        ).open()

    def export(self) -> None:
        """Save both tables as a workbook."""
        self._desk.tasks.read(partial(_read, self._query), self._on_rates_to_export, owner=self)

    def _on_rates_to_export(self, read: tuple[AttendanceRates, Branch]) -> None:
        if not self._has_something(read[0]):
            return
        path = self._desk.messages.choose_save("导出考勤统计", f"{self._file_name()}.xlsx", "Excel 工作簿 (*.xlsx)")
        if path is not None:
            work = partial(_export, read, self._query, path)
            self._desk.tasks.compute(work, partial(self._on_exported, path), owner=self, title="正在导出")

    def _on_exported(self, path: Path, _result: None) -> None:
        self._desk.messages.inform(f"考勤统计已导出：{path}")

    def _has_something(self, rates: AttendanceRates) -> bool:
        if not rates.people:
            self._desk.messages.problem("没有可以输出的", "这段时间没有考勤记录，请换一个期间。")
        return bool(rates.people)

    def _file_name(self) -> str:
        return safe_file_name(f"考勤统计表{self._query.first:%Y%m%d}-{self._query.last:%Y%m%d}")


def open_statistics(desk: Desk, owner: QWidget) -> None:
    """Open the statistics with the kinds as this branch has them."""
    desk.tasks.read(_kinds, partial(_open, desk, owner), owner=owner, key="statistics")


def _open(desk: Desk, owner: QWidget, kinds: Kinds) -> None:
    StatisticsDialog(desk, kinds, owner).open()


def _kinds(session: Any) -> Kinds:
    return kinds_of(session)


def _read(query: RatesQuery, session: Any) -> tuple[AttendanceRates, Branch]:
    return service.attendance_rates(session, query), get_branch(session)


def _typeset(
    read: tuple[AttendanceRates, Branch], query: RatesQuery, kinds: str, progress: Progress
) -> tuple[bytes, tuple[str, ...]]:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.pdf import render_pdf
    from partyroom.features.meetings.statistics_report import rates_document

    rates, branch = read
    document = rates_document(rates, branch, first=query.first, last=query.last, kinds=kinds)
    rendered = render_pdf(document, progress=progress.step)
    return rendered.data, rendered.missing


def _workbook(read: tuple[AttendanceRates, Branch], query: RatesQuery) -> bytes:
    from partyroom.documents.sheet import render_xlsx
    from partyroom.features.meetings.statistics_report import rates_sheets

    return render_xlsx(*rates_sheets(*read, first=query.first, last=query.last))


def _export(read: tuple[AttendanceRates, Branch], query: RatesQuery, path: Path, _progress: Progress) -> None:
    save_bytes(path, _workbook(read, query))
