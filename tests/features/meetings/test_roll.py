from __future__ import annotations

from dataclasses import replace

from partyroom.features.meetings.domain import Attendance, State
from partyroom.features.meetings.roll import compare, merge, standing_of, summary, with_state

MEMBER = Attendance(1, "甲")
PROBATIONER = Attendance(2, "乙", votes=False, full=False)
APPLICANT = Attendance(3, "丙", State.OBSERVER, expected=False, votes=False, full=False)


def test_marks_stay_when_the_list_changes():
    marked = replace(MEMBER, state=State.LEAVE, reason="病假")
    gone = Attendance(4, "丁", State.ABSENT)
    merged = merge([marked, gone, APPLICANT], [replace(MEMBER, votes=False), PROBATIONER])
    assert merged == [replace(marked, votes=False), PROBATIONER, APPLICANT]


def test_an_observer_who_is_expected_now_counts_as_present():
    assert merge([replace(MEMBER, state=State.OBSERVER)], [MEMBER]) == [MEMBER]


def test_the_difference_is_told_by_name():
    difference = compare([MEMBER, Attendance(4, "丁"), APPLICANT], [replace(MEMBER, votes=False), PROBATIONER])
    assert (difference.added, difference.removed, difference.rights) == (("乙",), ("丁",), ("甲",))
    assert "应加入乙；应去掉丁；党员身份或表决权不同的有甲" in difference.sentence
    assert not compare([MEMBER, APPLICANT], [MEMBER])


def test_being_present_takes_the_reason_away_and_being_late_keeps_it():
    away = replace(MEMBER, state=State.LEAVE, reason="病假")
    assert with_state(away, State.PRESENT).reason == ""
    assert with_state(away, State.LATE).reason == "病假"
    assert with_state(APPLICANT, State.PRESENT) == APPLICANT


def test_standing_is_told_in_words():
    assert [standing_of(line) for line in (MEMBER, PROBATIONER, APPLICANT, replace(MEMBER, votes=False))] == [
        "正式党员", "预备党员", "非党员", "正式党员（无表决权）",
    ]  # fmt: skip


def test_the_quorum_is_named_only_where_an_article_asks_for_one():
    lines = [MEMBER, PROBATIONER]
    assert summary("lecture", lines, voting=False) == ("应到2人（正式党员1人），实到2人（正式党员1人）。", True)
    text, reached = summary("lecture", lines, voting=True)
    assert "有表决权的应到1人、实到1人，达到规定人数" in text
    assert reached
    away = [replace(MEMBER, state=State.LEAVE), PROBATIONER]
    text, reached = summary("committee", away, voting=False)
    assert "不足规定人数（至少1人）（《中国共产党支部工作条例（试行）》第十二条）" in text
    assert not reached
