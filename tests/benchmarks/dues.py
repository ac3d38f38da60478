"""Dues of 60 members: the ledger of a year, a month collected with its commit, the arrears; ratios to bare SQL.

python tests/benchmarks/dues.py [--members 60] [--runs 9]
"""

from __future__ import annotations

import argparse
import random
import tempfile
from datetime import date, datetime
from pathlib import Path

from measuring import heading, median_of, own_peak, say, timed
from sqlalchemy import text
from sqlalchemy.orm import Session

from partyroom import schema
from partyroom.core import calendar
from partyroom.core.calendar import RecordedDate
from partyroom.features.dues.collect_service import close_month, collect_month
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.ledger import Choices
from partyroom.features.dues.ledger_service import arrears_of, ledger_of
from partyroom.features.dues.payments import CollectDraft
from partyroom.features.dues.service import member_dues, open_month_sheet
from partyroom.features.dues.tables import AssessmentRecord
from partyroom.features.dues.years_service import save_choices
from partyroom.features.members.domain import Category, MemberDraft
from partyroom.features.members.service import admit_member
from partyroom.storage.library import Library

LEDGER_LIMIT_S = 0.100
COLLECT_LIMIT_S = 1.000
MOMENT = datetime(2026, 12, 31, 10, 0)  # noqa: DTZ001  (a branch lives in one time zone)


def main() -> None:
    """Make the library, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=60)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    assert schema.TABLES
    heading(f"A year of dues of {options.members} members")
    with (
        calendar.stopped_at(MOMENT),
        tempfile.TemporaryDirectory(prefix="partyroom-benchmark-") as scratch,
        Library.create(Path(scratch) / "library") as library,
    ):
        members = library.write("benchmark", lambda session: _fill(session, options.members)).result
        measure(library, members, options.runs)
    say(f"  peak {own_peak():.0f} MB")


def measure(library: Library, members: tuple[int, ...], runs: int) -> None:
    """Print how long a month takes to collect and the year to read, beside reading and writing the bare rows."""
    taken = [timed(lambda month=month: _collect(library, members, month))[0] for month in range(1, 13)]
    bare_write = median_of(runs, lambda: library.write("bare", lambda session: _bare_write(session, len(members))))
    _line("collect a month, with its commit", max(taken), bare_write, COLLECT_LIMIT_S)
    library.write("close", lambda session: close_month(session, date(2026, 1, 1)))
    bare_read = median_of(runs, lambda: library.read(_bare_read))
    ledger = median_of(runs, lambda: library.read(lambda session: ledger_of(session, 2026)))
    _line("ledger of the year", ledger, bare_read, LEDGER_LIMIT_S)
    for title, work in (
        ("arrears of the year", arrears_of),
        ("sheet of a month", lambda session: open_month_sheet(session, date(2026, 5, 1))),
        ("a member's years", lambda session: member_dues(session, members[0])),
    ):
        seconds = median_of(runs, lambda work=work: library.read(work))
        _line(title, seconds, bare_read, LEDGER_LIMIT_S)


def _line(title: str, seconds: float, bare: float, limit: float) -> None:
    kept = "yes" if seconds < limit else "NO"
    say(f"  {title:<34}{seconds * 1000:>8.1f} ms {seconds / bare:>6.1f}× bare rows; under {limit * 1000:.0f}: {kept}")


def _fill(session: Session, count: int) -> tuple[int, ...]:
    dice = random.Random(4)
    save_choices(session, Choices(2026))
    ids = []
    for number in range(count):
        name = "".join(dice.choices("赵钱孙李周吴郑王冯陈", k=1) + dice.choices("文武军红英建国华", k=2))
        draft = MemberDraft(
            name, category=Category.FULL, joined=RecordedDate("2001-07-01"), group=f"第{'一二三四五'[number % 5]}党小组"
        )
        ids.append(int(admit_member(session, draft)))
        due = dice.randrange(2_000, 20_000)
        session.add(
            AssessmentRecord(
                member_id=ids[-1],
                from_month=date(2026, 1, 1),
                category=DuesCategory.EMPLOYED,
                base_fen=due * 100,
                rate_bp=100,
                before_cap_fen=due,
                due_fen=due,
                rounding_fen=1,
                rule_version="2017",
                assessed_on=date(2026, 1, 5),
            )
        )
    session.flush()
    return tuple(ids)


def _collect(library: Library, members: tuple[int, ...], month: int) -> None:
    draft = CollectDraft(date(2026, month, 1), date(2026, month, 15), members)
    made = library.write("收党费", lambda session: collect_month(session, draft)).result
    assert len(made) == len(members)


def _bare_read(session: Session) -> None:
    for table in ("members", "dues_assessments", "dues_receipts", "dues_allocations", "dues_closed_lines"):
        session.execute(text(f"SELECT * FROM {table}")).all()


def _bare_write(session: Session, count: int) -> None:
    row = text("INSERT INTO dues_accounts (member_id, note) SELECT id, '' FROM members WHERE id = :id")
    session.execute(text("DELETE FROM dues_accounts"))
    session.execute(row, [{"id": number} for number in range(1, count + 1)])


if __name__ == "__main__":
    main()
