"""Use cases of the yearly report of dues to the members (2008 Art 28, DF-26): its figures, and that it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import add_months, chinese_date, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.features.dues.cells import Cell, LedgerLine
from partyroom.features.dues.funds import GroupTotal, Publication, PublicationDraft, UseTotal, mask_groups
from partyroom.features.dues.funds_service import balance_on
from partyroom.features.dues.ledger import DueKind, MovementKind, Use, first_of
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.dues.tables import MovementRecord, PublicationRecord, YearRecord
from partyroom.features.organisation.service import get_branch
from partyroom.storage.recycle import put_in_bin

_LATE_IN_YEAR = 12
"""From this month on, a calendar year without a report is pointed out."""
_NO_GROUP = "未编入党小组"


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """A report that was made."""

    id: int
    year: int
    on_day: date
    place: str
    by: str
    note: str

    @property
    def text(self) -> str:
        """'2026年12月20日在支部公开栏公示（张三）'."""
        return f"{chinese_date(self.on_day)}在{self.place}公示" + (f"（{self.by}）" if self.by else "")


def publication_of(session: Session, year: int, day: date | None = None, *, groups: bool = False) -> Publication:
    """The figures of a year as of `day` (today); sums of the Party groups only when asked for, small ones merged.

    What was owed and paid is told of the months that are over; the account is that of the year up to the day.

    Raises:
        DomainError: the year has not begun or is not opened.
    """
    day = min(day or today(), date(year, 12, 31))
    if day.year < year or session.scalar(select(YearRecord.id).where(YearRecord.year == year)) is None:
        raise DomainError(f"{year}年还没有党费记录可以公示。")
    over = first_of(day) if (day + timedelta(days=1)).day != 1 else day + timedelta(days=1)
    lines = [_Sums(line, over) for line in ledger_of(session, year, day)]
    lines = [line for line in lines if line.obliged]
    made = publications_in(session, year)
    return Publication(
        year=year,
        branch=get_branch(session).full_name,
        until=day,
        members=len(lines),
        exempt=sum(line.exempt for line in lines),
        due_fen=sum(line.due_fen for line in lines),
        paid_fen=sum(line.paid_fen for line in lines),
        extra_fen=sum(line.extra_fen for line in lines),
        in_full=sum(line.due_fen > 0 and line.paid_fen >= line.due_fen for line in lines),
        in_arrears=sum(line.paid_fen < line.due_fen for line in lines),
        balance=balance_on(session, day, since=date(year, 1, 1)),
        uses=_uses(session, year, day),
        groups=_groups(lines) if groups else (),
        published=made[0].text if made else "",
        through=add_months(over, -1) if over.month > 1 or over.year > year else None,
        unknown=sum(line.unknown for line in lines),
    )


class _Sums:
    """What the months of a line that are over add up to."""

    def __init__(self, line: LedgerLine, over: date) -> None:
        cells: list[Cell] = [cell for cell in line.cells if cell.month < over]
        self.group = line.group or _NO_GROUP
        self.obliged = any(cell.kind is not DueKind.NONE for cell in cells) or line.paid_fen > 0
        self.due_fen = sum(cell.due_fen for cell in cells)
        self.paid_fen = sum(cell.paid_fen for cell in cells)
        self.extra_fen = sum(cell.extra_fen for cell in line.cells)
        self.unknown = any(cell.kind is DueKind.UNKNOWN for cell in cells)
        self.exempt = self.due_fen == 0 and any(cell.kind is DueKind.EXEMPT for cell in cells)


def _groups(lines: Sequence[_Sums]) -> tuple[GroupTotal, ...]:
    names = list(dict.fromkeys(line.group for line in lines))
    found = {name: [line for line in lines if line.group == name] for name in names}
    return mask_groups(
        [
            GroupTotal(name, len(own), sum(one.due_fen for one in own), sum(one.paid_fen for one in own))
            for name, own in found.items()
        ]
    )


def _uses(session: Session, year: int, day: date) -> tuple[UseTotal, ...]:
    """What was spent on each use, reversals netted; a reversed expense is no time."""
    statement = (
        select(
            MovementRecord.used_for,
            func.sum(func.iif(MovementRecord.amount_fen > 0, 1, -1)),
            func.sum(MovementRecord.amount_fen),
        )
        .where(MovementRecord.kind == MovementKind.EXPENSE, MovementRecord.year == year, MovementRecord.on_day <= day)
        .group_by(MovementRecord.used_for)
    )
    found = {use: (times, amount) for use, times, amount in session.execute(statement)}
    return tuple(UseTotal(use, *found.get(use, (0, 0))) for use in Use)


def record_publication(session: Session, draft: PublicationDraft) -> int:
    """Note that a year's dues were reported to the members, and return the note's id.

    Raises:
        DomainError: on a day to come or before the year, or no place or form is given.
    """
    problems = []
    if draft.on_day > today():
        problems.append(Problem("公示日期晚于今天，请在公示之后登记。", "on_day"))
    elif draft.on_day.year < draft.year:
        problems.append(Problem(f"公示日期早于{draft.year}年。", "on_day"))
    if not one_line(draft.place):
        problems.append(Problem("请填写公示的方式，例如 支部公开栏、党员大会。", "place"))
    if problems:
        raise DomainError(*problems)
    record = PublicationRecord(
        year=draft.year,
        on_day=draft.on_day,
        place=one_line(draft.place),
        by=one_line(draft.by),
        note=clean_text(draft.note).strip(),
    )
    session.add(record)
    session.flush()
    return record.id


def publications_in(session: Session, year: int) -> list[PublicationRow]:
    """The reports of a year's dues, latest first."""
    statement = select(PublicationRecord).where(PublicationRecord.year == year)
    found = session.scalars(statement.order_by(PublicationRecord.on_day.desc(), PublicationRecord.id.desc()))
    return [PublicationRow(one.id, one.year, one.on_day, one.place, one.by, one.note) for one in found]


def bin_publication(session: Session, publication_id: int) -> None:
    """Move a note of a report to the recycle bin.

    Raises:
        DomainError: it is gone.
    """
    record = session.get(PublicationRecord, publication_id)
    if record is None or record.deleted_at is not None:
        raise DomainError("这条公示记录不存在。")
    put_in_bin(record)


def publication_warning(session: Session, year: int, day: date | None = None) -> str:
    """That a year was not reported though it ends or is over; '' when it was, or there is time, or nothing to report.

    Source: 党支部每年至少向党员公布一次党费收缴情况 (2008 Art 28, DF-26).
    """
    day = day or today()
    soon = (day.year, day.month) >= (year, _LATE_IN_YEAR)
    opened = session.scalar(select(YearRecord.id).where(YearRecord.year == year)) is not None
    if not (soon and opened) or publications_in(session, year):
        return ""
    return f"{year}年的党费收缴情况还没有向党员公布：每年至少公布一次（规定第二十八条）。"
