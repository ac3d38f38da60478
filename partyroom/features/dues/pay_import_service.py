"""Importing a year's pay items: read the file, set it against the members, store it as one action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.documents.workbooks.reading import read_sheets
from partyroom.features.dues.assessments_service import assessments_of, choices_for, first_open, save_assessment
from partyroom.features.dues.pay_items import PaySheet, read_pay_sheets
from partyroom.features.dues.pay_verdicts import PayPerson, PayPlan, plan_pay
from partyroom.features.members.domain import MemberDraft
from partyroom.features.members.service import all_details
from partyroom.storage.undo import undo_change_set

Report = Callable[[int, int, str], None]


def read_pay_file(path: Path) -> tuple[PaySheet, ...]:
    """Read a finance office's workbook by itself; needs no library.

    Raises:
        DomainError: the file is no pay list that can be read; the sentence says why.
    """
    return read_pay_sheets(read_sheets(path))


def plan_import(session: Session, sheets: Sequence[PaySheet], year: int) -> PayPlan:
    """Say what importing a workbook would do to the bases of a year; nothing is written."""
    drafts: dict[int, MemberDraft] = {detail.id: detail.draft for detail in all_details(session)}
    people = [
        PayPerson(row, drafts[row.id].staff_number, drafts[row.id].id_number) for row in assessments_of(session, year)
    ]
    return plan_pay(sheets, people, choices_for(session, year), first_open(session, year), today())


def apply_import(session: Session, plan: PayPlan, report: Report | None = None) -> int:
    """Store every new or changed base within the running transaction and return how many.

    Raises:
        DomainError: somebody was removed, or a month closed, since the plan was made; nothing is stored then.
    """
    lines = [line for line in plan.lines if line.verdict.stores and line.draft is not None]
    for number, line in enumerate(lines):
        if report is not None:
            report(number, len(lines), f"正在导入第{line.source.row}行…")
        if line.draft is not None:
            save_assessment(session, line.draft, line.assessment_id)
    return len(lines)


def undo_import(session: Session, change_set: int) -> int:
    """Take back a whole import and return how many rows were restored.

    Raises:
        DomainError: a base that it stored has been changed since.
    """
    return undo_change_set(session, change_set)
