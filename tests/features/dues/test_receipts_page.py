# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from datetime import date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from partyroom.core import calendar
from partyroom.features.dues.collect_model import AMOUNT, CollectModel, line_for
from partyroom.features.dues.collect_service import record_payment
from partyroom.features.dues.ledger import Method
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.dues.month_dialog import MonthDialog
from partyroom.features.dues.papers_dialog import preview_receipts
from partyroom.features.dues.papers_service import signature_lines
from partyroom.features.dues.payments import PaymentDraft
from partyroom.features.dues.receipt_dialog import ReceiptDialog, ReverseDialog
from partyroom.features.dues.receipts_page import ReceiptsPage, total
from partyroom.ui.print_preview import PrintPreview


@pytest.fixture(autouse=True)
def _quiet(qtlog):
    """The offscreen platform says at each window what it cannot do."""
    with qtlog.disabled():
        yield


@pytest.fixture
def pay(library, fixed_today):
    """Records a payment of a member on a day of 2026 and returns the receipt's id."""

    def do(member: int, fen: int, month: int = 10, method: Method = Method.CASH) -> int:
        day = date(2026, month, 20)
        with calendar.stopped_at(datetime(2026, month, 20, 9)):
            return library.write("收款", lambda s: record_payment(s, PaymentDraft(member, day, fen, method))).result

    return do


@pytest.fixture
def page(desk, qtbot, fixed_today):
    made = ReceiptsPage(desk)
    qtbot.addWidget(made)
    made.resize(1140, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


def rest(page) -> None:
    page.reload(2026)
    assert page.desk.tasks.wait_idle(20_000)


def shown(page, column: str) -> list[str]:
    model = page.panel.model
    number = next(number for number, one in enumerate(model.columns) if one.key == column)
    return [str(model.index(row, number).data()) for row in range(model.rowCount())]


def only(kind):
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    assert len(found) == 1, found
    return found[0]


def test_an_empty_year_says_where_receipts_come_from(page):
    rest(page)
    assert "收本月党费" in page.panel.view.note.text.text()


def test_receipts_stand_newest_first_with_filters_and_sum(page, open_year, owing, pay):
    open_year()
    first, second = owing("张三", 5000, 500_000), owing("李四", 5000, 500_000)
    pay(first, 5000, 9)
    pay(second, 6000, 10, Method.WECHAT)
    rest(page)
    assert shown(page, "number") == ["2026-0002", "2026-0001"]
    assert total([page.panel.model.row_at(row) for row in (0, 1)]) == "合计110.00元"
    combo = page.findChild(object, "filter_method")
    combo.setCurrentIndex(combo.findData("wechat"))
    assert page.desk.tasks.wait_idle(20_000)
    assert shown(page, "name") == ["李四"]
    combo.setCurrentIndex(0)
    months = page.findChild(object, "filter_month")
    months.setCurrentIndex(months.findData(9))
    assert page.desk.tasks.wait_idle(20_000)
    assert shown(page, "name") == ["张三"]


def test_a_reversed_receipt_is_marked_and_cannot_be_reversed_again(page, open_year, owing, pay, messages):
    open_year()
    receipt = pay(owing("张三", 5000, 500_000), 5000)
    rest(page)
    page._on_reverse_asked([receipt])
    assert page.desk.tasks.wait_idle(20_000)
    form = only(ReverseDialog)
    form.grid.cells["reason"].editor.set_value("金额登记错误")
    form.submit()
    assert page.desk.tasks.wait_idle(20_000)
    rest(page)
    assert shown(page, "state") == ["冲正2026-0001", "已被2026-0002冲正"]
    assert shown(page, "amount_fen") == ["-50.00", "50.00"]
    page._on_reverse_asked([receipt])
    assert page.desk.tasks.wait_idle(20_000)
    assert "不能再冲正" in messages.informed[-1]


def test_a_receipt_is_opened_in_full_and_printed(page, open_year, owing, pay, qtbot):
    open_year()
    receipt = pay(owing("张<b>三", 5000, 500_000), 6000)
    rest(page)
    page.panel.opened.emit(receipt)
    assert page.desk.tasks.wait_idle(20_000)
    dialog = only(ReceiptDialog)
    texts = [label.text() for label in dialog.findChildren(object) if label.objectName() == "receipt_党员"]
    assert texts == ["张<b>三"]
    assert dialog.findChild(object, "receipt_金额").text() == "60.00元（陆拾元整）"
    assert "2026年2月　应交　10.00元" in dialog.findChild(object, "receipt_入账").text()
    dialog.done(0)
    preview_receipts(page.desk, page, [receipt])
    seen = lambda: any(isinstance(w, PrintPreview) and w.isVisible() for w in QApplication.topLevelWidgets())  # noqa: E731
    qtbot.waitUntil(seen, timeout=20_000)
    assert only(PrintPreview).windowTitle() == "党费收据 2026-0001"
    only(PrintPreview).done(0)


def test_the_sheet_of_a_month_has_who_owes_with_what_was_paid_and_how(library, open_year, owing, pay):
    open_year()
    pay(owing("张三", 5000, 500_000), 55_00, 1, Method.WECHAT)
    owing("李四", 6000, 600_000)
    lines = {line.name: line for line in library.read(lambda s: signature_lines(s, date(2026, 1, 1)))}
    assert (lines["张三"].due_fen, lines["张三"].paid_fen, lines["张三"].method) == (5000, 5500, Method.WECHAT)
    assert (lines["李四"].due_fen, lines["李四"].paid_fen, lines["李四"].method) == (6000, 0, None)


def test_the_list_of_a_collection_keeps_qts_contract(qtmodeltester, library, open_year, owing, fixed_today):
    open_year()
    owing("张三", 5000, 500_000)
    model = CollectModel()
    lines = library.read(lambda s: ledger_of(s, 2026))
    model.put([line_for(line, [date(2026, 1, 1), date(2026, 2, 1)]) for line in lines])
    qtmodeltester.check(model)
    assert model.index(0, AMOUNT).data() == "100.00"
    model.toggle([0])
    assert model.ticked == []
    assert model.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked


def test_a_month_before_somebody_came_says_why_nothing_is_asked(desk, qtbot, open_year, owing, fixed_today):
    open_year()
    member = owing("张三", 5000, 500_000, joined="2026-06-20", full_since=None, category="probationary")
    dialog = MonthDialog(desk, member, date(2026, 3, 1))
    qtbot.addWidget(dialog)
    dialog.show()
    assert desk.tasks.wait_idle(20_000)
    assert "这个月不在本支部交纳" in dialog.story.text()
