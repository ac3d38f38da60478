from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.features.dues.arrears import ArrearsLevel
from partyroom.features.dues.cells import Cell, LedgerLine, MonthDue
from partyroom.features.dues.charts import MonthCollected, year_charts
from partyroom.features.dues.ledger import CellState, DueKind, months_of
from partyroom.features.dues.plot_page import ticks

DAY = date(2026, 4, 10)
APRIL = date(2026, 4, 1)


def line(member: int, *amounts: tuple[int, int]) -> LedgerLine:
    """A member's year: (due, paid) of the first months, nothing for the others."""
    padded = (*amounts, *((0, 0),) * (12 - len(amounts)))
    cells = tuple(
        Cell(month, DueKind.DUE, due, min(due, paid), max(0, paid - due), CellState.PAID, None, False, "")
        for month, (due, paid) in zip(months_of(2026), padded, strict=True)
    )
    return LedgerLine(
        member, f"党员{member}", "", "", "", None, 0, cells, sum(cell.due_fen for cell in cells), 0, 0, 0, ""
    )


def charts(*lines: LedgerLine, levels=None, dues=()):
    return year_charts(2026, lines, levels or {}, dues, APRIL, DAY)


def test_months_show_what_was_due_paid_and_given_besides() -> None:
    found = charts(line(1, (500, 500), (500, 0)), line(2, (300, 450), (300, 300)))
    assert found.collected[:3] == (
        MonthCollected(date(2026, 1, 1), 800, 800, 150),
        MonthCollected(date(2026, 2, 1), 800, 300, 0),
        MonthCollected(date(2026, 3, 1), 0, 0, 0),
    )
    assert [month.rate for month in found.collected[:3]] == ["100%", "37.5%", "—"]
    assert found.collected_text == "全年应交 16.00 元，实交 11.00 元（68.8%），另有自愿多交 1.50 元。"


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_rate_is_whole_only_when_every_fen_is_paid(due, missing) -> None:
    month = MonthCollected(APRIL, due, max(due - missing, 0), 0)
    assert (month.rate == "100%") == (missing == 0)


def test_df_22_arrears_count_only_months_that_are_over_by_the_step_reached() -> None:
    owing = [(500, 0)] * 12
    found = charts(
        line(1, *owing), line(2, (300, 300), (300, 100)), line(3, (200, 200)), levels={1: ArrearsLevel.HINT, 2: None}
    )
    assert [month.people for month in found.arrears[:5]] == [
        (0, 1, 0, 0),
        (1, 1, 0, 0),
        (0, 1, 0, 0),
        (0, 0, 0, 0),
        (0, 0, 0, 0),
    ]
    assert [month.owed_fen for month in found.arrears[:4]] == [500, 700, 500, 0]
    assert found.arrears_text == "已结束的月份共欠交 17.00 元，人数最多的是2月（2人）。"


def test_standards_stand_from_low_to_high_then_fixed_reduced_exempt_unknown() -> None:
    dues = [
        MonthDue(APRIL, DueKind.EXEMPT),
        MonthDue(APRIL, DueKind.DUE, 2000, 100_000, 200),
        MonthDue(APRIL, DueKind.DUE, 20),
        MonthDue(APRIL, DueKind.UNKNOWN),
        MonthDue(APRIL, DueKind.DUE, 50, 10_000, 50),
        MonthDue(APRIL, DueKind.REDUCED, 10, 10_000, 50),
        MonthDue(APRIL, DueKind.DUE, 60, 12_000, 50),
        MonthDue(APRIL, DueKind.NONE),
    ]
    found = charts(dues=dues)
    assert [(part.label, part.people, part.due_fen) for part in found.parts] == [
        ("0.5%", 2, 110),
        ("2%", 1, 2000),
        ("定额", 1, 20),
        ("少交", 1, 10),
        ("免交", 1, 0),
        ("未核定", 1, 0),
    ]
    assert found.composition_text == (
        "2026年4月共7人：0.5%的2人，2%的1人，定额的1人，少交的1人，免交的1人，未核定的1人。"
    )


def test_empty_year_says_nothing() -> None:
    found = charts()
    assert (found.collected_text, found.arrears_text, found.composition_text) == ("", "", "")


@pytest.mark.parametrize(
    ("top", "money", "marks"),
    [
        (3, False, ["0", "1", "2", "3"]),
        (25, False, ["0", "5", "10", "15", "20", "25"]),
        (60, False, ["0", "10", "20", "30", "40", "50", "60"]),
        (766_40, True, ["0", "200", "400", "600"]),
        (12_000_00, True, ["0", "2,000", "4,000", "6,000", "8,000", "10,000", "12,000"]),
        (0, True, ["0"]),
    ],
)
def test_axis_has_few_round_marks(top, money, marks) -> None:
    assert [text for _, text in ticks(top, money=money)] == marks
