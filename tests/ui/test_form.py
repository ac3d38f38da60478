from __future__ import annotations

import gc
import threading
import weakref
from datetime import date, datetime, time

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from partyroom.core import calendar
from partyroom.core.errors import DomainError, Problem, StorageError
from partyroom.ui.form import Field, FormDialog, Kind

FIELDS = (
    Field("name", "姓名", required=True, section="基本情况"),
    Field("sex", "性别", Kind.CHOICE, required=True, choices=(("male", "男"), ("female", "女"))),
    Field("born", "出生日期", Kind.DATE),
    Field("number", "公民身份号码", Kind.SECRET),
    Field("note", "备注", Kind.LONG_TEXT, section="其他"),
)
MOMENT = datetime.fromisoformat("2026-11-22 14:30")
VALUES = {"name": "张伟", "sex": "male", "born": date(1985, 3, 2), "number": "110105194912310021", "note": "一\n二"}


@pytest.fixture
def open_form(desk, qtbot):
    parents = []

    def make(fields=FIELDS, values=VALUES, **options) -> FormDialog:
        parent = QWidget()
        qtbot.addWidget(parent)
        dialog = FormDialog("编辑党员", fields, values, desk, parent=parent, **options)
        parents.append(parent)
        dialog.show()
        return dialog

    return make


def editor(dialog: FormDialog, key: str):
    return dialog.grid.cells[key].editor


def note(dialog: FormDialog, key: str) -> str:
    return dialog.findChild(QLabel, f"note_{key}").text()


def test_values_come_back_as_they_were_given(open_form):
    dialog = open_form()
    got = dialog.values()
    assert got["born"] == calendar.RecordedDate("1985-03-02")
    assert {**got, "born": VALUES["born"]} == VALUES
    assert not dialog.unsaved


def test_everything_operated_has_a_name_for_tests_and_readers(open_form):
    dialog = open_form()
    for field in FIELDS:
        widget = dialog.findChild(QWidget, f"field_{field.key}")
        assert widget.accessibleName() == field.label


def test_saving_hands_over_the_values_and_closes(open_form, qtbot):
    saved = []
    dialog = open_form(save=saved.append)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    line = editor(dialog, "name").line
    line.selectAll()
    qtbot.keyClicks(line, "Li")
    qtbot.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert saved[0]["name"] == "Li"
    assert not dialog.isVisible()
    assert dialog.values()["name"] == "Li"


def test_missing_required_fields_are_named_and_the_first_gets_the_focus(open_form, qtbot):
    saved = []
    dialog = open_form(values={}, save=saved.append)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    editor(dialog, "note").setFocus()
    dialog.submit()
    assert saved == []
    assert dialog.isVisible()
    assert note(dialog, "name") == "请填写姓名。"
    assert note(dialog, "sex") == "请选择性别。"
    assert note(dialog, "born") == ""
    assert editor(dialog, "name").line.hasFocus()
    assert editor(dialog, "name").line.accessibleDescription() == "请填写姓名。"


def test_error_goes_away_while_the_user_mends_it(open_form, qtbot):
    dialog = open_form(values={})
    dialog.submit()
    qtbot.keyClicks(editor(dialog, "name").line, "W")
    assert note(dialog, "name") == ""
    assert not editor(dialog, "name").line.property("wrong")


def test_own_check_of_a_field_is_asked(open_form):
    fields = (
        Field("year", "年度", Kind.NUMBER, validate=lambda value: "年度要在 2000 年以后。" if value < 2000 else ""),
    )
    dialog = open_form(fields, {"year": 1987})
    dialog.submit()
    assert note(dialog, "year") == "年度要在 2000 年以后。"
    editor(dialog, "year").set_value(2026)
    dialog.submit()
    assert not dialog.isVisible()


def test_domain_error_is_shown_beside_its_field_and_above_the_form(open_form):
    def refuse(values):
        raise DomainError(Problem("这个人已在花名册中。", "name"), "请先核对。", Problem("没有这个栏目。", "other"))

    dialog = open_form(save=refuse)
    dialog.submit()
    assert dialog.isVisible()
    assert note(dialog, "name") == "这个人已在花名册中。"
    assert dialog.findChild(QLabel, "form_problem_bar_text").text() == "请先核对。\n没有这个栏目。"


