from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from partyroom.core import calendar
from partyroom.features.exchange.cells import Merge, Sheet
from partyroom.features.exchange.domain import ParsedRoster, parse_sheet

Rows = Sequence[Sequence[object]]


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: datetime(2026, 11, 22, 9, 0))  # noqa: DTZ001


@pytest.fixture
def save_xlsx(tmp_path: Path) -> Callable[..., Path]:
    def save(rows: Rows, merges: Sequence[str] = (), name: str = "名册.xlsx") -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "党员名册"
        for row in rows:
            sheet.append(list(row))
        for area in merges:
            sheet.merge_cells(area)
        path = tmp_path / name
        book.save(path)
        return path

    return save


@pytest.fixture
def parse() -> Callable[..., ParsedRoster]:
    def parse_rows(rows: Rows, merges: Sequence[Merge] = (), *, typed: bool = True) -> ParsedRoster:
        cells = [["" if cell is None else cell for cell in row] for row in rows]
        return parse_sheet(Sheet("名册", cells, tuple(merges), typed=typed))  # type: ignore[arg-type]

    return parse_rows


@pytest.fixture
def data_folder() -> Path:
    return Path(__file__).parents[2] / "data"
