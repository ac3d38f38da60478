"""Typed minutes into blocks: numbered lines that look like headings become headings."""

from __future__ import annotations

import re

from partyroom.documents.breaking import split_paragraphs
from partyroom.documents.model import Block, Heading, Paragraph, Role

_NUMERALS = "零一二三四五六七八九十百"
_LEVELS = (
    (1, re.compile(rf"[{_NUMERALS}]+、")),
    (2, re.compile(rf"[（(][{_NUMERALS}]+[）)]")),
    (3, re.compile(r"\d{1,3}(?:[.．](?!\d)|、)")),
    (4, re.compile(r"[（(]\d{1,3}[）)]")),
)
_SENTENCE_END = re.compile("[。！？；…!?;]")
_LONGEST_HEADING = 40
_LEAD_ROLES = {1: Role.HEI, 2: Role.KAI}


def minutes_blocks(text: str) -> tuple[Block, ...]:
    """Read minutes line by line, as GB/T 9704-2012 7.3.3 numbers its levels: 一、 （一） 1. （1）.

    A numbered line of at most 40 characters without the end of a sentence is a heading of that level. A longer line
    numbered 一、 or （一） leads with its first sentence in the type of its level, if that is short. All other lines,
    speakers' (`张三：……`) among them, are paragraphs. Blank lines are skipped. No text is changed or lost but
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
            return _numbered(line, level, found.end())
    return Paragraph(line)


def _numbered(line: str, level: int, start: int) -> Paragraph:
    """A paragraph that leads with a numbered sentence of level 1 or 2, when there is one and more follows."""
    end = line.find("。") + 1
    if level not in _LEAD_ROLES or not 0 < end < len(line) or not _is_heading(line[start : end - 1]):
        return Paragraph(line)
    return Paragraph(line[end:], lead=line[:end], lead_role=_LEAD_ROLES[level])


def _is_heading(rest: str) -> bool:
    """Whether what follows a number is a title: short, no sentence, nobody speaking."""
    if not rest.strip() or len(rest) > _LONGEST_HEADING or _SENTENCE_END.search(rest):
        return False
    return "：" not in rest[:-1] and ":" not in rest[:-1]
