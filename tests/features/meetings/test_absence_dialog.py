# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

import gc
import weakref
from datetime import date, datetime

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from partyroom.features.meetings import absence_preview_dialog, leave_service, make_up_service
from partyroom.features.meetings.absence import METHODS, MakeUpStatus, SlipStatus
from partyroom.features.meetings.absence_dialog import AbsenceDialog
from partyroom.features.meetings.domain import State
from partyroom.features.meetings.leave_service import AbsenceQuery
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.office import prepare_editor
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.meetings.person_absences_dialog import PersonAbsencesDialog
from partyroom.ui.form import FormDialog
from partyroom.ui.print_preview import PrintPreview

AWAY = {"陈甲": (State.LEAVE, "感冒"), "钱甲": (State.DUTY, "培训"), "孙甲": (State.ABSENT, "")}


@pytest.fixture
def meeting(stored, mark, fixed_today):
    number = stored()
    mark(number, AWAY)
    return number


@pytest.fixture
def shown(desk, qtbot, fixed_today):
    def build(meeting_id: int | None = None) -> AbsenceDialog:
        dialog = AbsenceDialog(desk, meeting_id)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        dialog.activateWindow()
        settle(dialog)
        return dialog

    return build


def settle(dialog) -> None:
    for _ in range(3):
        assert dialog._desk.tasks.wait_idle(20_000)


def rows(panel) -> list[list[str]]:
    model = panel.model
    columns = range(model.columnCount())
    return [[str(model.index(row, column).data()) for column in columns] for row in range(model.rowCount())]


def names(panel) -> list[str]:
    return [row[1] for row in rows(panel)]


def only(kind):
    found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    assert len(found) == 1, found
    return found[0]


def fill(form: FormDialog, **texts: str) -> None:
    for key, text in texts.items():
        editor = form.grid.cells[key].editor
        line = getattr(editor, "line", None)
        if line is not None:
            line.setText(text)
        else:
            editor.set_value(text)


def trigger(panel, text: str) -> None:
    next(found for found in panel.view.actions() + panel.findChildren(QAction) if found.text() == text).trigger()


def slips(branch):
    return branch.read(lambda s: leave_service.list_slip_rows(s, leave_service.list_slip_ids(s, AbsenceQuery())))


def lessons(branch):
    return branch.read(
        lambda s: make_up_service.list_make_up_rows(s, make_up_service.list_make_up_ids(s, AbsenceQuery()))
    )


def test_both_lists_begin_with_what_is_missing(shown, meeting) -> None:
    dialog = shown()
    assert names(dialog.slips.panel) == ["陈甲", "钱甲"]
    assert rows(dialog.slips.panel)[0][:3] == ["缺请假条", "陈甲", "语文科"]
    assert set(names(dialog.make_ups.panel)) == AWAY.keys()
    assert dialog.scope.text() == "全部会议：缺请假条2人次，待补课3人次，其中逾期3人次。"
    assert [dialog.tabs.tabText(i) for i in range(2)] == ["请假条（缺2）", "补课（待补3）"]


