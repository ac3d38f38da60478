"""Documents to PDF bytes. Identical documents give identical bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from partyroom.core.text import one_line
from partyroom.documents.drawing import new_canvas
from partyroom.documents.fonts import FontBook, Role, missing_sentence, shared_book
from partyroom.documents.geometry import ASCENT, Sheet
from partyroom.documents.layout import Composer
from partyroom.documents.model import Document, Footer, PageStyle
from partyroom.documents.pages import Page, deal_out
from partyroom.documents.painter import Painter

_NUMBER_SIZE = 14.0  # 四号
_COUNT_SIZE = 10.5  # 五号
_DASH_HEIGHT = 0.345  # of an em above the baseline, where the 一字线 is drawn


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """The file, its number of pages, and a Chinese sentence for each character that no font could draw."""

    data: bytes
    pages: int
    missing: tuple[str, ...]


@dataclass(slots=True)
class _Laid:
    document: Document
    composer: Composer
    pages: list[Page]


def render_pdf(
    document: Document | Sequence[Document],
    fonts: FontBook | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> RenderedPdf:
    """Print one document, or several into one file, each from a new page with its own numbering.

    Args:
        document: what to print.
        fonts: the fonts to use, by default those that come with the program.
        progress: told (pages drawn, pages in all); what it raises (`CancelledError`) ends the work.
    """
    documents = [document] if isinstance(document, Document) else list(document)
    if not documents:
        raise ValueError("nothing to print")
    book = fonts or shared_book()
    with book.lock:
        return _render(documents, book, progress or (lambda _done, _total: None))


def _render(documents: Sequence[Document], book: FontBook, progress: Callable[[int, int], None]) -> RenderedPdf:
    composers: dict[PageStyle, Composer] = {}
    laid: list[_Laid] = []
    for document in documents:
        if document.page not in composers:
            composers[document.page] = Composer(book, document.page)
        composer = composers[document.page]
        pages = deal_out(composer.strips(document.blocks), composer.sheet.block_height)
        laid.append(_Laid(document, composer, pages))
    total = sum(len(item.pages) for item in laid)
    buffer = io.BytesIO()
    first = documents[0]
    canvas = new_canvas(buffer, book, first.title, author=first.author, subject=first.subject, keywords=first.keywords)
    canvas.setCreator(one_line(first.creator))
    painter = Painter(canvas, book)
    done = 0
    for number, item in enumerate(laid):
        _open_document(canvas, item, number)
        for index in range(len(item.pages)):
            _draw_page(canvas, painter, item, index)
            done += 1
            progress(done, total)
    canvas.save()
    return RenderedPdf(buffer.getvalue(), total, tuple(missing_sentence(c) for c in painter.missing))


def _open_document(canvas: Any, item: _Laid, number: int) -> None:
    sheet = item.composer.sheet
    canvas.setPageSize((sheet.width, sheet.height))
    _bookmark(canvas, sheet, f"d{number}", one_line(item.document.title) or "未命名", 0)


def _bookmark(canvas: Any, sheet: Sheet, key: str, title: str, level: int) -> None:
    canvas.bookmarkPage(key, fit="XYZ", left=0, top=sheet.height, zoom=0)
    canvas.addOutlineEntry(title, key, level=level, closed=True)


def _draw_page(canvas: Any, painter: Painter, item: _Laid, index: int) -> None:
    sheet = item.composer.sheet
    canvas.setPageSize((sheet.width, sheet.height))
    top = sheet.height - sheet.top
    for drop, strip in item.pages[index].strips:
        strip.paint(painter, sheet.left, top - drop)
        if strip.outline:
            key = f"p{canvas.getPageNumber()}-{drop:.0f}"
            canvas.bookmarkPage(key, fit="XYZ", left=0, top=top - drop + 12, zoom=0)
            canvas.addOutlineEntry(one_line(strip.outline), key, level=1, closed=True)
    _draw_footer(painter, item, index)
    canvas.showPage()


def _draw_footer(painter: Painter, item: _Laid, index: int) -> None:
    composer, document = item.composer, item.document
    sheet = composer.sheet
    footer = sheet.footer if document.footer is None else document.footer
    number = document.first_page + index
    size = _COUNT_SIZE if footer is Footer.COUNTED else _NUMBER_SIZE
    style = composer.style(Role.SONG, size)
    if footer is Footer.NONE:
        return
    if footer is Footer.COUNTED:
        text = f"第 {number} 页 共 {document.first_page - 1 + len(item.pages)} 页"
    else:
        text = f"— {number} —"
    room = sheet.block_width - style.width(text)
    x = room / 2
    if footer is Footer.DASHED:
        x = room - size if number % 2 else size
    # The dash, or the middle of the line of words, stands at the prescribed distance below the type area.
    middle = _DASH_HEIGHT if footer is not Footer.COUNTED else ASCENT - 0.5
    y = sheet.height - sheet.top - sheet.block_height - sheet.number_drop - middle * size
    painter.text(sheet.left + x, y, style, text)
