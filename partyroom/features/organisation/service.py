"""Use cases of the organisation."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import one_line
from partyroom.features.organisation.domain import Branch, Department, Group, Term, TermId, term_end
from partyroom.features.organisation.tables import BranchRecord, DepartmentRecord, GroupRecord, TermRecord
from partyroom.storage.recycle import put_in_bin


def get_branch(session: Session) -> Branch:
    """The branch; an unnamed one in a library that was never filled in."""
    record = session.get(BranchRecord, 1)
    if record is None:
        return Branch(name="")
    return Branch(record.name, record.school, record.superior, record.founded, record.office_phone, record.address)


def save_branch(session: Session, branch: Branch) -> None:
    """Store the branch's data.

    Raises:
        DomainError: it has no name.
    """
    if not one_line(branch.name):
        raise DomainError(Problem("请填写支部名称。", "name"))
    record = session.get(BranchRecord, 1)
    if record is None:
        record = BranchRecord(id=1, name="")
        session.add(record)
    record.name = one_line(branch.name)
    record.school = one_line(branch.school)
    record.superior = one_line(branch.superior)
    record.founded = branch.founded
    record.office_phone = one_line(branch.office_phone)
    record.address = one_line(branch.address)


def list_departments(session: Session) -> list[Department]:
    """All departments in their order."""
    return [
        Department(record.id, record.name, record.head, record.phone)
        for record in session.scalars(select(DepartmentRecord).order_by(DepartmentRecord.ordinal, DepartmentRecord.id))
    ]


def list_groups(session: Session) -> list[Group]:
    """All Party groups in their order."""
    return [
        Group(record.id, record.name)
        for record in session.scalars(select(GroupRecord).order_by(GroupRecord.ordinal, GroupRecord.id))
    ]


def save_department(
    session: Session, name: str, head: str = "", phone: str = "", department_id: int | None = None
) -> int:
    """Add a department or change the one with this id, and return its id.

    Raises:
        DomainError: no name, or another department has it.
    """
    name = one_line(name)
    record = _named(session, DepartmentRecord, name, department_id, "科室")
    if record is None:
        record = DepartmentRecord(name=name, ordinal=_next_ordinal(session, DepartmentRecord))
        session.add(record)
    record.name, record.head, record.phone = name, one_line(head), one_line(phone)
    session.flush()
    return record.id


def save_group(session: Session, name: str, group_id: int | None = None) -> int:
    """Add a Party group or rename the one with this id, and return its id.

    Raises:
        DomainError: no name, or another group has it.
    """
    name = one_line(name)
    record = _named(session, GroupRecord, name, group_id, "党小组")
    if record is None:
        record = GroupRecord(name=name, ordinal=_next_ordinal(session, GroupRecord))
        session.add(record)
    record.name = name
    session.flush()
    return record.id


def department_named(session: Session, name: str) -> DepartmentRecord | None:
    """The department with this name, made when there is none; None for a blank name."""
    return _found_or_made(session, DepartmentRecord, name)


def group_named(session: Session, name: str) -> GroupRecord | None:
    """The group with this name, made when there is none; None for a blank name."""
    return _found_or_made(session, GroupRecord, name)


def bin_department(session: Session, department_id: int) -> None:
    """Move a department to the recycle bin; who belonged to it keeps the reference for when it is restored."""
    if (record := session.get(DepartmentRecord, department_id)) is not None:
        put_in_bin(record)


def bin_group(session: Session, group_id: int) -> None:
    """Move a Party group to the recycle bin; who belonged to it keeps the reference for when it is restored."""
    if (record := session.get(GroupRecord, group_id)) is not None:
        put_in_bin(record)


def list_terms(session: Session) -> list[Term]:
    """All terms of the committee, latest first."""
    return [
        Term(record.id, record.number, record.started, record.ends)
        for record in session.scalars(select(TermRecord).order_by(TermRecord.started.desc()))
    ]


def term_on(session: Session, day: date) -> Term | None:
    """The term running on `day`: the latest that had begun; it runs on past its end until the next election."""
    return next((term for term in list_terms(session) if term.started <= day), None)


def open_term(session: Session, number: str, started: date, ends: date | None = None) -> TermId:
    """Begin a term of the committee; it ends after three years unless `ends` says otherwise (Art 21, ZB-08).

    Raises:
        DomainError: it would end before it begins, or another term begins on the same day.
    """
    ends = ends or term_end(started)
    if ends <= started:
        raise DomainError(Problem("届满日期应当晚于任期开始日期。", "ends"))
    if any(term.started == started for term in list_terms(session)):
        raise DomainError(Problem("已经有一届从这一天开始。", "started"))
    record = TermRecord(number=one_line(number), started=started, ends=ends)
    session.add(record)
    session.flush()
    return TermId(record.id)


def change_term(session: Session, term_id: int, number: str, started: date, ends: date) -> TermId:
    """Correct the data of a term.

    Raises:
        DomainError: it would end before it begins.
    """
    if ends <= started:
        raise DomainError(Problem("届满日期应当晚于任期开始日期。", "ends"))
    record = session.get_one(TermRecord, term_id)
    record.number, record.started, record.ends = one_line(number), started, ends
    return TermId(record.id)


_R = TypeVar("_R", DepartmentRecord, GroupRecord)


def _named(session: Session, kind: type[_R], name: str, record_id: int | None, word: str) -> _R | None:
    """The record to change (None for a new one), after refusing a blank or a taken name."""
    if not name:
        raise DomainError(Problem(f"请填写{word}名称。", "name"))
    taken = session.scalar(select(kind).where(kind.name == name))
    if taken is not None and taken.id != record_id:
        raise DomainError(Problem(f"已经有名为“{name}”的{word}。", "name"))
    if record_id is None:
        return None
    record = session.get(kind, record_id)
    if record is None:
        raise DomainError(f"这个{word}已经不在了，可能在回收站。")
    return record


def _found_or_made(session: Session, kind: type[_R], name: str) -> _R | None:
    name = one_line(name)
    if not name:
        return None
    record = session.scalar(select(kind).where(kind.name == name))
    if record is None:
        record = kind(name=name, ordinal=_next_ordinal(session, kind))
        session.add(record)
        session.flush()
    return record


def _next_ordinal(session: Session, kind: type[DepartmentRecord | GroupRecord]) -> int:
    return int(session.scalar(select(func.coalesce(func.max(kind.ordinal), 0))) or 0) + 1
