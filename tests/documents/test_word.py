from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from partyroom.documents.model import (
    Align,
    Blank,
    CaptionLine,
    Cell,
    Closing,
    Document,
    Footer,
    FormGrid,
    FormRow,
    Heading,
    Labelled,
    LedgerColumn,
    LedgerTable,
    Masthead,
    Note,
    NumberLine,
    PageBreak,
    PageStyle,
    Paragraph,
    Role,
    Rule,
    SignatureRow,
    Title,
)
from partyroom.documents.word import render_docx

LEDGER = LedgerTable(
    (LedgerColumn("姓名", 30), LedgerColumn("金额", 20, Align.RIGHT)), (("张三", "1.00"),), ("合计", "1.00"), "注：元"
)
EVERY_BLOCK = (
    Masthead("某校党支部会议纪要"),
    NumberLine(left="第5号", right="签发人：", signer="李四"),
    Title("关于某事的通报"),
    Heading("一、情况", 1),
    Heading("（一）学习", 2),
    Paragraph("正文 2026\n第二段"),
    Labelled("出席", "张三、李四"),
    Closing("党支部", "2026年1月2日"),
    CaptionLine("单位：某校", "", "单位：元"),
    FormGrid(
        (1, 2, 1), (FormRow((Cell("签到", label=True, rows=2), Cell("应到\n32人", span=2))), FormRow((Cell("甲"),)))
    ),
    LEDGER,
    SignatureRow(("主持人（签字）：", "记录人（签字）：")),
    Note("一式两份"),
    Blank(2),
    Rule(red=True),
    PageBreak(),
)


def read(*blocks: Any, **fields: Any) -> Any:
    return docx.Document(io.BytesIO(render_docx(Document(blocks=blocks, **{"title": "样", **fields}))))


def paragraph(file: Any, start: str) -> Any:
    return next(item for item in file.paragraphs if item.text.startswith(start))


def test_the_page_has_the_margins_of_the_standard() -> None:
    section = read(Paragraph("正文")).sections[0]
    measured = [section.left_margin, section.top_margin, section.right_margin, section.bottom_margin]
    for length, wanted in zip(measured, (28, 37, 26, 35), strict=True):
        assert length.mm == pytest.approx(wanted, abs=0.05)
    assert section._sectPr.find(qn("w:docGrid")) is None


def test_a_ledger_is_landscape() -> None:
    section = read(LEDGER, page=PageStyle.LEDGER).sections[0]
    assert section.page_width.mm == pytest.approx(297, abs=0.1)
    assert section.page_height.mm == pytest.approx(210, abs=0.1)


def test_body_text_has_exact_leading_condensed_characters_and_an_indent() -> None:
    item = paragraph(read(Paragraph("正文")), "正文")
    assert item.paragraph_format.line_spacing.pt == pytest.approx(28.95)
    assert item.paragraph_format.first_line_indent.pt == 32
    properties = item.runs[0]._r.rPr
    assert properties.find(qn("w:spacing")).get(qn("w:val")) == "-5"
    assert item.runs[0].font.size.pt == 16


@pytest.mark.parametrize(
    ("start", "font"),
    [
        ("一、", "黑体"),
        ("（一）", "楷体_GB2312"),
        ("正文", "仿宋_GB2312"),
        ("关于", "方正小标宋简体"),
        ("某校党", "方正小标宋简体"),
    ],
)
def test_every_run_names_its_chinese_font_and_none_is_bold(start: str, font: str) -> None:
    file = read(*EVERY_BLOCK)
    assert paragraph(file, start).runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == font
    for item in file.paragraphs:
        for run in item.runs:
            if run.text.strip():
                assert run.bold is False
                assert run._r.rPr.rFonts.get(qn("w:eastAsia"))
                assert run.font.name == "Times New Roman"


def test_the_masthead_is_red_and_stands_35_mm_down() -> None:
    item = paragraph(read(*EVERY_BLOCK), "某校党支部会议纪要")
    assert str(item.runs[0].font.color.rgb) == "FF0000"
    assert item.paragraph_format.space_before.mm == pytest.approx(35, abs=0.1)


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages() -> None:
    file = read(Paragraph("正文"), first_page=3)
    section = file.sections[0]
    assert file.settings.odd_and_even_pages_header_footer is True
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        item = footer.paragraphs[0]
        assert item.text == "— 1 —"
        assert item.paragraph_format.alignment.name.lower() == side
        assert "PAGE" in etree.tostring(item._p, encoding="unicode")
    assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "3"


def test_pages_may_be_counted_or_unnumbered() -> None:
    counted = read(Paragraph("正文"), footer=Footer.COUNTED)
    assert counted.sections[0].footer.paragraphs[0].text == "第 1 页 共 1 页"
    assert read(Paragraph("正文"), footer=Footer.NONE).sections[0].footer.paragraphs[0].text == ""


def test_the_list_of_those_present_hangs() -> None:
    item = paragraph(read(Labelled("出席", "张三、李四")), "出席")
    assert item.text == "出席：张三、李四"
    assert item.paragraph_format.left_indent.pt == 5 * 16
    assert item.paragraph_format.first_line_indent.pt == -3 * 16


def test_forms_are_tables_with_merged_cells() -> None:
    table = read(*EVERY_BLOCK).tables[0]
    assert table.cell(0, 0)._tc is table.cell(1, 0)._tc
    assert table.cell(0, 1)._tc is table.cell(0, 2)._tc
    assert table.cell(0, 1).text == "应到\n32人"
    assert table.cell(1, 1).text == "甲"


def test_the_head_of_a_ledger_is_repeated_and_rows_are_whole() -> None:
    table = read(LEDGER).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["姓名", "金额"],
        ["张三", "1.00"],
        ["合计", "1.00"],
    ]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert table.rows[0].height >= Mm(8)


@pytest.mark.parametrize("text", ["<b>&amp;</b>", "{{ x }}", "甲\x00乙\x07丙\ud800", "]]>", "\ufffe末"])
def test_any_text_is_written_as_the_text_it_is(text: str) -> None:
    cell = LedgerTable((LedgerColumn(text, 10),), ((text,),))
    file = read(
        Paragraph(text),
        Title(text),
        Masthead(text),
        NumberLine(text),
        Labelled(text, text),
        cell,
        title=text,
        author=text,
    )
    clean = "".join(c for c in text if c not in "\x00\x07\ud800\ufffe")
    assert file.paragraphs[0].text == clean
    assert file.tables[0].cell(1, 0).text == clean


def test_every_block_is_written_and_the_bytes_are_the_same_later() -> None:
    document = Document("样", EVERY_BLOCK, author="党支部")
    first = render_docx(document)
    time.sleep(2.1)  # the resolution of time in a zip file
    assert render_docx(document) == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    text = "\n".join(item.text for item in docx.Document(io.BytesIO(first)).paragraphs)
    for wanted in (
        "第5号\t签发人：李四",
        "第二段",
        "2026年1月2日",
        "主持人（签字）：\t记录人（签字）：",
        "一式两份",
        "注：元",
    ):
        assert wanted in text


def test_a_leading_sentence_is_a_run_of_its_own() -> None:
    item = paragraph(read(Paragraph("各小组学习。", lead="（一）加强学习。", lead_role=Role.KAI)), "（一）")
    assert [run.text for run in item.runs] == ["（一）加强学习。", "各小组学习。"]
    fonts = [run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in item.runs]
    assert fonts == ["楷体_GB2312", "仿宋_GB2312"]
