"""Section 考勤: the roll of the meeting, prefilled from the roster, with guests from outside and the live counts."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedWidget, QToolBar, QWidget

from partyroom.core.names import initials, sort_key
from partyroom.features.meetings.domain import Attendance, Guest, Kinds, MeetingDraft, State, tally
from partyroom.features.meetings.list_page import ListColumn, ListTable
from partyroom.features.meetings.office import Roll
from partyroom.features.meetings.roll import Difference, compare, merge, summary
from partyroom.features.meetings.roll_page import EXCLUDED, STATE_KEYS, RollModel, RollView
from partyroom.features.meetings.section_page import SectionPage
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_GUEST_COLUMNS = (
    ListColumn("name", "姓名", 130, hint="姓名"),
    ListColumn("unit", "单位及职务", 260, stretch=True, hint="外单位列席人员，每人一行"),
)


class AttendancePage(SectionPage):
    """Who came, who did not and why.

    The list follows kind, date and group of the meeting by itself until something was marked in it; from then on a
    changed list is only offered.
    """

    key = "attendance"
    title = "考勤"
    people_changed = Signal()
    sign_in_requested = Signal()
    absences_requested = Signal()

    def __init__(self, desk: Desk, kinds: Kinds | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._kinds = kinds
        self._kind = ""
        self._voting = False
        self._touched = False
        self._roll = Roll((), ())
        self._offered: Roll | None = None
        self.model = RollModel(self)
        self.view = RollView(self.model)
        self.guests = ListTable("guest_table", "外单位列席人员", _GUEST_COLUMNS)
        self.counts = named(QLabel(), "attendance_counts")
        self.counts.setTextFormat(Qt.TextFormat.PlainText)
        self.counts.setWordWrap(True)
        self._lay_out()
        self.model.edited.connect(self._on_model_edited)
        self.guests.model.edited.connect(self._on_guests_edited)
        self._show_counts()

    # Set-up

    def _lay_out(self) -> None:
        self._offer_bar = named(QFrame(), "draft_bar")
        self._offer_text = named(QLabel(), "roll_offer_text")
        self._offer_text.setTextFormat(Qt.TextFormat.PlainText)
        self._offer_text.setWordWrap(True)
        line = QHBoxLayout(self._offer_bar)
        line.setContentsMargins(scaled(12), scaled(6), scaled(8), scaled(6))
        line.addWidget(self._offer_text, 1)
        for text, name, slot in (
            ("更新名单", "update_roll_button", self._on_update_clicked),
            ("保持不变", "keep_roll_button", self._on_keep_clicked),
        ):
            button = named(QPushButton(text), name)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            line.addWidget(button)
        self._offer_bar.hide()
        self.body.addWidget(self._offer_bar)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.guests)
        self.body.addLayout(self._list_tools())
        self.body.addWidget(self._mark_tools())
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self.counts)

    def _list_tools(self) -> QHBoxLayout:
        self.finder = named(QLineEdit(), "attendance_find", "查找姓名")
        self.finder.setPlaceholderText("姓名、首字母、科室或党小组")
        self.finder.setToolTip("输入科室或党小组的名称会选中其中所有人，回车后按一个键就能一起标记")
        self.finder.setClearButtonEnabled(True)
        self.finder.setMaximumWidth(scaled(240))
        self.finder.textChanged.connect(self._on_find_text_changed)
        self.finder.returnPressed.connect(self.view.setFocus)
        bar = named(QToolBar(), "attendance_bar", "考勤：名单")
        for text, name, slot in (
            ("添加人员", "add_people", self._on_add_triggered),
            ("移出名单", "remove_people", self._on_remove_triggered),
        ):
            action = QAction(text, self)
            action.setObjectName(name)
            action.triggered.connect(slot)
            bar.addAction(action)
            self.view.addAction(action)
        sign_in = QAction("打印签到表", self)
        sign_in.setObjectName("print_sign_in")
        sign_in.triggered.connect(self.sign_in_requested)
        bar.addAction(sign_in)
        absences = QAction("请假条", self)
        absences.setObjectName("show_absences")
        absences.setToolTip("登记请假、公差人员的请假条，查看缺席人员的补课")
        absences.triggered.connect(self.absences_requested)
        bar.addAction(absences)
        self._guest_action = QAction("外单位列席", self)
        self._guest_action.setObjectName("show_guests")
        self._guest_action.setCheckable(True)
        self._guest_action.toggled.connect(self._on_guest_action_toggled)
        bar.addAction(self._guest_action)
        line = QHBoxLayout()
        line.addWidget(self.finder, 1)
        line.addStretch(0)
        line.addWidget(bar)
        return line

    def _mark_tools(self) -> QToolBar:
        self._marks = named(QToolBar(), "attendance_marks", "考勤：标记选中的人")
        for state, digit, letter in STATE_KEYS:
            action = QAction(f"{digit} {state.label}", self)
            action.setObjectName(f"mark_{state.value}")
            action.setToolTip(f"把选中的人标记为“{state.label}”（{digit} 或 {letter}）")
            action.triggered.connect(partial(self.view.mark, state))
            self._marks.addAction(action)
            self.view.addAction(action)
        action = QAction("不计入应到", self)
        action.setObjectName("exclude_people")
        action.setToolTip("写明选中的人不计入应到的原因")
        action.triggered.connect(self._on_exclude_triggered)
        self._marks.addAction(action)
        self.view.addAction(action)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return self._marks

    # What the editor uses

    def follow(self, kind: str, roll: Roll, *, offer: bool) -> None:
        """Take over who should attend by kind, date and group; offer it if something was marked already."""
        self._kind = kind
        self._roll = roll
        if offer and not self._touched:
            self.model.replace(roll.expected)
            if roll.expected:
                self.view.go_to(0)
            self._hide_offer()
            self.people_changed.emit()
        elif offer:
            difference = compare(self.model.lines, roll.expected)
            self._show_offer(roll, difference)
        self._show_counts()

    def forget(self) -> None:
        """Show nobody, as kind, date or group are not known; marks already made stay."""
        if not self._touched:
            self.model.replace(())
            self._show_counts()
            self.people_changed.emit()

    def set_voting(self, *, voting: bool) -> None:
        """Say whether the meeting has votes, for the sentence about the quorum."""
        if voting != self._voting:
            self._voting = voting
            self._show_counts()

    @property
    def lines(self) -> tuple[Attendance, ...]:
        """The list as it stands."""
        return tuple(self.model.lines)

    def badge(self) -> str:
        """实到/应到."""
        counts = tally(self.model.lines)
        return f"{counts.present}/{counts.expected}" if self.model.lines else ""

    def put(self, draft: MeetingDraft) -> None:
        """Show a stored list; it counts as marked."""
        self._kind = draft.kind
        self._touched = bool(draft.attendance)
        self.model.replace(draft.attendance)
        if draft.attendance:
            self.view.go_to(0)
        self._put_guests([[guest.name, guest.unit] for guest in draft.guests])
        self._show_counts()

    def fields(self) -> dict[str, Any]:
        """Attendance and guests."""
        guests = tuple(Guest(name, unit) for name, unit in self.guests.model.filled())
        return {"attendance": self.lines, "guests": guests}

    def problems(self) -> list[str]:
        """A guest needs a name."""
        rows = enumerate(self.guests.model.filled(), 1)
        return [f"请填写第{number}位外单位列席人员的姓名。" for number, (name, _) in rows if not name]

    def state(self) -> object:
        """Lines and guests as JSON data."""
        return {
            "lines": [asdict(line) for line in self.model.lines],
            "guests": [list(row) for row in self.guests.model.rows],
            "touched": self._touched,
        }

    def restore(self, state: Any) -> None:
        """Put lines and guests back."""
        self.model.replace([Attendance(**{**line, "state": State(line["state"])}) for line in state["lines"]])
        self._touched = bool(state["touched"])
        self._put_guests(state["guests"])
        self._show_counts()
        self.people_changed.emit()

    def lock(self, *, locked: bool) -> None:
        """Let the lists be read, searched and scrolled, not changed."""
        self.model.locked = locked
        self.guests.lock(locked=locked)
        self._marks.setEnabled(not locked)
        self._offer_bar.setEnabled(not locked)
        for action in self.view.actions():
            action.setEnabled(not locked)

    def take_focus(self) -> None:
        """The first person."""
        if not self.view.currentIndex().isValid() and self.model.lines:
            self.view.go_to(0)
        self.view.setFocus()

    # What the user does

    def _put_guests(self, rows: list[list[str]]) -> None:
        self.guests.model.replace(rows)

    def _on_model_edited(self) -> None:
        self._touched = True
        self._show_counts()
        self.people_changed.emit()
        self.changed.emit()

    def _on_guests_edited(self) -> None:
        self._show_counts()
        self.changed.emit()

    def _on_find_text_changed(self, text: str) -> None:
        wanted = text.strip().casefold()
        if not wanted:
            return
        for row, line in enumerate(self.model.lines):
            spelt = sort_key(line.name).replace(" ", "").casefold()
            if wanted in line.name or initials(line.name).casefold().startswith(wanted) or spelt.startswith(wanted):
                self.view.go_to(row)
                return
        if rows := self._rows_of_unit(wanted):
            self.view.select_people(rows)

    def _rows_of_unit(self, wanted: str) -> list[int]:
        """The rows of all people of the department or Party group that is typed."""
        groups = {line.member_id: line.group for line in (*self._roll.expected, *self._roll.others)}
        return [
            row
            for row, line in enumerate(self.model.lines)
            if wanted in line.department.casefold() or wanted in groups.get(line.member_id, "").casefold()
        ]

    def _on_guest_action_toggled(self, shown: bool) -> None:
        self._stack.setCurrentIndex(1 if shown else 0)
        self._marks.setVisible(not shown)
        self.finder.setEnabled(not shown)

    def _on_add_triggered(self) -> None:
        present = {line.member_id for line in self.model.lines}
        everybody = (*self._roll.expected, *self._roll.others)
        self._absent = {line.member_id: line for line in everybody if line.member_id not in present}
        if not self._absent:
            self._desk.messages.inform("花名册里的人都已在名单里；外单位的人请填在“外单位列席”里。")
            return
        choices = [(i, _choice(line)) for i, line in self._absent.items()]
        field = Field("people", "人员", Kind.PEOPLE, required=True, choices=choices, rows=8)
        dialog = FormDialog("添加人员", [field], {}, self._desk, accept_text="添加", parent=self.window())
        dialog.submitted.connect(self._on_people_submitted)
        dialog.open()

    def _on_people_submitted(self, values: dict[str, object]) -> None:
        chosen = values["people"]
        assert isinstance(chosen, tuple)
        self.model.add([self._absent[i] for i in chosen])
        self.view.go_to(self.model.rowCount() - 1)
        self.view.setFocus()

    def _on_exclude_triggered(self) -> None:
        here = self.view.currentIndex()
        if not here.isValid():
            return
        index = self.model.index(here.row(), EXCLUDED)
        self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.view.scrollTo(index)
        self.view.edit(index)

    def _on_remove_triggered(self) -> None:
        if rows := self.view.selected_rows():
            self.model.remove(rows)

    # The changed list

    def _show_offer(self, roll: Roll, difference: Difference) -> None:
        self._offered = roll if difference else None
        self._offer_text.setText(difference.sentence if difference else "")
        self._offer_bar.setVisible(bool(difference))

    def _hide_offer(self) -> None:
        self._offered = None
        self._offer_bar.hide()

    def _on_update_clicked(self) -> None:
        if self._offered is not None:
            self.model.replace(merge(self.model.lines, self._offered.expected))
            self._on_model_edited()
        self._hide_offer()
        self.take_focus()

    def _on_keep_clicked(self) -> None:
        self._hide_offer()
        self.take_focus()

    def _show_counts(self) -> None:
        guests = len(self.guests.model.filled())
        self._guest_action.setText(f"外单位列席（{guests}）" if guests else "外单位列席")
        if not self.model.lines:
            self.counts.setText("选好会议类型、日期（党小组会还要选党小组）后，这里按花名册列出应到的人。")
            self._tone("hint")
            return
        text, quorum = summary(self._kind, self.model.lines, voting=self._voting, kinds=self._kinds)
        observers = sum(line.state is State.OBSERVER for line in self.model.lines) + guests
        self.counts.setText(text + (f"列席{observers}人。" if observers else ""))
        self._tone("plain" if quorum else "warning")

    def _tone(self, tone: str) -> None:
        if self.counts.property("note") != tone:
            self.counts.setProperty("note", tone)
            self.counts.style().unpolish(self.counts)
            self.counts.style().polish(self.counts)


def _choice(line: Attendance) -> str:
    return f"{line.name}（{line.department}）" if line.department else line.name
