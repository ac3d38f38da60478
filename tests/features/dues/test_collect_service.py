"""Collecting dues: payments by rule, a month from everybody, reversals, closed months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.dues.collect_service import (
    begin_with,
    close_month,
    closing_problems,
    collect_month,
    list_closings,
    preview_payment,
    record_payment,
    reverse_receipt,
)
from partyroom.features.dues.ledger import CellState, PayerKind, Purpose, Share
from partyroom.features.dues.ledger_service import arrears_of, ledger_of, month_dues
from partyroom.features.dues.payments import AllocationDraft, CollectDraft, PaymentDraft, PaymentPlan, refuse_payer
from partyroom.features.dues.receipts_service import ReceiptQuery, get_receipt, list_receipt_ids, list_receipt_rows
from partyroom.features.dues.service import member_dues, open_month_sheet
from partyroom.features.members import service as members

pytestmark = pytest.mark.usefixtures("fixed_today")
TODAY = date(2026, 11, 22)
JANUARY, FEBRUARY, MARCH = (date(2026, number, 1) for number in (1, 2, 3))


@pytest.fixture(autouse=True)
def _year(open_year) -> None:
    open_year()


@pytest.fixture
def plan(library) -> Callable[[PaymentDraft], PaymentPlan]:
    return lambda draft: library.read(lambda session: preview_payment(session, draft))


@pytest.fixture
def parts(library) -> Callable[[int], list[tuple[int, str, int]]]:
    def read(receipt_id: int) -> list[tuple[int, str, int]]:
        detail = library.read(lambda session: get_receipt(session, receipt_id))
        return [(one.month.month, one.share.value, one.amount_fen) for one in detail.allocations]

    return read


@pytest.fixture
def line(library):
    return lambda year=2026: library.read(lambda session: ledger_of(session, year))[0]


def paid(member: int, amount: int, day: date = date(2026, 3, 12), **more: object) -> PaymentDraft:
    return PaymentDraft(member, day, amount, **more)


def due(month: date, amount: int = 7650) -> AllocationDraft:
    return AllocationDraft(month, Share.DUE, amount)


def test_payment_goes_to_the_oldest_unpaid_month_first(write, owing, parts) -> None:
    member = owing()
    write(record_payment, paid(member, 7650, date(2026, 1, 12)))
    receipt = write(record_payment, paid(member, 10_000))
    assert parts(receipt) == [(2, "due", 7650), (3, "due", 2350)]


def test_c20_more_than_due_is_voluntary_unless_paid_ahead(write, owing, parts, plan) -> None:
    member = owing()
    write(collect_month, CollectDraft(JANUARY, date(2026, 1, 12), (member,)))
    draft = paid(member, 10_000, date(2026, 2, 12), consent_note="支部同意")
    assert "23.50元按自愿多交" in plan(draft).warnings[0]
    assert parts(write(record_payment, draft)) == [(2, "due", 7650), (2, "voluntary", 2350)]
    ahead = paid(member, 10_000, ahead=True)
    assert parts(write(record_payment, ahead)) == [(3, "due", 7650), (4, "due", 2350)]


def test_df_19_a_member_may_give_more_without_limit_below_the_large_sum(write, owing, line) -> None:
    member = owing()
    write(record_payment, paid(member, 7650 * 3 + 99_999))
    assert (line().paid_fen, line().extra_fen, line().large_fen) == (22950, 99_999, 0)


def test_df_20_c18_999_99_is_an_ordinary_voluntary_sum(owing, plan) -> None:
    member = owing(joined="2026-05-01")
    drafted = plan(paid(member, 99_999))
    assert (drafted.purpose, drafted.total(Share.VOLUNTARY), drafted.problems) == (Purpose.ORDINARY, 99_999, ())


def test_df_20_c19_1000_00_is_a_large_sum_booked_apart(write, owing, parts, line, library) -> None:
    member = owing(joined="2026-05-01")
    receipt = write(record_payment, paid(member, 100_000))
    assert parts(receipt) == [(3, "large", 100_000)]
    assert library.read(lambda s: get_receipt(s, receipt)).row.purpose is Purpose.LARGE
    assert (line().paid_fen, line().extra_fen, line().large_fen) == (0, 0, 100_000)


def test_df_20_a_large_sum_within_ordinary_dues_must_be_parted(write, owing, plan) -> None:
    draft = paid(owing(), 7650 * 3 + 100_000)
    assert [problem.field for problem in plan(draft).problems] == ["amount_fen"]
    with pytest.raises(DomainError, match="大额党费"):
        write(record_payment, draft)


def test_df_20_less_than_the_amount_is_no_large_sum(write, owing) -> None:
    with pytest.raises(DomainError, match=r"不足1000\.00元"):
        write(record_payment, paid(owing(), 99_999, purpose=Purpose.LARGE))


def test_df_21_c8_a_quarter_is_paid_by_one_receipt_with_consent(write, owing, parts, plan) -> None:
    member = owing(due_fen=4000, base_fen=400_000)
    draft = paid(member, 12_000, date(2026, 1, 15), ahead=True)
    assert "第十二条" in plan(draft).warnings[0]
    agreed = paid(member, 12_000, date(2026, 1, 15), ahead=True, consent_note="2026年1月支委会")
    assert plan(agreed).warnings == ()
    assert parts(write(record_payment, agreed)) == [(1, "due", 4000), (2, "due", 4000), (3, "due", 4000)]


def test_df_21_c17_paying_seven_months_late_needs_a_note(write, owing, plan) -> None:
    member = owing()
    months = tuple(due(date(2026, number, 1)) for number in range(1, 8))
    draft = paid(member, 7650 * 7, date(2026, 8, 3), allocations=months)
    assert "补交一般不超过6个月" in plan(draft).warnings[0]
    with pytest.raises(DomainError, match="请在备注里写明原因"):
        write(record_payment, draft)
    assert write(record_payment, paid(member, 7650 * 7, date(2026, 8, 3), allocations=months, note="长期住院")) == 1


def test_df_21_six_months_late_are_allowed_without_a_word(owing, plan) -> None:
    months = tuple(due(date(2026, number, 1)) for number in range(1, 7))
    drafted = plan(paid(owing(), 7650 * 6, date(2026, 7, 3), allocations=months))
    assert (drafted.warnings, drafted.problems) == ((), ())


@pytest.mark.parametrize(
    "text", ["单位代扣", "学校财务代扣", "支部垫交", "党组织垫付", "从工资中扣缴", "学校", "工会代交"]
)
def test_df_23_c23_payers_that_the_rules_forbid_are_refused_with_the_article(text: str, write, owing) -> None:
    with pytest.raises(DomainError, match="第十四条"):
        refuse_payer(text)
    with pytest.raises(DomainError, match="第十四条"):
        write(record_payment, paid(owing(), 7650, payer=PayerKind.MEMBER, payer_name=text))


@pytest.mark.parametrize("text", ["", "李四", "王小红（女儿）", "本人", "亲属代交", "微信"])
def test_df_23_people_may_bring_the_money(text: str) -> None:
    refuse_payer(text)


def test_df_21_who_brings_the_money_for_another_should_be_named(owing, plan) -> None:
    drafted = plan(paid(owing(), 7650, payer=PayerKind.RELATIVE))
    assert "第十二条" in drafted.warnings[0]
    assert drafted.problems == ()


def test_df_15_a_month_before_the_first_is_voluntary_and_warned(owing, plan) -> None:
    member = owing(category="probationary", joined="2026-03-20", full_since=None)
    drafted = plan(paid(member, 7650, allocations=(due(FEBRUARY),)))
    assert drafted.allocations == (AllocationDraft(FEBRUARY, Share.VOLUNTARY, 7650),)
    assert "2026年3月" in drafted.warnings[0]
    assert "第八条" in drafted.warnings[0]


def test_a_month_after_leaving_is_voluntary_and_warned(owing, plan) -> None:
    member = owing(left="2026-03-10", standing="transferred")
    drafted = plan(paid(member, 7650, date(2026, 5, 2), allocations=(due(date(2026, 4, 1)),)))
    assert [one.share for one in drafted.allocations] == [Share.VOLUNTARY]
    assert "离开支部以后" in drafted.warnings[0]


def test_month_not_assessed_yet_takes_money_with_a_warning(library, person, write, plan, line) -> None:
    member = int(library.write("新", lambda s: members.admit_member(s, person("王五"))).result)
    draft = paid(member, 5000, allocations=(due(JANUARY, 5000),))
    assert "还没有核定" in plan(draft).warnings[0]
    write(record_payment, draft)
    cell = line().cells[0]
    assert (cell.state, cell.paid_fen) == (CellState.UNKNOWN, 5000)


def test_money_without_a_month_to_go_to_says_so(library, person, write, owing, plan) -> None:
    nothing_open = plan(paid(owing(joined="2026-05-01"), 5000))
    assert "没有待交的党费，50.00元全部按自愿多交登记（第十一条）" in nothing_open.warnings[0]
    member = int(library.write("新", lambda s: members.admit_member(s, person("王五"))).result)
    assert plan(paid(member, 5000)).warnings[0].startswith("2026年1—3月的党费还没有核定")
    ahead = plan(paid(owing("钱七"), 7650 * 12 + 300, ahead=True, consent_note="支部同意"))
    assert "余下的3.00元按自愿多交" in ahead.warnings[0]
    assert "超过一个季度" in ahead.warnings[1]


def test_df_15_applicants_pay_no_dues(library, person, write) -> None:
    applicant = person("赵六", category="applicant", joined=None, full_since=None)
    member = int(library.write("新", lambda s: members.admit_member(s, applicant)).result)
    with pytest.raises(DomainError, match="入党申请人，不交纳党费"):
        write(record_payment, paid(member, 7650))
    with pytest.raises(DomainError, match="入党申请人，不交纳党费"):
        write(collect_month, CollectDraft(JANUARY, date(2026, 1, 12), (member,)))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"received_on": date(2026, 11, 23)}, "不能晚于今天"),
        ({"amount_fen": 0}, "大于零"),
        ({"amount_fen": 100, "allocations": (due(JANUARY, 99),)}, "不一致"),
        ({"allocations": (due(date(2027, 1, 1)),)}, "2027年度还没有开立"),
        ({"received_on": date(2027, 1, 2)}, "不能晚于今天"),
        ({"member_id": 99}, "花名册"),
    ],
)
def test_contradictions_are_refused_and_nothing_is_stored(change: dict[str, object], text: str, write, owing, line):
    values: dict[str, object] = {"member_id": owing(), "received_on": date(2026, 3, 12), "amount_fen": 7650}
    with pytest.raises(DomainError, match=text):
        write(record_payment, PaymentDraft(**(values | change)))
    assert line().paid_fen == 0


def test_month_is_collected_from_everybody_by_one_action(library, write, owing) -> None:
    first, second, third = owing("甲某"), owing("乙某", 4900, 490_000), owing("丙某")
    write(record_payment, paid(first, 2650, date(2026, 1, 5)))
    write(record_payment, paid(third, 7650, date(2026, 1, 5)))
    sheet = library.read(lambda s: open_month_sheet(s, JANUARY))
    assert {(one.member_id, one.due_fen, one.open_fen) for one in sheet} == {
        (first, 7650, 5000),
        (second, 4900, 4900),
        (third, 7650, 0),
    }
    made = write(collect_month, CollectDraft(JANUARY, date(2026, 1, 20), (first, second, third), collector="王会计"))
    rows = [library.read(lambda s, one=one: get_receipt(s, one)).row for one in made]
    assert [(row.member_id, row.amount_fen, row.number_text) for row in rows] == [
        (first, 5000, "2026-0003"),
        (second, 4900, "2026-0004"),
    ]
    again = write(collect_month, CollectDraft(JANUARY, date(2026, 1, 20), (first, second, third)))
    assert again == []
    assert len(library.read(lambda s: open_month_sheet(s, JANUARY, [first]))) == 1


def test_receipts_are_logged_so_that_the_change_log_knows_them(write, owing, labels, library) -> None:
    member = owing()
    write(collect_month, CollectDraft(JANUARY, date(2026, 1, 20), (member,)))
    changed = library.write(
        "收二月", lambda s: collect_month(s, CollectDraft(FEBRUARY, date(2026, 2, 20), (member,)))
    ).changes
    assert changed == {"dues_receipts", "dues_allocations"}
    assert labels()[0] == "收二月"


def test_reversal_restores_the_ledger_and_names_the_old_receipt(write, owing, line, library) -> None:
    member = owing()
    write(record_payment, paid(member, 7650, date(2026, 1, 12)))
    before = line()
    receipt = write(record_payment, paid(member, 20_000))
    assert line() != before
    reversal = write(reverse_receipt, receipt, "金额写错")
    assert line() == before
    row = library.read(lambda s: get_receipt(s, reversal)).row
    assert (row.amount_fen, row.state_text, row.received_on) == (-20_000, "冲正2026-0002", TODAY)
    assert library.read(lambda s: get_receipt(s, receipt)).row.state_text == "已被2026-0003冲正"


def test_reversal_is_not_reversed_nor_a_receipt_twice(write, owing) -> None:
    receipt = write(record_payment, paid(owing(), 7650))
    reversal = write(reverse_receipt, receipt, "金额写错")
    with pytest.raises(DomainError, match="已经冲正过"):
        write(reverse_receipt, receipt, "再来")
    with pytest.raises(DomainError, match="不能再冲正"):
        write(reverse_receipt, reversal, "再来")


def test_reversal_needs_a_reason_and_a_possible_day(write, owing) -> None:
    receipt = write(record_payment, paid(owing(), 7650))
    with pytest.raises(DomainError, match="原因"):
        write(reverse_receipt, receipt, " ")
    with pytest.raises(DomainError, match="早于"):
        write(reverse_receipt, receipt, "错", date(2026, 3, 11))
    with pytest.raises(DomainError, match="不能晚于今天"):
        write(reverse_receipt, receipt, "错", date(2026, 11, 23))


def test_closed_month_keeps_what_it_asked_and_takes_no_entry(write, owing, assessed, library, line) -> None:
    member = owing()
    receipt = write(record_payment, paid(member, 5000, date(2026, 1, 12)))
    write(close_month, JANUARY, "王会计")
    library.write("改", lambda s: _double(s))
    cells = line().cells
    assert [(cell.due_fen, cell.closed) for cell in cells[:2]] == [(7650, True), (15_300, False)]
    for work in (
        lambda: write(record_payment, paid(member, 100, date(2026, 1, 31))),
        lambda: write(reverse_receipt, receipt, "错", date(2026, 1, 31)),
        lambda: write(collect_month, CollectDraft(JANUARY, date(2026, 1, 31), (member,))),
    ):
        with pytest.raises(DomainError, match="已经结账"):
            work()


def _double(session) -> None:
    from partyroom.features.dues.tables import AssessmentRecord

    for record in session.query(AssessmentRecord):
        record.due_fen *= 2


def test_money_for_a_closed_month_comes_later_as_late(write, owing, line) -> None:
    member = owing()
    write(close_month, JANUARY)
    write(collect_month, CollectDraft(JANUARY, date(2026, 2, 3), (member,)))
    cell = line().cells[0]
    assert (cell.state, cell.paid_fen, cell.closed) == (CellState.LATE, 7650, True)


def test_receipt_of_a_closed_month_is_reversed_in_an_open_one(write, owing, line) -> None:
    receipt = write(record_payment, paid(owing(), 7650, date(2026, 1, 12)))
    write(close_month, JANUARY)
    write(reverse_receipt, receipt, "重复登记")
    assert line().cells[0].state is CellState.ARREARS


def test_month_is_closed_once_and_not_before_it_begins(write, owing, library) -> None:
    write(record_payment, paid(owing(), 7650, date(2026, 1, 12)))
    write(close_month, JANUARY, "王会计", "按时")
    assert [(one.month, one.received_fen, one.closed_by) for one in library.read(lambda s: list_closings(s, 2026))] == [
        (JANUARY, 7650, "王会计")
    ]
    for month, text in ((JANUARY, "已经结账"), (date(2026, 12, 1), "还没有开始"), (date(2025, 3, 1), "没有开立")):
        with pytest.raises(DomainError, match=text):
            write(close_month, month)


def test_branch_that_begins_in_autumn_is_not_told_of_months_paid_on_paper(write, owing, library, line) -> None:
    member = owing()
    assert library.read(arrears_of)[0].run == 10
    assert write(begin_with, date(2026, 11, 5), "王会计") == 10
    assert library.read(arrears_of) == []
    assert [cell.due_fen for cell in line().cells] == [0] * 10 + [7650] * 2
    write(collect_month, CollectDraft(date(2026, 11, 1), date(2026, 11, 20), (member,)))
    assert line().cells[10].state is CellState.PAID
    with pytest.raises(DomainError, match="2026年11月已经登记过党费"):
        write(begin_with, date(2026, 12, 1))
    with pytest.raises(DomainError, match="没有开立"):
        write(begin_with, date(2025, 12, 1))


def test_before_closing_it_says_who_is_missing(library, write, owing, person) -> None:
    owing("钱某")
    write(members.admit_member, person("孙某"))
    found = library.read(lambda s: closing_problems(s, FEBRUARY))
    assert [text[:9] for text in found] == ["2026年1月还没", "孙某还没有核定基数", "钱某（76.50元"]
    assert "还没有结束" in library.read(lambda s: closing_problems(s, date(2026, 11, 1)))[0]


def test_month_dues_and_a_members_years(library, write, owing, open_year) -> None:
    member = owing()
    open_year(2027)
    write(record_payment, paid(member, 5000, date(2026, 1, 12)))
    (one,) = library.read(lambda s: month_dues(s, JANUARY))
    assert (one.member_id, one.due.due_fen, one.paid_fen) == (member, 7650, 5000)
    years = library.read(lambda s: member_dues(s, member))
    assert [(year.year, len(year.receipts), year.line.paid_fen) for year in years] == [(2027, 0, 0), (2026, 1, 5000)]
    assert years[0].line.cells[0].kind.value == "due"


def test_df_27_a_month_collected_on_one_day_bears_that_day_and_occasion(library, write, owing) -> None:
    both = (owing("张三"), owing("李四"))
    day = date(2026, 11, 20)
    write(collect_month, CollectDraft(date(2026, 11, 1), day, both, occasion="支部主题党日"))
    rows = library.read(lambda s: list_receipt_rows(s, list_receipt_ids(s, ReceiptQuery())))
    assert [(row.received_on, row.occasion) for row in rows] == [(day, "支部主题党日")] * 2


def test_df_31_every_sum_has_a_receipt_of_its_own_with_a_number_without_gaps(library, write, owing) -> None:
    both = (owing("张三"), owing("李四"))
    write(collect_month, CollectDraft(date(2026, 1, 1), TODAY, both))
    write(reverse_receipt, library.read(lambda s: list_receipt_ids(s, ReceiptQuery()))[0], "登错")
    write(collect_month, CollectDraft(date(2026, 2, 1), TODAY, both))
    rows = library.read(lambda s: list_receipt_rows(s, list_receipt_ids(s, ReceiptQuery(descending=False))))
    assert [row.number_text for row in rows] == [f"2026-{number:04d}" for number in range(1, 6)]
    assert {row.name for row in rows} == {"张三", "李四"}
