"""Importing a roster: read the file, compare it with the library, write it as one action."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from partyroom.documents.workbooks.reading import read_sheets
from partyroom.features.exchange.domain import ParsedRoster, parse_workbook
from partyroom.features.exchange.plan import ChoiceKind, RosterPlan, merged, plan_roster
from partyroom.features.exchange.verdicts import ExistingMember, VerdictKind
from partyroom.features.meetings.search import index_after
from partyroom.features.members.service import admit_member, all_details, get_member, update_member
from partyroom.storage.undo import undo_change_set

Report = Callable[[int, int, str], None]


def read_roster(session: Session, path: Path) -> RosterPlan:
    """Read a roster file and say what importing it would do; nothing is written.

    Raises:
        DomainError: the file is no roster that can be read; the sentence says why.
    """
    return compare_roster(session, parse_file(path))


def compare_roster(session: Session, parsed: ParsedRoster) -> RosterPlan:
    """Say what importing a roster that was read would do; nothing is written."""
    return plan_roster(parsed, existing_members(session))


def parse_file(path: Path) -> ParsedRoster:
    """Read a roster file by itself; needs no library.

    Raises:
        DomainError: the file is no roster that can be read; the sentence says why.
    """
    return parse_workbook(read_sheets(path))


def existing_members(session: Session) -> list[ExistingMember]:
    """Everybody on the roster as matching needs them."""
    return [
        ExistingMember(
            detail.id,
            detail.draft.name,
            detail.draft.birth,
            detail.draft.id_number,
            detail.draft.values(),
        )
        for detail in all_details(session)
    ]


def apply_roster(session: Session, plan: RosterPlan, report: Report | None = None) -> int:
    """Write everything the plan says, within the running transaction, and return how many people it touched.

    Raises:
        DomainError: somebody was removed or changed since the plan was made so that it no longer fits.
    """
    people: dict[int, int] = {}  # whom the rows so far are about
    touched = 0
    for number, step in enumerate(plan.steps):
        if report is not None:
            report(number, len(plan.steps), f"正在导入第{step.row.row}行…")
        if step.choice is not None and step.choice.kind is ChoiceKind.SKIP:
            continue
        if step.verdict.kind is VerdictKind.NEW:
            people[step.row.row] = admit_member(session, plan.record(step))
            touched += 1
            continue
        member_id = people[step.into_row] if step.into_row is not None else step.verdict.member_id
        if member_id is not None:
            people[step.row.row] = member_id
        if step.verdict.kind is VerdictKind.UPDATE:
            assert member_id is not None
            update_member(session, member_id, merged(get_member(session, member_id).draft, step))
            touched += 1
    return touched


def undo_import(session: Session, change_set: int) -> int:
    """Take back a whole import and return how many rows were restored.

    Raises:
        DomainError: somebody it touched has been changed since.
    """
    restored = undo_change_set(session, change_set)
    index_after(session, change_set)
    return restored
