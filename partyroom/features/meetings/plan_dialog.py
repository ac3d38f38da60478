"""年度计划: the meetings of a year in a calendar or in a list by month, planned by rule, moved, cancelled, opened."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import EARLIEST_YEAR, LATEST_YEAR, today
from partyroom.features.meetings import plan_service, service
from partyroom.features.meetings.domain import MeetingRow, Stage
from partyroom.features.meetings.plan import Frequency, PlanLine, PlanRule, chinese_day, month_heading
from partyroom.features.meetings.plan_calendar_page import CalendarPage
from partyroom.features.meetings.plan_form_dialog import OneMeetingDialog, PreviewDialog, RuleDialog
from partyroom.features.meetings.plan_service import YearPlan
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, row_height, scaled

_HEADINGS = ("时间", "会议类型", "会议名称", "地点", "状态")
_WIDTHS = (190, 140, 260, 130, 90)
_ID = Qt.ItemDataRole.UserRole
_MONTH = Qt.ItemDataRole.UserRole + 1
_COLOUR = {Stage.PLANNED: "focus", Stage.HELD: "ink", Stage.CANCELLED: "faint"}


class PlanDialog(Dialog):
    """The year's meetings; `opened` asks to open one in the editor, after this window has closed."""

    opened = Signal(int)

    def __init__(self, desk: Desk, year: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__("年度计划", parent)
        self.setObjectName("plan_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self.year = year or today().year
        self._plan: YearPlan | None = None
        self._rows: dict[int, MeetingRow] = {}
        self.list = _tree()
        self.list.itemActivated.connect(self._on_open_clicked)
        self.list.itemSelectionChanged.connect(self._on_selection_changed)
        self.strip = frequency_label("plan_frequencies")
        self.calendar = self._calendar()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.calendar)
        self.stack.addWidget(self.list)
        layout = QVBoxLayout(self)
        layout.setSpacing(scaled(8))
        layout.addLayout(self._head())
        layout.addWidget(self.strip)
        layout.addWidget(self.stack, 1)
        layout.addLayout(self._foot())
        self.calendar.setFocus()
        desk.tasks.data_changed.connect(self._on_data_changed)
        self._reload()

    def sizeHint(self) -> QSize:
        """Room for a year; the base class keeps it within the screen."""
        return QSize(scaled(960), scaled(680))

    def _calendar(self) -> CalendarPage:
        page = CalendarPage(today() if self.year == today().year else date(self.year, 1, 1))
        page.opened.connect(self._open_meeting)
        page.wanted.connect(self._on_day_wanted)
        page.moved.connect(self._on_day_moved)
        page.year_requested.connect(self._on_year_requested)
        page.chosen_changed.connect(self._on_selection_changed)
        return page

    def _views(self) -> QHBoxLayout:
        """The two buttons of which one is down: calendar or list."""
        row = QHBoxLayout()
        row.setSpacing(0)
        self._view = QButtonGroup(self)
        for number, (text, picture, name) in enumerate(
            (("月历", "calendar", "calendar_view_button"), ("列表", "list", "list_view_button"))
        ):
            button = _button(text, picture, name, partial(self._on_view_clicked, number))
            button.setCheckable(True)
            button.setChecked(not number)
            self._view.addButton(button, number)
            row.addWidget(button)
        return row

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.title = named(QLabel(), "plan_year")
        before = _button("", "chevron-left", "year_before_button", partial(self._go, -1), "上一年")
        after = _button("", "chevron-right", "year_after_button", partial(self._go, 1), "下一年")
        for part in (before, self.title, after):
            row.addWidget(part)
        row.addSpacing(scaled(12))
        row.addLayout(self._views())
        row.addStretch()
        for text, picture, name, slot in (
            ("按规则生成…", "calendar-event", "by_rule_button", self._on_by_rule_clicked),
            ("照上月安排…", "copy", "as_before_button", self._on_as_before_clicked),
        ):
            row.addWidget(_button(text, picture, name, slot))
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        made = []
        for text, picture, name, slot in (
            ("打开", "edit", "open_plan_button", self._on_open_clicked),
            ("改期…", "calendar", "move_button", self._on_move_clicked),
            ("取消会议…", "x", "call_off_button", self._on_cancel_clicked),
            ("恢复计划", "restore", "replan_button", self._on_replan_clicked),
            ("移入回收站", "trash", "bin_plan_button", self._on_bin_clicked),
        ):
            made.append(_button(text, picture, name, slot))
            row.addWidget(made[-1])
        self._open, self._move, self._cancel, self._replan, self._bin = made
        row.addStretch()
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        row.addWidget(close)
        return row

    # Showing

    def _go(self, years: int) -> None:
        if EARLIEST_YEAR <= self.year + years <= LATEST_YEAR:
            self.calendar.turn(12 * years)

    def _on_year_requested(self, year: int) -> None:
        if year != self.year:
            self.year = year
            self._reload()

    def _on_view_clicked(self, number: int) -> None:
        """Show the other view at the same month, and at the same meeting if there is one."""
        if number == self.stack.currentIndex():
            return
        chosen, month = self._chosen(), self._month()
        self.stack.setCurrentIndex(number)
        if self._plan is None:
            pass  # nothing is read yet; what comes then is shown at the month of the calendar
        elif number:
            self._show_month(month)
            self._choose(chosen)
        elif chosen:
            self.calendar.go_to(self._rows[chosen[0]].starts_at.date())
        else:
            self.calendar.turn(month - self.calendar.day.month)
        self._show_strip()
        self.stack.currentWidget().setFocus()
        self._on_selection_changed()

    def _choose(self, ids: Sequence[int]) -> None:
        for row in range(self.list.topLevelItemCount()):
            head = self.list.topLevelItem(row)
            assert head is not None
            for item in (head.child(number) for number in range(head.childCount())):
                item.setSelected(item.data(0, _ID) in ids)

    def _reload(self) -> None:
        self.title.setText(f"<b>{self.year}年</b>")
        self._desk.tasks.read(partial(_read, self.year), self._on_plan_read, owner=self, key="plan")

    def _on_data_changed(self, tables: frozenset[str]) -> None:
        if not tables.isdisjoint({"meetings", "meeting_kinds"}):
            self._reload()

    def _on_plan_read(self, plan: YearPlan) -> None:
        first = self._plan is None or self._plan.year != plan.year
        chosen = set(self._listed())
        self._plan = plan
        self._rows = {row.id: row for row in plan.rows}
        self._show_strip()
        self.list.clear()
        for month in range(1, 13):
            rows = [row for row in plan.rows if row.starts_at.month == month]
            head = QTreeWidgetItem([month_heading(month, rows)])
            head.setData(0, _MONTH, month)
            head.setSizeHint(0, QSize(0, row_height()))
            self.list.addTopLevelItem(head)
            head.setFirstColumnSpanned(True)
            for row in rows:
                head.addChild(item := _item(row))
                item.setSelected(row.id in chosen)
            head.setExpanded(True)
        if first:
            self._show_month(self.calendar.day.month)
        self.calendar.put(plan.rows)
        self._on_selection_changed()

    def _show_strip(self) -> None:
        """All frequencies above the list; above the calendar, which needs the room, those that fall short."""
        if self._plan is not None:
            show_frequencies(self.strip, self._plan.frequencies, everything=bool(self.stack.currentIndex()))

    def _show_month(self, month: int) -> None:
        head = self.list.topLevelItem(month - 1)
        assert head is not None
        self.list.setCurrentItem(head)
        self.list.scrollToItem(head, QAbstractItemView.ScrollHint.PositionAtTop)

    def _chosen(self) -> list[int]:
        found = self._listed() if self.stack.currentIndex() else self.calendar.chosen()
        return [one for one in found if one in self._rows]

    def _listed(self) -> list[int]:
        found = [item.data(0, _ID) for item in self.list.selectedItems()]
        return [one for one in found if isinstance(one, int)]

    def _month(self) -> int:
        """The month that the user is at."""
        if not self.stack.currentIndex():
            return self.calendar.day.month
        item = self.list.currentItem()
        while item is not None and item.parent() is not None:
            item = item.parent()
        return int(item.data(0, _MONTH)) if item is not None else today().month

    def _on_selection_changed(self) -> None:
        stages = [self._rows[one].stage for one in self._chosen()]
        self._open.setEnabled(len(stages) == 1 and stages[0] is not Stage.CANCELLED)
        self._move.setEnabled(stages == [Stage.PLANNED])
        self._cancel.setEnabled(bool(stages) and set(stages) == {Stage.PLANNED})
        self._replan.setEnabled(bool(stages) and set(stages) == {Stage.CANCELLED})
        self._bin.setEnabled(bool(stages) and Stage.HELD not in stages)

    # Planning

    def _on_by_rule_clicked(self) -> None:
        if self._plan is not None:
            dialog = RuleDialog(self._desk, self._plan, parent=self)
            dialog.ruled.connect(self._on_ruled)
            dialog.open()

    def _on_ruled(self, rule: PlanRule) -> None:
        assert self._plan is not None
        done = partial(self._on_previewed, f"{rule.year}年{self._plan.kinds[rule.kind].label}")
        self._desk.tasks.read(partial(_preview_rule, rule), done, owner=self)

    def _on_as_before_clicked(self) -> None:
        month = self._month()
        done = partial(self._on_previewed, f"{self.year}年{month}月照上月安排")
        self._desk.tasks.read(partial(_preview_month, self.year, month), done, owner=self)

    def _on_previewed(self, title: str, lines: Sequence[PlanLine]) -> None:
        if not lines:
            self._desk.messages.inform("上个月没有会议，没有可以照着安排的。")
            return
        dialog = PreviewDialog(title, lines, parent=self)
        dialog.wanted.connect(partial(self._on_plan_wanted, title))
        dialog.open()

    def _on_plan_wanted(self, title: str, lines: Sequence[PlanLine]) -> None:
        self._desk.tasks.write(f"年度计划：{title}", partial(_store, tuple(lines)), self._on_planned, owner=self)

    def _on_planned(self, ids: Sequence[int]) -> None:
        undo = partial(self._take_back, tuple(ids))
        self._desk.messages.inform(f"已列入计划{len(ids)}次会议。", action="撤销", slot=undo)

    def _take_back(self, ids: tuple[int, ...]) -> None:
        self._desk.tasks.write("撤销列入计划", partial(_bin, ids), self._on_binned, owner=self)

    # Meetings

    def _on_open_clicked(self) -> None:
        chosen = self._chosen()
        if len(chosen) == 1:
            self._open_meeting(chosen[0])

    def _open_meeting(self, meeting_id: int) -> None:
        row = self._rows[meeting_id]
        if row.stage is Stage.CANCELLED:
            self._desk.messages.inform(f"“{row.title}”已取消。要召开，请先点“恢复计划”。")
        else:
            self.accept()
            self.opened.emit(meeting_id)

    def _on_day_wanted(self, day: date) -> None:
        """Ask for a new planned meeting on a day to come."""
        if day < today():
            self._desk.messages.inform("这一天已经过去，不能列入计划。补记会议，请在“会议记录”页新建。")
        elif self._plan is not None:
            dialog = OneMeetingDialog(self._desk, self._plan, day, parent=self)
            dialog.lined.connect(self._on_lined)
            dialog.open()

    def _on_lined(self, line: PlanLine) -> None:
        self._on_plan_wanted(line.title, [line])

    def _on_day_moved(self, meeting_id: int, day: date) -> None:
        row = self._rows[meeting_id]
        self.calendar.go_to(day)
        self._store_move(row, {"starts_at": datetime.combine(day, row.starts_at.time())})

    def _on_move_clicked(self) -> None:
        row = self._rows[self._chosen()[0]]
        field = Field("starts_at", "新的时间", Kind.DATETIME, required=True)
        save = partial(self._store_move, row)
        dialog = FormDialog(
            f"改期：{row.title}", [field], {"starts_at": row.starts_at}, self._desk, save=save, parent=self
        )
        dialog.open()

    def _store_move(self, row: MeetingRow, values: dict[str, object]) -> None:
        starts_at = values["starts_at"]
        assert isinstance(starts_at, datetime)
        work, done = partial(_move, row.id, starts_at), partial(self._on_moved, row, starts_at)
        self._desk.tasks.write(f"改期：{row.title}", work, done, owner=self)

    def _on_moved(self, row: MeetingRow, starts_at: datetime, _: object) -> None:
        undo = partial(self._move_back, row)
        self._desk.messages.inform(f"“{row.title}”改到{chinese_day(starts_at)}。", action="撤销", slot=undo)

    def _move_back(self, row: MeetingRow) -> None:
        self._desk.tasks.write(f"撤销改期：{row.title}", partial(_move, row.id, row.starts_at), owner=self)

    def _on_cancel_clicked(self) -> None:
        ids = tuple(self._chosen())
        title = self._rows[ids[0]].title if len(ids) == 1 else f"{len(ids)}次会议"
        field = Field("reason", "取消的原因", Kind.TEXT, required=True)
        dialog = FormDialog(
            f"取消会议：{title}",
            [field],
            {},
            self._desk,
            save=partial(self._store_cancel, title, ids),
            accept_text="取消会议",
            parent=self,
        )
        dialog.open()

    def _store_cancel(self, title: str, ids: tuple[int, ...], values: dict[str, object]) -> None:
        self._desk.tasks.write(f"取消会议：{title}", partial(_cancel, ids, str(values["reason"])), owner=self)

    def _on_replan_clicked(self) -> None:
        self._desk.tasks.write("恢复取消的会议", partial(_replan, tuple(self._chosen())), owner=self)

    def _on_bin_clicked(self) -> None:
        ids = tuple(self._chosen())
        text = f"{len(ids)}次会议将从计划里移入回收站，可以从那里恢复。"
        if self._desk.messages.ask("移入回收站？", text, accept="移入回收站", danger=True):
            self._desk.tasks.write("计划移入回收站", partial(_bin, ids), self._on_binned, owner=self)

    def _on_binned(self, count: int) -> None:
        self._desk.messages.inform(f"{count}次会议已移入回收站。")


def frequency_label(name: str) -> QLabel:
    """The line that says how often meetings were held."""
    label = named(QLabel(), name)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    return label


def show_frequencies(label: QLabel, found: Sequence[Frequency], *, everything: bool) -> None:
    """Show all frequencies, or only those that fall short; the sources are in the tool tip."""
    shown = [one for one in found if everything or not one.met]
    parts = [_marked(one) for one in shown]
    if not everything and found:
        parts.append("其余会议的次数已达到要求。" if parts and len(shown) < len(found) else "")
        parts = [part for part in parts if part] or (["本期会议次数都已达到要求。"] if not shown else [])
    label.setText(" &nbsp;·&nbsp; ".join(parts))
    lines = "<br>".join(html.escape(f"{one.text}（{one.hint.rstrip('。')}）") for one in found)
    label.setToolTip(f"<p style='white-space:pre'>{lines}</p>" if lines else "")
    label.setVisible(bool(parts))


def _marked(one: Frequency) -> str:
    text = html.escape(one.text).replace(" ", "&nbsp;")
    return text if one.met else f"<span style='color:{COLOURS['amber_dark']}'>{text}</span>"


def _tree() -> QTreeWidget:
    tree = named(QTreeWidget(), "plan_list", "年度计划")
    tree.setHeaderLabels(_HEADINGS)
    tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    tree.setUniformRowHeights(True)
    for column, width in enumerate(_WIDTHS):
        tree.setColumnWidth(column, scaled(width))
    tree.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    tree.header().setStretchLastSection(False)
    return tree


def _item(row: MeetingRow) -> QTreeWidgetItem:
    kinds = f"{row.kind}（兼{row.also}）" if row.also else row.kind
    item = QTreeWidgetItem([chinese_day(row.starts_at), kinds, row.title, row.place, row.stage.label])
    item.setData(0, _ID, row.id)
    item.setSizeHint(0, QSize(0, row_height()))
    for column in range(len(_HEADINGS)):
        item.setForeground(column, QColor(COLOURS[_COLOUR[row.stage]]))
    if row.cancel_reason:
        item.setText(2, f"{row.title}（取消原因：{row.cancel_reason}）")
    return item


def _button(text: str, picture: str, name: str, slot: Callable[[], object], accessible: str = "") -> QPushButton:
    button = named(QPushButton(icon(picture), text), name, accessible)
    button.setAutoDefault(False)
    button.setToolTip(accessible)
    button.clicked.connect(slot)
    return button


def _read(year: int, session: Any) -> YearPlan:
    return plan_service.year_plan(session, year)


def _preview_rule(rule: PlanRule, session: Any) -> list[PlanLine]:
    return plan_service.preview_rule(session, rule)


def _preview_month(year: int, month: int, session: Any) -> list[PlanLine]:
    return plan_service.preview_month(session, year, month)


def _store(lines: Sequence[PlanLine], session: Any) -> list[int]:
    return plan_service.store_plan(session, lines)


def _move(meeting_id: int, starts_at: datetime, session: Any) -> None:
    plan_service.move_meeting(session, meeting_id, starts_at)


def _cancel(ids: Sequence[int], reason: str, session: Any) -> int:
    return plan_service.cancel_meetings(session, ids, reason)


def _replan(ids: Sequence[int], session: Any) -> int:
    return plan_service.replan_meetings(session, ids)


def _bin(ids: Sequence[int], session: Any) -> int:
    return service.bin_meetings(session, ids)
