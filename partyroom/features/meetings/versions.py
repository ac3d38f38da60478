"""Two versions of minutes compared: by paragraphs, and within changed paragraphs by characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

_LONGEST = 2000  # characters of a paragraph that is compared within
_ALIKE_RATIO = 0.4  # below this two paragraphs are told apart as a whole
_REACH = 10  # new paragraphs looked at for the one that an old one became
_AROUND = 1  # unchanged paragraphs shown before and behind a change


class Mark(StrEnum):
    """What happened to a paragraph or a piece of it."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    SKIPPED = "skipped"

    @property
    def label(self) -> str:
        """The word in front of the paragraph."""
        return {"same": "", "added": "增加", "removed": "删去", "skipped": "略"}[self.value]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One line of the version history; `current` is what the record holds now."""

    id: int
    at: datetime
    text: str
    current: bool

    @property
    def length(self) -> int:
        """Characters without white space, as the editor counts."""
        return len("".join(self.text.split()))


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One paragraph of a comparison, in pieces; a piece that is itself marked differs from its counterpart.

    A SKIPPED line stands for `count` unchanged paragraphs.
    """

    mark: Mark
    pieces: tuple[tuple[Mark, str], ...] = ()
    count: int = 1


def compare_texts(old: str, new: str) -> list[DiffLine]:
    """What leads from `old` to `new`, with one unchanged paragraph around each change; [] for equal texts."""
    before, after = old.split("\n"), new.split("\n")
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    lines: list[DiffLine] = []
    for number, (step, i, i_end, j, j_end) in enumerate(steps):
        if step == "equal":
            lines += _context(before[i:i_end], first=number == 0, last=number == len(steps) - 1)
        else:
            lines += _changes(before[i:i_end], after[j:j_end])
    return lines if any(line.mark in (Mark.ADDED, Mark.REMOVED) for line in lines) else []


def _context(same: Sequence[str], *, first: bool, last: bool) -> Iterator[DiffLine]:
    head = 0 if first else _AROUND
    tail = 0 if last else _AROUND
    hidden = len(same) - head - tail
    if hidden <= 1:
        yield from (DiffLine(Mark.SAME, ((Mark.SAME, text),)) for text in same)
        return
    yield from (DiffLine(Mark.SAME, ((Mark.SAME, text),)) for text in same[:head])
    yield DiffLine(Mark.SKIPPED, count=hidden)
    yield from (DiffLine(Mark.SAME, ((Mark.SAME, text),)) for text in same[len(same) - tail :])


def _changes(removed: Sequence[str], added: Sequence[str]) -> Iterator[DiffLine]:
    """Each old paragraph facing the next new one that is like it; those that have none are told as a whole."""
    start = 0
    for old in removed:
        reach = range(start, min(len(added), start + _REACH))
        found = next((j for j in reach if _alike(old, added[j])), None)
        if found is None:
            yield _whole(Mark.REMOVED, old)
            continue
        yield from (_whole(Mark.ADDED, text) for text in added[start:found])
        yield from _pair(old, added[found])
        start = found + 1
    yield from (_whole(Mark.ADDED, text) for text in added[start:])


def _alike(old: str, new: str) -> bool:
    if max(len(old), len(new)) > _LONGEST:
        return False
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return all(ratio() >= _ALIKE_RATIO for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))


def _pair(old: str, new: str) -> tuple[DiffLine, DiffLine]:
    left: list[tuple[Mark, str]] = []
    right: list[tuple[Mark, str]] = []
    for step, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left.append((Mark.SAME if step == "equal" else Mark.REMOVED, old[i:i_end]))
        right.append((Mark.SAME if step == "equal" else Mark.ADDED, new[j:j_end]))
    return (
        DiffLine(Mark.REMOVED, tuple(piece for piece in left if piece[1])),
        DiffLine(Mark.ADDED, tuple(piece for piece in right if piece[1])),
    )


def _whole(mark: Mark, text: str) -> DiffLine:
    return DiffLine(mark, ((mark, text),))
