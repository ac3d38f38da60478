"""The dialogs of the organisation: the branch's data, its departments and its Party groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QTabWidget, QVBoxLayout, QWidget

from partyroom.core.calendar import RecordedDate
from partyroom.features.organisation import service
from partyroom.features.organisation.domain import Branch, Department, Group
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.icons import WHITE, icon
from partyroom.ui.naming import named
from partyroom.ui.table import Column, Query, TablePanel
from partyroom.ui.theme import scaled

BRANCH_FIELDS = (
    Field("name", "支部名称", required=True, hint="如：中共××学校支部委员会，印在所有记录和公文上", wide=True),
    Field("school", "学校名称", wide=True),
    Field("superior", "上级党组织", wide=True),
    Field("founded", "成立日期", Kind.DATE),
    Field("office_phone", "办公电话", hint="用于公示等公开材料，不要填个人手机"),
    Field("address", "地址", wide=True),
)


class BranchDialog(FormDialog):
    """Edits the branch's own data."""

    def __init__(self, desk: Desk, branch: Branch, parent: QWidget | None = None) -> None:
        values = {field.key: getattr(branch, field.key) for field in BRANCH_FIELDS}
        super().__init__("支部信息", BRANCH_FIELDS, values, desk, save=self._store, parent=parent)

    def _store(self, values: dict[str, object]) -> None:
        branch = branch_of(values)
        self._desk.tasks.write("修改支部信息", partial(service.save_branch, branch=branch), owner=self)


def branch_of(values: dict[str, object]) -> Branch:
    """The branch from a form's values."""
    founded = values.get("founded")
    return Branch(
        name=str(values["name"]),
        school=str(values.get("school", "")),
        superior=str(values.get("superior", "")),
        founded=founded if isinstance(founded, RecordedDate) else None,
        office_phone=str(values.get("office_phone", "")),
        address=str(values.get("address", "")),
    )


