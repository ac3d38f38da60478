from __future__ import annotations

from datetime import date

import pytest
from openpyxl import load_workbook
from PySide6.QtGui import QAction

from partyroom.core.calendar import RecordedDate
from partyroom.features.dues.funds import Period, PublicationDraft
from partyroom.features.dues.funds_page import FundsPage
from partyroom.features.dues.funds_service import (
    MovementQuery,
    list_movement_ids,
    list_movement_rows,
    read_scan,
    record_movement,
)
from partyroom.features.dues.ledger import MovementKind, Share, Use
from partyroom.features.dues.movement_dialog import MovementDialog
from partyroom.features.dues.movements import MovementDraft
from partyroom.features.dues.publication_service import publications_in, record_publication
from partyroom.features.dues.publications_dialog import PublicationsDialog
from partyroom.features.dues.slip_service import movements_in
from partyroom.ui.form import FormDialog
from partyroom.ui.print_preview import PrintPreview

pytestmark = pytest.mark.usefixtures("fixed_today")

Q3 = Period(date(2026, 7, 1), date(2026, 9, 1))


@pytest.fixture
def page(desk, qtbot, settle):
    made = FundsPage(desk)
    qtbot.addWidget(made)
    made.resize(1200, 640)

    def show(year: int = 2026) -> FundsPage:
        made.reload(year)
        made.show()
        settle()
        return made

    return show


@pytest.fixture
def rows(library):
    def read() -> list:
        return library.read(lambda s: list_movement_rows(s, list_movement_ids(s, MovementQuery())))

    return read


@pytest.fixture
def store(library):
    def do(kind: MovementKind, on: date, amount_fen: int, **more: object) -> int:
        draft = MovementDraft(kind, on, amount_fen, **more)  # type: ignore[arg-type]
        return library.write("登记", lambda session: record_movement(session, draft)).result

    return do


def command(page: FundsPage, text: str) -> QAction:
    return next(one for one in page.findChildren(QAction) if one.text().startswith(text))


def shown(page: FundsPage, column: str) -> list[str]:
    model = page.panel.model
    place = [one.key for one in model.columns].index(column)
    return [model.index(row, place).data() for row in range(model.rowCount())]


def test_list_model_keeps_qt_rules(page, store, qtmodeltester) -> None:
    store(MovementKind.GRANT, date(2026, 3, 1), 500)
    qtmodeltester.check(page().panel.model)


def test_balance_line_and_next_remittance_stand_above_the_list(page, open_year, receive, store) -> None:
    open_year(share_bp=4000)
    store(MovementKind.OPENING, date(2026, 1, 1), 1000_00)
    receive(date(2026, 8, 1), 500_00)
    found = page()
    assert found.balance.text() == (
        "期初 1,000.00 ＋ 收入 500.00 ＋ 下拨 0.00 − 上交 0.00 − 使用 0.00 ＝ 结存 1,500.00 元"
    )
    assert found.proposal.text() == "2026年第3季度应上交 200.00 元（收到 500.00 元，按40%上交）"
    assert found.remit.isVisible()
    assert not found.large.isVisible()


def test_proposed_remittance_is_recorded_with_one_dialog(
    page, open_year, receive, opened, settle, rows, labels, messages
) -> None:
    open_year()
    receive(date(2026, 8, 1), 500_00)
    found = page()
    found.remit.click()
    settle()
    dialog = opened(MovementDialog)
    assert dialog.values()["amount_fen"] == 500_00
    dialog.grid.cells["handled_by"].editor.set_value("李会计")
    dialog.submit()
    settle()
    (row,) = rows()
    assert (row.kind, row.period, row.amount_fen, row.handled_by) == (MovementKind.REMITTANCE, Q3, 500_00, "李会计")
    assert labels()[0] == "登记上交党费 500.00元"
    assert messages.asked == []


def test_another_period_brings_its_own_amount(page, open_year, receive, opened, settle) -> None:
    open_year()
    receive(date(2026, 2, 1), 70_00)
    receive(date(2026, 8, 1), 500_00)
    page().record_remittance()
    settle()
    dialog = opened(MovementDialog)
    assert dialog.values()["amount_fen"] == 70_00
    dialog.grid.cells["period"].editor.set_value("2026-07-01/2026-09-01")
    dialog.grid.cells["period"].changed.emit()
    assert dialog.values()["amount_fen"] == 500_00


