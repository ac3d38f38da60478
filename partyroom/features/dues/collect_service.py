"""Use cases of collecting: record a payment, collect a month from everybody, take a receipt back, close a month.

A receipt is never edited: a wrong one is reversed by another that names it, dated in a month that is still open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import chinese_date, now, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.money import yuan
from partyroom.core.text import clean_text, one_line
from partyroom.features.dues.cells import Books
from partyroom.features.dues.ledger import (
    DueKind,
    PayerKind,
    Purpose,
    Share,
    first_of,
    last_day_of,
    month_label,
    months_between,
    months_label,
)
from partyroom.features.dues.ledger_service import load_books
from partyroom.features.dues.payments import (
    AllocationDraft,
    CollectDraft,
    PaymentDraft,
    PaymentPlan,
    check_payer,
    plan_payment,
)
from partyroom.features.dues.tables import AllocationRecord, ClosedLineRecord, ClosingRecord, ReceiptRecord
from partyroom.features.dues.years_service import opened_years


@dataclass(frozen=True, slots=True)
class ClosingRow:
    """A month that was closed."""

    month: date
    closed_by: str
    received_fen: int
    note: str


def record_payment(session: Session, draft: PaymentDraft) -> int:
    """Write down a payment as `preview_payment` shows it, and return the receipt's id.

    Raises:
        DomainError: the day is to come or lies in a closed month, somebody who pays no dues or may not bring the money
            is named, or the amounts contradict one another or the rules.
    """
    books = _books_for(session, draft)
    plan = _planned(session, books, draft)
    if plan.problems:
        raise DomainError(*plan.problems)
    consent = f"经支部同意：{draft.consent_note.strip()}" if draft.consent_note.strip() else ""
    receipt = ReceiptRecord(
        received_on=draft.received_on,
        year=draft.received_on.year,
        number=_next_number(session, draft.received_on.year),
        member_id=draft.member_id,
        name=books.people[draft.member_id].name,
        purpose=plan.purpose,
        method=draft.method,
        payer=draft.payer,
        payer_name=one_line(draft.payer_name) if draft.payer is not PayerKind.SELF else "",
        amount_fen=draft.amount_fen,
        occasion=one_line(draft.occasion),
        collector=one_line(draft.collector),
        note=clean_text("；".join(part for part in (draft.note.strip(), consent) if part)),
        entered_at=now(),
        allocations=_records(plan.allocations),
    )
    session.add(receipt)
    session.flush()
    return receipt.id


def preview_payment(session: Session, draft: PaymentDraft) -> PaymentPlan:
    """How a payment would be spread, with what the rules say about it and what keeps it from being recorded."""
    return _planned(session, _books_for(session, draft), draft)


def _planned(session: Session, books: Books, draft: PaymentDraft) -> PaymentPlan:
    problems = [*_day_problems(session, draft.received_on), *_member_problem(books, draft.member_id)]
    try:
        warnings = check_payer(draft)
    except DomainError as error:
        warnings, problems = (), [*problems, *error.problems]
    if draft.member_id not in books.people:
        return PaymentPlan((), warnings, tuple(problems), draft.purpose)
    plan = plan_payment(books, draft)
    problems += plan.problems
    if plan.purpose is Purpose.ORDINARY:
        problems += _year_problems(books, plan)
    return PaymentPlan(plan.allocations, (*warnings, *plan.warnings), tuple(problems), plan.purpose)


def collect_month(session: Session, draft: CollectDraft) -> list[int]:
    """Take the whole open due of a month from each of the members named, and return the receipts' ids.

    Who owes nothing for the month, or has paid, gets no receipt.

    Raises:
        DomainError: the year is not opened, the day is to come or lies in a closed month, or somebody named is gone or
            is no Party member; nothing is recorded then.
    """
    month = first_of(draft.month)
    ids = list(dict.fromkeys(draft.member_ids))
    books = load_books(session, month, month, max(today(), draft.received_on), ids)
    problems = _day_problems(session, draft.received_on)
    if month.year not in books.years:
        problems.append(_not_opened(month.year))
    for member_id in ids:
        problems += _member_problem(books, member_id)
    if problems:
        raise DomainError(*problems)
    number = _next_number(session, draft.received_on.year)
    entered, occasion, collector = now(), one_line(draft.occasion), one_line(draft.collector)
    receipts: list[ReceiptRecord] = []
    for member_id in ids:
        amount = books.cell(member_id, month).open_fen
        if amount == 0:
            continue
        receipts.append(
            ReceiptRecord(
                received_on=draft.received_on,
                year=draft.received_on.year,
                number=number + len(receipts),
                member_id=member_id,
                name=books.people[member_id].name,
                purpose=Purpose.ORDINARY,
                method=draft.method,
                payer=PayerKind.SELF,
                amount_fen=amount,
                occasion=occasion,
                collector=collector,
                entered_at=entered,
                allocations=_records([AllocationDraft(month, Share.DUE, amount)]),
            )
        )
    session.add_all(receipts)
    session.flush()
    return [receipt.id for receipt in receipts]


def reverse_receipt(session: Session, receipt_id: int, reason: str, day: date | None = None) -> int:
    """Take a receipt back by a new negative one that names it, dated `day` (today), and return the new one's id.

    Raises:
        DomainError: the receipt is gone, is itself a reversal or was reversed before, no reason is given, or the day is
            to come, before the receipt's, or in a closed month.
    """
    day = day or today()
    old = session.get(ReceiptRecord, receipt_id)
    problems = _reversal_problems(session, old, reason, day)
    if old is None or problems:
        raise DomainError(*problems)
    new = ReceiptRecord(
        received_on=day,
        year=day.year,
        number=_next_number(session, day.year),
        member_id=old.member_id,
        name=old.name,
        purpose=old.purpose,
        method=old.method,
        payer=old.payer,
        payer_name=old.payer_name,
        amount_fen=-old.amount_fen,
        occasion=old.occasion,
        collector=old.collector,
        note=clean_text(reason).strip(),
        reverses_id=old.id,
        entered_at=now(),
        allocations=_records([AllocationDraft(one.month, one.share, -one.amount_fen) for one in old.allocations]),
    )
    session.add(new)
    session.flush()
    return new.id


def close_month(session: Session, month: date, by: str = "", note: str = "") -> int:
    """Close a month: what everybody owes for it is written down and stays. Returns the closing's id.

    Nothing is dated in a closed month any more; what is paid for it later is dated on its day (补交).

    Raises:
        DomainError: the year is not opened, the month has not begun, or it is closed already.
    """
    month = first_of(month)
    books = load_books(session, month, month)
    if month.year not in books.years:
        raise DomainError(_not_opened(month.year))
    if month in books.closed:
        raise DomainError(Problem(f"{month_label(month)}已经结账了。", "month"))
    if month > today():
        raise DomainError(Problem(f"{month_label(month)}还没有开始，不能结账。", "month"))
    closing = ClosingRecord(
        month=month,
        closed_at=now(),
        closed_by=one_line(by),
        received_fen=_received(session, month),
        note=clean_text(note).strip(),
        lines=[_closed_line(books, member_id, month) for member_id in books.people if _owes(books, member_id, month)],
    )
    session.add(closing)
    session.flush()
    return closing.id


def begin_with(session: Session, month: date, by: str = "") -> int:
    """Let the ledger of a year begin with a month: the earlier ones were kept elsewhere and ask nothing here.

    They are closed without lines, so that a branch that begins in the middle of a year is not told of months that its
    members paid on paper. Returns how many were closed.

    Raises:
        DomainError: the year is not opened, or money was already entered for one of the earlier months.
    """
    month = first_of(month)
    earlier = months_between(date(month.year, 1, 1), month)[:-1]
    if month.year not in opened_years(session):
        raise DomainError(_not_opened(month.year))
    closed = set(session.scalars(select(ClosingRecord.month)))
    left = [one for one in earlier if one not in closed]
    used = session.scalars(select(AllocationRecord.month).where(AllocationRecord.month.in_(left)).distinct())
    if months := list(used):
        raise DomainError(Problem(f"{months_label(months)}已经登记过党费，不能再算作启用以前的月份。", "month"))
    note = "启用本程序以前的月份，党费另有登记。"
    session.add_all(
        ClosingRecord(
            month=one, closed_at=now(), closed_by=one_line(by), received_fen=_received(session, one), note=note
        )
        for one in left
    )
    session.flush()
    return len(left)


def closing_problems(session: Session, month: date) -> list[str]:
    """What to look at before closing a month; none of it forbids the closing."""
    month = first_of(month)
    books = load_books(session, month, month)
    found: list[str] = []
    if today() <= last_day_of(month):
        found.append(f"{month_label(month)}还没有结束，结账后本月不能再登记收款和支出。")
    closed = set(session.scalars(select(ClosingRecord.month)))
    years = opened_years(session)
    earlier = months_between(date(years[0], 1, 1), month)[:-1] if years else ()
    left_open = [one for one in earlier if one not in closed and one.year in years]
    if left_open:
        found.append(f"{months_label(left_open)}还没有结账。")
    unknown = [p.name for p in books.people.values() if books.due(p.id, month).kind is DueKind.UNKNOWN]
    if unknown:
        found.append(f"{'、'.join(unknown)}还没有核定基数，结账后这个月按未核定保留。")
    unpaid = [(p.name, books.cell(p.id, month).open_fen) for p in books.people.values() if not p.binned]
    owing = [f"{name}（{yuan(amount)}元）" for name, amount in unpaid if amount]
    if owing:
        found.append(f"{'、'.join(owing)}还没有交清，以后交纳按补交登记。")
    return found


def list_closings(session: Session, year: int) -> list[ClosingRow]:
    """The months of a year that were closed, in order."""
    months = ClosingRecord.month.between(date(year, 1, 1), date(year, 12, 31))
    found = session.scalars(select(ClosingRecord).where(months).order_by(ClosingRecord.month))
    return [ClosingRow(one.month, one.closed_by, one.received_fen, one.note) for one in found]


def refuse_closed(session: Session, day: date) -> None:
    """Refuse to date anything in a closed month.

    Raises:
        DomainError: the month of the day is closed.
    """
    if is_closed(session, day):
        raise DomainError(_closed_problem(day))


def is_closed(session: Session, day: date) -> bool:
    """Whether the month of a day is closed."""
    return session.scalar(select(ClosingRecord.id).where(ClosingRecord.month == first_of(day))) is not None


def _books_for(session: Session, draft: PaymentDraft) -> Books:
    """The member's months from the first opened year to the last, and to wherever the money is said to go."""
    years = opened_years(session) or [draft.received_on.year]
    named = [first_of(part.month) for part in draft.allocations]
    first = min([date(years[0], 1, 1), first_of(draft.received_on), *named])
    last = max([date(years[-1], 12, 1), first_of(draft.received_on), *named])
    return load_books(session, first, last, max(today(), draft.received_on), [draft.member_id])


