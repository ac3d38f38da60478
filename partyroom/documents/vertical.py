"""Chinese from top to bottom: characters stacked, marks in their vertical forms, figures side by side or turned.

Fonts have such forms at U+FE10 to U+FE19 and U+FE30 to U+FE48 (Unicode, vertical forms and CJK compatibility forms).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from partyroom.documents.drawing import Drawing
from partyroom.documents.fonts import Role
from partyroom.documents.geometry import ASCENT
from partyroom.documents.painter import Style

VERTICAL_FORMS: Mapping[str, str] = dict(
    zip(
        "，、。：；！？〖〗…—–＿（）｛｝〔〕【】《》〈〉「」『』",
        "︐︑︒︓︔︕︖︗︘︙︱︲︳︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄",
        strict=True,
    )
)
_WIDE = {"(": "（", ")": "）", ",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "[": "〔", "]": "〕"}
_LETTERS = re.compile(r"[0-9A-Za-z.·/+\-]+")
_LONGEST_UPRIGHT = 2  # figures side by side in the width of one character
_SMALLEST, _STEP = 4.0, 0.5
_READABLE = 12.0  # points, below which several columns are better
_PITCH = 1.25  # of the size, from column to column
_NOT_FIRST = frozenset("︐︑︒︓︔︕︖︗︘︶︸︺︼︾﹀﹂﹄")
_TURNED_GAP = 0.15  # of an em before and after turned letters


@dataclass(frozen=True, slots=True)
class _Part:
    """One character, or letters and figures set side by side or turned clockwise; its height in points."""

    text: str
    turned: bool
    height: float


def stack(
    drawing: Drawing, x: float, top: float, text: str, *, role: Role, size: float, room: float, width: float
) -> float:
    """Write `text` downwards in the middle of a place `room` high and `width` wide; the size used, in points.

    What would be too small in one column is set in several, the first on the right.

    Args:
        drawing: where to.
        x: the middle of the place, points from the left.
        top: its upper edge, points from the foot.
        text: what to write.
        role: the type.
        size: the largest size allowed; it is reduced until everything fits, to 4 points at least.
        room: how high the place is.
        width: how wide it is.
    """
    columns, style = _fitted(drawing, text, role, size, room, width)
    pitch = style.size * _PITCH
    across = x + (len(columns) - 1) * pitch / 2
    first = top - (room - max(map(_height, columns))) / 2
    for parts in columns:
        y = first
        for part in parts:
            _write(drawing, across, y, part, style)
            y -= part.height
        across -= pitch
    return style.size


def _fitted(
    drawing: Drawing, text: str, role: Role, size: float, room: float, width: float
) -> tuple[list[list[_Part]], Style]:
    """One column if it can be read; else the largest size at which several fit."""
    for most in (1, max(1, int(width / (_READABLE * _PITCH)))):
        now = size
        while now >= (_READABLE if most == 1 else _SMALLEST):
            style = drawing.style(role, now)
            columns = _columns(list(_parts(text, style)), room)
            fits = (len(columns) - 1) * _PITCH * now + now <= width
            if fits and len(columns) <= most and all(_height(parts) <= room for parts in columns):
                return _balanced(columns, room, now), style
            now -= _STEP
    style = drawing.style(role, _SMALLEST)
    return _columns(list(_parts(text, style)), room), style


def _balanced(columns: list[list[_Part]], room: float, size: float) -> list[list[_Part]]:
    """As many columns of about equal length."""
    parts = [part for column in columns for part in column]
    aim = _height(parts) / len(columns)
    while aim < room:
        tried = _columns(parts, aim)
        if len(tried) <= len(columns):
            return tried
        aim += size / 2
    return columns


def _columns(parts: list[_Part], room: float) -> list[list[_Part]]:
    """Columns from right to left; a mark that may not begin one goes with what is before it."""
    columns: list[list[_Part]] = [[]]
    for part in parts:
        column = columns[-1]
        if column and _height(column) + part.height > room:
            columns.append([])
            head = part
            while head.text in _NOT_FIRST and len(column) > 1:
                head = column.pop()
                columns[-1].insert(0, head)
        columns[-1].append(part)
    return columns


def _height(parts: list[_Part]) -> float:
    return sum(part.height for part in parts)


def _parts(text: str, style: Style) -> Iterator[_Part]:
    at = 0
    while at < len(text):
        found = _LETTERS.match(text, at)
        if found is None:
            character = _WIDE.get(text[at], text[at])
            space = character.isspace()
            yield _Part(VERTICAL_FORMS.get(character, character), False, style.size * (0.5 if space else 1.0))
            at += 1
            continue
        run = found.group()
        upright = len(run) <= _LONGEST_UPRIGHT and style.width(run) <= 1.2 * style.size
        height = style.size if upright else style.width(run) + 2 * _TURNED_GAP * style.size
        yield _Part(run, not upright, height)
        at = found.end()


def _write(drawing: Drawing, x: float, y: float, part: _Part, style: Style) -> None:
    if part.turned:
        with drawing.painter.moved(x - 0.33 * style.size, y - _TURNED_GAP * style.size, clockwise=True):
            drawing.text(0.0, 0.0, style, part.text)
    else:
        drawing.centred(x, y - ASCENT * style.size, style, part.text)
