from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.features.dues.funds import (
    Balance,
    GroupTotal,
    Period,
    Proposal,
    mask_groups,
    next_proposal,
    periods_of,
    share_of,
    share_text,
)
from partyroom.features.dues.ledger import Every, MovementKind, Use
from partyroom.features.dues.movements import (
    DaySum,
    MovementDraft,
    Purse,
    movement_problems,
    movement_warnings,
)

TODAY = date(2026, 11, 22)
Q3 = Period(date(2026, 7, 1), date(2026, 9, 1))


def purse(*days: DaySum, share_bp: int = 10_000, **more) -> Purse:
    return Purse(TODAY, days, shares={2026: (share_bp, Every.QUARTER)}, **more)


def problems(draft: MovementDraft, books: Purse) -> list[str]:
    return [one.message for one in movement_problems(draft, books.standing(draft.on_day, draft.period))]


def warnings(draft: MovementDraft, books: Purse) -> list[str]:
    return movement_warnings(draft, books.standing(draft.on_day, draft.period))


@pytest.mark.parametrize(
    ("period", "label", "end"),
    [
        (Q3, "2026年第3季度", date(2026, 9, 30)),
        (Period(date(2026, 2, 1), date(2026, 2, 1)), "2026年2月", date(2026, 2, 28)),
        (Period(date(2026, 1, 1), date(2026, 5, 1)), "2026年1月至5月", date(2026, 5, 31)),
        (Period(date(2026, 2, 1), date(2026, 4, 1)), "2026年2月至4月", date(2026, 4, 30)),
        (Period(date(2025, 12, 1), date(2026, 1, 1)), "2025年12月至2026年1月", date(2026, 1, 31)),
    ],
)
def test_period_is_named_as_offices_name_it(period, label, end) -> None:
    assert (period.label, period.end) == (label, end)


def test_year_is_handed_up_by_quarters_or_months() -> None:
    assert [one.label for one in periods_of(2026, Every.QUARTER)] == [f"2026年第{n}季度" for n in (1, 2, 3, 4)]
    assert [one.first.month for one in periods_of(2026, Every.MONTH)] == list(range(1, 13))


@pytest.mark.parametrize(
    ("received", "share_bp", "handed_up"),
    [(100_01, 5000, 50_01), (100_03, 5000, 50_02), (1, 4999, 0), (1, 5000, 1), (33_33, 3333, 11_11), (0, 10_000, 0)],
)
def test_df_24_share_is_rounded_half_up_to_the_fen(received, share_bp, handed_up) -> None:
    assert share_of(received, share_bp) == handed_up


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_df_24_share_and_rest_make_the_whole(received, share_bp) -> None:
    proposal = Proposal(Q3, received, share_bp, 0)
    assert proposal.amount_fen + proposal.kept_fen == received
    assert 0 <= proposal.kept_fen <= received


def test_share_is_told_in_per_cent() -> None:
    assert [share_text(bp) for bp in (10_000, 4000, 3333, 50)] == ["100%", "40%", "33.33%", "0.5%"]


def test_df_24_proposal_takes_what_was_received_in_the_period_less_what_was_handed_up() -> None:
    days = (DaySum(date(2026, 6, 30), 1000), DaySum(date(2026, 7, 1), 700), DaySum(date(2026, 9, 30), 300))
    assert purse(*days, share_bp=4000).proposal(Q3) == Proposal(Q3, 1000, 4000, 0)
    part = (Period(date(2026, 7, 1), date(2026, 7, 1)), 280)
    found = purse(*days, share_bp=4000, handed=(part,)).proposal(Q3)
    assert found is not None
    assert (found.handed_fen, found.amount_fen) == (280, 120)


def test_df_24_receipt_taken_back_later_lowers_the_later_period() -> None:
    days = (DaySum(date(2026, 7, 5), 1000), DaySum(date(2026, 10, 8), -400), DaySum(date(2026, 10, 9), 900))
    found = {one.period.label: one.amount_fen for one in purse(*days).proposals(2026)}
    assert found == {"2026年第1季度": 0, "2026年第2季度": 0, "2026年第3季度": 1000, "2026年第4季度": 500}


def test_df_24_what_was_handed_up_too_much_is_taken_off_the_next_periods() -> None:
    first = Period(date(2026, 1, 1), date(2026, 3, 1))
    days = (DaySum(date(2026, 1, 5), 1000, -1000), DaySum(date(2026, 4, 8), -400), DaySum(date(2026, 7, 9), 900))
    found = purse(*days, handed=((first, 1000),)).proposals(2026)
    assert [(one.over_fen, one.amount_fen) for one in found] == [(0, 0), (0, 0), (400, 500), (0, 0)]
    assert purse(*days, handed=((first, 1000),)).proposal(Q3) == found[2]


