"""The papers in an archive box: 归档文件目录 with its cover, and 备考表 (DA/T 22-2015)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.documents.model import (
    Align,
    Blank,
    CaptionLine,
    Cell,
    Document,
    Footer,
    FormGrid,
    FormRow,
    LedgerColumn,
    LedgerTable,
    PageStyle,
    Title,
)

CATALOGUE_COLUMNS = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注")
_WIDTHS = (12.0, 52.0, 41.0, 30.0, 59.0, 20.0, 13.0, 12.0, 18.0)
_ALIGNS = (
    Align.CENTRE,
    Align.LEFT,
    Align.LEFT,
    Align.LEFT,
    Align.LEFT,
    Align.CENTRE,
    Align.CENTRE,
    Align.CENTRE,
    Align.LEFT,
)
_NO_DATE = "　　　　年　　月　　日"


@dataclass(frozen=True, slots=True)
class CatalogueHeader:
    """What the cover of a catalogue says; `office` is empty where it is not used."""

    fonds: str
    fonds_name: str
    year: str
    retention: str
    office: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One 件. `title` as it is to be printed (one given by the branch in 〔 〕 or [ ]); `pages` None if not counted."""

    reference: str
    document_number: str
    responsible: str
    title: str
    day: date | None
    secrecy: str = ""
    pages: int | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class BoxRemarks:
    """备考表 of a box; empty fields are for filling in by hand."""

    remarks: str = ""
    arranged_by: str = ""
    arranged_on: date | None = None
    checked_by: str = ""
    checked_on: date | None = None


def catalogue_document(header: CatalogueHeader, rows: Sequence[CatalogueRow], *, least_rows: int = 0) -> Document:
    """归档文件目录: A4 landscape, the nine columns of the norm, dates as YYYYMMDD.

    `least_rows` fills up with empty rows, for filling in by hand.
    """
    cells: list[tuple[str, ...]] = [
        (
            str(number),
            row.reference,
            row.document_number,
            row.responsible,
            row.title,
            f"{row.day:%Y%m%d}" if row.day else "",
            row.secrecy,
            "" if row.pages is None else str(row.pages),
            row.remark,
        )
        for number, row in enumerate(rows, 1)
    ]
    cells += [(str(number), *[""] * 8) for number in range(len(rows) + 1, least_rows + 1)]
    columns = zip(CATALOGUE_COLUMNS, _WIDTHS, _ALIGNS, strict=True)
    office = f"　机构（问题）：{header.office}" if header.office else ""
    return Document(
        title=f"归档文件目录（{header.year}年度，{header.retention}）",
        blocks=(
            Title("归档文件目录", blank_above=0, blank_below=0),
            CaptionLine(
                left=f"全宗号：{header.fonds}",
                centre=f"年度：{header.year}{office}",
                right=f"保管期限：{header.retention}",
            ),
            LedgerTable(
                tuple(LedgerColumn(name, width, align) for name, width, align in columns), tuple(cells), least_row=10.0
            ),
        ),
        page=PageStyle.LEDGER,
        author=header.fonds_name,
        subject="归档文件目录",
    )


def catalogue_cover(header: CatalogueHeader) -> Document:
    """The cover of a catalogue: A4 landscape like the catalogue; 全宗号, 全宗名称, 年度, 保管期限, 机构（问题）."""
    fields = (
        ("全宗号", header.fonds),
        ("全宗名称", header.fonds_name),
        ("年度", header.year),
        ("保管期限", header.retention),
        ("机构（问题）", header.office),
    )
    rows = tuple(FormRow((Cell(name, label=True), Cell(value, align=Align.CENTRE)), 15.0) for name, value in fields)
    return Document(
        title=f"归档文件目录封面（{header.year}年度，{header.retention}）",
        blocks=(
            Blank(2),
            Title("归档文件目录", blank_above=0, blank_below=1, size=36.0),
            Blank(1),
            FormGrid((1.0, 3.0), rows, size=16.0),
        ),
        page=PageStyle.LEDGER,
        footer=Footer.NONE,
        author=header.fonds_name,
        subject="归档文件目录封面",
    )


def remarks_document(remarks: BoxRemarks) -> Document:
    """备考表: A4, 盒内文件情况说明 above 整理人, 整理日期, 检查人 and 检查日期."""
    rows = (
        FormRow((Cell("盒内文件情况说明", label=True, span=4, align=Align.LEFT),), 10.0),
        FormRow((Cell(remarks.remarks, span=4, indent=True),), 150.0),
        _signed("整理人", remarks.arranged_by, "整理日期", remarks.arranged_on),
        _signed("检查人", remarks.checked_by, "检查日期", remarks.checked_on),
    )
    return Document(
        title="备考表",
        blocks=(Title("备考表"), FormGrid((26.0, 40.0, 30.0, 50.0), rows)),
        page=PageStyle.FORM,
        footer=Footer.NONE,
        subject="档案盒备考表",
    )


def _signed(role: str, name: str, when: str, day: date | None) -> FormRow:
    date_text = chinese_date(day) if day else _NO_DATE
    return FormRow((Cell(role, label=True), Cell(name), Cell(when, label=True), Cell(date_text)), 14.0)