def test_more_than_the_balance_is_shown_beside_the_amount(page, open_year, receive, opened, settle, rows) -> None:
    open_year()
    receive(date(2026, 8, 1), 500_00)
    page().record_remittance()
    settle()
    dialog = opened(MovementDialog)
    dialog.grid.cells["amount_fen"].editor.set_value(500_01)
    dialog.submit()
    settle()
    assert "超过结存" in dialog.grid.cells["amount_fen"].note.text()
    assert rows() == []


def test_df_25_use_without_decision_is_asked_about(page, open_year, receive, opened, settle, rows, messages) -> None:
    open_year()
    receive(date(2026, 8, 1), 500_00)
    page().record_expense()
    settle()
    dialog = opened(MovementDialog)
    for key, value in (("used_for", "reading"), ("amount_fen", 100_00), ("matter", "订阅《求是》")):
        dialog.grid.cells[key].editor.set_value(value)
    messages.prepare(False)
    dialog.submit()
    settle()
    assert "规定第十七条至第二十一条" in messages.asked[0][1]
    assert rows() == []
    messages.prepare(True)
    dialog.submit()
    settle()
    (row,) = rows()
    assert (row.used_for, row.matter) == (Use.READING, "订阅《求是》")


def test_df_20_large_sum_is_handed_up_whole(page, open_year, receive, opened, settle, rows) -> None:
    open_year()
    receive(date(2026, 8, 1), 1200_00, Share.LARGE)
    found = page()
    assert "1,200.00" in found.large.text()
    found.remit_large.click()
    settle()
    dialog = opened(MovementDialog)
    assert dialog.values()["amount_fen"] == 1200_00
    dialog.submit()
    settle()
    assert rows()[0].kind is MovementKind.LARGE_REMITTANCE


def test_wrong_movement_is_taken_back_with_a_reason(page, store, opened, settle, rows) -> None:
    wrong = store(MovementKind.GRANT, date(2026, 3, 1), 500)
    found = page()
    found.panel.select([wrong])
    command(found, "冲正…").trigger()
    settle()
    dialog = opened(FormDialog)
    dialog.submit()
    assert "请填写" in dialog.grid.cells["reason"].note.text()
    dialog.grid.cells["reason"].editor.set_value("重复登记")
    dialog.submit()
    settle()
    assert [row.amount_fen for row in rows()] == [-500, 500]


def test_movement_taken_back_is_not_taken_back_again(page, store, library, settle, messages) -> None:
    from partyroom.features.dues.funds_service import reverse_movement

    wrong = store(MovementKind.GRANT, date(2026, 3, 1), 500)
    library.write("冲正", lambda session: reverse_movement(session, wrong, "重复登记"))
    found = page()
    assert shown(found, "state") == ["冲正 下拨2026-01", "已冲正 下拨2026-02"]
    found.panel.select([wrong])
    command(found, "冲正…").trigger()
    settle()
    assert messages.informed == ["这笔记录已经冲正，或者本身就是冲正记录。"]


def test_list_is_narrowed_by_kind_and_use(page, receive, store, settle) -> None:
    receive(date(2026, 1, 5), 5000)
    store(MovementKind.GRANT, date(2026, 3, 1), 500, organisation="县教育局党委")
    store(MovementKind.EXPENSE, date(2026, 4, 1), 100, used_for=Use.READING, matter="订报")
    found = page()
    assert shown(found, "amount") == ["-1.00", "+5.00"]
    found.panel.bar.put("", {"kind": "grant"})
    found.panel.bar.changed.emit()
    settle()
    assert shown(found, "kind") == ["上级下拨"]


def test_scan_is_attached_and_taken_out_again(page, store, settle, messages, tmp_path) -> None:
    movement = store(MovementKind.GRANT, date(2026, 3, 1), 500)
    file, copy = tmp_path / "回单.pdf", tmp_path / "copy.pdf"
    file.write_bytes(b"%PDF-1.7 scan")
    found = page()
    found.panel.select([movement])
    messages.prepare(file, copy)
    command(found, "附扫描件").trigger()
    settle()
    found.reload(2026)
    settle()
    assert shown(found, "voucher") == ["有扫描件"]
    found.panel.select([movement])
    command(found, "取出扫描件").trigger()
    settle()
    assert copy.read_bytes() == b"%PDF-1.7 scan"


def test_slip_of_a_remittance_is_previewed(page, open_year, receive, store, opened, settle, messages) -> None:
    open_year()
    receive(date(2026, 8, 1), 500)
    movement = store(MovementKind.REMITTANCE, date(2026, 10, 8), 500, period=Q3)
    grant = store(MovementKind.GRANT, date(2026, 10, 8), 500)
    found = page()
    found.panel.select([movement])
    command(found, "打印上交单").trigger()
    settle()
    assert opened(PrintPreview).windowTitle() == "党费上交单 上交2026-01"
    found.panel.select([grant])
    command(found, "打印上交单").trigger()
    settle()
    assert messages.informed == ["只有上交党费的记录有上交单。"]