def test_df_24_too_much_at_the_end_of_a_year_is_taken_off_the_next_year() -> None:
    last = Period(date(2025, 10, 1), date(2025, 12, 1))
    books = Purse(
        TODAY,
        (DaySum(date(2025, 12, 1), 100), DaySum(date(2026, 1, 1), 90)),
        handed=((last, 150),),
        shares={2025: (10_000, Every.QUARTER), 2026: (10_000, Every.MONTH)},
    )
    assert books.proposals(2026)[0].amount_fen == 40


def test_period_within_a_longer_one_handed_up_is_done() -> None:
    books = purse(DaySum(date(2026, 7, 5), 1000), handed=((Q3, 1000),))
    july = books.proposal(Period(date(2026, 7, 1), date(2026, 7, 1)))
    assert july is not None
    assert july.amount_fen == 0


def test_year_that_is_not_opened_proposes_nothing() -> None:
    assert purse().proposals(2025) == ()
    assert purse().proposal(Period(date(2025, 1, 1), date(2025, 3, 1))) is None


def test_next_is_the_earliest_period_over_that_owes_something() -> None:
    owed = purse(DaySum(date(2026, 2, 1), 5), DaySum(date(2026, 8, 1), 7)).proposals(2026)
    assert next_proposal(owed, TODAY) == owed[0]
    done = purse(DaySum(date(2026, 10, 1), 5)).proposals(2026)
    found = next_proposal(done, TODAY)
    assert found is not None
    assert found.period.label == "2026年第4季度"
    assert next_proposal(done, date(2028, 1, 1)) == done[3]
    assert next_proposal((), TODAY) is None


def test_balance_line_tells_every_part() -> None:
    balance = Balance(100_00, 2345_60, 50_00, 1000_00, 200_05)
    assert (
        balance.text == "期初 100.00 ＋ 收入 2,345.60 ＋ 下拨 50.00 − 上交 1,000.00 − 使用 200.05 ＝ 结存 1,295.55 元"
    )


def test_large_sums_are_no_part_of_the_balance() -> None:
    balance = Balance(received_fen=100, large_received_fen=1000_00, large_remitted_fen=400_00)
    assert (balance.balance_fen, balance.large_fen) == (100, 600_00)


def test_no_more_is_spent_than_any_later_day_has_left() -> None:
    books = purse(DaySum(date(2026, 3, 1), 500), DaySum(date(2026, 4, 1), 0, -450), DaySum(date(2026, 5, 1), 100))
    early = MovementDraft(MovementKind.EXPENSE, date(2026, 3, 10), 51, used_for=Use.READING)
    assert problems(early, books) == ["使用金额超过结存：自2026年3月10日起可用 0.50 元。"]
    late = MovementDraft(MovementKind.EXPENSE, date(2026, 5, 2), 150, used_for=Use.READING)
    assert problems(late, books) == []


def test_remitting_more_than_the_balance_is_refused() -> None:
    draft = MovementDraft(MovementKind.REMITTANCE, TODAY, 501, Q3)
    assert problems(draft, purse(DaySum(date(2026, 8, 1), 500)))[0].startswith("上交金额超过结存")


def test_grant_needs_no_balance() -> None:
    assert problems(MovementDraft(MovementKind.GRANT, TODAY, 500), purse()) == []


@pytest.mark.parametrize("amount", [999_99, 1500_00, 2000_01])
def test_df_20_large_sums_go_up_whole_or_not(amount) -> None:
    books = purse(DaySum(date(2026, 5, 1), 900_00, 0, 2000_00))
    assert problems(MovementDraft(MovementKind.LARGE_REMITTANCE, TODAY, amount), books) == [
        "大额党费要全额上交（规定第十一条）：到2026年11月22日待上交 2,000.00 元。"
    ]
    assert problems(MovementDraft(MovementKind.LARGE_REMITTANCE, TODAY, 2000_00), books) == []


def test_df_20_large_sum_is_not_handed_up_twice_by_an_earlier_date() -> None:
    books = purse(DaySum(date(2026, 5, 1), 0, 0, 1000_00), DaySum(date(2026, 6, 1), 0, 0, -1000_00))
    draft = MovementDraft(MovementKind.LARGE_REMITTANCE, date(2026, 5, 20), 1000_00)
    assert problems(draft, books) == ["到2026年5月20日没有待上交的大额党费。"]


