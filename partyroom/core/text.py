"""Cleaning of text that comes from people, spreadsheets and the clipboard."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls except tab and newline, lone surrogates, noncharacters (XML refuses them all), and the
# invisible marks that reorder or hide text: byte order mark, zero-width space, word joiner, bidi controls.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ufeff\u200b\u2060\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_FORBIDDEN_IN_NAMES = re.compile(r'[<>:"/\\|?*\n\t]+')
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_NAME_LENGTH = 80
_NAME_BYTES = 240  # Linux allows 255 bytes; room is left for a number or a suffix put behind
_NAMELESS = "未命名"


def clean_text(text: str) -> str:
    """NFC, one kind of line end, no control characters but newline and tab, nothing that XML refuses."""
    # nearly every text is clean: printable text holds no control, mark, surrogate or line end
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)))


def one_line(text: str) -> str:
    """Cleaned text on one line: every run of white space becomes one space, none at the ends."""
    return " ".join(clean_text(text).split())


def safe_file_name(text: str) -> str:
    """A file name that Windows and Linux accept, without any path in it, at most 80 characters long.

    A short suffix such as '.pdf' survives the cut. Blank or unusable text becomes '未命名'.
    """
    name = _FORBIDDEN_IN_NAMES.sub("_", one_line(text)).lstrip(" .-").rstrip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    if not name.strip("_ "):
        return _NAMELESS
    found = _SUFFIX.search(name)
    suffix = found.group() if found and found.start() > 0 else ""
    return _cut(name.removesuffix(suffix), _NAME_LENGTH - len(suffix), _NAME_BYTES - len(suffix)) + suffix


def _cut(stem: str, characters: int, size: int) -> str:
    kept = stem[:characters]
    while len(kept.encode("utf-8")) > size:
        kept = kept[:-1]
    return kept.rstrip(" .")
