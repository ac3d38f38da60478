"""What a month asks and how a member stands for it, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from partyroom.core.calendar import RecordedDate
from partyroom.features.dues.cells import (
    Account,
    MonthDue,
    Paid,
    Person,
    Relief,
    Span,
    Standard,
    cell_of,
    due_in,
    percent,
    span_of,
)
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.ledger import CellState, DueKind, ReliefKind, Share, months_label, months_of
from partyroom.features.members.domain import Category, Standing

OPEN = Span()
MARCH = date(2026, 3, 1)
TEACHER = Standard(date(2026, 1, 1), DuesCategory.EMPLOYED, 510_000, 150, 7650)


def person(**fields: object) -> Person:
    dates = {key: RecordedDate(text) if type(text) is str else text for key, text in fields.items()}
    return Person(**{"id": 1, "name": "张三", "category": Category.FULL, **dates})


def month(number: int, year: int = 2026) -> date:
    return date(year, number, 1)


def test_df_15_c7_dues_begin_in_the_month_of_the_branch_meeting() -> None:
    span = span_of(person(category=Category.PROBATIONARY, joined="2026-03-20"))
    assert span.first == month(3)
    assert [span.covers(month(n)) for n in (2, 3, 4)] == [False, True, True]


def test_df_32_who_was_transferred_in_pays_from_the_month_after_the_one_paid_through() -> None:
    arrived = person(joined="2001-07-01", arrived="2026-05-10")
    assert span_of(arrived).first == month(5)
    assert span_of(arrived, Account(1, paid_through=month(2))).first == month(3)
    assert span_of(arrived, Account(1, paid_through=month(12, 2025))).first == month(1)
    assert span_of(arrived, Account(1, paid_through=month(2), start_month=month(6))).first == month(6)


@pytest.mark.parametrize(
    ("left", "last"),
    [("2026-05-10", 5), ("2026-05-01", 4), ("2026-05", 5), ("2026-05-31", 5)],
)
def test_df_16_dues_end_with_the_month_of_leaving(left: str, last: int) -> None:
    assert span_of(person(left=left)).last == month(last)
    assert span_of(person(left=left), Account(1, stop_month=month(2))).last == month(2)


def test_who_is_gone_without_a_date_or_never_was_a_member_owes_nothing() -> None:
    assert not span_of(person(standing=Standing.TRANSFERRED)).covers(MARCH)
    assert span_of(person(standing=Standing.TRANSFERRED), Account(1, stop_month=month(4))).covers(MARCH)
    assert not span_of(person(category=Category.APPLICANT)).covers(MARCH)
    assert not span_of(person(category=None)).covers(MARCH)
    assert span_of(person(category=None, joined="2001-07-01")).covers(MARCH)


def test_df_17_c9_by_the_yearly_reading_the_base_holds_to_december() -> None:
    fixed = Standard(month(1), DuesCategory.EMPLOYED, 490_000, 100, 4900)
    next_year = Standard(month(1, 2027), DuesCategory.EMPLOYED, 510_000, 150, 7650)
    dues = [due_in(one, OPEN, (next_year, fixed), ()).due_fen for one in (*months_of(2026), month(1, 2027))]
    assert dues == [4900] * 12 + [7650]


def test_df_17_c9_by_the_reading_of_2008_new_pay_counts_from_its_month() -> None:
    fixed = Standard(month(1), DuesCategory.EMPLOYED, 490_000, 100, 4900)
    raised = Standard(month(4), DuesCategory.EMPLOYED, 510_000, 150, 7650)
    dues = [due_in(one, OPEN, (fixed, raised), ()).due_fen for one in months_of(2026)]
    assert dues == [4900] * 3 + [7650] * 9


def test_df_11_c12_who_retires_pays_by_the_pension_from_the_month_it_was_assessed_for() -> None:
    working = Standard(month(1), DuesCategory.EMPLOYED, 760_000, 150, 11400)
    retired = Standard(month(5), DuesCategory.RETIRED, 620_000, 100, 6200)
    dues = [due_in(month(n), OPEN, (working, retired), ()).due_fen for n in (4, 5, 12)]
    assert dues == [11400, 6200, 6200]


def test_a_base_of_last_year_runs_on_and_says_so() -> None:
    assert not due_in(month(12), OPEN, (TEACHER,), ()).carried
    later = due_in(month(1, 2027), OPEN, (TEACHER,), ())
    assert (later.due_fen, later.carried) == (7650, True)
    student = Standard(month(1), DuesCategory.STUDENT, 0, 0, 20)
    assert not due_in(month(1, 2027), OPEN, (student,), ()).carried


def test_without_an_assessment_the_month_is_unknown_not_free() -> None:
    assert due_in(month(1, 2025), OPEN, (TEACHER,), ()).kind is DueKind.UNKNOWN


@pytest.mark.parametrize(
    ("relief", "kind", "due"),
    [
        (Relief(ReliefKind.EXEMPT, month(1)), DueKind.EXEMPT, 0),
        (Relief(ReliefKind.EXEMPT, month(4)), DueKind.DUE, 7650),
        (Relief(ReliefKind.EXEMPT, month(1), month(2)), DueKind.DUE, 7650),
        (Relief(ReliefKind.REDUCED, month(1), month(3), 500), DueKind.REDUCED, 500),
        (Relief(ReliefKind.REDUCED, month(1), None, 9999), DueKind.REDUCED, 7650),
    ],
)
def test_df_14_relief_holds_in_its_months_only(relief: Relief, kind: DueKind, due: int) -> None:
    asked = due_in(MARCH, OPEN, (TEACHER,), (relief,))
    assert (asked.kind, asked.due_fen) == (kind, due)


def due(amount: int = 7650, kind: DueKind = DueKind.DUE) -> MonthDue:
    return MonthDue(MARCH, kind, amount)


def paid(amount: int, day: date = date(2026, 3, 12), share: Share = Share.DUE) -> Paid:
    return Paid(day, share, amount)


@pytest.mark.parametrize(
    ("parts", "day", "state"),
    [
        ([], date(2026, 3, 31), CellState.OPEN),
        ([], date(2026, 4, 1), CellState.ARREARS),
        ([paid(5000)], date(2026, 4, 1), CellState.PARTIAL),
        ([paid(7650)], date(2026, 4, 1), CellState.PAID),
        ([paid(7650, date(2026, 3, 31))], date(2026, 4, 1), CellState.PAID),
        ([paid(7650, date(2026, 4, 1))], date(2026, 4, 1), CellState.LATE),
        ([paid(7650, date(2026, 2, 28))], date(2026, 4, 1), CellState.AHEAD),
        ([paid(7000), paid(650, date(2026, 5, 2))], date(2026, 6, 1), CellState.LATE),
        ([paid(7650, share=Share.VOLUNTARY)], date(2026, 4, 1), CellState.ARREARS),
    ],
)
def test_cell_tells_how_the_member_stands(parts: list[Paid], day: date, state: CellState) -> None:
    assert cell_of(due(), parts, day).state is state


def test_df_19_more_than_due_is_counted_apart_and_money_never_gets_lost() -> None:
    cell = cell_of(due(), [paid(10_000), paid(500, share=Share.VOLUNTARY)], date(2026, 4, 1))
    assert (cell.paid_fen, cell.extra_fen, cell.open_fen) == (7650, 2850, 0)
    assert "自愿多交28.50元" in cell.tip


def test_large_sums_do_not_pay_a_month() -> None:
    cell = cell_of(due(), [paid(100_000, share=Share.LARGE)], date(2026, 4, 1))
    assert (cell.paid_fen, cell.extra_fen, cell.state) == (0, 0, CellState.ARREARS)


def test_exempt_unknown_and_free_months_are_told_apart() -> None:
    kinds = (DueKind.EXEMPT, DueKind.UNKNOWN, DueKind.NONE)
    states = [cell_of(due(0, kind), [], date(2026, 9, 1)).state for kind in kinds]
    assert states == [CellState.EXEMPT, CellState.UNKNOWN, CellState.NONE]


@pytest.mark.parametrize(("rate", "text"), [(50, "0.5%"), (100, "1%"), (150, "1.5%"), (125, "1.25%")])
def test_rate_is_written_without_needless_zeros(rate: int, text: str) -> None:
    assert percent(rate) == text


def test_months_are_named_in_runs() -> None:
    assert months_label([month(3), month(1), month(2), month(5)]) == "2026年1—3月、5月"
    assert months_label([month(12, 2025), month(1)]) == "2025年12月—2026年1月"
    assert months_label([month(1), month(2)], year=False) == "1—2月"


def test_df_29_a_new_year_asks_for_a_new_base_and_says_which_months_use_the_old_one() -> None:
    new = replace(TEACHER, from_month=month(3, 2027), due_fen=9000)
    months = [due_in(month(number, 2027), OPEN, (TEACHER, new), ()) for number in (1, 2, 3)]
    assert [(due.due_fen, due.carried) for due in months] == [(7650, True), (7650, True), (9000, False)]
