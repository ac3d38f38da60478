from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from partyroom.documents import system_fonts
from partyroom.documents.fonts import FontBook, Role
from partyroom.documents.system_fonts import find_installed, may_embed


def make_font(family: str, *, fs_type: int = 0, language: str = "en") -> TTFont:
    """A font of one character, 党, named as asked."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "dang"])
    builder.setupCharacterMap({0x515A: "dang"})
    pen = TTGlyphPen(None)
    for point, draw in (((0, 0), pen.moveTo), ((900, 0), pen.lineTo), ((900, 800), pen.lineTo)):
        draw(point)
    pen.closePath()
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "dang": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "dang": (1000, 0)})
    builder.setupHorizontalHeader(ascent=850, descent=-150)
    builder.setupNameTable({"familyName": {language: family}, "styleName": {language: "Regular"}, "psName": "Made"})
    builder.setupOS2(fsType=fs_type)
    builder.setupPost()
    font = builder.font
    font.recalcTimestamp = False
    return font


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    return fonts


def found(folder: Path) -> dict[Role, system_fonts.InstalledFont]:
    return find_installed([folder], folder.parent / "index.json")


def test_a_font_is_found_by_its_chinese_name_whatever_its_file_is_called(folder: Path) -> None:
    make_font("仿宋_GB2312", language="zh-Hans").save(folder / "a1.ttf")
    assert found(folder)[Role.FANGSONG].file == folder / "a1.ttf"


def test_names_are_compared_without_regard_to_case(folder: Path) -> None:
    make_font("SIMHEI").save(folder / "x.TTF")
    assert Role.HEI in found(folder)


def test_the_first_name_of_the_list_wins(folder: Path) -> None:
    make_font("KaiTi").save(folder / "a.ttf")
    make_font("楷体_GB2312").save(folder / "b.ttf")
    assert found(folder)[Role.KAI].file.name == "b.ttf"


def test_a_font_inside_a_collection_is_found_with_its_place(folder: Path) -> None:
    collection = TTCollection()
    collection.fonts = [make_font("Other"), make_font("宋体")]
    collection.save(str(folder / "simsun.ttc"))
    song = found(folder)[Role.SONG]
    assert (song.file.name, song.subfont) == ("simsun.ttc", 1)


@pytest.mark.parametrize(
    ("fs_type", "allowed"), [(0, True), (4, True), (8, True), (2, False), (0x100, False), (0x200, False)]
)
def test_the_makers_permission_to_embed_is_respected(folder: Path, fs_type: int, allowed: bool) -> None:
    make_font("黑体", fs_type=fs_type).save(folder / "h.ttf")
    assert (Role.HEI in found(folder)) is allowed
    assert may_embed(fs_type) is allowed


def test_files_that_are_no_fonts_are_passed_over(folder: Path) -> None:
    (folder / "broken.ttf").write_bytes(b"\x00\x01\x00\x00garbage")
    (folder / "empty.ttc").write_bytes(b"")
    assert found(folder) == {}


def test_a_file_is_read_again_only_when_it_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_font("黑体").save(folder / "h.ttf")
    first = found(folder)
    read: list[Path] = []
    original = system_fonts._faces
    monkeypatch.setattr(system_fonts, "_faces", lambda file: read.append(file) or list(original(file)))
    assert found(folder) == first
    assert read == []
    os.utime(folder / "h.ttf", ns=(1, 1))
    assert found(folder) == first
    assert read == [folder / "h.ttf"]


@pytest.mark.parametrize("content", ["", "[]", '{"version": 1, "files": 3}', '{"version": 0, "files": {}}'])
def test_a_damaged_index_is_made_anew(folder: Path, content: str) -> None:
    make_font("黑体").save(folder / "h.ttf")
    index = folder.parent / "index.json"
    index.write_text(content)
    assert Role.HEI in found(folder)
    assert json.loads(index.read_text("utf-8"))["version"] == 1


def test_an_installed_font_draws_what_it_has_and_the_bundled_ones_the_rest(folder: Path) -> None:
    make_font("仿宋").save(folder / "f.ttf")
    book = FontBook("system", installed=found(folder))
    assert book.table(Role.FANGSONG)["党"].font is book.role_font(Role.FANGSONG)
    other = book.table(Role.FANGSONG)["员"].font
    assert other is not None
    assert other.postscript_name == "NotoSerifSC-Regular"
    assert "system" in book.describe()
    assert "仿宋=Made" in book.describe()


def test_bundled_never_looks_at_the_pc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partyroom.documents.fonts.find_installed", lambda: pytest.fail("looked"))
    assert FontBook("bundled").role_font(Role.SONG).postscript_name == "NotoSerifSC-Regular"


@pytest.mark.parametrize("content", [b"", b"OTTO\x00\x01garbage", b"\x00\x01\x00\x00" + b"\x00" * 40])
def test_an_installed_font_that_cannot_be_read_gives_way_to_the_bundled_one(
    folder: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file = folder / "bad.ttf"
    file.write_bytes(content)
    book = FontBook("system", installed={Role.HEI: system_fonts.InstalledFont(file, 0, "黑体")})
    assert book.role_font(Role.HEI).postscript_name == "NotoSansSC-Medium"
    assert "bad.ttf" in caplog.text
