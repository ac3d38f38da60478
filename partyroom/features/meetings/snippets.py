"""Where the words of a search stand in a text, read as the index reads it, and the piece of text to show for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_BEFORE = 18  # characters shown before a hit
_AFTER = 42  # and behind it
_LONGEST = 400  # a hit longer than this is cut
_SIGNS = str.maketrans(dict.fromkeys("\n\t\r\u2028\u2029", " "))

Span = tuple[int, int]
Parts = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text in parts, each told apart as hit or not; `count` is the number of hits in the whole text."""

    parts: Parts
    count: int
    words: int = 0
    """How many of the words looked for stand in the text."""

    @property
    def text(self) -> str:
        """The piece as plain text."""
        return "".join(part for part, _ in self.parts)


def search_words(asked: str) -> tuple[str, ...]:
    """The words of a search as they are compared: small letters, without white space, each once."""
    return tuple(dict.fromkeys(word.casefold() for word in asked.split()))


def hits_of(text: str, word: str) -> list[Span]:
    """Where a word of `search_words` stands in a text, without overlaps; white space and case do not count."""
    folded = text.casefold()
    bare = "".join(folded.split())
    count = bare.count(word) if word else 0
    if not count:
        return []
    same_length = len(folded) == len(text)
    if same_length and folded.count(word) == count:  # no hit runs over white space: nothing to translate
        return [(place, place + len(word)) for place in _places(folded, word)]
    positions = _positions(text, same_length=same_length)
    return [(positions[place], positions[place + len(word) - 1] + 1) for place in _places(bare, word)]


def first_hit(text: str, words: Sequence[str]) -> Span | None:
    """The first hit of the first of the words that stands in the text."""
    for word in words:
        if hits := hits_of(text, word):
            return hits[0]
    return None


def marked(text: str, words: Iterable[str]) -> Parts:
    """The whole text in parts, every hit told apart."""
    return _parts(text, _joined(hit for word in words for hit in hits_of(text, word)), (0, len(text)))


def snippet(text: str, words: Sequence[str]) -> Snippet | None:
    """The surroundings of the first hit of each word, every hit in them told apart; None where there is none."""
    hits = [found for word in words if (found := hits_of(text, word))]
    if not hits:
        return None
    spans = _joined(hit for found in hits for hit in found)
    windows = _joined(_window(text, found[0]) for found in hits)
    parts: list[tuple[str, bool]] = []
    for number, window in enumerate(windows):
        if number or window[0] > 0:
            parts.append(("…", False))
        parts += _parts(text, spans, window)
    if windows[-1][1] < len(text):
        parts.append(("…", False))
    return Snippet(tuple(parts), sum(map(len, hits)), len(hits))


def _places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + len(word))


def _positions(text: str, *, same_length: bool) -> list[int]:
    """For each character of the folded text without white space, where it comes from (`ß` folds into two)."""
    if same_length:
        return [i for i, character in enumerate(text) if not character.isspace()]
    return [i for i, character in enumerate(text) for part in character.casefold() if not part.isspace()]


def _window(text: str, hit: Span) -> Span:
    return max(0, hit[0] - _BEFORE), min(len(text), min(hit[1], hit[0] + _LONGEST) + _AFTER)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _parts(text: str, spans: Iterable[Span], window: Span) -> Parts:
    parts: list[tuple[str, bool]] = []
    here, stop = window
    for start, end in spans:
        start, end = max(start, here), min(end, stop)
        if start < end:
            parts += [(text[here:start], False), (text[start:end], True)]
            here = end
    parts.append((text[here:stop], False))
    return tuple((part.translate(_SIGNS), hit) for part, hit in parts if part)
