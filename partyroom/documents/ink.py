"""Where something stands on a page: rough boxes around its texts, lines and pictures, read from its content.

Nothing is drawn to find out: texts are taken to be as wide as their characters could be at most and as high as their
size, so that a place that seems free is free.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Matrix, Object, Page, Stream, String

from partyroom.documents.overlays import view_of

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points, as the reader sees the page."""

Operands = list[Any]
"""What stands before an operator: numbers, strings, names."""

_DEEPEST = 12  # forms within forms
_DESCENT, _ASCENT = 0.3, 0.9  # of an em below and above the baseline
_PAINTING = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*"})
_TWO_BYTES = 2


@dataclass(slots=True)
class _State:
    matrix: Matrix
    text: Matrix = field(default_factory=Matrix)
    line: Matrix = field(default_factory=Matrix)
    size: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    wide: bool = False  # two bytes a character
    path: list[tuple[float, float]] = field(default_factory=list)


def ink_of(page: Page) -> list[Box]:
    """Boxes around everything on a page, annotations too; in no order, some overlapping.

    Raises:
        pikepdf.PdfError: the content cannot be read.
        ValueError: it makes no sense; so do TypeError and IndexError.
    """
    seen = view_of(page)
    outer = Matrix(*seen.matrix).inverse()
    boxes = list(_of_content(page.obj, page.resources, outer, 0))
    for note in page.obj.get("/Annots", ()):
        if isinstance(note, Dictionary) and str(note.get("/Subtype", "")) not in ("/Link", "/Popup"):
            left, bottom, right, top = (float(number) for number in note.Rect)
            boxes.append(_around(outer, [(left, bottom), (right, top)]))
    return boxes


def _of_content(holder: Object, resources: Object, matrix: Matrix, depth: int) -> Iterator[Box]:
    state = _State(matrix)
    kept: list[_State] = []
    fonts = resources.get("/Font", Dictionary())
    forms = resources.get("/XObject", Dictionary())
    for instruction in pikepdf.parse_content_stream(holder):
        operands: Operands = list(instruction.operands)
        name = str(instruction.operator)
        if name == "q":
            kept.append(_State(state.matrix, size=state.size, leading=state.leading, wide=state.wide))
        elif name == "Q":
            state = kept.pop() if kept else _State(matrix)
        elif name == "cm":
            state.matrix = Matrix(*(float(number) for number in operands)) @ state.matrix
        elif name == "Do":
            yield from _of_thing(forms.get(str(operands[0])), resources, state.matrix, depth)
        elif name == "INLINE IMAGE":
            yield _around(state.matrix, [(0, 0), (1, 1)])
        elif name == "Tf":
            state.size = float(operands[1])
            state.wide = str(fonts.get(str(operands[0]), Dictionary()).get("/Subtype", "")) == "/Type0"
        elif name in ("Tj", "TJ", "'", '"'):
            yield from _of_text(state, name, operands[-1])
        elif not _moves_text(state, name, operands):
            yield from _of_path(state, name, operands)


def _of_thing(thing: Object | None, resources: Object, matrix: Matrix, depth: int) -> Iterator[Box]:
    if not isinstance(thing, Stream):
        return
    if str(thing.get("/Subtype", "")) == "/Image":
        yield _around(matrix, [(0, 0), (1, 1)])
    elif depth < _DEEPEST:
        inner = Matrix(*(float(number) for number in thing.get("/Matrix", (1, 0, 0, 1, 0, 0)))) @ matrix
        yield from _of_content(thing, thing.get("/Resources", resources), inner, depth + 1)


def _moves_text(state: _State, name: str, operands: Operands) -> bool:
    numbers = [float(operand) for operand in operands] if name in ("Tm", "Td", "TD", "TL", "Ts") else []
    if name == "BT":
        state.text = state.line = Matrix()
    elif name == "Tm":
        state.text = state.line = Matrix(*numbers)
    elif name in ("Td", "TD"):
        state.text = state.line = Matrix(1, 0, 0, 1, *numbers) @ state.line
        if name == "TD":
            state.leading = -numbers[1]
    elif name == "T*":
        _next_line(state)
    elif name == "TL":
        state.leading = numbers[0]
    elif name == "Ts":
        state.rise = numbers[0]
    else:
        return False
    return True


def _next_line(state: _State) -> None:
    state.text = state.line = Matrix(1, 0, 0, 1, 0, -state.leading) @ state.line


def _of_text(state: _State, name: str, shown: Object) -> Iterator[Box]:
    if name in ("'", '"'):
        _next_line(state)
    pieces = [shown] if isinstance(shown, String) else list(shown) if isinstance(shown, Array) else []
    codes = sum(len(bytes(piece)) for piece in pieces if isinstance(piece, String))
    gaps = sum(-float(piece) for piece in pieces if not isinstance(piece, String)) / 1000
    if not codes:
        return
    width = (codes / _TWO_BYTES if state.wide else codes) * state.size + max(0.0, gaps) * state.size
    low, high = state.rise - _DESCENT * state.size, state.rise + _ASCENT * state.size
    yield _around(state.text @ state.matrix, [(0, low), (width, high)])
    state.text = Matrix(1, 0, 0, 1, width, 0) @ state.text


def _of_path(state: _State, name: str, operands: Operands) -> Iterator[Box]:
    if name in ("m", "l", "c", "v", "y", "re"):
        numbers = [float(operand) for operand in operands]
        if name == "re":
            numbers = [numbers[0], numbers[1], numbers[0] + numbers[2], numbers[1] + numbers[3]]
        state.path += zip(numbers[::2], numbers[1::2], strict=True)
        return
    if name in _PAINTING and state.path:
        yield _around(state.matrix, state.path)
    if name in _PAINTING or name == "n":
        state.path = []


def _around(matrix: Matrix, points: list[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    corners = [matrix.transform((x, y)) for x in (min(xs), max(xs)) for y in (min(ys), max(ys))]
    across, up = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    return min(across), min(up), max(across), max(up)
