"""The papers of a closed year as they were kept: shown, printed and saved byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from partyroom.core.calendar import now
from partyroom.core.text import safe_file_name
from partyroom.features.archives.closing import PaperRow, YearRow
from partyroom.features.archives.closing_service import closed_papers
from partyroom.features.archives.pack import file_name
from partyroom.features.archives.pack_dialog import Shape, choose_place, open_place
from partyroom.features.archives.package import packaged
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.table import Column, Query, TablePanel
from partyroom.ui.theme import scaled


class ClosedPapersDialog(Dialog):
    """Lists the papers of a year; double-click shows one as it was kept."""

    def __init__(self, desk: Desk, year: YearRow, parent: QWidget | None = None) -> None:
        super().__init__(f"{year.year}的材料（关闭时保存）", parent)
        self.setObjectName("closed_papers_dialog")
        self._desk = desk
        self._year = year
        columns = (
            Column("title", "材料", 420, sortable=False, stretch=True),
            Column("pages", "页数", 70, "right", sortable=False),
        )
        self.table = TablePanel(
            desk,
            "closed_papers",
            columns,
            _Source(year.id),
            empty_text="这一年还没有关闭过。",
            noun="份",
            summary=_pages,
        )
        self.table.opened.connect(self.show_paper)
        self.table.add_row_action("查看和打印", "eye", self._on_show_asked, single=True)
        history = QLabel("\n".join(year.history))
        history.setTextFormat(Qt.TextFormat.PlainText)
        history.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.save_button = buttons.addButton("全部存到文件夹…", QDialogButtonBox.ButtonRole.ActionRole)
        named(self.save_button, "save_papers_button").clicked.connect(self.save_all)
        layout = QVBoxLayout(self)
        layout.addWidget(history)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)
        self.resize(scaled(760), scaled(560))
        self.table.reload()

    def show_paper(self, paper_id: int) -> None:
        """Show one paper as it was kept."""
        self._desk.tasks.read(partial(_paper, self._year.id, paper_id), self._fetch, owner=self, key="paper")

    def save_all(self) -> None:
        """Save every paper into a folder of its own."""
        self._desk.tasks.read(partial(_papers, self._year.id), self._choose, owner=self, key="papers")

    def _on_show_asked(self, ids: Sequence[int]) -> None:
        self.show_paper(ids[0])

    def _fetch(self, paper: PaperRow) -> None:
        fetch = self._desk.store.attachments.get
        work = partial(_content, fetch, paper.sha256)
        done = partial(self._show, paper)
        self._desk.tasks.compute(work, done, owner=self, title="正在打开")

    def _show(self, paper: PaperRow, content: bytes) -> None:
        from partyroom.ui.print_preview import PrintPreview

        PrintPreview(self._desk, paper.title, content, safe_file_name(paper.title), parent=self).open()

    def _choose(self, papers: Sequence[PaperRow]) -> None:
        if not papers:
            return
        shape = Shape(zipped=False, name=f"{self._year.year}材料")
        place = choose_place(self._desk, "保存材料", shape)
        if place is not None:
            work = partial(_save, papers, place, self._desk.store.attachments.get)
            self._desk.tasks.compute(work, self._on_saved, owner=self, title="正在保存材料")

    def _on_saved(self, place: Path) -> None:
        slot = partial(open_place, place)
        self._desk.messages.inform(f"已保存：{place.name}", action="打开文件夹", slot=slot)


class _Source:
    def __init__(self, year: int) -> None:
        self._year = year

    def ids(self, session: Any, query: Query) -> list[int]:
        return [row.id for row in closed_papers(session, self._year) if query.search in row.title]

    def rows(self, session: Any, ids: Sequence[int]) -> list[PaperRow]:
        found = {row.id: row for row in closed_papers(session, self._year)}
        return [found[number] for number in ids if number in found]


def _pages(rows: Sequence[PaperRow]) -> str:
    return f"{sum(row.pages for row in rows):,}页" if rows else ""


def _paper(year: int, paper_id: int, session: Any) -> PaperRow:
    return next(row for row in closed_papers(session, year) if row.id == paper_id)


def _papers(year: int, session: Any) -> list[PaperRow]:
    return closed_papers(session, year)


def _content(fetch: Callable[[str], bytes], sha256: str, _progress: Progress) -> bytes:
    return fetch(sha256)


def _save(papers: Sequence[PaperRow], place: Path, fetch: Callable[[str], bytes], progress: Progress) -> Path:
    with packaged(place, now()) as package:
        for done, paper in enumerate(papers):
            progress.step(done, len(papers), paper.title)
            package.put(file_name(done + 1, paper.title, "x.pdf"), fetch(paper.sha256))
    return place
