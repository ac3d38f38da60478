from __future__ import annotations

import pytest

from partyroom.core.calendar import RecordedDate
from partyroom.core.identity import Sex
from partyroom.features.exchange.domain import ParsedRow
from partyroom.features.exchange.verdicts import (
    Change,
    Directory,
    ExistingMember,
    Verdict,
    VerdictKind,
    compare,
    judge,
    judge_roster,
)
from partyroom.features.members.domain import MemberDraft

NUMBER, OTHER_NUMBER = "990000198506151232", "990000198506151240"
WRONG = "990000198506151231"


def row(name: str = "测试甲", line: int = 2, same_as: int | None = None, **values: object) -> ParsedRow:
    marks = frozenset({"id_number"}) if values.get("id_number") == WRONG else frozenset()
    return ParsedRow(line, name, {"name": name, **values}, marks=marks, same_as_row=same_as)


def member(number: int = 1, name: str = "测试甲", **values: object) -> ExistingMember:
    birth = values.get("birth")
    assert birth is None or isinstance(birth, RecordedDate)
    return ExistingMember(number, name, birth, str(values.get("id_number", "")), values)


def test_nobody_of_that_name_is_new() -> None:
    assert judge(row(), []) == Verdict(VerdictKind.NEW)


def test_the_same_number_is_the_same_person_under_any_name() -> None:
    found = judge(row(name="测试乙", id_number=NUMBER), [member(id_number=NUMBER)])
    assert (found.kind, found.member_id) == (VerdictKind.UPDATE, 1)
    assert found.changes == (Change("name", "测试甲", "测试乙"),)
    assert "姓名不同" in found.reason


def test_a_number_in_another_form_is_the_same_number() -> None:
    found = judge(row(id_number=NUMBER), [member(id_number="990000850615123")])
    assert found.member_id == 1


def test_the_same_wrong_number_under_another_name_is_another_person() -> None:
    assert judge(row(name="测试乙", id_number=WRONG), [member(id_number=WRONG)]).kind is VerdictKind.NEW
    assert judge(row(id_number=WRONG), [member(id_number=WRONG)]).kind is VerdictKind.UNCHANGED


def test_two_valid_numbers_are_two_people_in_spite_of_name_and_birth() -> None:
    birth = RecordedDate("1985-06-15")
    found = judge(row(id_number=NUMBER, birth=birth), [member(id_number=OTHER_NUMBER, birth=birth)])
    assert found.kind is VerdictKind.NEW


@pytest.mark.parametrize(("old", "new"), [("1985-06-15", "1985-06"), ("1985-06", "1985-06-15"), ("1985", "1985-06")])
def test_the_same_name_and_a_compatible_birth_are_one_person(old: str, new: str) -> None:
    found = judge(row(birth=RecordedDate(new)), [member(birth=RecordedDate(old))])
    assert found.member_id == 1


def test_the_birth_in_a_number_counts() -> None:
    assert judge(row(birth=RecordedDate("1985-06")), [member(id_number=NUMBER)]).member_id == 1
    assert judge(row(id_number=NUMBER), [member(birth=RecordedDate("1985-06"))]).member_id == 1


def test_another_birth_is_another_person() -> None:
    found = judge(row(birth=RecordedDate("1990-01")), [member(birth=RecordedDate("1985-06"))])
    assert found == Verdict(VerdictKind.NEW)


@pytest.mark.parametrize(
    ("values", "present"),
    [
        ({}, {}),
        ({"birth": RecordedDate("1985-06")}, {}),
        ({}, {"birth": RecordedDate("1985-06")}),
        ({"birth": RecordedDate("待查")}, {"birth": RecordedDate("1985-06")}),
        ({"id_number": WRONG}, {}),
    ],
)
def test_a_namesake_about_whom_nothing_tells_is_asked_about(
    values: dict[str, object], present: dict[str, object]
) -> None:
    found = judge(row(**values), [member(**present)])
    assert (found.kind, found.candidates, found.member_id) == (VerdictKind.PROBLEM, (1,), None)
    assert "请选择" in found.reason


@pytest.mark.parametrize("key", ["phone", "staff_number", "id_number"])
def test_an_equal_number_of_another_kind_tells_too(key: str) -> None:
    assert judge(row(**{key: "990"}), [member(**{key: "990"})]).kind is VerdictKind.UNCHANGED


def test_two_present_namesakes_with_that_birth_are_asked_about() -> None:
    birth = RecordedDate("1985-06")
    found = judge(row(birth=birth), [member(1, birth=birth), member(2, birth=RecordedDate("1985-06-15"))])
    assert (found.kind, found.candidates) == (VerdictKind.PROBLEM, (1, 2))


def test_a_certain_namesake_wins_over_an_unknown_one() -> None:
    birth = RecordedDate("1985-06")
    assert judge(row(birth=birth), [member(1), member(2, birth=birth)]).member_id == 2


def test_equal_values_change_nothing() -> None:
    values = {"sex": Sex.MALE, "birth": RecordedDate("1985-06"), "post": "教师", "floating": False}
    assert judge(row(**values), [member(sex=Sex.MALE, birth=RecordedDate("1985-06"), post="教师")]) == Verdict(
        VerdictKind.UNCHANGED, 1
    )


