"""The list of a year's pledges: where its lines come from, and its columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from partyroom.core.calendar import chinese_date, today
from partyroom.features.pledges import service
from partyroom.features.pledges.domain import PledgeRow, State
from partyroom.ui.table import Column, Query, Tone

LOOKS = (("overdue", "有超期事项"), ("no_deed", "没有践诺记录"), ("unsigned", "没有签字"), ("changed", "变更过"))
"""What may be looked for besides a state; in the same filter, so that the line of filters fits a small screen."""
_TONES: dict[State, Tone] = {
    State.DRAFT: "muted",
    State.REVIEWED: "warning",
    State.PUBLISHED: "",
    State.FULFILLING: "",
    State.APPRAISED: "good",
    State.WITHDRAWN: "muted",
}


class PledgeSource:
    """Answers the list of a round's pledges; nothing without a round."""

    def __init__(self) -> None:
        self.round_id: int | None = None

    def ids(self, session: Any, query: Query) -> list[int]:
        """Pledges that fit: the branch, its committee, then members by group and name, unless asked otherwise."""
        if self.round_id is None:
            return []
        filters = {key: str(query.filters.get(key, "")) for key in ("kind", "state", "group")}
        if filters["state"] in dict(LOOKS):
            filters["look"] = filters.pop("state")
        asked = service.PledgeQuery(
            round_id=self.round_id, search=query.search, sort=query.sort, descending=query.descending, **filters
        )
        return service.list_pledge_ids(session, asked)

    def rows(self, session: Any, ids: Sequence[int]) -> list[PledgeRow]:
        """Lines of these pledges."""
        return service.list_pledge_rows(session, ids)


def _kind(row: PledgeRow) -> str:
    return row.kind.label


def _state(row: PledgeRow) -> str:
    return row.state.label


def _state_tone(row: PledgeRow) -> Tone:
    return _TONES[row.state]


def _deeds(row: PledgeRow) -> str:
    return str(row.deeds or "")


def _overdue(row: PledgeRow) -> str:
    return str(row.overdue or "")


def _overdue_tone(_row: PledgeRow) -> Tone:
    return "danger"


def _version(row: PledgeRow) -> str:
    return f"第{row.version}版" if row.version > 1 else ""


def _day(key: str, row: PledgeRow) -> str:
    day = getattr(row, key)
    return day.isoformat() if day else ""


def _due_tip(row: PledgeRow) -> str:
    return f"最近的完成时限：{chinese_date(row.next_due)}" if row.next_due else ""


def _due_tone(row: PledgeRow) -> Tone:
    return "danger" if row.next_due and row.next_due < today() else ""


def _dates(key: str, title: str, *, visible: bool = False) -> Column:
    return Column(key, title, 98, text=partial(_day, key), visible=visible)


COLUMNS = (
    Column("name", "承诺人", 104, stretch=True),
    Column("kind", "主体", 76, text=_kind),
    Column("department", "科室", 104),
    Column("group", "党小组", 104, visible=False),
    Column("post", "职务", 92, visible=False, sortable=False),
    Column("items", "事项", 52, "center"),
    Column("state", "状态", 70, "center", text=_state, tone=_state_tone),
    Column("progress", "完成", 60, "center"),
    Column("overdue", "超期", 52, "center", text=_overdue, tone=_overdue_tone),
    Column("deeds", "践诺", 52, "center", text=_deeds),
    Column("next_due", "下一时限", 98, text=partial(_day, "next_due"), tip=_due_tip, tone=_due_tone),
    Column("grade", "评诺", 66, "center"),
    _dates("last_deed", "最近践诺"),
    _dates("proposed_on", "提诺日期"),
    _dates("reviewed_on", "审诺日期"),
    _dates("published_from", "亮诺日期"),
    _dates("signed_on", "签字日期"),
    Column("version", "版本", 66, "center", text=_version, visible=False),
)
