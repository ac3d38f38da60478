"""档案: what is to be filed, what is filed, boxes, handbook, inspection and handover, as sections of one page."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from partyroom.features.archives.book_page import BookSection
from partyroom.features.archives.boxes_page import BoxesPage
from partyroom.features.archives.handover_page import HandoverSection
from partyroom.features.archives.offers_page import OffersPage
from partyroom.features.archives.pieces_page import PiecesPage
from partyroom.features.archives.screen_service import Reminder, reminder_of, years_to_offer
from partyroom.features.archives.settings_dialog import CategoriesDialog, RetentionsDialog, ask_fonds
from partyroom.ui.desk import Desk
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.sections import Section, SectionedPage
from partyroom.ui.theme import scaled

SECTIONS: tuple[tuple[str, type[Section]], ...] = (
    ("待归档", OffersPage),
    ("已归档", PiecesPage),
    ("档案盒", BoxesPage),
    ("工作手册", BookSection),
    ("迎检与移交", HandoverSection),
)
"""The sections in the order of their tabs."""


class ArchivesPage(SectionedPage):
    """The tab 档案: the year is chosen once for all its sections."""

    title: ClassVar[str] = "档案"
    icon: ClassVar[str] = "archives"
    watches: ClassVar[frozenset[str]] = frozenset(
        {
            "archive_fonds",
            "archive_categories",
            "archive_retentions",
            "archive_pieces",
            "archive_files",
            "archive_boxes",
            "closed_years",
            "branch",
            "meetings",
        }
    )

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "archives", parent)
        self.head.addWidget(self._settings_button())
        self.reminder: Reminder | None = None
        self._remind = True
        self.strip = self._strip()
        self.body.insertWidget(1, self.strip)
        for text, kind in SECTIONS:
            self.add_section(kind(desk), text)

    def section(self, kind: type[Section]) -> Section:
        """The section of a class."""
        return next(section for section in self.sections if isinstance(section, kind))

    def reload(self) -> None:
        """Read the years, what is left of last year and the section in front again."""
        self.desk.tasks.read(years_to_offer, self.offer_years, owner=self, key="years")
        super().reload()
        if self._remind:  # it asks every feature: not again for another section or year
            self._remind = False
            self.desk.tasks.read(reminder_of, self._on_reminder_read, owner=self, key="reminder")

    def showEvent(self, event: QShowEvent) -> None:
        """Whatever has happened meanwhile elsewhere may have left more to be filed, or less."""
        self._remind = True
        super().showEvent(event)

    def edit_fonds(self) -> None:
        """Ask whose archive it is."""
        ask_fonds(self.desk, self)

    def edit_categories(self) -> None:
        """Show the categories."""
        CategoriesDialog(self.desk, self.window()).open()

    def edit_retentions(self) -> None:
        """Show how long each kind of paper is kept."""
        RetentionsDialog(self.desk, self.window()).open()

    def _settings_button(self) -> QToolButton:
        button = named(QToolButton(), "archive_settings", "档案设置")
        button.setText("设置")
        button.setIcon(icon("settings"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(button)
        for text, slot in (
            ("全宗号、全宗名称、机构…", self.edit_fonds),
            ("类别…", self.edit_categories),
            ("保管期限…", self.edit_retentions),
        ):
            action = QAction(text, self)
            action.triggered.connect(slot)
            menu.addAction(action)
        button.setMenu(menu)
        return button

    def _strip(self) -> QFrame:
        strip = named(QFrame(), "card")
        self.reminder_text = named(QLabel(), "filing_reminder")
        self.reminder_text.setTextFormat(Qt.TextFormat.PlainText)
        self.reminder_text.setWordWrap(True)
        self.reminder_text.setProperty("note", "warning")
        self.reminder_button = named(QPushButton("去归档"), "filing_reminder_button")
        self.reminder_button.clicked.connect(self._on_reminder_clicked)
        line = QHBoxLayout(strip)
        line.setContentsMargins(scaled(12), scaled(4), scaled(8), scaled(4))
        line.setSpacing(scaled(10))
        line.addWidget(self.reminder_text, 1)
        line.addWidget(self.reminder_button)
        strip.hide()
        return strip

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        self._remind = self._remind or not self.watches.isdisjoint(kinds)
        super()._on_data_changed(kinds)

    def _on_reminder_read(self, reminder: Reminder) -> None:
        self.reminder = reminder
        self.reminder_text.setText(reminder.text)
        self.strip.setVisible(bool(reminder.text))

    def _on_reminder_clicked(self) -> None:
        if self.reminder is None:
            return
        waiting = (self.reminder.offers, self.reminder.unnumbered, self.reminder.unboxed)
        place = next((number for number, count in enumerate(waiting) if count), 0)
        self.show_section(place)
        self.show_year(self.reminder.year)
