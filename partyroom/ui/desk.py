"""What every page is given: the desk it works at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from partyroom.ui.errands import Errands
from partyroom.ui.messages import Messages
from partyroom.ui.preferences import Preferences
from partyroom.ui.tasks import Store, Tasks


class Drafts(Protocol):
    """Keeps the text of forms that were not saved, through a crash; payloads are plain JSON data."""

    def load(self, key: str) -> dict[str, Any] | None:
        """Return what was kept under `key`, or None."""

    def save(self, key: str, payload: dict[str, Any]) -> None:
        """Keep `payload`, replacing what was there."""

    def discard(self, key: str) -> None:
        """Forget what was kept under `key`, if anything."""


@dataclass
class Desk:
    """The open library and the services of the window."""

    tasks: Tasks
    messages: Messages
    settings: Preferences
    store: Store
    drafts: Drafts
    errands: Errands = field(default_factory=Errands)