def test_df_26_report_is_previewed_and_noted(page, open_year, receive, opened, settle, library) -> None:
    open_year()
    receive(date(2026, 8, 1), 500)
    found = page()
    assert not found.publication.isVisible()
    found.print_publication()
    settle()
    preview = opened(PrintPreview)
    assert preview.windowTitle() == "2026年党费收缴情况公示"
    preview.done(0)
    found.record_publication()
    dialog = opened(FormDialog)
    dialog.grid.cells["on_day"].editor.set_value(RecordedDate("2026-11-20"))
    dialog.submit()
    settle()
    (made,) = library.read(lambda session: publications_in(session, 2026))
    assert made.text == "2026年11月20日在支部公开栏公示"
    found.reload(2026)
    settle()
    assert found.publication.text() == made.text


def test_year_that_is_not_opened_says_so(page) -> None:
    found = page(2025)
    assert found.proposal.text().startswith("2025年度还没有开立")
    assert not found.remit.isVisible()


def test_list_is_exported_as_it_is_shown(page, store, settle, messages, tmp_path) -> None:
    store(MovementKind.GRANT, date(2026, 3, 1), 1234_50, matter="=1+1")
    target = tmp_path / "上交与使用.xlsx"
    found = page()
    messages.prepare(target)
    command(found, "导出所见").trigger()
    settle()
    sheet = load_workbook(target).active
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert "+1,234.50" in [cell.value for cell in cells]
    assert [cell.data_type for cell in cells if "1+1" in str(cell.value)] == ["s"]
    assert messages.informed == [f"已导出1行：{target}"]


def test_scan_is_chosen_while_recording(page, open_year, receive, opened, settle, messages, tmp_path, library) -> None:
    open_year()
    receive(date(2026, 8, 1), 500_00)
    file = tmp_path / "发票.pdf"
    file.write_bytes(b"%PDF-1.7 bill")
    found = page()
    found.record_grant()
    settle()
    dialog = opened(MovementDialog)
    dialog.grid.cells["amount_fen"].editor.set_value(5000)
    messages.prepare(file)
    dialog.scan.choose()
    settle()
    assert dialog.unsaved
    dialog.submit()
    settle()
    (row,) = library.read(lambda s: movements_in(s, 2026, MovementKind.GRANT))
    assert row.scan == "发票.pdf"
    assert library.read(lambda s: read_scan(s, library.attachments, row.id)) == ("发票.pdf", b"%PDF-1.7 bill")


def test_df_26_notes_of_reports_are_listed_and_binned(page, open_year, library, opened, settle, messages) -> None:
    open_year()
    draft = PublicationDraft(2026, date(2026, 11, 2), "支部公开栏", "孙三")
    library.write("公示", lambda s: record_publication(s, draft))
    found = page()
    found.show_publications()
    settle()
    dialog = opened(PublicationsDialog)
    model = dialog.panel.model
    assert [model.index(0, column).data() for column in range(3)] == ["2026年11月2日", "支部公开栏", "孙三"]
    messages.prepare(True)
    dialog._on_bin_asked(list(model.ids))
    settle()
    assert library.read(lambda s: publications_in(s, 2026)) == []
    assert model.rowCount() == 0


def test_df_25_the_register_of_expenses_is_previewed(page, open_year, receive, store, opened, settle, messages) -> None:
    open_year()
    receive(date(2026, 8, 1), 500_00)
    found = page()
    found.print_expenses()
    settle()
    assert messages.informed == ["2026年没有使用党费的记录。"]
    store(MovementKind.EXPENSE, date(2026, 9, 1), 100_00, used_for=Use.READING, matter="购书")
    found.print_expenses()
    settle()
    shown_paper = opened(PrintPreview)
    assert shown_paper.windowTitle() == "2026年党费使用台账"
    assert {"另存为 Word…", "另存为 Excel…"} <= {one.text() for one in shown_paper.findChildren(QAction)}


def test_the_slip_offers_the_register_of_the_year(page, open_year, receive, store, opened, settle) -> None:
    open_year()
    receive(date(2026, 8, 1), 500)
    movement = store(MovementKind.REMITTANCE, date(2026, 10, 8), 500, period=Q3)
    found = page()
    found.panel.select([movement])
    command(found, "打印上交单").trigger()
    settle()
    assert "全年上交登记 Excel…" in {one.text() for one in opened(PrintPreview).findChildren(QAction)}
