"""What is filed, as data: offers, drafts of pieces, prepared files, catalogue lines; and the rule data behind them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import PurePath

from partyroom.core.filing import Field, Retention
from partyroom.core.paths import resources
from partyroom.features.archives.domain import ROLE_ORDER, Role, Secrecy, reference_code


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the archive as this branch has it."""

    code: str
    label: str
    hidden: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class RetentionKind:
    """A usual kind of branch file with the retention that is suggested, and what two sources say (国家档案局8号令)."""

    code: str
    label: str
    retention: Retention
    first: str
    second: str


@cache
def usual_categories() -> tuple[Category, ...]:
    """The eight categories of the rule data (SZ-06)."""
    return tuple(
        Category(str(entry["code"]), Field(entry["code"]).label, note=str(entry["note"]))
        for entry in _rule_data()["categories"]
    )


@cache
def retention_kinds() -> tuple[RetentionKind, ...]:
    """The usual kinds of files with their retention, for things that come from outside."""
    return tuple(
        RetentionKind(entry["code"], entry["label"], Retention(entry["retention"]), entry["a"], entry["b"])
        for entry in _rule_data()["kinds"]
    )


@cache
def _rule_data() -> dict[str, list[dict[str, str]]]:
    data: dict[str, list[dict[str, str]]] = json.loads(
        (resources() / "rules" / "archives.json").read_text(encoding="utf-8")
    )
    return data


@dataclass(frozen=True, slots=True)
class PieceDraft:
    """What is known of a 件 apart from its files; `own_title` marks one given by the branch, printed in [ ] (DA-08)."""

    year: int
    category: str
    title: str
    retention: Retention
    own_title: bool = False
    author: str = ""
    document_number: str = ""
    dated: date | None = None
    secrecy: Secrecy = Secrecy.NONE
    office: str = ""
    remark: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file ready for filing: as it came, and as PDF/A where it can be; `pages` 0: not countable (Word, Excel).

    `problem` says in a sentence why there is no lasting form.
    """

    role: Role
    name: str
    content: bytes
    archival: bytes | None
    pages: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something of the program that is not filed yet. `id` numbers the list, `source` is its part and key."""

    id: int
    source: str
    part: str
    category: str
    title: str
    dated: date | None
    retention: Retention
    settled: bool
    note: str
    enclosures: int


@dataclass(frozen=True, slots=True)
class FiledRow:
    """A line of the list of filed pieces and of the catalogue."""

    id: int
    year: int
    category: str
    category_label: str
    number: int | None
    reference: str
    document_number: str
    author: str
    title: str
    dated: date | None
    secrecy: Secrecy
    retention: Retention
    office: str
    pages: int
    box_id: int | None
    box: str
    remark: str
    files: int
    source: str
    filed_at: datetime

    @property
    def piece_number(self) -> str:
        """件号 in four digits, empty while there is none (DA-06)."""
        return "" if self.number is None else f"{self.number:04d}"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a piece: the hashes name what came and what is kept for long."""

    id: int
    role: Role
    name: str
    sha256: str
    archival_sha256: str
    pages: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """A 件号 given to a piece."""

    piece_id: int
    number: int


def shown_title(title: str, *, own: bool) -> str:
    """题名; one given by the branch stands in [ ] (DA-08)."""
    return f"[{title}]" if own else title


def in_order(files: Sequence[PreparedFile]) -> list[PreparedFile]:
    """Files of a piece in the order of DA-02; those of one role stay as they came."""
    return sorted(files, key=lambda file: ROLE_ORDER.index(file.role))


def is_pdf(name: str) -> bool:
    """Whether a file is called a PDF."""
    return PurePath(name).suffix.casefold() == ".pdf"


@dataclass(frozen=True, slots=True)
class Unnumbered:
    """A piece that waits for its 件号."""

    piece_id: int
    retention: Retention
    office: str
    dated: date | None
    title: str


def give_numbers(
    waiting: Sequence[Unnumbered], used: dict[tuple[Retention, str], int], categories: dict[int, int]
) -> list[Numbered]:
    """件号 for the pieces of a year, counted within 保管期限 and 机构(问题) behind those given already (DA-06, DA-13).

    Order: 保管期限, 机构(问题), category, date, title. `used` has the highest number so far, `categories` the rank of
    each piece's category. A number once given is never changed: it is stamped on paper.
    """
    ranks = {retention: rank for rank, retention in enumerate(Retention)}
    order = sorted(
        waiting,
        key=lambda one: (
            ranks[one.retention],
            one.office,
            categories.get(one.piece_id, 0),
            one.dated or date.max,
            one.title,
            one.piece_id,
        ),
    )
    given = []
    last = dict(used)
    for one in order:
        series = one.retention, one.office
        last[series] = last.get(series, 0) + 1
        given.append(Numbered(one.piece_id, last[series]))
    return given


def reference_of(fonds: str, row: tuple[int, Retention, str, int | None]) -> str:
    """档号 of a numbered piece (year, retention, office, number), empty while it has no number."""
    year, retention, office, number = row
    return "" if number is None else reference_code(fonds, year, retention, office, number)
