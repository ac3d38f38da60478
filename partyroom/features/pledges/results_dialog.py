"""承诺与评诺 of one member: what was pledged in each year, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import chinese_date
from partyroom.features.pledges.appraisal_service import member_results
from partyroom.features.pledges.domain import PledgeResult, State
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.table import Column, Query, TablePanel, Tone
from partyroom.ui.theme import scaled

_HINT = (
    "未评诺的年度没有等次；撤回的承诺照样列出，不计等次。等次由支部评定，供民主评议参考。要修改，请到“公开承诺”页面。"
)


class ResultRow:
    """A pledge's result as a line of the list."""

    def __init__(self, result: PledgeResult) -> None:
        self.id = result.pledge_id
        self.result = result


class ResultSource:
    """Answers the list of a member's pledges, the latest year first."""

    def __init__(self, member_id: int) -> None:
        self._member_id = member_id

    def ids(self, session: Any, query: Query) -> list[int]:  # noqa: ARG002 - there are never more than a few
        """All of them."""
        return [result.pledge_id for result in member_results(session, self._member_id)]

    def rows(self, session: Any, ids: Sequence[int]) -> list[ResultRow]:
        """Their lines."""
        wanted = set(ids)
        return [ResultRow(one) for one in member_results(session, self._member_id) if one.pledge_id in wanted]


def _year(row: ResultRow) -> str:
    return f"{row.result.year}年"


def _kind(row: ResultRow) -> str:
    return row.result.kind.label


def _state(row: ResultRow) -> str:
    return row.result.state.label


def _tone(row: ResultRow) -> Tone:
    return "muted" if row.result.state is State.WITHDRAWN else ""


def _items(row: ResultRow) -> str:
    return f"{row.result.done}/{row.result.items}"


def _deeds(row: ResultRow) -> str:
    return str(row.result.deeds)


def _grade(row: ResultRow) -> str:
    return row.result.grade


def _comment(row: ResultRow) -> str:
    return row.result.comment


def _decided(row: ResultRow) -> str:
    result = row.result
    if result.decided_on is None:
        return ""
    body = result.decided_by.label if result.decided_by else ""
    return f"{chinese_date(result.decided_on)}{body}"


COLUMNS = (
    Column("year", "年度", 68, sortable=False, text=_year, tone=_tone),
    Column("kind", "承诺人", 92, sortable=False, text=_kind, tone=_tone),
    Column("state", "状态", 76, sortable=False, text=_state, tone=_tone),
    Column("items", "完成事项", 84, "center", sortable=False, text=_items, tone=_tone),
    Column("deeds", "践诺记录", 84, "center", sortable=False, text=_deeds, tone=_tone),
    Column("grade", "等次", 84, sortable=False, text=_grade, tone=_tone),
    Column("decided", "评定", 190, sortable=False, text=_decided, tip=_decided, tone=_tone),
    Column("comment", "评语", 170, sortable=False, text=_comment, tip=_comment, tone=_tone, stretch=True),
)


class ResultsDialog(Dialog):
    """One member's pledges with their grades and comments; it shows, and changes nothing."""

    def __init__(self, desk: Desk, member_id: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(f"承诺与评诺：{name}", parent)
        self.setObjectName("pledge_results_dialog")
        hint = named(QLabel(_HINT), "quiet")
        hint.setTextFormat(Qt.TextFormat.PlainText)
        hint.setWordWrap(True)
        self.panel = TablePanel(
            desk,
            "pledge_results",
            COLUMNS,
            ResultSource(member_id),
            empty_text="还没有这个人的承诺。\n到“公开承诺”页面登记以后，每年的承诺和评诺结果会列在这里。",
            noun="项",
        )
        self.panel.bar.hide()
        close = named(QPushButton("关闭"), "close_button")
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(10))
        layout.addWidget(hint)
        layout.addWidget(self.panel, 1)
        layout.addLayout(foot)
        desk.tasks.data_changed.connect(self._on_data_changed)
        self.panel.reload()

    def sizeHint(self) -> QSize:
        """Room for the columns."""
        return QSize(scaled(1000), scaled(420))

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if any(kind.startswith("pledge") for kind in kinds):
            self.panel.reload()
