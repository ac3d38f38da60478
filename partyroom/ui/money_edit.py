"""The input of an amount of money: yuan on the screen, 分 in the value."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from partyroom.core.money import read_yuan, yuan
from partyroom.ui.editors import LineEditor
from partyroom.ui.form_fields import Field


class MoneyEditor(LineEditor):
    """An amount typed in yuan, as offices write it; the value is an integer of 分.

    It is not negative unless the field's `lowest` says so; `lowest` and `highest` are whole yuan.
    """

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        unit = QLabel(field.unit or "元")
        unit.setTextFormat(Qt.TextFormat.PlainText)
        self.box.addWidget(unit)

    def value(self) -> int | None:
        """The amount in 分; None if blank or no usable amount."""
        return None if self.blank() or self.problem() else read_yuan(self.line.text())

    def set_value(self, value: object) -> None:
        """Show an amount given in 分."""
        self.line.setText(yuan(value) if isinstance(value, int) else "")

    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not self.line.text().strip()

    def problem(self) -> str:
        """Say what is wrong with the amount."""
        if self.blank():
            return ""
        try:
            fen = read_yuan(self.line.text())
        except ValueError as error:
            return str(error)
        lowest, highest = self.field.lowest or 0, self.field.highest
        if fen < lowest * 100:
            return f"不能小于 {lowest} 元。" if lowest else "金额不能是负数。"
        if highest is not None and fen > highest * 100:
            return f"不能大于 {highest} 元。"
        return ""

    def normalise(self) -> None:
        """Write the amount with two decimals."""
        if (fen := self.value()) is not None:
            self.set_value(fen)
