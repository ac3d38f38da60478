from __future__ import annotations

import io
from typing import Any

import pdfplumber
import pytest

from partyroom.documents.drawing import Drawing
from partyroom.documents.fonts import FontBook, Role
from partyroom.documents.vertical import stack


@pytest.fixture
def stacked(book: FontBook) -> Any:
    """Stack a text in the middle of a page of 100 × 300 points; its characters and the size used."""

    def run(text: str, *, size: float = 20.0, room: float = 200.0, width: float = 30.0) -> tuple[list[Any], float]:
        with book.lock:
            drawing = Drawing(book, "样张")
            used = stack(drawing, 50, 250, text, role=Role.SONG, size=size, room=room, width=width)
            drawing.finish_page(100, 300)
            data = drawing.finish()
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            return list(pdf.pages[0].chars), used

    return run


def test_characters_stand_below_each_other_in_the_middle(stacked: Any) -> None:
    chars, size = stacked("党支部")
    assert size == 20
    assert [char["text"] for char in chars] == ["党", "支", "部"]
    assert [char["x0"] + char["x1"] for char in chars] == pytest.approx([100, 100, 100], abs=0.2)
    assert chars[1]["top"] - chars[0]["top"] == pytest.approx(20, abs=0.1)
    assert (chars[0]["top"] + chars[-1]["bottom"]) / 2 == pytest.approx(150, abs=3)


def test_marks_take_their_vertical_forms(stacked: Any) -> None:
    chars, _ = stacked("（一）、《章》：")
    assert "".join(char["text"] for char in chars) == "︵一︶︑︽章︾︓"


def test_two_figures_stand_side_by_side_and_longer_numbers_are_turned(stacked: Any) -> None:
    chars, _ = stacked("第12届2026年")
    upright = {char["text"]: char["upright"] for char in chars}
    assert upright["1"]
    assert chars[1]["top"] == chars[2]["top"]
    turned = [char for char in chars if not char["upright"]]
    assert "".join(char["text"] for char in turned) == "2026"
    assert [char["top"] for char in turned] == sorted(char["top"] for char in turned)
    assert all(abs((char["x0"] + char["x1"]) / 2 - 50) < 6 for char in turned)


def test_type_is_reduced_until_the_column_fits(stacked: Any) -> None:
    chars, size = stacked("中共某某中学支部委员会", room=160)
    assert size == 14.5
    assert min(char["top"] for char in chars) >= 49.9
    assert max(char["bottom"] for char in chars) <= 213  # the descent of the font reaches below the em box
    assert len({round(char["x0"], 1) for char in chars}) == 1


def test_long_names_are_set_in_columns_from_the_right(stacked: Any) -> None:
    chars, size = stacked("中共某某中学总支部委员会第三党支部", room=100, width=48)
    columns: dict[float, str] = {}
    for char in chars:
        middle = round((char["x0"] + char["x1"]) / 2)
        columns[middle] = columns.get(middle, "") + char["text"]
    assert size >= 12
    assert list(columns.values()) == ["中共某某中学", "总支部委员会", "第三党支部"]
    assert sorted(columns, reverse=True) == list(columns)


def test_no_column_begins_with_a_closing_mark(stacked: Any) -> None:
    for length in range(4, 12):
        chars, _ = stacked("党" * length + "（" + "部" * length + "）、支部", room=90, width=60)
        tops = min(char["top"] for char in chars)
        first = [char["text"] for char in chars if char["top"] < tops + 2]
        assert not set(first) & set("︶︑")
