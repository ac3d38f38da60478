"""The handbook on paper: its pieces are printed into files, then all of them are bound together.

A year with hundreds of pictures never lies in memory at once: pieces are composed one after the other and printed into
files of limited size, which wait in a folder until the book is bound.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from partyroom.core.errors import DomainError, StorageError
from partyroom.core.pictures import is_picture_name, picture_size
from partyroom.core.text import one_line
from partyroom.documents.archival import opened
from partyroom.documents.assembling import Book, BookPart, assemble
from partyroom.documents.bookmarks import bookmarks_of
from partyroom.documents.contribution import Enclosure, Fetch, Part
from partyroom.documents.fonts import FontBook
from partyroom.documents.model import Document, Footer, Pictures
from partyroom.documents.pdf import render_pdf
from partyroom.documents.picture_pages import page_of_picture
from partyroom.features.archives.book import TITLE, BookContent, BoundPiece, Section, numbered
from partyroom.features.archives.book_pages_report import (
    MISSING_TITLE,
    blank_notes_document,
    cover_document,
    missing_document,
    notes_document,
)
from partyroom.features.archives.filing import is_pdf
from partyroom.features.organisation.domain import Branch

Told = Callable[[int, int, str], None]
"""Told how many of how many steps are done and what comes next; what it raises ends the work."""

_MOST_DOCUMENTS = 100
_MOST_PICTURES = 8 * 1024 * 1024
"""So many papers, and so many bytes of pictures, are printed into one file at a time."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The parts of a book in their folder, and a sentence for everything that could not be bound in."""

    title: str
    author: str
    parts: tuple[BookPart, ...]
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """On characters that no font has, and files that show what should be masked."""


def prepare_book(
    content: BookContent, fetch: Fetch, folder: Path, *, fonts: FontBook | None = None, told: Told | None = None
) -> Prepared:
    """Compose and print everything of a book into files of `folder`.

    What is missing, damaged or cannot be printed is left out and told in `problems`, and the book has a last chapter
    that lists it: it is for the user to decide whether it is bound all the same.
    """
    work = _Work(folder, fonts, _Fetching(fetch, content.names), told)
    work.total = sum(1 + len(one.scans) for section in content.sections for one in section.pieces)
    for number, section in enumerate(content.sections, 1):
        heading = numbered(number, section.title)
        for piece in section.pieces:
            work.begin(f"{section.title}：{piece.title}")
            untitled = not _add_piece(work, section, piece, heading, content.hide)
            work.end()
            for scan in piece.scans:
                work.begin(f"{section.title}：{scan.name}")
                _add_scan(work, scan, heading if untitled else "", content.shows)
                work.end()
                untitled = False
            heading = ""
    problems = tuple(work.fetching.problems)
    if problems:
        work.add(numbered(len(content.sections) + 1, MISSING_TITLE), [missing_document(problems)])
    cover = [cover_document(content.branch, content.year), notes_document(content, problems)]
    return work.finish(f"{content.branch.full_name}{content.year}年度{TITLE}", content.branch, cover)


def prepare_blank(
    branch: Branch,
    year: int,
    forms: Sequence[tuple[Part, int]],
    folder: Path,
    *,
    fonts: FontBook | None = None,
    told: Told | None = None,
) -> Prepared:
    """The forms of a book for filling in by hand, each so many times.

    Raises:
        DomainError: no form was chosen.
    """
    wanted = [(part, count) for part, count in forms if part.blank is not None and count > 0]
    if not wanted:
        raise DomainError("请至少选择一种空白表。")
    work = _Work(folder, fonts, _Fetching(_nothing, {}), told)
    work.total = len(wanted)
    for number, (part, count) in enumerate(wanted, 1):
        work.begin(part.title)
        assert part.blank is not None
        work.add(numbered(number, part.title), [*part.blank()] * count)
        work.end()
    cover = [cover_document(branch, year, blank=True), blank_notes_document(branch)]
    return work.finish(f"{branch.full_name}{year}年度{TITLE}（空白）", branch, cover)


def bind_book(
    prepared: Prepared, created: datetime, *, fonts: FontBook | None = None, told: Told | None = None
) -> Book:
    """Bind prepared parts into one PDF/A-2b with contents, bookmarks and page numbers.

    Raises:
        DomainError: a part is damaged.
        StorageError: the folder was taken away meanwhile.
    """

    def report(done: int, total: int) -> None:
        if told is not None:
            told(done, total, "装订、编页码")

    return assemble(
        prepared.parts,
        title=prepared.title,
        created=created,
        author=prepared.author,
        subject=TITLE,
        fonts=fonts,
        progress=report,
    )


class _Fetching:
    """Reads stored files; remembers what is missing, and puts a sign in the place of a picture."""

    def __init__(self, fetch: Fetch, names: Mapping[str, str]) -> None:
        self._fetch, self._names = fetch, names
        self.problems: list[str] = []
        self.piece = ""

    def picture(self, sha256: str) -> bytes:
        """A picture to be printed, or the sign that it is not there."""
        try:
            data = self._fetch(sha256)
            picture_size(data)
        except (StorageError, DomainError) as error:
            self.note(self._names.get(sha256, "照片"), str(error))
            return _sign_of_missing()
        return data

    def file(self, scan: Enclosure) -> bytes | None:
        """The content of a scan."""
        try:
            return self._fetch(scan.sha256)
        except StorageError as error:
            self.note(scan.name, str(error))
            return None

    def note(self, name: str, reason: str) -> None:
        """Remember what is not in the book."""
        self.problems.append(f"{self.piece}：“{one_line(name)}”没有装入。{one_line(reason)}")


