"""党费: the ledger, bases, receipts, handing up and use, and charts of one year, as sections of one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import today
from partyroom.features.dues.assessments_page import AssessmentsPage
from partyroom.features.dues.charts_page import ChartsPage
from partyroom.features.dues.funds_page import FundsPage
from partyroom.features.dues.ledger_page import LedgerPage
from partyroom.features.dues.receipts_page import ReceiptsPage
from partyroom.features.dues.years_service import opened_years
from partyroom.ui.desk import Desk
from partyroom.ui.sections import SectionedPage


class DuesPage(SectionedPage):
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
        super().__init__(desk, "dues", parent)
        self.ledger = LedgerPage(desk)
        self.assessments = AssessmentsPage(desk)
        self.receipts = ReceiptsPage(desk)
        self.funds = FundsPage(desk)
        self.charts = ChartsPage(desk)
        self.add_section(self.ledger, "交纳台账")
        self.add_section(self.assessments, "基数核定")
        self.add_section(self.receipts, "收款记录")
        self.add_section(self.funds, "上交与使用")
        self.add_section(self.charts, "图表")

    def reload(self) -> None:
        """Read the years and the section in front again."""
        self.desk.tasks.read(opened_years, self._on_years_read, owner=self, key="years")
        super().reload()

    def _on_years_read(self, opened: Sequence[int]) -> None:
        """Offer the opened years, this one and the next, so that a year can be opened before it begins."""
        self.offer_years({*opened, today().year, today().year + 1})
