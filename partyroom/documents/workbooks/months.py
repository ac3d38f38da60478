"""Months typed into Excel: it keeps 1985年3月 as the first of March and shows only the month, and so do we.

The fast reader gives values without their formats; the formats of an .xlsx package are therefore looked up here. The
package was measured before (`package.inspect_package`), so its parts are of reasonable size and free of entities.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

from partyroom.core.cells import Cell, Sheet, column_index

_BUILT_IN = frozenset({17, 27, 36, 50, 52, 57})  # ECMA-376 part 1, 18.8.30: mmm-yy, and the Chinese 年月 forms
_LITERAL = re.compile(r"\"[^\"]*\"|\\.|\[[^\]]*\]|_.|\*.")
_CHUNK = 1024 * 1024
_LARGEST_STYLES = 16 * _CHUNK  # bytes; whole libraries of pasted styles are smaller
_SERIAL_ZERO = date(1899, 12, 30)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def months_as_shown(path: Path, sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets with every first of a month that the file shows as a month alone turned into '1985-03'.

    Other kinds of files, and packages whose styles cannot be made out, come back as they are.
    """
    try:
        with zipfile.ZipFile(path) as package:
            styles = _month_styles(package)
            parts = _parts_by_sheet(package) if styles else {}
            return [_with_months(sheet, _places(package, parts.get(sheet.name), styles)) for sheet in sheets]
    except (zipfile.BadZipFile, OSError, KeyError, ET.ParseError, ValueError):
        return list(sheets)


def shows_month(code: str) -> bool:
    """Whether a number format shows year and month but no day: yyyy"年"m"月", yyyy-mm, mmm-yy."""
    letters = set(_LITERAL.sub("", code).partition(";")[0].casefold())
    return "m" in letters and bool(letters & {"y", "e"}) and not letters & {"d", "h", "s"}


def _month_styles(package: zipfile.ZipFile) -> frozenset[int]:
    with package.open("xl/styles.xml") as stream:
        data = stream.read(_LARGEST_STYLES + 1)
    if len(data) > _LARGEST_STYLES:
        return frozenset()
    root = ET.fromstring(data)  # noqa: S314 - without a document type, see above
    namespace = root.tag.removesuffix("styleSheet")
    formats = root.iterfind(f"{namespace}numFmts/{namespace}numFmt")
    codes = {int(entry.get("numFmtId", "0")): shows_month(entry.get("formatCode", "")) for entry in formats}
    used = (int(entry.get("numFmtId", "0")) for entry in root.iterfind(f"{namespace}cellXfs/{namespace}xf"))
    return frozenset(index for index, number in enumerate(used) if codes.get(number, number in _BUILT_IN))


def _parts_by_sheet(package: zipfile.ZipFile) -> dict[str, str]:
    links = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314
    # an absolute target starts at the package's root, a relative one beside the workbook
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target") or "")[1:] for link in links}
    found = (entry for entry in book.iter() if entry.tag.endswith("}sheet"))
    return {entry.get("name") or "": targets.get(entry.get(_RELATION), "") for entry in found}


def _places(package: zipfile.ZipFile, part: str | None, styles: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Row and column, from 0, of each cell that has one of the styles."""
    if not part or not styles:
        return
    numbers = b"|".join(str(style).encode() for style in sorted(styles))
    styled = rb"<(?:\w+:)?c\b(?=[^>]*\ss\s*=\s*[\"'](?:%b)[\"'])" % numbers
    cell = re.compile(styled + rb"[^>]*?\sr\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"']")
    with package.open(part) as stream:
        for piece in _pieces(stream):
            for found in cell.finditer(piece):
                yield int(found[2]) - 1, column_index(found[1].decode("ascii"))


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in large pieces, none of which ends within a tag."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        whole, bracket, rest = (rest + chunk).rpartition(b"<")
        yield whole
        rest = bracket + rest
    yield rest


def _with_months(sheet: Sheet, places: Iterator[tuple[int, int]]) -> Sheet:
    rows: list[Sequence[Cell]] = list(sheet.rows)
    for index, column in places:
        if index < len(rows) and column < len(rows[index]):
            month = _month(rows[index][column])
            if month:
                rows[index] = [*rows[index][:column], month, *rows[index][column + 1 :]]
    return replace(sheet, rows=rows)


def _month(cell: Cell) -> str:
    """'1985-03' for the first of that month, else ''."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 0 < cell < 73_415:  # up to the year 2100
        cell = _SERIAL_ZERO + timedelta(days=int(cell))
    return f"{cell:%Y-%m}" if isinstance(cell, date) and cell.day == 1 else ""
