"""Breaking a title into lines of a balanced shape: 梯形 or 菱形 (GB/T 9704-2012, 7.3.1)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise

from partyroom.documents.breaking import break_paragraph, may_break

# Shares of the text per line. Trapezia and the rhombus; never an hourglass or a plain block.
_SHAPES: Mapping[int, tuple[tuple[float, ...], ...]] = {
    2: ((0.54, 0.46), (0.46, 0.54)),
    3: ((0.30, 0.40, 0.30), (0.28, 0.33, 0.39), (0.39, 0.33, 0.28)),
}
_POOR_STARTS = frozenset("的之了们年月日号届次室部会员党")
_GOOD_ENDS = frozenset("、》”）会部校委")
_POOR = 0.12
_TORN = 0.45  # the name of a paper had better stay on one line
_GOOD = 0.03
_LONGEST = 90


def balanced_lines(text: str, widths: Mapping[str, float], room: float) -> list[str]:
    """The lines of one title: as few as possible, of similar but not equal lengths, no mark misplaced."""
    total = sum(widths[character] for character in text)
    count = math.ceil(total / room - 1e-9)
    if count <= 1:
        return [text]
    best: tuple[float, list[str]] | None = None
    for shape in _SHAPES.get(count, ()) if len(text) <= _LONGEST else ():
        for lines in _divisions(text, count):
            lengths = [sum(widths[character] for character in line) for line in lines]
            if max(lengths) <= room:
                cost = _cost(lines, lengths, total, shape)
                if best is None or cost < best[0]:
                    best = cost, lines
    return best[1] if best else [line.text for line in break_paragraph(text, widths, room)]


def _divisions(text: str, count: int) -> Iterator[list[str]]:
    places = [at for at in range(1, len(text)) if may_break(text, at)]
    for cuts in combinations(places, count - 1):
        yield [text[a:b] for a, b in zip((0, *cuts), (*cuts, len(text)), strict=True)]


def _cost(lines: list[str], lengths: list[float], total: float, shape: tuple[float, ...]) -> float:
    cost = sum(abs(length / total - share) for length, share in zip(lengths, shape, strict=True))
    for before, after in pairwise(lines):
        cost += _POOR if after[0] in _POOR_STARTS else 0.0
        cost -= _GOOD if before[-1] in _GOOD_ENDS else 0.0
        cost += _TORN if before.count("《") > before.count("》") else 0.0
    return cost
