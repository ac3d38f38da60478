"""归档章 on the first page of a paper that is filed, and page numbers in its corners (DA/T 22-2015).

Measures and cells are those of DA/T 22-2015: 45 × 16 mm, two rows of three equal cells, red; in the upper row 全宗号,
年度 and 件号, in the lower one 机构（问题）, 保管期限 and 页数. The cells of the form of 2000 are never printed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pikepdf
from pikepdf import Page, Pdf

from partyroom.core.text import one_line
from partyroom.documents.archival import opened, steady_bytes
from partyroom.documents.drawing import Drawing
from partyroom.documents.fonts import FontBook, Role, shared_book
from partyroom.documents.geometry import ASCENT, MM
from partyroom.documents.ink import Box, ink_of
from partyroom.documents.overlays import form_of, lay_over, view_of

WIDTH, HEIGHT = 45 * MM, 16 * MM
_CELL_WIDTH, _CELL_HEIGHT = 15 * MM, 8 * MM
_LINE = 0.8  # points
_SIZE, _SIZE_OF_TWO = 12.0, 9.0
_READABLE = 7.0  # points, below which two lines are better
_LEADING = 1.1
_PAD = 1 * MM
_FROM_EDGE = 8 * MM
_LEAST_FROM_EDGE = 4 * MM
_CLEAR = 1 * MM  # between the stamp and what stands on the paper
_CORNER = 18 * MM  # from the right edge, which leaves room for the page number
_STEP = 2 * MM
_SCAN = 0.6  # of the page covered by one picture
_NUMBER_SIZE = 10.5
_NUMBER_IN, _NUMBER_DOWN = 8 * MM, 8 * MM


@dataclass(frozen=True, slots=True)
class FilingStamp:
    """What stands in the six cells; `office` may be empty, `retention` is 永久, 30年 or 10年."""

    fonds: str
    year: int
    piece_number: str
    office: str
    retention: str
    pages: int

    def rows(self) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
        """The cells from left to right, the upper row first."""
        upper = one_line(self.fonds), str(self.year), one_line(self.piece_number)
        return upper, (one_line(self.office), one_line(self.retention), str(self.pages))


def stamp_first_page(
    pdf: bytes, stamp: FilingStamp, *, number_pages: bool = False, title: str = "", fonts: FontBook | None = None
) -> bytes:
    """The file with the stamp in the free space at the head of its first page, as a reader sees it.

    Centred, 8 mm below the edge of the paper or nearer to it; where the middle is taken, in the nearest free place
    of the head; on scans and where nothing is free, at the upper right corner. Fonts are embedded: an archival file
    stays so, but its metadata are those it had.

    Args:
        pdf: the file.
        stamp: what to write.
        number_pages: also write page numbers, on the upper right of odd (front) and the upper left of even pages
            (back sides).
        title: what the file is called in errors.
        fonts: the fonts of stamp and numbers.

    Raises:
        DomainError: the file is damaged or encrypted.
    """
    book = fonts or shared_book()
    with opened(pdf, title or "归档文件") as file:
        first = file.pages[0]
        place = place_of(first)
        with opened(_stamp_pdf(stamp, book), "归档章") as source:
            lay_over(first, form_of(file, source.pages[0]), place[0] - _LINE, place[1] - _LINE)
            if number_pages:
                _number(file, book)
            return steady_bytes(file)


def has_page_numbers(stamped: bytes, plain: bytes) -> bool:
    """Whether page numbers were written into `stamped`, which is `plain` with a stamp.

    Stamp and numbers are forms laid over a page: on the last one there are more of them than the stamp alone makes.

    Raises:
        DomainError: a file is damaged or encrypted.
    """
    with opened(stamped, "归档文件") as marked, opened(plain, "归档文件") as bare:
        only_the_stamp = 1 if len(marked.pages) == 1 else 0
        more = _laid_over(marked.pages[-1]) - _laid_over(bare.pages[-1])
    return more > only_the_stamp


def _laid_over(page: Page) -> int:
    page.contents_coalesce()
    return page.Contents.read_bytes().count(b"/Over") if "/Contents" in page else 0


def place_of(page: Page) -> tuple[float, float]:
    """Where the lower left corner of the stamp goes, in points as the reader sees the page."""
    view = view_of(page)
    middle, top = (view.width - WIDTH) / 2, view.height - _FROM_EDGE - HEIGHT
    corner = view.width - _CORNER - WIDTH
    try:
        boxes = ink_of(page)
    except (pikepdf.PdfError, ValueError, TypeError, IndexError):  # a content nobody can make out
        return corner, top
    if any(_area(box, view.width, view.height) > _SCAN * view.width * view.height for box in boxes):
        return corner, top
    lowest = view.height - _LEAST_FROM_EDGE - HEIGHT
    for x in (middle, *_beside(middle, view.width)):
        for y in (top, (top + lowest) / 2, lowest):
            if _is_free(boxes, x, y):
                return x, y
    return corner, top


def _beside(middle: float, width: float) -> list[float]:
    """Places left and right of the middle, the nearest first, those on the right before those on the left."""
    places: list[float] = []
    away = _STEP
    while middle + away + WIDTH <= width - _CORNER:
        places += [middle + away, middle - away]
        away += _STEP
    return places


def _is_free(boxes: list[Box], x: float, y: float) -> bool:
    left, bottom, right, top = x - _CLEAR, y - _CLEAR, x + WIDTH + _CLEAR, y + HEIGHT + _CLEAR
    return not any(box[0] < right and box[2] > left and box[1] < top and box[3] > bottom for box in boxes)


def _area(box: Box, width: float, height: float) -> float:
    left, bottom, right, top = max(0.0, box[0]), max(0.0, box[1]), min(width, box[2]), min(height, box[3])
    return max(0.0, right - left) * max(0.0, top - bottom)


def _stamp_pdf(stamp: FilingStamp, book: FontBook) -> bytes:
    """A page as large as the stamp; the outer lines are centred on its edges."""
    with book.lock:
        drawing = Drawing(book, "归档章")
        painter = drawing.painter
        with painter.moved(_LINE, _LINE):
            for column in range(4):
                x = column * _CELL_WIDTH
                painter.line((x, -_LINE / 2), (x, HEIGHT + _LINE / 2), _LINE, red=True)
            for row in range(3):
                painter.line((0, row * _CELL_HEIGHT), (WIDTH, row * _CELL_HEIGHT), _LINE, red=True)
            for row, cells in enumerate(stamp.rows()):
                for column, text in enumerate(cells):
                    _cell(drawing, (column + 0.5) * _CELL_WIDTH, HEIGHT - (row + 0.5) * _CELL_HEIGHT, text)
        drawing.finish_page(WIDTH + 2 * _LINE, HEIGHT + 2 * _LINE)
        return drawing.finish()


def _cell(drawing: Drawing, x: float, y: float, text: str) -> None:
    """A text in the middle of its cell; one that would be too small is set in two lines."""
    room = _CELL_WIDTH - 2 * _PAD
    style = drawing.fitting(Role.FANGSONG, text, _SIZE, room)
    lines = [text]
    if style.size < _READABLE:
        half = (len(text) + 1) // 2
        lines = [text[:half], text[half:]]
        style = min((drawing.fitting(Role.FANGSONG, line, _SIZE_OF_TWO, room) for line in lines), key=lambda s: s.size)
    leading = style.size * _LEADING
    for number, line in enumerate(lines):
        middle = y + ((len(lines) - 1) / 2 - number) * leading
        drawing.centred(x, middle - (ASCENT - 0.5) * style.size, style, line, red=True)


def _number(file: Pdf, book: FontBook) -> None:
    with book.lock:
        drawing = Drawing(book, "页码")
        style = drawing.style(Role.SONG, _NUMBER_SIZE)
        for number, page in enumerate(file.pages, 1):
            view = view_of(page)
            text = str(number)
            x = view.width - _NUMBER_IN - style.width(text) if number % 2 else _NUMBER_IN
            drawing.text(x, view.height - _NUMBER_DOWN - ASCENT * style.size, style, text)
            drawing.finish_page(view.width, view.height)
        made = drawing.finish()
    with opened(made, "页码") as source:
        for page, numbered in zip(list(file.pages), source.pages, strict=True):
            lay_over(page, form_of(file, numbered))
