"""归档: what is said of the papers before they are filed, for one or for many, and the filing itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import now
from partyroom.features.archives.description_dialog import (
    draft_of,
    drafts_of,
    fields_of_many,
    fields_of_one,
    values_of,
)
from partyroom.features.archives.filing import PieceDraft, PreparedFile
from partyroom.features.archives.filing_service import Offered, draft_of_offer, file_piece
from partyroom.features.archives.preparing_dialog import PreparingDialog
from partyroom.features.archives.screen_service import Setting
from partyroom.ui.desk import Desk
from partyroom.ui.progress import Progress

_NAMED = 3
Filed = tuple[PieceDraft, list[PreparedFile]]


class FilingDialog(PreparingDialog):
    """Asks for the description of one paper, or for what many have in common, and files them in one transaction.

    `told` says afterwards which enclosures have no lasting form, and why.
    """

    def __init__(
        self, desk: Desk, chosen: Sequence[Offered], year: int, setting: Setting, parent: QWidget | None = None
    ) -> None:
        self.chosen = list(chosen)
        self.told: list[str] = []
        self._drafts = [draft_of_offer(one, year, setting.fonds.office) for one in chosen]
        one = len(chosen) == 1
        first = values_of(self._drafts[0])
        common: dict[str, object] = {"office": setting.fonds.office, "secrecy": first["secrecy"]}
        super().__init__(
            "归档" if one else f"归档{len(chosen)}件",
            fields_of_one(setting, self._drafts[0]) if one else fields_of_many(setting),
            first if one else common,
            desk,
            warnings=warnings_of(chosen),
            accept_text="归档",
            parent=parent,
        )
        self.setObjectName("filing_dialog")

    def drafts(self, values: dict[str, object]) -> list[PieceDraft]:
        """The descriptions as the form says."""
        if len(self._drafts) == 1:
            return [draft_of(self._drafts[0], values)]
        return drafts_of(self._drafts, values)

    def preparation(self, values: dict[str, object]) -> Callable[[Progress], list[Filed]]:
        """Compose every paper and make it lasting."""
        fetch, fonts = self._desk.store.attachments.get, self._desk.settings.text("document_fonts")
        return partial(_prepare, self.chosen, self.drafts(values), fetch, fonts)

    def store(self, _values: dict[str, object], ready: list[Filed]) -> None:
        """File all of them, or none."""
        self.told = [f"{draft.title}：{file.problem}" for draft, files in ready for file in files if file.problem]
        label = f"归档：{ready[0][0].title}" if len(ready) == 1 else f"归档{len(ready)}件"
        work = partial(_file, self._desk.store.attachments, ready)
        self._desk.tasks.write(label, work, owner=self)


def warnings_of(chosen: Sequence[Offered]) -> list[str]:
    """What may still change: it can be filed, but what is filed stays as it is now."""
    loose = [one.offer for one in chosen if not one.offer.settled]
    if not loose:
        return []
    named = "；".join(f"“{offer.title}”{offer.note or '还可能有变动'}" for offer in loose[:_NAMED])
    rest = f"；等{len(loose)}件" if len(loose) > _NAMED else ""
    return [
        f"有{len(loose)}件还没有定稿或本年未结束，仍可归档；归档的是现在的样子，以后的修改不会进入已归档的文件。",
        f"{named}{rest}。",
    ]


def _prepare(
    chosen: Sequence[Offered], drafts: Sequence[PieceDraft], fetch: Any, fonts: str, progress: Progress
) -> list[Filed]:
    # The printing kit takes a while to load: only when something is filed.
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.features.archives.piece_report import prepare_piece

    book, moment, ready = shared_book(FontSource(fonts)), now(), []
    for number, (one, draft) in enumerate(zip(chosen, drafts, strict=True)):
        progress.step(number, len(drafts), draft.title)
        piece = replace(one.piece, title=draft.title)
        ready.append((draft, prepare_piece(piece, fetch, author=draft.author, created=moment, fonts=book)))
    progress.step(len(drafts), len(drafts))
    return ready


def _file(files: Any, ready: Sequence[Filed], session: Any) -> list[int]:
    return [file_piece(session, files, draft, prepared) for draft, prepared in ready]