def test_a_slip_is_recorded_by_keyboard(branch, shown, meeting) -> None:
    dialog = shown()
    view = dialog.slips.panel.view
    view.setFocus()
    view.selectRow(0)
    QTest.keyClick(view, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    settle(dialog)
    form = only(FormDialog)
    assert form.grid.values()["category"] == "sick"
    fill(form, applied_on="2026.9.9", signed_by="李主任", signed_on="2026.9.9", filed_by="王办", filed_on="20260911")
    QTest.keyClick(form, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle(dialog)
    stored = slips(branch)[0]
    assert (stored.name, stored.status, stored.draft.filed_on) == ("陈甲", SlipStatus.FILED, date(2026, 9, 11))
    assert names(dialog.slips.panel) == ["钱甲"]
    assert dialog.tabs.tabText(0) == "请假条（缺1）"


def test_a_wrong_date_stays_in_the_form_beside_its_field(branch, shown, meeting) -> None:
    dialog = shown()
    dialog.slips.edit_slips([slips(branch)[0].id])
    settle(dialog)
    form = only(FormDialog)
    fill(form, applied_on="2026.9.9", signed_by="李主任", signed_on="2026.9.8")
    form.submit()
    settle(dialog)
    assert form.isVisible()
    assert "早于申请日期" in form.grid.cells["signed_on"].note.text()
    assert slips(branch)[0].status is SlipStatus.MISSING
    form.done(0)


def test_several_slips_are_recorded_at_once(branch, shown, meeting) -> None:
    dialog = shown()
    dialog.slips.edit_slips([row.id for row in slips(branch)])
    settle(dialog)
    form = only(FormDialog)
    assert "reason" not in form.grid.cells
    fill(form, signed_by="李主任", signed_on="2026.9.9")
    form.submit()
    settle(dialog)
    assert [(row.draft.reason, row.status) for row in slips(branch)] == [
        ("感冒", SlipStatus.UNFILED),
        ("培训", SlipStatus.UNFILED),
    ]


def test_selected_lessons_are_held_in_one_go(branch, shown, meeting, labels) -> None:
    dialog = shown()
    dialog.show_tab(1)
    view = dialog.make_ups.panel.view
    view.selectAll()
    QTest.keyClick(view, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    settle(dialog)
    form = only(FormDialog)
    assert form.grid.values()["method"] == METHODS[0]
    fill(form, done_on="2026.9.20", confirmed_by="王办")
    form.submit()
    settle(dialog)
    assert {(row.status, row.confirmed_by, row.done_on) for row in lessons(branch)} == {
        (MakeUpStatus.DONE, "王办", date(2026, 9, 20))
    }
    assert rows(dialog.make_ups.panel) == []
    assert dialog.tabs.tabText(1) == "补课"
    assert labels()[0] == "登记3人已补课"


def test_a_lesson_before_its_meeting_is_refused_in_the_form(branch, shown, meeting) -> None:
    dialog = shown()
    dialog.make_ups.finish([lessons(branch)[0].id])
    settle(dialog)
    form = only(FormDialog)
    fill(form, done_on="2026.9.1")
    form.submit()
    settle(dialog)
    assert form.isVisible()
    assert "早于会议日期" in form.grid.cells["done_on"].note.text()
    form.done(0)


def test_teacher_and_deadline_are_changed_and_a_mistake_is_taken_back(branch, shown, meeting, messages) -> None:
    dialog = shown()
    ids = [row.id for row in lessons(branch)]
    dialog.make_ups.assign(ids)
    settle(dialog)
    form = only(FormDialog)
    fill(form, teacher="周乙", due_on="2026.12.1")
    form.submit()
    settle(dialog)
    assert {(row.teacher, row.status) for row in lessons(branch)} == {("周乙", MakeUpStatus.OPEN)}
    dialog.make_ups.finish(ids)
    settle(dialog)
    only(FormDialog).submit()
    settle(dialog)
    assert {row.status for row in lessons(branch)} == {MakeUpStatus.DONE}
    messages.prepare(True)
    dialog.make_ups._on_reopen_asked(ids)
    settle(dialog)
    assert {row.status for row in lessons(branch)} == {MakeUpStatus.OPEN}
    assert messages.informed[-1] == "3人改回待补课。"


def test_opened_for_one_meeting_it_shows_that_until_all_are_asked_for(shown, meeting, stored, mark) -> None:
    other = stored("十月大会", starts_at=datetime(2026, 10, 10, 15, 0))
    mark(other, {"周甲": (State.LEAVE, "")})
    dialog = shown(other)
    assert names(dialog.slips.panel) == names(dialog.make_ups.panel) == ["周甲"]
    assert dialog.scope.text().startswith("只看：2026年10月10日 十月大会。")
    dialog.all_button.click()
    settle(dialog)
    assert names(dialog.slips.panel) == ["周甲", "陈甲", "钱甲"]
    assert not dialog.all_button.isVisible()


def test_a_scan_is_attached_and_comes_back(branch, shown, meeting, messages, tmp_path) -> None:
    scan = tmp_path / "陈甲 请假条.jpg"
    scan.write_bytes(b"\xff\xd8picture")
    dialog = shown()
    row = slips(branch)[0]
    messages.prepare(scan)
    dialog.slips._on_scan_asked([row.id])
    settle(dialog)
    assert slips(branch)[0].scan == "陈甲 请假条.jpg"
    messages.prepare(tmp_path / "out.jpg")
    dialog.slips._on_scan_save_asked([row.id])
    settle(dialog)
    assert (tmp_path / "out.jpg").read_bytes() == b"\xff\xd8picture"
    messages.prepare(tmp_path / "gone.jpg")
    dialog.slips._on_scan_asked([row.id])
    assert "读不出来" in messages.problems[-1][1]


def test_a_removed_slip_comes_back(branch, shown, meeting, messages) -> None:
    dialog = shown()
    row = slips(branch)[0]
    branch.write("登记", lambda s: leave_service.save_slip(s, row.id, row.draft))
    notices = []
    messages.said.connect(notices.append)
    messages.prepare(True)
    dialog.slips._on_remove_asked([row.id])
    settle(dialog)
    assert slips(branch)[0].status is SlipStatus.MISSING
    notices[-1].slot()
    settle(dialog)
    assert slips(branch)[0].status is SlipStatus.UNSIGNED


def test_one_person_s_record_is_reached_from_the_list(branch, shown, meeting) -> None:
    dialog = shown()
    dialog.slips._on_person_asked([slips(branch)[0].id])
    settle(dialog)
    person = only(PersonAbsencesDialog)
    assert person.windowTitle() == "陈甲的出勤与补课"
    assert "缺请假条1张；应补课1次，已补0次，逾期1次" in person.sums.text()
    line = rows(person.panel)[0]
    assert line[2:] == ["第三季度党员大会", "请假", "感冒", "缺请假条", "已逾期（期限2026.10.10）"]
    owed = next(row.id for row in lessons(branch) if row.name == "陈甲")
    dialog.make_ups.finish([owed])
    settle(dialog)
    only(FormDialog).submit()
    settle(dialog)
    assert rows(person.panel)[0][-1] == "2026.11.22 已补课"
    person.accept()


def test_anybody_s_record_is_reached_by_name(branch, shown, meeting) -> None:
    dialog = shown()
    dialog.choose_person()
    settle(dialog)
    form = only(FormDialog)
    number = next(row.member_id for row in lessons(branch) if row.name == "孙甲")
    form.grid.cells["person"].editor.set_value(number)
    form.submit()
    settle(dialog)
    assert only(PersonAbsencesDialog).windowTitle() == "孙甲的出勤与补课"
    only(PersonAbsencesDialog).accept()


def test_papers_are_previewed(branch, shown, meeting, qtbot) -> None:
    dialog = shown()
    for action, title in (
        (
            lambda: absence_preview_dialog.preview_slips(dialog._desk, dialog, [s.id for s in slips(branch)]),
            "请假条（2张）",
        ),
        (lambda: dialog.findChild(object, "blank_slip_button").click(), "空白请假条"),
        (lambda: absence_preview_dialog.preview_make_ups(dialog._desk, dialog, [lessons(branch)[0].id]), "补课记录"),
    ):
        action()
        settle(dialog)
        qtbot.waitUntil(
            lambda: any(isinstance(w, PrintPreview) for w in QApplication.topLevelWidgets()), timeout=20_000
        )
        preview = only(PrintPreview)
        assert title in preview.windowTitle()
        preview.reject()
        qtbot.waitUntil(lambda: not any(isinstance(w, PrintPreview) for w in QApplication.topLevelWidgets()))


def test_the_dialog_is_freed(desk, qtbot, meeting) -> None:
    dialog = AbsenceDialog(desk)
    dialog.open()
    assert desk.tasks.wait_idle()
    gone = weakref.ref(dialog)
    dialog.reject()
    del dialog
    qtbot.wait(20)
    gc.collect()
    assert gone() is None


# From the page and the editor.


@pytest.fixture
def edit(desk, branch, qtbot, fixed_today):
    def build(meeting_id: int | None) -> MeetingDialog:
        preparation = branch.read(lambda session: prepare_editor(session, meeting_id))
        dialog = MeetingDialog(desk, preparation)
        made.append(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        settle(dialog)
        return dialog

    made: list[MeetingDialog] = []
    yield build
    for dialog in made:
        if shiboken6.isValid(dialog):
            dialog.done(0)


def mark_absent(editor: MeetingDialog, name: str) -> None:
    editor.attendance.view.go_to([line.name for line in editor.attendance.lines].index(name))
    editor.attendance.view.mark(State.ABSENT)


def test_the_page_opens_the_lists_of_all_meetings(desk, qtbot, meeting) -> None:
    page = MeetingsPage(desk)
    qtbot.addWidget(page)
    page.show()
    next(action for action in page.findChildren(QAction) if action.text() == "请假与补课…").trigger()
    dialog = only(AbsenceDialog)
    settle(dialog)
    assert names(dialog.slips.panel) == ["陈甲", "钱甲"]
    dialog.accept()


def test_the_review_says_who_is_missing_and_follows_what_is_stored(branch, edit, meeting) -> None:
    editor = edit(meeting)
    editor.go_to("review")
    assert editor.absences.text.text() == "3人缺席，2人没有请假条，补课3人待完成。"
    row = slips(branch)[0]
    editor._desk.tasks.write("登记", lambda s: leave_service.save_slip(s, row.id, row.draft), owner=editor)
    settle(editor)
    assert editor.absences.text.text() == "3人缺席，1人没有请假条，补课3人待完成。"
    editor.absences.button.click()
    dialog = only(AbsenceDialog)
    settle(dialog)
    assert dialog.scope.text().startswith("只看：2026年9月10日")
    dialog.accept()


def test_unsaved_attendance_is_saved_before_the_slips(branch, edit, meeting, messages) -> None:
    editor = edit(meeting)
    mark_absent(editor, "赵甲")
    told = []
    editor.saved.connect(lambda number, then: told.append((number, then)))
    messages.prepare(False)
    editor.attendance.absences_requested.emit()
    assert told == []
    messages.prepare(True)
    editor.attendance.absences_requested.emit()
    settle(editor)
    assert told == [(meeting, "absences")]
    assert len(lessons(branch)) == 4


def test_nobody_missing_leaves_the_line_out(edit, stored, fixed_today) -> None:
    editor = edit(stored())
    editor.go_to("review")
    assert not editor.absences.isVisible()


def test_the_deadline_comes_from_the_settings(branch, desk, edit, meeting) -> None:
    desk.settings.set("make_up_days", 5)
    editor = edit(meeting)
    mark_absent(editor, "赵甲")
    editor.save()
    settle(editor)
    assert {row.due_on for row in lessons(branch)} == {date(2026, 10, 10), date(2026, 9, 15)}
