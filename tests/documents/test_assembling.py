from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from partyroom.core.errors import CancelledError, DomainError, StorageError
from partyroom.documents.archival_check import archival_problems
from partyroom.documents.assembling import Book, BookPart, assemble, merge_pdfs
from partyroom.documents.fonts import FontBook
from partyroom.documents.model import Document, Footer, Heading, PageBreak, PageStyle, Paragraph, Title
from partyroom.documents.page_numbers import roman
from partyroom.documents.pdf import render_pdf

MM = 72 / 25.4
_WHEN = datetime(2026, 12, 31, 8, 30)  # noqa: DTZ001 - local time, as the program's clock gives it


def _paper(title: str, pages: int, book: FontBook, page: PageStyle = PageStyle.OFFICIAL) -> bytes:
    blocks: list[Any] = [Title(title)]
    for number in range(1, pages + 1):
        blocks += [Heading(f"一、{title}第{number}节"), Paragraph("正文"), PageBreak()]
    return render_pdf(Document(title, tuple(blocks[:-1]), page, footer=Footer.NONE), book).data


@pytest.fixture(scope="module")
def parts(book: FontBook, raw_samples: dict[str, bytes]) -> list[BookPart]:
    several = [Document(f"第{n}次会议", (Title(f"第{n}次会议"), Paragraph("记录")), footer=Footer.NONE) for n in (1, 2)]
    return [
        BookPart("基本情况", _paper("基本情况", 2, book)),
        BookPart("封面", _paper("工作手册", 1, book), cover=True),
        BookPart("花名册", _paper("花名册", 1, book, PageStyle.LEDGER)),
        BookPart("会议记录", _paper("会议记录", 1, book)),
        BookPart("", render_pdf(several, book).data, level=2),
        BookPart("签到表", raw_samples["scan"], level=3, foreign=True),
        BookPart("已编页码", raw_samples["minutes"], own_numbers=True),
    ]


@pytest.fixture(scope="module")
def handbook(parts: list[BookPart], book: FontBook) -> Book:
    return assemble(parts, title="工作手册", created=_WHEN, author="某支部", fonts=book)


def _number(page: Any) -> str:
    """The text at the height of page numbers."""
    foot = float(page.height) - 12 * MM
    return "".join(char["text"] for char in page.chars if char["top"] < foot < char["bottom"])


def test_covers_come_first_then_contents_then_the_body(handbook: Book) -> None:
    with pdfplumber.open(io.BytesIO(handbook.data)) as pdf:
        texts = [page.extract_text() for page in pdf.pages]
        assert handbook.pages == len(pdf.pages)
    assert "工作手册" in texts[0]
    assert texts[1].startswith("目 录")
    assert "基本情况第1节" in texts[2]
    assert handbook.starts == (1, 0, 3, 4, 5, 7, 8)
    assert handbook.problems == ()


def test_numbers_run_through_the_body_and_roman_ones_through_the_contents(handbook: Book) -> None:
    with pdfplumber.open(io.BytesIO(handbook.data)) as pdf:
        numbers = [_number(page) for page in pdf.pages]
    body = [f"— {n} —" for n in range(1, 8)]
    assert numbers[:9] == ["", "— I —", *body]
    assert "— 8 —" not in numbers  # the part has numbers of its own
    assert [roman(n) for n in (1, 4, 9, 14, 40, 1999)] == ["I", "IV", "IX", "XIV", "XL", "MCMXCIX"]


def test_odd_numbers_stand_right_and_even_ones_left_one_character_in(handbook: Book) -> None:
    with pdfplumber.open(io.BytesIO(handbook.data)) as pdf:
        for index, side in ((2, "right"), (3, "left"), (4, "right"), (7, "left"), (8, "right")):
            page = pdf.pages[index]
            foot = float(page.height) - 12 * MM
            chars = [char for char in page.chars if char["top"] < foot < char["bottom"] and char["size"] == 14]
            edge = chars[0]["x0"] - 14 if side == "left" else float(page.width) - chars[-1]["x1"] - 14
            assert edge / MM == pytest.approx(28 if side == "left" else 26, abs=0.1)


