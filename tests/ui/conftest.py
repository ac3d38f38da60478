from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from partyroom.ui.desk import Desk
from partyroom.ui.messages import Scripted
from partyroom.ui.preferences import Preferences
from partyroom.ui.tasks import Tasks

# No test needs a screen, and a build machine has none.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@dataclass
class Written:
    result: Any
    changes: frozenset[str]
    change_set: int = 1


@dataclass
class FakeStore:
    """A store without a database: the session is this dictionary, every write changes the kind `things`."""

    session: dict[str, Any] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    changes: frozenset[str] = frozenset({"things"})

    def read(self, work: Callable[[Any], Any]) -> Any:
        return work(self.session)

    def write(self, label: str, work: Callable[[Any], Any]) -> Written:
        result = work(self.session)
        self.written.append(label)
        return Written(result, self.changes)


class MemoryDrafts:
    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def load(self, key: str) -> dict[str, Any] | None:
        return self.kept.get(key)

    def save(self, key: str, payload: dict[str, Any]) -> None:
        self.kept[key] = payload

    def discard(self, key: str) -> None:
        self.kept.pop(key, None)


@pytest.fixture
def messages(qapp) -> Scripted:
    return Scripted()


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def tasks(qapp, store, messages) -> Iterator[Tasks]:
    made = Tasks(store, messages)
    yield made
    made.shut_down()


@pytest.fixture
def settings(qapp, tmp_path) -> Preferences:
    return Preferences(tmp_path / "settings.json")


@pytest.fixture
def desk(tasks, messages, settings, store) -> Desk:
    return Desk(tasks, messages, settings, store, MemoryDrafts())
