"""目录: titles with leader dots and page numbers, and where a reader may click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from partyroom.core.text import one_line
from partyroom.documents.breaking import break_paragraph
from partyroom.documents.drawing import Drawing
from partyroom.documents.fonts import FontBook, Role, shared_book
from partyroom.documents.geometry import SHEETS
from partyroom.documents.model import PageStyle
from partyroom.documents.pages import deal_out
from partyroom.documents.painter import Style
from partyroom.documents.strips import Piece, Strip, TextStrip, baseline

_SIZE = 14.0  # 四号
_LEADING = 24.0
_TITLE_SIZE, _TITLE_LEADING = 22.0, 60.0
_INDENT = 1.5  # characters for each level
_FEWEST_DOTS = 2
_NUMBER_ROOM = 2.6  # characters kept free for the number
_ROLES = {1: Role.HEI, 2: Role.FANGSONG}


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """One line of a table of contents: `level` from 1 on, `number` as it stands on the page."""

    title: str
    number: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class ContentsPages:
    """The pages as a PDF, and for each link (page index, entry index, (left, bottom, right, top) in points)."""

    data: bytes
    pages: int
    links: tuple[tuple[int, int, tuple[float, float, float, float]], ...]


@dataclass(slots=True, kw_only=True)
class _EntryStrip(TextStrip):
    entry: int = 0


def contents_pages(entries: Sequence[ContentsEntry], fonts: FontBook | None = None) -> ContentsPages:
    """Set the table of contents on pages of the type area of GB/T 9704, without page numbers of their own."""
    book = fonts or shared_book()
    sheet = SHEETS[PageStyle.OFFICIAL]
    with book.lock:
        drawing = Drawing(book, "目录")
        style = drawing.style(Role.TITLE, _TITLE_SIZE)
        middle = (sheet.block_width - style.width("目　录")) / 2
        strips: list[Strip] = [
            TextStrip(height=_TITLE_LEADING, pieces=[Piece(middle, baseline(30.0, style.size), style, "目　录")])
        ]
        for number, entry in enumerate(entries):
            strips += _entry(drawing, number, entry, sheet.block_width)
        links: list[tuple[int, int, tuple[float, float, float, float]]] = []
        pages = deal_out(strips, sheet.block_height)
        top = sheet.height - sheet.top
        for index, page in enumerate(pages):
            for drop, strip in page.strips:
                strip.paint(drawing.painter, sheet.left, top - drop)
                if isinstance(strip, _EntryStrip):
                    upper, lower = top - drop, top - drop - strip.height
                    links.append((index, strip.entry, (sheet.left, lower, sheet.left + sheet.block_width, upper)))
            drawing.finish_page(sheet.width, sheet.height)
        return ContentsPages(drawing.finish(), len(pages), tuple(links))


def _entry(drawing: Drawing, number: int, entry: ContentsEntry, room: float) -> list[_EntryStrip]:
    style = drawing.style(_ROLES.get(entry.level, Role.FANGSONG), _SIZE)
    dots, figures = drawing.style(Role.SONG, _SIZE), drawing.style(Role.SONG, _SIZE)
    indent = (entry.level - 1) * _INDENT * _SIZE
    hang = indent + _SIZE if entry.level > 1 else indent
    end = room - _NUMBER_ROOM * _SIZE - _FEWEST_DOTS * _SIZE
    lines = break_paragraph(one_line(entry.title) or "未命名", style.widths, end - hang, end - indent)
    drop = baseline(_LEADING, _SIZE)
    strips: list[_EntryStrip] = []
    for index, line in enumerate(lines):
        x = hang if index else indent
        pieces = [Piece(x, drop, style, line.visible)]
        if index == len(lines) - 1:
            pieces += _leader(x + style.width(line.visible), room, drop, dots, figures, entry.number)
        strips.append(_EntryStrip(height=_LEADING, pieces=pieces, keep=index < len(lines) - 1, entry=number))
    return strips


def _leader(start: float, room: float, drop: float, dots: Style, figures: Style, number: str) -> list[Piece]:
    """Dots from the title to the number, in one grid on all lines."""
    width = dots.width("…")
    end = room - _NUMBER_ROOM * _SIZE
    count = int((end - start - 0.3 * _SIZE) / width)
    return [
        Piece(end - count * width, drop, dots, "…" * max(0, count)),
        Piece(room - figures.width(number), drop, figures, number),
    ]
