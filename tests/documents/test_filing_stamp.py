"""归档章 in millimetres: DA/T 22-2015, rules DA-03 to DA-05 and DA-08."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pdfplumber
import pikepdf
import pytest
from pikepdf import Array

from partyroom.core.errors import DomainError
from partyroom.documents.filing_stamp import FilingStamp, stamp_first_page
from partyroom.documents.fonts import FontBook
from partyroom.documents.model import Document, Masthead, PageStyle, Paragraph, Title
from partyroom.documents.pdf import render_pdf
from partyroom.documents.picture_pages import page_of_picture

MM = 72 / 25.4
_STAMP = FilingStamp("Z109", 2026, "0001", "党建办公室", "永久", 12)


def _red_lines(page: Any) -> tuple[list[float], list[float]]:
    """x of the vertical and distance from the upper edge of the horizontal red lines, in mm."""
    red = [line for line in page.lines if line["stroking_color"] == (1, 0, 0) and line["linewidth"] < 1]
    across = sorted(line["x0"] / MM for line in red if abs(line["x0"] - line["x1"]) < 0.01)
    down = sorted(line["top"] / MM for line in red if abs(line["top"] - line["bottom"]) < 0.01)
    return across, down


def _stamped(pdf: bytes, book: FontBook, **options: Any) -> Any:
    return pdfplumber.open(io.BytesIO(stamp_first_page(pdf, _STAMP, fonts=book, **options)))


@pytest.fixture(scope="module")
def paper(book: FontBook) -> bytes:
    return render_pdf(Document("记录", (Title("会议记录"), Paragraph("正文内容" * 900))), book).data


def test_da_03_the_stamp_is_45_by_16_mm_of_six_equal_cells_centred_near_the_top(paper: bytes, book: FontBook) -> None:
    with _stamped(paper, book) as pdf:
        across, down = _red_lines(pdf.pages[0])
        assert across == pytest.approx([82.5, 97.5, 112.5, 127.5], abs=0.1)
        assert down == pytest.approx([8, 16, 24], abs=0.1)
        assert _red_lines(pdf.pages[1]) == ([], [])


def test_da_04_each_cell_has_its_text_in_red(paper: bytes, book: FontBook) -> None:
    with _stamped(paper, book) as pdf:
        page = pdf.pages[0]
        cells = [
            [page.crop((x * MM, y * MM, (x + 15) * MM, (y + 8) * MM)).extract_text() for x in (82.5, 97.5, 112.5)]
            for y in (8, 16)
        ]
        head = [char for char in page.chars if char["bottom"] < 25 * MM]
    assert cells == [["Z109", "2026", "0001"], ["党建办公室", "永久", "12"]]
    assert {char["non_stroking_color"] for char in head} == {(1, 0, 0)}


def test_da_05_nothing_of_the_old_form_is_printed(paper: bytes, book: FontBook) -> None:
    with _stamped(paper, book) as pdf:
        head = pdf.pages[0].crop((0, 0, 210 * MM, 25 * MM)).extract_text()
    assert "室编" not in head
    assert "馆编" not in head


def test_long_texts_stay_in_their_cells(paper: bytes, book: FontBook) -> None:
    stamp = FilingStamp("Z109", 2026, "0001", "学校办公室与党建办公室", "永久", 12)
    with pdfplumber.open(io.BytesIO(stamp_first_page(paper, stamp, fonts=book))) as pdf:
        page = pdf.pages[0]
        office = [char for char in page.chars if char["top"] > 16 * MM and char["bottom"] < 24 * MM]
        office = [char for char in office if char["x0"] < 97.5 * MM]
    assert "".join(char["text"] for char in office) == "学校办公室与党建办公室"
    assert min(char["x0"] for char in office) > 82.5 * MM
    assert max(char["x1"] for char in office) < 97.5 * MM
    assert min(char["size"] for char in office) >= 6


def test_a_red_headed_paper_leaves_the_usual_place(book: FontBook) -> None:
    paper = render_pdf(Document("文件", (Masthead("中共某某学校支部委员会文件"), Paragraph("正文"))), book).data
    with _stamped(paper, book) as pdf:
        across, down = _red_lines(pdf.pages[0])
    assert (across[0], down[0]) == pytest.approx((82.5, 8), abs=0.1)


def test_on_a_landscape_ledger_the_stamp_keeps_clear_of_the_text(book: FontBook) -> None:
    paper = render_pdf(Document("台账", (Paragraph("正文内容" * 500),), PageStyle.LEDGER), book).data
    with _stamped(paper, book) as pdf:
        page = pdf.pages[0]
        across, down = _red_lines(page)
        text = min(char["top"] for char in page.chars if char["non_stroking_color"] != (1, 0, 0))
    assert across == pytest.approx([126, 141, 156, 171], abs=0.1)
    assert down[0] >= 3.9
    assert down[2] * MM < text


def test_where_the_middle_is_taken_the_nearest_free_place_is_used(paper: bytes, book: FontBook) -> None:
    with pikepdf.open(io.BytesIO(paper)) as file:
        file.pages[0].contents_add(f"q 0 g {100 * MM} {280 * MM} {30 * MM} {10 * MM} re f Q".encode())
        buffer = io.BytesIO()
        file.save(buffer)
    with _stamped(buffer.getvalue(), book) as pdf:
        across, down = _red_lines(pdf.pages[0])
    assert across[0] >= 131 or across[-1] <= 99
    assert down[0] == pytest.approx(8, abs=0.1)


def test_on_scans_it_stands_at_the_upper_right_corner(book: FontBook, picture_file: Callable[..., bytes]) -> None:
    with _stamped(page_of_picture(picture_file((1240, 1754))), book) as pdf:
        across, down = _red_lines(pdf.pages[0])
    assert across[-1] == pytest.approx(210 - 18, abs=0.1)
    assert down[0] == pytest.approx(8, abs=0.1)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_on_turned_pages_it_stands_upright_at_the_upper_edge_that_is_seen(
    rotation: int, book: FontBook, picture_file: Callable[..., bytes]
) -> None:
    with pikepdf.open(io.BytesIO(page_of_picture(picture_file((600, 848))))) as file:
        file.pages[0].obj.Rotate = rotation
        file.pages[0].obj.CropBox = Array([10, 20, 585, 822])
        buffer = io.BytesIO()
        file.save(buffer)
    import pypdfium2

    document = pypdfium2.PdfDocument(stamp_first_page(buffer.getvalue(), _STAMP, fonts=book))
    seen = document[0].render(scale=4).to_pil().convert("RGB")
    words = document[0].get_textpage().get_text_range()
    document.close()
    width = 575 if rotation == 180 else 802
    right, top = round((width - 18 * MM) * 4), round(8 * MM * 4)
    left, bottom = right - round(45 * MM * 4), top + round(16 * MM * 4)
    for x, y in ((left, top + 40), (right, bottom - 40), (left + 40, top), (right - 40, bottom)):
        near = [seen.getpixel((x + dx, y + dy)) for dx in (-2, -1, 0, 1, 2) for dy in (-2, -1, 0, 1, 2)]
        assert any(red > 180 and green < 120 and blue < 120 for red, green, blue in near)  # type: ignore[misc]
    assert "Z109" in words


def test_da_08_numbers_stand_upper_right_on_fronts_and_upper_left_on_backs(paper: bytes, book: FontBook) -> None:
    with _stamped(paper, book, number_pages=True) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            (char,) = [c for c in page.chars if c["bottom"] < 14 * MM and c["non_stroking_color"] != (1, 0, 0)]
            assert char["text"] == str(number)
            edge = float(page.width) - char["x1"] if number % 2 else char["x0"]
            assert edge / MM == pytest.approx(8, abs=0.1)
        assert len(pdf.pages) > 2


def test_the_same_stamp_gives_the_same_bytes_and_numbers_are_asked_for(paper: bytes, book: FontBook) -> None:
    assert stamp_first_page(paper, _STAMP, fonts=book) == stamp_first_page(paper, _STAMP, fonts=book)
    with _stamped(paper, book) as pdf:
        assert not [c for c in pdf.pages[1].chars if c["bottom"] < 14 * MM]


def test_a_content_nobody_can_make_out_gets_it_in_the_corner(paper: bytes, book: FontBook) -> None:
    with pikepdf.open(io.BytesIO(paper)) as file:
        file.pages[0].contents_add(b" (x) Tm /F1 Tf ", prepend=True)
        buffer = io.BytesIO()
        file.save(buffer)
    with pikepdf.open(io.BytesIO(stamp_first_page(buffer.getvalue(), _STAMP, fonts=book))) as file:
        end = file.pages[0].obj.Contents[-1].read_bytes().decode()
    x = float(end.split()[6])
    assert (x + 0.8) / MM == pytest.approx(210 - 18 - 45, abs=0.1)


def test_what_a_content_leaves_open_does_not_bend_the_stamp(book: FontBook) -> None:
    with pikepdf.new() as file:
        page = file.add_blank_page(page_size=(210 * MM, 297 * MM))
        page.obj.Contents = file.make_stream(b"q 2 0 0 2 50 50 cm q 1 0 0 rg 0 0 9 9 re f")
        file.add_blank_page(page_size=(210 * MM, 297 * MM))  # and a page without any content
        buffer = io.BytesIO()
        file.save(buffer)
    with _stamped(buffer.getvalue(), book, number_pages=True) as pdf:
        across, down = _red_lines(pdf.pages[0])
        assert pdf.pages[1].extract_text() == "2"
    assert across == pytest.approx([82.5, 97.5, 112.5, 127.5], abs=0.1)
    assert down == pytest.approx([8, 16, 24], abs=0.1)


def test_a_damaged_file_is_named() -> None:
    with pytest.raises(DomainError, match="“请示”"):
        stamp_first_page(b"no pdf", _STAMP, title="请示")
