# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

import gc
import weakref
from datetime import datetime

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QPushButton

from partyroom.drafts import KeptDrafts
from partyroom.features.meetings.domain import Guest, State, Vote, VoteMethod, VoteRule, tally
from partyroom.features.meetings.meeting_dialog import MeetingDialog, draft_key
from partyroom.features.meetings.office import prepare_editor
from partyroom.features.meetings.roll_page import REASON
from partyroom.features.meetings.service import MeetingQuery, bin_meetings, get_meeting, list_meeting_ids
from partyroom.storage.library import Library
from partyroom.ui.form import FormDialog

ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def edit(desk, branch, qtbot, fixed_today):
    def build(meeting_id: int | None = None, kind: str = "") -> MeetingDialog:
        preparation = branch.read(lambda session: prepare_editor(session, meeting_id))
        dialog = MeetingDialog(desk, preparation, kind=kind)
        qtbot.addWidget(dialog, before_close_func=forget)
        with qtbot.waitExposed(dialog):
            dialog.open()
        dialog.activateWindow()
        settle(dialog)
        return dialog

    return build


def forget(dialog: MeetingDialog) -> None:
    """Let the end of a test close the dialog without a question."""
    dialog._dirty = dialog._saving = False


def settle(dialog: MeetingDialog) -> None:
    assert dialog._desk.tasks.wait_idle()


