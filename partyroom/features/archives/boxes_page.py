"""档案盒: the boxes of a year with what lies in them; 备考表, cover and spine labels."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from partyroom.core.filing import Retention
from partyroom.features.archives.box_dialog import BoxDialog, ask_box
from partyroom.features.archives.boxes_service import bin_boxes, list_box_ids, list_box_rows
from partyroom.features.archives.boxing import BoxRow
from partyroom.features.archives.papers_dialog import preview_cover, preview_remarks, preview_spines
from partyroom.features.archives.section_page import Section
from partyroom.ui.desk import Desk
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone


class BoxSource:
    """Answers the list of boxes of a year."""

    def __init__(self, year: int) -> None:
        self.year = year

    def ids(self, session: Any, query: Query) -> list[int]:
        """Boxes that fit, by retention, office and number unless asked otherwise."""
        rows = list_box_rows(session, list_box_ids(session, self.year))
        fitting = [row for row in rows if _fits(row, query)]
        if query.sort in _SORTS:
            fitting.sort(key=_SORTS[query.sort], reverse=query.descending)
        return [row.id for row in fitting]

    def rows(self, session: Any, ids: Sequence[int]) -> list[BoxRow]:
        """Lines of these boxes."""
        return list_box_rows(session, ids)


def _fits(row: BoxRow, query: Query) -> bool:
    draft = row.draft
    text = f"{draft.office} {draft.situation} {draft.arranged_by} {draft.checked_by} 第{draft.number}盒".casefold()
    return query.search.casefold() in text and query.filters.get("retention") in (None, draft.retention.value)


_SORTS: dict[str, Any] = {
    "number": lambda row: row.draft.number,
    "retention": lambda row: (list(Retention).index(row.draft.retention), row.draft.number),
    "pieces": lambda row: row.pieces,
    "pages": lambda row: row.pages,
    "thickness": lambda row: row.draft.thickness,
}


def _number(row: BoxRow) -> str:
    return f"第{row.draft.number}盒"


def _retention(row: BoxRow) -> str:
    return row.draft.retention.label


def _office(row: BoxRow) -> str:
    return row.draft.office


def _thickness(row: BoxRow) -> str:
    return f"{row.draft.thickness} 毫米"


def _span(row: BoxRow) -> str:
    return row.span or "空盒"


def _span_tone(row: BoxRow) -> Tone:
    return "" if row.pieces else "muted"


def _arranged(row: BoxRow) -> str:
    day = f"{row.draft.arranged_on:%Y.%m.%d}" if row.draft.arranged_on else ""
    return " ".join(filter(None, (row.draft.arranged_by, day)))


def _checked(row: BoxRow) -> str:
    day = f"{row.draft.checked_on:%Y.%m.%d}" if row.draft.checked_on else ""
    return " ".join(filter(None, (row.draft.checked_by, day)))


def _situation(row: BoxRow) -> str:
    return row.draft.situation


def total(rows: Sequence[BoxRow]) -> str:
    """Pieces and pages of the boxes."""
    return f"{sum(row.pieces for row in rows):,}件，{sum(row.pages for row in rows):,}页" if rows else ""


COLUMNS = (
    Column("number", "盒号", 76, text=_number),
    Column("retention", "保管期限", 88, text=_retention),
    Column("office", "机构（问题）", 100, text=_office, sortable=False),
    Column("span", "起止件号", 120, text=_span, tone=_span_tone, sortable=False),
    Column("pieces", "件数", 64, "right"),
    Column("pages", "页数", 64, "right"),
    Column("thickness", "盒脊", 84, text=_thickness),
    Column("arranged", "整理人、日期", 150, text=_arranged, sortable=False),
    Column("checked", "检查人、日期", 150, text=_checked, sortable=False),
    Column("situation", "情况说明", 160, text=_situation, tip=_situation, sortable=False, stretch=True),
)


class BoxesPage(Section):
    """The section 档案盒."""

    title: ClassVar[str] = "档案盒"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.source = BoxSource(self.year)
        self.add_action("新建档案盒…", "add", self.create_box, shortcut="Ctrl+N", primary=True)
        self.add_action("打印盒脊标签…", "print", self.print_spines)
        self.add_action("打印盒封面…", "print", self.print_cover)
        self.panel = TablePanel(
            desk,
            "archive_boxes",
            COLUMNS,
            self.source,
            filters=(Filter("retention", "保管期限", [(one.value, one.label) for one in Retention]),),
            placeholder="机构、说明、整理人…",
            empty_text="这一年还没有档案盒。\n编好件号以后，新建档案盒，再把文件放进去。",
            empty_action=("新建档案盒…", self.create_box),
            noun="盒",
            summary=total,
        )
        self.panel.opened.connect(self.open_box)
        add = self.panel.add_row_action
        add("盒内文件", "folder-open", self._on_open_asked, single=True)
        add("备考表和盒信息…", "edit", self._on_edit_asked, shortcut="F2", single=True)
        add("打印备考表", "print", self._on_remarks_asked)
        add("移入回收站", "trash", self._on_bin_asked, danger=True)
        add("打印所选盒脊标签", "print", self._on_spines_asked)
        self.body.addWidget(self.panel, 1)
        self.setFocusProxy(self.panel)

    def reload(self, year: int | None = None) -> None:
        """Read the boxes again, those of another year if it is given."""
        super().reload(year)
        self.source.year = self.year
        self.panel.reload()

    def create_box(self) -> None:
        """Ask for a new box of the year."""
        ask_box(self.desk, self, self.year)

    def open_box(self, box_id: int) -> None:
        """Show what lies in a box."""
        self.desk.tasks.read(partial(_rows, (box_id,)), self._on_contents_read, owner=self, key="box")

    def print_spines(self) -> None:
        """Preview the spine labels of the chosen boxes, or of all that are shown."""
        ids = self.panel.selected_ids() or list(self.panel.model.ids)
        if ids:
            preview_spines(self.desk, self, ids)
        else:
            self.desk.messages.inform("这一年还没有档案盒。")

    def print_cover(self) -> None:
        """Preview the label of a box's front."""
        preview_cover(self.desk, self)

    def _on_open_asked(self, ids: Sequence[int]) -> None:
        self.open_box(ids[0])

    def _on_edit_asked(self, ids: Sequence[int]) -> None:
        self.desk.tasks.read(partial(_rows, tuple(ids)), self._on_box_read, owner=self, key="box")

    def _on_remarks_asked(self, ids: Sequence[int]) -> None:
        preview_remarks(self.desk, self, ids)

    def _on_spines_asked(self, ids: Sequence[int]) -> None:
        preview_spines(self.desk, self, ids)

    def _on_bin_asked(self, ids: Sequence[int]) -> None:
        what = "这一盒" if len(ids) == 1 else f"这{len(ids)}盒"
        if self.desk.messages.ask(f"把{what}移入回收站？", "只有空盒可以移除。", accept="移入回收站", danger=True):
            self.desk.tasks.write(f"档案盒移入回收站（{len(ids)}盒）", partial(_bin, tuple(ids)), owner=self)

    def _on_contents_read(self, rows: list[BoxRow]) -> None:
        for row in rows:
            BoxDialog(self.desk, row, self.window()).open()

    def _on_box_read(self, rows: list[BoxRow]) -> None:
        for row in rows:
            ask_box(self.desk, self, self.year, row)


def _rows(ids: Sequence[int], session: Any) -> list[BoxRow]:
    return list_box_rows(session, ids)


def _bin(ids: Sequence[int], session: Any) -> int:
    return bin_boxes(session, ids)
