"""The words of the dues ledger: who pays how, for which month, and what became of the money.

Months are written as the date of their first day; amounts are whole 分.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from partyroom.core.calendar import add_months
from partyroom.features.dues.domain import Change, Reading


class PayerKind(StrEnum):
    """Who brought the money. The branch or the unit never does: no advance, no deduction from pay (Art 14, DF-23)."""

    SELF = "self"
    RELATIVE = "relative"
    MEMBER = "member"

    @property
    def label(self) -> str:
        """As it stands on the receipt."""
        return {"self": "本人", "relative": "亲属代交", "member": "其他党员代交"}[self.value]


class Method(StrEnum):
    """How the money came."""

    CASH = "cash"
    TRANSFER = "transfer"
    WECHAT = "wechat"
    ALIPAY = "alipay"
    PLATFORM = "platform"

    @property
    def label(self) -> str:
        """As it stands on the receipt."""
        return {
            "cash": "现金",
            "transfer": "银行转账",
            "wechat": "微信",
            "alipay": "支付宝",
            "platform": "党费交纳平台",
        }[self.value]


class Purpose(StrEnum):
    """Ordinary dues, or a large voluntary sum that goes up whole (Art 11, DF-20)."""

    ORDINARY = "ordinary"
    LARGE = "large"

    @property
    def label(self) -> str:
        """As it stands on the receipt."""
        return {"ordinary": "党费", "large": "大额党费"}[self.value]


class Share(StrEnum):
    """What a part of a receipt is for."""

    DUE = "due"
    VOLUNTARY = "voluntary"
    LARGE = "large"

    @property
    def label(self) -> str:
        """As it stands in the ledger."""
        return {"due": "应交", "voluntary": "自愿多交", "large": "大额党费"}[self.value]


class ReliefKind(StrEnum):
    """Less or none for a member in difficulty (Art 7, DF-11, DF-14)."""

    REDUCED = "reduced"
    EXEMPT = "exempt"

    @property
    def label(self) -> str:
        """As it stands in the ledger."""
        return {"reduced": "少交", "exempt": "免交"}[self.value]


class DueKind(StrEnum):
    """What a month asks of a member."""

    DUE = "due"
    REDUCED = "reduced"
    EXEMPT = "exempt"
    NONE = "none"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """As it stands in the ledger."""
        return {"due": "应交", "reduced": "少交", "exempt": "免交", "none": "不需交纳", "unknown": "未核定"}[self.value]


class CellState(StrEnum):
    """How one member stands for one month."""

    NONE = "none"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"
    OPEN = "open"
    ARREARS = "arrears"
    PARTIAL = "partial"
    PAID = "paid"
    LATE = "late"
    AHEAD = "ahead"

    @property
    def label(self) -> str:
        """The word in the grid."""
        return {
            "none": "—",
            "unknown": "未核定",
            "exempt": "免交",
            "open": "待交",
            "arrears": "欠交",
            "partial": "部分交纳",
            "paid": "已交",
            "late": "补交",
            "ahead": "预交",
        }[self.value]


class MovementKind(StrEnum):
    """Money of the branch's dues that did not come from a member, or went out."""

    OPENING = "opening"
    GRANT = "grant"
    REMITTANCE = "remittance"
    LARGE_REMITTANCE = "large_remittance"
    EXPENSE = "expense"

    @property
    def label(self) -> str:
        """As it stands in the account."""
        return {
            "opening": "期初结存",
            "grant": "上级下拨",
            "remittance": "上交党费",
            "large_remittance": "上交大额党费",
            "expense": "使用党费",
        }[self.value]

    @property
    def sign(self) -> int:
        """+1 when it adds to the balance, -1 when it takes away."""
        return 1 if self in (MovementKind.OPENING, MovementKind.GRANT) else -1


class Use(StrEnum):
    """The five uses (Art 18, DF-25)."""

    TRAINING = "training"
    READING = "reading"
    PRAISE = "praise"
    HARDSHIP = "hardship"
    DISASTER = "disaster"

    @property
    def label(self) -> str:
        """The words of the regulation, shortened."""
        return {
            "training": "培训党员",
            "reading": "订阅报刊、资料和设备",
            "praise": "表彰先进",
            "hardship": "补助生活困难的党员",
            "disaster": "补助受灾的党员和修缮基层设施",
        }[self.value]


class Every(StrEnum):
    """How often dues are handed up (DF-24: local)."""

    MONTH = "month"
    QUARTER = "quarter"

    @property
    def label(self) -> str:
        """As a choice on screen."""
        return {"month": "每月", "quarter": "每季度"}[self.value]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the branch has decided for a year where the texts leave it open or disagree."""

    year: int
    reading: Reading = Reading.NOTICE_2017
    change: Change = Change.YEARLY
    rounding_fen: int = 1
    counted: tuple[str, ...] = ()  # codes of disputed items that this branch counts
    farmer_fen: int = 50
    share_bp: int = 10_000  # 上交比例 in 1/10000
    every: Every = Every.QUARTER
    base_month: date | None = None
    note: str = ""


def first_of(day: date) -> date:
    """The month that `day` lies in."""
    return day.replace(day=1)


def months_of(year: int) -> tuple[date, ...]:
    """The twelve months of a year."""
    return tuple(date(year, month, 1) for month in range(1, 13))


def month_label(month: date) -> str:
    """'2026年3月'."""
    return f"{month.year}年{month.month}月"


def last_day_of(month: date) -> date:
    """The last day of a month."""
    return add_months(first_of(month), 1) - timedelta(days=1)


def months_between(first: date, last: date) -> tuple[date, ...]:
    """All months from `first` to `last`, both included; none when they are in the wrong order."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(add_months(first_of(first), number) for number in range(count))


def runs_of(months: Iterable[date]) -> list[tuple[date, ...]]:
    """The months in order, parted where one is missing between two."""
    runs: list[tuple[date, ...]] = []
    for month in sorted(set(months)):
        if runs and add_months(runs[-1][-1], 1) == month:
            runs[-1] = (*runs[-1], month)
        else:
            runs.append((month,))
    return runs


def months_label(months: Iterable[date], year: bool = True) -> str:
    """'2026年1—3月、5月', with the year again where it changes; without `year` just '1—3月、5月'."""
    parts: list[str] = []
    named = 0
    for run in runs_of(months):
        first, last = run[0], run[-1]
        text = f"{first.month}月" if first.year == named or not year else month_label(first)
        if last != first:
            end = f"{last.month}月" if last.year == first.year else month_label(last)
            text = f"{text.removesuffix('月') if last.year == first.year else text}—{end}"
        parts.append(text)
        named = last.year
    return "、".join(parts)
