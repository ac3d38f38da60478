"""Page numbers to lay over pages that have none."""

from __future__ import annotations

from collections.abc import Iterable

from partyroom.documents.drawing import Drawing
from partyroom.documents.fonts import FontBook, Role
from partyroom.documents.geometry import A4_LONG, A4_SHORT, MM

_SIZE = 14.0  # 四号
_DASH = 0.345  # of an em above the baseline, where the 一字线 is drawn
DASH_ABOVE_EDGE = 12 * MM
"""Height of the 一字线 above the edge of the paper: free on all our sheets and below framed pages."""
LEFT, RIGHT = 28 * MM, 26 * MM
"""Margins of GB/T 9704; the number stands one character inside them."""
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
_ROMAN_END = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman(number: int) -> str:
    """4 → IV."""
    text = ""
    for value, letters in (*_ROMAN, *_ROMAN_END):
        text += letters * (number // value)
        number %= value
    return text


def numbers_pdf(numbers: Iterable[tuple[int, bool, bool]], book: FontBook) -> bytes:
    """A PDF with one empty page for each (number, Roman, landscape), bearing `— 1 —`.

    四号 half-width 宋, on the right of odd and the left of even pages, one character in (GB/T 9704-2012, 7.5). The
    norm's height, 7 mm below the type area, differs from sheet to sheet; in a book all stand 12 mm above the edge.
    """
    with book.lock:
        drawing = Drawing(book, "页码")
        style = drawing.style(Role.SONG, _SIZE)
        for number, is_roman, across in numbers:
            width, height = (A4_LONG, A4_SHORT) if across else (A4_SHORT, A4_LONG)
            text = f"— {roman(number) if is_roman else number} —"
            x = width - RIGHT - _SIZE - style.width(text) if number % 2 else LEFT + _SIZE
            drawing.text(x, DASH_ABOVE_EDGE - _DASH * _SIZE, style, text)
            drawing.finish_page(width, height)
        return drawing.finish()
