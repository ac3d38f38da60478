"""Typed minutes into blocks: numbered lines that look like headings become headings."""

from __future__ import annotations

import re

from partyroom.documents.breaking import split_paragraphs
from partyroom.documents.model import Block, Heading, Paragraph

_NUMERALS = "一二三四五六七八九十百"
_LEVELS = (
    (1, re.compile(rf"[{_NUMERALS}]+、")),
    (2, re.compile(rf"[（(][{_NUMERALS}]+[）)]")),
    (3, re.compile(r"\d{1,3}(?:[.．](?!\d)|、)")),
    (4, re.compile(r"[（(]\d{1,3}[）)]")),
)
_SENTENCE_END = re.compile("[。！？；…!?;]")
_LONGEST_HEADING = 40


def minutes_blocks(text: str) -> tuple[Block, ...]:
    """Read minutes line by line, as GB/T 9704-2012 7.3.3 numbers its levels: 一、 （一） 1. （1）.

    A numbered line of at most 40 characters without the end of a sentence is a heading of that level; all other
    lines, speakers' (`张三：……`) among them, are paragraphs. Blank lines are skipped. No text is changed or lost but
    for the spaces at the ends of lines.
    """
    lines = (line.strip(" \u3000") for line in split_paragraphs(text))
    return tuple(_block(line) for line in lines if line)


def _block(line: str) -> Block:
    for level, number in _LEVELS:
        found = number.match(line)
        if found and _is_heading(line[found.end() :]):
            return Heading(line, level)
        if found:
            break
    return Paragraph(line)


def _is_heading(rest: str) -> bool:
    """Whether what follows a number is a title: short, no sentence, nobody speaking."""
    if not rest.strip() or len(rest) > _LONGEST_HEADING or _SENTENCE_END.search(rest):
        return False
    return "：" not in rest[:-1] and ":" not in rest[:-1]
