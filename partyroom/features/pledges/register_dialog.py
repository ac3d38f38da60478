"""践诺台账: the deeds of all pledges of a year in one list, to look through and to print."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from partyroom.features.pledges.deeds_service import DeedQuery, list_deed_ids, list_deed_rows
from partyroom.features.pledges.domain import DeedRow, ItemCategory, PledgerKind
from partyroom.features.pledges.hours import hours_text
from partyroom.features.pledges.print_dialog import preview_register
from partyroom.features.pledges.round_view_service import RoundView
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.table import Column, Filter, Query, TablePanel
from partyroom.ui.theme import scaled

_WATCHES = frozenset({"pledges", "pledge_deeds", "pledge_items", "pledge_papers"})


def _on(row: DeedRow) -> str:
    return row.on.isoformat()


def _kind(row: DeedRow) -> str:
    return row.kind.label


def _category(row: DeedRow) -> str:
    return row.category.label if row.category else ""


def _text(row: DeedRow) -> str:
    return " ".join(row.text.split())


def _whole_text(row: DeedRow) -> str:
    return row.text


def _item(row: DeedRow) -> str:
    return " ".join(row.item.split()) or "整份承诺"


def _hours(row: DeedRow) -> str:
    return hours_text(row.minutes) if row.minutes else ""


def _papers(row: DeedRow) -> str:
    return str(row.papers or "")


def _summary(rows: Sequence[Any]) -> str:
    minutes = sum(row.minutes or 0 for row in rows)
    return f"累计{hours_text(minutes)}小时" if minutes else ""


COLUMNS = (
    Column("on", "日期", 100, text=_on),
    Column("name", "承诺人", 84),
    Column("kind", "主体", 76, text=_kind, visible=False),
    Column("department", "科室", 96),
    Column("category", "类别", 56, "center", text=_category),
    Column("item", "承诺事项", 190, text=_item, tip=_item, sortable=False),
    Column("text", "践诺情况", 260, text=_text, tip=_whole_text, sortable=False, stretch=True),
    Column("place", "地点", 90),
    Column("minutes", "时长（小时）", 92, "right", text=_hours),
    Column("witness", "证明人", 76),
    Column("papers", "佐证", 52, "center", text=_papers, sortable=False),
)


class DeedSource:
    """Answers the register of a round."""

    def __init__(self, round_id: int) -> None:
        self.round_id = round_id

    def ids(self, session: Any, query: Query) -> list[int]:
        """Deeds that fit, latest first unless asked otherwise."""
        asked = DeedQuery(
            round_id=self.round_id,
            search=query.search,
            kind=str(query.filters.get("kind", "")),
            category=str(query.filters.get("category", "")),
            sort=query.sort,
            descending=query.descending,
        )
        return list_deed_ids(session, asked)

    def rows(self, session: Any, ids: Sequence[int]) -> list[DeedRow]:
        """Lines of these deeds."""
        return list_deed_rows(session, ids)


class RegisterDialog(Dialog):
    """Shows the deeds of a year; `opened` tells the pledge that the user wants to see."""

    opened = Signal(int)

    def __init__(self, desk: Desk, view: RoundView, parent: QWidget | None = None) -> None:
        super().__init__(f"{view.year}年度践诺台账", parent)
        self.setObjectName("register_dialog")
        assert view.round is not None
        self._desk = desk
        self._round_id = view.round.id
        self.panel = TablePanel(
            desk,
            "pledge_register",
            COLUMNS,
            DeedSource(view.round.id),
            filters=(
                Filter("kind", "主体", [(one.value, one.label) for one in PledgerKind]),
                Filter("category", "类别", [(one.value, one.label) for one in ItemCategory]),
            ),
            placeholder="搜索姓名、内容、地点…",
            empty_text="还没有践诺记录。\n在承诺列表里选中一份或几份，点“登记践诺”。",
            noun="条",
            summary=_summary,
            parent=self,
        )
        self.panel.opened.connect(self._on_opened)
        self.panel.add_row_action("打开承诺", "edit", self._on_open_asked, single=True)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for text, name, slot in (
            ("打印台账…", "print_register", partial(self.print_register, photos=False)),
            ("打印台账（附照片）…", "print_register_photos", partial(self.print_register, photos=True)),
            ("关闭", "close_button", self.reject),
        ):
            button = named(QPushButton(text), name)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, act=slot: act())
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.addWidget(self.panel, 1)
        layout.addLayout(foot)
        desk.tasks.data_changed.connect(self._on_data_changed)
        self.panel.reload()

    def sizeHint(self) -> QSize:
        """Roomy; the base class keeps it within the screen."""
        return QSize(scaled(1140), scaled(620))

    def print_register(self, *, photos: bool) -> None:
        """Preview the register of the whole round."""
        preview_register(self._desk, self, self._round_id, (), photos=photos)

    def _on_open_asked(self, ids: Sequence[int]) -> None:
        self._on_opened(ids[0])

    def _on_opened(self, deed_id: int) -> None:
        self._desk.tasks.read(partial(_pledge_of, deed_id), self._on_pledge_read, owner=self, key="open")

    def _on_pledge_read(self, pledge_id: int | None) -> None:
        if pledge_id is not None:
            self.opened.emit(pledge_id)

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if not _WATCHES.isdisjoint(kinds):
            self.panel.reload()


def _pledge_of(deed_id: int, session: Any) -> int | None:
    rows = list_deed_rows(session, [deed_id])
    return rows[0].pledge_id if rows else None
