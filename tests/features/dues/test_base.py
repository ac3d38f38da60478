"""The base of the dues from the items of pay; C ids are the worked examples of the rule book."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core.money import read_yuan, yuan
from partyroom.features.dues.base import (
    BaseChoices,
    PayItem,
    WorkedBase,
    disputed_items,
    explain,
    item_rules,
    items_for,
    pay_item,
    work_out_base,
)
from partyroom.features.dues.domain import DuesCategory, Reading, Treatment
from partyroom.features.dues.rates import assess

TEACHER = {
    "post": "2810",
    "grade": "1775",
    "base_performance": "2300",
    "allowance": "600",
    "reward_performance": "1200",
    "class_teacher": "400",
    "phone": "100",
    "heating": "300",
    "income_tax": "35",
    "pension_insurance": "598.80",
    "medical_insurance": "149.70",
    "unemployment_insurance": "37.43",
    "housing_fund": "898.20",
    "annuity": "299.40",
}
DAY = date(2026, 1, 1)
OLD = BaseChoices(reading=Reading.RULES_2008)


def worked(amounts, choices=None, category=DuesCategory.EMPLOYED) -> WorkedBase:
    items = [pay_item(code, read_yuan(amount)) for code, amount in amounts.items()]
    return work_out_base(items, choices or BaseChoices(), category)


@pytest.mark.parametrize(
    ("choices", "gross", "deducted", "base", "fen", "jiao"),
    [
        (BaseChoices(), "7485.00", "2018.53", "5466.47", "82.00", "82.00"),
        (BaseChoices(counted=("reward_performance",)), "8685.00", "2018.53", "6666.47", "100.00", "100.00"),
        (OLD, "7485.00", "35.00", "7450.00", "111.75", "111.80"),
    ],
    ids=["C4", "C5", "C6"],
)
def test_df_01_base_of_a_teacher(choices, gross, deducted, base, fen, jiao):
    found = worked(TEACHER, choices)
    assert (yuan(found.gross_fen), yuan(found.deducted_fen), yuan(found.base_fen)) == (gross, deducted, base)
    assert found.warnings == ()
    assert yuan(assess(DuesCategory.EMPLOYED, found.base_fen, day=DAY).due_fen) == fen
    assert yuan(assess(DuesCategory.EMPLOYED, found.base_fen, day=DAY, rounding=10).due_fen) == jiao


def test_every_item_is_kept_with_its_treatment_and_source():
    found = worked(TEACHER)
    assert [line.item.code for line in found.lines] == list(TEACHER)
    treated = {line.item.code: line.treatment for line in found.lines}
    assert treated["post"] is Treatment.COUNTED
    assert treated["phone"] is treated["reward_performance"] is Treatment.LEFT_OUT
    assert treated["housing_fund"] is Treatment.DEDUCTED
    assert all(line.source for line in found.lines)
    sources = {line.item.code: line.source for line in found.lines}
    assert "组电明字〔2017〕5号）第三项" in sources["base_performance"]
    assert "中组发〔2008〕3号）第一条" in sources["post"]


@pytest.mark.parametrize("rule", disputed_items(), ids=lambda rule: rule.code)
def test_df_01_each_disputed_item_has_a_switch(rule):
    amounts = TEACHER | {rule.code: "400"}
    without, counted = worked(amounts), worked(amounts, BaseChoices(counted={rule.code}))
    assert counted.base_fen - without.base_fen == 400_00
    line = next(line for line in counted.lines if line.item.code == rule.code)
    assert (line.treatment, line.source) == (Treatment.COUNTED, "支部选择计入")


def test_what_is_settled_has_no_switch():
    assert worked(TEACHER, BaseChoices(counted=("phone", "heating"))) == worked(TEACHER)
    assert [rule.code for rule in disputed_items()] == [
        "reward_performance",
        "teaching_age",
        "teacher_tenth",
        "class_teacher",
        "special_education",
        "township",
    ]


def test_a_deduction_that_2008_did_not_know_names_that_reading():
    found = {line.item.code: line for line in worked(TEACHER, OLD).lines}
    assert found["annuity"].treatment is Treatment.LEFT_OUT
    assert "2008年" in found["annuity"].source
    assert found["income_tax"].treatment is Treatment.DEDUCTED


@pytest.mark.parametrize(
    ("choices", "base"), [(BaseChoices(), "6200.00"), (OLD, "7000.00")], ids=["2017 reading", "2008 reading"]
)
def test_df_10_retired_by_the_basic_pension_only(choices, base):
    amounts = {"basic_pension": "6200", "pension_allowance": "800", "post": "100", "income_tax": "50"}
    found = worked(amounts, choices, DuesCategory.RETIRED)
    assert (yuan(found.base_fen), found.deducted_fen, found.warnings) == (base, 0, ())


def test_df_10_a_retired_member_without_pension_is_warned_of():
    found = worked({"post": "3000"}, category=DuesCategory.RETIRED)
    assert (found.base_fen, found.warnings) == (0, ("没有填写基本离退休费或基本养老金，请核对。",))


def test_df_07_annual_pay_by_what_was_received():
    found = worked({"received": "8000", "post": "1", "income_tax": "1"}, category=DuesCategory.ANNUAL)
    assert yuan(found.base_fen) == "8000.00"


def test_c10_df_08_business_by_a_third_of_the_quarter():
    found = worked({"quarter_net": "27000"}, category=DuesCategory.BUSINESS)
    assert yuan(found.base_fen) == "9000.00"
    assert explain(found)[-1] == "基数：27000.00÷3＝9000.00元"
    loss = work_out_base([pay_item("quarter_net", -3000_00)], BaseChoices(), DuesCategory.BUSINESS)
    assert loss.base_fen == 0
    assert any("请核对" in warning for warning in loss.warnings)
    assert explain(loss)[-1] == "基数：-3000.00÷3是负数，按0.00元计算"


def test_c24_a_negative_base_becomes_nothing_with_a_warning():
    found = worked({"post": "1000", "housing_fund": "1500"})
    assert found.base_fen == 0
    assert any("请核对扣除项" in warning for warning in found.warnings)
    assert explain(found)[-1] == "基数：1000.00－1500.00是负数，按0.00元计算"
    assert assess(DuesCategory.EMPLOYED, found.base_fen, day=DAY).due_fen == 0


def test_deductions_as_large_as_the_pay_leave_nothing_without_that_warning():
    found = worked({"post": "1000", "housing_fund": "1000"})
    assert (found.base_fen, found.warnings) == (0, ())


def test_unknown_items_are_left_out_with_a_warning():
    items = [pay_item("post", 3000_00), PayItem("x1", "神秘补贴", 500_00)]
    found = work_out_base(items, BaseChoices(counted=("x1",)), DuesCategory.EMPLOYED)
    assert (found.base_fen, found.lines[1].treatment) == (3000_00, Treatment.LEFT_OUT)
    assert "神秘补贴" in found.warnings[0]


def test_doubled_and_negative_items_are_warned_of_and_no_pay_at_all_too():
    items = [pay_item("post", 3000_00), pay_item("post", 1_00), pay_item("income_tax", -35_00)]
    found = work_out_base(items, BaseChoices(), DuesCategory.EMPLOYED)
    assert found.base_fen == 3036_00
    assert any("“岗位工资”出现了不止一次" in warning for warning in found.warnings)
    assert any("“个人所得税”是负数" in warning for warning in found.warnings)
    assert worked({"phone": "100"}).warnings == ("没有填写计入基数的工资项目，请核对。",)


@pytest.mark.parametrize(
    "category", [DuesCategory.STUDENT, DuesCategory.LAID_OFF, DuesCategory.RELIEF, DuesCategory.FARMER]
)
def test_df_13_fixed_amounts_have_no_base(category):
    found = worked({"post": "3000", "income_tax": "10"}, category=category)
    assert (found.base_fen, found.gross_fen, found.deducted_fen, found.warnings) == (0, 0, 0, ())
    assert explain(found) == [f"{category.label}每月交纳定额，不计算基数。"]
    assert items_for(category) == ()


def test_the_way_to_the_base_is_shown_step_by_step():
    assert explain(worked(TEACHER | {"transport": "0"})) == [
        "计入：岗位工资2810.00＋薪级工资1775.00＋基础性绩效工资2300.00＋规范津贴补贴600.00＝7485.00元",
        (
            "扣除：个人所得税35.00＋养老保险（个人部分）598.80＋医疗保险（个人部分）149.70＋失业保险（个人部分）37.43"
            "＋住房公积金（个人部分）898.20＋职业年金、企业年金（个人部分）299.40＝2018.53元"
        ),
        "不计入：奖励性绩效工资1200.00、班主任津贴400.00、通讯补贴100.00、取暖费300.00",
        "基数：7485.00－2018.53＝5466.47元",
    ]
    assert explain(worked({"post": "3000"})) == ["计入：岗位工资3000.00元", "基数：3000.00元"]


def test_every_item_of_pay_belongs_to_a_category_and_says_why():
    grouped = [rule for category in DuesCategory for rule in items_for(category)]
    assert {rule.code for rule in grouped} == set(item_rules())
    assert all(rule.reason for rule in item_rules().values())


AMOUNTS = st.dictionaries(st.sampled_from(sorted(item_rules())), st.integers(0, 10**8), max_size=20)


@given(AMOUNTS, st.sampled_from(list(DuesCategory)), st.sampled_from(list(Reading)))
def test_sums_of_the_lines_are_the_base_in_any_order(amounts, category, reading):
    items = [pay_item(code, fen) for code, fen in amounts.items()]
    choices = BaseChoices(reading=reading)
    found = work_out_base(items, choices, category)
    turned = work_out_base(items[::-1], choices, category)
    assert (found.base_fen, found.gross_fen, found.deducted_fen) == (
        turned.base_fen,
        turned.gross_fen,
        turned.deducted_fen,
    )
    assert sum(line.item.amount_fen for line in found.of(Treatment.COUNTED)) == found.gross_fen
    assert found.base_fen >= 0
    assert not [field for field in fields(found) if isinstance(getattr(found, field.name), float)]
    if category is not DuesCategory.BUSINESS:
        assert found.base_fen == max(0, found.gross_fen - found.deducted_fen)
