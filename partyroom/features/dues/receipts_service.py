"""Use cases of looking at receipts: find them, list them, show one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from partyroom.core.calendar import add_months
from partyroom.core.errors import DomainError
from partyroom.core.money import yuan
from partyroom.core.names import normalise_name
from partyroom.features.dues.ledger import Method, PayerKind, Purpose, Share, first_of, months_label
from partyroom.features.dues.tables import AllocationRecord, ReceiptRecord
from partyroom.features.members.tables import Member
from partyroom.features.organisation.tables import DepartmentRecord, GroupRecord


@dataclass(frozen=True, slots=True)
class ReceiptQuery:
    """What to find. `month` is the month of receiving, `for_month` one that money counts for; state: valid, reversed.

    Blank is any; `search` is a part of a name, pinyin, initials or '2026-0012' or its last digits.
    """

    search: str = ""
    year: int | None = None
    method: str = ""
    purpose: str = ""
    month: date | None = None
    for_month: date | None = None
    member_id: int | None = None
    state: str = ""
    sort: str = "number"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class AllocationLine:
    """The part of a receipt that counts for one month."""

    month: date
    share: Share
    amount_fen: int


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A line of the list of receipts."""

    id: int
    number_text: str
    received_on: date
    member_id: int
    name: str
    amount_fen: int
    purpose: Purpose
    method: Method
    payer: PayerKind
    payer_name: str
    months: tuple[date, ...]
    months_text: str
    shares_text: str
    due_fen: int
    voluntary_fen: int
    large_fen: int
    occasion: str
    collector: str
    note: str
    reverses_id: int | None
    reverses_text: str
    reversed_by_id: int | None
    reversed_by_text: str

    @property
    def state_text(self) -> str:
        """'有效', '已被2026-0013冲正', '冲正2026-0012'."""
        if self.reverses_id is not None:
            return f"冲正{self.reverses_text}"
        return f"已被{self.reversed_by_text}冲正" if self.reversed_by_id is not None else "有效"

    @property
    def payer_text(self) -> str:
        """'本人', '亲属代交（李四）'."""
        return f"{self.payer.label}（{self.payer_name}）" if self.payer_name else self.payer.label

    @property
    def reversible(self) -> bool:
        """Whether it can be taken back."""
        return self.reverses_id is None and self.reversed_by_id is None


@dataclass(frozen=True, slots=True)
class ReceiptDetail:
    """A receipt with everything that stands on it."""

    row: ReceiptRow
    allocations: tuple[AllocationLine, ...]
    group: str
    department: str
    entered_at: datetime


def list_receipt_ids(session: Session, query: ReceiptQuery) -> list[int]:
    """The receipts a query finds, newest number first unless it asks for another order."""
    statement = select(ReceiptRecord.id).outerjoin(Member, Member.id == ReceiptRecord.member_id)
    statement = statement.where(*_conditions(query))
    columns = _SORTS.get(query.sort, _SORTS["number"])
    order = [column.desc() if query.descending else column.asc() for column in columns]
    return list(session.scalars(statement.order_by(*order, ReceiptRecord.year.desc(), ReceiptRecord.number.desc())))


def list_receipt_rows(session: Session, ids: Sequence[int]) -> list[ReceiptRow]:
    """The lines for these receipts, in their order."""
    old, new = aliased(ReceiptRecord), aliased(ReceiptRecord)
    found = session.execute(
        select(ReceiptRecord, old.year, old.number, new.id, new.year, new.number)
        .outerjoin(old, old.id == ReceiptRecord.reverses_id)
        .outerjoin(new, new.reverses_id == ReceiptRecord.id)
        .where(ReceiptRecord.id.in_(ids))
    ).all()
    parts = _allocations(session, ids)
    rows = {row[0].id: _row(*row, parts=parts[row[0].id]) for row in found}
    return [rows[one] for one in ids if one in rows]


def get_receipt(session: Session, receipt_id: int) -> ReceiptDetail:
    """A receipt as it was written.

    Raises:
        DomainError: there is no such receipt.
    """
    return get_receipts(session, [receipt_id])[0]


def get_receipts(session: Session, receipt_ids: Sequence[int]) -> list[ReceiptDetail]:
    """Receipts as they were written, in this order.

    Raises:
        DomainError: one of them does not exist.
    """
    rows = list_receipt_rows(session, receipt_ids)
    if len(rows) < len(receipt_ids):
        raise DomainError("找不到这张收据。")
    parts = _allocations(session, receipt_ids)
    statement = (
        select(ReceiptRecord.id, ReceiptRecord.entered_at, GroupRecord.name, DepartmentRecord.name)
        .outerjoin(Member, Member.id == ReceiptRecord.member_id)
        .outerjoin(GroupRecord, GroupRecord.id == Member.group_id)
        .outerjoin(DepartmentRecord, DepartmentRecord.id == Member.department_id)
        .where(ReceiptRecord.id.in_(receipt_ids))
    )
    places: dict[int, tuple[datetime, str | None, str | None]] = {
        one: (entered, group, department) for one, entered, group, department in session.execute(statement)
    }
    found = []
    for row in rows:
        entered, group, department = places[row.id]
        found.append(ReceiptDetail(row, tuple(parts[row.id]), group or "", department or "", entered))
    return found


