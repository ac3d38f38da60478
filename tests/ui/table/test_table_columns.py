from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from partyroom.ui.column_menu import ColumnMenu
from partyroom.ui.table import Query, TablePanel


def names(panel: TablePanel) -> list[str]:
    model = panel.model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def click_row(panel: TablePanel, row: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    place = panel.view.visualRect(panel.model.index(row, 0)).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


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
    people.people[1] = replace(people.people[1], name='他说"好"\n第二行\t末', group=1, number="110X")
    panel.layout_of_columns.show_column("number", False)
    panel.reload()
    panel.select([1])
    settle(0)
    panel.copy(headers=True)
    settle(0)
    assert clipboard() == '姓名\t党小组\n"他说""好""\n第二行\t末"\t第1小组\n'


def test_copied_numbers_stay_numbers_and_identity_numbers_stay_text(panel, people, settle):
    people.people[1] = replace(people.people[1], name="=1+1", group=1, number="110101199001011234")
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


def test_list_without_secrets_has_no_button_for_them(desk, qtbot, people, columns):
    plain = TablePanel(desk, "plain", columns[:2], people, empty_text="空")
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


def test_column_menu_of_a_heading_sorts_and_moves(panel, people, settle, columns):
    menu = ColumnMenu(panel.layout_of_columns, columns[1], panel.sort, panel)
    menu.findChild(object, "sort_descending").trigger()
    menu.findChild(object, "move_right").trigger()
    settle(0)
    assert (people.queries[-1].sort, people.queries[-1].descending) == ("group", True)
    assert [c.key for c in panel.visible_columns()] == ["name", "number", "group"]
    menu.close()


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
