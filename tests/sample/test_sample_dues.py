from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from partyroom.features.dues.arrears import ArrearsLevel
from partyroom.features.dues.assessments_service import assessments_of, check_assessment
from partyroom.features.dues.cells import LedgerLine
from partyroom.features.dues.check_service import dues_problems
from partyroom.features.dues.collect_service import list_closings
from partyroom.features.dues.funds import periods_of
from partyroom.features.dues.funds_service import (
    MovementQuery,
    list_movement_ids,
    list_movement_rows,
    load_purse,
    reconcile,
)
from partyroom.features.dues.ledger import CellState, DueKind, Every, MovementKind, Purpose, ReliefKind
from partyroom.features.dues.ledger_service import arrears_of, ledger_of
from partyroom.features.dues.publication_service import publications_in
from partyroom.features.dues.receipts_service import ReceiptQuery, ReceiptRow, list_receipt_ids, list_receipt_rows
from partyroom.features.dues.reliefs_service import list_reasons, list_reliefs
from partyroom.features.dues.years_service import get_choices
from partyroom.features.meetings.service import get_meeting, meeting_ids_between
from partyroom.storage.library import Library


@pytest.fixture
def lines(sample: Library) -> dict[str, LedgerLine]:
    return {line.name: line for line in sample.read(lambda session: ledger_of(session, 2026))}


@pytest.fixture
def receipts(sample: Library) -> list[ReceiptRow]:
    return sample.read(lambda session: list_receipt_rows(session, list_receipt_ids(session, ReceiptQuery())))


def states(line: LedgerLine) -> list[CellState]:
    return [cell.state for cell in line.cells]


def test_the_year_is_opened_with_its_choices(sample: Library) -> None:
    choices = sample.read(lambda session: get_choices(session, 2026))
    assert choices is not None
    assert (choices.share_bp, choices.every) == (10_000, Every.QUARTER)
    assert choices.note


def test_everything_reconciles(sample: Library) -> None:
    assert sample.read(dues_problems) == []
    result = sample.read(lambda session: reconcile(session, 2026))
    assert result.holds
    assert result.received_fen > 2_000_000
    assert result.large_balance_fen == 0


def test_everybody_in_the_party_has_a_base_and_nothing_about_it_is_odd(
    sample: Library, lines: dict[str, LedgerLine]
) -> None:
    rows = sample.read(lambda session: assessments_of(session, 2026))
    assert len(rows) == len(lines) == 27
    details = [detail for row in rows for detail in row.history]
    assert len(details) == 28  # one has retired since
    for detail in details:
        assert len(detail.items) >= 2, detail.name
        assert 300_000 < detail.base_fen < 1_000_000, detail.name
        warnings = sample.read(partial(check_assessment, draft=detail.draft, assessment_id=detail.id))
        assert warnings == (), detail.name
    assert {row.state.value for row in rows} == {"assessed"}
    assert {detail.rate_bp for detail in details} == {50, 100, 150}


def test_no_month_is_without_a_base(lines: dict[str, LedgerLine]) -> None:
    assert not [line.name for line in lines.values() if CellState.UNKNOWN in states(line)]


def test_newcomers_pay_from_their_month(lines: dict[str, LedgerLine]) -> None:
    first = {name: next(cell.month for cell in lines[name].cells if cell.kind is DueKind.DUE) for name in lines}
    assert first.pop("曹天三") == date(2026, 6, 1)
    assert first.pop("施酉十") == date(2026, 9, 1)
    assert set(first.values()) == {date(2026, 1, 1)}


def test_who_retired_pays_by_the_pension_from_the_next_month(lines: dict[str, LedgerLine]) -> None:
    january, february = lines["严地四"].cells[:2]
    assert february.due_fen < january.due_fen


def test_exceptions_stand_in_the_ledger(lines: dict[str, LedgerLine]) -> None:
    assert states(lines["褚辛八"])[3:6] == [CellState.PAID, CellState.AHEAD, CellState.AHEAD]
    assert states(lines["何未八"])[:3] == [CellState.LATE, CellState.LATE, CellState.PAID]
    assert states(lines["韩丑二"])[9:] == [CellState.EXEMPT] * 3
    assert [cell.due_fen for cell in lines["周𬭎三"].cells[2:8]] == [3000] * 6
    assert lines["钱乙二"].extra_fen == 5000
    assert lines["华玄五"].large_fen == 100_000
    assert states(lines["杨寅三"])[7:10] == [CellState.ARREARS] * 3


