"""待归档: what the program has of a year and what is not filed yet, grouped by category; files from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import chinese_date, today
from partyroom.core.filing import Retention
from partyroom.core.text import one_line
from partyroom.documents.contribution import Request
from partyroom.features.archives.filing_dialog import FilingDialog
from partyroom.features.archives.filing_service import Offered, offered
from partyroom.features.archives.outside_dialog import add_from_outside, choose_from_outside
from partyroom.features.archives.parts import all_parts
from partyroom.features.archives.screen_service import Setting, setting_of
from partyroom.features.archives.section_page import ReceivingSection
from partyroom.features.archives.settings_service import categories_of
from partyroom.ui.desk import Desk
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone

_SETTLED, _OPEN = "settled", "open"


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A line of the list; `rank` is the place of its category."""

    id: int
    source: str
    rank: int
    category: str
    category_label: str
    part: str
    title: str
    author: str
    dated: date | None
    retention: Retention
    settled: bool
    note: str
    enclosures: int

    @property
    def state(self) -> str:
        """Whether it may still change, in words."""
        return "可以归档" if self.settled else (self.note or "未定稿")


class OfferSource:
    """Answers the list of offers; ids stay with their papers from one answer to the next."""

    def __init__(self, year: int) -> None:
        self.year = year
        self._numbers: dict[tuple[int, str], int] = {}
        self._rows: dict[int, OfferRow] = {}

    def ids(self, session: Any, query: Query) -> list[int]:
        """Papers that fit, by category and in the order of the handbook unless asked otherwise."""
        rows = [row for row in self._read(session) if _fits(row, query)]
        key, backwards = _SORTS.get(query.sort, _by_category), query.descending and bool(query.sort)
        return [row.id for row in sorted(rows, key=key, reverse=backwards)]

    def rows(self, _session: Any, ids: Sequence[int]) -> list[OfferRow]:
        """Lines of these papers."""
        return [self._rows[number] for number in ids if number in self._rows]

    def chosen(self, ids: Sequence[int], session: Any) -> list[Offered]:
        """What makes the papers with these ids, read afresh."""
        wanted = {self._rows[number].source for number in ids if number in self._rows}
        return [one for one in _offers(session, self.year) if one.offer.source in wanted]

    def _read(self, session: Any) -> list[OfferRow]:
        categories = {one.code: (rank, one.label) for rank, one in enumerate(categories_of(session))}
        rows = [self._row(one, categories) for one in _offers(session, self.year)]
        self._rows = {row.id: row for row in rows}
        return rows

    def _row(self, one: Offered, categories: dict[str, tuple[int, str]]) -> OfferRow:
        offer = one.offer
        rank, label = categories.get(offer.category, (len(categories), offer.category))
        return OfferRow(
            id=self._numbers.setdefault((self.year, offer.source), len(self._numbers) + 1),
            source=offer.source,
            rank=rank,
            category=offer.category,
            category_label=label,
            part=offer.part,
            title=offer.title,
            author=one.piece.author,
            dated=offer.dated,
            retention=offer.retention,
            settled=offer.settled,
            note=offer.note,
            enclosures=offer.enclosures,
        )


def _offers(session: Any, year: int) -> list[Offered]:
    return offered(session, all_parts(), Request(year, today=today()))


def _fits(row: OfferRow, query: Query) -> bool:
    words = one_line(query.search).casefold()
    text = f"{row.title} {row.part} {row.author} {row.note}".casefold()
    category, state = query.filters.get("category"), query.filters.get("state")
    return (
        words in text
        and category in (None, row.category)
        and state in (None, _SETTLED if row.settled else _OPEN)
        and query.filters.get("retention") in (None, row.retention.value)
    )


def _by_category(row: OfferRow) -> tuple[int, int]:
    return row.rank, row.id


_SORTS: dict[str, Callable[[OfferRow], Any]] = {
    "category_label": _by_category,
    "part": lambda row: row.part,
    "title": lambda row: row.title,
    "author": lambda row: row.author,
    "dated": lambda row: row.dated or date.min,
    "retention": lambda row: list(Retention).index(row.retention),
    "enclosures": lambda row: row.enclosures,
    "state": lambda row: (row.settled, row.note),
}


def _dated(row: OfferRow) -> str:
    return chinese_date(row.dated) if row.dated else ""


def _retention(row: OfferRow) -> str:
    return row.retention.label


