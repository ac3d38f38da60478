# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.meetings.domain import Stage, State
from partyroom.features.meetings.notice_service import (
    acknowledge,
    choose_departments,
    distributions,
    mark_sent,
    withdraw,
)
from partyroom.features.meetings.notices import DeliveryState, absence_text
from partyroom.features.meetings.service import bin_meetings, expected_attendance
from partyroom.features.meetings.tables import DeliveryRecord, MakeUpRecord, Meeting
from partyroom.storage.recycle import purge

DAY = date(2026, 9, 11)


@pytest.fixture
def meeting(offices, stored):
    """A meeting with one on leave and one absent, who belongs to no department any more."""
    lines = list(offices.read(lambda s: expected_attendance(s, "assembly", date(2026, 9, 10))))
    lines[3] = replace(lines[3], state=State.LEAVE, reason="病假")
    lines[4] = replace(lines[4], state=State.ABSENT, department="")
    lines[5] = replace(lines[5], state=State.ABSENT, excluded="自费出国半年以上")
    return stored(attendance=tuple(lines))


def lines_of(library, meeting):
    (one,) = library.read(lambda s: distributions(s, [meeting]))
    return {line.department: line for line in one.deliveries}


def test_a_notice_goes_to_all_departments_until_somebody_chooses(offices, meeting):
    assert list(lines_of(offices, meeting)) == ["语文科", "数学科", "后勤科"]
    assert offices.read(lambda s: s.query(DeliveryRecord).count()) == 0
    assert offices.read(distributions) == []
    offices.write("范围", lambda s: choose_departments(s, meeting, ["后勤科", "语文科", "语文科"]))
    assert list(lines_of(offices, meeting)) == ["语文科", "后勤科"]


def test_each_department_learns_of_its_own_absentees_and_their_deadline(offices, meeting):
    def owe(session):
        session.query(MakeUpRecord).delete()
        lines = session.get(Meeting, meeting).attendance
        session.add(MakeUpRecord(meeting_id=meeting, member_id=lines[3].member_id, due_on=date(2026, 10, 10)))

    offices.write("补课", owe)
    lines = lines_of(offices, meeting)
    (person,) = lines["语文科"].absentees
    assert absence_text([person]) == f"{person.name}（病假），请于2026年10月10日前以本纪要为材料补课。"
    assert lines["数学科"].absentees == ()
    assert absence_text(()) == "本科室无缺席人员。"
    (one,) = offices.read(lambda s: distributions(s, [meeting]))
    assert [stranded.why for stranded in one.stranded] == ["缺席"]


def test_sending_and_acknowledging_are_recorded_with_day_and_person(offices, meeting):
    assert offices.write("发", lambda s: mark_sent(s, [(meeting, "语文科"), (meeting, "数学科")], DAY)).result == 2
    assert offices.write("再发", lambda s: mark_sent(s, [(meeting, "语文科")], date(2026, 9, 20))).result == 0
    offices.write("签", lambda s: acknowledge(s, [(meeting, "语文科"), (meeting, "数学科")], date(2026, 9, 12)))
    lines = lines_of(offices, meeting)
    assert (lines["语文科"].acknowledged_by, lines["数学科"].acknowledged_by) == ("赵甲", "钱主任")
    assert lines["语文科"].sent_on == DAY
    assert [line.state for line in lines.values()] == [
        DeliveryState.ACKNOWLEDGED,
        DeliveryState.ACKNOWLEDGED,
        DeliveryState.UNSENT,
    ]
    assert offices.write("撤", lambda s: withdraw(s, [(meeting, "语文科"), (meeting, "后勤科")])).result == 1
    assert lines_of(offices, meeting)["语文科"].state is DeliveryState.UNSENT


