"""党费: the ledger, bases, receipts, handing up and use, and charts of one year, as sections of one page."""

from __future__ import annotations

import importlib
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QTabBar, QWidget

from partyroom.core.calendar import today
from partyroom.ui.desk import Desk
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.page import Page
from partyroom.ui.theme import scaled

_SECTIONS = (
    ("交纳台账", "ledger_page", "LedgerPage"),
    ("基数核定", "assessments_page", "AssessmentsPage"),
    ("收款记录", "receipts_page", "ReceiptsPage"),
    ("上交与使用", "funds_page", "FundsPage"),
    ("图表", "charts_page", "ChartsPage"),
)
"""Every section is a QWidget made as `Section(desk, parent)` with `reload(year: int)`."""


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
        self.sections: list[Any] = []
        self.tabs = named(QTabBar(), "dues_tabs", "党费的各部分")
        self.tabs.setDrawBase(False)
        self.stack = named(QStackedWidget(), "dues_sections")
        self._lay_out()
        self._add_sections()
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

    def _add_sections(self) -> None:
        for text, module, name in _SECTIONS:
            try:
                made = getattr(importlib.import_module(f"partyroom.features.dues.{module}"), name)(self.desk)
            except ModuleNotFoundError:
                continue
            self.sections.append(made)
            self.stack.addWidget(made)
            self.tabs.addTab(text)
            keys = QKeySequence(f"Alt+{self.stack.count()}")
            shortcut = QShortcut(keys, self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self.show_section, self.stack.count() - 1))

    def show_section(self, number: int) -> None:
        """Bring a section to the front."""
        self.tabs.setCurrentIndex(number)

    def reload(self) -> None:
        """Read the section in front again, for the year chosen."""
        if self.stack.currentWidget() is not None:
            self.sections[self.stack.currentIndex()].reload(self.year)

    def _on_tab_changed(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.reload()

    def _on_year_activated(self, _place: int) -> None:
        self.reload()
