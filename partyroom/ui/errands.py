"""What one room asks of another, without either knowing the other: the window passes it on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class Errand:
    """A wish with plain values; `window` is where dialogs of the answer belong."""

    name: str
    values: Mapping[str, object]
    window: QWidget


@dataclass
class Errands:
    """Who takes which errand."""

    _takers: dict[str, Callable[[Errand], None]] = field(default_factory=dict)

    def offer(self, name: str, taker: Callable[[Errand], None]) -> None:
        """From now on `taker` does errands of this name."""
        self._takers[name] = taker

    def taken(self, name: str) -> bool:
        """Whether anybody does errands of this name."""
        return name in self._takers

    def send(self, errand: Errand) -> None:
        """Have the errand done.

        Raises:
            KeyError: nobody does such errands; ask `taken` before offering a button.
        """
        self._takers[errand.name](errand)