def test_a_department_without_a_head_needs_a_name(offices, meeting):
    with pytest.raises(DomainError, match="“后勤科”没有登记负责人") as caught:
        offices.write("签", lambda s: acknowledge(s, [(meeting, "后勤科")], DAY))
    assert caught.value.problems[0].field == "by"
    offices.write("签", lambda s: acknowledge(s, [(meeting, "后勤科")], DAY, " 周 师傅 "))
    line = lines_of(offices, meeting)["后勤科"]
    assert (line.acknowledged_by, line.sent_on, line.acknowledged_on) == ("周 师傅", DAY, DAY)


@pytest.mark.parametrize("day", [date(2026, 9, 9), date(2025, 1, 1)])
def test_nothing_is_sent_or_acknowledged_before_the_meeting(offices, meeting, day):
    with pytest.raises(DomainError, match="早于“第三季度党员大会”的日期"):
        offices.write("发", lambda s: mark_sent(s, [(meeting, "语文科")], day))
    with pytest.raises(DomainError, match="早于"):
        offices.write("签", lambda s: acknowledge(s, [(meeting, "语文科")], day))


def test_nothing_is_acknowledged_before_it_was_sent(offices, meeting):
    offices.write("发", lambda s: mark_sent(s, [(meeting, "语文科")], date(2026, 9, 15)))
    with pytest.raises(DomainError, match="早于“语文科”的发出日期（2026年9月15日）"):
        offices.write("签", lambda s: acknowledge(s, [(meeting, "语文科")], date(2026, 9, 14)))


def test_a_department_that_has_the_notice_cannot_be_left_out(offices, meeting):
    offices.write("发", lambda s: mark_sent(s, [(meeting, "语文科")], DAY))
    with pytest.raises(DomainError, match="“语文科”的纪要已于2026年9月11日发出"):
        offices.write("范围", lambda s: choose_departments(s, meeting, ["数学科"]))
    with pytest.raises(DomainError, match="至少选择一个科室"):
        offices.write("范围", lambda s: choose_departments(s, meeting, []))
    with pytest.raises(DomainError, match="没有名为“体育科”的科室"):
        offices.write("范围", lambda s: choose_departments(s, meeting, ["语文科", "体育科"]))


@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.CANCELLED])
def test_a_meeting_that_was_not_held_has_no_notice(offices, meeting, stage):
    def move(session):
        session.get(Meeting, meeting).stage = stage

    offices.write("阶段", move)
    assert offices.read(lambda s: distributions(s, [meeting])) == []
    with pytest.raises(DomainError, match="还没有召开或者已经取消"):
        offices.write("发", lambda s: mark_sent(s, [(meeting, "语文科")], DAY))


def test_without_departments_the_sentence_says_where_to_enter_them(library, person):
    from partyroom.features.meetings.domain import MeetingDraft
    from partyroom.features.meetings.service import record_meeting

    draft = MeetingDraft("assembly", "党员大会", datetime(2026, 9, 10, 15, 0))
    meeting = library.write("会议", lambda s: record_meeting(s, draft)).result
    with pytest.raises(DomainError, match="还没有登记科室。请先在党员花名册的“党小组和科室”里填写"):
        library.write("发", lambda s: mark_sent(s, [(meeting, "语文科")], DAY))


def test_a_meeting_takes_its_deliveries_with_it_when_it_is_purged(offices, meeting):
    offices.write("发", lambda s: mark_sent(s, [(meeting, "语文科")], DAY))
    offices.write("删", lambda s: bin_meetings(s, [meeting]))
    assert offices.read(distributions) == []
    offices.write("彻底删除", lambda s: purge(s, "meetings", meeting))
    assert offices.read(lambda s: s.query(DeliveryRecord).count()) == 0


def test_distributions_stand_newest_first(offices, stored):
    older = stored("年初大会", starts_at=datetime(2026, 1, 5, 9, 0))
    newer = stored("年中大会", starts_at=datetime(2026, 7, 5, 9, 0))
    found = offices.read(lambda s: distributions(s, [older, newer]))
    assert [one.title for one in found] == ["年中大会", "年初大会"]
    assert [one.label for one in found] == ["2026年第2号 年中大会", "2026年第1号 年初大会"]
