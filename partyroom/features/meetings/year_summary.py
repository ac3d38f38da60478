"""三会一课开展情况: what was to be held in a year by the articles, and what was held. Pure.

How often is 支部工作条例 Arts 11–18 (ZB-20 to ZB-26), as data of the kinds. Committee meetings are asked for only where
there is a committee (ZB-21), group meetings of every group (ZB-22). A meeting of two kinds counts under each. The
articles know no school holidays: a month without a meeting is named, it is for the branch to say why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from partyroom.features.meetings.attendance_rates import rate_text
from partyroom.features.meetings.domain import Attendees, MeetingKind, Period

_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}
_QUARTERS = "一二三四"


@dataclass(frozen=True, slots=True)
class HeldMeeting:
    """One held meeting as the list of a year shows it; `codes` are its kind and further kinds."""

    codes: tuple[str, ...]
    title: str
    starts_at: datetime
    ends_at: datetime | None
    place: str
    chair: str
    recorder: str
    expected: int
    present: int
    group_id: int | None = None
    group: str = ""

    @property
    def rate(self) -> str:
        """出勤率."""
        return rate_text(self.present, self.expected)

    @property
    def hours(self) -> str:
        """'15:30—16:30', or the beginning alone."""
        end = "" if self.ends_at is None else f"—{self.ends_at:%H:%M}"
        return f"{self.starts_at:%H:%M}{end}"


@dataclass(frozen=True, slots=True)
class Terms:
    """Since when the branch exists and has a committee, and its groups: what the articles' demands depend on."""

    founded: date | None = None
    committee_since: date | None = None
    groups: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """应开 and 实开 of one stretch of time; `due` None where no number is asked for."""

    due: int | None
    held: int

    @property
    def text(self) -> str:
        """'3/2', or the number held alone."""
        return str(self.held) if self.due is None else f"{self.due}/{self.held}"


@dataclass(frozen=True, slots=True)
class KindYear:
    """One kind in a year: its quarters, its months, the year, and the periods in which too few were held."""

    kind: MeetingKind
    quarters: tuple[Share, ...]
    months: tuple[int, ...]
    year: Share
    lacking: str

    @property
    def demand(self) -> str:
        """'每季度至少1次', or that nothing is asked for."""
        if self.kind.period is None or not self.kind.minimum:
            return "未规定次数"
        each = "每个党小组" if self.kind.attendees is Attendees.GROUP else ""
        return f"{each}每{self.kind.period.label}至少{self.kind.minimum}次"


@dataclass(frozen=True, slots=True)
class YearSummary:
    """A year as it stands on `as_of`."""

    year: int
    as_of: date
    kinds: tuple[KindYear, ...]
    meetings: tuple[HeldMeeting, ...]


@dataclass(frozen=True, slots=True)
class _Demand:
    """So many meetings by one unit (a group, or the branch) in one period."""

    first: date
    last: date
    unit: tuple[int, str] | None
    minimum: int


def summarise(
    year: int, as_of: date, kinds: Sequence[MeetingKind], meetings: Sequence[HeldMeeting], terms: Terms
) -> YearSummary:
    """Compare what was held in `year` with what the kinds ask for.

    Periods that begin after `as_of` are not due yet, nor those over before the branch (or its committee) existed. Of
    kinds without a demand only those are named that were held.
    """
    found = [_kind_year(kind, year, as_of, meetings, terms) for kind in kinds]
    shown = tuple(one for one in found if one.year.held or (one.year.due and not one.kind.hidden))
    return YearSummary(year, as_of, shown, tuple(meetings))


def _kind_year(kind: MeetingKind, year: int, as_of: date, meetings: Sequence[HeldMeeting], terms: Terms) -> KindYear:
    held = [meeting for meeting in meetings if kind.code in meeting.codes]
    months = tuple(sum(one.starts_at.month == month for one in held) for month in range(1, 13))
    demands = [one for one in _demands(kind, year, terms) if one.first <= as_of]
    asked = kind.period is not None and kind.minimum > 0
    due = [sum(one.minimum for one in demands if (one.last.month - 1) // 3 == quarter) for quarter in range(4)]
    quarters = tuple(
        Share(due[quarter] if asked else None, sum(months[3 * quarter : 3 * quarter + 3])) for quarter in range(4)
    )
    return KindYear(
        kind=kind,
        quarters=quarters,
        months=months,
        year=Share(sum(due) if asked else None, len(held)),
        lacking=_lacking(kind, [one for one in demands if _held_in(one, held) < one.minimum], as_of),
    )


def _demands(kind: MeetingKind, year: int, terms: Terms) -> Iterator[_Demand]:
    if kind.period is None or not kind.minimum:
        return
    units: tuple[tuple[int, str] | None, ...] = (None,)
    since = terms.founded
    if kind.attendees is Attendees.GROUP:
        units = terms.groups
    elif kind.attendees is Attendees.COMMITTEE:
        if terms.committee_since is None:
            return
        since = max(filter(None, (since, terms.committee_since)))
    span = _MONTHS[kind.period]
    for start in range(1, 13, span):
        first, last = date(year, start, 1), _month_end(year, start + span - 1)
        if since is None or last >= since:
            yield from (_Demand(first, last, unit, kind.minimum) for unit in units)


def _month_end(year: int, month: int) -> date:
    following = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return following - timedelta(days=1)


def _held_in(demand: _Demand, held: Sequence[HeldMeeting]) -> int:
    """How many the unit held in the period; a group meeting that names no group was held by all together."""
    return sum(
        demand.first <= one.starts_at.date() <= demand.last
        and (demand.unit is None or one.group_id in (None, demand.unit[0]))
        for one in held
    )


def _lacking(kind: MeetingKind, demands: Sequence[_Demand], as_of: date) -> str:
    """The periods without enough meetings, by unit: '第一党小组：2月、7月；第二党小组：11月（未到期）'."""
    by_unit: dict[str, list[str]] = {}
    for demand in demands:
        pending = "（未到期）" if demand.last >= as_of else ""
        by_unit.setdefault(demand.unit[1] if demand.unit else "", []).append(_name(kind.period, demand) + pending)
    parts = [f"{unit}：{'、'.join(names)}" if unit else "、".join(names) for unit, names in by_unit.items()]
    return "；".join(parts)


def _name(period: Period | None, demand: _Demand) -> str:
    if period is Period.MONTH:
        return f"{demand.first.month}月"
    return f"第{_QUARTERS[(demand.first.month - 1) // 3]}季度" if period is Period.QUARTER else "全年"
