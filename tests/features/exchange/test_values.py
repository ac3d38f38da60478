from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partyroom.core.calendar import RecordedDate
from partyroom.core.cells import Cell, cell_text
from partyroom.core.identity import Sex
from partyroom.features.exchange.values import Value, read_value
from partyroom.features.members.domain import (
    FIELDS_BY_KEY,
    MEMBER_FIELDS,
    Category,
    Employment,
    MemberField,
    Standing,
)


def read(key: str, cell: Cell, *, typed: bool = True) -> Value:
    return read_value(FIELDS_BY_KEY[key], cell, typed=typed)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("  文字\x07 ", "文字"),
        (13800000000.0, "13800000000"),
        (1985.3, "1985.3"),
        (0.1 + 0.2, "0.3"),
        (9.900001985061512e17, "990000198506151000"),
        (1e-7, "0.0000001"),
        (float("nan"), "nan"),
        (True, "TRUE"),
        (7, "7"),
        (date(1985, 3, 2), "1985-03-02"),
        (datetime(1985, 3, 2), "1985-03-02"),  # noqa: DTZ001
        (datetime(1985, 3, 2, 8, 30), "1985-03-02 08:30"),  # noqa: DTZ001
        (time(8, 30), "08:30:00"),
        (timedelta(hours=1), "1:00:00"),
    ],
)
def test_a_cell_reads_as_it_looks(cell: Cell, text: str) -> None:
    assert cell_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ("1985-03-02", "1985-03-02"),
        ("1985.3", "1985-03"),
        ("1985.03", "1985-03"),
        ("1985.10", "1985-10"),
        ("1985年3月", "1985-03"),
        ("19850302", "1985-03-02"),
        ("198503", "1985-03"),
        (19850302.0, "1985-03-02"),
        (198503.0, "1985-03"),
        (1985.0, "1985"),
        (2005.0, "2005"),
        (1985.3, "1985-03"),
        (1985.11, "1985-11"),
        (1985.12, "1985-12"),
        (31108.0, "1985-03-02"),
        (31108, "1985-03-02"),
        ("31108", "1985-03-02"),
        (31108.354, "1985-03-02"),
        (9000, "1924-08-21"),
        (date(1985, 3, 2), "1985-03-02"),
        (datetime(1985, 3, 2, 8, 30), "1985-03-02"),  # noqa: DTZ001
        ("'1985-03-02", "1985-03-02"),
        ("１９８５．３．２", "1985-03-02"),
        ("1985.1", "1985-01"),
    ],
)
def test_dates_in_every_form_without_doubt(cell: Cell, stored: str) -> None:
    assert read("birth", cell) == Value(RecordedDate(stored))


@pytest.mark.parametrize("blank", ["", None, "  ", "无", "/", "——", "-", "暂无"])
def test_words_for_nothing_are_blanks(blank: Cell) -> None:
    assert read("full_since", blank) == Value()


def test_october_typed_as_a_number_is_doubted() -> None:
    found = read("birth", 1985.1)
    assert found.stored == RecordedDate("1985-01")
    assert "1985年1月" in found.warning
    assert "1985.10" in found.warning
    assert read("birth", "1985.1", typed=False).warning == found.warning
    assert read("birth", "1985.10", typed=False).warning == ""


@pytest.mark.parametrize("cell", ["85.3", "85年3月", "85-3-2"])
def test_two_digit_years_are_kept_as_typed(cell: str) -> None:
    found = read("birth", cell)
    assert found.stored == RecordedDate(cell)
    assert "只有两位" in found.warning


@pytest.mark.parametrize("cell", ["待查", "1985-02-30", "19851301", "约1985年", 99999.0, 12, True, "2005.7-2009.6"])
def test_unreadable_dates_are_kept_as_typed(cell: Cell) -> None:
    found = read("birth", cell)
    assert found.stored == RecordedDate(cell_text(cell))
    assert "不是能识别的日期" in found.warning


def test_a_future_date_is_kept_and_doubted() -> None:
    found = read("joined", "2062-07-01")
    assert found.stored == RecordedDate("2062-07-01")
    assert "今天之后" in found.warning
    assert read("joined", "2026-11-22").warning == ""


def test_a_year_typed_into_a_date_cell_is_doubted() -> None:
    found = read("birth", date(1905, 6, 7))
    assert found.stored == RecordedDate("1905-06-07")
    assert "只填了年份1985" in found.warning
    assert read("birth", date(1906, 6, 7)).warning == ""


def test_identity_numbers() -> None:
    assert read("id_number", " 99000019880808002x ") == Value("99000019880808002X")
    old = read("id_number", 990000850615123.0)
    assert old.stored == "990000198506151232"
    assert "换算为18位" in old.warning
    wrong = read("id_number", "990000198506151231")
    assert wrong.stored == "990000198506151231"
    assert "校验码" in wrong.warning
    short = read("id_number", "99000019850615123")
    assert "17位" in short.warning


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (9.900001985061512e17, "990000198506151000"),
        (990000198506151232, "990000198506151232"),
        ("9.90E+17", "9.90E+17"),
        ("9.90000198506151E+17", "9.90000198506151E+17"),
    ],
)
def test_an_identity_number_stored_as_a_number_lost_its_digits(cell: Cell, text: str) -> None:
    found = read("id_number", cell)
    assert found.stored == text
    assert found.incomplete
    assert "存成了数字，后三位已经丢失" in found.warning