def test_contents_name_numbers_and_lead_to_the_pages(handbook: Book) -> None:
    with pdfplumber.open(io.BytesIO(handbook.data)) as pdf:
        lines = (pdf.pages[1].extract_text() or "").splitlines()
    listed = [(line.split("…")[0].strip(), line.rsplit("…", 1)[-1].strip()) for line in lines[1:-1]]
    assert listed == [
        ("基本情况", "1"),
        ("花名册", "3"),
        ("会议记录", "4"),
        ("第1次会议", "5"),
        ("第2次会议", "6"),
        ("签到表", "7"),
        ("已编页码", "8"),
    ]
    with pikepdf.open(io.BytesIO(handbook.data)) as file:
        order = {page.obj.objgen: number for number, page in enumerate(file.pages)}
        targets = [order[note.Dest[0].objgen] for note in file.pages[1].obj.Annots]
    assert targets == [2 + number - 1 for number in (1, 3, 4, 5, 6, 7, 8)]


def test_bookmarks_are_nested_and_keep_those_of_the_parts(handbook: Book) -> None:
    def shown(items: Any) -> list[Any]:
        return [(item.title, shown(item.children)) if item.children else item.title for item in items]

    with pikepdf.open(io.BytesIO(handbook.data)) as file, file.open_outline() as outline:
        tree = shown(outline.root)
        heights = [float(item.destination[3]) for item in outline.root[1].children]
    assert tree == [
        "目录",
        ("基本情况", ["一、基本情况第1节", "一、基本情况第2节"]),
        ("花名册", ["一、花名册第1节"]),
        ("会议记录", ["一、会议记录第1节", "第1次会议", ("第2次会议", ["签到表"])]),
        ("已编页码", ["一、议题"]),
    ]
    assert heights[0] < 842 - 37 * MM  # at the heading, not at the top of the page


def test_readers_show_the_numbers_that_are_printed(handbook: Book) -> None:
    with pikepdf.open(io.BytesIO(handbook.data)) as file:
        assert [page.label for page in file.pages][:5] == ["封面", "I", "1", "2", "3"]


def test_the_same_parts_give_the_same_bytes(handbook: Book, parts: list[BookPart], book: FontBook) -> None:
    assert assemble(parts, title="工作手册", created=_WHEN, author="某支部", fonts=book).data == handbook.data


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_scans_are_set_whole_upright_and_above_the_number(rotation: int, book: FontBook, picture_file: Any) -> None:
    from partyroom.documents.picture_pages import page_of_picture

    with pikepdf.open(io.BytesIO(page_of_picture(picture_file((600, 800))))) as file:
        file.pages[0].obj.Rotate = rotation
        file.pages[0].obj.MediaBox = Array([-20, -30, 575.2756, 811.8898])
        buffer = io.BytesIO()
        file.save(buffer)
    made = assemble([BookPart("扫描", buffer.getvalue(), foreign=True)], title="x", created=_WHEN, fonts=book)
    with pdfplumber.open(io.BytesIO(made.data)) as pdf:
        page = pdf.pages[1]
        across = rotation in (90, 270)
        assert (round(page.width / MM), round(page.height / MM)) == ((297, 210) if across else (210, 297))
        image = page.images[0]
        assert image["x0"] >= -0.1
        assert image["x1"] <= page.width + 0.1
        assert float(page.height) - image["bottom"] >= 18 * MM - 0.1
        assert _number(page) == "— 1 —"
    with pikepdf.open(io.BytesIO(made.data)) as file:
        assert "/Rotate" not in file.pages[1].obj


def test_the_turned_scan_is_seen_as_before(book: FontBook, picture_file: Any) -> None:
    import pypdfium2

    from partyroom.documents.picture_pages import page_of_picture

    with pikepdf.open(io.BytesIO(page_of_picture(picture_file((600, 800))))) as file:
        file.pages[0].obj.Rotate = 90  # red upper left becomes upper right
        buffer = io.BytesIO()
        file.save(buffer)
    made = assemble([BookPart("扫描", buffer.getvalue(), foreign=True)], title="x", created=_WHEN, fonts=book)
    document = pypdfium2.PdfDocument(made.data)
    picture = document[1].render(scale=1).to_pil().convert("RGB")
    document.close()
    width, height = picture.size
    reds = [(x, y) for x in range(0, width, 9) for y in range(0, height, 9) if picture.getpixel((x, y))[1:] < (60, 60)]
    reds = [place for place in reds if picture.getpixel(place)[0] > 200]  # type: ignore[index]
    assert reds
    assert all(x > width / 2 and y < height / 2 for x, y in reds)


