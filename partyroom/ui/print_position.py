"""Where the user says by how much the printer needs every page moved."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox, QDoubleSpinBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from partyroom.core.settings import setting
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.printing import Shift
from partyroom.ui.theme import scaled

_RIGHT, _DOWN = "print_shift_right", "print_shift_down"


def present_shift(desk: Desk) -> Shift:
    """The shift the user has set."""
    return Shift(desk.settings.number(_RIGHT), desk.settings.number(_DOWN))


class PrintPositionDialog(Dialog):
    """Two lengths in millimetres, kept in the settings in tenths of a millimetre."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("设置打印位置", parent)
        self.setObjectName("print_position_dialog")
        self._desk = desk
        shift = present_shift(desk)
        self.right = _length(_RIGHT, shift.right)
        self.down = _length(_DOWN, shift.down)
        hint = QLabel("打印出来的位置总是偏一点时，在这里调整；先打印校准页量一量。\n负数表示向左移、向上移。")
        hint.setObjectName("quiet")
        form = QFormLayout()
        form.addRow("向右移", self.right)
        form.addRow("向下移", self.down)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        save = buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setText("保存")
        save.setProperty("primary", True)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText("取消")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(24), scaled(20), scaled(24), scaled(18))
        layout.setSpacing(scaled(14))
        layout.addWidget(hint)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def accept(self) -> None:
        """Keep the lengths."""
        values = {_RIGHT: round(self.right.value() * 10), _DOWN: round(self.down.value() * 10)}
        self._desk.settings.update(values)
        super().accept()


def _length(key: str, tenths: int) -> QDoubleSpinBox:
    declared = setting(key)
    box = QDoubleSpinBox()
    box.setObjectName(key)
    box.setAccessibleName(declared.label)
    box.setDecimals(1)
    box.setSingleStep(0.1)
    box.setRange(declared.lowest / 10, declared.highest / 10)
    box.setSuffix(" 毫米")
    box.setValue(tenths / 10)
    return box
