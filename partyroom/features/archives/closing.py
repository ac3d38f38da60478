"""Closing a year, as data: what to look at before, its papers, what is carried over, the list of years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from partyroom.core.calendar import chinese_date
from partyroom.documents.contribution import Piece

CARRIED = "archives.carried"
CARRIED_TITLE = "结转事项清单"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at before a year is closed: what it is about and the sentence; nothing forbids the closing."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that goes on after the year: what it is, whose, by when."""

    kind: str
    text: str
    person: str = ""
    due: date | None = None
    remark: str = ""

    @property
    def due_text(self) -> str:
        """The day by which it is to be done."""
        return chinese_date(self.due) if self.due else ""


@dataclass(frozen=True, slots=True)
class ClosingPlan:
    """What a year would be closed with; `change` tells whether anything was changed since it was read."""

    year: int
    branch: str
    findings: tuple[Finding, ...]
    pieces: tuple[tuple[str, Piece], ...]
    carried: tuple[OpenItem, ...]
    change: int
    moment: datetime


@dataclass(frozen=True, slots=True)
class ClosedPaper:
    """A paper of the year, rendered: under which key it is kept."""

    key: str
    title: str
    content: bytes
    pages: int


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper of a closed year as it is kept."""

    id: int
    key: str
    title: str
    pages: int
    sha256: str


@dataclass(frozen=True, slots=True)
class YearRow:
    """A line of the list of years; the id is the year."""

    id: int
    closed: bool
    closed_at: datetime | None
    closed_by: str
    papers: int
    filed: int
    history: tuple[str, ...] = ()

    @property
    def year(self) -> str:
        """'2025年'."""
        return f"{self.id}年"

    @property
    def state(self) -> str:
        """The word in the list."""
        if self.closed:
            return "已关闭"
        return "已重新打开" if self.history else "未关闭"

    @property
    def closed_on(self) -> str:
        """The day of signing off, while it holds."""
        return chinese_date(self.closed_at.date()) if self.closed and self.closed_at else ""


def subjects(findings: Sequence[Finding]) -> dict[str, list[str]]:
    """The sentences by what they are about, in order."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        found.setdefault(finding.subject, []).append(finding.text)
    return found
