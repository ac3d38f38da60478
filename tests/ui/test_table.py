from __future__ import annotations

import gc
import threading
import time
import weakref
from dataclasses import dataclass

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from partyroom.core.errors import StorageError
from partyroom.ui.column_menu import ColumnMenu
from partyroom.ui.table import Column, Filter, Query, TablePanel

POPUPS = pytest.mark.qt_log_ignore("plugin does not support", extend=True)  # what offscreen says of menus

SURNAMES = ["张", "李", "王", "欧阳", "单"]


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    group: int
    number: str
    note: str = ""


class People:
    """A list in memory that answers like a database."""

    def __init__(self, count: int) -> None:
        self.people = {
            i: Person(i, f"{SURNAMES[i % 5]}{i:04d}", i % 3, f"1101011990010{i:04d}X") for i in range(1, count + 1)
        }
        self.queries: list[Query] = []
        self.error: Exception | None = None

    def ids(self, session, query):
        self.queries.append(query)
        if self.error is not None:
            raise self.error
        found = [p for p in self.people.values() if query.search in p.name]
        if "group" in query.filters:
            found = [p for p in found if p.group == query.filters["group"]]
        if query.sort:
            found.sort(key=lambda p: getattr(p, query.sort), reverse=query.descending)
        return [p.id for p in found]

    def rows(self, session, ids):
        return [self.people[i] for i in ids if i in self.people]


COLUMNS = (
    Column("name", "姓名"),
    Column("group", "党小组", text=lambda p: f"第{p.group}小组", align="center"),
    Column("number", "证件号", 180, mask=lambda text: text[:3] + "*" * (len(text) - 3), sortable=False),
    Column("note", "备注", visible=False),
)


@pytest.fixture
def people() -> People:
    return People(33)


@pytest.fixture
def make(desk, qtbot, people):
    def build(source=None, **options) -> TablePanel:
        options = {
            "filters": [Filter("group", "党小组", [(0, "第0小组"), (1, "第1小组"), (9, "第9小组")])],
            "empty_text": "还没有人，请新增。",
        } | options
        panel = TablePanel(desk, "people", COLUMNS, source or people, **options)
        qtbot.addWidget(panel)
        panel.resize(900, 500)
        with qtbot.waitExposed(panel):
            panel.show()
        panel.activateWindow()
        panel.reload()
        assert desk.tasks.wait_idle()
        return panel

    return build


@pytest.fixture
def panel(make) -> TablePanel:
    return make()


@pytest.fixture
def settle(desk, qtbot):
    """Wait until the delays of search and sum have passed and all answers are there."""

    def wait(milliseconds: int = 260) -> None:
        qtbot.wait(milliseconds)
        assert desk.tasks.wait_idle()

    return wait


def names(panel: TablePanel) -> list[str]:
    model = panel.model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def click_row(panel: TablePanel, row: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    place = panel.view.visualRect(panel.model.index(row, 0)).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, modifier, place)


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