def _records(parts: Sequence[AllocationDraft]) -> list[AllocationRecord]:
    return [AllocationRecord(month=one.month, share=one.share, amount_fen=one.amount_fen) for one in parts]


def _next_number(session: Session, year: int) -> int:
    return (session.scalar(select(func.max(ReceiptRecord.number)).where(ReceiptRecord.year == year)) or 0) + 1


def _day_problems(session: Session, day: date) -> list[Problem]:
    if day > today():
        return [Problem(f"{chinese_date(day)}还没有到，收款日期不能晚于今天。", "received_on")]
    return [_closed_problem(day)] if is_closed(session, day) else []


def _closed_problem(day: date) -> Problem:
    text = f"{month_label(day)}已经结账，不能再登记这个月的收支；后来补交的，请按实际收款的日期登记。"
    return Problem(text, "received_on")


def _not_opened(year: int) -> Problem:
    return Problem(f"{year}年度还没有开立，请先到“交纳台账”开立，选定这一年的计算口径。", "month")


def _year_problems(books: Books, plan: PaymentPlan) -> list[Problem]:
    missing = sorted({part.month.year for part in plan.allocations} - books.years)
    return [_not_opened(year) for year in missing]


def _member_problem(books: Books, member_id: int) -> list[Problem]:
    person = books.people.get(member_id)
    if person is None or person.binned:
        return [Problem("这个人已经不在花名册里了，可能在回收站。", "member_id")]
    if not person.in_party:
        label = person.category.label if person.category else "没有登记为党员的人"
        text = f"{person.name}是{label}，不交纳党费：预备党员从支部大会通过之日起交纳（第八条）。"
        return [Problem(text, "member_id")]
    return []


