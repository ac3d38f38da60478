"""A page of several sections for one year: tabs, the year chosen once for all, and the section in front."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QTabBar, QWidget

from partyroom.core.calendar import today
from partyroom.ui.desk import Desk
from partyroom.ui.naming import named
from partyroom.ui.page import Page
from partyroom.ui.theme import scaled


class Section(Page):
    """Base of the sections; the page around them says for which year and when to read again."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.year = today().year
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(0, 0, 0, 0)

    def reload(self, year: int | None = None) -> None:
        """Read what belongs to `year`, or to the year shown, again."""
        if year is not None:
            self.year = year

    def showEvent(self, event: QShowEvent) -> None:
        """Leave reading to the page around, which knows the year."""
        QWidget.showEvent(self, event)


class SectionedPage(Page):
    """Base of pages with sections: `add_section` appends one, `offer_years` fills the combo of years.

    Object names of the tabs, the stack and the combo begin with `name`.
    """

    def __init__(self, desk: Desk, name: str, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.sections: list[Section] = []
        self.tabs = named(QTabBar(), f"{name}_tabs", f"{self.title}的各部分")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.stack = named(QStackedWidget(), f"{name}_sections")
        self.years = named(QComboBox(), f"{name}_year", "年度")
        self.years.setMinimumWidth(scaled(92))
        self.years.addItem(f"{today().year}年", today().year)
        self.years.activated.connect(self._on_year_activated)
        label = QLabel("年度(&Y)")
        label.setBuddy(self.years)
        self.head = QHBoxLayout()
        self.head.setSpacing(scaled(8))
        self.head.addWidget(self.tabs, 1)
        self.head.addWidget(label)
        self.head.addWidget(self.years)
        self.body.addLayout(self.head)
        self.body.addWidget(self.stack, 1)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.setFocusProxy(self.stack)

    @property
    def year(self) -> int:
        """The year shown in all sections."""
        return int(self.years.currentData())

    def add_section(self, section: Section, text: str) -> None:
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

    def show_year(self, year: int) -> None:
        """Show another year, offered or not so far."""
        if self.years.findData(year) < 0:
            self.years.addItem(f"{year}年", year)
        self.years.setCurrentIndex(self.years.findData(year))
        self.reload()

    def reload(self) -> None:
        """Read the section in front again."""
        self.sections[self.stack.currentIndex()].reload(self.year)

    def offer_years(self, years: Iterable[int]) -> None:
        """Offer these years and the one that is shown, the latest first."""
        chosen = self.year
        offered = sorted({*years, chosen}, reverse=True)
        if offered == [self.years.itemData(place) for place in range(self.years.count())]:
            return
        self.years.clear()
        for year in offered:
            self.years.addItem(f"{year}年", year)
        self.years.setCurrentIndex(self.years.findData(chosen))

    def _on_tab_changed(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        if self.isVisible():  # else it reads when it is shown
            self.reload()

    def _on_year_activated(self, _place: int) -> None:
        self.reload()
