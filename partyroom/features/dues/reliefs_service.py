"""Use cases of less or no dues, of reasons for arrears, and of what the roster does not say of a member's dues.

Sources: 中组发〔2008〕3号 Arts 7, 13; 组电明字〔2017〕5号 (DF-11, DF-14, DF-22, DF-32).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from partyroom.core.errors import DomainError, Problem
from partyroom.core.pictures import KeptFile
from partyroom.core.text import clean_text, one_line
from partyroom.features.dues.arrears import ArrearsReason
from partyroom.features.dues.assessments_service import person_of
from partyroom.features.dues.cells import Account, span_of
from partyroom.features.dues.closed_years_service import covers, refuse_closed_years
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.ledger import ReliefKind, first_of, month_label
from partyroom.features.dues.tables import AccountRecord, ArrearsReasonRecord, AssessmentRecord, ReliefRecord
from partyroom.features.members.domain import Employment
from partyroom.features.members.service import get_member
from partyroom.features.members.tables import Member
from partyroom.storage.attachments import Attachment, AttachmentFiles, attach
from partyroom.storage.recycle import put_in_bin


@dataclass(frozen=True, slots=True)
class ReliefDraft:
    """A decision that a member in difficulty pays less or nothing."""

    member_id: int
    kind: ReliefKind
    from_month: date
    until_month: date | None = None
    amount_fen: int = 0
    reason: str = ""
    applied_on: date | None = None
    branch_on: date | None = None
    superior_on: date | None = None
    superior: str = ""
    attachment_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReliefRow:
    """A line of the list of reliefs; `draft` has everything for the form."""

    id: int
    member_id: int
    name: str
    kind: ReliefKind
    from_month: date
    until_month: date | None
    amount_fen: int
    reason: str
    applied_on: date | None
    branch_on: date | None
    superior_on: date | None
    superior: str
    attachment_id: int | None
    scan: str
    draft: ReliefDraft


@dataclass(frozen=True, slots=True)
class ReasonDraft:
    """Why a member has not paid, and whether the branch accepted it."""

    member_id: int
    from_month: date
    until_month: date | None = None
    reason: str = ""
    accepted_on: date | None = None
    accepted_by: str = ""


def save_relief(
    session: Session,
    draft: ReliefDraft,
    relief_id: int | None = None,
    files: AttachmentFiles | None = None,
    scan: KeptFile | None = None,
) -> int:
    """Put down a decision, or change it, with a new `scan` if there is one, and return its id.

    Raises:
        DomainError: the decisions it needs are missing or in the wrong order, its months contradict one another or
            another decision, or the member or the decision is gone, or a month of a closed year would be touched;
            nothing is stored then.
        StorageError: the scan could not be stored.
    """
    member = _member(session, draft.member_id)
    problems = [*_relief_problems(draft, _retired(session, member, draft.from_month))]
    if problems:
        raise DomainError(*problems)
    _refuse_overlap(session, draft, relief_id)
    record = ReliefRecord() if relief_id is None else _live(session.get(ReliefRecord, relief_id))
    after = covers(draft.from_month, draft.until_month)
    refuse_closed_years(session, covers(record.from_month, record.until_month), after)
    values = {
        "member_id": draft.member_id,
        "kind": draft.kind,
        "from_month": first_of(draft.from_month),
        "until_month": first_of(draft.until_month) if draft.until_month else None,
        "amount_fen": draft.amount_fen if draft.kind is ReliefKind.REDUCED else 0,
        "reason": clean_text(draft.reason).strip(),
        "applied_on": draft.applied_on,
        "branch_on": draft.branch_on,
        "superior_on": draft.superior_on,
        "superior": one_line(draft.superior),
        "attachment_id": draft.attachment_id,
    }
    if files is not None and scan is not None:
        values["attachment_id"] = attach(session, files, scan.name, scan.content)
    return _store(session, record, values)


def list_reliefs(session: Session, year: int | None = None, member_id: int | None = None) -> list[ReliefRow]:
    """The decisions in force in a year (all), by name and month."""
    statement = (
        select(ReliefRecord, Member.name, Attachment.name)
        .join(Member, Member.id == ReliefRecord.member_id)
        .outerjoin(Attachment, Attachment.id == ReliefRecord.attachment_id)
    )
    if year is not None:
        until = or_(ReliefRecord.until_month.is_(None), ReliefRecord.until_month >= date(year, 1, 1))
        statement = statement.where(ReliefRecord.from_month <= date(year, 12, 1), until)
    if member_id is not None:
        statement = statement.where(ReliefRecord.member_id == member_id)
    found = session.execute(statement.order_by(Member.name_key, ReliefRecord.from_month))
    return [_relief_row(record, name, scan or "") for record, name, scan in found]


def read_relief_scan(session: Session, files: AttachmentFiles, relief_id: int) -> tuple[str, bytes]:
    """Name and content of the scan of a decision.

    Raises:
        DomainError: the decision is gone or has none.
        StorageError: the content is missing or damaged.
    """
    record = _live(session.get(ReliefRecord, relief_id))
    if record.attachment_id is None:
        raise DomainError("这项决定没有附扫描件。")
    attachment = session.get_one(Attachment, record.attachment_id)
    return attachment.name, files.get(attachment.sha256)


def relief_scans(session: Session, relief_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name and SHA-256 of the scans of decisions, by decision; those without one are left out."""
    statement = (
        select(ReliefRecord.id, Attachment.name, Attachment.sha256)
        .join(Attachment, Attachment.id == ReliefRecord.attachment_id)
        .where(ReliefRecord.id.in_(relief_ids))
    )
    return {relief: (name, sha256) for relief, name, sha256 in session.execute(statement)}


