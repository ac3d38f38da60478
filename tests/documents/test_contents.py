from __future__ import annotations

import io

import pdfplumber
import pytest

from partyroom.documents.contents import ContentsEntry, contents_pages
from partyroom.documents.fonts import FontBook

MM = 72 / 25.4


def test_numbers_end_at_the_right_edge_and_dots_stand_in_one_grid(book: FontBook) -> None:
    entries = [ContentsEntry("党员名册", "3"), ContentsEntry("支部委员会会议记录", "128", 2)]
    made = contents_pages(entries, book)
    with pdfplumber.open(io.BytesIO(made.data)) as pdf:
        chars = pdf.pages[0].chars
    lines = [[c for c in chars if abs(c["matrix"][5] - y) < 1] for y in sorted({c["matrix"][5] for c in chars})[::-1]]
    title, first, second = lines
    assert "".join(c["text"] for c in title).replace("\u3000", "") == "目录"
    for line, number in ((first, "3"), (second, "128")):
        assert "".join(c["text"] for c in line).endswith(number)
        assert line[-1]["x1"] / MM == pytest.approx(28 + 156, abs=0.1)
        dots = [c for c in line if c["text"] == "…"]
        assert len(dots) > 5
        assert dots[-1]["x1"] / MM == pytest.approx(28 + 156 - 2.6 * 14 / MM, abs=0.1)
    assert first[0]["x0"] / MM == pytest.approx(28, abs=0.1)
    assert second[0]["x0"] == pytest.approx(first[0]["x0"] + 21, abs=0.1)


def test_long_titles_are_broken_before_the_number(book: FontBook) -> None:
    title = "关于深入学习贯彻某某会议精神并研究部署下一阶段重点工作任务的支部党员大会会议材料"
    with pdfplumber.open(io.BytesIO(contents_pages([ContentsEntry(title, "7")], book).data)) as pdf:
        chars = pdf.pages[0].chars
    text = "".join(c["text"] for c in chars if c["text"] not in "…目　录7")
    assert text == title
    assert max(c["x1"] for c in chars if c["text"] not in "…7") < (28 + 156) * MM - 4.5 * 14


def test_links_cover_their_entries_on_every_page(book: FontBook) -> None:
    entries = [ContentsEntry(f"第{n}次会议", str(n)) for n in range(1, 61)]
    made = contents_pages(entries, book)
    assert made.pages == 3
    assert [entry for _, entry, _ in made.links] == list(range(60))
    with pdfplumber.open(io.BytesIO(made.data)) as pdf:
        for page, entry, (left, bottom, right, top) in made.links:
            sheet = pdf.pages[page]
            height = float(sheet.height)
            text = sheet.crop((left, height - top, right, height - bottom)).extract_text()
            assert text.startswith(f"第{entry + 1}次会议")


def test_what_the_user_typed_is_no_markup(book: FontBook) -> None:
    with pdfplumber.open(io.BytesIO(contents_pages([ContentsEntry("<b>甲&乙</b>\n丙", "1")], book).data)) as pdf:
        assert "<b>甲&乙</b> 丙" in (pdf.pages[0].extract_text() or "")
