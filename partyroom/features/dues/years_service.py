"""Use cases of the years of dues: opening one means writing down what the branch decided for it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.calendar import EARLIEST_YEAR, LATEST_YEAR
from partyroom.core.errors import DomainError, Problem
from partyroom.core.money import yuan
from partyroom.core.text import clean_text
from partyroom.features.dues.domain import RoundingUnit
from partyroom.features.dues.ledger import Choices, first_of
from partyroom.features.dues.rates import rules_on
from partyroom.features.dues.tables import YearRecord


def get_choices(session: Session, year: int) -> Choices | None:
    """What the branch decided for a year; None as long as the year is not opened."""
    record = session.scalar(select(YearRecord).where(YearRecord.year == year))
    return None if record is None else choices_of(record)


def opened_years(session: Session) -> list[int]:
    """The years whose months count, in order."""
    return list(session.scalars(select(YearRecord.year).order_by(YearRecord.year)))


def save_choices(session: Session, choices: Choices) -> None:
    """Open a year, or change what was decided for it. Assessments made before stay as they are.

    Raises:
        DomainError: a choice lies outside what the rules leave open.
    """
    problems = _problems(choices)
    if problems:
        raise DomainError(*problems)
    record = session.scalar(select(YearRecord).where(YearRecord.year == choices.year))
    values = {
        "year": choices.year,
        "reading": choices.reading,
        "change": choices.change,
        "rounding_fen": choices.rounding_fen,
        "counted": sorted(set(choices.counted)),
        "farmer_fen": choices.farmer_fen,
        "share_bp": choices.share_bp,
        "every": choices.every,
        "base_month": first_of(choices.base_month) if choices.base_month else None,
        "note": clean_text(choices.note).strip(),
    }
    if record is None:
        session.add(YearRecord(**values))
    else:
        for key, value in values.items():
            if getattr(record, key) != value:
                setattr(record, key, value)
    session.flush()


def choices_of(record: YearRecord) -> Choices:
    """A stored year as its choices."""
    return Choices(
        year=record.year,
        reading=record.reading,
        change=record.change,
        rounding_fen=record.rounding_fen,
        counted=tuple(record.counted),
        farmer_fen=record.farmer_fen,
        share_bp=record.share_bp,
        every=record.every,
        base_month=record.base_month,
        note=record.note,
    )


def _problems(choices: Choices) -> list[Problem]:
    if not EARLIEST_YEAR <= choices.year <= LATEST_YEAR:
        return [Problem("年度不对。", "year")]
    found: list[Problem] = []
    if choices.rounding_fen not in tuple(RoundingUnit):
        found.append(Problem("党费只能四舍五入到分、角或元。", "rounding_fen"))
    if not 0 <= choices.share_bp <= 10_000:
        found.append(Problem("上交比例在0和100%之间。", "share_bp"))
    farmer = rules_on(date(choices.year, 12, 31)).farmer
    if not farmer.lowest_fen <= choices.farmer_fen <= farmer.highest_fen:
        text = f"农民党员每月交纳{yuan(farmer.lowest_fen)}元至{yuan(farmer.highest_fen)}元（{farmer.source}）。"
        found.append(Problem(text, "farmer_fen"))
    return found
