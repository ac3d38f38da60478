from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from partyroom.core.calendar import now
from partyroom.features.dues import assessments_service as service
from partyroom.features.dues.assessment_dialog import AssessmentDialog
from partyroom.features.dues.assessments import AssessmentDraft
from partyroom.features.dues.assessments_page import AssessmentsPage
from partyroom.features.dues.base import pay_item
from partyroom.features.dues.domain import DuesCategory, Treatment
from partyroom.features.dues.ledger import Choices
from partyroom.features.dues.pay_import_dialog import PayImportDialog
from partyroom.features.dues.pay_import_model import PayImportModel
from partyroom.features.dues.pay_items_model import AMOUNT, SOURCE, TREATMENT, PayItemsModel
from partyroom.features.dues.tables import ClosingRecord
from partyroom.features.members.domain import Employment, MemberDraft
from partyroom.features.members.service import admit_member
from partyroom.storage import audit
from partyroom.storage.library import Library
from partyroom.ui.form import FormDialog
from partyroom.ui.print_preview import PrintPreview

pytestmark = pytest.mark.usefixtures("fixed_today")


@pytest.fixture
def admit(library: Library, person: Callable[..., MemberDraft]) -> Callable[..., int]:
    def make(name: str, **fields: object) -> int:
        fields = {"employment": Employment.ON_DUTY, **fields}
        return library.write("录入", lambda session: admit_member(session, person(name, **fields))).result

    return make


@pytest.fixture
def page(desk, qtbot, settle) -> AssessmentsPage:
    made = AssessmentsPage(desk)
    qtbot.addWidget(made)
    made.resize(1180, 560)
    made.show()
    made.reload(2026)
    settle()
    return made


@pytest.fixture
def show(page, settle) -> Callable[[], list[list[str]]]:
    """Reads the list again and gives its cells."""

    def cells() -> list[list[str]]:
        page.reload()
        settle()
        model = page.panel.model
        columns = range(model.columnCount())
        return [[str(model.index(r, c).data()) for c in columns] for r in range(model.rowCount())]

    return cells


def put(library: Library, member: int, month: date, base_fen: int = 490000) -> int:
    draft = AssessmentDraft(member, month, DuesCategory.EMPLOYED, base_fen=base_fen)
    return library.write("核定", lambda session: service.save_assessment(session, draft)).result


def type_amount(dialog: AssessmentDialog, code: str, text: str) -> None:
    labels = [dialog.model.index(row, 0).data() for row in range(dialog.model.rowCount())]
    row = labels.index(pay_item(code, 0).label)
    assert dialog.model.setData(dialog.model.index(row, AMOUNT), text)


def choose(dialog: FormDialog, key: str, value: object) -> None:
    dialog.grid.cells[key].editor.set_value(value)
    dialog.grid.changed.emit()


def stored(library: Library, year: int = 2026) -> list[tuple[str, int, int, str]]:
    rows = library.read(lambda session: service.assessments_of(session, year))
    return [(one.name, one.from_month.month, one.due_fen, one.reason) for row in rows for one in row.history]


def test_who_has_none_stands_first_in_sight_and_is_counted(library, admit, page, show):
    known = admit("安静")
    admit("卫红")
    put(library, known, date(2026, 1, 1))
    rows = show()
    assert [(row[0], row[1]) for row in rows] == [("未核定", "卫红"), ("已核定", "安静")]
    assert page.note.text() == "还有1人未核定。"
    assert [text for text in rows[1] if text[:1].isdigit()] == ["4,900.00", "1%", "49.00", "588.00", "2026.01"]
    put(library, library.read(lambda session: service.assessments_of(session, 2026))[0].id, date(2026, 1, 1))
    show()
    assert page.note.text() == "2026年度2人的基数都已核定。"


def test_c4_is_typed_item_by_item_and_explains_itself_while_typing(library, admit, page, show, opened, settle):
    member = admit("王芳")
    show()
    page.panel.opened.emit(member)
    settle()
    dialog = opened(AssessmentDialog)
    for code, text in (
        ("post", "2810"),
        ("grade", "1,775"),
        ("base_performance", "2300"),
        ("allowance", "600"),
        ("reward_performance", "1200"),
        ("income_tax", "35"),
        ("pension_insurance", "598.80"),
        ("medical_insurance", "149.70"),
        ("unemployment_insurance", "37.43"),
        ("housing_fund", "898.20"),
        ("annuity", "299.40"),
    ):
        type_amount(dialog, code, text)
    assert dialog.amount.text() == "每月应交党费：82.00 元"
    steps = dialog.steps.toPlainText()
    assert "＝5466.47元" in steps
    assert "5466.47×1.5%＝81.99705元，四舍五入到分为82.00元" in steps
    assert not dialog.grid.cells["base"].isEnabled()
    dialog.submit()
    settle()
    assert stored(library) == [("王芳", 1, 8200, "年初核定")]


