"""Personal names: one spelling for each, their order by sound, and initials for searching."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from partyroom.core.paths import resources
from partyroom.core.text import one_line

_DOTS = re.compile("[•・･‧∙⋅‧᛫⸱]")
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\U00020000-\U0003ffff\ue000-\uf8ff"
_INNER_SPACE = re.compile(rf"(?<=[{_CJK}·]) +(?=[{_CJK}·])")
_TYPED_DOT = re.compile(rf"(?<=[{_CJK}]) ?[.．] ?(?=[{_CJK}])")
_PIECES = re.compile(rf"[{_CJK}]+|[^\W_]+")
_HAN = re.compile(rf"[{_CJK}]")


def normalise_name(text: str) -> str:
    """The one spelling under which a name is stored and compared.

    NFC; the dots • ・ ‧ ∙ (and a full stop between Chinese characters) become ·; spaces between Chinese
    characters (“张 三”) and control characters are removed.
    """
    name = _DOTS.sub("·", one_line(text))
    return _TYPED_DOT.sub("·", _INNER_SPACE.sub("", name))


def sort_key(name: str) -> str:
    """What names are ordered and found by: the whole reading, then the name ('zhangwei 张伟')."""
    plain = normalise_name(name)
    return f"{''.join(_syllables(plain))} {plain}" if plain else ""


def initials(name: str) -> str:
    """The first letters of the syllables: 'zw' for 张伟; an unreadable character stands for itself."""
    return "".join(syllable[0] for syllable in _syllables(normalise_name(name)))


def surname_of(name: str) -> str:
    """The surname: a known surname of two characters (欧阳), otherwise the first character."""
    plain = normalise_name(name)
    return plain[:2] if len(plain) > 2 and plain[:2] in _surnames() else plain[:1]


@lru_cache(maxsize=4096)
def _syllables(name: str) -> tuple[str, ...]:
    found: list[str] = []
    for position, piece in enumerate(_PIECES.findall(name)):
        if not _HAN.match(piece):
            found.append(piece.casefold())
        elif position == 0:
            found.extend(_full_name(piece))
        else:
            found.extend(_readings(piece))
    return tuple(found)


def _full_name(piece: str) -> list[str]:
    table = _surnames()
    for length in (2, 1):
        reading = table.get(piece[:length])
        if reading and len(piece) >= length:
            return [*reading, *_readings(piece[length:])]
    # read alone, so that a surname does not borrow the sound of a word it happens to form with the given name
    return [*_readings(piece[:1]), *_readings(piece[1:])]


def _readings(text: str) -> list[str]:
    # the dictionaries take a tenth of a second to load: only when the first name is read
    from pypinyin import Style, lazy_pinyin

    # `list` sets a run of unknown characters apart, one each; the stub knows only of functions to str
    apart = cast("Callable[[str], str]", list)
    return lazy_pinyin(text, style=Style.NORMAL, errors=apart) if text else []


@lru_cache(maxsize=1)
def _surnames() -> dict[str, tuple[str, ...]]:
    table = json.loads((resources() / "rules" / "surnames.json").read_text(encoding="utf-8"))
    return {surname: tuple(reading.split()) for surname, reading in table["readings"].items()}
