"""The tab 公开承诺 with real widgets over a real library."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from partyroom.features.pledges import service
from partyroom.features.pledges.appraisal_dialog import AppraisalDialog
from partyroom.features.pledges.domain import Body, Stage, State
from partyroom.features.pledges.make_dialog import MakeDialog
from partyroom.features.pledges.overview_dialog import OverviewDialog
from partyroom.features.pledges.page import PledgesPage
from partyroom.features.pledges.pledge_dialog import PledgeDialog
from partyroom.features.pledges.pledge_import_dialog import PledgeImportDialog
from partyroom.features.pledges.register_dialog import RegisterDialog
from partyroom.features.pledges.reminders_dialog import RemindersDialog
from partyroom.features.pledges.round_service import round_of
from partyroom.features.pledges.templates_dialog import TemplatesDialog
from partyroom.registry import FEATURES
from partyroom.ui.form import FormDialog
from partyroom.ui.table import Query


@pytest.fixture
def page(desk, branch, qtbot, settle, fixed_today):
    made = PledgesPage(desk)
    qtbot.addWidget(made)
    made.resize(1100, 640)
    with qtbot.waitExposed(made):
        made.show()
    settle()
    return made


def press(page: QWidget, text: str) -> None:
    next(one for one in page.findChildren(QAction) if one.text().startswith(text) and one.isEnabled()).trigger()


def fill(form: FormDialog, **texts: object) -> None:
    for key, text in texts.items():
        form.grid.cells[key].editor.set_value(text)


def shown(page: PledgesPage) -> list[tuple[str, str]]:
    model = page.panel.model
    keys = [column.key for column in model.columns]
    columns = [keys.index("name"), keys.index("state")]
    return [tuple(str(model.index(row, c).data()) for c in columns) for row in range(model.rowCount())]


def test_the_page_is_registered_behind_the_dues():
    names = [feature.__name__ for feature in FEATURES]
    assert names.index("PledgesPage") == names.index("DuesPage") + 1


def test_a_year_without_a_round_says_so_and_opens_one_filled_in_by_custom(page, branch, settle, opened):
    page.show_year(2027)
    settle()
    assert page.open_button.isVisible()
    assert "2027年度公开承诺还没有开启" in page.no_round_text.text()
    page.open_button.click()
    form = opened(FormDialog)
    assert form.grid.cells["review_responsible"].editor.value() == "赵一"
    assert form.grid.cells["publish_responsible"].editor.value() == "孙三"
    fill(form, theme="作表率")
    form.submit()
    settle()
    stored = branch.read(lambda s: round_of(s, 2027))
    assert stored is not None
    assert stored.theme == "作表率"
    assert stored.stage(Stage.REVIEW).responsible == "赵一"
    assert page.panel.isVisible()
    assert page.years.currentData() == 2027


def test_opening_a_year_twice_is_refused_beside_the_field(page, branch, settle, opened):
    page.open_other_year()
    settle()
    form = opened(FormDialog)
    fill(form, year=2026)
    form.submit()
    settle()
    assert form.isVisible()
    assert "已经开启" in form.grid.cells["year"].note.text()
    form.done(0)


def test_the_strip_counts_pledges_through_the_stages(page, pledge, settle):
    pledge(State.FULFILLING, 6)
    pledge(State.REVIEWED, 7)
    pledge(State.DRAFT, 8)
    page.reload()
    settle()
    counts = {stage: card.count.text() for stage, card in page.strip.cards.items()}
    assert counts == {
        Stage.PROPOSE: "3/3份",
        Stage.REVIEW: "2/3份",
        Stage.PUBLISH: "1/3份",
        Stage.FULFIL: "1/3份",
        Stage.APPRAISE: "0/3份",
    }
    assert page.strip.cards[Stage.PROPOSE].day.text() == "1月10日完成"
    assert page.strip.cards[Stage.REVIEW].accessibleName().startswith("审诺：2/3份")


def test_templates_make_drafts_for_everybody_without_a_pledge(page, branch, pledge, settle, opened, labels):
    pledge(State.DRAFT, 6)
    page.make_for_all()
    settle()
    dialog = opened(MakeDialog)
    assert len(dialog.boxes) == 8  # the branch and seven of eight members
    assert dialog.boxes[0].accessibleName().endswith("的角色")
    first = dialog.tree.topLevelItem(0)
    first.setCheckState(0, first.checkState(0).Unchecked)
    assert dialog.make_button.text() == "生成7份草稿"
    dialog.make()
    settle()
    assert len(shown(page)) == 8
    assert {state for _, state in shown(page)} == {"草稿"}
    assert labels()[0] == "套用模板生成承诺（7份）"
    assert len(page.panel.selected_ids()) == 7


def test_review_publication_and_start_go_through_several_at_once(page, branch, pledge, detail, settle, opened):
    ids = [pledge(State.DRAFT, 6), pledge(State.DRAFT, 7)]
    page.reload()
    settle()
    for text, keys in (
        ("审诺", {"on": date(2026, 2, 20), "person": "支委会"}),
        ("亮诺", {"on": date(2026, 3, 1), "place": "公开栏"}),
        ("开始践诺", {"on": date(2026, 3, 2), "person": "吴六"}),
    ):
        page.panel.select(ids)
        press(page, text)
        settle()
        form = opened(FormDialog)
        fill(form, **keys)
        form.submit()
        settle()
    for number in ids:
        found = detail(number)
        assert found.state is State.FULFILLING
        assert (found.reviewed_on, found.reviewer) == (date(2026, 2, 20), "支委会")
        assert (found.published_from, found.place) == (date(2026, 3, 1), "公开栏")
        assert found.started_on == date(2026, 3, 2)


def test_a_step_out_of_turn_is_explained_instead_of_asked_for(page, pledge, settle, messages):
    number = pledge(State.DRAFT, 6)
    page.reload()
    settle()
    page.panel.select([number])
    press(page, "亮诺")
    settle()
    assert "请先登记审诺" in messages.informed[-1]
    assert not [w for w in page.findChildren(FormDialog) if w.isVisible()]


def test_a_step_taken_long_ago_is_not_asked_for_with_the_step_before_it(page, pledge, settle, messages):
    number = pledge(State.FULFILLING, 6)
    page.reload()
    settle()
    page.panel.select([number])
    press(page, "亮诺")
    settle()
    assert "这一步已经登记过" in messages.informed[-1]
    assert "请先" not in messages.informed[-1]


def test_a_return_without_a_reason_stays_in_the_form(page, pledge, settle, opened, detail):
    number = pledge(State.DRAFT, 6)
    page.reload()
    settle()
    page.panel.select([number])
    press(page, "审诺")
    settle()
    form = opened(FormDialog)
    fill(form, on=date(2026, 2, 20), opinion="return")
    form.submit()
    settle()
    assert form.isVisible()
    assert "退回时请写明理由" in form.grid.cells["remark"].note.text()
    fill(form, remark="时限不具体")
    form.submit()
    settle()
    assert detail(number).state is State.DRAFT
    assert "时限不具体" in detail(number).events[-1].remark


def test_a_withdrawn_pledge_keeps_its_history(page, pledge, settle, opened, detail):
    number = pledge(State.PUBLISHED, 6)
    page.reload()
    settle()
    page.panel.select([number])
    press(page, "撤回")
    settle()
    form = opened(FormDialog)
    form.submit()
    assert form.grid.cells["remark"].note.text()  # a reason is required
    fill(form, remark="调离")
    form.submit()
    settle()
    found = detail(number)
    assert found.state is State.WITHDRAWN
    assert found.withdrawn_reason == "调离"
    assert len(found.items) == 2
    assert len(found.events) >= 3


def test_one_deed_is_recorded_for_several(page, pledge, settle, opened, detail):
    ids = [pledge(State.PUBLISHED, 6), pledge(State.PUBLISHED, 7)]
    page.reload()
    settle()
    page.panel.select(ids)
    press(page, "登记践诺")
    settle()
    form = opened(FormDialog)
    fill(form, on=date(2026, 5, 1), text="打扫校园", minutes="1.5")
    form.submit()
    settle()
    assert [detail(number).deeds[0].minutes for number in ids] == [90, 90]
    assert {detail(number).state for number in ids} == {State.FULFILLING}


def test_appraisal_checks_votes_while_they_are_typed_and_decides(page, pledge, settle, opened, detail):
    ids = [pledge(State.FULFILLING, 6), pledge(State.FULFILLING, 7)]
    page.reload()
    settle()
    page.panel.select(ids)
    press(page, "评诺")
    settle()
    dialog = opened(AppraisalDialog)
    grade = dialog._grades[0]
    cells = dialog.cells["members"]
    for name, text in (("issued", "8"), ("returned", "9"), ("grade0", "7")):
        cells[name].setText(text)
        cells[name].textEdited.emit(text)
    assert "多于发出的8票" in dialog.results["members"].text()
    dialog.save()
    assert dialog.isVisible()
    cells["returned"].setText("8")
    cells["returned"].textEdited.emit("8")
    assert dialog.results["members"].text().startswith("有效7票，无效1票")
    for box, value in ((dialog.grade, grade), (dialog.decided_by, Body.ASSEMBLY.value)):
        box.setCurrentIndex(box.findData(value))
        box.activated.emit(box.currentIndex())
    dialog.decided_on.setText("2026-11-20")
    dialog.decided_on.textEdited.emit("2026-11-20")
    dialog.save()
    settle()
    first, second = (detail(number) for number in ids)
    assert first.state is State.APPRAISED
    assert first.appraisal.grade == grade
    assert first.appraisal.members.counts == {grade: 7}
    assert second.state is State.FULFILLING


def test_the_decision_spreads_only_to_those_with_a_grade(page, pledge, settle, opened):
    ids = [pledge(State.FULFILLING, 6), pledge(State.FULFILLING, 7)]
    page.reload()
    settle()
    page.panel.select(ids)
    press(page, "评诺")
    settle()
    dialog = opened(AppraisalDialog)
    dialog.grade.setCurrentIndex(1)
    dialog.grade.activated.emit(1)
    dialog.decided_on.setText("2026-11-20")
    dialog.decided_on.textEdited.emit("2026-11-20")
    dialog.spread_button.click()
    assert [value.decided_on for value in dialog._values] == [date(2026, 11, 20), None]
    dialog._values = [one.appraisal for one in dialog._pledges]
    dialog.reject()


def test_reminders_show_overdue_items_and_open_the_pledge(page, pledge, settle, opened):
    number = pledge(State.FULFILLING, 6)
    page.reload()
    settle()
    assert page.reminding.isVisible()
    assert "已超过" in page.reminding.text.text()
    page.show_reminders()
    dialog = opened(RemindersDialog)
    dialog.open_button.click()
    settle()
    assert opened(PledgeDialog)._id == number


def test_the_overview_counts_and_keeps_what_is_written(page, branch, pledge, settle, opened):
    pledge(State.FULFILLING, 6)
    page.reload()
    settle()
    page.show_overview()
    dialog = opened(OverviewDialog)
    dialog.choice.setCurrentIndex(0)
    assert "承诺1份" in dialog.counts.toPlainText()
    dialog.fill()
    dialog.save()
    settle()
    assert branch.read(lambda s: round_of(s, 2026)).mid_year.startswith("截至2026年6月30日")


def test_the_register_lists_deeds(page, branch, pledge, settle, opened):
    from partyroom.features.pledges.deeds_service import record_deed
    from partyroom.features.pledges.domain import DeedDraft

    number = pledge(State.FULFILLING, 6)
    branch.write("践诺", lambda s: record_deed(s, number, None, DeedDraft(date(2026, 4, 1), "<b>义务讲解", minutes=60)))
    page.reload()
    settle()
    page.show_register()
    settle()
    dialog = opened(RegisterDialog)
    model = dialog.panel.model
    assert model.rowCount() == 1
    texts = [str(model.index(0, column).data()) for column in range(model.columnCount())]
    assert "<b>义务讲解" in texts
    dialog.panel.opened.emit(model.ids[0])
    settle()
    assert opened(PledgeDialog)._id == number


def test_own_templates_are_added_and_removed(page, branch, settle, opened, messages):
    page.show_templates()
    settle()
    dialog = opened(TemplatesDialog)
    dialog.buttons["add_template"].click()
    form = opened(FormDialog)
    fill(form, text="每周听课一节", due="12-20")
    form.submit()
    settle()
    own = [one for one in dialog._templates if one.id is not None]
    assert [one.text for one in own] == ["每周听课一节"]
    for number in range(dialog.tree.topLevelItemCount()):
        top = dialog.tree.topLevelItem(number)
        for child in range(top.childCount()):
            if top.child(child).text(5) == "本支部":
                dialog.tree.setCurrentItem(top.child(child))
    messages.prepare(True)
    dialog.buttons["delete_template"].click()
    settle()
    assert not [one for one in dialog._templates if one.id is not None]


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_workbook_is_imported_whole(page, branch, settle, opened, messages, tmp_path):
    path = workbook(
        tmp_path / "承诺.xlsx",
        [["2026年公开承诺"], ["姓名", "承诺事项", "完成时限"], ["吴六", "听课", "6月底"], [None, "笔记", "年底"]],
    )
    messages.prepare(path)
    page.import_pledges()
    settle()
    settle()
    dialog = opened(PledgeImportDialog)
    assert dialog.accept_button.text() == "导入（1份）"
    dialog.run_import()
    settle()
    assert shown(page) == [("吴六", "草稿")]
    rows = branch.read(lambda s: service.pledges_of(s, 1))
    assert [item.text for item in rows[0].items] == ["听课", "笔记"]


def test_a_workbook_with_one_bad_row_imports_nothing(page, branch, settle, opened, messages, tmp_path):
    path = workbook(tmp_path / "承诺.xlsx", [["姓名", "承诺事项"], ["吴六", "听课"], ["无此人", "<b>笔记"]])
    messages.prepare(path)
    page.import_pledges()
    settle()
    settle()
    dialog = opened(PledgeImportDialog)
    assert not dialog.accept_button.isEnabled()
    dialog.only_told.setChecked(True)
    assert "花名册里没有党员“无此人”" in str(dialog.model.index(dialog.model.rowCount() - 1, 8).data())
    dialog.run_import()
    settle()
    assert branch.read(lambda s: service.pledges_of(s, 1)) == []
    dialog.reject()


def test_an_empty_list_offers_templates(page, settle):
    labels = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert any("套用模板" in text for text in labels)
    assert any(button.text().startswith("为党员套用模板") for button in page.findChildren(QPushButton))


def test_binning_asks_and_recommends_withdrawal(page, branch, pledge, settle, messages):
    number = pledge(State.DRAFT, 6)
    page.reload()
    settle()
    page.panel.select([number])
    messages.prepare(True)
    press(page, "移入回收站")
    settle()
    assert shown(page) == []


def test_states_and_what_to_look_for_share_a_filter(page, pledge, settle):
    pledge(State.FULFILLING, 6)
    pledge(State.DRAFT, 7)
    page.reload()
    settle()
    for value, names in (
        ("fulfilling", ["吴六"]),
        ("draft", ["郑七"]),
        ("unsigned", ["吴六", "郑七"]),
    ):
        page.panel.set_query(Query(filters={"state": value}))
        settle()
        assert sorted(name for name, _ in shown(page)) == sorted(names), value


def test_a_low_window_leaves_room_for_the_list(page, pledge, settle, qtbot):
    pledge(State.FULFILLING, 6)
    page.reload()
    settle()
    card = page.strip.cards[Stage.REVIEW]
    assert card.day.isVisible()
    page.resize(800, 460)
    qtbot.waitUntil(lambda: not card.day.isVisible())
    assert "\n" not in page.reminding.text.text()
    assert "责任人" in card.toolTip()


def test_the_export_holds_what_the_list_shows(page, pledge, settle, messages, tmp_path):
    pledge(State.FULFILLING, 6)
    page.reload()
    settle()
    target = tmp_path / "一览.xlsx"
    messages.prepare(target)
    page.export_shown()
    settle()
    settle()
    cells = [str(cell.value) for row in openpyxl.load_workbook(target).active.iter_rows() for cell in row]
    assert {"吴六", "践诺中", "0/2"} <= set(cells)


def test_an_empty_table_can_be_saved_filled_in_and_imported(page, settle, messages, opened, tmp_path):
    target = tmp_path / "空白.xlsx"
    messages.prepare(target)
    page.save_empty_table()
    settle()
    book = openpyxl.load_workbook(target)
    headers = next(row for row in book.active.iter_rows() if "承诺事项" in [cell.value for cell in row])
    places = {cell.value: cell.column for cell in headers}
    line = headers[0].row + 1
    book.active.cell(line, places["姓名"], "吴六")
    book.active.cell(line, places["承诺事项"], "听课")
    book.save(target)
    messages.prepare(target)
    page.import_pledges()
    settle()
    settle()
    assert opened(PledgeImportDialog).plan.good


def test_a_workbook_without_the_headers_is_refused_in_words(page, settle, messages, tmp_path):
    messages.prepare(workbook(tmp_path / "别的.xlsx", [["甲", "乙"], ["1", "2"]]))
    page.import_pledges()
    settle()
    assert "没有找到“姓名”和“承诺事项”" in messages.problems[0][1]


def test_other_peoples_changes_reach_the_open_page(page, branch, desk, settle):
    from partyroom.features.pledges.round_service import open_round

    desk.tasks.write("开启", lambda s: open_round(s, 2025), owner=page)
    settle()
    assert page.years.findData(2025) >= 0


def test_zb_30_what_the_attendance_of_the_meeting_is_worth_is_said_after_planning(page, settle, opened, messages):
    page.plan_round()
    form = opened(FormDialog)
    fill(form, discussed_on=date(2026, 2, 10), should=8, present=3)
    form.submit()
    settle()
    assert any("不足半数" in text for text in messages.informed)
    assert "不足半数" in page.strip.plan_button.toolTip()


def test_tab_goes_through_the_appraisal_as_it_is_read(page, pledge, settle, opened):
    number = pledge(State.FULFILLING, 6)
    page.reload()
    settle()
    page.panel.select([number])
    press(page, "评诺")
    settle()
    dialog = opened(AppraisalDialog)
    walked, here = [], dialog.self_text
    while len(walked) < 40 and here is not dialog.person:
        here = here.nextInFocusChain()
        walked.append(here.objectName())
    wanted = ["self_grade", "members_issued", "members_returned", "masses_issued", "grade", "decided_on", "decided_by"]
    assert [name for name in walked if name in {*wanted, "grade_comment"}] == [*wanted, "grade_comment"]
