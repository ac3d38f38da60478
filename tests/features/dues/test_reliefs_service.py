"""Less or no dues by decision, reasons for arrears, accounts, and what a branch decides for a year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.dues.cells import Account
from partyroom.features.dues.domain import Change, DuesCategory, Reading, RoundingUnit
from partyroom.features.dues.ledger import Choices, Every, ReliefKind
from partyroom.features.dues.reliefs_service import (
    ReasonDraft,
    ReliefDraft,
    bin_reason,
    bin_relief,
    get_account,
    list_reasons,
    list_reliefs,
    save_account,
    save_reason,
    save_relief,
)
from partyroom.features.dues.years_service import get_choices, opened_years, save_choices
from partyroom.features.members import service as members

pytestmark = pytest.mark.usefixtures("fixed_today")
JANUARY = date(2026, 1, 1)


def relief(member: int, **more: object) -> ReliefDraft:
    both = {"branch_on": date(2026, 1, 5), "superior_on": date(2026, 1, 9)}
    return ReliefDraft(**({"member_id": member, "kind": ReliefKind.EXEMPT, "from_month": JANUARY} | both | more))


def test_df_14_c21_a_teacher_is_not_exempt_without_the_superior_committee(write, owing, library) -> None:
    member = owing()
    with pytest.raises(DomainError, match="上一级党委批准") as caught:
        write(save_relief, relief(member, superior_on=None))
    assert [problem.field for problem in caught.value.problems] == ["superior_on"]
    with pytest.raises(DomainError, match="支部研究"):
        write(save_relief, relief(member, branch_on=None))
    assert library.read(list_reliefs) == []
    write(save_relief, relief(member))
    assert [row.name for row in library.read(list_reliefs)] == ["李四"]


def test_df_11_c22_for_the_retired_the_branch_decides_alone(write, library, person, assessed) -> None:
    member = int(library.write("新", lambda s: members.admit_member(s, person("老张"))).result)
    assessed(member, 2500, 500_000, category=DuesCategory.RETIRED)
    write(save_relief, relief(member, superior_on=None))
    with pytest.raises(DomainError, match="2017年通知"):
        write(save_relief, relief(member, superior_on=None, branch_on=None))


def test_df_11_the_roster_says_who_is_retired_as_long_as_nothing_is_assessed(write, library, person) -> None:
    member = int(library.write("新", lambda s: members.admit_member(s, person("老张", employment="retired"))).result)
    assert write(save_relief, relief(member, superior_on=None)) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"until_month": date(2025, 12, 1)}, "until_month"),
        ({"kind": ReliefKind.REDUCED, "amount_fen": 0}, "amount_fen"),
        ({"superior_on": date(2026, 1, 4)}, "superior_on"),
        ({"applied_on": date(2026, 1, 6)}, "branch_on"),
    ],
)
def test_decisions_that_contradict_themselves_are_refused(change: dict[str, object], field: str, write, owing) -> None:
    with pytest.raises(DomainError) as caught:
        write(save_relief, relief(owing(), **change))
    assert [problem.field for problem in caught.value.problems] == [field]


def test_two_decisions_do_not_overlap_but_one_is_changed_and_binned(write, owing, library) -> None:
    member = owing()
    first = write(save_relief, relief(member, until_month=date(2026, 3, 20)))
    with pytest.raises(DomainError, match="重叠"):
        write(save_relief, relief(member, from_month=date(2026, 3, 1)))
    write(save_relief, relief(member, from_month=date(2026, 4, 1)))
    write(save_relief, relief(member, until_month=date(2026, 2, 1), reason="患病"), first)
    rows = library.read(lambda s: list_reliefs(s, 2026))
    assert [(row.until_month, row.draft.reason) for row in rows] == [(date(2026, 2, 1), "患病"), (None, "")]
    assert library.read(lambda s: list_reliefs(s, 2025)) == []
    assert write(bin_relief, [first]) == 1
    assert len(library.read(list_reliefs)) == 1
    with pytest.raises(DomainError, match="回收站"):
        write(bin_relief, [first])


def test_reasons_are_kept_changed_and_binned(write, owing, library) -> None:
    member = owing()
    with pytest.raises(DomainError, match="原因"):
        write(save_reason, ReasonDraft(member, JANUARY))
    with pytest.raises(DomainError, match="早于"):
        write(save_reason, ReasonDraft(member, JANUARY, date(2025, 12, 1), "住院"))
    number = write(save_reason, ReasonDraft(member, date(2026, 1, 20), None, "住院"))
    (reason,) = library.read(lambda s: list_reasons(s, member))
    assert (reason.from_month, reason.covers(date(2026, 9, 1)), reason.name) == (JANUARY, True, "李四")
    assert write(bin_reason, [number]) == 1
    assert library.read(list_reasons) == []


def test_account_is_kept_by_months(write, owing, library) -> None:
    member = owing()
    assert library.read(lambda s: get_account(s, member)) == Account(member)
    write(save_account, Account(member, date(2026, 2, 17), None, date(2026, 9, 30), "介绍信"))
    kept = Account(member, date(2026, 2, 1), None, date(2026, 9, 1), "介绍信")
    assert library.read(lambda s: get_account(s, member)) == kept
    write(save_account, replace(kept, paid_through=None))
    assert library.read(lambda s: get_account(s, member)).paid_through is None
    with pytest.raises(DomainError, match="早于"):
        write(save_account, Account(member, None, date(2026, 3, 1), date(2026, 2, 1)))


def test_year_is_opened_and_its_choices_are_changed(write, library) -> None:
    assert library.read(lambda s: get_choices(s, 2026)) is None
    chosen = Choices(
        2026,
        Reading.RULES_2008,
        Change.MONTHLY,
        RoundingUnit.JIAO,
        ("bonus",),
        100,
        6000,
        Every.MONTH,
        JANUARY,
        "支委会",
    )
    write(save_choices, Choices(2025))
    write(save_choices, Choices(2026))
    write(save_choices, chosen)
    assert library.read(lambda s: get_choices(s, 2026)) == chosen
    assert library.read(opened_years) == [2025, 2026]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"farmer_fen": 10}, "farmer_fen"),
        ({"farmer_fen": 150}, "farmer_fen"),
        ({"share_bp": 10_001}, "share_bp"),
        ({"rounding_fen": 5}, "rounding_fen"),
        ({"year": 1066}, "year"),
    ],
)
def test_df_12_c3_choices_outside_the_rules_are_refused(change: dict[str, int], field: str, write, library) -> None:
    with pytest.raises(DomainError) as caught:
        write(save_choices, replace(Choices(2026), **change))
    assert [problem.field for problem in caught.value.problems] == [field]
    assert library.read(opened_years) == []
