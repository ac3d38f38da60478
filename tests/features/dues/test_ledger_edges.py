"""What the ledger says at its edges: begun within a year, nobody on the roster, somebody moved to the bin."""

from __future__ import annotations

from datetime import date

import pytest

from partyroom.features.dues.choices_dialog import ChoicesDialog
from partyroom.features.dues.collect_service import begin_with
from partyroom.features.dues.ledger import Choices
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.members.service import bin_members


@pytest.fixture(autouse=True)
def _quiet(qtlog):
    """The offscreen platform says at each window what it cannot do."""
    with qtlog.disabled():
        yield


def test_a_year_begun_in_its_middle_shows_its_lock_before_anybody_is_on_the_roster(desk, library, open_year, page):
    open_year()
    library.write("从9月记起", lambda s: begin_with(s, date(2026, 9, 1)))
    page.ledger.reload()
    assert desk.tasks.wait_idle(20_000)
    assert page.ledger.grid.model.closed == {date(2026, month, 1) for month in range(1, 9)}


def test_a_year_is_opened_from_a_month_not_from_a_day(desk, qtbot):
    dialog = ChoicesDialog(desk, Choices(2026), opening=True)
    qtbot.addWidget(dialog)
    assert dialog.grid.cells["begin"].editor.line.placeholderText() == "如 2026.9"


def test_who_was_moved_to_the_bin_after_paying_is_told_so_in_the_ledger(library, open_year, payer, receive):
    open_year()
    receive(date(2026, 1, 5), 5000)
    assert "回收站" not in library.read(lambda s: ledger_of(s, 2026))[0].remarks
    library.write("移入回收站", lambda s: bin_members(s, [payer]))
    assert "已移入回收站" in library.read(lambda s: ledger_of(s, 2026))[0].remarks
