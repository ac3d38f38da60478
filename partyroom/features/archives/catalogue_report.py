"""归档文件目录 of a year, the list of what is due for appraisal, and the papers and labels of boxes, from rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from partyroom.core.calendar import chinese_date
from partyroom.core.filing import Retention
from partyroom.documents.box_labels import SpineLabel
from partyroom.documents.box_papers import (
    CATALOGUE_COLUMNS,
    BoxRemarks,
    CatalogueHeader,
    CatalogueRow,
    catalogue_cover,
    catalogue_document,
    remarks_document,
)
from partyroom.documents.model import (
    Align,
    CaptionLine,
    Document,
    LedgerColumn,
    LedgerTable,
    Note,
    PageStyle,
    SignatureRow,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.archives.boxing import BoxDraft, BoxRow
from partyroom.features.archives.domain import Fonds, appraisal_due
from partyroom.features.archives.filing import FiledRow

_SHEET_WIDTHS = (6.0, 28.0, 20.0, 22.0, 46.0, 11.0, 8.0, 8.0, 20.0)
_APPRAISAL_COLUMNS = (
    LedgerColumn("序号", 12.0, Align.CENTRE),
    LedgerColumn("档号", 52.0, Align.LEFT),
    LedgerColumn("题名", 66.0, Align.LEFT),
    LedgerColumn("责任者", 34.0, Align.LEFT),
    LedgerColumn("日期", 20.0, Align.CENTRE),
    LedgerColumn("页数", 12.0, Align.CENTRE),
    LedgerColumn("保管期限", 18.0, Align.CENTRE),
    LedgerColumn("到期", 20.0, Align.CENTRE),
    LedgerColumn("鉴定意见", 23.0, Align.LEFT),
)
Group = tuple[CatalogueHeader, list[FiledRow]]


def groups_of(rows: Sequence[FiledRow], fonds: Fonds) -> list[Group]:
    """Numbered pieces by year, retention and office, each group by 件号."""
    ranks = {retention: rank for rank, retention in enumerate(Retention)}
    numbered = sorted(
        (row for row in rows if row.number is not None),
        key=lambda row: (row.year, ranks[row.retention], row.office, row.number),
    )
    found: list[Group] = []
    for (year, retention, office), group in groupby(numbered, key=lambda row: (row.year, row.retention, row.office)):
        header = CatalogueHeader(fonds.number, fonds.name, str(year), retention.label, office)
        found.append((header, list(group)))
    return found


def catalogue_rows(rows: Sequence[FiledRow]) -> list[CatalogueRow]:
    """The lines of the catalogue (DA-07); pages that nobody counted stay blank."""
    return [
        CatalogueRow(
            reference=row.reference,
            document_number=row.document_number,
            responsible=row.author,
            title=row.title,
            day=row.dated,
            secrecy=row.secrecy.label,
            pages=row.pages or None,
            remark=row.remark,
        )
        for row in rows
    ]


def catalogue_documents(rows: Sequence[FiledRow], fonds: Fonds, *, cover: bool) -> list[Document]:
    """归档文件目录, a document for each year, retention and office, with its cover in front if wanted."""
    documents: list[Document] = []
    for header, group in groups_of(rows, fonds):
        if cover:
            documents.append(catalogue_cover(header))
        documents.append(catalogue_document(header, catalogue_rows(group)))
    return documents


def catalogue_sheets(rows: Sequence[FiledRow], fonds: Fonds) -> list[Sheet]:
    """The catalogue as a workbook, a sheet for each group."""
    sheets = []
    for header, group in groups_of(rows, fonds):
        lines = [
            (
                number,
                row.reference,
                row.document_number,
                row.responsible,
                row.title,
                f"{row.day:%Y%m%d}" if row.day else "",
                row.secrecy,
                "" if row.pages is None else row.pages,
                row.remark,
            )
            for number, row in enumerate(catalogue_rows(group), 1)
        ]
        office = f" {header.office}" if header.office else ""
        note = f"全宗号：{header.fonds or '（未定）'}　全宗名称：{header.fonds_name}"
        sheets.append(
            Sheet(
                f"归档文件目录（{header.year}年度，{header.retention}{office}）",
                CATALOGUE_COLUMNS,
                lines,
                _SHEET_WIDTHS,
                note,
                f"{header.year} {header.retention}{office}",
            )
        )
    return sheets


def appraisal_document(rows: Sequence[FiledRow], fonds: Fonds, day: date) -> Document:
    """到期待鉴定文件清单: for those who appraise; the program itself removes nothing."""
    lines = [
        (
            str(number),
            row.reference,
            row.title,
            row.author,
            f"{row.dated:%Y%m%d}" if row.dated else "",
            str(row.pages or ""),
            row.retention.label,
            f"{due:%Y%m%d}" if (due := appraisal_due(row.year, row.retention)) else "",
            "",
        )
        for number, row in enumerate(rows, 1)
    ]
    return Document(
        title="到期待鉴定文件清单",
        blocks=(
            Title("到期待鉴定文件清单", blank_above=0, blank_below=0),
            CaptionLine(left=fonds.name, right=f"截至{chinese_date(day)}，共{len(rows)}件"),
            LedgerTable(_APPRAISAL_COLUMNS, tuple(lines), least_row=9.0),
            Note("保管期限从文件归档年度的次年起算。到期只是可以鉴定，不等于可以销毁；鉴定和销毁按档案管理规定办理。"),
            SignatureRow(("鉴定人（签字）：", "监督人（签字）：", "鉴定日期："), 0.5),
        ),
        page=PageStyle.LEDGER,
        subject="到期待鉴定文件清单",
    )


def remarks_documents(boxes: Sequence[BoxRow]) -> list[Document]:
    """备考表, one for each box (DA-10)."""
    return [remarks_document(_remarks(box.draft)) for box in boxes]


def spine_label(box: BoxRow, fonds: Fonds) -> SpineLabel:
    """What stands on the spine of a box (DA-09)."""
    draft = box.draft
    return SpineLabel(
        fonds=fonds.number,
        year=str(draft.year),
        retention=draft.retention.label,
        first_piece="" if box.first is None else f"{box.first:04d}",
        last_piece="" if box.last is None else f"{box.last:04d}",
        box=str(draft.number),
        office=draft.office or None,
        width=draft.thickness,
    )


def _remarks(draft: BoxDraft) -> BoxRemarks:
    return BoxRemarks(draft.situation, draft.arranged_by, draft.arranged_on, draft.checked_by, draft.checked_on)
