"""One section of the dues: a part of the page with its own tool bar, shown for one year at a time."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import today
from partyroom.ui.desk import Desk
from partyroom.ui.page import Page


class Section(Page):
    """Base of the sections; the page of the dues says for which year and when to read again."""

    icon: ClassVar[str] = "dues"

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
        """Leave reading to the page of the dues, which knows the year."""
        QWidget.showEvent(self, event)
