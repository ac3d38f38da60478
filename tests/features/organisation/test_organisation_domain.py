from __future__ import annotations

from datetime import date

import pytest

from partyroom.features.organisation.domain import COMMITTEE_FROM, Branch, term_end


@pytest.mark.parametrize(
    ("started", "ends"),
    [
        (date(2023, 9, 1), date(2026, 9, 1)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2025, 2, 28), date(2028, 2, 28)),
        (date(2025, 12, 31), date(2028, 12, 31)),
    ],
)
def test_zb_08_school_term_ends_three_calendar_years_later(started, ends) -> None:
    assert term_end(started) == ends


def test_zb_05_committee_from_seven_full_members() -> None:
    assert COMMITTEE_FROM == 7


@pytest.mark.parametrize(
    ("name", "school", "full"),
    [
        ("第一党支部", "示例小学", "示例小学第一党支部"),
        ("示例小学第一党支部", "示例小学", "示例小学第一党支部"),
        ("第一党支部", "", "第一党支部"),
    ],
)
def test_full_name_has_the_school_once(name, school, full) -> None:
    assert Branch(name, school).full_name == full
