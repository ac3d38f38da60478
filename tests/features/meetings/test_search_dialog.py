# ruff: noqa: DTZ001  (a branch lives in one time zone)
"""全文查找 with real widgets: typed, seen, opened at the place."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import update

from partyroom.features.meetings.domain import AgendaItem, Resolution, Stage
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.meetings.search_dialog import SearchDialog, result_html
from partyroom.features.meetings.search_service import find_in_minutes
from partyroom.features.meetings.tables import Meeting

LONG = "一、开会\n" + "无关的话。\n" * 300 + "讨论了双减工作，周𬭎三发言支持双减。"


@pytest.fixture
def page(desk, qtbot, fixed_today):
    made = MeetingsPage(desk)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    assert desk.tasks.wait_idle(20_000)
    return made


def only(kind: type[QWidget]) -> QWidget:
    (found,) = (widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible())
    return found


@pytest.fixture
def search(page, desk, qtbot):
    page.search()
    dialog = only(SearchDialog)
    yield dialog
    for left in (SearchDialog, MeetingDialog):
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, left) and widget.isVisible():
                widget.reject()


def ask(dialog: SearchDialog, qtbot, words: str) -> list[str]:
    QTest.keyClick(dialog.box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(dialog.box, Qt.Key.Key_Delete)
    dialog.box.insert(words)
    qtbot.waitUntil(lambda: not dialog._wait.isActive())
    assert dialog._desk.tasks.wait_idle(20_000)
    rows = range(dialog.list.count())
    return [str(dialog.list.item(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in rows]


def opened(dialog: SearchDialog, page: MeetingsPage, rows_down: int = 0) -> MeetingDialog:
    for _ in range(rows_down):
        QTest.keyClick(dialog.box, Qt.Key.Key_Down)
    QTest.keyClick(dialog.box, Qt.Key.Key_Return)
    assert page.desk.tasks.wait_idle(20_000)
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, SearchDialog) and one.isVisible()]
    editor = only(MeetingDialog)
    assert isinstance(editor, MeetingDialog)
    return editor


def section(editor: MeetingDialog) -> str:
    return editor.sections[editor.nav.currentRow()].key


def test_typing_lists_places_with_date_kind_title_and_snippet(stored, search, qtbot):
    stored("讨论双减的会", starts_at=datetime(2026, 3, 5, 15), minutes=LONG)
    meeting = "2026年3月5日，支部党员大会，讨论双减的会"
    assert ask(search, qtbot, "双减") == [
        f"{meeting}，会议名称：讨论双减的会",
        f"{meeting}，会议内容：…话。 无关的话。 无关的话。 讨论了双减工作，周𬭎三发言支持双减。",
    ]
    assert search.count.text() == "在1次会议中找到。↑↓ 选择，回车打开。"
    assert len(ask(search, qtbot, "𬭎")) == 1


def test_what_is_not_there_is_said_and_an_empty_box_explains_itself(stored, search, qtbot):
    stored()
    assert search.empty.text().startswith("输入要找的字词")
    assert search.empty.isVisible()
    assert ask(search, qtbot, "<b>没有") == []
    assert search.empty.text() == "没有找到“<b>没有”。"
    assert search.count.text() == ""
    ask(search, qtbot, "")
    assert search.empty.text().startswith("输入要找的字词")


def test_enter_opens_the_minutes_with_the_first_hit_selected_and_the_find_bar_filled(stored, search, page, qtbot):
    stored("会", minutes=LONG)
    ask(search, qtbot, "𬭎三  双减")
    editor = opened(search, page)
    assert section(editor) == "minutes"
    assert editor.minutes.finder.isVisible()
    assert editor.minutes.finder.word.text() == "𬭎三"
    assert editor.minutes.edit.textCursor().selectedText() == "𬭎三"
    assert editor.minutes.finder.note.text() == "第1处，共1处"
    assert editor.minutes.edit.verticalScrollBar().value() > 0
    assert not editor.unsaved


def test_arrows_choose_and_enter_opens_agenda_resolution_or_field(stored, search, page, qtbot):
    stored(
        "会",
        agenda=(AgendaItem("其他"), AgendaItem("谈购书")),
        resolutions=(Resolution("其他"), Resolution("购书百册")),
        chair="购书员",
    )
    assert len(ask(search, qtbot, "购书")) == 3
    editor = opened(search, page, 1)
    assert section(editor) == "agenda"
    assert editor.agenda.table.view.currentIndex().row() == 1
    editor.reject()
    for down, check in (
        (2, lambda e: e.resolutions.table.view.currentIndex().row() == 1 and section(e) == "resolutions"),
        (0, lambda e: section(e) == "basics" and e.focusWidget().currentText() == "购书员"),
    ):
        page.search()
        again = only(SearchDialog)
        assert again.box.text() == "购书"
        assert page.desk.tasks.wait_idle(20_000)
        editor = opened(again, page, down)
        assert check(editor)
        editor.reject()


def test_the_latest_words_win(stored, search, qtbot):
    stored("甲会", minutes="甲")
    stored("乙会", minutes="乙", starts_at=datetime(2026, 2, 1, 9))
    search.box.setText("甲")
    search._search()
    search.box.setText("乙")
    search._search()
    assert search._desk.tasks.wait_idle(20_000)
    assert [search.list.item(row).data(Qt.ItemDataRole.UserRole).meeting_id for row in range(search.list.count())]
    assert {part for row in range(search.list.count()) for part in _hits(search, row)} == {"乙"}


def _hits(search: SearchDialog, row: int) -> list[str]:
    return [part for part, hit in search.list.item(row).data(Qt.ItemDataRole.UserRole).snippet.parts if hit]


def test_what_users_wrote_is_escaped_and_hits_are_bold(branch, stored):
    stored("<i>会</i> & 一", minutes="<b>班</b>")
    found = branch.read(lambda s: find_in_minutes(s, "班")).lines[0]
    shown = result_html(found)
    assert "&lt;i&gt;会&lt;/i&gt; &amp; 一" in shown
    assert "&lt;b&gt;<b style=" in shown
    assert ">班</b>&lt;/b&gt;" in shown


def test_page_offers_the_search_by_key(page):
    (action,) = (one for one in page.findChildren(QAction) if one.text().startswith("全文查找"))
    assert action.shortcut() == QKeySequence("Ctrl+Shift+F")


def test_hit_that_runs_over_white_space_is_selected_whole(stored, search, page, qtbot):
    stored("会", minutes="第 一季 度党员大会")
    ask(search, qtbot, "第一季度")
    editor = opened(search, page)
    assert editor.minutes.edit.textCursor().selectedText() == "第 一季 度"
    assert editor.minutes.finder.word.text() == "第 一季 度"


def test_cancelled_meeting_is_not_opened_but_explained(branch, stored, search, page, qtbot, messages):
    meeting = stored("取消的会")
    change = update(Meeting).where(Meeting.id == meeting).values(stage=Stage.CANCELLED)
    branch.write("取消", lambda s: s.execute(change))
    ask(search, qtbot, "取消")
    QTest.keyClick(search.box, Qt.Key.Key_Return)
    assert page.desk.tasks.wait_idle(20_000)
    assert messages.warned[0].startswith("这次会议已取消")
