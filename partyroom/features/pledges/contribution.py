"""What pledges give to handbook and archive: letters with scans, publication, register with photos, appraisal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.core.filing import Field, Retention
from partyroom.documents.contribution import Enclosure, Fetch, Part, Piece, Request
from partyroom.documents.model import Document
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch
from partyroom.features.pledges.appraisal_report import (
    appraisal_document,
    appraisal_sheet,
    blank_appraisal_document,
)
from partyroom.features.pledges.domain import PaperKind, Photo, PledgeDetail, PledgeRound, State
from partyroom.features.pledges.letter_service import letter_people
from partyroom.features.pledges.overview_report import overview_document
from partyroom.features.pledges.publication_report import (
    blank_publication_document,
    publication_document,
    publication_sheet,
)
from partyroom.features.pledges.register_report import blank_register_document, register_document, register_sheet
from partyroom.features.pledges.report import LetterPerson, blank_letter_document, letter_documents
from partyroom.features.pledges.round_service import round_of
from partyroom.features.pledges.service import pledges_of

Pledges = Sequence[PledgeDetail]


@dataclass(frozen=True, slots=True)
class Year:
    """A year's round with its pledges (at least one), as papers need them; `as_of` is the day they are made of."""

    round: PledgeRound
    pledges: Pledges
    branch: Branch
    people: Mapping[int, LetterPerson]
    as_of: date
    over: bool


def letter_pieces(year: Year) -> list[Piece]:
    """承诺书 of the year in one file, the scans of signed ones with it."""

    def compose(_fetch: Fetch) -> list[Document]:
        return letter_documents(year.pledges, year.branch, year.people)

    piece = Piece(
        key=f"letters:{year.round.year}",
        title=f"{year.round.year}年公开承诺书（{len(year.pledges)}份）",
        compose=compose,
        dated=max(pledge.proposed_on for pledge in year.pledges),
        author=year.branch.full_name,
        enclosures=_enclosures(year.pledges, PaperKind.SIGNED),
        settled=year.over,
    )
    return [piece]


def register_pieces(year: Year) -> list[Piece]:
    """践诺台账 with its photos, once a deed is recorded or an item done, and the overview of the year."""
    if not any(pledge.deeds or any(item.done for item in pledge.items) for pledge in year.pledges):
        return []

    def register(fetch: Fetch) -> list[Document]:
        return [
            register_document(year.round, year.pledges, year.branch, year.as_of, photos=_photos(year.pledges, fetch))
        ]

    def overview(_fetch: Fetch) -> list[Document]:
        return [overview_document(year.round, year.pledges, year.branch, year.as_of)]

    ledger = Piece(
        key=f"register:{year.round.year}",
        title=f"{year.round.year}年践诺台账",
        compose=register,
        dated=year.as_of,
        author=year.branch.full_name,
        sheets=lambda: [register_sheet(year.round, year.pledges, year.branch, year.as_of)],
        enclosures=_evidence(year.pledges),
        settled=year.over,
    )
    written = overview_document(year.round, year.pledges, year.branch, year.as_of).title
    summary = Piece(
        f"overview:{year.round.year}", written, overview, year.as_of, year.branch.full_name, settled=year.over
    )
    return [ledger, summary]


def appraisal_pieces(year: Year) -> list[Piece]:
    """评诺汇总表, once anything is known of it."""
    if not any(_appraised(pledge) for pledge in year.pledges):
        return []
    paper = appraisal_document(year.round, year.pledges, year.branch, year.as_of)
    standing = [pledge for pledge in year.pledges if pledge.state is not State.WITHDRAWN]
    settled = all(pledge.state is State.APPRAISED for pledge in standing)
    return [
        Piece(
            key=f"appraisal:{year.round.year}",
            title=paper.title,
            compose=lambda _fetch: [paper],
            dated=max((p.appraisal.decided_on for p in standing if p.appraisal.decided_on), default=year.as_of),
            author=year.branch.full_name,
            sheets=lambda: [appraisal_sheet(year.round, year.pledges, year.branch)],
            settled=settled,
            note="" if settled else "还有承诺没有评定等次",
        )
    ]


