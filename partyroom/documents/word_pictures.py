"""Pictures in a Word file, in the sizes they have in the PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.shared import Pt

from partyroom.documents.geometry import Sheet
from partyroom.documents.model import Align, Picture, Pictures, Role
from partyroom.documents.pictures import (
    CAPTION_LEADING,
    CAPTION_SIZE,
    ROWS,
    Frame,
    fitted,
    frame_of,
    picture_room,
    rows_of,
)
from partyroom.documents.word_text import add_run, plain, set_paragraph

_ABOVE, _BELOW = 4.0, 12.0  # points around a caption
_SLACK = 12.0  # points a row that Word and WPS need besides picture and caption


def add_pictures(container: Any, block: Pictures, sheet: Sheet) -> None:
    """Add tables without lines, one a page: a row is a picture or two, each with its caption, never divided."""
    frame = frame_of(block, sheet)
    rows = list(rows_of(block, frame.columns))
    for start in range(0, len(rows), ROWS):
        if start:
            turn = set_paragraph(container.add_paragraph(), 1.0)
            turn.paragraph_format.page_break_before = True
        _add_table(container, rows[start : start + ROWS], frame, sheet.block_width)


def _add_table(container: Any, rows: Sequence[Sequence[Picture]], frame: Frame, room: float) -> None:
    table = container.add_table(rows=len(rows), cols=frame.columns)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for row, pictures in zip(table.rows, rows, strict=True):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        lines = max(_lines(picture, frame) for picture in pictures)
        for cell in row.cells:
            cell.width = Pt(room / frame.columns)
        for cell, picture in zip(row.cells, pictures, strict=False):
            _fill(cell, picture, frame, picture_room(frame, lines) - _SLACK)


def _fill(cell: Any, picture: Picture, frame: Frame, room: float) -> None:
    paragraph = set_paragraph(cell.paragraphs[0], CAPTION_SIZE, align=Align.CENTRE, keep=True)
    # an exact leading would show a strip of the picture as high as a line
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    width, height = fitted(picture.data, frame.width - _SLACK, room)
    shape = paragraph.add_run().add_picture(io.BytesIO(picture.data), Pt(width), Pt(height))
    shape._inline.docPr.set("descr", plain(picture.caption))  # what a screen reader says
    if caption := plain(picture.caption):
        below = set_paragraph(cell.add_paragraph(), CAPTION_SIZE * CAPTION_LEADING, align=Align.CENTRE)
        below.paragraph_format.space_before = Pt(_ABOVE)
        add_run(below, caption, Role.FANGSONG, CAPTION_SIZE)
    cell.paragraphs[-1].paragraph_format.space_after = Pt(_BELOW)


def _lines(picture: Picture, frame: Frame) -> int:
    """Lines of a caption, each character counted as a Chinese one."""
    fits = max(1, int((frame.width - _SLACK) / CAPTION_SIZE))
    return -(-len(plain(picture.caption)) // fits)
