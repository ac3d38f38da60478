"""Whatever is paid in whatever order: the ledger is the same, every 分 is found again, and nothing is a float."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partyroom.features.dues import cells
from partyroom.features.dues.collect_service import preview_payment, record_payment, reverse_receipt
from partyroom.features.dues.ledger import Share
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.dues.payments import AllocationDraft, PaymentDraft
from partyroom.features.dues.tables import AllocationRecord, ReceiptRecord
from partyroom.storage.library import Library

pytestmark = pytest.mark.usefixtures("fixed_today")
SLOW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
DAYS = st.dates(date(2026, 1, 1), date(2026, 11, 22))
PARTS = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from([Share.DUE, Share.VOLUNTARY]), st.integers(1, 20_000)),
    min_size=1,
    max_size=3,
)
SAID = st.lists(st.tuples(st.integers(0, 1), DAYS, PARTS), min_size=1, max_size=6)
LOOSE = st.lists(st.tuples(st.integers(0, 1), DAYS, st.integers(1, 150_000), st.booleans()), min_size=1, max_size=6)


@pytest.fixture
def two(open_year, owing, library) -> tuple[int, int]:
    open_year()
    return owing("甲某"), owing("乙某", 4900, 490_000, category="probationary", joined="2026-03-20", full_since=None)


class _UndoneError(Exception):
    """Ends a block whose changes are not to stay."""


@contextmanager
def tried(library: Library) -> Iterator[list[Session]]:
    """Lets many examples use one library: each leaves it as it was."""
    work: list[object] = []
    yield work  # type: ignore[misc]

    def run(session: Session) -> None:
        for step in work:
            step(session)  # type: ignore[operator]
        raise _UndoneError

    with pytest.raises(_UndoneError):
        library.write("试", run)


def explicit(members: tuple[int, int], which: int, day: date, parts: list[tuple[int, Share, int]]) -> PaymentDraft:
    said = tuple(AllocationDraft(date(2026, month, 1), share, amount) for month, share, amount in parts)
    total = sum(amount for _, _, amount in parts)
    return PaymentDraft(members[which], day, total, allocations=said, note="性质试验")


@SLOW
@given(SAID, st.randoms(use_true_random=False))
def test_order_of_payments_makes_no_difference(library, two, payments, random) -> None:
    drafts = [explicit(two, *payment) for payment in payments]
    other = list(drafts)
    random.shuffle(other)
    seen: list[object] = []
    for order in (drafts, other):
        with tried(library) as work:
            work += [lambda s, one=one: record_payment(s, one) for one in order]
            work.append(lambda s: seen.append(ledger_of(s, 2026)))
    assert seen[0] == seen[1]


@SLOW
@given(LOOSE)
def test_sum_of_allocations_is_sum_of_receipts_is_sum_of_ledger(library, two, payments) -> None:
    def check(session: Session) -> None:
        taken = 0
        for which, day, amount, ahead in payments:
            draft = PaymentDraft(two[which], day, amount, ahead=ahead, note="性质试验")
            if not preview_payment(session, draft).problems:
                record_payment(session, draft)
                taken += amount
        lines = ledger_of(session, 2026)
        assert sum(line.paid_fen + line.extra_fen + line.large_fen for line in lines) == taken
        assert session.scalar(select(func.coalesce(func.sum(AllocationRecord.amount_fen), 0))) == taken
        assert session.scalar(select(func.coalesce(func.sum(ReceiptRecord.amount_fen), 0))) == taken
        for line in lines:
            assert all(0 <= cell.paid_fen <= cell.due_fen for cell in line.cells)
            assert line.paid_fen == sum(cell.paid_fen for cell in line.cells)

    with tried(library) as work:
        work.append(check)


@SLOW
@given(LOOSE, st.tuples(st.integers(0, 1), DAYS, st.integers(1, 90_000), st.booleans()))
def test_reversal_restores_the_ledger_exactly(library, two, payments, last) -> None:
    def check(session: Session) -> None:
        for which, day, amount, ahead in payments:
            draft = PaymentDraft(two[which], day, amount, ahead=ahead, note="性质试验")
            if not preview_payment(session, draft).problems:
                record_payment(session, draft)
        before = ledger_of(session, 2026)
        which, day, amount, ahead = last
        receipt = record_payment(session, PaymentDraft(two[which], day, amount, ahead=ahead, note="性质试验"))
        assert ledger_of(session, 2026) != before
        back = reverse_receipt(session, receipt, "性质试验")
        assert ledger_of(session, 2026) == before
        left = (
            select(func.sum(AllocationRecord.amount_fen))
            .where(AllocationRecord.receipt_id.in_([receipt, back]))
            .group_by(AllocationRecord.month, AllocationRecord.share)
        )
        assert set(session.scalars(left)) == {0}

    with tried(library) as work:
        work.append(check)


def _has_float(value: object) -> bool:
    if is_dataclass(value) and not isinstance(value, type):
        return any(_has_float(getattr(value, one.name)) for one in fields(value))
    if isinstance(value, (tuple, list)):
        return any(_has_float(one) for one in value)
    return isinstance(value, float)


def test_no_float_comes_out_of_the_ledger(library, two) -> None:
    lines = library.read(lambda session: ledger_of(session, 2026))
    assert len(lines) == 2
    assert not _has_float(lines)


MODULES = sorted(
    path
    for path in Path(cells.__file__).parent.glob("*.py")
    if not path.stem.endswith(("page", "dialog", "model", "report")) and "chart" not in path.stem  # millimetres
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_float_is_written_in_the_reckoning_of_dues(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    written = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is float]
    called = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "float"]
    assert written + called == []
