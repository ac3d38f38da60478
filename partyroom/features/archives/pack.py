"""迎检材料 as data: checklists, what was found for each item, and the names under which it is handed out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import PurePath

from partyroom.core.errors import DomainError, Problem
from partyroom.core.paths import resources
from partyroom.core.text import clean_text, one_line, safe_file_name
from partyroom.documents.contribution import Piece
from partyroom.features.archives.disclosure import Numbers
from partyroom.features.archives.filing import Category

COPIES = "可编辑副本"
CATALOGUE = "000-迎检材料目录.pdf"
MISSING = "缺"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a checklist: keys of parts that answer it (or 'feature.' for all of a feature) and words in titles.

    The words find what was filed from outside under the item's category.
    """

    category: str
    label: str
    parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def wants(self, part: str) -> bool:
        """Whether the pieces of a part answer the item."""
        return any(part == key or (key.endswith(".") and part.startswith(key)) for key in self.parts)

    def names(self, title: str) -> bool:
        """Whether something from outside answers the item by its title."""
        return any(word in title for word in self.words)


@dataclass(frozen=True, slots=True)
class Checklist:
    """What inspectors ask for; id 0 is the one that comes with the program."""

    name: str
    items: tuple[Item, ...]
    id: int = 0


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was filed: what it is called, where its content is, how many pages it has (0: unknown)."""

    name: str
    sha256: str
    pages: int
    annex: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """One thing of the pack: filed or closed files, or a piece to be printed afresh; without either it is missing.

    `why` says what the catalogue remarks: why it is missing, that the original is not settled yet.
    """

    category: str
    item: str
    title: str
    dated: date | None = None
    files: tuple[StoredFile, ...] = ()
    piece: Piece | None = None
    why: str = ""

    @property
    def missing(self) -> bool:
        """Whether there is nothing to hand out."""
        return not self.files and self.piece is None


@dataclass(frozen=True, slots=True)
class PackPlan:
    """Everything of a pack before its files are written; `moment` goes into their metadata."""

    title: str
    branch: str
    first: date
    last: date
    categories: tuple[tuple[str, str], ...]
    materials: tuple[Material, ...]
    moment: datetime
    masked: bool = True
    copies: bool = False
    only_copies: bool = False
    numbers: Numbers = field(default_factory=lambda: Numbers({}))


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """A line of the catalogue; without a file it is missing."""

    number: str
    title: str
    dated: date | None
    pages: int
    file: str
    item: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it; `withheld` names what was not handed out because of numbers in it."""

    files: int
    pages: int
    missing: tuple[str, ...]
    withheld: tuple[str, ...]


@cache
def usual_checklist() -> Checklist:
    """The checklist that comes with the program, on the eight categories (SZ-06)."""
    data = json.loads((resources() / "rules" / "inspection.json").read_text(encoding="utf-8"))
    return Checklist(data["name"], tuple(item_of(entry) for entry in data["items"]))


def item_of(entry: Mapping[str, object]) -> Item:
    """An item as JSON holds it."""
    parts, words = entry.get("parts"), entry.get("words")
    assert isinstance(parts, list)
    assert isinstance(words, list)
    return Item(str(entry["category"]), str(entry["label"]), tuple(map(str, parts)), tuple(map(str, words)))


def entry_of(item: Item) -> dict[str, object]:
    """An item for JSON."""
    return {"category": item.category, "label": item.label, "parts": list(item.parts), "words": list(item.words)}


_HEADING = re.compile(r"[【\[](.+?)[】\]]")
_TELLING = 4  # characters of an item's name from which on it may be looked for within the titles of parts
_SPLIT = re.compile(r"[、，,；;]")


def checklist_text(checklist: Checklist, categories: Sequence[Category], titles: Mapping[str, str]) -> str:
    """A checklist as people edit it: 【类别】 and below it one item a line, `检查项：材料、材料`."""
    lines = []
    for category in categories:
        items = [item for item in checklist.items if item.category == category.code]
        if not items:
            continue
        lines += [f"【{category.label}】"]
        for item in items:
            named = list(dict.fromkeys([*_titles_of(item, titles), *item.words]))
            lines.append(item.label + ("：" + "、".join(named) if named else ""))
    return "\n".join(lines)


def _titles_of(item: Item, titles: Mapping[str, str]) -> list[str]:
    """The parts of an item that are there, by their titles: nobody edits keys."""
    return [title for key, title in titles.items() if item.wants(key)]


def read_checklist(text: str, categories: Sequence[Category], titles: Mapping[str, str]) -> tuple[Item, ...]:
    """The items of an edited checklist; what a line names is a part by its title, else a word in titles.

    A line without a colon, as copied from an inspector's notice, is answered by the parts and titles it names itself.

    Raises:
        DomainError: no item, an unknown category, an item before any category.
    """
    codes = {category.label: category.code for category in categories}
    keys: dict[str, tuple[str, ...]] = {}
    for key, title in titles.items():
        keys[title] = (*keys.get(title, ()), key)
    items: list[Item] = []
    code = ""
    for number, raw in enumerate(clean_text(text).splitlines(), 1):
        line = one_line(raw)
        if not line:
            continue
        if found := _HEADING.fullmatch(line):
            if found[1].strip() not in codes:
                known = "、".join(codes)
                raise DomainError(Problem(f"第{number}行：没有“{found[1]}”这个类别，现有类别是：{known}。", "text"))
            code = codes[found[1].strip()]
        elif not code:
            raise DomainError(Problem(f"第{number}行：请先写一行类别，如“【{next(iter(codes))}】”。", "text"))
        else:
            items.append(_item(code, line, keys))
    if not items:
        raise DomainError(Problem("请至少写一个检查项。", "text"))
    return tuple(items)


def _item(code: str, line: str, keys: Mapping[str, tuple[str, ...]]) -> Item:
    label, colon, rest = line.replace(":", "：").partition("：")
    label = label.strip()
    names = [name for part in _SPLIT.split(rest if colon else label) if (name := part.strip())]
    parts: list[str] = []
    words: list[str] = []
    for name in names:
        if name in keys:
            parts += keys[name]
        else:
            words.append(name)
    if not colon:
        near = (found for title, found in keys.items() if title in label or (len(label) >= _TELLING and label in title))
        parts += [key for found in near for key in found]
    return Item(code, label, tuple(dict.fromkeys(parts)), tuple(dict.fromkeys(words)))


def folder_names(plan: PackPlan) -> dict[str, str]:
    """The folder of each category that has something: '01-工作机制'."""
    used = {material.category for material in plan.materials if not material.missing}
    named = [(code, label) for code, label in plan.categories if code in used]
    return {code: safe_file_name(f"{place:02d}-{label}") for place, (code, label) in enumerate(named, 1)}


def file_name(number: int, title: str, name: str, *, annex: int = 0) -> str:
    """'003-三月党课.pdf', '003-附1-签到册.jpg': safe on every system, at most 80 characters.

    `name` gives the suffix. Nothing in a title can be a path.
    """
    suffix = re.sub(r"[^a-z0-9.]", "", PurePath(name).suffix.casefold())[:6]
    head = f"{number:03d}-附{annex}-" if annex else f"{number:03d}-"
    return safe_file_name(f"{head}{safe_file_name(title)}{suffix}")


def pack_name(plan: PackPlan) -> str:
    """What the folder or ZIP is called."""
    span = f"{plan.first.year}年" if plan.first.year == plan.last.year else f"{plan.first.year}-{plan.last.year}年"
    return safe_file_name(f"{plan.title}-{span}-{plan.moment:%Y%m%d}")
