"""What journeys are told with: the running program, and a secretary who finds, types, chooses and waits in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pypdfium2
import pytest
import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QPushButton, QWidget

from partyroom.core import calendar
from partyroom.desktop import Desktop
from partyroom.ui.form import FormDialog
from partyroom.ui.messages import Scripted
from partyroom.ui.page import Page
from partyroom.ui.preferences import Preferences
from partyroom.ui.print_preview import PrintPreview
from partyroom.ui.table import TablePanel

D = TypeVar("D", bound=QDialog)
P = TypeVar("P", bound=Page)
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

    def enter(self, folder: Path, kind: type[P]) -> P:
        """Open the program on a branch and turn to a page."""
        self.desktop.begin(folder, sample=False)
        self.settle()
        self.qtbot.waitUntil(lambda: self.desktop.window is not None, timeout=PATIENCE_MS)
        return self.turn_to(kind)

    def turn_to(self, kind: type[P]) -> P:
        """Bring a page to the front."""
        window = self.desktop.window
        assert window is not None
        window.show_page(kind)
        self.settle()
        page = window.page(kind)
        assert isinstance(page, kind)
        return page

    def dialog(self, kind: type[D]) -> D:
        """The open dialog of this kind, waited for; there must be only one."""
        found: list[D] = []

        def look() -> bool:
            found[:] = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
            return bool(found)

        self.qtbot.waitUntil(look, timeout=PATIENCE_MS)
        assert len(found) == 1, found
        return found[0]

    def meanwhile(self, kind: type[D], act: Callable[[D], None]) -> QTimer:
        """Do something in a dialog that holds up the program (`exec`) as soon as it is there, then close it."""
        timer = QTimer(self.desktop, interval=50)

        def look() -> None:
            for dialog in QApplication.topLevelWidgets():
                if isinstance(dialog, kind) and dialog.isVisible():
                    timer.stop()
                    try:
                        act(dialog)
                    finally:
                        dialog.done(0)
                    return

        timer.timeout.connect(look)
        timer.start()
        return timer

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

    def choose(self, owner: QWidget, name: str, text: str) -> None:
        """Choose the line of this text in the box of this name."""
        box = owner.findChild(QComboBox, name)
        assert box is not None, name
        assert box.findText(text) >= 0, text
        box.setCurrentIndex(box.findText(text))
        self.settle()

    def column(self, panel: TablePanel, key: str) -> list[str]:
        """What the lines of a list show in one column."""
        place = [one.key for one in panel.model.columns].index(key)
        return [str(panel.model.index(row, place).data()) for row in range(panel.model.rowCount())]

    def select(self, panel: TablePanel, names: Sequence[str]) -> None:
        """Select the lines of these people."""
        pairs = zip(panel.model.ids, self.column(panel, "name"), strict=True)
        panel.select([one for one, name in pairs if name in names])

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


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, fixed_today: datetime) -> Callable[..., None]:
    """Lets the standing clock stand at another moment of 2026, in every thread: day, hour, month (November)."""

    def move(day: int, hour: int = 9, month: int = 11) -> None:
        moment = fixed_today.replace(month=month, day=day, hour=hour)
        monkeypatch.setattr(calendar, "_STOPPED", ContextVar("stopped_clock_of_a_journey", default=moment))

    return move
