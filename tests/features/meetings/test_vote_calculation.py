"""The vote table of the rule book, row by row, and what the calculator refuses."""

from __future__ import annotations

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.meetings.domain import VoteRule
from partyroom.features.meetings.vote_calculation import MOST, calculate_vote, vote_sentence

# 应到会有表决权; ordinary and committee: present, yes; acceptance: present; election (2020): present.
TABLE = (
    (3, 2, 2, 2, 3),
    (4, 2, 3, 3, 4),
    (5, 3, 3, 3, 4),
    (6, 3, 4, 4, 5),
    (7, 4, 4, 4, 6),
    (8, 4, 5, 5, 7),
    (9, 5, 5, 5, 8),
    (10, 5, 6, 6, 8),
    (11, 6, 6, 6, 9),
    (12, 6, 7, 7, 10),
    (15, 8, 8, 8, 12),
    (20, 10, 11, 11, 16),
    (21, 11, 11, 11, 17),
    (25, 13, 13, 13, 20),
    (30, 15, 16, 16, 24),
    (45, 23, 23, 23, 36),
    (50, 25, 26, 26, 40),
)


@pytest.mark.parametrize(("should", "ordinary", "pass_", "acceptance", "election"), TABLE)
def test_every_row_of_the_vote_table(should, ordinary, pass_, acceptance, election):
    least = {
        VoteRule.RESOLUTION: ordinary,
        VoteRule.COMMITTEE: ordinary,
        VoteRule.ACCEPTANCE: acceptance,
        VoteRule.ELECTION: election,
    }
    for rule, present in least.items():
        found = calculate_vote(rule, should, present, 0)
        assert (found.need_present, found.need_yes, found.quorum, found.passed) == (present, pass_, True, False)
        assert not calculate_vote(rule, should, present - 1, present - 1).quorum
        assert not calculate_vote(rule, should, present - 1, present - 1).passed
        assert calculate_vote(rule, should, should, pass_).passed
        assert not calculate_vote(rule, should, should, pass_ - 1).passed


def test_eight_with_four_present_may_meet_and_can_pass_nothing():
    found = calculate_vote(VoteRule.RESOLUTION, 8, 4, 4)
    assert (found.quorum, found.passed) == (True, False)
    assert "全部赞成也不到5票" in vote_sentence(VoteRule.RESOLUTION, 8, 4, 4)


@pytest.mark.parametrize(
    ("counts", "words", "field"),
    [
        ((-1, 0, 0), "应到会有表决权人数不能是负数", "should"),
        ((5, -2, 0), "实到会有表决权人数不能是负数", "present"),
        ((5, 5, -1), "赞成票数不能是负数", "yes"),
        ((0, 0, 0), "至少是1人", "should"),
        ((5, 6, 1), "实到6人多于应到5人", "present"),
        ((5, 4, 5), "赞成5票多于实到4人", "yes"),
        ((MOST + 1, 1, 1), "太大", "should"),
    ],
)
def test_impossible_counts_are_refused_beside_their_field(counts, words, field):
    with pytest.raises(DomainError, match=words) as caught:
        calculate_vote(VoteRule.RESOLUTION, *counts)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_the_sentence_gives_verdict_needs_and_article():
    passed = vote_sentence(VoteRule.ELECTION, 10, 8, 6)
    assert passed.startswith("实到8人，达到规定人数；赞成6票，通过。")
    assert "至少8人到会" in passed
    assert "至少6票" in passed
    assert "基层组织选举工作条例" in passed
    assert "未通过" in vote_sentence(VoteRule.COMMITTEE, 5, 4, 2)
    assert "第十二条" in vote_sentence(VoteRule.COMMITTEE, 5, 4, 2)
    assert "不足8人，不能表决" in vote_sentence(VoteRule.ELECTION, 10, 7, 7)
    assert "第十九条" in vote_sentence(VoteRule.ACCEPTANCE, 10, 7, 7)
