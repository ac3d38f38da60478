from __future__ import annotations

from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QPlainTextEdit, QPushButton, QWidget

from partyroom.core.errors import DomainError, Problem
from partyroom.ui.about import AboutDialog
from partyroom.ui.calculators import Calculator, CalculatorsDialog
from partyroom.ui.form_fields import Field, Kind
from partyroom.ui.start_page import StartCard, StartPage
from partyroom.ui.theme import row_height


@pytest.fixture
def start(messages, qtbot) -> StartPage:
    page = StartPage(messages, [("第一党支部", Path("/books/第一")), ("<b>示例</b>", Path("/books/示例"))])
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.mark.parametrize(
    ("title", "signal"),
    [
        ("新建支部", "create_requested"),
        ("打开支部库", "open_requested"),
        ("从备份恢复…", "restore_requested"),
        ("打开示例支部", "sample_requested"),
    ],
)
def test_each_card_asks_for_its_own(start, qtbot, title, signal):
    card = next(card for card in start.findChildren(StartCard) if card.accessibleName() == title)
    assert card.accessibleDescription()
    with qtbot.waitSignal(getattr(start, signal)):
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(getattr(start, signal)):
        qtbot.keyClick(card, Qt.Key.Key_Space)


def test_recent_library_is_asked_for_by_its_folder(start, qtbot):
    names = start.findChild(QListWidget, "recent_list")
    with qtbot.waitSignal(start.recent_requested) as seen:
        names.itemActivated.emit(names.item(1))
    assert seen.args == [Path("/books/示例")]


def test_one_click_on_a_recent_library_opens_it_once(start, qtbot):
    names = start.findChild(QListWidget, "recent_list")
    opened = []
    start.recent_requested.connect(opened.append)
    spot = names.visualItemRect(names.item(0)).center()
    qtbot.mouseClick(names.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert opened == [Path("/books/第一")]


def test_without_recent_libraries_there_is_no_empty_list(messages, qtbot):
    page = StartPage(messages)
    qtbot.addWidget(page)
    assert page.findChild(QListWidget, "recent_list") is None


def _sum(values: dict[str, object]) -> str:
    if values["b"] == 0:
        raise DomainError(Problem("不能为零。", "b"))
    return f"{values['a']} ÷ {values['b']} = {values['a'] / values['b']}"


@pytest.fixture
def calculators(qtbot) -> CalculatorsDialog:
    fields = (Field("a", "甲", Kind.NUMBER, required=True), Field("b", "乙", Kind.NUMBER, required=True))
    dialog = CalculatorsDialog([Calculator("相除", fields, _sum, note="算术"), Calculator("又一个", fields, _sum)])
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_answer_follows_what_is_typed(calculators, qtbot):
    answer = calculators.findChild(QLabel, "answer")
    copy = calculators.findChild(QPushButton, "copy_button")
    assert not copy.isEnabled()
    qtbot.keyClicks(calculators.findChild(QWidget, "field_a"), "6")
    assert not copy.isEnabled()
    qtbot.keyClicks(calculators.findChild(QWidget, "field_b"), "3")
    assert answer.text() == "6 ÷ 3 = 2.0"
    copy.click()
    assert QApplication.clipboard().text() == "6 ÷ 3 = 2.0"


def test_problem_of_a_calculation_is_shown_beside_its_field(calculators, qtbot):
    qtbot.keyClicks(calculators.findChild(QWidget, "field_a"), "6")
    qtbot.keyClicks(calculators.findChild(QWidget, "field_b"), "0")
    assert calculators.findChild(QLabel, "note_b").text() == "不能为零。"
    assert not calculators.findChild(QPushButton, "copy_button").isEnabled()


@pytest.mark.parametrize("kind", ["calculators", "about"])
def test_closed_dialogs_are_freed(kind, qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    dialog = CalculatorsDialog([], parent) if kind == "calculators" else AboutDialog("版本", [], parent)
    dialog.open()
    dialog.findChild(QPushButton, "accept_button").click()
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    assert not parent.findChildren(QPushButton)


def test_about_lists_the_licences_as_plain_text(qtbot):
    dialog = AboutDialog("<i>版本 1</i>", [("Qt 6.9", "LGPL-3.0", "条款<br>"), ("图标", "MIT", "")])
    qtbot.addWidget(dialog)
    text = dialog.findChild(QPlainTextEdit, "licences").toPlainText()
    assert text.startswith("Qt 6.9：LGPL-3.0\n图标：MIT")
    assert "条款<br>" in text
    assert dialog.findChild(QLabel, "about_text").textFormat() is Qt.TextFormat.PlainText


def test_rows_of_a_list_inside_other_widgets_are_as_high_as_those_of_tables(start):
    names = start.findChild(QListWidget, "recent_list")
    tops = [names.visualItemRect(names.item(row)).top() for row in range(2)]
    assert tops[1] - tops[0] == row_height()
