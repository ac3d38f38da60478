"""A secretary's first day, told through the real window: start, import, record a meeting, see it, save the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pytest
from openpyxl import Workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton

from partyroom.core.identity import check_digit
from partyroom.desktop import Desktop
from partyroom.features.exchange.import_dialog import ImportDialog
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.registry import FEATURES
from partyroom.storage.library import Library
from partyroom.ui.form import FormDialog
from partyroom.ui.messages import Scripted
from partyroom.ui.print_preview import PrintPreview

MM = 72 / 25.4
PEOPLE = 30


def numbered(year: int, month: int, day: int, serial: int) -> str:
    body = f"990000{year:04d}{month:02d}{day:02d}{serial:03d}"
    return body + check_digit(body)


def messy_workbook(folder: Path) -> Path:
    """As offices make them: a title above, spaced headers, all sorts of dates, a blank row, a footer."""
    book = Workbook()
    sheet = book.active
    sheet.append(["样例学校党支部党员花名册（2026年）"])
    sheet.merge_cells("A1:H1")
    sheet.append(["序号", "姓 名", "性别", "出生年月", "公民身份号码", "入党时间", "转正日期", "联系电话"])
    dates = ("19{y}.{m}.12", "19{y}年{m}月12日", "19{y}-{m}-12", "19{y}{m:02d}12")
    for number in range(1, PEOPLE + 1):
        year, month = 60 + number, number % 12 + 1
        written = dates[number % 4].format(y=year, m=month)
        # the sequence digit before the check digit says the sex: odd for men
        identity = numbered(1900 + year, month, 12, 2 * number + (1 if number % 2 else 0))
        sex = "男" if int(identity[16]) % 2 else "女"
        name = "周𬭎三" if number == 7 else f"赵样例{number}"
        sheet.append([number, name, sex, written, identity, "2008年7月", "2009.7", 19900000000 + number])
    sheet.append([])
    sheet.append(["", "填表人：样例", "", "", "", "", "2026.11.22", ""])
    target = folder / "花名册.xlsx"
    book.save(target)
    return target


def test_first_day(desktop: Desktop, secretary, qtbot, tmp_path: Path, fixed_today: Callable[..., object]) -> None:
    messages = desktop.messages
    assert isinstance(messages, Scripted)
    start_a_branch(desktop, secretary, qtbot, tmp_path, messages)
    import_the_roster(desktop, secretary, qtbot, tmp_path, messages)
    preview = record_a_meeting(desktop, secretary, qtbot)
    paper = tmp_path / "记录.pdf"
    messages.prepare(paper)
    secretary.trigger(preview, "另存为 PDF…")
    secretary.settle()
    preview.done(0)
    read_the_record(paper)
    assert messages.errors == []
    assert messages.problems == []
    assert desktop.window is not None
    desktop.window.close()
    assert desktop.library is None
    with Library.open(tmp_path / "样例支部") as library:
        assert library.check() == []
        assert list((library.folder / "backups").glob("auto-*.db"))


def start_a_branch(desktop: Desktop, secretary, qtbot, tmp_path: Path, messages: Scripted) -> None:
    desktop.begin(None, sample=False)
    assert desktop.start_page is not None
    desktop.create_library()
    form = secretary.dialog(FormDialog)
    secretary.type_into(form, "field_name", "样例支部")
    secretary.type_into(form, "field_school", "样例学校")
    messages.prepare(tmp_path)
    form.submit()
    secretary.settle()
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=20_000)
    secretary.settle()


def import_the_roster(desktop: Desktop, secretary, qtbot, tmp_path: Path, messages: Scripted) -> None:
    assert desktop.window is not None
    page = desktop.window.page(FEATURES[0])
    messages.prepare(messy_workbook(tmp_path))
    secretary.trigger(page, "从 Excel 导入")
    dialog = secretary.dialog(ImportDialog)
    assert len(dialog.plan.steps) == PEOPLE
    assert dialog.plan.refusals == ()
    button = dialog.findChild(QPushButton, "accept_import")
    assert button is not None
    assert f"新增{PEOPLE}人" in button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    secretary.settle()
    qtbot.waitUntil(lambda: any("导入完成" in text for text in messages.informed), timeout=20_000)


def record_a_meeting(desktop: Desktop, secretary, qtbot) -> PrintPreview:
    assert desktop.window is not None
    kind = FEATURES[1]
    desktop.window.show_page(kind)
    page = desktop.window.page(kind)
    secretary.settle()
    secretary.trigger(page, "新建会议")
    editor = secretary.dialog(MeetingDialog)
    kinds = editor.findChild(QComboBox, "field_kind")
    assert kinds is not None
    kinds.setCurrentText("支部党员大会")
    for name, text in (("field_title", "第四季度支部党员大会"), ("field_start", "14:30"), ("field_end", "16:00")):
        secretary.type_into(editor, name, text)
    place = editor.findChild(QComboBox, "field_place")
    assert place is not None
    place.setEditText("党员活动室")
    secretary.settle()
    qtbot.waitUntil(lambda: len(editor.attendance.lines) == PEOPLE, timeout=20_000)
    editor.go_to("attendance")
    grid = editor.attendance.view
    grid.setFocus()
    grid.go_to(0)
    for key in (Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_2):  # 请假, 缺席, 迟到
        QTest.keyClick(grid, key)
        QTest.keyClick(grid, Qt.Key.Key_Down)
    editor.go_to("minutes")
    secretary.commit(editor.minutes.edit, "会议传达了有关文件，<b>&周𬭎三作了发言。")
    qtbot.waitUntil(lambda: editor.attendance.badge().startswith("28/30"), timeout=5_000)
    save = next(button for button in editor.findChildren(QPushButton) if button.text() == "保存并预览记录")
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    secretary.settle()
    return secretary.dialog(PrintPreview)


def read_the_record(paper: Path) -> None:
    """What was typed is on the page, and the page lies where the form's margins say: 31.7 mm and 25.4 mm."""
    with pdfplumber.open(paper) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages).replace("\n", "")
        first = pdf.pages[0]
        assert (round(float(first.width) / MM), round(float(first.height) / MM)) == (210, 297)
        edges = first.lines + first.rects
        assert min(line["x0"] for line in edges) / MM == pytest.approx(31.7, abs=0.5)
        assert max(line["x1"] for line in edges) / MM == pytest.approx(210 - 31.7, abs=0.5)
        assert min(char["top"] for char in first.chars) / MM >= 25.3
    for words in ("样例支部", "支部党员大会记录", "第四季度支部党员大会", "党员活动室", "应到人数", "30人", "28人"):
        assert words in text, words
    assert "<b>&周𬭎三作了发言" in text
