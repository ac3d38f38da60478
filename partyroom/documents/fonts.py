"""Which font draws which character: one chain per role, and a report of what no font can draw."""

from __future__ import annotations

import logging
import struct
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFError

from partyroom.core import paths
from partyroom.documents.embedding import EmbeddedFont
from partyroom.documents.model import Role as Role  # the model must not depend on ReportLab
from partyroom.documents.system_fonts import InstalledFont, find_installed

MISSING_MARK = "〓"  # the printers' sign for a character that is not in the case

_LOG = logging.getLogger(__name__)
_UNUSABLE = (TTFError, OSError, LookupError, ValueError, AssertionError, struct.error)
_BUNDLED: Mapping[Role, str] = {
    Role.FANGSONG: "ZhuqueFangsong-Regular.ttf",
    Role.SONG: "NotoSerifSC-Regular.ttf",
    Role.TITLE: "NotoSerifSC-Black-subset.ttf",
    Role.HEI: "NotoSansSC-Medium-subset.ttf",
    Role.KAI: "PartyroomKai-Regular.ttf",
}
_LATIN = "LiberationSerif-Regular.ttf"
_LATIN_OF_TITLES = "LiberationSerif-Bold.ttf"  # thin figures would fall out of a line of 小标宋
_LAST_RESORT = "HanaMinB.ttf"
_ONE_EM = frozenset("“”‘’—…")  # in many fonts a third of an em or 0.9 em
_BALLOT = frozenset("□☐☑☒")  # drawn from one font, so that ticked and empty boxes match
_EM = 1000.0
_TOLERANCE = 15.0
_FIRST_HAN = 0x3400
_LATIN_END = 0x530  # Latin, Greek and Cyrillic letters


class FontSource(Enum):
    """Fonts of this PC where it has them, or only those that come with the program."""

    SYSTEM = "system"
    BUNDLED = "bundled"


@dataclass(frozen=True, slots=True)
class Glyph:
    """How one character is drawn: the character really set, its font, its width in thousandths of an em.

    `font` is None for a character without any shape of its own (a joiner, a variation selector).
    """

    character: str
    font: EmbeddedFont | None
    width: float
    latin: bool


class RoleTable(dict[str, Glyph]):
    """Character → glyph for one role, filled as characters turn up."""

    def __init__(self, book: FontBook, role: Role) -> None:
        super().__init__()
        self._book = book
        self._role = role

    def __missing__(self, character: str) -> Glyph:
        glyph = self[character] = self._book.resolve(self._role, character)
        return glyph


