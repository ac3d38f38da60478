"""规定动作 of a meeting: ticked when done, with the time; and the oath to read aloud."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import now, today
from partyroom.core.text import one_line
from partyroom.features.meetings.domain import FixedAction, MeetingDraft
from partyroom.features.meetings.oath_dialog import OathDialog
from partyroom.ui.date_edit import TimeEditor
from partyroom.ui.errands import Errand
from partyroom.ui.form import Field, Kind
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_COLUMNS = 3
DUES = "现场交纳党费"
COLLECT_DUES = "collect_dues"
"""The errand of 现场交纳党费: values `day`, `members` (ids of those present, an empty tuple: not known), `occasion`."""
_UNTIMED = ("佩戴党徽",)  # lasts as long as the meeting


def dues_errand(draft: MeetingDraft, window: QWidget) -> Errand:
    """Ask for the sheet of dues of the meeting's month, for those who are here."""
    here = tuple(line.member_id for line in draft.attendance if line.state.here)
    day = draft.starts_at.date()
    return Errand(COLLECT_DUES, {"day": day, "members": here, "occasion": one_line(draft.title)}, window)


class ActionsBox(QWidget):
    """The fixed actions of the meeting's kinds in a few lines; `changed` tells of what the user did.

    `starts_at` answers when the meeting begins, as far as that is known. `dues_requested` asks for the month's sheet of
    dues; its button is there once `offer_dues` said that somebody answers, and while 现场交纳党费 is among the actions.
    """

    changed = Signal()
    dues_requested = Signal()

    def __init__(self, starts_at: Callable[[], datetime | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "actions_box", "规定动作")
        self._starts_at = starts_at
        self._names: tuple[str, ...] = ()
        self._lines: dict[str, _ActionLine] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(scaled(18))
        self._grid.setVerticalSpacing(scaled(2))
        self._none = named(QLabel("这类会议没有规定动作；可以在“会议类型”里添加。"), "small_quiet")
        head = QHBoxLayout()
        title = QLabel("规定动作")
        oath = named(QPushButton(icon("flag"), "入党誓词"), "oath_button")
        oath.setToolTip("大字显示入党誓词，供领誓人和大家宣读")
        oath.setAutoDefault(False)
        oath.clicked.connect(self._on_oath_clicked)
        head.addWidget(title)
        self._dues = named(QPushButton(icon("dues"), "收党费…"), "collect_dues_button", "现场收党费")
        self._dues.setToolTip("打开当月的党费收款表，列出本次到会的党员")
        self._dues.setAutoDefault(False)
        self._dues.clicked.connect(self.dues_requested)
        self._dues_taken = False
        self._dues.hide()
        head.addWidget(self._none, 1)
        head.addStretch()
        head.addWidget(self._dues)
        head.addWidget(oath)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(scaled(4))
        column.addLayout(head)
        column.addLayout(self._grid)

    def offer_dues(self) -> None:
        """Somebody answers `dues_requested`."""
        self._dues_taken = True
        self._dues.setVisible(DUES in self._lines)

    def offer(self, names: Sequence[str]) -> None:
        """Offer these actions; others that are ticked stay."""
        ticked = [name for name, line in self._lines.items() if line.box.isChecked()]
        self._names = tuple(names)
        self._show([*names, *(name for name in ticked if name not in names)])

    def put(self, actions: Sequence[FixedAction]) -> None:
        """Tick what was done."""
        self._show([*self._names, *(action.name for action in actions if action.name not in self._names)])
        for line in self._lines.values():
            line.clear()
        for action in actions:
            self._lines[action.name].put(action.done_at.time() if action.done_at else None)

    def done(self) -> tuple[FixedAction, ...]:
        """What is ticked, on the meeting's day."""
        starts = self._starts_at()
        day = starts.date() if starts else today()
        done = [line for line in self._lines.values() if line.box.isChecked()]
        return tuple(
            FixedAction(line.name, None if (at := line.at()) is None else datetime.combine(day, at)) for line in done
        )

    def problems(self) -> list[str]:
        """Times that cannot be read."""
        lines = (line for line in self._lines.values() if line.box.isChecked())
        return [f"“{line.name}”的时间看不懂，请写成 14:35。" for line in lines if line.when.problem()]

    def state(self) -> list[list[str]]:
        """The ticked actions with what stands in their times."""
        return [[line.name, line.when.line.text()] for line in self._lines.values() if line.box.isChecked()]

    def restore(self, state: Any) -> None:
        """Put the raw input back."""
        kept = {str(name): str(text) for name, text in state}
        self.put([FixedAction(name) for name in kept])
        for name, text in kept.items():
            self._lines[name].when.restore(text)

    def _show(self, names: Sequence[str]) -> None:
        for name in [name for name in self._lines if name not in names]:
            line = self._lines.pop(name)
            self._grid.removeWidget(line)
            line.hide()
            line.deleteLater()
        for name in names:
            if name not in self._lines:
                line = self._lines[name] = _ActionLine(name)
                line.box.clicked.connect(partial(self._on_box_clicked, name))
                line.when.line.textEdited.connect(self.changed)
        self._lines = {name: self._lines[name] for name in names}
        for number, line in enumerate(self._lines.values()):
            self._grid.addWidget(line, number // _COLUMNS, number % _COLUMNS)
        self._grid.setColumnStretch(_COLUMNS, 1)
        self._none.setVisible(not self._lines)
        self._dues.setVisible(self._dues_taken and DUES in self._lines)

    def _on_box_clicked(self, name: str) -> None:
        """Ticked during the meeting it was done now, afterwards at the meeting's beginning."""
        line, starts = self._lines[name], self._starts_at()
        if line.box.isChecked() and name not in _UNTIMED and starts is not None:
            moment = now() if starts.date() == today() and now() >= starts else starts
            line.put(moment.time())
        else:
            line.follow()
        self.changed.emit()

    def _on_oath_clicked(self) -> None:
        OathDialog(self.window()).open()


class _ActionLine(QWidget):
    """A tick and a time."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.box = named(QCheckBox(name), f"action_{name}")
        self.when = TimeEditor(Field("when", f"{name}的时间", Kind.TIME))
        named(self.when.line, f"action_time_{name}", f"{name}的时间")
        self.when.line.setPlaceholderText("时间")
        self.when.setFixedWidth(scaled(72))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(scaled(6))
        row.addWidget(self.box)
        row.addWidget(self.when)
        row.addStretch()
        self.follow()

    def put(self, at: time | None) -> None:
        self.box.setChecked(True)
        self.when.set_value(at)
        self.follow()

    def clear(self) -> None:
        self.box.setChecked(False)
        self.when.set_value(None)
        self.follow()

    def at(self) -> time | None:
        return self.when.value()

    def follow(self) -> None:
        """A time can be given for what was done."""
        self.when.setEnabled(self.box.isChecked())
