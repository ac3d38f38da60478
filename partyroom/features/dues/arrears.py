"""Who has not paid for how long: warnings with their reasons, never a decision about a person (Art 13, DF-22)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from partyroom.core.money import yuan
from partyroom.features.dues.cells import Cell
from partyroom.features.dues.ledger import last_day_of, months_label, runs_of
from partyroom.features.dues.rates import LadderStep


class ArrearsLevel(StrEnum):
    """How loudly the program says that somebody has not paid."""

    HINT = "hint"
    REMINDER = "reminder"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """The word on screen."""
        return {"hint": "提示", "reminder": "提醒", "warning": "预警"}[self.value]


@dataclass(frozen=True, slots=True)
class ArrearsReason:
    """Why somebody has not paid, as it was recorded; it counts once the branch accepted it."""

    id: int
    member_id: int
    name: str
    from_month: date
    until_month: date | None
    reason: str
    accepted_on: date | None = None
    accepted_by: str = ""

    def covers(self, month: date) -> bool:
        """Whether it speaks of the month."""
        return self.from_month <= month and (self.until_month is None or month <= self.until_month)


@dataclass(frozen=True, slots=True)
class ArrearsLine:
    """What one member has not paid of the months that have ended, and how many of them follow on one another."""

    member_id: int
    name: str
    months: tuple[date, ...]
    run: int
    owed_fen: int
    level: ArrearsLevel | None
    text: str
    reasons: tuple[ArrearsReason, ...] = ()
    group: str = ""


def unpaid_months(cells: Iterable[Cell], day: date) -> tuple[date, ...]:
    """The months that have ended before `day` with something still to be paid."""
    return tuple(cell.month for cell in cells if cell.open_fen > 0 and day > last_day_of(cell.month))


def longest_run(months: Iterable[date], reasons: Sequence[ArrearsReason]) -> int:
    """How many unpaid months follow on one another, leaving out those whose reason the branch accepted."""
    accepted = [reason for reason in reasons if reason.accepted_on is not None]
    counted = (month for month in months if not any(reason.covers(month) for reason in accepted))
    return max((len(run) for run in runs_of(counted)), default=0)


def text_of(months: Sequence[date], owed_fen: int, run: int, step: LadderStep | None, waiting: bool) -> str:
    """What the program says of somebody's arrears: the months, the sum, and the sentence of the step reached."""
    said = f"{months_label(months)}未交清，共{yuan(owed_fen)}元。"
    if step is None:
        return said
    if ArrearsLevel(step.level) is ArrearsLevel.WARNING:
        said += (
            f"已连续{run}个月未交，请支部核实（{step.source}）。如何处理由支部大会讨论并报上级党组织，程序不作判断。"
        )
    else:
        said += f"已连续{run}个月未交，请{'提醒本人补交' if step.level == 'reminder' else '留意'}。"
    return said + ("已登记原因，尚待支部研究。" if waiting else "")
