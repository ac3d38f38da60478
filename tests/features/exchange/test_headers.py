from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from partyroom.core.cells import Merge, Sheet
from partyroom.core.paths import resources
from partyroom.core.title_rows import plain_title
from partyroom.features.exchange.headers import Header, find_header, is_header_again
from partyroom.features.members.domain import FIELDS_BY_KEY, MEMBER_FIELDS


def header_of(*rows: Sequence[object], merges: Sequence[Merge] = ()) -> Header:
    header = find_header(Sheet("名册", rows, tuple(merges)))  # type: ignore[arg-type]
    assert header is not None
    return header


def field_of(title: str) -> str | None:
    return header_of(["姓名", title]).columns.get(1)


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("性 别", "sex"),
        ("性\u3000别", "sex"),
        ("出生年月\n（年.月）", "birth"),
        ("出生年月(格式:1985.03)", "birth"),
        ("*身份证号", "id_number"),
        ("★公民身份号码★", "id_number"),
        ("身份证号码：", "id_number"),
        ("１８位身份证号", "id_number"),
        ("入党日期", "joined"),
        ("入党时间", "joined"),
        ("加入中国共产党时间", "joined"),
        ("加入党组织日期", "joined"),
        ("转正时间", "full_since"),
        ("所在党小组", "group"),
        ("部门", "department"),
        ("手机号", "phone"),
        ("联系电话", "phone"),
        ("职称", "title"),
        ("【必填】民族", "ethnicity"),
        ("政治面貌", "category"),
        ("备 注", "remarks"),
        ("血型", None),
        ("年龄", None),
        ("", None),
    ],
)
def test_titles_are_known_however_they_are_written(title: str, key: str | None) -> None:
    assert field_of(title) == key


@pytest.mark.parametrize("field", MEMBER_FIELDS, ids=lambda f: f.key)
def test_every_label_of_ours_is_known(field: object) -> None:
    label, key = field.label, field.key  # type: ignore[attr-defined]
    if key != "name":
        assert field_of(label) == key


def test_the_table_of_titles_names_real_fields_and_no_title_twice() -> None:
    table = json.loads((resources() / "rules" / "roster_headers.json").read_text(encoding="utf-8"))
    assert set(table["titles"]) == set(FIELDS_BY_KEY)
    assert set(table["weak"]) <= set(FIELDS_BY_KEY)
    titles = [plain_title(title) for names in table["titles"].values() for title in names]
    others = [plain_title(title) for key in ("serial", "computed") for title in table[key]]
    weak = {plain_title(title) for names in table["weak"].values() for title in names}
    assert len(titles + others) == len(set(titles + others))
    assert not weak & set(titles + others)


def test_the_header_stands_below_titles_and_notes() -> None:
    header = header_of(
        ["某校党支部党员花名册"],
        ["填报单位：某校", "", "2026年11月"],
        [],
        ["序号", "姓 名", "性别", "年龄", "血型"],
        [1, "测试甲", "男", 41, "A"],
    )
    assert (header.row, header.last_row) == (3, 3)
    assert header.columns == {1: "name", 2: "sex"}
    assert header.titles[1] == "姓 名"
    assert header.serial == {0}
    assert [column.title for column in header.ignored] == ["年龄", "血型"]
    assert "推算" in header.ignored[0].reason
    assert "「血型」（E列）没有对应的项目" in header.ignored[1].reason


def test_two_rows_of_a_merged_header_are_read_together() -> None:
    header = header_of(
        ["党员花名册"],
        ["序号", "姓名", "出生", "", "入党情况", "", "联系方式", ""],
        ["", "", "年月", "地", "时间", "介绍人", "手机", "血型"],
        [1, "测试甲", "1985.3", "某县", "2005.7", "测试乙", "13800000000", "A"],
        merges=[Merge(1, 0, 2, 0), Merge(1, 1, 2, 1), Merge(1, 2, 1, 3), Merge(1, 4, 1, 5), Merge(1, 6, 1, 7)],
    )
    assert (header.row, header.last_row) == (1, 2)
    assert header.columns == {1: "name", 2: "birth", 4: "joined", 5: "introducers", 6: "phone"}
    assert header.titles[4] == "入党时间"
    assert [column.title for column in header.ignored] == ["出生地", "联系方式血型"]


def test_the_first_of_two_columns_for_one_field_is_used() -> None:
    header = header_of(["姓名", "学历（全日制）", "学历（在职）"])
    assert header.columns == {0: "name", 1: "education"}
    assert "「学历（在职）」（C列）与「学历（全日制）」（B列）是同一项目" in header.ignored[0].reason


def test_a_weak_title_gives_way_to_a_better_one() -> None:
    assert header_of(["姓名", "联系电话", "手机"]).columns == {0: "name", 1: "landline", 2: "phone"}
    header = header_of(["姓名", "政治面貌", "人员类别"])
    assert header.columns == {0: "name", 2: "category"}
    assert header.ignored[0].title == "政治面貌"


def test_without_a_name_there_is_no_header() -> None:
    assert find_header(Sheet("表", [["性别", "民族", "出生年月"], ["男", "汉", "1985.3"]])) is None
    assert find_header(Sheet("表", [])) is None
    assert find_header(Sheet("表", [["x"]] * 21 + [["姓名", "性别"]])) is None


def test_a_sentence_that_mentions_a_title_is_no_title() -> None:
    header = header_of(["说明：请填写姓名、性别、民族"], ["姓名", "性别"], ["测试甲", "男"])
    assert header.row == 1


def test_a_repeated_header_is_recognised_and_people_are_not() -> None:
    header = header_of(["序号", "姓名", "性别", "民族"])
    assert is_header_again(["序号", "姓 名", "性别", "民族"], header)
    assert not is_header_again([1, "姓名", "男", "汉"], header)
