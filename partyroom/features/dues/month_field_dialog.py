"""Months in forms: typed as a date known at least to the month, stored as its first day."""

from __future__ import annotations

from datetime import date
from typing import Any

from partyroom.core.calendar import RecordedDate
from partyroom.features.dues.ledger import first_of
from partyroom.ui.date_edit import DateEditor
from partyroom.ui.form import Field, Kind
from partyroom.ui.form_grid import FormGrid


def month_field(key: str, label: str, *, required: bool = False, hint: str = "", section: str = "") -> Field:
    """A field for a month."""
    hint = hint or "例如 2026.3"
    return Field(key, label, Kind.DATE, required=required, hint=hint, section=section, validate=month_problem)


def show_months(grid: FormGrid) -> None:
    """Let the empty month fields of a form show how a month is typed, not a day."""
    for key, cell in grid.cells.items():
        if cell.field.validate is month_problem:
            show_month(grid, key, "如 2026.3")


def show_month(grid: FormGrid, key: str, example: str) -> None:
    """Let one empty date field show how a month is typed."""
    editor = grid.cells[key].editor
    assert isinstance(editor, DateEditor)
    editor.line.setPlaceholderText(example)


def month_problem(value: object) -> str:
    """What is wrong with a month."""
    if value is None:
        return ""
    fine = isinstance(value, RecordedDate) and value.first_day is not None and len(value.text) >= len("2026-03")
    return "" if fine else "请填到月，例如 2026.3。"


def month_value(value: object) -> date | None:
    """The first day of a month that was entered."""
    if not isinstance(value, RecordedDate) or value.first_day is None:
        return None
    return first_of(value.first_day)


def month_shown(month: date | None) -> RecordedDate | None:
    """A month for a form, without its day."""
    return RecordedDate(f"{month:%Y-%m}") if month else None


def day_value(value: Any) -> date | None:
    """A day that was entered."""
    return value.exact if isinstance(value, RecordedDate) else None
