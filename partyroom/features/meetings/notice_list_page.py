"""The list of 纪要通报: a line for each meeting and department, most of which are not stored before the first act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from partyroom.features.meetings import notice_service as service
from partyroom.features.meetings.notices import Address, Delivery, DeliveryState, Distribution, absence_text, tallied
from partyroom.ui.table import Column, Query, Tone

_TONES: dict[DeliveryState, Tone] = {
    DeliveryState.UNSENT: "muted",
    DeliveryState.SENT: "warning",
    DeliveryState.ACKNOWLEDGED: "good",
}
EVERYWHERE = "all"
"""The value of the filter 范围 that asks for all meetings whose distribution was begun."""


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One line: the notice of a meeting for a department; `id` numbers addresses as they turn up."""

    id: int
    notice: str
    starts_at: datetime
    delivery: Delivery

    @property
    def address(self) -> Address:
        """Meeting and department."""
        return self.delivery.meeting_id, self.delivery.department


class DeliverySource:
    """Answers the table. A line is known by meeting and department: most are not stored before the first act."""

    def __init__(self, meeting_ids: Sequence[int]) -> None:
        self._meeting_ids = tuple(meeting_ids)
        self._numbers: dict[Address, int] = {}
        self._shown: dict[int, DeliveryRow] = {}

    def ids(self, session: Any, query: Query) -> list[int]:
        """Lines that fit, in the order asked for."""
        wanted = None if query.filters.get("scope") == EVERYWHERE else self._meeting_ids
        rows = [row for one in service.distributions(session, wanted) for row in self._rows_of(one)]
        self._shown = {row.id: row for row in rows}
        state = query.filters.get("state")
        found = [row for row in rows if _fits(row, query.search) and state in (None, row.delivery.state.value)]
        if query.sort:
            found.sort(key=_SORTS[query.sort], reverse=query.descending)
        return [row.id for row in found]

    def rows(self, _session: Any, ids: Sequence[int]) -> list[DeliveryRow]:
        """The lines as they were when last asked for."""
        shown = self._shown
        return [shown[i] for i in ids if i in shown]

    def _rows_of(self, distribution: Distribution) -> list[DeliveryRow]:
        return [self._row(distribution, delivery) for delivery in distribution.deliveries]

    def _row(self, distribution: Distribution, delivery: Delivery) -> DeliveryRow:
        address = (delivery.meeting_id, delivery.department)
        number = self._numbers.setdefault(address, len(self._numbers) + 1)
        return DeliveryRow(number, distribution.label, distribution.starts_at, delivery)


def _fits(row: DeliveryRow, search: str) -> bool:
    line = row.delivery
    texts = (row.notice, line.department, line.head, line.acknowledged_by, *(a.name for a in line.absentees))
    return any(search in text for text in texts)


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%Y.%m.%d}"


def _absent(row: DeliveryRow) -> str:
    return "、".join(person.name for person in row.delivery.absentees)


def _absent_tip(row: DeliveryRow) -> str:
    return absence_text(row.delivery.absentees)


def _state(row: DeliveryRow) -> str:
    return row.delivery.state.label


def _tone(row: DeliveryRow) -> Tone:
    return _TONES[row.delivery.state]


def _department(row: DeliveryRow) -> str:
    return row.delivery.department


def _head(row: DeliveryRow) -> str:
    return row.delivery.head


def _sent(row: DeliveryRow) -> str:
    return _day(row.delivery.sent_on)


def _by(row: DeliveryRow) -> str:
    return row.delivery.acknowledged_by


def _acknowledged(row: DeliveryRow) -> str:
    return _day(row.delivery.acknowledged_on)


def _notice(row: DeliveryRow) -> str:
    return row.notice


_SORTS: dict[str, Callable[[DeliveryRow], Any]] = {
    "notice": lambda row: row.starts_at,
    "department": _department,
    "head": _head,
    "absent": lambda row: len(row.delivery.absentees),
    "state": lambda row: list(DeliveryState).index(row.delivery.state),
    "sent": _sent,
    "by": _by,
    "acknowledged": _acknowledged,
}

COLUMNS = (
    Column("notice", "会议纪要", 230, stretch=True, tip=_notice),
    Column("department", "科室", 110, text=_department),
    Column("head", "科室负责人", 92, text=_head),
    Column("absent", "本科室缺席", 130, text=_absent, tip=_absent_tip),
    Column("state", "状态", 104, text=_state, tone=_tone),
    Column("sent", "发出日期", 92, text=_sent),
    Column("by", "签收人", 84, text=_by),
    Column("acknowledged", "签收日期", 92, text=_acknowledged),
)


def summary(rows: Sequence[DeliveryRow]) -> str:
    """How many are sent and acknowledged."""
    return tallied([row.delivery for row in rows])
