"""The handbook: every page has its chapter, and it reads well in the window that shows it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import partyroom
from partyroom.core.paths import resources
from partyroom.ui.handbook import HandbookWindow, chapters
from partyroom.ui.theme import apply_theme

MARKS = re.compile(r"\*\*|__|`|~~|^\s*(#|>|[-*+] |\||\d+\)\s)|-{3}|\]\(|<[a-z/]", re.MULTILINE)
"""What Markdown is written with; nothing of it may reach the reader."""

CHAPTERS = [
    "快速上手",
    "党员花名册",
    "从 Excel 导入花名册",
    "会议记录",
    "党费",
    "公开承诺",
    "档案",
    "打印和公文",
    "数据安全",
    "计算器",
    "设置和大字模式",
    "不开窗口的用法（命令行）",
    "依据和待核实的规定",
]


@pytest.fixture
def parent(qtbot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def handbook(qtbot, parent) -> Iterator[HandbookWindow]:
    window = HandbookWindow.show_at("", parent)
    yield window
    if shiboken6.isValid(window):
        window.close()
        _await_freed(qtbot, window)


@pytest.fixture
def large_text(qapp) -> Iterator[None]:
    apply_theme(qapp, large=True)
    yield
    apply_theme(qapp, large=False)


def test_has_the_chapters_a_secretary_looks_for_in_order():
    assert list(chapters()) == CHAPTERS


def test_no_chapter_is_empty_or_hides_behind_a_title_used_before():
    text = (resources() / "handbook" / "handbook.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == len(chapters())
    assert min(len(body) for body in chapters().values()) > 100


def test_every_page_of_the_program_has_its_chapter():
    from partyroom.registry import FEATURES

    missing = [page.title for page in FEATURES if page.title not in chapters()]
    assert not missing


def test_every_chapter_that_is_referred_to_exists():
    named = [name for body in chapters().values() for name in re.findall("“([^”]+)”一章", body)]
    assert named
    assert set(named) <= set(chapters())


def test_every_command_that_asks_further_stands_in_the_program_as_the_handbook_names_it():
    text = (resources() / "handbook" / "handbook.md").read_text(encoding="utf-8")
    commands = {name for bold in re.findall(r"\*\*([^*]+…)\*\*", text) for name in bold.split(" → ")}
    program = "\n".join(path.read_text(encoding="utf-8") for path in Path(partyroom.__file__).parent.rglob("*.py"))
    assert "月份结账…" in commands
    assert [name for name in sorted(commands) if name not in program] == []


def test_opens_at_the_chapter_of_the_page(parent, handbook):
    for title in ("党员花名册", "会议记录"):
        assert HandbookWindow.show_at(title, parent) is handbook
        assert handbook.titles.currentItem().text() == title
        assert handbook.text.toPlainText().startswith(f"{title}\n")


def test_f1_opens_the_chapter_of_the_page_in_view(qtbot, empty_library_folder, tmp_path, monkeypatch):
    from partyroom.desktop import Desktop
    from partyroom.registry import FEATURES
    from partyroom.ui.messages import Scripted
    from partyroom.ui.preferences import Preferences

    monkeypatch.setattr(QApplication, "quit", bool)  # the test's application goes on
    folder = tmp_path / "library"
    shutil.copytree(empty_library_folder, folder)
    desktop = Desktop(Preferences(tmp_path / "settings.json"), Scripted())
    desktop.open_folder(folder)
    qtbot.waitUntil(lambda: desktop.window is not None)
    window = desktop.window
    assert window is not None
    window.activateWindow()
    for page in FEATURES:
        window.show_page(page)
        qtbot.keyClick(window, Qt.Key.Key_F1)
        handbook = window.findChild(HandbookWindow)
        assert handbook.text.toPlainText().startswith(f"{page.title}\n")
    window.close()
    assert desktop.window is None


def test_a_page_without_a_chapter_opens_at_the_beginning(handbook):
    handbook.turn_to("会议记录")
    handbook.turn_to("没有这一页")
    assert handbook.titles.currentItem().text() == CHAPTERS[0]


def test_choosing_a_title_turns_to_its_beginning(handbook, qtbot):
    handbook.turn_to("依据和待核实的规定")
    bar = handbook.text.verticalScrollBar()
    bar.setValue(bar.maximum())
    item = handbook.titles.item(CHAPTERS.index("会议记录"))
    place = handbook.titles.visualItemRect(item).center()
    qtbot.mouseClick(handbook.titles.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert handbook.text.toPlainText().startswith("会议记录\n")
    assert bar.value() == 0


@pytest.mark.parametrize("title", CHAPTERS)
def test_shows_no_raw_markup(handbook, title):
    handbook.turn_to(title)
    shown = handbook.text.toPlainText()
    assert not MARKS.findall(shown)
    assert re.search("[。：]", shown)


def test_uses_only_structures_that_the_window_can_draw():
    text = (resources() / "handbook" / "handbook.md").read_text(encoding="utf-8")
    assert not re.search(r"^(```|~~~|> | {4,}\S|\t)|!\[|\]\(|<[A-Za-z/]", text, re.MULTILINE)


def test_tables_keep_their_columns_in_every_row():
    for title, body in chapters().items():
        for above, below in pairwise(body.splitlines()):
            if above.startswith("|") and below.startswith("|"):
                assert above.count("|") == below.count("|"), (title, below)


def test_closing_frees_the_window_and_it_opens_anew(parent, qtbot):
    window = HandbookWindow.show_at("会议记录", parent)
    window.close()
    _await_freed(qtbot, window)
    assert parent.findChild(HandbookWindow) is None
    again = HandbookWindow.show_at("会议记录", parent)
    assert again is not window
    assert again.isVisible()
    again.close()
    _await_freed(qtbot, again)


def test_goes_with_the_main_window(qtbot):
    main = QWidget()
    window = HandbookWindow.show_at("会议记录", main)
    shiboken6.delete(main)
    assert not shiboken6.isValid(window)
    other = QWidget()
    qtbot.addWidget(other)
    again = HandbookWindow.show_at("会议记录", other)
    assert again.parentWidget() is other
    again.close()
    _await_freed(qtbot, again)


def test_in_large_letters_nothing_is_cut_off(large_text, handbook):
    room = handbook.screen().availableGeometry()
    assert handbook.width() <= room.width()
    assert handbook.height() <= room.height()
    for title in CHAPTERS:
        handbook.turn_to(title)
        assert handbook.text.horizontalScrollBar().maximum() == 0, title


def test_in_large_letters_the_text_needs_more_room(handbook, qapp):
    usual = handbook.text.document().size().height()
    apply_theme(qapp, large=True)
    try:
        handbook.turn_to("计算器")
        handbook.turn_to(CHAPTERS[0])
        assert handbook.text.document().size().height() > usual * 1.1
    finally:
        apply_theme(qapp, large=False)


def _await_freed(qtbot: QtBot, window: HandbookWindow) -> None:
    qtbot.waitUntil(lambda: not shiboken6.isValid(window))
