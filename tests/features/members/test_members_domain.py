from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core.calendar import RecordedDate
from partyroom.features.members.domain import (
    ENUM_KINDS,
    FIELDS_BY_KEY,
    MEMBER_FIELDS,
    SENSITIVE_FIELDS,
    Category,
    FieldKind,
    MemberDraft,
    PostKind,
    Standing,
    category_on,
    gaps,
    is_here,
    is_voter,
    member_age,
    member_party_years,
)

DAY = date(2026, 11, 22)
DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))


def _recorded(text: str | None) -> RecordedDate | None:
    return None if text is None else RecordedDate(text)


@pytest.mark.parametrize(
    ("birth", "age"),
    [
        ("1985-11-22", 41),
        ("1985-11-23", 40),
        ("1985-11", 41),
        ("1985", 41),
        ("2027-01-01", None),
        ("待查", None),
        (None, None),
    ],
)
def test_age_counts_completed_years(birth, age) -> None:
    assert member_age(_recorded(birth), DAY) == age


@pytest.mark.parametrize(("day", "age"), [(date(2025, 2, 27), 24), (date(2025, 2, 28), 25), (date(2028, 2, 28), 27)])
def test_age_of_somebody_born_on_the_leap_day(day, age) -> None:
    assert member_age(RecordedDate("2000-02-29"), day) == age


@pytest.mark.parametrize(
    ("full_since", "category", "years"),
    [
        ("2002-07-01", Category.FULL, 24),
        ("2002-11-22", Category.FULL, 24),
        ("2002-11-23", Category.FULL, 23),
        ("2026-01-01", Category.FULL, 0),
        ("2002-07-01", Category.PROBATIONARY, None),
        ("2002-07-01", None, 24),  # a roster without categories
        (None, Category.FULL, None),
        ("不详", Category.FULL, None),
    ],
)
def test_fz_27_party_years_count_from_full_membership_of_full_members(full_since, category, years) -> None:
    assert member_party_years(_recorded(full_since), category, DAY) == years


def test_fz_27_party_years_do_not_count_from_joining(person) -> None:
    draft = person(joined="2001-07-01", full_since="2003-07-01")
    assert member_party_years(draft.full_since, draft.category, date(2026, 7, 1)) == 23


# Who may vote.


def test_full_member_in_good_standing_votes(person) -> None:
    assert is_voter(person(), DAY)


@pytest.mark.parametrize("category", [c for c in Category if c is not Category.FULL] + [None])
def test_zb_35_only_full_members_vote(person, category) -> None:
    joined = "2026-07-01" if category is Category.PROBATIONARY else None
    assert not is_voter(person(category=category, joined=joined, full_since=None), DAY)


@pytest.mark.parametrize(("day", "votes"), [(date(2002, 6, 30), False), (date(2002, 7, 1), True)])
def test_zb_35_a_probationary_member_then_had_no_vote_then(person, day, votes) -> None:
    assert is_voter(person(), day) is votes


@pytest.mark.parametrize(
    ("since", "until", "day", "votes"),
    [
        ("2026-03-01", "2027-02-28", date(2026, 2, 28), True),
        ("2026-03-01", "2027-02-28", date(2026, 3, 1), False),
        ("2026-03-01", "2027-02-28", date(2027, 2, 28), False),
        ("2026-03-01", "2027-02-28", date(2027, 3, 1), True),
        ("2026-03-01", None, date(2030, 1, 1), False),
        ("2026-03", "2027-02", date(2027, 2, 27), False),
        ("2026-03", "2027-02", date(2027, 3, 1), True),
        ("2026", "2027", date(2027, 12, 31), False),
        ("2026", "2027", date(2028, 1, 1), True),
        ("去年春天", None, DAY, False),
        ("2026-03-01", "待定", DAY, False),
        (None, "2027-02-28", DAY, False),
    ],
)
def test_zb_36_probation_within_the_party_suspends_the_vote(person, since, until, day, votes) -> None:
    assert is_voter(person(rights_suspended_from=since, rights_suspended_until=until), day) is votes


@pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.ACTIVE])
def test_nobody_without_good_standing_votes(person, standing) -> None:
    assert not is_voter(person(standing=standing), DAY)


