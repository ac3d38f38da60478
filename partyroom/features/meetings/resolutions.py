"""Resolutions after the meeting (议事决策 → 督办): deadlines as days, states, what is told of each in a list."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from partyroom.core.calendar import Precision, chinese_date, read_date

_BY = re.compile(r"(?:之前|以前|前|之内|以内|内|底|末|止)+$")
_WITHOUT_YEAR = re.compile(r"(?P<month>1[0-2]|0?[1-9])月(?:(?P<day>[0-3]?[0-9])[日号])?")


class ResolutionState(StrEnum):
    """How a resolution stands on a day."""

    OPEN = "open"
    OVERDUE = "overdue"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The word in the list and in the ledger."""
        return {"open": "办理中", "overdue": "逾期", "closed": "已办结"}[self.value]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One note on what was done about a resolution."""

    id: int
    on_day: date
    text: str
    by: str = ""

    @property
    def line(self) -> str:
        """'2026年3月5日 已报送材料（张三）'."""
        return f"{chinese_date(self.on_day)} {self.text}" + (f"（{self.by}）" if self.by else "")


@dataclass(frozen=True, slots=True)
class ResolutionRow:
    """One line of the list 议事决策督办."""

    id: int
    number: str
    meeting_id: int
    meeting: str
    meeting_day: date
    text: str
    responsible: str
    deadline: str
    due_on: date | None
    closed_on: date | None
    state: ResolutionState
    follow_ups: tuple[FollowUp, ...] = ()

    @property
    def latest(self) -> str:
        """The latest note, '' if there is none."""
        return self.follow_ups[-1].line if self.follow_ups else ""


@dataclass(frozen=True, slots=True)
class OpenResolution:
    """An open resolution that the next meeting of the same body takes up again."""

    id: int
    number: str
    text: str
    responsible: str = ""
    deadline: str = ""

    @property
    def agenda_title(self) -> str:
        """How the agenda names it."""
        name = f"督办第{self.number}号决议" if self.number else "督办决议"
        until = f"（完成时限：{self.deadline}）" if self.deadline else ""
        return f"{name}：{' '.join(self.text.split()).rstrip('。')}{until}"


def state_on(day: date, due_on: date | None, closed_on: date | None) -> ResolutionState:
    """Closed, overdue after the day it was due on, or open."""
    if closed_on is not None:
        return ResolutionState.CLOSED
    return ResolutionState.OVERDUE if due_on is not None and due_on < day else ResolutionState.OPEN


def due_day(deadline: str, decided_on: date) -> date | None:
    """The last day that a deadline as offices write it allows, None where it names no day (长期, 每月10日前).

    A month means its last day, a year 31 December. Without a year the next such day from `decided_on` on is meant.
    立即 is the day of the decision. 学期 end on 31 January and 31 July, 学年 on 31 July: custom, as schools differ.
    """
    text = "".join(unicodedata.normalize("NFKC", deadline).split())
    if not text:
        return None
    if text.startswith(("立即", "当场", "当日", "当天")):
        return decided_on
    if (spoken := _spoken_day(text, decided_on)) is not None:
        return spoken
    bare = _BY.sub("", text)
    if (found := _WITHOUT_YEAR.fullmatch(bare)) is not None:
        return _next(found, decided_on)
    read = read_date(bare)
    readable = read is not None and read.precision is not Precision.UNREADABLE
    return read.last_day if read is not None and readable else None


def _spoken_day(text: str, day: date) -> date | None:
    first_term_ends = date(day.year + (day.month >= 8), 1, 31)
    term = first_term_ends if day.month >= 8 or day.month == 1 else date(day.year, 7, 31)
    ends = {
        "本月": _month_end(day.year, day.month),
        "下月": _month_end(day.year + day.month // 12, day.month % 12 + 1),
        "本学期": term,
        "学期": term,
        "本学年": date(day.year + (day.month >= 8), 7, 31),
        "学年": date(day.year + (day.month >= 8), 7, 31),
        "本年": date(day.year, 12, 31),
        "年": date(day.year, 12, 31),
        "今年": date(day.year, 12, 31),
    }
    return ends.get(_BY.sub("", text))


def _next(found: re.Match[str], decided_on: date) -> date | None:
    month = int(found["month"])
    for year in (decided_on.year, decided_on.year + 1):
        end = _month_end(year, month)
        number = int(found["day"] or end.day)
        if not 1 <= number <= end.day:
            return None
        if (day := date(year, month, number)) >= decided_on:
            return day
    return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
