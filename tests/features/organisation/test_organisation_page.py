"""The dialogs of branch, groups and departments over a real library."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QTabWidget

from partyroom.core.calendar import RecordedDate
from partyroom.features.members import service as members
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.page import BranchDialog, UnitDialog, UnitsDialog
from partyroom.features.organisation.service import (
    get_branch,
    list_departments,
    list_groups,
    save_branch,
    save_department,
    save_group,
)
from partyroom.features.safekeeping.service import restore_latest


@pytest.fixture
def units(desk, qtbot, settle) -> UnitsDialog:
    dialog = UnitsDialog(desk)
    dialog.open()
    qtbot.waitUntil(dialog.isVisible)
    settle()
    return dialog


def names(panel) -> list[str]:
    return [str(panel.model.index(row, 0).data()) for row in range(panel.model.rowCount())]


def fill_next_dialog(**values: str) -> None:
    """Fill in and save the dialog that opens next."""

    def work() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, UnitDialog):
            QTimer.singleShot(20, work)
            return
        for key, text in values.items():
            dialog.grid.cells[key].editor.set_value(text)
        dialog.submit()

    QTimer.singleShot(20, work)


def test_branch_is_saved_with_what_was_left_blank(desk, settle, library):
    library.write("x", lambda s: save_branch(s, Branch("旧名")))
    dialog = BranchDialog(desk, library.read(get_branch))
    dialog.open()
    dialog.grid.cells["name"].editor.set_value("中共样例小学支部委员会")
    dialog.grid.cells["founded"].editor.set_value(RecordedDate("1986-09"))
    dialog.submit()
    settle()
    assert library.read(get_branch) == Branch("中共样例小学支部委员会", founded=RecordedDate("1986-09"))


def test_branch_without_a_name_is_refused_beside_the_field(desk, settle, library):
    dialog = BranchDialog(desk, Branch("旧名"))
    dialog.open()
    dialog.grid.cells["name"].editor.set_value(" ")
    dialog.submit()
    assert dialog.grid.cells["name"].note.text() == "请填写支部名称。"
    dialog.done(0)


def test_lists_without_units_say_what_to_do(units):
    assert "新增党小组" in units.groups.view.note.text.text()
    assert "新增科室" in units.departments.view.note.text.text()


def test_units_are_added_and_the_lists_follow(units, settle, library):
    fill_next_dialog(name="第一党小组")
    units._add_group()
    settle()
    fill_next_dialog(name="语文科", head="华老师", phone="0999-9900001")
    units._add_department()
    settle()
    assert names(units.groups) == ["第一党小组"]
    assert names(units.departments) == ["语文科"]
    (department,) = library.read(list_departments)
    assert (department.head, department.phone) == ("华老师", "0999-9900001")


def test_unit_is_renamed_and_keeps_its_people(units, settle, library, person):
    library.write("x", lambda s: members.admit_member(s, person("张三", department="语文科")))
    units.departments.reload()
    settle()
    fill_next_dialog(name="语文教研组")
    units._edit_department(units.departments.model.ids)
    settle()
    assert names(units.departments) == ["语文教研组"]
    (detail,) = library.read(members.all_details)
    assert detail.draft.department == "语文教研组"


def test_name_taken_by_another_is_refused_beside_the_field(desk, settle, library):
    library.write("x", lambda s: save_group(s, "第一党小组"))
    dialog = UnitDialog(desk, "党小组", None)
    dialog.open()
    dialog.grid.cells["name"].editor.set_value("第一党小组")
    dialog.submit()
    settle()
    assert dialog.grid.cells["name"].note.text() == "已经有名为“第一党小组”的党小组。"
    assert len(library.read(list_groups)) == 1
    dialog.done(0)


def test_binned_unit_leaves_its_people_on_the_roster_and_comes_back(units, settle, library, person, messages):
    library.write("x", lambda s: members.admit_member(s, person("张三", group="第一党小组")))
    units.groups.reload()
    settle()
    messages.prepare(False, True)
    units._bin_groups(list(units.groups.model.ids))
    settle()
    assert names(units.groups) == ["第一党小组"]
    units._bin_groups(list(units.groups.model.ids))
    settle()
    assert names(units.groups) == []
    assert [m.draft.group for m in library.read(members.all_details)] == [""]
    library.write("恢复", restore_latest)
    assert [m.draft.group for m in library.read(members.all_details)] == ["第一党小组"]


def test_search_finds_departments_by_head(units, settle, library):
    library.write("x", lambda s: (save_department(s, "语文科", "华老师"), save_department(s, "数学科", "罗老师")))
    units.departments.bar.search.setText("罗")
    settle(260)
    assert names(units.departments) == ["数学科"]


def test_lists_are_fresh_after_a_change_elsewhere(units, settle, desk):
    desk.tasks.write("别处", lambda s: save_group(s, "第九党小组"), owner=units)
    settle()
    assert names(units.groups) == ["第九党小组"]


def test_closed_dialog_is_freed_and_hears_no_more_changes(desk, qtbot, settle):
    dialog = UnitsDialog(desk)
    dialog.open()
    settle()
    assert dialog.findChild(QTabWidget).count() == 2
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    desk.tasks.write("以后", lambda s: save_group(s, "以后"), owner=desk.tasks)
    settle()
    assert not shiboken6.isValid(dialog)
