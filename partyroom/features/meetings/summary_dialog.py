"""三会一课开展情况汇总 of a year: ask which, preview it, with a workbook as copy."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import today
from partyroom.core.text import safe_file_name
from partyroom.features.meetings.domain import Kinds
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.statistics_service import year_summary, years_held
from partyroom.features.meetings.year_summary import YearSummary
from partyroom.features.organisation.domain import Branch
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.progress import Progress

Read = tuple[YearSummary, Branch, Kinds]


def ask_summary(desk: Desk, owner: QWidget) -> None:
    """Ask for one of the years that have meetings, or this one, and preview its summary."""
    desk.tasks.read(_years, partial(_on_years_read, desk, owner), owner=owner, key="summary_years")


def _years(session: Any) -> list[int]:
    return years_held(session)


def _on_years_read(desk: Desk, owner: QWidget, years: list[int]) -> None:
    choices = [(year, f"{year}年") for year in sorted({*years, today().year}, reverse=True)]
    field = Field("year", "年份", Kind.CHOICE, required=True, choices=choices)
    values = {"year": today().year}
    dialog = FormDialog("三会一课开展情况汇总", [field], values, desk, accept_text="预览", parent=owner)
    dialog.submitted.connect(partial(_on_year_submitted, desk, owner))
    dialog.open()


def _on_year_submitted(desk: Desk, owner: QWidget, values: dict[str, object]) -> None:
    year = values["year"]
    assert isinstance(year, int)
    desk.tasks.read(partial(_read, year), partial(_typeset, desk, owner), owner=owner)


def _read(year: int, session: Any) -> Read:
    return (*year_summary(session, year, today()), kinds_of(session))


def _typeset(desk: Desk, owner: QWidget, read: Read) -> None:
    desk.tasks.compute(partial(_make, read), partial(_show, desk, owner, read), owner=owner, title="正在排版汇总表")


def _make(read: Read, progress: Progress) -> tuple[bytes, tuple[str, ...]]:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.pdf import render_pdf
    from partyroom.features.meetings.statistics_report import summary_document

    rendered = render_pdf(summary_document(*read), progress=progress.step)
    return rendered.data, rendered.missing


def _show(desk: Desk, owner: QWidget, read: Read, printed: tuple[bytes, tuple[str, ...]]) -> None:
    from partyroom.ui.print_preview import PrintPreview

    pdf, warnings = printed
    title = f"{read[0].year}年“三会一课”开展情况汇总表"
    copies = [("另存为 Excel…", "xlsx", partial(_workbook, read))]
    PrintPreview(
        desk, title, pdf, safe_file_name(title), warnings=warnings, copies=copies, parent=owner.window()
    ).open()


def _workbook(read: Read) -> bytes:
    from partyroom.documents.sheet import render_xlsx
    from partyroom.features.meetings.statistics_report import summary_sheets

    return render_xlsx(*summary_sheets(*read))
