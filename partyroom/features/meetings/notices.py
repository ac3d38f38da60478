"""Notices (会议纪要) on their way to the departments: who should have one, who has it, who is absent there.

The custom of the branch: every meeting yields minutes that go to every department (会议纪要通报), where the head of the
department (科室负责人) sees that the absent make the lesson up with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from partyroom.core.calendar import chinese_date

Address = tuple[int, str]
"""A meeting's id and the department its notice goes to."""


class DeliveryState(StrEnum):
    """How far the notice of one department has come."""

    UNSENT = "unsent"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"

    @property
    def label(self) -> str:
        """The word in the table."""
        return {"unsent": "未发", "sent": "已发，未签收", "acknowledged": "已签收"}[self.value]


@dataclass(frozen=True, slots=True)
class Absentee:
    """Somebody of a department who missed the meeting: why, and by when it is to be made up."""

    name: str
    department: str
    why: str
    due_on: date | None = None
    done_on: date | None = None

    @property
    def phrase(self) -> str:
        """The name with the reason in brackets."""
        return f"{self.name}（{self.why}）" if self.why else self.name


@dataclass(frozen=True, slots=True)
class Delivery:
    """The notice of one meeting for one department."""

    meeting_id: int
    department: str
    head: str = ""
    sent_on: date | None = None
    acknowledged_by: str = ""
    acknowledged_on: date | None = None
    absentees: tuple[Absentee, ...] = ()

    @property
    def state(self) -> DeliveryState:
        """Acknowledged, or sent, or neither."""
        if self.acknowledged_on is not None:
            return DeliveryState.ACKNOWLEDGED
        return DeliveryState.UNSENT if self.sent_on is None else DeliveryState.SENT


@dataclass(frozen=True, slots=True)
class Distribution:
    """To whom the notice of one meeting goes.

    `stranded` are absentees whose department gets no notice, or who have none: nobody would be told of them.
    """

    meeting_id: int
    title: str
    starts_at: datetime
    number: int
    deliveries: tuple[Delivery, ...]
    stranded: tuple[Absentee, ...] = ()

    @property
    def label(self) -> str:
        """The notice's number and the meeting's name: '2026年第9号 第三季度党员大会'."""
        return f"{self.starts_at.year}年第{self.number}号 {self.title}"


def absence_text(absentees: Sequence[Absentee]) -> str:
    """Who of a department was absent and by when each is to make it up, a line for each deadline."""
    if not absentees:
        return "本科室无缺席人员。"
    by_deadline: dict[str, list[str]] = {}
    for person in absentees:
        by_deadline.setdefault(_duty(person), []).append(person.phrase)
    return "\n".join(f"{'、'.join(names)}，{duty}。" for duty, names in by_deadline.items())


def _duty(person: Absentee) -> str:
    if person.done_on is not None:
        return f"已于{chinese_date(person.done_on)}补课"
    if person.due_on is not None:
        return f"请于{chinese_date(person.due_on)}前以本纪要为材料补课"
    return "请以本纪要为材料传达学习"


def tallied(deliveries: Sequence[Delivery]) -> str:
    """How many are sent and acknowledged, for the line below a table."""
    waiting = sum(line.state is DeliveryState.SENT for line in deliveries)
    unsent = sum(line.state is DeliveryState.UNSENT for line in deliveries)
    return f"已签收{len(deliveries) - waiting - unsent}，已发未签收{waiting}，未发{unsent}"
