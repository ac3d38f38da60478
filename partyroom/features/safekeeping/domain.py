"""The lines of the recycle bin and of the change log as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from partyroom.core.calendar import chinese_datetime


@dataclass(frozen=True, slots=True)
class BinRow:
    """One thing in the recycle bin; `id` is unique over all kinds, `key` is its id among its own."""

    id: int
    table: str
    key: int
    kind: str
    title: str
    deleted_at: datetime

    @property
    def when(self) -> str:
        """When it was deleted."""
        return chinese_datetime(self.deleted_at)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One user action in the change log."""

    id: int
    at: datetime
    label: str
    count: int
    undone: bool

    @property
    def when(self) -> str:
        """When it was done."""
        return chinese_datetime(self.at)

    @property
    def state(self) -> str:
        """Whether it was taken back."""
        return "已撤销" if self.undone else ""
