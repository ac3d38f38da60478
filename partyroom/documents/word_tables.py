"""Forms and ledgers as Word tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from partyroom.documents.breaking import split_paragraphs
from partyroom.documents.geometry import MM
from partyroom.documents.model import Align, Cell, FormGrid, LedgerTable, Role
from partyroom.documents.word_text import add_run, indent, set_paragraph

_LEADING = 1.45
_PAD_X, _PAD_Y = 4.0, 3.0  # points
_TALL = 25.0  # mm, from which a value stands at the top of its cell


def add_form(container: Any, grid: FormGrid, room: float) -> None:
    """Add a form `room` points wide; cells that cover several columns or rows are merged."""
    table = _new_table(container, len(grid.rows), _widths(grid.columns, room))
    taken = [0] * len(grid.columns)
    for number, row in enumerate(grid.rows):
        line = table.rows[number]
        line.height, line.height_rule = Mm(row.min_height), WD_ROW_HEIGHT_RULE.AT_LEAST
        free = [column for column, left in enumerate(taken) if not left]
        for cell in row.cells:
            if len(free) < cell.span:
                raise ValueError(f"the cell {cell.text!r} does not fit into the columns of its form")
            column, end = free[0], free[0] + cell.span
            deep = min(cell.rows, len(grid.rows) - number)
            target = table.cell(number, column).merge(table.cell(number + deep - 1, end - 1))
            _fill_form_cell(target, cell, grid.size, tall=row.min_height >= _TALL)
            taken[column:end] = [deep] * cell.span
            del free[: cell.span]
        if free:
            table.cell(number, free[0]).merge(table.cell(number, free[-1]))
        taken = [max(0, left - 1) for left in taken]


def add_ledger(container: Any, ledger: LedgerTable, room: float) -> None:
    """Add a ledger; its head is repeated on every page and rows are not divided."""
    total = sum(column.width * MM for column in ledger.columns)
    scaled = ledger.stretch or total > room
    widths = _widths([column.width for column in ledger.columns], room if scaled else total)
    heads = tuple(column.title for column in ledger.columns)
    lines = [heads, *ledger.rows, *([ledger.totals] if ledger.totals else [])]
    table = _new_table(container, len(lines), widths)
    for number, (texts, row) in enumerate(zip(lines, table.rows, strict=True)):
        if len(texts) != len(widths):
            raise ValueError(f"a row of {len(texts)} cells in a ledger of {len(widths)} columns")
        strong = number == 0 or (bool(ledger.totals) and number == len(lines) - 1)
        row.height, row.height_rule = Mm(ledger.least_row), WD_ROW_HEIGHT_RULE.AT_LEAST
        _mark_row(row, head=number == 0)
        for cell, text, column in zip(row.cells, texts, ledger.columns, strict=True):
            align = Align.CENTRE if number == 0 else column.align
            _fill(cell, text, Role.HEI if strong else Role.FANGSONG, ledger.size, align)


def _widths(shares: Sequence[float], room: float) -> list[float]:
    total = sum(shares)
    return [share / total * room for share in shares]


def _new_table(container: Any, rows: int, widths: Sequence[float]) -> Any:
    table = container.add_table(rows=rows, cols=len(widths))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _set_padding(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Pt(width)
    return table


def _set_padding(table: Any) -> None:
    """The room between border and text as in the PDF, so that lines break alike."""
    margins = OxmlElement("w:tblCellMar")
    for side, points in (("top", _PAD_Y), ("left", _PAD_X), ("bottom", _PAD_Y), ("right", _PAD_X)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(20 * points)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is None:
        table._tbl.tblPr.append(margins)
    else:
        look.addprevious(margins)


def _mark_row(row: Any, *, head: bool) -> None:
    properties = row._tr.get_or_add_trPr()
    for tag in ("w:cantSplit", *(("w:tblHeader",) if head else ())):
        properties.append(OxmlElement(tag))
    # The schema has no order inside trPr that Word enforces, but the height python-docx wrote comes first.
    height = properties.find(qn("w:trHeight"))
    if height is not None:
        properties.remove(height)
        properties.insert(0, height)


def _fill_form_cell(target: Any, cell: Cell, size: float, *, tall: bool) -> None:
    align = cell.align or (Align.CENTRE if cell.label else Align.LEFT)
    _fill(target, cell.text, Role.HEI if cell.label else Role.FANGSONG, size, align, indented=cell.indent)
    if not cell.label and (cell.indent or tall):
        target.vertical_alignment = WD_ALIGN_VERTICAL.TOP


def _fill(cell: Any, text: str, role: Role, size: float, align: Align, *, indented: bool = False) -> None:
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    for number, part in enumerate(split_paragraphs(text)):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        set_paragraph(paragraph, size * _LEADING, align=align)
        if indented:
            indent(paragraph, first=2, size=size)
        add_run(paragraph, part.strip(" \u3000") if indented else part, role, size)
