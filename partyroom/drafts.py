"""Unsaved texts of the open library: read once when it opens, written behind the window's back."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from partyroom.storage import drafts
from partyroom.ui.tasks import Tasks


class KeptDrafts(QObject):
    """What a desk keeps drafts in. Forms get them at once from memory; the database thread writes them."""

    def __init__(self, tasks: Tasks, kept: dict[str, dict[str, Any]]) -> None:
        super().__init__(tasks)
        self._tasks = tasks
        self._kept = dict(kept)

    def load(self, key: str) -> dict[str, Any] | None:
        """What was kept under `key`."""
        return self._kept.get(key)

    def save(self, key: str, payload: dict[str, Any]) -> None:
        """Keep `payload`, replacing what was there."""
        self._kept[key] = payload
        self._tasks.write("暂存草稿", partial(drafts.save_draft, key=key, payload=payload), owner=self)

    def discard(self, key: str) -> None:
        """Forget what was kept under `key`, if anything."""
        if self._kept.pop(key, None) is not None:
            self._tasks.write("清除草稿", partial(drafts.discard_draft, key=key), owner=self)
