# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.features.meetings.domain import (
    Attendance,
    MeetingDraft,
    State,
    Vote,
    VoteMethod,
    VoteRule,
    cautions,
    contradictions,
    explain_vote,
    judge_vote,
    kind_label,
    meeting_kinds,
    names_of,
    tally,
)

# n, ordinary quorum, votes to pass, acceptance quorum, election quorum 2020, election quorum 1990
TABLE = [
    (3, 2, 2, 2, 3, 3),
    (4, 2, 3, 3, 4, 4),
    (5, 3, 3, 3, 4, 5),
    (6, 3, 4, 4, 5, 5),
    (7, 4, 4, 4, 6, 6),
    (8, 4, 5, 5, 7, 7),
    (9, 5, 5, 5, 8, 8),
    (10, 5, 6, 6, 8, 9),
    (11, 6, 6, 6, 9, 9),
    (12, 6, 7, 7, 10, 10),
    (15, 8, 8, 8, 12, 13),
    (20, 10, 11, 11, 16, 17),
    (21, 11, 11, 11, 17, 17),
    (25, 13, 13, 13, 20, 21),
    (30, 15, 16, 16, 24, 25),
    (45, 23, 23, 23, 36, 37),
    (50, 25, 26, 26, 40, 41),
]


def _edges(rule: VoteRule, n: int) -> tuple[int, int]:
    """The fewest present with which a vote is valid, and the fewest yes with which it passes when all are there."""
    quorum = next(present for present in range(n + 1) if judge_vote(rule, n, present, 0).quorum)
    needed = next(yes for yes in range(n + 1) if judge_vote(rule, n, n, yes).passed)
    return quorum, needed


@pytest.mark.parametrize(("n", "ordinary", "passing", "acceptance", "election", "_old"), TABLE)
def test_vote_table(n, ordinary, passing, acceptance, election, _old) -> None:
    assert _edges(VoteRule.RESOLUTION, n) == (ordinary, passing)
    assert _edges(VoteRule.ACCEPTANCE, n) == (acceptance, passing)
    assert _edges(VoteRule.ELECTION, n) == (election, passing)
    for rule, need in (
        (VoteRule.RESOLUTION, ordinary),
        (VoteRule.ACCEPTANCE, acceptance),
        (VoteRule.ELECTION, election),
    ):
        outcome = judge_vote(rule, n, 0, 0)
        assert (outcome.need_present, outcome.need_yes) == (need, passing)


def test_zb_30_half_present_is_enough_for_an_ordinary_vote() -> None:
    assert judge_vote(VoteRule.RESOLUTION, 8, 4, 0).quorum
    assert not judge_vote(VoteRule.RESOLUTION, 8, 3, 0).quorum
    assert not judge_vote(VoteRule.RESOLUTION, 9, 4, 0).quorum


def test_zb_31_passing_needs_more_than_half_of_those_who_should_attend() -> None:
    assert not judge_vote(VoteRule.RESOLUTION, 8, 8, 4).passed
    assert judge_vote(VoteRule.RESOLUTION, 8, 8, 5).passed


def test_trap_of_eight_with_four_present_valid_but_nothing_can_pass() -> None:
    outcome = judge_vote(VoteRule.RESOLUTION, 8, 4, 4)
    assert outcome.quorum
    assert not outcome.passed
    assert outcome.need_yes == 5


def test_trap_of_majority_of_those_present_does_not_pass() -> None:
    assert not judge_vote(VoteRule.RESOLUTION, 20, 12, 10).passed


@pytest.mark.parametrize(("members", "needed"), [(3, 2), (4, 2), (5, 3), (7, 4)])
def test_zb_32_committee_meets_with_half_its_members(members, needed) -> None:
    assert _edges(VoteRule.COMMITTEE, members)[0] == needed


def test_zb_37_election_needs_four_fifths_by_the_rules_of_2020() -> None:
    assert judge_vote(VoteRule.ELECTION, 10, 8, 6).passed  # the rules of 1990 asked for 9
    assert not judge_vote(VoteRule.ELECTION, 10, 7, 7).quorum
    old = [n for n, _o, _p, _a, election, before in TABLE if election != before]
    assert old == [5, 10, 15, 20, 25, 30, 45, 50]  # they differ only where n is a multiple of five


def test_zb_38_elected_with_more_than_half_of_those_who_should_attend() -> None:
    assert not judge_vote(VoteRule.ELECTION, 10, 8, 5).passed
    assert judge_vote(VoteRule.ELECTION, 10, 8, 6).passed


