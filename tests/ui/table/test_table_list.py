from __future__ import annotations

import gc
import threading
import time
import weakref
from dataclasses import replace

import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from partyroom.core.errors import StorageError
from partyroom.ui.table import Filter, Query, TablePanel


def names(panel: TablePanel) -> list[str]:
    model = panel.model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def click_row(panel: TablePanel, row: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    place = panel.view.visualRect(panel.model.index(row, 0)).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def reload_time(panel: TablePanel, desk) -> float:
    started = time.perf_counter()
    panel.reload()
    assert desk.tasks.wait_idle()
    panel.grab()
    return time.perf_counter() - started


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


# Rows, count, sum


def test_list_shows_its_rows_and_their_number(panel, people):
    assert names(panel) == [p.name for p in people.people.values()]
    assert panel.foot.count_label.text() == "共 33 人"


def test_count_line_names_the_selected(panel):
    click_row(panel, 1)
    click_row(panel, 3, Qt.KeyboardModifier.ControlModifier)
    assert panel.selected_ids() == [2, 4]
    assert panel.foot.count_label.text() == "共 33 人，选中 2 人"


def test_summary_is_of_all_and_then_of_the_selected(make, settle):
    panel = make(summary=lambda rows: f"合计 {sum(p.group for p in rows)}")
    settle()
    assert panel.foot.count_label.text() == "共 33 人　合计 33"
    panel.select([2, 5])
    settle()
    assert panel.foot.count_label.text() == "共 33 人，选中 2 人　选中的：合计 4"


def test_million_rows_scroll_and_select_all(make, desk, qtbot, people):
    someone = people.people[1]

    class Many(type(people)):
        def ids(self, session, query):
            return range(1, 1_000_001)

        def rows(self, session, ids):
            return [replace(someone, id=i, name=f"第{i}人") for i in ids]

    panel = make(Many(1))
    assert panel.model.index(0, 0).data() == "第1人"
    panel.view.scrollToBottom()
    last = panel.model.index(999_999, 0)
    qtbot.waitUntil(lambda: last.data() == "第1000000人")
    QTest.keyClick(panel.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert panel.foot.count_label.text() == "共 1,000,000 人，选中 1,000,000 人"
    panel.copy(headers=False)
    assert "请改用导出" in desk.messages.warned[-1]
    selected = reload_time(panel, desk)
    panel.view.clearSelection()
    assert selected < 100 * max(reload_time(panel, desk), 0.01)  # a minute when the headers look at the selection
    panel.view.selectAll()
    assert panel.view.selected_count() == 1_000_000


# Search, filters, sorting


def test_search_waits_for_the_last_letter_and_asks_once(panel, people, settle):
    asked = len(people.queries)
    QTest.keyClicks(panel.bar.search, "003")
    assert len(people.queries) == asked
    settle()
    assert [q.search for q in people.queries[asked:]] == ["003"]
    assert names(panel) == ["欧阳0003", "张0030", "李0031", "王0032", "欧阳0033"]


def test_escape_empties_the_search(panel, settle):
    panel.bar.search.setText("张")
    settle()
    assert panel.model.rowCount() == 6
    QTest.keyClick(panel.bar.search, Qt.Key.Key_Escape)
    settle(0)
    assert panel.bar.search.text() == ""
    assert panel.model.rowCount() == 33


def test_control_f_goes_to_the_search_box(panel):
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert panel.bar.search.hasFocus()


def test_enter_in_the_search_box_goes_to_the_first_row(panel, settle):
    panel.bar.search.setFocus()
    panel.bar.search.setText("欧阳")
    QTest.keyClick(panel.bar.search, Qt.Key.Key_Return)
    settle(0)
    assert panel.view.hasFocus()
    assert panel.query().search == "欧阳"
    assert panel.selected_ids() == [3]


def test_letter_typed_into_the_list_starts_a_search(panel, settle):
    panel.view.setFocus()
    click_row(panel, 0)
    QTest.keyClicks(panel.view, "z")
    assert panel.bar.search.hasFocus()
    assert panel.bar.search.text() == "z"


def test_filter_narrows_and_all_is_no_filter(panel, people, settle):
    combo = panel.bar.findChild(object, "filter_group")
    combo.setCurrentIndex(combo.findText("第1小组"))
    settle(0)
    assert people.queries[-1].filters == {"group": 1}
    assert panel.model.rowCount() == 11
    combo.setCurrentIndex(0)
    settle(0)
    assert people.queries[-1].filters == {}


def test_filter_choices_may_change_and_keep_the_choice(panel, settle):
    panel.set_query(Query(filters={"group": 1}))
    panel.set_filter_choices("group", [(1, "第一小组"), (2, "第二小组")])
    assert panel.query().filters == {"group": 1}
    panel.set_filter_choices("group", [(2, "第二小组")])
    assert panel.query().filters == {}
    settle(0)
    assert panel.model.rowCount() == 33


def test_click_on_a_heading_sorts_and_the_next_one_turns_round(panel, people, settle):
    header = panel.view.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(0) + 20, 10)
    for descending in (False, True, False):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        settle(0)
        assert (people.queries[-1].sort, people.queries[-1].descending) == ("name", descending)
        assert names(panel) == sorted(names(panel), reverse=descending)


def test_heading_that_cannot_sort_ignores_the_click(panel, people, settle):
    asked = len(people.queries)
    header = panel.view.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(2) + 20, 10)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(0)
    assert len(people.queries) == asked


