"""A table as an Excel workbook in which every text stays a text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_767  # characters that Excel takes in a cell
_EPOCH = datetime(2026, 1, 1)  # noqa: DTZ001  (equal input gives equal bytes)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A titled table: headings, rows of texts, whole numbers or amounts (Decimal), column widths in characters.

    `name` is that of the sheet in its workbook, by default the title.
    """

    title: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[str | int | Decimal]]
    widths: tuple[float, ...] = ()
    note: str = ""
    name: str = ""


def render_xlsx(*sheets: Sheet) -> bytes:
    """The bytes of a workbook with these sheets, the names of which must differ.

    On each: title row, heading row (frozen), rows; texts never become formulas or numbers.
    """
    # openpyxl takes a quarter of a second to load: only when a workbook is written
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _fill(book.create_sheet(), sheet)
    book.properties.creator = "党建活动室"
    book.properties.created = book.properties.modified = _EPOCH
    stream = io.BytesIO()
    book.save(stream)
    return steady_zip(stream.getvalue())


def _fill(page: Worksheet, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    page.title = re.sub(r"[\[\]:*?/\\']", " ", sheet.name or sheet.title)[:31] or "Sheet1"
    thin = Side(style="thin", color="999999")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)
    page.append([sheet.title])
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(sheet.headings))
    page["A1"].font = Font(name="宋体", size=16, bold=True)
    page["A1"].alignment = Alignment(horizontal="center", vertical="center")
    page.row_dimensions[1].height = 30
    for number, texts in enumerate([sheet.headings, *sheet.rows], 2):
        for column, text in enumerate(texts, 1):
            cell = page.cell(number, column)
            if isinstance(text, int):
                cell.value = text
            elif isinstance(text, Decimal):
                cell.value = f"{text:.2f}"  # openpyxl would write 9.95 as 9.949999999999999, by way of a float
                cell.data_type = "n"
                cell.number_format = "0.00"
            else:
                cell.value = _ILLEGAL.sub("", text)[:_LONGEST]
                cell.data_type = "s"  # a text that begins with = is a text
                cell.number_format = "@"
            cell.font = Font(name="宋体", size=11, bold=number == 2)
            cell.alignment = Alignment(vertical="center", wrap_text=True, horizontal="center" if number == 2 else None)
            cell.border = border
    if sheet.note:
        page.cell(len(sheet.rows) + 3, 1, sheet.note).data_type = "s"
    for column, width in enumerate(sheet.widths, 1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = "C3"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:2"


def steady_zip(data: bytes) -> bytes:
    """The same zip archive with one fixed time on every entry, so that equal content gives equal bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":  # openpyxl writes the time of saving whatever it was told
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
