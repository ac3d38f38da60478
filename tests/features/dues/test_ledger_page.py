# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

import gc
import time
import weakref
from datetime import date, datetime

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog

from partyroom.core import calendar
from partyroom.features.dues.choices_dialog import ChoicesDialog
from partyroom.features.dues.collect_dialog import CollectDialog
from partyroom.features.dues.collect_model import AMOUNT, NAME, PAYER
from partyroom.features.dues.collect_service import collect_month
from partyroom.features.dues.ledger import CellState, PayerKind, Purpose, ReliefKind, Share
from partyroom.features.dues.ledger_model import CELL, REMARKS, FootModel, LedgerModel
from partyroom.features.dues.ledger_page import LedgerPage
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.dues.month_dialog import MonthDialog
from partyroom.features.dues.page import DuesPage
from partyroom.features.dues.payment_dialog import PaymentDialog, Wanted, share_out
from partyroom.features.dues.payments import CollectDraft
from partyroom.features.dues.receipt_dialog import ReceiptDialog, ReverseDialog
from partyroom.features.dues.receipts_service import ReceiptQuery, list_receipt_ids, list_receipt_rows
from partyroom.features.dues.reliefs_service import (
    ReliefDraft,
    save_relief,
)
from partyroom.features.dues.years_service import get_choices, opened_years
from partyroom.ui.print_preview import PrintPreview
from partyroom.ui.theme import apply_theme

NOVEMBER = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _quiet(qtlog):
    """The offscreen platform says at each window what it cannot do."""
    with qtlog.disabled():
        yield


@pytest.fixture
def ledger(page) -> LedgerPage:
    return page.ledger


def reload(page: DuesPage) -> None:
    page.reload()
    assert page.desk.tasks.wait_idle(20_000)


def only(kind):
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    assert len(found) == 1, found
    return found[0]


def rest(page) -> None:
    assert page.desk.tasks.wait_idle(20_000)


def cell(ledger: LedgerPage, name: str, month: int):
    row = next(row for row, line in enumerate(ledger.grid.model.lines) if line.name == name)
    return ledger.grid.model.index(row, month - 1)


def choose(ledger: LedgerPage, *indexes) -> None:
    flags = QItemSelectionModel.SelectionFlag
    ledger.grid.view.selectionModel().select(QItemSelection(), flags.Clear)
    for index in indexes:
        ledger.grid.view.selectionModel().select(index, flags.Select)


def receipts(library) -> list:
    return library.read(lambda s: list_receipt_rows(s, list_receipt_ids(s, ReceiptQuery(descending=False))))


@pytest.fixture
def paid(library):
    """Collects months of 2026 from members, each on its 20th."""

    def do(members, *months: int) -> None:
        def work(session) -> None:
            for number in months:
                day = date(2026, number, 20)
                with calendar.stopped_at(datetime(2026, number, 20, 9)):
                    collect_month(session, CollectDraft(day.replace(day=1), day, tuple(members)))

        library.write("收党费", work)

    return do


def test_models_keep_qts_contract(qtmodeltester, library, open_year, owing, fixed_today):
    open_year()
    owing("张三")
    owing("李四")
    lines = library.read(lambda s: ledger_of(s, 2026))
    model, foot = LedgerModel(), FootModel()
    model.put(2026, lines, frozenset({date(2026, 1, 1)}))
    foot.put(2026, lines)
    qtmodeltester.check(model)
    qtmodeltester.check(foot)
    assert model.rowCount() == 2


def test_a_year_not_opened_says_what_to_do_and_opens(page, ledger, library, owing):
    owing("张三")
    reload(page)
    assert "2026年度还没有开立" in ledger.grid.note.text.text()
    assert not ledger.collect_action.isEnabled()
    ledger.grid.note.button.click()
    dialog = only(ChoicesDialog)
    dialog.grid.cells["item_class_teacher"].editor.set_value(True)
    dialog.grid.cells["share"].editor.set_value(60)
    dialog.submit()
    rest(page)
    rest(page)
    assert library.read(opened_years) == [2026]
    choices = library.read(lambda s: get_choices(s, 2026))
    assert choices.counted == ("class_teacher",)
    assert choices.share_bp == 6000
    assert [line.name for line in ledger.grid.model.lines] == ["张三"]
    assert ledger.collect_action.isEnabled()


