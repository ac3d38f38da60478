"""What the ledger's menu 办理 leads to: decisions, reasons of arrears, first months, closing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import QModelIndex, Qt

from partyroom.features.dues.account_dialog import AccountDialog
from partyroom.features.dues.arrears_dialog import ArrearsDialog, ReasonForm
from partyroom.features.dues.closing_dialog import ClosingDialog
from partyroom.features.dues.ledger_page import LedgerPage
from partyroom.features.dues.relief_dialog import ReliefForm, ReliefsDialog
from partyroom.features.dues.reliefs_service import get_account, list_reasons, list_reliefs


@pytest.fixture(autouse=True)
def _quiet(qtlog):
    """The offscreen platform says at each window what it cannot do."""
    with qtlog.disabled():
        yield


@pytest.fixture
def ledger(page) -> LedgerPage:
    return page.ledger


@pytest.fixture
def rest(desk) -> Callable[[], None]:
    """Wait for what was begun, and for what that began."""

    def wait() -> None:
        for _ in range(2):
            assert desk.tasks.wait_idle(20_000)

    return wait


def cell(ledger: LedgerPage, name: str, month: int) -> QModelIndex:
    row = next(row for row, line in enumerate(ledger.grid.model.lines) if line.name == name)
    return ledger.grid.model.index(row, month - 1)


def test_c21_a_relief_needs_its_dates_and_then_exempts(ledger, opened, rest, library, open_year, owing):
    open_year()
    member = owing("张三")
    ledger.reload()
    rest()
    ledger.grid.view.setCurrentIndex(cell(ledger, "张三", 6))
    ledger.show_reliefs()
    rest()
    opened(ReliefsDialog).add()
    rest()
    form = opened(ReliefForm)
    assert form.values()["member"] == member
    form.grid.cells["from_month"].editor.line.setText("2026.6")
    form.grid.cells["branch_on"].editor.line.setText("2026.5.20")
    form.submit()
    rest()
    assert "上一级党委批准" in form.grid.cells["superior_on"].note.text()
    form.grid.cells["superior_on"].editor.line.setText("2026.5.28")
    form.submit()
    rest()
    assert len(library.read(list_reliefs)) == 1
    assert cell(ledger, "张三", 6).data() == "免交"


def test_a_reason_is_recorded_from_the_list_of_arrears(ledger, opened, rest, library, open_year, owing):
    open_year()
    owing("张三", 5000, 500_000)
    ledger.reload()
    rest()
    ledger.show_arrears()
    rest()
    dialog = opened(ArrearsDialog)
    text = dialog.panel.model.index(0, 6).data()
    assert "未交清" in text
    dialog.panel.opened.emit(dialog.panel.model.ids[0])
    rest()
    form = opened(ReasonForm)
    form.grid.cells["reason"].editor.set_value("外派支教")
    form.grid.cells["accepted_on"].editor.line.setText("2026.11.10")
    form.submit()
    rest()
    (reason,) = library.read(list_reasons)
    assert (reason.reason, reason.from_month, reason.until_month) == ("外派支教", date(2026, 1, 1), date(2026, 10, 1))
    assert not ledger.strip.isVisible()


def test_the_first_month_here_is_set_for_one_member(ledger, opened, rest, library, open_year, owing):
    open_year()
    member = owing("张三")
    ledger.reload()
    rest()
    ledger.grid.view.setCurrentIndex(cell(ledger, "张三", 6))
    ledger.show_account()
    rest()
    dialog = opened(AccountDialog)
    dialog.grid.cells["paid_through"].editor.line.setText("2026.4")
    dialog.submit()
    rest()
    assert library.read(lambda s: get_account(s, member)).paid_through == date(2026, 4, 1)
    assert [cell(ledger, "张三", month).data() for month in (4, 5)] == ["—", "欠交 76.50"]


def test_closing_shows_what_is_missing_asks_and_locks_the_header(
    ledger, opened, rest, library, open_year, owing, messages
):
    open_year()
    owing("张三")
    ledger.reload()
    rest()
    ledger.close_month()
    rest()
    dialog = opened(ClosingDialog)
    assert dialog.month == date(2026, 1, 1)
    assert any("张三" in dialog.list.item(row).text() for row in range(dialog.list.count()))
    messages.prepare(False)
    dialog.close_button.click()
    assert dialog.isVisible()
    messages.prepare(True)
    dialog.close_button.click()
    rest()
    assert "不能解除" in messages.asked[-1][1]
    assert date(2026, 1, 1) in ledger.grid.model.closed
    header = ledger.grid.model.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.DecorationRole)
    assert header is not None
    assert ledger.grid.model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.DecorationRole) is None
