from __future__ import annotations

import logging

import pytest
import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPlainTextEdit, QPushButton, QWidget

from partyroom.ui.message_box import ProblemBox, QuestionBox
from partyroom.ui.messages import Messages, Scripted


@pytest.fixture
def window(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def speaking(window) -> Messages:
    made = Messages(window)
    made.attach(window)
    return made


class Presser:
    """Presses a button of the modal box as soon as there is one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.texts: list[str] = []
        self.default = ""
        QTimer.singleShot(0, self.press)

    def press(self) -> None:
        box = QApplication.activeModalWidget()
        self.texts = [label.text() for label in box.findChildren(QLabel)]
        self.default = next(button.objectName() for button in box.findChildren(QPushButton) if button.isDefault())
        box.findChild(QPushButton, self._name).click()


@pytest.mark.parametrize(("button", "answer"), [("accept_button", True), ("reject_button", False)])
def test_question_gives_the_answer_pressed(speaking, window, button, answer, qtbot):
    presser = Presser(button)
    assert speaking.ask("删除“<b>张伟</b>”？", "可以恢复。", accept="移入回收站", danger=True) is answer
    assert "删除“<b>张伟</b>”？" in presser.texts
    assert presser.default == "reject_button"
    qtbot.waitUntil(lambda: not window.findChildren(QuestionBox))


def test_harmless_question_has_consent_as_its_default(speaking):
    presser = Presser("accept_button")
    assert speaking.ask("继续？", "没有风险。", accept="继续")
    assert presser.default == "accept_button"


def test_problem_does_not_block_and_can_be_copied(speaking, window, qtbot):
    speaking.problem("没有导出", "磁盘已满。", "第 3 页")
    box = window.findChild(ProblemBox)
    assert box.isVisible()
    box.findChild(QPushButton, "copy_button").click()
    assert QApplication.clipboard().text() == "没有导出\n\n磁盘已满。\n\n第 3 页"
    assert box.findChild(QPlainTextEdit).isReadOnly()
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not shiboken6.isValid(box))


def _broken() -> BaseException:
    try:
        raise ZeroDivisionError("分母")
    except ZeroDivisionError as error:
        return error


def test_unexpected_error_is_logged_with_traceback_and_shown_once(speaking, window, caplog, qtbot):
    said = []
    speaking.said.connect(said.append)
    with caplog.at_level(logging.ERROR):
        speaking.unexpected(_broken())
        speaking.unexpected(_broken())
    assert [record.getMessage() for record in caplog.records] == ["An unexpected error occurred."] * 2
    assert all(record.exc_info for record in caplog.records)
    assert len(window.findChildren(ProblemBox)) == 1
    assert [notice.text for notice in said] == ["刚才的操作没有完成：又遇到了同一个程序错误，已记入日志。"]
    window.findChild(ProblemBox).accept()


@pytest.mark.parametrize(
    ("chosen", "used", "path"),
    [
        ("/no-such-folder/a", "Excel 工作簿 (*.xlsx)", "/no-such-folder/a.xlsx"),
        ("/no-such-folder/a.XLSX", "Excel 工作簿 (*.xlsx)", "/no-such-folder/a.XLSX"),
        ("/no-such-folder/2026.3", "图片 (*.jpg *.png)", "/no-such-folder/2026.3.jpg"),
        ("/no-such-folder/a.png", "图片 (*.jpg *.png)", "/no-such-folder/a.png"),
        ("/no-such-folder/a", "所有文件 (*)", "/no-such-folder/a"),
    ],
)
def test_saved_file_gets_the_suffix_of_the_filter(speaking, monkeypatch, chosen, used, path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (chosen, used))
    assert str(speaking.choose_save("导出", "花名册.xlsx", used)) == path


@pytest.mark.parametrize(("answer", "typed", "asked"), [(True, "甲", 1), (False, "甲", 1), (True, "甲.xlsx", 0)])
def test_file_that_the_suffix_makes_an_existing_one_is_asked_about(
    speaking, monkeypatch, tmp_path, answer, typed, asked
):
    (tmp_path / "甲.xlsx").write_bytes(b"old")
    used = "Excel 工作簿 (*.xlsx)"
    questions = []

    def ask(title, text, **words):
        questions.append(text)
        return answer

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / typed), used))
    monkeypatch.setattr(speaking, "ask", ask)
    assert speaking.choose_save("导出", "花名册.xlsx", used) == (tmp_path / "甲.xlsx" if answer else None)
    assert len(questions) == asked


def test_cancelled_choice_is_none_and_the_next_begins_in_the_last_folder(speaking, monkeypatch, tmp_path):
    asked = []
    answers = iter([str(tmp_path / "甲.xlsx"), ""])

    def choose(parent, title, start, filters):
        asked.append(start)
        return next(answers), filters

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    assert speaking.choose_open("导入", "Excel (*.xlsx)") == tmp_path / "甲.xlsx"
    assert speaking.choose_open("导入", "Excel (*.xlsx)") is None
    assert asked[1] == str(tmp_path)


def test_unprepared_question_fails_the_test_that_asks_it(qapp):
    with pytest.raises(AssertionError, match="no answer was prepared"):
        Scripted().ask("？", "", accept="好")
