"""What meetings give to handbook and archive: records with their photos, notices, plan, attendance, make-up lessons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.core.filing import Field, Retention
from partyroom.documents.contribution import RUNNING, Enclosure, Fetch, Part, Piece, Request
from partyroom.documents.model import Document
from partyroom.documents.sheet import Sheet
from partyroom.features.meetings.absence import MakeUpStatus
from partyroom.features.meetings.absence_report import blank_slip_document, make_up_document, slips_document
from partyroom.features.meetings.domain import MeetingDetail, PaperKind, kind_label, meeting_kinds
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.leave_service import AbsenceQuery, list_slip_ids, list_slip_rows, slip_scans
from partyroom.features.meetings.make_up_service import list_make_up_ids, list_make_up_rows
from partyroom.features.meetings.office import papers_of
from partyroom.features.meetings.papers import PaperRow, Photo
from partyroom.features.meetings.papers_service import list_papers
from partyroom.features.meetings.plan_report import (
    blank_plan_document,
    blank_record_document,
    plan_document,
    plan_sheet,
)
from partyroom.features.meetings.plan_service import year_plan
from partyroom.features.meetings.report import Annex, notice_document, record_document
from partyroom.features.meetings.resolution_report import TITLE, ledger_document, ledger_sheet
from partyroom.features.meetings.resolution_service import (
    ResolutionQuery,
    list_resolution_ids,
    list_resolution_rows,
)
from partyroom.features.meetings.service import list_rows, meeting_ids_between
from partyroom.features.meetings.statistics_report import (
    rates_document,
    rates_sheets,
    summary_document,
    summary_sheets,
)
from partyroom.features.meetings.statistics_service import RatesQuery, attendance_rates, year_summary
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch

NAMED = ("assembly", "committee", "group", "lecture", "theme_day", "life")
"""Kinds of meeting with a section of their own; all others share one."""

Sheets = Callable[[], Sequence[Sheet]]


def record_pieces(kinds: Sequence[str], session: Session, request: Request) -> list[Piece]:
    """会议记录 of the meetings held in the year whose (first) kind is one of `kinds`; none: of all not named."""
    ids = meeting_ids_between(session, request.first, request.last)
    wanted = [row.id for row in list_rows(session, ids) if _belongs(row.kind_code, kinds)]
    details, branch = papers_of(session, wanted)
    return [_record(detail, branch, list_papers(session, detail.id)) for detail in details]


def notice_pieces(session: Session, request: Request) -> list[Piece]:
    """会议纪要 of the year."""
    details, branch = papers_of(session, meeting_ids_between(session, request.first, request.last))
    return [
        Piece(
            f"notice:{detail.id}",
            f"{detail.draft.title}（会议纪要）",
            partial(_composed, notice_document, detail, branch),
            detail.draft.starts_at.date(),
            branch.full_name,
            f"第{detail.number}号",
            settled=detail.finalised_at is not None,
        )
        for detail in details
    ]


def plan_pieces(session: Session, request: Request) -> list[Piece]:
    """年度组织生活计划."""
    branch, plan = get_branch(session), year_plan(session, request.year)
    if not plan.rows:
        return []
    paper = plan_document(plan.rows, branch, request.year, _as_of(request))
    return [_table("plan", paper, request, lambda: [plan_sheet(plan.rows, branch, request.year)])]


def attendance_pieces(session: Session, request: Request) -> list[Piece]:
    """三会一课开展情况汇总 and 考勤统计 of the year."""
    day = _as_of(request)
    rates = attendance_rates(session, RatesQuery(request.first, day))
    if not rates.meetings:
        return []
    summary, branch = year_summary(session, request.year, day)
    kinds = kinds_of(session)
    overview = summary_document(summary, branch, kinds)
    paper = rates_document(rates, branch, first=request.first, last=day, kinds="全部")
    return [
        _table("summary", overview, request, lambda: summary_sheets(summary, branch, kinds)),
        _table("attendance", paper, request, lambda: rates_sheets(rates, branch, first=request.first, last=day)),
    ]


def slip_pieces(session: Session, request: Request) -> list[Piece]:
    """请假条 of the year in one file, the scans of signed ones with it."""
    rows = list_slip_rows(session, list_slip_ids(session, AbsenceQuery(year=str(request.year))))
    rows = [row for row in rows if row.stored]
    if not rows:
        return []
    branch = get_branch(session)

    def compose(_fetch: Fetch) -> list[Document]:
        return slips_document(rows, branch)

    piece = _year_piece("slips", f"{request.year}年请假条（{len(rows)}张）", compose, branch, request)
    scans = tuple(Enclosure(name, sha256, caption) for name, sha256, caption in slip_scans(session, rows))
    return [replace(piece, enclosures=scans)]


def make_up_pieces(session: Session, request: Request) -> list[Piece]:
    """补课记录 of lessons held."""
    query = AbsenceQuery(year=str(request.year), status=MakeUpStatus.DONE)
    rows = list_make_up_rows(session, list_make_up_ids(session, query))
    if not rows:
        return []
    branch = get_branch(session)

    def compose(_fetch: Fetch) -> list[Document]:
        return [make_up_document(row, branch) for row in rows]

    return [_year_piece("make_ups", f"{request.year}年补课记录（{len(rows)}份）", compose, branch, request)]


def resolution_pieces(session: Session, request: Request) -> list[Piece]:
    """议事决策督办台账 of the year's resolutions."""
    query = ResolutionQuery(year=str(request.year), descending=False)
    rows = list_resolution_rows(session, list_resolution_ids(session, query))
    if not rows:
        return []
    branch, day = get_branch(session), _as_of(request)
    paper = ledger_document(rows, branch, day)
    return [_table("resolutions", paper, request, lambda: [ledger_sheet(rows, branch, day)], title=TITLE)]


