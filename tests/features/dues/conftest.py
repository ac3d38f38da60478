"""Members who pay, and money put into the books without the screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import now
from partyroom.features.dues.domain import Change, DuesCategory, Reading
from partyroom.features.dues.ledger import Every, Method, PayerKind, Purpose, Share, first_of
from partyroom.features.dues.page import DuesPage
from partyroom.features.dues.tables import (
    AllocationRecord,
    AssessmentRecord,
    ClosingRecord,
    ReceiptRecord,
    YearRecord,
)
from partyroom.features.members import service as members
from partyroom.storage.library import Library


@pytest.fixture
def open_year(library: Library) -> Callable[..., None]:
    """Opens a year of dues with a share and how often it is handed up."""

    def do(year: int = 2026, share_bp: int = 10_000, every: Every = Every.QUARTER) -> None:
        record = YearRecord(
            year=year, reading=Reading.NOTICE_2017, change=Change.YEARLY, share_bp=share_bp, every=every, counted=[]
        )
        library.write("开设年度", lambda session: session.add(record))

    return do


@pytest.fixture
def payer(library: Library, person: Callable[..., object]) -> int:
    """The id of a member."""
    return int(library.write("新党员", lambda s: members.admit_member(s, person("张三"))).result)


def put_receipt(
    session: Session, member_id: int, day: date, amount_fen: int, share: Share = Share.DUE, reverses: int | None = None
) -> int:
    """A receipt with one allocation, numbered like the real ones."""
    number = session.scalar(select(func.max(ReceiptRecord.number)).where(ReceiptRecord.year == day.year)) or 0
    record = ReceiptRecord(
        year=day.year,
        number=number + 1,
        received_on=day,
        member_id=member_id,
        name="张三",
        purpose=Purpose.LARGE if share is Share.LARGE else Purpose.ORDINARY,
        method=Method.CASH,
        payer=PayerKind.SELF,
        amount_fen=amount_fen,
        reverses_id=reverses,
        entered_at=now(),
        allocations=[AllocationRecord(month=first_of(day), share=share, amount_fen=amount_fen)],
    )
    session.add(record)
    session.flush()
    return record.id


@pytest.fixture
def receive(library: Library, payer: int) -> Callable[..., int]:
    """Puts a receipt of the member into the books: day, 分, share, the receipt it reverses."""

    def do(day: date, amount_fen: int, share: Share = Share.DUE, reverses: int | None = None) -> int:
        work = lambda session: put_receipt(session, payer, day, amount_fen, share, reverses)  # noqa: E731
        return int(library.write("收款", work).result)

    return do


@pytest.fixture
def close(library: Library) -> Callable[[date], None]:
    """Closes a month without its lines."""

    def do(month: date) -> None:
        record = ClosingRecord(month=month, closed_at=now(), received_fen=0)
        library.write("结账", lambda session: session.add(record))

    return do


@pytest.fixture
def write(library: Library) -> Callable[..., object]:
    """Runs a use case in a transaction of its own and returns its result."""
    return lambda work, *arguments: library.write("党费", lambda session: work(session, *arguments)).result


@pytest.fixture
def assessed(library: Library) -> Callable[..., None]:
    """Puts an assessment into the books: from which month, how much a month, by which base."""

    def do(
        member_id: int,
        due_fen: int,
        base_fen: int = 400_000,
        month: date = date(2026, 1, 1),
        category: DuesCategory = DuesCategory.EMPLOYED,
    ) -> None:
        record = AssessmentRecord(
            member_id=member_id,
            from_month=month,
            category=category,
            base_fen=base_fen,
            rate_bp=due_fen * 10_000 // base_fen,
            before_cap_fen=due_fen,
            due_fen=due_fen,
            rounding_fen=1,
            rule_version="2017",
            assessed_on=month,
        )
        library.write("核定", lambda session: session.add(record))

    return do


@pytest.fixture
def owing(library: Library, person: Callable[..., object], assessed: Callable[..., None]) -> Callable[..., int]:
    """Makes a member who owes so much a month from January 2026 on: name, 分, further fields of the roster."""

    def make(name: str = "李四", due_fen: int = 7650, base_fen: int = 510_000, **fields: object) -> int:
        member = int(library.write("新党员", lambda s: members.admit_member(s, person(name, **fields))).result)
        assessed(member, due_fen, base_fen)
        return member

    return make


@pytest.fixture
def page(desk, qtbot, fixed_today) -> DuesPage:
    """The page of the dues, shown."""
    made = DuesPage(desk)
    qtbot.addWidget(made)
    made.resize(1140, 660)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    assert desk.tasks.wait_idle(20_000)
    return made