def test_fz_15_acceptance_needs_more_than_half_present() -> None:
    assert not judge_vote(VoteRule.ACCEPTANCE, 8, 4, 4).quorum
    assert judge_vote(VoteRule.ACCEPTANCE, 8, 5, 5).quorum


def test_fz_17_acceptance_passes_with_more_than_half_of_those_who_should_attend() -> None:
    assert not judge_vote(VoteRule.ACCEPTANCE, 8, 5, 4).passed
    assert judge_vote(VoteRule.ACCEPTANCE, 8, 5, 5).passed


def test_nobody_with_a_vote_means_no_vote() -> None:
    for rule in VoteRule:
        assert not judge_vote(rule, 0, 0, 0).quorum
        assert not judge_vote(rule, 0, 0, 0).passed


COUNT = st.integers(0, 10**18)


@given(st.sampled_from(list(VoteRule)), COUNT, COUNT, COUNT)
def test_passing_implies_quorum_and_more_than_half(rule, should, present, yes) -> None:
    outcome = judge_vote(rule, should, present, yes)
    assert type(outcome.need_present) is int
    assert type(outcome.need_yes) is int
    assert not outcome.passed or (outcome.quorum and 2 * yes > should)
    assert not outcome.quorum or 2 * present >= should > 0
    expected = {
        VoteRule.RESOLUTION: 2 * present >= should,
        VoteRule.COMMITTEE: 2 * present >= should,
        VoteRule.ACCEPTANCE: 2 * present > should,
        VoteRule.ELECTION: 5 * present >= 4 * should,
    }[rule]
    assert outcome.quorum == (expected and should > 0)


@given(st.sampled_from(list(VoteRule)), st.integers(1, 500), st.data())
def test_more_present_and_more_yes_never_hurt_and_more_expected_never_help(rule, should, data) -> None:
    present = data.draw(st.integers(0, should))
    yes = data.draw(st.integers(0, present))
    outcome = judge_vote(rule, should, present, yes)
    better = judge_vote(rule, should, present + 1, yes + 1)
    harder = judge_vote(rule, should + 1, present, yes)
    assert (better.quorum, better.passed) >= (outcome.quorum, outcome.passed)
    assert not (harder.quorum and not outcome.quorum)
    assert not (harder.passed and not outcome.passed)


@given(st.integers(1, 300))
def test_everybody_present_and_agreeing_always_passes(n) -> None:
    assert all(judge_vote(rule, n, n, n).passed for rule in VoteRule)


@pytest.mark.parametrize(
    ("vote", "ends"),
    [
        (Vote("某事", should=8, present=4, yes=4), "（需5票），未通过"),
        (Vote("某事", should=8, present=3, yes=3), "到会有表决权人数3人，不足规定的4人，表决无效"),
        (Vote("某事", should=8, present=6, yes=5, no=1), "赞成超过应到会有表决权人数的半数，通过"),
    ],
)
def test_explanation_says_why(vote, ends) -> None:
    text = explain_vote(vote)
    assert text.endswith(ends)
    assert text.startswith(f"赞成{vote.yes}票，反对{vote.no}票，弃权{vote.abstain}票；")


# Counting.


def _line(number: int, **fields: object) -> Attendance:
    return replace(Attendance(number, f"人{number}"), **fields)


def test_zb_35_probationary_members_attend_but_are_in_no_denominator_of_votes() -> None:
    lines = [_line(n) for n in range(10)] + [_line(n, votes=False, full=False) for n in (10, 11)]
    counts = tally(lines)
    assert (counts.expected, counts.expected_full, counts.expected_voters) == (12, 10, 10)
    assert (counts.present, counts.present_full, counts.present_voters) == (12, 10, 10)


def test_zb_36_suspended_members_are_expected_without_a_vote() -> None:
    counts = tally([_line(1), _line(2, votes=False)])
    assert (counts.expected, counts.expected_full, counts.expected_voters) == (2, 2, 1)


def test_zb_40_excluded_members_are_not_expected() -> None:
    counts = tally([_line(1), _line(2, excluded="自费出国半年以上", state=State.ABSENT), _line(3, excluded="年老体弱")])
    assert (counts.expected, counts.expected_voters, counts.present, counts.absent) == (1, 1, 1, 0)


def test_observers_count_in_neither_number() -> None:
    counts = tally([_line(1), _line(2, state=State.OBSERVER)])
    assert (counts.expected, counts.present, counts.present_voters) == (1, 1, 1)


@pytest.mark.parametrize(
    ("state", "present"),
    [(State.PRESENT, 1), (State.LATE, 1), (State.LEAVE, 0), (State.DUTY, 0), (State.ABSENT, 0)],
)
def test_who_is_late_is_here_and_who_is_on_leave_is_not(state, present) -> None:
    counts = tally([_line(1, state=state)])
    assert (counts.expected, counts.present, counts.absent) == (1, present, 1 - present)


