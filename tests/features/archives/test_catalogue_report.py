"""Catalogue and appraisal list from rows: order, columns, and that no number of a document is broken in two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pypdfium2
import pytest

from partyroom.core.filing import Retention
from partyroom.documents.box_papers import CATALOGUE_COLUMNS
from partyroom.documents.model import LedgerTable
from partyroom.documents.pdf import render_pdf
from partyroom.features.archives.boxing import BoxDraft, BoxRow
from partyroom.features.archives.catalogue_report import (
    appraisal_document,
    catalogue_documents,
    groups_of,
    spine_label,
)
from partyroom.features.archives.domain import Fonds, Secrecy, reference_code
from partyroom.features.archives.filing import FiledRow

FONDS = Fonds("Z099", "样例中学党支部", "DZB")


def row(number: int | None, retention: Retention = Retention.YEARS_10, **fields: object) -> FiledRow:
    reference = "" if number is None else reference_code("Z099", 2014, retention, "DZB", number)
    made = FiledRow(
        id=number or 0,
        year=2014,
        category="mechanism",
        category_label="工作机制",
        number=number,
        reference=reference,
        document_number="样教党发〔2014〕12号",
        author="样例县教育局党委",
        title=f"第{number}件",
        dated=date(2014, 5, 1),
        secrecy=Secrecy.NONE,
        retention=retention,
        office="DZB",
        pages=3,
        box_id=None,
        box="",
        remark="",
        files=1,
        source="",
        filed_at=datetime.fromisoformat("2015-03-01T10:00"),
    )
    return replace(made, **fields)


def table(document) -> LedgerTable:
    return next(block for block in document.blocks if isinstance(block, LedgerTable))


def test_da_07_each_retention_and_office_has_its_catalogue_by_number() -> None:
    rows = [row(2), row(1), row(1, Retention.PERMANENT), row(1, office="BGS"), row(None)]
    found = [
        (header.retention, header.office, [one.number for one in group]) for header, group in groups_of(rows, FONDS)
    ]
    assert found == [("永久", "DZB", [1]), ("10年", "BGS", [1]), ("10年", "DZB", [1, 2])]


def test_da_07_columns_and_form_of_the_date() -> None:
    (document,) = catalogue_documents([row(1, secrecy=Secrecy.INTERNAL, pages=0)], FONDS, cover=False)
    assert tuple(column.title for column in table(document).columns) == CATALOGUE_COLUMNS
    assert table(document).rows[0] == (
        "1",
        "Z099-WS·2014-D10-DZB-0001",
        "样教党发〔2014〕12号",
        "样例县教育局党委",
        "第1件",
        "20140501",
        "内部",
        "",
        "",
    )


def test_a_cover_goes_before_each_catalogue_if_wanted() -> None:
    rows = [row(1), row(1, Retention.PERMANENT)]
    assert len(catalogue_documents(rows, FONDS, cover=True)) == 4
    assert len(catalogue_documents(rows, FONDS, cover=False)) == 2


@pytest.mark.parametrize(
    "document",
    [catalogue_documents([row(1)], FONDS, cover=False)[0], appraisal_document([row(1)], FONDS, date(2026, 11, 23))],
    ids=["catalogue", "appraisal"],
)
def test_a_usual_reference_code_stands_on_one_line(document) -> None:
    pdf = pypdfium2.PdfDocument(render_pdf(document).data)
    try:
        assert "Z099-WS·2014-D10-DZB-0001" in pdf[0].get_textpage().get_text_bounded()
    finally:
        pdf.close()


def test_what_is_due_says_from_which_day() -> None:
    document = appraisal_document([row(1)], FONDS, date(2026, 11, 23))
    assert table(document).rows[0][6:] == ("10年", "20250101", "")


def test_da_09_spine_says_first_and_last_number_and_leaves_out_an_unused_office() -> None:
    full = spine_label(BoxRow(1, BoxDraft(2014, Retention.YEARS_10, "DZB", 2, 40), 3, 9, 1, 3), FONDS)
    assert (full.first_piece, full.last_piece, full.box, full.width, full.office) == ("0001", "0003", "2", 40, "DZB")
    empty = spine_label(BoxRow(1, BoxDraft(2014, Retention.YEARS_10, "", 2), 0, 0, None, None), FONDS)
    assert (empty.first_piece, empty.last_piece, empty.office) == ("", "", None)