def _belongs(code: str, kinds: Sequence[str]) -> bool:
    return code in kinds if kinds else code not in NAMED


def _record(detail: MeetingDetail, branch: Branch, papers: Sequence[PaperRow]) -> Piece:
    photos = [paper for paper in papers if paper.picture and paper.kind is PaperKind.PHOTO]

    def compose(fetch: Fetch) -> list[Document]:
        annex = Annex(tuple(Photo(fetch(photo.sha256), photo.caption) for photo in photos))
        return [record_document(detail, branch, annex=annex)]

    draft = detail.draft
    day = draft.starts_at.date()
    return Piece(
        key=f"meeting:{detail.id}",
        title=f"{draft.title or kind_label(draft.kind, detail.kinds)}（会议记录）",
        compose=compose,
        dated=day,
        author=branch.full_name,
        enclosures=tuple(
            Enclosure(paper.name, paper.sha256, paper.caption or paper.kind.label)
            for paper in papers
            if paper not in photos
        ),
        settled=detail.finalised_at is not None,
        note="" if detail.finalised_at is not None else "会议记录还没有定稿",
    )


def _composed(
    make: Callable[[MeetingDetail, Branch], Document], detail: MeetingDetail, branch: Branch, _fetch: Fetch
) -> list[Document]:
    return [make(detail, branch)]


def _table(key: str, paper: Document, request: Request, sheets: Sheets, title: str = "") -> Piece:
    def compose(_fetch: Fetch) -> list[Document]:
        return [paper]

    return Piece(
        f"{key}:{request.year}",
        f"{request.year}年{title}" if title else paper.title,
        compose,
        _as_of(request),
        paper.author,
        sheets=sheets,
        settled=_over(request),
        note="" if _over(request) else RUNNING,
    )


def _year_piece(
    key: str, title: str, compose: Callable[[Fetch], Sequence[Document]], branch: Branch, request: Request
) -> Piece:
    return Piece(f"{key}:{request.year}", title, compose, _as_of(request), branch.full_name, settled=_over(request))


def _as_of(request: Request) -> date:
    return min(request.last, request.today or today())


def _over(request: Request) -> bool:
    return request.last < (request.today or today())


def _records(kind: str, place: int, field: Field) -> Part:
    label = meeting_kinds()[kind].label
    return Part(
        f"meetings.{kind}",
        f"{label}记录",
        place,
        field,
        Retention.PERMANENT,
        partial(record_pieces, (kind,)),
        lambda: [blank_record_document(label)],
    )


PARTS = (
    Part(
        "meetings.plan",
        "年度组织生活计划",
        50,
        Field.MECHANISM,
        Retention.YEARS_10,
        plan_pieces,
        lambda: [blank_plan_document()],
    ),
    _records("assembly", 100, Field.MECHANISM),
    _records("committee", 110, Field.MECHANISM),
    _records("group", 120, Field.MECHANISM),
    _records("lecture", 130, Field.EDUCATION),
    _records("theme_day", 140, Field.EDUCATION),
    _records("life", 150, Field.CONDUCT),
    Part(
        "meetings.other",
        "其他会议和活动记录",
        155,
        Field.EDUCATION,
        Retention.PERMANENT,
        partial(record_pieces, ()),
    ),
    Part("meetings.attendance", "考勤总表", 160, Field.MANAGEMENT, Retention.YEARS_10, attendance_pieces),
    Part(
        "meetings.slips",
        "请假条",
        170,
        Field.MANAGEMENT,
        Retention.YEARS_10,
        slip_pieces,
        lambda: [blank_slip_document(Branch(""))],
    ),
    Part("meetings.make_ups", "补课记录", 172, Field.EDUCATION, Retention.YEARS_10, make_up_pieces),
    Part("meetings.resolutions", TITLE, 180, Field.MECHANISM, Retention.PERMANENT, resolution_pieces),
    Part("meetings.notices", "会议纪要", 190, Field.MECHANISM, Retention.PERMANENT, notice_pieces, in_book=False),
)
"""Meetings for handbook, filing and inspection; by default 记录、决议、纪要 are kept for ever, the rest ten years."""
