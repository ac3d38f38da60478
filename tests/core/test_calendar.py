# ruff: noqa: DTZ001, DTZ005 - the program lives in local time without a zone
from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core import calendar
from partyroom.core.calendar import (
    Precision,
    RecordedDate,
    add_months,
    age_on,
    chinese_date,
    chinese_datetime,
    party_years,
    read_date,
    years_between,
)
from partyroom.core.errors import DomainError

RULES_3_6 = [
    ("派人谈话1月", "2026-01-31", 1, "2026-02-28"),
    ("派人谈话1月闰年", "2024-01-31", 1, "2024-02-29"),
    ("派人谈话1月月中", "2026-06-15", 1, "2026-07-15"),
    ("积极分子满1年", "2024-02-29", 12, "2025-02-28"),
    ("预备期1年", "2025-11-22", 12, "2026-11-22"),
    ("预备期1年从闰日", "2024-02-29", 12, "2025-02-28"),
    ("预备期1年跨闰年", "2023-05-10", 12, "2024-05-10"),
    ("审批3月", "2025-11-30", 3, "2026-02-28"),
    ("审批6月", "2026-08-31", 6, "2027-02-28"),
    ("延长6月", "2026-05-31", 6, "2026-11-30"),
    ("延长12月", "2026-05-31", 12, "2027-05-31"),
    ("预审到大会1月", "2026-08-31", 1, "2026-09-30"),
    ("宣誓1月", "2026-12-31", 1, "2027-01-31"),
]


@pytest.mark.parametrize(("start", "months", "limit"), [r[1:] for r in RULES_3_6], ids=[r[0] for r in RULES_3_6])
def test_rule_3_6_calendar_months_are_clamped(start: str, months: int, limit: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(limit)


def test_extension_counts_from_the_old_end() -> None:
    assert add_months(date(2026, 11, 22), 6) == date(2027, 5, 22)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1985-03-02", "1985-03-02"),
        ("1985-3-2", "1985-03-02"),
        ("1985.3", "1985-03"),
        ("1985.03", "1985-03"),
        ("1985.10", "1985-10"),
        ("1985．3．2", "1985-03-02"),
        ("1985.3.2.", "1985-03-02"),
        ("1985/3/2", "1985-03-02"),
        ("1985、3、2", "1985-03-02"),
        ("1985—03—02", "1985-03-02"),
        ("1985年3月", "1985-03"),
        ("1985年3月2日", "1985-03-02"),
        ("1985年3月2号", "1985-03-02"),
        (" 1985 年 3 月 2 日 ", "1985-03-02"),
        ("１９８５年３月", "1985-03"),
        ("19850302", "1985-03-02"),
        ("198503", "1985-03"),
        ("1985", "1985"),
        ("1985年", "1985"),
        ("1985-03-02 00:00:00", "1985-03-02"),
        ("1985-03-02T08:30", "1985-03-02"),
        ("1985年3月2日 8:30", "1985-03-02"),
        (date(1985, 3, 2), "1985-03-02"),
        (datetime(1985, 3, 2, 8, 30), "1985-03-02"),
        (1985, "1985"),
        (19850302, "1985-03-02"),
    ],
)
def test_dates_are_read_as_offices_write_them(typed: object, stored: str) -> None:
    found = read_date(typed)
    assert found is not None
    assert found.text == stored
    assert found.readable


@pytest.mark.parametrize(
    "typed",
    [
        "1985-02-30",
        "19851301",
        "198513",
        "19850300",
        "1985.0",
        "85.3",
        "待查",
        "1985-3-2-1",
        "0985-03-02",
        "2201",
        "31108",
        "3/2/1985",
    ],
)
def test_impossible_dates_stay_as_typed(typed: str) -> None:
    found = read_date(typed)
    assert found == RecordedDate(typed)
    assert found.precision is Precision.UNREADABLE
    assert (found.exact, found.first_day, found.last_day) == (None, None, None)
    assert found.label == found.short == str(found) == typed


@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000"])
def test_blank_is_no_date(blank: object) -> None:
    assert read_date(blank) is None


