"""A page of rulers: it shows by how much a printer misplaces what it prints."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtPrintSupport import QPrinter

from partyroom.core.errors import StorageError
from partyroom.ui.printing import RESOLUTION, Shift, prepare, sheet
from partyroom.ui.theme import interface_font

_A4: Final = QSizeF(210 / 25.4 * 72, 297 / 25.4 * 72)  # points
_EDGE: Final = 10.0  # mm between the frame and the edges of the paper
_TEXT: Final = (
    "打印校准页\n\n"
    "请用“实际大小”打印，不要选“适合纸张”。\n\n"
    "1. 量一量：左边线、上边线到纸边都应为 10 毫米，中间的方框边长应为 100 毫米。\n"
    "2. 左边线离纸边若为 9 毫米，就在“设置打印位置”中填“向右移 1.0 毫米”；"
    "上边线离纸边若为 12 毫米，就填“向下移 −2.0 毫米”。\n"
    "3. 设置后再打印一张校准页核对。\n"
    "4. 方框边长若不是 100 毫米，说明打印时缩放过，请在打印机属性中关闭缩放。"
)


def print_calibration(printer: QPrinter, shift: Shift) -> None:
    """Print the page with the present shift applied.

    Raises:
        StorageError: the printer does not answer.
    """
    prepare(printer)
    printer.setPageLayout(sheet(_A4))
    painter = QPainter()
    if not painter.begin(printer):
        raise StorageError("打印机没有接受任务。请检查打印机是否开机、联网，再试一次。")
    painter.translate(*shift.pixels())
    painter.scale(RESOLUTION / 25.4, RESOLUTION / 25.4)  # from here on millimetres
    _draw(painter)
    painter.end()


def _draw(painter: QPainter) -> None:
    pen = QPen(Qt.GlobalColor.black)
    pen.setWidthF(0.15)
    painter.setPen(pen)
    painter.drawRect(QRectF(_EDGE, _EDGE, 210 - 2 * _EDGE, 297 - 2 * _EDGE))
    painter.drawRect(QRectF(55, 30, 100, 100))
    _draw_ruler(painter, QPointF(_EDGE, _EDGE), QPointF(1, 0), 190)
    _draw_ruler(painter, QPointF(_EDGE, _EDGE), QPointF(0, 1), 277)
    _draw_text(painter, QRectF(58, 74, 94, 12), "100 毫米 × 100 毫米", centred=True)
    _draw_text(painter, QRectF(35, 145, 145, 110), _TEXT)


def _draw_ruler(painter: QPainter, start: QPointF, way: QPointF, length: int) -> None:
    across = QPointF(way.y(), way.x())
    for mark in range(length + 1):
        size = 6.0 if mark % 10 == 0 else 4.0 if mark % 5 == 0 else 2.5
        foot = start + way * mark
        painter.drawLine(QLineF(foot, foot + across * size))
        if mark % 10 == 0 and 10 < mark < length:  # no room in the corners
            middle = foot + across * 8.5
            box = QRectF(middle.x() - 6, middle.y() - 2.5, 12, 5)
            _draw_text(painter, box, str(mark), size=8, centred=True)


def _draw_text(painter: QPainter, box: QRectF, text: str, *, size: int = 11, centred: bool = False) -> None:
    """Text in points, inside a box in millimetres: letters cannot be laid out at a size of one millimetre."""
    factor = 25.4 / RESOLUTION
    painter.save()
    painter.scale(factor, factor)
    font = interface_font()
    font.setPixelSize(round(size / 72 * RESOLUTION))
    painter.setFont(font)
    place = QRectF(box.x() / factor, box.y() / factor, box.width() / factor, box.height() / factor)
    side = Qt.AlignmentFlag.AlignCenter if centred else Qt.AlignmentFlag.AlignLeft
    painter.drawText(place, side | Qt.TextFlag.TextWordWrap, text)
    painter.restore()
