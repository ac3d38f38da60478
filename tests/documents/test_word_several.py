"""Several papers in one Word file."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn

from partyroom.documents.model import Document, Footer, PageStyle, Paragraph, Title
from partyroom.documents.word import render_docx


def paper(title: str, **fields: Any) -> Document:
    return Document(title, (Title(title), Paragraph(f"{title}的正文")), **fields)


def numbering_starts(section: Any) -> str | None:
    found = section._sectPr.find(qn("w:pgNumType"))
    return None if found is None else found.get(qn("w:start"))


def test_each_paper_starts_a_section_on_a_new_page_and_counts_anew() -> None:
    data = render_docx([paper("甲"), paper("乙", page=PageStyle.LEDGER), paper("丙", first_page=5)])
    file = docx.Document(io.BytesIO(data))
    first, second, third = file.sections
    assert [section.start_type for section in file.sections][1:] == [WD_SECTION.NEW_PAGE, WD_SECTION.NEW_PAGE]
    assert [numbering_starts(section) for section in file.sections] == ["1", "1", "5"]
    assert [section.orientation for section in file.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]
    assert first.page_height == third.page_height == second.page_width
    assert file.core_properties.title == "甲"
    assert [p.text for p in file.paragraphs if p.text] == ["甲", "甲的正文", "乙", "乙的正文", "丙", "丙的正文"]


def test_each_paper_keeps_its_own_footer() -> None:
    papers = [
        paper("甲", footer=Footer.DASHED),
        paper("乙", footer=Footer.COUNTED),
        paper("丙", footer=Footer.NONE),
        paper("丁", footer=Footer.CENTRED),
    ]
    file = docx.Document(io.BytesIO(render_docx(papers)))
    odd = [section.footer.paragraphs[0].text for section in file.sections]
    even = [section.even_page_footer.paragraphs[0].text for section in file.sections]
    assert odd == even == ["— 1 —", "第 1 页", "", "— 1 —"]
    assert file.settings.odd_and_even_pages_header_footer is True


def test_one_paper_alone_is_the_same_as_a_list_of_one() -> None:
    assert render_docx(paper("甲")) == render_docx([paper("甲")])


def test_nothing_to_write_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="nothing"):
        render_docx([])
