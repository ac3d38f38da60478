"""Posters for the wall, read back in millimetres: sheet, type that is read from two metres, nothing lost or cut."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pdfplumber
import pikepdf
import pytest
from PIL import Image

from partyroom.documents.fonts import FontBook
from partyroom.documents.pdf import RenderedPdf
from partyroom.documents.poster import LEAST, Poster, render_posters
from partyroom.documents.poster_frame import PosterFrame, PosterSize

MM = 72 / 25.4
FRAME = PosterFrame(
    "党员公开承诺", "样例市实验小学党支部 2026年度", "公示日期：2026年3月1日", "监督电话：0531-88886666"
)
ITEMS = ("认真学习党的创新理论，撰写学习笔记12篇。", "结对帮扶1名学生，每月谈心一次。", "上好1节公开课。")
LONG = tuple(
    f"{number}落实立德树人根本任务，积极参加师德师风建设和课程改革，主动承担送教下乡、青年教师培养、"
    "课后服务等工作，做到每学期不少于四次并留有记录，自觉接受党员和群众的监督。"
    for number in "甲乙丙丁戊己庚辛"
)
SHORT = Poster(FRAME, "吴六", ITEMS, "党员教师", "作出以下公开承诺：")


@pytest.fixture(scope="module")
def portrait() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (300, 500), "#336699").save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture
def opened(book: FontBook) -> Callable[..., list[Any]]:
    """The pages of posters, their characters with `text`, `size`, `x0`, `x1`, `top`, `bottom`."""

    def read(*posters: Poster, size: PosterSize = PosterSize.A3) -> list[Any]:
        rendered: RenderedPdf = render_posters(posters, size, book)
        assert not rendered.missing
        with pdfplumber.open(io.BytesIO(rendered.data)) as pdf:
            pages = list(pdf.pages)
            for page in pages:
                assert page.chars
        assert len(pages) == rendered.pages
        return pages

    return read


def _text(page: Any) -> str:
    return "".join(char["text"] for char in page.chars)


def _sizes(page: Any, words: str) -> set[float]:
    """The sizes of type in which `words` stand on a page."""
    text = _text(page)
    at = text.index(words)
    return {round(char["size"], 1) for char in page.chars[at : at + len(words)]}


@pytest.mark.parametrize(("size", "sheet"), [(PosterSize.A3, (297, 420)), (PosterSize.A4, (210, 297))])
def test_a_poster_is_an_upright_sheet_of_the_size_asked_for(size: PosterSize, sheet: Any, opened) -> None:
    (page,) = opened(SHORT, size=size)
    assert (page.width / MM, page.height / MM) == pytest.approx(sheet, abs=0.1)


def test_it_says_everything_once_in_its_order(opened) -> None:
    (page,) = opened(SHORT)
    text = _text(page).replace(" ", "").replace("\u3000", "")
    frame = "党员公开承诺样例市实验小学党支部2026年度公示日期：2026年3月1日监督电话：0531-88886666"
    items = "".join(f"{number}.{item}" for number, item in enumerate(ITEMS, 1))
    assert text == f"{frame}吴六党员教师作出以下公开承诺：{items}"


@pytest.mark.parametrize("size", list(PosterSize))
@pytest.mark.parametrize("items", [ITEMS, LONG], ids=["short", "long"])
def test_nothing_leaves_the_frame_or_runs_into_the_foot(size: PosterSize, items: Any, opened, portrait) -> None:
    poster = replace(SHORT, items=items, portrait=portrait, name="阿卜杜热合曼麦麦提江", post="教务处主任" * 9)
    for page in opened(poster, size=size):
        scale = float(page.width) / 297 / MM
        unit = MM * scale
        assert min(char["x0"] for char in page.chars) >= 21.9 * unit
        ink = [char["x1"] - (char["size"] / 2 if char["text"] in "，。、）" else 0) for char in page.chars]
        assert max(ink) <= (297 - 21.9) * unit  # a squeezed mark keeps the white half of its box outside
        foot = (384 + 3) * unit
        body = [char for char in page.chars if char["bottom"] <= foot + 0.5]
        assert len(page.chars) - len(body) == len([c for c in page.chars if c["top"] >= foot]), (
            "a character stands on the line above the foot"
        )
        assert max(char["bottom"] for char in page.chars) < (420 - 12) * unit


@pytest.mark.parametrize("size", list(PosterSize))
def test_type_is_read_from_two_metres(size: PosterSize, opened, portrait) -> None:
    for poster in (SHORT, replace(SHORT, items=LONG, portrait=portrait)):
        for page in opened(poster, size=size):
            text = _text(page)
            shown = [item for item in poster.items if item in text]
            assert shown
            assert all(min(_sizes(page, item)) >= LEAST >= 16 for item in shown)


def test_few_words_are_set_larger_than_many(opened) -> None:
    (few,) = opened(SHORT)
    (more,) = opened(replace(SHORT, items=ITEMS * 3))
    assert max(_sizes(few, ITEMS[0])) == 46
    assert max(_sizes(more, ITEMS[0])) < 46


def test_eight_long_items_go_on_as_many_sheets_as_needed_and_none_is_lost(opened) -> None:
    pages = opened(replace(SHORT, items=LONG), size=PosterSize.A4)
    texts = [_text(page) for page in pages]
    assert len(pages) == 2
    for number, item in enumerate(LONG, 1):
        assert sum(f"{number}.{item}" in text for text in texts) == 1
    assert all("吴六" in text for text in texts)
    assert [f"第{n}张 共2张" in text for n, text in enumerate(texts, 1)] == [True, True]


def test_an_item_longer_than_a_sheet_is_divided_between_sheets(opened) -> None:
    pages = opened(replace(SHORT, items=("很长" * 1500,)), size=PosterSize.A4)
    assert len(pages) > 1
    assert sum(_text(page).count("很") for page in pages) == 1500


def test_a_rare_character_does_not_fall_out_of_its_name(opened) -> None:
    (page,) = opened(replace(SHORT, name="周𬭎"))
    fonts = {char["fontname"].split("+")[-1] for char in page.chars if char["text"] in "周𬭎"}
    assert _sizes(page, "周𬭎") == {60.0}
    assert len(fonts) == 1


def test_a_name_of_ten_characters_stands_on_one_line_in_the_middle(opened) -> None:
    name = "阿卜杜热合曼麦麦提江"
    (page,) = opened(replace(SHORT, name=name))
    at = _text(page).index(name)
    chars = page.chars[at : at + len(name)]
    assert len({round(char["top"]) for char in chars}) == 1
    assert (chars[0]["x0"] + chars[-1]["x1"]) / 2 == pytest.approx(297 * MM / 2, abs=1)


def test_the_photo_keeps_its_shape_beside_the_name(opened, portrait) -> None:
    (page,) = opened(replace(SHORT, portrait=portrait))
    (image,) = page.images
    assert (image["height"] / image["width"]) == pytest.approx(500 / 300, rel=0.01)
    assert image["height"] / MM == pytest.approx(64, abs=0.1)
    assert image["x0"] / MM > 22
    name = next(char for char in page.chars if char["text"] == "吴")
    assert name["x0"] > image["x1"]
    assert image["top"] < name["top"] < image["bottom"]


def test_without_a_photo_everything_is_type_and_lines(opened) -> None:
    (page,) = opened(SHORT)
    assert not page.images


def test_the_heading_is_red_and_the_name_black(opened) -> None:
    (page,) = opened(SHORT)
    colours = {char["text"]: char["non_stroking_color"] for char in page.chars if char["text"] in "党吴"}
    heading = page.chars[0]
    assert heading["text"] == "党"
    assert tuple(heading["non_stroking_color"]) == (1, 0, 0)
    assert tuple(colours["吴"]) != (1, 0, 0)


def test_markup_and_line_breaks_are_taken_literally(opened) -> None:
    (page,) = opened(replace(SHORT, name="<b>吴六</b>", items=("第一行\n第二行 & <i>",)))
    text = _text(page)
    assert "<b>吴六</b>" in text
    assert "第一行第二行" in text
    assert "<i>" in text


def test_all_fonts_are_embedded_and_type_stays_type(book: FontBook) -> None:
    file = render_posters([replace(SHORT, name="周𬭎")], PosterSize.A3, book).data
    assert b"Helvetica" not in file
    with pikepdf.open(io.BytesIO(file)) as pdf:
        fonts = pdf.pages[0].Resources.Font
        assert len(fonts) >= 3
        assert all("/FontFile2" in font.FontDescriptor for font in fonts.values())
        assert pdf.Root.ViewerPreferences.PrintScaling == "/None"


def test_no_posters_are_refused(book: FontBook) -> None:
    with pytest.raises(ValueError, match="no posters"):
        render_posters([], PosterSize.A3, book)


def test_equal_posters_give_equal_bytes(book: FontBook) -> None:
    assert render_posters([SHORT], fonts=book).data == render_posters([SHORT], fonts=book).data
