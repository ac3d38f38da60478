from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from partyroom.features.meetings.domain import AgendaItem, Guest, Resolution, Vote
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.minutes_service import finalise_minutes
from partyroom.features.meetings.office import prepare_editor
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.meetings.service import get_meeting
from partyroom.storage.audit import list_change_sets
from partyroom.ui.form import FormDialog


@pytest.fixture
def meeting(branch, stored, fixed_today):
    made = stored(
        minutes="一、学习文件",
        agenda=(AgendaItem("学习"),),
        guests=(Guest("王校长"),),
        votes=(Vote("通过计划", should=28, present=28, yes=28),),
        resolutions=(Resolution("按时上报"),),
    )
    branch.write("定稿", lambda s: finalise_minutes(s, made))
    return made


@pytest.fixture
def edit(desk, branch, qtbot):
    def build(meeting_id: int | None) -> MeetingDialog:
        dialog = MeetingDialog(desk, branch.read(lambda s: prepare_editor(s, meeting_id)))
        qtbot.addWidget(dialog, before_close_func=forget)
        with qtbot.waitExposed(dialog):
            dialog.open()
        settle(dialog)
        return dialog

    return build


def forget(dialog: MeetingDialog) -> None:
    dialog._dirty = dialog._saving = False


def settle(dialog: MeetingDialog) -> None:
    for _ in range(3):
        assert dialog._desk.tasks.wait_idle()


def try_to_change_everything(dialog: MeetingDialog) -> None:
    grid = dialog.attendance.view
    grid.go_to(0)
    for key in (Qt.Key.Key_3, Qt.Key.Key_X, Qt.Key.Key_Delete):
        QTest.keyClick(grid, key)
    for section in (dialog.agenda, dialog.votes, dialog.resolutions):
        model = section.table.model
        assert not model.setData(model.index(0, 0), "改")
        model.remove([0])
        model.append([[*model.pattern]])
        model.move(0, 1)
        QTest.keyClick(section.table.view, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    dialog.attendance.guests.model.remove([0])
    QTest.keyClick(dialog.minutes.edit, Qt.Key.Key_A)
    dialog.save()


def test_a_finalised_record_is_shown_locked_and_nothing_in_it_can_be_changed(edit, branch, meeting):
    before = branch.read(lambda s: get_meeting(s, meeting)).draft
    dialog = edit(meeting)
    assert dialog.lock_bar.isVisible()
    assert dialog.lock_bar.text.text().startswith("本记录已于2026年11月22日")
    names = ("save_button", "save_record_button", "save_notice_button")
    assert not any(dialog.findChild(QPushButton, name).isVisible() for name in names)
    assert not dialog.basics._cells["place"].isEnabled()
    try_to_change_everything(dialog)
    assert not dialog.unsaved
    assert dialog.draft() == before
    settle(dialog)
    dialog.reject()
    assert not dialog.isVisible()


def test_it_is_opened_again_with_a_reason_and_then_changed(edit, branch, meeting):
    dialog = edit(meeting)
    dialog.lock_bar.button.click()
    form = next(w for w in QApplication.topLevelWidgets() if isinstance(w, FormDialog) and w.isVisible())
    form.submit()
    assert form.isVisible()
    form.grid.cells["reason"].editor.area.setPlainText("更正\n票数")
    form.submit()
    settle(dialog)
    assert not dialog.lock_bar.isVisible()
    assert dialog.findChild(QPushButton, "save_button").isVisible()
    dialog.minutes.edit.insertPlainText("补充。")
    model = dialog.agenda.table.model
    assert model.setData(model.index(0, 0), "学习党章")
    dialog.save()
    settle(dialog)
    detail = branch.read(lambda s: get_meeting(s, meeting))
    assert (detail.finalised_at, detail.reopen_reason) == (None, "更正 票数")
    assert detail.draft.minutes == "补充。一、学习文件"
    assert detail.draft.agenda == (AgendaItem("学习党章"),)
    labels = [line.label for line in branch.read(list_change_sets)]
    assert "重新打开会议记录：更正 票数" in labels


def test_the_review_saves_and_finalises_in_one_step(edit, branch, stored, fixed_today):
    made = stored(minutes="一、学习文件")
    dialog = edit(made)
    told = []
    dialog.saved.connect(lambda number, then: told.append((number, then)))
    dialog.minutes.edit.insertPlainText("先改一句。")
    dialog.go_to("review")
    dialog.review.finalise_button.click()
    settle(dialog)
    detail = branch.read(lambda s: get_meeting(s, made))
    assert told == [(made, "finalise")]
    assert detail.finalised_at == fixed_today
    assert detail.draft.minutes == "先改一句。一、学习文件"


def test_without_minutes_nothing_is_finalised_nor_saved_by_halves(edit, branch, stored, fixed_today):
    made = stored("没有内容的大会")
    dialog = edit(made)
    model = dialog.agenda.table.model
    model.setData(model.index(0, 0), "只改一半")
    dialog.review.finalise_button.click()
    settle(dialog)
    assert dialog.isVisible()
    assert dialog.stack.currentWidget() is dialog.minutes
    assert "还没有写会议内容，不能定稿" in dialog.minutes.notice_text.text()
    detail = branch.read(lambda s: get_meeting(s, made))
    assert (detail.finalised_at, detail.draft.agenda) == (None, ())


def test_the_list_tells_finalised_records_and_keeps_them_from_the_bin(desk, qtbot, meeting, messages):
    page = MeetingsPage(desk)
    qtbot.addWidget(page)
    page.show()
    for _ in range(3):
        assert desk.tasks.wait_idle()
    keys = [column.key for column in page.panel.model.columns]
    assert page.panel.model.index(0, keys.index("stage")).data() == "已定稿"
    messages.prepare(True)
    page._on_bin_asked([meeting])
    for _ in range(3):
        assert desk.tasks.wait_idle()
    assert page.panel.model.rowCount() == 1
    assert any("定稿，不能改动" in text for _, text, _ in messages.problems)
