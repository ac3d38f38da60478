from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, select

from partyroom.core.calendar import RecordedDate
from partyroom.core.errors import DomainError
from partyroom.core.identity import Sex
from partyroom.features.members import service
from partyroom.features.members.domain import MEMBER_FIELDS, Category, Employment, FieldKind, PostKind, Standing
from partyroom.features.members.service import RosterQuery
from partyroom.features.organisation.service import bin_department, group_named, list_departments, open_term
from partyroom.storage.audit import Change

HOSTILE = [
    "<b>&amp;</b>",
    "=cmd|' /C calc'!A0",
    "../../x",
    "{}{0}%s",
    "100%",
    "a_b",
    "'; DROP TABLE members; --",
    '"',
    "\\",
    "𬭎㛃䶮",
    "/",
    "*[a-z]?",
]


@pytest.fixture
def write(library):
    return lambda work: library.write("测试", work).result


@pytest.fixture
def admit(write, person):
    return lambda *args, **fields: write(lambda s: service.admit_member(s, person(*args, **fields)))


@pytest.fixture
def names(library):
    """The names that a query finds, in its order."""

    def find(**query: object) -> list[str]:
        def read(session):
            ids = service.list_member_ids(session, RosterQuery(**query))
            return [row.name for row in service.list_rows(session, ids)]

        return library.read(read)

    return find


# Keeping a record.


def test_every_field_comes_back_as_it_was_given(library, admit, person) -> None:
    values: dict[FieldKind, object] = {
        FieldKind.TEXT: "文字",
        FieldKind.LONG_TEXT: "第一行\n第二行",
        FieldKind.NAME: "欧阳㛃",
        FieldKind.SEX: Sex.FEMALE,
        FieldKind.DATE: "1985-03",
        FieldKind.IDENTITY: "99000019880808002X",
        FieldKind.PHONE: "13900000001",
        FieldKind.ETHNICITY: "汉族",
        FieldKind.CATEGORY: Category.PROBATIONARY,
        FieldKind.STANDING: Standing.SUSPENDED,
        FieldKind.EMPLOYMENT: Employment.RETIRED,
        FieldKind.DEPARTMENT: "语文组",
        FieldKind.GROUP: "第一党小组",
        FieldKind.FLAG: True,
    }
    draft = person(**{field.key: values[field.kind] for field in MEMBER_FIELDS}, typed={"sex": "不详"})
    member = admit(**draft.values())
    assert library.read(lambda s: service.get_member(s, member)).draft == draft


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_and_found_literally(admit, names, library, text) -> None:
    admit("无关", post="教师")
    member = admit("某人", post=text, remarks=text, address=text, department=text, group=text, typed={"sex": text})
    draft = library.read(lambda s: service.get_member(s, member)).draft
    assert (draft.post, draft.remarks, draft.address, draft.department, draft.group) == (text,) * 5
    assert draft.typed == {"sex": text}
    assert names(search=text) == ["某人"]
    assert names(department=text) == names(group=text) == ["某人"]


@pytest.mark.parametrize("name", ["<b>&", "'; DROP TABLE members", "陈𬭎", "买买提·阿不都", "王{}%_", "=1+1"])
def test_hostile_names_are_names(admit, names, name) -> None:
    admit(name)
    admit("张三")
    assert names(search=name) == [name]


def test_wildcards_find_only_themselves(admit, names) -> None:
    admit("张三", post="教师")
    for text in ("%", "_", "张_", "%三", "*", "?"):
        assert names(search=text) == []


def test_control_characters_and_lone_surrogates_do_not_get_in(library, admit) -> None:
    member = admit(
        "张\x00三\u200b",
        post="教\x07师\ud800",
        remarks="甲\x00\r\n乙",
        birth="不\ud800详\x00",
        typed={"sex": "不\udfff详"},
        id_number="12\x003\ud800",
    )
    draft = library.read(lambda s: service.get_member(s, member)).draft
    assert (draft.name, draft.post, draft.remarks) == ("张三", "教师", "甲\n乙")
    assert (draft.birth.text, draft.typed, draft.id_number) == ("不详", {"sex": "不详"}, "123")


@pytest.mark.parametrize("name", ["", "  ", "\u200b\x00", "\n"])
def test_person_without_a_name_is_refused_beside_the_field(admit, names, name) -> None:
    with pytest.raises(DomainError) as caught:
        admit(name)
    assert [problem.field for problem in caught.value.problems] == ["name"]
    assert names() == []


def test_valid_identity_number_is_normalised_and_an_invalid_one_kept_as_typed(library, admit) -> None:
    ids = [admit("甲", id_number=" ９９００００19880808002x "), admit("乙", id_number="99000019880808-待查")]
    drafts = [library.read(lambda s, i=i: service.get_member(s, i)).draft for i in ids]
    assert [draft.id_number for draft in drafts] == ["99000019880808002X", "99000019880808-待查"]


