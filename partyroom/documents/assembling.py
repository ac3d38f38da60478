"""A book out of parts: our own papers and files from outside, one after the other, with one run of page numbers.

The cover has no number and the contents have Roman ones of their own: the number of a page of the body then depends
only on what stands before it in the body, so that a longer table of contents moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Page, Pdf, String

from partyroom.core.errors import DomainError, StorageError
from partyroom.core.text import one_line
from partyroom.documents.archival import Particulars, opened, seal, steady_bytes
from partyroom.documents.archival_check import lasting_problems
from partyroom.documents.bookmarks import Bookmark, Link, bookmarks_of, take_links
from partyroom.documents.contents import ContentsEntry, contents_pages
from partyroom.documents.fonts import FontBook, shared_book
from partyroom.documents.overlays import form_of, framed, is_plain_a4, lay_over
from partyroom.documents.page_numbers import numbers_pdf

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BookPart:
    """A part of a book.

    `pdf` is the file or where it lies (large scans are better left on the disk). With an empty `title` the
    bookmarks of the file itself become the entries, so that many papers rendered together share their fonts and
    are still listed one by one. `level` 1 is the highest. `own_numbers`: the part bears numbers already and gets
    none, its pages count all the same. `cover`: neither counted nor numbered nor listed, before the contents.
    `foreign`: a file from outside; its pages are set a little smaller above a free foot for the number. `heading`:
    a chapter of the book begins with this part, and is listed one level above it. `listed` False: among the
    bookmarks only, so that hundreds of scans do not fill the contents. `pages`: only these of the file at a path
    (indices from 0); parts of one file share its fonts in the book, too.
    """

    title: str
    pdf: bytes | Path
    level: int = 1
    own_numbers: bool = False
    cover: bool = False
    foreign: bool = False
    heading: str = ""
    listed: bool = True
    pages: range | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """The file, the number of its pages, the body page (from 1) each part begins on (0 for a cover).

    `problems` are Chinese sentences on parts because of which the book is no PDF/A; then it does not claim to be.
    """

    data: bytes
    pages: int
    starts: tuple[int, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """An opened file with its bookmarks, and the links that were taken off its pages."""

    file: Pdf
    marks: Sequence[Bookmark]
    links: Sequence[Link]


@dataclass(slots=True)
class _Work:
    """Pages collected so far."""

    file: Pdf
    sources: ExitStack
    shared: dict[Path, _Source] = field(default_factory=dict)  # files of which several parts take pages
    covers: int = 0
    body: list[bool] = field(default_factory=list)  # for each page of the body, whether it gets a number
    marks: list[Bookmark] = field(default_factory=list)
    links: list[tuple[int, Link]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def assemble(
    parts: Sequence[BookPart],
    *,
    title: str,
    created: datetime,
    author: str = "",
    subject: str = "",
    contents: bool = True,
    fonts: FontBook | None = None,
    progress: Progress | None = None,
) -> Book:
    """Bind parts into one PDF/A-2b file with bookmarks, page labels, page numbers and (if wanted) contents.

    Covers come first, then the contents, then everything else in the given order. Page numbers stand at the foot,
    on the right of odd and the left of even pages (GB/T 9704-2012, 7.5). Our own parts must have been rendered with
    `Footer.NONE` unless they are to keep their own numbers.

    Args:
        parts: what to bind, at least one.
        title: of the book, for its metadata.
        created: when the book is made.
        author: whose book it is.
        subject: what it is about.
        contents: whether to add 目录.
        fonts: the fonts for numbers and contents.
        progress: told (steps done, steps in all); what it raises (`CancelledError`) ends the work.

    Raises:
        DomainError: a part is damaged or encrypted; the sentence names it.
        StorageError: a part cannot be read from the disk.
    """
    if not parts:
        raise ValueError("a book of nothing")
    book = fonts or shared_book()
    ordered = sorted(range(len(parts)), key=lambda number: not parts[number].cover)
    report = progress or (lambda _done, _total: None)
    total = len(parts) + 2
    with ExitStack() as sources, Pdf.new() as file:
        work = _Work(file, sources, starts=[0] * len(parts))
        for done, number in enumerate(ordered, 1):
            try:
                work.starts[number] = _add(work, parts[number])
            except pikepdf.PdfError as error:
                shown = one_line(parts[number].title)
                raise DomainError(f"“{shown}”的内容已损坏，不能装入。请重新导出或重新扫描。") from error
            report(done, total)
        front = _finish(work, book, contents=contents and bool(work.marks))
        report(total - 1, total)
        seal(file, Particulars(title, created, author, subject, book.describe()), conforming=not work.problems)
        data = steady_bytes(file)
        report(total, total)
        return Book(data, front + len(work.body), tuple(work.starts), tuple(work.problems))


def merge_pdfs(parts: Iterable[tuple[str, bytes]], *, title: str, created: datetime, author: str = "") -> Book:
    """Put files of our own one after the other, a bookmark for each, nothing stamped on them."""
    bound = [BookPart(name, pdf, own_numbers=True) for name, pdf in parts]
    return assemble(bound, title=title, created=created, author=author, contents=False)


def _add(work: _Work, part: BookPart) -> int:
    """Append a part; the body page it begins on."""
    source = _source_of(work, part)
    wanted = range(len(source.file.pages)) if part.pages is None else part.pages
    count, first = len(wanted), len(work.file.pages)
    work.file.add_pages_from(source.file, wanted, forms="strip")
    for number in range(first, first + count):
        page = work.file.pages[number]
        if part.foreign or not is_plain_a4(page):
            work.file.pages[number] = framed(work.file, page)
    if part.cover:
        work.covers += count
        return 0
    start = len(work.body)
    work.body += [not part.own_numbers] * count
    work.links += [(start, link) for link in _links_of(source, wanted) if not part.foreign]
    if heading := one_line(part.heading):
        work.marks.append(Bookmark(heading, start, None, max(1, part.level - 1), listed=True))
    marks = [replace(mark, page=mark.page - wanted.start) for mark in source.marks if mark.page in wanted]
    work.marks += _placed(part, marks, start)
    return start + 1


def _source_of(work: _Work, part: BookPart) -> _Source:
    """The opened file of a part, the same one for all parts that take pages of it."""
    if isinstance(part.pdf, Path) and part.pages is not None and part.pdf in work.shared:
        return work.shared[part.pdf]
    try:
        file = work.sources.enter_context(opened(part.pdf, part.title))
    except OSError as error:
        raise StorageError(f"读不出“{one_line(part.title)}”的文件，可能已被移动或删除。") from error
    marks = bookmarks_of(file)
    if part.foreign:
        work.problems += [f"“{one_line(part.title)}”：{reason}" for reason in lasting_problems(file)]
        file.generate_appearance_streams()
        file.flatten_annotations("all")
    source = _Source(file, marks, take_links(file))
    if isinstance(part.pdf, Path) and part.pages is not None:
        work.shared[part.pdf] = source
    return source


def _links_of(source: _Source, wanted: range) -> list[Link]:
    """The links of these pages, counted from the first of them; those that lead to other pages lead nowhere."""
    return [
        replace(link, page=link.page - wanted.start, target=link.target - wanted.start)
        for link in source.links
        if link.page in wanted and (link.uri or link.target in wanted)
    ]


def _placed(part: BookPart, marks: Sequence[Bookmark], start: int) -> list[Bookmark]:
    """The bookmarks of a part in the book: under its title, or in place of it."""
    title = one_line(part.title)
    if not title:
        return [_shifted(mark, start, part.level + mark.level - 1, part.listed and mark.level == 1) for mark in marks]
    head = Bookmark(title, start, None, part.level, listed=part.listed)
    if part.foreign:
        return [head]  # the bookmarks of a stranger tell the reader of our book nothing
    inner = marks
    if sum(mark.level == 1 for mark in marks) == 1 and marks[0].page == 0:
        inner = [replace(mark, level=mark.level - 1) for mark in marks[1:]]  # a single paper: it bears the title
    return [head, *(_shifted(mark, start, part.level + mark.level, listed=False) for mark in inner)]


def _shifted(mark: Bookmark, start: int, level: int, listed: bool) -> Bookmark:
    return replace(mark, page=mark.page + start, level=level, listed=listed)


def _finish(work: _Work, book: FontBook, *, contents: bool) -> int:
    """Contents, numbers, links, bookmarks and labels; how many pages stand before the body."""
    file = work.file
    front = work.covers
    listed = [mark for mark in work.marks if mark.listed]
    if contents:
        entries = [ContentsEntry(mark.title, str(mark.page + 1), mark.level) for mark in listed]
        made = contents_pages(entries, book)
        source = work.sources.enter_context(opened(made.data, "目录"))
        for number, page in enumerate(source.pages):
            file.pages.insert(front + number, page)
        front += made.pages
        for index, entry, rectangle in made.links:
            at = front + listed[entry].page
            _link(file, file.pages[work.covers + index], rectangle, _target(file, at, listed[entry].top))
    for start, link in work.links:
        target = link.uri or _target(file, front + start + link.target, link.top)
        _link(file, file.pages[front + start + link.page], link.rectangle, target)
    _number(work, book, front)
    _write_bookmarks(file, work.marks, front, work.covers if contents else None)
    _write_labels(file, work.covers, front, len(work.body))
    file.Root.ViewerPreferences = Dictionary(PrintScaling=Name("/None"))
    file.Root.PageMode = Name.UseOutlines
    return front


def _number(work: _Work, book: FontBook, front: int) -> None:
    """Stamp the numbers: Roman on the contents, Arabic on the body."""
    pages = work.file.pages
    jobs = [(work.covers + n, n + 1, True) for n in range(front - work.covers)]
    jobs += [(front + n, n + 1, False) for n, wanted in enumerate(work.body) if wanted]
    if not jobs:
        return
    across = [_is_across(pages[at]) for at, _, _ in jobs]
    made = numbers_pdf([(number, roman, wide) for (_, number, roman), wide in zip(jobs, across, strict=True)], book)
    source = work.sources.enter_context(opened(made, "页码"))
    for (at, _, _), stamp in zip(jobs, source.pages, strict=True):
        lay_over(pages[at], form_of(work.file, stamp))


def _is_across(page: Page) -> bool:
    left, bottom, right, top = (float(number) for number in page.mediabox)
    return right - left > top - bottom


def _target(file: Pdf, at: int, top: float | None) -> Array:
    page = file.pages[at]
    upper = float(page.mediabox[3]) if top is None else top
    return Array([page.obj, Name.XYZ, 0, round(upper, 2), 0])


def _link(file: Pdf, page: Page, rectangle: Sequence[float], target: Object | str) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Border=Array([0, 0, 0]), F=4)
    note.Rect = Array([round(number, 2) for number in rectangle])
    if isinstance(target, str):
        note.A = Dictionary(S=Name.URI, URI=String(target))
    else:
        note.Dest = target
    if "/Annots" not in page.obj:
        page.obj.Annots = Array()
    page.obj.Annots.append(file.make_indirect(note))


def _write_bookmarks(file: Pdf, marks: Sequence[Bookmark], front: int, contents: int | None) -> None:
    with file.open_outline() as outline:
        if contents is not None:
            outline.root.append(OutlineItem("目录", destination=_target(file, contents, None)))
        above: list[tuple[int, OutlineItem]] = []
        for mark in marks:
            item = OutlineItem(mark.title, destination=_target(file, front + mark.page, mark.top))
            item.is_closed = True
            while above and above[-1][0] >= mark.level:
                above.pop()
            (above[-1][1].children if above else outline.root).append(item)
            above.append((mark.level, item))


def _write_labels(file: Pdf, covers: int, front: int, body: int) -> None:
    """What readers show for pages: 封面, then Roman, then Arabic numbers."""
    numbers: list[Object | int] = []
    if covers:
        numbers += [0, Dictionary(P=String("封面"))]
    if front > covers:
        numbers += [covers, Dictionary(S=Name.R)]
    if body:
        numbers += [front, Dictionary(S=Name.D)]
    file.Root.PageLabels = Dictionary(Nums=Array(numbers))
