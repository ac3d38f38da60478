"""Many people's words on one poster: cards in columns on an upright A4 or A3 sheet, and on further sheets if need be.

Cards stand below each other, column by column, because pledges are of very different length.

As few sheets as the least type allows, and on these the largest type that still fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from partyroom.core.text import one_line
from partyroom.documents.drawing import Drawing
from partyroom.documents.fonts import FontBook, Role, missing_sentence, shared_book
from partyroom.documents.pdf import RenderedPdf
from partyroom.documents.poster import draw_portrait
from partyroom.documents.poster_frame import (
    FOOT,
    HEAD,
    SIDE,
    PosterFrame,
    PosterSize,
    TextLine,
    draw_frame,
    draw_lines,
    fitted_lines,
    height_of,
    name_role,
    ragged,
    text_lines,
)

_COLUMNS = (2, 3)
_LARGEST, _STEP = 30.0, 1.0  # points on A3
LEAST = {PosterSize.A3: 12.0, PosterSize.A4: 10.0}
"""Points: what is read standing in front of the board."""
_LEADING, _NAME, _POST = 1.4, 1.7, 0.95
_HANG = 1.4
_GUTTER, _PAD = 4.0, 3.5  # mm on A3
_PORTRAIT = (24.0, 32.0)
_LINE = 0.35
_STRETCH = 0.35  # by so much of its height a card may be drawn higher, to fill its column


@dataclass(frozen=True, slots=True)
class Card:
    """One person's words; `items` are numbered, `portrait` is a picture of the person (JPEG or PNG data)."""

    name: str
    items: tuple[str, ...]
    post: str = ""
    portrait: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Face:
    """How cards are set: columns on a sheet, points of their text."""

    size: PosterSize
    columns: int
    points: float

    @property
    def width(self) -> float:
        """Of a card, in points."""
        room = self.size.width - 2 * SIDE * self.size.mm
        return (room - (self.columns - 1) * self.gutter) / self.columns

    @property
    def gutter(self) -> float:
        return _GUTTER * self.size.mm

    @property
    def pad(self) -> float:
        return _PAD * self.size.mm

    @property
    def room(self) -> float:
        """What a column has for cards, in points."""
        return (FOOT - HEAD) * self.size.mm


@dataclass(frozen=True, slots=True)
class _Part:
    """A card, or what of a long one fits a sheet, with its texts broken."""

    card: Card
    title: list[TextLine]
    head: float
    lines: list[TextLine]

    def height(self, face: _Face) -> float:
        return self.head + height_of(self.lines) + 3 * face.pad


def render_wall(
    frame: PosterFrame, cards: Sequence[Card], size: PosterSize = PosterSize.A3, fonts: FontBook | None = None
) -> RenderedPdf:
    """All cards in their order, column by column, on as many sheets as needed.

    Raises:
        ValueError: there are none.
        DomainError: a portrait cannot be read.
    """
    if not cards:
        raise ValueError("no cards")
    book = fonts or shared_book()
    with book.lock:
        drawing = Drawing(book, one_line(frame.heading))
        face, sheets = _best(drawing, book, cards, size)
        for number, columns in enumerate(sheets, 1):
            draw_frame(drawing, size, frame, f"第{number}张 共{len(sheets)}张" if len(sheets) > 1 else "")
            _columns(drawing, columns, face)
            drawing.finish_page(size.width, size.height)
        missing = tuple(missing_sentence(character) for character in drawing.painter.missing)
        return RenderedPdf(drawing.finish(), len(sheets), missing)


_Sheets = list[list[list[_Part]]]


def _best(drawing: Drawing, book: FontBook, cards: Sequence[Card], size: PosterSize) -> tuple[_Face, _Sheets]:
    """The fewest sheets and divided cards that the least type allows, then the largest type, then few columns."""
    least = [_Face(size, columns, LEAST[size]) for columns in _COLUMNS if columns <= max(len(cards), _COLUMNS[0])]
    found = [(face, _dealt(drawing, book, cards, face)) for face in least]
    fewest = min(_cost(sheets) for _, sheets in found)
    best = next((face, sheets) for face, sheets in found if _cost(sheets) == fewest)
    for face, sheets in found:
        larger = replace(face, points=best[0].points + _STEP)
        while _cost(sheets) == fewest and larger.points <= _LARGEST * size.scale:
            sheets = _dealt(drawing, book, cards, larger)
            if _cost(sheets) == fewest:
                best = larger, sheets
            larger = replace(larger, points=larger.points + _STEP)
    return best


