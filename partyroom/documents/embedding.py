"""A TrueType font as ReportLab embeds it, with the text behind the glyphs and some widths put right."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

_ENTRIES_PER_BLOCK = 100  # PDF allows no more in one bfchar block


class EmbeddedFont(TTFont):  # type: ignore[misc, unused-ignore]
    """Corrects ReportLab's ToUnicode map, which writes plane 2 characters as `<2CB4E>` instead of surrogates.

    Without it a name like 周𬭎 is drawn but can neither be copied nor searched. Corrected too are the widths ReportLab
    embeds with glyphs that share the last width of the font: they were in thousandths of an em instead of the font's
    own units, and PDF/A asks for widths that agree (ISO 19005-2, 6.2.11.5).
    """

    def __init__(self, name: str, file: Path, subfont: int = 0) -> None:
        super().__init__(name, str(file), subfontIndex=subfont, asciiReadable=0, shapable=False)
        self.file = file
        self.subfont = subfont
        self.coverage: dict[int, int] = self.face.charToGlyph
        self.em_widths: dict[int, float] = self.face.charWidths
        self.postscript_name: str = self.face.name.decode("latin-1")
        face: Any = self.face
        (full,) = struct.unpack(">H", face.get_table("hhea")[-2:])
        advance = face.hmetrics[full - 1][0]
        face.hmetrics[full:] = [(advance, bearing) for _, bearing in face.hmetrics[full:]]

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - ReportLab's name
        """Write the font's subsets into `doc`, then replace their ToUnicode maps."""
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            base = b"".join((SUBSETN(number), b"+", self.face.name, self.face.subfontNameX)).decode("pdfdoc")
            doc.idToObject[f"toUnicodeCMap:{base}"].content = unicode_map(base, subset)


def unicode_map(name: str, subset: list[int]) -> str:
    """The ToUnicode CMap of one subset: code n stands for the character `subset[n]`, in UTF-16."""
    entries = [f"<{n:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for n, code in enumerate(subset) if code]
    blocks: list[str] = []
    for start in range(0, len(entries), _ENTRIES_PER_BLOCK):
        part = entries[start : start + _ENTRIES_PER_BLOCK]
        blocks += [f"{len(part)} beginbfchar", *part, "endbfchar"]
    head = (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def\n"
        f"/CMapName /{name} def\n/CMapType 2 def\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
    )
    tail = "\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    return head + "\n".join(blocks) + tail
