"""What a member's pledges came to, as the member's page shows it."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QWidget

from partyroom.features.pledges.appraisal_service import save_appraisal
from partyroom.features.pledges.domain import Appraisal, Body, State
from partyroom.features.pledges.page import PledgesPage
from partyroom.features.pledges.results_dialog import ResultsDialog
from partyroom.features.pledges.stage_service import withdraw_pledges
from partyroom.features.pledges.stages import Step
from partyroom.ui.errands import Errand


@pytest.fixture
def showing(desk, qtbot, settle):
    def build(member_id: int) -> ResultsDialog:
        dialog = ResultsDialog(desk, member_id, "吴六")
        qtbot.addWidget(dialog)
        dialog.open()
        settle()
        return dialog

    return build


def lines(dialog: ResultsDialog) -> list[list[str]]:
    model = dialog.panel.model
    return [
        [str(model.index(row, column).data() or "") for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_grade_comment_and_who_decided_are_shown_and_follow_changes(branch, pledge, showing, settle, desk):
    number = pledge(State.FULFILLING)
    dialog = showing(6)
    assert lines(dialog) == [["2026年", "党员", "践诺中", "0/2", "0", "", "", ""]]
    told = Appraisal(grade="好", comment="说到做到<b>", decided_on=date(2026, 11, 20), decided_by=Body.ASSEMBLY)
    desk.tasks.write("评诺", lambda s: save_appraisal(s, number, told), owner=dialog)
    settle()
    settle()
    (line,) = lines(dialog)
    assert line[2] == "已评"
    assert line[5] == "好"
    assert line[6].startswith("2026年11月20日")
    assert line[7] == "说到做到<b>"


def test_a_withdrawn_pledge_is_told_without_a_grade_and_others_are_not(branch, pledge, showing):
    number = pledge(State.PUBLISHED)
    branch.write("撤回", lambda s: withdraw_pledges(s, [number], Step(date(2026, 5, 6), "赵一", "调离")))
    assert [line[2] for line in lines(showing(6))] == ["已撤回"]
    assert lines(showing(7)) == []


def test_the_page_shows_them_in_front_of_who_asked(desk, branch, pledge, qtbot, opened, settle):
    pledge(State.PUBLISHED)
    page, asking = PledgesPage(desk), QWidget()
    qtbot.addWidget(page)
    qtbot.addWidget(asking)
    assert "member_pledges" in PledgesPage.errands
    page.take(Errand("member_pledges", {"member": 6, "name": "吴六"}, asking))
    settle()
    dialog = opened(ResultsDialog)
    assert dialog.windowTitle() == "承诺与评诺：吴六"
    assert dialog.parentWidget() is asking
    assert len(lines(dialog)) == 1
