# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from datetime import datetime

import pytest

from partyroom.core.calendar import stopped_at
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.minutes_service import finalise_minutes, list_versions
from partyroom.features.meetings.office import prepare_editor
from partyroom.features.meetings.service import get_meeting, update_meeting
from partyroom.features.meetings.version_dialog import VersionDialog


@pytest.fixture
def meeting(branch, stored):
    with stopped_at(datetime(2026, 9, 11, 8)):
        made = stored(minutes="一、学习文件\n张三：<b>同意</b>二十八票。\n结束")
    with stopped_at(datetime(2026, 9, 12, 9, 30)):
        draft = branch.read(lambda s: get_meeting(s, made)).draft
        changed = replace(draft, minutes="一、学习文件\n张三：<b>同意</b>二十九票。\n讨论\n结束")
        branch.write("修改", lambda s: update_meeting(s, made, changed))
    return made


@pytest.fixture
def show(desk, qtbot, meeting):
    def build(current: str = "一、学习文件\n张三：<b>同意</b>二十九票。\n讨论\n结束", **options) -> VersionDialog:
        dialog = VersionDialog(desk, meeting, current, **options)
        qtbot.addWidget(dialog)
        dialog.open()
        settle(desk)
        return dialog

    return build


def settle(desk) -> None:
    for _ in range(3):
        assert desk.tasks.wait_idle()


def test_versions_stand_latest_first_with_time_and_length(show):
    dialog = show()
    assert [dialog.list.item(i).text() for i in range(dialog.list.count())] == [
        "第2版（最新）\n2026年9月12日 09:30　27字",
        "第1版\n2026年9月11日 08:00　25字",
    ]


def test_changes_are_told_in_words_and_text_stays_text(show):
    dialog = show()
    text = dialog.view.toPlainText()
    assert "删去1段，增加2段" in text
    assert "－删去　张三：<b>同意</b>二十八票。" in text
    assert "＋增加　张三：<b>同意</b>二十九票。" in text
    assert "＋增加　讨论" in text


def test_changed_characters_are_marked_by_line_not_by_colour_alone(show):
    dialog = show()
    struck, underlined = "", ""
    block = dialog.view.document().begin()
    while block.isValid():
        for place in block.textFormats():
            words = block.text()[place.start : place.start + place.length]
            struck += words if place.format.fontStrikeOut() else ""
            underlined += words if place.format.fontUnderline() else ""
        block = block.next()
    assert (struck, underlined) == ("八", "九")


def test_a_version_is_compared_with_what_stands_in_the_editor(show, desk):
    dialog = show(current="一、学习文件")
    dialog.list.setCurrentRow(1)
    dialog.way.setCurrentIndex(dialog.way.findData("now"))
    settle(desk)
    assert "删去2段，增加0段" in dialog.view.toPlainText()
    dialog.way.setCurrentIndex(dialog.way.findData("whole"))
    assert dialog.view.toPlainText() == "一、学习文件\n张三：<b>同意</b>二十八票。\n结束"


def test_the_text_that_is_there_already_cannot_be_brought_back(show):
    dialog = show()
    assert not dialog.restore_button.isEnabled()
    dialog.list.setCurrentRow(1)
    assert dialog.restore_button.isEnabled()


def test_a_version_brought_back_becomes_the_newest_when_saved(desk, branch, qtbot, meeting, fixed_today):
    dialog = MeetingDialog(desk, branch.read(lambda s: prepare_editor(s, meeting)))
    qtbot.addWidget(dialog)
    dialog.open()
    settle(desk)
    dialog.minutes.versions_requested.emit()
    settle(desk)
    versions = dialog.findChild(VersionDialog)
    versions.list.setCurrentRow(1)
    versions.restore_button.click()
    assert "二十八票" in dialog.minutes.state()
    assert dialog.unsaved
    dialog.minutes.edit.undo()
    assert "二十九票" in dialog.minutes.state()
    dialog.minutes.edit.redo()
    dialog.save()
    settle(desk)
    found = branch.read(lambda s: list_versions(s, meeting))
    assert len(found) == 3
    assert found[0].text == found[2].text


def test_a_locked_record_only_shows_its_versions(show):
    dialog = show(locked=True)
    dialog.list.setCurrentRow(1)
    assert not dialog.restore_button.isVisible()


def test_a_meeting_without_minutes_says_how_versions_come_about(desk, qtbot, stored):
    dialog = VersionDialog(desk, stored(), "")
    qtbot.addWidget(dialog)
    dialog.open()
    settle(desk)
    assert "还没有保存过会议内容" in dialog.note.text()
    assert not dialog.restore_button.isEnabled()


def test_the_dialog_is_freed(desk, qtbot, meeting):
    dialog = VersionDialog(desk, meeting, "")
    dialog.open()
    settle(desk)
    gone = weakref.ref(dialog)
    dialog.reject()
    del dialog
    qtbot.wait(20)
    gc.collect()
    assert gone() is None


def test_finalised_meetings_open_locked(desk, branch, qtbot, meeting, fixed_today):
    branch.write("定稿", lambda s: finalise_minutes(s, meeting))
    dialog = MeetingDialog(desk, branch.read(lambda s: prepare_editor(s, meeting)))
    qtbot.addWidget(dialog)
    dialog.open()
    settle(desk)
    dialog.minutes.versions_requested.emit()
    settle(desk)
    assert not dialog.findChild(VersionDialog).restore_button.isVisible()