def press(dialog: MeetingDialog, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(dialog.focusWidget(), key)


def type_text(dialog: MeetingDialog, text: str) -> None:
    """Type letter by letter into whatever has the keyboard; Chinese comes as an input method would commit it."""
    focus = dialog.focusWidget()
    if text.isascii():
        QTest.keyClicks(focus, text)
    elif isinstance(focus, QLineEdit):
        focus.insert(text)
    elif isinstance(focus, QComboBox):
        focus.lineEdit().insert(text)
    elif isinstance(focus, QPlainTextEdit):
        focus.insertPlainText(text)
    else:
        focus.textCursor().insertText(text)


def fill_cell(view, row: int, column: int, text: str) -> None:
    """Edit a cell of a table with the keyboard."""
    index = view.model().index(row, column)
    view.setCurrentIndex(index)
    QTest.keyClick(view, Qt.Key.Key_F2)
    editor = view.indexWidget(index)
    if isinstance(editor, QPlainTextEdit):
        editor.setPlainText(text)
    elif isinstance(editor, QComboBox):
        editor.setEditText(text)
    else:
        editor.setText(text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.qWait(5)  # the editor closes when it has seen the key


def meetings(branch: Library) -> list[int]:
    return branch.read(lambda session: list_meeting_ids(session, MeetingQuery()))


def test_a_meeting_of_thirty_is_recorded_by_keyboard(edit, branch, desk):
    dialog = edit()
    press(dialog, Qt.Key.Key_Down)  # 支部党员大会, the first kind
    settle(dialog)
    assert dialog.basics.fields()["title"] == "2026年11月支部党员大会"
    press(dialog, Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Tab)  # 一会两用, 名称, 日期
    type_text(dialog, "20261120")
    press(dialog, Qt.Key.Key_Tab)
    type_text(dialog, "1530")
    press(dialog, Qt.Key.Key_Return)
    type_text(dialog, "1640")
    press(dialog, Qt.Key.Key_Return)
    type_text(dialog, "党员活动室")
    press(dialog, Qt.Key.Key_Tab)
    type_text(dialog, "赵甲")
    settle(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_2, ALT)
    grid = dialog.attendance.view
    assert grid.hasFocus()
    assert dialog.attendance.model.rowCount() == 30
    press(dialog, Qt.Key.Key_3, Qt.Key.Key_Return, Qt.Key.Key_2, Qt.Key.Key_Down, Qt.Key.Key_X)
    fill_cell(grid, 0, REASON, "病假")
    QTest.keyClick(dialog, Qt.Key.Key_4, ALT)
    type_text(dialog, "学习文件")
    QTest.keyClick(dialog.minutes.edit, Qt.Key.Key_1, CTRL)
    QTest.keyClick(dialog, Qt.Key.Key_5, ALT)
    for column, text in ((0, "通过工作计划"), (5, "25"), (6, "1")):
        fill_cell(dialog.votes.table.view, 0, column, text)
    QTest.keyClick(dialog, Qt.Key.Key_S, CTRL)
    settle(dialog)
    draft = branch.read(lambda session: get_meeting(session, meetings(branch)[0])).draft
    assert (draft.kind, draft.title) == ("assembly", "2026年11月支部党员大会")
    assert (draft.starts_at, draft.ends_at) == (datetime(2026, 11, 20, 15, 30), datetime(2026, 11, 20, 16, 40))
    assert (draft.place, draft.chair) == ("党员活动室", "赵甲")
    assert [line.state for line in draft.attendance[:4]] == [State.LEAVE, State.LATE, State.ABSENT, State.PRESENT]
    assert draft.attendance[0].reason == "病假"
    assert draft.minutes == "一、学习文件"
    counts = tally(draft.attendance)
    assert (counts.expected, counts.present, counts.expected_voters) == (30, 28, 28)
    method = VoteMethod.HANDS
    assert draft.votes == (Vote("通过工作计划", VoteRule.RESOLUTION, method, 28, counts.present_voters, 25, 1, 0),)


def test_saving_names_what_is_missing_beside_its_field(edit, branch):
    dialog = edit()
    dialog.go_to("minutes")
    dialog.save()
    settle(dialog)
    assert dialog.isVisible()
    assert dialog.stack.currentWidget() is dialog.basics
    assert dialog.basics._cells["kind"].note.text() == "请选择会议类型。"
    assert dialog.basics._cells["start"].note.text() == "请填写开始时间。"
    assert meetings(branch) == []


def test_a_contradiction_is_shown_in_its_section_and_blocks_saving(edit, stored, branch):
    dialog = edit(stored())
    dialog.go_to("votes")
    for column, text in ((0, "通过计划"), (5, "40")):
        fill_cell(dialog.votes.table.view, 0, column, text)
    dialog.go_to("basics")
    dialog.save()
    assert dialog.isVisible()
    assert dialog.stack.currentWidget() is dialog.votes
    assert dialog.votes.notice.isVisible()
    assert "第1项表决共40票，多于到会有表决权的28人" in dialog.votes.notice_text.text()
    assert branch.read(lambda session: get_meeting(session, meetings(branch)[0])).draft.votes == ()
    fill_cell(dialog.votes.table.view, 0, 5, "20")
    dialog.save()
    settle(dialog)
    assert branch.read(lambda session: get_meeting(session, meetings(branch)[0])).draft.votes[0].yes == 20


def test_an_end_before_the_beginning_is_told_in_the_first_section(edit, stored):
    dialog = edit(stored())
    dialog.basics._cells["end"].editor.line.setText("9:00")
    dialog.save()
    assert dialog.isVisible()
    assert "结束时间早于开始时间" in dialog.basics.notice_text.text()


def test_votes_are_judged_in_words_while_they_are_typed(edit, stored):
    dialog = edit(stored())
    dialog.go_to("votes")
    fill_cell(dialog.votes.table.view, 0, 0, "<b>计划</b>")
    fill_cell(dialog.votes.table.view, 0, 5, "14")
    assert "未超过应到会有表决权人数的半数（需15票），未通过" in dialog.votes._verdicts.text()
    assert "&lt;b&gt;计划" in dialog.votes._verdicts.text()
    fill_cell(dialog.votes.table.view, 0, 5, "15")
    assert "的半数，通过" in dialog.votes._verdicts.text()


def test_choosing_acceptance_makes_the_ballot_secret(edit, stored):
    dialog = edit(stored())
    fill_cell(dialog.votes.table.view, 0, 0, "接收申请人为预备党员")
    model = dialog.votes.table.model
    model.setData(model.index(0, 1), VoteRule.ACCEPTANCE.value)
    assert dialog.votes.votes()[0].method is VoteMethod.SECRET
    model.setData(model.index(0, 2), VoteMethod.HANDS.value)
    assert dialog.votes.votes()[0].method is VoteMethod.HANDS
    dialog._review_now()
    assert any("应当无记名投票" in dialog.review.list.item(i).text() for i in range(dialog.review.list.count()))


def test_vote_numbers_follow_the_attendance_until_they_are_typed(edit, stored):
    dialog = edit(stored())
    fill_cell(dialog.votes.table.view, 0, 0, "甲")
    fill_cell(dialog.votes.table.view, 1, 0, "乙")
    fill_cell(dialog.votes.table.view, 1, 4, "20")
    dialog.attendance.view.go_to(0)
    dialog.attendance.view.mark(State.LEAVE)
    assert [(vote.should, vote.present) for vote in dialog.votes.votes()] == [(28, 27), (28, 20)]


def test_the_roll_follows_kind_and_group_while_nothing_is_marked(edit, group_id):
    dialog = edit(kind="committee")
    assert [line.name for line in dialog.attendance.lines] == ["赵甲", "钱甲", "孙甲"] or len(
        dialog.attendance.lines
    ) == 3
    dialog.basics._cells["kind"].editor.set_value("group")
    settle(dialog)
    assert dialog.basics._cells["group_id"].isVisibleTo(dialog.basics)
    assert dialog.attendance.lines == ()
    dialog.basics._cells["group_id"].editor.set_value(group_id)
    settle(dialog)
    assert len(dialog.attendance.lines) == 15
    assert dialog.basics.fields()["title"] == "2026年11月第一党小组会"


def test_marks_are_never_overwritten_by_a_changed_date(edit):
    dialog = edit(kind="assembly")
    dialog.attendance.view.go_to(0)
    dialog.attendance.view.mark(State.LEAVE)
    name = dialog.attendance.lines[0].name
    dialog.basics._cells["date"].editor.line.setText("2026-01-10")  # two were not in the Party yet
    settle(dialog)
    offer = dialog.attendance._offer_bar
    assert not offer.isHidden()
    assert len(dialog.attendance.lines) == 30
    dialog.findChild(QPushButton, "update_roll_button").click()
    lines = {line.name: line for line in dialog.attendance.lines}
    assert len(lines) == 28
    assert lines[name].state is State.LEAVE
    assert offer.isHidden()


def test_a_typed_title_stays_when_the_kind_changes(edit):
    dialog = edit(kind="assembly")
    dialog.basics._cells["title"].editor.line.setText("专题会")
    dialog.basics._cells["kind"].editor.set_value("lecture")
    assert dialog.basics.fields()["title"] == "专题会"


def test_several_people_are_marked_at_once(edit):
    dialog = edit(kind="assembly")
    grid = dialog.attendance.view
    dialog.go_to("attendance")
    grid.go_to(3)
    for _ in range(4):
        QTest.keyClick(grid, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(grid, Qt.Key.Key_6)
    assert [line.state for line in dialog.attendance.lines[2:9]] == [
        State.PRESENT, *[State.DUTY] * 5, State.PRESENT,
    ]  # fmt: skip
    assert "实到25人" in dialog.attendance.counts.text()


def test_the_counts_say_whether_the_quorum_is_reached(edit):
    dialog = edit(kind="assembly")
    dialog.go_to("attendance")
    dialog.attendance.view.selectAll()
    assert "达到规定人数" in dialog.attendance.counts.text()
    dialog.attendance.view.mark(State.ABSENT)
    assert "不足规定人数（至少14人）（《中国共产党支部工作条例（试行）》第十一条）" in dialog.attendance.counts.text()


def test_who_is_not_in_the_party_can_only_sit_in(edit):
    dialog = edit(kind="assembly")
    (applicant,) = dialog.attendance._roll.others
    dialog.attendance.model.add([applicant])
    dialog.attendance.view.go_to(30)
    QTest.keyClick(dialog.attendance.view, Qt.Key.Key_1)
    assert dialog.attendance.lines[30].state is State.OBSERVER
    assert tally(dialog.attendance.lines).expected == 30


def test_excluded_people_leave_the_expected(edit):
    dialog = edit(kind="election")
    dialog.go_to("attendance")
    grid = dialog.attendance.view
    grid.selectAll()
    grid.clearSelection()
    grid.go_to(2)
    dialog.attendance._on_exclude_triggered()
    editor = grid.indexWidget(grid.currentIndex())
    editor.setEditText("自费出国半年以上")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.qWait(5)
    assert dialog.attendance.lines[2].excluded == "自费出国半年以上"
    assert tally(dialog.attendance.lines).expected == 29


def test_finding_by_initials_goes_to_the_person(edit):
    dialog = edit(kind="assembly")
    dialog.go_to("attendance")
    dialog.attendance.finder.setFocus()
    QTest.keyClicks(dialog.attendance.finder, "zj")
    row = dialog.attendance.view.currentIndex().row()
    assert dialog.attendance.lines[row].name == "赵甲"


def test_guests_from_outside_are_recorded(edit, stored, branch):
    meeting_id = stored()
    dialog = edit(meeting_id)
    fill_cell(dialog.attendance.guests.view, 0, 0, "来宾甲")
    fill_cell(dialog.attendance.guests.view, 0, 1, "县教育局")
    dialog.save()
    settle(dialog)
    draft = branch.read(lambda session: get_meeting(session, meeting_id)).draft
    assert draft.guests == (Guest("来宾甲", "县教育局"),)


def test_agenda_template_and_order(edit, stored, branch):
    meeting_id = stored()
    dialog = edit(meeting_id)
    dialog.go_to("agenda")
    dialog.agenda._template.trigger()
    model = dialog.agenda.table.model
    assert model.rows[0][0] == "清点到会人数，宣布开会"
    dialog.agenda.table.view.setCurrentIndex(model.index(1, 0))
    QTest.keyClick(dialog.agenda.table.view, Qt.Key.Key_Up, ALT)
    assert model.rows[0][0] == "报告会议事项"
    dialog.agenda._template.trigger()
    assert len(model.rows) == 5


def test_opening_and_closing_untouched_asks_nothing(edit, stored):
    dialog = edit(stored())
    dialog.reject()
    assert not shiboken6.isValid(dialog) or not dialog.isVisible()


def test_opening_and_saving_changes_nothing(edit, stored, branch):
    vote = Vote("计划", present=28, should=28, yes=28)
    meeting_id = stored(votes=(vote,), minutes="一、学习\n  空格开头", also=("lecture",), guests=(Guest("来宾"),))
    before = branch.read(lambda session: get_meeting(session, meeting_id))
    dialog = edit(meeting_id)
    dialog.save()
    settle(dialog)
    assert branch.read(lambda session: get_meeting(session, meeting_id)) == before


def test_leaving_unsaved_asks_and_staying_keeps_everything(edit, messages):
    dialog = edit(kind="assembly")
    dialog.go_to("minutes")
    type_text(dialog, "讨论")
    messages.prepare(False)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.minutes.fields()["minutes"] == "讨论"
    messages.prepare(True)
    dialog.close()
    assert not shiboken6.isValid(dialog) or not dialog.isVisible()


def test_saving_discards_the_draft_and_tells_which_paper_is_wanted(edit, stored, desk, qtbot):
    meeting_id = stored()
    dialog = edit(meeting_id)
    dialog.go_to("minutes")
    type_text(dialog, "讨论")
    dialog._keep_draft()
    settle(dialog)
    assert desk.drafts.load(draft_key(meeting_id))
    with qtbot.waitSignal(dialog.saved) as told:
        dialog.findChild(QPushButton, "save_notice_button").click()
    settle(dialog)
    assert told.args == [meeting_id, "notice"]
    assert desk.drafts.load(draft_key(meeting_id)) is None
    assert desk.store.load_draft(draft_key(meeting_id)) is None


def test_a_draft_can_be_refused(edit, desk):
    dialog = edit(kind="assembly")
    dialog.go_to("minutes")
    type_text(dialog, "讨论")
    dialog._keep_draft()
    settle(dialog)
    other = edit()
    assert not other.body.isEnabled()
    other.findChild(QPushButton, "discard_button").click()
    assert other.body.isEnabled()
    assert other.minutes.fields()["minutes"] == ""
    assert desk.drafts.load(draft_key(None)) is None


def test_a_draft_comes_back_whole(edit, desk, branch):
    dialog = edit(kind="assembly")
    dialog.basics._cells["place"].editor.set_value("会议室")
    dialog.basics._cells["start"].editor.line.setText("1530")
    dialog.basics.also.set_codes(["lecture"])
    dialog.attendance.view.go_to(4)
    dialog.attendance.view.mark(State.LEAVE)
    fill_cell(dialog.attendance.guests.view, 0, 0, "来宾")
    fill_cell(dialog.votes.table.view, 0, 0, "计划")
    fill_cell(dialog.resolutions.table.view, 0, 0, "执行")
    dialog.minutes.edit.insertPlainText("讨论到一半")
    wanted = dialog.draft()
    dialog._autosave.timeout.emit()
    settle(dialog)
    kept = branch.load_draft(draft_key(None))
    desk.drafts = KeptDrafts(desk.tasks, {draft_key(None): kept.payload})  # as after a new start
    other = edit()
    assert "2026年11月22日 10:00" in other._draft_text.text()
    other.findChild(QPushButton, "restore_button").click()
    settle(other)
    assert other.draft() == wanted
    assert other.unsaved
    assert len(other.attendance._roll.others) == 1


def test_models_keep_the_rules(edit, stored, qtmodeltester):
    dialog = edit(stored())
    for model in (dialog.attendance.model, dialog.votes.table.model, dialog.agenda.table.model):
        qtmodeltester.check(model)
    model = dialog.attendance.model
    model.remove([1, 3])
    model.replace(model.lines[:5])
    dialog.agenda._template.trigger()
    dialog.agenda.table.model.remove([0, 1])


def test_the_dialog_is_freed_on_close(edit, stored, qtbot, desk, branch):
    preparation = branch.read(lambda session: prepare_editor(session, stored()))
    dialog = MeetingDialog(desk, preparation)
    dialog.open()
    settle(dialog)
    for section in dialog.sections:
        dialog.go_to(section.key)
    gone = weakref.ref(dialog)
    dialog.reject()
    del dialog, section
    qtbot.wait(20)
    gc.collect()
    assert gone() is None


def test_everything_operated_has_a_name_and_words(edit, stored):
    dialog = edit(stored())
    for kind in (QPushButton, QLineEdit, QComboBox, QPlainTextEdit):
        for widget in dialog.findChildren(kind):
            inside = isinstance(widget.parent(), QComboBox)
            assert inside or widget.objectName(), widget
            assert inside or widget.accessibleName() or getattr(widget, "text", str)(), widget.objectName()


def test_a_saving_error_leaves_everything_as_typed(edit, stored, branch):
    meeting_id = stored()
    dialog = edit(meeting_id)
    dialog.minutes.edit.insertPlainText("讨论")
    branch.write("删除", lambda session: bin_meetings(session, [meeting_id]))
    dialog.save()
    settle(dialog)
    assert dialog.isVisible()
    assert "没有这次会议的记录" in dialog.basics.notice_text.text()
    assert dialog.minutes.fields()["minutes"] == "讨论"


def test_saving_counts_the_cell_that_is_being_typed(edit, stored, branch):
    meeting_id = stored()
    dialog = edit(meeting_id)
    dialog.go_to("agenda")
    view = dialog.agenda.table.view
    for column, text in ((0, "传达学习"), (1, "赵甲")):
        index = view.model().index(0, column)
        view.setCurrentIndex(index)
        QTest.keyClick(view, Qt.Key.Key_F2)
        QTest.qWait(1)
        editor = view.indexWidget(index)
        put = editor.setPlainText if isinstance(editor, QPlainTextEdit) else editor.setText
        put(text)
    QTest.keyClick(editor, Qt.Key.Key_S, CTRL)
    settle(dialog)
    draft = branch.read(lambda session: get_meeting(session, meeting_id)).draft
    assert [(item.title, item.speaker) for item in draft.agenda] == [("传达学习", "赵甲")]


def test_a_person_is_added_from_the_roster(edit, qtbot):
    dialog = edit(kind="committee")
    dialog.go_to("attendance")
    dialog.attendance._on_add_triggered()
    form = dialog.findChild(FormDialog)
    people = form.grid.cells["people"].editor
    people.search.setText("申请")
    people._on_all_clicked()
    form.submit()
    assert [line.name for line in dialog.attendance.lines][3:] == ["申请人"]
    assert dialog.attendance.lines[3].state is State.OBSERVER
    assert "列席1人" in dialog.attendance.counts.text()
    dialog.attendance.view.go_to(3)
    dialog.attendance._on_remove_triggered()
    assert len(dialog.attendance.lines) == 3


def test_a_reason_goes_to_everybody_selected(edit):
    dialog = edit(kind="assembly")
    dialog.go_to("attendance")
    grid = dialog.attendance.view
    grid.go_to(0, REASON)
    for _ in range(2):
        QTest.keyClick(grid, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(grid, Qt.Key.Key_F2)
    editor = grid.indexWidget(grid.currentIndex())
    editor.setEditText("培训")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.qWait(5)
    assert [line.reason for line in dialog.attendance.lines[:4]] == ["培训", "培训", "培训", ""]


def test_the_mark_beside_the_end_goes_when_the_beginning_is_mended(edit, stored):
    dialog = edit(stored())
    dialog.basics._cells["end"].editor.line.setText("15:00")
    dialog._review_now()
    note = dialog.basics._cells["end"].note
    assert "结束时间早于开始时间" in note.text()
    dialog.basics._cells["start"].editor.line.setText("14:00")
    dialog._review_now()
    assert note.text() == ""
    assert dialog.basics.notice.isHidden()


def test_a_draft_of_another_shape_is_left_out_in_words(edit, desk, messages):
    sections = {"minutes": "讨论", "attendance": {"people": []}, "votes": [["甲", "no such rule", *[""] * 6]]}
    desk.drafts = KeptDrafts(desk.tasks, {draft_key(None): {"saved_at": "gone", "sections": sections}})
    dialog = edit(kind="assembly")
    dialog.findChild(QPushButton, "restore_button").click()
    settle(dialog)
    assert dialog.minutes.fields()["minutes"] == "讨论"
    assert dialog.votes.votes() == ()
    assert len(dialog.attendance.lines) == 30
    assert messages.warned == ["草稿里的“考勤”“表决”读不出来，这部分没有恢复。"]