def test_same_valid_identity_number_is_refused_and_names_the_other(admit, write, person) -> None:
    admit("甲", id_number="99000019880808002X")
    with pytest.raises(DomainError, match="已有同一身份证号的人：甲"):
        admit("乙", id_number="99000019880808002x")
    other = admit("丙")
    with pytest.raises(DomainError, match="甲"):
        write(lambda s: service.update_member(s, other, person("丙", id_number="99000019880808002X")))


def test_same_invalid_number_and_ones_own_number_are_accepted(admit, write, person, names) -> None:
    member = admit("甲", id_number="99000019880808002X")
    write(lambda s: service.update_member(s, member, person("甲", id_number="99000019880808002X", phone="1")))
    admit("乙", id_number="待补")
    admit("丙", id_number="待补")
    assert len(names()) == 3


def test_somebody_in_the_bin_cannot_be_read_changed_or_binned_again(library, write, admit, person) -> None:
    member = admit("甲")
    write(lambda s: service.bin_members(s, [member]))
    for work in (
        lambda s: service.get_member(s, member),
        lambda s: service.update_member(s, member, person("甲")),
        lambda s: service.bin_members(s, [member]),
    ):
        with pytest.raises(DomainError, match="不在花名册里"):
            write(work)


def test_binning_several_is_all_or_nothing(write, admit, names) -> None:
    members = [admit("甲"), admit("乙")]
    with pytest.raises(DomainError):
        write(lambda s: service.bin_members(s, [*members, 999]))
    assert len(names()) == 2
    assert write(lambda s: service.bin_members(s, members)) == 2
    assert names() == []


def test_editing_after_moving_departments_within_one_action(library, write, person) -> None:
    def work(session):
        member = service.admit_member(session, person("甲", department="语文组"))
        service.update_member(session, member, person("甲", department="数学组"))
        return service.get_member(session, member).draft.department

    assert write(work) == "数学组"
    assert [d.name for d in library.read(list_departments)] == ["语文组", "数学组"]


def test_department_can_be_cleared(library, write, admit, person) -> None:
    member = admit("甲", department="语文组")
    write(lambda s: service.update_member(s, member, person("甲")))
    assert library.read(lambda s: service.get_member(s, member)).draft.department == ""


def test_editing_while_the_department_is_in_the_bin_and_giving_a_new_one(library, write, admit, person) -> None:
    member = admit("甲", department="语文组")
    department = library.read(list_departments)[0].id
    write(lambda s: bin_department(s, department))
    write(lambda s: service.update_member(s, member, person("甲", department="数学组")))
    assert library.read(lambda s: service.get_member(s, member)).draft.department == "数学组"


def test_revealing_numbers_leaves_a_line_in_the_log(library, write) -> None:
    write(lambda s: service.note_revealed(s, "查看完整身份证号：张三"))
    logged = library.read(lambda s: [change.after for change in s.scalars(select(Change))])
    assert logged == [{"note": "查看完整身份证号：张三"}]


# Finding and ordering.


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("zs", ["张三"]),
        ("zhangs", ["张三"]),
        ("ZHANG san", ["张三"]),
        ("zhang", ["张三"]),
        ("张 三", ["张三"]),
        ("张", ["张三"]),
        ("oyxm", ["欧阳小明"]),
        ("sx", ["单雄"]),
        ("shan", ["单雄"]),
        ("dan", []),
        ("语文", ["欧阳小明"]),
        ("1390000", ["张三"]),
        ("0808002x", ["单雄"]),
        ("  ", ["欧阳小明", "单雄", "张三"]),
        ("hang", []),
    ],
)
def test_search_by_name_sound_initials_department_and_numbers(admit, names, search, found) -> None:
    admit("张三", phone="13900000001")
    admit("欧阳小明", department="语文组")
    admit("单雄", id_number="99000019880808002X")
    assert names(search=search) == found


def test_names_are_ordered_by_sound_with_surnames_read_as_surnames(admit, names) -> None:
    for name in ("张三", "单雄", "曾强", "解放", "欧阳小明", "陈𬭎"):
        admit(name)
    assert names() == ["陈𬭎", "欧阳小明", "单雄", "解放", "曾强", "张三"]
    assert names(descending=True) == ["张三", "曾强", "解放", "单雄", "欧阳小明", "陈𬭎"]


