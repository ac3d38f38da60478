"""What organisation and roster give to handbook and archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.core.filing import Field, Retention
from partyroom.documents.contribution import RUNNING, Fetch, Part, Piece, Request
from partyroom.documents.model import Document
from partyroom.documents.sheet import Sheet
from partyroom.features.members.branch_report import (
    CommitteeLine,
    GroupLine,
    blank_branch_document,
    blank_committee_document,
    blank_groups_document,
    branch_document,
    committee_document,
    committee_lines,
    committee_sheet,
    groups_document,
    groups_sheet,
)
from partyroom.features.members.domain import is_here
from partyroom.features.members.report import roster_document, roster_sheet
from partyroom.features.members.service import all_details, committee_of, current_posts, group_leader, members_on
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch, list_groups, list_terms


def branch_pieces(session: Session, request: Request) -> list[Piece]:
    """党支部基本情况 at the end of the year, or today in the running one."""
    branch, day = get_branch(session), _as_of(request)
    people = [member for member in all_details(session) if is_here(member.draft, day)]
    paper = branch_document(branch, people, day, groups=len(list_groups(session)))
    return [_piece("branch", "党支部基本情况", paper, request, day)]


def committee_pieces(session: Session, request: Request) -> list[Piece]:
    """Each committee that was in office in the year."""
    branch, day = get_branch(session), _as_of(request)
    people = {int(member.id): member for member in all_details(session)}
    later, pieces = date.max, []
    for term in list_terms(session):  # latest first: a term runs until the next begins
        if term.started <= request.last and later > request.first:
            last = min(day, later - timedelta(days=1))
            holders = committee_of(session, term.id, last)
            lines = committee_lines([(holder.kind.label, holder.member_id) for holder in holders], people)
            paper = committee_document(branch, term, lines, day)
            sheets = partial(_committee_sheets, branch, tuple(lines))
            pieces.append(_piece(f"committee:{term.id}", paper.title, paper, request, day, sheets))
        later = term.started
    return pieces[::-1]


def group_pieces(session: Session, request: Request) -> list[Piece]:
    """The Party groups with their people on the day."""
    branch, day = get_branch(session), _as_of(request)
    here = members_on(session, day)
    groups = []
    for group in list_groups(session):
        leader = group_leader(session, group.id)
        names = tuple(member.draft.name for member in here if member.draft.group == group.name)
        groups.append(GroupLine(group.name, leader.name if leader else "", names))
    if not groups:
        return []
    paper = groups_document(branch, groups, day)
    return [_piece("groups", "党小组", paper, request, day, lambda: [groups_sheet(branch, groups)])]


def roster_pieces(session: Session, request: Request) -> list[Piece]:
    """党员花名册 of the day, masked unless asked otherwise."""
    branch, day, posts = get_branch(session), _as_of(request), current_posts(session, _as_of(request))
    people = [replace(member, posts=posts.get(member.id, ())) for member in all_details(session)]
    if not people:
        return []
    paper = roster_document(people, branch, day, full=not request.masked)
    full = not request.masked
    return [_piece("roster", "党员花名册", paper, request, day, lambda: [roster_sheet(people, branch, full=full)])]


def _committee_sheets(branch: Branch, lines: Sequence[CommitteeLine]) -> list[Sheet]:
    return [committee_sheet(branch, lines)]


def _as_of(request: Request) -> date:
    """The last day of the year, or today while it runs."""
    return min(request.last, request.today or today())


def _piece(
    key: str,
    title: str,
    paper: Document,
    request: Request,
    day: date,
    sheets: Callable[[], Sequence[Sheet]] | None = None,
) -> Piece:
    def compose(_fetch: Fetch) -> list[Document]:
        return [paper]

    settled = request.last < (request.today or today())
    note = "" if settled else RUNNING
    return Piece(f"{key}:{request.year}", title, compose, day, paper.author, sheets=sheets, settled=settled, note=note)


PARTS = (
    Part(
        "members.branch",
        "党支部基本情况",
        10,
        Field.MECHANISM,
        Retention.PERMANENT,
        branch_pieces,
        lambda: [blank_branch_document()],
    ),
    Part(
        "members.committee",
        "支部委员会",
        20,
        Field.MECHANISM,
        Retention.PERMANENT,
        committee_pieces,
        lambda: [blank_committee_document()],
    ),
    Part(
        "members.groups",
        "党小组",
        30,
        Field.MECHANISM,
        Retention.PERMANENT,
        group_pieces,
        lambda: [blank_groups_document()],
    ),
    Part("members.roster", "党员花名册", 40, Field.MANAGEMENT, Retention.PERMANENT, roster_pieces),
)
"""Roster and organisation for handbook, filing and inspection."""
