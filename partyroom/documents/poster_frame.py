"""What the posters of a notice board have in common: sheet, red frame and heading, foot, text broken to a width.

Measures are millimetres on A3; an A4 poster is the same drawn smaller by √2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from partyroom.core.text import one_line
from partyroom.documents.breaking import Line, break_paragraph, split_paragraphs
from partyroom.documents.drawing import Drawing
from partyroom.documents.fonts import FontBook, Role
from partyroom.documents.geometry import A4_LONG, A4_SHORT, ASCENT, MM
from partyroom.documents.painter import Style

SIDE = 22.0
"""From the edge of the sheet to its text, mm on A3."""
_A3_LONG = 420 * MM
_OUTER, _INNER = 9.0, 12.0  # from the edge, mm: printers leave some 5 mm white
_OUTER_LINE, _INNER_LINE = 1.4, 0.4  # mm
_HEADING_TOP, _HEADING_SIZE = 24.0, 100.0
_SENDER_TOP, _SENDER_SIZE = 66.0, 30.0
_RULES = (83.0, 85.2)
_RULE_LINES = (1.2, 0.4)
HEAD = 92.0
"""Below which the contents begin, mm from the top of A3."""
FOOT = 384.0
"""Above which the contents end."""
_FOOT_SIZE = 24.0
_LEAST_FIT = 6.0


class PosterSize(Enum):
    """The sheet, upright."""

    A4 = "A4"
    A3 = "A3"

    @property
    def width(self) -> float:
        """Points."""
        return A4_LONG if self is PosterSize.A3 else A4_SHORT

    @property
    def height(self) -> float:
        """Points."""
        return _A3_LONG if self is PosterSize.A3 else A4_LONG

    @property
    def scale(self) -> float:
        """How large things are compared with A3."""
        return self.width / A4_LONG

    @property
    def mm(self) -> float:
        """Points to a millimetre of the A3 design."""
        return MM * self.scale


@dataclass(frozen=True, slots=True)
class PosterFrame:
    """The words around the contents; empty ones are left out."""

    heading: str
    sender: str = ""
    date: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line to draw: how far in, in which style, and how far below the line before; `mark` stands in front of it."""

    line: Line
    style: Style
    indent: float
    advance: float
    mark: str = ""


def draw_frame(drawing: Drawing, size: PosterSize, frame: PosterFrame, count: str = "") -> None:
    """Border, heading, sender, rules and foot of one sheet; `count` ('第1张 共3张') stands in the middle below."""
    mm, top, middle = size.mm, size.height, size.width / 2
    room = size.width - 2 * SIDE * mm
    _border(drawing, size, _OUTER, _OUTER_LINE)
    _border(drawing, size, _INNER, _INNER_LINE)
    heading = drawing.fitting(Role.TITLE, one_line(frame.heading), _HEADING_SIZE * size.scale, room)
    free = (_HEADING_SIZE * size.scale - heading.size) / 2  # a smaller one stands in the middle of its place
    drawing.centred(
        middle, top - _HEADING_TOP * mm - free - ASCENT * heading.size, heading, one_line(frame.heading), red=True
    )
    sender = drawing.fitting(Role.HEI, one_line(frame.sender), _SENDER_SIZE * size.scale, room)
    drawing.centred(middle, top - _SENDER_TOP * mm - ASCENT * sender.size, sender, one_line(frame.sender))
    for drop, thickness in zip(_RULES, _RULE_LINES, strict=True):
        drawing.painter.rule(SIDE * mm, top - drop * mm, room, thickness * mm, red=True)
    _foot(drawing, size, frame, count)


def text_lines(
    drawing: Drawing,
    role: Role,
    text: str,
    size: float,
    room: float,
    *,
    leading: float,
    mark: str = "",
    hang: float = 0.0,
) -> list[TextLine]:
    """A text broken to `room` points; `mark` hangs in front of its first line, `hang` points further left."""
    style = drawing.style(role, size)
    lines: list[TextLine] = []
    for part in split_paragraphs(text.strip("\n")):
        for line in break_paragraph(part, style.widths, room - hang):
            lines.append(TextLine(line, style, hang, leading * size, mark if not lines else ""))
    return lines


def draw_lines(drawing: Drawing, lines: Sequence[TextLine], left: float, top: float) -> float:
    """Draw lines from `top` down and return where they end."""
    y = top
    for one in lines:
        size = one.style.size
        base = y - (one.advance - size) / 2 - ASCENT * size
        if one.mark:
            drawing.text(left, base, one.style, one.mark, red=True)
        drawing.painter.text(left + one.indent, base, one.style, one.line.visible, one.line.stretch, one.line.squeeze)
        y -= one.advance
    return y


def ragged(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines without justification, for narrow columns and short texts."""
    return [replace(one, line=replace(one.line, last=True)) for one in lines]


def height_of(lines: Sequence[TextLine]) -> float:
    """The height of lines in points."""
    return sum(line.advance for line in lines)


def name_role(book: FontBook, name: str) -> Role:
    """The heaviest role that draws a whole name in one font: a rare character must not fall out of it."""
    for role in (Role.TITLE, Role.HEI):
        glyphs = [book.table(role)[character] for character in name]
        if all(glyph.font is None or glyph.latin or glyph.font is book.role_font(role) for glyph in glyphs):
            return role
    return Role.SONG


def fitted_lines(
    drawing: Drawing, role: Role, text: str, size: float, room: float, most: int, *, leading: float
) -> list[TextLine]:
    """A short text in at most `most` lines, smaller if it must be."""
    lines = text_lines(drawing, role, one_line(text), size, room, leading=leading)
    while len(lines) > most and size > _LEAST_FIT:
        size -= 0.5
        lines = text_lines(drawing, role, one_line(text), size, room, leading=leading)
    return ragged(lines)


def _border(drawing: Drawing, size: PosterSize, inset: float, thickness: float) -> None:
    mm = size.mm
    left, right = inset * mm, size.width - inset * mm
    low, high = inset * mm, size.height - inset * mm
    half = thickness * mm / 2  # so that corners are square
    for start, end in (
        ((left - half, low), (right + half, low)),
        ((left - half, high), (right + half, high)),
        ((left, low), (left, high)),
        ((right, low), (right, high)),
    ):
        drawing.painter.line(start, end, thickness * mm, red=True)


def _foot(drawing: Drawing, size: PosterSize, frame: PosterFrame, count: str) -> None:
    mm, room = size.mm, size.width - 2 * SIDE * size.mm
    rule = size.height - (FOOT + 3) * mm
    drawing.painter.rule(SIDE * mm, rule, room, 0.4 * mm, red=True)
    share = room / (3 if count else 2) - 2 * mm
    texts = [one_line(text) for text in (frame.date, count, frame.phone)]
    style = min((drawing.fitting(Role.HEI, text, _FOOT_SIZE * size.scale, share) for text in texts), key=_size)
    base = rule - 5 * mm - ASCENT * style.size
    drawing.text(SIDE * mm, base, style, texts[0])
    drawing.centred(size.width / 2, base, style, texts[1])
    drawing.text(size.width - SIDE * mm - style.width(texts[2]), base, style, texts[2])


def _size(style: Style) -> float:
    return style.size
