from __future__ import annotations

from datetime import date

import pytest

from partyroom.core.calendar import RecordedDate
from partyroom.core.errors import DomainError
from partyroom.features.organisation import service
from partyroom.features.organisation.domain import Branch
from partyroom.storage.recycle import restore


@pytest.fixture
def write(library):
    return lambda work: library.write("测试", work).result


def test_branch_is_kept_and_cleaned(library, write) -> None:
    assert library.read(service.get_branch) == Branch(name="")
    write(
        lambda s: service.save_branch(
            s, Branch(" 第一\n党支部 ", "<b>&", "{}%_", RecordedDate("2001-07"), "1", "'; --")
        )
    )
    assert library.read(service.get_branch) == Branch(
        "第一 党支部", "<b>&", "{}%_", RecordedDate("2001-07"), "1", "'; --"
    )
    write(lambda s: service.save_branch(s, Branch("第二党支部")))
    assert library.read(service.get_branch) == Branch("第二党支部")


def test_branch_without_a_name_is_refused_beside_the_field(write) -> None:
    with pytest.raises(DomainError) as caught:
        write(lambda s: service.save_branch(s, Branch(" \u200b ")))
    assert caught.value.problems[0].field == "name"


@pytest.mark.parametrize("save", [service.save_department, service.save_group])
def test_names_are_needed_and_unique_but_may_stay(write, save) -> None:
    first = write(lambda s: save(s, "甲"))
    write(lambda s: save(s, "乙"))
    for name in ("", " ", "乙", " 乙 "):
        with pytest.raises(DomainError):
            write(lambda s, name=name: save(s, name, **_id(save, first)))
    assert write(lambda s: save(s, "甲", **_id(save, first))) == first
    assert write(lambda s: save(s, "丙", **_id(save, first))) == first


def _id(save, number: int) -> dict[str, int]:
    return {"department_id": number} if save is service.save_department else {"group_id": number}


def test_changing_what_lies_in_the_bin_makes_no_second_one(library, write) -> None:
    number = write(lambda s: service.save_department(s, "语文组"))
    write(lambda s: service.bin_department(s, number))
    with pytest.raises(DomainError, match="已经不在了"):
        write(lambda s: service.save_department(s, "数学组", department_id=number))
    assert library.read(service.list_departments) == []


def test_lists_keep_the_order_of_entry(library, write) -> None:
    for name in ("第一党小组", "第二党小组", "第三党小组"):
        write(lambda s, name=name: service.save_group(s, name))
    assert [g.name for g in library.read(service.list_groups)] == ["第一党小组", "第二党小组", "第三党小组"]


def test_department_keeps_its_head_and_phone(library, write) -> None:
    write(lambda s: service.save_department(s, "语文组", "王老师", "010-1234"))
    (department,) = library.read(service.list_departments)
    assert (department.name, department.head, department.phone) == ("语文组", "王老师", "010-1234")


def test_found_or_made_by_name(library, write) -> None:
    assert write(lambda s: service.department_named(s, "  ")) is None
    first = write(lambda s: service.department_named(s, "语文组").id)
    assert write(lambda s: service.department_named(s, " 语文组 ").id) == first
    assert len(library.read(service.list_departments)) == 1


def test_binned_group_comes_back_with_its_people(library, write, person) -> None:
    from partyroom.features.members.service import admit_member, get_member, update_member

    member = write(lambda s: admit_member(s, person("张三", group="第一党小组")))
    group = library.read(service.list_groups)[0].id
    write(lambda s: service.bin_group(s, group))
    assert library.read(lambda s: get_member(s, member)).draft.group == ""
    # Editing something else meanwhile does not cost the person the place in the group.
    shown = library.read(lambda s: get_member(s, member)).draft
    write(lambda s: update_member(s, member, person(shown.name, group=shown.group, phone="13900000001")))
    write(lambda s: restore(s, "party_groups", group))
    assert library.read(lambda s: get_member(s, member)).draft.group == "第一党小组"


def test_zb_08_term_runs_three_years_unless_said_otherwise(library, write) -> None:
    write(lambda s: service.open_term(s, "第一届", date(2020, 9, 1)))
    write(lambda s: service.open_term(s, "第二届", date(2023, 9, 1), date(2026, 8, 31)))
    assert [(t.number, t.ends) for t in library.read(service.list_terms)] == [
        ("第二届", date(2026, 8, 31)),
        ("第一届", date(2023, 9, 1)),
    ]


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(2020, 8, 31), None), (date(2020, 9, 1), "一"), (date(2023, 9, 1), "二"), (date(2030, 1, 1), "二")],
)
def test_term_runs_on_until_the_next_one_begins(library, write, day, number) -> None:
    write(lambda s: service.open_term(s, "一", date(2020, 9, 1)))
    write(lambda s: service.open_term(s, "二", date(2023, 9, 1)))
    term = library.read(lambda s: service.term_on(s, day))
    assert (term and term.number) == number


@pytest.mark.parametrize("ends", [date(2020, 8, 31), date(2020, 9, 1)])
def test_term_that_ends_before_it_begins_is_refused(write, ends) -> None:
    with pytest.raises(DomainError, match="届满日期"):
        write(lambda s: service.open_term(s, "一", date(2020, 9, 1), ends))


def test_two_terms_cannot_begin_on_one_day(write) -> None:
    write(lambda s: service.open_term(s, "一", date(2020, 9, 1)))
    with pytest.raises(DomainError, match="已经有一届"):
        write(lambda s: service.open_term(s, "二", date(2020, 9, 1)))