def test_each_precision_says_only_what_it_knows() -> None:
    day, month, year = RecordedDate("1985-03-02"), RecordedDate("1985-03"), RecordedDate("1985")
    assert [d.precision for d in (day, month, year)] == [Precision.DAY, Precision.MONTH, Precision.YEAR]
    assert [d.exact for d in (day, month, year)] == [date(1985, 3, 2), None, None]
    assert [d.first_day for d in (day, month, year)] == [date(1985, 3, 2), date(1985, 3, 1), date(1985, 1, 1)]
    assert [d.last_day for d in (day, month, year)] == [
        date(1985, 3, 2),
        date(1985, 3, 31),
        date(1985, 12, 31),
    ]
    assert [d.label for d in (day, month, year)] == ["1985年3月2日", "1985年3月", "1985年"]
    assert [d.short for d in (day, month, year)] == ["1985.03.02", "1985.03", "1985"]


def test_less_precise_dates_are_compatible_not_equal() -> None:
    day, month, other = RecordedDate("1985-03-02"), RecordedDate("1985-03"), RecordedDate("1985-04")
    assert day.compatible_with(month)
    assert month.compatible_with(day)
    assert not day.compatible_with(other)
    assert day.refines(month)
    assert not month.refines(day)
    assert not day.refines(day)
    assert not RecordedDate("1985-").compatible_with(month)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_recorded_day_is_read_back(day: date) -> None:
    for form in (
        f"{day:%Y%m%d}",
        chinese_date(day),
        f"{day.year}.{day.month}.{day.day}",
        RecordedDate.of(day).short,
    ):
        assert read_date(form) == RecordedDate.of(day)
    assert RecordedDate.of(day).exact == day


@given(st.text(max_size=30))
def test_reading_is_stable_for_any_text(text: str) -> None:
    found = read_date(text)
    if found is not None:
        assert read_date(found.text) == found
        assert found.readable or found.text == text.strip()


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(-1200, 1200))
def test_adding_months_lands_in_the_right_month_and_never_on_a_later_day(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert moved.year * 12 + moved.month == day.year * 12 + day.month + months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


@pytest.mark.parametrize("months", [10**9, -(10**9)])
def test_absurd_numbers_of_months_are_refused(months: int) -> None:
    with pytest.raises(DomainError, match="月数太大"):
        add_months(date(2026, 1, 1), months)


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        ("2000-06-15", "2026-06-14", 25),
        ("2000-06-15", "2026-06-15", 26),
        ("2004-02-29", "2022-02-27", 17),
        ("2004-02-29", "2022-02-28", 18),
        ("2026-01-01", "2025-12-31", -1),
    ],
)
def test_complete_years(start: str, end: str, years: int) -> None:
    assert years_between(date.fromisoformat(start), date.fromisoformat(end)) == years


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(0, 120))
def test_years_complete_exactly_on_the_clamped_anniversary(start: date, years: int) -> None:
    anniversary = add_months(start, 12 * years)
    assert years_between(start, anniversary) == years
    assert years_between(start, anniversary - timedelta(days=1)) == years - 1


def test_age_and_party_years_from_incomplete_dates() -> None:
    day = date(2026, 11, 22)
    assert age_on(RecordedDate("1985-11-23"), day) == 40
    assert age_on(RecordedDate("1985-11"), day) == 41
    assert age_on(RecordedDate("待查"), day) is None
    assert age_on(RecordedDate("2027-01-01"), day) is None
    assert party_years(RecordedDate("2010-07-01"), day) == 16
    assert party_years(RecordedDate("2026-11-22"), day) == 0


def test_chinese_dates_have_no_leading_zeros() -> None:
    assert chinese_date(date(2026, 1, 2)) == "2026年1月2日"
    assert chinese_datetime(datetime(2026, 11, 22, 14, 5)) == "2026年11月22日 14:05"


def test_today_follows_the_one_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: datetime(2026, 11, 22, 23, 59, 59))
    assert calendar.today() == date(2026, 11, 22)


def test_now_is_local_and_to_the_second() -> None:
    moment = calendar.now()
    assert moment.tzinfo is None
    assert moment.microsecond == 0
    assert abs(datetime.now() - moment) < timedelta(seconds=5)
