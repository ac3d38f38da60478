"""What keeps the months of a closed year as they were: decisions and accounts that reach into them from outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from partyroom.core.errors import DomainError
from partyroom.features.dues.ledger import first_of, month_label, months_of
from partyroom.storage.years import closed_years

Covers = Callable[[date], bool]


def refuse_closed_years(session: Session, before: Covers, after: Covers) -> None:
    """Refuse a change by which a month of a closed year would be covered that was not, or no longer.

    Raises:
        DomainError: there is such a month; the first is named.
    """
    for year in sorted(closed_years(session)):
        for month in months_of(year):
            if before(month) != after(month):
                text = f"这样会改动{month_label(month)}，而{year}年已经归档关闭。"
                raise DomainError(f"{text}确需更正的，请先在“档案”里说明原因、重新打开该年度。")


def covers(from_month: date | None, until_month: date | None) -> Covers:
    """Whether a month lies between two, the last of which may be open; nothing does without a first."""
    if from_month is None:
        return lambda _month: False
    first, last = first_of(from_month), first_of(until_month) if until_month else date.max
    return lambda month: first <= month <= last
