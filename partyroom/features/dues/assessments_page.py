"""Section 基数核定: every member of the year with category, base and dues; who has none yet stands first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLabel, QWidget

from partyroom.core.calendar import today
from partyroom.core.errors import CancelledError
from partyroom.core.money import yuan
from partyroom.features.dues import assessments_service as service
from partyroom.features.dues import pay_import_service
from partyroom.features.dues.assessment_dialog import AssessmentDialog, AssessmentForm, form_months
from partyroom.features.dues.assessments import AssessmentDetail, AssessmentDraft, AssessmentRow, AssessmentState
from partyroom.features.dues.base_preview_dialog import show_base, show_bases
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.ledger import Choices, month_label
from partyroom.features.dues.pay_import_dialog import PayImportDialog
from partyroom.features.dues.pay_verdicts import PayPlan
from partyroom.features.dues.rates import rate_text
from partyroom.features.dues.section_page import Section
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone

_PAY_FILES = "工资表 (*.xlsx *.xls *.et *.csv *.txt *.tsv);;所有文件 (*)"
_TONES: dict[AssessmentState, Tone] = {
    AssessmentState.MISSING: "danger",
    AssessmentState.CARRIED: "warning",
    AssessmentState.ASSESSED: "good",
}


@dataclass(frozen=True, slots=True)
class _Opening:
    """What the dialog of one member needs."""

    row: AssessmentRow
    opened: date
    choices: Choices


class AssessmentSource:
    """Answers the list for one year."""

    def __init__(self) -> None:
        self.year = today().year

    def ids(self, session: Any, query: Query) -> list[int]:
        """Members that fit the search, those without an assessment first unless asked otherwise."""
        rows = [row for row in service.assessments_of(session, self.year) if _fits(row, query)]
        if query.sort:
            rows.sort(key=partial(_key, query.sort), reverse=query.descending)
        return [row.id for row in rows]

    def rows(self, session: Any, ids: Sequence[int]) -> list[AssessmentRow]:
        """Lines of these members."""
        wanted = set(ids)
        return [row for row in service.assessments_of(session, self.year) if row.id in wanted]


def _fits(row: AssessmentRow, query: Query) -> bool:
    state, category = query.filters.get("state"), query.filters.get("category")
    if state is not None and row.state is not state:
        return False
    if category is not None and row.category is not category:
        return False
    text = " ".join((row.name, row.name_key, row.group, row.department, _reason(row))).casefold()
    return all(word in text for word in query.search.casefold().split())


def _key(sort: str, row: AssessmentRow) -> tuple[object, ...]:
    current = row.current
    amounts = {
        "base": current.base_fen if current else -1,
        "due": current.due_fen if current else -1,
        "year": row.year_fen,
        "rate": current.rate_bp if current else -1,
    }
    amounts["group"] = row.group_order
    texts = {"department": row.department, "category": _category(row), "state": row.state.label}
    first: object = amounts.get(sort, texts.get(sort, ""))
    if sort == "from":
        first = current.from_month if current else date.min
    return (first, row.name_key, row.id)


def _state(row: AssessmentRow) -> str:
    return row.state.label


def _tone(row: AssessmentRow) -> Tone:
    return _TONES[row.state]


def _category(row: AssessmentRow) -> str:
    known = row.category or row.guess
    short = known.label.partition("（")[0].partition("、")[0] if known else ""
    return short if row.category or not short else f"{short}？"


def _category_tip(row: AssessmentRow) -> str:
    if row.category is not None:
        return f"{row.category.label}：{row.category.hint}"
    return f"花名册上是{row.guess.label}，核定时由支部确定" if row.guess else ""


def _category_tone(row: AssessmentRow) -> Tone:
    return "" if row.category else "muted"


def _base(row: AssessmentRow) -> str:
    by_base = row.current is not None and row.current.category.by_base
    return yuan(row.current.base_fen, grouped=True) if by_base and row.current else ""


def _rate(row: AssessmentRow) -> str:
    if row.current is None:
        return ""
    return rate_text(row.current.rate_bp) if row.current.category.by_base else "定额"


def _due(row: AssessmentRow) -> str:
    return yuan(row.current.due_fen) if row.current else ""


def _year(row: AssessmentRow) -> str:
    return yuan(row.year_fen, grouped=True) if row.current else ""


def _from(row: AssessmentRow) -> str:
    return f"{row.current.from_month:%Y.%m}" if row.current else ""


def _reason(row: AssessmentRow) -> str:
    if row.current is None:
        return ""
    if len(row.history) < 2:
        return row.current.reason
    steps = "，".join(f"{one.from_month.month}月起{yuan(one.due_fen)}元" for one in row.history)
    return "：".join(part for part in (row.current.reason, steps) if part)


def _source(row: AssessmentRow) -> str:
    return row.current.source if row.current else ""


COLUMNS = (
    Column("state", "核定", 104, text=_state, tone=_tone),
    Column("name", "姓名", 80),
    Column("group", "党小组", 92),
    Column("department", "科室", 96, visible=False),
    Column("category", "类别", 92, text=_category, tip=_category_tip, tone=_category_tone),
    Column("base", "计算基数", 96, "right", text=_base),
    Column("rate", "比例", 58, "right", text=_rate),
    Column("due", "每月应交", 84, "right", text=_due),
    Column("year", "全年应交", 92, "right", text=_year),
    Column("from", "起算月份", 84, text=_from),
    Column("reason", "原因和变更", 130, sortable=False, text=_reason, tip=_reason, stretch=True),
    Column("source", "依据", 180, sortable=False, visible=False, text=_source, tip=_source),
)


def _sum(rows: Sequence[AssessmentRow]) -> str:
    monthly = sum(row.current.due_fen for row in rows if row.current)
    yearly = sum(row.year_fen for row in rows)
    return f"每月应交{yuan(monthly, grouped=True)}元，全年应交{yuan(yearly, grouped=True)}元"


class AssessmentsPage(Section):
    """The bases of a year with what can be done with them."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.source = AssessmentSource()
        self.note = named(QLabel(), "assessments_note")
        self.panel = TablePanel(
            desk,
            "dues_assessments",
            COLUMNS,
            self.source,
            filters=(
                Filter("state", "核定", [(state, state.label) for state in AssessmentState]),
                Filter("category", "类别", [(one, one.label) for one in DuesCategory]),
            ),
            placeholder="搜索姓名、党小组、科室…",
            empty_text="这个年度没有需要交纳党费的党员。\n花名册里的正式党员和预备党员会列在这里。",
            summary=_sum,
        )
        self.body.addWidget(self.note)
        self.body.addWidget(self.panel, 1)
        self.panel.opened.connect(self._on_panel_opened)
        self._add_actions()
        self.setFocusProxy(self.panel)

    def _add_actions(self) -> None:
        self.add_action("从Excel导入工资项目", "import", self._on_import_triggered, primary=True)
        self.add_action("沿用上年", "copy", self._on_copy_triggered)
        self.add_action("打印审核表", "print", self._on_print_triggered, shortcut="Ctrl+P")
        add = self.panel.add_row_action
        add("核定…", "edit", self._on_edit_asked, shortcut="Ctrl+E", single=True)
        add("年内变更…", "calendar", self._on_change_asked, single=True)
        add("按定额核定…", "users", self._on_fixed_asked)
        add("打印核定单", "print", self._on_print_asked, single=True)
        add("删除核定", "trash", self._on_remove_asked, danger=True, single=True)

    def reload(self, year: int | None = None) -> None:
        """Read the bases of `year`, or of the year shown, again."""
        super().reload(year)
        self.source.year = self.year
        self.panel.reload()
        self.desk.tasks.read(partial(_states, self.year), self._on_states_read, owner=self, key="states")

    def _on_states_read(self, found: tuple[int, int, int]) -> None:
        missing, carried, total = found
        parts = [f"还有{missing}人未核定"] if missing else []
        parts += [f"{carried}人暂按上年基数，请重新核定或点“沿用上年”"] if carried else []
        text = "，".join(parts) + "。" if parts else f"{self.year}年度{total}人的基数都已核定。"
        self.note.setText(text if total else "")
        self.note.setVisible(bool(total))

    # One member

    def _on_panel_opened(self, member_id: int) -> None:
        self._open_one(member_id, change=False)

    def _on_edit_asked(self, ids: Sequence[int]) -> None:
        self._open_one(ids[0], change=False)

    def _on_change_asked(self, ids: Sequence[int]) -> None:
        self._open_one(ids[0], change=True)

    def _open_one(self, member_id: int, *, change: bool) -> None:
        done = partial(self._on_opening_read, change)
        self.desk.tasks.read(partial(_opening, self.year, member_id), done, owner=self, key="opening")

    def _on_opening_read(self, change: bool, found: _Opening | None) -> None:
        if found is None:
            return
        latest = found.row.history[-1] if found.row.history else None
        closed = latest is not None and latest.from_month < found.opened
        months = form_months(found.row.first_month, found.opened)
        if not months:
            self.desk.messages.problem("不能核定", f"{self.year}年各月都已结账，基数不能再改。")
            return
        if latest is not None and not change and not closed:
            form = AssessmentForm(
                found.row.name,
                latest.draft,
                form_months(found.row.first_month, found.opened, (latest.from_month,)),
                found.choices,
                tuple(one.from_month for one in found.row.history if one.id != latest.id),
                new=False,
            )
            self._show(form, latest.id)
            return
        self._show(_new_form(found, months), None)

    def _show(self, form: AssessmentForm, assessment_id: int | None) -> None:
        save = partial(self._store, form.name, assessment_id)
        AssessmentDialog(self.desk, form, save, self.window()).open()

    def _store(self, name: str, assessment_id: int | None, draft: AssessmentDraft) -> None:
        label = f"核定党费基数：{name}（{month_label(draft.from_month)}起）"
        self.desk.tasks.write(label, partial(_save, draft, assessment_id), owner=self)

    def _on_remove_asked(self, ids: Sequence[int]) -> None:
        done = self._on_removal_read
        self.desk.tasks.read(partial(_opening, self.year, ids[0]), done, owner=self, key="opening")

    def _on_removal_read(self, found: _Opening | None) -> None:
        if found is None or not found.row.history:
            self.desk.messages.inform(f"{self.year}年度还没有核定，没有可删除的内容。")
            return
        latest = found.row.history[-1]
        text = (
            f"{found.row.name}从{month_label(latest.from_month)}起每月应交{yuan(latest.due_fen)}元的核定将移入回收站。"
        )
        if self.desk.messages.ask("删除这次核定？", text, accept="删除", danger=True):
            label = f"删除党费基数核定：{found.row.name}"
            self.desk.tasks.write(label, partial(_bin, latest.id), owner=self)

    # Many members

    def _on_copy_triggered(self) -> None:
        self.desk.tasks.read(partial(_states, self.year), self._on_copy_counted, owner=self, key="copy")

    def _on_copy_counted(self, found: tuple[int, int, int]) -> None:
        carried = found[1]
        if not carried:
            self.desk.messages.inform("没有可以沿用上年基数的人：已核定的保持不变，从未核定的请逐人核定。")
            return
        text = (
            f"{carried}人还没有核定{self.year}年度的基数，将按各自上年的工资项目核定，"
            "金额按本年度的规定和口径重新计算。已核定的不变。"
        )
        if self.desk.messages.ask("沿用上年基数？", text, accept="沿用"):
            label = f"沿用上年党费基数：{self.year}年度"
            self.desk.tasks.write(label, partial(_copy, self.year), self._on_copied, owner=self)

    def _on_copied(self, count: int) -> None:
        self.desk.messages.inform(f"{count}人已沿用上年基数。")

    def _on_fixed_asked(self, ids: Sequence[int]) -> None:
        choices = [(one.value, one.label) for one in DuesCategory if not one.by_base]
        field = Field("category", "类别", Kind.CHOICE, required=True, choices=choices, wide=True)
        FormDialog(
            f"按定额核定{len(ids)}人",
            [field],
            {"category": DuesCategory.STUDENT.value},
            self.desk,
            save=partial(self._store_fixed, tuple(ids)),
            accept_text="核定",
            parent=self.window(),
        ).open()

    def _store_fixed(self, ids: tuple[int, ...], values: dict[str, object]) -> None:
        category = DuesCategory(str(values["category"]))
        label = f"按定额核定党费：{len(ids)}人，{category.label}"
        self.desk.tasks.write(label, partial(_fix, self.year, ids, category), self._on_fixed, owner=self)

    def _on_fixed(self, count: int) -> None:
        self.desk.messages.inform(f"已按定额核定{count}人。")

    # Paper

    def _on_print_triggered(self) -> None:
        self.desk.tasks.read(partial(_printed, self.year), self._on_list_read, owner=self, key="print")

    def _on_list_read(self, found: tuple[list[AssessmentDetail], Branch]) -> None:
        details, branch = found
        if not details:
            self.desk.messages.inform(f"{self.year}年度还没有核定基数，没有可打印的内容。")
            return
        show_bases(self.desk, self, self.year, details, branch)

    def _on_print_asked(self, ids: Sequence[int]) -> None:
        done = partial(self._on_one_read, ids[0])
        self.desk.tasks.read(partial(_printed, self.year), done, owner=self, key="print")

    def _on_one_read(self, member_id: int, found: tuple[list[AssessmentDetail], Branch]) -> None:
        details, branch = found
        detail = next((one for one in reversed(details) if one.member_id == member_id), None)
        if detail is None:
            self.desk.messages.inform("还没有核定，没有可打印的内容。")
            return
        show_base(self.desk, self, detail, branch)

    # Import

    def _on_import_triggered(self) -> None:
        path = self.desk.messages.choose_open("选择财务部门的工资表", _PAY_FILES)
        if path is not None:
            self.import_file(path)

    def import_file(self, path: Path) -> None:
        """Read a pay list and show its preview."""
        work = partial(_parse, path=path)
        self.desk.tasks.compute(work, partial(self._compare, path), owner=self, title="正在读取工资表…")

    def _compare(self, path: Path, sheets: Any) -> None:
        work = partial(_plan, sheets=sheets, year=self.year)
        self.desk.tasks.read(work, partial(self._show_plan, path), owner=self)

    def _show_plan(self, path: Path, plan: PayPlan) -> None:
        dialog = PayImportDialog(self.desk, path.name, plan, self.window())
        dialog.import_requested.connect(partial(self._import, path))
        dialog.open()

    def _import(self, path: Path, plan: PayPlan) -> None:
        work = partial(_write, store=self.desk.store, label=f"导入工资项目：{path.name}", plan=plan)
        failed = partial(self._on_import_failed, path, plan)
        self.desk.tasks.compute(work, self._on_imported, owner=self, title="正在导入工资项目…", failed=failed)

    def _on_import_failed(self, path: Path, plan: PayPlan, error: Exception) -> None:
        """Nothing was written; go back to the preview with what the user decided."""
        if isinstance(error, CancelledError):
            self.desk.messages.inform("已取消导入，党费基数没有任何改动。")
            self._show_plan(path, plan)
        else:
            self.desk.messages.problem("没有导入", f"{error}\n党费基数没有任何改动。")

    def _on_imported(self, written: Any) -> None:
        self.desk.tasks.data_changed.emit(written.changes)
        undo = partial(self._undo_import, written.change_set)
        self.desk.messages.inform(f"导入完成：核定了{written.result}人的基数。", action="撤销这次导入", slot=undo)

    def _undo_import(self, change_set: int) -> None:
        work = partial(_undo, change_set)
        self.desk.tasks.write("撤销导入工资项目", work, self._on_undone, owner=self)

    def _on_undone(self, _count: int) -> None:
        self.desk.messages.inform("已撤销这次导入，党费基数恢复到导入前。")