def test_an_unreadable_amount_stays_to_be_mended_and_is_not_saved(library, admit, page, opened, settle):
    page.panel.opened.emit(admit("王芳"))
    settle()
    dialog = opened(AssessmentDialog)
    type_amount(dialog, "post", "三千")
    assert "看不懂金额“三千”" in dialog.steps.toPlainText()
    dialog.submit()
    settle()
    assert dialog.isVisible()
    assert stored(library) == []
    type_amount(dialog, "post", "3000")
    dialog.submit()
    settle()
    assert stored(library) == [("王芳", 1, 1500, "年初核定")]


def test_typed_items_are_not_lost_without_asking(library, admit, page, opened, settle, messages):
    page.panel.opened.emit(admit("王芳"))
    settle()
    dialog = opened(AssessmentDialog)
    type_amount(dialog, "post", "3000")
    messages.prepare(False, True)
    dialog.reject()
    assert dialog.isVisible()
    dialog.reject()
    assert not dialog.isVisible()
    assert [title for title, _ in messages.asked] == ["放弃填写的内容？"] * 2
    assert stored(library) == []


def test_keys_alone_fill_the_grid_from_top_to_bottom(admit, page, opened, settle, qtbot):
    page.panel.opened.emit(admit("王芳"))
    settle()
    dialog = opened(AssessmentDialog)
    view = dialog.items_view
    view.setFocus()
    for text in ("3000", "500"):
        qtbot.keyClick(view, text[0])
        editor = view.viewport().findChild(QLineEdit)
        qtbot.keyClicks(editor, text[1:])
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: view.viewport().findChild(QLineEdit) is None)
    assert dialog.amount.text() == "每月应交党费：35.00 元"
    assert view.currentIndex().row() == 2
    dialog.done(0)


def test_a_category_with_a_fixed_amount_needs_no_items(library, admit, page, opened, settle):
    page.panel.opened.emit(admit("小明", employment=Employment.STUDENT))
    settle()
    dialog = opened(AssessmentDialog)
    assert dialog.amount.text() == "每月应交党费：0.20 元"
    assert not dialog.items_view.isVisible()
    choose(dialog, "category", DuesCategory.EMPLOYED.value)
    assert dialog.items_view.isVisible()
    dialog.submit()
    assert dialog.isVisible()  # neither items nor a base
    choose(dialog, "base", 510000)
    assert dialog.amount.text() == "每月应交党费：76.50 元"
    dialog.submit()
    settle()
    assert stored(library) == [("小明", 1, 7650, "年初核定")]


def test_an_item_of_the_branchs_own_is_added_and_counted(admit, page, opened, settle):
    page.panel.opened.emit(admit("王芳"))
    settle()
    dialog = opened(AssessmentDialog)
    type_amount(dialog, "post", "3000")
    dialog.findChild(QPushButton, "add_own_item").click()
    form = next(one for one in dialog.findChildren(FormDialog) if one.isVisible())
    for key, value in (("label", "校内岗位津贴"), ("amount", 50000), ("treatment", Treatment.COUNTED.value)):
        choose(form, key, value)
    form.submit()
    assert dialog.amount.text() == "每月应交党费：35.00 元"
    assert "“校内岗位津贴”是支部自行增加的项目" in dialog.steps.toPlainText()
    last = dialog.model.rowCount() - 1
    dialog.items_view.setCurrentIndex(dialog.model.index(last, 0))
    dialog.findChild(QPushButton, "remove_own_item").click()
    assert dialog.amount.text() == "每月应交党费：15.00 元"
    dialog.done(0)


def test_c9_a_change_within_the_year_is_warned_of_until_it_has_a_reason(library, admit, page, show, opened, settle):
    member = admit("王芳")
    put(library, member, date(2026, 1, 1))
    show()
    page.panel.select([member])
    page._on_change_asked([member])
    settle()
    dialog = opened(AssessmentDialog)
    choose(dialog, "base", 510000)
    choose(dialog, "reason", "收入变化")
    assert "年内一般不变动" in dialog.steps.toPlainText()
    choose(dialog, "reason", "更正")
    assert "年内一般不变动" not in dialog.steps.toPlainText()
    choose(dialog, "from_month", "2026-04-01")
    dialog.submit()
    settle()
    assert stored(library) == [("王芳", 1, 4900, ""), ("王芳", 4, 7650, "更正")]


def test_closed_months_are_not_offered(library, admit, page, show, opened, settle, messages):
    member = admit("王芳")
    put(library, member, date(2026, 1, 1))
    record = ClosingRecord(month=date(2026, 5, 1), closed_at=now(), received_fen=0)
    library.write("结账", lambda session: session.add(record))
    show()
    page.panel.opened.emit(member)
    settle()
    dialog = opened(AssessmentDialog)
    months = [key for key, _ in dialog.grid.cells["from_month"].field.choices]
    assert months[0] == "2026-06-01"
    dialog.done(0)
    page._on_remove_asked([member])
    messages.prepare(True)
    settle()
    assert "不能删除" in str(messages.problems[-1])
    assert stored(library) == [("王芳", 1, 4900, "")]


