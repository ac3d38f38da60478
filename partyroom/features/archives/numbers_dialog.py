"""编件号并盖归档章: which number each piece of a year would get, then the stamps and the numbers, or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.errors import DomainError
from partyroom.features.archives.domain import Fonds, reference_code
from partyroom.features.archives.filing import FiledRow, FileRow
from partyroom.features.archives.filing_service import (
    Stamped,
    list_piece_rows,
    main_file,
    plan_numbers,
    store_numbers,
)
from partyroom.features.archives.settings_service import fonds_of
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.table_model import plain_tip
from partyroom.ui.theme import row_height, scaled
from partyroom.ui.warning_strip import WarningStrip

_HEADINGS = ("档号", "题名", "日期", "页数", "归档章")
_WIDTHS = (236, 260, 84, 56, 130)


@dataclass(frozen=True, slots=True)
class Planned:
    """A piece, the number it would get, and the file that bears the stamp (None: nothing to stamp)."""

    row: FiledRow
    number: int
    file: FileRow | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbers of a year before they are given."""

    year: int
    fonds: Fonds
    pieces: tuple[Planned, ...]

    def reference(self, one: Planned) -> str:
        """The 档号 that a piece would have."""
        return reference_code(self.fonds.number, self.year, one.row.retention, one.row.office, one.number)

    @property
    def warnings(self) -> list[str]:
        """What is better known before the numbers are given."""
        found = ["件号给定以后不再改变：年度、保管期限、机构（问题）也随之固定，请先核对。"]
        if not self.fonds.number:
            found.append(
                "还没有填写全宗号：档号从门类代码开始，归档章上的全宗号留空。最好先到“设置”里填写：以后填写的不会补到盖好的章上，要逐件更新。"
            )
        if bare := sum(one.file is None for one in self.pieces):
            found.append(f"有{bare}件没有可以盖章的PDF（如Word、Excel、加密的PDF），只编号，纸质件上请手工盖章。")
        if uncounted := sum(not one.row.pages for one in self.pieces):
            found.append(f"有{uncounted}件没有页数。")
        return found


def read_plan(year: int, session: Any) -> Plan:
    """The numbers that the pieces of a year would get."""
    numbers = plan_numbers(session, year)
    rows = {row.id: row for row in list_piece_rows(session, [one.piece_id for one in numbers])}
    pieces = [Planned(rows[one.piece_id], one.number, main_file(session, one.piece_id)) for one in numbers]
    return Plan(year, fonds_of(session), tuple(pieces))


def open_numbers(desk: Desk, owner: QWidget, year: int) -> None:
    """Show the numbers of a year, if there are any to be given."""
    desk.tasks.read(partial(read_plan, year), partial(_open, desk, owner), owner=owner, key="numbers")


def _open(desk: Desk, owner: QWidget, plan: Plan) -> None:
    if plan.pieces:
        NumbersDialog(desk, plan, owner.window()).open()
    else:
        desk.messages.inform(f"{plan.year}年没有等待编号的文件。")


