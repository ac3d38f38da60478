"""The handbook in one go, as command line and window ask for it: read, print piece by piece, bind, clean up."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from partyroom.core.calendar import now
from partyroom.core.errors import DomainError, StorageError
from partyroom.documents.assembling import Book
from partyroom.documents.contribution import Fetch, Part, Request
from partyroom.documents.fonts import FontBook
from partyroom.features.archives.book import BookContent, usual_blanks
from partyroom.features.archives.book_report import Prepared, Told, bind_book, prepare_blank, prepare_book
from partyroom.features.archives.book_service import read_book
from partyroom.features.archives.parts import all_parts
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch


@dataclass(frozen=True, slots=True)
class MadeBook:
    """A finished book, and sentences on what is not in it or keeps it from being PDF/A."""

    book: Book
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for the parts of a book that is gone afterwards, whatever happens.

    Raises:
        StorageError: there is no room for temporary files.
    """
    try:
        held = tempfile.TemporaryDirectory(prefix="partyroom-book-", ignore_cleanup_errors=True)
    except OSError as error:
        raise StorageError("临时文件夹用不了，手册没有生成。请检查磁盘空间。") from error
    with held as folder:
        yield Path(folder)


def make_book(
    content: BookContent,
    fetch: Fetch,
    *,
    agreed: bool = False,
    created: datetime | None = None,
    fonts: FontBook | None = None,
    told: Told | None = None,
) -> MadeBook | tuple[str, ...]:
    """The book of a year; or, unless that was `agreed`, the sentences on attachments that cannot be bound in.

    Raises:
        CancelledError: by `told`; nothing is left behind.
        DomainError: a part is damaged.
        StorageError: the disk is full.
    """
    with scratch_folder() as folder:
        prepared = prepare_book(content, fetch, folder, fonts=fonts, told=told)
        if prepared.problems and not agreed:
            return prepared.problems
        return _bound(prepared, created, fonts, told)


def make_blank_book(
    branch: Branch,
    year: int,
    counts: Mapping[str, int] | None = None,
    *,
    created: datetime | None = None,
    fonts: FontBook | None = None,
    told: Told | None = None,
) -> MadeBook:
    """The book for filling in by hand; `counts` says how many of each part's form, None: as many as are usual.

    Raises:
        DomainError: no form was chosen.
    """
    parts = blank_parts()
    asked = {part.key: usual_blanks(part.key) for part in parts} if counts is None else counts
    with scratch_folder() as folder:
        forms = [(part, asked.get(part.key, 0)) for part in parts]
        prepared = prepare_blank(branch, year, forms, folder, fonts=fonts, told=told)
        return _bound(prepared, created, fonts, told)


def blank_parts() -> list[Part]:
    """The parts that have a form for filling in by hand."""
    return [part for part in all_parts() if part.in_book and part.blank is not None]


def export_book(library: Any, year: int, *, blank: bool = False, skip_missing: bool = False) -> MadeBook:
    """The book of an open library, for the command line.

    Raises:
        DomainError: nothing to bind, or attachments are missing and that was not agreed to; each is named.
    """
    if blank:
        return make_blank_book(library.read(get_branch), year)
    content = library.read(lambda session: read_book(session, all_parts(), Request(year)))
    made = make_book(content, library.attachments.get, agreed=skip_missing)
    if isinstance(made, MadeBook):
        return made
    raise DomainError(*made, "有附件没有装入，手册没有生成；确认不装入这些附件的，请加上 --skip-missing。")


def _bound(prepared: Prepared, created: datetime | None, fonts: FontBook | None, told: Told | None) -> MadeBook:
    book = bind_book(prepared, created or now(), fonts=fonts, told=told)
    reasons = tuple(f"手册不能保存为PDF/A：{reason}" for reason in book.problems)
    return MadeBook(book, prepared.problems, (*prepared.warnings, *reasons))
