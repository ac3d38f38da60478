"""The year plan in the library: previewed, written as one, moved, cancelled, held at last."""

# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from partyroom.core.calendar import stopped_at
from partyroom.core.errors import DomainError
from partyroom.features.meetings.domain import FixedAction, Period, Stage
from partyroom.features.meetings.office import papers_of, papers_of_month
from partyroom.features.meetings.plan import PlanRule
from partyroom.features.meetings.plan_service import (
    cancel_meetings,
    frequencies_on,
    move_meeting,
    preview_month,
    preview_rule,
    replan_meetings,
    store_plan,
    year_plan,
)
from partyroom.features.meetings.report import minutes_document, record_document
from partyroom.features.meetings.service import (
    MeetingQuery,
    get_meeting,
    list_meeting_ids,
    meeting_ids_between,
    update_meeting,
)
from partyroom.features.organisation.domain import Branch
from partyroom.storage.undo import undo_change_set

RULE = PlanRule(2026, "theme_day", "{年}年{月}月主题党日", Period.MONTH, time(15, 30), week=2, weekday=3)

pytestmark = pytest.mark.usefixtures("fixed_today")


@pytest.fixture
def planned(branch):
    """Plans by a rule and gives the ids."""

    def make(rule: PlanRule = RULE) -> list[int]:
        return branch.write("计划", lambda session: store_plan(session, preview_rule(session, rule))).result

    return make


def detail(library, meeting_id):
    return library.read(lambda session: get_meeting(session, meeting_id))


def test_a_rule_is_previewed_without_writing_and_leaves_out_what_is_past(branch):
    lines = branch.read(lambda session: preview_rule(session, RULE))
    assert [line.obstacle for line in lines] == ["时间已过"] * 9 + [""]
    assert branch.read(lambda session: list_meeting_ids(session, MeetingQuery())) == []


def test_a_plan_is_written_as_one_and_undone_as_one(branch):
    rule = replace(RULE, year=2027)
    written = branch.write("计划", lambda session: store_plan(session, preview_rule(session, rule)))
    assert len(written.result) == 10
    assert detail(branch, written.result[0]).draft.title == "2027年1月主题党日"
    branch.write("撤销", lambda session: undo_change_set(session, written.change_set))
    assert branch.read(lambda session: list_meeting_ids(session, MeetingQuery())) == []


def test_the_same_rule_twice_plans_nothing_twice(branch, planned):
    planned()
    with pytest.raises(DomainError, match="没有可以写入"):
        planned()


def test_nothing_is_planned_when_one_line_cannot_be(branch):
    def bad(session):
        lines = preview_rule(session, replace(RULE, year=2027))
        store_plan(session, [*lines[:2], replace(lines[2], title=" ")])

    with pytest.raises(DomainError, match="会议名称"):
        branch.write("计划", bad)
    assert branch.read(lambda session: list_meeting_ids(session, MeetingQuery())) == []


def test_group_meetings_are_planned_for_a_group(branch, group_id, planned):
    rule = replace(RULE, kind="group", title="{月}月党小组会")
    with pytest.raises(DomainError, match="党小组"):
        planned(rule)
    assert detail(branch, planned(replace(rule, group_id=group_id))[0]).group == "第一党小组"
    assert len(planned(replace(rule, group_id=group_id + 1))) == 1


def test_rules_need_a_known_kind_and_a_title(planned):
    for rule, words in ((replace(RULE, kind="gone"), "会议类型"), (replace(RULE, title=" "), "会议名称")):
        with pytest.raises(DomainError, match=words):
            planned(rule)


def test_last_month_is_copied_without_what_was_cancelled(branch, stored, planned):
    stored("2026年11月党课", kind="lecture", starts_at=datetime(2026, 11, 5, 15, 0))
    other = stored("2026年11月学习", kind="study", starts_at=datetime(2026, 11, 26, 15, 0), stage=Stage.PLANNED)
    branch.write("取消", lambda session: cancel_meetings(session, [other], "停电"))
    lines = branch.read(lambda session: preview_month(session, 2026, 12))
    assert [(line.title, line.starts_at, line.obstacle) for line in lines] == [
        ("2026年12月党课", datetime(2026, 12, 3, 15, 0), "")
    ]


def test_a_planned_meeting_is_moved_and_keeps_its_length(branch, stored):
    number = stored("计划", starts_at=datetime(2026, 12, 3, 15, 0), stage=Stage.PLANNED)
    branch.write("改期", lambda session: move_meeting(session, number, datetime(2026, 12, 4, 9, 0)))
    draft = detail(branch, number).draft
    assert (draft.starts_at, draft.ends_at) == (datetime(2026, 12, 4, 9, 0), datetime(2026, 12, 4, 10, 0))


