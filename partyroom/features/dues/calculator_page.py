"""The calculator of dues in the window: from the base, or from the items of a pay slip."""

from __future__ import annotations

from partyroom.core.calendar import today
from partyroom.features.dues.calculation import DIRECT_BASE, answer
from partyroom.features.dues.domain import DuesCategory, Reading, RoundingUnit
from partyroom.ui.calculators import Calculator
from partyroom.ui.form_fields import Field, Kind

_PAY = "在职人员的工资收入（已填计算基数的不必填）"
_DEDUCTED = "扣除（个人部分）"
# Short words: four columns are narrow.
_CATEGORIES = {
    DuesCategory.EMPLOYED: "在职",
    DuesCategory.ANNUAL: "年薪制",
    DuesCategory.BUSINESS: "个体经营等",
    DuesCategory.RETIRED: "离退休",
    DuesCategory.STUDENT: "学生",
    DuesCategory.LAID_OFF: "下岗失业",
    DuesCategory.RELIEF: "抚恤救济、低保",
    DuesCategory.FARMER: "农民",
}
_READINGS = {Reading.NOTICE_2017: "2017年通知", Reading.RULES_2008: "2008年答问"}


def _money(key: str, label: str, section: str) -> Field:
    return Field(key, label, Kind.MONEY, section=section)


def _answer(values: dict[str, object]) -> str:
    return answer(values, today())


DUES_CALCULATOR = Calculator(
    "党费",
    (
        Field(
            "category",
            "类别",
            Kind.CHOICE,
            required=True,
            choices=[(one.value, text) for one, text in _CATEGORIES.items()],
        ),
        _money(DIRECT_BASE, "计算基数", ""),
        Field("rounding", "取到", Kind.CHOICE, required=True, choices=[(one.value, one.label) for one in RoundingUnit]),
        Field(
            "reading",
            "口径",
            Kind.CHOICE,
            required=True,
            choices=[(one.value, text) for one, text in _READINGS.items()],
        ),
        _money("basic_pension", "基本养老金", ""),
        _money("received", "年薪当月实领", ""),
        _money("quarter_net", "上季度纯收入", ""),
        _money("farmer_amount", "农民定额", ""),
        _money("post", "岗位工资", _PAY),
        _money("grade", "薪级工资", _PAY),
        _money("base_performance", "基础性绩效", _PAY),
        _money("allowance", "规范津补贴", _PAY),
        _money("reward_performance", "奖励性绩效", _PAY),
        Field("count_reward", "奖励性绩效计入", Kind.CHECK, section=_PAY),
        _money("teaching_age", "教龄津贴", _PAY),
        Field("count_teaching_age", "教龄津贴计入", Kind.CHECK, section=_PAY),
        _money("income_tax", "个人所得税", _DEDUCTED),
        _money("pension_insurance", "养老保险", _DEDUCTED),
        _money("medical_insurance", "医疗保险", _DEDUCTED),
        _money("unemployment_insurance", "失业保险", _DEDUCTED),
        _money("housing_fund", "住房公积金", _DEDUCTED),
        _money("annuity", "职业年金", _DEDUCTED),
    ),
    _answer,
    "班主任津贴、交通、通讯、取暖、年终奖等不计入基数，不必填写。有争议的项目和口径由支部按上级要求选择。",
    columns=4,
    lines=7,
    initial={
        "category": DuesCategory.EMPLOYED.value,
        "rounding": RoundingUnit.FEN.value,
        "reading": Reading.NOTICE_2017.value,
    },
)
