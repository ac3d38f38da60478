from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from partyroom.core.calendar import today
from partyroom.features.pledges.appraisal_service import member_results
from partyroom.features.pledges.domain import PledgeDetail, PledgerKind, PledgeRound, Stage, State
from partyroom.features.pledges.reminders import ReminderKind, reminders
from partyroom.features.pledges.round_service import round_of
from partyroom.features.pledges.service import pledges_of
from partyroom.features.pledges.stages import round_problems
from partyroom.storage.library import Library

Told = tuple[PledgeRound, list[PledgeDetail]]


def _round(library: Library, year: int) -> Told:
    found = library.read(lambda session: round_of(session, year))
    assert found is not None
    return found, library.read(lambda session: pledges_of(session, found.id))


@pytest.fixture
def last_year(sample: Library) -> Told:
    return _round(sample, 2025)


@pytest.fixture
def this_year(sample: Library) -> Told:
    return _round(sample, 2026)


def test_both_rounds_are_planned_and_hold_no_contradiction(last_year: Told, this_year: Told) -> None:
    for year_round, _ in (last_year, this_year):
        assert all(line.planned_until and line.responsible for line in year_round.stages)
        assert round_problems(year_round.stages, year_round.discussion) == []
        assert year_round.mid_year
    assert all(line.actual_on for line in last_year[0].stages)
    assert [line.stage for line in this_year[0].stages if line.actual_on] == [
        Stage.PROPOSE,
        Stage.REVIEW,
        Stage.PUBLISH,
    ]


def test_branch_committee_and_members_pledge(this_year: Told) -> None:
    assert Counter(pledge.kind for pledge in this_year[1]) == {
        PledgerKind.BRANCH: 1,
        PledgerKind.COMMITTEE: 5,
        PledgerKind.MEMBER: 22,
    }


def test_last_year_is_appraised_as_the_minutes_of_january_tell(last_year: Told) -> None:
    pledges = last_year[1]
    assert {pledge.state for pledge in pledges} == {State.APPRAISED}
    assert Counter(pledge.appraisal.grade for pledge in pledges) == {"好": 18, "较好": 5}
    made = Counter(pledge.group for pledge in pledges for _ in pledge.standing_items)
    kept = Counter(pledge.group for pledge in pledges for item in pledge.standing_items if item.done)
    groups = ("第一党小组", "第二党小组", "第三党小组")
    assert [(made[group], kept[group]) for group in groups] == [(19, 17), (15, 14), (18, 16)]


def test_votes_of_the_appraisal_add_up(last_year: Told) -> None:
    for pledge in last_year[1]:
        for tally in (pledge.appraisal.members, pledge.appraisal.masses):
            assert tally.held
            assert tally.returned <= tally.issued
            assert tally.invalid == 0
            assert all(count >= 0 for count in tally.counts.values())


def test_results_stand_with_the_member(sample: Library, last_year: Told) -> None:
    member = next(pledge.member_id for pledge in last_year[1] if pledge.name == "朱卯四")
    assert member is not None
    results = sample.read(lambda session: member_results(session, member))
    assert [(one.state, one.grade) for one in results] == [(State.FULFILLING, ""), (State.APPRAISED, "较好")]


def test_pledges_of_the_year_stand_at_every_stage(this_year: Told) -> None:
    states = {pledge.state for pledge in this_year[1]}
    assert states == {State.DRAFT, State.PUBLISHED, State.FULFILLING, State.WITHDRAWN}


def test_shown_in_march_and_signed_by_all_but_two(this_year: Told) -> None:
    first = [pledge for pledge in this_year[1] if pledge.proposed_on == date(2026, 1, 30)]
    assert {pledge.published_from for pledge in first} == {date(2026, 3, 16)}
    assert [pledge.name for pledge in this_year[1] if not pledge.signed_on] == ["周𬭎三", "施酉十", "何未八"]


def test_changes_and_a_withdrawal_have_their_reasons(this_year: Told) -> None:
    changed = {pledge.name: pledge.versions for pledge in this_year[1] if pledge.versions}
    assert set(changed) == {"吴䶮", "何未八", "卫壬九"}
    assert [version.correction for name in ("吴䶮", "何未八", "卫壬九") for version in changed[name]] == [
        False,
        True,
        False,
    ]
    assert all(version.reason for versions in changed.values() for version in versions)
    (gone,) = [pledge for pledge in this_year[1] if pledge.state is State.WITHDRAWN]
    assert gone.withdrawn_reason


def test_deeds_came_after_the_pledge_was_shown_and_some_have_pictures(this_year: Told) -> None:
    deeds = [(pledge, deed) for pledge in this_year[1] for deed in pledge.deeds]
    assert 40 <= len(deeds) <= 60
    assert all(deed.on >= date(2026, 3, 16) for _, deed in deeds)
    assert sum(bool(deed.papers) for _, deed in deeds) == 3
    assert all(deed.item_id for _, deed in deeds if deed.text.startswith("为“校史"))


def test_items_are_done_by_their_own_deeds(this_year: Told) -> None:
    done = {item.text[:8] for pledge in this_year[1] for item in pledge.standing_items if item.done}
    assert {"完成校史展板文字", "整理数学科错题资", "牵头组织一次跨校"} <= done


def test_there_is_something_to_be_reminded_of(this_year: Told) -> None:
    found = reminders(*this_year, today())
    overdue = [one.name for one in found if one.kind is ReminderKind.OVERDUE]
    assert sorted(overdue) == sorted(["朱卯四", "王戊五", "尤巳六", "褚辛八"])
    deedless = {pledge.name for pledge in this_year[1] if not pledge.deeds}
    assert "王戊五" in deedless
    assert {ReminderKind.DUE_SOON, ReminderKind.MID_YEAR} <= {one.kind for one in found}