def test_form_waits_for_the_write_that_saving_asked_for(open_form, desk, qtbot):
    gate = threading.Event()
    order = []

    def save(values):
        desk.tasks.write("修改党员", lambda session: gate.wait(5), lambda _: order.append("done"), owner=dialog)

    dialog = open_form(save=save)
    dialog.submitted.connect(lambda values: order.append("submitted"))
    dialog.submit()
    assert dialog.isVisible()
    assert not dialog.findChild(QPushButton, "save_button").isEnabled()
    dialog.submit()
    dialog.reject()
    assert dialog.isVisible(), "while saving neither a second save nor closing is possible"
    gate.set()
    assert desk.tasks.wait_idle()
    assert order == ["done", "submitted"]
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    ("error", "field_note", "bar"),
    [
        (DomainError(Problem("日期写错了。", "born")), "日期写错了。", ""),
        (StorageError("磁盘已满，没有保存。"), "", "磁盘已满，没有保存。"),
    ],
)
def test_failed_write_keeps_the_form_open_with_the_reason(open_form, desk, messages, error, field_note, bar):
    def fail(session):
        raise error

    def save(values):
        desk.tasks.write("修改党员", fail, owner=dialog)

    dialog = open_form(save=save)
    dialog.submit()
    assert desk.tasks.wait_idle()
    assert dialog.isVisible()
    assert note(dialog, "born") == field_note
    assert dialog.findChild(QLabel, "form_problem_bar_text").text() == bar
    assert dialog.findChild(QPushButton, "save_button").isEnabled()
    assert messages.problems == []


def test_unknown_error_of_a_write_keeps_the_form_and_is_reported(open_form, desk, messages):
    def save(values):
        desk.tasks.write("修改党员", lambda session: 1 / 0, owner=dialog)

    dialog = open_form(save=save)
    dialog.submit()
    assert desk.tasks.wait_idle()
    assert dialog.isVisible()
    assert [type(one) for one in messages.errors] == [ZeroDivisionError]


def test_escape_asks_only_when_something_was_typed(open_form, messages, qtbot):
    dialog = open_form()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert messages.asked == []

    dialog = open_form()
    editor(dialog, "name").set_value("李娜")
    messages.prepare(False, True)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    dialog.close()
    assert not dialog.isVisible()
    assert [title for title, _ in messages.asked] == ["放弃填写的内容？"] * 2


def test_tab_follows_the_order_of_the_fields(open_form, qtbot):
    dialog = open_form()
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    editor(dialog, "name").setFocus()
    visited = []
    for _ in FIELDS:
        visited.append(QApplication.focusWidget().objectName())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert visited == [f"field_{field.key}" for field in FIELDS]


def test_enter_goes_on_to_the_next_field(open_form, qtbot):
    saved = []
    dialog = open_form(save=saved.append)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    editor(dialog, "name").setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert QApplication.focusWidget().objectName() == "field_sex"
    assert saved == []


def test_draft_is_kept_after_a_second_and_offered_again(open_form, desk, monkeypatch, qtbot, messages):
    monkeypatch.setattr(calendar, "now", lambda: MOMENT)
    monkeypatch.setattr("partyroom.ui.form.now", lambda: MOMENT)
    dialog = open_form(draft_key="member/1")
    editor(dialog, "name").line.setText("李")
    assert desk.drafts.load("member/1") is None
    qtbot.waitUntil(lambda: desk.drafts.load("member/1") is not None, timeout=3000)
    dialog.hide()

    again = open_form(draft_key="member/1")
    assert editor(again, "name").value() == "张伟"
    assert again.findChild(QLabel, "draft_bar_text").text() == "发现上次没有保存的内容（2026年11月22日 14:30）。"
    again.findChild(QPushButton, "restore_button").click()
    assert editor(again, "name").value() == "李"
    assert again.unsaved
    again.submit()
    assert desk.drafts.load("member/1") is None


def test_draft_that_cannot_be_kept_is_told(open_form, desk, messages, monkeypatch, qtbot):
    def full(key, payload):
        raise StorageError("磁盘已满。")

    monkeypatch.setattr(desk.drafts, "save", full)
    dialog = open_form(draft_key="member/1")
    editor(dialog, "name").line.setText("李")
    qtbot.waitUntil(lambda: bool(messages.warned), timeout=3000)
    assert messages.warned == ["正在填写的内容没能自动保留，请及时保存。磁盘已满。"]


