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


WORD_HTML = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta charset=utf-8><style><!-- p.MsoNormal {mso-style-unhide:no; font-family:仿宋_GB2312;} --></style>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--></head>
<body lang=ZH-CN><!--StartFragment--><p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0'>
<b><span style='font-family:黑体;color:red'>一、学习文件</span></b><o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='font-family:Wingdings'>&#61623;<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span>张三：<i>同意</i>〔2026〕5号&amp;&lt;b&gt;</p>
<script>alert(1)</script><!--EndFragment--></body></html>"""
WORD_RTF = rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 \'b7\'c2\'cb\'ce;}}\b\cf1 \'d2\'bb\'a1\'a2\par}"


def test_what_word_and_wps_put_on_the_clipboard_becomes_bare_text(page):
    data = QMimeData()
    data.setText("一、学习文件\r\n\uf0b7\u00a0\u00a0 张三：同意〔2026〕5号&<b>\x0b换行\r\n")
    data.setHtml(WORD_HTML)
    data.setData("text/rtf", WORD_RTF)
    data.setData('application/x-qt-windows-mime;value="Rich Text Format"', WORD_RTF)
    page.edit.insertFromMimeData(data)
    assert page.state() == "一、学习文件\n·   张三：同意〔2026〕5号&<b>\n换行\n"
    assert "黑体" not in page.edit.toHtml().replace("SimHei", "")
    assert "#ff0000" not in page.edit.toHtml()


def test_a_clipboard_with_markup_alone_is_read_too_and_brings_no_script(page):
    data = QMimeData()
    data.setHtml(WORD_HTML)
    page.edit.insertFromMimeData(data)
    lines = [line.strip() for line in page.state().split("\n") if line.strip()]
    assert lines[0] == "一、学习文件"
    assert lines[1].endswith("张三：同意〔2026〕5号&<b>")
    assert "alert" not in page.state()
    assert "mso" not in page.state()


def test_tables_from_the_web_become_lines(page):
    data = QMimeData()
    data.setHtml("<table><tr><td>姓名</td><td>票数</td></tr><tr><td>张三</td><td>28</td></tr></table>")
    page.edit.insertFromMimeData(data)
    words = page.state().split()
    assert words == ["姓名", "票数", "张三", "28"]


def field_action(page: MinutesPage, name: str):
    return next(one for one in page._fields.menu().actions() if one.text() == f"〔{name}〕")


def test_a_field_from_the_menu_stands_in_the_text_as_its_token(page):
    page.restore("应到。")
    cursor = page.edit.textCursor()
    cursor.setPosition(2)
    page.edit.setTextCursor(cursor)
    field_action(page, "应到人数").trigger()
    assert page.state() == "应到〔应到人数〕。"
    assert page.fields() == {"minutes": "应到〔应到人数〕。"}


def test_a_field_tells_what_it_stands_for_and_other_brackets_do_not(page):
    page.restore("𬭎〔2026〕5号，缺席〔缺席名单〕")
    page.set_values({"缺席名单": "<b>李四</b>（病假）"})
    assert field_action(page, "缺席名单").toolTip() == "<qt>现在是：&lt;b&gt;李四&lt;/b&gt;（病假）</qt>"

    def tip_at(words: str) -> str:
        cursor = page.edit.textCursor()
        cursor.setPosition(page.edit.toPlainText().index(words) + 1 + 1)  # 𬭎 counts as two
        return page.edit.field_tip(page.edit.cursorRect(cursor).center())

    assert tip_at("名单") == "打印时换成：<b>李四</b>（病假）"
    assert tip_at("026") == ""
    formats = page.edit.document().begin().layout().formats()
    assert [(one.start, one.length) for one in formats] == [(13, 6)]


def test_a_locked_text_cannot_be_typed_into_by_any_key(page):
    page.restore("一、学习\n讨论")
    page.lock(locked=True)
    for key in (Qt.Key.Key_A, Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        QTest.keyClick(page.edit, key)
    for key in (Qt.Key.Key_2, Qt.Key.Key_0, Qt.Key.Key_X, Qt.Key.Key_Z):
        QTest.keyClick(page.edit, key, CTRL)
    field_action(page, "决议").trigger()
    page.edit.set_level(2)
    assert page.state() == "一、学习\n讨论"
    page.lock(locked=False)
    put_cursor(page, 1)
    QTest.keyClick(page.edit, Qt.Key.Key_A)
    assert page.state() == "一、学习\n讨论a"
