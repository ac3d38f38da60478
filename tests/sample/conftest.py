from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from partyroom.core.calendar import stopped_at
from partyroom.storage.library import Library


@pytest.fixture
def sample(made_sample: Path) -> Iterator[Library]:
    """The sample branch opened on the day after its last meeting was written up."""
    with Library.open(made_sample) as library, stopped_at(datetime(2026, 11, 22, 10)):  # noqa: DTZ001
        yield library
