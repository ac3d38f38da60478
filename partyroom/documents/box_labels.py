"""Labels of archive boxes, to scale: spines of 20, 30, 40 and 50 mm, and the front.

Boxes are 310 × 220 mm (DA/T 22-2015). The front says 全宗名称 above a double line; the spine says 全宗号, 年度,
保管期限, 机构（问题）where used, 起止件号 and 盒号. Print without scaling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from partyroom.core.text import one_line
from partyroom.documents.drawing import Drawing
from partyroom.documents.fonts import FontBook, Role, shared_book
from partyroom.documents.geometry import A4_LONG, A4_SHORT, ASCENT, MM
from partyroom.documents.titles import balanced_lines
from partyroom.documents.vertical import stack

SPINE_WIDTHS = (20, 30, 40, 50)
BOX_HEIGHT = 310
LABEL_HEIGHT = 280
"""Millimetres: what A4 takes with its cut marks; the label is glued to the middle of a spine of 310 mm."""
_A3_LONG = 420 * MM
_GAP = 4 * MM
_SIDE = 8 * MM  # free for cut marks
_MARK, _MARK_GAP = 4 * MM, 1 * MM
_BORDER, _INNER, _HAIR = 1.0, 0.5, 0.25
_LABEL_ROWS = 13 * MM  # the height of each field's name
_LABEL_SIZE, _VALUE_SIZE = 11.0, 22.0
_PAD = 1 * MM
_COVER_SIZE, _COVER_LEAST, _COVER_LEADING = 36.0, 22.0, 1.4
_COVER_ROOM = 170 * MM
_COVER_BASE = 165 * MM  # from the foot: the upper of the two lines
_DOUBLE = 1.5 * MM


@dataclass(frozen=True, slots=True)
class SpineLabel:
    """What a spine says; texts may be empty for filling in by hand, a `width` in mm is one of `SPINE_WIDTHS`.

    Without `office` the field is left out (an institution without departments does not use it).
    """

    fonds: str
    year: str
    retention: str
    first_piece: str
    last_piece: str
    box: str
    office: str | None = None
    width: int = 30

    def fields(self) -> list[tuple[tuple[str, ...], tuple[str, ...], float]]:
        """(Lines of the name, lines of the value, weight of its height) from top to bottom."""
        pieces = (self.first_piece, "至", self.last_piece) if self.first_piece or self.last_piece else ("", "至", "")
        fields: list[tuple[tuple[str, ...], tuple[str, ...], float]] = [
            (("全宗号",), (self.fonds,), 2.0),
            (("年度",), (self.year,), 2.0),
            (("保管", "期限"), (self.retention,), 2.0),
        ]
        if self.office is not None:
            fields.append((("机构", "（问题）"), (self.office,), 4.0))
        return [*fields, (("起止", "件号"), pieces, 3.5), (("盒号",), (self.box,), 1.5)]


def spine_labels(labels: Sequence[SpineLabel], *, full_height: bool = False, fonts: FontBook | None = None) -> bytes:
    """Labels side by side with cut marks, on as many sheets as needed.

    A4 upright takes labels of 280 mm; `full_height` makes them 310 mm on A3 upright.

    Raises:
        ValueError: no labels, or a width that no box has.
    """
    if not labels or any(label.width not in SPINE_WIDTHS for label in labels):
        raise ValueError(f"labels of {sorted({label.width for label in labels})} mm")
    width, height = (A4_LONG, _A3_LONG) if full_height else (A4_SHORT, A4_LONG)
    tall = (BOX_HEIGHT if full_height else LABEL_HEIGHT) * MM
    book = fonts or shared_book()
    with book.lock:
        drawing = Drawing(book, "档案盒脊标签")
        for sheet in _sheets(labels, width - 2 * _SIDE):
            used = sum(label.width * MM for label in sheet) + _GAP * (len(sheet) - 1)
            x, bottom = (width - used) / 2, (height - tall) / 2
            for label in sheet:
                _spine(drawing, label, x, bottom, tall)
                _cut_marks(drawing, x, bottom, label.width * MM, tall)
                x += label.width * MM + _GAP
            drawing.finish_page(width, height)
        return drawing.finish()


def cover_label(fonds_name: str, *, fonts: FontBook | None = None) -> bytes:
    """The label of a box's front: A4 upright (210 × 297 mm), to be glued to the middle of 220 × 310 mm.

    全宗名称 in 小标宋, a double line of 170 mm below it.
    """
    book = fonts or shared_book()
    with book.lock:
        drawing = Drawing(book, "档案盒封面")
        style = drawing.fitting(Role.TITLE, one_line(fonds_name), _COVER_SIZE, _COVER_ROOM)
        size, lines = style.size, [one_line(fonds_name)]
        if size < _COVER_LEAST:  # rather two lines than small type
            size = _COVER_SIZE
            while size > _COVER_LEAST and len(lines) != 2:
                size -= 1.0
                style = drawing.style(Role.TITLE, size)
                lines = balanced_lines(one_line(fonds_name), style.widths, _COVER_ROOM)
        y = _COVER_BASE + 0.5 * size + (len(lines) - 1) * size * _COVER_LEADING
        for line in lines:
            drawing.centred(A4_SHORT / 2, y, style, line.strip())
            y -= size * _COVER_LEADING
        left = (A4_SHORT - _COVER_ROOM) / 2
        for drop in (0.0, _DOUBLE):
            drawing.painter.rule(left, _COVER_BASE - drop, _COVER_ROOM, _BORDER)
        drawing.finish_page(A4_SHORT, A4_LONG)
        return drawing.finish()


def _sheets(labels: Sequence[SpineLabel], room: float) -> list[list[SpineLabel]]:
    """Labels in their order, as many on a sheet as fit side by side."""
    sheets: list[list[SpineLabel]] = [[]]
    used = 0.0
    for label in labels:
        if sheets[-1] and used + label.width * MM > room:
            sheets.append([])
            used = 0.0
        sheets[-1].append(label)
        used += label.width * MM + _GAP
    return sheets


def _spine(drawing: Drawing, label: SpineLabel, x: float, bottom: float, tall: float) -> None:
    painter, width = drawing.painter, label.width * MM
    fields = label.fields()
    weight = (tall - len(fields) * _LABEL_ROWS) / sum(share for _, _, share in fields)
    y = bottom + tall
    for number, (name, value, share) in enumerate(fields):
        if number:
            painter.rule(x, y, width, _INNER)
        _name(drawing, name, x + width / 2, y, width)
        painter.rule(x, y - _LABEL_ROWS, width, _HAIR)
        y -= _LABEL_ROWS
        _value(drawing, value, x + width / 2, y, share * weight, width)
        y -= share * weight
    top, right = bottom + tall, x + width
    corners = ((x, bottom), (x, top), (right, top), (right, bottom), (x, bottom))
    for start, end in pairwise(corners):
        painter.line(start, end, _BORDER)


def _name(drawing: Drawing, lines: Sequence[str], x: float, top: float, width: float) -> None:
    size = min(drawing.fitting(Role.HEI, line, _LABEL_SIZE, width - 2 * _PAD).size for line in lines)
    _lines(drawing, lines, x, top, _LABEL_ROWS, size, Role.HEI)


def _value(drawing: Drawing, lines: Sequence[str], x: float, top: float, room: float, width: float) -> None:
    """Short figures across, everything else from top to bottom."""
    texts = [one_line(line) for line in lines]
    inner = width - 2 * _PAD
    if len(texts) > 1 or (texts[0].isascii() and drawing.fitting(Role.SONG, texts[0], _VALUE_SIZE, inner).size >= 12):
        size = min(drawing.fitting(Role.SONG, text, _VALUE_SIZE, inner).size for text in texts)
        _lines(drawing, texts, x, top, room, size, Role.SONG)
    else:
        place = room - 4 * _PAD
        stack(drawing, x, top - 2 * _PAD, texts[0], role=Role.SONG, size=_VALUE_SIZE, room=place, width=inner)


def _lines(drawing: Drawing, lines: Sequence[str], x: float, top: float, room: float, size: float, role: Role) -> None:
    style, leading = drawing.style(role, size), size * 1.25
    y = top - (room - len(lines) * leading) / 2 - (leading - size) / 2 - ASCENT * size
    for line in lines:
        drawing.centred(x, y, style, line)
        y -= leading


def _cut_marks(drawing: Drawing, x: float, bottom: float, width: float, tall: float) -> None:
    """Two short lines outside each corner."""
    for edge in (x, x + width):
        for start, end in ((bottom - _MARK_GAP, bottom - _MARK), (bottom + tall + _MARK_GAP, bottom + tall + _MARK)):
            drawing.painter.line((edge, start), (edge, end), _HAIR)
    for edge in (bottom, bottom + tall):
        outside = ((x - _MARK_GAP, x - _GAP / 2), (x + width + _MARK_GAP, x + width + _GAP / 2))
        for start, end in outside:
            drawing.painter.line((start, edge), (end, edge), _HAIR)
