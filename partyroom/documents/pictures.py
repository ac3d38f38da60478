"""Pictures on paper: two or four a page, whole and in their own shape, each above its caption."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from partyroom.core.pictures import picture_size
from partyroom.documents.breaking import break_paragraph
from partyroom.documents.geometry import MM, Sheet
from partyroom.documents.model import Picture, Pictures
from partyroom.documents.painter import Painter, Style
from partyroom.documents.strips import NewPage, Piece, Strip, baseline

ROWS = 2  # on a page
CAPTION_SIZE = 10.5  # 五号
CAPTION_LEADING = 1.5
_GUTTER = 6 * MM  # between two pictures side by side
_ABOVE = 1.5 * MM  # between a picture and its caption
_BELOW = 5 * MM  # under the caption
_HEADING = 2  # lines of body pitch left for what stands above the first pictures of a page
_LOWEST_DPI = 96  # a small picture is not blown up beyond this


@dataclass(frozen=True, slots=True)
class Frame:
    """The room of one picture with its caption on a sheet, in points; `columns` stand side by side."""

    columns: int
    width: float
    height: float


def frame_of(block: Pictures, sheet: Sheet) -> Frame:
    """Two rows fill a page: of one picture each, or of two.

    Raises:
        ValueError: `per_page` is neither 2 nor 4.
    """
    if block.per_page not in (2, 4):
        raise ValueError(f"no page of {block.per_page} pictures")
    columns = block.per_page // ROWS
    width = (sheet.block_width - _GUTTER * (columns - 1)) / columns
    return Frame(columns, width, (sheet.block_height - _HEADING * sheet.leading) / ROWS)


def rows_of(block: Pictures, columns: int) -> Iterator[Sequence[Picture]]:
    """The pictures in rows, in their order; the last row may be shorter."""
    for start in range(0, len(block.items), columns):
        yield block.items[start : start + columns]


def picture_room(frame: Frame, caption_lines: int) -> float:
    """How high a picture may be above that many lines of caption."""
    return frame.height - caption_lines * CAPTION_SIZE * CAPTION_LEADING - _ABOVE - _BELOW


def fitted(data: bytes, width: float, height: float) -> tuple[float, float]:
    """Width and height in points of a picture shown whole within a room, its shape kept.

    Raises:
        DomainError: it cannot be read.
    """
    across, down = picture_size(data)
    scale = min(width / across, height / down, 72 / _LOWEST_DPI)
    return across * scale, down * scale


@dataclass(slots=True, kw_only=True)
class PictureStrip(Strip):
    """Pictures side by side with captions: each picture is (data, x, drop of its lower edge, width, height)."""

    pictures: list[tuple[bytes, float, float, float, float]] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    def paint(self, painter: Painter, left: float, top: float) -> None:
        """Draw pictures and captions."""
        for data, x, drop, width, height in self.pictures:
            painter.picture(left + x, top - drop, width, height, data)
        for piece in self.pieces:
            piece.paint(painter, left, top)


def picture_strips(block: Pictures, sheet: Sheet, style_of: Callable[[float], Style]) -> list[Strip]:
    """One strip a row, two rows a page; `style_of` gives the style of captions by its size."""
    frame, style = frame_of(block, sheet), style_of(CAPTION_SIZE)
    strips: list[Strip] = []
    for number, row in enumerate(rows_of(block, frame.columns)):
        if number and number % ROWS == 0:
            strips.append(NewPage())  # flat pictures leave room for a third row
        strips.append(_row_strip(row, frame, style))
    return strips


def _row_strip(row: Sequence[Picture], frame: Frame, style: Style) -> PictureStrip:
    captions = [_caption_lines(picture.caption, frame.width, style) for picture in row]
    room = picture_room(frame, max(map(len, captions)))
    sizes = [fitted(picture.data, frame.width, room) for picture in row]
    foot = max(height for _, height in sizes)  # lower edges in one line, so that captions are
    strip = PictureStrip(height=frame.height - room + foot)
    leading = CAPTION_SIZE * CAPTION_LEADING
    for column, (picture, lines) in enumerate(zip(row, captions, strict=True)):
        start = column * (frame.width + _GUTTER)
        width, height = sizes[column]
        strip.pictures.append((picture.data, start + (frame.width - width) / 2, foot, width, height))
        for number, text in enumerate(lines):
            x = start + (frame.width - style.width(text)) / 2
            drop = foot + _ABOVE + number * leading + baseline(leading, CAPTION_SIZE)
            strip.pieces.append(Piece(x, drop, style, text))
    return strip


def _caption_lines(text: str, width: float, style: Style) -> list[str]:
    return [line.visible for line in break_paragraph(text.strip(), style.widths, width)] if text.strip() else []
