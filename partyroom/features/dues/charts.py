"""What the charts of a year of dues show, and the same in words: collection, arrears, and by which standard people pay.

Percentages are whole tenths worked out from 分; nothing here names a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from partyroom.core.money import yuan
from partyroom.features.dues.arrears import ArrearsLevel
from partyroom.features.dues.cells import Cell, LedgerLine, MonthDue
from partyroom.features.dues.ledger import DueKind, last_day_of, month_label, months_of
from partyroom.features.dues.rates import rate_text

LEVELS: tuple[ArrearsLevel | None, ...] = (None, ArrearsLevel.HINT, ArrearsLevel.REMINDER, ArrearsLevel.WARNING)


def level_label(level: ArrearsLevel | None) -> str:
    """The name of a step of the ladder in a legend."""
    return "欠交" if level is None else level.label


@dataclass(frozen=True, slots=True)
class MonthCollected:
    """What a month asked of everybody and what of it was paid, whenever that was; `extra_fen` is voluntary."""

    month: date
    due_fen: int
    paid_fen: int
    extra_fen: int

    @property
    def id(self) -> int:
        """The month's number, as the key of its line."""
        return self.month.month

    @property
    def tenths(self) -> int:
        """Tenths of a per cent paid, half up; -1 when nothing was asked."""
        return -1 if not self.due_fen else (2000 * self.paid_fen + self.due_fen) // (2 * self.due_fen)

    @property
    def rate(self) -> str:
        """'98.5%', '—' when nothing was asked; never 100% while a 分 is missing."""
        tenths = min(self.tenths, 999) if self.paid_fen < self.due_fen else self.tenths
        return "—" if tenths < 0 else f"{tenths // 10}.{tenths % 10}%".replace(".0%", "%")


@dataclass(frozen=True, slots=True)
class MonthArrears:
    """How many have not paid a month that is over, by the step of the ladder they stand on now, and how much."""

    month: date
    people: tuple[int, ...]
    owed_fen: int

    @property
    def id(self) -> int:
        """The month's number, as the key of its line."""
        return self.month.month

    @property
    def total(self) -> int:
        """How many people."""
        return sum(self.people)


@dataclass(frozen=True, slots=True)
class Part:
    """How many pay by one standard, and what they owe in a month together."""

    id: int
    label: str
    people: int
    due_fen: int


@dataclass(frozen=True, slots=True)
class YearCharts:
    """The three charts of a year; `composed_on` is the month whose standards are told."""

    year: int
    collected: tuple[MonthCollected, ...]
    arrears: tuple[MonthArrears, ...]
    composed_on: date
    parts: tuple[Part, ...]

    @property
    def collected_text(self) -> str:
        """The first chart in a sentence."""
        due, paid = sum(one.due_fen for one in self.collected), sum(one.paid_fen for one in self.collected)
        extra = sum(one.extra_fen for one in self.collected)
        if not due and not paid:
            return ""
        whole = MonthCollected(date(self.year, 1, 1), due, paid, extra)
        text = f"全年应交 {yuan(due, grouped=True)} 元，实交 {yuan(paid, grouped=True)} 元（{whole.rate}）"
        return text + (f"，另有自愿多交 {yuan(extra, grouped=True)} 元。" if extra else "。")

    @property
    def arrears_text(self) -> str:
        """The second chart in a sentence."""
        owing = [one for one in self.arrears if one.total]
        if not owing:
            return ""
        most = max(owing, key=_total)
        owed = yuan(sum(one.owed_fen for one in owing), grouped=True)
        return f"已结束的月份共欠交 {owed} 元，人数最多的是{most.month.month}月（{most.total}人）。"

    @property
    def composition_text(self) -> str:
        """The third chart in a sentence."""
        shown = [part for part in self.parts if part.people]
        if not shown:
            return ""
        parts = "，".join(f"{part.label}的{part.people}人" for part in shown)
        return f"{month_label(self.composed_on)}共{sum(part.people for part in shown)}人：{parts}。"


def _total(month: MonthArrears) -> int:
    return month.total


def year_charts(
    year: int,
    lines: Sequence[LedgerLine],
    levels: Mapping[int, ArrearsLevel | None],
    dues: Sequence[MonthDue],
    composed_on: date,
    day: date,
) -> YearCharts:
    """The charts of a year from its ledger.

    Args:
        year: Which year.
        lines: The ledger, as it stood on `day`.
        levels: On which step of the ladder of arrears (DF-22) members stand, by id.
        dues: What the month `composed_on` asks of everybody.
        composed_on: The month whose standards are told.
        day: The day up to which months count as over.
    """
    return YearCharts(
        year=year,
        collected=tuple(_collected(month, place, lines) for place, month in enumerate(months_of(year))),
        arrears=tuple(_arrears(month, place, lines, levels, day) for place, month in enumerate(months_of(year))),
        composed_on=composed_on,
        parts=_parts(dues),
    )


def _collected(month: date, place: int, lines: Sequence[LedgerLine]) -> MonthCollected:
    cells = [line.cells[place] for line in lines]
    due, paid, extra = (sum(getattr(cell, key) for cell in cells) for key in ("due_fen", "paid_fen", "extra_fen"))
    return MonthCollected(month, due, paid, extra)


def _arrears(
    month: date, place: int, lines: Sequence[LedgerLine], levels: Mapping[int, ArrearsLevel | None], day: date
) -> MonthArrears:
    if day <= last_day_of(month):
        return MonthArrears(month, (0,) * len(LEVELS), 0)
    owing: list[tuple[int, Cell]] = [(line.id, line.cells[place]) for line in lines if line.cells[place].open_fen]
    people = tuple(sum(levels.get(member) is level for member, _ in owing) for level in LEVELS)
    return MonthArrears(month, people, sum(cell.open_fen for _, cell in owing))


def _parts(dues: Sequence[MonthDue]) -> tuple[Part, ...]:
    """Rates from low to high, then fixed amounts, less than due, nothing, not assessed; without people left out."""
    found: dict[tuple[int, int, str], list[int]] = {}
    for due in dues:
        place = _place(due)
        if place is not None:
            found.setdefault(place, []).append(due.due_fen)
    return tuple(
        Part(number, key[2], len(amounts), sum(amounts)) for number, (key, amounts) in enumerate(sorted(found.items()))
    )


def _place(due: MonthDue) -> tuple[int, int, str] | None:
    if due.kind is DueKind.NONE:
        return None
    if due.kind is DueKind.DUE:
        return (0, due.rate_bp, rate_text(due.rate_bp)) if due.rate_bp else (1, 0, "定额")
    order = {DueKind.REDUCED: 2, DueKind.EXEMPT: 3, DueKind.UNKNOWN: 4}
    return order[due.kind], 0, due.kind.label
