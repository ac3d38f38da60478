"""归档文件目录 and 备考表: DA/T 22-2015, rules DA-07 and DA-10."""

from __future__ import annotations

import io
from datetime import date

import pdfplumber
import pytest

from partyroom.documents.box_papers import (
    BoxRemarks,
    CatalogueHeader,
    CatalogueRow,
    catalogue_cover,
    catalogue_document,
    remarks_document,
)
from partyroom.documents.fonts import FontBook
from partyroom.documents.pdf import render_pdf

MM = 72 / 25.4
_HEADER = CatalogueHeader("Z109", "中共某某中学支部委员会", "2026", "永久", "党建办公室")
_ROW = CatalogueRow(
    "Z109-WS·2026-Y-DJB-0001",
    "×校党支〔2026〕5号",
    "某某中学党支部",
    "关于某事的决定",
    date(2026, 3, 5),
    "",
    12,
    "复印",
)


def test_da_07_the_catalogue_is_a4_landscape_with_nine_columns_in_order(book: FontBook) -> None:
    with pdfplumber.open(io.BytesIO(render_pdf(catalogue_document(_HEADER, [_ROW]), book).data)) as pdf:
        page = pdf.pages[0]
        assert (page.width / MM, page.height / MM) == pytest.approx((297, 210), abs=0.1)
        (table,) = page.extract_tables()
        text = page.extract_text()
    assert table[0] == ["序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注"]
    assert table[1] == [
        "1",
        "Z109-WS·2026-Y-DJB-0001",
        "×校党支〔2026〕5号",
        "某某中学党支部",
        "关于某事的决定",
        "20260305",
        "",
        "12",
        "复印",
    ]
    assert "全宗号：Z109" in text
    assert "保管期限：永久" in text


def test_rows_without_date_and_pages_are_left_open_and_filled_up_for_handwriting(book: FontBook) -> None:
    row = CatalogueRow("", "", "", "[自拟]", None)
    with pdfplumber.open(io.BytesIO(render_pdf(catalogue_document(_HEADER, [row], least_rows=3), book).data)) as pdf:
        (table,) = pdf.pages[0].extract_tables()
    assert [line[0] for line in table] == ["序号", "1", "2", "3"]
    assert (table[1][4], table[1][5], table[1][7]) == ("[自拟]", "", "")


def test_da_07_the_cover_names_fonds_year_retention_and_office(book: FontBook) -> None:
    with pdfplumber.open(io.BytesIO(render_pdf(catalogue_cover(_HEADER), book).data)) as pdf:
        page = pdf.pages[0]
        assert round(page.width / MM) == 297
        (table,) = page.extract_tables()
        assert len(pdf.pages) == 1
    assert table == [
        ["全宗号", "Z109"],
        ["全宗名称", "中共某某中学支部委员会"],
        ["年度", "2026"],
        ["保管期限", "永久"],
        ["机构（问题）", "党建办公室"],
    ]


def test_da_10_the_remarks_have_five_fields(book: FontBook) -> None:
    remarks = BoxRemarks("本盒共52件。", "张三", date(2027, 5, 3))
    with pdfplumber.open(io.BytesIO(render_pdf(remarks_document(remarks), book).data)) as pdf:
        (table,) = pdf.pages[0].extract_tables()
        assert len(pdf.pages) == 1
    cells = [cell for row in table for cell in row if cell]
    assert [cell.replace("\u3000", "").replace(" ", "") for cell in cells] == [
        "盒内文件情况说明",
        "本盒共52件。",
        "整理人",
        "张三",
        "整理日期",
        "2027年5月3日",
        "检查人",
        "检查日期",
        "年月日",
    ]
