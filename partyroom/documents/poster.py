"""A poster for the wall: one person's words on an upright A4 or A3 sheet, to be read from two metres.

The type is as large as the sheet allows, never smaller than what is read from two metres (characters of 1/350 of the
distance, custom of sign makers); what does not fit goes on a further sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from partyroom.core.pictures import picture_size
from partyroom.core.text import one_line
from partyroom.documents.drawing import Drawing
from partyroom.documents.fonts import FontBook, Role, missing_sentence, shared_book
from partyroom.documents.geometry import ASCENT
from partyroom.documents.pdf import RenderedPdf
from partyroom.documents.poster_frame import (
    FOOT,
    HEAD,
    SIDE,
    PosterFrame,
    TextLine,
    draw_frame,
    draw_lines,
    fitted_lines,
    height_of,
    name_role,
    text_lines,
)
from partyroom.documents.poster_frame import (
    PosterSize as PosterSize,
)

_NAME, _POST = 60.0, 30.0  # points on A3
_NAME_LEADING = 1.25
_LARGEST, _STEP = 46.0, 1.0
LEAST = 16.0
"""Points, on either sheet: characters of 5.6 mm, which are read from two metres."""
_LEADING, _PREAMBLE = 1.5, 0.85
_GAP, _WIDEST_GAP = 0.35, 1.3  # of the size, between two items
_HANG = 1.5  # ems for the number
_PORTRAIT = (48.0, 64.0)  # mm on A3, the room of a photo
_BESIDE = 10.0  # between photo and name
_UNDER = 8.0  # below the person


@dataclass(frozen=True, slots=True)
class Poster:
    """What one poster says; `items` are numbered, `portrait` is a picture of the person (JPEG or PNG data)."""

    frame: PosterFrame
    name: str
    items: tuple[str, ...]
    post: str = ""
    preamble: str = ""
    portrait: bytes | None = None


def render_posters(
    posters: Sequence[Poster], size: PosterSize = PosterSize.A3, fonts: FontBook | None = None
) -> RenderedPdf:
    """Each poster on a sheet of its own, or on several if it is long.

    Raises:
        ValueError: there are none.
        DomainError: a portrait cannot be read.
    """
    if not posters:
        raise ValueError("no posters")
    book = fonts or shared_book()
    with book.lock:
        drawing = Drawing(book, one_line(posters[0].frame.heading))
        pages = sum(_draw(drawing, book, poster, size) for poster in posters)
        missing = tuple(missing_sentence(character) for character in drawing.painter.missing)
        return RenderedPdf(drawing.finish(), pages, missing)


def draw_portrait(drawing: Drawing, data: bytes, left: float, top: float, room: tuple[float, float]) -> None:
    """A picture whole in the middle of a room of (width, height) points, with a thin frame."""
    across, down = picture_size(data)
    scale = min(room[0] / across, room[1] / down)
    width, height = across * scale, down * scale
    x, y = left + (room[0] - width) / 2, top - (room[1] + height) / 2
    drawing.painter.picture(x, y, width, height, data)
    drawing.painter.box(x, y, width, height)


def _draw(drawing: Drawing, book: FontBook, poster: Poster, size: PosterSize) -> int:
    head = _person_height(drawing, poster, size)
    room = (FOOT - HEAD) * size.mm - head
    groups = _body(drawing, poster, size, room)
    sheets = _sheets(groups, room)
    for number, sheet in enumerate(sheets, 1):
        count = f"第{number}张 共{len(sheets)}张" if len(sheets) > 1 else ""
        draw_frame(drawing, size, poster.frame, count)
        _person(drawing, book, poster, size)
        top = size.height - HEAD * size.mm - head
        gap = _gap(sheet, room)
        for group in sheet:
            top = draw_lines(drawing, group, SIDE * size.mm, top) - gap
        drawing.finish_page(size.width, size.height)
    return len(sheets)


def _person_room(poster: Poster, size: PosterSize) -> float:
    """The width for name and post in points."""
    beside = (_PORTRAIT[0] + _BESIDE) * size.mm if poster.portrait else 0.0
    return size.width - 2 * SIDE * size.mm - beside


def _post(drawing: Drawing, poster: Poster, size: PosterSize) -> list[TextLine]:
    if not poster.post.strip():
        return []
    room = _person_room(poster, size)
    return fitted_lines(drawing, Role.KAI, poster.post, _POST * size.scale, room, 2, leading=1.4)


def _person_height(drawing: Drawing, poster: Poster, size: PosterSize) -> float:
    name = _NAME_LEADING * _NAME * size.scale + height_of(_post(drawing, poster, size))
    return (_PORTRAIT[1] * size.mm if poster.portrait else name) + _UNDER * size.mm


def _person(drawing: Drawing, book: FontBook, poster: Poster, size: PosterSize) -> None:
    """Name and post in the middle of the sheet, or beside the photo."""
    mm, top = size.mm, size.height - HEAD * size.mm
    room, post, name = _person_room(poster, size), _post(drawing, poster, size), one_line(poster.name)
    style = drawing.fitting(name_role(book, name), name, _NAME * size.scale, room)
    left = SIDE * mm
    if poster.portrait:
        draw_portrait(drawing, poster.portrait, left, top, (_PORTRAIT[0] * mm, _PORTRAIT[1] * mm))
        left += (_PORTRAIT[0] + _BESIDE) * mm
        top -= (_PORTRAIT[1] * mm - style.size * _NAME_LEADING - height_of(post)) / 2
    shift = 0.0 if poster.portrait else (room - style.width(name)) / 2
    drawing.text(left + shift, top - ASCENT * style.size, style, name)
    top -= _NAME_LEADING * style.size
    for line in post:
        shift = 0.0 if poster.portrait else (room - line.style.width(line.line.visible)) / 2
        top = draw_lines(drawing, [line], left + shift, top)


def _body(drawing: Drawing, poster: Poster, size: PosterSize, room: float) -> list[list[TextLine]]:
    """Preamble and items in the largest type with which they need no more sheets than with the least."""
    fewest = len(_sheets(_broken(drawing, poster, size, LEAST), room))
    points = max(LEAST, _LARGEST * size.scale)
    groups = _broken(drawing, poster, size, points)
    while points > LEAST and len(_sheets(groups, room)) > fewest:
        points = max(LEAST, points - _STEP)
        groups = _broken(drawing, poster, size, points)
    return groups


def _broken(drawing: Drawing, poster: Poster, size: PosterSize, points: float) -> list[list[TextLine]]:
    room, hang = size.width - 2 * SIDE * size.mm, _HANG * points
    groups = []
    if poster.preamble.strip():
        text = "\n".join(f"　　{part.strip()}" for part in poster.preamble.splitlines() if part.strip())
        smaller = max(LEAST, _PREAMBLE * points)
        groups.append(text_lines(drawing, Role.KAI, text, smaller, room, leading=_LEADING))
    for number, item in enumerate(poster.items, 1):
        lines = text_lines(drawing, Role.HEI, item, points, room, leading=_LEADING, mark=f"{number}.", hang=hang)
        groups.append(lines)
    return groups


def _sheets(groups: Sequence[list[TextLine]], room: float) -> list[list[list[TextLine]]]:
    """Items dealt out to sheets; an item longer than what is left of a sheet is divided between its lines."""
    sheets: list[list[list[TextLine]]] = [[]]
    left = room
    for group in groups:
        gap = _GAP * group[0].style.size
        if sheets[-1] and height_of(group) > left and height_of(group) <= room:
            sheets.append([])
            left = room
        part: list[TextLine] = []
        for line in group:
            if line.advance > left and (part or sheets[-1]):
                sheets[-1].append(part)
                sheets.append([])
                part, left = [], room
            part.append(line)
            left -= line.advance
        sheets[-1].append(part)
        left -= gap
    return [[part for part in sheet if part] for sheet in sheets]


def _gap(sheet: Sequence[Sequence[TextLine]], room: float) -> float:
    """Points between two items: what is free is spread, within measure."""
    size = sheet[-1][0].style.size
    if len(sheet) < 2:
        return 0.0
    free = (room - sum(map(height_of, sheet))) / (len(sheet) - 1)
    return max(0.0, min(_WIDEST_GAP * size, free))
