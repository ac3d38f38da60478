"""Blocks of the model into strips of a given sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from partyroom.documents.breaking import break_paragraph, split_paragraphs
from partyroom.documents.fonts import FontBook, Role
from partyroom.documents.geometry import ASCENT, MM, SHEETS, Sheet
from partyroom.documents.grids import FormLayout, LedgerLayout
from partyroom.documents.model import (
    Align,
    Blank,
    Block,
    CaptionLine,
    Closing,
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
    Rule,
    SignatureRow,
    Title,
)
from partyroom.documents.painter import Style
from partyroom.documents.pictures import picture_strips
from partyroom.documents.strips import (
    Fading,
    NewPage,
    Piece,
    Strip,
    TextStrip,
    baseline,
    divided_piece,
    line_piece,
)
from partyroom.documents.titles import balanced_lines

_MASTHEAD_DROP = 35 * MM
_RULE_DROP = 4 * MM
_MASTHEAD_RULE = 1.6
_HEADING_ROLES = {1: Role.HEI, 2: Role.KAI, 3: Role.FANGSONG, 4: Role.FANGSONG}
_SPACE = "　"
_LEADING = 1.6  # of text that is not of body size


class Composer:
    """Knows the styles of one sheet; styles are kept, because they remember the widths of characters."""

    def __init__(self, book: FontBook, page: PageStyle) -> None:
        self.sheet: Sheet = SHEETS[page]
        self._book = book
        self._styles: dict[tuple[Role, float], Style] = {}
        self._methods: dict[type, Callable[[Any], Iterable[Strip]]] = {
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

    def style(self, role: Role, size: float | None = None) -> Style:
        """The style of a role; type of body size gets the sheet's spacing."""
        size = size or self.sheet.body
        key = role, size
        if key not in self._styles:
            spacing = self.sheet.spacing if size == self.sheet.body else 0.0
            self._styles[key] = Style(self._book, role, size, spacing)
        return self._styles[key]

    def strips(self, blocks: Iterable[Block]) -> list[Strip]:
        """All strips of a document from top to bottom."""
        return [strip for block in blocks for strip in self._methods[type(block)](block)]

    def _leading(self, style: Style) -> float:
        return self.sheet.leading if style.size == self.sheet.body else style.size * _LEADING

    def _masthead(self, block: Masthead) -> list[Strip]:
        width = self.sheet.block_width
        natural = self._book.width(block.text, Role.TITLE, 1.0)
        style = self.style(Role.TITLE, min(block.size, round(width / max(natural, 1.0) - 0.05, 1)))
        x = (width - style.width(block.text)) / 2
        piece = Piece(x, _MASTHEAD_DROP + ASCENT * style.size, style, block.text, red=True)
        return [TextStrip(height=_MASTHEAD_DROP + style.size, pieces=[piece], keep=True)]

    def _number_line(self, block: NumberLine) -> list[Strip]:
        sheet, style, signer = self.sheet, self.style(Role.FANGSONG), self.style(Role.KAI)
        em, drop = style.width(_SPACE), baseline(self.sheet.leading, self.sheet.body)
        pieces = [Piece((sheet.block_width - style.width(block.centre)) / 2, drop, style, block.centre)]
        pieces.append(Piece(em, drop, style, block.left))
        end = sheet.block_width - em - signer.width(block.signer)
        pieces.append(Piece(end, drop, signer, block.signer))
        pieces.append(Piece(end - style.width(block.right), drop, style, block.right))
        below = (sheet.leading - sheet.body) / 2
        strip = TextStrip(height=sheet.leading, pieces=pieces, keep=True)
        if block.rule:
            rule = (strip.height - below + _RULE_DROP, sheet.block_width, _MASTHEAD_RULE, True)
            strip.rule = rule
            strip.height = rule[0] + _MASTHEAD_RULE / 2
        return [*self._gap(block.blank_above, Fading.ALWAYS), strip]

    def _title(self, block: Title) -> list[Strip]:
        style = self.style(Role.TITLE, block.size or self.sheet.title)
        leading = self.sheet.title_leading * style.size / self.sheet.title
        strips = self._gap(block.blank_above, Fading.ALWAYS)
        for part in split_paragraphs(block.text):
            for text in balanced_lines(part.strip(), style.widths, self.sheet.block_width):
                x = (self.sheet.block_width - style.width(text.strip())) / 2
                piece = Piece(x, baseline(leading, style.size), style, text.strip())
                strips.append(TextStrip(height=leading, pieces=[piece], keep=True))
        return strips + self._gap(block.blank_below, Fading.AFTER_BREAK)

    def _heading(self, block: Heading) -> list[Strip]:
        style = self.style(_HEADING_ROLES[block.level])
        strips = self._lines(" ".join(split_paragraphs(block.text)), style, style.width(_SPACE * 2), Align.LEFT)
        for strip in strips:
            strip.keep = True
        if block.level == 1:
            strips[0].outline = block.text
        return strips

    def _paragraph(self, block: Paragraph) -> list[Strip]:
        style = self.style(block.role, block.size)
        indented = block.indent and block.align in (Align.LEFT, Align.JUSTIFY)
        indent = style.width(_SPACE * 2) if indented else 0.0
        strips: list[Strip] = []
        for part in split_paragraphs(block.text):
            text = part.strip(" 　") if indented or block.align is not Align.JUSTIFY else part
            if block.lead and not strips:
                strips += self._led(block, text, style, indent)
            else:
                strips += self._lines(text, style, indent, block.align)
        return strips

    def _led(self, block: Paragraph, text: str, style: Style, indent: float) -> list[Strip]:
        """A paragraph whose first sentence is of another role."""
        lead, leading = " ".join(split_paragraphs(block.lead)), self._leading(style)
        first = self.style(block.lead_role, block.size)
        if abs(first.width(lead) - style.width(lead)) > 1e-6:
            first = style  # a rare character of another width would run into its neighbour
        room, x, at = self.sheet.block_width, indent, len(lead)
        strips: list[Strip] = []
        for line in break_paragraph(lead + text, style.widths, room, room - indent):
            here = min(max(0, at), len(line.visible))
            pieces = divided_piece(line, here, x, baseline(leading, style.size), first, style)
            strips.append(TextStrip(height=leading, pieces=pieces))
            at -= len(line.text)
            x = 0.0
        return strips

    def _lines(self, text: str, style: Style, indent: float, align: Align) -> list[Strip]:
        room, leading = self.sheet.block_width, self._leading(style)
        drop = baseline(leading, style.size)
        strips: list[Strip] = []
        x = indent
        for line in break_paragraph(text, style.widths, room, room - indent):
            place = x
            if align is Align.CENTRE:
                place = x + (line.room - line.width) / 2
            elif align is Align.RIGHT:
                place = x + line.room - line.width
            piece = line_piece(line, place, drop, style, justify=align is Align.JUSTIFY)
            strips.append(TextStrip(height=leading, pieces=[piece]))
            x = 0.0
        return strips

    def _labelled(self, block: Labelled) -> list[Strip]:
        label, body = self.style(block.role), self.style(Role.FANGSONG)
        drop = baseline(self.sheet.leading, self.sheet.body)
        start = body.width(_SPACE * 2) if block.indent else 0.0
        colon = start + label.width(block.label)
        hang = colon + body.width("：")
        strips: list[Strip] = []
        for part in split_paragraphs(block.text):
            for line in break_paragraph(part.strip(), body.widths, self.sheet.block_width - hang):
                pieces = [line_piece(line, hang, drop, body)]
                if not strips:
                    pieces += [Piece(start, drop, label, block.label), Piece(colon, drop, body, "：")]
                strips.append(TextStrip(height=self.sheet.leading, pieces=pieces))
        return strips

    def _closing(self, block: Closing) -> list[Strip]:
        style = self.style(Role.FANGSONG)
        em, drop = style.width(_SPACE), baseline(self.sheet.leading, self.sheet.body)
        sender, date = style.width(block.sender), style.width(block.date)
        if date > sender:
            date_x = self.sheet.block_width - 2 * em - date
            sender_x = date_x - 2 * em
        else:
            sender_x = self.sheet.block_width - 2 * em - sender
            date_x = sender_x + 2 * em
        strips = self._gap(block.blank_above, Fading.AFTER_BREAK)
        for x, text in ((sender_x, block.sender), (date_x, block.date)):
            piece = Piece(max(0.0, x), drop, style, text)
            strips.append(TextStrip(height=self.sheet.leading, pieces=[piece], keep=text is block.sender))
        return strips

    def _form(self, block: FormGrid) -> list[Strip]:
        body, label = self.style(Role.FANGSONG, block.size), self.style(Role.HEI, block.size)
        return FormLayout(block, body, label, self.sheet.block_width, self.sheet.block_height).strips()

    def _ledger(self, block: LedgerTable) -> list[Strip]:
        body, strong = self.style(Role.FANGSONG, block.size), self.style(Role.HEI, block.size)
        room, page = self.sheet.block_width, self.sheet.block_height
        strips = LedgerLayout(block, body, strong, room, page).strips()
        strips[-1].keep = strips[-1].keep or block.keep_last
        if block.footnote:
            strips += self._note(Note(block.footnote, keep=block.keep_last))
        return strips

    def _caption(self, block: CaptionLine) -> list[Strip]:
        style, width = self.style(Role.FANGSONG, block.size), self.sheet.block_width
        leading = block.size * _LEADING
        drop = baseline(leading, block.size)
        places = (
            (0.0, block.left),
            ((width - style.width(block.centre)) / 2, block.centre),
            (width - style.width(block.right), block.right),
        )
        pieces = [Piece(x, drop, style, text) for x, text in places]
        return [TextStrip(height=leading, pieces=pieces, keep=True)]

    def _signatures(self, block: SignatureRow) -> list[Strip]:
        style = self.style(Role.FANGSONG, block.size)
        leading = self._leading(style)
        step = self.sheet.block_width / max(1, len(block.labels))
        pieces = [
            Piece(step * number, baseline(leading, style.size), style, text) for number, text in enumerate(block.labels)
        ]
        return [*self._gap(block.blank_above, Fading.AFTER_BREAK), TextStrip(height=leading, pieces=pieces)]

    def _note(self, block: Note) -> list[Strip]:
        style = self.style(Role.FANGSONG, block.size)
        parts = split_paragraphs(block.text)
        strips = [strip for part in parts for strip in self._lines(part, style, 0.0, Align.JUSTIFY)]
        for strip in strips:
            strip.keep = strip.keep or block.keep
        return strips

    def _blank(self, block: Blank) -> list[Strip]:
        return self._gap(block.lines, Fading.AFTER_BREAK)

    def _gap(self, lines: float, fading: Fading) -> list[Strip]:
        return [Strip(height=lines * self.sheet.leading, fading=fading, keep=True)] if lines > 0 else []

    def _rule(self, block: Rule) -> list[Strip]:
        above = block.above * MM
        rule = (above, self.sheet.block_width, block.thickness, block.red)
        return [TextStrip(height=above + block.thickness, rule=rule)]

    def _pictures(self, block: Pictures) -> list[Strip]:
        return picture_strips(block, self.sheet, partial(self.style, Role.FANGSONG))

    def _page_break(self, _block: PageBreak) -> list[Strip]:
        return [NewPage()]