def test_one_has_not_paid_for_three_months_and_gave_a_reason(sample: Library) -> None:
    (line,) = sample.read(arrears_of)
    assert (line.name, line.run, line.level) == ("杨寅三", 3, ArrearsLevel.HINT)
    (reason,) = sample.read(list_reasons)
    assert reason.accepted_on is None


def test_reliefs_have_their_decisions(sample: Library) -> None:
    reliefs = sample.read(list_reliefs)
    assert {relief.kind for relief in reliefs} == set(ReliefKind)
    for relief in reliefs:
        assert relief.applied_on
        assert relief.branch_on
        assert relief.superior_on
        assert relief.applied_on <= relief.branch_on <= relief.superior_on
        assert relief.superior


def test_a_wrong_receipt_was_reversed_and_written_anew(receipts: list[ReceiptRow]) -> None:
    found = [row for row in receipts if row.name == "郑丁四" and row.received_on.month == 5]
    assert sorted(row.amount_fen for row in found) == [-10_080, 9_080, 10_080]


def test_the_large_sum_has_a_receipt_of_its_own_and_a_relative_is_named(receipts: list[ReceiptRow]) -> None:
    (large,) = [row for row in receipts if row.purpose is Purpose.LARGE]
    assert (large.received_on, large.amount_fen) == (date(2026, 7, 1), 100_000)
    assert [row.name for row in receipts if "配偶" in row.payer_text] == ["卫壬九"]


def test_months_are_closed_early_in_the_next_one(sample: Library) -> None:
    closings = sample.read(lambda session: list_closings(session, 2026))
    assert [one.month.month for one in closings] == list(range(1, 10))
    assert all(one.received_fen > 0 for one in closings)


def test_who_was_at_the_latest_theme_day_paid_there_and_nobody_else(
    sample: Library, receipts: list[ReceiptRow]
) -> None:
    on = date(2026, 11, 20)
    (number,) = sample.read(lambda session: meeting_ids_between(session, on, on))
    meeting = sample.read(lambda session: get_meeting(session, number)).draft
    here = {line.name for line in meeting.attendance if line.state.here and line.expected}
    paid = {row.name for row in receipts if row.received_on == on}
    assert paid == here - {"杨寅三", "韩丑二"}  # one owes since August, one is exempt
    assert {row.occasion for row in receipts if row.received_on == on} == {meeting.title}


def test_three_quarters_went_up_whole_with_slips(sample: Library) -> None:
    purse = sample.read(load_purse)
    for period in periods_of(2026, Every.QUARTER)[:3]:
        proposal = purse.proposal(period)
        assert proposal is not None
        assert proposal.amount_fen == 0
        assert proposal.handed_fen == proposal.received_fen
    rows = sample.read(
        lambda session: list_movement_rows(session, list_movement_ids(session, MovementQuery(kind="remittance")))
    )
    assert len(rows) == 3
    assert all(row.scan and row.voucher for row in rows)


def test_what_was_used_was_decided_before(sample: Library) -> None:
    rows = sample.read(lambda session: list_movement_rows(session, list_movement_ids(session, MovementQuery())))
    kinds = [row.kind for row in rows]
    assert {kind: kinds.count(kind) for kind in MovementKind} == {
        MovementKind.OPENING: 1,
        MovementKind.GRANT: 1,
        MovementKind.REMITTANCE: 3,
        MovementKind.LARGE_REMITTANCE: 1,
        MovementKind.EXPENSE: 2,
    }
    for row in rows:
        if row.kind is MovementKind.EXPENSE:
            assert row.decided
            assert row.approved
            assert row.voucher
            assert row.decided[:10] <= row.approved[:10] <= f"{row.on_day:%Y.%m.%d}"


def test_the_members_were_told_in_the_middle_of_the_year(sample: Library) -> None:
    (row,) = sample.read(lambda session: publications_in(session, 2026))
    assert row.on_day == date(2026, 7, 10)
