"""Pictures in the PDF and in the Word file, read back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
import pdfplumber
import pikepdf
import pytest
from docx.oxml.ns import qn
from PIL import Image

from partyroom.core.errors import DomainError
from partyroom.documents.geometry import MM
from partyroom.documents.model import Document, PageBreak, PageStyle, Paragraph, Picture, Pictures
from partyroom.documents.pdf import render_pdf
from partyroom.documents.word import render_docx

Box = tuple[float, float, float, float]


def photo(colour: str = "red", size: tuple[int, int] = (1600, 1200), file_format: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, file_format)
    return buffer.getvalue()


SHAPES = (
    Picture(photo("red"), "会场全景"),
    Picture(photo("blue", (1200, 1600)), "书记讲话"),
    Picture(photo("green", (2400, 800)), ""),
    Picture(photo("gray", (192, 96)), "很小的图"),
    Picture(photo("brown", (1000, 1000)), "合影"),
)


def paper(per_page: int, items: tuple[Picture, ...] = SHAPES, page: PageStyle = PageStyle.FORM) -> Document:
    return Document("样张", (Paragraph("附：会议照片", indent=False), Pictures(items, per_page)), page=page)


def boxes(data: bytes) -> list[list[Box]]:
    """Left, top, width and height of the pictures of each page, in mm from the upper left corner."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return [
            [
                (i["x0"] / MM, i["top"] / MM, (i["x1"] - i["x0"]) / MM, (i["bottom"] - i["top"]) / MM)
                for i in page.images
            ]
            for page in pdf.pages
        ]


