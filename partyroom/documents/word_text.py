"""Paragraphs and runs of a Word file, set as an office would set them by hand."""

from __future__ import annotations

from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from partyroom.core.text import one_line
from partyroom.documents.model import Align, Role

# The names Word and WPS know; who lacks a font gets their program's substitute.
FONT_NAMES = {
    Role.FANGSONG: "仿宋_GB2312",
    Role.SONG: "宋体",
    Role.TITLE: "方正小标宋简体",
    Role.HEI: "黑体",
    Role.KAI: "楷体_GB2312",
}
LATIN_NAME = "Times New Roman"
_ALIGNMENTS = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTRE: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
    Align.JUSTIFY: WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_CONDENSED = "-5"  # twentieths of a point: 16 pt on a pitch of 15.75 pt, 28 characters in 156 mm


def set_paragraph(
    paragraph: Any,
    leading: float,
    *,
    align: Align = Align.JUSTIFY,
    before: float = 0.0,
    keep: bool = False,
) -> Any:
    """Exact leading in points, no space around, no widow control (a page has its 22 lines); returns it."""
    form = paragraph.paragraph_format
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = Pt(leading)
    form.space_before = Pt(before)
    form.space_after = Pt(0)
    form.widow_control = False
    form.keep_with_next = keep
    form.alignment = _ALIGNMENTS[align]
    _close_gaps(paragraph)
    return paragraph


def _close_gaps(paragraph: Any) -> None:
    """Switch off the quarter space that Word puts between Chinese and digits or Latin: official papers have none."""
    properties = paragraph._p.get_or_add_pPr()
    for tag in ("w:autoSpaceDE", "w:autoSpaceDN"):
        if properties.find(qn(tag)) is None:
            switch = OxmlElement(tag)
            switch.set(qn("w:val"), "0")
            properties.insert_element_before(switch, "w:spacing", "w:ind", "w:jc", "w:rPr")


def indent(paragraph: Any, *, first: float = 0.0, left: float = 0.0, right: float = 0.0, size: float = 16.0) -> None:
    """Indents in characters; `first` counts from `left` and may be negative for hanging text."""
    form = paragraph.paragraph_format
    form.left_indent = Pt(left * size)
    form.right_indent = Pt(right * size)
    form.first_line_indent = Pt(first * size)


def add_run(paragraph: Any, text: str, role: Role, size: float, *, red: bool = False, condensed: bool = False) -> Any:
    """Add literal text; Chinese in the role's font, digits and Latin in Times New Roman, never bold."""
    run = paragraph.add_run(text)
    run.bold = False
    run.font.size = Pt(size)
    run.font.name = LATIN_NAME
    properties = run._r.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), FONT_NAMES[role])
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks and dashes are Chinese here
    if red:
        run.font.color.rgb = RGBColor(0xFF, 0, 0)
    if condensed:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), _CONDENSED)
        # The schema wants spacing before the size.
        properties.find(qn("w:sz")).addprevious(spacing)
    return run


def add_field(paragraph: Any, instruction: str, role: Role, size: float) -> None:
    """Add a field such as PAGE."""
    for kind, text in (("begin", ""), ("", instruction), ("separate", ""), ("text", "1"), ("end", "")):
        run = add_run(paragraph, text if kind == "text" else "", role, size)
        if kind == "":
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {instruction} "
            run._r.append(element)
        elif kind != "text":
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


def add_tab_stop(paragraph: Any, position: float, align: Align) -> None:
    """A tab stop `position` points from the left margin."""
    kinds = {Align.CENTRE: WD_TAB_ALIGNMENT.CENTER, Align.RIGHT: WD_TAB_ALIGNMENT.RIGHT}
    paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(position), kinds.get(align, WD_TAB_ALIGNMENT.LEFT))


def add_border(paragraph: Any, *, red: bool, thickness: float, space: float) -> None:
    """A line below a paragraph, `space` points from its text."""
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    line.set(qn("w:val"), "single")
    line.set(qn("w:sz"), str(round(thickness * 8)))
    line.set(qn("w:space"), str(min(31, round(space))))
    line.set(qn("w:color"), "FF0000" if red else "000000")
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def plain(text: str) -> str:
    """Text on one line without what XML refuses."""
    return one_line(text)
