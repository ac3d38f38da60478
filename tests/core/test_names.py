from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core.names import initials, normalise_name, sort_key, surname_of


@pytest.mark.parametrize("dot", "·•・‧∙．.")
def test_every_dot_becomes_the_middle_dot(dot: str) -> None:
    assert normalise_name(f"阿依古丽{dot}买买提") == "阿依古丽·买买提"
    assert normalise_name(f"阿依古丽 {dot} 买买提") == "阿依古丽·买买提"


@pytest.mark.parametrize("typed", ["张 三", "张\u3000三", " 张  三 ", "张\n三", "张\x07三", "\ufeff张三", "张\u200b三"])
def test_spaces_and_controls_inside_a_chinese_name_go(typed: str) -> None:
    assert normalise_name(typed) == "张三"


def test_a_latin_name_keeps_its_space_and_its_full_stop() -> None:
    assert normalise_name("John  Q. Smith") == "John Q. Smith"


@pytest.mark.parametrize("name", ["周𬭎", "𠅤𬀩", "㛃䶮", "堃喆昇珺頔"])
def test_rare_characters_stay_whole(name: str) -> None:
    assert normalise_name(name) == name
    assert sort_key(name).endswith(f" {name}")
    assert len(initials(name)) == len(name)


@pytest.mark.parametrize(
    ("name", "reading", "letters"),
    [
        ("单晓明", "shanxiaoming", "sxm"),
        ("仇大伟", "qiudawei", "qdw"),
        ("曾国强", "zengguoqiang", "zgq"),
        ("解放", "xiefang", "xf"),
        ("查理", "zhali", "zl"),
        ("区伯平", "ouboping", "obp"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("万俟雅言", "moqiyayan", "mqyy"),
        ("种师道", "chongshidao", "csd"),
        ("覃海洋", "qinhaiyang", "qhy"),
        ("吕蒙", "lvmeng", "lm"),
        ("欧阳娜", "ouyangna", "oyn"),
        ("张伟", "zhangwei", "zw"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("John Smith", "johnsmith", "js"),
    ],
)
def test_surnames_are_read_as_surnames(name: str, reading: str, letters: str) -> None:
    assert sort_key(name) == f"{reading} {name}"
    assert initials(name) == letters


def test_order_is_by_sound() -> None:
    names = ["覃海洋", "单晓明", "曾国强", "安然", "欧阳娜", "仇大伟"]
    assert sorted(names, key=sort_key) == ["安然", "欧阳娜", "覃海洋", "仇大伟", "单晓明", "曾国强"]


def test_surname_of_two_characters() -> None:
    assert surname_of("欧阳娜娜") == "欧阳"
    assert surname_of("欧阳") == "欧"
    assert surname_of("张三") == "张"
    assert surname_of("") == ""


def test_a_blank_name_has_no_key() -> None:
    assert sort_key("  ") == ""
    assert initials("") == ""


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    name = normalise_name(text)
    assert normalise_name(name) == name
    assert len(initials(name)) <= len(name)
