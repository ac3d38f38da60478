from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
import shiboken6
from PySide6.QtCore import QDate, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCalendarWidget, QLabel, QPushButton

from partyroom.core.calendar import RecordedDate
from partyroom.core.identity import mask_identity
from partyroom.ui.date_edit import DateEditor, DateTimeEditor, TimeEditor, read_time
from partyroom.ui.editors import ChoiceEditor, NumberEditor, OpenChoiceEditor, SecretEditor, TextEditor
from partyroom.ui.form_fields import Field, Kind
from partyroom.ui.form_grid import FieldCell
from partyroom.ui.money_edit import MoneyEditor
from partyroom.ui.people_box import PeopleEditor


@pytest.fixture
def put(qtbot):
    def show(editor):
        qtbot.addWidget(editor)
        editor.show()
        return editor

    return show


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("20240305", "2024-03-05"),
        ("2024.3.5", "2024-03-05"),
        ("２０２４年３月５日", "2024-03-05"),
        ("2024年3月", "2024-03"),
        ("1985", "1985"),
        ("八五年春", "八五年春"),
        ("1985-02-30", "1985-02-30"),
    ],
)
def test_date_is_rewritten_when_left_only_as_precise_as_it_was_typed(put, qtbot, typed, shown):
    editor = put(DateEditor(Field("d", "日期", Kind.DATE)))
    editor.line.setText(typed)
    qtbot.keyClick(editor.line, Qt.Key.Key_Return)
    assert editor.line.text() == shown
    assert editor.value() == RecordedDate(shown)


def test_unreadable_date_is_kept_with_a_warning_but_refused_where_the_day_is_needed(put):
    loose = put(DateEditor(Field("d", "日期", Kind.DATE)))
    loose.restore("八五年春")
    assert loose.problem() == ""
    assert "照原样保存" in loose.warning()
    strict = put(DateEditor(Field("d", "日期", Kind.DATE, exact=True)))
    strict.restore("八五年春")
    assert "看不懂" in strict.problem()
    strict.restore("2024.3")
    assert "请填到日" in strict.problem()
    strict.restore("2024.3.5")
    assert strict.problem() == ""


def test_day_is_picked_from_the_calendar(put, qtbot):
    editor = put(DateEditor(Field("d", "日期", Kind.DATE)))
    editor.set_value(date(2024, 3, 5))
    qtbot.keyClick(editor.line, Qt.Key.Key_F4)
    popup = QApplication.activePopupWidget()
    month = popup.findChild(QCalendarWidget)
    assert month.selectedDate() == QDate(2024, 3, 5)
    month.clicked.emit(QDate(2024, 3, 8))
    qtbot.waitUntil(lambda: not shiboken6.isValid(popup))
    assert editor.value() == RecordedDate("2024-03-08")


@pytest.mark.parametrize(("button", "text"), [("month_button", "2024-03"), ("clear_button", "")])
def test_calendar_can_give_a_month_or_nothing(put, qtbot, button, text):
    editor = put(DateEditor(Field("d", "日期", Kind.DATE)))
    editor.set_value("2024-03-05")
    editor.open_calendar()
    qtbot.mouseClick(QApplication.activePopupWidget().findChild(QPushButton, button), Qt.MouseButton.LeftButton)
    assert editor.line.text() == text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("14:30", time(14, 30)),
        ("1430", time(14, 30)),
        ("930", time(9, 30)),
        ("１４：３０", time(14, 30)),
        ("14点", time(14, 0)),
        ("9点5分", time(9, 5)),
        ("8", time(8, 0)),
        ("24:00", None),
        ("12:60", None),
        ("下午", None),
        ("", None),
    ],
)
def test_times_are_read_as_typed_in_offices(typed, read):
    assert read_time(typed) == read


def test_unreadable_time_is_a_problem(put):
    editor = put(TimeEditor(Field("t", "时间", Kind.TIME)))
    editor.line.setText("25:00")
    assert "14:30" in editor.problem()