def bin_relief(session: Session, ids: Iterable[int]) -> int:
    """Move decisions to the recycle bin and return how many; closed months keep what they asked."""
    return _bin(session, ReliefRecord, ids)


def save_reason(session: Session, draft: ReasonDraft, reason_id: int | None = None) -> int:
    """Put down why somebody has not paid, or that the branch accepted it, and return the id.

    Raises:
        DomainError: no reason is given, the months are in the wrong order, the member or the entry is gone, or a month
            of a closed year would be touched.
    """
    _member(session, draft.member_id)
    if not clean_text(draft.reason).strip():
        raise DomainError(Problem("请写明未交的原因。", "reason"))
    if draft.until_month and first_of(draft.until_month) < first_of(draft.from_month):
        raise DomainError(Problem("结束月份早于开始月份。", "until_month"))
    record = ArrearsReasonRecord() if reason_id is None else _live(session.get(ArrearsReasonRecord, reason_id))
    after = covers(draft.from_month, draft.until_month)
    refuse_closed_years(session, covers(record.from_month, record.until_month), after)
    values = {
        "member_id": draft.member_id,
        "from_month": first_of(draft.from_month),
        "until_month": first_of(draft.until_month) if draft.until_month else None,
        "reason": clean_text(draft.reason).strip(),
        "accepted_on": draft.accepted_on,
        "accepted_by": one_line(draft.accepted_by),
    }
    return _store(session, record, values)


def list_reasons(session: Session, member_id: int | None = None) -> list[ArrearsReason]:
    """The reasons recorded for a member (for everybody), by name and month."""
    statement = select(ArrearsReasonRecord, Member.name).join(Member, Member.id == ArrearsReasonRecord.member_id)
    if member_id is not None:
        statement = statement.where(ArrearsReasonRecord.member_id == member_id)
    found = session.execute(statement.order_by(Member.name_key, ArrearsReasonRecord.from_month))
    return [
        ArrearsReason(
            id=one.id,
            member_id=one.member_id,
            name=name,
            from_month=one.from_month,
            until_month=one.until_month,
            reason=one.reason,
            accepted_on=one.accepted_on,
            accepted_by=one.accepted_by,
        )
        for one, name in found
    ]


def bin_reason(session: Session, ids: Iterable[int]) -> int:
    """Move reasons to the recycle bin and return how many."""
    return _bin(session, ArrearsReasonRecord, ids)


def save_account(session: Session, account: Account) -> None:
    """Put down through which month a member paid elsewhere, and the first and last month here.

    Raises:
        DomainError: the last month lies before the first, the member is gone, or a month of a closed year would be
            asked for that was not, or no longer.
    """
    _member(session, account.member_id)
    start = first_of(account.start_month) if account.start_month else None
    stop = first_of(account.stop_month) if account.stop_month else None
    if start and stop and stop < start:
        raise DomainError(Problem("最后交纳的月份早于开始的月份。", "stop_month"))
    record = session.scalar(select(AccountRecord).where(AccountRecord.member_id == account.member_id))
    person = person_of(get_member(session, account.member_id))
    before = span_of(person, get_account(session, account.member_id))
    refuse_closed_years(session, before.covers, span_of(person, account).covers)
    values = {
        "member_id": account.member_id,
        "paid_through": first_of(account.paid_through) if account.paid_through else None,
        "start_month": start,
        "stop_month": stop,
        "note": one_line(account.note),
    }
    _store(session, record or AccountRecord(), values)