def _printed(year: int, session: Any) -> tuple[list[AssessmentDetail], Branch]:
    """What stands on the 审核表: every assessment of the year, or the one that runs on; and the branch."""
    details: list[AssessmentDetail] = []
    for row in sorted(service.assessments_of(session, year), key=lambda one: (one.group_order, one.name_key, one.id)):
        details += row.history or ((row.current,) if row.current else ())
    return details, get_branch(session)


def _new_form(found: _Opening, months: tuple[date, ...]) -> AssessmentForm:
    """A new assessment that starts from what is in force, else from the roster's guess."""
    row = found.row
    known = row.current
    guess = known.category if known else row.guess or DuesCategory.EMPLOYED
    blank = AssessmentDraft(row.id, months[0], guess)
    draft = replace(known.draft, note="") if known else blank
    within = bool(row.history)
    taken = {one.from_month for one in row.history}
    free = [month for month in months if month not in taken]
    begin = max((m for m in free if m <= today().replace(day=1)), default=free[0] if free else months[-1])
    draft = replace(
        draft,
        from_month=begin if within else months[0],
        reason="年初核定" if not within and row.first_month.month == 1 else "",
        assessed_on=today(),
    )
    return AssessmentForm(row.name, draft, months, found.choices, tuple(sorted(taken)))


