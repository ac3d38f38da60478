from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.features.meetings.outline import chinese_numeral, level_of, number_text, set_level, without_number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (35, "三十五"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
    ],
)
def test_numerals_are_those_of_headings(number, text):
    assert chinese_numeral(number) == text


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("一、学习", 1),
        ("　　十二、学习", 1),
        ("（一）要点", 2),
        ("(三)要点", 2),
        ("1. 要点", 3),
        ("2．要点", 3),
        ("3、要点", 3),
        ("（4）要点", 4),
        ("1.5万元用于活动", 0),
        ("2026年工作", 0),
        ("一是学习", 0),
        ("", 0),
    ],
)
def test_numbers_in_front_of_a_line_tell_its_level(line, level):
    assert level_of(line) == level


def apply(lines: list[str], position: int, level: int) -> list[str]:
    changes = set_level(lines, position, level)
    return [changes.get(i, line) for i, line in enumerate(lines)]


def test_a_new_heading_takes_its_place_in_the_sequence():
    lines = ["一、甲", "正文", "乙", "二、丙", "三、丁"]
    assert apply(lines, 2, 1) == ["一、甲", "正文", "二、乙", "三、丙", "四、丁"]


def test_lower_levels_start_anew_below_a_new_heading():
    lines = ["一、甲", "（一）子", "乙", "（二）丑", "1.细"]
    assert apply(lines, 2, 1) == ["一、甲", "（一）子", "二、乙", "（一）丑", "1.细"]


def test_numbers_elsewhere_stay_as_typed():
    lines = ["三、引用的一段", "（一）甲", "乙", "四、后文"]
    assert apply(lines, 2, 2) == ["三、引用的一段", "（一）甲", "（二）乙", "四、后文"]


def test_a_heading_becomes_body_text_and_the_gap_closes():
    assert apply(["一、甲", "二、乙", "三、丙"], 1, 0) == ["一、甲", "乙", "二、丙"]


def test_changing_the_level_replaces_the_number():
    assert apply(["一、甲", "二、乙"], 1, 2) == ["一、甲", "（一）乙"]


def test_nothing_changes_where_all_is_right():
    assert set_level(["一、甲", "二、乙"], 1, 1) == {}


@given(st.integers(1, 999), st.integers(1, 4), st.text("学习讨论abc ", max_size=8))
def test_a_number_can_be_put_in_front_and_taken_away(number, level, words):
    line = number_text(level, number) + words.strip()
    assert level_of(line) == level
    assert without_number(line) == words.strip()
