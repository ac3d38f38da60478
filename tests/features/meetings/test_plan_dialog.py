"""The year plan on the screen, the kinds of meetings, fixed actions in the editor, the oath."""

# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from datetime import datetime, time

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton

from partyroom.features.meetings.domain import FixedAction, Stage
from partyroom.features.meetings.kinds_dialog import KindsDialog
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.oath_dialog import OATH, OathDialog
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.meetings.plan_dialog import PlanDialog
from partyroom.features.meetings.plan_form_dialog import PreviewDialog
from partyroom.features.meetings.service import MeetingQuery, get_meeting, list_meeting_ids
from partyroom.ui.form import FormDialog


@pytest.fixture
def page(desk, qtbot, fixed_today):
    made = MeetingsPage(desk)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    with qtbot.waitExposed(made):
        made.show()
    assert desk.tasks.wait_idle()
    return made


def settle(page) -> None:
    for _ in range(3):
        assert page.desk.tasks.wait_idle(20_000)


def only(kind):
    found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    assert len(found) == 1, found
    return found[0]


def press(dialog, name) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button.isEnabled()
    button.click()


def fill(dialog, **values) -> None:
    for key, value in values.items():
        dialog.grid.cells[key].editor.set_value(value)


def items(tree):
    heads = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return [head.child(row) for head in heads for row in range(head.childCount())]


def opened_plan(page) -> PlanDialog:
    page.show_plan()
    settle(page)
    plan = only(PlanDialog)
    press(plan, "list_view_button")
    return plan


def test_a_rule_is_previewed_then_written_then_taken_back(page, messages):
    plan = opened_plan(page)
    plan._go(1)
    settle(page)
    press(plan, "by_rule_button")
    form = only(FormDialog)
    fill(form, kind="theme_day")
    assert form.values()["title"] == "{年}年{月}月主题党日"
    fill(form, per="quarter")
    assert form.values()["title"] == "{年}年第{季}季度主题党日"
    fill(form, per="month", week=2, weekday=3, at=time(15, 30))
    form.submit()
    settle(page)
    preview = only(PreviewDialog)
    assert len(preview.ticked()) == 10
    preview.list.topLevelItem(0).setCheckState(0, Qt.CheckState.Unchecked)
    assert "9次" in preview.findChild(QLabel, "preview_note").text()
    notices = []
    messages.said.connect(notices.append)
    press(preview, "save_button")
    settle(page)
    assert [item.text(2) for item in items(plan.list)][:2] == ["2027年2月主题党日", "2027年3月主题党日"]
    assert plan.list.topLevelItem(1).text(0) == "2月　计划1次"
    assert notices[-1].action == "撤销"
    notices[-1].slot()
    settle(page)
    assert items(plan.list) == []
    plan.reject()


def test_what_stands_in_the_way_is_shown_and_cannot_be_ticked(page, stored):
    stored("党日", kind="theme_day", starts_at=datetime(2026, 12, 3, 15, 0), stage=Stage.PLANNED)
    stored("党日", kind="theme_day", starts_at=datetime(2026, 11, 12, 15, 0))
    plan = opened_plan(page)
    plan._show_month(12)
    press(plan, "as_before_button")
    settle(page)
    preview = only(PreviewDialog)
    line = preview.list.topLevelItem(0)
    assert "已有同类会议" in line.text(3)
    assert not line.flags() & Qt.ItemFlag.ItemIsUserCheckable
    assert not preview.findChild(QPushButton, "save_button").isEnabled()
    preview.reject()
    plan.reject()


def test_a_group_meeting_asks_for_its_group(page):
    plan = opened_plan(page)
    press(plan, "by_rule_button")
    form = only(FormDialog)
    fill(form, kind="group")
    form.submit()
    settle(page)
    assert form.isVisible()
    assert any("是哪个党小组" in label.text() for label in form.grid.cells["group_id"].findChildren(QLabel))
    form.done(0)
    plan.reject()


def test_planned_meetings_are_moved_cancelled_and_planned_again(page, branch, stored):
    number = stored("十二月党日", kind="theme_day", starts_at=datetime(2026, 12, 10, 15, 0), stage=Stage.PLANNED)
    plan = opened_plan(page)
    items(plan.list)[0].setSelected(True)
    press(plan, "move_button")
    form = only(FormDialog)
    fill(form, starts_at=datetime(2026, 12, 17, 15, 0))
    form.submit()
    settle(page)
    assert items(plan.list)[0].text(0) == "12月17日 周四 15:00"
    press(plan, "call_off_button")
    form = only(FormDialog)
    fill(form, reason="期末考试")
    form.submit()
    settle(page)
    line = items(plan.list)[0]
    assert (line.text(2), line.text(4)) == ("十二月党日（取消原因：期末考试）", "已取消")
    assert not plan.findChild(QPushButton, "open_plan_button").isEnabled()
    press(plan, "replan_button")
    settle(page)
    assert branch.read(lambda session: get_meeting(session, number)).stage is Stage.PLANNED
    plan.reject()


