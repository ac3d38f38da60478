"""移交, as data: what a secretary hands over to the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from partyroom.core.filing import Retention
from partyroom.core.text import safe_file_name
from partyroom.features.archives.closing import OpenItem

BACKUP = "支部库备份.partyroom"
INVENTORY = "移交清单.pdf"
EXPLANATION = "说明.txt"


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """How many pieces a register has in a year."""

    register: str
    year: int
    pieces: int


@dataclass(frozen=True, slots=True)
class FiledLine:
    """What is filed of a year for one retention: pieces, pages, boxes."""

    year: int
    retention: Retention
    pieces: int
    pages: int
    boxes: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is there to be handed over, counted in the library. `balance` is the line of the dues' account, or ''."""

    branch: str
    day: date
    members: int
    binned: int
    registers: tuple[RegisterLine, ...]
    filed: tuple[FiledLine, ...]
    closed_years: tuple[int, ...]
    balance: str
    large: str
    attachments: int
    megabytes: int
    open_items: tuple[OpenItem, ...]


@dataclass(frozen=True, slots=True)
class Signers:
    """Who hands over to whom, before whom, when; all may be left blank to be filled in by hand."""

    giver: str = ""
    receiver: str = ""
    witness: str = ""
    day: date | None = None
    note: str = ""


def register_rows(lines: Sequence[RegisterLine]) -> list[tuple[str, str, int]]:
    """Each register once, with its years and the sum: ('党课记录', '2024年5份、2025年12份', 17)."""
    found: dict[str, list[RegisterLine]] = {}
    for line in lines:
        if line.pieces:
            found.setdefault(line.register, []).append(line)
    return [
        (
            register,
            "、".join(f"{one.year}年{one.pieces}份" for one in sorted(years, key=lambda one: one.year)),
            sum(one.pieces for one in years),
        )
        for register, years in found.items()
    ]


def package_name(branch: str, day: date) -> str:
    """What the folder or ZIP is called."""
    return safe_file_name(f"移交-{branch}-{day:%Y%m%d}")