def test_blanks_come_last_in_either_order(admit, names) -> None:
    admit("甲", birth="1985-03")
    admit("乙", birth=None)
    admit("丙", birth="1985-03-02")
    admit("丁", birth="1984")
    assert names(sort="birth") == ["丁", "甲", "丙", "乙"]
    assert names(sort="birth", descending=True) == ["丙", "甲", "丁", "乙"]


def test_ordering_by_age_puts_the_youngest_first_and_unknown_ages_last(admit, names) -> None:
    admit("老", birth="1950-01-01")
    admit("少", birth="1999-01-01")
    admit("无", birth=None)
    assert names(sort="age") == ["少", "老", "无"]
    assert names(sort="age", descending=True) == ["老", "少", "无"]


def test_groups_and_categories_keep_the_order_that_people_know(admit, names) -> None:
    for name, group, category in (
        ("一", "第一党小组", Category.APPLICANT),
        ("二", "第二党小组", Category.FULL),
        ("三", "第三党小组", Category.PROBATIONARY),
        ("四", "", None),
    ):
        admit(name, group=group, category=category)
    assert names(sort="group") == ["一", "二", "三", "四"]
    assert names(sort="category") == ["二", "三", "一", "四"]


@pytest.mark.parametrize("sort", [*service._SORTS, "posts", "no such column"])
def test_every_column_can_be_ordered_by(admit, names, sort) -> None:
    admit("甲", sex=Sex.MALE, employment=Employment.RETIRED)
    admit("乙")
    assert sorted(names(sort=sort)) == sorted(names(sort=sort, descending=True)) == ["乙", "甲"]


def test_filters(admit, names) -> None:
    admit("正")
    admit("预", category=Category.PROBATIONARY, group="第一党小组")
    admit("申", category=Category.APPLICANT, department="语文组")
    admit("走", standing=Standing.TRANSFERRED, left="2026-01-01")
    admit("离", left="2026-01-01")
    assert set(names()) == {"正", "预", "申"}
    assert set(names(standing="gone")) == {"走", "离"}
    assert len(names(standing="")) == 5
    assert set(names(category="party")) == {"正", "预"}
    assert names(category="applying") == names(category="applicant") == ["申"]
    assert names(group="第一党小组") == ["预"]
    assert names(department="语文组") == ["申"]


def test_rows_show_labels_posts_and_gaps_but_store_codes(library, write, admit, fixed_today) -> None:
    member = admit("张三", birth="1985-03-02", group="第一党小组")
    term = write(lambda s: open_term(s, "一", date(2025, 9, 1)))
    write(lambda s: service.appoint_committee(s, term, date(2025, 9, 1), {PostKind.SECRETARY: member}))
    write(lambda s: service.appoint_leader(s, 1, member, date(2025, 9, 1)))
    (row,) = library.read(lambda s: service.list_rows(s, [member, 999]))
    assert (row.age, row.party_years, row.posts, row.group) == (41, 24, "书记、党小组组长", "第一党小组")
    assert row.category is Category.FULL
    assert "手机号码" in row.gaps
    assert row.completeness == f"缺{len(row.gaps)}项"


def test_rows_come_in_the_order_asked_for(library, admit) -> None:
    ids = [admit(name) for name in ("甲", "乙", "丙")]
    wanted = [ids[2], ids[0], ids[1]]
    assert [row.id for row in library.read(lambda s: service.list_rows(s, wanted))] == wanted


def test_large_roster_lists_ids_and_one_page_with_few_statements(library, write, person) -> None:
    write(lambda s: [service.admit_member(s, person(f"人{n:04d}", department=f"组{n % 20}")) for n in range(1000)])
    statements: list[str] = []
    engine = library._engine
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    def first_page(session):
        ids = service.list_member_ids(session, RosterQuery(search="人", sort="department"))
        return ids, service.list_rows(session, ids[:60])

    ids, rows = library.read(first_page)
    assert (len(ids), len(rows)) == (1000, 60)
    assert len([text for text in statements if text.startswith("SELECT")]) <= 4


# Who belonged on a day.


def _names_on(library, day: date) -> list[str]:
    return sorted(detail.draft.name for detail in library.read(lambda s: service.members_on(s, day)))


def test_members_of_a_past_day(library, admit) -> None:
    admit("甲常在")
    admit("乙后入党", joined="2026-06-01", category=Category.PROBATIONARY, full_since=None)
    admit("丙后转正", joined="2025-06-01", full_since="2026-06-01")
    admit("丁后转入", arrived="2026-06-01")
    admit("戊已转出", left="2026-06-01", standing=Standing.TRANSFERRED)
    admit("己申请人", category=Category.APPLICANT, joined=None, full_since=None)
    assert _names_on(library, date(2026, 5, 31)) == ["丙后转正", "戊已转出", "甲常在"]
    assert _names_on(library, date(2026, 6, 1)) == ["丁后转入", "丙后转正", "乙后入党", "甲常在"]