@pytest.mark.parametrize(
    ("day", "clock", "value", "problem"),
    [
        ("20241122", "1430", datetime.fromisoformat("2024-11-22 14:30"), ""),
        ("", "", None, ""),
        ("20241122", "", None, "请填上时间"),
        ("", "1430", None, "请填上日期"),
        ("2024.11", "1430", None, "请填到日"),
    ],
)
def test_moment_needs_both_parts(put, day, clock, value, problem):
    editor = put(DateTimeEditor(Field("m", "开始", Kind.DATETIME)))
    editor.restore([day, clock])
    assert editor.value() == value
    assert editor.problem().startswith(problem)
    assert bool(editor.problem()) == bool(problem)


@pytest.mark.parametrize(
    ("typed", "decimals", "value", "problem"),
    [
        ("12", 0, 12, ""),
        ("１２", 0, 12, ""),
        ("1,234.50", 2, Decimal("1234.50"), ""),
        ("-3", 0, None, "不能小于 0"),
        ("1001", 0, None, "不能大于 1000"),
        ("1.5", 0, None, "请填整数"),
        ("1.005", 2, None, "最多填 2 位"),
        ("十二", 0, None, "请填数字"),
        ("nan", 2, None, "请填数字"),
        ("1e3", 2, None, "请填数字"),
        ("100", 0, 100, ""),
        ("", 0, None, ""),
    ],
)
def test_numbers_are_exact_and_their_faults_named(put, typed, decimals, value, problem):
    highest = 1000 if decimals == 0 else None
    editor = put(NumberEditor(Field("n", "数", Kind.NUMBER, decimals=decimals, lowest=0, highest=highest)))
    editor.line.setText(typed)
    assert editor.value() == value
    assert editor.problem().startswith(problem)
    assert bool(editor.problem()) == bool(problem)


def test_number_shows_its_decimals(put):
    editor = put(NumberEditor(Field("n", "金额", Kind.NUMBER, decimals=2)))
    editor.set_value(Decimal("12.5"))
    assert editor.line.text() == "12.50"


@pytest.mark.parametrize(
    ("typed", "fen", "problem"),
    [
        ("", None, ""),
        ("1,234.5", 123450, ""),
        ("￥82元", 8200, ""),
        ("１２．３４", 1234, ""),
        ("12.345", None, "小数多于两位"),
        ("十二", None, "看不懂金额“十二”"),
        ("-5", None, "不能是负数"),
        ("2000.01", None, "不能大于 2000 元"),
    ],
)
def test_money_is_typed_in_yuan_and_given_in_fen(put, typed, fen, problem):
    editor = put(MoneyEditor(Field("m", "金额", Kind.MONEY, highest=2000)))
    editor.line.setText(typed)
    assert editor.value() == fen
    assert not isinstance(editor.value(), float)
    assert editor.problem() == problem if not problem else problem in editor.problem()


def test_money_is_shown_with_two_decimals_and_its_unit(put, qtbot):
    editor = put(MoneyEditor(Field("m", "金额", Kind.MONEY)))
    editor.set_value(8200)
    assert editor.line.text() == "82.00"
    assert editor.line.alignment() & Qt.AlignmentFlag.AlignRight
    assert [label.text() for label in editor.findChildren(QLabel)] == ["元"]
    editor.line.setText("1,234.5")
    qtbot.keyClick(editor.line, Qt.Key.Key_Return)
    assert editor.line.text() == "1234.50"
    editor.set_value(None)
    assert editor.blank()
    assert editor.value() is None


def test_money_may_be_negative_where_the_field_says_so(put):
    editor = put(MoneyEditor(Field("m", "更正", Kind.MONEY, lowest=-100)))
    editor.line.setText("-99.99")
    assert (editor.value(), editor.problem()) == (-9999, "")
    editor.line.setText("-100.01")
    assert (editor.value(), editor.problem()) == (None, "不能小于 -100 元。")


