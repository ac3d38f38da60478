"""Opening a table that somebody made: what kind it is by its first bytes, and its cells, or one sentence why not."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from partyroom.core.cells import Cell, Merge, Sheet, SheetFacts
from partyroom.core.errors import DomainError
from partyroom.documents.workbooks import plain_text
from partyroom.documents.workbooks.months import months_as_shown
from partyroom.documents.workbooks.package import (
    DAMAGED,
    MEGABYTE,
    Limits,
    inspect_package,
    part_names,
    too_many_cells,
    too_many_rows,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOOK_START = b"\x09\x08\x10\x00\x00\x06\x05\x00"  # BOF of the globals, BIFF 8
_FILEPASS = 0x2F
_RECORDS_BEFORE_LOCK = 8
_ZIP = b"PK\x03\x04"
_FOREIGN = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"II*\0", "图片"),
    (b"MM\0*", "图片"),
    (b"{\\rtf", "Word（RTF）文档"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"PK\x05\x06", "空的压缩包"),
    (b"MZ", "程序"),
    (b"SQLite format 3", "数据库"),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|head|meta)", re.IGNORECASE)
_ASK = "请选择 .xlsx、.xls 或 .csv 格式的表格。"
_PASSWORD = "文件设有打开密码，无法读取；请在 Excel 或 WPS 中取消密码后再导入。"  # noqa: S105 - a sentence


def read_workbook(path: Path, limits: Limits | None = None) -> list[Sheet]:
    """Read every visible sheet of a .xlsx, .xls, .et, .csv, .tsv or .txt file.

    The kind is told by the first bytes, not by the name. Formulas give their saved results.

    Raises:
        DomainError: not a table, protected by a password, damaged, empty or too large; one Chinese sentence.
    """
    try:
        return _read(path, limits or Limits())
    except FileNotFoundError as error:
        raise DomainError("找不到这个文件，它可能已被移动或删除。") from error
    except OSError as error:
        raise DomainError("文件打不开：它可能正被别的程序占用，或者没有读取权限。") from error


def read_sheets(path: Path) -> list[Sheet]:
    """`read_workbook`, with every first of a month that the file shows as a month alone as '1985-03'.

    Raises:
        DomainError: as `read_workbook`.
    """
    return months_as_shown(path, read_workbook(path))


def _read(path: Path, limits: Limits) -> list[Sheet]:
    head = _look(path, limits)
    if head.startswith(_OLE):
        return _read_old(path, limits)
    if head.startswith(_ZIP):
        return _read_package(path, limits)
    for mark, kind in _FOREIGN:
        if head.startswith(mark) and not (mark == b"BM" and head.isascii()):
            raise DomainError(f"这是{kind}，不是表格；{_ASK}")
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise DomainError("文件其实是网页（有的系统导出成这样），请用 Excel 或 WPS 打开后另存为 .xlsx，再导入。")
    return _read_text(path, limits)


def _look(path: Path, limits: Limits) -> bytes:
    if path.is_dir():
        raise DomainError(f"选中的是文件夹，不是文件；{_ASK}")
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise DomainError(
            f"文件有 {size / MEGABYTE:.0f} MB，超过了 {limits.file_bytes // MEGABYTE} MB 的上限，没有读取；"
            "请只保留要导入的部分再试。"
        )
    with path.open("rb") as file:
        head = file.read(512)
    if not head.strip():
        raise DomainError("文件是空的，没有可导入的内容。")
    return head


def _read_package(path: Path, limits: Limits) -> list[Sheet]:
    names = part_names(path)
    if "xl/workbook.xml" not in names:
        raise DomainError(_foreign_package(names))
    facts = inspect_package(path, limits)
    return _sheets(path, limits, _facts_by_sheet(path, facts))


def _foreign_package(names: frozenset[str]) -> str:
    if "xl/workbook.bin" in names:
        return "暂不支持 .xlsb 格式，请用 Excel 打开后另存为 .xlsx，再导入。"
    if "content.xml" in names:
        return "暂不支持 OpenDocument（.ods）格式，请打开后另存为 .xlsx，再导入。"
    kind = "Word 文档" if "word/document.xml" in names else "压缩包或其他文档"
    kind = "演示文稿" if "ppt/presentation.xml" in names else kind
    return f"这是{kind}，不是表格；{_ASK}"


def _facts_by_sheet(path: Path, facts: dict[str, SheetFacts]) -> dict[str, SheetFacts]:
    """Facts by the sheet's name instead of its part's name; nothing when the relations are unusual."""
    if not any(fact.uncomputed or fact.errors for fact in facts.values()):
        return {}
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    found: dict[str, SheetFacts] = {}
    try:
        with zipfile.ZipFile(path) as package:
            links = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
            book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314
    except (KeyError, ET.ParseError):
        return {}
    targets = {link.get("Id"): (link.get("Target") or "").removeprefix("/xl/") for link in links}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            part = f"xl/{targets.get(sheet.get(relation), '')}"
            found[sheet.get("name") or ""] = facts.get(part, SheetFacts())
    return found


def _read_old(path: Path, limits: Limits) -> list[Sheet]:
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data:
        raise DomainError(_PASSWORD)
    if not any(name.encode("utf-16-le") + b"\0\0" in data for name in ("Workbook", "Book")):
        kind = "Word 文档" if "WordDocument".encode("utf-16-le") in data else "其他程序的文档或已损坏的文件"
        raise DomainError(f"这是{kind}，不是表格；{_ASK}")
    if _locked(data):
        raise DomainError(_PASSWORD)
    return _sheets(io.BytesIO(data), limits, {})


def _locked(data: bytes) -> bool:
    """Whether a FILEPASS record stands among the first records of the book ([MS-XLS] 2.4.117)."""
    start = data.find(_BOOK_START)
    for _ in range(_RECORDS_BEFORE_LOCK):
        if start < 0 or start + 4 > len(data):
            return False
        kind, length = struct.unpack_from("<HH", data, start)
        if kind == _FILEPASS:
            return True
        start += 4 + length
    return False


def _sheets(source: Path | io.BytesIO, limits: Limits, facts: dict[str, SheetFacts]) -> list[Sheet]:
    try:
        with CalamineWorkbook.from_object(source) as book:
            visible = [m.name for m in book.sheets_metadata if m.visible == SheetVisibleEnum.Visible]
            return [_sheet(book.get_sheet_by_name(name), limits, facts.get(name)) for name in visible]
    except PasswordError as error:
        raise DomainError(_PASSWORD) from error
    except CalamineError as error:
        raise DomainError(DAMAGED) from error
    except BaseException as error:
        # the reader is native code: where it meets what it never expected it raises its own PanicException
        if type(error).__name__ == "PanicException":
            raise DomainError(DAMAGED) from error
        raise


def _sheet(source: CalamineSheet, limits: Limits, facts: SheetFacts | None) -> Sheet:
    if source.start is None:
        return Sheet(source.name, ())
    if source.total_height > limits.rows:
        raise DomainError(too_many_rows(limits))
    if source.total_height * source.width > limits.cells:
        raise DomainError(too_many_cells(limits))
    merges = tuple(Merge(*first, *last) for first, last in source.merged_cell_ranges or ())
    return Sheet(source.name, _rows(source, limits), merges, facts or SheetFacts())


def _rows(source: CalamineSheet, limits: Limits) -> list[list[Cell]]:
    # row by row, so that a long text to which many cells point is noticed before it fills the memory
    left: list[Cell] = [""] * (source.start[1] if source.start else 0)
    rows: list[list[Cell]] = []
    characters = 0
    for row in source.iter_rows():
        characters += sum(len(cell) for cell in row if type(cell) is str)
        if characters > limits.characters:
            raise DomainError(too_many_cells(limits))
        rows.append([*left, *row])
    return rows


def _read_text(path: Path, limits: Limits) -> list[Sheet]:
    text = plain_text.decode(path.read_bytes())
    return [Sheet(path.stem, plain_text.read_rows(text, limits), typed=False)]
