"""Bookmarks and links of a PDF, read out so that they can be set anew in another file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Pdf, String
from pikepdf.models.outlines import OutlineStructureError

_XYZ_LENGTH = 4  # [page /XYZ left top …]


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Title, page index, height in points above the foot (None: top), level from 1 on, whether 目录 lists it."""

    title: str
    page: int
    top: float | None
    level: int
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A rectangle on a page that leads to another page of the file, or to a web address if `uri` is not empty."""

    page: int
    rectangle: tuple[float, float, float, float]
    target: int = 0
    top: float | None = None
    uri: str = ""


def bookmarks_of(file: Pdf) -> list[Bookmark]:
    """All bookmarks that lead somewhere in the file, in their order; none if the outline is damaged."""
    reader = _Destinations(file)
    try:
        with file.open_outline() as outline:
            return list(_walk(outline.root, 1, reader))
    except (OutlineStructureError, ValueError):
        return []


def take_links(file: Pdf) -> list[Link]:
    """The links of a file; every annotation is removed from its pages."""
    reader = _Destinations(file)
    links: list[Link] = []
    for number, page in enumerate(file.pages):
        for note in page.obj.get("/Annots", ()):
            if isinstance(note, Dictionary) and str(note.get("/Subtype", "")) == "/Link":
                links += _link_of(note, number, reader)
        if "/Annots" in page.obj:
            del page.obj[Name.Annots]
    return links


def _link_of(note: Object, page: int, reader: _Destinations) -> Iterator[Link]:
    left, bottom, right, top = (float(number) for number in note.Rect)
    action = note.get("/A", Dictionary())
    kind = str(action.get("/S", ""))
    if kind == "/URI":
        yield Link(page, (left, bottom, right, top), uri=str(action.get("/URI", "")))
        return
    found = reader.place(note.get("/Dest", action.get("/D") if kind == "/GoTo" else None))
    if found is not None:
        yield Link(page, (left, bottom, right, top), *found)


def _walk(items: Sequence[OutlineItem], level: int, reader: _Destinations) -> Iterator[Bookmark]:
    for item in items:
        target: Object | str | int | None = item.destination
        if target is None and item.action is not None:
            target = item.action.get("/D")
        found = reader.place(target)
        if found is not None:
            yield Bookmark(item.title, *found, level)
        yield from _walk(item.children, level + 1 if found is not None else level, reader)


class _Destinations:
    """Finds the page index and height a destination means."""

    def __init__(self, file: Pdf) -> None:
        self._pages = {page.obj.objgen: number for number, page in enumerate(file.pages)}
        self._named: dict[str, Object] = {}
        old = file.Root.get("/Dests")
        if isinstance(old, Dictionary):
            self._named.update({name[1:]: target for name, target in old.items()})
        names = file.Root.get("/Names", Dictionary()).get("/Dests")
        if isinstance(names, Dictionary):
            self._read(names, 0)

    def _read(self, node: Object, depth: int) -> None:
        if depth > 50:  # a tree that deep is a circle
            return
        pairs = list(node.get("/Names", ()))
        for name, target in zip(pairs[::2], pairs[1::2], strict=False):
            self._named[str(name)] = target
        for kid in node.get("/Kids", ()):
            self._read(kid, depth + 1)

    def place(self, target: Object | str | int | None) -> tuple[int, float | None] | None:
        """(Page index, height), or None for what leads nowhere."""
        if isinstance(target, Name):
            target = self._named.get(str(target)[1:])
        elif isinstance(target, String | str):
            target = self._named.get(str(target))
        if isinstance(target, Dictionary):
            target = target.get("/D")
        if not isinstance(target, Array) or not len(target) or not isinstance(target[0], Dictionary):
            return None
        number = self._pages.get(target[0].objgen)
        if number is None:
            return None
        exact = len(target) >= _XYZ_LENGTH and str(target[1]) == "/XYZ"
        try:
            return number, float(target[3]) if exact else None
        except TypeError:
            return number, None  # null: leave the height as it is