def test_wrong_amount_is_told_beside_the_field(put, qtbot):
    cell = put(FieldCell(Field("m", "金额", Kind.MONEY), None))
    cell.editor.line.setText("12.345")
    qtbot.keyClick(cell.editor.line, Qt.Key.Key_Return)
    assert "请写到分" in cell.note.text()
    assert cell.note.property("note") == "error"


def test_optional_choice_can_be_blank_and_keeps_an_old_code(put):
    editor = put(ChoiceEditor(Field("c", "类别", Kind.CHOICE, choices=(("a", "甲"), ("b", "乙")))))
    assert editor.value() is None
    editor.set_value("b")
    assert editor.value() == "b"
    editor.set_value("旧类别")
    assert editor.value() == "旧类别"
    assert editor.combo.currentText() == "旧类别"


def test_mouse_wheel_does_not_change_a_choice(put, qtbot):
    editor = put(ChoiceEditor(Field("c", "类别", Kind.CHOICE, choices=(("a", "甲"), ("b", "乙")))))
    editor.set_value("a")
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(editor.combo.mapToGlobal(QPoint(5, 5))),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor.combo, wheel)
    assert editor.value() == "a"


def test_open_choice_takes_what_is_not_suggested(put, qtbot):
    editor = put(OpenChoiceEditor(Field("c", "民族", Kind.OPEN_CHOICE, choices=(("汉族", "汉族"),))))
    assert editor.value() == ""
    editor.combo.lineEdit().setText("  基诺族 ")
    assert editor.value() == "基诺族"
    editor.combo.setCurrentIndex(0)
    assert editor.value() == "汉族"


def test_text_is_cleaned_but_markup_stays(put):
    editor = put(TextEditor(Field("t", "标题")))
    editor.set_value("a\x00<b>甲</b>\n=1+1")
    assert editor.value() == "a<b>甲</b> =1+1"


def test_paste_that_does_not_fit_is_told(put, qtbot):
    editor = put(TextEditor(Field("t", "标题")))
    QApplication.clipboard().setText("字" * 40000)
    editor.line.paste()
    assert editor.warning() == "内容太长，只留下了前 32767 个字。"


def test_secret_is_masked_and_locked_until_the_eye_is_pressed(put, qtbot):
    editor = put(SecretEditor(Field("s", "公民身份号码", Kind.SECRET, mask=mask_identity)))
    assert not editor.line.isReadOnly()
    editor.set_value("11010519491231002X")
    assert editor.line.text() == "110***********002X"
    assert editor.line.isReadOnly()
    assert editor.value() == "11010519491231002X"
    with qtbot.waitSignal(editor.revealed):
        qtbot.keyClick(editor.line, Qt.Key.Key_F4)
    assert editor.line.text() == "11010519491231002X"
    editor.line.setText("110105194912310021")
    with qtbot.assertNotEmitted(editor.revealed):
        editor._eye.trigger()
    assert editor.value() == "110105194912310021"
    assert editor.line.text() == "110***********0021"


PEOPLE = ((1, "张伟"), (2, "单雄信"), (3, "王芳"), (4, "张敏"))


def test_people_are_found_by_name_initials_and_pinyin(put):
    editor = put(PeopleEditor(Field("p", "参加人员", Kind.PEOPLE, choices=PEOPLE)))

    def shown(text):
        editor.search.setText(text)
        return [editor.list.item(row).text() for row in range(4) if not editor.list.item(row).isHidden()]

    assert shown("张") == ["张伟", "张敏"]
    assert shown("zm") == ["张敏"]
    assert shown("SXX") == ["单雄信"]
    assert shown("shan") == ["单雄信"]
    assert shown("qq") == []
    assert shown("") == [name for _, name in PEOPLE]


def test_ticking_all_means_those_shown_and_keeps_the_others(put, qtbot):
    editor = put(PeopleEditor(Field("p", "参加人员", Kind.PEOPLE, choices=PEOPLE)))
    editor.set_value([3])
    editor.search.setText("zh")
    editor.findChild(QPushButton, "all_p").click()
    assert editor.value() == (1, 3, 4)
    editor.findChild(QPushButton, "none_p").click()
    assert editor.value() == (3,)
