from __future__ import annotations

from datetime import date

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.funds import PublicationDraft, UseTotal
from partyroom.features.dues.funds_service import record_movement, reverse_movement
from partyroom.features.dues.ledger import MovementKind, ReliefKind, Share, Use
from partyroom.features.dues.movements import MovementDraft
from partyroom.features.dues.publication_report import _collected
from partyroom.features.dues.publication_service import (
    bin_publication,
    publication_of,
    publication_warning,
    publications_in,
    record_publication,
)
from partyroom.features.dues.tables import AssessmentRecord, ReliefRecord
from partyroom.features.members.service import admit_member

pytestmark = pytest.mark.usefixtures("fixed_today")


def assess(session, member: int, due_fen: int) -> None:
    session.add(
        AssessmentRecord(
            member_id=member,
            from_month=date(2026, 1, 1),
            category=DuesCategory.EMPLOYED,
            base_fen=due_fen * 100,
            rate_bp=100,
            before_cap_fen=due_fen,
            due_fen=due_fen,
            rounding_fen=1,
            rule_version="2017",
            assessed_on=date(2026, 1, 5),
        )
    )


@pytest.fixture
def branch(library, person, open_year, payer, receive) -> None:
    """张三 paid ten months of 10.00 and 5.00 more, 李四 nothing of 20.00, 王五 is exempt."""
    open_year()

    def fill(session) -> None:
        assess(session, payer, 10_00)
        assess(session, admit_member(session, person("李四")), 20_00)
        exempt = admit_member(session, person("王五"))
        relief = {"kind": ReliefKind.EXEMPT, "from_month": date(2026, 1, 1), "branch_on": date(2026, 1, 9)}
        session.add(ReliefRecord(member_id=exempt, **relief))
        session.add(ReliefRecord(member_id=exempt, **relief | {"from_month": date(2026, 2, 1)}))

    library.write("党员", fill)
    for month in range(1, 11):
        receive(date(2026, month, 10), 10_00)
    receive(date(2026, 3, 10), 5_00, Share.VOLUNTARY)


def test_df_26_publication_has_sums_of_the_months_that_are_over(library, branch) -> None:
    found = library.read(lambda session: publication_of(session, 2026))
    assert found.until == date(2026, 11, 22)
    assert (found.members, found.exempt, found.in_full, found.in_arrears) == (3, 1, 1, 1)
    assert (found.due_fen, found.paid_fen, found.extra_fen) == (300_00, 100_00, 5_00)
    assert found.balance.received_fen == 105_00


def test_df_26_publication_names_nobody_and_small_groups_are_not_told(library, branch) -> None:
    found = library.read(lambda session: publication_of(session, 2026, groups=True))
    assert [(group.members, group.due_fen) for group in found.groups] == [(3, 300_00)]
    told = repr(found)
    assert not any(name in told for name in ("张三", "李四", "王五"))
    assert library.read(lambda session: publication_of(session, 2026)).groups == ()


def test_uses_are_summed_without_what_was_taken_back(library, branch) -> None:
    def spend(session) -> None:
        for amount, use in ((300, Use.READING), (200, Use.READING), (700, Use.PRAISE)):
            record_movement(session, MovementDraft(MovementKind.EXPENSE, date(2026, 11, 2), amount, used_for=use))
        reverse_movement(session, 3, "记错")

    library.write("使用", spend)
    uses = library.read(lambda session: publication_of(session, 2026)).uses
    assert uses[:3] == (UseTotal(Use.TRAINING, 0, 0), UseTotal(Use.READING, 2, 500), UseTotal(Use.PRAISE, 0, 0))


def test_last_day_of_a_month_counts_as_its_end(library, branch) -> None:
    def due(day: date) -> int:
        return library.read(lambda session: publication_of(session, 2026, day)).due_fen

    assert (due(date(2026, 3, 30)), due(date(2026, 3, 31)), due(date(2026, 4, 1))) == (60_00, 90_00, 90_00)


def test_year_without_dues_is_not_published(library, branch) -> None:
    for year in (2025, 2027):
        with pytest.raises(DomainError, match="还没有党费记录"):
            library.read(lambda session, year=year: publication_of(session, year))


def test_df_26_report_is_noted_and_can_be_taken_to_the_bin(library, branch) -> None:
    draft = PublicationDraft(2026, date(2026, 11, 20), "党员大会", "李会计")
    made = library.write("公示", lambda session: record_publication(session, draft)).result
    found = library.read(lambda session: publications_in(session, 2026))
    assert [one.text for one in found] == ["2026年11月20日在党员大会公示（李会计）"]
    assert library.read(lambda session: publication_of(session, 2026)).published == found[0].text
    library.write("删除", lambda session: bin_publication(session, made))
    assert library.read(lambda session: publications_in(session, 2026)) == []


@pytest.mark.parametrize(
    ("draft", "complaint"),
    [
        (PublicationDraft(2026, date(2026, 11, 23), "公开栏"), "晚于今天"),
        (PublicationDraft(2026, date(2025, 12, 31), "公开栏"), "早于2026年"),
        (PublicationDraft(2026, date(2026, 11, 20), " "), "公示的方式"),
    ],
)
def test_impossible_reports_are_refused(library, draft, complaint) -> None:
    with pytest.raises(DomainError, match=complaint):
        library.write("公示", lambda session: record_publication(session, draft))


def test_df_26_year_that_ends_without_a_report_is_pointed_out(library, branch) -> None:
    def warning(year: int, day: date) -> str:
        return library.read(lambda session: publication_warning(session, year, day))

    assert warning(2026, date(2026, 11, 30)) == ""
    assert warning(2026, date(2026, 12, 1)).startswith("2026年的党费收缴情况还没有向党员公布")
    assert warning(2026, date(2027, 3, 1))
    assert warning(2025, date(2026, 12, 1)) == ""
    draft = PublicationDraft(2026, date(2026, 11, 20), "党员大会")
    library.write("公示", lambda session: record_publication(session, draft))
    assert warning(2026, date(2026, 12, 31)) == ""


def test_df_26_the_report_says_through_which_month_dues_are_told_and_who_has_no_base(library, branch, person) -> None:
    library.write("新党员", lambda session: admit_member(session, person("赵六")))
    found = library.read(lambda session: publication_of(session, 2026))
    assert (found.through, found.unknown) == (date(2026, 10, 1), 1)
    text = _collected(found)
    assert "截至10月底应交党费300.00元，实交党费100.00元" in text
    assert "经批准免交的1名，尚未核定基数的1名" in text


@pytest.mark.parametrize(("day", "through"), [(date(2026, 1, 20), None), (date(2027, 2, 3), date(2026, 12, 1))])
def test_a_whole_year_and_its_beginning_need_no_month(library, branch, day, through) -> None:
    found = library.read(lambda session: publication_of(session, 2026, day))
    assert found.through == through
    assert "月底" not in _collected(found)
