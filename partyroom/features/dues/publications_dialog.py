"""公示记录: when and how a year's dues were reported to the members; a wrong note goes to the recycle bin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import chinese_date
from partyroom.features.dues.publication_service import PublicationRow, bin_publication, publications_in
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.table import Column, Query, TablePanel
from partyroom.ui.theme import scaled


class PublicationSource:
    """Answers the list of a year's reports, latest first."""

    def __init__(self, year: int) -> None:
        self.year = year

    def ids(self, session: Any, query: Query) -> list[int]:
        """Reports whose place, person or note has the words."""
        rows = publications_in(session, self.year)
        return [row.id for row in rows if query.search in f"{row.place} {row.by} {row.note}"]

    def rows(self, session: Any, ids: Sequence[int]) -> list[PublicationRow]:
        """Lines of these reports."""
        return [row for row in publications_in(session, self.year) if row.id in set(ids)]


def _on_day(row: PublicationRow) -> str:
    return chinese_date(row.on_day)


COLUMNS = (
    Column("on_day", "公示日期", 130, sortable=False, text=_on_day),
    Column("place", "公示方式", 150, sortable=False),
    Column("by", "经办人", 100, sortable=False),
    Column("note", "备注", 200, sortable=False, stretch=True),
)


class PublicationsDialog(Dialog):
    """The reports of one year; `record` asks for a new one."""

    def __init__(self, desk: Desk, year: int, record: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(f"党费公示记录（{year}年）", parent)
        self.setObjectName("publications_dialog")
        self._desk = desk
        self.panel = TablePanel(
            desk, "dues_publications", COLUMNS, PublicationSource(year), noun="次", placeholder="搜索方式、经办人…",
            empty_text=f"{year}年还没有登记党费公示。\n党支部每年至少向党员公布一次党费收缴情况（2008年规定第二十八条）。",
            empty_action=("登记已经公示", record),
        )  # fmt: skip
        self.panel.add_row_action("移入回收站", "trash", self._on_bin_asked, shortcut="Del", danger=True)
        add = named(QPushButton("登记已经公示…"), "add_publication_button")
        add.setProperty("primary", True)
        add.clicked.connect(record)
        close = named(QPushButton("关闭"), "close_button")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        for button in (add, close):
            button.setAutoDefault(False)
        foot.addWidget(add)
        foot.addStretch()
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(10))
        layout.addWidget(self.panel, 1)
        layout.addLayout(foot)
        desk.tasks.data_changed.connect(self._on_data_changed)
        self.panel.reload()

    def sizeHint(self) -> QSize:
        """Room for the columns."""
        return QSize(scaled(720), scaled(420))

    def _on_bin_asked(self, ids: Sequence[int]) -> None:
        text = f"{len(ids)}条公示记录将移入回收站，可以从回收站恢复。"
        if self._desk.messages.ask("移入回收站？", text, accept="移入回收站", danger=True):
            self._desk.tasks.write("党费公示记录移入回收站", partial(_bin, tuple(ids)), owner=self)

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if "dues_publications" in kinds:
            self.panel.reload()


def _bin(ids: Sequence[int], session: Any) -> None:
    for one in ids:
        bin_publication(session, one)
