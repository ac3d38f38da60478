"""The year plan of meetings: days by rule, months copied, and how often meetings are asked for.

Sources: 《中国共产党支部工作条例（试行）》 Arts 11–13, 16–18 (ZB-20 to ZB-26). The articles ask for meetings “一般”
so often and know no school holidays: everything here is a reminder.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from partyroom.features.meetings.domain import Attendees, Kinds, MeetingKind, MeetingRow, Period, Stage

SUMMER = (7, 8)
LAST = 5  # “最后一个” weekday of a month
WEEKDAYS = "一二三四五六日"
_QUARTERS = "一二三四"
_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


def stage_on_saving(before: Stage | None, starts_at: datetime, moment: datetime) -> Stage:
    """What a meeting is when the editor stores it at `moment`; `before` is None for a new one.

    What was held stays held. A plan is held once its time has come; a new record is a plan when its day is to come.
    """
    if before is Stage.HELD:
        return Stage.HELD
    to_come = starts_at.date() > moment.date() if before is None else starts_at > moment
    return Stage.PLANNED if to_come else Stage.HELD


@dataclass(frozen=True, slots=True)
class PlanRule:
    """By which rule a year's meetings of a kind are planned.

    Each month, quarter or year one on day `day` (or the month's last day) or, with `week` 1–4 or LAST, on that
    `weekday` (0 Monday); `month` is the month within the quarter or year. `title` may hold `{年}`, `{月}` and `{季}`.
    """

    year: int
    kind: str
    title: str
    per: Period
    at: time
    day: int = 1
    week: int = 0
    weekday: int = 0
    month: int = 1
    place: str = ""
    group_id: int | None = None
    skip_summer: bool = True


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One meeting that would be planned; `obstacle` says why it is left out."""

    kind: str
    title: str
    starts_at: datetime
    place: str = ""
    group_id: int | None = None
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class PlannedMeeting:
    """What the plan needs to know of a stored meeting."""

    id: int
    kind: str
    also: tuple[str, ...]
    title: str
    starts_at: datetime
    place: str
    group_id: int | None
    stage: Stage


def usual_title(kind: MeetingKind, per: Period) -> str:
    """The pattern of titles that is suggested."""
    return {Period.MONTH: "{年}年{月}月", Period.QUARTER: "{年}年第{季}季度", Period.YEAR: "{年}年度"}[per] + kind.label


def lines_by_rule(rule: PlanRule) -> list[PlanLine]:
    """All meetings of the year by `rule`, in order of time."""
    step = _MONTHS[rule.per]
    months = [first + min(rule.month, step) - 1 for first in range(1, 13, step)]
    lines = []
    for month in months:
        if not (rule.skip_summer and month in SUMMER):
            day = day_in_month(rule.year, month, day=rule.day, week=rule.week, weekday=rule.weekday)
            title = _filled(rule.title, rule.year, month)
            lines.append(PlanLine(rule.kind, title, datetime.combine(day, rule.at), rule.place, rule.group_id))
    return lines


def day_in_month(year: int, month: int, *, day: int, week: int = 0, weekday: int = 0) -> date:
    """Day `day`, at most the month's last; or with `week` its 1st to 4th or LAST `weekday`."""
    length = calendar.monthrange(year, month)[1]
    if not week:
        return date(year, month, min(max(day, 1), length))
    days = [one for number in range(1, length + 1) if (one := date(year, month, number)).weekday() == weekday]
    return days[-1] if week >= LAST else days[week - 1]


def lines_as_month_before(meetings: Iterable[PlannedMeeting], year: int, month: int) -> list[PlanLine]:
    """The meetings of the month before once more, on the same weekday of the same week (照上月安排)."""
    lines = []
    for meeting in meetings:
        old = meeting.starts_at
        week = (old.day - 1) // 7 + 1
        day = day_in_month(year, month, day=old.day, week=week, weekday=old.weekday())
        title = _renamed(meeting.title, old, day)
        lines.append(PlanLine(meeting.kind, title, datetime.combine(day, old.time()), meeting.place, meeting.group_id))
    return sorted(lines, key=lambda line: line.starts_at)


def with_obstacles(lines: Sequence[PlanLine], stored: Sequence[PlannedMeeting], moment: datetime) -> list[PlanLine]:
    """The lines, marked where the time is past or a meeting of the kind is in that month already."""
    taken = {_slot(one.kind, one.group_id, one.starts_at): one for one in stored if one.stage is not Stage.CANCELLED}
    found = []
    for line in lines:
        other = taken.get(_slot(line.kind, line.group_id, line.starts_at))
        obstacle = "时间已过" if line.starts_at <= moment else ""
        if other is not None:
            obstacle = f"{other.starts_at.month}月{other.starts_at.day}日已有同类会议（{other.stage.label}）"
        found.append(replace(line, obstacle=obstacle))
    return found


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often a kind was held in the period around a day, beside how often that is asked for."""

    label: str
    period: Period
    held: int
    planned: int
    asked: int
    source: str
    note: str
    holiday: bool = False

    @property
    def met(self) -> bool:
        """Whether it was held often enough."""
        return self.held >= self.asked

    @property
    def text(self) -> str:
        """'支部党员大会：本季度已开1次/应开1次'."""
        when = {Period.MONTH: "本月", Period.QUARTER: "本季度", Period.YEAR: "本年"}[self.period]
        ahead = f"，计划{self.planned}次" if self.planned and not self.met else ""
        return f"{self.label}：{when}已开{self.held}次/应开{self.asked}次{ahead}"

    @property
    def hint(self) -> str:
        """Where that stands, and with what reserve."""
        rest = "暑假期间条文没有例外规定，仅作提示" if self.holiday and not self.met else ""
        return "；".join(part for part in (self.source, self.note, rest) if part) + "。"


def frequencies(
    kinds: Kinds,
    meetings: Sequence[PlannedMeeting],
    day: date,
    *,
    committee: bool,
    groups: Mapping[int, str],
) -> list[Frequency]:
    """What is asked for in the month, quarter and year of `day`; a meeting counts under each of its kinds (一会两用).

    Committee meetings are asked for where there is a committee, group meetings of every group (ZB-21, ZB-22).
    """
    found = []
    for kind in kinds.values():
        applies = committee if kind.attendees is Attendees.COMMITTEE else True
        if kind.hidden or kind.period is None or not kind.minimum or not applies:
            continue
        if kind.attendees is not Attendees.GROUP:
            found.append(_frequency(kind, kind.label, meetings, day))
        else:
            for group_id, name in groups.items():
                own = [meeting for meeting in meetings if meeting.group_id == group_id]
                found.append(_frequency(kind, f"{name}{'会' if kind.code == 'group' else kind.label}", own, day))
    return found


def _frequency(kind: MeetingKind, label: str, meetings: Sequence[PlannedMeeting], day: date) -> Frequency:
    assert kind.period is not None
    first, last = bounds(kind.period, day)
    within = [
        meeting
        for meeting in meetings
        if first <= meeting.starts_at.date() <= last and kind.code in (meeting.kind, *meeting.also)
    ]
    stages = [meeting.stage for meeting in within]
    return Frequency(
        label=label,
        period=kind.period,
        held=stages.count(Stage.HELD),
        planned=stages.count(Stage.PLANNED),
        asked=kind.minimum,
        source=kind.source,
        note=kind.frequency_note,
        holiday=kind.period is Period.MONTH and day.month in SUMMER,
    )


def bounds(period: Period, day: date) -> tuple[date, date]:
    """First and last day of the calendar month, quarter or year that holds `day`."""
    step = _MONTHS[period]
    first = date(day.year, (day.month - 1) // step * step + 1, 1)
    last = date(day.year, first.month + step - 1, calendar.monthrange(day.year, first.month + step - 1)[1])
    return first, last


def month_heading(month: int, rows: Sequence[MeetingRow]) -> str:
    """'3月　计划1次，已召开2次'."""
    stages = [row.stage for row in rows]
    counts = [f"{stage.label}{count}次" for stage in Stage if (count := stages.count(stage))]
    return f"{month}月　{'，'.join(counts) or '没有安排'}"


def chinese_day(moment: datetime) -> str:
    """'3月12日 周四 15:30'."""
    return f"{moment.month}月{moment.day}日 周{WEEKDAYS[moment.weekday()]} {moment:%H:%M}"


def _slot(kind: str, group_id: int | None, moment: datetime) -> tuple[str, int | None, int, int]:
    return kind, group_id, moment.year, moment.month


def _filled(pattern: str, year: int, month: int) -> str:
    quarter = _QUARTERS[(month - 1) // 3]
    return pattern.replace("{年}", str(year)).replace("{月}", str(month)).replace("{季}", quarter)


def _renamed(title: str, old: date, new: date) -> str:
    """The title with month or quarter, and the year where it stands, replaced."""
    before, after = (_QUARTERS[(day.month - 1) // 3] for day in (old, new))
    for pattern in ("{0.year}年第{1}季度", "第{1}季度"):
        if pattern.format(old, before) in title:
            return title.replace(pattern.format(old, before), pattern.format(new, after), 1)
    for pattern in ("{0.year}年{0.month}月", "{0.month}月"):
        if pattern.format(old) in title:
            return title.replace(pattern.format(old), pattern.format(new), 1)
    return title
