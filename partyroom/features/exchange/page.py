"""The roster tab with its ways in and out: import from Excel, export to Excel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import today
from partyroom.core.errors import CancelledError
from partyroom.documents.sheet import Sheet, render_xlsx
from partyroom.features.exchange import service
from partyroom.features.exchange.import_dialog import ImportDialog
from partyroom.features.exchange.plan import RosterPlan, plan_roster
from partyroom.features.exchange.verdicts import VerdictKind
from partyroom.features.members import report
from partyroom.features.members import service as members
from partyroom.features.members.page import MembersPage
from partyroom.features.organisation.service import get_branch
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes

_ROSTER_FILES = "花名册 (*.xlsx *.xls *.et *.csv *.txt *.tsv);;所有文件 (*)"
_MASKED, _FULL, _SHOWN = "masked", "full", "shown"
_CHOICES = (
    (_MASKED, "全部人员、全部栏目，遮盖证件号码、电话和住址"),
    (_FULL, "全部人员、全部栏目，完整显示（可以再导入；会记入修改记录）"),
    (_SHOWN, "列表中现在显示的人员和栏目，与屏幕上一致"),
)


class RosterPage(MembersPage):
    """The roster with import and export."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.add_action("从 Excel 导入", "import", self._on_import_triggered)
        self.add_action("导出 Excel", "export", self._on_export_triggered)
        self.add_organisation_actions()

    def _on_import_triggered(self) -> None:
        path = self.desk.messages.choose_open("选择花名册文件", _ROSTER_FILES)
        if path is not None:
            self.import_file(path)

    def import_file(self, path: Path) -> None:
        """Read a file and show its preview."""
        work = partial(_parse, path=path)
        self.desk.tasks.compute(work, partial(self._compare, path), owner=self, title="正在读取花名册…")

    def _compare(self, path: Path, parsed: Any) -> None:
        work = partial(_plan, parsed=parsed)
        self.desk.tasks.read(work, partial(self._show_plan, path), owner=self)

    def _show_plan(self, path: Path, plan: RosterPlan) -> None:
        dialog = ImportDialog(self.desk, path.name, plan, self)
        dialog.import_requested.connect(partial(self._import, path))
        dialog.open()

    def _import(self, path: Path, plan: RosterPlan) -> None:
        work = partial(_write, store=self.desk.store, label=f"导入花名册：{path.name}", plan=plan)
        failed = partial(self._on_import_failed, path, plan)
        done = partial(self._on_imported, plan)
        self.desk.tasks.compute(work, done, owner=self, title="正在导入花名册…", failed=failed)

    def _on_import_failed(self, path: Path, plan: RosterPlan, error: Exception) -> None:
        """Nothing was written; go back to the preview with what the user decided."""
        if isinstance(error, CancelledError):
            self.desk.messages.inform("已取消导入，花名册没有任何改动。")
            self._show_plan(path, plan)
        else:
            self.desk.messages.problem("没有导入", f"{error}\n花名册没有任何改动，请重新选择文件再核对一次。")

    def _on_imported(self, plan: RosterPlan, written: Any) -> None:
        self.desk.tasks.data_changed.emit(written.changes)
        undo = partial(self._undo_import, written.change_set)
        new, changed = plan.count(VerdictKind.NEW), plan.count(VerdictKind.UPDATE)
        self.desk.messages.inform(f"导入完成：新增{new}人，更新{changed}人。", action="撤销这次导入", slot=undo)

    def _undo_import(self, change_set: int) -> None:
        work = partial(service.undo_import, change_set=change_set)
        self.desk.tasks.write("撤销导入花名册", work, self._on_undone, owner=self)

    def _on_undone(self, _count: int) -> None:
        self.desk.messages.inform("已撤销这次导入，花名册恢复到导入前。")

    def _on_export_triggered(self) -> None:
        field = Field("what", "导出内容", Kind.CHOICE, required=True, choices=_CHOICES, wide=True)
        dialog = FormDialog(
            "导出 Excel",
            [field],
            {"what": _MASKED},
            self.desk,
            save=self._choose_target,
            accept_text="选择位置…",
            parent=self,
        )
        dialog.open()

    def _choose_target(self, values: dict[str, object]) -> None:
        """Ask where to; the form stays open when the user turns back."""
        path = self.desk.messages.choose_save("导出花名册", f"党员花名册{today():%Y%m%d}.xlsx", "Excel 工作簿 (*.xlsx)")
        if path is None:
            raise CancelledError
        if values["what"] == _SHOWN:
            export: Callable[[object], None] = partial(self._read_shown, path)
            open_secrets = self.table.model.revealed
        else:
            open_secrets = values["what"] == _FULL
            export = partial(self._read_for_export, path, open_secrets)
        if open_secrets:
            note = f"导出未遮盖的花名册：{path.name}"
            self.desk.tasks.write(note, partial(members.note_revealed, what=note), export, owner=self)
        else:
            export(None)

    def _read_shown(self, path: Path, _noted: object) -> None:
        self.table.shown_table(partial(self._export_shown, path))

    def _read_for_export(self, path: Path, full: bool, _noted: object) -> None:
        self.desk.tasks.read(partial(_everything, full=full), partial(self._export, path), owner=self)

    def _export_shown(self, path: Path, headings: list[str], lines: Sequence[Sequence[str]]) -> None:
        rows: list[tuple[str | int, ...]] = [(number, *line) for number, line in enumerate(lines, 1)]
        self._export(path, Sheet("党员花名册", ("序号", *headings), rows, (6.0, *(14.0 for _ in headings))))

    def _export(self, path: Path, sheet: Sheet) -> None:
        work = partial(_save, path=path, sheet=sheet)
        self.desk.tasks.compute(work, self._on_exported, owner=self, title="正在导出…")

    def _on_exported(self, path: Path) -> None:
        self.desk.messages.inform(f"已导出：{path}")


def _parse(progress: Progress, path: Path) -> Any:
    progress.step(0, 0, "正在读取文件…")
    return service.parse_file(path)


def _plan(session: Any, parsed: Any) -> RosterPlan:
    return plan_roster(parsed, service.existing_members(session))


def _write(progress: Progress, store: Any, label: str, plan: RosterPlan) -> Any:
    return store.write(label, partial(service.apply_roster, plan=plan, report=progress.step))


def _everything(session: Any, full: bool) -> Sheet:
    return report.roster_sheet(members.all_details(session), get_branch(session), full=full)


def _save(progress: Progress, path: Path, sheet: Sheet) -> Path:
    progress.step(0, 0, "正在写文件…")
    save_bytes(path, render_xlsx(sheet))
    return path
