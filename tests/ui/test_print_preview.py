from __future__ import annotations

import errno
import gc
import io
import weakref
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from partyroom.core.errors import DomainError, StorageError
from partyroom.ui.print_position import PrintPositionDialog, present_shift
from partyroom.ui.print_preview import PrintPreview
from partyroom.ui.printing import Shift
from partyroom.ui.saving import save_bytes


@pytest.fixture(scope="module")
def pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for number in range(3):
        canvas.drawString(100, 700, f"page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture
def make(desk, pdf, qtbot):
    opened = []

    def build(data: bytes | None = None, **options) -> PrintPreview:
        preview = PrintPreview(desk, "支部大会会议记录", pdf if data is None else data, "会议/记录", **options)
        opened.append(preview)
        with qtbot.waitExposed(preview):
            preview.show()
        preview.activateWindow()
        return preview

    yield build
    for preview in opened:
        if shiboken6.isValid(preview):
            preview.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def preview(make) -> PrintPreview:
    return make()


def press(widget, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget, key, modifier)


def test_preview_shows_all_pages_and_leafs_through_them(preview, qtbot):
    assert preview.pane.page_count == 3
    assert preview.page_total.text() == "/ 3 页"
    assert (preview.page_box.value(), preview.back_action.isEnabled()) == (1, False)
    preview.on_action.trigger()
    qtbot.waitUntil(lambda: preview.page_box.value() == 2)
    preview.page_box.setValue(3)
    qtbot.waitUntil(lambda: preview.pane.page == 2)
    assert not preview.on_action.isEnabled()
    press(preview.pane.view, Qt.Key.Key_Home)
    assert preview.page_box.value() == 1
    press(preview.pane.view, Qt.Key.Key_End)
    assert preview.page_box.value() == 3


def test_zoom_by_choice_buttons_and_wheel(preview):
    view = preview.pane.view
    assert view.zoomMode() == QPdfView.ZoomMode.FitToWidth
    preview.zoom_box.activated.emit(preview.zoom_box.findText("整页"))
    assert view.zoomMode() == QPdfView.ZoomMode.FitInView
    preview.zoom_box.activated.emit(preview.zoom_box.findText("100 %"))
    assert (view.zoomMode(), view.zoomFactor()) == (QPdfView.ZoomMode.Custom, 1.0)
    preview.larger_action.trigger()
    assert view.zoomFactor() == 1.1
    assert preview.zoom_box.placeholderText() == "110 %"
    preview.smaller_action.trigger()
    assert preview.zoom_box.currentText() == "100 %"
    wheel = QWheelEvent(
        QPointF(50, 50),
        QPointF(50, 50),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), wheel)
    assert view.zoomFactor() == 0.9


def test_larger_after_fitting_goes_on_from_the_fitted_size(preview):
    preview.pane.fit_page()
    fitted = preview.pane.zoom
    assert 0.3 < fitted < 1.5
    preview.pane.zoom_by(1)
    assert fitted < preview.pane.view.zoomFactor() < fitted * 1.5


def test_saved_file_has_exactly_the_bytes_shown(preview, desk, pdf, tmp_path):
    path = tmp_path / "记录.pdf"
    path.write_bytes(b"old")
    desk.messages.prepare(path)
    press(preview, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert desk.tasks.wait_idle()
    assert path.read_bytes() == pdf
    assert [p.name for p in tmp_path.iterdir() if p.suffix != ".json"] == ["记录.pdf"]
    assert preview.status.text() == f"已保存到 {path}"


def test_cancelled_save_writes_nothing(preview, desk):
    desk.messages.prepare(None)
    preview.save_pdf()
    assert not desk.tasks.busy


def test_suggested_name_is_safe(preview, desk, monkeypatch):
    asked = []
    monkeypatch.setattr(desk.messages, "choose_save", lambda *a: asked.append(a))
    preview.save_pdf()
    assert asked == [("另存为 PDF", "会议_记录.pdf", "PDF 文件 (*.pdf)")]


def test_full_disk_is_told_in_a_sentence_and_leaves_the_old_file(preview, desk, tmp_path, monkeypatch):
    path = tmp_path / "记录.pdf"
    path.write_bytes(b"old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("partyroom.core.files.os.fsync", full)
    desk.messages.prepare(path)
    preview.save_pdf()
    assert desk.tasks.wait_idle()
    assert "磁盘空间不足" in desk.messages.problems[0][1]
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.glob("*.tmp")) + list(tmp_path.glob(".*.tmp"))) == 0


@pytest.mark.parametrize(("target", "words"), [("gone/a.pdf", "不存在"), (".", "是一个文件夹|没有权限")])
def test_impossible_places_are_named(tmp_path, target, words):
    (tmp_path / "folder").mkdir()
    path = tmp_path / "folder" if target == "." else tmp_path / target
    with pytest.raises(StorageError, match=words):
        save_bytes(path, b"x")