def test_a_held_meeting_can_only_be_opened(page, stored):
    stored()
    plan = opened_plan(page)
    items(plan.list)[0].setSelected(True)
    names = ("open_plan_button", "move_button", "call_off_button", "replan_button", "bin_plan_button")
    assert [plan.findChild(QPushButton, name).isEnabled() for name in names] == [True, False, False, False, False]
    plan.reject()


def test_an_opened_plan_lists_who_should_come_and_is_held_once_saved(page, branch, stored, messages):
    number = stored(
        "十一月党日", kind="theme_day", starts_at=datetime(2026, 11, 20, 15, 0), stage=Stage.PLANNED, attendance=()
    )
    plan = opened_plan(page)
    items(plan.list)[0].setSelected(True)
    press(plan, "open_plan_button")
    settle(page)
    editor = only(MeetingDialog)
    assert len(editor.attendance.lines) == 30
    editor.save()
    settle(page)
    found = branch.read(lambda session: get_meeting(session, number))
    assert (found.stage, found.number, len(found.draft.attendance)) == (Stage.HELD, 1, 30)


def test_a_meeting_to_come_is_stored_as_a_plan_and_said_so(page, branch, stored, messages):
    number = stored("十二月党日", starts_at=datetime(2026, 12, 10, 15, 0), stage=Stage.PLANNED)
    notices = []
    messages.said.connect(notices.append)
    page.edit_meeting(number)
    settle(page)
    only(MeetingDialog).save("record")
    settle(page)
    assert branch.read(lambda session: get_meeting(session, number)).stage is Stage.PLANNED
    assert "列入年度计划" in notices[-1].text


def test_a_cancelled_meeting_says_how_to_take_it_up_again(page, stored, branch, messages):
    number = stored("十二月党日", stage=Stage.CANCELLED, starts_at=datetime(2026, 12, 10, 15, 0))
    notices = []
    messages.said.connect(notices.append)
    page.edit_meeting(number)
    settle(page)
    assert "恢复计划" in notices[-1].text
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, MeetingDialog) and w.isVisible()]


def test_the_list_shows_held_meetings_until_asked_for_others(page, stored):
    stored("开过的")
    stored("计划的", starts_at=datetime(2026, 12, 10, 15, 0), stage=Stage.PLANNED)
    page.reload()
    settle(page)
    assert page.panel.model.rowCount() == 1
    combo = page.findChild(object, "filter_stage")
    assert [combo.itemText(row) for row in range(combo.count())] == ["全部", "计划", "已召开", "已取消"]
    combo.setCurrentIndex(0)
    settle(page)
    assert page.panel.model.rowCount() == 2


def test_the_strip_names_what_falls_short(page, stored):
    stored("第四季度", starts_at=datetime(2026, 10, 8, 15, 0))
    page.reload()
    settle(page)
    text = page.frequencies.text()
    assert "支部党员大会" not in text
    assert "主题党日：本月已开0次/应开1次" in text
    assert "其余会议的次数已达到要求" in text
    assert "支部党员大会：本季度已开1次/应开1次" in page.frequencies.toolTip()
    assert "第十一条" in page.frequencies.toolTip()


# Kinds


def kinds_dialog(page) -> KindsDialog:
    page.show_kinds()
    settle(page)
    return only(KindsDialog)


def choose(dialog, label) -> None:
    found = dialog.list.findItems(label, Qt.MatchFlag.MatchExactly, 0)
    dialog.list.setCurrentItem(found[0])


