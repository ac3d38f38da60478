"""From stored pledges to the print preview: 承诺书, posters, 践诺台账, 评诺汇总, 公示, overviews, empty forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import today
from partyroom.core.errors import DomainError
from partyroom.core.text import safe_file_name
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch
from partyroom.features.pledges.domain import PledgeDetail, PledgeRound
from partyroom.features.pledges.overview import mid_year_day, year_end_day
from partyroom.features.pledges.papers_service import evidence_of, portraits_of
from partyroom.features.pledges.round_service import get_round
from partyroom.features.pledges.service import get_pledges, pledges_of
from partyroom.ui.desk import Desk
from partyroom.ui.progress import Progress

if TYPE_CHECKING:
    from partyroom.documents.model import Document
    from partyroom.documents.sheet import Sheet


@dataclass(frozen=True)
class Found:
    """What was read for a paper; `extra` holds what only that paper needs: portraits, photos, people."""

    year_round: PledgeRound
    pledges: Sequence[PledgeDetail]
    branch: Branch
    extra: Any = None


@dataclass(frozen=True)
class Made:
    """A paper: documents to typeset or a finished PDF, and the table for Excel where there is one."""

    documents: Sequence[Document] = ()
    pdf: Any = None
    sheet: Sheet | None = None


@dataclass(frozen=True)
class Printed:
    """A typeset paper."""

    pdf: bytes
    missing: Sequence[str]
    made: Made


Extra = Callable[[Any, Sequence[PledgeDetail]], Any]
Maker = Callable[[Found], Made]


def preview_letters(desk: Desk, owner: QWidget, round_id: int, ids: Sequence[int]) -> None:
    """承诺书 of these pledges (of all without any)."""
    from partyroom.features.pledges.letter_service import letter_people

    _begin(desk, owner, "承诺书", round_id, ids, letter_people, _letters)


def preview_posters(desk: Desk, owner: QWidget, round_id: int, ids: Sequence[int], size: str) -> None:
    """A poster for each of these pledges, 'A4' or 'A3'."""
    extra = partial(_portraits, desk.store.attachments)
    _begin(desk, owner, f"亮诺海报（{size}，每份一张）", round_id, ids, extra, partial(_posters, size))


def preview_wall(desk: Desk, owner: QWidget, round_id: int, size: str) -> None:
    """The whole branch on one poster, or as many as are needed."""
    extra = partial(_portraits, desk.store.attachments)
    _begin(desk, owner, f"亮诺海报（{size}，全支部）", round_id, (), extra, partial(_wall, size))


def preview_register(desk: Desk, owner: QWidget, round_id: int, ids: Sequence[int], *, photos: bool) -> None:
    """践诺台账 of these pledges (of all without any), with photos as an annex if wanted."""
    extra = partial(_photos, desk.store.attachments) if photos else None
    _begin(desk, owner, "践诺台账", round_id, ids, extra, _register)


def preview_appraisals(desk: Desk, owner: QWidget, round_id: int, ids: Sequence[int]) -> None:
    """评诺汇总表."""
    _begin(desk, owner, "评诺汇总表", round_id, ids, None, _appraisals)


def preview_publication(desk: Desk, owner: QWidget, round_id: int, ids: Sequence[int]) -> None:
    """The list of pledges for 公示."""
    _begin(desk, owner, "公开承诺公示", round_id, ids, None, _publication)


def preview_overview(desk: Desk, owner: QWidget, round_id: int, year: int, *, mid_year: bool) -> None:
    """The overview at mid-year or year-end as a paper."""
    day = mid_year_day(year) if mid_year else year_end_day(year)
    title = "年中小结" if mid_year else "年终小结"
    _begin(desk, owner, f"公开承诺{title}", round_id, (), None, partial(_overview, day))


def preview_blanks(desk: Desk, owner: QWidget, round_id: int) -> None:
    """Empty forms to be filled in by hand: 承诺书, 践诺台账, 评诺汇总表."""
    _begin(desk, owner, "公开承诺空白表", round_id, (), None, _blanks)


def _begin(
    desk: Desk, owner: QWidget, title: str, round_id: int, ids: Sequence[int], extra: Extra | None, make: Maker
) -> None:
    work = partial(_read, round_id, tuple(ids), extra)
    desk.tasks.read(work, partial(_typeset, desk, owner, title, make), owner=owner)


def _read(round_id: int, ids: Sequence[int], extra: Extra | None, session: Any) -> Found:
    pledges = get_pledges(session, ids) if ids else pledges_of(session, round_id)
    more = extra(session, pledges) if extra is not None else None
    return Found(get_round(session, round_id), pledges, get_branch(session), more)


def _typeset(desk: Desk, owner: QWidget, title: str, make: Maker, found: Found) -> None:
    if not found.pledges and make is not _blanks:
        desk.messages.inform("还没有承诺，没有可以打印的内容。")
        return
    done = partial(_show, desk, owner, f"{found.year_round.year}年度{title}")
    work = partial(_make, make, found, desk.settings.text("document_fonts"))
    desk.tasks.compute(work, done, owner=owner, title=f"正在排版{title}")


def _make(make: Maker, found: Found, fonts: str, progress: Progress) -> Printed:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.documents.pdf import render_pdf

    made = make(found)
    if made.pdf is not None:
        return Printed(made.pdf.data, tuple(made.pdf.missing), made)
    if not made.documents:
        raise DomainError("选中的承诺已撤回，没有可以打印的内容。")
    rendered = render_pdf(made.documents, shared_book(FontSource(fonts)), progress.step)
    return Printed(rendered.data, tuple(rendered.missing), made)


def _show(desk: Desk, owner: QWidget, name: str, printed: Printed) -> None:
    from partyroom.ui.print_preview import PrintPreview

    copies: list[tuple[str, str, Callable[[], bytes]]] = []
    if printed.made.documents:
        copies.append(("另存为 Word…", "docx", partial(_word, printed.made.documents)))
    if printed.made.sheet is not None:
        copies.append(("另存为 Excel…", "xlsx", partial(_excel, printed.made.sheet)))
    PrintPreview(
        desk, name, printed.pdf, safe_file_name(name), warnings=printed.missing, copies=copies, parent=owner.window()
    ).open()


def _letters(found: Found) -> Made:
    from partyroom.features.pledges.report import letter_documents

    return Made(letter_documents(found.pledges, found.branch, found.extra))


def _posters(size: str, found: Found) -> Made:
    from partyroom.documents.poster import PosterSize
    from partyroom.features.pledges.poster_report import poster_pdf

    return Made(pdf=poster_pdf(found.pledges, found.branch, size=PosterSize(size), portraits=found.extra))


def _wall(size: str, found: Found) -> Made:
    from partyroom.documents.poster import PosterSize
    from partyroom.features.pledges.poster_report import wall_pdf

    made = wall_pdf(found.year_round, found.pledges, found.branch, size=PosterSize(size), portraits=found.extra)
    return Made(pdf=made)


def _register(found: Found) -> Made:
    from partyroom.features.pledges.register_report import register_document, register_sheet

    document = register_document(found.year_round, found.pledges, found.branch, today(), photos=found.extra)
    return Made([document], sheet=register_sheet(found.year_round, found.pledges, found.branch, today()))


def _appraisals(found: Found) -> Made:
    from partyroom.features.pledges.appraisal_report import appraisal_document, appraisal_sheet

    document = appraisal_document(found.year_round, found.pledges, found.branch, today())
    return Made([document], sheet=appraisal_sheet(found.year_round, found.pledges, found.branch))


def _publication(found: Found) -> Made:
    from partyroom.features.pledges.publication_report import publication_document, publication_sheet

    shown = [pledge.published_from for pledge in found.pledges if pledge.published_from]
    until = [pledge.published_until for pledge in found.pledges if pledge.published_until]
    document = publication_document(
        found.year_round,
        found.pledges,
        found.branch,
        today(),
        first_day=min(shown, default=None),
        last_day=max(until, default=None),
    )
    return Made([document], sheet=publication_sheet(found.year_round, found.pledges, found.branch))


def _overview(day: date, found: Found) -> Made:
    from partyroom.features.pledges.overview_report import overview_document

    return Made([overview_document(found.year_round, found.pledges, found.branch, min(day, today()))])


def _blanks(found: Found) -> Made:
    from partyroom.features.pledges.appraisal_report import blank_appraisal_document
    from partyroom.features.pledges.register_report import blank_register_document
    from partyroom.features.pledges.report import blank_letter_document

    return Made(
        [
            blank_letter_document(branch=found.branch),
            blank_register_document(),
            blank_appraisal_document(found.year_round.grades),
        ]
    )


def _portraits(files: Any, session: Any, pledges: Sequence[PledgeDetail]) -> Any:
    return portraits_of(session, files, [pledge.id for pledge in pledges])


def _photos(files: Any, session: Any, pledges: Sequence[PledgeDetail]) -> Any:
    return evidence_of(session, files, [pledge.id for pledge in pledges])


def _word(documents: Sequence[Document]) -> bytes:
    from partyroom.documents.word import render_docx

    return render_docx(documents)


def _excel(sheet: Sheet) -> bytes:
    from partyroom.documents.sheet import render_xlsx

    return render_xlsx(sheet)
