"""Breaking Chinese text into lines: pure functions of characters and widths.

Rules kept (GB/T 15834-2011 clause 5 for the place of punctuation marks):

* no line begins with a closing mark nor ends with an opening one (避头尾);
* —— and …… are never divided, nor numbers, Latin words and 〔2026〕;
* a closing mark that does not fit is squeezed to half its width, together with neighbouring marks if need be,
  before a character is carried over;
* a word longer than a line is broken rather than left hanging out.

Justification widens the gaps between characters, never those inside numbers, words and dashes.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from partyroom.core.text import clean_text

NO_START = frozenset("，。、；：！？）》」』】〕〗〉”’％‰℃°…·—～々〞｝］＞′″,.;:?!)]}%»›．｡､–") - {
    "—"
}  # a dash of two may begin a line, it must only not be divided
NO_END = frozenset("（《「『【〔〖〈“‘〝｛［＜([{«‹￥＄¥$£€№")
_WIDE_CLOSING = frozenset("，。、；：！？）》」』】〕〗〉”’｝］．")
_WIDE_OPENING = frozenset("（《「『【〔〖〈“‘｛［")
_DASHES = frozenset("—…")
_SPACES = frozenset(" \u3000\u2002\u2003")
_RIGID = re.compile("[!-~\u00a1-\u024f\u0370-\u052f—…]")
_SLACK = 1e-6
_LOOSEST = 0.5  # a line may be left half empty for the sake of a Latin word, no more; numbers stay whole
_TAB = "\u3000\u3000"


@dataclass(frozen=True, slots=True)
class Line:
    """One broken line. `text` keeps the spaces at its end, which hang and are not drawn.

    `width` is the width drawn in points, `room` the width that was to be had, `squeeze` the points taken away after
    the character at each index, `forced` whether no rule could be kept at its end.
    """

    text: str
    width: float
    room: float
    last: bool
    squeeze: tuple[tuple[int, float], ...] = ()
    forced: bool = False

    @property
    def visible(self) -> str:
        """The text that is drawn."""
        return self.text.rstrip(" \u3000\u2002\u2003")

    @property
    def stretch(self) -> float:
        """Points to add to each gap so that the line fills its room; 0 for a paragraph's last line."""
        if self.last:
            return 0.0
        inner = self.visible[:-1]
        gaps = len(inner) - len(_RIGID.findall(inner))
        slack = self.room - self.width
        if gaps <= 0 or slack <= 0 or slack > self.room * _LOOSEST:
            return 0.0
        return slack / gaps


def is_rigid(character: str) -> bool:
    """Whether the gap after this character is never widened: part of a number, a Latin word or a dash."""
    return _RIGID.match(character) is not None


def split_paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: cleaned, one for each line of it, tabs as two characters' space."""
    return clean_text(text).replace("\t", _TAB).split("\n")


def may_break(text: str, at: int) -> bool:
    """Whether a line may end before `text[at]`."""
    return keeps_punctuation(text, at) and not (_is_word(text[at - 1]) and _is_word(text[at]))


def keeps_punctuation(text: str, at: int) -> bool:
    """Whether a break before `text[at]` keeps the rules of punctuation (it may divide a word)."""
    before, after = text[at - 1], text[at]
    if after in NO_START or before in NO_END or after in _SPACES:
        return False
    if before in _DASHES and after == before:
        return False
    return not (ord(after) > 0x2FF and unicodedata.category(after)[0] in "MC")


def _is_word(character: str) -> bool:
    return "!" <= character <= "~" or ("\u00a1" < character < "\u0530" and character.isalpha())