# Reload


def test_reload_keeps_selection_keyboard_and_place(make, desk, settle, people_of):
    people = people_of(500)
    panel = make(people)
    panel.select([300, 302])
    panel.view.scroll_to_place(290, 7)
    changes = []
    panel.selection_changed.connect(lambda: changes.append(panel.selected_ids()))
    for gone in (5, 6, 7, 302):
        del people.people[gone]
    panel.reload()
    settle(0)
    assert panel.selected_ids() == [300]
    assert changes == [[300]]
    assert panel.model.ids[panel.view.currentIndex().row()] == 300
    assert panel.view.scroll_place() == (287, 7)
    assert panel.model.index(287, 0).data() == people.people[291].name


def test_reload_at_the_top_shows_the_newcomer(panel, people, settle):
    people.people = {99: replace(people.people[1], id=99, name="新人")} | people.people
    panel.reload()
    settle(0)
    assert names(panel)[0] == "新人"
    assert panel.view.scroll_place() == (0, 0)


def test_select_waits_for_the_reload_that_brings_the_row(panel, people, settle):
    people.people[99] = replace(people.people[1], id=99, name="新人")
    panel.reload()
    panel.select([99])
    settle(0)
    assert panel.selected_ids() == [99]
    assert panel.view.rowAt(panel.view.viewport().height() - 5) == 33


def test_failed_reload_keeps_the_rows_and_tells_why(panel, people, desk, settle):
    people.error = StorageError("磁盘已满。")
    panel.reload()
    settle(0)
    assert panel.model.rowCount() == 33
    assert desk.messages.problems == [("没有读出列表", "磁盘已满。", "")]


# Opening and actions


def test_double_click_and_enter_open(panel, qtbot):
    with qtbot.waitSignal(panel.opened) as opened:
        place = panel.view.visualRect(panel.model.index(2, 0)).center()
        QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == [3]
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.opened) as opened:
        QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert opened.args == [4]


def test_home_and_end_mean_the_list(panel):
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_End)
    assert panel.selected_ids() == [33]
    QTest.keyClick(panel.view, Qt.Key.Key_Home)
    assert panel.selected_ids() == [1]


def test_delete_key_triggers_the_dangerous_action_with_the_selected_ids(panel):
    got = []
    panel.add_row_action("编辑", "edit", lambda ids: got.append(("编辑", ids)), single=True)
    panel.add_row_action("删除", "delete", lambda ids: got.append(("删除", ids)), danger=True)
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    assert got == []
    panel.select([4, 7])
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    assert got == [("删除", [4, 7])]


