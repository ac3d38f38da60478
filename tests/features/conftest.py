"""What the screens of features are tested with: a desk over a real library, and how to find what is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from partyroom.drafts import KeptDrafts
from partyroom.storage.library import Library
from partyroom.ui.desk import Desk
from partyroom.ui.messages import Scripted
from partyroom.ui.preferences import Preferences
from partyroom.ui.tasks import Tasks


@pytest.fixture
def messages(qapp) -> Scripted:
    return Scripted()


@pytest.fixture
def desk(library: Library, messages: Scripted, tmp_path: Path) -> Iterator[Desk]:
    tasks = Tasks(library, messages)
    yield Desk(tasks, messages, Preferences(tmp_path / "settings.json"), library, KeptDrafts(tasks, {}))
    tasks.wait_idle()
    for left in [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]:
        left.done(0)
        left.deleteLater()
    tasks.shut_down()
    assert messages.errors == []


@pytest.fixture
def settle(desk: Desk, qtbot) -> Callable[..., None]:
    """Wait until the delays of searching have passed and all answers are there."""

    def wait(milliseconds: int = 0) -> None:
        if milliseconds:
            qtbot.wait(milliseconds)
        assert desk.tasks.wait_idle(20_000)

    return wait


@pytest.fixture
def opened(qtbot) -> Callable[..., Any]:
    """Waits for a dialog of a class and returns it."""

    def find(kind: type[QWidget]) -> Any:
        found: list[QWidget] = []

        def look() -> bool:
            found[:] = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
            return bool(found)

        qtbot.waitUntil(look)
        return found[-1]

    return find


@pytest.fixture
def labels(library: Library) -> Callable[[], list[str]]:
    """The labels of the change log, newest first."""
    from partyroom.storage import audit

    return lambda: [line.label for line in library.read(audit.list_change_sets)]