def _enclosures(row: OfferRow) -> str:
    return str(row.enclosures) if row.enclosures else ""


def _title(row: OfferRow) -> str:
    return row.title


def _state(row: OfferRow) -> str:
    return row.state


def _tone(row: OfferRow) -> Tone:
    return "good" if row.settled else "warning"


def loose_text(rows: Sequence[OfferRow]) -> str:
    """How many of the papers may still change."""
    loose = sum(not row.settled for row in rows)
    return f"其中{loose}件未定稿或本年未结束" if loose else ""


COLUMNS = (
    Column("category_label", "类别", 84),
    Column("title", "题名", 240, text=_title, tip=_title, stretch=True),
    Column("state", "状态", 172, text=_state, tip=_state, tone=_tone),
    Column("dated", "日期", 118, text=_dated),
    Column("retention", "保管期限", 80, text=_retention),
    Column("enclosures", "附件", 56, "right", text=_enclosures),
    Column("part", "材料", 128),
    Column("author", "责任者", 170, visible=False),
)


class OffersPage(ReceivingSection):
    """The section 待归档."""

    title: ClassVar[str] = "待归档"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.source = OfferSource(self.year)
        self.add_action("从外部添加文件…", "add", self.choose_files, shortcut="Ctrl+N", primary=True)
        self.add_action("全部归档…", "archives", self.file_shown)
        self.panel = TablePanel(
            desk,
            "archive_offers",
            COLUMNS,
            self.source,
            filters=(
                Filter("category", "类别", []),
                Filter("retention", "保管期限", [(one.value, one.label) for one in Retention]),
                Filter("state", "状态", [(_SETTLED, "可以归档"), (_OPEN, "未定稿或未结束")]),
            ),
            placeholder="题名、材料、责任者…",
            empty_text="这一年没有待归档的材料。\n扫描件、Word、Excel、图片和PDF可以直接拖到这里归档。",
            empty_action=("添加文件…", self.choose_files),
            noun="件",
            summary=loose_text,
        )
        self.panel.opened.connect(self._on_opened)
        self.panel.add_row_action("归档…", "archives", self.file_ids, shortcut="Ctrl+Return")
        self.body.addWidget(self.panel, 1)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.panel)

    def reload(self, year: int | None = None) -> None:
        """Read the categories and the offers again, those of another year if it is given."""
        super().reload(year)
        self.source.year = self.year
        self.desk.tasks.read(setting_of, self._on_setting_read, owner=self, key="setting")
        self.panel.reload()

    def file_ids(self, ids: Sequence[int]) -> None:
        """Ask for the description of these papers and file them."""
        self.desk.tasks.read(partial(_chosen, self.source, tuple(ids)), self._on_chosen_read, owner=self, key="chosen")

    def file_shown(self) -> None:
        """File everything that the list shows."""
        ids = list(self.panel.model.ids)
        if ids:
            self.file_ids(ids)
        else:
            self.desk.messages.inform("列表是空的，没有可以归档的材料。")

    def choose_files(self) -> None:
        """Ask for files from outside and file them as one 件."""
        choose_from_outside(self.desk, self, self.year)

    def add_paths(self, paths: Sequence[Path]) -> None:
        """File dropped files as one 件."""
        add_from_outside(self.desk, self, self.year, paths)

    def _on_setting_read(self, setting: Setting) -> None:
        self.panel.set_filter_choices("category", setting.category_choices)

    def _on_opened(self, row_id: int) -> None:
        self.file_ids([row_id])

    def _on_chosen_read(self, found: tuple[list[Offered], Setting]) -> None:
        chosen, setting = found
        if not chosen:
            self.desk.messages.inform("这些材料已经归档，或者不在了。")
            return
        dialog = FilingDialog(self.desk, chosen, self.year, setting, self.window())
        dialog.submitted.connect(partial(self._on_filed, dialog))
        dialog.open()

    def _on_filed(self, dialog: FilingDialog, _values: object) -> None:
        self.desk.messages.inform(f"已归档{len(dialog.chosen)}件。年度归完以后，到“已归档”编件号、盖归档章。")
        if dialog.told:
            self.desk.messages.problem("有的附件没有长期保存格式", "\n".join(dialog.told))


def _chosen(source: OfferSource, ids: Sequence[int], session: Any) -> tuple[list[Offered], Setting]:
    return source.chosen(ids, session), setting_of(session)
