"""Numbered headings of minutes: 一、 （一） 1. （1）, put in front of lines and kept in sequence (GB/T 9704 7.3.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DIGITS = "零一二三四五六七八九"
_NUMERALS = "零一二三四五六七八九十百"
_NUMBERS = (
    re.compile(rf"([{_NUMERALS}]+)、\s*"),
    re.compile(rf"[（(]([{_NUMERALS}]+)[）)]\s*"),
    re.compile(r"(\d{1,3})(?:[.．](?!\d)|、)\s*"),
    re.compile(r"[（(](\d{1,3})[）)]\s*"),
)
LEVELS = len(_NUMBERS)


def level_of(line: str) -> int:
    """The level whose number stands in front of a line, 0 for none."""
    text = line.strip(" \u3000\t")
    return next((level for level, number in enumerate(_NUMBERS, 1) if number.match(text)), 0)


def without_number(line: str) -> str:
    """The line without its number and without spaces around."""
    text = line.strip(" \u3000\t")
    level = level_of(text)
    return _NUMBERS[level - 1].sub("", text, count=1) if level else text


def number_text(level: int, number: int) -> str:
    """The number of a heading as it is written."""
    spoken = chinese_numeral(number) if level <= 2 else str(number)
    return {1: f"{spoken}、", 2: f"（{spoken}）", 3: f"{spoken}.", 4: f"（{spoken}）"}[level]


def chinese_numeral(number: int) -> str:
    """1–999 in Chinese numerals as headings count: 十一, 二十, 一百零五."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if hundreds and rest and not tens:
        text += "零"
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    return text + (_DIGITS[ones] if ones else "")


def set_level(lines: Sequence[str], position: int, level: int) -> dict[int, str]:
    """Make the line at `position` a heading of `level` (0: body text) and number what follows it anew.

    Returns the lines that change, by position. Only headings after `position` are renumbered, up to the next heading
    of a higher level: numbers elsewhere stay as the user typed them.
    """
    changed = list(lines)
    before = level_of(changed[position])
    bare = without_number(changed[position])
    changed[position] = number_text(level, 1) + bare if level else bare
    highest = min(level or before, before or level)
    if highest:
        _renumber(changed, position, highest)
    return {i: text for i, text in enumerate(changed) if text != lines[i]}


def _renumber(lines: list[str], start: int, highest: int) -> None:
    counts = [0] * (LEVELS + 1)
    for line in lines[:start]:
        if found := level_of(line):
            counts[found] = _number_of(line, found)
            counts[found + 1 :] = [0] * (LEVELS - found)
    for i in range(start, len(lines)):
        found = level_of(lines[i])
        if not found:
            continue
        if found < highest and i > start:
            return
        counts[found] += 1
        counts[found + 1 :] = [0] * (LEVELS - found)
        lines[i] = number_text(found, min(counts[found], 999)) + without_number(lines[i])


def _number_of(line: str, level: int) -> int:
    found = _NUMBERS[level - 1].match(line.strip(" \u3000\t"))
    assert found is not None
    written = found[1]
    return int(written) if written.isdigit() else _read_numeral(written)


def _read_numeral(text: str) -> int:
    total = unit = 0
    for character in text:
        if character == "百":
            total, unit = total + (unit or 1) * 100, 0
        elif character == "十":
            total, unit = total + (unit or 1) * 10, 0
        else:
            unit = _DIGITS.find(character)
    return total + unit
