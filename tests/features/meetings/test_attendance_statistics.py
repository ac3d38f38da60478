# ruff: noqa: DTZ001  (a branch lives in one time zone)
"""Attendance over a period and the year's summary: ZB-20 to ZB-26, ZB-40."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.documents.pdf import render_pdf
from partyroom.documents.sheet import render_xlsx
from partyroom.features.meetings.attendance_rates import Counts, count, rate_tenths, rate_text
from partyroom.features.meetings.domain import Stage, State, meeting_kinds
from partyroom.features.meetings.service import bin_meetings, expected_attendance
from partyroom.features.meetings.statistics_report import (
    rates_document,
    rates_sheets,
    summary_document,
    summary_sheets,
)
from partyroom.features.meetings.statistics_service import RatesQuery, attendance_rates, year_summary, years_held
from partyroom.features.meetings.tables import Meeting
from partyroom.features.meetings.year_summary import HeldMeeting, Terms, summarise
from partyroom.features.members.service import bin_members
from partyroom.features.organisation.domain import Branch

YEAR = RatesQuery(date(2026, 1, 1), date(2026, 12, 31))
BRANCH = Branch("样例小学党支部")


@pytest.mark.parametrize(
    ("here", "expected", "text"),
    [
        (2, 3, "66.7%"),
        (1, 3, "33.3%"),
        (1, 8, "12.5%"),
        (1, 16, "6.3%"),  # 6.25 goes up
        (3, 16, "18.8%"),  # 18.75
        (1999, 2000, "100.0%"),  # 99.95
        (0, 5, "0.0%"),
        (5, 5, "100.0%"),
        (0, 0, ""),
    ],
)
def test_rates_round_half_up_to_one_decimal(here, expected, text):
    assert rate_text(here, expected) == text


@given(st.integers(1, 10_000), st.data())
def test_a_rate_is_never_more_than_half_a_tenth_off(expected, data):
    here = data.draw(st.integers(0, expected))
    assert abs(rate_tenths(here, expected) * expected - 1000 * here) * 2 <= expected


def test_being_late_is_being_there_and_sitting_in_counts_nowhere():
    states = [State.PRESENT, State.LATE, State.LEAVE, State.DUTY, State.ABSENT, State.OBSERVER]
    counts = count(states)
    assert counts == Counts(1, 1, 1, 1, 1)
    assert (counts.expected, counts.here, counts.rate) == (5, 2, "40.0%")


@pytest.fixture
def marked(branch, stored):
    """Records a meeting with marks by place in the list."""

    def make(day, marks=None, kind="assembly", excluded=(), **fields):
        lines = list(branch.read(lambda s: expected_attendance(s, kind, day)))
        for place, state in (marks or {}).items():
            lines[place] = replace(lines[place], state=state)
        for place in excluded:
            lines[place] = replace(lines[place], excluded="自费出国半年以上")
        moment = datetime(day.year, day.month, day.day, 15, 0)
        return stored(kind=kind, starts_at=moment, attendance=tuple(lines), **fields)

    return make


def test_everybody_is_counted_over_the_period_and_its_months(branch, marked):
    marked(date(2026, 3, 5), {0: State.LATE, 1: State.ABSENT, 2: State.OBSERVER}, excluded=[3])
    marked(date(2026, 3, 20), {0: State.LEAVE, 1: State.DUTY})
    marked(date(2026, 9, 10))
    marked(date(2025, 12, 31), {0: State.ABSENT})
    rates = branch.read(lambda s: attendance_rates(s, YEAR))
    people = {person.name: person.counts for person in rates.people}
    lines = branch.read(lambda s: expected_attendance(s, "assembly", date(2026, 3, 5)))
    names = [line.name for line in lines]
    assert people[names[0]] == Counts(present=1, late=1, leave=1)
    assert people[names[1]] == Counts(present=1, absent=1, duty=1)
    assert people[names[2]].expected == 2
    assert people[names[3]].expected == 2
    assert [(month.label, month.meetings, month.counts.expected) for month in rates.months] == [
        ("2026年3月", 2, 54),  # of 28, one sat in and one is not counted
        ("2026年9月", 1, 30),
    ]
    assert rates.meetings == 3
    assert rates.total.expected == sum(person.counts.expected for person in rates.people)


def test_only_the_kinds_asked_for_count_and_a_double_meeting_once(branch, marked):
    marked(date(2026, 3, 5), also=("lecture",))
    marked(date(2026, 4, 5), kind="lecture")
    marked(date(2026, 5, 5), kind="theme_day")
    both = branch.read(lambda s: attendance_rates(s, replace(YEAR, kinds=("assembly", "lecture"))))
    assert both.meetings == 2
    lectures = branch.read(lambda s: attendance_rates(s, replace(YEAR, kinds=("lecture",))))
    assert lectures.meetings == 2
    assert branch.read(lambda s: attendance_rates(s, replace(YEAR, kinds=("election",)))).people == ()


def test_planned_cancelled_and_binned_meetings_never_count(branch, marked):
    held = marked(date(2026, 3, 5))
    for stage in (Stage.PLANNED, Stage.CANCELLED):
        other = marked(date(2026, 4, 5), {0: State.ABSENT})

        def move(session, other=other, stage=stage):
            session.get(Meeting, other).stage = stage

        branch.write("阶段", move)
    binned = marked(date(2026, 5, 5))
    branch.write("删", lambda s: bin_meetings(s, [binned]))
    rates = branch.read(lambda s: attendance_rates(s, YEAR))
    assert rates.meetings == 1
    assert all(person.counts == Counts(present=1) for person in rates.people)
    summary, _ = branch.read(lambda s: year_summary(s, 2026, date(2026, 12, 31)))
    assert [meeting.starts_at.month for meeting in summary.meetings] == [3]
    assert branch.read(years_held) == [2026]
    assert held


def test_who_left_the_roster_stays_in_the_figures(branch, marked):
    marked(date(2026, 3, 5))
    before = branch.read(lambda s: attendance_rates(s, YEAR))
    branch.write("删", lambda s: bin_members(s, [before.people[0].id]))
    assert branch.read(lambda s: attendance_rates(s, YEAR)) == before


def held(code, month, *, group=None, also=(), day=10):
    return HeldMeeting((code, *also), code, datetime(2026, month, day, 15), None, "", "", "", 0, 0, group)


def kind_year(code, meetings, as_of=date(2027, 1, 5), **terms):
    summary = summarise(2026, as_of, tuple(meeting_kinds().values()), meetings, Terms(**terms))
    return next((one for one in summary.kinds if one.kind.code == code), None)


def test_assemblies_are_asked_for_in_every_quarter():
    """ZB-20."""
    found = kind_year("assembly", [held("assembly", 2), held("assembly", 3), held("assembly", 11)])
    assert [share.text for share in found.quarters] == ["1/2", "1/0", "1/0", "1/1"]
    assert (found.year.text, found.lacking, found.demand) == ("4/3", "第二季度、第三季度", "每季度至少1次")
    assert found.months == (0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0)


def test_committee_meetings_are_asked_for_only_where_there_is_a_committee():
    """ZB-21: 支部委员会会议一般每月召开1次."""
    assert kind_year("committee", []) is None
    found = kind_year("committee", [held("committee", 11)], committee_since=date(2026, 10, 15))
    assert (found.year.text, found.lacking) == ("3/1", "10月、12月")


def test_each_group_is_asked_for_a_meeting_every_month():
    """ZB-22; a meeting that names no group was held by all of them together."""
    groups = ((1, "第一党小组"), (2, "第二党小组"))
    meetings = [held("group", 1, group=1), held("group", 1, group=2), held("group", 2, group=2), held("group", 3)]
    found = kind_year("group", meetings, date(2026, 3, 31), groups=groups)
    assert found.quarters[0].text == "6/4"
    assert found.lacking == "第一党小组：2月"
    assert found.demand == "每个党小组每月至少1次"


def test_what_is_not_over_yet_is_said_to_be_pending_and_the_future_is_not_due():
    found = kind_year("theme_day", [held("theme_day", 1)], date(2026, 3, 15))
    assert (found.year.text, found.lacking) == ("3/1", "2月、3月（未到期）")
    assert [share.text for share in found.quarters] == ["3/1", "0/0", "0/0", "0/0"]


def test_the_organisation_life_meeting_is_asked_for_once_a_year():
    """ZB-25."""
    assert kind_year("life", []).lacking == "全年"
    assert kind_year("life", [held("life", 12)]).lacking == ""


def test_nothing_is_due_before_the_branch_was_founded():
    assert kind_year("assembly", [], founded=date(2026, 8, 20)).year.text == "2/0"


def test_a_meeting_of_two_kinds_counts_under_both_and_kinds_without_demand_name_no_number():
    meetings = [held("assembly", 1, also=("study",))]
    assert kind_year("assembly", meetings).quarters[0].text == "1/1"
    study = kind_year("study", meetings)
    assert (study.quarters[0].text, study.year.due, study.demand) == ("1", None, "未规定次数")
    assert kind_year("visit", meetings) is None


def text_of(document):
    pages = pypdfium2.PdfDocument(render_pdf(document).data)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "")


def test_the_papers_carry_the_figures(branch, marked):
    marked(date(2026, 3, 5), {0: State.LATE, 1: State.ABSENT}, place="党员活动室", chair="赵甲")
    rates = branch.read(lambda s: attendance_rates(s, YEAR))
    text = text_of(rates_document(rates, BRANCH, first=YEAR.first, last=YEAR.last, kinds="全部"))
    assert "样例小学党支部考勤统计表" in text
    assert "2026年1月1日至2026年12月31日" in text
    assert "96.4%" in text  # 27 of 28
    summary, _ = branch.read(lambda s: year_summary(s, 2026, date(2026, 11, 22)))
    text = text_of(summary_document(summary, BRANCH, meeting_kinds()))
    assert "2026年“三会一课”开展情况汇总表" in text
    assert "第二季度、第三季度、第四季度（未到期）" in text
    assert "支部工作条例（试行）》第十一条" in text
    assert "15:00—16:00" in text
    assert "党员活动室" in text


def test_the_workbooks_hold_numbers_and_harmless_texts(branch, marked):
    marked(date(2026, 3, 5), title="=1+1")
    rates = branch.read(lambda s: attendance_rates(s, YEAR))
    book = openpyxl.load_workbook(
        io.BytesIO(render_xlsx(*rates_sheets(rates, BRANCH, first=YEAR.first, last=YEAR.last)))
    )
    assert book.sheetnames == ["按人", "按月"]
    assert [cell.value for cell in book["按月"][3]] == ["2026年3月", 1, 28, 28, 0, 0, 0, 0, "100.0%"]
    assert book["按人"]["E3"].value == 1
    summary, _ = branch.read(lambda s: year_summary(s, 2026, date(2026, 11, 22)))
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(*summary_sheets(summary, BRANCH, meeting_kinds()))))
    line = book["会议一览"][3]
    assert (line[2].value, line[2].data_type, line[8].value) == ("=1+1", "s", 28)
    assert book["汇总"]["C3"].value == "1/1"
