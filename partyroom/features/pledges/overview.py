"""What a round has come to by a day: counts by state, items, deeds and grades, for mid-year and year-end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.features.pledges.domain import ItemCategory, PledgeDetail, PledgerKind, PledgeRound, Stage, State
from partyroom.features.pledges.hours import hours_text
from partyroom.features.pledges.reminders import is_overdue
from partyroom.features.pledges.stages import ORDER, STAGE_INTO

NO_GRADE = "未评"


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of a round as of `day`; withdrawn pledges count in `states` alone. `minutes` sums the deeds' time."""

    day: date
    pledges: int
    kinds: Mapping[PledgerKind, int]
    states: Mapping[State, int]
    items: int
    done: int
    overdue: int
    categories: Mapping[ItemCategory, tuple[int, int]]
    deeds: int
    minutes: int
    without_deed: tuple[str, ...]
    overdue_names: tuple[str, ...]
    grades: Mapping[str, int]


def overview(year_round: PledgeRound, pledges: Iterable[PledgeDetail], day: date) -> Overview:
    """The round as of `day`: deeds and items done after it are not counted; states are those of now.

    `categories` gives items and those of them done, by category; `grades` ends with 未评.
    """
    everything = list(pledges)
    standing = [pledge for pledge in everything if pledge.state is not State.WITHDRAWN]
    items = [item for pledge in standing for item in pledge.standing_items]
    done = {item.id for item in items if item.done_on is not None and item.done_on <= day}
    deeds = [deed for pledge in standing for deed in pledge.deeds if deed.on <= day]
    late = [pledge.name for pledge in standing if any(is_overdue(item, day) for item in pledge.standing_items)]
    votes = Counter(p.appraisal.grade if p.state is State.APPRAISED else NO_GRADE for p in standing)
    grades = [*year_round.grades, *(grade for grade in votes if grade not in (*year_round.grades, NO_GRADE)), NO_GRADE]
    return Overview(
        day=day,
        pledges=len(standing),
        kinds={kind: sum(pledge.kind is kind for pledge in standing) for kind in PledgerKind},
        states={state: sum(pledge.state is state for pledge in everything) for state in State},
        items=len(items),
        done=len(done),
        overdue=sum(is_overdue(item, day) for item in items),
        categories={
            category: (
                sum(item.category is category for item in items),
                sum(item.category is category and item.id in done for item in items),
            )
            for category in ItemCategory
        },
        deeds=len(deeds),
        minutes=sum(deed.minutes or 0 for deed in deeds),
        without_deed=tuple(p.name for p in standing if not any(deed.on <= day for deed in p.deeds)),
        overdue_names=tuple(late),
        grades={grade: votes[grade] for grade in grades},
    )


@dataclass(frozen=True, slots=True)
class StageProgress:
    """How many of the standing pledges have come through a stage, and the latest day on which one did."""

    stage: Stage
    reached: int
    pledges: int
    latest: date | None

    @property
    def complete(self) -> bool:
        """Whether all have: `latest` is then what a round may take for the stage's actual day."""
        return self.pledges > 0 and self.reached == self.pledges


def stage_progress(pledges: Iterable[PledgeDetail]) -> tuple[StageProgress, ...]:
    """How far the pledges of a round are, stage by stage; 践诺 is counted from its beginning, withdrawn ones not."""
    standing = [pledge for pledge in pledges if pledge.state is not State.WITHDRAWN]
    found = []
    for state in ORDER:
        days = [_day_of(one, state) for one in standing if ORDER.index(one.state) >= ORDER.index(state)]
        latest = max((day for day in days if day is not None), default=None)
        found.append(StageProgress(STAGE_INTO[state], len(days), len(standing), latest))
    return tuple(found)


def _day_of(pledge: PledgeDetail, state: State) -> date | None:
    return {
        State.DRAFT: pledge.proposed_on,
        State.REVIEWED: pledge.reviewed_on,
        State.PUBLISHED: pledge.published_from,
        State.FULFILLING: pledge.started_on,
        State.APPRAISED: pledge.appraisal.decided_on,
    }[state]


def mid_year_day(year: int) -> date:
    """The day of the mid-year overview: 30 June (custom)."""
    return date(year, 6, 30)


def year_end_day(year: int) -> date:
    """The day of the year-end overview: 31 December."""
    return date(year, 12, 31)


def overview_text(found: Overview) -> str:
    """The overview as a paragraph to begin a written one with."""
    kinds = "、".join(f"{kind.label}{count}份" for kind, count in found.kinds.items() if count)
    parts = [
        f"截至{chinese_date(found.day)}，共作出公开承诺{found.pledges}份" + (f"（{kinds}）" if kinds else ""),
        f"承诺事项{found.items}项，已完成{found.done}项" + (f"，超期{found.overdue}项" if found.overdue else ""),
        f"登记践诺记录{found.deeds}条" + (f"，累计{hours_text(found.minutes)}小时" if found.minutes else ""),
    ]
    if found.without_deed:
        parts.append(f"还没有践诺记录的有{_names(found.without_deed)}")
    graded = "、".join(f"{grade}{count}份" for grade, count in found.grades.items() if count and grade != NO_GRADE)
    if graded:
        parts.append(f"评诺结果为{graded}")
    return "；".join(parts) + "。"


def _names(names: Sequence[str], most: int = 8) -> str:
    shown = "、".join(names[:most])
    return shown if len(names) <= most else f"{shown}等{len(names)}份"