def test_closed_month_and_days_to_come_are_refused() -> None:
    books = purse(closed=frozenset({date(2026, 10, 1)}))
    assert "已经结账" in problems(MovementDraft(MovementKind.GRANT, date(2026, 10, 31), 5), books)[0]
    assert "晚于今天" in problems(MovementDraft(MovementKind.GRANT, date(2026, 11, 23), 5), books)[0]


def test_amount_use_and_period_are_asked_for() -> None:
    assert "大于零" in problems(MovementDraft(MovementKind.GRANT, TODAY, 0), purse())[0]
    books = purse(DaySum(date(2026, 8, 1), 500))
    assert "用途" in problems(MovementDraft(MovementKind.EXPENSE, TODAY, 5), books)[0]
    assert "月份或季度" in problems(MovementDraft(MovementKind.REMITTANCE, TODAY, 5), books)[0]
    backwards = Period(date(2026, 9, 1), date(2026, 7, 1))
    assert "早于起始月份" in problems(MovementDraft(MovementKind.REMITTANCE, TODAY, 5, backwards), books)[0]


def test_second_remittance_of_a_period_is_warned_of_not_refused() -> None:
    books = purse(DaySum(date(2026, 8, 1), 500), DaySum(date(2026, 10, 1), 500), handed=((Q3, 500),))
    august = Period(date(2026, 8, 1), date(2026, 8, 1))
    draft = MovementDraft(MovementKind.REMITTANCE, TODAY, 100, august)
    assert problems(draft, books) == []
    assert warnings(draft, books) == [
        "2026年第3季度已经上交过，请核对是否重复上交。",
        "按100%的上交比例，2026年8月应上交 0.00 元。",
    ]


def test_remittance_before_the_period_is_over_is_warned_of() -> None:
    q4 = Period(date(2026, 10, 1), date(2026, 12, 1))
    books = purse(DaySum(date(2026, 10, 1), 500))
    assert warnings(MovementDraft(MovementKind.REMITTANCE, TODAY, 500, q4), books) == [
        "2026年第4季度还没有结束，之后收到的党费需要补交。"
    ]


def test_df_25_use_without_a_collective_decision_is_warned_of() -> None:
    books = purse(DaySum(date(2026, 8, 1), 500))
    bare = MovementDraft(MovementKind.EXPENSE, TODAY, 5, used_for=Use.PRAISE)
    assert [text[:11] for text in warnings(bare, books)] == [
        "没有填写集体研究的日期",
        "没有填写审批人。",
        "没有填写凭证号。",
    ]
    full = MovementDraft(
        MovementKind.EXPENSE,
        TODAY,
        5,
        used_for=Use.PRAISE,
        decided_on=date(2026, 11, 1),
        decided_by="支委会",
        approved_by="王书记",
        voucher="记-7",
    )
    assert warnings(full, books) == []


def test_df_25_decision_after_the_use_is_warned_of() -> None:
    draft = MovementDraft(
        MovementKind.EXPENSE,
        date(2026, 11, 1),
        5,
        used_for=Use.PRAISE,
        decided_on=date(2026, 11, 2),
        decided_by="支委会",
        approved_by="王书记",
        voucher="记-7",
    )
    assert warnings(draft, purse()) == ["研究决定的日期晚于使用日期：应当先研究后使用。"]


def test_opening_balance_after_the_first_money_is_warned_of() -> None:
    books = purse(DaySum(date(2026, 8, 1), 500))
    assert warnings(MovementDraft(MovementKind.OPENING, date(2026, 7, 31), 5), books) == []
    assert "只在启用时登记一次" in warnings(MovementDraft(MovementKind.OPENING, date(2026, 8, 1), 5), books)[0]


def test_published_groups_never_show_fewer_than_three_people() -> None:
    groups = [GroupTotal("甲", 8, 800, 700), GroupTotal("乙", 1, 90, 90), GroupTotal("丙", 5, 500, 500)]
    assert mask_groups(groups) == (GroupTotal("甲", 8, 800, 700), GroupTotal("其他", 6, 590, 590))
    assert mask_groups(groups[1:2]) == ()
    assert mask_groups([groups[0], groups[2]]) == (groups[0], groups[2])


@given(st.lists(st.integers(1, 9), max_size=8))
def test_published_groups_add_up_or_are_left_out(sizes) -> None:
    groups = [GroupTotal(str(n), size, size * 10, size) for n, size in enumerate(sizes)]
    shown = mask_groups(groups)
    assert all(one.members >= 3 for one in shown)
    assert not shown or sum(one.due_fen for one in shown) == 10 * sum(sizes)
