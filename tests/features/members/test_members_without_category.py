"""A roster that says nothing of categories still fills the attendance list (FZ-23)."""

from __future__ import annotations

from datetime import date

import pytest

from partyroom.core.calendar import RecordedDate
from partyroom.features.members.domain import Category, MemberDraft, category_on, is_voter


def person(joined: str | None, full_since: str | None = None) -> MemberDraft:
    return MemberDraft(
        "张三",
        joined=RecordedDate(joined) if joined else None,
        full_since=RecordedDate(full_since) if full_since else None,
    )


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (person("2008-07", "2009-07"), Category.FULL),
        (person("2008-07"), Category.FULL),
        (person("2026-03-20"), Category.PROBATIONARY),
        (person("2025-11-22"), Category.FULL),
        (person("2025-11-23"), Category.PROBATIONARY),
        (person("2026-12-01"), Category.TARGET),
        (person(None), None),
        (person("待查"), None),
    ],
)
def test_fz_23_category_is_read_from_the_dates_where_none_is_stored(draft, expected):
    assert category_on(draft, date(2026, 11, 22)) is expected


def test_fz_23_who_joined_over_a_year_ago_votes_without_a_stored_category():
    assert is_voter(person("2008-07"), date(2026, 11, 22))
    assert not is_voter(person("2026-03-20"), date(2026, 11, 22))
