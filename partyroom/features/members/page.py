"""党员花名册: the roster, the branch's own data, its groups, departments and committee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.text import safe_file_name
from partyroom.features.members import report, service
from partyroom.features.members.committee_dialog import CommitteeDialog, CommitteeView, load_committee
from partyroom.features.members.domain import Category, MemberDetail, MemberRow
from partyroom.features.members.member_dialog import MemberDialog
from partyroom.features.organisation import service as organisation
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.page import BranchDialog, UnitsDialog
from partyroom.ui.desk import Desk
from partyroom.ui.page import Page
from partyroom.ui.progress import Progress
from partyroom.ui.table import Column, Filter, Query, TablePanel
from partyroom.ui.table_source import Tone

if TYPE_CHECKING:
    from partyroom.documents.pdf import RenderedPdf


@dataclass(frozen=True, slots=True)
class FormData:
    """What the form for one person needs."""

    detail: MemberDetail | None
    groups: tuple[str, ...]
    departments: tuple[str, ...]


class MembersPage(Page):
    """The roster tab."""

    title: ClassVar[str] = "党员花名册"
    icon: ClassVar[str] = "members"
    watches: ClassVar[frozenset[str]] = frozenset(
        {"members", "party_groups", "departments", "posts", "committee_terms", "branch"}
    )

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.add_action("新增人员", "add", self._on_add_triggered, shortcut="Ctrl+N", primary=True)
        self.add_action("打印花名册", "print", self._on_print_triggered, shortcut="Ctrl+P")
        self.table = TablePanel(
            desk,
            "roster",
            COLUMNS,
            _RosterSource(),
            filters=FILTERS,
            placeholder="姓名、拼音首字母、科室…",
            empty_text="花名册还是空的。可以点上面的“从 Excel 导入”，也可以逐个新增。",
            empty_action=("新增人员", self._on_add_triggered),
            summary=summarise,
        )
        self.table.add_row_action("打开", "edit", self._on_edit_requested, single=True)
        self.table.add_row_action("移入回收站", "delete", self._on_bin_requested, danger=True)
        self.table.opened.connect(self._on_table_opened)
        self.table.revealed.connect(self._on_table_revealed)
        self.body.addWidget(self.table)

    def add_organisation_actions(self) -> None:
        """Put the branch's own data at the end of the tool bar, behind what others added."""
        self.add_spring()
        self.add_action("支部委员会", "users", self._on_committee_triggered)
        self.add_action("党小组和科室", "group", self._on_units_triggered)
        self.add_action("支部信息", "building", self._on_branch_triggered)

    def reload(self) -> None:
        """Read the list and the choices of its filters again."""
        self.table.reload()
        self.desk.tasks.read(_filter_choices, self._on_choices_arrived, owner=self, key="choices")

    def _on_choices_arrived(self, choices: tuple[list[str], list[str]]) -> None:
        groups, departments = choices
        self.table.set_filter_choices("group", [(name, name) for name in groups])
        self.table.set_filter_choices("department", [(name, name) for name in departments])

    def _on_add_triggered(self) -> None:
        self.desk.tasks.read(partial(_form_data, member_id=None), self._open_form, owner=self)

    def _on_edit_requested(self, ids: Sequence[int]) -> None:
        self._on_table_opened(ids[0])

    def _on_table_opened(self, member_id: int) -> None:
        self.desk.tasks.read(partial(_form_data, member_id=member_id), self._open_form, owner=self)

    def _open_form(self, data: FormData) -> None:
        MemberDialog(self.desk, data.detail, data.groups, data.departments, self).exec()

    def _on_bin_requested(self, ids: Sequence[int]) -> None:
        text = f"把选中的{len(ids)}人移入回收站？以后可以在菜单“编辑 → 回收站”里恢复。"
        if self.desk.messages.ask("移入回收站", text, accept="移入回收站", danger=True):
            work = partial(service.bin_members, member_ids=tuple(ids))
            self.desk.tasks.write(f"{len(ids)}人移入回收站", work, self._on_binned, owner=self)

    def _on_binned(self, count: int) -> None:
        self.desk.messages.inform(f"已把{count}人移入回收站，按 Ctrl+Z 可以撤销。")

    def _on_table_revealed(self) -> None:
        note = "在花名册列表里显示证件号和电话"
        self.desk.tasks.write(note, partial(service.note_revealed, what=note), owner=self)

    def _on_print_triggered(self) -> None:
        self.desk.tasks.read(_paper_data, self._render, owner=self)

    def _render(self, data: tuple[list[MemberDetail], Branch]) -> None:
        fonts = self.desk.settings.text("document_fonts")
        work = partial(_rendered_roster, members=data[0], branch=data[1], fonts=fonts)
        self.desk.tasks.compute(work, self._preview, owner=self, title="正在排版花名册…")

    def _preview(self, rendered: RenderedPdf) -> None:
        from partyroom.ui.print_preview import PrintPreview

        name = safe_file_name(f"党员花名册{today():%Y%m%d}")
        PrintPreview(
            self.desk, "党员花名册", rendered.data, f"{name}.pdf", warnings=rendered.missing, parent=self
        ).exec()

    def _on_committee_triggered(self) -> None:
        self.desk.tasks.read(load_committee, self._open_committee, owner=self)

    def _open_committee(self, view: CommitteeView) -> None:
        CommitteeDialog(self.desk, view, self).exec()

    def _on_units_triggered(self) -> None:
        UnitsDialog(self.desk, self).exec()

    def _on_branch_triggered(self) -> None:
        self.desk.tasks.read(organisation.get_branch, self._open_branch, owner=self)

    def _open_branch(self, branch: Branch) -> None:
        BranchDialog(self.desk, branch, self).exec()


