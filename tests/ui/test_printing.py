from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QPageLayout, QPageRanges, QPageSize
from PySide6.QtPrintSupport import QPrinter
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from partyroom.core.errors import CancelledError, PartyroomError, StorageError
from partyroom.ui.calibration import print_calibration
from partyroom.ui.printing import (
    Shift,
    chosen_pages,
    draw_pages,
    lp_arguments,
    open_pdf,
    prefers_lp,
    send_with_lp,
    sheet,
)

# The text block of an official paper: 156 × 225 mm, 28 mm from the left, 37 mm from the top.
BLOCK = (28.0, 37.0, 184.0, 262.0)


def no_steps(done: int, total: int, text: str) -> None:
    return None


@pytest.fixture
def source() -> bytes:
    """Three pages: A4, A4 turned, A3; each with a filled rectangle where the block is."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for size in (A4, landscape(A4), A3):
        canvas.setPageSize(size)
        left, top, right, bottom = BLOCK if size != landscape(A4) else (28.0, 37.0, 262.0, 184.0)
        canvas.rect(left * mm, size[1] - bottom * mm, (right - left) * mm, (bottom - top) * mm, fill=1, stroke=0)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture
def to_file(qapp, tmp_path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    return printer


def blocks(file: Path) -> list[tuple[float, float, float, float]]:
    """Where the dark rectangle lies on each printed page, in mm from the upper left corner."""
    found = []
    dots = 600
    with pypdfium2.PdfDocument(file) as document:
        for page in document:
            picture = page.render(scale=dots / 72, grayscale=True).to_pil()
            box = picture.point(lambda value: 255 if value < 128 else 0).getbbox()
            found.append(tuple(edge / dots * 25.4 for edge in box))
    return found


def sizes(file: Path) -> list[tuple[float, float]]:
    with pdfplumber.open(file) as document:
        return [(float(page.width) / mm, float(page.height) / mm) for page in document.pages]


def test_print_keeps_size_and_place_within_a_fifth_of_a_millimetre(source, to_file):
    draw_pages(source, to_file, [0, 1, 2], Shift(), no_steps)
    printed = Path(to_file.outputFileName())
    assert sizes(printed) == [
        pytest.approx((210, 297), abs=0.2),
        pytest.approx((297, 210), abs=0.2),
        pytest.approx((297, 420), abs=0.2),
    ]
    with pdfplumber.open(io.BytesIO(source)) as document:
        wanted = [
            (r["x0"] / mm, r["top"] / mm, r["x1"] / mm, r["bottom"] / mm)
            for r in (page.rects[0] for page in document.pages)
        ]
    assert wanted[0] == pytest.approx(BLOCK, abs=0.01)
    for got, expected in zip(blocks(printed), wanted, strict=True):
        assert got == pytest.approx(expected, abs=0.2)


def test_picture_of_a_page_covers_exactly_the_sheet(source, to_file):
    draw_pages(source, to_file, [0], Shift(), no_steps)
    with pdfplumber.open(to_file.outputFileName()) as document:
        (picture,) = document.pages[0].images
        box = [float(picture[key]) / mm for key in ("x0", "top", "x1", "bottom")]
    assert box == pytest.approx([0, 0, 210, 297], abs=0.2)


def test_shift_moves_everything_by_tenths_of_a_millimetre(source, to_file):
    draw_pages(source, to_file, [0], Shift(right=30, down=-20), no_steps)
    (got,) = blocks(Path(to_file.outputFileName()))
    assert got == pytest.approx((31.0, 35.0, 187.0, 260.0), abs=0.2)


def test_copies_are_made_where_the_printer_cannot(source, to_file):
    assert not to_file.supportsMultipleCopies()
    to_file.setCopyCount(2)
    steps = []
    draw_pages(source, to_file, [0, 1], Shift(), lambda *step: steps.append(step))
    assert [round(width) for width, _ in sizes(Path(to_file.outputFileName()))] == [210, 297, 210, 297]
    assert steps[0] == (0, 4, "正在打印第 1 页")


def test_cancelled_print_stops_and_the_printer_forgets_it(source, to_file, monkeypatch):
    aborted = []
    monkeypatch.setattr(to_file, "abort", lambda: aborted.append(True))

    def cancel(done: int, total: int, text: str) -> None:
        if done == 1:
            raise CancelledError

    with pytest.raises(CancelledError):
        draw_pages(source, to_file, [0, 1, 2], Shift(), cancel)
    assert aborted == [True]
    assert len(sizes(Path(to_file.outputFileName()))) == 1


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_printer_that_does_not_answer_is_named(source, to_file):
    to_file.setOutputFileName("/nowhere/at/all.pdf")
    with pytest.raises(StorageError, match="打印机没有接受任务"):
        draw_pages(source, to_file, [0], Shift(), no_steps)


def test_what_is_no_pdf_is_not_printed(qapp):
    with pytest.raises(PartyroomError, match="不是有效的 PDF"), open_pdf(b"nonsense"):
        pass


def test_sheet_is_a_known_size_without_margins(qapp):
    layout = sheet(QSizeF(841.89, 595.28))
    assert layout.pageSize().id() == QPageSize.PageSizeId.A4
    assert layout.orientation() == QPageLayout.Orientation.Landscape
    assert layout.paintRect(QPageLayout.Unit.Millimeter).width() == pytest.approx(297, abs=0.2)


def test_pages_are_chosen_as_the_dialog_says(to_file):
    assert chosen_pages(to_file, 5, 3) == [0, 1, 2, 3, 4]
    to_file.setPrintRange(QPrinter.PrintRange.CurrentPage)
    assert chosen_pages(to_file, 5, 3) == [3]
    to_file.setPrintRange(QPrinter.PrintRange.PageRange)
    to_file.setFromTo(2, 3)
    assert chosen_pages(to_file, 5, 3) == [1, 2]
    to_file.setPageRanges(QPageRanges.fromString("1,4-9"))
    assert chosen_pages(to_file, 5, 3) == [0, 3, 4]
    to_file.setPageOrder(QPrinter.PageOrder.LastPageFirst)
    assert chosen_pages(to_file, 5, 3) == [4, 3, 0]


def test_lp_is_told_never_to_scale(to_file):
    to_file.setCopyCount(3)
    arguments = lp_arguments(to_file, [0, 2], 5, "-会议记录; rm -rf /")
    assert "print-scaling=none" in arguments
    assert arguments[arguments.index("-n") + 1] == "3"
    assert arguments[arguments.index("-P") + 1] == "1,3"
    assert arguments[arguments.index("-t") + 1] == "-会议记录; rm -rf /"
    assert "-P" not in lp_arguments(to_file, range(5), 5, "全部")


def test_lp_is_not_for_files_nor_for_shifted_prints(to_file, fake_lp):
    assert not prefers_lp(to_file, Shift())
    real = QPrinter()
    real.setOutputFormat(QPrinter.OutputFormat.NativeFormat)
    if real.outputFormat() == QPrinter.OutputFormat.NativeFormat:
        assert prefers_lp(real, Shift()) == sys.platform.startswith("linux")
        assert not prefers_lp(real, Shift(right=1))


@pytest.fixture
def fake_lp(tmp_path, monkeypatch):
    """A program `lp` that writes down what it was given and ends as the test says."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def make(code: int = 0, words: str = "") -> Path:
        program = folder / "lp"
        program.write_text(
            f"#!/bin/sh\nfor last; do :; done\ncp \"$last\" '{folder}/got.pdf'\n"
            f"printf '%s\\n' \"$@\" > '{folder}/arguments'\necho '{words}' >&2\nexit {code}\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return folder

    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    make()
    return make


@pytest.mark.skipif(sys.platform == "win32", reason="lp is a program of CUPS")
def test_lp_gets_the_very_bytes(fake_lp, source):
    folder = fake_lp()
    send_with_lp(source, ["-d", "printer", "-t", "标题"])
    assert (folder / "got.pdf").read_bytes() == source
    assert (folder / "arguments").read_text().splitlines()[:4] == ["-d", "printer", "-t", "标题"]


@pytest.mark.skipif(sys.platform == "win32", reason="lp is a program of CUPS")
def test_refusal_of_lp_is_told_in_its_own_words(fake_lp, source):
    fake_lp(1, "lp: The printer or class does not exist.")
    with pytest.raises(StorageError, match="打印服务的回答：The printer or class does not exist"):
        send_with_lp(source, [])


def test_calibration_frame_is_ten_millimetres_from_the_edges(to_file):
    print_calibration(to_file, Shift())
    printed = Path(to_file.outputFileName())
    assert sizes(printed) == [pytest.approx((210, 297), abs=0.2)]
    (frame,) = blocks(printed)
    assert frame == pytest.approx((10, 10, 200, 287), abs=0.2)


def test_calibration_page_shows_the_present_shift(to_file):
    print_calibration(to_file, Shift(right=10, down=20))
    (frame,) = blocks(Path(to_file.outputFileName()))
    assert frame == pytest.approx((11, 12, 201, 289), abs=0.2)
