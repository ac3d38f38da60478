"""The inspection pack in one go, as the command line asks for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from partyroom.features.archives.pack import Written, usual_checklist
from partyroom.features.archives.pack_report import write_pack
from partyroom.features.archives.pack_service import PackWish, gather, note_full_pack
from partyroom.features.archives.parts import all_parts


def export_pack(library: Any, year: int, target: Path, *, full: bool = False, copies: bool = False) -> Written:
    """Write the pack of a year by the usual checklist into the folder or ZIP `target`.

    Raises:
        DomainError: the year has nothing to hand out.
        StorageError: a filed file is missing or was changed, the disk is full or not writable.
    """
    wish = PackWish(date(year, 1, 1), date(year, 12, 31), usual_checklist(), masked=not full, copies=copies)
    if full:
        library.write("导出迎检材料（不遮盖）", lambda session: note_full_pack(session, wish))
    plan = library.read(lambda session: gather(session, all_parts(), wish))
    return write_pack(plan, target, library.attachments.get)


def sentences(written: Written) -> list[str]:
    """What is missing and what was left out, a sentence each."""
    missing = [f"缺：{name}" for name in written.missing]
    return [*missing, *(f"含未遮盖的号码，没有附上：{name}" for name in written.withheld)]
