from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from partyroom.core import paths
from partyroom.documents.system_fonts import may_embed

FOLDER = paths.resources() / "fonts"
FILES = sorted(FOLDER.glob("*.ttf"))


def test_the_fonts_are_there_and_not_heavier_than_agreed() -> None:
    assert len(FILES) == 8
    assert sum(file.stat().st_size for file in FILES) < 70 * 2**20


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_font_can_and_may_be_embedded_and_has_its_licence_beside_it(file: object) -> None:
    with TTFont(str(file), lazy=True) as font:
        assert "glyf" in font
        assert may_embed(font["OS/2"].fsType)
    stem = getattr(file, "stem", "").split("-")[0]
    text = (FOLDER / "licences" / f"{stem}.txt").read_text("utf-8")
    assert "Open Font License" in text or "OPEN FONT LICENSE" in text or "SIL-OFL" in text


def test_the_altered_kai_font_does_not_carry_a_reserved_name() -> None:
    with TTFont(FOLDER / "PartyroomKai-Regular.ttf", lazy=True) as font:
        names = {record.nameID: record.toUnicode() for record in font["name"].names}
    spoken = " ".join(text for number, text in names.items() if number not in {0, 13, 14})
    assert "LXGW" not in spoken
    assert "霞" not in spoken
    assert names[1] == "Partyroom Kai"
    assert 0 in names, "the copyright stays"


@pytest.mark.parametrize("name", ["NotoSerifSC-Black-subset", "NotoSansSC-Medium-subset", "PartyroomKai-Regular"])
def test_subsets_hold_gb_2312_and_the_characters_of_names(name: str) -> None:
    with TTFont(FOLDER / f"{name}.ttf", lazy=True) as font:
        covered = set(font.getBestCmap())
        dash = font.getBestCmap()[0x2014]
        assert font["hmtx"][dash][0] == font["head"].unitsPerEm
    level_one = {ord(bytes((a, b)).decode("gb2312")) for a in range(0xB0, 0xD7) for b in range(0xA1, 0xFA)}
    assert level_one <= covered
    assert {ord(character) for character in "㛃䶮𬭎𠅤𬀩翀堃喆昇珺頔䒟𤧛"} <= covered
