"""What the screens of a year are told at once."""

from __future__ import annotations

from datetime import date

from partyroom.features.pledges.domain import Stage, State
from partyroom.features.pledges.round_view_service import as_it_went, last_day_of, round_view, stage_counts
from partyroom.features.pledges.stage_service import withdraw_pledges
from partyroom.features.pledges.stages import Step
from partyroom.features.pledges.templates import Role


def test_a_year_without_a_round_comes_with_stages_and_people_to_begin_with(branch):
    view = branch.read(lambda s: round_view(s, 2027))
    assert view.round is None
    assert view.years == (2027, 2026)
    assert [line.responsible for line in view.stages] == ["钱二", "赵一", "孙三", "钱二", "赵一"]
    assert view.committee == ("赵一", "钱二", "孙三")
    roles = {member.name: member.role for member in view.members}
    assert (roles["赵一"], roles["李四"], roles["周五"]) == (Role.SECRETARY, Role.HEAD, Role.RETIRED)


def test_stages_count_what_has_come_through_them_without_the_withdrawn(branch, pledge):
    pledge(State.FULFILLING, 6)
    pledge(State.REVIEWED, 7)
    gone = pledge(State.PUBLISHED, 8)
    branch.write("撤回", lambda s: withdraw_pledges(s, [gone], Step(date(2026, 4, 1), "赵一", "调离")))
    view = branch.read(lambda s: round_view(s, 2026))
    assert stage_counts(view.pledges) == dict(zip(Stage, (2, 2, 1, 1, 0), strict=True))
    assert last_day_of(view.pledges, Stage.REVIEW) == date(2026, 2, 20)
    assert last_day_of(view.pledges, Stage.APPRAISE) is None


def test_pledges_can_be_left_out(branch, pledge):
    pledge(State.DRAFT, 6)
    view = branch.read(lambda s: round_view(s, 2026, pledges=False))
    assert view.pledges == ()
    assert view.round is not None


def test_a_stage_that_all_came_through_is_over_on_the_last_day_but_fulfilment_goes_on(branch, pledge):
    pledge(State.FULFILLING, 6)
    pledge(State.PUBLISHED, 7)
    went = as_it_went(branch.read(lambda s: round_view(s, 2026)))
    assert went is not None
    assert [line.actual_on for line in went.stages] == [
        date(2026, 1, 10),
        date(2026, 2, 20),
        date(2026, 3, 1),
        None,
        None,
    ]


def test_a_year_without_pledges_has_no_stage_behind_it(branch):
    went = as_it_went(branch.read(lambda s: round_view(s, 2026)))
    assert went is not None
    assert {line.actual_on for line in went.stages} == {None}
