"""What the archive itself gives to the handbook: the summary of the year."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.core.filing import Field, Retention
from partyroom.documents.contribution import Fetch, Part, Piece, Request
from partyroom.documents.model import Document
from partyroom.features.archives.book_pages_report import blank_summary_document, summary_document
from partyroom.features.archives.book_service import read_plan
from partyroom.features.organisation.service import get_branch


def summary_pieces(session: Session, request: Request) -> list[Piece]:
    """年度总结, once it is written."""
    plan = read_plan(session, request.year)
    if not plan.summary.strip():
        return []
    branch = get_branch(session)
    day = min(request.last, request.today or today())

    def compose(_fetch: Fetch) -> Sequence[Document]:
        return [summary_document(branch, request.year, plan.summary, day)]

    over = request.last < (request.today or today())
    title = f"{request.year}年度工作总结"
    return [Piece(f"year_summary:{request.year}", title, compose, day, branch.full_name, settled=over)]


PARTS = (
    Part(
        "archives.summary",
        "年度总结",
        900,
        Field.MECHANISM,
        Retention.PERMANENT,
        summary_pieces,
        lambda: [blank_summary_document()],
    ),
)
"""The summary is kept as long as the records it sums up; the branch may change that among its retentions."""