class _Work:
    """The parts made so far. Papers wait until there are enough of them: those printed together share their fonts."""

    def __init__(self, folder: Path, fonts: FontBook | None, fetching: _Fetching, told: Told | None) -> None:
        self._folder, self._fonts, self._told = folder, fonts, told
        self._waiting: list[tuple[BookPart, Sequence[Document]]] = []
        self._done, self._text, self._files = 0, "", 0
        self.total = 0
        self.fetching = fetching
        self.parts: list[BookPart] = []
        self.warnings: list[str] = []

    def begin(self, text: str) -> None:
        """Say what comes next."""
        self._text = text
        self._report()

    def end(self) -> None:
        """Count it as done."""
        self._done += 1

    def add(self, title: str, documents: Sequence[Document], level: int = 1, heading: str = "") -> None:
        """Add papers under one title; they are printed with those beside them."""
        self._waiting.append((BookPart(title, b"", level, heading=heading), documents))
        everything = [document for _, some in self._waiting for document in some]
        if len(everything) >= _MOST_DOCUMENTS or sum(map(_picture_bytes, everything)) > _MOST_PICTURES:
            self.flush()

    def put(self, part: BookPart, content: bytes) -> None:
        """Add a file from outside behind what was added last."""
        self._waiting.append((replace(part, pdf=self._kept(content)), ()))

    def flush(self) -> None:
        """Print what waits into one file."""
        waiting, self._waiting = self._waiting, []
        documents = [document for _, some in waiting for document in some]
        path, ranges = self._print(documents) if documents else (Path(), [])
        at = 0
        for part, some in waiting:
            if some:
                pages = range(ranges[at].start, ranges[at + len(some) - 1].stop)
                part = replace(part, pdf=path, pages=pages)
                at += len(some)
            self.parts.append(part)

    def finish(self, title: str, branch: Branch, cover: Sequence[Document]) -> Prepared:
        """Print what still waits, and the cover."""
        self.flush()
        front = BookPart("封面", self._print(cover)[0], cover=True)
        warnings = tuple(dict.fromkeys(self.warnings))
        return Prepared(title, branch.full_name, (front, *self.parts), tuple(self.fetching.problems), warnings)

    def _report(self, *_pages: int) -> None:
        if self._told is not None:
            self._told(self._done, self.total, self._text)

    def _print(self, documents: Sequence[Document]) -> tuple[Path, list[range]]:
        """The file and the pages of each paper in it."""
        plain = [replace(one, footer=Footer.NONE) for one in documents]
        rendered = render_pdf(plain, self._fonts, self._report)
        self.warnings += rendered.missing
        with opened(rendered.data, TITLE) as file:
            starts = [mark.page for mark in bookmarks_of(file) if mark.level == 1]
        ends = [*starts[1:], rendered.pages]
        return self._kept(rendered.data), [range(*pair) for pair in zip(starts, ends, strict=True)]

    def _kept(self, content: bytes) -> Path:
        self._files += 1
        path = self._folder / f"{self._files:05d}.pdf"
        try:
            path.write_bytes(content)
        except OSError as error:
            raise StorageError("临时文件夹写不进去，手册没有生成。请检查磁盘空间。") from error
        return path


def _add_piece(work: _Work, section: Section, bound: BoundPiece, heading: str, hide: Callable[[Any], Any]) -> bool:
    """Print the paper of a piece, whether it has one; several documents of one piece are listed once."""
    work.fetching.piece = f"“{bound.title}”"
    documents = [hide(document) for document in bound.piece.compose(work.fetching.picture)]
    level, title, above = (1, heading, "") if section.alone else (2, hide(bound.title), heading)
    if documents:
        work.add(title, documents, level, above)
    return bool(documents)


def _add_scan(work: _Work, scan: Enclosure, heading: str, shows: Callable[[str, bytes], bool]) -> None:
    """A file from outside behind its piece; without a paper before it, it bears the title of the chapter."""
    content = work.fetching.file(scan)
    if content is None:
        return
    try:
        pdf = _as_pdf(scan, content)
    except DomainError as error:
        work.fetching.note(scan.name, str(error))
        return
    if shows(scan.name, content):
        work.warnings.append(
            f"{work.fetching.piece}的“{one_line(scan.name)}”里有完整的证件号码或电话，请遮盖后重新扫描。"
        )
    level = 1 if heading else 3
    part = BookPart(heading or scan.caption or scan.name, b"", level, foreign=True, listed=bool(heading))
    work.put(part, pdf)


def _as_pdf(scan: Enclosure, content: bytes) -> bytes:
    """The pages of a scan.

    Raises:
        DomainError: it is damaged, encrypted, or neither PDF nor picture.
    """
    if is_picture_name(scan.name):
        return page_of_picture(content)
    if not is_pdf(scan.name):
        raise DomainError("不是PDF或图片，不能装订；请另存为PDF后添加。")
    with opened(content, scan.name):
        return content


def _picture_bytes(document: Document) -> int:
    return sum(len(one.data) for block in document.blocks if isinstance(block, Pictures) for one in block.items)


def _sign_of_missing() -> bytes:
    """A crossed frame in the place of a picture that cannot be shown."""
    image = Image.new("L", (600, 400), 240)
    draw = ImageDraw.Draw(image)
    draw.rectangle((2, 2, 597, 397), outline=120, width=3)
    draw.line((2, 2, 597, 397), fill=170, width=2)
    draw.line((2, 397, 597, 2), fill=170, width=2)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _nothing(_sha256: str) -> bytes:
    raise StorageError("空白表没有附件。")
