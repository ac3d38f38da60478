"""What the dues give to handbook and archive: ledger, bases, slips of what was handed up, the year's publication."""

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
from partyroom.features.dues.assessments_service import assessments_of
from partyroom.features.dues.base_report import bases_document, bases_sheet
from partyroom.features.dues.collect_service import list_closings
from partyroom.features.dues.expense_report import expenses_document, expenses_sheet
from partyroom.features.dues.funds_service import (
    scans_of,
    year_account,
)
from partyroom.features.dues.ledger import MovementKind, first_of, last_day_of, month_label, months_of
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.dues.movements import HANDED_UP, MovementRow
from partyroom.features.dues.papers import ReceiptPaper, SignatureLine
from partyroom.features.dues.papers_service import receipt_papers, receipts_received, relief_paper, signature_lines
from partyroom.features.dues.publication_report import publication_document
from partyroom.features.dues.publication_service import publication_of
from partyroom.features.dues.receipt_report import receipts_document, receipts_sheet
from partyroom.features.dues.relief_report import relief_document
from partyroom.features.dues.reliefs_service import list_reliefs, relief_scans
from partyroom.features.dues.remittance_report import remittance_document, remittances_sheet
from partyroom.features.dues.report import ledger_document, ledger_sheet
from partyroom.features.dues.signature_report import signature_document, signature_sheet
from partyroom.features.dues.slip_service import asked_of, movements_in, slip_of
from partyroom.features.dues.years_service import get_choices
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch


def ledger_pieces(session: Session, request: Request) -> list[Piece]:
    """年度党费台账 of an opened year."""
    if get_choices(session, request.year) is None:
        return []
    branch, day = get_branch(session), _as_of(request)
    lines = ledger_of(session, request.year, day)
    if not lines:
        return []
    paper = ledger_document(request.year, lines, branch, day)
    return [_year("ledger", paper, request, lambda: [ledger_sheet(request.year, lines, branch, day)])]


def signature_pieces(session: Session, request: Request) -> list[Piece]:
    """党费交纳签名表, one for each month of the year that somebody has paid for."""
    if get_choices(session, request.year) is None:
        return []
    branch, day = get_branch(session), _as_of(request)
    pieces = []
    for month in months_of(request.year):
        lines = signature_lines(session, month, day)
        if any(line.paid_fen for line in lines):
            paper = signature_document(month, lines, branch)
            sheets = partial(_signature_sheets, month, lines, branch)
            pieces.append(_month(session, "signatures", month, request, paper.title, [paper], sheets))
    return pieces


def receipt_pieces(session: Session, request: Request) -> list[Piece]:
    """党费收据 with their counterfoils in the order of their numbers, one piece for each month of receiving."""
    branch = get_branch(session)
    by_month: dict[date, list[int]] = {}
    for row in receipts_received(session, request.year):
        by_month.setdefault(first_of(row.received_on), []).append(row.id)
    pieces = []
    for month, ids in sorted(by_month.items()):
        papers = receipt_papers(session, ids)
        title = f"{month_label(month)}党费收据存根（{papers[0].number}至{papers[-1].number}，共{len(papers)}张）"
        sheets = partial(_receipt_sheets, month, papers, branch)
        documents = receipts_document(papers, branch)
        pieces.append(_month(session, "receipts", month, request, title, documents, sheets))
    return pieces


def base_pieces(session: Session, request: Request) -> list[Piece]:
    """党费交纳基数审核表 of the year."""
    rows = assessments_of(session, request.year) if get_choices(session, request.year) is not None else []
    details = [row.current for row in rows if row.current is not None]
    if not details:
        return []
    branch = get_branch(session)
    paper = bases_document(request.year, details, branch, _as_of(request))
    return [_year("bases", paper, request, lambda: [bases_sheet(request.year, details, branch)])]


def relief_pieces(session: Session, request: Request) -> list[Piece]:
    """少交（免交）党费申请审批表 of the decisions that begin in the year, each with its scan (DF-11, DF-14)."""
    branch = get_branch(session)
    rows = [row for row in list_reliefs(session, request.year) if row.from_month.year == request.year]
    scans = relief_scans(session, [row.id for row in rows])
    pieces = []
    for row in rows:
        paper = relief_document(relief_paper(session, row.id), branch)
        scan = (Enclosure(*scans[row.id], f"{row.name}申请和批复"),) if row.id in scans else ()
        pieces.append(
            Piece(
                f"relief:{row.id}",
                paper.title,
                partial(_made, paper),
                row.superior_on or row.branch_on,
                branch.full_name,
                enclosures=scan,
            )
        )
    return pieces


def remittance_pieces(session: Session, request: Request) -> list[Piece]:
    """党费上交单 of the year, one a remittance."""
    branch = get_branch(session)
    rows = movements_in(session, request.year, *HANDED_UP)
    pieces = []
    for row in (row for row in rows if not row.reverses):
        people, due = asked_of(session, row.id)
        paper = remittance_document(slip_of(session, row.id), branch, people=people, due_fen=due)
        pieces.append(
            Piece(
                f"remittance:{row.id}",
                paper.title,
                partial(_made, paper),
                row.on_day,
                branch.full_name,
                row.number,
                sheets=partial(_register, rows, branch, request.year),
                enclosures=_scans(session, [row]),
            )
        )
    return pieces