def get_account(session: Session, member_id: int) -> Account:
    """What was put down for a member; an empty account when nothing was."""
    record = session.scalar(select(AccountRecord).where(AccountRecord.member_id == member_id))
    if record is None:
        return Account(member_id)
    return Account(member_id, record.paid_through, record.start_month, record.stop_month, record.note)


def _relief_problems(draft: ReliefDraft, retired: bool) -> list[Problem]:
    found: list[Problem] = []
    if draft.until_month and first_of(draft.until_month) < first_of(draft.from_month):
        found.append(Problem("结束月份早于开始月份。", "until_month"))
    if draft.kind is ReliefKind.REDUCED and draft.amount_fen <= 0:
        found.append(Problem("请填写每月少交后的金额；一分不交的请选“免交”。", "amount_fen"))
    if draft.branch_on is None:
        where = "2017年通知" if retired else "2008年规定第七条"
        found.append(Problem(f"少交或免交党费须经支部研究，请填写支部研究的日期（{where}）。", "branch_on"))
    if not retired and draft.superior_on is None:
        text = "少交或免交党费须报上一级党委批准，请填写批准日期（2008年规定第七条；离退休党员由支部研究同意即可）。"
        found.append(Problem(text, "superior_on"))
    if draft.branch_on and draft.superior_on and draft.superior_on < draft.branch_on:
        found.append(Problem("上级批准的日期早于支部研究的日期。", "superior_on"))
    if draft.branch_on and draft.applied_on and draft.branch_on < draft.applied_on:
        found.append(Problem("支部研究的日期早于本人申请的日期。", "branch_on"))
    return found


def _retired(session: Session, member: Member, from_month: date) -> bool:
    """Whether the dues go by a pension then: the assessment running at the time, else the next, else the roster."""
    made = session.execute(
        select(AssessmentRecord.from_month, AssessmentRecord.category)
        .where(AssessmentRecord.member_id == member.id)
        .order_by(AssessmentRecord.from_month)
    ).all()
    running = [category for month, category in made if month <= first_of(from_month)]
    category = running[-1] if running else made[0][1] if made else None
    return member.employment is Employment.RETIRED if category is None else category is DuesCategory.RETIRED


def _refuse_overlap(session: Session, draft: ReliefDraft, relief_id: int | None) -> None:
    start, end = first_of(draft.from_month), first_of(draft.until_month) if draft.until_month else date.max
    others = select(ReliefRecord).where(
        ReliefRecord.member_id == draft.member_id,
        ReliefRecord.id != (relief_id or 0),
        ReliefRecord.from_month <= end,
        or_(ReliefRecord.until_month.is_(None), ReliefRecord.until_month >= start),
    )
    other = session.scalars(others).first()
    if other is not None:
        text = f"{month_label(other.from_month)}起已有一份{other.kind.label}的决定，月份重叠；请先给它填上结束月份。"
        raise DomainError(Problem(text, "from_month"))


def _relief_row(record: ReliefRecord, name: str, scan: str) -> ReliefRow:
    draft = ReliefDraft(
        record.member_id,
        record.kind,
        record.from_month,
        record.until_month,
        record.amount_fen,
        record.reason,
        record.applied_on,
        record.branch_on,
        record.superior_on,
        record.superior,
        record.attachment_id,
    )
    return ReliefRow(
        id=record.id,
        member_id=record.member_id,
        name=name,
        kind=record.kind,
        from_month=record.from_month,
        until_month=record.until_month,
        amount_fen=record.amount_fen,
        reason=record.reason,
        applied_on=record.applied_on,
        branch_on=record.branch_on,
        superior_on=record.superior_on,
        superior=record.superior,
        attachment_id=record.attachment_id,
        scan=scan,
        draft=draft,
    )


def _member(session: Session, member_id: int) -> Member:
    member = session.get(Member, member_id)
    if member is None or member.deleted_at is not None:
        raise DomainError("这个人已经不在花名册里了，可能在回收站。")
    return member


def _live(record: Any) -> Any:
    if record is None or record.deleted_at is not None:
        raise DomainError("这条记录已经不在了，可能在回收站。")
    return record


def _store(session: Session, record: Any, values: Mapping[str, object]) -> int:
    """Assign only what differs, so that the change log tells true changes."""
    for key, value in values.items():
        if getattr(record, key) != value:
            setattr(record, key, value)
    session.add(record)
    session.flush()
    return int(record.id)


def _bin(session: Session, table: type[ReliefRecord | ArrearsReasonRecord], ids: Iterable[int]) -> int:
    count = 0
    for record_id in ids:
        put_in_bin(_live(session.get(table, record_id)))
        count += 1
    return count
