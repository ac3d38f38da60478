"""公开承诺事项公示: who promises what until when, for the notice board or the website. No private data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.documents.model import (
    Align,
    Blank,
    Block,
    Closing,
    Document,
    LedgerColumn,
    LedgerTable,
    PageStyle,
    Paragraph,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.organisation.domain import Branch
from partyroom.features.pledges.domain import PledgeDetail, PledgeItem, PledgeRound, State
from partyroom.features.pledges.public_text import public_text
from partyroom.features.pledges.report import short_day

TITLE = "公开承诺事项公示"
_COLUMNS = (
    LedgerColumn("序号", 11, Align.CENTRE),
    LedgerColumn("承诺人", 25, Align.CENTRE),
    LedgerColumn("职务（科室）", 30, Align.CENTRE),
    LedgerColumn("承诺事项", 84),
    LedgerColumn("践诺措施", 66),
    LedgerColumn("完成时限", 24, Align.CENTRE),
    LedgerColumn("责任人", 22, Align.CENTRE),
)
_BLANK_ROWS = 12


def publication_document(
    year_round: PledgeRound,
    pledges: Sequence[PledgeDetail],
    branch: Branch,
    day: date,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
) -> Document:
    """The list as it is put up on `day`, shown from `first_day` to `last_day`; withdrawn pledges are left out.

    Besides name and post it says nothing of persons (GK-04), the telephone is that of the branch's office.
    """
    title = f"{year_round.year}年度{TITLE}"
    blocks: tuple[Block, ...] = (
        Title(f"{branch.full_name}{title}"),
        Paragraph(_words(year_round, pledges, first_day, last_day)),
        Blank(0.3),
        LedgerTable(_COLUMNS, tuple(tuple(map(str, line)) for line in _lines(pledges)), size=10.0),
        *_contact(branch),
        Closing(branch.full_name, chinese_date(day)),
    )
    return Document(title, blocks, PageStyle.LEDGER, author=branch.full_name)


def publication_sheet(year_round: PledgeRound, pledges: Sequence[PledgeDetail], branch: Branch) -> Sheet:
    """The same as a workbook, a line an item with all its cells."""
    headings = tuple(column.title for column in _COLUMNS)
    title = f"{branch.full_name}{year_round.year}年度{TITLE}"
    return Sheet(title, headings, _lines(pledges), (6, 14, 20, 50, 40, 16, 12), name=TITLE)


def blank_publication_document() -> Document:
    """The list to fill in by hand."""
    rows = tuple((str(number), *("",) * (len(_COLUMNS) - 1)) for number in range(1, _BLANK_ROWS + 1))
    table = LedgerTable(_COLUMNS, rows, size=10.0, least_row=11.0)
    return Document(TITLE, (Title(TITLE), table), PageStyle.LEDGER)


def _words(
    year_round: PledgeRound, pledges: Sequence[PledgeDetail], first_day: date | None, last_day: date | None
) -> str:
    shown = [pledge for pledge in pledges if pledge.state is not State.WITHDRAWN]
    items = sum(len(pledge.standing_items) for pledge in shown)
    review = max((pledge.reviewed_on for pledge in shown if pledge.reviewed_on), default=None)
    source = f"经{chinese_date(review)}审诺，" if review else ""
    text = f"{source}现将{year_round.year}年度公开承诺{len(shown)}份、承诺事项{items}项予以公示，请党员和群众监督。"
    if first_day and last_day:
        return f"{text}公示期：{chinese_date(first_day)}至{chinese_date(last_day)}。"
    return f"{text}自{chinese_date(first_day)}起公示。" if first_day else text


def _lines(pledges: Sequence[PledgeDetail]) -> list[tuple[str | int, ...]]:
    """A line an item, each with name and post: the list breaks between pages."""
    shown = [pledge for pledge in pledges if pledge.state is not State.WITHDRAWN]
    return [_line(number, pledge, item) for number, pledge in enumerate(shown, 1) for item in pledge.standing_items]


def _line(number: int, pledge: PledgeDetail, item: PledgeItem) -> tuple[str | int, ...]:
    person = (number, pledge.name, pledge.post or pledge.department)
    words = (public_text(item.text), public_text(item.measure), short_day(item.deadline), item.responsible)
    return (*person, *words)


def _contact(branch: Branch) -> tuple[Block, ...]:
    return (Paragraph(f"监督电话：{branch.office_phone}"),) if branch.office_phone.strip() else ()
