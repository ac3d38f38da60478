from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from partyroom.core.calendar import now
from partyroom.features.meetings import minutes_page
from partyroom.features.meetings.domain import MeetingDraft
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


def put_cursor(page: MinutesPage, line: int) -> None:
    cursor = QTextCursor(page.edit.document().findBlockByNumber(line))
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
    page.edit.setTextCursor(cursor)


def test_keys_number_headings_and_take_the_number_away(page):
    page.restore("甲\n正文\n乙\n丙")
    for line, key in ((0, Qt.Key.Key_1), (2, Qt.Key.Key_1), (3, Qt.Key.Key_2)):
        put_cursor(page, line)
        QTest.keyClick(page.edit, key, CTRL)
    assert page.state() == "一、甲\n正文\n二、乙\n（一）丙"
    put_cursor(page, 0)
    QTest.keyClick(page.edit, Qt.Key.Key_1, CTRL)
    assert page.state() == "甲\n正文\n一、乙\n（一）丙"
    assert page.edit.textCursor().positionInBlock() == 1


def test_one_undo_takes_back_a_heading_with_all_renumbering(page):
    page.restore("甲\n一、乙\n二、丙")
    put_cursor(page, 0)
    QTest.keyClick(page.edit, Qt.Key.Key_1, CTRL)
    assert page.state() == "一、甲\n二、乙\n三、丙"
    QTest.keyClick(page.edit, Qt.Key.Key_Z, CTRL)
    assert page.state() == "甲\n一、乙\n二、丙"


def test_opening_a_text_cannot_be_undone(page):
    page.put(MeetingDraft("assembly", "会", now(), minutes="正文"))
    QTest.keyClick(page.edit, Qt.Key.Key_Z, CTRL)
    assert page.state() == "正文"


def paste(page: MinutesPage, text: str, html: str = "") -> None:
    """What Ctrl+V hands over; the clipboard itself is left alone, as it outlives the test."""
    data = QMimeData()
    data.setText(text)
    if html:
        data.setHtml(html)
    page.edit.insertFromMimeData(data)


def test_pasted_text_loses_looks_and_control_characters(page):
    paste(page, "甲\r\n乙\x07\u2028丙", "<b>甲</b>")
    assert page.state() == "甲\n乙\n丙"
    assert "font-weight:700" not in page.edit.toHtml()


def test_a_paste_beyond_all_measure_is_refused_in_words(page, monkeypatch):
    monkeypatch.setattr(minutes_page, "_LONGEST", 10)
    paste(page, "字" * 11)
    assert page.state() == ""
    assert "没有粘贴" in page.notice_text.text()


def test_shift_enter_is_a_paragraph_too(page):
    QTest.keyClicks(page.edit, "a")
    QTest.keyClick(page.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(page.edit, "b")
    assert page.state() == "a\nb"


def test_markup_stays_text(page):
    page.restore("<b>&amp;</b>")
    assert page.state() == "<b>&amp;</b>"


def test_headings_are_shown_in_their_type(page):
    page.restore("一、学习文件\n正文：一、二、三。")
    first = page.edit.document().findBlockByNumber(0).layout().formats()
    assert [one.length for one in first] == [len("一、学习文件")]
    assert page.edit.document().findBlockByNumber(1).layout().formats() == []


def test_words_are_counted_without_spaces(page, qtbot):
    page.edit.insertPlainText("学习 讨论\n总结")
    qtbot.waitUntil(lambda: page.count.text() == "6 字")
    assert page.badge() == "6字"


def test_finding_goes_round(page):
    page.restore("学习\n讨论\n学习")
    QTest.keyClick(page.edit, Qt.Key.Key_F, CTRL)
    assert page.finder.isVisible()
    page.finder.word.setText("学习")
    found = []
    for _ in range(3):
        QTest.keyClick(page.finder.word, Qt.Key.Key_Return)
        found.append(page.edit.textCursor().blockNumber())
    assert found == [0, 2, 0]
    page.finder.word.setText("没有的")
    QTest.keyClick(page.finder.word, Qt.Key.Key_Return)
    assert page.finder.note.text() == "没有找到"
    QTest.keyClick(page.finder.word, Qt.Key.Key_Escape)
    assert page.finder.isHidden()


def test_a_hundred_thousand_characters_stay_fluent(page):
    few = time_to_type(page, 20)
    assert time_to_type(page, 1000) < 10 * few


def time_to_type(page, paragraphs: int) -> float:
    page.restore("\n".join(("（一）议题" if i % 10 == 0 else "字" * 99) for i in range(paragraphs)))
    put_cursor(page, 3)
    start = time.perf_counter()
    for _ in range(20):
        QTest.keyClick(page.edit, Qt.Key.Key_A)
        page.edit.viewport().grab()
    return time.perf_counter() - start
