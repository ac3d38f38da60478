"""Writing text and lines straight into a ReportLab canvas."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfdoc import PDFImageXObject

from partyroom.documents.breaking import is_rigid
from partyroom.documents.fonts import FontBook, Role
from partyroom.documents.printable import printable

_RED = "1 0 0"


class Style:
    """Role, size and usual gap of a piece of text, with the width of each character in points as `widths`."""

    __slots__ = ("role", "size", "spacing", "widths")

    def __init__(self, book: FontBook, role: Role, size: float, spacing: float = 0.0) -> None:
        self.role = role
        self.size = size
        self.spacing = spacing
        self.widths = _Widths(book, role, size, spacing)

    def width(self, text: str) -> float:
        """The width of `text` in points, gaps included."""
        return sum(map(self.widths.__getitem__, text))


class _Widths(dict[str, float]):
    def __init__(self, book: FontBook, role: Role, size: float, spacing: float) -> None:
        super().__init__()
        self._table = book.table(role)
        self._scale = size / 1000
        self._spacing = spacing

    def __missing__(self, character: str) -> float:
        glyph = self._table[character]
        gap = 0.0 if glyph.latin or glyph.font is None else self._spacing
        width = self[character] = glyph.width * self._scale + gap
        return width


class _Codes(dict[str, tuple[tuple[str, bool, bool], str]]):
    """Character → ((font resource, without usual gap, rigid), hexadecimal code) in one PDF."""

    def __init__(self, painter: Painter, role: Role) -> None:
        super().__init__()
        self._painter = painter
        self._role = role

    def __missing__(self, character: str) -> tuple[tuple[str, bool, bool], str]:
        entry = self[character] = self._painter.encode(self._role, character)
        return entry


class Painter:
    """Draws on the current page of a canvas; coordinates are PDF's, in points from the lower left."""

    def __init__(self, canvas: Any, book: FontBook) -> None:
        self._canvas = canvas
        self._book = book
        self._codes: dict[Role, _Codes] = {role: _Codes(self, role) for role in Role}
        self._keys: dict[tuple[str, bool, bool], tuple[str, bool, bool]] = {}
        self.missing: dict[str, None] = {}

    def encode(self, role: Role, character: str) -> tuple[tuple[str, bool, bool], str]:
        """Assign a code to a character, note it if no font has it."""
        glyph = self._book.table(role)[character]
        if self._book.is_missing(character):
            self.missing[character] = None
        if glyph.font is None:
            return ("", True, True), ""
        document = self._canvas._doc
        ((subset, code),) = glyph.font.splitString(glyph.character, document)
        name = glyph.font.getSubsetInternalName(subset, document)
        key = (name, glyph.latin, is_rigid(character))
        return self._keys.setdefault(key, key), code.hex()

    def text(
        self,
        x: float,
        y: float,
        style: Style,
        text: str,
        stretch: float = 0.0,
        squeeze: Sequence[tuple[int, float]] = (),
        *,
        red: bool = False,
    ) -> None:
        """Draw one line with its baseline at `y`.

        `stretch` widens each gap that may be widened, `squeeze` narrows those behind the given indices (points).
        """
        codes = self._codes[style.role]
        out = [f"BT 1 0 0 1 {x:.3f} {y:.3f} Tm"]
        run: list[str] = []
        current: tuple[str, bool, bool] | None = None
        narrowed = dict(squeeze)
        pending = 0.0
        for index, character in enumerate(text):
            key, code = codes[character]
            if not code:
                continue
            if key is not current:
                if current is not None:
                    out.append(_show(current, run, style, stretch))
                current, run = key, []
            if pending:
                # Before the next character: PDFium forgets a displacement at the end of an array.
                run.append(f"> {pending * 1000 / style.size:.2f} <")
            run.append(code)
            pending = narrowed.get(index, 0.0)
        if current is None:
            return
        out.append(_show(current, run, style, stretch))
        out.append("ET")
        line = " ".join(out)
        self._canvas._code.append(f"q {_RED} rg {line} Q" if red else line)

    def rule(self, x: float, y: float, width: float, thickness: float, *, red: bool = False) -> None:
        """Draw a horizontal line centred on `y`."""
        colour = _RED if red else "0 0 0"
        self._canvas._code.append(f"q {colour} RG {thickness:.3f} w {x:.3f} {y:.3f} m {x + width:.3f} {y:.3f} l S Q")

    def line(
        self, start: tuple[float, float], end: tuple[float, float], thickness: float, *, red: bool = False
    ) -> None:
        """Draw a straight line between two points."""
        colour = _RED if red else "0 0 0"
        (x, y), (to_x, to_y) = start, end
        self._canvas._code.append(f"q {colour} RG {thickness:.3f} w {x:.3f} {y:.3f} m {to_x:.3f} {to_y:.3f} l S Q")

    @contextmanager
    def moved(self, x: float, y: float, *, clockwise: bool = False) -> Iterator[None]:
        """Let (x, y) be the origin of what is drawn within the block, turned by a quarter if `clockwise`."""
        turn = "0 -1 1 0" if clockwise else "1 0 0 1"
        self._canvas._code.append(f"q {turn} {x:.3f} {y:.3f} cm")
        yield
        self._canvas._code.append("Q")

    def picture(self, x: float, y: float, width: float, height: float, data: bytes) -> None:
        """Draw a picture with its lower left corner at (x, y); its data is stored once, a plain JPEG's as it is."""
        document = self._canvas._doc
        # by the file's own bytes: the canvas would decode every picture to give it a name
        name = hashlib.sha256(data).hexdigest()[:32]
        resource = document.getXObjectName(name)
        if resource not in document.idToObject:
            image = PDFImageXObject(name, ImageReader(io.BytesIO(printable(data))))
            image.name = name
            document.Reference(image, resource)
            document.addForm(name, image)
        self._canvas._currentPageHasImages = 1
        self._canvas._formsinuse.append(name)
        self._canvas._code.append(f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {y:.3f} cm /{resource} Do Q")

    def box(self, x: float, y: float, width: float, height: float) -> None:
        """Draw the thin outline of a table cell, `y` being its lower edge."""
        self._canvas._code.append(f".6 w {x:.3f} {y:.3f} {width:.3f} {height:.3f} re S")


def _show(key: tuple[str, bool, bool], run: list[str], style: Style, stretch: float) -> str:
    name, without_gap, rigid = key
    gap = (0.0 if without_gap else style.spacing) + (0.0 if rigid else stretch)
    return f"{name} {style.size:g} Tf {gap:.4f} Tc [<{''.join(run)}>] TJ"
