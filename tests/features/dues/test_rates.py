"""The worked examples of the rule book (A, B, C) and the rules they stand for; test names and ids bear their ids."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core.errors import DomainError
from partyroom.core.money import read_yuan, yuan
from partyroom.features.dues.domain import Change, DuesCategory, Reading, RoundingUnit
from partyroom.features.dues.rates import (
    Assessed,
    assess,
    business_base,
    exact_text,
    rate_text,
    rule_data,
    rules_on,
    source_of,
)

DAY = date(2026, 3, 1)
BEFORE = date(2016, 12, 31)
RULES_2008 = "《关于中国共产党党费收缴、使用和管理的规定》（中组发〔2008〕3号）"
NOTICE_2017 = "《关于进一步规范党费工作的通知》（组电明字〔2017〕5号）"

# id, base, rate in 1/10000, exact product, to 分, to 角, due after the cap
EMPLOYED = [
    ("A1", "0", 50, "0", "0.00", "0.00", "0.00"),
    ("A2", "800", 50, "4", "4.00", "4.00", "4.00"),
    ("A3", "1500", 50, "7.5", "7.50", "7.50", "7.50"),
    ("A4", "2000", 50, "10", "10.00", "10.00", "10.00"),
    ("A4b", "2501", 50, "12.505", "12.51", "12.50", "12.51"),
    ("A5", "2999.99", 50, "14.99995", "15.00", "15.00", "15.00"),
    ("A6", "3000", 50, "15", "15.00", "15.00", "15.00"),
    ("A7", "3000.01", 100, "30.0001", "30.00", "30.00", "30.00"),
    ("A8", "3001", 100, "30.01", "30.01", "30.00", "30.01"),
    ("A9", "3333.33", 100, "33.3333", "33.33", "33.30", "33.33"),
    ("A10", "4000", 100, "40", "40.00", "40.00", "40.00"),
    ("A11", "4321.55", 100, "43.2155", "43.22", "43.20", "43.22"),
    ("A12", "4900", 100, "49", "49.00", "49.00", "49.00"),
    ("A13", "4999.99", 100, "49.9999", "50.00", "50.00", "50.00"),
    ("A14", "5000", 100, "50", "50.00", "50.00", "50.00"),
    ("A15", "5000.01", 150, "75.00015", "75.00", "75.00", "75.00"),
    ("A16", "5001", 150, "75.015", "75.02", "75.00", "75.02"),
    ("A17", "5100", 150, "76.5", "76.50", "76.50", "76.50"),
    ("A18", "6000", 150, "90", "90.00", "90.00", "90.00"),
    ("A19", "7654.32", 150, "114.8148", "114.81", "114.80", "114.81"),
    ("A20", "8000", 150, "120", "120.00", "120.00", "120.00"),
    ("A21", "9999.99", 150, "149.99985", "150.00", "150.00", "150.00"),
    ("A22", "10000", 150, "150", "150.00", "150.00", "150.00"),
    ("A23", "10000.01", 200, "200.0002", "200.00", "200.00", "200.00"),
    ("A24", "10001", 200, "200.02", "200.02", "200.00", "200.02"),
    ("A25", "12345.67", 200, "246.9134", "246.91", "246.90", "246.91"),
    ("A26", "20000", 200, "400", "400.00", "400.00", "400.00"),
    ("A27", "49999.99", 200, "999.9998", "1000.00", "1000.00", "1000.00"),
    ("A28", "50000", 200, "1000", "1000.00", "1000.00", "1000.00"),
    ("A29", "50000.01", 200, "1000.0002", "1000.00", "1000.00", "1000.00"),
    ("A30", "60000", 200, "1200", "1200.00", "1200.00", "1000.00"),
]
RETIRED = [
    ("B1", "2500", 50, "12.5", "12.50", "12.50"),
    ("B2", "3000", 50, "15", "15.00", "15.00"),
    ("B3", "4999.99", 50, "24.99995", "25.00", "25.00"),
    ("B4", "5000", 50, "25", "25.00", "25.00"),
    ("B5", "5000.01", 100, "50.0001", "50.00", "50.00"),
    ("B6", "5001", 100, "50.01", "50.01", "50.00"),
    ("B7", "6200", 100, "62", "62.00", "62.00"),
    ("B8", "9000", 100, "90", "90.00", "90.00"),
    ("B9", "12000", 100, "120", "120.00", "120.00"),
]
INCOMES = (DuesCategory.EMPLOYED, DuesCategory.ANNUAL, DuesCategory.BUSINESS)
RATED = (*INCOMES, DuesCategory.RETIRED)
BASES = st.integers(0, 10**9)
UNITS = st.sampled_from(list(RoundingUnit))


def due(category: DuesCategory, base: str, **more: object) -> str:
    return yuan(assess(category, read_yuan(base), **{"day": DAY, **more}).due_fen)


@pytest.mark.parametrize(
    ("base", "rate", "exact", "fen", "jiao", "capped"), [row[1:] for row in EMPLOYED], ids=[row[0] for row in EMPLOYED]
)
def test_wage_earners(base, rate, exact, fen, jiao, capped):
    found = assess(DuesCategory.EMPLOYED, read_yuan(base), day=DAY)
    assert (found.rate_bp, found.exact) == (rate, Decimal(exact))
    assert (yuan(found.before_cap_fen), yuan(found.due_fen)) == (fen, capped)
    assert found.capped is (fen != capped)
    in_jiao = assess(DuesCategory.EMPLOYED, read_yuan(base), day=DAY, rounding=10)
    assert yuan(in_jiao.before_cap_fen) == jiao
    assert in_jiao.due_fen == min(in_jiao.before_cap_fen, 100_000)


@pytest.mark.parametrize(
    ("base", "rate", "exact", "fen", "jiao"), [row[1:] for row in RETIRED], ids=[row[0] for row in RETIRED]
)
def test_df_09_retired(base, rate, exact, fen, jiao):
    found = assess(DuesCategory.RETIRED, read_yuan(base), day=DAY)
    assert (found.rate_bp, found.exact, yuan(found.due_fen)) == (rate, Decimal(exact), fen)
    assert yuan(assess(DuesCategory.RETIRED, read_yuan(base), day=DAY, rounding=10).due_fen) == jiao
    assert found.source == f"{RULES_2008}第五条"


@pytest.mark.parametrize(
    ("base", "exact", "whole"),
    [
        ("1500", "7.5", "8.00"),
        ("2501", "12.505", "13.00"),
        ("2999.99", "14.99995", "15.00"),
        ("5100", "76.5", "77.00"),
        ("7654.32", "114.8148", "115.00"),
        ("12345.67", "246.9134", "247.00"),
    ],
    ids=["A3", "A4b", "A5", "A17", "A19", "A25"],
)
def test_df_28_rounding_to_whole_yuan(base, exact, whole):
    found = assess(DuesCategory.EMPLOYED, read_yuan(base), day=DAY, rounding=RoundingUnit.YUAN)
    assert (found.exact, yuan(found.due_fen), found.rounding_fen) == (Decimal(exact), whole, 100)


@pytest.mark.parametrize("unit", [0, 2, 5, 1000, -1])
def test_df_28_other_units_are_refused(unit):
    with pytest.raises(DomainError, match="分、角或元"):
        assess(DuesCategory.EMPLOYED, 100, day=DAY, rounding=unit)


@pytest.mark.parametrize(
    ("low", "high", "rates"),
    [("3000", "3000.01", (50, 100)), ("5000", "5000.01", (100, 150)), ("10000", "10000.01", (150, 200))],
    ids=["DF-02", "DF-03", "DF-04"],
)
def test_df_02_to_05_upper_bounds_belong_to_the_lower_bracket(low, high, rates):
    found = tuple(assess(DuesCategory.EMPLOYED, read_yuan(base), day=DAY).rate_bp for base in (low, high))
    assert found == rates


def test_df_03_one_per_cent_above_3000_through_5000():
    assert due(DuesCategory.EMPLOYED, "3000") == "15.00"
    assert due(DuesCategory.EMPLOYED, "3000.01") == "30.00"
    assert due(DuesCategory.EMPLOYED, "5000") == "50.00"


def test_df_04_one_and_a_half_per_cent_above_5000_through_10000():
    assert due(DuesCategory.EMPLOYED, "5000.01") == "75.00"
    assert due(DuesCategory.EMPLOYED, "10000") == "150.00"


def test_df_05_two_per_cent_above_10000():
    assert due(DuesCategory.EMPLOYED, "10000.01") == "200.00"
    assert due(DuesCategory.EMPLOYED, "49999.50") == "999.99"


def test_df_06_flat_on_the_whole_base():
    assert due(DuesCategory.EMPLOYED, "5100") == "76.50"  # marginal would be 36.50
    assert due(DuesCategory.EMPLOYED, "4900") == "49.00"


@pytest.mark.parametrize("category", INCOMES)
def test_df_07_and_df_08_use_the_brackets_of_wages(category):
    assert due(category, "8000") == "120.00"


@pytest.mark.parametrize(
    ("category", "article"),
    [
        (DuesCategory.EMPLOYED, "第一条、第二条"),
        (DuesCategory.ANNUAL, "第三条"),
        (DuesCategory.BUSINESS, "第四条"),
        (DuesCategory.RETIRED, "第五条"),
        (DuesCategory.STUDENT, "第六条"),
        (DuesCategory.LAID_OFF, "第六条"),
        (DuesCategory.RELIEF, "第六条"),
        (DuesCategory.FARMER, "第六条"),
    ],
)
def test_every_amount_names_its_document_and_article(category, article):
    assert assess(category, 100_00, day=DAY, farmer_fen=50).source == f"{RULES_2008}{article}"


def test_c1_student_pays_twenty_cents_whatever_the_month():
    months = [assess(DuesCategory.STUDENT, 0, day=date(2026, month, 1)).due_fen for month in range(1, 13)]
    assert {yuan(fen) for fen in months} == {"0.20"}
    assert (yuan(sum(months)), yuan(sum(months[:3]))) == ("2.40", "0.60")


@pytest.mark.parametrize("category", [DuesCategory.STUDENT, DuesCategory.LAID_OFF, DuesCategory.RELIEF])
@pytest.mark.parametrize("unit", list(RoundingUnit))
def test_c2_df_13_fixed_amounts_do_not_depend_on_base_or_rounding(category, unit):
    found = assess(category, 9_999_99, day=DAY, rounding=unit)
    assert (found.due_fen, found.before_cap_fen, found.rate_bp, found.rate_text) == (20, 20, 0, "定额")
    assert (found.capped, found.warnings) == (False, ())


@pytest.mark.parametrize("amount", ["0.20", "0.50", "1.00"])
def test_c3_df_12_farmer_pays_what_the_province_fixed(amount):
    found = assess(DuesCategory.FARMER, 0, day=DAY, farmer_fen=read_yuan(amount), rounding=RoundingUnit.YUAN)
    assert (yuan(found.due_fen), found.warnings) == (amount, ())


@pytest.mark.parametrize("amount", ["0.10", "0.19", "1.01", "1.50", "-0.50"])
def test_c3_df_12_amounts_outside_the_range_are_refused(amount):
    with pytest.raises(DomainError, match=r"0\.20元至1\.00元") as refused:
        assess(DuesCategory.FARMER, 0, day=DAY, farmer_fen=read_yuan(amount))
    assert refused.value.problems[0].field == "farmer_amount"


def test_df_12_without_the_amount_of_the_province_the_usual_one_comes_with_a_warning():
    found = assess(DuesCategory.FARMER, 0, day=DAY)
    assert yuan(found.due_fen) == "0.50"
    assert "没有写明本省规定的数额" in found.warnings[0]


def test_c10_df_08_business_pays_by_the_month_of_last_quarter():
    base = business_base(read_yuan("27000"))
    assert yuan(base) == "9000.00"
    assert due(DuesCategory.BUSINESS, yuan(base)) == "135.00"


@pytest.mark.parametrize(("quarter", "base"), [(100, 33), (200, 67), (0, 0), (-100, -33), (10**13, 3_333_333_333_333)])
def test_df_08_a_third_of_the_quarter_keeps_the_fen(quarter, base):
    assert business_base(quarter) == base


def test_c11_df_07_annual_pay_by_what_was_received():
    assert due(DuesCategory.ANNUAL, "8000") == "120.00"


def test_df_18_the_cap_binds_since_2017_and_says_so():
    found = assess(DuesCategory.EMPLOYED, read_yuan("60000"), day=DAY)
    assert (yuan(found.before_cap_fen), yuan(found.due_fen), found.capped) == ("1200.00", "1000.00", True)
    assert found.source == f"{RULES_2008}第一条、第二条；{NOTICE_2017}第一项"
    assert "1200.00" in found.warnings[0]
    assert "自愿多交" in found.warnings[0]
    earlier = assess(DuesCategory.EMPLOYED, read_yuan("60000"), day=BEFORE)
    assert (yuan(earlier.due_fen), earlier.capped, earlier.rule_version) == ("1200.00", False, "2008")
    assert yuan(assess(DuesCategory.RETIRED, read_yuan("120000"), day=DAY).due_fen) == "1000.00"


def test_df_18_exactly_the_cap_is_not_capped():
    found = assess(DuesCategory.EMPLOYED, read_yuan("50000"), day=DAY)
    assert (yuan(found.due_fen), found.capped, found.warnings) == ("1000.00", False, ())


def test_df_18_a_fen_above_the_cap_is_capped():
    found = assess(DuesCategory.EMPLOYED, read_yuan("50000.50"), day=DAY)
    assert (yuan(found.before_cap_fen), yuan(found.due_fen), found.capped) == ("1000.01", "1000.00", True)


def test_negative_bases_are_refused_and_zero_is_warned_of():
    with pytest.raises(DomainError, match="负数") as refused:
        assess(DuesCategory.EMPLOYED, -1, day=DAY)
    assert refused.value.problems[0].field == "base"
    assert "请核对" in assess(DuesCategory.EMPLOYED, 0, day=DAY).warnings[0]


@pytest.mark.parametrize(
    ("day", "version", "cap", "reading", "change"),
    [
        (date(2008, 4, 1), "2008", None, Reading.RULES_2008, Change.MONTHLY),
        (date(2016, 12, 31), "2008", None, Reading.RULES_2008, Change.MONTHLY),
        (date(2017, 1, 1), "2017", 100_000, Reading.NOTICE_2017, Change.YEARLY),
        (date(2030, 1, 1), "2017", 100_000, Reading.NOTICE_2017, Change.YEARLY),
    ],
)
def test_df_17_versions_follow_each_other(day, version, cap, reading, change):
    rules = rules_on(day)
    assert (rules.version, rules.cap.amount_fen if rules.cap else None) == (version, cap)
    assert (rules.reading, rules.change) == (reading, change)
    assert assess(DuesCategory.EMPLOYED, 100, day=day).rule_version == version


def test_the_unverified_beginning_of_the_notice_is_said():
    assert not rules_on(DAY).verified
    assert "未经核实" in rules_on(DAY).note
    assert rules_on(BEFORE).verified


def test_days_before_the_rules_are_refused():
    with pytest.raises(DomainError, match="2008年4月1日以前"):
        rules_on(date(2008, 3, 31))


def test_df_20_df_21_limits():
    rules = rules_on(DAY)
    assert (yuan(rules.large.amount_fen), rules.large.source) == ("1000.00", f"{RULES_2008}第十一条")
    assert (rules.late_months, rules.late_source) == (6, f"{RULES_2008}第十二条")


@pytest.mark.parametrize(
    ("months", "label"),
    [(0, ""), (2, ""), (3, "提示"), (4, "提示"), (5, "提醒"), (6, "预警"), (40, "预警")],
)
def test_df_22_ladder_of_arrears(months, label):
    step = rules_on(DAY).step_for(months)
    assert (step.label if step else "") == label


def test_df_22_only_the_last_step_rests_on_an_article():
    assert [step.source for step in rules_on(DAY).ladder] == ["惯例", "惯例", f"{RULES_2008}第十三条"]


def test_df_23_forbidden_ways_name_their_article():
    found = {one.code: one for one in rules_on(DAY).forbidden}
    assert set(found) == {"branch_advance", "payroll", "ordered_extra"}
    assert {one.source for one in found.values()} == {f"{RULES_2008}第十四条"}
    assert (found["branch_advance"].what, found["payroll"].what) == ("payer", "method")


def test_df_25_five_uses():
    uses = rules_on(DAY).uses
    assert [one.code for one in uses] == ["training", "reading", "praise", "hardship", "disaster"]
    assert all(one.label and one.source for one in uses)


def test_every_number_in_the_file_has_a_source_and_a_beginning():
    data = rule_data()
    for name in ("brackets", "by_base", "fixed", "farmer", "cap", "late", "arrears", "large", "uses", "forbidden"):
        for entry in data[name]:
            assert date.fromisoformat(entry["effective_from"]) >= date(2008, 4, 1)
            assert entry["id"].startswith("DF-")
            assert source_of(entry) or entry["basis"] == "惯例"


@pytest.mark.parametrize(("rate", "text"), [(50, "0.5%"), (100, "1%"), (150, "1.5%"), (200, "2%"), (1000, "10%")])
def test_rates_are_written_as_percent(rate, text):
    assert rate_text(rate) == text


@pytest.mark.parametrize(
    ("amount", "text"), [("81.99705", "81.99705"), ("76.500000", "76.50"), ("0", "0.00"), ("1200.0000", "1200.00")]
)
def test_exact_amounts_are_written_whole(amount, text):
    assert exact_text(Decimal(amount)) == text


@given(st.sampled_from(RATED), BASES, st.integers(0, 10**6), UNITS)
def test_dues_never_fall_as_the_base_rises(category, base, more, unit):
    low, high = (assess(category, one, day=DAY, rounding=unit) for one in (base, base + more))
    assert low.due_fen <= high.due_fen
    assert low.rate_bp <= high.rate_bp
    assert low.before_cap_fen <= high.before_cap_fen


@given(st.sampled_from(list(DuesCategory)), BASES, UNITS)
def test_dues_never_exceed_the_cap_and_hold_no_float(category, base, unit):
    found = assess(category, base, day=DAY, rounding=unit, farmer_fen=50)
    assert 0 <= found.due_fen <= found.before_cap_fen
    assert found.due_fen <= 100_000
    values = [getattr(found, field.name) for field in fields(Assessed)]
    assert not [value for value in values if isinstance(value, float)]
    assert type(found.due_fen) is type(found.before_cap_fen) is int


@given(st.sampled_from(RATED), BASES, UNITS)
def test_rounding_happens_once_and_half_up(category, base, unit):
    found = assess(category, base, day=DAY, rounding=unit)
    exact = Decimal(base) / 100 * Decimal(found.rate_bp) / 10_000
    assert found.exact == exact
    step = Decimal(int(unit)) / 100
    assert Decimal(found.before_cap_fen) / 100 == (exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step
