from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core.money import MOST_YUAN, capitals, read_yuan, rounded, to_decimal, to_fen, yuan

AMOUNTS = st.integers(-MOST_YUAN * 100, MOST_YUAN * 100)


@pytest.mark.parametrize(
    ("given_", "fen"),
    [
        ("1,234.50", 123450),
        ("￥1234.5", 123450),
        ("¥ 1,234.5", 123450),
        ("1234.5元", 123450),
        ("1234元整", 123400),
        ("人民币1234.50元", 123450),
        ("RMB 1234", 123400),
        ("１，２３４．５０", 123450),
        (" 12 345 ", 1234500),
        ("0", 0),
        (".5", 50),
        ("5.", 500),
        ("0.20", 20),
        ("-5.00", -500),
        ("−5", -500),
        ("-￥5.00", -500),
        ("￥-5.00", -500),
        (1000000000, 10**11),
        (82, 8200),
        (Decimal("82.00"), 8200),
        (Decimal("1.500"), 150),
        (598.80, 59880),
        (0.1 + 0.2, 30),
        (12.505, 1251),
        (-12.505, -1251),
        (1.005, 101),
        (1e-7, 0),
        (5000.0, 500000),
    ],
)
def test_amounts_are_read_as_offices_and_spreadsheets_write_them(given_, fen):
    found = read_yuan(given_)
    assert found == fen
    assert type(found) is int


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        (None, "请填写金额"),
        ("", "请填写金额"),
        (" \u3000", "请填写金额"),
        (True, "请填写金额"),
        ("五元", "看不懂金额“五元”"),
        ("元", "看不懂"),
        (".", "看不懂"),
        ("-", "看不懂"),
        ("1,23", "看不懂"),
        ("1.234,50", "看不懂"),
        ("12,34.5", "看不懂"),
        ("1.2.3", "看不懂"),
        ("1e5", "看不懂"),
        ("nan", "看不懂"),
        ("--5", "看不懂"),
        ("-￥-5", "看不懂"),
        ("1.5万", "看不懂"),
        ("٣", "看不懂"),
        (float("nan"), "看不懂"),
        (float("inf"), "看不懂"),
        (Decimal("sNaN"), "看不懂"),
        ("1.234", "写到分"),
        ("1.500", "写到分"),
        (Decimal("1.234"), "写到分"),
        ("1000000000.01", "太大"),
        (10**30, "太大"),
        (-(10**10), "太大"),
        (1e300, "太大"),
    ],
)
def test_what_is_no_amount_is_refused_in_a_sentence(given_, words):
    with pytest.raises(ValueError, match=words) as refused:
        read_yuan(given_)
    assert str(refused.value).endswith("。")


def test_a_long_text_is_quoted_only_in_part():
    with pytest.raises(ValueError, match="…”") as refused:
        read_yuan("字" * 5000)
    assert len(str(refused.value)) < 60


@pytest.mark.parametrize(
    ("fen", "plain", "grouped"),
    [
        (0, "0.00", "0.00"),
        (5, "0.05", "0.05"),
        (123450, "1234.50", "1,234.50"),
        (-500, "-5.00", "-5.00"),
        (-5, "-0.05", "-0.05"),
        (10**11, "1000000000.00", "1,000,000,000.00"),
    ],
)
def test_amounts_are_written_with_two_decimals(fen, plain, grouped):
    assert yuan(fen) == plain
    assert yuan(fen, grouped=True) == grouped


@given(AMOUNTS)
def test_what_is_written_is_read_back(fen):
    assert read_yuan(yuan(fen)) == fen
    assert read_yuan(yuan(fen, grouped=True)) == fen
    assert read_yuan(f"￥{yuan(fen, grouped=True)}元") == fen
    assert to_fen(to_decimal(fen)) == fen
    assert str(to_decimal(fen)) == yuan(fen)


@given(st.integers(0, 10**9))
def test_spreadsheet_numbers_with_two_decimals_are_exact(fen):
    assert read_yuan(fen / 100) == fen


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity"])
def test_a_part_of_a_fen_is_no_amount(amount):
    with pytest.raises(ValueError):
        to_fen(Decimal(amount))


@pytest.mark.parametrize(
    ("amount", "unit", "fen"),
    [
        ("12.505", 1, 1251),
        ("12.495", 1, 1250),
        ("-12.505", 1, -1251),
        ("81.99705", 10, 8200),
        ("0.25", 10, 30),
        ("7.5", 100, 800),
        ("76.49", 100, 7600),
    ],
)
def test_rounding_is_half_up_to_the_unit(amount, unit, fen):
    assert rounded(Decimal(amount), unit) == fen


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (20, "贰角整"),
        (25, "贰角伍分"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (1000, "壹拾元整"),
        (12345, "壹佰贰拾叁元肆角伍分"),
        (100005, "壹仟元零伍分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (1001000, "壹万零壹拾元整"),
        (1050000, "壹万零伍佰元整"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (10000000, "壹拾万元整"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (100000500, "壹佰万零伍元整"),
        (1000000000, "壹仟万元整"),
        (10000500000, "壹亿零伍仟元整"),
        (10**11, "壹拾亿元整"),
        (-500, "负伍元整"),
        (-5, "负伍分"),
    ],
)
def test_capitals_follow_the_rules_of_vouchers(fen, words):
    assert capitals(fen) == words


def test_capitals_end_at_a_thousand_milliard():
    assert capitals(10**14 - 1).startswith("玖仟玖佰玖拾玖亿")
    with pytest.raises(ValueError, match="太大"):
        capitals(10**14)


def read_capitals(words: str) -> int:
    """Another reader: evaluates digits and units from left to right, ignoring 零 and 整."""
    sign, words = (-1, words[1:]) if words.startswith("负") else (1, words)
    small = {"拾": 10, "佰": 100, "仟": 1000}
    total = section = digit = 0
    for mark in words:
        if mark in "零整":
            continue
        if mark in "壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(mark)
        elif mark in small:
            section, digit = section + digit * small[mark], 0
        elif mark in "万亿":
            total, section, digit = total + (section + digit) * {"万": 10**4, "亿": 10**8}[mark] * 100, 0, 0
        elif mark == "元":
            total, section, digit = total + (section + digit) * 100, 0, 0
        else:
            total, digit = total + digit * {"角": 10, "分": 1}[mark], 0
    return sign * total


@given(AMOUNTS)
def test_capitals_say_exactly_the_amount(fen):
    words = capitals(fen)
    assert read_capitals(words) == fen
    assert "零零" not in words
    assert not words.startswith("零") or fen == 0
    assert words.endswith(("分", "整"))