def words(data: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return ["".join(char["text"] for char in page.chars) for page in pdf.pages]


@pytest.mark.parametrize(("per_page", "pages"), [(2, [2, 2, 1]), (4, [4, 1])])
def test_pages_hold_two_or_four_pictures_in_their_order(per_page: int, pages: list[int]) -> None:
    data = render_pdf(paper(per_page)).data
    assert [len(page) for page in boxes(data)] == pages
    text = "".join(words(data))
    places = [text.index(picture.caption) for picture in SHAPES if picture.caption]
    assert places == sorted(places)


@pytest.mark.parametrize("per_page", [2, 4])
@pytest.mark.parametrize("page", list(PageStyle))
def test_pictures_keep_their_shape_and_stay_within_the_page(per_page: int, page: PageStyle) -> None:
    data = render_pdf(paper(per_page, page=page)).data
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        width, height = float(pdf.pages[0].width) / MM, float(pdf.pages[0].height) / MM
    found = [box for one in boxes(data) for box in one]
    shapes = [1600 / 1200, 1200 / 1600, 2400 / 800, 2.0, 1.0]
    assert [box[2] / box[3] for box in found] == pytest.approx(shapes, rel=0.01)
    for left, top, across, down in found:
        assert left >= 20 - 0.1
        assert top >= 20 - 0.1
        assert left + across <= width - 20 + 0.1
        assert top + down <= height - 20 + 0.1


def test_two_a_page_stand_in_the_middle_one_above_the_other() -> None:
    (first, second), *_ = boxes(render_pdf(paper(2)).data)
    for left, _, across, _ in (first, second):
        assert left + across / 2 == pytest.approx(105, abs=0.1)
    assert second[1] > first[1] + first[3]


def test_four_a_page_stand_in_two_columns_with_their_lower_edges_in_line() -> None:
    (a, b, c, d), _ = boxes(render_pdf(paper(4)).data)
    column = (210 - 2 * 31.7 - 6) / 2
    for left, _, across, _ in (a, c):
        assert left + across / 2 == pytest.approx(31.7 + column / 2, abs=0.1)
    for left, _, across, _ in (b, d):
        assert left + across / 2 == pytest.approx(210 - 31.7 - column / 2, abs=0.1)
    assert a[1] + a[3] == pytest.approx(b[1] + b[3], abs=0.01)
    assert c[1] + c[3] == pytest.approx(d[1] + d[3], abs=0.01)


def test_a_caption_stands_below_its_picture_in_the_middle() -> None:
    data = render_pdf(paper(2)).data
    (left, top, across, down), _ = boxes(data)[0]
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        chars = [char for char in pdf.pages[0].chars if char["text"] in "会场全景" and char["top"] / MM > top + down]
    assert "".join(char["text"] for char in chars) == "会场全景"
    middle = (chars[0]["x0"] + chars[-1]["x1"]) / 2 / MM
    assert middle == pytest.approx(left + across / 2, abs=0.3)
    assert 0 < chars[0]["top"] / MM - (top + down) < 4


def test_a_long_caption_is_printed_whole_and_does_not_meet_the_next_picture() -> None:
    long = "全体党员在党员活动室集中学习，支部书记作动员讲话，" * 4
    items = (Picture(photo(), long), Picture(photo("blue"), ""), Picture(photo("green"), "下面一张"))
    data = render_pdf(paper(4, items)).data
    assert long.replace("，", "") in words(data)[0].replace("，", "").replace("\n", "")
    (a, _, c) = boxes(data)[0]
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        lowest = max(char["bottom"] for char in pdf.pages[0].chars if char["size"] < 11 and char["text"] == "学") / MM
    assert a[1] + a[3] < lowest < c[1]


def test_a_small_picture_is_not_blown_up() -> None:
    small = boxes(render_pdf(paper(2)).data)[1][1]
    assert small[2] == pytest.approx(192 / 96 * 25.4, abs=0.1)


def test_jpeg_data_goes_in_as_it_is_and_once() -> None:
    data = photo(size=(800, 600))
    twice = (Picture(data, "一"), Picture(data, "二"))
    with pikepdf.open(io.BytesIO(render_pdf(paper(2, twice)).data)) as pdf:
        images = [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
        assert len(images) == 1
        assert images[0].read_raw_bytes() == data
        assert images[0]["/Filter"] in ("/DCTDecode", pikepdf.Array([pikepdf.Name("/DCTDecode")]))


def test_other_pictures_are_printed_too_and_damage_is_said() -> None:
    png = (Picture(photo("red", (300, 200), "PNG"), "截图"),)
    assert len(boxes(render_pdf(paper(2, png)).data)[0]) == 1
    with pytest.raises(DomainError):
        render_pdf(paper(2, (Picture(b"nothing", ""),)))


@pytest.mark.parametrize("render", [lambda d: render_pdf(d).data, render_docx])
def test_equal_input_gives_equal_bytes(render: Callable[[Document], bytes]) -> None:
    assert render(paper(4)) == render(paper(4))
    assert render(paper(4)) != render(paper(2))


@pytest.mark.parametrize("render", [render_pdf, render_docx])
def test_other_numbers_a_page_are_a_mistake_of_the_caller(render: Callable[[Document], Any]) -> None:
    with pytest.raises(ValueError, match="3 pictures"):
        render(paper(3))


@pytest.mark.parametrize(("per_page", "tables"), [(2, [2, 2, 1]), (4, [2, 1])])
def test_word_has_the_pictures_in_their_shape_with_captions(per_page: int, tables: list[int]) -> None:
    file = docx.Document(io.BytesIO(render_docx(paper(per_page))))
    assert [len(table.rows) for table in file.tables] == tables
    shapes = [shape.width / shape.height for shape in file.inline_shapes]
    shapes += [
        int(extent.get("cx")) / int(extent.get("cy"))
        for table in file.tables
        for extent in table._tbl.iter(qn("wp:extent"))
    ]
    assert shapes[-5:] == pytest.approx([4 / 3, 3 / 4, 3, 2, 1], rel=0.01)
    texts = [p.text for table in file.tables for cell in table._cells for p in cell.paragraphs if p.text]
    assert texts == [picture.caption for picture in SHAPES if picture.caption]
    described = [e.get("descr") for table in file.tables for e in table._tbl.iter(qn("wp:docPr"))]
    assert described == [picture.caption for picture in SHAPES]


def test_word_pictures_fit_into_the_page() -> None:
    file = docx.Document(io.BytesIO(render_docx(paper(2))))
    room = file.sections[0].page_width - file.sections[0].left_margin - file.sections[0].right_margin
    for table in file.tables:
        for extent in table._tbl.iter(qn("wp:extent")):
            assert int(extent.get("cx")) <= room


def test_word_leaves_room_below_every_picture_and_caption() -> None:
    file = docx.Document(io.BytesIO(render_docx(paper(4))))
    last = [cell.paragraphs[-1] for table in file.tables for cell in table._cells][: len(SHAPES)]
    assert all(p.paragraph_format.space_after.pt >= 10 for p in last)


def test_pictures_follow_a_page_of_text() -> None:
    blocks = (Paragraph("正文"), PageBreak(), Paragraph("附：会议照片"), Pictures(SHAPES[:1], 2))
    found = boxes(render_pdf(Document("样张", blocks, page=PageStyle.FORM)).data)
    assert [len(page) for page in found] == [0, 1]
