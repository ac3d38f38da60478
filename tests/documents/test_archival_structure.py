"""Our own look at the structure of archival files, which needs nothing but pikepdf."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from pikepdf import Dictionary, Name, Object, Pdf, Stream

_SPACES = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
_SAMPLES = ("minutes", "ledger", "pictures", "labels", "contents", "scan", "stamped", "book")


def _faults(data: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as file:
        return [*_of_file(file), *_of_metadata(file), *_of_intent(file), *_of_pages(file), *_of_objects(file)]


def _of_file(file: Pdf) -> Iterator[str]:
    if file.is_encrypted or "/Encrypt" in file.trailer:
        yield "encrypted"
    if len(file.trailer.get("/ID", ())) != 2:
        yield "no ID"
    if file.check_pdf_syntax():
        yield "syntax"


def _of_metadata(file: Pdf) -> Iterator[str]:
    if "/Metadata" not in file.Root:
        yield "no XMP"
        return
    root = ET.fromstring(re.sub(rb"<\?xpacket[^>]*\?>", b"", file.Root.Metadata.read_bytes()))

    def text(path: str) -> str:
        found = root.find(f".//{path}", _SPACES)
        return "".join(found.itertext()) if found is not None else ""

    if (text("pdfaid:part"), text("pdfaid:conformance")) != ("2", "B"):
        yield "no claim"
    info = file.docinfo
    pairs = {
        "/Title": text("dc:title"),
        "/Author": text("dc:creator"),
        "/Subject": text("dc:description"),
        "/Keywords": text("pdf:Keywords"),
        "/Producer": text("pdf:Producer"),
        "/Creator": text("xmp:CreatorTool"),
        "/CreationDate": "D:" + re.sub(r"\D", "", text("xmp:CreateDate")),
        "/ModDate": "D:" + re.sub(r"\D", "", text("xmp:ModifyDate")),
    }
    yield from (f"{key} differs" for key, value in pairs.items() if str(info.get(key, "")) != value)


def _of_intent(file: Pdf) -> Iterator[str]:
    intents = list(file.Root.get("/OutputIntents", ()))
    profiles = [intent.DestOutputProfile for intent in intents if intent.S == Name.GTS_PDFA1]
    if len(profiles) != 1 or profiles[0].N != 3 or profiles[0].read_bytes()[16:20] != b"RGB ":
        yield "no sRGB intent"


def _resources(holder: Any, seen: set[Any]) -> Iterator[Object]:
    resources = holder.get("/Resources", Dictionary())
    yield resources
    for thing in resources.get("/XObject", Dictionary()).as_dict().values():
        if thing.get("/Subtype") == Name.Form and thing.objgen not in seen:
            seen.add(thing.objgen)
            yield from _resources(thing, seen)


def _of_pages(file: Pdf) -> Iterator[str]:
    seen: set[Any] = set()
    for page in file.pages:
        for resources in _resources(page.obj, seen):
            for font in resources.get("/Font", Dictionary()).as_dict().values():
                yield from _of_font(font)
            for thing in resources.get("/XObject", Dictionary()).as_dict().values():
                if "/SMask" in thing or "/Group" in thing:
                    yield "transparency"
                if thing.get("/Subtype") == Name.Image and "CMYK" in str(thing.get("/ColorSpace")):
                    yield "CMYK picture"
        for note in page.obj.get("/Annots", ()):
            if int(note.get("/F", 0)) & 0b100111 != 0b100:
                yield "annotation that does not print"


def _of_font(font: Object) -> Iterator[str]:
    name = str(font.BaseFont)
    described = font.DescendantFonts[0] if font.Subtype == Name.Type0 else font
    if not isinstance(described.get("/FontDescriptor", Dictionary()).get("/FontFile2"), Stream):
        yield f"{name} not embedded"
    elif font.Subtype == Name.TrueType:
        program = TTFont(io.BytesIO(described.FontDescriptor.FontFile2.read_bytes()))
        scale = 1000 / program["head"].unitsPerEm
        for code, glyph in program["cmap"].tables[0].cmap.items():
            width = font.Widths[code - int(font.FirstChar)] if code <= int(font.LastChar) else 0
            used = glyph != ".notdef" and code <= int(font.LastChar)
            if used and abs(float(width) - program["hmtx"][glyph][0] * scale) > 1:
                yield f"{name} has another width for code {code}"
    if "/ToUnicode" not in font:
        yield f"{name} without ToUnicode"
    if font.Subtype == Name.Type0 and "/CIDToGIDMap" not in described:
        yield f"{name} without CIDToGIDMap"


def _of_objects(file: Pdf) -> Iterator[str]:
    for thing in file.objects:
        if not isinstance(thing, Dictionary):
            continue
        for action in (thing, thing.get("/A"), thing.get("/OpenAction")):
            if isinstance(action, Dictionary):
                kind = str(action.get("/S", ""))
                if kind in ("/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData"):
                    yield f"action {kind}"
        if thing.get("/Type") == Name.Filespec or "/EF" in thing:
            yield "file outside or attached"


@pytest.mark.parametrize("name", _SAMPLES)
def test_what_we_file_has_the_structure_of_pdf_a(archival_samples: dict[str, bytes], name: str) -> None:
    assert set(archival_samples) == set(_SAMPLES)
    assert _faults(archival_samples[name]) == []


def test_the_look_finds_what_is_missing(raw_samples: dict[str, bytes], helvetica: bytes) -> None:
    assert {"no XMP", "no sRGB intent"} <= set(_faults(raw_samples["minutes"]))
    assert {"/Helvetica not embedded", "/Helvetica without ToUnicode"} <= set(_faults(helvetica))


def test_every_character_can_be_copied_plane_two_too(archival_samples: dict[str, bytes]) -> None:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(archival_samples["minutes"])) as pdf:
        assert "周𬭎、张喆、𠮷田" in (pdf.pages[0].extract_text() or "")
    with pdfplumber.open(io.BytesIO(archival_samples["stamped"])) as pdf:
        assert "周𬭎" in (pdf.pages[0].extract_text() or "")