def test_cancelling_asks_for_a_reason_and_can_be_taken_back(branch, planned):
    ids = planned()
    with pytest.raises(DomainError, match="原因"):
        branch.write("取消", lambda session: cancel_meetings(session, ids, " "))
    branch.write("取消", lambda session: cancel_meetings(session, ids, "期末考试"))
    assert (detail(branch, ids[0]).stage, detail(branch, ids[0]).cancel_reason) == (Stage.CANCELLED, "期末考试")
    branch.write("恢复", lambda session: replan_meetings(session, ids))
    assert (detail(branch, ids[0]).stage, detail(branch, ids[0]).cancel_reason) == (Stage.PLANNED, "")
    with pytest.raises(DomainError, match="没有取消"):
        branch.write("恢复", lambda session: replan_meetings(session, ids))


def test_what_was_held_is_neither_moved_nor_cancelled_nor_planned_again(branch, stored):
    number = stored()
    with pytest.raises(DomainError, match="只有计划中"):
        branch.write("取消", lambda session: cancel_meetings(session, [number], "停电"))
    with pytest.raises(DomainError, match="只有计划中"):
        branch.write("改期", lambda session: move_meeting(session, number, datetime(2026, 12, 4, 9, 0)))
    draft = replace(detail(branch, number).draft, stage=Stage.PLANNED)
    with pytest.raises(DomainError, match="不能改回计划"):
        branch.write("修改", lambda session: update_meeting(session, number, draft))


def test_plans_take_no_number_until_they_are_held(branch, stored, planned):
    first = stored("九月")
    plan = planned()[0]
    second = stored("十月", starts_at=datetime(2026, 10, 8, 15, 0))
    assert [detail(branch, one).number for one in (first, plan, second)] == [1, 0, 2]
    held = replace(detail(branch, plan).draft, stage=Stage.HELD, minutes="开了会")
    with stopped_at(datetime(2026, 12, 11, 9, 0)):
        branch.write("记录", lambda session: update_meeting(session, plan, held))
    found = detail(branch, plan)
    assert (found.number, found.stage, found.recorded_at) == (3, Stage.HELD, datetime(2026, 12, 11, 9, 0))


def test_plans_have_no_papers(branch, stored, planned):
    held = stored("十二月", starts_at=datetime(2026, 12, 1, 15, 0))
    plan = planned()[0]
    days = (date(2026, 12, 1), date(2026, 12, 31))
    assert branch.read(lambda session: meeting_ids_between(session, *days)) == [held]
    assert [one.id for one in branch.read(lambda session: papers_of_month(session, 2026, 12))[0]] == [held]
    assert branch.read(lambda session: papers_of(session, [plan]))[0] == []
    with pytest.raises(DomainError, match="还没有召开"):
        minutes_document(detail(branch, plan), Branch("样例小学党支部"), "record")


def test_lists_are_narrowed_by_stage(branch, stored, planned):
    held = stored()
    plan = planned()[0]
    ids = branch.read(lambda session: {s: list_meeting_ids(session, MeetingQuery(stage=s)) for s in Stage})
    assert ids == {Stage.HELD: [held], Stage.PLANNED: [plan], Stage.CANCELLED: []}


def test_the_year_shows_everything_and_counts_what_was_held(branch, stored, planned):
    stored("第四季度", starts_at=datetime(2026, 10, 8, 15, 0))
    stored("去年", starts_at=datetime(2025, 12, 31, 23, 0))
    planned()
    plan = branch.read(lambda session: year_plan(session, 2026))
    assert [row.stage for row in plan.rows] == [Stage.HELD, Stage.PLANNED]
    texts = [one.text for one in plan.frequencies]
    assert "支部党员大会：本季度已开1次/应开1次" in texts
    assert "支部委员会会议：本月已开0次/应开1次" in texts
    assert "第二党小组会：本月已开0次/应开1次" in texts


def test_without_a_committee_none_of_its_meetings_is_asked_for(branch):
    labels = [one.label for one in branch.read(lambda session: frequencies_on(session, date(2020, 1, 1)))]
    assert "支部委员会会议" not in labels


def test_fixed_actions_are_stored_in_order_and_printed_with_their_times(branch, stored):
    actions = (FixedAction("佩戴党徽"), FixedAction("重温入党誓词", datetime(2026, 9, 10, 14, 35)))
    number = stored("党日", kind="theme_day", actions=actions)
    assert detail(branch, number).draft.actions == actions
    text = str(record_document(detail(branch, number), Branch("样例小学党支部")))
    assert "规定动作" in text
    assert "佩戴党徽、重温入党誓词（14:35）" in text
    assert "规定动作" not in str(record_document(detail(branch, stored()), Branch("样例小学党支部")))