def test_form_that_went_with_its_window_does_not_mind_the_end_of_its_write(open_form, desk, store):
    gate = threading.Event()

    def save(values):
        desk.tasks.write("修改党员", lambda session: gate.wait(5), owner=dialog)

    dialog = open_form(save=save)
    dialog.submit()
    shiboken6.delete(dialog)
    gate.set()
    assert desk.tasks.wait_idle()
    assert store.written == ["修改党员"]


def test_discarded_draft_is_gone(open_form, desk):
    desk.drafts.save("member/1", {"saved_at": "2026-11-22 14:30:00", "values": {"name": "李"}})
    dialog = open_form(draft_key="member/1")
    dialog.findChild(QPushButton, "discard_button").click()
    assert desk.drafts.load("member/1") is None
    assert editor(dialog, "name").value() == "张伟"


def test_damaged_draft_is_not_offered(open_form, desk):
    desk.drafts.save("member/1", {"saved_at": 5, "values": "?"})
    assert not open_form(draft_key="member/1").findChild(QWidget, "draft_bar").isVisible()


def test_draft_brings_back_every_kind_of_field(open_form, desk):
    people = ((1, "张伟"), (2, "张伟"), (3, "王芳"))
    fields = (
        *FIELDS,
        Field("people", "参加人员", Kind.PEOPLE, choices=people),
        Field("start", "开始时间", Kind.DATETIME),
        Field("clock", "时间", Kind.TIME),
        Field("fee", "金额", Kind.NUMBER, decimals=2),
        Field("float", "流动党员", Kind.CHECK),
        Field("nation", "民族", Kind.OPEN_CHOICE, choices=(("汉族", "汉族"),)),
    )
    values = {
        **VALUES,
        "born": calendar.RecordedDate("八五年"),
        "people": (2, 3),
        "start": MOMENT,
        "clock": time(9, 5),
        "fee": 12,
        "float": True,
        "nation": "回族",
    }
    typed = open_form(fields, values)
    expected = typed.values()
    assert expected["people"] == (2, 3)
    blank = open_form(fields, {})
    blank.grid.restore(typed.grid.drafts())
    assert blank.values() == expected


def test_revealing_a_secret_is_announced(open_form, qtbot):
    dialog = open_form()
    with qtbot.waitSignal(dialog.revealed) as seen:
        editor(dialog, "number")._eye.trigger()
    assert seen.args == ["number"]
    assert editor(dialog, "number").line.text() == VALUES["number"]


def test_markup_in_labels_and_errors_is_shown_as_typed(open_form):
    dialog = open_form((Field("a", "<b>甲</b>", required=True),), {})
    dialog.submit()
    assert note(dialog, "a") == "请填写<b>甲</b>。"
    assert dialog.findChild(QLabel, "note_a").textFormat() is Qt.TextFormat.PlainText
    texts = [label.text() for label in dialog.grid.findChildren(QLabel)]
    assert any("&lt;b&gt;甲&lt;/b&gt;" in text for text in texts)


def test_long_form_fits_the_screen_and_scrolls_to_the_problem(open_form, qtbot):
    fields = [Field(f"f{number}", f"项目{number}", required=number == 59) for number in range(60)]
    dialog = open_form(fields, {})
    room = dialog.screen().availableGeometry()
    assert dialog.height() <= room.height()
    dialog.submit()
    cell = dialog.grid.cells["f59"]
    qtbot.waitUntil(lambda: not cell.visibleRegion().isEmpty())


def test_closed_form_is_freed(desk, qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = FormDialog("编辑", FIELDS, VALUES, desk, draft_key="x", parent=parent)
    gone = weakref.ref(dialog)
    dialog.show()
    dialog.reject()
    qtbot.waitUntil(lambda: not shiboken6.isValid(gone()))
    del dialog
    gc.collect()
    assert gone() is None
    assert parent.findChildren(QLineEdit) == []


def test_values_are_readable_after_exec_returned(desk, qtbot):
    dialog = FormDialog("编辑", FIELDS, VALUES, desk)
    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, dialog.submit)
    assert dialog.exec() == 1
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    assert dialog.values()["name"] == "张伟"
