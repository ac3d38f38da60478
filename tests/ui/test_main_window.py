from __future__ import annotations

import gc
import threading
import weakref

import pytest
import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QToolButton, QWidget

from partyroom.ui.main_window import Command, MainWindow
from partyroom.ui.page import Page
from partyroom.ui.theme import apply_theme, scale


class FakePage(Page):
    built: int = 0
    watches = frozenset({"things"})

    def __init__(self, desk, parent=None):
        super().__init__(desk, parent)
        type(self).built += 1
        self.reloads = 0
        self.pressed = 0
        self.add_action("新增", "add", self.press, shortcut="Ctrl+N", primary=True)
        menu = self.add_menu("更多", "dots", "more_menu")
        self.add_action("整理", "check", self.press, shortcut="Ctrl+Shift+M", menu=menu)

    def reload(self):
        self.reloads += 1

    def press(self):
        self.pressed += 1


class Clerk:
    def __init__(self) -> None:
        self.calls: list[str] = []

    def help(self) -> None:
        self.calls.append("help")

    def undo(self) -> None:
        self.calls.append("undo")


@pytest.fixture
def pages():
    members = type("MembersPage", (FakePage,), {"title": "党员花名册", "icon": "members", "built": 0})
    dues = type("DuesPage", (FakePage,), {"title": "党费", "icon": "dues", "built": 0})
    return members, dues


@pytest.fixture
def clerk() -> Clerk:
    return Clerk()


@pytest.fixture
def open_window(desk, pages, clerk, qtbot):
    def make() -> MainWindow:
        commands = (
            Command("编辑(&E)", "撤销上一次删除", "undo", "Ctrl+Z", clerk.undo, key="undo"),
            Command("帮助(&H)", "使用手册", "help", "F1", clerk.help, separated=True),
        )
        window = MainWindow(desk, pages, commands, library_name="第一党支部")
        qtbot.addWidget(window)
        window.show()
        return window

    return make


def activate(window, qtbot):
    with qtbot.waitActive(window):
        window.activateWindow()


def test_pages_are_built_when_first_looked_at(open_window, pages):
    window = open_window()
    members, dues = pages
    assert (members.built, dues.built) == (1, 0)
    assert isinstance(window.current_page(), members)
    window.show_page(dues)
    window.show_page(members)
    window.show_page(dues)
    assert (members.built, dues.built) == (1, 1)
    assert window.page(dues) is window.current_page()


def test_page_reloads_when_shown_and_when_what_it_watches_changed(open_window, pages, desk):
    window = open_window()
    members, dues = pages
    page = window.page(members)
    assert page.reloads == 1
    desk.tasks.data_changed.emit(frozenset({"things", "others"}))
    assert page.reloads == 2
    desk.tasks.data_changed.emit(frozenset({"others"}))
    assert page.reloads == 2
    window.show_page(dues)
    desk.tasks.data_changed.emit(frozenset({"things"}))
    assert page.reloads == 2, "a page out of sight waits until it is shown"
    window.show_page(members)
    assert page.reloads == 3


def test_menus_hold_what_was_handed_in_and_shortcuts_work(open_window, clerk, qtbot):
    window = open_window()
    menu = window.findChild(QMenu, "menu_编辑")
    assert [action.text() for action in menu.actions()] == ["撤销上一次删除"]
    activate(window, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert clerk.calls == ["help", "undo"]
    window.action("undo").setEnabled(False)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert clerk.calls == ["help", "undo"]
    with pytest.raises(KeyError):
        window.action("nothing")


def test_page_command_works_by_button_and_shortcut(open_window, qtbot):
    window = open_window()
    page = window.current_page()
    button = page.toolbar.findChild(QToolButton, "") or page.toolbar.widgetForAction(page.toolbar.actions()[0])
    page.toolbar.widgetForAction(page.toolbar.actions()[0]).click()
    activate(window, qtbot)
    page.toolbar.widgetForAction(page.toolbar.actions()[0]).setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert page.pressed == 2
    assert button is not None


def test_menu_of_a_page_opens_by_keyboard_and_names_itself(open_window, qtbot):
    window = open_window()
    page = window.current_page()
    button = page.toolbar.findChild(QToolButton, "more_menu_button")
    menu = page.findChild(QMenu, "more_menu")
    assert button.accessibleName() == button.text() == "更多"
    assert button.popupMode() is QToolButton.ToolButtonPopupMode.InstantPopup
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    seen = []

    def choose() -> None:
        seen.append([action.text() for action in menu.actions()])
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)

    menu.aboutToShow.connect(lambda: QTimer.singleShot(0, choose))
    activate(window, qtbot)
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert seen == [["整理"]]
    assert page.pressed == 1