class FontBook:
    """The fonts of all roles, opened when first needed and then kept.

    One book may serve many documents one after the other; `lock` is held while a document is written, because
    ReportLab's fonts share one file position.
    """

    def __init__(
        self,
        source: FontSource | str = FontSource.BUNDLED,
        *,
        folder: Path | None = None,
        installed: Mapping[Role, InstalledFont] | None = None,
    ) -> None:
        """Choose the fonts.

        Args:
            source: 'system' prefers the fonts offices have (方正小标宋, 仿宋_GB2312 …), 'bundled' never looks.
            folder: where the bundled fonts are, by default `resources/fonts`.
            installed: the fonts found on this PC, for tests; by default they are searched for.
        """
        self.source = FontSource(source)
        self.lock = threading.RLock()
        self._folder = folder or paths.resources() / "fonts"
        self._opened: dict[tuple[Path, int], EmbeddedFont] = {}
        self._tables: dict[Role, RoleTable] = {}
        self._missing: set[str] = set()
        if self.source is FontSource.BUNDLED:
            self._installed: dict[Role, InstalledFont] = {}
        else:
            self._installed = dict(find_installed() if installed is None else installed)

    def table(self, role: Role) -> RoleTable:
        """The glyphs of a role; one object for the life of the book."""
        if role not in self._tables:
            self._tables[role] = RoleTable(self, role)
        return self._tables[role]

    def width(self, text: str, role: Role, size: float) -> float:
        """The natural width of `text` in points."""
        table = self.table(role)
        return sum(table[character].width for character in text) * size / _EM

    def is_missing(self, character: str) -> bool:
        """Whether a character that was asked for has no glyph in any font."""
        return character in self._missing

    def role_font(self, role: Role) -> EmbeddedFont:
        """The first font of the role's chain."""
        found = self._installed.get(role)
        if found is not None:
            try:
                return self._open(found.file, found.subfont)
            except _UNUSABLE:
                # A font of the PC that cannot be read must not keep a paper from being printed.
                _LOG.warning("font %s cannot be used, the bundled one takes its place", found.file, exc_info=True)
                del self._installed[role]
        return self._bundled(_BUNDLED[role])

    def latin_font(self) -> EmbeddedFont:
        """Liberation Serif, whatever the source: pagination is the same on every PC."""
        return self._bundled(_LATIN)

    def describe(self) -> str:
        """The choice in words for the PDF's metadata: `字体来源=bundled; 仿宋=ZhuqueFangsong-Regular; …`."""
        names = [f"{role.value}={self.role_font(role).postscript_name}" for role in Role]
        return "; ".join([f"字体来源={self.source.value}", *names, f"西文={self.latin_font().postscript_name}"])

    def resolve(self, role: Role, character: str) -> Glyph:
        """Find the glyph of one character; characters nobody has become 〓 and are remembered."""
        code = ord(" ") if character in "\u00a0\u202f" else ord(character)
        if code == ord(" ") or (code < _LATIN_END and (code < 0x80 or character.isalpha())):
            latin = self._bundled(_LATIN_OF_TITLES) if role is Role.TITLE else self.latin_font()
            if code in latin.coverage:
                return Glyph(chr(code), latin, latin.em_widths[code], latin=True)
        if _is_shapeless(character):
            return Glyph("", None, 0.0, latin=False)
        font = self._first_with(role, code, character in _ONE_EM)
        if font is not None:
            return Glyph(chr(code), font, font.em_widths.get(code, _EM), latin=False)
        self._missing.add(character)
        mark = self.resolve(role, MISSING_MARK)
        return Glyph(mark.character, mark.font, mark.width, latin=False)

    def _first_with(self, role: Role, code: int, one_em: bool) -> EmbeddedFont | None:
        if one_em:
            for font in (self.role_font(role), *self._one_em_fonts()):
                if code in font.coverage and abs(font.em_widths[code] - _EM) <= _TOLERANCE:
                    return font
        font = self._bundled(_BUNDLED[Role.KAI]) if chr(code) in _BALLOT else self.role_font(role)
        if code in font.coverage:
            return font
        symbols = _BUNDLED[Role.KAI] if code < _FIRST_HAN else _BUNDLED[Role.SONG]
        for name in (_BUNDLED[Role.SONG], symbols, _LAST_RESORT, _LATIN):
            font = self._bundled(name)
            if code in font.coverage:
                return font
        return None

    def _one_em_fonts(self) -> tuple[EmbeddedFont, ...]:
        return self._bundled(_BUNDLED[Role.SONG]), self._bundled(_BUNDLED[Role.FANGSONG]), self.latin_font()

    def _bundled(self, name: str) -> EmbeddedFont:
        return self._open(self._folder / name, 0)

    def _open(self, file: Path, subfont: int) -> EmbeddedFont:
        key = (file, subfont)
        if key not in self._opened:
            self._opened[key] = EmbeddedFont(f"partyroom-{len(self._opened)}-{file.stem}", file, subfont)
        return self._opened[key]


def _is_shapeless(character: str) -> bool:
    """Format characters and variation selectors, which direct other characters and are never drawn themselves."""
    if unicodedata.category(character) in {"Cf", "Cc", "Cs", "Zl", "Zp"}:
        return True
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF


def missing_sentence(character: str) -> str:
    """What the user is told about a character that no font has."""
    return (
        f"字符“{character}”（U+{ord(character):04X}）在所有可用字体中都没有字形，"
        f"打印时以“{MISSING_MARK}”代替，请核对后手工补写。"
    )


@cache
def shared_book(source: FontSource = FontSource.BUNDLED) -> FontBook:
    """The book the program shares between documents."""
    return FontBook(source)
