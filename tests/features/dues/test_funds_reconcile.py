"""Whatever is collected, paid, taken back, handed up, spent and closed: ledger, receipts and purse agree to the 分."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

import partyroom.schema  # noqa: F401  (makes the metadata complete)
from partyroom.core.calendar import RecordedDate, add_months, stopped_at
from partyroom.core.errors import DomainError
from partyroom.features.dues.check_service import dues_problems
from partyroom.features.dues.collect_service import close_month, collect_month, record_payment, reverse_receipt
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.funds import Period, periods_of
from partyroom.features.dues.funds_service import balance_on, load_purse, reconcile, record_movement, reverse_movement
from partyroom.features.dues.ledger import Choices, Every, MovementKind, Purpose, Use, first_of
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.dues.movements import MovementDraft
from partyroom.features.dues.payments import CollectDraft, PaymentDraft
from partyroom.features.dues.tables import AssessmentRecord
from partyroom.features.dues.years_service import save_choices
from partyroom.features.members.domain import Category, MemberDraft
from partyroom.features.members.service import admit_member
from partyroom.storage.audit import leave_out_deleted
from partyroom.storage.base import Base
from partyroom.storage.engine import make_engine

YEARS = (2025, 2026)
DUES = (33_33, 20, 147_95)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(tmp_path_factory.mktemp("purse") / "library.db")
    Base.metadata.create_all(made)
    yield made
    made.dispose()


@dataclass
class World:
    """A branch whose days go by, and what a cashier with a notebook would have written down."""

    session: Session
    members: list[int]
    day: date = date(2025, 11, 3)
    receipts: list[tuple[int, int, Purpose]] = field(default_factory=list)
    movements: list[tuple[int, MovementKind, int]] = field(default_factory=list)
    notebook: Counter[str] = field(default_factory=Counter)

    def member(self, a: int) -> int:
        return self.members[a % len(self.members)]

    def got(self, number: int) -> None:
        from partyroom.features.dues.tables import ReceiptRecord

        record = self.session.get_one(ReceiptRecord, number)
        self.receipts.append((number, record.amount_fen, record.purpose))
        self.notebook[record.purpose.value] += record.amount_fen

    # What can happen

    def collect(self, a: int, _b: int) -> None:
        month = add_months(first_of(self.day), -(a % 3))
        chosen = tuple(self.members[: 1 + a % len(self.members)])
        for number in collect_month(self.session, CollectDraft(month, self.day, chosen)):
            self.got(number)

    def pay(self, a: int, b: int) -> None:
        draft = PaymentDraft(self.member(a), self.day, 1 + b % 400_00, ahead=bool(a & 1), note="补交说明")
        self.got(record_payment(self.session, draft))

    def give_large(self, a: int, b: int) -> None:
        draft = PaymentDraft(self.member(a), self.day, 1000_00 + b % 5000_00, purpose=Purpose.LARGE)
        self.got(record_payment(self.session, draft))

    def take_receipt_back(self, a: int, _b: int) -> None:
        if self.receipts:
            number, amount, purpose = self.receipts[a % len(self.receipts)]
            reverse_receipt(self.session, number, "收错", self.day)
            self.notebook[purpose.value] -= amount

    def _move(self, kind: MovementKind, amount: int, period: Period | None = None, use: Use | None = None) -> None:
        number = record_movement(self.session, MovementDraft(kind, self.day, amount, period, use))
        self.movements.append((number, kind, amount))
        self.notebook[kind.value] += amount

    def remit(self, a: int, b: int) -> None:
        period = periods_of(self.day.year, Every.QUARTER)[a % 4]
        proposal = load_purse(self.session, self.day).proposal(period)
        assert proposal is not None
        self._move(MovementKind.REMITTANCE, 1 + b % 300_00 if a & 4 else proposal.amount_fen, period)

    def remit_large(self, _a: int, b: int) -> None:
        outstanding = load_purse(self.session, self.day).large_on(self.day)
        self._move(MovementKind.LARGE_REMITTANCE, outstanding - b % 2)

    def spend(self, a: int, b: int) -> None:
        self._move(MovementKind.EXPENSE, 1 + b % 300_00, use=list(Use)[a % len(Use)])

    def grant(self, _a: int, b: int) -> None:
        self._move(MovementKind.GRANT, 1 + b % 300_00)

    def bring_forward(self, _a: int, b: int) -> None:
        self._move(MovementKind.OPENING, 1 + b % 300_00)

    def take_movement_back(self, a: int, _b: int) -> None:
        if self.movements:
            number, kind, amount = self.movements[a % len(self.movements)]
            reverse_movement(self.session, number, "记错", self.day)
            self.notebook[kind.value] -= amount

    def close(self, a: int, _b: int) -> None:
        close_month(self.session, add_months(first_of(self.day), -1 - a % 2))

    def wait(self, a: int, _b: int) -> None:
        self.day = min(self.day + timedelta(days=1 + a % 40), date(2026, 12, 31))


_WHAT: tuple[Callable[[World, int, int], None], ...] = (
    World.collect,
    World.pay,
    World.give_large,
    World.take_receipt_back,
    World.remit,
    World.remit_large,
    World.spend,
    World.grant,
    World.bring_forward,
    World.take_movement_back,
    World.close,
    World.wait,
)
_NUMBERS = st.integers(0, 2**31 - 1)
_STEPS = st.lists(st.tuples(st.sampled_from(_WHAT), _NUMBERS, _NUMBERS), max_size=25)


def _branch(session: Session) -> list[int]:
    for year in YEARS:
        save_choices(session, Choices(year, share_bp=4321))
    found = []
    for number, due in enumerate(DUES):
        since = RecordedDate("2001-07-01")
        values = {"name": f"党员{number}", "category": Category.FULL, "joined": since, "full_since": since}
        member = admit_member(session, MemberDraft.from_values(values))
        session.add(
            AssessmentRecord(
                member_id=member,
                from_month=date(2025, 1, 1),
                category=DuesCategory.EMPLOYED,
                base_fen=due * 100,
                rate_bp=100,
                before_cap_fen=due,
                due_fen=due,
                rounding_fen=1,
                rule_version="2017",
                assessed_on=date(2025, 1, 5),
            )
        )
        found.append(int(member))
    session.flush()
    return found


@settings(max_examples=40)
@given(steps=_STEPS)
def test_ledger_receipts_and_purse_agree_to_the_fen(engine: Engine, steps) -> None:
    with engine.connect() as connection, connection.begin() as transaction:
        session = Session(connection, join_transaction_mode="create_savepoint")
        event.listen(session, "do_orm_execute", leave_out_deleted)
        with stopped_at(datetime(2025, 1, 5, 9, 0)):  # noqa: DTZ001  (a branch lives in one time zone)
            world = World(session, _branch(session))
        for step, a, b in steps:
            with stopped_at(datetime.combine(world.day, time(9))):
                before = world.notebook.copy()
                try:
                    step(world, a, b)
                except DomainError:
                    assert world.notebook == before
        _assert_all_agree(world)
        session.close()
        transaction.rollback()


def _assert_all_agree(world: World) -> None:
    session, notebook = world.session, world.notebook
    session.flush()
    session.expire_all()
    assert dues_problems(session) == []
    for year in YEARS:
        assert reconcile(session, year).holds
    total = balance_on(session, world.day)
    assert total.received_fen == notebook["ordinary"]
    assert total.large_received_fen == notebook["large"]
    gained = notebook["ordinary"] + notebook["opening"] + notebook["grant"]
    assert total.balance_fen == gained - notebook["remittance"] - notebook["expense"]
    assert total.large_fen == notebook["large"] - notebook["large_remittance"]
    lines = [line for year in YEARS for line in ledger_of(session, year, world.day)]
    assert sum(line.paid_fen + line.extra_fen for line in lines) == notebook["ordinary"]
    assert sum(line.large_fen for line in lines) == notebook["large"]


def test_every_kind_of_step_is_possible(engine: Engine) -> None:
    """The property would hold of nothing if every step were refused."""
    with engine.connect() as connection, connection.begin() as transaction:
        session = Session(connection, join_transaction_mode="create_savepoint")
        event.listen(session, "do_orm_execute", leave_out_deleted)
        with stopped_at(datetime(2025, 1, 5, 9, 0)):  # noqa: DTZ001
            world = World(session, _branch(session))
        with stopped_at(datetime.combine(world.day, time(9))):
            world.collect(2, 0)
            world.pay(0, 50_00)
            world.give_large(1, 0)
            world.remit(3, 0)
            world.remit_large(0, 0)
            world.spend(1, 99)
            world.grant(0, 5)
            world.bring_forward(0, 5)
            world.take_movement_back(2, 0)
            world.take_receipt_back(0, 0)
            world.close(0, 0)
        assert len(world.movements) == 5
        assert len(world.receipts) >= 5
        _assert_all_agree(world)
        session.close()
        transaction.rollback()
