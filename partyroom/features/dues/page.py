"""党费: the ledger, bases, receipts, handing up and use, and charts of one year, as sections of one page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QTabBar, QWidget

from partyroom.core.calendar import today
from partyroom.features.dues.assessments_page import AssessmentsPage
from partyroom.features.dues.charts_page import ChartsPage
from partyroom.features.dues.funds_page import FundsPage
from partyroom.features.dues.ledger_page import LedgerPage
from partyroom.features.dues.receipts_page import ReceiptsPage
from partyroom.features.dues.section_page import Section
from partyroom.features.dues.years_service import opened_years
from partyroom.ui.desk import Desk
from partyroom.ui.naming import named
from partyroom.ui.page import Page
from partyroom.ui.theme import scaled


class DuesPage(Page):
    """The tab 党费: the year is chosen once for all its sections."""

    title: ClassVar[str] = "党费"
    icon: ClassVar[str] = "dues"
    watches: ClassVar[frozenset[str]] = frozenset(
        {
            "dues_years",
            "dues_accounts",
            "dues_assessments",
            "dues_reliefs",
            "dues_arrears_reasons",
            "dues_receipts",
            "dues_closings",
            "dues_movements",
            "members",
        }
    )

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.ledger = LedgerPage(desk)
        self.assessments = AssessmentsPage(desk)
        self.receipts = ReceiptsPage(desk)
        self.funds = FundsPage(desk)
        self.charts = ChartsPage(desk)
        self.sections: list[Section] = []
        self.tabs = named(QTabBar(), "dues_tabs", "党费的各部分")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.stack = named(QStackedWidget(), "dues_sections")
        self._lay_out()
        self._add(self.ledger, "交纳台账")
        self._add(self.assessments, "基数核定")
        self._add(self.receipts, "收款记录")
        self._add(self.funds, "上交与使用")
        self._add(self.charts, "图表")
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.setFocusProxy(self.stack)

    @property
    def year(self) -> int:
        """The year shown in all sections."""
        return int(self.years.currentData())

    def _lay_out(self) -> None:
        self.years = named(QComboBox(), "dues_year", "年度")
        self.years.setMinimumWidth(scaled(92))
        self.years.addItem(f"{today().year}年", today().year)
        self.years.activated.connect(self._on_year_activated)
        label = QLabel("年度(&Y)")
        label.setBuddy(self.years)
        row = QHBoxLayout()
        row.setSpacing(scaled(8))
        row.addWidget(self.tabs, 1)
        row.addWidget(label)
        row.addWidget(self.years)
        self.body.addLayout(row)
        self.body.addWidget(self.stack, 1)

    def _add(self, section: Section, text: str) -> None:
        """Append a section; Alt and its number bring it to the front."""
        number = len(self.sections)
        self.sections.append(section)
        self.stack.addWidget(section)
        self.tabs.addTab(text)
        self.tabs.setTabToolTip(number, f"Alt+{number + 1}")
        keys = QKeySequence(f"Alt+{number + 1}")
        shortcut = QShortcut(keys, self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(partial(self.show_section, number))

    def show_section(self, number: int) -> None:
        """Bring a section to the front."""
        self.tabs.setCurrentIndex(number)

    def reload(self) -> None:
        """Read the years and the section in front again."""
        self.desk.tasks.read(opened_years, self._on_years_read, owner=self, key="years")
        self.sections[self.stack.currentIndex()].reload(self.year)

    def _on_tab_changed(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.reload()

    def _on_year_activated(self, _place: int) -> None:
        self.reload()

    def _on_years_read(self, opened: Sequence[int]) -> None:
        """Offer the opened years, this one and the next, so that a year can be opened before it begins."""
        chosen = self.year
        years = sorted({*opened, chosen, today().year, today().year + 1}, reverse=True)
        if years == [self.years.itemData(place) for place in range(self.years.count())]:
            return
        self.years.clear()
        for year in years:
            self.years.addItem(f"{year}年", year)
        self.years.setCurrentIndex(self.years.findData(chosen))
