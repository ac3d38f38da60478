"""Tables saved as text: which encoding, which separator, and the cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from itertools import islice

from partyroom.core.errors import DomainError
from partyroom.documents.workbooks.package import Limits, too_many_cells, too_many_columns, too_many_rows

_SEPARATORS = ",\t;，"
_LOOKED_AT = 30
_EXCEL_TEXT = re.compile(r'="([^"]*)"')  # ="0123": how a formula keeps Excel from reading a number
_QUOTED = re.compile(r'"[^"]*"')


def decode(data: bytes) -> str:
    """Text of a file in UTF-8 (with or without a mark), UTF-16 (with a mark) or GB 18030.

    Raises:
        DomainError: it is none of these, or no text at all.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _decode_as(data, (encoding,))
    if b"\0" in data[:65536]:
        raise DomainError("文件不是表格，无法读取；请选择 .xlsx、.xls 或 .csv 格式的表格。")
    return _decode_as(data, ("utf-8", "gb18030"))


def _decode_as(data: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DomainError("认不出文件的文字编码，请用 Excel 或 WPS 打开后另存为 .xlsx，再导入。")


def read_rows(text: str, limits: Limits) -> list[list[str]]:
    """The cells of comma, tab or semicolon separated text.

    Raises:
        DomainError: more rows or columns than the limits allow, or a cell without end.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in reader:
            cells += len(row)
            _check(len(rows), len(row), cells, limits)
            rows.append([_plain(cell) for cell in row])
    except csv.Error as error:
        raise DomainError("文本表格有一格没有结束（多半是少了一个引号），请检查后再导入。") from error
    return rows


def _check(rows: int, columns: int, cells: int, limits: Limits) -> None:
    if rows >= limits.rows:
        raise DomainError(too_many_rows(limits))
    if columns > limits.columns:
        raise DomainError(too_many_columns(limits))
    if cells > limits.cells:
        raise DomainError(too_many_cells(limits))


def separator_of(text: str) -> str:
    """The mark that stands most often between cells in the first lines, outside quotation marks."""
    lines = [_QUOTED.sub("", line) for line in islice(io.StringIO(text), _LOOKED_AT)]
    counts = {mark: sum(line.count(mark) for line in lines) for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: counts[mark])


def _plain(cell: str) -> str:
    found = _EXCEL_TEXT.fullmatch(cell.strip())
    return found[1] if found else cell
