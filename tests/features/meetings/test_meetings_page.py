# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

import gc
import weakref
from datetime import datetime

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from partyroom.features.meetings.domain import Resolution
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.meetings.search_dialog import SearchDialog
from partyroom.ui.form import FormDialog
from partyroom.ui.main_window import MainWindow
from partyroom.ui.print_preview import PrintPreview
from partyroom.ui.theme import apply_theme


@pytest.fixture
def page(desk, qtbot, fixed_today):
    made = MeetingsPage(desk)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    assert desk.tasks.wait_idle()
    return made


def settle(page: MeetingsPage) -> None:
    assert page.desk.tasks.wait_idle(20_000)


def shown(page: MeetingsPage) -> list[list[str]]:
    model = page.panel.model
    return [[str(model.index(row, column).data()) for column in range(8)] for row in range(model.rowCount())]


def only(kind):
    found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    assert len(found) == 1, found
    return found[0]


def test_meetings_stand_newest_first_with_their_counts(page, stored):
    stored("第一季度党员大会", starts_at=datetime(2026, 3, 5, 15, 0))
    stored("第三季度党员大会", also=("lecture",), resolutions=(Resolution("通过计划"),))
    page.reload()
    settle(page)
    rows = shown(page)
    assert [row[2] for row in rows] == ["第三季度党员大会", "第一季度党员大会"]
    assert rows[0][:2] == ["2026年9月10日 15:30", "支部党员大会（兼党课）"]
    assert rows[0][5:] == ["30/30", "", "1"]


def buttons(page: MeetingsPage) -> list[QToolButton]:
    return [page.toolbar.widgetForAction(action) for action in page.toolbar.actions()]


@pytest.mark.parametrize(("width", "large"), [(1280, False), (1280, True), (960, False)])
def test_all_commands_are_in_sight_beside_the_rooms(desk, messages, qapp, qtbot, width, large):
    apply_theme(qapp, large=large)
    try:
        window = MainWindow(desk, [MeetingsPage], (), library_name="样例支部")
        qtbot.addWidget(window)
        window.resize(width, 540)
        with qtbot.waitExposed(window):
            window.show()
        page = window.current_page()
        settle(page)
        assert window.width() == width
        assert len(buttons(page)) <= 6
        hidden = [button.text() for button in buttons(page) if not button.isVisible()]
        assert hidden == []
        assert not page.toolbar.findChild(QToolButton, "qt_toolbar_ext_button").isVisible()
    finally:
        apply_theme(qapp)
        qapp.setStyleSheet("")


def test_what_needs_chosen_meetings_is_greyed_in_the_menus_until_then(page, stored):
    meeting = stored("第三季度党员大会")
    page.reload()
    settle(page)
    lines = {
        name: [action for action in page.findChild(QMenu, name).actions() if not action.isSeparator()]
        for name in ("print_menu", "handling_menu", "more_menu")
    }
    texts = {name: [action.text() for action in actions] for name, actions in lines.items()}
    assert texts == {
        "print_menu": ["预览会议记录", "预览会议纪要", "签到表", "打印一个月…"],
        "handling_menu": ["纪要通报", "请假与补课…", "议事决策督办…"],
        "more_menu": ["统计汇总…", "导出所见", "会议类型…"],
    }
    asking = {"预览会议记录", "预览会议纪要", "签到表", "纪要通报"}
    everything = [action for actions in lines.values() for action in actions]
    page.panel.select([])
    assert {action.text() for action in everything if not action.isEnabled()} == asking
    page.panel.select([meeting])
    assert all(action.isEnabled() for action in everything)


@pytest.mark.parametrize(
    ("key", "shift", "kind"),
    [(Qt.Key.Key_N, False, MeetingDialog), (Qt.Key.Key_F, True, SearchDialog), (Qt.Key.Key_P, False, PrintPreview)],
)
def test_keys_work_wherever_their_command_stands(page, stored, qtbot, key, shift, kind):
    meeting = stored("第三季度党员大会")
    page.reload()
    settle(page)
    page.panel.select([meeting])
    page.panel.view.setFocus()
    pressed = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(page.panel.view, key, pressed | Qt.KeyboardModifier.ShiftModifier if shift else pressed)
    qtbot.waitUntil(lambda: any(isinstance(w, kind) and w.isVisible() for w in QApplication.topLevelWidgets()))
    settle(page)
    only(kind).done(0)


def test_kind_year_and_text_narrow_the_list(page, stored):
    stored("去年的党员大会", starts_at=datetime(2025, 3, 5, 15, 0))
    stored("九月党课", kind="lecture", minutes="学习党章总纲")
    page.reload()
    settle(page)
    combo = page.findChild(object, "filter_year")
    assert [combo.itemText(i) for i in range(combo.count())] == ["全部", "2026年", "2025年"]
    combo.setCurrentIndex(2)
    settle(page)
    assert [row[2] for row in shown(page)] == ["去年的党员大会"]
    page.panel.bar.clear()
    page.panel.bar.search.setText("总纲")
    page.panel.bar.search.search_now()
    settle(page)
    assert [row[2] for row in shown(page)] == ["九月党课"]