def _reversal_problems(session: Session, old: ReceiptRecord | None, reason: str, day: date) -> list[Problem]:
    if old is None:
        return [Problem("找不到这张收据。")]
    if old.reverses_id is not None:
        return [Problem("这是一笔冲正，不能再冲正；需要时请重新登记收款。")]
    if session.scalar(select(ReceiptRecord.id).where(ReceiptRecord.reverses_id == old.id)) is not None:
        return [Problem("这张收据已经冲正过了。")]
    found = [Problem("请写明冲正的原因。", "reason")] if not clean_text(reason).strip() else []
    if day < old.received_on:
        found.append(Problem("冲正的日期早于收款的日期。", "received_on"))
    return found + _day_problems(session, day)


def _received(session: Session, month: date) -> int:
    in_month = ReceiptRecord.received_on.between(month, last_day_of(month))
    return session.scalar(select(func.coalesce(func.sum(ReceiptRecord.amount_fen), 0)).where(in_month)) or 0


def _owes(books: Books, member_id: int, month: date) -> bool:
    return books.due(member_id, month).kind is not DueKind.NONE


def _closed_line(books: Books, member_id: int, month: date) -> ClosedLineRecord:
    due = books.due(member_id, month)
    return ClosedLineRecord(
        member_id=member_id,
        name=books.people[member_id].name,
        kind=due.kind,
        base_fen=due.base_fen,
        rate_bp=due.rate_bp,
        due_fen=due.due_fen,
        rounding_fen=due.rounding_fen,
        rule_version=due.rule_version,
    )