class UnitsDialog(Dialog):
    """Departments with their heads, and Party groups: add, rename, move to the recycle bin."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("党小组和科室", parent)
        self.setObjectName("units_dialog")
        self._desk = desk
        tabs = named(QTabWidget(), "units_tabs", "党小组和科室")
        self.groups = _panel(desk, "groups", GROUP_COLUMNS, _GroupSource(), "个", "还没有党小组，点“新增党小组”建立。")
        self.departments = _panel(
            desk, "departments", DEPARTMENT_COLUMNS, _DepartmentSource(), "个", "还没有科室，点“新增科室”建立。"
        )
        tabs.addTab(_with_button(self.groups, "新增党小组", self._add_group), "党小组")
        tabs.addTab(_with_button(self.departments, "新增科室", self._add_department), "科室")
        _offer(self.groups, self._edit_group, self._bin_groups)
        _offer(self.departments, self._edit_department, self._bin_departments)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(tabs)
        layout.addWidget(buttons)
        self.resize(scaled(760), scaled(520))
        desk.tasks.data_changed.connect(self._on_data_changed)
        self.groups.reload()
        self.departments.reload()

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if "party_groups" in kinds:
            self.groups.reload()
        if "departments" in kinds:
            self.departments.reload()

    def _add_group(self) -> None:
        UnitDialog(self._desk, "党小组", None, self).exec()

    def _add_department(self) -> None:
        UnitDialog(self._desk, "科室", None, self).exec()

    def _edit_group(self, ids: Sequence[int]) -> None:
        self._desk.tasks.read(service.list_groups, partial(self._open, "党小组", ids[0]), owner=self)

    def _edit_department(self, ids: Sequence[int]) -> None:
        self._desk.tasks.read(service.list_departments, partial(self._open, "科室", ids[0]), owner=self)

    def _open(self, word: str, unit_id: int, units: Sequence[Group | Department]) -> None:
        unit = next((unit for unit in units if unit.id == unit_id), None)
        if unit is not None:
            UnitDialog(self._desk, word, unit, self).exec()

    def _bin_groups(self, ids: Sequence[int]) -> None:
        self._bin("党小组", ids, service.bin_group)

    def _bin_departments(self, ids: Sequence[int]) -> None:
        self._bin("科室", ids, service.bin_department)

    def _bin(self, word: str, ids: Sequence[int], one: Callable[..., None]) -> None:
        text = f"把选中的{len(ids)}个{word}移入回收站？其中的人员保留在花名册里。"
        if self._desk.messages.ask("移入回收站", text, accept="移入回收站", danger=True):
            work = partial(_each, one=one, ids=tuple(ids))
            self._desk.tasks.write(f"删除{word}", work, owner=self)


class UnitDialog(FormDialog):
    """One department or Party group."""

    def __init__(self, desk: Desk, word: str, unit: Group | Department | None, parent: QWidget | None = None) -> None:
        self._unit = unit
        self._word = word
        fields = [Field("name", f"{word}名称", required=True)]
        values: dict[str, object] = {"name": unit.name if unit else ""}
        if word == "科室":
            fields += [Field("head", "负责人", hint="不是党员也可以"), Field("phone", "办公电话")]
            if isinstance(unit, Department):
                values |= {"head": unit.head, "phone": unit.phone}
        super().__init__(f"{'修改' if unit else '新增'}{word}", fields, values, desk, save=self._store, parent=parent)

    def _store(self, values: dict[str, object]) -> None:
        unit_id = self._unit.id if self._unit else None
        work: Callable[..., object]
        if self._word == "科室":
            work = partial(service.save_department, **values, department_id=unit_id)  # type: ignore[arg-type]
        else:
            work = partial(service.save_group, **values, group_id=unit_id)  # type: ignore[arg-type]
        self._desk.tasks.write(f"保存{self._word}：{values['name']}", work, owner=self)


class _GroupSource:
    def ids(self, session: Any, query: Query) -> Sequence[int]:
        return [unit.id for unit in service.list_groups(session) if query.search in unit.name]

    def rows(self, session: Any, ids: Sequence[int]) -> Sequence[Group]:
        return [unit for unit in service.list_groups(session) if unit.id in set(ids)]


class _DepartmentSource:
    def ids(self, session: Any, query: Query) -> Sequence[int]:
        units = service.list_departments(session)
        return [unit.id for unit in units if query.search in unit.name or query.search in unit.head]

    def rows(self, session: Any, ids: Sequence[int]) -> Sequence[Department]:
        return [unit for unit in service.list_departments(session) if unit.id in set(ids)]


GROUP_COLUMNS = (Column("name", "名称", 240, sortable=False, stretch=True),)
DEPARTMENT_COLUMNS = (
    Column("name", "名称", 200, sortable=False),
    Column("head", "负责人", 160, sortable=False),
    Column("phone", "办公电话", 160, sortable=False, stretch=True),
)


def _panel(desk: Desk, name: str, columns: Sequence[Column], source: Any, noun: str, empty: str) -> TablePanel:
    return TablePanel(desk, name, columns, source, empty_text=empty, noun=noun)


def _with_button(panel: TablePanel, text: str, add: Callable[[], None]) -> QWidget:
    holder = QWidget()
    button = named(QPushButton(icon("add", WHITE), text), "add_unit", text)
    button.setProperty("primary", True)
    button.clicked.connect(add)
    layout = QVBoxLayout(holder)
    layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    layout.addWidget(panel)
    return holder


def _offer(
    panel: TablePanel,
    edit: Callable[[Sequence[int]], None],
    remove: Callable[[Sequence[int]], None],
) -> None:
    panel.add_row_action("修改", "edit", edit, single=True)
    panel.add_row_action("移入回收站", "delete", remove, danger=True)
    panel.opened.connect(partial(_open_one, edit))


def _open_one(edit: Callable[[Sequence[int]], None], unit_id: int) -> None:
    edit([unit_id])


def _each(session: Any, one: Callable[..., None], ids: Sequence[int]) -> None:
    for unit_id in ids:
        one(session, unit_id)
