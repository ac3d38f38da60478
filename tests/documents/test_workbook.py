from __future__ import annotations

import random
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from partyroom.core.cells import Merge, column_index, column_letters
from partyroom.core.errors import DomainError
from partyroom.documents.workbooks.package import Limits
from partyroom.documents.workbooks.reading import read_workbook

Save = Callable[..., Path]
PEOPLE = [["姓名", "性别", "出生年月"], ["测试甲", "男", "1985.3"], ["测试乙", "女", "1986年4月"]]


def refusal(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(DomainError) as caught:
        read_workbook(path, limits)
    message = str(caught.value)
    assert len(caught.value.problems) == 1
    assert message.endswith("。")
    return message


def outcome(path: Path, limits: Limits | None = None) -> str:
    try:
        read_workbook(path, limits)
    except DomainError as error:
        return str(error)
    return "读完了。"


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def with_sheet(path: Path, xml: bytes) -> Path:
    return zipped(path, parts_of(path) | {"xl/worksheets/sheet1.xml": xml})


SHEET = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def test_cells_keep_their_place_and_kind(save_xlsx: Save) -> None:
    path = save_xlsx([[], [None, "姓名", date(1985, 3, 2), 138.0, True], []], merges=["B3:B5"])
    (sheet,) = read_workbook(path)
    assert sheet.name == "党员名册"
    assert list(sheet.rows[1]) == ["", "姓名", date(1985, 3, 2), 138.0, True]
    assert sheet.merges == (Merge(2, 1, 4, 1),)
    assert sheet.typed


def test_an_old_workbook_is_told_by_its_bytes(data_folder: Path, tmp_path: Path) -> None:
    (sheet,) = read_workbook(data_folder / "roster_97.xls")
    assert sheet.rows[2][:5] == [1, "测试甲", "男", "汉", date(1985, 6, 15)]
    assert Merge(2, 7, 3, 7) in sheet.merges
    renamed = tmp_path / "名册.csv"
    renamed.write_bytes((data_folder / "roster_97.xls").read_bytes())
    assert read_workbook(renamed)[0].rows == sheet.rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_text_in_every_encoding_and_separator(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "名册.csv"
    path.write_bytes("\r\n".join(mark.join(row) for row in PEOPLE).encode(encoding))
    (sheet,) = read_workbook(path)
    assert sheet.rows == PEOPLE
    assert not sheet.typed


def test_utf_16_big_endian_with_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "名册.txt"
    path.write_bytes(b"\xfe\xff" + "姓名\t性别".encode("utf-16-be"))
    assert read_workbook(path)[0].rows == [["姓名", "性别"]]


def test_rare_characters_survive_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "名册.csv"
    path.write_bytes("姓名,性别\n周𬭎,男\n㛃䶮,女".encode("gb18030"))
    assert [row[0] for row in read_workbook(path)[0].rows] == ["姓名", "周𬭎", "㛃䶮"]


def test_commas_inside_quotation_marks_do_not_separate(tmp_path: Path) -> None:
    path = tmp_path / "名册.csv"
    path.write_text('姓名;住址\n测试甲;"某市,某区,某街,1号"\n测试乙;="0536"', encoding="utf-8")
    assert read_workbook(path)[0].rows == [["姓名", "住址"], ["测试甲", "某市,某区,某街,1号"], ["测试乙", "0536"]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n", "这是PDF 文件"),
        (b"\x89PNG\r\n\x1a\n", "这是图片"),
        (b"\xff\xd8\xff\xe0", "这是图片"),
        (b"{\\rtf1", "Word"),
        (b"MZ\x90\0", "程序"),
        (b"Rar!\x1a\x07", "压缩包"),
        (b"<html><table><tr><td>\xe5\xa7\x93", "网页"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook>", "网页"),
        (b"abc\0\0\0\1\2", "不是表格"),
        (b"\xff\xfeabc\0\xd8\0\xd8", "文字编码"),
        (b"\x81\x81\xff\xff\xff name", "文字编码"),
        (b"", "空的"),
        (b"  \r\n ", "空的"),
        (b'a,"' + b"x" * 200_000, "没有结束"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "名册.xlsx"
    path.write_bytes(data)
    assert words in refusal(path)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"word/document.xml": b"<w/>"}, "Word 文档"),
        ({"ppt/presentation.xml": b"<p/>"}, "演示文稿"),
        ({"readme.txt": b"hello"}, "压缩包"),
        ({"xl/workbook.bin": b"x"}, ".xlsb"),
        ({"content.xml": b"<x/>"}, "OpenDocument"),
        ({"xl/workbook.xml": b"<x/>"}, "损坏"),
        ({"xl/workbook.xml": b"not xml at all"}, "损坏"),
    ],
)
def test_other_packages_are_told_apart(tmp_path: Path, parts: dict[str, bytes], words: str) -> None:
    assert words in refusal(zipped(tmp_path / "a.xlsx", parts))


def test_password_protected_files_say_so(data_folder: Path, tmp_path: Path) -> None:
    assert "密码" in refusal(data_folder / "roster_password.xlsx")
    locked = tmp_path / "locked.xls"
    data = bytearray((data_folder / "roster_97.xls").read_bytes())
    record = data.index(b"\xe1\x00\x02\x00")  # INTERFACEHDR, of two bytes, becomes FILEPASS with the XOR method
    data[record : record + 4] = b"\x2f\x00\x02\x00"
    locked.write_bytes(data)
    assert "密码" in refusal(locked)


def test_an_ole_file_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "名册.xls"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    path.write_bytes(head + b"\0" * 600 + "WordDocument".encode("utf-16-le") + b"\0" * 600)
    assert "Word 文档" in refusal(path)
    path.write_bytes(head + b"\0" * 2000)
    assert "不是表格" in refusal(path)
    path.write_bytes(head + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0" * 600)
    assert "损坏" in refusal(path)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(save_xlsx: Save, tmp_path: Path, kept: float) -> None:
    data = save_xlsx(PEOPLE * 50).read_bytes()
    path = tmp_path / "short.xlsx"
    path.write_bytes(data[: int(len(data) * kept)])
    assert "损坏" in refusal(path)


def test_a_truncated_old_workbook_is_refused_or_read_but_never_breaks(data_folder: Path, tmp_path: Path) -> None:
    data = (data_folder / "roster_97.xls").read_bytes()
    path = tmp_path / "short.xls"
    for size in range(600, len(data), 250):
        path.write_bytes(data[:size])
        assert outcome(path).endswith("。")


def test_flipped_bytes_never_break_the_reader(save_xlsx: Save, data_folder: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    for source in (save_xlsx(PEOPLE), data_folder / "roster_97.xls"):
        original = source.read_bytes()
        for _ in range(60):
            data = bytearray(original)
            for _ in range(chance.randrange(1, 12)):
                data[chance.randrange(8, len(data))] = chance.randrange(256)
            path = tmp_path / "flipped"
            path.write_bytes(data)
            assert outcome(path, Limits(rows=1000, columns=50)).endswith("。")


def test_a_file_of_200_mb_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(200 * 1024 * 1024)

    def forbidden(*_arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    monkeypatch.setattr(zipfile, "ZipFile", forbidden)
    message = refusal(path)
    assert "200 MB" in message
    assert "50 MB" in message


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "找不到" in refusal(tmp_path / "no.xlsx")
    assert "文件夹" in refusal(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名", encoding="utf-8")

    def forbidden(self: Path) -> bytes:
        raise PermissionError(self)

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    assert "打不开" in refusal(path)


@pytest.fixture
def million_rows(save_xlsx: Save) -> Path:
    row = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>\xe6\xb5\x8b</t></is></c><c r="B%d"><v>1</v></c></row>'
    return with_sheet(save_xlsx(PEOPLE), SHEET % b"".join(row % (n, n, n) for n in range(1, 1_000_001)))


def test_a_million_rows_are_refused_quickly(million_rows: Path) -> None:
    started = time.process_time()
    with zipfile.ZipFile(million_rows) as package:
        for name in package.namelist():
            package.read(name)
    unpacking = time.process_time() - started
    started = time.process_time()
    assert "100000行" in refusal(million_rows)
    assert time.process_time() - started < 50 * unpacking  # reading every cell takes some hundred times as long


def test_a_million_rows_are_refused_in_little_memory(million_rows: Path) -> None:
    tracemalloc.start()
    assert "100000行" in refusal(million_rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000


def test_a_million_lines_of_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n" * 1_000_000)
    assert "100000行" in refusal(path)


def test_too_many_columns_are_refused(save_xlsx: Save, tmp_path: Path) -> None:
    assert "256列" in refusal(save_xlsx([list(range(300))]))
    path = tmp_path / "wide.csv"
    path.write_text(",".join("a" * 300))
    assert "256列" in refusal(path)


def test_a_stray_cell_at_the_end_of_the_sheet_is_named(save_xlsx: Save) -> None:
    path = with_sheet(save_xlsx(PEOPLE), SHEET % b'<row r="1048576"><c r="B1048576"><v>1</v></c></row>')
    assert "第1048576行" in refusal(path)
    path = with_sheet(path, SHEET % b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>')
    assert "256列" in refusal(path)


@pytest.mark.parametrize("place", ["xl/elsewhere/s.bin", "XL/Worksheets/SHEET1.XML", "xl/styles.xml2"])
def test_a_sheet_in_an_unusual_place_is_measured_too(save_xlsx: Save, place: str) -> None:
    path = save_xlsx(PEOPLE)
    parts = parts_of(path)
    del parts["xl/worksheets/sheet1.xml"]
    links = parts["xl/_rels/workbook.xml.rels"].replace(b"/xl/worksheets/sheet1.xml", f"/{place}".encode())
    parts["xl/_rels/workbook.xml.rels"] = links
    far = SHEET % b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'
    assert "256列" in refusal(zipped(path, parts | {place: far}))


@pytest.mark.parametrize("place", ["xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_sheet_passed_off_as_another_part_is_refused(save_xlsx: Save, place: str) -> None:
    path = save_xlsx(PEOPLE)
    far = SHEET % b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'
    assert "损坏" in refusal(zipped(path, parts_of(path) | {place: far}))


def test_bloated_styles_do_no_harm(save_xlsx: Save) -> None:
    path = save_xlsx(PEOPLE)
    parts = parts_of(path)
    styles = parts["xl/styles.xml"].replace(b"</styleSheet>", b"<!--" + b"x" * 10_000_000 + b"--></styleSheet>")
    assert read_workbook(zipped(path, parts | {"xl/styles.xml": styles}))[0].rows[0][0] == "姓名"


def test_formatted_but_empty_rows_and_columns_do_not_count(save_xlsx: Save) -> None:
    row = b'<row r="%d" spans="1:16384"><c r="XFD%d" s="0"/></row>'
    blank = b"".join(row % (n, n) for n in range(2, 120_000))
    person = '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="XFD1" s="0"/></row>'.encode()
    (sheet,) = read_workbook(with_sheet(save_xlsx(PEOPLE), SHEET % (person + blank)))
    assert [list(row) for row in sheet.rows] == [["姓名"]]


def test_cells_without_references_are_counted(save_xlsx: Save) -> None:
    row = b"<row>" + b"<c><v>1</v></c>" * 300 + b"</row>"
    assert "256列" in refusal(with_sheet(save_xlsx(PEOPLE), SHEET % row))


def test_a_zip_bomb_is_refused_by_its_declared_size(save_xlsx: Save) -> None:
    path = with_sheet(save_xlsx(PEOPLE), b" " * 3_000_000)
    assert "展开后超过" in refusal(path, Limits(unpacked_bytes=2_000_000))


def test_a_zip_bomb_that_lies_about_its_size_is_refused(save_xlsx: Save) -> None:
    path = with_sheet(save_xlsx(PEOPLE), SHEET % (b"<row></row>" * 300_000))
    size = len(SHEET % (b"<row></row>" * 300_000))
    data = path.read_bytes()
    assert data.count(size.to_bytes(4, "little")) == 2
    path.write_bytes(data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    assert "展开后超过" in refusal(path, Limits(unpacked_bytes=2_000_000))
    assert "损坏" in refusal(path)


def test_one_endless_text_is_refused(save_xlsx: Save) -> None:
    path = save_xlsx(PEOPLE)
    strings = b"<sst><si><t>" + b"x" * 1_500_000 + b"</t></si></sst>"
    assert "过长" in refusal(zipped(path, parts_of(path) | {"xl/sharedStrings.xml": strings}))


def test_many_cells_pointing_at_one_long_text_are_refused(save_xlsx: Save) -> None:
    path = save_xlsx([["长" * 1000] * 10] * 20)
    assert "工作表太大" in refusal(path, Limits(characters=100_000))


def test_entities_are_refused(save_xlsx: Save) -> None:
    path = save_xlsx(PEOPLE)
    parts = parts_of(path)
    laughing = b'<!DOCTYPE x [<!ENTITY a "ha">]>' + parts["xl/workbook.xml"]
    assert "损坏" in refusal(zipped(path, parts | {"xl/workbook.xml": laughing}))


def test_formulas_give_their_saved_results(save_xlsx: Save) -> None:
    xml = (
        b'<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f><v></v></c><c r="C1"><f>2</f></c>'
        b'<c r="D1" t="str"><f>"x"</f><v>\xe6\xb5\x8b</v></c><c r="E1" t="e"><f>NA()</f><v>#N/A</v></c></row>'
    )
    (sheet,) = read_workbook(with_sheet(save_xlsx(PEOPLE), SHEET % xml))
    assert list(sheet.rows[0]) == [2.0, "", "", "测", ""]
    assert sheet.facts.uncomputed == {(0, 1), (0, 2)}
    assert sheet.facts.errors == {(0, 4)}


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "名册"
    book.active.append(["姓名"])
    book.create_sheet("字典").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert [sheet.name for sheet in read_workbook(tmp_path / "a.xlsx")] == ["名册"]


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16383, "XFD")])
def test_columns_have_letters(index: int, letters: str) -> None:
    assert column_letters(index) == letters
    assert column_index(letters) == index
