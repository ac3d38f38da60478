"""A program over a library of one member, in the test's own folder; the test's application does not end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from partyroom.core.errors import StorageError
from partyroom.desktop import Desktop
from partyroom.features.members import service as members
from partyroom.features.members.domain import Category, MemberDraft
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import save_branch
from partyroom.storage.library import Library
from partyroom.ui.messages import Messages, Scripted
from partyroom.ui.preferences import Preferences


@pytest.fixture
def quits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the program asked to end; the test's own application goes on."""
    asked: list[int] = []
    monkeypatch.setattr(QApplication, "quit", lambda: asked.append(1))
    return asked


@pytest.fixture
def messages(qapp) -> Scripted:
    return Scripted()


@pytest.fixture
def settings(qapp, tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / "settings.json")


@pytest.fixture
def start(quits, settings, messages, qtbot) -> Iterator[Callable[..., Desktop]]:
    made: list[Desktop] = []

    def make(speaking: Messages | None = None) -> Desktop:
        made.append(Desktop(settings, speaking or messages))
        return made[-1]

    yield make
    for desktop in made:
        for left in [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]:
            left.done(0)
        desktop.close_library()
        desktop.waiting.shut_down()
        if desktop.start_page is not None:
            desktop.start_page.close()


@pytest.fixture
def desktop(start) -> Desktop:
    return start()


@pytest.fixture
def settle(qtbot) -> Callable[[Desktop], None]:
    def wait(desktop: Desktop) -> None:
        for _ in range(4):  # a failed opening opens what was there before
            assert desktop.waiting.wait_idle(20_000)
            if desktop.desk is not None:
                assert desktop.desk.tasks.wait_idle(20_000)

    return wait


@pytest.fixture
def folder(empty_library_folder: Path, tmp_path: Path) -> Path:
    """A closed library of a branch with one member."""
    target = tmp_path / "样例支部"
    shutil.copytree(empty_library_folder, target)
    with Library.open(target) as library:
        library.write("支部", lambda s: save_branch(s, Branch("样例小学党支部")))
        draft = MemberDraft("张三", category=Category.FULL)
        library.write("党员", lambda s: members.admit_member(s, draft))
    return target


@pytest.fixture
def free() -> Callable[[Path], bool]:
    """Whether nobody holds the library."""

    def ask(folder: Path) -> bool:
        try:
            Library.open(folder).close()
        except StorageError:
            return False
        return True

    return ask


@pytest.fixture
def shown() -> Callable[[type[QWidget]], Any]:
    """The window of a class that is open now."""

    def find(kind: type[QWidget]) -> Any:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
        assert found, kind
        return found[-1]

    return find
