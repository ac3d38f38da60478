"""Attendance over a period: who was expected how often and came, and month by month. Pure; integers throughout.

Who is counted follows `domain.tally`: 列席 and persons excluded from 应到 (ZB-40) count nowhere; 迟到 counts as there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from partyroom.features.meetings.domain import State

_COUNTED = (State.PRESENT, State.LATE, State.LEAVE, State.DUTY, State.ABSENT)


@dataclass(frozen=True, slots=True)
class Mark:
    """One attendance line of a held meeting that counts in 应到."""

    meeting_id: int
    day: date
    member_id: int
    state: State


@dataclass(frozen=True, slots=True)
class Counts:
    """How often in each state; `expected` is their sum."""

    present: int = 0
    late: int = 0
    leave: int = 0
    duty: int = 0
    absent: int = 0

    @property
    def expected(self) -> int:
        """应到."""
        return self.present + self.late + self.leave + self.duty + self.absent

    @property
    def here(self) -> int:
        """实到: in time or late."""
        return self.present + self.late

    @property
    def rate(self) -> str:
        """出勤率, '' where nobody was expected."""
        return rate_text(self.here, self.expected)

    @property
    def tenths(self) -> int:
        """出勤率 in tenths of a per cent, -1 where nobody was expected: for sorting and drawing."""
        return rate_tenths(self.here, self.expected)


@dataclass(frozen=True, slots=True)
class PersonRates:
    """One person's attendance in the period."""

    id: int
    name: str
    group: str
    department: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class MonthRates:
    """The attendance of one month: how many meetings, and the people counted over all of them."""

    id: int
    year: int
    month: int
    meetings: int
    counts: Counts

    @property
    def label(self) -> str:
        """'2026年9月'."""
        return f"{self.year}年{self.month}月"


@dataclass(frozen=True, slots=True)
class AttendanceRates:
    """Both views of one period."""

    people: tuple[PersonRates, ...]
    months: tuple[MonthRates, ...]
    meetings: int
    total: Counts


def rate_tenths(here: int, expected: int) -> int:
    """`here` of `expected` in tenths of a per cent, rounded half up in integers; -1 for none expected."""
    return -1 if expected <= 0 else (2000 * here + expected) // (2 * expected)


def rate_text(here: int, expected: int) -> str:
    """出勤率 with one decimal: 2 of 3 are '66.7%'; '' where nobody was expected."""
    tenths = rate_tenths(here, expected)
    return "" if tenths < 0 else f"{tenths // 10}.{tenths % 10}%"


def count(states: Iterable[State]) -> Counts:
    """Count states; 列席 is left out."""
    found = dict.fromkeys(_COUNTED, 0)
    for state in states:
        if state in found:
            found[state] += 1
    return Counts(*(found[state] for state in _COUNTED))


def by_month(marks: Sequence[Mark], held: Sequence[tuple[int, date]]) -> tuple[MonthRates, ...]:
    """Month by month, in order of time; `held` are the ids and days of the meetings, with or without attendance."""
    states: dict[tuple[int, int], list[State]] = {}
    meetings: dict[tuple[int, int], int] = {}
    for _, day in held:
        meetings[day.year, day.month] = meetings.get((day.year, day.month), 0) + 1
    for mark in marks:
        states.setdefault((mark.day.year, mark.day.month), []).append(mark.state)
    return tuple(
        MonthRates(year * 100 + month, year, month, meetings[year, month], count(states.get((year, month), ())))
        for year, month in sorted(meetings)
    )