def _cost(sheets: _Sheets) -> tuple[int, int]:
    """Sheets, and cards on them: a divided one counts more than once."""
    return len(sheets), sum(len(column) for columns in sheets for column in columns)


def _dealt(drawing: Drawing, book: FontBook, cards: Sequence[Card], face: _Face) -> _Sheets:
    columns: list[list[_Part]] = [[]]
    left = face.room
    for part in (part for card in cards for part in _parts(drawing, book, card, face)):
        height = part.height(face)
        if columns[-1] and height > left:
            columns.append([])
            left = face.room
        columns[-1].append(part)
        left -= height + face.gutter
    return [columns[start : start + face.columns] for start in range(0, len(columns), face.columns)]


def _parts(drawing: Drawing, book: FontBook, card: Card, face: _Face) -> Iterator[_Part]:
    """The card, cut between lines where it is higher than a sheet."""
    room, hang = face.width - 2 * face.pad, _HANG * face.points
    lines = [
        line
        for number, item in enumerate(card.items, 1)
        for line in ragged(
            text_lines(drawing, Role.HEI, item, face.points, room, leading=_LEADING, mark=f"{number}.", hang=hang)
        )
    ]
    first = _part(drawing, book, card, one_line(card.name), face)
    most = max(1, int((face.room - first.height(face)) / (_LEADING * face.points)))
    yield replace(first, lines=lines[:most])
    for start in range(most, len(lines), most):
        part = _part(drawing, book, card, f"{one_line(card.name)}（续）", face)
        yield replace(part, lines=lines[start : start + most])


def _part(drawing: Drawing, book: FontBook, card: Card, name: str, face: _Face) -> _Part:
    """The head of a card: name and post, beside the photo where there is one."""
    mm, room = face.size.mm, face.width - 2 * face.pad
    if card.portrait:
        room -= _PORTRAIT[0] * mm + face.pad
    role, points = name_role(book, name), _NAME * face.points
    rows = 1 if drawing.style(role, face.points).width(name) <= room else 2  # rather two lines than small type
    title = fitted_lines(drawing, role, name, points, room, rows, leading=1.2)
    if card.post.strip():
        title += fitted_lines(drawing, Role.KAI, card.post, _POST * face.points, room, 2, leading=1.3)
    return _Part(card, title, max(height_of(title), _PORTRAIT[1] * mm if card.portrait else 0.0), [])


def _columns(drawing: Drawing, columns: Sequence[Sequence[_Part]], face: _Face) -> None:
    for number, column in enumerate(columns):
        heights = [part.height(face) for part in column]
        free = face.room - sum(heights) - face.gutter * (len(column) - 1)
        stretch = 1 + min(_STRETCH, max(0.0, free / sum(heights)))
        top = face.size.height - HEAD * face.size.mm
        left = SIDE * face.size.mm + number * (face.width + face.gutter)
        for part, height in zip(column, heights, strict=True):
            _card(drawing, part, face, left, top, height * stretch)
            top -= height * stretch + face.gutter


def _card(drawing: Drawing, part: _Part, face: _Face, left: float, top: float, height: float) -> None:
    mm, painter = face.size.mm, drawing.painter
    right, low, x, y = left + face.width, top - height, left + face.pad, top - face.pad
    for start, end in (
        ((left, top), (right, top)),
        ((left, low), (right, low)),
        ((left, low), (left, top)),
        ((right, low), (right, top)),
    ):
        painter.line(start, end, _LINE * mm, red=True)
    if part.card.portrait:
        draw_portrait(drawing, part.card.portrait, x, y, (_PORTRAIT[0] * mm, _PORTRAIT[1] * mm))
        x += _PORTRAIT[0] * mm + face.pad
    draw_lines(drawing, part.title, x, y)
    y -= part.head + face.pad / 2
    painter.rule(left + face.pad, y, face.width - 2 * face.pad, _LINE * mm / 2, red=True)
    draw_lines(drawing, part.lines, left + face.pad, y - face.pad / 2)
