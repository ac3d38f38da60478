"""党费: the ledger, bases, receipts, handing up and use, and charts of one year, as sections of one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import today
from partyroom.features.dues.assessments_page import AssessmentsPage
from partyroom.features.dues.charts_page import ChartsPage
from partyroom.features.dues.collect_dialog import CollectDialog
from partyroom.features.dues.funds_page import FundsPage
from partyroom.features.dues.ledger import first_of
from partyroom.features.dues.ledger_page import LedgerPage
from partyroom.features.dues.papers_dialog import preview_personal
from partyroom.features.dues.receipts_page import ReceiptsPage
from partyroom.features.dues.years_service import opened_years
from partyroom.ui.desk import Desk
from partyroom.ui.errands import Errand
from partyroom.ui.sections import SectionedPage

COLLECT_DUES = "collect_dues"
"""Collect a month from those present: values `day`, `members` (ids, an empty tuple: everybody), `occasion`."""
MEMBER_DUES = "member_dues"
"""Preview what a member paid: values `member` (the id), `name`."""


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
    errands: ClassVar[frozenset[str]] = frozenset({COLLECT_DUES, MEMBER_DUES})

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

    def take(self, errand: Errand) -> None:
        """Collect dues at a meeting, or preview the record of one member."""
        values = errand.values
        if errand.name == MEMBER_DUES:
            preview_personal(self.desk, errand.window, int(str(values["member"])), str(values["name"]))
            return
        day, members = values["day"], values["members"]
        assert isinstance(day, date)
        assert isinstance(members, tuple)
        occasion = str(values["occasion"])
        received_on = min(day, today())
        CollectDialog(
            self.desk, first_of(day), members or None, occasion, received_on=received_on, parent=errand.window
        ).open()

    def _on_years_read(self, opened: Sequence[int]) -> None:
        """Offer the opened years, this one and the next, so that a year can be opened before it begins."""
        self.offer_years({*opened, today().year, today().year + 1})