def test_a_year_opened_in_september_asks_nothing_for_the_months_before(page, ledger, library, owing):
    owing("张三", 5000, 500_000)
    reload(page)
    ledger.show_choices()
    dialog = only(ChoicesDialog)
    dialog.grid.cells["begin"].editor.line.setText("2025.9")
    dialog.submit()
    assert "请填2026年的月份" in dialog.grid.cells["begin"].note.text()
    dialog.grid.cells["begin"].editor.line.setText("2026.9")
    dialog.submit()
    rest(page)
    rest(page)
    assert [cell(ledger, "张三", month).data() for month in (8, 9)] == ["—", "欠交 50.00"]
    assert not ledger.strip.isVisible()


def test_months_stand_in_colour_and_in_words_with_sums(page, ledger, open_year, owing, paid):
    open_year()
    first, second = owing("张三", 7650), owing("李四", 5000, 500_000)
    paid([first], *range(1, 11))
    paid([second], 1, 2)
    reload(page)
    texts = [cell(ledger, "李四", month).data() for month in (1, 3, 11)]
    assert texts == ["已交 50.00", "欠交 50.00", "待交 50.00"]
    assert cell(ledger, "李四", 3).data(CELL).state is CellState.ARREARS
    assert "2026年3月：欠交" in cell(ledger, "李四", 3).data(Qt.ItemDataRole.ToolTipRole)
    foot = ledger.grid.foot_model
    assert foot.index(0, 0).data() == "126.50"
    assert foot.index(0, 2).data() == "76.50"
    assert [foot.index(0, column).data() for column in range(12, 16)] == ["1518.00", "865.00", "0.00", "400.00"]
    assert "8人" not in ledger.summary.text()
    assert ledger.summary.text().startswith("2人")


def test_the_ladder_is_counted_above_the_grid(page, ledger, open_year, owing, paid):
    open_year()
    paid([owing("张三")], *range(1, 5))
    paid([owing("李四")], *range(1, 8))
    reload(page)
    assert ledger.strip.isVisible()
    assert "3至4个月的1人（提示）" in ledger.strip_text.text()
    assert "6个月以上的1人（预警）" in ledger.strip_text.text()


def test_search_knows_initials_and_arrears_filter_narrows(page, ledger, open_year, owing, paid):
    open_year()
    paid([owing("张三")], *range(1, 11))
    owing("李四")
    reload(page)
    ledger.search.setText("zs")
    ledger.search.search_now()
    assert [line.name for line in ledger.grid.model.lines] == ["张三"]
    ledger.only_arrears.setChecked(True)
    assert ledger.grid.model.lines == ()
    assert "没有符合条件的人" in ledger.grid.note.text.text()
    ledger.grid.note.button.click()
    assert len(ledger.grid.model.lines) == 2
    ledger.only_arrears.setChecked(True)
    assert [line.name for line in ledger.grid.model.lines] == ["李四"]


def test_a_month_is_collected_from_sixty_in_two_clicks_within_a_second(page, ledger, library, open_year, owing, qtbot):
    open_year()
    for number in range(60):
        owing(f"党员{number:02d}", 5000 + number, 500_000)
    reload(page)
    ledger.collect_action.trigger()  # first click
    rest(page)
    dialog = only(CollectDialog)
    assert len(dialog.model.ticked) == 60
    exception = dialog.model.index(3, NAME)
    dialog.model.setData(exception, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    left_out = dialog.model.lines[3].name
    began = time.perf_counter()
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)  # second click
    rest(page)
    assert time.perf_counter() - began < 1
    rows = receipts(library)
    assert len(rows) == 59
    assert left_out not in {row.name for row in rows}
    rest(page)
    assert cell(ledger, left_out, 11).data(CELL).state is CellState.OPEN
    assert page.desk.messages.informed[-1].startswith("已收59人的党费")


def test_a_line_with_another_amount_and_payer_becomes_a_payment_of_its_own(page, ledger, library, open_year, owing):
    open_year()
    owing("张三", 5000, 500_000)
    owing("李四", 5000, 500_000)
    reload(page)
    ledger.collect_this_month()
    rest(page)
    dialog = only(CollectDialog)
    row = next(row for row, line in enumerate(dialog.model.lines) if line.name == "李四")
    dialog.model.setData(dialog.model.index(row, AMOUNT), "60", Qt.ItemDataRole.EditRole)
    dialog.model.setData(dialog.model.index(row, PAYER), "relative", Qt.ItemDataRole.EditRole)
    dialog.submit()
    assert "代交人姓名" in dialog.problem.text()
    dialog.model.setData(dialog.model.index(row, PAYER + 1), "李小四", Qt.ItemDataRole.EditRole)
    dialog.submit()
    rest(page)
    found = {one.name: one for one in receipts(library)}
    assert (found["张三"].amount_fen, found["张三"].payer) == (5000, PayerKind.SELF)
    assert (found["李四"].due_fen, found["李四"].voluntary_fen) == (5000, 1000)
    assert found["李四"].payer_text == "亲属代交（李小四）"


