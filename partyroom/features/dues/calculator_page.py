"""The calculator of dues in the window: from the base, or from the items of a pay slip."""

from __future__ import annotations

from partyroom.core.calendar import today
from partyroom.features.dues.calculation import DIRECT_BASE, answer
from partyroom.features.dues.domain import DuesCategory, Reading, RoundingUnit
from partyroom.ui.calculators import Calculator
from partyroom.ui.form_fields import Field, Kind

_PAY = "工资收入（不知道基数时逐项填写）"
_DEDUCTED = "个人扣除"
_OTHERS = "其他类别"


def _money(key: str, label: str, section: str, hint: str = "", unit: str = "") -> Field:
    return Field(key, label, Kind.MONEY, section=section, hint=hint, unit=unit)


def _answer(values: dict[str, object]) -> str:
    return answer(values, today())


DUES_CALCULATOR = Calculator(
    "党费",
    (
        Field("category", "类别", Kind.CHOICE, required=True, choices=[(one.value, one.label) for one in DuesCategory]),
        _money(DIRECT_BASE, "计算基数", "", "已知基数直接填这里"),
        Field("rounding", "取到", Kind.CHOICE, required=True, choices=[(one.value, one.label) for one in RoundingUnit]),
        Field("reading", "口径", Kind.CHOICE, required=True, choices=[(one.value, one.label) for one in Reading]),
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
        _money("basic_pension", "基本养老金", _OTHERS),
        _money("received", "年薪当月实领", _OTHERS),
        _money("quarter_net", "上季度纯收入", _OTHERS),
        _money("farmer_amount", "农民定额", _OTHERS),
    ),
    _answer,
    "班主任津贴、交通、通讯、取暖、年终奖等不计入基数，不必填写。有争议的项目和口径由支部按上级要求选择。",
    columns=4,
    initial={
        "category": DuesCategory.EMPLOYED.value,
        "rounding": RoundingUnit.FEN.value,
        "reading": Reading.NOTICE_2017.value,
    },
)