def test_word_copy_is_made_in_the_background_and_saved(make, desk, tmp_path):
    preview = make(copies=[("另存为 Word…", "docx", lambda: b"PK-word")])
    path = tmp_path / "记录.docx"
    desk.messages.prepare(path)
    action = next(a for a in preview.toolbar.actions() if a.text() == "另存为 Word…")
    action.trigger()
    assert desk.tasks.wait_idle()
    assert path.read_bytes() == b"PK-word"


def test_copy_that_cannot_be_made_says_why_and_writes_nothing(make, desk, tmp_path):
    def refuse() -> bytes:
        raise DomainError("没有可以导出的内容。")

    preview = make(copies=[("另存为 Excel…", "xlsx", refuse)])
    desk.messages.prepare(tmp_path / "x.xlsx")
    next(a for a in preview.toolbar.actions() if "Excel" in a.text()).trigger()
    assert desk.tasks.wait_idle()
    assert desk.messages.problems == [("另存为 Excel", "没有可以导出的内容。", "")]
    assert not (tmp_path / "x.xlsx").exists()


def test_warnings_stand_above_the_pages_as_plain_text(make):
    preview = make(warnings=[f"<b>第{n}个字</b>没有字形。" for n in range(5)])
    strip = preview.findChild(object, "message_strip")
    text = next(label for label in strip.findChildren(QLabel) if label.text())
    assert text.text().splitlines()[0] == "<b>第0个字</b>没有字形。"
    assert text.textFormat() == Qt.TextFormat.PlainText
    assert "共 5 条" in text.text()
    assert "&lt;b&gt;第4个字" in text.toolTip()


def printer_to(path: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


def test_print_to_a_file_gives_the_document_itself(preview, desk, pdf, tmp_path, monkeypatch):
    monkeypatch.setattr(preview, "ask_printer", lambda: printer_to(tmp_path / "out.pdf"))
    press(preview, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert desk.tasks.wait_idle()
    assert (tmp_path / "out.pdf").read_bytes() == pdf
    assert preview.status.text() == "已发送到打印机，共 3 页。"


def test_print_of_some_pages_is_drawn_outside_the_thread_of_the_window(preview, desk, tmp_path, monkeypatch):
    printer = printer_to(tmp_path / "out.pdf")
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(2, 3)
    monkeypatch.setattr(preview, "ask_printer", lambda: printer)
    preview.print_document()
    assert preview.status.text() == ""
    assert desk.tasks.wait_idle(20_000)
    assert preview.status.text() == "已发送到打印机，共 2 页。"
    assert (tmp_path / "out.pdf").read_bytes().count(b"/Type /Page\n") == 2


def test_cancelled_print_dialog_prints_nothing(preview, desk, monkeypatch):
    monkeypatch.setattr(preview, "ask_printer", lambda: None)
    preview.print_document()
    preview.print_calibration_page()
    assert not desk.tasks.busy


def test_calibration_page_is_in_the_menu_of_printing(preview, tmp_path, monkeypatch):
    monkeypatch.setattr(preview, "ask_printer", lambda: printer_to(tmp_path / "rulers.pdf"))
    preview.findChild(object, "print_calibration").trigger()
    assert (tmp_path / "rulers.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.qt_log_ignore("QPainter::begin|propagateSizeHints", extend=True)
def test_calibration_on_a_silent_printer_is_told(preview, desk, monkeypatch):
    monkeypatch.setattr(preview, "ask_printer", lambda: printer_to(Path("/nowhere/rulers.pdf")))
    preview.print_calibration_page()
    assert desk.messages.problems[0][0] == "没有打印"


def test_position_of_the_print_is_kept_in_tenths_of_a_millimetre(desk, qtbot):
    dialog = PrintPositionDialog(desk)
    qtbot.addWidget(dialog)
    dialog.right.setValue(1.5)
    dialog.down.setValue(-0.3)
    dialog.accept()
    assert present_shift(desk) == Shift(15, -3)


def test_what_is_no_pdf_can_still_be_saved(make, desk, tmp_path):
    preview = make(b"nonsense")
    assert not preview.print_action.isEnabled()
    assert "不能预览" in preview.status.text()
    desk.messages.prepare(tmp_path / "x.pdf")
    preview.save_pdf()
    assert desk.tasks.wait_idle()
    assert (tmp_path / "x.pdf").read_bytes() == b"nonsense"


def test_escape_closes_and_frees(make, qtbot):
    preview = make(copies=[("另存为 Word…", "docx", lambda: b"")], warnings=["注意"])
    pane = preview.pane
    press(preview.pane.view, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not shiboken6.isValid(pane))
    assert not shiboken6.isValid(preview)


def test_closed_preview_leaves_nothing_in_memory(desk, pdf, qtbot):
    preview = PrintPreview(desk, "标题", pdf, "名", copies=[("另存为 Word…", "docx", lambda: b"")])
    preview.show()
    gone = weakref.ref(preview)
    preview.close()
    qtbot.waitUntil(lambda: not shiboken6.isValid(gone()))
    del preview
    gc.collect()
    assert gone() is None