def test_chosen_months_of_one_member_are_paid_in_one_receipt(page, ledger, library, open_year, owing):
    open_year()
    owing("张三", 5000, 500_000)
    reload(page)
    choose(ledger, *[cell(ledger, "张三", month) for month in (8, 9, 10)])
    assert ledger.summary.text() == "选中3格，还应收150.00元"
    ledger.chosen_action.trigger()
    dialog = only(PaymentDialog)
    rest(page)
    assert dialog.values()["amount_fen"] == 15_000
    assert "2026年9月党费　50.00元" in dialog.preview.text()
    dialog.submit()
    rest(page)
    (row,) = receipts(library)
    assert row.months_text == "2026年8—10月"
    assert cell(ledger, "张三", 8).data(CELL).state is CellState.LATE


def test_chosen_months_of_several_members_are_collected_line_by_line(page, ledger, library, open_year, owing):
    open_year()
    owing("张三", 5000, 500_000)
    owing("李四", 6000, 600_000)
    reload(page)
    choose(ledger, cell(ledger, "张三", 9), cell(ledger, "张三", 10), cell(ledger, "李四", 10))
    ledger.chosen_action.trigger()
    rest(page)
    dialog = only(CollectDialog)
    assert {line.name: line.open_fen for line in dialog.model.lines} == {"张三": 10_000, "李四": 6000}
    dialog.submit()
    rest(page)
    assert {row.name: row.months_text for row in receipts(library)} == {"张三": "2026年9—10月", "李四": "2026年10月"}


def test_c20_more_than_due_is_previewed_as_voluntary(page, ledger, library, open_year, owing, paid):
    open_year()
    paid([owing("张三", 7650)], *range(1, 11))
    reload(page)
    ledger.grid.view.setCurrentIndex(cell(ledger, "张三", 11))
    ledger.pay_one()
    dialog = only(PaymentDialog)
    dialog.grid.cells["amount_fen"].editor.line.setText("100")
    dialog._wait.timeout.emit()
    rest(page)
    assert "自愿多交（记在2026年11月）　23.50元" in dialog.preview.text()
    dialog.submit()
    rest(page)
    assert (receipts(library)[-1].due_fen, receipts(library)[-1].voluntary_fen) == (7650, 2350)


def test_surplus_of_chosen_months_goes_to_later_ones_when_it_is_paid_ahead():
    october, later = (date(2026, 10, 1), 7650), [(date(2026, 12, 1), 7650), (NOVEMBER, 7650)]
    shared = share_out([october], 20_000, NOVEMBER, later=later)
    assert [(part.month.month, part.share, part.amount_fen) for part in shared] == [
        (10, Share.DUE, 7650),
        (11, Share.DUE, 7650),
        (12, Share.DUE, 4700),
    ]
    beyond = share_out([october], 23_000, NOVEMBER, later=later)[-1]
    assert (beyond.month, beyond.share, beyond.amount_fen) == (NOVEMBER, Share.VOLUNTARY, 50)


def test_a_chosen_month_paid_ahead_in_the_window_pays_the_next_one(page, ledger, library, open_year, owing, paid):
    open_year()
    paid([owing("张三", 7650)], *range(1, 11))
    reload(page)
    ledger.grid.view.setCurrentIndex(cell(ledger, "张三", 11))
    ledger.pay_one()
    dialog = only(PaymentDialog)
    dialog.grid.cells["amount_fen"].editor.line.setText("153")
    dialog.grid.cells["surplus"].editor.set_value("ahead")
    dialog.submit()
    rest(page)
    last = receipts(library)[-1]
    assert (last.due_fen, last.voluntary_fen) == (15_300, 0)
    assert [month.month for month in last.months] == [11, 12]


def test_c19_a_thousand_is_previewed_and_recorded_as_a_large_sum(page, ledger, library, open_year, owing, paid):
    open_year()
    paid([owing("张三")], *range(1, 12))
    reload(page)
    ledger._pay(ledger.grid.model.lines[0], Wanted())
    dialog = only(PaymentDialog)
    dialog.grid.cells["amount_fen"].editor.line.setText("1000")
    dialog._wait.timeout.emit()
    rest(page)
    assert "大额党费（单独记账，全额上交）" in dialog.preview.text()
    dialog.submit()
    rest(page)
    assert receipts(library)[-1].purpose is Purpose.LARGE


