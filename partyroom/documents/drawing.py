"""Pages drawn by coordinates instead of blocks: stamps, labels, page numbers."""

from __future__ import annotations

import io
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from partyroom.core.text import one_line
from partyroom.documents.fonts import FontBook, Role
from partyroom.documents.painter import Painter, Style

_SMALLEST = 4.0  # points, below which nobody reads
_STEP = 0.5


def new_canvas(
    buffer: io.BytesIO, book: FontBook, title: str, *, author: str = "", subject: str = "", keywords: str = ""
) -> Any:
    """A canvas that names no font of its own and gives equal bytes for equal drawings."""
    latin = book.latin_font()
    if latin.fontName not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(latin)
    rl_config.useA85 = 0  # plain deflate: a fifth smaller and faster
    # Without a font of our own the canvas would name Helvetica on every page, which PDF/A forbids.
    name: Any = latin.fontName  # the stubs take it for a number
    canvas = Canvas(buffer, pageCompression=1, invariant=1, initialFontName=name)
    canvas.setTitle(one_line(title))
    canvas.setAuthor(one_line(author))
    canvas.setSubject(one_line(subject))
    canvas.setCreator("党建活动室")
    canvas.setKeywords("; ".join(filter(None, (one_line(keywords), book.describe()))))
    canvas.setViewerPreference("PrintScaling", "None")
    return canvas


class Drawing:
    """A PDF in the making; hold `book.lock` while it is made. Lengths are points from the lower left corner."""

    def __init__(self, book: FontBook, title: str) -> None:
        self._buffer = io.BytesIO()
        self._canvas = new_canvas(self._buffer, book, title)
        self._styles: dict[tuple[Role, float], Style] = {}
        self._book = book
        self.painter = Painter(self._canvas, book)

    def style(self, role: Role, size: float) -> Style:
        """The style of a role and size; styles are kept, because they remember widths."""
        key = role, size
        if key not in self._styles:
            self._styles[key] = Style(self._book, role, size)
        return self._styles[key]

    def fitting(self, role: Role, text: str, size: float, room: float) -> Style:
        """The largest style up to `size` in which `text` is not wider than `room`, but at least 4 points."""
        while size > _SMALLEST and self.style(role, size).width(text) > room:
            size -= _STEP
        return self.style(role, size)

    def text(self, x: float, y: float, style: Style, text: str, *, red: bool = False) -> None:
        """One line from `x` on, its baseline at `y`."""
        self.painter.text(x, y, style, text, red=red)

    def centred(self, x: float, y: float, style: Style, text: str, *, red: bool = False) -> None:
        """One line with its middle at `x`."""
        self.painter.text(x - style.width(text) / 2, y, style, text, red=red)

    def finish_page(self, width: float, height: float) -> None:
        """End the page; it is as wide and high as this."""
        self._canvas.setPageSize((width, height))
        self._canvas.showPage()

    def finish(self) -> bytes:
        """The file."""
        self._canvas.save()
        return self._buffer.getvalue()
