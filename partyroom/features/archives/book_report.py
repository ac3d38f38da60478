"""The handbook on paper: every piece rendered to a file of its own, then all of them bound together.

Pieces are composed and printed one after the other, so that the pictures of a single one are in memory at a time; the
parts wait in a folder until the book is bound.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageDraw

from partyroom.core.errors import DomainError, StorageError
from partyroom.core.pictures import is_picture_name, picture_size
from partyroom.core.text import one_line
from partyroom.documents.archival import opened
from partyroom.documents.assembling import Book, BookPart, assemble
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

_MOST_DOCUMENTS = 60
_MOST_PICTURES = 16 * 1024 * 1024
"""So much of pictures is drawn into one file at a time."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The parts of a book in their folder, and a sentence for everything that could not be bound in."""

    title: str
    author: str
    parts: tuple[BookPart, ...]
    problems: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Sentences on characters that no font has."""


def prepare_book(
    content: BookContent, fetch: Fetch, folder: Path, *, fonts: FontBook | None = None, told: Told | None = None
) -> Prepared:
    """Compose and print everything of a book into files of `folder`.

    What is missing, damaged or cannot be printed is left out and told in `problems`, and the book has a last chapter
    that lists it: it is for the user to decide whether it is bound all the same.
    """
    work = _Work(folder, fonts, _Fetching(fetch, content.names))
    total = sum(1 + len(one.scans) for section in content.sections for one in section.pieces)
    done = 0
    for number, section in enumerate(content.sections, 1):
        heading = numbered(number, section.title)
        for piece in section.pieces:
            if told is not None:
                told(done, total, f"{section.title}：{piece.title}")
            untitled = not _add_piece(work, section, piece, heading)
            for scan in piece.scans:
                if told is not None:
                    told(done, total, f"{section.title}：{scan.name}")
                _add_scan(work, scan, heading if untitled else "")
                untitled = False
            heading = ""
            done += 1 + len(piece.scans)
        work.flush()
    problems = tuple(work.fetching.problems)
    if problems:
        last = numbered(len(content.sections) + 1, MISSING_TITLE)
        work.add(missing_document(problems), last, 1)
        work.flush()
    cover = [cover_document(content.branch, content.year), notes_document(content, problems)]
    parts = (work.cover(cover), *work.parts)
    title = f"{content.branch.full_name}{content.year}年度{TITLE}"
    return Prepared(title, content.branch.full_name, parts, problems, tuple(dict.fromkeys(work.missing)))


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
    work = _Work(folder, fonts, _Fetching(_nothing, {}))
    for done, (part, count) in enumerate(wanted):
        if told is not None:
            told(done, len(wanted), part.title)
        assert part.blank is not None
        name = numbered(done + 1, part.title)
        work.render(name, [*part.blank()] * count, 1)
    cover = [cover_document(branch, year, blank=True), blank_notes_document(branch)]
    parts = (work.cover(cover), *work.parts)
    title = f"{branch.full_name}{year}年度{TITLE}（空白）"
    return Prepared(title, branch.full_name, parts, missing=tuple(dict.fromkeys(work.missing)))


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


@dataclass(slots=True)
class _Waiting:
    """Papers of one level that are printed into one file, so that they share their fonts."""

    documents: list[Document] = field(default_factory=list)
    level: int = 1
    heading: str = ""
    pictures: int = 0


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
    """The parts made so far."""

    def __init__(self, folder: Path, fonts: FontBook | None, fetching: _Fetching) -> None:
        self._folder, self._fonts = folder, fonts
        self._waiting = _Waiting()
        self.fetching = fetching
        self.parts: list[BookPart] = []
        self.missing: list[str] = []

    def add(self, document: Document, title: str, level: int, heading: str = "") -> None:
        """Print a paper with those beside it."""
        waiting = self._waiting
        if waiting.documents and (heading or waiting.level != level):
            self.flush()
            waiting = self._waiting
        waiting.level, waiting.heading = level, waiting.heading or heading
        waiting.documents.append(replace(document, title=title))
        waiting.pictures += _picture_bytes(document)
        if len(waiting.documents) >= _MOST_DOCUMENTS or waiting.pictures > _MOST_PICTURES:
            self.flush()

    def flush(self) -> None:
        """Print what waits."""
        waiting, self._waiting = self._waiting, _Waiting()
        if waiting.documents:
            self.render("", waiting.documents, waiting.level, waiting.heading)

    def render(self, title: str, documents: Sequence[Document], level: int, heading: str = "") -> None:
        """Print papers into a part of the book."""
        self.flush()
        path = self._print(documents)
        self.parts.append(BookPart(title, path, level, heading=heading))

    def cover(self, documents: Sequence[Document]) -> BookPart:
        """The part before the contents."""
        return BookPart("封面", self._print(documents), cover=True)

    def put(self, part: BookPart, content: bytes) -> None:
        """Add a file from outside."""
        self.flush()
        self.parts.append(replace(part, pdf=self._kept(content)))

    def _print(self, documents: Sequence[Document]) -> Path:
        rendered = render_pdf([replace(one, footer=Footer.NONE) for one in documents], self._fonts)
        self.missing += rendered.missing
        return self._kept(rendered.data)

    def _kept(self, content: bytes) -> Path:
        path = self._folder / f"{sum(1 for _ in self._folder.iterdir()):05d}.pdf"
        try:
            path.write_bytes(content)
        except OSError as error:
            raise StorageError("临时文件夹写不进去，手册没有生成。请检查磁盘空间。") from error
        return path


def _add_piece(work: _Work, section: Section, bound: BoundPiece, heading: str) -> bool:
    """Print the paper of a piece, whether it has one; several documents of one piece are listed once."""
    work.fetching.piece = f"“{bound.title}”"
    documents = list(bound.piece.compose(work.fetching.picture))
    level, title, above = (1, heading, "") if section.alone else (2, bound.title, heading)
    if len(documents) == 1:
        work.add(documents[0], title, level, above)
    elif documents:
        work.render(title, documents, level, above)
    return bool(documents)


def _add_scan(work: _Work, scan: Enclosure, heading: str) -> None:
    """A file from outside behind its piece; without a paper before it, it bears the title of the chapter."""
    content = work.fetching.file(scan)
    if content is None:
        return
    try:
        pdf = _as_pdf(scan, content)
    except DomainError as error:
        work.fetching.note(scan.name, str(error))
        return
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
