"""What makes the Word copy break its lines where the PDF does."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml.ns import qn

from partyroom.documents.model import CaptionLine, Document, LedgerColumn, LedgerTable, PageStyle, Paragraph, Title
from partyroom.documents.word import render_docx


def opened(*blocks, page=PageStyle.OFFICIAL):
    return docx.Document(io.BytesIO(render_docx(Document("样张", tuple(blocks), page=page))))


def test_a_long_title_is_broken_into_balanced_lines():
    paragraph = opened(Title("讨论接收张戌一、孔亥二为预备党员的党员大会")).paragraphs[0]
    assert paragraph.text == "讨论接收张戌一、孔亥二\n为预备党员的党员大会"
    assert [run.font.size.pt for run in paragraph.runs] == [22]


def test_a_short_title_stays_on_one_line():
    assert opened(Title("关于2026年工作的通报")).paragraphs[0].text == "关于2026年工作的通报"


def test_no_space_is_put_between_chinese_and_digits():
    properties = opened(Paragraph("应到23人")).paragraphs[0]._p.pPr
    assert [properties.find(qn(f"w:autoSpace{kind}")).get(qn("w:val")) for kind in ("DE", "DN")] == ["0", "0"]
    order = [child.tag.split("}")[1] for child in properties]
    assert order.index("autoSpaceDE") < order.index("autoSpaceDN") < order.index("spacing")


@pytest.mark.parametrize(
    ("caption", "text", "stops"),
    [
        (CaptionLine("会议名称：很长很长的名称"), "会议名称：很长很长的名称", 0),
        (CaptionLine("填报单位", right="单位：元"), "填报单位\t单位：元", 1),
        (CaptionLine("填报单位", "2026年", "单位：元"), "填报单位\t2026年\t单位：元", 2),
    ],
)
def test_a_caption_has_tabs_only_before_what_it_says(caption, text, stops):
    paragraph = opened(caption).paragraphs[0]
    assert paragraph.text == text
    assert len(paragraph.paragraph_format.tab_stops) == stops


def test_cells_have_the_padding_and_rows_the_height_of_the_pdf():
    ledger = LedgerTable((LedgerColumn("签到", 30),), (("",),), least_row=9.0)
    table = opened(ledger, page=PageStyle.LEDGER).tables[0]
    margins = table._tbl.tblPr.find(qn("w:tblCellMar"))
    assert {side.tag.split("}")[1]: side.get(qn("w:w")) for side in margins} == {
        "top": "60",
        "left": "80",
        "bottom": "60",
        "right": "80",
    }
    assert table.rows[1].height.mm == pytest.approx(9.0, abs=0.05)