@given(DAYS, st.sampled_from([*Category, None]), st.sampled_from(list(Standing)), DAYS, DAYS, st.none() | DAYS)
def test_a_voter_is_always_here_and_a_full_member(day, category, standing, joined, full, left) -> None:
    draft = MemberDraft(
        "某",
        category=category,
        standing=standing,
        joined=RecordedDate.of(joined),
        full_since=RecordedDate.of(full),
        left=RecordedDate.of(left) if left else None,
    )
    if is_voter(draft, day):
        assert is_here(draft, day)
        assert category_on(draft, day) is Category.FULL
        assert day >= full


@pytest.mark.parametrize(
    ("day", "category"),
    [
        (date(2001, 6, 30), Category.TARGET),
        (date(2001, 7, 1), Category.PROBATIONARY),
        (date(2002, 6, 30), Category.PROBATIONARY),
        (date(2002, 7, 1), Category.FULL),
    ],
)
def test_category_of_a_past_day_is_read_from_the_dates(person, day, category) -> None:
    assert category_on(person(), day) is category


def test_category_without_readable_dates_is_todays(person) -> None:
    assert category_on(person(joined="早年", full_since=None), date(1999, 1, 1)) is Category.FULL
    assert category_on(person(category=Category.APPLICANT), date(1999, 1, 1)) is Category.APPLICANT


@pytest.mark.parametrize(
    ("fields", "day", "here"),
    [
        ({"arrived": "2026-09-01"}, date(2026, 8, 31), False),
        ({"arrived": "2026-09-01"}, date(2026, 9, 1), True),
        ({"left": "2026-09-01"}, date(2026, 8, 31), True),
        ({"left": "2026-09-01"}, date(2026, 9, 1), False),
        ({"left": "2026-09-01", "standing": Standing.TRANSFERRED}, date(2026, 8, 31), True),
        ({"standing": Standing.TRANSFERRED}, date(2026, 8, 31), False),
        ({"arrived": "不详", "left": "不详"}, DAY, True),
    ],
)
def test_jy_14_belongs_from_arrival_until_leaving(person, fields, day, here) -> None:
    assert is_here(person(**fields), day) is here


# Completeness.


def _complete(person) -> MemberDraft:
    return person(
        id_number="990000198506151232",
        sex="male",
        birth="1985-06-15",
        ethnicity="汉族",
        post="教师",
        education="大学本科",
        phone="13900000001",
        address="某路1号",
    )


def test_complete_record_has_no_gaps(person) -> None:
    assert gaps(_complete(person)) == ()


def test_gaps_name_what_is_missing_or_wrong(person) -> None:
    values = _complete(person).values() | {
        "phone": "",
        "birth": RecordedDate("1985-02-30"),
        "id_number": "990000198506151233",
    }
    assert set(gaps(MemberDraft.from_values(values))) == {"手机号码", "出生日期", "公民身份号码"}


def test_nobody_is_asked_for_dates_that_lie_ahead(person) -> None:
    assert "转正日期" not in gaps(person(category=Category.PROBATIONARY, full_since=None))
    assert not {"入党日期", "转正日期"} & set(gaps(person(category=Category.APPLICANT, joined=None, full_since=None)))
    assert {"入党日期", "转正日期"} <= set(gaps(person(joined=None, full_since=None)))


# The description of the fields.


def test_every_field_of_the_form_is_one_of_the_draft_and_the_other_way_round() -> None:
    assert {f.key for f in MEMBER_FIELDS} == {f.name for f in fields(MemberDraft)} - {"typed"} == set(FIELDS_BY_KEY)


def test_labels_are_unique_and_every_code_has_one() -> None:
    assert len({f.label for f in MEMBER_FIELDS}) == len(MEMBER_FIELDS)
    for enum in (*ENUM_KINDS.values(), PostKind):
        labels = [member.label for member in enum]
        assert all(labels)
        assert len(set(labels)) == len(labels)
        assert all(member.value == member.name.lower() for member in enum)


def test_every_field_that_identifies_or_locates_a_person_is_sensitive() -> None:
    kinds = {FieldKind.IDENTITY, FieldKind.PHONE}
    assert {f.key for f in MEMBER_FIELDS if f.kind in kinds} | {"address", "household"} == set(SENSITIVE_FIELDS)


def test_draft_refuses_keys_that_no_field_has() -> None:
    with pytest.raises(TypeError):
        MemberDraft.from_values({"name": "张三", "salary": "1"})


def test_zb_07_leader_of_a_group_is_not_on_the_committee() -> None:
    assert [post for post in PostKind if not post.on_committee] == [PostKind.GROUP_LEADER]