class NumbersDialog(Dialog):
    """The preview of the numbers with the button that gives them."""

    def __init__(self, desk: Desk, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(f"{plan.year}年编件号并盖归档章", parent)
        self.setObjectName("numbers_dialog")
        self._desk = desk
        self.plan = plan
        self.list = named(QTreeWidget(), "numbers_list", "拟编的件号")
        self.number_pages = named(QCheckBox("同时在页角标页号（正面右上角、背面左上角）"), "number_pages")
        self.accept_button = named(QPushButton(f"编号并盖章（{len(plan.pieces)}件）"), "accept_button")
        self._lay_out()

    def sizeHint(self) -> QSize:
        """Room for all columns; the base class keeps it within the screen."""
        return QSize(scaled(900), scaled(600))

    def _lay_out(self) -> None:
        self.list.setHeaderLabels(_HEADINGS)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        for column, width in enumerate(_WIDTHS):
            self.list.setColumnWidth(column, scaled(width))
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        for one in self.plan.pieces:
            day = f"{one.row.dated:%Y%m%d}" if one.row.dated else ""
            stamp = "盖在首页上方" if one.file is not None else "没有可盖章的PDF"
            item = QTreeWidgetItem([self.plan.reference(one), one.row.title, day, str(one.row.pages or "未计"), stamp])
            item.setSizeHint(0, QSize(0, row_height()))
            item.setToolTip(1, plain_tip(one.row.title) or "")
            self.list.addTopLevelItem(item)
        order = QLabel("次序：保管期限 → 机构（问题）→ 类别 → 日期；接在已编的件号后面。")
        order.setProperty("note", "hint")
        cancel = named(QPushButton("取消"), "cancel_button")
        cancel.clicked.connect(self.reject)
        self.accept_button.setProperty("primary", True)
        self.accept_button.clicked.connect(self.give)
        for button in (cancel, self.accept_button):
            button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addWidget(self.number_pages, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.addWidget(WarningStrip(self.plan.warnings, self))
        layout.addWidget(self.list, 1)
        layout.addWidget(order)
        layout.addLayout(foot)

    def give(self) -> None:
        """Stamp outside the window's thread, then store numbers and stamped files in one transaction."""
        fetch, fonts = self._desk.store.attachments.get, self._desk.settings.text("document_fonts")
        work = partial(_stamp, self.plan, fetch, fonts, self.number_pages.isChecked())
        self._desk.tasks.compute(work, self._on_stamped, owner=self, title="正在盖归档章")

    def _on_stamped(self, stamped: list[Stamped]) -> None:
        self.accept_button.setEnabled(False)
        label = f"{self.plan.year}年编件号（{len(stamped)}件）"
        work = partial(_store, self._desk.store.attachments, stamped)
        self._desk.tasks.write(label, work, self._on_stored, owner=self, failed=self._on_not_stored)

    def _on_stored(self, count: int) -> None:
        self._desk.messages.inform(f"已编{count}件，可以打印归档文件目录、装盒。")
        self.accept()

    def _on_not_stored(self, error: Exception) -> None:
        self.accept_button.setEnabled(True)
        self._desk.messages.problem("没有编号", str(error))


def _stamp(plan: Plan, fetch: Any, fonts: str, number_pages: bool, progress: Progress) -> list[Stamped]:
    # The kit for PDF takes a while to load: only when something is stamped.
    from partyroom.documents.filing_stamp import FilingStamp, stamp_first_page
    from partyroom.documents.fonts import FontSource, shared_book

    book, stamped = shared_book(FontSource(fonts)), []
    for done, one in enumerate(plan.pieces):
        row = one.row
        progress.step(done, len(plan.pieces), row.title)
        if one.file is None:
            stamped.append(Stamped(row.id, one.number))
            continue
        stamp = FilingStamp(
            plan.fonds.number, plan.year, f"{one.number:04d}", row.office, row.retention.label, row.pages
        )
        pdf = stamp_first_page(
            fetch(one.file.archival_sha256), stamp, number_pages=number_pages, title=row.title, fonts=book
        )
        stamped.append(Stamped(row.id, one.number, one.file.id, pdf))
    progress.step(len(plan.pieces), len(plan.pieces))
    return stamped


def _store(files: Any, stamped: Sequence[Stamped], session: Any) -> int:
    taken = {one.piece_id: one.number for one in stamped}
    # Somebody may have filed meanwhile: a number that the plan would no longer give must not reach a stamp.
    year = {row.year for row in list_piece_rows(session, list(taken))}
    for now_planned in (one for number in year for one in plan_numbers(session, number)):
        if taken.get(now_planned.piece_id, now_planned.number) != now_planned.number:
            raise DomainError("归档文件刚才有变动，件号次序变了，请关闭后重新编号。")
    return store_numbers(session, files, stamped)