def test_a_number_that_ends_in_three_zeros_may_have_lost_them() -> None:
    found = read("id_number", "990000198506151000")
    assert found.incomplete
    assert "丢失了后三位" in found.warning


@pytest.mark.parametrize("key", ["id_number", "phone"])
def test_masked_values_are_noticed(key: str) -> None:
    found = read(key, "138****5678")
    assert (found.stored, found.incomplete) == ("138****5678", True)
    assert "星号" in found.warning


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        (13800000000.0, "13800000000"),
        ("138-0000-0000", "13800000000"),
        ("138 0000 0000", "13800000000"),
        ("+86 13800000000", "13800000000"),
        ("8613800000000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("0536-1234567", "0536-1234567"),
        ("(0536)1234567", "(0536)1234567"),
        ("1234567", "1234567"),
        ("0536-1234567转8001", "0536-1234567转8001"),
        ("400-123-4567", "400-123-4567"),
        ("13800000000/0536-1234567", "13800000000、0536-1234567"),
    ],
)
def test_telephones(cell: Cell, stored: str) -> None:
    assert read("phone", cell) == Value(stored)


@pytest.mark.parametrize("cell", ["1380000000", "138000000000", "找老张", 1.38e16])
def test_doubtful_telephones_are_kept(cell: Cell) -> None:
    found = read("phone", cell)
    assert found.stored == cell_text(cell)
    assert found.warning


@pytest.mark.parametrize(
    ("key", "cell", "stored"),
    [
        ("sex", "男", Sex.MALE),
        ("sex", " 女 性 ", Sex.FEMALE),
        ("sex", "m", Sex.MALE),
        ("sex", 2.0, Sex.FEMALE),
        ("category", "正式党员", Category.FULL),
        ("category", "中共预备党员", Category.PROBATIONARY),
        ("category", "入党积极分子", Category.ACTIVIST),
        ("category", "积极分子", Category.ACTIVIST),
        ("standing", "正常", Standing.ACTIVE),
        ("standing", "转出", Standing.TRANSFERRED),
        ("employment", "退休", Employment.RETIRED),
        ("employment", "在编", Employment.ON_DUTY),
        ("floating", "√", True),
        ("floating", "否", False),
        ("ethnicity", "汉", "汉族"),
        ("ethnicity", "汉族", "汉族"),
        ("ethnicity", "维吾尔", "维吾尔族"),
        ("education", "本科", "大学本科"),
        ("education", "硕士研究生", "硕士研究生"),
        ("name", "张 三", "张三"),
        ("name", "阿依古丽•买买提", "阿依古丽·买买提"),
        ("introducers", "测试甲，测试 乙", "测试甲、测试乙"),
        ("introducers", "测试甲 测试乙", "测试甲、测试乙"),
        ("introducers", "测 试", "测试"),
        ("address", " 某市\n某区 ", "某市 某区"),
        ("remarks", "一\r\n二", "一\n二"),
        ("staff_number", 20050012.0, "20050012"),
    ],
)
def test_words_become_what_is_stored(key: str, cell: Cell, stored: object) -> None:
    found = read(key, cell)
    assert found == Value(stored)
    assert type(found.stored) is type(stored)


@pytest.mark.parametrize("key", ["sex", "category", "standing", "employment", "floating"])
def test_what_no_code_fits_is_kept_beside_the_field(key: str) -> None:
    found = read(key, "不详")
    assert (found.stored, found.typed) == (None, "不详")
    assert "现按原样保留" in found.warning


def test_an_unknown_ethnic_group_is_kept_and_doubted() -> None:
    found = read("ethnicity", "汗族")
    assert found.stored == "汗族"
    assert "56个民族" in found.warning


def test_a_long_number_in_a_text_column_is_doubted() -> None:
    found = read("staff_number", 1.2345678901234567e17)
    assert found.stored == "123456789012346000"
    assert "丢失" in found.warning


HOSTILE = ["<b>&", "=cmd|' /C calc'!A0", "../../x", "{}", "%s%n", "'; DROP TABLE members;--", "\x00\ud800x", "@SUM(1)"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("key", ["name", "address", "post", "remarks", "phone", "id_number", "birth", "ethnicity"])
def test_hostile_text_stays_text(key: str, text: str) -> None:
    found = read(key, text)
    assert str(found.stored) == cell_text(text)


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.text(st.characters(), max_size=30),
    st.floats(),
    st.integers(-(10**20), 10**20),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.sampled_from(MEMBER_FIELDS), CELLS, st.booleans())
def test_every_cell_gives_a_value_for_every_field(field: MemberField, cell: Cell, typed: bool) -> None:
    found = read_value(field, cell, typed=typed)
    assert found.stored is not None or found.typed or not found.warning
    assert not found.warning or found.warning.endswith("。")
