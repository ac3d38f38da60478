"""本年度的口径: what the branch decides for a year where the texts leave it open, each choice with its source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from partyroom.features.dues.base import disputed_items
from partyroom.features.dues.collect_service import begin_with
from partyroom.features.dues.domain import Change, Reading, RoundingUnit
from partyroom.features.dues.ledger import Choices, Every
from partyroom.features.dues.month_field_dialog import (
    month_field,
    month_problem,
    month_shown,
    month_value,
    show_month,
    show_months,
)
from partyroom.features.dues.years_service import save_choices
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named

_BASE, _ITEMS, _MONEY = "计算基数", "有争议的项目（法规没有点名，按上级或本支部的口径）", "取整和上交"


class ChoicesDialog(FormDialog):
    """The choices of one year; saving them for the first time opens the year."""

    def __init__(self, desk: Desk, choices: Choices, *, opening: bool, parent: QWidget | None = None) -> None:
        self._choices = choices
        title = f"开立{choices.year}年度党费" if opening else f"{choices.year}年度党费的口径"
        accept = "开立" if opening else "保存"
        fields = [*_beginning(choices.year), *_fields()] if opening else _fields()
        super().__init__(title, fields, _values(choices), desk, save=self._store, accept_text=accept, parent=parent)
        self.setObjectName("choices_dialog")
        show_months(self.grid)
        if opening:
            show_month(self.grid, "begin", f"如 {choices.year}.9")
        self._opening = opening
        self._explain()

    def _explain(self) -> None:
        text = (
            "不确定的可以先用下面的默认值，以后还能改；改动只影响以后核定的基数，已核定的和已结账的月份不变。"
            if self._opening
            else "改动只影响以后核定的基数；已核定的和已结账的月份不变。"
        )
        label = named(QLabel(text), "quiet")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, label)

    def _store(self, values: dict[str, object]) -> None:
        choices = choices_from(self._choices.year, values)
        verb = "开立" if self._opening else "修改"
        label = f"{verb}{choices.year}年度党费"
        begin = month_value(values.get("begin"))
        self._desk.tasks.write(label, partial(_save, choices, begin), self._on_saved, owner=self)

    def _on_saved(self, _result: None) -> None:
        if self._opening:
            text = f"{self._choices.year}年度已开立。下一步：到“基数核定”核定每个人的计算基数。"
            self._desk.messages.inform(text)


def choices_from(year: int, values: dict[str, object]) -> Choices:
    """The choices that a form holds."""
    share, farmer = values["share"], values["farmer_fen"]
    counted = tuple(rule.code for rule in disputed_items() if values[f"item_{rule.code}"])
    return Choices(
        year=year,
        reading=Reading(str(values["reading"])),
        change=Change(str(values["change"])),
        rounding_fen=int(str(values["rounding_fen"])),
        counted=counted,
        farmer_fen=farmer if isinstance(farmer, int) else 0,
        share_bp=int(Decimal(str(share)) * 100),
        every=Every(str(values["every"])),
        base_month=month_value(values["base_month"]),
        note=str(values["note"]),
    )


def _values(choices: Choices) -> dict[str, object]:
    values: dict[str, object] = {
        "reading": choices.reading.value,
        "change": choices.change.value,
        "rounding_fen": choices.rounding_fen,
        "farmer_fen": choices.farmer_fen,
        "share": Decimal(choices.share_bp) / 100,
        "every": choices.every.value,
        "base_month": month_shown(choices.base_month),
        "note": choices.note,
    }
    return values | {f"item_{rule.code}": rule.code in choices.counted for rule in disputed_items()}


def _fields() -> list[Field]:
    readings = [(one.value, one.label) for one in Reading]
    changes = [(one.value, one.label) for one in Change]
    units = [(int(one), f"四舍五入到{one.label}") for one in RoundingUnit]
    everies = [(one.value, one.label) for one in Every]
    reading = "两份文件对扣除项说法不同；现在一般按2017年通知（组电明字〔2017〕5号）"
    change = "2017年通知要求年初核定、年内一般不变；2008年规定第十条按新工资调整"
    unit = "国家没有规定取整到哪一位，按上级或本支部的习惯"
    share = "全国没有统一比例，按上级党组织的规定；100%即全额上交"
    farmer = "农民党员每月0.2元至1元，标准由省级规定（2008年规定第六条）"
    counted = [
        Field(f"item_{rule.code}", f"计入{rule.label}", Kind.CHECK, hint=rule.reason, section=_ITEMS)
        for rule in disputed_items()
    ]
    return [
        Field("reading", "扣除口径", Kind.CHOICE, required=True, choices=readings, hint=reading, section=_BASE,
              wide=True),
        Field("change", "收入变动", Kind.CHOICE, required=True, choices=changes, hint=change, section=_BASE, wide=True),
        month_field("base_month", "按哪个月的工资", hint="例如 2025.12；核定基数时用", section=_BASE),
        Field("farmer_fen", "农民党员每月", Kind.MONEY, required=True, hint=farmer, section=_BASE),
        *counted,
        Field("rounding_fen", "应交数", Kind.CHOICE, required=True, choices=units, hint=unit, section=_MONEY),
        Field("share", "上交比例", Kind.NUMBER, required=True, decimals=2, lowest=0, highest=100, unit="%", hint=share,
              section=_MONEY),
        Field("every", "多久上交", Kind.CHOICE, required=True, choices=everies, section=_MONEY),
        Field("note", "依据和说明", Kind.LONG_TEXT, rows=2, section=_MONEY, hint="例如：支委会2026年1月5日研究"),
    ]  # fmt: skip


def _beginning(year: int) -> list[Field]:
    hint = "不填就从1月起；年中开始用本程序的，填开始的月份，以前的月份按纸质台账，不在这里追欠"
    return [
        Field(
            "begin", "从哪个月记起", Kind.DATE, hint=hint, section="开始", wide=True, validate=partial(_outside, year)
        )
    ]


def _outside(year: int, value: object) -> str:
    """What is wrong with the month that the ledger begins with."""
    problem = month_problem(value)
    month = month_value(value)
    if problem or month is None or month.year == year:
        return problem
    return f"请填{year}年的月份，例如 {year}.9。"


def _save(choices: Choices, begin: date | None, session: Any) -> None:
    save_choices(session, choices)
    if begin is not None and begin.month > 1:
        begin_with(session, begin)
