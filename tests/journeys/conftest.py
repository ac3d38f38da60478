"""What journeys are told with: the running program, and a secretary who finds, types, chooses and waits in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pypdfium2
import pytest
import shiboken6
from PySide6.QtGui import QAction, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QWidget

from partyroom.desktop import Desktop
from partyroom.ui.form import FormDialog
from partyroom.ui.messages import Scripted
from partyroom.ui.preferences import Preferences
from partyroom.ui.print_preview import PrintPreview

D = TypeVar("D", bound=QDialog)
PATIENCE_MS = 20_000


class Secretary:
    """Sits before the program's windows."""

    def __init__(self, desktop: Desktop, qtbot) -> None:
        self.desktop = desktop
        self.qtbot = qtbot

    def settle(self) -> None:
        """Wait until everything that was begun has ended, and what that began in turn."""
        assert self.desktop.waiting.wait_idle(PATIENCE_MS)
        for _ in range(3):
            if self.desktop.desk is not None:
                tasks = self.desktop.desk.tasks
                assert tasks.wait_idle(PATIENCE_MS), [(job.sort, job.title) for job in tasks._jobs.values()]

    def dialog(self, kind: type[D]) -> D:
        """The open dialog of this kind, waited for; there must be only one."""
        found: list[D] = []

        def look() -> bool:
            found[:] = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
            return bool(found)

        self.qtbot.waitUntil(look, timeout=PATIENCE_MS)
        assert len(found) == 1, found
        return found[0]

    def trigger(self, owner: QWidget, text: str) -> None:
        """Choose the action of this text as soon as it is possible."""
        action = next(action for action in owner.findChildren(QAction) if action.text() == text)
        self.qtbot.waitUntil(action.isEnabled, timeout=PATIENCE_MS)
        action.trigger()
        self.settle()

    def press(self, owner: QWidget, name: str) -> None:
        """Click the button of this name, which must be possible."""
        button = owner.findChild(QPushButton, name)
        assert button is not None, name
        assert button.isEnabled(), name
        button.click()
        self.settle()

    def commit(self, field: QWidget, text: str) -> None:
        """Give text as an input method does."""
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(field, event)

    def type_into(self, owner: QWidget, name: str, text: str) -> None:
        """Replace what stands in a line by text."""
        field = owner.findChild(QLineEdit, name)
        assert field is not None, name
        field.setFocus()
        field.selectAll()
        self.commit(field, text)

    def fill(self, **values: object) -> None:
        """Fill in the open form and accept it; it must close."""
        form = self.dialog(FormDialog)
        for key, value in values.items():
            form.grid.cells[key].editor.set_value(value)
        form.submit()
        self.settle()
        assert not (shiboken6.isValid(form) and form.isVisible()), form.grid.problems()

    def paper(self, target: Path) -> str:
        """Save the open preview as PDF, close it, and read the file; without its line ends."""
        preview = self.dialog(PrintPreview)
        messages = self.desktop.messages
        assert isinstance(messages, Scripted)
        messages.prepare(target)
        self.trigger(preview, "另存为 PDF…")
        preview.done(0)
        document = pypdfium2.PdfDocument(target.read_bytes())
        try:
            text = "".join(page.get_textpage().get_text_bounded() for page in document)
        finally:
            document.close()
        return "".join(text.split())


@pytest.fixture
def desktop(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    monkeypatch.setattr(QApplication, "quit", bool)  # the test's application goes on
    made = Desktop(Preferences(tmp_path / "settings.json"), Scripted())
    yield made
    if made.window is not None:
        made.window.close()
    made.close_library()
    made.waiting.shut_down()
    if made.start_page is not None:
        made.start_page.close()


@pytest.fixture
def secretary(desktop: Desktop, qtbot) -> Secretary:
    return Secretary(desktop, qtbot)
