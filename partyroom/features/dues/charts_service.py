"""Use case of the charts of a year of dues."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.features.dues.charts import YearCharts, year_charts
from partyroom.features.dues.ledger import first_of
from partyroom.features.dues.ledger_service import arrears_of, ledger_of, month_dues


def charts_of(session: Session, year: int, day: date | None = None) -> YearCharts:
    """The charts of a year as of `day` (today); standards are those of its month, of December for years that are over.

    A year still to come is told by its January.
    """
    day = day or today()
    month = min(max(first_of(day), date(year, 1, 1)), date(year, 12, 1))
    lines = ledger_of(session, year, day)
    levels = {line.member_id: line.level for line in arrears_of(session, day)}
    dues = [one.due for one in month_dues(session, month, day)]
    return year_charts(year, lines, levels, dues, month, day)
