"""Pieces made ready for filing: papers rendered, everything turned into PDF/A where that can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pikepdf

from partyroom.core.errors import DomainError
from partyroom.core.pictures import is_picture_name, prepare_file
from partyroom.documents.archival import make_archival, opened
from partyroom.documents.contribution import Enclosure, Fetch, Piece
from partyroom.documents.fonts import FontBook
from partyroom.documents.pdf import render_pdf
from partyroom.documents.picture_pages import page_of_picture
from partyroom.features.archives.domain import Role
from partyroom.features.archives.filing import PreparedFile, in_order, is_pdf

Told = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class OutsideFile:
    """A file that the user adds: its name, content and what it is within its piece."""

    name: str
    content: bytes
    role: Role = Role.ORIGINAL


def prepare_piece(
    piece: Piece, fetch: Fetch, *, author: str, created: datetime, fonts: FontBook | None = None
) -> list[PreparedFile]:
    """The paper of a piece as PDF/A with its enclosures behind it; signed originals go before it (DA-02).

    `created` is written into the metadata: the moment of filing.

    Raises:
        StorageError: an enclosure is missing or was changed.
    """
    paper = render_pdf(list(piece.compose(fetch)), fonts)
    lasting = make_archival(paper.data, title=piece.title, author=author, created=created)
    files = [PreparedFile(Role.MAIN, f"{piece.title}.pdf", paper.data, lasting, paper.pages)]
    files += prepare_enclosures(piece.enclosures, fetch, created)
    return in_order(files)


def prepare_enclosures(enclosures: Sequence[Enclosure], fetch: Fetch, created: datetime) -> list[PreparedFile]:
    """What belongs to a piece, each file with its lasting form.

    Raises:
        StorageError: one of them is missing or was changed.
    """
    return [_enclosure(one, fetch, created) for one in enclosures]


def prepare_outside(
    files: Sequence[OutsideFile], *, title: str, author: str, created: datetime, told: Told | None = None
) -> list[PreparedFile]:
    """Files from outside in the order of DA-02: pictures and PDFs get a lasting form, the rest is kept as it is.

    Raises:
        DomainError: a file is empty, too large, or no picture although it is named like one.
    """
    prepared = []
    for done, file in enumerate(files):
        if told is not None:
            told(done, len(files), file.name)
        prepared.append(_prepared(file.name, file.content, file.role, title, author, created))
    return in_order(prepared)


def _enclosure(enclosure: Enclosure, fetch: Fetch, created: datetime) -> PreparedFile:
    signed = any(word in f"{enclosure.name}{enclosure.caption}" for word in ("签字", "原件"))
    role = Role.ORIGINAL if signed else Role.ANNEX
    caption = enclosure.caption or enclosure.name
    return _prepared(enclosure.name, fetch(enclosure.sha256), role, caption, "", created)


def _prepared(name: str, content: bytes, role: Role, title: str, author: str, created: datetime) -> PreparedFile:
    kept = prepare_file(name, content)
    try:
        if kept.picture or is_picture_name(name):
            page = page_of_picture(kept.content)
            lasting = make_archival(page, title=title, author=author, created=created)
            return PreparedFile(role, kept.name, kept.content, lasting, _pages(lasting))
        if is_pdf(name):
            lasting = make_archival(kept.content, title=title, author=author, created=created)
            return PreparedFile(role, kept.name, kept.content, lasting, _pages(lasting))
    except DomainError as error:
        return PreparedFile(role, kept.name, kept.content, None, _count(kept.content), str(error))
    problem = f"“{kept.name}”不是PDF或图片，按原样保存，没有长期保存格式；建议另存为PDF后再归档。"
    return PreparedFile(role, kept.name, kept.content, None, 0, problem)


def _count(content: bytes) -> int:
    """Pages of a PDF that cannot be made archival; 0 for one that cannot even be read."""
    try:
        with opened(content, "") as file:
            return len(file.pages)
    except DomainError:
        return 0


def _pages(pdf: bytes) -> int:
    import io

    with pikepdf.open(io.BytesIO(pdf)) as file:
        return len(file.pages)
