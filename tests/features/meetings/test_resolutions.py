from __future__ import annotations

from datetime import date

import pytest

from partyroom.features.meetings.resolutions import OpenResolution, ResolutionState, due_day, state_on

DECIDED = date(2026, 9, 10)


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        ("2026年10月23日", date(2026, 10, 23)),
        ("2026.10.23前", date(2026, 10, 23)),
        ("2026年10月底前", date(2026, 10, 31)),
        ("2027年2月", date(2027, 2, 28)),
        ("2026年", date(2026, 12, 31)),
        ("10月23日之前", date(2026, 10, 23)),
        ("3月1日", date(2027, 3, 1)),
        ("12月底", date(2026, 12, 31)),
        ("本月底", date(2026, 9, 30)),
        ("下月底", date(2026, 10, 31)),
        ("年底前", date(2026, 12, 31)),
        ("本学期末", date(2027, 1, 31)),
        ("本学年末", date(2027, 7, 31)),
        ("立即执行", DECIDED),
        ("长期", None),
        ("每月10日前", None),
        ("2026年3月起", None),
        ("2月30日", None),
        ("", None),
        ("１０月２３日", date(2026, 10, 23)),
    ],
)
def test_deadlines_as_offices_write_them_become_days_or_stay_words(deadline, expected):
    assert due_day(deadline, DECIDED) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 12, 5), date(2027, 1, 31)),
        (date(2027, 1, 31), date(2027, 1, 31)),
        (date(2027, 3, 1), date(2027, 7, 31)),
    ],
)
def test_a_term_ends_in_january_or_july(day, expected):
    assert due_day("学期末", day) == expected


def test_next_month_of_december_is_january():
    assert due_day("下月底", date(2026, 12, 5)) == date(2027, 1, 31)


def test_a_resolution_is_overdue_the_day_after_and_closed_for_good():
    assert state_on(date(2026, 10, 23), date(2026, 10, 23), None) is ResolutionState.OPEN
    assert state_on(date(2026, 10, 24), date(2026, 10, 23), None) is ResolutionState.OVERDUE
    assert state_on(date(2026, 10, 24), date(2026, 10, 23), date(2026, 10, 24)) is ResolutionState.CLOSED
    assert state_on(date(2026, 10, 24), None, None) is ResolutionState.OPEN


def test_the_agenda_names_number_words_and_deadline_in_one_line():
    one = OpenResolution(1, "2026-03", "按时\n上报。", "张三", "月底")
    assert one.agenda_title == "督办第2026-03号决议：按时 上报（完成时限：月底）"
