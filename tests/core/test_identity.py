# ruff: noqa: DTZ001 - the program lives in local time without a zone
from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core import calendar
from partyroom.core.identity import Sex, check_digit, check_identity, mask_identity, mask_phone


@pytest.mark.parametrize(
    ("number", "sex", "birth"),
    [
        ("11010519491231002X", Sex.FEMALE, date(1949, 12, 31)),
        ("440524188001010014", Sex.MALE, date(1880, 1, 1)),
        ("990000190001010016", Sex.MALE, date(1900, 1, 1)),
        ("990000190001010024", Sex.FEMALE, date(1900, 1, 1)),
        ("990000200002290132", Sex.MALE, date(2000, 2, 29)),
        ("990000199912318880", Sex.FEMALE, date(1999, 12, 31)),
        ("990000198506151232", Sex.MALE, date(1985, 6, 15)),
        ("990000198506151240", Sex.FEMALE, date(1985, 6, 15)),
        ("000000190001010017", Sex.MALE, date(1900, 1, 1)),
        ("990000197001010069", Sex.FEMALE, date(1970, 1, 1)),
        ("990000196203030178", Sex.MALE, date(1962, 3, 3)),
        ("99000019880808002X", Sex.FEMALE, date(1988, 8, 8)),
    ],
)
def test_rule_8_1_valid_numbers(number: str, sex: Sex, birth: date) -> None:
    found = check_identity(number)
    assert (found.valid, found.normalised, found.sex, found.birth) == (True, number, sex, birth)
    assert found.reason == ""
    assert not found.converted


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("990000190001010026", "校验码"),
        ("990000190002290014", "出生日期“19000229”不存在"),
        ("990000199913010013", "出生日期“19991301”不存在"),
        ("99000019850615123", "这里是17位"),
        ("", "为空"),
        ("9900001985061512AB", "不应出现的字符"),
        ("X90000198506151232", "不应出现的字符"),
        ("990000850231123", "出生日期“850231”不存在"),
        ("990000000001010015", "出生日期“00000101”不存在"),
    ],
)
def test_rule_8_1_invalid_numbers_say_why(number: str, reason: str) -> None:
    found = check_identity(number)
    assert not found.valid
    assert reason in found.reason
    assert (found.sex, found.birth) == (None, None)
    assert found.normalised == number


@pytest.mark.parametrize(
    "typed",
    [
        "99000019880808002x",
        " 990000 19880808 002X ",
        "'99000019880808002X",
        "９９００００１９８８０８０８００２Ｘ",
    ],
)
def test_ways_of_typing_are_accepted(typed: str) -> None:
    assert check_identity(typed).normalised == "99000019880808002X"
    assert check_identity(typed).valid


def test_old_number_of_15_digits_is_converted() -> None:
    found = check_identity("990000850615123")
    assert found.valid
    assert found.converted
    assert found.normalised == "990000198506151232"
    assert found.birth == date(1985, 6, 15)


def test_birth_in_the_future_is_invalid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: datetime(1980, 1, 1))
    assert "今天之后" in check_identity("990000198506151232").reason


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(birth: date, sequence: int, place: int, shift: int) -> None:
    body = f"990000{birth:%Y%m%d}{sequence:03d}"
    number = body + check_digit(body)
    assert check_identity(number).valid
    if number[place].isdigit():
        wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
        assert not check_identity(wrong).valid


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    found = check_identity(text)
    assert found.valid == (found.reason == "")


def test_rule_9_masks() -> None:
    assert mask_identity("110105199001011234") == "110***********1234"
    assert mask_phone("13812345678") == "138****5678"


@pytest.mark.parametrize("mask", [mask_identity, mask_phone])
@pytest.mark.parametrize("value", ["", "1", "1234567"])
def test_rule_9_short_values_are_hidden_whole(mask: object, value: str) -> None:
    assert callable(mask)
    assert mask(value) == "*" * len(value)


def test_old_and_invalid_identity_numbers_are_masked_too() -> None:
    assert mask_identity("990000850615123") == "990********5123"
    assert mask_identity("12345678") == "123*5678"


@given(st.text(min_size=8, max_size=30))
def test_masking_keeps_the_length_and_hides_something(value: str) -> None:
    assert len(mask_identity(value)) == len(mask_phone(value)) == len(value)
    assert "*" in mask_identity(value)
    assert mask_phone(value).count("*") >= 4
