"""Import of pledges from a workbook: read, judge, show every row, then all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.cells import Sheet, cell_text
from partyroom.core.errors import DomainError, PartyroomError
from partyroom.documents import sheet as sheets
from partyroom.features.pledges.import_service import import_context, store_import
from partyroom.features.pledges.import_verdicts import (
    ImportColumn,
    ImportPlan,
    Verdict,
    find_columns,
    import_plan,
    template_headers,
)
from partyroom.features.pledges.pledge_import_model import PledgeImportModel
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.table_view import CellDelegate
from partyroom.ui.theme import row_height, scaled
from partyroom.ui.warning_strip import WarningStrip

FILES: Final = "承诺表 (*.xlsx *.xls *.et *.csv *.txt);;所有文件 (*)"
_WIDTHS: Final = (52, 76, 84, 76, 280, 96, 56, 80, 240)
_LOOKED_AT: Final = 20  # rows among which the headers are looked for


@dataclass(frozen=True, slots=True)
class Table:
    """The table of pledges in a workbook: its sheet, its headers, the rows below and the number of the first."""

    sheet: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_row: int


class PledgeImportDialog(Dialog):
    """Shows a plan; importing is offered only when every row is good. `imported` tells the new ids."""

    imported = Signal(object)

    def __init__(
        self, desk: Desk, round_id: int, file_name: str, table: Table, plan: ImportPlan, parent: QWidget | None = None
    ) -> None:
        super().__init__(f"导入承诺：{file_name}", parent)
        self.setObjectName("pledge_import_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self._round_id = round_id
        self._file_name = file_name
        self._table = table
        self.plan = plan
        self.model = PledgeImportModel(plan, self)
        self.view = named(QTableView(), "pledge_import_table", "导入预览")
        self.only_told = named(QCheckBox("只看有问题和提醒的行"), "only_told")
        self.accept_button = named(QPushButton(), "accept_import")
        self._lay_out()
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.run_import)
        self.view.setFocus()

    def sizeHint(self) -> QSize:
        """Roomy; the base class keeps it within the screen."""
        return QSize(scaled(1160), scaled(620))

    def _lay_out(self) -> None:
        note = named(QLabel(self._summary()), "import_notes")
        note.setTextFormat(Qt.TextFormat.PlainText)
        note.setWordWrap(True)
        self._dress_view()
        bad = sum(not verdict.good for verdict in self.plan.verdicts)
        self.only_told.toggled.connect(self._on_only_told_toggled)
        words = (
            "导入后都是草稿，可以整体撤销。"
            if self.plan.good
            else "有问题的行改好以前，什么也不导入：请在表里改正后重新导入。"
        )
        hint = named(QLabel(words), "small_quiet")
        hint.setWordWrap(True)
        cancel = named(QPushButton("取消"), "cancel_import")
        cancel.clicked.connect(self.reject)
        people = self.plan.people
        self.accept_button.setText(
            f"导入（{people}份）" if self.plan.good else f"有{bad}行要改正" if bad else "不能导入"
        )
        self.accept_button.setEnabled(self.plan.good)
        self.accept_button.setProperty("primary", True)
        self.accept_button.clicked.connect(self.run_import)
        foot = QHBoxLayout()
        foot.addWidget(self.only_told)
        foot.addWidget(hint, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.accept_button)
        for button in (cancel, self.accept_button):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.addWidget(note)
        if self.plan.problems:
            layout.addWidget(WarningStrip(self.plan.problems))
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)

    def _dress_view(self) -> None:
        self.view.setModel(self.model)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setShowGrid(False)
        self.view.setItemDelegate(CellDelegate(self.view))
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.verticalHeader().setDefaultSectionSize(row_height())
        head = self.view.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            head.resizeSection(column, scaled(width))

    def _summary(self) -> str:
        plan, table = self.plan, self._table
        parts = [f"工作表“{table.sheet}”，从第{table.first_row}行读起：{len(plan.verdicts)}项，{plan.people}份承诺。"]
        bad = sum(not verdict.good for verdict in plan.verdicts)
        told = sum(bool(verdict.notes) for verdict in plan.verdicts)
        if bad or told:
            parts.append(f"有问题{bad}行，有提醒{told}行。")
        if plan.unread:
            parts.append(f"没有用到的列：{'、'.join(plan.unread)}。")
        return "".join(parts)

    def _on_only_told_toggled(self, checked: bool) -> None:
        self.model.show(only_told=checked)

    def run_import(self) -> None:
        """Store all rows or none."""
        if not self.accept_button.isEnabled():
            return
        self.accept_button.setEnabled(False)
        work = partial(_store, self._round_id, self.plan.verdicts)
        label = f"导入承诺：{self._file_name}"
        self._desk.tasks.write(label, work, self._on_imported, owner=self, failed=self._on_failed)

    def _on_imported(self, ids: list[int]) -> None:
        self.imported.emit(ids)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.accept_button.setEnabled(True)
        if isinstance(error, PartyroomError):
            self._desk.messages.problem("没有导入", f"{error}\n承诺没有任何改动。")


def begin_import(desk: Desk, owner: QWidget, round_id: int, path: Path, imported: Callable[[list[int]], None]) -> None:
    """Read a workbook and show its preview; `imported` is told the new ids."""
    done = partial(_judge, desk, owner, round_id, path.name, imported)
    desk.tasks.compute(partial(_read_file, path), done, owner=owner, title="正在读取承诺表")


def save_empty_table(desk: Desk, owner: QWidget, year: int) -> None:
    """Ask where to and save an empty table to be filled in by the departments."""
    path = desk.messages.choose_save("保存空白承诺表", f"{year}年度公开承诺表.xlsx", "Excel 工作簿 (*.xlsx)")
    if path is not None:
        work = partial(_write_empty, path, year)
        desk.tasks.compute(work, partial(_say_saved, desk, path), owner=owner, title="正在保存空白承诺表")


def find_table(found: Sequence[Sheet]) -> Table:
    """The table with the most known headers among the first rows of all sheets.

    Raises:
        DomainError: no sheet has a header for name and for the item.
    """
    best: tuple[int, Table] | None = None
    for sheet in found:
        lines = [tuple(cell_text(cell) for cell in row) for row in sheet.rows]
        for number, header in enumerate(lines[:_LOOKED_AT]):
            columns, _ = find_columns(header)
            needed = {ImportColumn.NAME, ImportColumn.TEXT} <= columns.keys()
            if needed and (best is None or len(columns) > best[0]):
                best = (len(columns), Table(sheet.name, header, tuple(lines[number + 1 :]), number + 2))
    if best is None:
        raise DomainError("表里没有找到“姓名”和“承诺事项”这两列，请核对表头，或先保存空白承诺表照着填。")
    return best[1]


def _read_file(path: Path, progress: Progress) -> Table:
    # The readers take a while to load: only when a file is read.
    from partyroom.documents.workbooks.reading import read_sheets

    progress.step(0, 1, path.name)
    return find_table(read_sheets(path))


def _judge(
    desk: Desk, owner: QWidget, round_id: int, name: str, imported: Callable[[list[int]], None], table: Table
) -> None:
    done = partial(_show, desk, owner, round_id, name, imported, table)
    desk.tasks.read(partial(_plan, round_id, table), done, owner=owner)


def _show(
    desk: Desk,
    owner: QWidget,
    round_id: int,
    name: str,
    imported: Callable[[list[int]], None],
    table: Table,
    plan: ImportPlan,
) -> None:
    dialog = PledgeImportDialog(desk, round_id, name, table, plan, owner)
    dialog.imported.connect(imported)
    dialog.open()


def _plan(round_id: int, table: Table, session: Any) -> ImportPlan:
    return import_plan(table.header, table.rows, import_context(session, round_id), table.first_row)


def _store(round_id: int, verdicts: Sequence[Verdict], session: Any) -> list[int]:
    return store_import(session, round_id, verdicts)


def _write_empty(path: Path, year: int, _progress: Progress) -> None:
    widths = (12.0, 16.0, 12.0, 40.0, 36.0, 14.0, 10.0, 12.0)
    note = (
        "一行写一项；同一人的几项可以连着写，姓名可以只写第一行。"
        "承诺主体填党支部、班子成员或党员，类别填学习、工作、自律、服务。"
    )
    save_bytes(path, sheets.render_xlsx(sheets.Sheet(f"{year}年度公开承诺表", template_headers(), (), widths, note)))


def _say_saved(desk: Desk, path: Path, _result: None) -> None:
    desk.messages.inform(f"已保存到 {path}")
