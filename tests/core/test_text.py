from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core.text import clean_text, one_line, safe_file_name

ANY = st.text(st.characters(), max_size=200)


def test_line_ends_become_one_kind() -> None:
    assert clean_text("一\r\n二\r三\x0b四\u2028五\n六") == "一\n二\n三\n四\n五\n六"


def test_controls_and_hidden_marks_are_removed_but_tabs_stay() -> None:
    assert clean_text("\ufeff一\x00\x1b[31m\t二\ud800\u202e三\uffff") == "一[31m\t二三"


def test_text_is_composed() -> None:
    assert clean_text("e\u0301") == "é"


def test_one_line_joins_runs_of_white_space() -> None:
    assert one_line(" 一\r\n\t二\u3000 三 ") == "一 二 三"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2026年支部党员大会.pdf", "2026年支部党员大会.pdf"),
        ("../../x", "_.._x"),
        ("..\\..\\x", "_.._x"),
        ("C:\\Windows\\a.txt", "C_Windows_a.txt"),
        ("会议 8:30 <b>&?*", "会议 8_30 _b_&_"),
        ("=cmd|' /C calc'!A0", "=cmd_' _C calc'!A0"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("LPT1.记录", "_LPT1.记录"),
        ("CONTENT", "CONTENT"),
        ("-rf", "rf"),
        (".bashrc", "bashrc"),
        ("记录 . ", "记录"),
        ("", "未命名"),
        ("///", "未命名"),
        ("..", "未命名"),
        ("{}", "{}"),
    ],
)
def test_file_names_are_safe(text: str, name: str) -> None:
    assert safe_file_name(text) == name


def test_a_long_name_is_cut_before_its_suffix() -> None:
    name = safe_file_name("长" * 300 + ".docx")
    assert name == "长" * 75 + ".docx"
    assert len(safe_file_name("𬭎" * 300 + ".pdf").encode()) <= 255


@given(ANY)
def test_cleaning_is_stable_and_encodable(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in clean)


@given(ANY)
def test_any_text_makes_a_plain_file_name(text: str) -> None:
    name = safe_file_name(text)
    assert 0 < len(name) <= 80
    assert len(name.encode()) <= 255
    assert PureWindowsPath(name).name == PurePosixPath(name).name == name
    assert name not in {".", ".."}
    assert name[-1] not in " ."
    assert safe_file_name(name) == name
