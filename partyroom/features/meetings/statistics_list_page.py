"""The lists of 考勤统计: attendance by person and by month over the period that the dialog asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from partyroom.features.meetings import statistics_service as service
from partyroom.features.meetings.attendance_rates import MonthRates, PersonRates
from partyroom.features.meetings.statistics_service import RatesQuery
from partyroom.ui.table import Column, Query, Tone

_LOW = 600  # tenths of a per cent from which a rate is shown as a warning
_PARTS = ("present", "late", "leave", "duty", "absent")
_LABELS = ("到", "迟到", "请假", "公差", "缺席")


class PeopleSource:
    """Answers the table by person for the period chosen above it."""

    def __init__(self, query: RatesQuery) -> None:
        self.query = query
        self._rows: dict[int, PersonRates] = {}

    def ids(self, session: Any, query: Query) -> list[int]:
        """People who fit the search, in the order asked for."""
        rows = service.attendance_rates(session, self.query).people
        self._rows = {row.id: row for row in rows}
        found = [row for row in rows if query.search in f"{row.name}\n{row.group}\n{row.department}"]
        return [row.id for row in _sorted(found, query, {"group": _group, "department": _department})]

    def rows(self, _session: Any, ids: Sequence[int]) -> list[PersonRates]:
        """The lines as they were when last asked for."""
        rows = self._rows
        return [rows[i] for i in ids if i in rows]


class MonthSource:
    """Answers the table by month for the same period."""

    def __init__(self, query: RatesQuery) -> None:
        self.query = query
        self._rows: dict[int, MonthRates] = {}

    def ids(self, session: Any, query: Query) -> list[int]:
        """Months in the order asked for."""
        rows = service.attendance_rates(session, self.query).months
        self._rows = {row.id: row for row in rows}
        found = [row for row in rows if query.search in row.label]
        return [row.id for row in _sorted(found, query, {"label": _month, "meetings": _meetings})]

    def rows(self, _session: Any, ids: Sequence[int]) -> list[MonthRates]:
        """The lines as they were when last asked for."""
        rows = self._rows
        return [rows[i] for i in ids if i in rows]


def _group(row: PersonRates) -> str:
    return row.group


def _department(row: PersonRates) -> str:
    return row.department


def _month(row: MonthRates) -> int:
    return row.id


def _meetings(row: MonthRates) -> int:
    return row.meetings


def _sorted(rows: Sequence[Any], query: Query, own: dict[str, Callable[[Any], Any]]) -> list[Any]:
    """By a count, by the rate, or by one of the table's `own` columns; names come in their order already."""
    if query.sort in own:
        return sorted(rows, key=own[query.sort], reverse=query.descending)
    if query.sort in (*_PARTS, "expected"):
        return sorted(rows, key=partial(_part, query.sort), reverse=query.descending)
    if query.sort == "rate":
        return sorted(rows, key=_tenths, reverse=query.descending)
    return list(reversed(rows)) if query.descending else list(rows)


def _part(name: str, row: PersonRates | MonthRates) -> int:
    return int(getattr(row.counts, name))


def _part_text(name: str, row: PersonRates | MonthRates) -> str:
    return str(_part(name, row))


def _tenths(row: PersonRates | MonthRates) -> int:
    return row.counts.tenths


def _rate(row: PersonRates | MonthRates) -> str:
    return row.counts.rate


def _rate_tone(row: PersonRates | MonthRates) -> Tone:
    return "warning" if 0 <= row.counts.tenths < _LOW else ""


def _count_columns(expected: str) -> tuple[Column, ...]:
    titles = zip(("expected", *_PARTS), (expected, *_LABELS), strict=True)
    return (
        *(Column(key, title, 74, "right", text=partial(_part_text, key)) for key, title in titles),
        Column("rate", "出勤率", 84, "right", text=_rate, tone=_rate_tone),
    )


PEOPLE_COLUMNS = (
    Column("name", "姓名", 110),
    Column("group", "党小组", 130),
    Column("department", "科室", 140, stretch=True),
    *_count_columns("应到次数"),
)
MONTH_COLUMNS = (
    Column("label", "月份", 140, stretch=True),
    Column("meetings", "会议次数", 84, "right"),
    *_count_columns("应到人次"),
)


def total(rows: Sequence[PersonRates | MonthRates]) -> str:
    """How many were expected and came, over all rows."""
    expected, here = sum(row.counts.expected for row in rows), sum(row.counts.here for row in rows)
    return f"应到{expected}人次，实到{here}人次" if rows else ""
