from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from partyroom.core.calendar import stopped_at
from partyroom.sample.branch import make_sample
from partyroom.storage.library import Library


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample branch, made once for all tests that only read it."""
    folder = tmp_path_factory.mktemp("told") / "library"
    make_sample(folder)
    return folder


@pytest.fixture
def sample(told: Path) -> Iterator[Library]:
    """The sample branch opened on the day after its last meeting was written up."""
    with Library.open(told) as library, stopped_at(datetime(2026, 11, 22, 10)):  # noqa: DTZ001
        yield library
