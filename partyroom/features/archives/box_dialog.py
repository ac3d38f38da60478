"""A box: what it is for and its 备考表, which pieces lie in it, and into which box pieces go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QTabWidget, QVBoxLayout, QWidget

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.errors import DomainError
from partyroom.core.filing import Retention
from partyroom.core.text import one_line
from partyroom.features.archives.boxes_service import (
    list_box_ids,
    list_box_rows,
    put_into_box,
    save_box,
    take_out,
)
from partyroom.features.archives.boxing import BoxDraft, BoxRow
from partyroom.features.archives.description_dialog import refuse_marks
from partyroom.features.archives.domain import BOX_THICKNESSES
from partyroom.features.archives.filing import FiledRow
from partyroom.features.archives.filing_service import PieceQuery, list_piece_ids, list_piece_rows
from partyroom.features.archives.screen_service import setting_of
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.table import Column, Query, TablePanel
from partyroom.ui.theme import scaled

_THICKNESSES = [(one, f"{one} 毫米") for one in BOX_THICKNESSES]
_BOX_NOTE = "不同年度、不同保管期限、不同机构（问题）的文件不放在同一盒（DA/T 22-2015）。"


# The form of a box


def ask_box(desk: Desk, owner: QWidget, year: int, box: BoxRow | None = None) -> None:
    """Ask for a new box of a year, or correct one."""
    if box is not None:
        _open_form(desk, owner, box, box.draft)
    else:
        done = partial(_on_office_read, desk, owner, year)
        desk.tasks.read(_read_office, done, owner=owner, key="office")


def _read_office(session: Any) -> str:
    return setting_of(session).fonds.office


def _on_office_read(desk: Desk, owner: QWidget, year: int, office: str) -> None:
    _open_form(desk, owner, None, BoxDraft(year, Retention.PERMANENT, office))


def _open_form(desk: Desk, owner: QWidget, box: BoxRow | None, draft: BoxDraft) -> None:
    values: dict[str, object] = {
        "year": draft.year,
        "retention": draft.retention.value,
        "office": draft.office,
        "number": draft.number or None,
        "thickness": draft.thickness,
        "situation": draft.situation,
        "arranged_by": draft.arranged_by,
        "arranged_on": draft.arranged_on,
        "checked_by": draft.checked_by,
        "checked_on": draft.checked_on,
    }
    title = "新建档案盒" if box is None else "档案盒和备考表"
    save = partial(_store, desk, owner, None if box is None else box.id)
    FormDialog(title, _fields(), values, desk, save=save, parent=owner.window()).open()


def _fields() -> list[Field]:
    retentions = [(one.value, one.label) for one in Retention]
    remarks = "备考表"
    return [
        Field("year", "年度", Kind.NUMBER, required=True, lowest=1921, highest=today().year, section="档案盒"),
        Field("retention", "保管期限", Kind.CHOICE, required=True, choices=retentions, section="档案盒"),
        Field("office", "机构（问题）", validate=refuse_marks, hint="不分机构的留空", section="档案盒"),
        Field("number", "盒号", Kind.NUMBER, lowest=1, highest=9999, hint="留空：接着编", section="档案盒"),
        Field("thickness", "盒脊厚度", Kind.CHOICE, required=True, choices=_THICKNESSES, section="档案盒"),
        Field("situation", "盒内文件情况说明", Kind.LONG_TEXT, rows=4, section=remarks),
        Field("arranged_by", "整理人", section=remarks),
        Field("arranged_on", "整理日期", Kind.DATE, exact=True, section=remarks),
        Field("checked_by", "检查人", section=remarks),
        Field("checked_on", "检查日期", Kind.DATE, exact=True, section=remarks),
    ]


def _store(desk: Desk, owner: QWidget, box_id: int | None, values: dict[str, object]) -> None:
    draft = box_draft(values)
    what = f"{draft.year}年{draft.retention.label}"
    label = f"新建档案盒：{what}" if box_id is None else f"修改档案盒：{what}第{draft.number}盒"
    desk.tasks.write(label, partial(_save, draft, box_id), owner=owner)


def box_draft(values: dict[str, object]) -> BoxDraft:
    """What the form of a box says."""
    number, thickness, year = values["number"], values["thickness"], values["year"]
    return BoxDraft(
        year=year if isinstance(year, int) else today().year,
        retention=Retention(str(values["retention"])),
        office=one_line(str(values["office"])),
        number=number if isinstance(number, int) else 0,
        thickness=thickness if isinstance(thickness, int) else BOX_THICKNESSES[0],
        situation=str(values["situation"]),
        arranged_by=one_line(str(values["arranged_by"])),
        arranged_on=_day(values["arranged_on"]),
        checked_by=one_line(str(values["checked_by"])),
        checked_on=_day(values["checked_on"]),
    )


def _day(value: object) -> Any:
    return value.exact if isinstance(value, RecordedDate) else None


# Pieces into a box


@dataclass(frozen=True, slots=True)
class Boxing:
    """The pieces to be put into a box, and the boxes of their year, retention and office."""

    rows: tuple[FiledRow, ...]
    boxes: tuple[BoxRow, ...]


def choose_box(desk: Desk, owner: QWidget, piece_ids: Sequence[int]) -> None:
    """Ask into which box pieces go; a new one may be begun."""
    work = partial(_read_boxing, tuple(piece_ids))
    desk.tasks.read(work, partial(_ask_boxing, desk, owner), owner=owner, key="boxing")


def _read_boxing(piece_ids: Sequence[int], session: Any) -> Boxing:
    rows = list_piece_rows(session, piece_ids)
    kinds = {(row.year, row.retention, row.office) for row in rows}
    boxes = list_box_rows(session, list_box_ids(session)) if len(kinds) == 1 else []
    fitting = [box for box in boxes if (box.draft.year, box.draft.retention, box.draft.office) in kinds]
    return Boxing(tuple(rows), tuple(fitting))


def _ask_boxing(desk: Desk, owner: QWidget, boxing: Boxing) -> None:
    kinds = {(row.year, row.retention, row.office) for row in boxing.rows}
    if len(kinds) != 1:
        desk.messages.inform(f"选中的文件不能放在一起：{_BOX_NOTE}")
        return
    if any(row.number is None for row in boxing.rows):
        desk.messages.inform("选中的文件还没有编件号，请先“编件号并盖归档章”再装盒。")
        return
    new: tuple[object, str] = (None, "新建一盒")
    choices = [
        (box.id, f"第{box.draft.number}盒（{box.pieces}件{box.pages}页，{box.span or '空'}）") for box in boxing.boxes
    ]
    fields = [
        Field("box", "装入", Kind.CHOICE, choices=[*choices, new]),
        Field(
            "thickness", "新盒的盒脊厚度", Kind.CHOICE, required=True, choices=_THICKNESSES, hint="放入已有的盒时不用选"
        ),
    ]
    values: dict[str, object] = {"box": choices[-1][0] if choices else None, "thickness": 30}
    save = partial(_store_boxing, desk, owner, boxing.rows)
    dialog = FormDialog(
        f"装盒（{len(boxing.rows)}件）", fields, values, desk, save=save, accept_text="装盒", parent=owner.window()
    )
    dialog.open()


def _store_boxing(desk: Desk, owner: QWidget, rows: Sequence[FiledRow], values: dict[str, object]) -> None:
    box, thickness = values["box"], values["thickness"]
    first = rows[0]
    draft = BoxDraft(
        first.year, first.retention, first.office, thickness=thickness if isinstance(thickness, int) else 30
    )
    work = partial(_put, box if isinstance(box, int) else None, draft, tuple(row.id for row in rows))
    desk.tasks.write(f"装盒（{len(rows)}件）", work, owner=owner)


# What lies in a box


class ContentSource:
    """Answers what lies in a box, or what could be put there."""

    def __init__(self, box: BoxRow, *, inside: bool) -> None:
        self.box = box
        self.inside = inside

    def ids(self, session: Any, query: Query) -> list[int]:
        """Numbered pieces of the box's year and retention, inside or without a box."""
        draft = self.box.draft
        asked = PieceQuery(
            search=query.search,
            year=str(draft.year),
            retention=draft.retention.value,
            box=str(self.box.id) if self.inside else "none",
            sort=query.sort or "reference",
            descending=query.descending,
        )
        rows = list_piece_rows(session, list_piece_ids(session, asked))
        return [row.id for row in rows if row.number is not None and row.office == draft.office]

    def rows(self, session: Any, ids: Sequence[int]) -> list[FiledRow]:
        """Lines of these pieces."""
        return list_piece_rows(session, ids)


