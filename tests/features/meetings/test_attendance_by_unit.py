"""The attendance grid is worked through by department or Party group: type its name, press one key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from partyroom.features.meetings.domain import State
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.office import prepare_editor


@pytest.fixture
def attendance(desk, branch, qtbot, fixed_today):
    preparation = branch.read(lambda session: prepare_editor(session, None))
    dialog = MeetingDialog(desk, preparation, kind="assembly")
    qtbot.addWidget(dialog, before_close_func=forget)
    with qtbot.waitExposed(dialog):
        dialog.open()
    assert desk.tasks.wait_idle()
    dialog.go_to("attendance")
    return dialog.attendance


def forget(dialog: MeetingDialog) -> None:
    """Let the end of a test close the dialog without a question."""
    dialog._dirty = dialog._saving = False


def marked(attendance, state: State) -> int:
    return sum(line.state is state for line in attendance.lines)


@pytest.mark.parametrize(("typed", "people"), [("第一党小组", 15), ("第二党小组", 15), ("语文", 30)])
def test_a_unit_is_selected_by_its_name_and_marked_by_one_key(attendance, typed, people):
    attendance.finder.setText(typed)
    assert len(attendance.view.selected_rows()) == people
    QTest.keyClick(attendance.finder, Qt.Key.Key_Return)
    QTest.keyClick(attendance.view, Qt.Key.Key_6)
    assert marked(attendance, State.DUTY) == people


def test_a_name_is_still_found_first_and_nonsense_selects_nobody(attendance):
    attendance.finder.setText("周甲")
    assert [attendance.lines[row].name for row in attendance.view.selected_rows()] == ["周甲"]
    attendance.finder.setText("没有这个科室")
    assert len(attendance.view.selected_rows()) == 1
