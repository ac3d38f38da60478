from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from partyroom.core import calendar
from partyroom.core.cells import Merge, Sheet
from partyroom.features.exchange.domain import ParsedRoster, parse_sheet

Rows = Sequence[Sequence[object]]


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: datetime(2026, 11, 22, 9, 0))  # noqa: DTZ001


@pytest.fixture
def parse() -> Callable[..., ParsedRoster]:
    def parse_rows(rows: Rows, merges: Sequence[Merge] = (), *, typed: bool = True) -> ParsedRoster:
        cells = [["" if cell is None else cell for cell in row] for row in rows]
        return parse_sheet(Sheet("名册", cells, tuple(merges), typed=typed))  # type: ignore[arg-type]

    return parse_rows