def _dated(row: FiledRow) -> str:
    return f"{row.dated:%Y%m%d}" if row.dated else ""


def total(rows: Sequence[FiledRow]) -> str:
    """The pages of the pieces."""
    return f"{sum(row.pages for row in rows):,}页" if rows else ""


CONTENT_COLUMNS = (
    Column("piece_number", "件号", 64, sortable=False),
    Column("title", "题名", 300, stretch=True),
    Column("author", "责任者", 150),
    Column("dated", "日期", 90, text=_dated),
    Column("pages", "页数", 60, "right"),
)


class BoxDialog(Dialog):
    """The pieces of a box, and those that could be put into it."""

    watches: ClassVar[frozenset[str]] = frozenset({"archive_pieces", "archive_boxes"})

    def __init__(self, desk: Desk, box: BoxRow, parent: QWidget | None = None) -> None:
        draft = box.draft
        super().__init__(f"{draft.year}年 {draft.retention.label} 第{draft.number}盒", parent)
        self.setObjectName("box_dialog")
        self._desk = desk
        self.box = box
        self.inside = self._panel(
            "archive_box_inside", inside=True, empty="盒里还没有文件。\n到“可放入的文件”选中后放入。"
        )
        self.inside.add_row_action("取出", "logout", self._on_take_out_asked)
        self.outside = self._panel(
            "archive_box_outside", inside=False, empty="没有可以放入这一盒的文件。\n" + _BOX_NOTE
        )
        self.outside.add_row_action("放入这一盒", "box", self._on_put_asked)
        self.tabs = named(QTabWidget(), "box_tabs", "盒内文件和可放入的文件")
        self.tabs.addTab(self.inside, "盒内文件")
        self.tabs.addTab(self.outside, "可放入的文件")
        self.tabs.setCurrentIndex(0 if box.pieces else 1)
        note = QLabel(_BOX_NOTE)
        note.setProperty("note", "hint")
        note.setWordWrap(True)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(note)
        layout.addWidget(close)
        desk.tasks.data_changed.connect(self._on_data_changed)
        self._reload()

    def sizeHint(self) -> QSize:
        """Room for all columns; the base class keeps it within the screen."""
        return QSize(scaled(860), scaled(560))

    def _panel(self, name: str, *, inside: bool, empty: str) -> TablePanel:
        return TablePanel(
            self._desk,
            name,
            CONTENT_COLUMNS,
            ContentSource(self.box, inside=inside),
            placeholder="题名、责任者…",
            empty_text=empty,
            noun="件",
            summary=total,
        )

    def _reload(self) -> None:
        self.inside.reload()
        self.outside.reload()

    def _on_data_changed(self, tables: frozenset[str]) -> None:
        if tables & self.watches:
            self._reload()

    def _on_put_asked(self, ids: Sequence[int]) -> None:
        work = partial(_put, self.box.id, self.box.draft, tuple(ids))
        self._desk.tasks.write(f"装盒（{len(ids)}件）", work, owner=self)

    def _on_take_out_asked(self, ids: Sequence[int]) -> None:
        self._desk.tasks.write(f"从盒里取出{len(ids)}件", partial(_take_out, tuple(ids)), owner=self)


def _save(draft: BoxDraft, box_id: int | None, session: Any) -> int:
    return save_box(session, draft, box_id)


def _put(box_id: int | None, draft: BoxDraft, piece_ids: Sequence[int], session: Any) -> int:
    if not piece_ids:
        raise DomainError("没有选中文件。")
    return put_into_box(session, save_box(session, draft) if box_id is None else box_id, piece_ids)


def _take_out(piece_ids: Sequence[int], session: Any) -> int:
    return take_out(session, piece_ids)