def test_action_for_one_row_is_offered_for_one_row_only(panel):
    action = panel.add_row_action("编辑", "edit", lambda ids: None, "Ctrl+E", single=True)
    assert not action.isEnabled()
    panel.select([4])
    assert action.isEnabled()
    panel.select([4, 5])
    assert not action.isEnabled()


def test_fifth_action_goes_into_the_menu_more(panel):
    for n in range(6):
        panel.add_row_action(f"动作{n}", "edit", lambda ids: None)
    more = panel.findChild(object, "more_row_actions")
    assert [a.text() for a in more.menu().actions()] == ["动作4", "动作5"]


def test_context_menu_offers_row_actions_and_copying(panel):
    panel.add_row_action("删除", "delete", lambda ids: None, danger=True)
    panel.select([1])
    panel.view.customContextMenuRequested.emit(QPoint(30, 40))
    menu = panel.findChild(QMenu, "row_menu")
    assert [a.text() for a in menu.actions()] == ["删除", "", "复制", "复制（含表头）", "全选"]
    menu.close()


# Nothing to show


def test_empty_list_says_what_to_do_next(make, people):
    people.people.clear()
    pressed = []
    panel = make(empty_action=("新增党员", lambda: pressed.append(1)))
    note = panel.view.note
    assert note.isVisible()
    assert note.text.text() == "还没有人，请新增。"
    QTest.mouseClick(note.button, Qt.MouseButton.LeftButton)
    assert pressed == [1]


def test_search_without_result_offers_to_clear_it(panel, settle):
    panel.set_query(Query("没有此人", {"group": 9}))
    settle(0)
    assert panel.view.note.text.text() == "没有符合条件的记录"
    QTest.mouseClick(panel.view.note.button, Qt.MouseButton.LeftButton)
    settle(0)
    assert panel.query() == Query()
    assert panel.model.rowCount() == 33
    assert not panel.view.note.isVisible()


def test_default_filter_is_not_a_condition_of_the_user(make, people):
    people.people.clear()
    panel = make(filters=[Filter("group", "党小组", [(1, "第1小组")], default=1)])
    assert people.queries[-1].filters == {"group": 1}
    assert panel.view.note.text.text() == "还没有人，请新增。"


def test_slow_first_answer_is_announced_and_a_failed_one_can_be_asked_for_again(desk, qtbot, people, settle, columns):
    gate = threading.Event()
    ask = people.ids

    def slow(session, query):
        gate.wait(10)
        return ask(session, query)

    people.ids = slow
    people.error = StorageError("磁盘没有响应。")
    panel = TablePanel(desk, "slow", columns, people, empty_text="空")
    qtbot.addWidget(panel)
    panel.show()
    panel.reload()
    qtbot.waitUntil(lambda: panel.view.note.text.text() == "正在读取…")
    gate.set()
    settle(0)
    assert panel.view.note.text.text() == "没有读出列表。"
    people.error = None
    panel.view.note.button.click()
    settle(0)
    assert panel.model.rowCount() == 33
    assert not panel.view.note.isVisible()


# Look and life


def test_rows_follow_the_letter_size(panel, qapp):
    from partyroom.ui.theme import apply_theme

    before = qapp.property("partyroom_scale"), qapp.styleSheet(), qapp.font(), qapp.palette()
    apply_theme(qapp, large=True)
    try:
        assert panel.view.rowHeight(0) == 42
        assert panel.view.columnWidth(0) == 150
    finally:
        qapp.setProperty("partyroom_scale", before[0])
        qapp.setStyleSheet(before[1])
        qapp.setFont(before[2])
        qapp.setPalette(before[3])


def test_panel_is_freed(desk, people, qapp, columns):
    panel = TablePanel(desk, "brief", columns, people, empty_text="空")
    panel.reload()
    view = panel.view
    gone = weakref.ref(panel)
    shiboken6.delete(panel)
    assert desk.tasks.wait_idle()
    assert not shiboken6.isValid(view)
    del panel, view
    gc.collect()
    assert gone() is None
