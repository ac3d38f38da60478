"""A closed year keeps its ledger: decisions, reasons and accounts that reach into it are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.dues.cells import Account
from partyroom.features.dues.ledger import ReliefKind
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.dues.reliefs_service import (
    ReasonDraft,
    ReliefDraft,
    bin_reason,
    bin_relief,
    list_reasons,
    list_reliefs,
    save_account,
    save_reason,
    save_relief,
)
from partyroom.storage.recycle import list_bin
from partyroom.storage.years import ClosedYear

pytestmark = pytest.mark.usefixtures("fixed_today")
DECIDED = {"branch_on": date(2025, 3, 1), "superior_on": date(2025, 3, 5)}


@pytest.fixture
def member(open_year, owing, write):
    """Who was exempt from May 2025 on, and gave a reason for March, in a year that was closed since."""
    open_year(2025)
    open_year(2026)
    who = owing("张三")
    write(save_relief, ReliefDraft(who, ReliefKind.EXEMPT, date(2025, 5, 1), **DECIDED))
    write(save_reason, ReasonDraft(who, date(2025, 3, 1), date(2025, 3, 1), "住院"))
    closed = ClosedYear(year=2025, closed_at=datetime.fromisoformat("2026-01-10T09:00"), closed_by="钱二")
    write(lambda session: session.add(closed))
    return who


@pytest.fixture
def unchanged(library):
    """The ledger of the closed year, which is to stay as it is."""
    return lambda: library.read(lambda session: ledger_of(session, 2025))


def test_a_decision_of_a_closed_year_may_end_later_but_not_within_it(member, write, library, unchanged):
    before = unchanged()
    (row,) = library.read(list_reliefs)
    with pytest.raises(DomainError, match="2025年8月，而2025年已经归档关闭"):
        write(save_relief, replace(row.draft, until_month=date(2025, 7, 1)), row.id)
    with pytest.raises(DomainError, match="2025年已经归档关闭"):
        write(bin_relief, [row.id])
    with pytest.raises(DomainError, match="2025年已经归档关闭"):
        write(save_relief, ReliefDraft(member, ReliefKind.EXEMPT, date(2025, 1, 1), date(2025, 2, 1), **DECIDED))
    write(save_relief, replace(row.draft, until_month=date(2026, 3, 1)), row.id)
    assert library.read(list_reliefs)[0].until_month == date(2026, 3, 1)
    assert unchanged() == before


def test_reasons_of_a_closed_year_stay(member, write, library):
    (reason,) = library.read(list_reasons)
    with pytest.raises(DomainError, match="2025年已经归档关闭"):
        write(bin_reason, [reason.id])
    with pytest.raises(DomainError, match="2025年4月"):
        write(save_reason, ReasonDraft(member, date(2025, 3, 1), date(2025, 4, 1), "住院"), reason.id)
    assert library.read(list_reasons) == [reason]


def test_the_last_month_here_is_not_moved_into_a_closed_year(member, write, unchanged):
    before = unchanged()
    with pytest.raises(DomainError, match="2025年7月"):
        write(save_account, Account(member, stop_month=date(2025, 6, 1)))
    write(save_account, Account(member, stop_month=date(2026, 6, 1)))
    assert unchanged() == before


def test_the_recycle_bin_says_whose_decision_and_reason_it_holds(open_year, owing, write, library):
    open_year()
    who = owing("张三")
    relief = write(save_relief, ReliefDraft(who, ReliefKind.EXEMPT, date(2026, 5, 1), **DECIDED))
    reason = write(save_reason, ReasonDraft(who, date(2026, 3, 1), None, "住院"))
    write(bin_relief, [relief])
    write(bin_reason, [reason])
    titles = {line.title for line in library.read(list_bin)}
    assert titles == {"张三 免交 2026.05起", "张三 2026.03起 住院"}