def summarise(rows: Sequence[MemberRow]) -> str:
    """The line below the list."""
    full = sum(row.category is Category.FULL for row in rows)
    probationary = sum(row.category is Category.PROBATIONARY for row in rows)
    unknown = sum(row.category is None for row in rows)
    counted = (
        ("正式党员", full),
        ("预备党员", probationary),
        ("培养中", len(rows) - full - probationary - unknown),
        ("类别未填", unknown),
    )
    return "，".join(f"{words}{count}人" for words, count in counted if count)


class _RosterSource:
    """Answers the list from the roster's service."""

    def ids(self, session: Any, query: Query) -> Sequence[int]:
        chosen = {key: str(value) for key, value in query.filters.items()}
        asked = service.RosterQuery(
            search=query.search,
            category=chosen.get("category", ""),
            group=chosen.get("group", ""),
            department=chosen.get("department", ""),
            standing=chosen.get("standing", ""),
            sort=query.sort or "name",
            descending=query.descending,
        )
        return service.list_member_ids(session, asked)

    def rows(self, session: Any, ids: Sequence[int]) -> Sequence[MemberRow]:
        return service.list_rows(session, ids)


def _filter_choices(session: Any) -> tuple[list[str], list[str]]:
    groups = [group.name for group in organisation.list_groups(session)]
    return groups, [department.name for department in organisation.list_departments(session)]


def _form_data(session: Any, member_id: int | None) -> FormData:
    groups, departments = _filter_choices(session)
    detail = None if member_id is None else service.get_member(session, member_id)
    return FormData(detail, tuple(groups), tuple(departments))


def _paper_data(session: Any) -> tuple[list[MemberDetail], Branch]:
    return service.all_details(session), organisation.get_branch(session)


def _rendered_roster(progress: Progress, members: Sequence[MemberDetail], branch: Branch, fonts: str) -> RenderedPdf:
    # ReportLab takes a fifth of a second to load: only when something is printed.
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.documents.pdf import render_pdf

    document = report.roster_document(members, branch, today(), full=False)
    return render_pdf(document, shared_book(FontSource(fonts)), progress.step)


def _date(key: str) -> Mapping[str, Any]:
    return {"text": partial(_short, key)}


def _short(key: str, row: MemberRow) -> str:
    value = getattr(row, key)
    return value.short if isinstance(value, RecordedDate) else ""


def _label(key: str, row: MemberRow) -> str:
    value = getattr(row, key)
    return "" if value is None else str(value.label)


def _gap_tip(row: MemberRow) -> str:
    return "" if not row.gaps else "缺少或有误：" + "、".join(row.gaps)


def _gap_tone(row: MemberRow) -> Tone:
    return "muted" if not row.gaps else "warning"


COLUMNS = (
    Column("name", "姓名", 96),
    Column("sex", "性别", 56, "center", text=partial(_label, "sex")),
    Column("ethnicity", "民族", 72, visible=False),
    Column("birth", "出生日期", 92, **_date("birth")),
    Column("age", "年龄", 56, "right"),
    Column("category", "人员类别", 90, text=partial(_label, "category")),
    Column("joined", "入党日期", 92, **_date("joined")),
    Column("full_since", "转正日期", 100, visible=False, **_date("full_since")),
    Column("party_years", "党龄", 56, "right"),
    Column("group", "党小组", 92),
    Column("department", "所在科室", 96),
    Column("posts", "党内职务", 96, sortable=False),
    Column("employment", "人员状态", 80, visible=False, text=partial(_label, "employment")),
    Column("post", "工作岗位", 110, visible=False),
    Column("title", "专业技术职务", 110, visible=False),
    Column("education", "学历", 90, visible=False),
    Column("id_number", "公民身份号码", 176, visible=False, mask=report.MASKS["id_number"]),
    Column("phone", "手机号码", 118, mask=report.MASKS["phone"]),
    Column("standing", "党籍状态", 80, visible=False, text=partial(_label, "standing")),
    Column("completeness", "完整度", 70, sortable=False, tip=_gap_tip, tone=_gap_tone),
)

FILTERS = (
    Filter(
        "category",
        "类别",
        (("party", "党员"), ("applying", "培养中"), *((category.value, category.label) for category in Category)),
    ),
    Filter("group", "党小组", ()),
    Filter("department", "科室", ()),
    Filter("standing", "状态", (("here", "在本支部"), ("gone", "已离开或停止党籍")), default="here"),
)