def test_shortcut_works_though_its_command_stands_in_a_menu(open_window, qtbot):
    window = open_window()
    page = window.current_page()
    activate(window, qtbot)
    page.toolbar.widgetForAction(page.toolbar.actions()[0]).setFocus()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_M, keys)
    assert page.pressed == 1
    assert page.findChild(QMenu, "more_menu").isHidden()


def test_rooms_are_reached_by_keyboard(open_window, pages, qtbot):
    window = open_window()
    activate(window, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(window.current_page(), pages[1])
    bar = window.findChild(QWidget, "rooms")
    bar.setFocus()
    qtbot.keyClick(bar, Qt.Key.Key_Up)
    assert isinstance(window.current_page(), pages[0])


def test_status_tells_whether_everything_is_saved(open_window, desk):
    window = open_window()
    state = window.findChild(QLabel, "saved_state")
    gate = threading.Event()
    assert state.text() == "已保存"
    desk.tasks.write("慢", lambda session: gate.wait(5), owner=window)
    assert state.text() == "正在保存…"
    gate.set()
    assert desk.tasks.wait_idle()
    assert state.text() == "已保存"


def test_closing_waits_for_the_write_under_way(open_window, desk, store, qtbot):
    window = open_window()
    gate = threading.Event()
    desk.tasks.write("慢", lambda session: gate.wait(5), owner=window)
    window.close()
    assert window.isVisible()
    with qtbot.waitSignal(window.closed):
        gate.set()
    assert not window.isVisible()
    assert store.written == ["慢"]


def test_last_page_and_size_come_back(open_window, pages, qtbot):
    window = open_window()
    window.show_page(pages[1])
    window.resize(700, 500)
    window.close()
    again = open_window()
    assert isinstance(again.current_page(), pages[1])
    assert (again.width(), again.height()) == (700, 500)


def test_damaged_memory_of_the_window_is_ignored(open_window, desk, pages):
    desk.settings.remember("window", {"geometry": "垃圾", "page": "没有这一页"})
    assert isinstance(open_window().current_page(), pages[0])


def test_large_letters_take_effect_at_once(open_window, desk, pages, qapp):
    window = open_window()
    window.show_page(pages[1])
    try:
        desk.settings.set("large_text", True)
        assert scale() == 1.25
        assert pages[1].built == 2
        assert window.current_page().isVisible()
    finally:
        desk.settings.set("large_text", False)
        qapp.setStyleSheet("")
    assert scale() == 1.0


def test_notices_appear_above_the_page_and_their_button_works(open_window, messages, clerk):
    window = open_window()
    strip = window.findChild(QWidget, "message_strip")
    assert not strip.isVisible()
    messages.inform("已移入回收站。", action="撤销", slot=clerk.undo)
    assert strip.isVisible()
    assert strip.findChild(QLabel, "message_text").text() == "已移入回收站。"
    strip.findChild(QPushButton, "message_action").click()
    assert clerk.calls == ["undo"]
    assert not strip.isVisible()
    messages.warn("<b>备份没有成功</b>")
    assert strip.findChild(QLabel, "message_text").textFormat() is Qt.TextFormat.PlainText
    assert not strip.findChild(QPushButton, "message_action").isVisible()
    strip.findChild(QToolButton, "message_close").click()
    assert not strip.isVisible()


def test_window_fits_a_small_notebook(desk, qtbot, qapp):
    names = ("工作台", "党员花名册", "发展党员", "会议记录", "党费", "公开承诺", "民主评议", "学习教育", "品牌行动")
    pages = [type(f"Page{n}", (FakePage,), {"title": name, "icon": "file"}) for n, name in enumerate(names * 2)]
    try:
        apply_theme(qapp, large=True)
        window = MainWindow(desk, pages, (), library_name="第一党支部")
        qtbot.addWidget(window)
        window.show()
        window.resize(640, 320)
        assert (window.width(), window.height()) == (640, 320)
        bar = window.findChild(QWidget, "rooms")
        window.show_page(pages[-1])
        assert bar.visibleRegion().contains(bar.tabRect(len(pages) - 1).center())
    finally:
        apply_theme(qapp)
        qapp.setStyleSheet("")


def test_closed_window_is_freed_with_its_pages(desk, pages, clerk):
    window = MainWindow(desk, pages, (Command("帮助", "使用手册", "help", "", clerk.help),), library_name="支部")
    window.show()
    gone, page_gone = weakref.ref(window), weakref.ref(window.current_page())
    window.close()
    shiboken6.delete(window)
    del window
    gc.collect()
    assert gone() is None
    assert page_gone() is None