def _states(year: int, session: Any) -> tuple[int, int, int]:
    rows = service.assessments_of(session, year)
    counted = [sum(row.state is state for row in rows) for state in (AssessmentState.MISSING, AssessmentState.CARRIED)]
    return counted[0], counted[1], len(rows)


def _opening(year: int, member_id: int, session: Any) -> _Opening | None:
    row = next((one for one in service.assessments_of(session, year) if one.id == member_id), None)
    if row is None:
        return None
    return _Opening(row, service.first_open(session, year), service.choices_for(session, year))


def _save(draft: AssessmentDraft, assessment_id: int | None, session: Any) -> int:
    return service.save_assessment(session, draft, assessment_id)


def _bin(assessment_id: int, session: Any) -> None:
    service.bin_assessment(session, assessment_id)


def _copy(year: int, session: Any) -> int:
    return service.copy_last_year(session, year)


def _fix(year: int, ids: Sequence[int], category: DuesCategory, session: Any) -> int:
    return service.assess_fixed(session, year, ids, category)


def _parse(progress: Progress, path: Path) -> Any:
    progress.step(0, 0, "正在读取文件…")
    return pay_import_service.read_pay_file(path)


def _plan(session: Any, sheets: Any, year: int) -> PayPlan:
    return pay_import_service.plan_import(session, sheets, year)


def _write(progress: Progress, store: Any, label: str, plan: PayPlan) -> Any:
    return store.write(label, partial(pay_import_service.apply_import, plan=plan, report=progress.step))


def _undo(change_set: int, session: Any) -> int:
    return pay_import_service.undo_import(session, change_set)
