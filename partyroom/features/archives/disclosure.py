"""Sensitive numbers in what is handed out: replaced in papers before they are typeset, found in files that came.

Numbers are those of the branch's own members; whatever else a text says stays. Digits may be full-width and have
spaces or dashes between them. A number that is only to be seen in a picture or a scan cannot be found.
"""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")

_LEAST = 7  # digits: shorter numbers would be found everywhere
_RUN = re.compile(rf"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ](?:[ \-－]?[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]){{{_LEAST - 1},}}")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
_TAG = re.compile(r"<[^>]*>")
_MOST = 50 << 20  # bytes of one part of an office file that are looked through
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)


class Numbers:
    """Numbers that must not be handed out, each with the form in which it may be shown."""

    def __init__(self, masked: Mapping[str, str]) -> None:
        self._masked = {_plain(full): shown for full, shown in masked.items() if len(_plain(full)) >= _LEAST}
        alternatives = sorted(map(_spelt, self._masked), key=len, reverse=True)
        self._any = re.compile("|".join(alternatives), re.IGNORECASE) if alternatives else None

    def hide_in(self, text: str) -> str:
        """The text with every number masked."""
        if self._any is None:
            return text
        # Hundreds of alternatives are tried only where enough digits follow one another.
        return _RUN.sub(lambda run: self._hide_in_run(run.group()), text)

    def _hide_in_run(self, run: str) -> str:
        assert self._any is not None
        return self._any.sub(lambda found: self._masked[_plain(found.group())], run)

    def hide(self, value: T) -> T:
        """A document, sheet or anything else of dataclasses, tuples and lists, with every text in it masked."""
        return value if self._any is None else self._hidden(value)

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, str) and not hasattr(value, "value"):  # words of an enumeration stay what they are
            return self.hide_in(value)
        if isinstance(value, tuple | list):
            return type(value)(map(self._hidden, value))
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = [field.name for field in dataclasses.fields(value) if field.init]
            return dataclasses.replace(value, **{name: self._hidden(getattr(value, name)) for name in fields})
        return value

    def found_in(self, name: str, content: bytes) -> bool:
        """Whether a file's name or its text, as far as it can be read, has one of the numbers."""
        if self._any is None:
            return False
        texts = (name, *_texts(content))
        return any(self._any.search(run) for text in texts for run in _RUN.findall(text))


def _plain(number: str) -> str:
    """A number without spaces and dashes, digits half-width, letters as capitals."""
    kept = "".join(character for character in number if character.isalnum())
    return "".join(str(int(c)) if c.isdecimal() else c for c in kept).upper()


def _spelt(number: str) -> str:
    return r"[ \-－]?".join(f"[{c}{chr(ord(c) + 0xFEE0)}]" if c.isascii() else re.escape(c) for c in number)


def _texts(content: bytes) -> list[str]:
    if content[:1024].find(b"%PDF-") >= 0:
        return [pdf_text(content)]
    if content.startswith(_PICTURES):
        return []
    if zipfile.is_zipfile(io.BytesIO(content)):
        return _office_texts(content)
    # Old Word and Excel files hold texts as UTF-16 or in the code of the place, at odd offsets too.
    wide = [content[start:].decode("utf-16-le", "ignore") for start in (0, 1)]
    return [content.decode("utf-8", "ignore"), *wide]


def _office_texts(content: bytes) -> list[str]:
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.filename.casefold().endswith((".xml", ".txt", ".rels")) and entry.file_size <= _MOST:
                    found += [_TAG.sub("", archive.read(entry).decode("utf-8", "ignore"))]
    except _BROKEN:
        return found
    return found


def pdf_text(content: bytes) -> str:
    """The text of a PDF in the order in which it is drawn, without spaces between the pieces; '' if unreadable."""
    import pikepdf  # it takes a while to load: only when something is handed out

    found: list[str] = []
    try:
        with pikepdf.open(io.BytesIO(content)) as file:
            for page in file.pages:
                _draw(page, page.obj.get("/Resources"), found, depth=0)
                found.append("\n")
            found += _unseen(file)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError):
        return "".join(found)
    return "".join(found)


