"""A form whose files are prepared outside the window's thread before anything is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from partyroom.core.errors import PartyroomError, Problem
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog
from partyroom.ui.progress import Progress
from partyroom.ui.warning_strip import WarningStrip


class PreparingDialog(FormDialog):
    """Subclasses say how to prepare (`preparation`) and what to store (`store`); the form stays until it is stored.

    Preparing shows its progress and can be cancelled; nothing is stored then.
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        values: Mapping[str, object],
        desk: Desk,
        *,
        warnings: Sequence[str] = (),
        accept_text: str,
        parent: QWidget | None,
    ) -> None:
        self._ready: tuple[dict[str, object], Any] | None = None
        super().__init__(title, fields, values, desk, save=self._store_ready, accept_text=accept_text, parent=parent)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        if warnings:
            layout.insertWidget(0, WarningStrip(warnings, self))

    def preparation(self, values: dict[str, object]) -> Callable[[Progress], Any]:
        """The long work, run without a session."""
        raise NotImplementedError

    def store(self, values: dict[str, object], ready: Any) -> None:
        """Ask `desk.tasks` to write what was prepared."""
        raise NotImplementedError

    def lacks(self) -> Sequence[Problem]:
        """What is missing besides the fields."""
        return ()

    def submit(self) -> None:
        """Check the fields, prepare, then save."""
        problems = [*self.grid.problems(), *self.lacks()]
        self.show_problems(problems)
        if problems or self._waiting:
            return
        values = self.grid.values()
        done = partial(self._on_ready, values)
        title = f"正在准备{self.windowTitle()}"
        work = self.preparation(values)
        self._desk.tasks.compute(work, done, owner=self, title=title, failed=self._on_not_ready)

    def _on_ready(self, values: dict[str, object], ready: Any) -> None:
        self._ready = values, ready
        super().submit()
        self._ready = None

    def _on_not_ready(self, error: Exception) -> None:
        assert isinstance(error, PartyroomError)
        self._show_error(error)

    def _store_ready(self, _values: dict[str, object]) -> None:
        assert self._ready is not None
        self.store(*self._ready)
