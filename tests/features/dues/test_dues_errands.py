"""What other rooms ask of the dues: the sheet of a meeting, the record of a member."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QWidget

from partyroom.features.dues.collect_dialog import CollectDialog
from partyroom.features.dues.page import DuesPage
from partyroom.features.dues.receipts_service import ReceiptQuery, list_receipt_ids, list_receipt_rows
from partyroom.ui.errands import Errand
from partyroom.ui.print_preview import PrintPreview


@pytest.fixture
def page(desk, qtbot, fixed_today) -> DuesPage:
    made = DuesPage(desk)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def asking(qtbot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def collect(page: DuesPage, window: QWidget, day: date, *members: int) -> None:
    values = {"day": day, "members": members, "occasion": "十一月主题党日"}
    page.take(Errand("collect_dues", values, window))


def test_those_present_are_collected_with_day_and_occasion_of_the_meeting(
    page, asking, library, open_year, owing, opened, settle
):
    open_year()
    here, _away, also_here = owing("张三"), owing("李四"), owing("王五")
    collect(page, asking, date(2026, 11, 12), here, also_here)
    dialog = opened(CollectDialog)
    settle()
    assert dialog.parentWidget() is asking
    assert sorted(line.name for line in dialog.model.lines) == ["张三", "王五"]
    dialog.submit()
    settle()
    rows = library.read(lambda s: list_receipt_rows(s, list_receipt_ids(s, ReceiptQuery())))
    assert sorted((row.name, row.received_on, row.occasion) for row in rows) == [
        ("张三", date(2026, 11, 12), "十一月主题党日"),
        ("王五", date(2026, 11, 12), "十一月主题党日"),
    ]


def test_a_meeting_to_come_and_one_without_a_list_ask_for_everybody_today(
    page, asking, open_year, owing, opened, settle
):
    open_year()
    owing("张三")
    owing("李四")
    collect(page, asking, date(2026, 11, 29))
    dialog = opened(CollectDialog)
    settle()
    assert len(dialog.model.lines) == 2
    assert dialog.grid.values()["received_on"].exact == date(2026, 11, 22)


def test_the_record_of_a_member_opens_in_front_of_who_asked(page, asking, open_year, owing, opened, settle):
    open_year()
    member = owing("张三")
    page.take(Errand("member_dues", {"member": member, "name": "张三"}, asking))
    settle()
    preview = opened(PrintPreview)
    assert preview.parentWidget() is asking
    assert preview.windowTitle().startswith("张三党费交纳记录")
