# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from datetime import datetime

import pytest

from partyroom.features.meetings.domain import Attendance, MeetingDraft, Resolution, State, Vote
from partyroom.features.meetings.live_fields import field_values, fill_fields, filled_minutes

ATTENDANCE = (
    Attendance(1, "张三"),
    Attendance(2, "李四", State.LEAVE, "病假"),
    Attendance(3, "王五", State.ABSENT),
    Attendance(4, "赵六", State.ABSENT, excluded="年老体弱"),
)


def meeting(minutes: str, **fields) -> MeetingDraft:
    return MeetingDraft("assembly", "大会", datetime(2026, 9, 10, 15), minutes=minutes, **fields)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("应到〔应到人数〕，实到〔实到人数〕。", "应到3人，实到1人。"),
        ("应到〔应到人数〕名，实到〔实到人数〕人", "应到3名，实到1人"),
        ("缺席：〔缺席名单〕。", "缺席：李四（病假）、王五。"),
        ("表决：〔表决结果〕", "表决：无"),
        ("据〔2026〕5号文，〔应到〕〔其他〕[应到人数]", "据〔2026〕5号文，〔应到〕〔其他〕[应到人数]"),
        ("", ""),
    ],
)
def test_fields_become_the_meetings_own_figures_and_other_brackets_stay(text, expected):
    assert filled_minutes(meeting(text, attendance=ATTENDANCE)) == expected


def test_a_field_alone_in_its_line_becomes_lines_and_within_a_sentence_clauses():
    draft = meeting(
        "　　〔决议〕\n会议决定：〔决议〕。",
        resolutions=(Resolution("按时上报。", "张三", "月底"), Resolution("公示五天。")),
    )
    assert filled_minutes(draft).split("\n") == [
        "　　1. 按时上报。（责任人：张三，完成时限：月底）",
        "2. 公示五天。",
        "会议决定：1. 按时上报。（责任人：张三，完成时限：月底）；2. 公示五天。",
    ]


def test_what_a_value_brings_along_is_not_filled_again():
    draft = meeting("〔决议〕", resolutions=(Resolution("〔应到人数〕"),))
    assert filled_minutes(draft) == "1. 〔应到人数〕"


def test_votes_are_told_with_their_judgement():
    values = field_values(meeting("", votes=(Vote("通过计划", should=3, present=3, yes=3),)))
    assert values["表决结果"].startswith("通过计划：举手表决，应到会有表决权3人，实到3人，赞成3票")
    assert fill_fields("结果：〔表决结果〕。", values).endswith("的半数，通过。")