def test_c17_seven_months_late_stay_open_until_the_note_says_why(page, ledger, library, open_year, owing):
    open_year()
    owing("张三", 5000, 500_000)
    reload(page)
    choose(ledger, *[cell(ledger, "张三", month) for month in range(1, 8)])
    ledger.collect_chosen()
    dialog = only(PaymentDialog)
    dialog.submit()
    rest(page)
    assert dialog.isVisible()
    assert "请在备注里写明原因" in dialog.grid.cells["note"].note.text()
    dialog.grid.cells["note"].editor.set_value("长期住院")
    dialog.submit()
    rest(page)
    assert receipts(library)[0].amount_fen == 35_000


def test_df_23_the_branch_as_payer_is_refused_with_the_article(page, ledger, library, open_year, owing):
    open_year()
    owing("张三")
    reload(page)
    ledger._pay(ledger.grid.model.lines[0], Wanted(((NOVEMBER, 7650),)))
    dialog = only(PaymentDialog)
    dialog.grid.cells["payer"].editor.set_value("relative")
    dialog.grid.cells["payer_name"].editor.set_value("支部垫交")
    dialog.submit()
    rest(page)
    assert "不得垫交" in dialog.grid.cells["payer_name"].note.text()
    assert receipts(library) == []
    dialog.grid.cells["payer_name"].editor.set_value("")


def test_a_cell_opens_its_story_and_a_receipt_is_reversed_from_it(
    page, ledger, library, open_year, owing, paid, messages
):
    open_year()
    paid([owing("张三", 7650)], 10)
    reload(page)
    ledger.grid.view.setCurrentIndex(cell(ledger, "张三", 10))
    ledger.grid.view.doubleClicked.emit(cell(ledger, "张三", 10))
    rest(page)
    dialog = only(MonthDialog)
    assert "2026年10月：已交" in dialog.story.text()
    assert dialog.panel.model.rowCount() == 1
    dialog.panel.opened.emit(receipts(library)[0].id)
    rest(page)
    shown = only(ReceiptDialog)
    shown.reverse_button.click()
    form = only(ReverseDialog)
    form.submit()
    assert form.isVisible()  # a reason is needed
    form.grid.cells["reason"].editor.set_value("登记错误")
    form.submit()
    rest(page)
    rest(page)
    assert [row.amount_fen for row in receipts(library)] == [7650, -7650]
    assert cell(ledger, "张三", 10).data(CELL).state is CellState.ARREARS
    assert dialog.panel.model.rowCount() == 2


def test_chosen_cells_are_copied_for_excel(page, ledger, open_year, owing, qtbot):
    open_year()
    owing("张三", 5000, 500_000)
    reload(page)
    choose(ledger, cell(ledger, "张三", 1), cell(ledger, "张三", 11))
    ledger.grid.view.setFocus()
    qtbot.keyClick(ledger.grid.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().strip() == "欠交 50.00\t待交 50.00"
    ledger.grid.copy(headers=True)
    assert QGuiApplication.clipboard().text().splitlines()[0] == "姓名\t1月\t11月"


def test_enter_opens_a_cell_and_letters_go_to_the_search(page, ledger, open_year, owing, qtbot):
    open_year()
    owing("张三", 5000, 500_000)
    reload(page)
    ledger.grid.view.setFocus()
    ledger.grid.view.setCurrentIndex(cell(ledger, "张三", 3))
    qtbot.keyClick(ledger.grid.view, Qt.Key.Key_Right)
    assert ledger.grid.current()[1] == date(2026, 4, 1)
    qtbot.keyClick(ledger.grid.view, Qt.Key.Key_Return)
    rest(page)
    assert only(MonthDialog).windowTitle() == "张三　2026年4月"
    only(MonthDialog).done(0)
    ledger.grid.view.keyboardSearch("z")
    assert ledger.search.text() == "z"


def test_the_current_month_is_bold_and_only_it(page, ledger, open_year, owing):
    open_year()
    owing("张三")
    reload(page)
    fonts = [
        ledger.grid.model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.FontRole)
        for column in range(12)
    ]
    assert [number + 1 for number, font in enumerate(fonts) if font is not None and font.bold()] == [11]


