"""Dues: who pays by which rule, to which unit an amount is rounded, which reading of the rules a branch follows.

Sources: 《关于中国共产党党费收缴、使用和管理的规定》 (中组发〔2008〕3号) and 《关于进一步规范党费工作的通知》
(组电明字〔2017〕5号). Ids such as DF-09 name a rule in our rule book; the tests bear the same ids.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class DuesCategory(StrEnum):
    """By which article a member's dues are worked out."""

    EMPLOYED = "employed"
    ANNUAL = "annual"
    BUSINESS = "business"
    RETIRED = "retired"
    STUDENT = "student"
    LAID_OFF = "laid_off"
    RELIEF = "relief"
    FARMER = "farmer"

    @property
    def label(self) -> str:
        """The words of the regulations."""
        return _CATEGORY_LABELS[self]

    @property
    def hint(self) -> str:
        """What the amount goes by, in a few words for the side of a field."""
        return _CATEGORY_HINTS[self]

    @property
    def by_base(self) -> bool:
        """Whether the amount follows from a base by a rate; the others pay a fixed amount."""
        return self in (DuesCategory.EMPLOYED, DuesCategory.ANNUAL, DuesCategory.BUSINESS, DuesCategory.RETIRED)


_CATEGORY_LABELS = {
    DuesCategory.EMPLOYED: "在职（按月取得工资）",
    DuesCategory.ANNUAL: "年薪制",
    DuesCategory.BUSINESS: "个体经营等（不按月取得收入）",
    DuesCategory.RETIRED: "离退休",
    DuesCategory.STUDENT: "学生",
    DuesCategory.LAID_OFF: "下岗失业",
    DuesCategory.RELIEF: "依靠抚恤或救济、领取最低生活保障金",
    DuesCategory.FARMER: "农民",
}
_CATEGORY_HINTS = {
    DuesCategory.EMPLOYED: "以相对固定的、经常性的税后工资收入为基数",
    DuesCategory.ANNUAL: "以当月实际领取的薪酬为基数",
    DuesCategory.BUSINESS: "以上季度月平均纯收入为基数",
    DuesCategory.RETIRED: "以基本离退休费或基本养老金为基数",
    DuesCategory.STUDENT: "每月交纳定额，与收入无关；在职就读并领取工资的按在职",
    DuesCategory.LAID_OFF: "每月交纳定额，与收入无关",
    DuesCategory.RELIEF: "每月交纳定额，与收入无关",
    DuesCategory.FARMER: "每月交纳省级规定的定额",
}


class RoundingUnit(IntEnum):
    """To which unit an amount is rounded, in 分; no national rule says which (DF-28), so the branch chooses."""

    FEN = 1
    JIAO = 10
    YUAN = 100

    @property
    def label(self) -> str:
        """The name of the unit."""
        return {1: "分", 10: "角", 100: "元"}[self.value]

    @property
    def text(self) -> str:
        """The unit in yuan, as on the command line."""
        return {1: "0.01", 10: "0.1", 100: "1"}[self.value]


class Reading(StrEnum):
    """Which reading of the rules says what belongs to a base (DF-01, DF-10)."""

    NOTICE_2017 = "2017"
    RULES_2008 = "2008"

    @property
    def label(self) -> str:
        """The reading and what it means."""
        return {
            "2017": "2017年通知口径（扣除个税、社会保险、公积金和年金）",
            "2008": "2008年答问口径（只扣除个人所得税）",
        }[self.value]


class Change(StrEnum):
    """When a change of pay changes the dues (DF-17)."""

    YEARLY = "yearly"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        """The way in the words of its source."""
        return {
            "yearly": "年初核定，年内一般不变动（2017年通知）",
            "monthly": "收入变化的，从领取新工资的当月起调整（2008年规定第十条）",
        }[self.value]


class Treatment(StrEnum):
    """What becomes of a pay item in the base."""

    COUNTED = "counted"
    DEDUCTED = "deducted"
    LEFT_OUT = "left_out"

    @property
    def label(self) -> str:
        """As it stands on the 交纳基数审核表."""
        return {"counted": "计入", "deducted": "扣除", "left_out": "不计入"}[self.value]
