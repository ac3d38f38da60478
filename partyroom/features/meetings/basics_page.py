"""Section 基本情况: kind, title, when, where, who chairs and records, what about."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from partyroom.core.calendar import RecordedDate
from partyroom.features.meetings.domain import Attendees, Kinds, MeetingDraft, kind_choices, kind_label
from partyroom.features.meetings.office import Preparation, suggested_title
from partyroom.features.meetings.section_page import SectionPage
from partyroom.ui.form import Field, Kind
from partyroom.ui.form_grid import FieldCell
from partyroom.ui.icons import ACCENT, icon
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_TEXTS = ("place", "chair", "recorder", "topic")


class KindMenu(QPushButton):
    """Ticks further kinds that the same meeting counts as (一会两用)."""

    changed = Signal()

    def __init__(self, kinds: Kinds, kept: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = kinds
        named(self, "also_button", "一会两用：同时作为")
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._menu = menu = QMenu(self)
        self._actions: dict[str, QAction] = {}
        for code, label in kind_choices(kinds, *kept):
            action = menu.addAction(label.replace("&", "&&"))
            action.setCheckable(True)
            action.toggled.connect(self._on_action_toggled)
            self._actions[code] = action
        self.setIcon(icon("chevron-down"))
        self.clicked.connect(self._on_clicked)
        self._show()

    def codes(self) -> tuple[str, ...]:
        """The kinds ticked."""
        return tuple(code for code, action in self._actions.items() if action.isChecked())

    def set_codes(self, codes: Sequence[str]) -> None:
        """Tick these kinds."""
        for code, action in self._actions.items():
            action.setChecked(code in codes)

    def set_main(self, main: str) -> None:
        """The meeting's own kind cannot be ticked again."""
        for code, action in self._actions.items():
            action.setEnabled(code != main)
            if code == main:
                action.setChecked(False)

    def _on_clicked(self) -> None:
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def _on_action_toggled(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        labels = "、".join(kind_label(code, self._kinds) for code in self.codes())
        self.setText(f"同时作为：{labels}" if labels else "不是一会两用")


class BasicsPage(SectionPage):
    """What stands at the head of the record; `occasion_changed` tells that kind, date or group are others."""

    key = "basics"
    title = "基本情况"
    occasion_changed = Signal()

    def __init__(self, preparation: Preparation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own_title = False
        self._filling = False
        self._contradicted = False
        self._days_between = 0
        self._groups = {group.id: group.name for group in preparation.groups}
        self._cells: dict[str, FieldCell] = {field.key: FieldCell(field, None) for field in _fields(preparation)}
        self._kinds = preparation.kinds
        self.also = KindMenu(preparation.kinds, preparation.detail.draft.also if preparation.detail else ())
        self._lay_out()
        for cell in self._cells.values():
            cell.changed.connect(self._on_cell_changed)
        self.also.changed.connect(self._on_cell_changed)
        for key in ("kind", "date", "group_id"):
            self._cells[key].changed.connect(self._on_occasion_changed)
        self._cells["title"].changed.connect(self._on_title_changed)
        self._show_group()

    def _lay_out(self) -> None:
        sheet = named(QWidget(), "scroll_content")
        self._grid = QGridLayout(sheet)
        self._grid.setContentsMargins(scaled(4), scaled(4), scaled(12), scaled(8))
        self._grid.setHorizontalSpacing(scaled(10))
        self._grid.setVerticalSpacing(scaled(10))
        self._parts: dict[str, QWidget] = {**self._cells, "also": self.also, "start": self._times()}
        self._labels = {key: _label(key, text) for key, text in _LABELS.items()}
        self._columns = 0
        self._arrange(2)
        scroll = named(QScrollArea(), "basics_scroll")
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(sheet)
        self.body.addWidget(scroll, 1)
        order = [self._stop("kind"), self.also, *(self._stop(key) for key in _ORDER)]
        for one, other in pairwise(order):
            QWidget.setTabOrder(one, other)

    def _times(self) -> QWidget:
        times = QWidget()
        pair = QHBoxLayout(times)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(scaled(8))
        dash = QLabel("至")
        dash.setMinimumHeight(_line_height())
        for part in (self._cells["start"], dash, self._cells["end"]):
            pair.addWidget(part, 0 if part is dash else 1, Qt.AlignmentFlag.AlignTop)
        return times

    def _arrange(self, columns: int) -> None:
        """Put labels and fields into one or two columns."""
        if columns == self._columns:
            return
        self._columns = columns
        row = column = 0
        for key, label in self._labels.items():
            part, span = self._parts[key], 2 * columns - 1 if key in _WIDE else 1
            if column and key in _WIDE:
                row, column = row + 1, 0
            for widget in (label, part):
                self._grid.removeWidget(widget)
            self._grid.addWidget(label, row, 2 * column, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(part, row, 2 * column + 1, 1, span)
            column += columns if key in _WIDE else 1
            row, column = (row + 1, 0) if column >= columns else (row, column)
        for index in range(2):
            self._grid.setColumnMinimumWidth(2 * index, scaled(72) if index < columns else 0)
            self._grid.setColumnStretch(2 * index + 1, 1 if index < columns else 0)
        for index in range(len(self._labels) + 2):
            self._grid.setRowStretch(index, 1 if index == row else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column on a narrow screen."""
        super().resizeEvent(event)
        self._arrange(2 if self.width() >= scaled(_NARROW) else 1)

    def _stop(self, key: str) -> QWidget:
        editor = self._cells[key].editor
        return editor.focusProxy() or editor

    # Occasion

    @property
    def kind(self) -> str:
        """The code of the kind chosen, '' for none."""
        return str(self._value("kind") or "")

    @property
    def day(self) -> date | None:
        """The day typed, None if blank or not known to the day."""
        read = self._value("date")
        return read.exact if isinstance(read, RecordedDate) else None

    @property
    def group_id(self) -> int | None:
        """The group of a group meeting."""
        chosen = self._value("group_id")
        return chosen if isinstance(chosen, int) and self._of_group else None

    @property
    def _of_group(self) -> bool:
        """Whether only a Party group is expected."""
        kind = self._kinds.get(self.kind)
        return kind is not None and kind.attendees is Attendees.GROUP

    @property
    def complete(self) -> bool:
        """Whether it is known who should attend."""
        return (
            bool(self.kind)
            and self.day is not None
            and (not self._of_group or self.group_id is not None or not self._groups)
        )

    def starts_at(self) -> datetime | None:
        """When the meeting begins, None as long as day or time are missing."""
        start = self._value("start")
        return datetime.combine(self.day, start) if self.day and isinstance(start, time) else None

    def ends_at(self) -> datetime | None:
        """When it ends: on the same day, or as many days later as the stored meeting did."""
        end = self._value("end")
        if self.day is None or not isinstance(end, time):
            return None
        return datetime.combine(self.day + timedelta(days=self._days_between), end)

    # Section

    def start_new(self, day: date, kind: str) -> None:
        """Prepare a new meeting of today, of `kind` if that is known already."""
        self._fill({"date": RecordedDate.of(day), "kind": kind or None})
        self._suggest_title()
        self._show_group()

    def put(self, draft: MeetingDraft) -> None:
        """Show a stored meeting."""
        ends = draft.ends_at
        self._days_between = (ends.date() - draft.starts_at.date()).days if ends else 0
        self._own_title = True
        values: dict[str, object] = {key: getattr(draft, key) for key in ("kind", "title", "group_id", *_TEXTS)}
        day, start = RecordedDate.of(draft.starts_at.date()), draft.starts_at.time()
        self._fill(values | {"date": day, "start": start, "end": ends.time() if ends else None})
        self.also.blockSignals(True)
        self.also.set_codes(draft.also)
        self.also.blockSignals(False)
        self._show_group()

    def fields(self) -> dict[str, Any]:
        """Everything but attendance, agenda, minutes, votes and resolutions."""
        return {
            "kind": self.kind,
            "title": self._value("title"),
            "starts_at": self.starts_at(),
            "ends_at": self.ends_at(),
            "also": self.also.codes(),
            "group_id": self.group_id,
            **{key: self._value(key) for key in _TEXTS},
        }

    def check(self) -> bool:
        """Mark the fields that are missing or unreadable; False if there are any."""
        fine = True
        for key, cell in self._cells.items():
            unneeded = key == "group_id" and not (self._of_group and self._groups)
            text = "" if unneeded else cell.problem()
            cell.show_problem(text)
            fine = fine and not text
        return fine

    def show_problems(self, sentences: Sequence[str]) -> None:
        """Once nothing contradicts any more, the field marked for it is as good as any other."""
        super().show_problems(sentences)
        if self._contradicted and not sentences:
            cell, self._contradicted = self._cells["end"], False
            cell.show_problem("" if cell.editor.blank() else cell.problem())

    def show_field_problem(self, key: str, text: str) -> bool:
        """Show a sentence beside its field; False if there is no such field."""
        cell = self._cells.get({"starts_at": "start", "ends_at": "end"}.get(key, key))
        if cell is not None:
            cell.show_problem(text)
            self._contradicted = self._contradicted or key == "ends_at"
        return cell is not None

    def state(self) -> object:
        """The raw input of all fields."""
        return {
            "cells": {key: cell.editor.draft() for key, cell in self._cells.items()},
            "kind": self.kind,
            "group": self._value("group_id"),
            "also": list(self.also.codes()),
            "own_title": self._own_title,
            "days": self._days_between,
        }

    def restore(self, state: Any) -> None:
        """Put the raw input back."""
        self._filling = True
        for key, draft in state["cells"].items():
            if key in self._cells and key not in ("kind", "group_id"):
                self._cells[key].editor.restore(draft)
        self._cells["kind"].editor.set_value(state["kind"] or None)
        self._cells["group_id"].editor.set_value(state["group"] if state["group"] in self._groups else None)
        self.also.set_codes(state["also"])
        self._filling = False
        self._own_title = bool(state["own_title"])
        self._days_between = int(state["days"])
        self._show_group()

    def take_focus(self) -> None:
        """The first field that is still blank, else the title."""
        stops = (key for key in ("kind", "start") if self._cells[key].editor.blank())
        self._stop(next(stops, "title")).setFocus()

    def _value(self, key: str) -> object:
        return self._cells[key].editor.value()

    def _fill(self, values: dict[str, object]) -> None:
        self._filling = True
        for key, value in values.items():
            self._cells[key].editor.set_value(value)
        self._filling = False

    def _suggest_title(self) -> None:
        day = self.day
        if not self._own_title and self.kind and day:
            self._fill(
                {"title": suggested_title(self.kind, day, self._groups.get(self.group_id or 0, ""), self._kinds)}
            )

    def _show_group(self) -> None:
        shown = self._of_group and bool(self._groups)
        self._cells["group_id"].setVisible(shown)
        self._labels["group_id"].setVisible(shown)
        self.also.set_main(self.kind)

    def _on_cell_changed(self) -> None:
        if not self._filling:
            self.changed.emit()

    def _on_title_changed(self) -> None:
        if not self._filling:
            self._own_title = bool(self._value("title"))

    def _on_occasion_changed(self) -> None:
        if not self._filling:
            self._show_group()
            self._suggest_title()
            self.occasion_changed.emit()


_LABELS = {
    "kind": "会议类型",
    "also": "一会两用",
    "title": "会议名称",
    "date": "会议日期",
    "start": "起止时间",
    "place": "会议地点",
    "group_id": "党小组",
    "chair": "主持人",
    "recorder": "记录人",
    "topic": "会议议题",
}
_REQUIRED = ("kind", "title", "date", "start", "group_id")
_WIDE = ("title", "topic")
_NARROW = 620
_ORDER = ("title", "date", "start", "end", "place", "group_id", "chair", "recorder", "topic")


def _fields(preparation: Preparation) -> list[Field]:
    kinds = kind_choices(preparation.kinds, preparation.detail.draft.kind if preparation.detail else "")
    groups = [(group.id, group.name) for group in preparation.groups]
    old = preparation.detail.draft.group_id if preparation.detail else None
    if preparation.detail is not None and old is not None and old not in dict(groups):
        groups.append((old, preparation.detail.group or "已删除的党小组"))
    places = [(place, place) for place in preparation.places]
    people = [(name, name) for name in preparation.people]
    return [
        Field("kind", "会议类型", Kind.CHOICE, required=True, choices=kinds),
        Field("title", "会议名称", required=True),
        Field("date", "会议日期", Kind.DATE, required=True, exact=True),
        Field("start", "开始时间", Kind.TIME, required=True),
        Field("end", "结束时间", Kind.TIME),
        Field("place", "会议地点", Kind.OPEN_CHOICE, choices=places),
        Field("group_id", "党小组", Kind.CHOICE, required=True, choices=groups),
        Field("chair", "主持人", Kind.OPEN_CHOICE, choices=people),
        Field("recorder", "记录人", Kind.OPEN_CHOICE, choices=people),
        Field("topic", "会议议题", Kind.LONG_TEXT, rows=3, wide=True),
    ]


def _label(key: str, text: str) -> QLabel:
    """The words before a field, on one line of text with it."""
    star = f" <span style='color:{ACCENT}'>*</span>" if key in _REQUIRED else ""
    label = QLabel(html.escape(text) + star)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setMinimumHeight(_line_height())
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _line_height() -> int:
    return QLineEdit().sizeHint().height()