def test_an_empty_list_offers_the_first_meeting(page):
    note = page.panel.view.note
    assert note.isVisible()
    assert "先新建一次会议" in note.text.text()
    note.button.click()
    settle(page)
    assert only(MeetingDialog).windowTitle() == "新建会议"
    only(MeetingDialog).reject()


def test_a_meeting_goes_to_the_bin_and_comes_back(page, stored, messages, qtbot):
    stored()
    page.reload()
    settle(page)
    page.panel.view.setFocus()
    page.panel.view.selectRow(0)
    notices = []
    messages.said.connect(notices.append)
    messages.prepare(True)
    QTest.keyClick(page.panel.view, Qt.Key.Key_Delete)
    settle(page)
    settle(page)
    assert shown(page) == []
    assert notices[-1].action == "撤销"
    notices[-1].slot()
    settle(page)
    settle(page)
    assert [row[2] for row in shown(page)] == ["第三季度党员大会"]


def test_refusing_the_question_bins_nothing(page, stored, messages):
    stored()
    page.reload()
    settle(page)
    page.panel.view.setFocus()
    page.panel.view.selectRow(0)
    messages.prepare(False)
    QTest.keyClick(page.panel.view, Qt.Key.Key_Delete)
    settle(page)
    assert len(shown(page)) == 1


def test_the_list_is_exported_as_it_is_shown(page, stored, messages, tmp_path):
    stored("=cmd|' /C calc'!A0")
    page.reload()
    settle(page)
    path = tmp_path / "会议.xlsx"
    messages.prepare(path)
    page.export_shown()
    settle(page)
    settle(page)
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[2]][:3] == ["会议时间", "会议类型", "会议名称"]
    assert sheet["C3"].value == "=cmd|' /C calc'!A0"
    assert sheet["C3"].data_type == "s"


def pdf_text(data: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        return "".join(document[i].get_textpage().get_text_bounded() for i in range(len(document)))
    finally:
        document.close()


def previews(monkeypatch) -> list[tuple]:
    """Lets previews be made without being drawn, and remembers what they were given."""
    made: list[tuple] = []
    original = PrintPreview.__init__

    def remember(self, desk, title, pdf, file_name, **options):
        made.append((title, pdf, file_name, options))
        original(self, desk, title, pdf, file_name, **options)

    monkeypatch.setattr(PrintPreview, "__init__", remember)
    return made


def test_the_preview_shows_the_stored_meeting(page, stored, monkeypatch, qtbot):
    made = previews(monkeypatch)
    stored("讨论<b>&甲的党员大会", minutes="一、学习\n学习讨论。")
    page.reload()
    settle(page)
    page.panel.view.setFocus()
    page.panel.view.selectRow(0)
    QTest.keyClick(page.panel.view, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(made) == 1, timeout=20_000)
    settle(page)
    title, pdf, name, options = made[0]
    assert title == "2026年9月10日 讨论<b>&甲的党员大会（会议记录）"
    assert "讨论<b>&甲的党员大会" in pdf_text(pdf).replace("\r\n", "")
    assert "<" not in name
    assert [label for label, *_ in options["copies"]] == ["另存为 Word…"]
    assert options["copies"][0][2]()[:2] == b"PK"
    only(PrintPreview).reject()


def test_a_month_is_printed_in_one(page, stored, monkeypatch, qtbot):
    made = previews(monkeypatch)
    stored("第一次大会", starts_at=datetime(2026, 9, 1, 15, 0))
    stored("第二次大会", starts_at=datetime(2026, 9, 30, 19, 0))
    stored("十月的大会", starts_at=datetime(2026, 10, 1, 15, 0))
    page.print_month()
    dialog = only(FormDialog)
    dialog.grid.cells["month"].editor.line.setText("2026.9")
    dialog.submit()
    qtbot.waitUntil(lambda: len(made) == 1, timeout=20_000)
    settle(page)
    assert made[0][0] == "2026年9月会议记录（2份）"
    text = pdf_text(made[0][1])
    assert text.index("第一次大会") < text.index("第二次大会")
    assert "十月的大会" not in text
    only(PrintPreview).reject()


def test_a_month_without_meetings_is_said_to_be_empty(page, messages):
    page.print_month()
    dialog = only(FormDialog)
    dialog.grid.cells["month"].editor.line.setText("2020")
    dialog.submit()
    assert dialog.isVisible()
    dialog.grid.cells["month"].editor.line.setText("2020.5")
    dialog.submit()
    settle(page)
    assert messages.informed[-1] == "2020年5月没有会议记录。"


def test_the_page_is_freed(desk, qtbot, fixed_today, stored):
    stored()
    page = MeetingsPage(desk)
    page.reload()
    assert desk.tasks.wait_idle()
    gone = weakref.ref(page)
    page.deleteLater()
    del page
    qtbot.wait(20)
    gc.collect()
    assert gone() is None
