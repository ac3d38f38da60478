from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QPushButton

from partyroom.features.meetings.actions_page import COLLECT_DUES
from partyroom.features.meetings.domain import State
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.office import prepare_editor


@pytest.fixture
def edit(desk, branch, qtbot, fixed_today):
    def build(meeting_id: int) -> MeetingDialog:
        dialog = MeetingDialog(desk, branch.read(lambda session: prepare_editor(session, meeting_id)))
        qtbot.addWidget(dialog)
        dialog.open()
        assert desk.tasks.wait_idle()
        dialog.go_to("agenda")
        return dialog

    return build


def button(dialog: MeetingDialog) -> QPushButton:
    found = dialog.findChild(QPushButton, "collect_dues_button")
    assert found is not None
    return found


def test_collecting_dues_on_the_spot_is_for_those_present(desk, edit, stored, mark):
    asked = []
    desk.errands.offer(COLLECT_DUES, asked.append)
    meeting = stored(title="十一月主题党日", kind="theme_day")
    dialog = edit(meeting)
    names = [line.name for line in dialog.attendance.lines]
    mark(meeting, {names[0]: (State.LEAVE, "事假"), names[1]: (State.LATE, "")})
    dialog = edit(meeting)
    button(dialog).click()
    (errand,) = asked
    here = {line.member_id for line in dialog.attendance.lines if line.name != names[0]}
    assert set(errand.values["members"]) == here
    assert errand.values["day"] == date(2026, 9, 10)
    assert errand.values["occasion"] == "十一月主题党日"
    assert errand.window is dialog


def test_the_button_is_there_only_for_kinds_with_that_action_and_when_somebody_answers(desk, edit, stored):
    unanswered = edit(stored(kind="theme_day"))
    assert not button(unanswered).isVisible()
    desk.errands.offer(COLLECT_DUES, print)
    assert button(edit(stored(kind="theme_day"))).isVisible()
    assert not button(edit(stored(kind="assembly"))).isVisible()
