from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt

from partyroom.features.dues.collect_dialog import CollectDialog
from partyroom.features.dues.collect_model import AMOUNT, CollectModel, line_for
from partyroom.features.dues.collect_service import close_month
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.dues.receipts_service import ReceiptQuery, list_receipt_ids, list_receipt_rows
from partyroom.features.members.service import admit_member

NOVEMBER = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _quiet(qtlog):
    """The offscreen platform says at each window what it cannot do."""
    with qtlog.disabled():
        yield


def receipts(library) -> list:
    return library.read(lambda s: list_receipt_rows(s, list_receipt_ids(s, ReceiptQuery(descending=False))))


def test_an_amount_that_is_none_is_refused_in_words(open_year, owing, library, fixed_today, qtbot):
    model = CollectModel()
    open_year()
    owing("张三", 5000, 500_000)
    (line,) = library.read(lambda s: ledger_of(s, 2026))
    model.put([line_for(line, [NOVEMBER])])
    said = []
    model.refused.connect(said.append)
    assert not model.setData(model.index(0, AMOUNT), "五十", Qt.ItemDataRole.EditRole)
    assert not model.setData(model.index(0, AMOUNT), "0", Qt.ItemDataRole.EditRole)
    assert "看不懂金额" in said[0]
    assert "大于零" in said[1]
    assert model.lines[0].amount_fen == 5000


def test_only_those_named_are_offered_with_the_occasion(desk, library, open_year, owing, fixed_today, qtbot):
    open_year()
    present = owing("张三")
    owing("李四")
    dialog = CollectDialog(desk, NOVEMBER, [present], "支部主题党日")
    qtbot.addWidget(dialog)
    dialog.show()
    assert desk.tasks.wait_idle(20_000)
    assert [line.name for line in dialog.model.lines] == ["张三"]
    dialog.submit()
    assert desk.tasks.wait_idle(20_000)
    (row,) = receipts(library)
    assert row.occasion == "支部主题党日"


def test_nothing_is_collected_in_a_closed_month_and_the_dialog_says_why(
    desk, library, open_year, owing, fixed_today, qtbot
):
    open_year()
    owing("张三")
    library.write("结账", lambda s: close_month(s, NOVEMBER))
    dialog = CollectDialog(desk, NOVEMBER)
    qtbot.addWidget(dialog)
    dialog.show()
    assert desk.tasks.wait_idle(20_000)
    dialog.submit()
    assert desk.tasks.wait_idle(20_000)
    assert receipts(library) == []
    assert dialog.isVisible()
    assert dialog.accept_button.isEnabled()


def test_who_has_no_base_is_named_and_not_collected(desk, library, open_year, owing, person, fixed_today, qtbot):
    open_year()
    owing("张三")
    library.write("新党员", lambda s: admit_member(s, person("王五")))
    dialog = CollectDialog(desk, NOVEMBER)
    qtbot.addWidget(dialog)
    dialog.show()
    assert desk.tasks.wait_idle(20_000)
    assert [line.name for line in dialog.model.lines] == ["张三"]
    assert "王五1人还没有核定基数" in dialog.problem.text()


def test_a_year_that_is_not_opened_cannot_be_collected(desk, owing, fixed_today, qtbot):
    owing("张三")
    dialog = CollectDialog(desk, NOVEMBER)
    qtbot.addWidget(dialog)
    dialog.show()
    assert desk.tasks.wait_idle(20_000)
    assert "还没有开立" in dialog.problem.text()
    assert not dialog.accept_button.isEnabled()


def test_what_is_refused_of_one_among_many_is_told_with_the_name_and_gone_once_mended(
    desk, library, open_year, owing, fixed_today, qtbot
):
    open_year()
    owing("张三")
    owing("李四")
    dialog = CollectDialog(desk, NOVEMBER)
    qtbot.addWidget(dialog)
    dialog.show()
    assert desk.tasks.wait_idle(20_000)
    (row,) = (row for row, line in enumerate(dialog.model.lines) if line.name == "李四")
    amount = dialog.model.index(row, AMOUNT)
    assert dialog.model.setData(amount, "90000")
    dialog.submit()
    assert desk.tasks.wait_idle(20_000)
    assert dialog.problem.text().startswith("李四：自愿多交的")
    assert receipts(library) == []
    assert dialog.model.setData(amount, "20")
    assert not dialog.problem.isVisible()


def test_a_roster_without_anybody_is_not_called_paid_up(desk, library, open_year, fixed_today, qtbot):
    open_year()
    dialog = CollectDialog(desk, NOVEMBER)
    qtbot.addWidget(dialog)
    dialog.show()
    assert desk.tasks.wait_idle(20_000)
    assert dialog.problem.text() == "台账里还没有人，请先在“党员花名册”里登记党员。"