def test_an_own_kind_is_added_offered_in_the_editor_and_removed(page, branch, messages):
    dialog = kinds_dialog(page)
    press(dialog, "add_kind_button")
    form = only(FormDialog)
    fill(form, label="青年读书会", period="month", minimum=2, agenda="领读\n讨论", actions="佩戴党徽")
    form.submit()
    settle(page)
    choose(dialog, "青年读书会")
    assert dialog.list.currentItem().text(3) == "每月2次"
    code = list(branch.read(kinds_of))[-1]
    dialog.reject()
    page.create_meeting()
    settle(page)
    editor = only(MeetingDialog)
    editor.basics._cells["kind"].editor.set_value(code)
    assert editor.findChild(QCheckBox, "action_佩戴党徽") is not None
    editor._dirty = False
    editor.reject()
    dialog = kinds_dialog(page)
    choose(dialog, "青年读书会")
    messages.prepare(True)
    press(dialog, "restore_kind_button")
    settle(page)
    assert code not in branch.read(kinds_of)
    dialog.reject()


def test_a_changed_kind_shows_in_the_filter_and_goes_back(page, branch, messages):
    dialog = kinds_dialog(page)
    choose(dialog, "主题党日")
    assert not dialog.findChild(QPushButton, "restore_kind_button").isEnabled()
    press(dialog, "change_kind_button")
    form = only(FormDialog)
    fill(form, label="支部生活日")
    form.submit()
    settle(page)
    combo = page.findChild(object, "filter_kind")
    assert "支部生活日" in [combo.itemText(row) for row in range(combo.count())]
    choose(dialog, "支部生活日")
    press(dialog, "hide_kind_button")
    settle(page)
    choose(dialog, "支部生活日")
    assert dialog.list.currentItem().text(6) == "已隐藏"
    messages.prepare(True)
    press(dialog, "restore_kind_button")
    settle(page)
    assert branch.read(kinds_of)["theme_day"].label == "主题党日"
    dialog.reject()


# Fixed actions and the oath


@pytest.fixture
def editor(page, stored):
    number = stored("党日", kind="theme_day", starts_at=datetime(2026, 11, 22, 9, 30))
    page.edit_meeting(number)
    settle(page)
    made = only(MeetingDialog)
    made.go_to("agenda")
    yield made
    if shiboken6.isValid(made):
        made._dirty = False
        made.reject()


def tick(editor, name) -> QLineEdit:
    editor.findChild(QCheckBox, f"action_{name}").click()
    return editor.findChild(QLineEdit, f"action_time_{name}")


def test_actions_are_ticked_with_the_time_of_now_during_the_meeting(editor, branch, page):
    assert tick(editor, "重温入党誓词").text() == "10:00"
    assert tick(editor, "佩戴党徽").text() == ""
    tick(editor, "现场交纳党费").setText("10:20")
    editor.save()
    settle(page)
    number = branch.read(lambda session: list_meeting_ids(session, MeetingQuery()))[0]
    assert branch.read(lambda session: get_meeting(session, number)).draft.actions == (
        FixedAction("佩戴党徽"),
        FixedAction("重温入党誓词", datetime(2026, 11, 22, 10, 0)),
        FixedAction("现场交纳党费", datetime(2026, 11, 22, 10, 20)),
    )


def test_afterwards_the_time_is_that_of_the_beginning(page, stored):
    page.edit_meeting(stored("党日", kind="theme_day"))
    settle(page)
    editor = only(MeetingDialog)
    assert tick(editor, "重温入党誓词").text() == "15:30"
    editor._dirty = False
    editor.reject()


def test_a_time_that_cannot_be_read_keeps_the_meeting_open(editor, page):
    tick(editor, "重温入党誓词").setText("下午")
    editor.save()
    settle(page)
    assert editor.isVisible()
    assert "重温入党誓词" in editor.agenda.notice_text.text()


def test_ticked_actions_survive_a_crash_and_another_kind(editor):
    tick(editor, "重温入党誓词").setText("9:4")
    kept = editor.agenda.state()
    editor.agenda.put(editor.draft().__class__("theme_day", "", datetime(2026, 11, 22)))
    assert editor.draft().actions == ()
    editor.agenda.restore(kept)
    assert editor.findChild(QLineEdit, "action_time_重温入党誓词").text() == "9:4"
    editor.agenda.set_kind("study")
    assert editor.findChild(QCheckBox, "action_重温入党誓词").isChecked()
    assert [a.name for a in editor.draft().actions] == ["重温入党誓词"]


def test_the_oath_is_there_in_large_letters(editor):
    press(editor, "oath_button")
    dialog = only(OathDialog)
    shown = dialog.text.text().replace("\n", "")
    assert shown == OATH
    assert len([character for character in OATH if character not in "，。"]) == 80
    small = dialog.text.font().pixelSize()
    dialog.resize(dialog.width() + 300, dialog.height() + 300)
    assert dialog.text.font().pixelSize() > small > 20
    dialog.reject()
