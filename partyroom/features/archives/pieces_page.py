"""已归档: the filed pieces of a year or of all years; numbers and stamps, catalogue, appraisal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from partyroom.core.filing import Retention
from partyroom.core.text import safe_file_name
from partyroom.documents.sheet import Sheet, render_xlsx
from partyroom.features.archives.appraisal_dialog import AppraisalDialog
from partyroom.features.archives.box_dialog import choose_box
from partyroom.features.archives.boxes_service import list_box_ids, list_box_rows, take_out
from partyroom.features.archives.filing import FiledRow
from partyroom.features.archives.filing_service import PieceQuery, bin_pieces, list_piece_ids, list_piece_rows
from partyroom.features.archives.numbers_dialog import open_numbers
from partyroom.features.archives.outside_dialog import add_from_outside, choose_from_outside
from partyroom.features.archives.papers_dialog import ask_catalogue
from partyroom.features.archives.piece_dialog import correct_piece, open_piece
from partyroom.features.archives.screen_service import Setting, setting_of
from partyroom.features.archives.section_page import ReceivingSection
from partyroom.ui.desk import Desk
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone

_CHOSEN_YEAR = "chosen"


class PieceSource:
    """Answers the list of filed pieces."""

    def __init__(self, year: int) -> None:
        self.year = year

    def ids(self, session: Any, query: Query) -> list[int]:
        """Pieces that fit; those of the year chosen unless all years are asked for."""
        text = {key: str(value) for key, value in query.filters.items()}
        asked = PieceQuery(
            search=query.search,
            year=str(self.year) if text.get("year") == _CHOSEN_YEAR else "",
            category=text.get("category", ""),
            retention=text.get("retention", ""),
            box=text.get("box", ""),
            sort=query.sort or "reference",
            descending=query.descending,
        )
        return list_piece_ids(session, asked)

    def rows(self, session: Any, ids: Sequence[int]) -> list[FiledRow]:
        """Lines of these pieces."""
        return list_piece_rows(session, ids)


def _reference(row: FiledRow) -> str:
    return row.reference or "未编号"


def _reference_tone(row: FiledRow) -> Tone:
    return "" if row.reference else "warning"


def _title(row: FiledRow) -> str:
    return row.title


def _tip(row: FiledRow) -> str:
    return "\n".join(filter(None, (row.title, row.remark)))


def _dated(row: FiledRow) -> str:
    return f"{row.dated:%Y%m%d}" if row.dated else ""


def _secrecy(row: FiledRow) -> str:
    return row.secrecy.label


def _retention(row: FiledRow) -> str:
    return row.retention.label


def _pages(row: FiledRow) -> str:
    return str(row.pages) if row.pages else "未计"


def _filed_at(row: FiledRow) -> str:
    return f"{row.filed_at:%Y.%m.%d}"


def total(rows: Sequence[FiledRow]) -> str:
    """The pages of the pieces."""
    return f"{sum(row.pages for row in rows):,}页" if rows else ""


COLUMNS = (
    Column("reference", "档号", 208, text=_reference, tone=_reference_tone),
    Column("title", "题名", 200, text=_title, tip=_tip, stretch=True),
    Column("author", "责任者", 116),
    Column("document_number", "文号", 112, sortable=False),
    Column("dated", "日期", 84, text=_dated),
    Column("secrecy", "密级", 54, text=_secrecy, sortable=False),
    Column("retention", "保管期限", 76, text=_retention),
    Column("pages", "页数", 54, "right", text=_pages),
    Column("box", "盒", 58, sortable=False),
    Column("category_label", "类别", 80),
    Column("year", "年度", 60, visible=False, sortable=False),
    Column("office", "机构（问题）", 90, visible=False, sortable=False),
    Column("files", "文件", 54, "right", visible=False, sortable=False),
    Column("filed_at", "归档时间", 96, text=_filed_at, visible=False),
    Column("remark", "备注", 120, visible=False, sortable=False),
)


class PiecesPage(ReceivingSection):
    """The section 已归档."""

    title: ClassVar[str] = "已归档"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.source = PieceSource(self.year)
        self._add_commands()
        self.panel = TablePanel(
            desk,
            "archive_pieces",
            COLUMNS,
            self.source,
            filters=(
                Filter("year", "年度", [(_CHOSEN_YEAR, "所选年度")], default=_CHOSEN_YEAR),
                Filter("category", "类别", []),
                Filter("retention", "保管期限", [(one.value, one.label) for one in Retention]),
                Filter("box", "盒", [("none", "没有装盒")]),
            ),
            placeholder="题名、责任者、文号、备注…",
            empty_text="这一年还没有归档的文件。\n到“待归档”把本年的材料归档，或者把扫描件、Word、Excel、PDF拖到这里。",
            empty_action=("添加文件…", self.choose_files),
            noun="件",
            summary=total,
        )
        self.panel.opened.connect(self.open_piece)
        add = self.panel.add_row_action
        add("查看", "eye", self._on_open_asked, single=True)
        add("更正著录…", "edit", self._on_correct_asked, shortcut="F2", single=True)
        add("装盒…", "box", self._on_box_asked)
        add("移入回收站", "trash", self._on_bin_asked, danger=True)
        add("取出盒", "logout", self._on_take_out_asked)
        self.body.addWidget(self.panel, 1)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.panel)

    def _add_commands(self) -> None:
        self.add_action("编件号并盖归档章…", "tag", self.number, shortcut="Ctrl+Shift+N", primary=True)
        self.add_action("归档文件目录…", "print", self.print_catalogue, shortcut="Ctrl+P")
        self.add_action("到期待鉴定…", "clock", self.show_appraisal)
        self.add_spring()
        self.add_action("从外部添加文件…", "add", self.choose_files, shortcut="Ctrl+N")
        self.add_action("导出所见", "export", self.export_shown)

    def reload(self, year: int | None = None) -> None:
        """Read the pieces again, those of another year if it is given."""
        super().reload(year)
        self.source.year = self.year
        work = partial(_read_choices, self.year)
        self.desk.tasks.read(work, self._on_choices_read, owner=self, key="choices")
        self.panel.reload()

    def choose_files(self) -> None:
        """Ask for files from outside and file them as one 件."""
        choose_from_outside(self.desk, self, self.year)

    def add_paths(self, paths: Sequence[Path]) -> None:
        """File dropped files as one 件."""
        add_from_outside(self.desk, self, self.year, paths)

    def number(self) -> None:
        """Show the 件号 that the year's pieces would get, and give them."""
        open_numbers(self.desk, self, self.year)

    def print_catalogue(self) -> None:
        """Ask for which retention and preview the catalogue of the year."""
        ask_catalogue(self.desk, self, self.year)

    def show_appraisal(self) -> None:
        """Show what is due for appraisal, of all years."""
        AppraisalDialog(self.desk, self.window()).open()

    def open_piece(self, piece_id: int) -> None:
        """Show a piece with its files."""
        open_piece(self.desk, self, piece_id)

    def export_shown(self) -> None:
        """Write exactly what the list shows into a workbook."""
        self.panel.shown_table(self._on_table_read)

    # Rows

    def _on_open_asked(self, ids: Sequence[int]) -> None:
        self.open_piece(ids[0])

    def _on_correct_asked(self, ids: Sequence[int]) -> None:
        correct_piece(self.desk, self, ids[0])

    def _on_box_asked(self, ids: Sequence[int]) -> None:
        choose_box(self.desk, self, ids)

    def _on_take_out_asked(self, ids: Sequence[int]) -> None:
        self.desk.tasks.write(f"从盒里取出{len(ids)}件", partial(_take_out, tuple(ids)), owner=self)

    def _on_bin_asked(self, ids: Sequence[int]) -> None:
        what = "这一件" if len(ids) == 1 else f"这{len(ids)}件"
        text = "移入回收站后可以恢复；已编的件号保留，不会给别的文件。纸质件请另行处理。"
        if self.desk.messages.ask(f"把{what}移入回收站？", text, accept="移入回收站", danger=True):
            self.desk.tasks.write(f"归档文件移入回收站（{len(ids)}件）", partial(_bin, tuple(ids)), owner=self)

    def _on_choices_read(self, found: tuple[Setting, list[tuple[object, str]]]) -> None:
        setting, boxes = found
        self.panel.set_filter_choices("category", setting.category_choices)
        self.panel.set_filter_choices("box", [("none", "没有装盒"), *boxes])

    def _on_table_read(self, headings: list[str], lines: list[list[str]]) -> None:
        if not lines:
            self.desk.messages.inform("列表是空的，没有可以导出的内容。")
            return
        title = f"{self.year}年归档文件"
        path = self.desk.messages.choose_save("导出所见", safe_file_name(f"{title}.xlsx"), "Excel 工作簿 (*.xlsx)")
        if path is not None:
            widths = tuple(max(8.0, column.width / 7) for column in self.panel.visible_columns())
            work = partial(_write_sheet, Sheet(title, tuple(headings), lines, widths), path)
            self.desk.tasks.compute(work, partial(self._on_exported, path), owner=self, title="正在导出")

    def _on_exported(self, path: Path, count: int) -> None:
        self.desk.messages.inform(f"已导出{count}行：{path}")


def _read_choices(year: int, session: Any) -> tuple[Setting, list[tuple[object, str]]]:
    boxes = list_box_rows(session, list_box_ids(session, year))
    return setting_of(session), [(row.id, f"{row.draft.retention.label}第{row.draft.number}盒") for row in boxes]


def _take_out(ids: Sequence[int], session: Any) -> int:
    return take_out(session, ids)


def _bin(ids: Sequence[int], session: Any) -> int:
    return bin_pieces(session, ids)


def _write_sheet(sheet: Sheet, path: Path, _progress: Progress) -> int:
    save_bytes(path, render_xlsx(sheet))
    return len(sheet.rows)
