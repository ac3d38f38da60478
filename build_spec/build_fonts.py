"""Make `resources/fonts/` from a folder of original fonts: `python build_spec/build_fonts.py ORIGINALS [TARGET]`.

ORIGINALS holds the files of `_COPIED` and `_SUBSET` and a folder `licences/`. Copied files stay byte for byte
as their makers released them. Subset files serve titles, headings and quotations, and carry

* every Han character of Zhuque FangSong, which was drawn to cover the 8,105 characters of the 2013 通用规范汉字表
  (the list itself is not distributed here; Zhuque's coverage of it stands in for it),
* all of GB 2312 (through Python's codec, so that no table has to be trusted),
* the plane 2 characters of Noto Serif SC (217, nearly all from the 2013 table) and some more found in names,
* symbols: Latin, punctuation, enclosed numbers, arrows, boxes, ticks, vertical and full-width forms.

A character that is missing from a subset is drawn by the program from Noto Serif SC, so a subset never loses text.
The em dash of the Noto subsets is widened to one em, because 破折号 is two full characters that must join.
LXGW WenKai has a reserved font name, therefore its subset is renamed to Partyroom Kai (OFL, condition 3).
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

_COPIED = {
    "LXGWZhuqueFangsong-Regular.ttf": "ZhuqueFangsong-Regular.ttf",
    "NotoSerifSC_400Regular.ttf": "NotoSerifSC-Regular.ttf",
    "LiberationSerif-Regular.ttf": "LiberationSerif-Regular.ttf",
    "LiberationSerif-Bold.ttf": "LiberationSerif-Bold.ttf",
    "HanaMinB.ttf": "HanaMinB.ttf",
}
_SUBSET = {
    "NotoSerifSC_900Black.ttf": "NotoSerifSC-Black-subset.ttf",
    "NotoSansSC_500Medium.ttf": "NotoSansSC-Medium-subset.ttf",
    "LXGWWenKai-Regular.ttf": "PartyroomKai-Regular.ttf",
}
_LICENCES = {
    "LXGW-fonts.OFL.txt": "ZhuqueFangsong.txt",
    "NotoSerifSC.OFL.txt": "NotoSerifSC.txt",
    "NotoSansSC.OFL.txt": "NotoSansSC.txt",
    "LXGWWenKai.txt": "PartyroomKai.txt",
    "LiberationSerif.txt": "LiberationSerif.txt",
    "HanaMin.txt": "HanaMinB.txt",
}
_COVERAGE = "LXGWZhuqueFangsong-Regular.ttf"
_RARE_COVERAGE = "NotoSerifSC_400Regular.ttf"
_NAME_CHARACTERS = "㛃䶮𬭎𠅤𬀩翀堃喆昇珺頔䒟𤧛㑇㭎㻬㴔䏡䥽"
_RENAMED = "Partyroom Kai"
_SYMBOLS = (
    (0x20, 0x17F),  # Latin with European letters
    (0x2010, 0x205F),  # punctuation
    (0x20A0, 0x20BF),  # currency
    (0x2100, 0x2193),  # letterlike, number forms, arrows
    (0x2460, 0x25FF),  # enclosed numbers, boxes, shapes
    (0x2600, 0x2612),  # stars, ballot boxes
    (0x2713, 0x2718),  # ticks and crosses
    (0x3000, 0x303F),  # CJK punctuation
    (0x3220, 0x3243),  # ㈠
    (0x3280, 0x32B0),  # ㊀
    (0x3380, 0x33DF),  # squared units
    (0xFE10, 0xFE4F),  # vertical forms
    (0xFF00, 0xFF5E),  # full-width forms
    (0xFFE0, 0xFFE6),
)
_NAME_RECORDS = {1: _RENAMED, 2: "Regular", 3: "Partyroom Kai subset", 4: _RENAMED, 6: "PartyroomKai-Regular"}
_LEGAL_RECORDS = {0, 13, 14}  # copyright, licence and its address stay as they were
_EM_DASH = 0x2014
_MAC, _WINDOWS = 1, 3


def _gb2312() -> set[int]:
    found: set[int] = set()
    for lead in range(0xA1, 0xF8):
        for trail in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((lead, trail)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def _han_of(font_file: Path, first: int) -> set[int]:
    with TTFont(font_file, lazy=True) as font:
        return {code for code in font.getBestCmap() if code >= first and not 0xA000 <= code < 0x20000}


def wanted_characters(originals: Path) -> set[int]:
    """The code points a subset should hold, before those its original lacks are dropped."""
    wanted = _han_of(originals / _COVERAGE, 0x3400) | _han_of(originals / _RARE_COVERAGE, 0x20000)
    wanted |= _gb2312() | {ord(character) for character in _NAME_CHARACTERS}
    for first, last in _SYMBOLS:
        wanted.update(range(first, last + 1))
    return wanted


def _widen_em_dash(font: TTFont) -> None:
    """Stretch the em dash to exactly one em, so that two of them make one unbroken 破折号."""
    name = font.getBestCmap()[_EM_DASH]
    glyph, em = font["glyf"][name], font["head"].unitsPerEm
    width = font["hmtx"][name][0]
    if glyph.isComposite() or not width:
        raise SystemExit(f"the em dash of {font['name'].getDebugName(6)} is not a plain outline")
    left, right = glyph.xMin, glyph.xMax
    glyph.coordinates.translate((-left, 0))
    glyph.coordinates.scale((em / (right - left), 1))
    glyph.coordinates.toInt()
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (em, glyph.xMin)


def _rename(font: TTFont) -> None:
    """Replace every name but the legal ones, in English only."""
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in _LEGAL_RECORDS]
    for name_id, text in _NAME_RECORDS.items():
        names.setName(text, name_id, _WINDOWS, 1, 0x409)
        names.setName(text, name_id, _MAC, 0, 0)


def make_subset(original: Path, target: Path, wanted: set[int]) -> int:
    """Write a subset of `original` without hints and layout tables; return the number of characters."""
    options = Options(
        hinting=False,
        layout_features=[],
        name_IDs="*",
        name_languages="*",
        notdef_outline=True,
        recalc_timestamp=False,
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "meta"]
    with TTFont(original, recalcTimestamp=False) as font:
        keep = {code for code in font.getBestCmap() if code in wanted}
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=keep)
        subsetter.subset(font)
        if original.name.startswith("Noto"):
            _widen_em_dash(font)
        else:
            _rename(font)
        font.save(target)
    return len(keep)


def build(originals: Path, target: Path) -> None:
    """Fill `target` with fonts and licences; running it again gives the same bytes."""
    (target / "licences").mkdir(parents=True, exist_ok=True)
    for source, name in _COPIED.items():
        shutil.copyfile(originals / source, target / name)
    for source, name in _LICENCES.items():
        shutil.copyfile(originals / "licences" / source, target / "licences" / name)
    wanted = wanted_characters(originals)
    for source, name in _SUBSET.items():
        count = make_subset(originals / source, target / name, wanted)
        print(f"{name}: {count} characters, {(target / name).stat().st_size / 1e6:.1f} MB")
    total = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    print(f"all: {total / 1e6:.1f} MB")


def main() -> None:
    """Read the two folders from the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("originals", type=Path, help="folder of the fonts as their makers released them")
    default = Path(__file__).resolve().parent.parent / "resources" / "fonts"
    parser.add_argument("target", type=Path, nargs="?", default=default, help="folder to fill")
    arguments = parser.parse_args()
    build(arguments.originals, arguments.target)


if __name__ == "__main__":
    main()
