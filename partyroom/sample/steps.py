"""What every part of the sample branch is told with: steps on their days, the content, people by their names."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.paths import resources
from partyroom.features.members.tables import Member

MORNING = time(9)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened in the branch's office: when, its line in the change log, what it writes."""

    at: datetime
    label: str
    work: Callable[[Session], object]


def content(name: str) -> Any:
    """What a file of resources/sample says."""
    return json.loads((resources() / "sample" / name).read_text(encoding="utf-8"))


def morning(day: str) -> datetime:
    """When the office opens on a day."""
    return datetime.combine(date.fromisoformat(day), MORNING)


def later_on(day: str) -> datetime:
    """After the meetings of the day before were written up: what they decided is entered then."""
    return datetime.combine(date.fromisoformat(day), time(10))


def day_after(moment: datetime) -> datetime:
    """When the office opens on the day after a moment."""
    return datetime.combine(moment.date() + timedelta(days=1), MORNING)


def by_name(session: Session) -> dict[str, int]:
    """The ids of everybody on the roster."""
    return {name: number for number, name in session.execute(select(Member.id, Member.name))}


def parts(line: str, count: int) -> list[str]:
    """The parts of a line written as '内容｜责任人｜期限', filled up with blanks."""
    parts = line.split("｜")
    return parts + [""] * (count - len(parts))
