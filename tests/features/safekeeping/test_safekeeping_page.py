"""Recycle bin and change log as windows, over a real library."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from partyroom.features.members import service as members
from partyroom.features.organisation.service import bin_department, list_departments, save_department
from partyroom.features.safekeeping.page import BinDialog, ChangesDialog


@pytest.fixture
def show(desk, qtbot, settle) -> Callable[[type], BinDialog | ChangesDialog]:
    def make(kind: type) -> BinDialog | ChangesDialog:
        dialog = kind(desk)
        dialog.open()
        qtbot.waitUntil(dialog.isVisible)
        settle()
        return dialog

    return make


@pytest.fixture
def binned(library, person) -> dict[str, int]:
    """张三 and 李四 in the bin, 王五 on the roster, a department in the bin."""

    def work(session) -> dict[str, int]:
        return {name: int(members.admit_member(session, person(name))) for name in ("张三", "李四", "王五")}

    ids = library.write("新增人员", work).result
    library.write("2人移入回收站", lambda s: members.bin_members(s, [ids["张三"], ids["李四"]]))
    made = library.write("科室", lambda s: save_department(s, "语文科")).result
    library.write("删除科室", lambda s: bin_department(s, made))
    return ids


def lines(dialog, at: int = 1) -> list[str]:
    model = dialog.table.model
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]


def names(library) -> list[str]:
    return sorted(m.draft.name for m in library.read(members.all_details))


def choose(dialog, *texts: str, at: int = 1) -> list[int]:
    ids = [i for i, text in zip(dialog.table.model.ids, lines(dialog, at), strict=True) if text in texts]
    assert ids
    dialog.table.select(ids)
    return ids


def test_empty_bin_and_empty_log_say_so(show):
    assert show(BinDialog).table.view.note.text.text() == "回收站是空的。"
    assert "还没有" in show(ChangesDialog).table.view.note.text.text()


def test_bin_lists_what_was_deleted_with_its_kind(show, binned):
    dialog = show(BinDialog)
    assert sorted(lines(dialog)) == sorted(["张三", "李四", "语文科"])
    assert set(lines(dialog, 0)) == {"党员花名册", "科室"}


def test_search_narrows_the_bin(show, binned, settle):
    dialog = show(BinDialog)
    dialog.table.bar.search.setText("张")
    settle(260)
    assert lines(dialog) == ["张三"]


def test_restored_people_are_back_and_leave_the_bin(show, binned, settle, library, messages):
    dialog = show(BinDialog)
    dialog._on_restore_requested(choose(dialog, "张三", "语文科"))
    settle()
    assert names(library) == ["张三", "王五"]
    assert [d.name for d in library.read(list_departments)] == ["语文科"]
    assert lines(dialog) == ["李四"]
    assert messages.informed == ["已恢复2项。"]


def test_name_taken_meanwhile_is_said_and_nothing_is_restored(show, binned, settle, library, messages):
    library.write("同名", lambda s: save_department(s, "语文科"))
    dialog = show(BinDialog)
    dialog._on_restore_requested(choose(dialog, "张三", "语文科"))
    settle()
    ((title, text, _),) = messages.problems
    assert title == "从回收站恢复"
    assert "同名" in text
    assert names(library) == ["王五"]


def test_purging_asks_and_is_final(show, binned, settle, library, messages):
    dialog = show(BinDialog)
    messages.prepare(False, True)
    dialog._on_purge_requested(choose(dialog, "李四"))
    settle()
    assert "李四" in lines(dialog)
    dialog._on_purge_requested(choose(dialog, "李四"))
    settle()
    assert "李四" not in lines(dialog)
    assert messages.informed == ["已彻底删除1项。"]
    assert messages.asked[0][1] == "彻底删除选中的1项？删除后不能再恢复。"


def test_delete_key_purges_and_never_without_the_question(show, binned, settle, messages):
    dialog = show(BinDialog)
    choose(dialog, "李四")
    messages.prepare(False)
    dialog.activateWindow()
    dialog.table.view.setFocus()
    QTest.keyClick(dialog.table.view, Qt.Key.Key_Delete)
    settle()
    assert len(messages.asked) == 1
    assert "李四" in lines(dialog)


def test_undone_action_is_taken_back_and_marked(show, binned, settle, library, messages):
    dialog = show(ChangesDialog)
    messages.prepare(False, True)
    dialog._on_undo_requested(choose(dialog, "2人移入回收站"))
    settle()
    assert names(library) == ["王五"]
    dialog._on_undo_requested(choose(dialog, "2人移入回收站"))
    settle()
    assert names(library) == ["张三", "李四", "王五"]
    state = dict(zip(lines(dialog), lines(dialog, 3), strict=True))
    assert state["2人移入回收站"] == "已撤销"
    assert messages.informed == ["已撤销，恢复了2条记录。"]
    assert "2人移入回收站" in messages.asked[-1][1]


def test_action_overtaken_by_later_changes_is_refused_with_a_sentence(show, binned, settle, library, messages):
    detail = library.read(lambda s: members.get_member(s, binned["王五"]))
    changed = type(detail.draft).from_values({**detail.draft.values(), "post": "班主任"})
    library.write("后来", lambda s: members.update_member(s, binned["王五"], changed))
    dialog = show(ChangesDialog)
    messages.prepare(True)
    dialog._on_undo_requested(choose(dialog, "新增人员"))
    settle()
    assert "不能撤销" in messages.problems[0][1]
    assert names(library) == ["王五"]


def test_reading_the_numbers_cannot_be_undone(show, settle, library, messages):
    note = "查看公民身份号码：张三"
    library.write(note, lambda s: members.note_revealed(s, note))
    dialog = show(ChangesDialog)
    messages.prepare(True)
    dialog._on_undo_requested(choose(dialog, note))
    settle()
    assert "没有改动内容" in messages.problems[0][1]
    assert lines(dialog, 3) == [""]


def test_log_reaches_back_to_the_first_action(show, library, settle):
    def many(session) -> None:
        from sqlalchemy import insert

        from partyroom.core.calendar import now
        from partyroom.storage.audit import ChangeSet

        session.execute(insert(ChangeSet), [{"at": now(), "label": f"第{i}次"} for i in range(2500)])

    library.write("很多", many)
    dialog = show(ChangesDialog)
    assert dialog.table.model.rowCount() == 2500
    dialog.table.bar.search.setText("第7次")
    settle(260)
    assert lines(dialog) == ["第7次"]


def test_search_takes_signs_of_patterns_literally(show, library, settle):
    library.write("改了100%_", lambda s: save_department(s, "甲"))
    library.write("改了100次", lambda s: save_department(s, "乙"))
    dialog = show(ChangesDialog)
    dialog.table.bar.search.setText("%_")
    settle(260)
    assert lines(dialog) == ["改了100%_"]


def test_list_follows_changes_made_elsewhere(show, binned, settle, desk):
    dialog = show(BinDialog)
    desk.tasks.write("别处", lambda s: members.bin_members(s, [binned["王五"]]), owner=desk.tasks)
    settle()
    assert "王五" in lines(dialog)


def test_closed_dialogs_are_freed(show, qtbot):
    for kind in (BinDialog, ChangesDialog):
        dialog = show(kind)
        dialog.reject()
        qtbot.waitUntil(lambda dialog=dialog: not shiboken6.isValid(dialog))
