"""Searching minutes finds what LIKE finds: from one character up, rare characters and signs too."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partyroom.features.meetings.domain import AgendaItem, MeetingDraft, Resolution
from partyroom.features.meetings.search import phrases, tokens
from partyroom.features.meetings.service import (
    MeetingQuery,
    bin_meetings,
    list_meeting_ids,
    record_meeting,
    update_meeting,
)
from partyroom.features.safekeeping.service import undo_change

MINUTES = (
    "周𬭎三发言：师德师风建设要常抓不懈。",
    "孙㛃汇报党费，吴䶮、𠅤𬀩列席；阿娜尔·甲乙请假。",
    "一、传达学习《条例》\n100%通过，A&B <b>班</b> _1_ “引号”",
    "第 一 季度党员大会，双减工作",
)


def draft(number: int, minutes: str, **fields) -> MeetingDraft:
    return MeetingDraft("assembly", f"第{number}次会议", datetime(2026, 1 + number, 5, 14), minutes=minutes, **fields)  # noqa: DTZ001


@pytest.fixture
def meetings(library) -> list[int]:
    return [
        library.write("记录", lambda s, n=n, m=m: record_meeting(s, draft(n, m))).result for n, m in enumerate(MINUTES)
    ]


def found(library, words: str) -> list[int]:
    return sorted(library.read(lambda s: list_meeting_ids(s, MeetingQuery(search=words))))


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("师", [0]),
        ("师德师风", [0]),
        ("𬭎", [0]),
        ("㛃", [1]),
        ("𠅤𬀩", [1]),
        ("·甲", [1]),
        ("100%", [2]),
        ("<b>", [2]),
        ("a&b", [2]),
        ("_1_", [2]),
        ("“引", [2]),
        ("第一季度", [3]),
        ("双减 第一", [3]),
        ("德师德", []),
        ("季度师德", []),
        ("次会议", [0, 1, 2, 3]),
    ],
)
def test_search_finds_any_run_of_characters(library, meetings, words, places):
    assert found(library, words) == [meetings[place] for place in places]


def test_search_does_not_run_from_one_field_into_the_next(library):
    one = draft(1, "开头", topic="结尾")
    library.write("记录", lambda s: record_meeting(s, one))
    assert found(library, "结尾开头") == []


def test_search_reads_agenda_and_resolutions_and_follows_changes(library):
    first = draft(1, "", agenda=(AgendaItem("讨论预算"),), resolutions=(Resolution("购置图书"),))
    meeting = library.write("记录", lambda s: record_meeting(s, first)).result
    assert found(library, "预算") == found(library, "购置图书") == [meeting]
    second = draft(1, "改为研究校园安全", resolutions=(Resolution("购置图书"),))
    change = library.write("修改", lambda s: update_meeting(s, meeting, second)).change_set
    assert found(library, "预算") == []
    assert found(library, "校园安全") == [meeting]
    library.write("撤销", lambda s: undo_change(s, change))
    assert found(library, "预算") == [meeting]
    assert found(library, "校园安全") == []


def test_search_leaves_out_what_lies_in_the_bin(library, meetings):
    library.write("删除", lambda s: bin_meetings(s, [meetings[0]]))
    assert found(library, "师德") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="周𬭎三发言师德 风·%_<b>&\"'*建设", min_size=1, max_size=4))
def test_search_agrees_with_looking_through_the_text(library, meetings, words):
    wanted = ["".join(word.split()).casefold() for word in words.split()]
    seen = ["".join(f"第{n}次会议{m}".split()).casefold() for n, m in enumerate(MINUTES)]
    expected = [meetings[n] for n, text in enumerate(seen) if all(word in text for word in wanted)]
    assert found(library, words) == expected


def test_tokens_are_plain_words_for_every_character():
    assert tokens('A师"*𬭎 ') == "a 师 u22 u2a u2cb4e"
    assert phrases("  ") == ""
