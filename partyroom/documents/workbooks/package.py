"""Looking into an .xlsx package before it is loaded: sizes, bombs, rows, formulas that were never computed.

The fast reader allocates a rectangle that reaches to the last cell and trusts the sizes that a package
declares. Both are therefore measured here first, in a stream and with bounded memory.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from partyroom.core.cells import SheetFacts, column_index, column_letters
from partyroom.core.errors import DomainError

MEGABYTE = 1024 * 1024
DAMAGED = "文件已损坏或不完整，请用 Excel 或 WPS 打开检查，另存为 .xlsx 后再导入。"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may hold before it is refused; the defaults are far beyond any school."""

    file_bytes: int = 50 * MEGABYTE
    unpacked_bytes: int = 400 * MEGABYTE
    rows: int = 100_000
    columns: int = 256
    cells: int = 5_000_000
    characters: int = 100_000_000


_CHUNK = MEGABYTE
_LONGEST_ROW = 8 * MEGABYTE
_LONGEST_STRING = MEGABYTE // 4  # a cell of Excel holds 32,767 characters
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")
_STRING_END = re.compile(rb"</(?:\w+:)?si\s*>")
_ROW_NUMBER = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br\s*=\s*[\"']([0-9]+)")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"']")
_FILLED = re.compile(rb"<(?:\w+:)?(?:v\b[^>]*>[^<]|is\b)")
_CELL_START = re.compile(rb"<(?:\w+:)?c[\s>/]")
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?c\b([^>]*[^/>])>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f\s*>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>\s*|<(?:\w+:)?v\s*></(?:\w+:)?v\s*>\s*)?</(?:\w+:)?c\s*>"
)
_ERROR = re.compile(rb"<(?:\w+:)?c\b([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>")
_TARGET = re.compile(rb"\bTarget\s*=\s*[\"']([^\"']*)[\"']")
_LINK = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ODDITY = re.compile(rb"<(?:\w+:)?sheetData\b|<!DOCTYPE|<!ENTITY")
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError, KeyError)


def part_names(path: Path) -> frozenset[str]:
    """The names of the parts in a zip package.

    Raises:
        DomainError: the package is truncated or damaged.
    """
    try:
        with zipfile.ZipFile(path) as package:
            return frozenset(package.namelist())
    except _FAULTS as error:
        raise DomainError(DAMAGED) from error


def inspect_package(path: Path, limits: Limits) -> dict[str, SheetFacts]:
    """Measure every part that will be read, and note cells without a value, by sheet part name.

    Raises:
        DomainError: too large, too many rows, or damaged; in one Chinese sentence.
    """
    try:
        with zipfile.ZipFile(path) as package:
            sheets = _sheet_parts(package)
            parts = [p for p in package.infolist() if not _plain(p).startswith("xl/media/")]
            if sum(part.file_size for part in parts) > limits.unpacked_bytes:
                raise DomainError(_too_large_unpacked(limits))
            return _inspect_parts(package, parts, sheets, limits)
    except _FAULTS as error:
        raise DomainError(DAMAGED) from error


def _sheet_parts(package: zipfile.ZipFile) -> frozenset[str]:
    """The parts that the workbook calls worksheets, wherever they lie and whatever they are called."""
    targets: set[str] = set()
    for part in package.infolist():
        if _plain(part) == "xl/_rels/workbook.xml.rels":
            with package.open(part) as stream:
                links = _LINK.findall(stream.read(_CHUNK))
            found = [_TARGET.search(link) for link in links if b"/worksheet" in link]
            names = [target[1].decode("utf-8", "replace").casefold() for target in found if target]
            targets.update(name.removeprefix("/") if name.startswith("/") else f"xl/{name}" for name in names)
    return frozenset(targets)


def _plain(part: zipfile.ZipInfo) -> str:
    return part.filename.replace("\\", "/").casefold()


def _inspect_parts(
    package: zipfile.ZipFile, parts: list[zipfile.ZipInfo], sheets: frozenset[str], limits: Limits
) -> dict[str, SheetFacts]:
    facts: dict[str, SheetFacts] = {}
    meter = _Meter(limits)
    for part in parts:
        # closed at once: a file that stays open cannot be moved or saved again on Windows
        with closing(_unpack(package, part, meter)) as chunks:
            if _plain(part) in sheets:
                facts[part.filename] = _Survey(limits).take(chunks)
            elif _plain(part) == "xl/sharedstrings.xml":
                _refuse_long_strings(chunks)
            else:
                _refuse_oddities(chunks)
    return facts


def _refuse_long_strings(chunks: Iterator[bytes]) -> None:
    for piece in _pieces(chunks, _STRING_END, _LONGEST_STRING):
        if _ODDITY.search(piece):
            raise DomainError(DAMAGED)


def _refuse_oddities(chunks: Iterator[bytes]) -> None:
    # a document type, whose entities can swell without end and which no office program writes, and rows in
    # a part that was not announced as a sheet and so would escape the count
    seam = b""
    for chunk in chunks:
        if _ODDITY.search(seam + chunk):
            raise DomainError(DAMAGED)
        seam = chunk[-64:]