def test_million_rows_scroll_and_select_all(make, desk, qtbot):
    class Many(People):
        def ids(self, session, query):
            return range(1, 1_000_001)

        def rows(self, session, ids):
            return [Person(i, f"第{i}人", 0, "") for i in ids]

    panel = make(Many(0))
    assert panel.model.index(0, 0).data() == "第1人"
    panel.view.scrollToBottom()
    last = panel.model.index(999_999, 0)
    qtbot.waitUntil(lambda: last.data() == "第1000000人")
    QTest.keyClick(panel.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert panel.foot.count_label.text() == "共 1,000,000 人，选中 1,000,000 人"
    panel.copy(headers=False)
    assert "请改用导出" in desk.messages.warned[-1]
    started = time.perf_counter()
    panel.reload()
    assert desk.tasks.wait_idle()
    panel.grab()
    assert time.perf_counter() - started < 5  # a minute when the headers look at the selection
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


def test_reload_keeps_selection_keyboard_and_place(make, desk, settle):
    people = People(500)
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
    people.people = {99: Person(99, "新人", 1, "")} | people.people
    panel.reload()
    settle(0)
    assert names(panel)[0] == "新人"
    assert panel.view.scroll_place() == (0, 0)


def test_select_waits_for_the_reload_that_brings_the_row(panel, people, settle):
    people.people[99] = Person(99, "新人", 1, "")
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


@POPUPS
def test_context_menu_offers_row_actions_and_copying(panel):
    panel.add_row_action("删除", "delete", lambda ids: None, danger=True)
    panel.select([1])
    panel.view.customContextMenuRequested.emit(QPoint(30, 40))
    menu = panel.findChild(QMenu, "row_menu")
    assert [a.text() for a in menu.actions()] == ["删除", "", "复制", "复制（含表头）", "全选"]
    menu.close()


# Copying


def test_copy_takes_selected_rows_and_shown_columns_in_their_order(panel, desk, settle):
    panel.layout_of_columns.show_column("number", False)
    panel.layout_of_columns.move("group", -1)
    panel.select([2, 4])
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle(0)
    assert clipboard() == "第2小组\t王0002\n第1小组\t单0004\n"
    assert desk.messages.informed == ["已复制 2 行，可以粘贴到 Excel。"]


def test_copy_with_headings_quotes_as_excel_does(panel, people, settle):
    people.people[1] = Person(1, '他说"好"\n第二行\t末', 1, "110X", "")
    panel.layout_of_columns.show_column("number", False)
    panel.reload()
    panel.select([1])
    settle(0)
    panel.copy(headers=True)
    settle(0)
    assert clipboard() == '姓名\t党小组\n"他说""好""\n第二行\t末"\t第1小组\n'


def test_copied_numbers_stay_numbers_and_identity_numbers_stay_text(panel, people, settle):
    people.people[1] = Person(1, "=1+1", 1, "110101199001011234")
    panel.bar.reveal.setChecked(True)
    panel.reload()
    panel.select([1])
    settle(0)
    panel.copy(headers=False)
    settle(0)
    page = QGuiApplication.clipboard().mimeData().html()
    text = "style=\"mso-number-format:'\\@'\""
    assert f"<td {text}>=1+1</td>" in page
    assert f"<td {text}>110101199001011234</td>" in page


def test_copy_without_selection_says_what_to_do(panel, desk):
    panel.copy(headers=False)
    assert desk.messages.informed == ["请先选中要复制的行。"]


def test_shown_table_gives_headings_and_all_rows_as_shown(panel, settle):
    panel.layout_of_columns.show_column("note", True)
    panel.layout_of_columns.show_column("group", False)
    panel.set_query(Query("张", {}, "name", descending=True))
    got = []
    panel.shown_table(lambda headings, lines: got.append((headings, lines)))
    settle(0)
    headings, lines = got[0]
    assert headings == ["姓名", "证件号", "备注"]
    assert [line[0] for line in lines] == ["张0030", "张0025", "张0020", "张0015", "张0010", "张0005"]
    assert lines[0][1] == "110***************"


# Secrets


def test_secret_is_masked_until_asked_for_and_again_after_leaving(panel, qtbot, settle):
    cell = panel.model.index(0, 2)
    assert cell.data() == "110***************"
    with qtbot.waitSignal(panel.revealed):
        QTest.mouseClick(panel.bar.reveal, Qt.MouseButton.LeftButton)
    assert cell.data() == "11010119900100001X"
    panel.select([1])
    panel.copy(headers=False)
    settle(0)
    assert "11010119900100001X" in clipboard()
    panel.hide()
    assert cell.data() == "110***************"


def test_list_without_secrets_has_no_button_for_them(desk, qtbot, people):
    plain = TablePanel(desk, "plain", COLUMNS[:2], people, empty_text="空")
    qtbot.addWidget(plain)
    plain.show()
    assert not plain.bar.reveal.isVisible()


# Columns


def test_columns_are_remembered_with_order_and_width(make, desk):
    first = make()
    first.layout_of_columns.show_column("note", True)
    first.layout_of_columns.show_column("group", False)
    header = first.view.horizontalHeader()
    header.moveSection(header.visualIndex(3), 0)
    header.resizeSection(0, 222)
    first.close()
    second = make()
    assert [c.key for c in second.visible_columns()] == ["note", "name", "number"]
    assert second.view.columnWidth(0) == 222


def test_column_menu_hides_and_shows_but_never_the_last(panel):
    menu = ColumnMenu(panel.layout_of_columns, None, panel.sort, panel)
    ticks = {a.data(): a for a in menu.actions() if a.data()}
    for key in ("name", "group"):
        ticks[key].trigger()
    assert [c.key for c in panel.visible_columns()] == ["number"]
    assert not ticks["number"].isEnabled()
    panel.layout_of_columns.show_column("number", False)
    assert [c.key for c in panel.visible_columns()] == ["number"]
    ticks["note"].trigger()
    assert ticks["number"].isEnabled()
    assert not panel.view.isColumnHidden(3)
    menu.findChild(object, "reset_columns").trigger()
    assert [c.key for c in panel.visible_columns()] == ["name", "group", "number"]
    menu.close()


def test_column_menu_of_a_heading_sorts_and_moves(panel, people, settle):
    menu = ColumnMenu(panel.layout_of_columns, COLUMNS[1], panel.sort, panel)
    menu.findChild(object, "sort_descending").trigger()
    menu.findChild(object, "move_right").trigger()
    settle(0)
    assert (people.queries[-1].sort, people.queries[-1].descending) == ("group", True)
    assert [c.key for c in panel.visible_columns()] == ["name", "number", "group"]
    menu.close()


@POPUPS
def test_column_button_and_heading_open_the_menu(panel):
    QTest.mouseClick(panel.bar.columns, Qt.MouseButton.LeftButton)
    menu = panel.findChild(ColumnMenu, "column_menu")
    assert menu.isVisible()
    place = menu.actionGeometry(menu.actions()[0]).center()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)
    assert menu.isVisible()
    assert [c.key for c in panel.visible_columns()] == ["group", "number"]
    menu.close()


