"""Forms and ledgers: tables of plain strings as strips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from partyroom.documents.breaking import Line, break_paragraph, split_paragraphs
from partyroom.documents.geometry import ASCENT, MM
from partyroom.documents.model import Align, Cell, FormGrid, FormRow, LedgerTable
from partyroom.documents.painter import Painter, Style
from partyroom.documents.strips import Strip, line_piece
from partyroom.documents.titles import balanced_lines

_LEADING = 1.45  # times the size
_PAD_X = 4.0
_PAD_Y = 3.0
_TALL = 25 * MM  # from this height on, a value stands at the top of its cell
_FEWEST_LINES = 2  # of a divided cell, at the foot of a page
_CONTINUED = "（续）"


@dataclass(slots=True)
class Box:
    """A cell with its text broken: `x`, `y` from the upper left corner of its strip, lengths in points."""

    x: float
    width: float
    lines: list[Line]
    style: Style
    align: Align
    y: float = 0.0
    height: float = 0.0
    indent: float = 0.0
    label: str = ""  # the text to repeat when the row is divided
    on_top: bool = False

    @property
    def leading(self) -> float:
        """The height of one line."""
        return self.style.size * _LEADING

    @property
    def needed(self) -> float:
        """The height its text needs."""
        return len(self.lines) * self.leading + 2 * _PAD_Y

    def paint(self, painter: Painter, left: float, top: float) -> None:
        """Draw outline and text."""
        top -= self.y
        painter.box(left + self.x, top - self.height, self.width, self.height)
        free = 0.0 if self.on_top else max(0.0, (self.height - self.needed) / 2)
        drop = free + _PAD_Y + (self.leading - self.style.size) / 2 + ASCENT * self.style.size
        for line in self.lines:
            x = self.x + _PAD_X
            if self.align is Align.CENTRE:
                x += (self.width - 2 * _PAD_X - line.width) / 2
            elif self.align is Align.RIGHT:
                x += self.width - 2 * _PAD_X - line.width
            elif line.room < self.width - 2 * _PAD_X - 0.01:
                x += self.indent
            if line.text:
                justify = self.align in (Align.LEFT, Align.JUSTIFY)
                line_piece(line, x, drop, self.style, justify=justify).paint(painter, left, top)
            drop += self.leading


@dataclass(slots=True, kw_only=True)
class RowStrip(Strip):
    """One row of a table, or several that cells bind together (`bound`, which are not divided)."""

    boxes: list[Box] = field(default_factory=list)
    bound: bool = False
    divide_from: float = 0.0  # a row lower than this moves to the next page whole

    def paint(self, painter: Painter, left: float, top: float) -> None:
        """Draw all cells."""
        for box in self.boxes:
            box.paint(painter, left, top)

    def split(self, room: float) -> tuple[Strip, Strip] | None:
        """Divide the text of each cell where `room` ends; labels are repeated with （续）."""
        if self.bound or self.height < self.divide_from:
            return None
        longest = max(self.boxes, key=lambda box: box.needed)
        count = int((room - 2 * _PAD_Y) // longest.leading)
        if count < _FEWEST_LINES or len(longest.lines) - count < 1:
            return None
        first = [self._part(box, room, first=True) for box in self.boxes]
        rest = [self._part(box, room, first=False) for box in self.boxes]
        height = max(box.needed for box in rest)
        for box in first:
            box.height = room
        for box in rest:
            box.height = height
        upper = RowStrip(height=room, boxes=first)
        return upper, RowStrip(height=height, boxes=rest, head=self.head, divide_from=self.divide_from)

    @staticmethod
    def _part(box: Box, room: float, *, first: bool) -> Box:
        if box.label and box.needed <= room:
            again = _broken_label(box.label, box) + _broken(_CONTINUED, box, 0.0)
            return replace(box) if first else replace(box, lines=again)
        count = int((room - 2 * _PAD_Y) // box.leading)
        if box.needed <= room:
            return replace(box) if first else replace(box, lines=[])
        return replace(box, lines=box.lines[:count] if first else box.lines[count:], label="", on_top=True)


def _broken(text: str, box: Box, indent: float) -> list[Line]:
    room = max(box.width - 2 * _PAD_X, box.style.size * 1.01)
    widths = box.style.widths
    lines: list[Line] = []
    for paragraph in split_paragraphs(text):
        body = paragraph.strip(" \u3000") if indent else paragraph
        first = room - indent if indent and room > 4 * indent else None
        lines += break_paragraph(body, widths, room, first)
    return lines


def _broken_label(text: str, box: Box) -> list[Line]:
    """Lines of even length: 入党 over 时间, not 入党时 over 间."""
    room, widths = box.width - 2 * _PAD_X, box.style.widths
    if any(box.style.width(part) > 4 * room for part in split_paragraphs(text)):
        return _broken(text, box, 0.0)
    parts = [part for paragraph in split_paragraphs(text) for part in balanced_lines(paragraph, widths, room)]
    return [Line(part, box.style.width(part), room, last=True) for part in parts]


class LedgerLayout:
    """Turns a `LedgerTable` into strips as wide as `room` points."""

    def __init__(self, table: LedgerTable, body: Style, strong: Style, room: float, page: float) -> None:
        self._table = table
        self._body = body
        self._strong = strong
        self._page = page
        widths = [column.width * MM for column in table.columns]
        total = sum(widths)
        scale = room / total if total > room or table.stretch else 1.0
        self._widths = [width * scale for width in widths]

    def strips(self) -> list[Strip]:
        """The head, the rows and the totals."""
        titles = [column.title for column in self._table.columns]
        head = self._row(titles, self._strong, [Align.CENTRE] * len(titles))
        head.keep = True
        aligns = [column.align for column in self._table.columns]
        rows: list[Strip] = [head, *(self._row(cells, self._body, aligns) for cells in self._table.rows)]
        if self._table.totals:
            rows.append(self._row(self._table.totals, self._strong, aligns))
        for row in rows[1:]:
            row.head = head
        return rows

    def _row(self, texts: Sequence[str], style: Style, aligns: Sequence[Align]) -> RowStrip:
        if len(texts) != len(self._widths):
            raise ValueError(f"a row of {len(texts)} cells in a ledger of {len(self._widths)} columns")
        boxes: list[Box] = []
        x = 0.0
        for text, width, align in zip(texts, self._widths, aligns, strict=True):
            box = Box(x, width, [], style, align)
            box.lines = _broken(text, box, 0.0)
            boxes.append(box)
            x += width
        height = max(max(box.needed for box in boxes), self._table.least_row * MM)
        for box in boxes:
            box.height = height
        return RowStrip(height=height, boxes=boxes, divide_from=self._page)


class FormLayout:
    """Turns a `FormGrid` into strips as wide as `room` points."""

    def __init__(self, grid: FormGrid, body: Style, label: Style, room: float, page: float) -> None:
        self._grid = grid
        self._body = body
        self._label = label
        self._page = page
        total = sum(grid.columns)
        self._edges = [0.0]
        for column in grid.columns:
            self._edges.append(self._edges[-1] + column / total * room)

    def strips(self) -> list[Strip]:
        """One strip for each row, or for each group of rows that a tall cell binds together."""
        rows = list(self._grid.rows)
        strips: list[Strip] = []
        while rows:
            count = _bound_rows(rows)
            strip = self._group(rows[:count])
            if count > 1 and strip.height > self._page:
                strips += [self._group([_unbound(row)]) for row in rows[:count]]
            else:
                strips.append(strip)
            del rows[:count]
        return strips

    def _group(self, rows: Sequence[FormRow]) -> RowStrip:
        heights = [row.min_height * MM for row in rows]
        placed: list[tuple[int, int, Box]] = []
        taken = [0] * len(self._grid.columns)
        for number, row in enumerate(rows):
            for span, column, cell in self._places(row, taken):
                box = self._box(cell, column, span)
                placed.append((number, min(cell.rows, len(rows) - number), box))
                taken[column : column + span] = [cell.rows] * span
            taken = [max(0, left - 1) for left in taken]
        for number, deep, box in sorted(placed, key=lambda item: item[1]):
            lacking = box.needed - sum(heights[number : number + deep])
            heights[number + deep - 1] += max(0.0, lacking)
        for number, deep, box in placed:
            box.y = sum(heights[:number])
            box.height = sum(heights[number : number + deep])
            box.on_top = not box.label and (box.indent > 0 or rows[number].min_height * MM >= _TALL)
        boxes = [box for _, _, box in placed]
        divide_from = min(self._page, 5 * self._body.size * _LEADING)
        return RowStrip(height=sum(heights), boxes=boxes, bound=len(rows) > 1, divide_from=divide_from)

    def _places(self, row: FormRow, taken: Sequence[int]) -> list[tuple[int, int, Cell]]:
        """(span, column, cell) for each cell of a row, its last gap filled by an empty cell."""
        free = [column for column, left in enumerate(taken) if not left]
        places: list[tuple[int, int, Cell]] = []
        for cell in row.cells:
            if len(free) < cell.span:
                raise ValueError(f"the cell {cell.text!r} does not fit into the columns of its form")
            places.append((cell.span, free[0], cell))
            del free[: cell.span]
        if free:
            places.append((len(free), free[0], Cell("", span=len(free))))
        return places

    def _box(self, cell: Cell, column: int, span: int) -> Box:
        style = self._label if cell.label else self._body
        align = cell.align or (Align.CENTRE if cell.label else Align.LEFT)
        x, end = self._edges[column], self._edges[column + span]
        indent = style.width("　　") if cell.indent else 0.0
        box = Box(x, end - x, [], style, align, indent=indent, label=cell.text if cell.label else "")
        box.lines = _broken_label(cell.text, box) if cell.label else _broken(cell.text, box, indent)
        return box


def _bound_rows(rows: Sequence[FormRow]) -> int:
    """How many of the first rows hang together through cells that cover several rows."""
    end, number = 1, 0
    while number < min(end, len(rows)):
        end = max([end, *(number + cell.rows for cell in rows[number].cells)])
        number += 1
    return min(end, len(rows))


def _unbound(row: FormRow) -> FormRow:
    return replace(row, cells=tuple(replace(cell, rows=1) for cell in row.cells))
