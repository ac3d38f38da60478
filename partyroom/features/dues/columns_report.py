"""Columns of amounts that never break, and slips of two parts on one sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from partyroom.documents.model import Align, Blank, Block, Cell, FormRow, LedgerColumn, PageBreak, Paragraph

_MM = 25.4 / 72
_PADDING = 8.0  # points of a cell left and right
_SLACK = 0.5  # points
_PAGE = 257.0  # mm between the margins of a landscape page
_SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5)
_WIDE = 3.2  # mm: a character of the size that a form is set in, with its share of the padding
CUT = "…………………（沿此线裁开）…………………"


def text_width(text: str, size: float) -> float:
    """Points that one line of text takes: Chinese a whole em, digits half of one, points and commas a quarter."""
    return sum(1.0 if char > "\u2000" else 0.25 if char in ".," else 0.5 for char in text) * size


def money_column(title: str, amounts: Iterable[str], size: float) -> LedgerColumn:
    """A column, right aligned, that is as wide as its longest line; its heading may break in two."""
    longest = max((text_width(line, size) for text in amounts for line in text.split("\n")), default=0.0)
    heading = text_width(title, size)
    halved = max(heading / 2 + size / 2, 2 * size) if heading > 2 * size else heading
    return LedgerColumn(title, (max(longest, halved) + _PADDING + _SLACK) * _MM, Align.RIGHT)


def fitted(
    columns_at: Callable[[float], Sequence[LedgerColumn]], rest: int, least: float = 18.0
) -> tuple[tuple[LedgerColumn, ...], float]:
    """The columns and the largest type with which all fit a landscape page; column `rest` takes what is left.

    Without it the page would scale all columns down and break amounts in the middle.
    """
    for size in _SIZES:
        columns = list(columns_at(size))
        left = _PAGE - sum(column.width for number, column in enumerate(columns) if number != rest)
        if left >= least:
            break
    columns[rest] = replace(columns[rest], width=max(left, least))
    return tuple(columns), size


def two_parts(upper: Sequence[Block], lower: Sequence[Block], *, gap: float, apart: bool = False) -> tuple[Block, ...]:
    """Two parts of a slip with the cut between them, `gap` lines on each side; each on its own page when `apart`."""
    if apart:
        return (*upper, PageBreak(), *lower)
    cut = Paragraph(CUT, indent=False, align=Align.CENTRE, size=10.5)
    return (*upper, Blank(gap), cut, Blank(gap), *lower)


def pair(label: str, text: str, other_label: str, other: str, height: float = 9.0) -> FormRow:
    """Two labels with their values in a form of four columns."""
    return FormRow((Cell(label, label=True), Cell(text), Cell(other_label, label=True), Cell(other)), height)


def wide(label: str, text: str, height: float = 9.0) -> FormRow:
    """A label with a value that fills the form of four columns."""
    return FormRow((Cell(label, label=True), Cell(text, span=3)), height)