def break_paragraph(text: str, widths: Mapping[str, float], room: float, first_room: float | None = None) -> list[Line]:
    """Break one paragraph (no newline in it) into lines.

    Args:
        text: what to break; an empty text gives one empty line.
        widths: the width of each character in points, the usual gap included.
        room: points to be had on each line, at least as many as the widest character needs.
        first_room: points on the first line, when it is indented.
    """
    edges = [0.0, *accumulate(map(widths.__getitem__, text))]
    lines: list[Line] = []
    start, total = 0, len(text)
    here = room if first_room is None else first_room
    while edges[total] - edges[start] > here + _SLACK:
        end, squeeze, forced = _end_of_line(text, edges, start, here)
        if end >= total and squeeze:
            lines.append(_line(text, edges, start, end, here, last=True, squeeze=squeeze))
            return lines
        if end >= total:
            break
        lines.append(_line(text, edges, start, end, here, squeeze=squeeze, forced=forced))
        start, here = end, room
    lines.append(_line(text, edges, start, total, here, last=True))
    return lines


def _line(
    text: str,
    edges: list[float],
    start: int,
    end: int,
    room: float,
    *,
    last: bool = False,
    squeeze: tuple[tuple[int, float], ...] = (),
    forced: bool = False,
) -> Line:
    drawn = end
    while drawn > start and text[drawn - 1] in _SPACES:
        drawn -= 1
    width = edges[drawn] - edges[start] - sum(amount for _, amount in squeeze)
    return Line(text[start:end], width, room, last, squeeze, forced)


def _end_of_line(
    text: str, edges: list[float], start: int, room: float
) -> tuple[int, tuple[tuple[int, float], ...], bool]:
    """Where the line that begins at `start` ends, what is squeezed on it, and whether the break was forced."""
    stop = bisect_right(edges, edges[start] + room + _SLACK, start + 1) - 1
    stop = max(stop, start + 1)
    hanging = stop
    while hanging < len(text) and text[hanging] in _SPACES:
        hanging += 1
    if hanging == len(text) or may_break(text, hanging):
        return hanging, (), False
    if squeezed := _squeezed_end(text, edges, start, stop, room):
        return *squeezed, False
    fallback = next((at for at in range(stop, start, -1) if may_break(text, at)), None)
    if fallback is not None and not _is_overlong(text, edges, fallback, stop, room):
        return fallback, (), False
    divided = next((at for at in range(stop, fallback or start, -1) if keeps_punctuation(text, at)), None)
    if divided is not None:
        return divided, (), False
    return (fallback, (), False) if fallback is not None else (stop, (), True)


def _is_overlong(text: str, edges: list[float], first: int, stop: int, room: float) -> bool:
    """Whether the word from `first` over `stop` does not fit a line of its own, or is an address half as long."""
    end = stop
    while end < len(text) and edges[end] - edges[first] <= room and not may_break(text, end):
        end += 1
    width = edges[end] - edges[first]
    if width > room:
        return True
    return width > room * _LOOSEST and any(
        character.isalpha() and character < "\u0250" for character in text[first:end]
    )


def _squeezed_end(
    text: str, edges: list[float], start: int, stop: int, room: float
) -> tuple[int, tuple[tuple[int, float], ...]] | None:
    """The end of a line that takes in the marks after `stop` by squeezing, or None if they do not fit."""
    end = stop
    while end < len(text) and end - stop <= 3 and not (end > stop and may_break(text, end)):
        if text[end] not in NO_START:
            return None
        end += 1
    if end < len(text) and not may_break(text, end):
        return None
    excess = edges[end] - edges[start] - room
    taken: list[tuple[int, float]] = []
    for at in range(end - 1, start - 1, -1):
        if excess <= 0:
            break
        if _is_squeezable(text, at, end):
            amount = min(excess, (edges[at + 1] - edges[at]) / 2)
            taken.append((at - start, amount))
            excess -= amount
    return None if excess > _SLACK else (end, tuple(reversed(taken)))


def _is_squeezable(text: str, at: int, end: int) -> bool:
    mark = text[at]
    if mark in _WIDE_CLOSING:
        return at == end - 1 or text[at + 1] in _WIDE_CLOSING or text[at + 1] in _WIDE_OPENING
    return mark in _WIDE_OPENING and at < end - 1 and text[at + 1] in _WIDE_OPENING
