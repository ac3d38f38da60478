"""The whole branch on one poster: cards that keep apart, lose nothing, and fill as few sheets as can be read."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import pdfplumber
import pytest
from PIL import Image

from partyroom.documents.fonts import FontBook
from partyroom.documents.poster_frame import PosterFrame, PosterSize
from partyroom.documents.wall_sheet import LEAST, Card, render_wall

MM = 72 / 25.4
FRAME = PosterFrame(
    "党员公开承诺", "样例市实验小学党支部 2026年度", "公示日期：2026年3月1日", "监督电话：0531-88886666"
)
WORDS = ("撰写学习笔记十二篇", "结对帮扶一名学生，每月谈心一次", "上好一节公开课")
NAMES = tuple(f"{first}{second}" for first in "赵钱孙李周吴郑王冯陈褚卫" for second in "一二三四五")
LONG = tuple(
    f"{number}落实立德树人根本任务，主动承担送教下乡、青年教师培养等工作，做到每学期四次。" * 3
    for number in "甲乙丙丁戊己庚辛"
)


@pytest.fixture
def opened(book: FontBook) -> Callable[..., list[Any]]:
    def read(cards: Sequence[Card], size: PosterSize = PosterSize.A3) -> list[Any]:
        rendered = render_wall(FRAME, cards, size, book)
        with pdfplumber.open(io.BytesIO(rendered.data)) as pdf:
            pages = list(pdf.pages)
            for page in pages:
                assert page.chars
        assert len(pages) == rendered.pages
        return pages

    return read


def _text(pages: Sequence[Any]) -> str:
    return "".join(char["text"] for page in pages for char in page.chars)


def _cards(count: int) -> list[Card]:
    return [Card(name, WORDS[: 1 + number % 3], "党员教师") for number, name in enumerate(NAMES[:count])]


def _uprights(page: Any) -> list[float]:
    """x of the upright sides of cards in mm: lines of 0.35 mm on A3."""
    width = 0.35 * float(page.width) / 297
    thin = [line for line in page.lines if line["height"] > 5 * MM and abs(line["linewidth"] - width) < 0.01]
    return sorted({round(line["x0"] / MM, 1) for line in thin})


@pytest.mark.parametrize(("size", "sheet"), [(PosterSize.A3, (297, 420)), (PosterSize.A4, (210, 297))])
def test_sixty_members_with_all_their_items_are_there_in_their_order(size: PosterSize, sheet: Any, opened) -> None:
    cards = _cards(60)
    pages = opened(cards, size)
    assert (pages[0].width / MM, pages[0].height / MM) == pytest.approx(sheet, abs=0.1)
    text = _text(pages)
    places = [text.index(name) for name in NAMES]
    assert places == sorted(places)
    for number, words in enumerate(WORDS):
        assert text.count(words) == sum(len(card.items) > number for card in cards)
    assert all(f"第{n}张 共{len(pages)}张" in _text([page]) for n, page in enumerate(pages, 1))
    assert 2 <= len(pages) <= 5


def test_a_small_branch_stands_on_one_sheet_without_a_count(opened) -> None:
    pages = opened(_cards(8))
    assert len(pages) == 1
    assert "第1张" not in _text(pages)


@pytest.mark.parametrize("size", list(PosterSize))
def test_type_is_never_smaller_than_can_be_read_and_grows_with_the_room(size: PosterSize, opened) -> None:
    def smallest(count: int) -> float:
        pages = opened(_cards(count), size)
        return min(round(char["size"], 1) for page in pages for char in page.chars if char["text"] in WORDS[0])

    assert smallest(60) >= LEAST[size]
    assert smallest(4) > smallest(60)


@pytest.mark.parametrize("size", list(PosterSize))
def test_no_text_leaves_its_card(size: PosterSize, opened) -> None:
    cards = [*_cards(20), Card("阿卜杜热合曼麦麦提江", LONG, "语文学科带头人、教务处主任"), Card("周𬭎", WORDS)]
    for page in opened(cards, size):
        unit = float(page.width) / 297
        sides = [x * MM for x in _uprights(page)]
        body = [char for char in page.chars if 92 * unit <= char["top"] <= 385 * unit]
        assert len(sides) >= 4
        assert body
        for char in body:
            if not char["text"].strip():
                continue
            inside = [
                left < char["x0"] and char["x1"] < right for left, right in zip(sides[::2], sides[1::2], strict=True)
            ]
            assert any(inside), char["text"]
            assert char["bottom"] <= 385 * unit


def test_no_two_characters_stand_on_the_same_place(opened) -> None:
    for page in opened([*_cards(30), Card("周𬭎", LONG)]):
        places = [(round(char["x0"]), round(char["top"])) for char in page.chars if char["text"].strip()]
        assert len(places) == len(set(places))


def test_a_card_longer_than_a_sheet_goes_on_in_another(opened) -> None:
    items = tuple(f"第{number}项" + "认真履行职责，自觉接受监督。" * 12 for number in range(1, 25))
    pages = opened([Card("周𬭎", items)], PosterSize.A4)
    text = _text(pages)
    assert "周𬭎（续）" in text
    assert text.count("认真履行职责") <= 24 * 12
    assert text.count("监") - text.count("监督电话") >= 24 * 12 - len(pages) * 2
    assert all(f"第{number}项" in text for number in range(1, 25))


def test_a_photo_stands_whole_beside_the_name(opened) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (600, 300), "#336699").save(stream, "JPEG")
    (page,) = opened([Card("周𬭎", WORDS, "书记", stream.getvalue()), Card("吴六", WORDS)])
    (image,) = page.images
    assert image["width"] / image["height"] == pytest.approx(2, rel=0.01)
    name = next(char for char in page.chars if char["text"] == "𬭎")
    assert name["x0"] > image["x1"]


def test_no_cards_are_refused(book: FontBook) -> None:
    with pytest.raises(ValueError, match="no cards"):
        render_wall(FRAME, [], PosterSize.A3, book)
