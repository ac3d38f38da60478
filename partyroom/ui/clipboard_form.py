"""Rows for the clipboard, so that Excel, WPS and Calc paste exactly what the list shows."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QMimeData

_QUOTED: Final = re.compile('[\t\n\r"]')
# Up to 11 digits without a leading zero may become a number; identity numbers and codes must stay text.
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,10})(\.\d{1,6})?")
_AS_TEXT: Final = "mso-number-format:'\\@'"
_BREAK: Final = '<br style="mso-data-placement:same-cell">'


def tsv(lines: Sequence[Sequence[str]]) -> str:
    r"""Tab-separated text; cells with tabs, line breaks or quotes are quoted as Excel does."""
    return "".join("\t".join(_quoted(cell) for cell in line) + "\n" for line in lines)


def as_html(lines: Sequence[Sequence[str]]) -> str:
    """The same lines as a table whose cells are marked as text, except plain numbers.

    Spreadsheets prefer this form: an identity number keeps its 18 digits and “=1+1” is not calculated.
    """
    rows = "".join(f"<tr>{''.join(_cell(cell) for cell in line)}</tr>" for line in lines)
    return f'<html><head><meta charset="utf-8"></head><body><table>{rows}</table></body></html>'


def mime(lines: Sequence[Sequence[str]]) -> QMimeData:
    """Both forms for the clipboard."""
    data = QMimeData()
    data.setText(tsv(lines))
    data.setHtml(as_html(lines))
    return data


def _quoted(cell: str) -> str:
    if _QUOTED.search(cell) is None:
        return cell
    return '"' + cell.replace('"', '""') + '"'


def _cell(cell: str) -> str:
    style = "" if _NUMBER.fullmatch(cell) else f' style="{_AS_TEXT}"'
    return f"<td{style}>{html.escape(cell).replace(chr(10), _BREAK)}</td>"
