from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from partyroom.features.meetings.minutes_page import MinutesPage

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(qtbot):
    made = MinutesPage()
    qtbot.addWidget(made)
    made.resize(880, 560)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.take_focus()
    return made


def look_for(page: MinutesPage, word: str, other: str = "") -> None:
    QTest.keyClick(page.edit, Qt.Key.Key_F, CTRL)
    page.finder.word.setText(word)
    page.finder.other.setText(other)


def press(page: MinutesPage, name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_bar_counts_and_says_which_one_is_found(page):
    page.restore("学习\n讨论学习\n学习")
    look_for(page, "学习")
    assert page.finder.note.text() == "共3处"
    notes = []
    for _ in range(4):
        press(page, "find_next")
        notes.append(page.finder.note.text())
    assert notes == ["第1处，共3处", "第2处，共3处", "第3处，共3处", "第1处，共3处"]
    press(page, "find_previous")
    assert page.finder.note.text() == "第3处，共3处"


def test_replacing_goes_from_one_to_the_next(page):
    page.restore("张三发言\n张三总结")
    look_for(page, "张三", "李四")
    press(page, "replace_one")
    assert page.state() == "张三发言\n张三总结"
    press(page, "replace_one")
    assert page.state() == "李四发言\n张三总结"
    assert page.finder.note.text() == "第1处，共1处"
    QTest.keyClick(page.finder.other, Qt.Key.Key_Return)
    assert page.state() == "李四发言\n李四总结"
    assert page.finder.note.text() == "没有找到"


def test_replacing_all_is_literal_counts_and_is_one_undo(page):
    text = "a.c ABC A.C\n𬭎a.c𬭎a.c\n一、a.c"
    page.restore(text)
    look_for(page, "a.c", r"\1〔𬭎〕")
    press(page, "replace_all")
    assert page.state() == "\\1〔𬭎〕 ABC \\1〔𬭎〕\n𬭎\\1〔𬭎〕𬭎\\1〔𬭎〕\n一、\\1〔𬭎〕"
    assert page.finder.note.text() == "替换了5处，Ctrl+Z 可以撤销"
    page.edit.setFocus()
    QTest.keyClick(page.edit, Qt.Key.Key_Z, CTRL)
    assert page.state() == text


def test_replacing_by_nothing_deletes_and_a_word_within_its_replacement_ends(page):
    page.restore("同志同志")
    look_for(page, "同志", "同志们")
    press(page, "replace_all")
    assert page.state() == "同志们同志们"
    look_for(page, "们", "")
    press(page, "replace_all")
    assert page.state() == "同志同志"


def test_paragraphs_keep_their_shape_when_words_in_them_are_replaced(page):
    page.restore("张三发言\n张三总结")
    look_for(page, "张三", "李四")
    press(page, "replace_all")
    block = page.edit.document().begin()
    while block.isValid():
        assert block.blockFormat().textIndent() > 0
        block = block.next()


def test_a_locked_text_can_be_searched_not_replaced(page):
    page.restore("张三发言")
    page.lock(locked=True)
    look_for(page, "张三", "李四")
    assert not page.findChild(QPushButton, "replace_all").isVisible()
    assert page.finder.replace_all() == 0
    QTest.keyClick(page.finder.word, Qt.Key.Key_Return)
    assert page.finder.note.text() == "第1处，共1处"
    assert page.state() == "张三发言"
