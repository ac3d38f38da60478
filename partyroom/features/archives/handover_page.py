"""迎检与移交: inspection packs, copies to edit on, closed years, handing the library over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QLabel, QWidget

from partyroom.features.archives.checklists_dialog import ChecklistsDialog
from partyroom.features.archives.closed_papers_dialog import ClosedPapersDialog
from partyroom.features.archives.closing import YearRow
from partyroom.features.archives.closing_dialog import ReopenDialog, YearClosingDialog, preview_open_items
from partyroom.features.archives.closing_service import list_years
from partyroom.features.archives.handover_dialog import ask_handover
from partyroom.features.archives.pack_dialog import ask_copies, ask_pack
from partyroom.features.archives.section_page import Section
from partyroom.ui.desk import Desk
from partyroom.ui.naming import named
from partyroom.ui.table import Column, Query, TablePanel, Tone

_NOTE = (
    "迎检材料、可编辑副本和移交包都是普通的文件夹或ZIP，别的电脑不装本程序也能看。"
    "年度材料归档后可以关闭：记录从此只读，材料照关闭时的样子保存。"
)


def _state_tone(row: YearRow) -> Tone:
    if row.closed:
        return "good"
    return "warning" if row.history else ""


def _papers(row: YearRow) -> str:
    return f"{row.papers}份" if row.papers else ""


def _filed(row: YearRow) -> str:
    return f"{row.filed}件" if row.filed else ""


def _last(row: YearRow) -> str:
    return row.history[-1] if row.history else ""


def _tip(row: YearRow) -> str:
    return "\n".join(row.history)


COLUMNS = (
    Column("year", "年度", 76, sortable=False),
    Column("state", "状态", 96, tone=_state_tone, sortable=False),
    Column("closed_on", "关闭日期", 126, sortable=False),
    Column("closed_by", "关闭人", 80, sortable=False),
    Column("papers", "保存的材料", 96, "right", text=_papers, sortable=False),
    Column("filed", "已归档", 76, "right", text=_filed, sortable=False),
    Column("last", "经过", 200, text=_last, tip=_tip, stretch=True, sortable=False),
)


class _YearSource:
    def ids(self, session: Any, query: Query) -> list[int]:
        return [row.id for row in list_years(session) if query.search in f"{row.year}{row.state}{_tip(row)}"]

    def rows(self, session: Any, ids: Sequence[int]) -> list[YearRow]:
        found = {row.id: row for row in list_years(session)}
        return [found[number] for number in ids if number in found]


class HandoverSection(Section):
    """The section 迎检与移交."""

    title: ClassVar[str] = "迎检与移交"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.add_action("导出迎检材料…", "inspection", self.make_pack, shortcut="Ctrl+E", primary=True)
        self.add_action("检查清单…", "checklist", self.edit_checklists)
        self.add_action("导出 Word/Excel 副本…", "file-word", self.make_copies)
        self.add_spring()
        self.add_action("关闭年度…", "lock", self.close_shown_year)
        self.add_action("移交…", "transfer", self.hand_over)
        note = named(QLabel(_NOTE), "quiet")
        note.setWordWrap(True)
        self.panel = TablePanel(
            desk,
            "archive_years",
            COLUMNS,
            _YearSource(),
            placeholder="年度、关闭人、原因…",
            empty_text="没有符合条件的年度。",
            noun="个年度",
        )
        self.panel.opened.connect(self.show_papers)
        add = self.panel.add_row_action
        add("查看材料…", "eye", self._on_papers_asked, single=True)
        add("结转事项清单", "list-check", self._on_carried_asked, single=True)
        add("关闭年度…", "lock", self._on_close_asked, single=True)
        add("重新打开…", "lock-open", self._on_reopen_asked, single=True)
        self.body.addWidget(note)
        self.body.addWidget(self.panel, 1)

    def reload(self, year: int | None = None) -> None:
        """Read the years again."""
        super().reload(year)
        self.panel.reload()

    def make_pack(self) -> None:
        """Export 迎检材料 of the year shown."""
        ask_pack(self.desk, self, self.year)

    def make_copies(self) -> None:
        """Export Word and Excel copies of registers and records."""
        ask_copies(self.desk, self, self.year)

    def edit_checklists(self) -> None:
        """Show the checklists."""
        ChecklistsDialog(self.desk, self.window()).open()

    def hand_over(self) -> None:
        """Print the inventory or make the package."""
        ask_handover(self.desk, self)

    def close_shown_year(self) -> None:
        """Close the year shown."""
        self.close_year(self.year)

    def close_year(self, year: int) -> None:
        """Close a year, unless it is."""
        self._with_year(year, self._open_closing)

    def reopen_year(self, year: int) -> None:
        """Open a closed year again."""
        self._with_year(year, self._open_reopening)

    def show_papers(self, year: int) -> None:
        """Show the papers of a closed year."""
        self._with_year(year, self._open_papers)

    def show_open_items(self, year: int) -> None:
        """Show what of a year goes on in the next, as it stands now."""
        preview_open_items(self.desk, self, year)

    def _with_year(self, year: int, done: Any) -> None:
        self.desk.tasks.read(partial(_year, year), done, owner=self, key="year")

    def _open_closing(self, row: YearRow) -> None:
        if row.closed:
            self.desk.messages.inform(f"{row.year}度已经关闭。")
        else:
            YearClosingDialog(self.desk, row.id, self.window()).open()

    def _open_reopening(self, row: YearRow) -> None:
        if row.closed:
            ReopenDialog(self.desk, row.id, self.window()).open()
        else:
            self.desk.messages.inform(f"{row.year}度没有关闭，不需要重新打开。")

    def _open_papers(self, row: YearRow) -> None:
        if row.papers:
            ClosedPapersDialog(self.desk, row, self.window()).open()
        else:
            self.desk.messages.inform(f"{row.year}度还没有关闭过，没有保存的材料。")

    def _on_papers_asked(self, ids: Sequence[int]) -> None:
        self.show_papers(ids[0])

    def _on_carried_asked(self, ids: Sequence[int]) -> None:
        self.show_open_items(ids[0])

    def _on_close_asked(self, ids: Sequence[int]) -> None:
        self.close_year(ids[0])

    def _on_reopen_asked(self, ids: Sequence[int]) -> None:
        self.reopen_year(ids[0])


def _year(year: int, session: Any) -> YearRow:
    found = next((row for row in list_years(session) if row.id == year), None)
    return found or YearRow(year, closed=False, closed_at=None, closed_by="", papers=0, filed=0)
