from __future__ import annotations

import time
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partyroom.documents.breaking import (
    NO_END,
    NO_START,
    Line,
    break_paragraph,
    is_rigid,
    may_break,
    split_paragraphs,
)


class Em(defaultdict[str, float]):
    """Every Chinese character ten points wide, every Latin one five, marks above letters nothing."""

    def __missing__(self, key: str) -> float:
        if 0x300 <= ord(key) <= 0x36F or key in "\u200d\ufe0f":
            return 0.0
        return 5.0 if ord(key) < 0x250 else 10.0


WIDTHS = Em()


def texts(lines: list[Line]) -> list[str]:
    return [line.text for line in lines]


def broken(text: str, characters: int) -> list[str]:
    return texts(break_paragraph(text, WIDTHS, characters * 10.0))


prose = st.text(
    st.sampled_from("会议研究决定党员同志学习，。、；：！？（）《》“”‘’—…·12345abcXYZ .,-%〔〕　㐀𬭎"), max_size=300
)
anything = st.text(max_size=200)


@given(st.one_of(prose, anything), st.integers(4, 30))
def test_no_text_is_lost(text: str, characters: int) -> None:
    assert "".join(broken(text, characters)) == text


@given(prose, st.integers(4, 30))
def test_no_line_breaks_the_rules_of_punctuation_unless_no_place_kept_them(text: str, characters: int) -> None:
    lines = break_paragraph(text, WIDTHS, characters * 10.0)
    for before, after in pairwise(lines):
        if before.forced:
            joined, at = before.text + after.text, len(before.text)
            assert not any(may_break(joined, place) for place in range(1, at + 1))
        else:
            assert after.text[0] not in NO_START
            assert before.visible[-1:] not in NO_END or before.visible != before.text


@given(st.one_of(prose, anything), st.integers(4, 30))
def test_no_line_is_wider_than_its_measure(text: str, characters: int) -> None:
    for line in break_paragraph(text, WIDTHS, characters * 10.0, characters * 10.0 - 20.0):
        assert line.width <= line.room + 1e-6


@given(prose, st.integers(4, 30))
def test_a_justified_line_fills_its_measure_exactly(text: str, characters: int) -> None:
    for line in break_paragraph(text, WIDTHS, characters * 10.0):
        gaps = sum(not is_rigid(character) for character in line.visible[:-1])
        assert line.stretch >= 0
        if line.stretch:
            assert line.width + gaps * line.stretch == pytest.approx(line.room)


@given(prose, st.integers(4, 30))
def test_squeezing_takes_at_most_half_of_a_mark(text: str, characters: int) -> None:
    for line in break_paragraph(text, WIDTHS, characters * 10.0):
        for at, amount in line.squeeze:
            assert 0 < amount <= WIDTHS[line.text[at]] / 2


@settings(max_examples=30)
@given(st.text(st.characters(), max_size=400))
def test_any_unicode_text_comes_to_an_end(text: str) -> None:
    assert "".join(texts(break_paragraph(text, WIDTHS, 40.0))) == text


def test_twenty_eight_characters_fill_one_line() -> None:
    assert broken("党" * 28, 28) == ["党" * 28]
    assert broken("党" * 29, 28) == ["党" * 28, "党"]


def test_the_first_line_leaves_room_for_its_indent() -> None:
    assert texts(break_paragraph("党" * 10, WIDTHS, 50.0, 30.0)) == ["党" * 3, "党" * 5, "党" * 2]


def test_a_full_stop_that_does_not_fit_is_squeezed_to_half_its_width() -> None:
    lines = break_paragraph("党党党党，学习习。党", WIDTHS, 45.0)
    assert texts(lines)[0] == "党党党党，"
    assert lines[0].squeeze == ((4, 5.0),)


def test_a_mark_that_cannot_be_squeezed_takes_a_character_with_it() -> None:
    assert broken("党党党党，党", 4) == ["党党党", "党，党"]


def test_two_closing_marks_stay_together() -> None:
    assert broken("他说：“党好。”然后走了", 6)[0][-1] not in "。“"


def test_an_opening_mark_goes_to_the_next_line() -> None:
    assert broken("党党党《章程》", 4) == ["党党党", "《章程》"]


@pytest.mark.parametrize("unit", ["——", "……", "2026", "93.75%", "14:30", "〔2026〕", "Times", "1,000,000"])
def test_units_are_not_divided(unit: str) -> None:
    for characters in range(6, 12):
        for before in range(1, 14):
            lines = broken("党" * before + unit + "党" * 9, characters)
            assert any(unit in line for line in lines), lines


def test_a_word_longer_than_a_line_is_broken_rather_than_left_hanging() -> None:
    lines = break_paragraph("网址" + "a" * 100, WIDTHS, 100.0)
    assert all(line.width <= 100.0 for line in lines)
    assert lines[0].text == "网址" + "a" * 16


def test_a_combining_mark_stays_with_its_letter() -> None:
    assert broken("党党党é党", 4)[0] in {"党党党", "党党党é"}
    assert broken("党党党党\u0301党", 4)[0] == "党党党党\u0301"


def test_spaces_at_the_end_of_a_line_hang() -> None:
    lines = break_paragraph("党党党党    党", WIDTHS, 40.0)
    assert texts(lines) == ["党党党党    ", "党"]
    assert lines[0].visible == "党党党党"
    assert lines[0].width == 40.0


def test_an_empty_paragraph_is_one_empty_line() -> None:
    assert broken("", 10) == [""]


def test_a_last_line_is_not_justified() -> None:
    assert break_paragraph("党党党", WIDTHS, 100.0)[0].stretch == 0


@pytest.mark.parametrize("text", ["党，学" * 33_334, "a" * 100_000, "，" * 100_000, " " * 100_000, "\u0301" * 100_000])
def test_a_hundred_thousand_characters_take_reasonable_time(text: str) -> None:
    tenth = time_to_break(text[: len(text) // 10])
    assert time_to_break(text) < 50 * max(tenth, 0.001)  # in proportion, not squared


def time_to_break(text: str) -> float:
    started = time.perf_counter()
    lines = break_paragraph(text, WIDTHS, 280.0)
    assert sum(len(line.text) for line in lines) == len(text)
    return time.perf_counter() - started


def test_paragraphs_are_split_at_newlines_and_cleaned_of_controls() -> None:
    assert split_paragraphs("甲\x07\r\n乙\t丙\x00") == ["甲", "乙\u3000\u3000丙"]