# Posts.


@pytest.fixture
def term(write) -> int:
    return write(lambda s: open_term(s, "第一届", date(2025, 9, 1)))


def _committee(library, term) -> list[tuple[PostKind, str]]:
    return [(h.kind, h.name) for h in library.read(lambda s: service.committee_of(s, term))]


def test_committee_lists_the_secretary_first(library, write, admit, term) -> None:
    holders = {PostKind.YOUTH: admit("青"), PostKind.SECRETARY: admit("书"), PostKind.DISCIPLINE: admit("纪")}
    write(lambda s: service.appoint_committee(s, term, date(2025, 9, 1), holders))
    assert [name for _kind, name in _committee(library, term)] == ["书", "纪", "青"]


def test_one_person_holds_one_committee_post(library, write, admit, term) -> None:
    member = admit("甲")
    with pytest.raises(DomainError, match="两个支委职务"):
        write(
            lambda s: service.appoint_committee(
                s, term, date(2025, 9, 1), {PostKind.SECRETARY: member, PostKind.DEPUTY: member}
            )
        )
    assert _committee(library, term) == []


def test_replaced_holder_keeps_the_past_and_the_successor_gets_the_rest(
    library, write, admit, term, fixed_today
) -> None:
    old, new = admit("旧"), admit("新")
    start = date(2025, 9, 1)
    write(lambda s: service.appoint_committee(s, term, start, {PostKind.SECRETARY: old}))
    # The dialog hands in the term's first day again.
    write(lambda s: service.appoint_committee(s, term, start, {PostKind.SECRETARY: new}))
    assert _committee(library, term) == [(PostKind.SECRETARY, "新")]
    for day, holder in ((date(2025, 8, 31), None), (start, old), (date(2026, 11, 21), old), (date(2026, 11, 22), new)):
        posts = library.read(lambda s, day=day: service.current_posts(s, day))
        assert posts == ({} if holder is None else {holder: (PostKind.SECRETARY,)})


def test_vacated_post_ends_and_unchanged_ones_stay(library, write, admit, term, fixed_today) -> None:
    holders = {PostKind.SECRETARY: admit("书"), PostKind.YOUTH: admit("青")}
    write(lambda s: service.appoint_committee(s, term, date(2025, 9, 1), holders))
    holders.pop(PostKind.YOUTH)
    again = library.write("任职", lambda s: service.appoint_committee(s, term, date(2025, 9, 1), holders))
    assert _committee(library, term) == [(PostKind.SECRETARY, "书")]
    assert again.changes == {"posts"}
    assert library.write("任职", lambda s: service.appoint_committee(s, term, date(2025, 9, 1), holders)).changes == (
        frozenset()
    )


def test_posts_of_a_former_term_are_over_when_the_next_begins(library, write, admit, term) -> None:
    old, new = admit("旧"), admit("新")
    write(lambda s: service.appoint_committee(s, term, date(2025, 9, 1), {PostKind.SECRETARY: old}))
    second = write(lambda s: open_term(s, "第二届", date(2028, 9, 1)))
    write(lambda s: service.appoint_committee(s, second, date(2028, 9, 1), {PostKind.SECRETARY: new}))
    assert library.read(lambda s: service.current_posts(s, date(2028, 8, 31))) == {old: (PostKind.SECRETARY,)}
    assert library.read(lambda s: service.current_posts(s, date(2028, 9, 1))) == {new: (PostKind.SECRETARY,)}


def test_group_has_one_leader_at_a_time(library, write, admit) -> None:
    group = write(lambda s: group_named(s, "第一党小组").id)
    first, second = admit("甲"), admit("乙")
    write(lambda s: service.appoint_leader(s, group, first, date(2025, 9, 1)))
    write(lambda s: service.appoint_leader(s, group, second, date(2026, 3, 1)))
    assert library.read(lambda s: service.group_leader(s, group)).name == "乙"
    assert library.read(lambda s: service.current_posts(s, date(2026, 2, 28))) == {first: (PostKind.GROUP_LEADER,)}
    assert library.read(lambda s: service.current_posts(s, date(2026, 3, 1))) == {second: (PostKind.GROUP_LEADER,)}
    write(lambda s: service.appoint_leader(s, group, None, date(2026, 9, 1)))
    assert library.read(lambda s: service.group_leader(s, group)) is None


def test_all_details_are_in_the_order_of_names(library, admit) -> None:
    for name in ("张三", "陈𬭎", "单雄"):
        admit(name, birth=RecordedDate("1985").text)
    assert [d.draft.name for d in library.read(service.all_details)] == ["陈𬭎", "单雄", "张三"]
