"""The year plan's rules: days, copied months, obstacles, how often, and when a plan counts as held."""

# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from partyroom.features.meetings.domain import Attendees, Period, Stage, meeting_kinds
from partyroom.features.meetings.plan import (
    LAST,
    PlannedMeeting,
    PlanRule,
    bounds,
    day_in_month,
    frequencies,
    lines_as_month_before,
    lines_by_rule,
    stage_on_saving,
    usual_title,
    with_obstacles,
)

RULE = PlanRule(2027, "theme_day", "{年}年{月}月主题党日", Period.MONTH, time(15, 30), day=10, place="活动室")
NOON = datetime(2026, 11, 22, 12, 0)


def meeting(number=1, kind="theme_day", at=datetime(2026, 10, 8, 15, 30), **values) -> PlannedMeeting:
    fields = {"also": (), "title": "2026年10月主题党日", "place": "活动室", "group_id": None, "stage": Stage.HELD}
    return PlannedMeeting(number, kind, starts_at=at, **(fields | values))


@pytest.mark.parametrize(
    ("arguments", "day"),
    [
        ({"day": 10}, 10),
        ({"day": 31}, 28),
        ({"day": 1, "week": 1, "weekday": 3}, 4),
        ({"day": 1, "week": 4, "weekday": 3}, 25),
        ({"day": 1, "week": LAST, "weekday": 6}, 28),
    ],
)
def test_days_of_february_2027(arguments, day):
    assert day_in_month(2027, 2, **arguments) == date(2027, 2, day)


def test_the_last_weekday_may_be_the_fifth():
    assert day_in_month(2026, 10, day=1, week=LAST, weekday=3) == date(2026, 10, 29)


def test_monthly_rule_skips_the_summer_and_fills_in_the_title():
    lines = lines_by_rule(RULE)
    assert [line.starts_at.month for line in lines] == [1, 2, 3, 4, 5, 6, 9, 10, 11, 12]
    assert (lines[0].title, lines[0].starts_at, lines[0].place) == (
        "2027年1月主题党日",
        datetime(2027, 1, 10, 15, 30),
        "活动室",
    )
    assert len(lines_by_rule(replace(RULE, skip_summer=False))) == 12


def test_quarterly_and_yearly_rules_name_their_month():
    quarterly = lines_by_rule(replace(RULE, per=Period.QUARTER, month=3, title="{年}年第{季}季度大会"))
    assert [(line.starts_at.month, line.title[5:9]) for line in quarterly] == [
        (3, "第一季度"),
        (6, "第二季度"),
        (9, "第三季度"),
        (12, "第四季度"),
    ]
    yearly = lines_by_rule(replace(RULE, per=Period.YEAR, month=12))
    assert [line.starts_at for line in yearly] == [datetime(2027, 12, 10, 15, 30)]


def test_titles_are_suggested_by_period():
    kind = meeting_kinds()["assembly"]
    assert [usual_title(kind, period) for period in Period] == [
        "{年}年{月}月支部党员大会",
        "{年}年第{季}季度支部党员大会",
        "{年}年度支部党员大会",
    ]


def test_a_month_is_copied_to_the_same_weekday_with_its_name_changed():
    past = [
        meeting(),
        meeting(2, "assembly", datetime(2026, 10, 29, 15, 40), title="2026年第四季度党员大会"),
        meeting(3, "study", datetime(2026, 10, 1, 9, 0), title="十月学习"),
    ]
    lines = lines_as_month_before(past, 2026, 11)
    assert [(line.starts_at, line.title) for line in lines] == [
        (datetime(2026, 11, 5, 9, 0), "十月学习"),
        (datetime(2026, 11, 12, 15, 30), "2026年11月主题党日"),
        (datetime(2026, 11, 26, 15, 40), "2026年第四季度党员大会"),
    ]


def test_a_copy_over_the_new_year_gets_the_new_year_and_quarter():
    past = [
        meeting(at=datetime(2026, 12, 10, 15, 0), title="2026年12月主题党日"),
        meeting(2, at=datetime(2026, 12, 17, 15, 0), title="2026年第四季度党课", kind="lecture"),
    ]
    assert [line.title for line in lines_as_month_before(past, 2027, 1)] == ["2027年1月主题党日", "2027年第一季度党课"]


def test_what_is_past_or_there_already_is_not_planned_again():
    lines = lines_by_rule(replace(RULE, year=2026))
    stored = [
        meeting(at=datetime(2026, 12, 3, 15, 0), stage=Stage.PLANNED),
        meeting(2, at=datetime(2026, 11, 3, 15, 0), stage=Stage.CANCELLED),
    ]
    found = with_obstacles(lines, stored, NOON)
    assert [line.obstacle for line in found][-2:] == ["时间已过", "12月3日已有同类会议（计划）"]
    assert with_obstacles(lines[-1:], stored[1:], NOON)[0].obstacle == ""


