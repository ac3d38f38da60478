"""The papers of a year that is closed: every piece as PDF/A, and 结转事项清单."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.documents.archival import make_archival
from partyroom.documents.contribution import Fetch
from partyroom.documents.fonts import FontBook
from partyroom.documents.model import (
    Align,
    CaptionLine,
    Document,
    Footer,
    LedgerColumn,
    LedgerTable,
    Note,
    PageStyle,
    SignatureRow,
    Title,
)
from partyroom.documents.pdf import render_pdf
from partyroom.documents.sheet import Sheet
from partyroom.features.archives.closing import CARRIED, CARRIED_TITLE, ClosedPaper, ClosingPlan, OpenItem

Told = Callable[[int, int, str], None]

_COLUMNS = (
    LedgerColumn("序号", 12.0, Align.CENTRE),
    LedgerColumn("类别", 28.0, Align.CENTRE),
    LedgerColumn("事项", 110.0),
    LedgerColumn("责任人", 26.0, Align.CENTRE),
    LedgerColumn("时限", 34.0, Align.CENTRE),
    LedgerColumn("说明", 34.0),
)


def render_papers(
    plan: ClosingPlan, fetch: Fetch, told: Told | None = None, fonts: FontBook | None = None
) -> list[ClosedPaper]:
    """All papers of the year as PDF/A, the list of what is carried over last.

    `told` hears of every step; what it raises (CancelledError) ends the work.

    Raises:
        StorageError: an attachment is missing or was changed.
    """
    tell = told or (lambda _done, _total, _text: None)
    papers = []
    for done, (key, piece) in enumerate(plan.pieces):
        tell(done, len(plan.pieces) + 1, piece.title)
        documents = list(piece.compose(fetch))
        papers.append(_paper(plan, key, piece.title, documents, fonts))
    tell(len(plan.pieces), len(plan.pieces) + 1, CARRIED_TITLE)
    carried = carried_document(plan.carried, plan.branch, plan.year, plan.moment.date())
    return [*papers, _paper(plan, CARRIED, carried.title, [carried], fonts)]


def _paper(
    plan: ClosingPlan, key: str, title: str, documents: Sequence[Document], fonts: FontBook | None
) -> ClosedPaper:
    printed = render_pdf(documents, fonts)
    content = make_archival(printed.data, title=title, author=plan.branch, created=plan.moment)
    return ClosedPaper(key, title, content, printed.pages)


def carried_document(items: Sequence[OpenItem], branch: str, year: int, day: date) -> Document:
    """结转事项清单: what was still open when the year was closed."""
    title = f"{year}年度{CARRIED_TITLE}"
    blocks = (
        Title(title),
        CaptionLine(f"单位：{branch}", right=f"截至{chinese_date(day)}"),
        open_items_table(items, "没有需要结转的事项。"),
        Note("说明：所列事项在下一年度继续办理；党费欠交以党费台账为准。", keep=True),
        SignatureRow(("经办人（签字）：", "书记（签字）：")),
    )
    return Document(title, blocks, PageStyle.LEDGER, Footer.COUNTED, branch)


def open_items_table(items: Sequence[OpenItem], none: str) -> LedgerTable:
    """The table of open items; `none` is said when there are none."""
    rows = tuple(
        (str(number), item.kind, item.text, item.person, item.due_text, item.remark)
        for number, item in enumerate(items, 1)
    )
    return LedgerTable(_COLUMNS, rows or (("", "", none, "", "", ""),), footnote=f"共{len(items)}项。")


def carried_sheet(items: Sequence[OpenItem], year: int) -> Sheet:
    """The list for Excel."""
    rows = [
        (number, item.kind, item.text, item.person, item.due_text, item.remark) for number, item in enumerate(items, 1)
    ]
    title = f"{year}年度{CARRIED_TITLE}"
    return Sheet(title, tuple(column.title for column in _COLUMNS), rows, (8, 14, 60, 14, 18, 20))