LINES = st.lists(
    st.builds(
        Attendance,
        member_id=st.integers(),
        name=st.just("某"),
        state=st.sampled_from(list(State)),
        expected=st.booleans(),
        votes=st.booleans(),
        full=st.booleans(),
        excluded=st.sampled_from(["", "出国"]),
    )
)


@given(LINES)
def test_counts_always_add_up(lines) -> None:
    counts = tally(lines)
    assert counts.present + counts.absent == counts.expected <= len(lines)
    assert counts.present_voters <= min(counts.present, counts.expected_voters)
    assert counts.present_full <= min(counts.present, counts.expected_full)


# What cannot be, and what is odd.


@pytest.fixture
def draft() -> MeetingDraft:
    return MeetingDraft(
        kind="assembly",
        title="大会",
        starts_at=datetime(2026, 11, 20, 15),
        attendance=tuple(_line(n) for n in range(8)),
        votes=(Vote("某事", should=8, present=8, yes=8),),
    )


def test_sound_meeting_has_neither_contradictions_nor_cautions(draft) -> None:
    assert contradictions(draft) == []
    assert cautions(draft) == []


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"ends_at": datetime(2026, 11, 20, 14)}, "ends_at", "结束时间早于开始时间"),
        ({"votes": (Vote("某事", should=8, present=5, yes=4, no=1, abstain=1),)}, "votes", "共6票"),
        ({"votes": (Vote("某事", should=3, present=4),)}, "votes", "多于应到会人数"),
        ({"votes": (Vote("某事", should=9, present=9, yes=9),)}, "votes", "多于签到的有表决权人数（8人）"),
        ({"votes": (Vote("某事", should=8, present=8, yes=-1),)}, "votes", "负数"),
        ({"attendance": (_line(1), _line(1))}, "attendance", "出现了两次"),
    ],
)
def test_contradictions_name_field_and_reason(draft, change, field, words) -> None:
    if "attendance" in change:
        change = change | {"votes": ()}
    ((found, sentence),) = contradictions(replace(draft, **change))
    assert found == field
    assert words in sentence


def test_votes_without_an_attendance_list_are_not_held_against_it(draft) -> None:
    assert contradictions(replace(draft, attendance=())) == []
    assert cautions(replace(draft, attendance=())) == []


def test_vote_without_a_quorum_is_cautioned_with_the_article(draft) -> None:
    lines = tuple(_line(n, state=State.PRESENT if n < 3 else State.LEAVE, reason="病假") for n in range(8))
    found = cautions(replace(draft, attendance=lines, votes=(Vote("某事", should=8, present=3, yes=3),)))
    assert len(found) == 1
    assert "3人，不足规定的4人" in found[0]
    assert "第十一条" in found[0]


def test_absence_without_a_reason_is_cautioned(draft) -> None:
    lines = (*draft.attendance, _line(8, state=State.ABSENT, votes=False))
    assert cautions(replace(draft, attendance=lines)) == ["“人8”没有到会，也没有写明原因。"]


@pytest.mark.parametrize("rule", [VoteRule.ACCEPTANCE, VoteRule.ELECTION])
def test_zb_42_show_of_hands_is_cautioned_where_the_ballot_must_be_secret(draft, rule) -> None:
    vote = replace(draft.votes[0], rule=rule)
    assert len(cautions(replace(draft, votes=(vote,)))) == 1
    assert cautions(replace(draft, votes=(replace(vote, method=VoteMethod.SECRET),))) == []


def test_zb_31_wrong_denominator_is_cautioned(draft) -> None:
    found = cautions(replace(draft, votes=(Vote("某事", should=5, present=5, yes=3),)))
    assert len(found) == 1
    assert "是5人，考勤里是8人" in found[0]


# The rule data.


def test_kinds_of_meetings_carry_label_agenda_and_source() -> None:
    assert {"assembly", "committee", "group", "lecture", "theme_day"} <= set(meeting_kinds())
    for code, kind in meeting_kinds().items():
        assert kind.code == code
        assert kind.label
        assert kind.agenda
        assert kind.source.startswith("《") or kind.source == "支部惯例"


def test_unknown_kind_shows_its_code() -> None:
    assert kind_label("assembly") == "支部党员大会"
    assert kind_label("gone") == "gone"


def test_names_by_state_keep_the_order() -> None:
    lines = [_line(1), _line(2, state=State.LEAVE), _line(3, state=State.LATE)]
    assert names_of(lines, State.PRESENT, State.LATE) == ["人1", "人3"]
