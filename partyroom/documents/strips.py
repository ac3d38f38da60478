"""Horizontal strips of paper: what blocks become before they are dealt out to pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from partyroom.documents.breaking import Line, is_rigid
from partyroom.documents.geometry import ASCENT
from partyroom.documents.painter import Painter, Style


class Fading(Enum):
    """When an empty strip disappears at the top of a page."""

    NEVER = 0
    AFTER_BREAK = 1  # only where the page began of itself
    ALWAYS = 2


@dataclass(slots=True, kw_only=True)
class Strip:
    """A piece of a page as wide as the type area; lengths in points.

    `keep` ties it to the next strip, `head` is drawn above it when it comes first on a new page, `outline` is its
    entry in the PDF's outline.
    """

    height: float
    keep: bool = False
    fading: Fading = Fading.NEVER
    head: Strip | None = None
    outline: str = ""

    def paint(self, painter: Painter, left: float, top: float) -> None:
        """Draw it with its upper left corner at (left, top); an empty strip draws nothing."""

    def split(self, room: float) -> tuple[Strip, Strip] | None:  # noqa: ARG002 - a plain strip cannot be divided
        """Two strips of which the first is at most `room` high, or None."""
        return None


@dataclass(slots=True, kw_only=True)
class NewPage(Strip):
    """What follows starts on a new page."""

    height: float = 0.0


@dataclass(slots=True)
class Piece:
    """Text at `x` from the left of a strip, baseline `drop` below its top."""

    x: float
    drop: float
    style: Style
    text: str
    stretch: float = 0.0
    squeeze: Sequence[tuple[int, float]] = ()
    red: bool = False

    def paint(self, painter: Painter, left: float, top: float) -> None:
        """Draw it; the arguments are the upper left corner of its strip."""
        painter.text(left + self.x, top - self.drop, self.style, self.text, self.stretch, self.squeeze, red=self.red)


@dataclass(slots=True, kw_only=True)
class TextStrip(Strip):
    """Lines of text and, under them, a rule: `rule` is (drop, width, thickness, red)."""

    pieces: list[Piece] = field(default_factory=list)
    rule: tuple[float, float, float, bool] | None = None

    def paint(self, painter: Painter, left: float, top: float) -> None:
        """Draw all pieces."""
        for piece in self.pieces:
            piece.paint(painter, left, top)
        if self.rule is not None:
            drop, width, thickness, red = self.rule
            painter.rule(left, top - drop, width, thickness, red=red)


def baseline(leading: float, size: float) -> float:
    """How far below the top of a line its baseline stands when the em box is centred in it."""
    return (leading - size) / 2 + ASCENT * size


def line_piece(line: Line, x: float, drop: float, style: Style, *, justify: bool = True) -> Piece:
    """A broken line as a piece; justified unless it is the last of its paragraph."""
    return Piece(x, drop, style, line.visible, line.stretch if justify else 0.0, line.squeeze)


def divided_piece(line: Line, at: int, x: float, drop: float, first: Style, rest: Style) -> list[Piece]:
    """A justified line whose first `at` characters are of another style of equal widths."""
    text, stretch = line.visible, line.stretch
    head = Piece(x, drop, first, text[:at], stretch, [item for item in line.squeeze if item[0] < at])
    advance = rest.width(text[:at]) - sum(amount for _, amount in head.squeeze)
    advance += stretch * sum(not is_rigid(character) for character in text[:at])
    tail = [(index - at, amount) for index, amount in line.squeeze if index >= at]
    return [head, Piece(x + advance, drop, rest, text[at:], stretch, tail)]
