from __future__ import annotations

from collections import defaultdict

import pytest

from partyroom.documents.titles import balanced_lines

WIDTHS: defaultdict[str, float] = defaultdict(lambda: 10.0)


def test_a_short_title_stays_on_one_line() -> None:
    assert balanced_lines("会议纪要", WIDTHS, 200.0) == ["会议纪要"]


def test_two_lines_are_of_similar_but_unequal_length() -> None:
    lines = balanced_lines("关于召开二〇二六年度第四季度支部党员大会暨主题党日活动有关情况的通报", WIDTHS, 200.0)
    assert len(lines) == 2
    assert 0 < abs(len(lines[0]) - len(lines[1])) <= 8


def test_three_lines_make_a_trapezium_or_a_rhombus() -> None:
    lengths = [len(line) for line in balanced_lines("关于深入学习贯彻" * 6, WIDTHS, 200.0)]
    assert len(lengths) == 3
    assert not (lengths[1] < lengths[0] and lengths[1] < lengths[2]), "an hourglass"


@pytest.mark.parametrize("room", [60.0, 90.0, 120.0, 200.0])
def test_no_line_is_too_wide_and_no_text_is_lost(room: float) -> None:
    text = "关于印发《中国共产党支部工作条例（试行）》学习方案、考核办法的通知"
    lines = balanced_lines(text, WIDTHS, room)
    assert "".join(lines) == text
    assert all(len(line) * 10.0 <= room for line in lines)
    assert all(line[0] not in "》）、" and line[-1] not in "《（" for line in lines)


def test_a_title_of_a_thousand_characters_is_broken_at_once() -> None:
    assert "".join(balanced_lines("党" * 1000, WIDTHS, 200.0)) == "党" * 1000


def test_the_name_of_a_paper_is_kept_on_one_line_where_it_can_be() -> None:
    lines = balanced_lines("关于认真学习贯彻《中国共产党支部工作条例》的通知", WIDTHS, 160.0)
    assert any("《中国共产党支部工作条例》" in line for line in lines)
