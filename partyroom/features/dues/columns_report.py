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
_NARROW = {".": 0.25, ",": 0.25, "%": 0.84}  # of an em, in Liberation Serif
_LONG_NAME = 5
_HEADINGS = {
    "月工资收入": "月工资\n收入",
    "基础性绩效工资": "基础性\n绩效工资",
    "规范津补贴": "规范\n津补贴",
    "基本离退休费": "基本\n离退休费",
    "住房公积金": "住房\n公积金",
    "税后工资总额": "税后工资\n总额",
    "每月应交纳党费": "每月应\n交纳党费",
}
CUT = "…………………（沿此线裁开）…………………"


def text_width(text: str, size: float) -> float:
    """Points that one line of text takes: Chinese a whole em, digits half of one, points and commas a quarter."""
    return sum(1.0 if char > "\u2000" else _NARROW.get(char, 0.5) for char in text) * size


def money_column(title: str, amounts: Iterable[str], size: float) -> LedgerColumn:
    """A column, right aligned, that is as wide as its longest line; its heading may break in two."""
    longest = max((text_width(line, size) for text in amounts for line in text.split("\n")), default=0.0)
    heading = broken_heading(title)
    widest = max(text_width(line, size) for line in heading.split("\n"))
    return LedgerColumn(heading, (max(longest, widest) + _PADDING + _SLACK) * _MM, Align.RIGHT)


def name_column(names: Iterable[str], size: float) -> LedgerColumn:
    """The column of names as `broken_name` writes them; ten characters without a dot take two lines."""
    longest = max((text_width(line, size) for name in names for line in name.split("\n")), default=0.0)
    room = min(max(longest, 4 * size), 7 * size)
    return LedgerColumn("姓名", (room + _PADDING + 2 * _SLACK) * _MM, Align.CENTRE)


def broken_name(name: str) -> str:
    """A long name of two parts on two lines: 古丽巴哈尔· above 艾合买提."""
    first, dot, rest = name.partition("·")
    return f"{first}{dot}\n{rest}" if rest and len(name) > _LONG_NAME else name


def broken_heading(title: str) -> str:
    """A heading on two lines where a reader would part it; months and headings of three characters stay whole."""
    if title in _HEADINGS:
        return _HEADINGS[title]
    return f"{title[:2]}\n{title[2:]}" if len(title) == 4 else title


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
