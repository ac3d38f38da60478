"""Reading back what was printed."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import pdfplumber
import pytest
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from partyroom.documents.archival import make_archival
from partyroom.documents.assembling import BookPart, assemble
from partyroom.documents.box_labels import SpineLabel, spine_labels
from partyroom.documents.contents import ContentsEntry, contents_pages
from partyroom.documents.filing_stamp import FilingStamp, stamp_first_page
from partyroom.documents.fonts import FontBook
from partyroom.documents.model import (
    Block,
    Cell,
    Document,
    Footer,
    FormGrid,
    FormRow,
    Heading,
    Labelled,
    LedgerColumn,
    LedgerTable,
    PageStyle,
    Paragraph,
    Picture,
    Pictures,
    SignatureRow,
    Title,
)
from partyroom.documents.pdf import RenderedPdf, render_pdf
from partyroom.documents.picture_pages import page_of_picture

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


@pytest.fixture(scope="session")
def picture_file() -> Callable[..., bytes]:
    """A picture with a red upper left and a blue lower right corner."""

    def make(size: tuple[int, int] = (400, 300), mode: str = "RGB", kind: str = "JPEG", orientation: int = 1) -> bytes:
        image = Image.new("RGB", size, "white")
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, size[0] // 4, size[1] // 4), fill="red")
        draw.rectangle((size[0] * 3 // 4, size[1] * 3 // 4, size[0], size[1]), fill="blue")
        image = image.convert("RGBA" if mode == "LA" else mode).convert(mode)
        exif = Image.Exif()
        exif[0x0112] = orientation
        buffer = io.BytesIO()
        options = {"exif": exif} if orientation != 1 else {}
        image.save(buffer, kind, **options)
        return buffer.getvalue()

    return make


@pytest.fixture(scope="session")
def helvetica() -> bytes:
    """A PDF as old programs print it: its font is not embedded."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.drawString(100, 100, "not embedded")
    canvas.save()
    return buffer.getvalue()


@pytest.fixture(scope="session")
def raw_samples(book: FontBook, picture_file: Callable[..., bytes]) -> dict[str, bytes]:
    """What the program prints, before it is made archival."""
    text = (
        Title("支部委员会会议记录"),
        Labelled("出席", "周𬭎、张喆、𠮷田"),
        Heading("一、议题"),
        Paragraph("周𬭎说：“同意发展李昇为预备党员”——ABC 123。" * 30),
        FormGrid((1, 2), (FormRow((Cell("姓名", label=True), Cell("周𬭎"))),)),
        SignatureRow(("主持人：", "记录人：")),
    )
    photos = tuple(
        Picture(picture_file(mode=mode, kind=kind), f"照片{mode}")
        for mode, kind in (
            ("RGB", "JPEG"),
            ("L", "JPEG"),
            ("CMYK", "JPEG"),
            ("RGBA", "PNG"),
            ("P", "PNG"),
            ("1", "PNG"),
        )
    )
    ledger = LedgerTable((LedgerColumn("姓名", 30), LedgerColumn("备注", 60)), (("周𬭎", "☑ □ 〔2026〕"),) * 40)
    return {
        "minutes": render_pdf(Document("会议记录", text, footer=Footer.DASHED), book).data,
        "ledger": render_pdf(Document("花名册", (Title("花名册"), ledger), PageStyle.LEDGER), book).data,
        "pictures": render_pdf(Document("照片", (Pictures(photos, per_page=4),), PageStyle.FORM), book).data,
        "labels": spine_labels(
            [SpineLabel("Z109", "2026", "永久", "0001", "0052", "1", "党建办公室（一）")], fonts=book
        ),
        "contents": contents_pages([ContentsEntry("周𬭎同志的档案", "12")], book).data,
        "scan": page_of_picture(picture_file((600, 800), "1", "TIFF")),
    }


@pytest.fixture(scope="session")
def archival_samples(raw_samples: dict[str, bytes], book: FontBook) -> dict[str, bytes]:
    """The same made archival, one of them stamped afterwards, and a book of them."""
    when = datetime(2026, 12, 31, 8, 30)  # noqa: DTZ001 - local time, as the program's clock gives it
    made = {
        name: make_archival(data, title=f"样张{name}", author="党支部", created=when)
        for name, data in raw_samples.items()
    }
    stamp = FilingStamp("Z109", 2026, "0001", "党建办公室", "永久", 3)
    made["stamped"] = stamp_first_page(made["minutes"], stamp, number_pages=True, fonts=book)
    parts = [
        BookPart("会议记录", raw_samples["minutes"]),
        BookPart("花名册", raw_samples["ledger"]),
        BookPart("签到表", raw_samples["scan"], level=2, foreign=True),
    ]
    made["book"] = assemble(parts, title="工作手册", created=when, fonts=book).data
    return made