def publication_pieces(year: Year) -> list[Piece]:
    """公示 of what was shown, with the photos of the wall."""
    shown = [pledge for pledge in year.pledges if pledge.published_from and pledge.state is not State.WITHDRAWN]
    days = [pledge.published_from for pledge in shown if pledge.published_from]
    if not days:
        return []
    ends = [pledge.published_until for pledge in shown]
    known = [end for end in ends if end]
    last = max(known) if len(known) == len(ends) else None
    first = min(days)

    def compose(_fetch: Fetch) -> Sequence[Document]:
        return [publication_document(year.round, shown, year.branch, first, first_day=first, last_day=last)]

    piece = Piece(
        key=f"publication:{year.round.year}",
        title=f"{year.round.year}年度公开承诺事项公示",
        compose=compose,
        dated=first,
        author=year.branch.full_name,
        sheets=lambda: [publication_sheet(year.round, shown, year.branch)],
        enclosures=_enclosures(shown, PaperKind.WALL),
        settled=year.over,
    )
    return [piece]


def _of_year(make: Callable[[Year], list[Piece]], session: Session, request: Request) -> list[Piece]:
    """The pieces of the year's round; none without a round or without pledges."""
    year_round = round_of(session, request.year)
    pledges = [] if year_round is None else pledges_of(session, year_round.id)
    if year_round is None or not pledges:
        return []
    day = request.today or today()
    year = Year(
        year_round,
        pledges,
        get_branch(session),
        letter_people(session, pledges),
        min(request.last, day),
        over=request.last < day,
    )
    return make(year)


def _photos(pledges: Pledges, fetch: Fetch) -> dict[int, tuple[Photo, ...]]:
    return {
        deed.id: tuple(Photo(fetch(paper.sha256), paper.caption) for paper in deed.papers if paper.picture)
        for pledge in pledges
        for deed in pledge.deeds
    }


def _enclosures(pledges: Pledges, kind: PaperKind) -> tuple[Enclosure, ...]:
    return tuple(
        Enclosure(paper.name, paper.sha256, paper.caption or f"{kind.label}（{pledge.name}）")
        for pledge in pledges
        for paper in pledge.papers_of(kind)
    )


def _evidence(pledges: Pledges) -> tuple[Enclosure, ...]:
    """Evidence that is no picture: pictures are printed behind the register."""
    return tuple(
        Enclosure(paper.name, paper.sha256, paper.caption or f"{PaperKind.EVIDENCE.label}（{pledge.name}）")
        for pledge in pledges
        for deed in pledge.deeds
        for paper in deed.papers
        if not paper.picture
    )


def _appraised(pledge: PledgeDetail) -> bool:
    found = pledge.appraisal
    return bool(found.self_grade or found.grade or found.members.held or found.masses.held)


PARTS = (
    Part(
        "pledges.letters",
        "公开承诺书",
        300,
        Field.CONDUCT,
        Retention.YEARS_10,
        partial(_of_year, letter_pieces),
        lambda: [blank_letter_document()],
    ),
    Part(
        "pledges.publication",
        "公开承诺公示",
        310,
        Field.CONDUCT,
        Retention.YEARS_10,
        partial(_of_year, publication_pieces),
        lambda: [blank_publication_document()],
    ),
    Part(
        "pledges.register",
        "践诺台账和小结",
        320,
        Field.CONDUCT,
        Retention.YEARS_10,
        partial(_of_year, register_pieces),
        lambda: [blank_register_document()],
    ),
    Part(
        "pledges.appraisal",
        "评诺汇总表",
        330,
        Field.CONDUCT,
        Retention.YEARS_10,
        partial(_of_year, appraisal_pieces),
        lambda: [blank_appraisal_document()],
    ),
)
"""Pledges in the order of their stages: letters, publication, register, appraisal."""