def number_text(year: int, number: int) -> str:
    """A receipt's number as it is printed: '2026-0001'."""
    return f"{year}-{number:04d}"


def _allocations(session: Session, ids: Sequence[int]) -> Mapping[int, list[AllocationLine]]:
    columns = select(
        AllocationRecord.receipt_id, AllocationRecord.month, AllocationRecord.share, AllocationRecord.amount_fen
    ).where(AllocationRecord.receipt_id.in_(ids))
    found: defaultdict[int, list[AllocationLine]] = defaultdict(list)
    rows: Iterable[Any] = session.execute(columns.order_by(AllocationRecord.month, AllocationRecord.id))
    for receipt_id, *values in rows:
        found[receipt_id].append(AllocationLine(*values))
    return found


def _row(
    record: ReceiptRecord,
    old_year: int | None,
    old_number: int | None,
    new_id: int | None,
    new_year: int | None,
    new_number: int | None,
    *,
    parts: Sequence[AllocationLine],
) -> ReceiptRow:
    sums = {share: sum(part.amount_fen for part in parts if part.share is share) for share in Share}
    months = tuple(sorted({part.month for part in parts}))
    return ReceiptRow(
        id=record.id,
        number_text=number_text(record.year, record.number),
        received_on=record.received_on,
        member_id=record.member_id,
        name=record.name,
        amount_fen=record.amount_fen,
        purpose=record.purpose,
        method=record.method,
        payer=record.payer,
        payer_name=record.payer_name,
        months=months,
        months_text=months_label(months),
        shares_text="，".join(f"{share.label}{yuan(amount)}元" for share, amount in sums.items() if amount),
        due_fen=sums[Share.DUE],
        voluntary_fen=sums[Share.VOLUNTARY],
        large_fen=sums[Share.LARGE],
        occasion=record.occasion,
        collector=record.collector,
        note=record.note,
        reverses_id=record.reverses_id,
        reverses_text=number_text(old_year, old_number) if old_year and old_number else "",
        reversed_by_id=new_id,
        reversed_by_text=number_text(new_year, new_number) if new_year and new_number else "",
    )


_SORTS: Mapping[str, Sequence[Any]] = {
    "number": (ReceiptRecord.year, ReceiptRecord.number),
    "received_on": (ReceiptRecord.received_on,),
    "name": (Member.name_key,),
    "amount_fen": (ReceiptRecord.amount_fen,),
    "purpose": (ReceiptRecord.purpose,),
    "method": (ReceiptRecord.method,),
    "payer": (ReceiptRecord.payer,),
    "occasion": (ReceiptRecord.occasion,),
    "collector": (ReceiptRecord.collector,),
}


def _conditions(query: ReceiptQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if text := normalise_name(query.search):
        found.append(_matching(text))
    if query.year is not None:
        found.append(ReceiptRecord.year == query.year)
    if query.method:
        found.append(ReceiptRecord.method == Method(query.method))
    if query.purpose:
        found.append(ReceiptRecord.purpose == Purpose(query.purpose))
    if query.month is not None:
        month = first_of(query.month)
        found.append(and_(ReceiptRecord.received_on >= month, ReceiptRecord.received_on < add_months(month, 1)))
    if query.for_month is not None:
        found.append(ReceiptRecord.allocations.any(AllocationRecord.month == first_of(query.for_month)))
    if query.member_id is not None:
        found.append(ReceiptRecord.member_id == query.member_id)
    taken_back = select(ReceiptRecord.reverses_id).where(ReceiptRecord.reverses_id.is_not(None))
    if query.state == "valid":
        found += [ReceiptRecord.reverses_id.is_(None), ReceiptRecord.id.not_in(taken_back)]
    elif query.state == "reversed":
        found.append(or_(ReceiptRecord.reverses_id.is_not(None), ReceiptRecord.id.in_(taken_back)))
    return found


_NUMBER = re.compile(r"(?:(\d{4})-)?0*(\d{1,6})")


def _matching(text: str) -> ColumnElement[bool]:
    """The name on the receipt, pinyin or initials, payer, occasion or collector contain `text`, or it is the number."""
    plain = text.casefold().replace(" ", "")
    columns = (
        ReceiptRecord.name,
        ReceiptRecord.payer_name,
        ReceiptRecord.occasion,
        ReceiptRecord.collector,
        ReceiptRecord.note,
    )
    found: list[ColumnElement[bool]] = [column.contains(text, autoescape=True) for column in columns]
    if plain.isascii():
        found.append(Member.initials.startswith(plain, autoescape=True))
        found.append(Member.name_key.startswith(plain, autoescape=True))
    if number := _NUMBER.fullmatch(plain):
        same = ReceiptRecord.number == int(number.group(2))
        found.append(and_(ReceiptRecord.year == int(number.group(1)), same) if number.group(1) else same)
    return or_(*found)
