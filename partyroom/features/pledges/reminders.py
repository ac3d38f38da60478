"""What a round has to be reminded of on a day: deadlines, missing deeds, late stages, pledges not shown yet.

The days of the stages and the look at mid-year are custom (惯例); the sentences say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from partyroom.core.calendar import chinese_date
from partyroom.features.pledges.domain import PledgeDetail, PledgeItem, PledgeRound, Stage, State
from partyroom.features.pledges.templates import day_in, pledge_rules


class ReminderKind(StrEnum):
    """What a reminder is about, the most urgent first."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    NOT_SHOWN = "not_shown"
    MID_YEAR = "mid_year"
    STAGE_LATE = "stage_late"

    @property
    def label(self) -> str:
        """The word on screen."""
        return _LABELS[self]


_LABELS = {
    ReminderKind.OVERDUE: "已超期",
    ReminderKind.DUE_SOON: "即将到期",
    ReminderKind.NOT_SHOWN: "尚未亮诺",
    ReminderKind.MID_YEAR: "年中无践诺记录",
    ReminderKind.STAGE_LATE: "阶段晚于计划",
}


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder; `customary` marks what no regulation asks for. `day` is the deadline it speaks of."""

    kind: ReminderKind
    text: str
    day: date | None = None
    pledge_id: int | None = None
    item_id: int | None = None
    name: str = ""
    customary: bool = False


def reminders(year_round: PledgeRound, pledges: Iterable[PledgeDetail], today: date) -> list[Reminder]:
    """Everything to be reminded of on `today`, by urgency, then by day and name."""
    found = list(_late_stages(year_round, today))
    for pledge in pledges:
        found += _of_pledge(year_round.year, pledge, today)
    order = {kind: number for number, kind in enumerate(ReminderKind)}
    return sorted(found, key=lambda one: (order[one.kind], one.day or date.max, one.name))


def is_overdue(item: PledgeItem, today: date) -> bool:
    """Whether a standing item's deadline has passed without its being done; the deadline itself is in time."""
    return item.retired_in is None and item.done_on is None and item.deadline is not None and item.deadline < today


def _late_stages(year_round: PledgeRound, today: date) -> Iterator[Reminder]:
    for line in year_round.stages:
        if line.planned_until is None or line.actual_on is not None or line.planned_until >= today:
            continue
        who = f"（责任人：{line.responsible}）" if line.responsible else ""
        text = (
            f"{line.stage.label}计划在{chinese_date(line.planned_until)}前完成{who}，还没有登记完成日期"
            "（各阶段时间为惯例，不是硬性规定）。"
        )
        yield Reminder(ReminderKind.STAGE_LATE, text, line.planned_until, customary=True)


def _of_pledge(year: int, pledge: PledgeDetail, today: date) -> Sequence[Reminder]:
    if pledge.state in (State.WITHDRAWN, State.APPRAISED, State.DRAFT):
        return []
    found = [one for item in pledge.standing_items if (one := _of_item(pledge, item, today)) is not None]
    if pledge.state is State.REVIEWED:
        reviewed = f"{chinese_date(pledge.reviewed_on)}已审诺" if pledge.reviewed_on else "已审诺"
        text = f"{pledge.name}的承诺{reviewed}，还没有亮诺（公示、上墙）。"
        found.append(Reminder(ReminderKind.NOT_SHOWN, text, pledge.reviewed_on, pledge.id, None, pledge.name))
    first = day_in(year, pledge_rules().mid_year)
    if first is not None and today >= first and not pledge.deeds and pledge.state is not State.REVIEWED:
        text = f"{pledge.name}的承诺到年中还没有一条践诺记录（年中践诺检查为惯例）。"
        found.append(Reminder(ReminderKind.MID_YEAR, text, first, pledge.id, None, pledge.name, customary=True))
    return found


def _of_item(pledge: PledgeDetail, item: PledgeItem, today: date) -> Reminder | None:
    if item.done_on is not None or item.deadline is None:
        return None
    about = f"{pledge.name}承诺的“{short_text(item.text)}”"
    if is_overdue(item, today):
        days = (today - item.deadline).days
        text = f"{about}应在{chinese_date(item.deadline)}前完成，已超过{days}天，还没有登记完成。"
        return Reminder(ReminderKind.OVERDUE, text, item.deadline, pledge.id, item.id, pledge.name)
    soon = today + timedelta(days=pledge_rules().due_soon_days)
    if item.deadline <= soon and not pledge.deeds_of(item.id):
        left = (item.deadline - today).days
        when = "今天到期" if left == 0 else f"还有{left}天到期（{chinese_date(item.deadline)}）"
        text = f"{about}{when}，还没有践诺记录。"
        return Reminder(ReminderKind.DUE_SOON, text, item.deadline, pledge.id, item.id, pledge.name)
    return None


def short_text(text: str, length: int = 18) -> str:
    """The beginning of an item's text, for sentences and lists."""
    return text if len(text) <= length else text[: length - 1] + "…"


def stage_label(stage: Stage, year_round: PledgeRound) -> str:
    """A stage with its dates for a strip: '审诺 2月20日完成', '亮诺 计划3月15日前'."""
    line = year_round.stage(stage)
    if line.actual_on:
        return f"{stage.label} {line.actual_on.month}月{line.actual_on.day}日完成"
    if line.planned_until:
        return f"{stage.label} 计划{line.planned_until.month}月{line.planned_until.day}日前"
    return stage.label