def expense_pieces(session: Session, request: Request) -> list[Piece]:
    """党费使用台账 of the year, with the scans of its vouchers."""
    branch = get_branch(session)
    rows = movements_in(session, request.year, MovementKind.EXPENSE)
    if not rows:
        return []
    paper = expenses_document(rows, branch, request.year)
    piece = _year("expenses", paper, request, lambda: [expenses_sheet(rows, branch, request.year)])
    return [replace(piece, enclosures=_scans(session, rows))]


def publication_pieces(session: Session, request: Request) -> list[Piece]:
    """年度党费收缴使用情况公示: figures only, no private data (DF-26)."""
    if get_choices(session, request.year) is None:
        return []
    branch, day = get_branch(session), _as_of(request)
    paper = publication_of(session, request.year, day)
    months = [one for one in year_account(session, request.year).months if one.month <= paper.until]
    return [_year("publication", publication_document(paper, branch, day, months=months), request)]


def _as_of(request: Request) -> date:
    return min(request.last, request.today or today())


def _year(key: str, paper: Document, request: Request, sheets: Callable[[], Sequence[Sheet]] | None = None) -> Piece:
    return Piece(
        f"{key}:{request.year}",
        paper.title,
        partial(_made, paper),
        _as_of(request),
        paper.author,
        sheets=sheets,
        settled=request.last < (request.today or today()),
        note="" if request.last < (request.today or today()) else RUNNING,
    )


def _month(
    session: Session,
    key: str,
    month: date,
    request: Request,
    title: str,
    papers: Sequence[Document],
    sheets: Callable[[], Sequence[Sheet]],
) -> Piece:
    """A piece of a month; nothing dated in it is added once it is closed or its year is over."""
    over = request.last < (request.today or today())
    return Piece(
        f"{key}:{month:%Y-%m}",
        title,
        partial(_all_made, papers),
        min(last_day_of(month), _as_of(request)),
        papers[0].author,
        sheets=sheets,
        settled=over or any(closing.month == month for closing in list_closings(session, month.year)),
    )


def _signature_sheets(month: date, lines: Sequence[SignatureLine], branch: Branch) -> list[Sheet]:
    return [signature_sheet(month, lines, branch)]


def _receipt_sheets(month: date, papers: Sequence[ReceiptPaper], branch: Branch) -> list[Sheet]:
    sheet = receipts_sheet(papers, branch, year=month.year)
    title = f"{branch.full_name}{month_label(month)}党费收款登记（单位：元）"
    return [replace(sheet, title=title, name=f"{month_label(month)}收款")]


def _all_made(papers: Sequence[Document], _fetch: Fetch) -> Sequence[Document]:
    return papers


def _made(paper: Document, _fetch: Fetch) -> list[Document]:
    return [paper]


def _scans(session: Session, rows: Sequence[MovementRow]) -> tuple[Enclosure, ...]:
    found = scans_of(session, [row.id for row in rows])
    return tuple(Enclosure(*found[row.id], f"{row.number}凭证") for row in rows if row.id in found)


def _register(rows: Sequence[MovementRow], branch: Branch, year: int) -> list[Sheet]:
    return [remittances_sheet(rows, branch, year=year)]


PARTS = (
    Part("dues.ledger", "党费台账", 200, Field.MANAGEMENT, Retention.YEARS_30, ledger_pieces),
    Part(
        "dues.signatures",
        "党费交纳签名表",
        202,
        Field.MANAGEMENT,
        Retention.YEARS_30,
        signature_pieces,
        in_book=False,
    ),
    Part("dues.receipts", "党费收据存根", 203, Field.MANAGEMENT, Retention.YEARS_30, receipt_pieces, in_book=False),
    Part("dues.bases", "党费交纳基数审核表", 205, Field.MANAGEMENT, Retention.YEARS_30, base_pieces),
    Part(
        "dues.reliefs",
        "少交（免交）党费申请审批表",
        206,
        Field.MANAGEMENT,
        Retention.YEARS_30,
        relief_pieces,
        in_book=False,
    ),
    Part("dues.remittances", "党费上交情况", 210, Field.MANAGEMENT, Retention.YEARS_30, remittance_pieces),
    Part("dues.expenses", "党费使用台账", 215, Field.MANAGEMENT, Retention.YEARS_30, expense_pieces),
    Part("dues.publication", "党费收缴使用情况公示", 220, Field.MANAGEMENT, Retention.YEARS_30, publication_pieces),
)
"""The dues for handbook, filing and inspection; 党费收支 is kept 30 years by default.

A member's personal record is not filed: it repeats the ledger, and it is printed when the member asks for it.
"""
