"""Days as people write them in party records, and the only place that asks the clock."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache

from partyroom.core.errors import DomainError

EARLIEST_YEAR = 1900
LATEST_YEAR = 2100


def today() -> date:
    """The current day on this computer."""
    return now().date()


_STOPPED: ContextVar[datetime | None] = ContextVar("stopped_clock", default=None)


def now() -> datetime:
    """The current local time, to the second, without a time zone (a branch lives in one)."""
    return _STOPPED.get() or datetime.now().replace(microsecond=0)  # noqa: DTZ005


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at `moment` within the block, in this thread: for records made for another day."""
    token = _STOPPED.set(moment)
    try:
        yield
    finally:
        _STOPPED.reset(token)


class Precision(Enum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNREADABLE = "unreadable"


_STORED = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class RecordedDate:
    """A date exactly as precise as the source was: day, month, year, or text that no one can read.

    `text` is what is stored: '1985-03-02', '1985-03', '1985', or the words as they were typed.
    """

    text: str

    @classmethod
    def of(cls, day: date) -> RecordedDate:
        """The record of a whole day."""
        return cls(f"{day.year:04d}-{day.month:02d}-{day.day:02d}")

    @property
    def precision(self) -> Precision:
        """How much is known; UNREADABLE for impossible days and for years outside 1900–2100."""
        _, month, day = self._parts or (None, None, None)
        if self._parts is None:
            return Precision.UNREADABLE
        if month is None:
            return Precision.YEAR
        return Precision.MONTH if day is None else Precision.DAY

    @property
    def readable(self) -> bool:
        """Whether at least the year is known."""
        return self._parts is not None

    @property
    def exact(self) -> date | None:
        """The day, when it is known."""
        return self.first_day if self.precision is Precision.DAY else None

    @property
    def first_day(self) -> date | None:
        """The first day it can be: the day itself, the first of the month, 1 January; None if unreadable."""
        if self._parts is None:
            return None
        year, month, day = self._parts
        return date(year, month or 1, day or 1)

    @property
    def last_day(self) -> date | None:
        """The last day it can be; None if unreadable."""
        if self._parts is None:
            return None
        year, month, day = self._parts
        month = month or 12
        return date(year, month, day or monthrange(year, month)[1])

    @property
    def label(self) -> str:
        """For reading: '1985年3月2日', '1985年3月', '1985年', or the text as typed."""
        if self._parts is None:
            return self.text
        year, month, day = self._parts
        return f"{year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else "")

    @property
    def short(self) -> str:
        """For narrow columns: '1985.03.02', '1985.03', '1985', or the text as typed."""
        return self.text if self._parts is None else self.text.replace("-", ".")

    def compatible_with(self, other: RecordedDate) -> bool:
        """Whether both can be the same day, one perhaps less precise; unreadable texts only if equal."""
        if not (self.readable and other.readable):
            return self.text == other.text
        return self.text.startswith(other.text) or other.text.startswith(self.text)

    def refines(self, other: RecordedDate) -> bool:
        """Whether it is compatible with `other` and says more."""
        return self.compatible_with(other) and len(self.text) > len(other.text)

    def __str__(self) -> str:
        return self.text

    @property
    def _parts(self) -> tuple[int, int | None, int | None] | None:
        return _stored_parts(self.text)


@lru_cache(maxsize=16384)
def _stored_parts(text: str) -> tuple[int, int | None, int | None] | None:
    # rosters ask for the same few thousand dates again and again, to sort, compare and show them
    found = _STORED.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    return (year, month, day) if year is not None and _possible(year, month, day) else None


def _possible(year: int, month: int | None, day: int | None) -> bool:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return False
    if month is None:
        return day is None
    if not 1 <= month <= 12:
        return False
    return day is None or 1 <= day <= monthrange(year, month)[1]


_MARKS = "./、,年月-"  # the hyphen last: the marks stand inside brackets
_SPOKEN = re.compile(
    rf"(?P<year>[0-9]{{4}})"
    rf"(?:[{_MARKS}](?P<month>[0-9]{{1,2}})(?:[{_MARKS}](?P<day>[0-9]{{1,2}}))?)?"
    rf"[日号{_MARKS}]?"
)
_SOLID = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})?")
_TIME_OF_DAY = re.compile(r"(?<=[0-9日号])(?:[Tt]|\s+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−_~", "-") | dict.fromkeys("。·・", ".") | {"\\": "/"})


def read_date(text: object) -> RecordedDate | None:
    """Read a date as it is typed in offices, keeping its precision.

    Accepts `date` and `datetime`, 1985-03-02, 1985.3, 1985/3/2, 1985年3月, 19850302, 198503, 1985, with
    full-width digits and spaces anywhere. What cannot be a date (1985-02-30, 85.3, 待查) comes back
    unreadable with its text kept as typed. Excel serial numbers are not guessed at here.

    Returns:
        None for a blank.
    """
    if isinstance(text, date):
        return RecordedDate.of(text)
    typed = "" if text is None else str(text).strip()
    if not typed:
        return None
    plain = unicodedata.normalize("NFKC", typed).translate(_DASHES).strip()
    plain = re.sub(r"\s+", "", _TIME_OF_DAY.sub("", plain))
    found = _SPOKEN.fullmatch(plain) or _SOLID.fullmatch(plain)
    if found is None:
        return RecordedDate(typed)
    year, month, day = (int(part) if part else None for part in found.groups())
    if year is None or not _possible(year, month, day):
        return RecordedDate(typed)
    return RecordedDate("-".join([f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part)]))


def add_months(day: date, months: int) -> date:
    """Move by calendar months, clamped to the month's end: 31 January + 1 → 28 or 29 February.

    Source: 发展党员工作细则 (一个月内、三个月内、一年 are calendar months). `months` may be negative.

    Raises:
        DomainError: the result lies outside the years 1–9999.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        raise DomainError("月数太大，算出的日期超出了可以表示的范围。")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def years_between(start: date, end: date) -> int:
    """Complete years from `start` to `end`; the anniversary of 29 February is 28 February in common years.

    Negative when `end` lies before `start`.
    """
    years = end.year - start.year
    return years if (end.month, end.day) >= _anniversary(start, end.year) else years - 1


def _anniversary(start: date, year: int) -> tuple[int, int]:
    return start.month, min(start.day, monthrange(year, start.month)[1])


def age_on(birth: RecordedDate, day: date) -> int | None:
    """Completed years of age on `day`, counted from the first possible day; None if unknown or unborn."""
    return _years_since(birth, day)


def party_years(full_since: RecordedDate, day: date) -> int | None:
    """党龄: completed years since becoming a full member; None if unknown or still to come.

    Source: 《中国共产党章程》第七条 (党龄从预备期满转为正式党员之日算起).
    """
    return _years_since(full_since, day)


def _years_since(start: RecordedDate, day: date) -> int | None:
    first = start.first_day
    return None if first is None or first > day else years_between(first, day)


def chinese_date(day: date) -> str:
    """'2026年11月22日', without leading zeros, as official papers write it (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_datetime(moment: datetime) -> str:
    """'2026年11月22日 14:30'."""
    return f"{chinese_date(moment)} {moment.hour:02d}:{moment.minute:02d}"