def test_after_collecting_the_receipts_can_be_printed_at_once(page, ledger, open_year, owing, messages, qtbot):
    open_year()
    owing("张三")
    owing("李四")
    reload(page)
    notices = []
    messages.said.connect(notices.append)
    ledger.collect_this_month()
    rest(page)
    only(CollectDialog).submit()
    rest(page)
    assert notices[-1].action == "打印收据"
    notices[-1].slot()
    visible = lambda: any(isinstance(w, PrintPreview) and w.isVisible() for w in QApplication.topLevelWidgets())  # noqa: E731
    qtbot.waitUntil(visible, timeout=20_000)
    assert only(PrintPreview).windowTitle() == "党费收据（2张）"
    only(PrintPreview).done(0)


def test_c8_a_quarter_with_consent_is_one_receipt_for_three_months(page, ledger, library, open_year, owing):
    open_year()
    owing("张三", 4000, 400_000)
    reload(page)
    choose(ledger, *[cell(ledger, "张三", month) for month in (10, 11, 12)])
    ledger.collect_chosen()
    dialog = only(PaymentDialog)
    dialog.grid.cells["consent_note"].editor.set_value("2026年10月支委会同意")
    dialog.submit()
    rest(page)
    (row,) = receipts(library)
    assert (row.amount_fen, row.months_text) == (12_000, "2026年10—12月")
    assert "2026年10月支委会同意" in row.note


@pytest.mark.parametrize("command", ["print_year", "print_person"])
def test_papers_are_previewed(page, ledger, open_year, owing, paid, qtbot, command):
    open_year()
    paid([owing("张三")], 1, 2)
    reload(page)
    ledger.grid.view.setCurrentIndex(cell(ledger, "张三", 1))
    getattr(ledger, command)()
    visible = lambda: any(isinstance(w, PrintPreview) and w.isVisible() for w in QApplication.topLevelWidgets())  # noqa: E731
    qtbot.waitUntil(visible, timeout=20_000)
    only(PrintPreview).done(0)


def test_the_grid_follows_another_letter_size(page, ledger, open_year, owing, qapp):
    open_year()
    owing("张三")
    reload(page)
    before = ledger.grid.view.rowHeight(0), ledger.grid.view.columnWidth(0)
    try:
        apply_theme(qapp, large=True)
        assert ledger.grid.view.rowHeight(0) > before[0]
        assert ledger.grid.view.columnWidth(0) > before[1]
        assert ledger.grid.foot.columnWidth(0) == ledger.grid.view.columnWidth(0)
    finally:
        apply_theme(qapp)
        qapp.setStyleSheet("")


def test_the_page_is_freed(desk, qtbot, fixed_today, open_year, owing):
    open_year()
    owing("张三")
    made = DuesPage(desk)
    made.reload()
    assert desk.tasks.wait_idle(20_000)
    gone = weakref.ref(made)
    made.deleteLater()
    del made
    qtbot.wait(20)
    gc.collect()
    assert gone() is None


def test_years_are_chosen_once_for_all_sections(page, open_year, owing, library):
    open_year(2025)
    open_year(2026)
    reload(page)
    texts = [page.years.itemText(place) for place in range(page.years.count())]
    assert texts == ["2027年", "2026年", "2025年"]
    page.years.setCurrentIndex(2)
    page.years.activated.emit(2)
    rest(page)
    assert page.ledger.grid.model.year == 2025
    page.show_section(2)
    rest(page)
    assert page.receipts.source.year == 2025
    assert not any(isinstance(w, QDialog) and w.isVisible() for w in QApplication.topLevelWidgets())


def test_remarks_are_shown_where_there_is_room_and_told_by_the_name_else(page, ledger, library, open_year, owing):
    open_year()
    member = owing("张三")
    draft = ReliefDraft(member, ReliefKind.EXEMPT, NOVEMBER, branch_on=NOVEMBER, superior_on=NOVEMBER)
    library.write("免交", lambda s: save_relief(s, draft))
    reload(page)
    remark = ledger.grid.model.lines[0].remarks
    assert remark
    ledger.grid.fit()
    assert ledger.grid.view.isColumnHidden(REMARKS)
    assert ledger.grid.foot.isColumnHidden(REMARKS)
    assert not ledger.grid.view.horizontalScrollBar().maximum()
    tip = ledger.grid.model.headerData(0, Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole)
    assert remark in tip
    page.resize(1500, 660)
    rest(page)
    QApplication.sendPostedEvents()
    ledger.grid.fit()
    assert not ledger.grid.view.isColumnHidden(REMARKS)
