"""Documents as Word files, for offices that edit on. Identical documents give identical bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from partyroom.documents.breaking import split_paragraphs
from partyroom.documents.geometry import MM, SHEETS, Sheet
from partyroom.documents.model import (
    Align,
    Blank,
    Block,
    CaptionLine,
    Closing,
    Document,
    Footer,
    FormGrid,
    Heading,
    Labelled,
    LedgerTable,
    Masthead,
    Note,
    NumberLine,
    PageBreak,
    PageStyle,
    Paragraph,
    Pictures,
    Role,
    Rule,
    SignatureRow,
    Title,
)
from partyroom.documents.titles import balanced_lines
from partyroom.documents.word_pictures import add_pictures
from partyroom.documents.word_tables import add_form, add_ledger
from partyroom.documents.word_text import (
    add_border,
    add_field,
    add_run,
    add_tab_stop,
    indent,
    plain,
    set_paragraph,
)

_EXACT_LEADING = 28.95  # points; 29 × 22 lines would exceed 225 mm
_HEADING_ROLES = {1: Role.HEI, 2: Role.KAI, 3: Role.FANGSONG, 4: Role.FANGSONG}
_NUMBER_SIZE = 14.0
_COUNT_SIZE = 10.5
_SMALL_LEADING = 1.6
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - Word's core properties are naive; the moment must not show
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def render_docx(document: Document | Sequence[Document]) -> bytes:
    """One document as .docx, or several in one file, each in a section of its own that starts a page and counts anew.

    Same margins, leading, fonts by their office names as the PDF; all text literal.
    """
    documents = [document] if isinstance(document, Document) else list(document)
    if not documents:
        raise ValueError("nothing to write")
    return _Writer(documents).write()


class _Writer:
    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._file: Any = docx.Document()
        self._section: Any = self._file.sections[0]
        self._methods: dict[type, Callable[[Any], None]] = {
            Masthead: self._masthead,
            NumberLine: self._number_line,
            Title: self._title,
            Heading: self._heading,
            Paragraph: self._paragraph,
            Labelled: self._labelled,
            Closing: self._closing,
            FormGrid: self._form,
            LedgerTable: self._ledger,
            CaptionLine: self._caption,
            SignatureRow: self._signatures,
            Note: self._note,
            Blank: self._blank,
            Rule: self._rule,
            PageBreak: self._page_break,
            Pictures: self._pictures,
        }

        self._turn_to(documents[0])

    def _turn_to(self, document: Document) -> None:
        self._document = document
        self._sheet: Sheet = SHEETS[document.page]
        self._official = document.page is not PageStyle.LEDGER
        self._leading = _EXACT_LEADING if self._official else self._sheet.leading
        self._started = False

    def write(self) -> bytes:
        self._set_properties()
        # one switch for the whole file: where pages are not mirrored, even ones get the same footer as odd ones
        mirrored = any(_footer_of(document) is Footer.DASHED for document in self._documents)
        self._file.settings.odd_and_even_pages_header_footer = mirrored
        for number, document in enumerate(self._documents):
            if number:
                self._section = self._file.add_section(WD_SECTION.NEW_PAGE)
            self._turn_to(document)
            self._set_section()
            self._set_footers()
            self._write_blocks()
        buffer = io.BytesIO()
        self._file.save(buffer)
        return _without_time(buffer.getvalue())

    def _write_blocks(self) -> None:
        blocks: tuple[Block, ...] = self._document.blocks
        for block in blocks:
            self._methods[type(block)](block)
            self._started = True

    def _set_properties(self) -> None:
        properties, document = self._file.core_properties, self._documents[0]
        properties.title = plain(document.title)[:255]
        properties.author = plain(document.author or document.creator)[:255]
        properties.last_modified_by = properties.author
        properties.subject = plain(document.subject)[:255]
        properties.keywords = plain(document.keywords)[:255]
        properties.comments = plain(document.creator)[:255]
        properties.created = properties.modified = _EPOCH
        properties.revision = 1

    def _set_section(self) -> None:
        section, sheet = self._section, self._sheet
        landscape = sheet.width > sheet.height
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Pt(sheet.width), Pt(sheet.height)
        section.left_margin, section.top_margin = Pt(sheet.left), Pt(sheet.top)
        section.right_margin = Pt(sheet.width - sheet.left - sheet.block_width)
        bottom = sheet.height - sheet.top - sheet.block_height
        section.bottom_margin = Pt(bottom)
        section.footer_distance = Pt(bottom - sheet.number_drop - _NUMBER_SIZE / 2)
        for inherited in section._sectPr.findall(qn("w:pgNumType")):
            section._sectPr.remove(inherited)
        if self._document.first_page != 1 or len(self._documents) > 1:
            start = OxmlElement("w:pgNumType")
            start.set(qn("w:start"), str(self._document.first_page))
            section._sectPr.find(qn("w:pgMar")).addnext(start)
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is not None:
            section._sectPr.remove(grid)  # a grid makes LibreOffice set 20 characters a line

    def _set_footers(self) -> None:
        footer, section = _footer_of(self._document), self._section
        section.footer.is_linked_to_previous = section.even_page_footer.is_linked_to_previous = False
        odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
        if footer is Footer.DASHED:
            self._number(odd, Align.RIGHT)
            self._number(even, Align.LEFT)
        elif footer is Footer.CENTRED:
            self._number(odd, Align.CENTRE)
            self._number(even, Align.CENTRE)
        elif footer is Footer.COUNTED:
            self._count(odd)
            self._count(even)

    def _count(self, paragraph: Any) -> None:
        set_paragraph(paragraph, _NUMBER_SIZE, align=Align.CENTRE)
        # among several papers no total: LibreOffice does not know Word's field for the pages of one section
        alone = len(self._documents) == 1
        parts = (("第 ", "PAGE"), (" 页 共 ", "NUMPAGES"), (" 页", "")) if alone else (("第 ", "PAGE"), (" 页", ""))
        for text, field in parts:
            add_run(paragraph, text, Role.SONG, _COUNT_SIZE)
            if field:
                add_field(paragraph, field, Role.SONG, _COUNT_SIZE)

    def _number(self, paragraph: Any, align: Align) -> None:
        set_paragraph(paragraph, _NUMBER_SIZE, align=align)
        if align is Align.LEFT:
            indent(paragraph, left=1, size=_NUMBER_SIZE)
        elif align is Align.RIGHT:
            indent(paragraph, right=1, size=_NUMBER_SIZE)
        add_run(paragraph, "— ", Role.SONG, _NUMBER_SIZE)
        add_field(paragraph, "PAGE", Role.SONG, _NUMBER_SIZE)
        add_run(paragraph, " —", Role.SONG, _NUMBER_SIZE)

    def _line(
        self, *, leading: float | None = None, align: Align = Align.JUSTIFY, before: float = 0.0, keep: bool = False
    ) -> Any:
        paragraph = self._file.add_paragraph()
        return set_paragraph(paragraph, leading or self._leading, align=align, before=before, keep=keep)

    def _run(self, paragraph: Any, text: str, role: Role = Role.FANGSONG, size: float | None = None) -> None:
        size = size or self._sheet.body
        condensed = self._document.page is PageStyle.OFFICIAL and size == self._sheet.body
        add_run(paragraph, text, role, size, condensed=condensed)

    def _gap(self, lines: float) -> None:
        while lines > 0:
            self._line(leading=self._leading * min(1.0, lines))
            lines -= 1

    def _masthead(self, block: Masthead) -> None:
        size = min(block.size, round(self._sheet.block_width / max(1, len(block.text)) - 0.05))
        paragraph = self._line(leading=size, align=Align.CENTRE, before=35 * MM, keep=True)
        add_run(paragraph, plain(block.text), Role.TITLE, size, red=True)

    def _number_line(self, block: NumberLine) -> None:
        self._gap(block.blank_above)
        paragraph = self._line(align=Align.CENTRE if block.centre else Align.LEFT, keep=True)
        if not block.centre:
            indent(paragraph, left=1, right=1, size=self._sheet.body)
            add_tab_stop(paragraph, self._sheet.block_width - self._sheet.body, Align.RIGHT)
        self._run(paragraph, plain(block.centre) if block.centre else f"{plain(block.left)}\t{plain(block.right)}")
        if block.signer:
            self._run(paragraph, plain(block.signer), Role.KAI)
        if block.rule:
            line = self._line(leading=4 * MM)
            add_border(line, red=True, thickness=1.5, space=0)

    def _title(self, block: Title) -> None:
        if self._started:
            self._gap(block.blank_above)
        size = block.size or self._sheet.title
        leading = self._sheet.title_leading * size / self._sheet.title
        for part in split_paragraphs(block.text):
            lines = balanced_lines(part.strip(), _TitleWidths(size), self._sheet.block_width)
            paragraph = self._line(leading=leading, align=Align.CENTRE, keep=True)
            add_run(paragraph, "\n".join(line.strip() for line in lines), Role.TITLE, size)
        self._gap(block.blank_below)

    def _heading(self, block: Heading) -> None:
        paragraph = self._line(keep=True)
        indent(paragraph, first=2, size=self._sheet.body)
        self._run(paragraph, plain(block.text), _HEADING_ROLES[block.level])

    def _paragraph(self, block: Paragraph) -> None:
        size = block.size or self._sheet.body
        leading = self._leading if size == self._sheet.body else size * _SMALL_LEADING
        indented = block.indent and block.align in (Align.LEFT, Align.JUSTIFY)
        for number, part in enumerate(split_paragraphs(block.text)):
            paragraph = self._line(leading=leading, align=block.align)
            if indented:
                indent(paragraph, first=2, size=size)
            if number == 0 and block.lead:
                self._run(paragraph, plain(block.lead), block.lead_role, size)
            self._run(paragraph, part.strip(" \u3000") if indented else part, block.role, size)

    def _labelled(self, block: Labelled) -> None:
        start, hang = (2 if block.indent else 0), len(block.label) + 1
        for number, part in enumerate(split_paragraphs(block.text)):
            paragraph = self._line()
            indent(paragraph, left=start + hang, first=0 if number else -hang, size=self._sheet.body)
            if number == 0:
                self._run(paragraph, plain(block.label), block.role)
                self._run(paragraph, "：")
            self._run(paragraph, part.strip())

    def _closing(self, block: Closing) -> None:
        self._gap(block.blank_above)
        sender, date = plain(block.sender), plain(block.date)
        sender_width, date_width = len(sender), _half_width_length(date)
        sender_right = 2.0 if date_width <= sender_width else 4.0 + date_width - sender_width
        date_right = 2.0 if date_width > sender_width else max(0.0, sender_width - date_width)
        for text, right in ((sender, sender_right), (date, date_right)):
            paragraph = self._line(align=Align.RIGHT, keep=text is sender)
            indent(paragraph, right=right, size=self._sheet.body)
            self._run(paragraph, text)

    def _form(self, block: FormGrid) -> None:
        add_form(self._file, block, self._sheet.block_width)

    def _ledger(self, block: LedgerTable) -> None:
        add_ledger(self._file, block, self._sheet.block_width)
        if block.footnote:
            self._note(Note(block.footnote))

    def _caption(self, block: CaptionLine) -> None:
        width = self._sheet.block_width
        paragraph = self._line(leading=block.size * _SMALL_LEADING, align=Align.LEFT, keep=True)
        stops = [(block.centre, width / 2, Align.CENTRE), (block.right, width, Align.RIGHT)]
        text = plain(block.left)
        for part, place, align in stops:
            if part:  # a tab without text would push a long left part onto a second line
                add_tab_stop(paragraph, place, align)
                text += f"\t{plain(part)}"
        self._run(paragraph, text, size=block.size)

    def _signatures(self, block: SignatureRow) -> None:
        self._gap(block.blank_above)
        paragraph = self._line(align=Align.LEFT)
        step = self._sheet.block_width / max(1, len(block.labels))
        for number in range(1, len(block.labels)):
            add_tab_stop(paragraph, step * number, Align.LEFT)
        self._run(paragraph, "\t".join(plain(label) for label in block.labels), size=block.size)

    def _note(self, block: Note) -> None:
        for part in split_paragraphs(block.text):
            self._run(self._line(leading=block.size * _SMALL_LEADING), part, size=block.size)

    def _blank(self, block: Blank) -> None:
        self._gap(block.lines)

    def _rule(self, block: Rule) -> None:
        add_border(self._line(leading=max(1.0, block.above * MM)), red=block.red, thickness=block.thickness, space=0)

    def _pictures(self, block: Pictures) -> None:
        add_pictures(self._file, block, self._sheet)

    def _page_break(self, _block: PageBreak) -> None:
        self._file.add_page_break()


def _footer_of(document: Document) -> Footer:
    return SHEETS[document.page].footer if document.footer is None else document.footer


class _TitleWidths(dict[str, float]):
    """Widths of characters in points as Word will set them, more or less: Latin ones count half."""

    def __init__(self, size: float) -> None:
        super().__init__()
        self._size = size

    def __missing__(self, character: str) -> float:
        return _half_width_length(character) * self._size


def _half_width_length(text: str) -> float:
    """The width of text in Chinese characters, Latin ones counted half."""
    return sum(0.5 if character < "\u2000" else 1.0 for character in text)


def _without_time(data: bytes) -> bytes:
    """The same package with every member dated 1980, so that equal content is equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as result:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            entry.external_attr = 0
            result.writestr(entry, source.read(name))
    return target.getvalue()