@pytest.mark.parametrize(
    "state", [None, 7, {"order": "x", "hidden": 3, "widths": [1]}, {"order": ["gone", "number", 5], "hidden": ["name"]}]
)
def test_damaged_memory_of_columns_does_no_harm(make, desk, state):
    desk.settings.remember("table/people", state)
    panel = make()
    assert {c.key for c in panel.visible_columns()} >= {"group", "number"}


def test_spare_width_goes_to_the_last_column_and_follows_the_window(panel, qtbot):
    def used() -> int:
        return panel.view.horizontalHeader().length()

    assert used() == panel.view.viewport().width()
    panel.resize(1200, 500)
    qtbot.waitUntil(lambda: used() == panel.view.viewport().width())
    assert panel.view.columnWidth(0) == 120


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


def test_slow_first_answer_is_announced_and_a_failed_one_can_be_asked_for_again(desk, qtbot, people, settle):
    gate = threading.Event()
    ask = people.ids

    def slow(session, query):
        gate.wait(10)
        return ask(session, query)

    people.ids = slow
    people.error = StorageError("磁盘没有响应。")
    panel = TablePanel(desk, "slow", COLUMNS, people, empty_text="空")
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


def test_panel_is_freed(desk, people, qapp):
    panel = TablePanel(desk, "brief", COLUMNS, people, empty_text="空")
    panel.reload()
    view = panel.view
    gone = weakref.ref(panel)
    shiboken6.delete(panel)
    assert desk.tasks.wait_idle()
    assert not shiboken6.isValid(view)
    del panel, view
    gc.collect()
    assert gone() is None