def test_meetings_of_another_group_stand_in_nobodys_way():
    line = replace(lines_by_rule(replace(RULE, year=2026))[-1], kind="group", group_id=1)
    other = meeting(kind="group", group_id=2, at=datetime(2026, 12, 3, 15, 0))
    assert with_obstacles([line], [other], NOON)[0].obstacle == ""
    assert with_obstacles([line], [replace(other, group_id=1)], NOON)[0].obstacle


@pytest.mark.parametrize(
    ("before", "at", "stage"),
    [
        (None, datetime(2026, 11, 22, 15, 0), Stage.HELD),
        (None, datetime(2026, 11, 23, 8, 0), Stage.PLANNED),
        (Stage.PLANNED, datetime(2026, 11, 22, 15, 0), Stage.PLANNED),
        (Stage.PLANNED, datetime(2026, 11, 22, 12, 0), Stage.HELD),
        (Stage.HELD, datetime(2027, 1, 1, 8, 0), Stage.HELD),
    ],
)
def test_a_plan_is_held_once_its_time_has_come(before, at, stage):
    assert stage_on_saving(before, at, NOON) is stage


# How often (ZB-20 to ZB-25).


def asked(meetings, day, *, committee=True, groups=None):
    found = frequencies(meeting_kinds(), meetings, day, committee=committee, groups=groups or {})
    return {one.label: one for one in found}


def test_zb_20_an_assembly_is_asked_for_every_quarter():
    inside = meeting(kind="assembly", at=datetime(2026, 10, 1, 8, 0))
    before = meeting(2, kind="assembly", at=datetime(2026, 9, 30, 20, 0))
    found = asked([inside, before], date(2026, 11, 22))["支部党员大会"]
    assert found.text == "支部党员大会：本季度已开1次/应开1次"
    assert found.met
    assert "第十一条" in found.hint
    assert not asked([before], date(2026, 11, 22))["支部党员大会"].met


def test_zb_21_no_committee_no_committee_meetings():
    assert "支部委员会会议" in asked([], date(2026, 11, 22))
    assert "支部委员会会议" not in asked([], date(2026, 11, 22), committee=False)
    assert "第十二条" in asked([], date(2026, 11, 22))["支部委员会会议"].hint


def test_zb_22_every_group_meets_monthly():
    own = meeting(kind="group", group_id=1, at=datetime(2026, 11, 3, 16, 0))
    found = asked([own], date(2026, 11, 22), groups={1: "第一党小组", 2: "第二党小组"})
    assert (found["第一党小组会"].held, found["第二党小组会"].held) == (1, 0)
    assert not any("小组" in label for label in asked([own], date(2026, 11, 22)))


def test_zb_23_a_lecture_every_quarter_is_custom_only():
    assert "惯例" in asked([], date(2026, 11, 22))["党课"].hint


def test_zb_24_planned_and_cancelled_theme_days_are_not_held():
    found = asked(
        [
            meeting(at=datetime(2026, 11, 26, 15, 0), stage=Stage.PLANNED),
            meeting(2, at=datetime(2026, 11, 5, 15, 0), stage=Stage.CANCELLED),
        ],
        date(2026, 11, 22),
    )["主题党日"]
    assert found.text == "主题党日：本月已开0次/应开1次，计划1次"


def test_zb_25_the_life_meeting_is_yearly():
    found = asked([meeting(kind="life", at=datetime(2026, 1, 15, 15, 0))], date(2026, 11, 22))["组织生活会"]
    assert (found.text, found.met) == ("组织生活会：本年已开1次/应开1次", True)


def test_a_meeting_counts_under_each_of_its_kinds():
    found = asked([meeting(also=("lecture",), at=datetime(2026, 11, 5, 15, 0))], date(2026, 11, 22))
    assert found["主题党日"].met
    assert found["党课"].met


def test_in_the_summer_a_missing_month_is_only_a_hint():
    assert "暑假" in asked([], date(2026, 7, 15))["主题党日"].hint
    assert "暑假" not in asked([], date(2026, 6, 15))["主题党日"].hint
    assert "暑假" not in asked([], date(2026, 7, 15))["支部党员大会"].hint


def test_hidden_kinds_and_kinds_nobody_asks_for_are_left_out():
    kinds = dict(meeting_kinds())
    kinds["theme_day"] = replace(kinds["theme_day"], hidden=True)
    kinds["own"] = replace(kinds["study"], code="own", label="读书会", period=Period.YEAR, minimum=2)
    labels = [one.label for one in frequencies(kinds, [], date(2026, 11, 22), committee=False, groups={})]
    assert labels == ["支部党员大会", "党课", "组织生活会", "读书会"]
    assert kinds["own"].attendees is Attendees.PARTY


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.MONTH, date(2026, 2, 1), date(2026, 2, 28)),
        (Period.QUARTER, date(2026, 1, 1), date(2026, 3, 31)),
        (Period.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods_are_calendar_periods(period, first, last):
    assert bounds(period, date(2026, 2, 14)) == (first, last)