def _unseen(file: Any) -> list[str]:
    """Titles, bookmarks, notes and what forms were filled in with."""
    import pikepdf

    holders = [one for one in file.objects if isinstance(one, pikepdf.Dictionary)]
    held = [one[key] for one in holders for key in _WORDS if key in one]
    return [f"{text}\n" for text in held if isinstance(text, pikepdf.String)]


def _draw(stream: Any, resources: Any, found: list[str], *, depth: int) -> None:
    """Follow the drawing of a page or form and note the texts, by the fonts' tables of characters."""
    import pikepdf

    fonts, forms = _of(resources, "/Font"), _of(resources, "/XObject")
    tables: dict[str, dict[bytes, str]] = {}
    table: dict[bytes, str] = {}
    for step in pikepdf.parse_content_stream(stream, "Tf Tj TJ ' \" Do"):
        operands, word = step.operands, str(step.operator)
        if word == "Tf":
            key = str(operands[0])
            if key not in tables:
                tables[key] = _characters(fonts.get(key))
            table = tables[key]
        elif word == "Do":
            form = forms.get(str(operands[0]))
            if form is not None and form.get("/Subtype") == "/Form" and depth < 8:
                _draw(form, form.get("/Resources", resources), found, depth=depth + 1)
        elif operands:
            pieces = operands[0] if word == "TJ" else [operands[-1]]
            found += [_read(bytes(piece), table) for piece in pieces if isinstance(piece, pikepdf.String)]


def _of(resources: Any, key: str) -> dict[str, Any]:
    held = None if resources is None else resources.get(key)
    return {} if held is None else dict(held.items())


def _read(codes: bytes, table: dict[bytes, str]) -> str:
    if not table:
        return codes.decode("latin-1")
    width = max(map(len, table))
    return "".join(table.get(codes[at : at + width], "") for at in range(0, len(codes), width))


_WORDS = ("/Title", "/Subject", "/Keywords", "/Author", "/Contents", "/V")
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])")


def _characters(font: Any) -> dict[bytes, str]:
    """Codes of a font and the characters they stand for, from its ToUnicode table."""
    if font is None or "/ToUnicode" not in font:
        return {}
    table: dict[bytes, str] = {}
    for kind, body in _BLOCK.findall(font.ToUnicode.read_bytes()):
        if kind == b"bfchar":
            codes = [bytes.fromhex(token[0].decode("ascii")) for token in _TOKEN.findall(body)]
            table |= {code: _unicode(text) for code, text in zip(codes[::2], codes[1::2], strict=False)}
        else:
            _add_ranges(body, table)
    return table


def _add_ranges(body: bytes, table: dict[bytes, str]) -> None:
    tokens = _TOKEN.findall(body)
    at = 0
    while at + 2 < len(tokens):
        low, high = (bytes.fromhex(tokens[at + step][0].decode("ascii")) for step in (0, 1))
        first, last = int.from_bytes(low), min(int.from_bytes(high), int.from_bytes(low) + 0xFFFF)
        at += 2
        if tokens[at][1]:  # a list with one text for each code
            at += 1
            for code in range(first, last + 1):
                if at >= len(tokens) or tokens[at][2]:
                    break
                table[code.to_bytes(len(low))] = _unicode(bytes.fromhex(tokens[at][0].decode("ascii")))
                at += 1
            at += 1
            continue
        start = bytes.fromhex(tokens[at][0].decode("ascii"))
        for step in range(last - first + 1):
            value = int.from_bytes(start) + step
            table[(first + step).to_bytes(len(low))] = _unicode(value.to_bytes(len(start)))
        at += 1


def _unicode(code: bytes) -> str:
    return code.decode("utf-16-be", "ignore")
