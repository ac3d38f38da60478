"""PDF onto paper at its true size: never fitted, no margins of the printer's, page for page.

On Linux a real printer gets the PDF itself through CUPS (`lp`), so that letters stay outlines. Elsewhere, or when the
user shifts the print by tenths of a millimetre, pages are drawn as pictures of 300 dpi.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter

from partyroom.core.errors import PartyroomError, StorageError

RESOLUTION: Final = 300  # dots per inch; 600 takes three times as long and half a gigabyte
_LP_TIMEOUT: Final = 60  # seconds
_NO_ANSWER: Final = "打印机没有接受任务。请检查打印机是否开机、联网，再试一次。"

Step = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Shift:
    """By how many tenths of a millimetre the printer needs the page moved."""

    right: int = 0
    down: int = 0

    def pixels(self) -> tuple[float, float]:
        """The same in dots of the printer."""
        return self.right / 254 * RESOLUTION, self.down / 254 * RESOLUTION


@contextmanager
def open_pdf(pdf: bytes) -> Iterator[QPdfDocument]:
    """Open a PDF from memory for the present thread.

    Raises:
        PartyroomError: it is not a PDF.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    try:
        if document.status() != QPdfDocument.Status.Ready:
            raise PartyroomError("这份文件不是有效的 PDF，不能打印。")
        yield document
    finally:
        document.close()
        buffer.close()


def prepare(printer: QPrinter) -> None:
    """Whole sheets, no margins, 300 dpi."""
    printer.setFullPage(True)
    printer.setResolution(RESOLUTION)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)


def sheet(points: QSizeF) -> QPageLayout:
    """The sheet for a page of this size, turned if it is wider than high."""
    short, long = sorted((points.width(), points.height()))
    match = QPageSize.SizeMatchPolicy.FuzzyMatch
    size = QPageSize(QSizeF(short, long), QPageSize.Unit.Point, "", match)
    turned = points.width() > points.height()
    way = QPageLayout.Orientation.Landscape if turned else QPageLayout.Orientation.Portrait
    layout = QPageLayout(size, way, QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter, QMarginsF(0, 0, 0, 0))
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout


def chosen_pages(printer: QPrinter, count: int, current: int) -> list[int]:
    """The pages (from 0) that the print dialog asks for, in the order asked for."""
    wanted = printer.printRange()
    pages = list(range(count))
    if wanted == QPrinter.PrintRange.CurrentPage:
        pages = [current]
    elif wanted == QPrinter.PrintRange.PageRange:
        ranges = printer.pageRanges()
        if ranges.isEmpty():
            pages = [n for n in pages if printer.fromPage() <= n + 1 <= (printer.toPage() or count)]
        else:
            pages = [n for n in pages if ranges.contains(n + 1)]
    if printer.pageOrder() == QPrinter.PageOrder.LastPageFirst:
        pages.reverse()
    return pages


def draw_pages(pdf: bytes, printer: QPrinter, pages: Sequence[int], shift: Shift, step: Step) -> None:
    """Print pages (from 0) as pictures; may run outside the window's thread.

    Raises:
        StorageError: the printer does not answer.
        CancelledError: raised by `step`; the printer forgets the job.
    """
    sheets = _with_copies(printer, pages)
    prepare(printer)
    painter = QPainter()
    with open_pdf(pdf) as document:
        try:
            for done, page in enumerate(sheets):
                step(done, len(sheets), f"正在打印第 {page + 1} 页")
                _next_sheet(painter, printer, sheet(document.pagePointSize(page)))
                _draw_page(painter, document, page, shift)
        except BaseException:
            printer.abort()
            raise
        finally:
            if painter.isActive():
                painter.end()


def prefers_lp(printer: QPrinter, shift: Shift) -> bool:
    """Whether this is a real printer of a CUPS system, and the print need not be shifted."""
    real = printer.outputFormat() == QPrinter.OutputFormat.NativeFormat and not printer.outputFileName()
    return real and shift == Shift() and sys.platform.startswith("linux") and shutil.which("lp") is not None


def lp_arguments(printer: QPrinter, pages: Sequence[int], count: int, title: str) -> list[str]:
    """What `lp` must be told besides the file; `pages` from 0 out of `count`."""
    sides = {
        QPrinter.DuplexMode.DuplexNone: "one-sided",
        QPrinter.DuplexMode.DuplexLongSide: "two-sided-long-edge",
        QPrinter.DuplexMode.DuplexShortSide: "two-sided-short-edge",
    }.get(printer.duplex())
    arguments = ["-d", printer.printerName(), "-t", title, "-n", str(max(printer.copyCount(), 1))]
    options = ["print-scaling=none", f"collate={'true' if printer.collateCopies() else 'false'}"]
    if sides:
        options.append(f"sides={sides}")
    if printer.colorMode() == QPrinter.ColorMode.GrayScale:
        options.append("print-color-mode=monochrome")
    if printer.pageOrder() == QPrinter.PageOrder.LastPageFirst:
        options.append("outputorder=reverse")
    for option in options:
        arguments += ["-o", option]
    if len(pages) != count:
        arguments += ["-P", ",".join(str(n + 1) for n in sorted(pages))]
    return arguments


def send_with_lp(pdf: bytes, arguments: Sequence[str]) -> None:
    """Hand the PDF itself to CUPS.

    Raises:
        StorageError: CUPS refuses it; its own words are part of the sentence.
    """
    program = shutil.which("lp")
    if program is None:
        raise StorageError("本机没有打印命令 lp，请安装 CUPS 打印服务。")
    with tempfile.TemporaryDirectory(prefix="partyroom-") as folder:
        file = Path(folder) / "print.pdf"
        file.write_bytes(pdf)
        command = [program, *arguments, "--", str(file)]
        try:
            # No shell; CUPS has copied the file when lp returns.
            ended = subprocess.run(command, capture_output=True, timeout=_LP_TIMEOUT, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StorageError(_NO_ANSWER) from error
    if ended.returncode != 0:
        words = re.sub(r"^lp: ", "", ended.stderr.decode("utf-8", "replace").strip())
        raise StorageError(f"{_NO_ANSWER}\n打印服务的回答：{words[:300]}" if words else _NO_ANSWER)


def _with_copies(printer: QPrinter, pages: Sequence[int]) -> list[int]:
    copies = 1 if printer.supportsMultipleCopies() else max(printer.copyCount(), 1)
    if printer.collateCopies():
        return list(pages) * copies
    return [page for page in pages for _ in range(copies)]


def _next_sheet(painter: QPainter, printer: QPrinter, layout: QPageLayout) -> None:
    printer.setPageLayout(layout)
    ready = printer.newPage() if painter.isActive() else painter.begin(printer)
    if not ready:
        raise StorageError(_NO_ANSWER)


def _draw_page(painter: QPainter, document: QPdfDocument, page: int, shift: Shift) -> None:
    points = document.pagePointSize(page)
    width, height = points.width() / 72 * RESOLUTION, points.height() / 72 * RESOLUTION
    picture = _on_white(document.render(page, QSize(round(width), round(height))))
    right, down = shift.pixels()
    painter.drawImage(QRectF(right, down, width, height), picture)


def _on_white(picture: QImage) -> QImage:
    """Without transparency, which makes print jobs large and some printers slow."""
    flat = QImage(picture.size(), QImage.Format.Format_RGB32)
    flat.fill(0xFFFFFFFF)
    painter = QPainter(flat)
    painter.drawImage(0, 0, picture)
    painter.end()
    return flat
