"""The ledger of a year and who has not paid for how long."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from partyroom.core.errors import DomainError
from partyroom.features.dues.arrears import ArrearsLevel
from partyroom.features.dues.cells import Account
from partyroom.features.dues.collect_service import close_month, collect_month, record_payment, reverse_receipt
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.ledger import CellState, ReliefKind
from partyroom.features.dues.ledger_service import arrears_of, ledger_of
from partyroom.features.dues.payments import CollectDraft, PaymentDraft
from partyroom.features.dues.reliefs_service import ReasonDraft, ReliefDraft, save_account, save_reason, save_relief
from partyroom.features.dues.service import open_month_sheet
from partyroom.features.members import service as members
from partyroom.features.members.domain import Standing
from partyroom.features.members.tables import Member

pytestmark = pytest.mark.usefixtures("fixed_today")


@pytest.fixture(autouse=True)
def _year(open_year) -> None:
    open_year()


@pytest.fixture
def ledger(library):
    return lambda year=2026, day=None: library.read(lambda session: ledger_of(session, year, day))


@pytest.fixture
def arrears(library):
    return lambda day=None: library.read(lambda session: arrears_of(session, day))


@pytest.fixture
def collect(write):
    """Collects months of 2026 from a member, each within itself."""

    def do(member: int, *months: int) -> None:
        for number in months:
            write(collect_month, CollectDraft(date(2026, number, 1), date(2026, number, 15), (member,)))

    return do


def test_df_15_c7_three_months_are_owed_by_the_end_of_may(owing, ledger) -> None:
    owing("新党员", 4000, 400_000, category="probationary", joined="2026-03-20", full_since=None)
    (line,) = ledger(day=date(2026, 6, 1))
    assert [cell.due_fen for cell in line.cells[:6]] == [0, 0, 4000, 4000, 4000, 4000]
    assert line.arrears_fen == 12_000
    assert line.remarks == "3月起交纳"


def test_df_32_dues_begin_after_the_month_paid_through_elsewhere(owing, write, ledger, arrears) -> None:
    member = owing(arrived="2026-05-10")
    assert [cell.due_fen for cell in ledger()[0].cells[2:6]] == [0, 0, 7650, 7650]
    write(save_account, Account(member, paid_through=date(2026, 3, 1)))
    assert [cell.due_fen for cell in ledger()[0].cells[2:6]] == [0, 7650, 7650, 7650]
    assert arrears(date(2026, 6, 1))[0].months == (date(2026, 4, 1), date(2026, 5, 1))


def test_df_16_who_left_owes_through_the_month_of_leaving(owing, ledger) -> None:
    owing(left="2026-05-10", standing="transferred")
    (line,) = ledger()
    assert [cell.state for cell in line.cells[3:7]] == [CellState.ARREARS] * 2 + [CellState.NONE] * 2
    assert line.remarks == "交至5月"


def test_lines_come_by_group_and_name_with_sums_of_the_year(owing, ledger, collect) -> None:
    last = owing("周某", group="第二党小组")
    owing("安某", group="第二党小组")
    owing("郑某", group="第一党小组")
    collect(last, 1, 2)
    lines = ledger()
    assert [line.name for line in lines] == ["安某", "周某", "郑某"]  # groups in the order in which they were made
    assert (lines[1].due_fen, lines[1].paid_fen, lines[1].arrears_fen) == (91_800, 15_300, 61_200)
    assert (lines[1].category, lines[1].base_fen) == (DuesCategory.EMPLOYED, 510_000)


def test_year_that_was_not_opened_has_no_ledger_and_no_arrears(owing, ledger, arrears) -> None:
    owing()
    assert ledger(2025) == []
    assert [line.months[0] for line in arrears()] == [date(2026, 1, 1)]


def test_ledger_of_an_earlier_day_knows_nothing_of_later_payments_and_reversals(owing, write, ledger) -> None:
    member = owing()
    receipt = write(record_payment, PaymentDraft(member, date(2026, 3, 12), 7650))
    write(reverse_receipt, receipt, "错", date(2026, 5, 4))
    states = [ledger(day=day)[0].cells[0].state for day in (date(2026, 3, 1), date(2026, 3, 12), date(2026, 5, 4))]
    assert states == [CellState.ARREARS, CellState.LATE, CellState.ARREARS]


def test_money_of_people_in_the_recycle_bin_is_still_found(owing, write, ledger, arrears, library) -> None:
    member = owing("李四")
    owing("王五")
    write(record_payment, PaymentDraft(member, date(2026, 3, 12), 7650))
    write(members.bin_members, [member])
    assert [(line.name, line.paid_fen) for line in ledger()] == [("王五", 0), ("李四", 7650)]
    assert ledger()[1].due_fen == 7650  # nothing more is asked of who is in the bin
    assert [line.name for line in arrears()] == ["王五"]
    with pytest.raises(DomainError, match="回收站"):
        write(record_payment, PaymentDraft(member, date(2026, 3, 12), 7650))
    sheet = library.read(lambda s: open_month_sheet(s, date(2026, 1, 1)))
    assert [one.name for one in sheet] == ["王五"]


def test_changes_within_the_year_stand_in_the_remarks(owing, assessed, write, ledger) -> None:
    member = owing()
    assessed(member, 10_000, 666_700, date(2026, 9, 1))
    draft = ReliefDraft(
        member,
        ReliefKind.EXEMPT,
        date(2026, 2, 1),
        date(2026, 4, 1),
        0,
        "患病",
        None,
        date(2026, 1, 5),
        date(2026, 1, 9),
    )
    write(save_relief, draft)
    (line,) = ledger()
    assert line.remarks == "9月起每月100.00元；2—4月免交"
    assert [cell.state for cell in line.cells[:5]] == [
        CellState.ARREARS,
        CellState.EXEMPT,
        CellState.EXEMPT,
        CellState.EXEMPT,
        CellState.ARREARS,
    ]
    assert "患病" not in repr(line)


def test_closed_month_is_not_changed_by_a_later_relief(owing, write, ledger) -> None:
    member = owing()
    write(close_month, date(2026, 1, 1))
    write(
        save_relief,
        ReliefDraft(member, ReliefKind.EXEMPT, date(2026, 1, 1), None, 0, "", None, date(2026, 1, 5), date(2026, 1, 9)),
    )
    assert [cell.due_fen for cell in ledger()[0].cells[:2]] == [7650, 0]


def test_df_22_c13_five_months_remind_and_propose_nothing(owing, collect, arrears, library) -> None:
    member = owing()
    (line,) = arrears(date(2026, 6, 1))
    assert (line.run, line.level, line.owed_fen) == (5, ArrearsLevel.REMINDER, 7650 * 5)
    assert "提醒" in line.text
    assert "核实" not in line.text
    assert library.read(lambda s: s.get_one(Member, member).standing) is Standing.ACTIVE


def test_df_22_c14_six_months_warn_and_change_no_status(owing, arrears, library) -> None:
    member = owing()
    before = library.read(lambda s: members.get_member(s, member))
    assert arrears(date(2026, 6, 30))[0].level is ArrearsLevel.REMINDER  # June has not ended yet
    (line,) = arrears(date(2026, 7, 1))
    assert (line.run, line.level) == (6, ArrearsLevel.WARNING)
    assert "已连续6个月未交，请支部核实" in line.text
    assert "第十三条" in line.text
    assert "脱党" not in line.text
    assert library.read(lambda s: members.get_member(s, member)) == before


def test_df_22_c15_a_month_paid_in_between_breaks_the_row(owing, write, arrears) -> None:
    member = owing()
    write(collect_month, CollectDraft(date(2026, 4, 1), date(2026, 4, 15), (member,)))
    (line,) = arrears(date(2026, 8, 1))
    assert (line.run, line.level, len(line.months)) == (3, ArrearsLevel.HINT, 6)


def test_df_22_c16_an_accepted_reason_silences_the_warning_and_all_can_be_paid(owing, write, arrears) -> None:
    member = owing()
    reason = ReasonDraft(member, date(2026, 1, 1), None, "援外医疗，无法联系")
    number = write(save_reason, reason)
    (line,) = arrears(date(2026, 7, 1))
    assert line.level is ArrearsLevel.WARNING
    assert line.text.endswith("已登记原因，尚待支部研究。")
    accepted = ReasonDraft(member, date(2026, 1, 1), None, "援外医疗，无法联系", date(2026, 6, 20), "支委会")
    write(save_reason, accepted, number)
    (line,) = arrears(date(2026, 7, 1))
    assert (line.run, line.level, line.owed_fen) == (0, None, 7650 * 6)
    assert line.reasons[0].accepted_by == "支委会"
    write(record_payment, PaymentDraft(member, date(2026, 7, 1), 7650 * 6))
    assert arrears(date(2026, 7, 1)) == []


def test_df_22_partial_months_and_exempt_months_count_as_they_are(owing, write, arrears, collect) -> None:
    member = owing()
    write(record_payment, PaymentDraft(member, date(2026, 1, 12), 7000))
    assert arrears(date(2026, 4, 1))[0].run == 3
    assert arrears(date(2026, 4, 1))[0].owed_fen == 650 + 15_300
    draft = ReliefDraft(
        member, ReliefKind.EXEMPT, date(2026, 2, 1), date(2026, 2, 1), 0, "", None, date(2026, 1, 5), date(2026, 1, 9)
    )
    write(save_relief, draft)
    assert arrears(date(2026, 4, 1))[0].run == 1


def test_df_22_a_row_runs_over_the_turn_of_the_year(owing, assessed, open_year, arrears, write, collect) -> None:
    open_year(2025)
    member = owing()
    assessed(member, 5000, 500_000, date(2025, 1, 1))
    for number in range(1, 10):
        draft = CollectDraft(date(2025, number, 1), date(2025, number, 15), (member,))
        write(collect_month, draft)
    (line,) = arrears(date(2026, 4, 1))
    assert (line.run, line.months[0], line.level) == (6, date(2025, 10, 1), ArrearsLevel.WARNING)
    assert line.text.startswith("2025年10月—2026年3月未交清")


def test_ledger_reads_each_table_once(owing, library) -> None:
    from sqlalchemy import event

    for name in ("赵某", "钱某", "孙某"):
        owing(name)
    asked: list[str] = []

    def count(session) -> list[object]:
        note = lambda conn, cursor, statement, *rest: asked.append(statement)  # noqa: E731
        event.listen(session.get_bind(), "before_cursor_execute", note)
        session.scalars(select(Member.id)).all()
        try:
            return ledger_of(session, 2026)
        finally:
            event.remove(session.get_bind(), "before_cursor_execute", note)

    assert len(library.read(count)) == 3
    assert len(asked) <= 9