def test_changed_and_added_fields_are_named() -> None:
    birth = RecordedDate("1985-06")
    found = judge(row(birth=birth, post="教师", sex=Sex.MALE), [member(birth=birth, post="工人", title="一级")])
    assert found.kind is VerdictKind.UPDATE
    assert found.changes == (Change("post", "工人", "教师"), Change("sex", None, Sex.MALE))


def test_blanks_never_erase() -> None:
    birth = RecordedDate("1985-06")
    found = judge(row(birth=birth), [member(birth=birth, post="工人", phone="13800000000")])
    assert found.kind is VerdictKind.UNCHANGED


def test_a_more_precise_date_replaces_a_vaguer_one_and_never_the_other_way() -> None:
    day, month = RecordedDate("1985-06-15"), RecordedDate("1985-06")
    assert judge(row(birth=day), [member(birth=month)]).changes == (Change("birth", month, day),)
    vague = judge(row(birth=month), [member(birth=day)])
    assert (vague.kind, vague.kept) == (VerdictKind.UNCHANGED, ("birth",))
    assert vague.reason == ""


def test_an_unreadable_date_never_replaces_a_readable_one() -> None:
    person = member(id_number=NUMBER, joined=RecordedDate("2005-07"))
    wrong = ParsedRow(
        2, "测试甲", {"name": "测试甲", "id_number": NUMBER, "joined": RecordedDate("??")}, marks=frozenset({"joined"})
    )
    found = judge(wrong, [person])
    assert (found.kind, found.kept) == (VerdictKind.UNCHANGED, ("joined",))
    assert found.reason == "文件中的入党日期有疑问，保留名册中原有的内容。"


def test_a_masked_or_invalid_number_never_replaces_a_valid_one() -> None:
    birth = RecordedDate("1985-06")
    person = member(birth=birth, id_number=NUMBER, phone="13800000000")
    values = {"name": "测试甲", "birth": birth, "id_number": "990***********1232", "phone": "138****0000"}
    masked = ParsedRow(2, "测试甲", values, incomplete=frozenset({"id_number", "phone"}))
    assert judge(masked, [person]).kind is VerdictKind.UNCHANGED
    invalid = judge(row(birth=birth, id_number=WRONG), [person])
    assert (invalid.kind, invalid.kept) == (VerdictKind.UNCHANGED, ("id_number",))
    assert "公民身份号码有疑问" in invalid.reason


def test_a_valid_number_replaces_an_invalid_one() -> None:
    birth = RecordedDate("1985-06")
    found = judge(row(birth=birth, id_number=NUMBER), [member(birth=birth, id_number=WRONG)])
    assert found.changes == (Change("id_number", WRONG, NUMBER),)


def test_a_text_that_fits_no_code_is_added_only_where_there_is_none() -> None:
    odd = ParsedRow(2, "测试甲", {"name": "测试甲", "id_number": NUMBER}, typed={"sex": "不详"})
    assert judge(odd, [member(id_number=NUMBER, sex=Sex.MALE)]).kind is VerdictKind.UNCHANGED
    assert judge(odd, [member(id_number=NUMBER)]).changes == (Change("sex", "", "不详"),)
    again = judge(odd, [member(id_number=NUMBER, typed={"sex": "不详"})])
    assert again.kind is VerdictKind.UNCHANGED


def test_a_row_that_repeats_an_earlier_one_is_asked_about() -> None:
    rows = [row(id_number=NUMBER), row(line=3, same_as=2, id_number=NUMBER)]
    first, second = judge_roster(rows, [])
    assert first.kind is VerdictKind.NEW
    assert second.kind is VerdictKind.PROBLEM
    assert "第2行" in second.reason


def test_two_rows_that_meet_in_one_member_are_asked_about() -> None:
    person = member(birth=RecordedDate("1985-06"), id_number=NUMBER)
    rows = [row(id_number=NUMBER), row(line=3, birth=RecordedDate("1985-06"))]
    first, second = judge_roster(rows, [person])
    assert first.member_id == 1
    assert (second.kind, second.candidates) == (VerdictKind.PROBLEM, (1,))


def test_importing_again_what_was_imported_changes_nothing() -> None:
    values = {"id_number": WRONG, "birth": RecordedDate("待查"), "joined": RecordedDate("2005"), "remarks": "x"}
    parsed = ParsedRow(2, "测试甲", {"name": "测试甲", **values}, typed={"sex": "不详"}, marks=frozenset({"birth"}))
    stored = MemberDraft.from_values({**parsed.values, "typed": dict(parsed.typed)})
    person = ExistingMember(1, stored.name, stored.birth, stored.id_number, stored.values())
    assert judge_roster([parsed], [person]) == [Verdict(VerdictKind.UNCHANGED, 1)]


def test_the_user_may_say_who_it_is() -> None:
    found = compare(row(post="教师"), member(post="工人"))
    assert (found.kind, found.member_id) == (VerdictKind.UPDATE, 1)


def test_the_directory_finds_by_number_and_by_name_once() -> None:
    people = [member(1, id_number=NUMBER), member(2, "测试乙"), member(3)]
    found = Directory(people).candidates(row(id_number=NUMBER))
    assert [person.id for person in found] == [1, 3]


@pytest.mark.parametrize(
    ("kind", "label"), [("new", "新增"), ("update", "更新"), ("unchanged", "无变化"), ("problem", "需确认")]
)
def test_verdicts_have_words(kind: str, label: str) -> None:
    assert VerdictKind(kind).label == label