def test_a_book_with_a_part_that_cannot_be_archival_says_so_and_claims_nothing(
    helvetica: bytes, parts: list[BookPart], book: FontBook
) -> None:
    made = assemble([parts[0], BookPart("旧表", helvetica, foreign=True)], title="x", created=_WHEN, fonts=book)
    assert made.problems == ("“旧表”：字体“Helvetica”没有嵌入文件（第1页起）",)
    assert "没有声明PDF/A的XMP元数据。" in archival_problems(made.data)


def test_broken_encrypted_and_lost_parts_are_named(parts: list[BookPart], book: FontBook, tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(parts[0].pdf)) as file:  # type: ignore[arg-type]
        buffer = io.BytesIO()
        file.save(buffer, encryption=pikepdf.Encryption(owner="b", user="a"))
    for data in (b"no pdf", buffer.getvalue()):
        with pytest.raises(DomainError, match="“签到表”"):
            assemble([parts[0], BookPart("签到表", data, foreign=True)], title="x", created=_WHEN, fonts=book)
    with pytest.raises(StorageError, match="“签到表”"):
        assemble([BookPart("签到表", tmp_path / "gone.pdf", foreign=True)], title="x", created=_WHEN, fonts=book)


def test_parts_may_lie_on_the_disk(parts: list[BookPart], book: FontBook, tmp_path: Path) -> None:
    file = tmp_path / "基本情况.pdf"
    file.write_bytes(parts[0].pdf)  # type: ignore[arg-type]
    stored = assemble([BookPart("基本情况", file)], title="x", created=_WHEN, fonts=book)
    assert stored.data == assemble([parts[0]], title="x", created=_WHEN, fonts=book).data


def test_progress_is_told_and_may_end_the_work(parts: list[BookPart], book: FontBook) -> None:
    steps: list[tuple[int, int]] = []
    assemble(parts, title="x", created=_WHEN, fonts=book, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(n, len(parts) + 2) for n in range(1, len(parts) + 3)]

    def cancel(done: int, _total: int) -> None:
        if done == 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        assemble(parts, title="x", created=_WHEN, fonts=book, progress=cancel)


def test_merged_files_keep_their_own_numbers_and_links(raw_samples: dict[str, bytes], parts: list[BookPart]) -> None:
    inner = assemble(parts[:1], title="x", created=_WHEN).data
    made = merge_pdfs([("记录", raw_samples["minutes"]), ("手册", inner)], title="合订本", created=_WHEN)
    with pdfplumber.open(io.BytesIO(made.data)) as pdf:
        before = len(pdf.pages) - 3
        assert "— 1 —" in (pdf.pages[0].extract_text() or "")
        assert all(_number(page) == "" for page in pdf.pages[:before])
    with pikepdf.open(io.BytesIO(made.data)) as file:
        (note,) = file.pages[before].obj.Annots
        assert note.Dest[0].objgen == file.pages[before + 1].obj.objgen


def test_what_was_stamped_on_a_file_from_outside_is_still_seen(book: FontBook) -> None:
    with pikepdf.new() as file:
        page = file.add_blank_page(page_size=(595, 842))  # with no content and no resources
        look = file.make_stream(b"1 0 0 rg 0 0 100 50 re f", Type=Name.XObject, Subtype=Name.Form)
        look.BBox, look.Resources = Array([0, 0, 100, 50]), Dictionary()
        rect = Array([200, 600, 300, 650])
        seal = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=rect, F=4, AP=Dictionary(N=look))
        page.obj.Annots = Array([file.make_indirect(seal)])
        buffer = io.BytesIO()
        file.save(buffer)
    made = assemble([BookPart("盖章件", buffer.getvalue(), foreign=True)], title="x", created=_WHEN, fonts=book)
    assert made.problems == ()
    assert archival_problems(made.data) == []
    with pdfplumber.open(io.BytesIO(made.data)) as pdf:
        (red,) = [rect for rect in pdf.pages[1].rects if rect["non_stroking_color"] == (1, 0, 0)]
        assert red["width"] == pytest.approx(100 * 279 / 297, abs=0.5)


def test_a_book_of_nothing_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="nothing"):
        assemble([], title="x", created=_WHEN)