def test_last_years_bases_are_repeated_after_asking(library, admit, page, show, settle, messages):
    put(library, admit("王芳"), date(2025, 1, 1))
    assert show()[0][0] == "沿用上年基数"
    assert "1人暂按上年基数" in page.note.text()
    messages.prepare(False)
    page._on_copy_triggered()
    settle()
    assert stored(library) == []
    messages.prepare(True)
    page._on_copy_triggered()
    settle()
    assert stored(library) == [("王芳", 1, 4900, "沿用上年")]


def test_students_are_settled_together(library, admit, page, opened, settle):
    ids = [admit("甲", employment=Employment.STUDENT), admit("乙", employment=Employment.STUDENT)]
    page._on_fixed_asked(ids)
    opened(FormDialog).submit()
    settle()
    assert sorted(stored(library)) == [("乙", 1, 20, "年初核定"), ("甲", 1, 20, "年初核定")]


def test_an_assessment_is_removed_after_asking(library, admit, page, settle, messages):
    member = admit("王芳")
    put(library, member, date(2026, 1, 1))
    messages.prepare(True)
    page._on_remove_asked([member])
    settle()
    assert stored(library) == []


def test_a_pay_list_is_imported_through_the_window_and_taken_back(
    library, admit, page, opened, settle, messages, save_xlsx, labels
):
    first, second = admit("王芳", department="教导处"), admit("王芳", department="总务处")
    admit("李红")
    path: Path = save_xlsx(
        [
            ["姓名", "岗位工资", "神秘津贴"],
            ["王芳", 3000, 1],
            ["李红", "2,900.00", 2],
            ["外人", 1, 2],
            ["合计", 5901, 5],
        ],
        name="工资.xlsx",
    )
    messages.prepare(path)
    page._on_import_triggered()
    settle()
    dialog = opened(PayImportDialog)
    assert [dialog.model.index(row, 2).data() for row in range(3)] == ["需确认", "新核定", "不在名单"]
    assert "神秘津贴" in dialog.findChild(type(page.note), "pay_import_notes").text()
    assert dialog.accept_button.text() == "导入（核定1人）"
    place = dialog.candidates.findData(second)
    assert place >= 0
    dialog.candidates.setCurrentIndex(place)
    dialog.findChild(QPushButton, "confirm_candidate").click()
    assert dialog.accept_button.text() == "导入（核定2人）"
    dialog.accept_button.click()
    settle()
    assert sorted(one[0] for one in stored(library)) == ["李红", "王芳"]
    owners = [row.id for row in library.read(lambda s: service.assessments_of(s, 2026)) if row.history]
    assert (second in owners, first in owners) == (True, False)
    assert labels()[0] == "导入工资项目：工资.xlsx"
    assert messages.informed[-1] == "导入完成：核定了2人的基数。"
    page._undo_import(library.read(audit.list_change_sets)[0].id)
    settle()
    assert stored(library) == []
    assert messages.informed[-1] == "已撤销这次导入，党费基数恢复到导入前。"


def test_a_file_that_is_no_pay_list_says_so(page, settle, messages, save_xlsx):
    messages.prepare(save_xlsx([["姓名", "性别"], ["王芳", "女"]]))
    page._on_import_triggered()
    settle()
    assert any("没有找到工资表的表头" in str(one) for one in messages.problems)


def test_the_years_form_and_one_members_slip_are_shown_for_printing(library, admit, page, opened, settle, messages):
    page._on_print_triggered()
    settle()
    assert "没有可打印的内容" in messages.informed[-1]
    member = admit("王芳")
    put(library, member, date(2026, 1, 1))
    page._on_print_triggered()
    settle()
    preview = opened(PrintPreview)
    assert preview.windowTitle() == "2026年度党费交纳基数审核表"
    preview.done(0)
    page._on_print_asked([member])
    settle()
    assert opened(PrintPreview).windowTitle() == "王芳党费基数核定单"


def test_the_models_keep_the_rules_of_qt(qtmodeltester):
    model = PayItemsModel(Choices(2026))
    model.put(DuesCategory.EMPLOYED, (pay_item("post", 300000),))
    qtmodeltester.check(model)
    model.add_own("自有", 100, Treatment.DEDUCTED)
    last = model.rowCount() - 1
    assert model.index(last, TREATMENT).data() == "扣除"
    assert model.index(last, SOURCE).data() == "支部自行增加的项目"
    model.set_category(DuesCategory.STUDENT)
    assert model.rowCount() == 0
    model.set_category(DuesCategory.EMPLOYED)
    assert [item.amount_fen for item in model.items()] == [300000, 100]
    model.remove_own(model.rowCount() - 1)
    assert [item.code for item in model.items()] == ["post"]


def test_the_previews_model_keeps_the_rules_of_qt(qtmodeltester, library, admit, save_xlsx):
    from partyroom.features.dues import pay_import_service

    admit("王芳")
    sheets = pay_import_service.read_pay_file(save_xlsx([["姓名", "岗位工资"], ["王芳", 3000], ["外人", 1]]))
    plan = library.read(lambda session: pay_import_service.plan_import(session, sheets, 2026))
    model = PayImportModel(plan)
    qtmodeltester.check(model)
    model.put(plan, plan.lines[1].verdict)
    assert model.rowCount() == 1
