"""Reading back what was printed."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pdfplumber
import pytest

from partyroom.documents.fonts import FontBook
from partyroom.documents.model import Block, Document, PageStyle
from partyroom.documents.pdf import RenderedPdf, render_pdf

MM = 72 / 25.4


@dataclass(frozen=True)
class Printed:
    """A rendered file with the characters of its pages, in millimetres from the upper left corner."""

    rendered: RenderedPdf
    pages: list[list[dict[str, Any]]]
    rectangles: list[list[dict[str, Any]]]

    def lines(self, page: int) -> list[list[dict[str, Any]]]:
        """Characters grouped by baseline, from top to bottom."""
        ordered = sorted(self.pages[page], key=lambda char: (char["baseline"], char["left"]))
        return [list(group) for _, group in groupby(ordered, key=lambda char: char["baseline"])]

    def texts(self, page: int) -> list[str]:
        return ["".join(char["text"] for char in line) for line in self.lines(page)]


def _read(rendered: RenderedPdf) -> Printed:
    pages: list[list[dict[str, Any]]] = []
    rectangles: list[list[dict[str, Any]]] = []
    with pdfplumber.open(io.BytesIO(rendered.data)) as pdf:
        for page in pdf.pages:
            chars = []
            for char in page.chars:
                baseline = round((float(page.height) - char["matrix"][5]) / MM, 2)
                chars.append(
                    {
                        "text": char["text"],
                        "font": char["fontname"],
                        "size": char["size"],
                        "left": char["x0"] / MM,
                        "right": char["x1"] / MM,
                        "baseline": baseline,
                    }
                )
            pages.append(chars)
            rectangles.append(page.rects)
    return Printed(rendered, pages, rectangles)


@pytest.fixture(scope="session")
def book() -> FontBook:
    return FontBook("bundled")


@pytest.fixture(scope="session")
def print_blocks(book: FontBook) -> Callable[..., Printed]:
    """Print blocks and read the file back."""

    def run(*blocks: Block, page: PageStyle = PageStyle.OFFICIAL, **fields: Any) -> Printed:
        return _read(render_pdf(Document(blocks=blocks, page=page, **{"title": "样张", **fields}), book))

    return run