@dataclass(slots=True)
class _Meter:
    """Counts what really comes out of the package, whatever it declares."""

    limits: Limits
    total: int = 0

    def count(self, size: int) -> None:
        self.total += size
        if self.total > self.limits.unpacked_bytes:
            raise DomainError(_too_large_unpacked(self.limits))


def _unpack(package: zipfile.ZipFile, part: zipfile.ZipInfo, meter: _Meter) -> Generator[bytes]:
    # zipfile stops at the declared size; a size that nothing reaches makes it read, and check, to the true end
    honest = copy(part)
    honest.file_size = meter.limits.unpacked_bytes + _CHUNK
    taken = 0
    with package.open(honest) as stream:
        while chunk := stream.read(_CHUNK):
            meter.count(len(chunk))
            taken += len(chunk)
            yield chunk
    if taken != part.file_size:
        raise DomainError(DAMAGED)


def _pieces(chunks: Iterator[bytes], end: re.Pattern[bytes], longest: int) -> Iterator[bytes]:
    """Split a stream behind a closing tag without ever holding more than `longest` of it."""
    rest = b""
    for chunk in chunks:
        *whole, rest = end.split(rest + chunk)
        if len(rest) > longest:
            raise DomainError("文件里有一行或一格的内容过长，不像一个支部的表格，请检查后再导入。")
        yield from whole
    yield rest


class _Survey:
    """Walks through the rows of one sheet and keeps its extent."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._filled_rows = 0
        self._row = 0
        self._columns = 0
        self._uncomputed: set[tuple[int, int]] = set()
        self._errors: set[tuple[int, int]] = set()

    def take(self, chunks: Iterator[bytes]) -> SheetFacts:
        for piece in _pieces(chunks, _ROW_END, _LONGEST_ROW):
            found = _ROW_NUMBER.search(piece)
            self._row = int(found[1]) if found else self._row + 1
            if b"<f" in piece or b":f" in piece:
                self._uncomputed.update(_places(_UNCOMPUTED, piece))
            if _FILLED.search(piece):
                self._measure(piece)
        return SheetFacts(frozenset(self._uncomputed), frozenset(self._errors))

    def _measure(self, piece: bytes) -> None:
        self._filled_rows += 1
        references = _REFERENCE.findall(piece)
        if len(references) < len(_CELL_START.findall(piece)) or self._reach(references) > self._limits.columns:
            references = _places_of_filled(piece)
        self._columns = max(self._columns, self._reach(references))
        last = max((int(digits) for _, digits in references), default=0)
        self._errors.update(_places(_ERROR, piece) if b't="e"' in piece else ())
        self._check(max(last, self._row))

    @staticmethod
    def _reach(references: list[tuple[bytes, bytes]]) -> int:
        letters = max((letters for letters, _ in references), key=lambda name: (len(name), name), default=b"")
        return column_index(letters.decode("ascii")) + 1

    def _check(self, last_row: int) -> None:
        if self._filled_rows > self._limits.rows:
            raise DomainError(too_many_rows(self._limits))
        if last_row > self._limits.rows:
            raise DomainError(
                f"工作表的内容一直延伸到第{last_row}行，超过了{self._limits.rows}行的上限，"
                "请删除表格下方多余的内容后再导入。"
            )
        if self._columns > self._limits.columns:
            raise DomainError(too_many_columns(self._limits))
        if last_row * self._columns > self._limits.cells:
            raise DomainError(too_many_cells(self._limits))


def _places_of_filled(piece: bytes) -> list[tuple[bytes, bytes]]:
    """References of filled cells only (styled empty cells reach far), counting on where one has no reference."""
    found: list[tuple[bytes, bytes]] = []
    column = -1
    starts = [match.start() for match in _CELL_START.finditer(piece)]
    for start, end in zip(starts, [*starts[1:], len(piece)], strict=True):
        cell = piece[start:end]
        reference = _REFERENCE.search(cell)
        column = column_index(reference[1].decode("ascii")) if reference else column + 1
        if _FILLED.search(cell):
            found.append((column_letters(column).encode("ascii"), reference[2] if reference else b"0"))
    return found


def _places(pattern: re.Pattern[bytes], piece: bytes) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(piece):
        reference = _REFERENCE.search(match[1])
        if reference:
            yield int(reference[2]) - 1, column_index(reference[1].decode("ascii"))


def too_many_rows(limits: Limits) -> str:
    """The sentence for a sheet with more rows than are read."""
    return f"文件超过{limits.rows}行，不像一个支部的表格，没有读取；请只保留要导入的部分再试。"


def too_many_columns(limits: Limits) -> str:
    """The sentence for a sheet with more columns than are read."""
    return f"文件超过{limits.columns}列，不像一个支部的表格，没有读取；请只保留要导入的部分再试。"


def too_many_cells(limits: Limits) -> str:
    """The sentence for a sheet with too many cells in all."""
    return f"工作表太大（超过{limits.cells}格），没有读取；请只保留要导入的部分再试。"


def _too_large_unpacked(limits: Limits) -> str:
    size = limits.unpacked_bytes // MEGABYTE
    return f"文件展开后超过{size} MB，不像一个支部的表格，没有读取；请只保留要导入的部分再试。"
