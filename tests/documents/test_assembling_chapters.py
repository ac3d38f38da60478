# ruff: noqa: DTZ001  (a branch lives in one time zone)
"""Books whose chapters begin with a part, whose scans are not listed, and whose parts share one file."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from partyroom.documents.assembling import Book, BookPart, assemble
from partyroom.documents.fonts import FontBook
from partyroom.documents.model import Document, Footer, Heading, PageBreak, Paragraph
from partyroom.documents.pdf import render_pdf
from partyroom.documents.picture_pages import page_of_picture

MOMENT = datetime(2026, 1, 20, 9, 0)


@pytest.fixture(scope="module")
def three(book: FontBook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three papers in one file: pages 0, 1–2 and 3."""
    path = tmp_path_factory.mktemp("shared") / "three.pdf"
    papers = [
        Document(f"第{name}份", (Heading(f"{name}、说明"), *blocks), footer=Footer.NONE)
        for name, blocks in (
            ("一", (Paragraph("甲" * 30),)),
            ("二", (Paragraph("乙" * 30), PageBreak(), Paragraph("丙" * 30))),
            ("三", (Paragraph("丁" * 30),)),
        )
    ]
    path.write_bytes(render_pdf(papers, book).data)
    return path


def bind(parts: list[BookPart], book: FontBook, *, contents: bool = True) -> Book:
    return assemble(parts, title="手册", created=MOMENT, contents=contents, fonts=book)


def marks(data: bytes) -> list[tuple[int, str, int]]:
    with pypdfium2.PdfDocument(data) as document:
        return [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()]


def texts(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_parts_take_their_pages_of_one_file_in_any_order(book: FontBook, three: Path) -> None:
    parts = [BookPart("丙", three, pages=range(3, 4)), BookPart("乙", three, pages=range(1, 3))]
    made = bind(parts, book, contents=False)
    assert (made.pages, made.starts) == (3, (1, 2))
    assert [text.count(sign) > 20 for text, sign in zip(texts(made.data), "丁乙丙", strict=True)] == [True] * 3
    assert marks(made.data) == [(0, "丙", 0), (1, "三、说明", 0), (0, "乙", 1), (1, "二、说明", 1)]


def test_parts_of_one_file_share_its_fonts(book: FontBook, three: Path) -> None:
    split = bind([BookPart(str(n), three, pages=range(n, n + 1)) for n in range(4)], book, contents=False)
    whole = bind([BookPart("全", three)], book, contents=False)

    def fonts(data: bytes) -> int:
        with pikepdf.open(io.BytesIO(data)) as file:
            return sum("/FontFile2" in thing for thing in file.objects if isinstance(thing, pikepdf.Dictionary))

    assert fonts(split.data) == fonts(whole.data)
    assert (
        split.data
        == bind([BookPart(str(n), three, pages=range(n, n + 1)) for n in range(4)], book, contents=False).data
    )


def test_a_chapter_begins_with_its_first_part_and_scans_are_no_lines_of_the_contents(
    book: FontBook, three: Path, picture_file
) -> None:
    scan = page_of_picture(picture_file())
    made = bind(
        [
            BookPart("一月会议", three, 2, pages=range(1), heading="一、会议"),
            BookPart("签字原件", scan, 3, foreign=True, listed=False),
            BookPart("二月会议", three, 2, pages=range(1, 3)),
        ],
        book,
    )
    front = texts(made.data)[0]
    assert [title in front for title in ("一、会议", "一月会议", "二月会议", "签字原件")] == [True, True, True, False]
    found = [(level, title, place) for level, title, place in marks(made.data) if not title.endswith("说明")]
    assert found == [
        (0, "目录", 0),
        (0, "一、会议", 1),
        (1, "一月会议", 1),
        (2, "签字原件", 2),
        (1, "二月会议", 3),
    ]
