"""请假与补课: the slips and the make-up lessons of all meetings or of one, and the way to one person's record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from partyroom.core.calendar import chinese_date
from partyroom.features.meetings import leave_service, make_up_service
from partyroom.features.meetings.absence import MakeUpStatus, SlipStatus
from partyroom.features.meetings.absence_preview_dialog import preview_blank_slips
from partyroom.features.meetings.leave_service import AbsenceQuery
from partyroom.features.meetings.make_ups_page import MakeUpsPage
from partyroom.features.meetings.person_absences_dialog import PersonAbsencesDialog
from partyroom.features.meetings.service import get_meeting
from partyroom.features.meetings.slips_page import SlipsPage
from partyroom.features.members.service import all_details
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_WATCHED = frozenset({"meetings", "attendance", "leave_slips", "make_ups", "departments", "attachments"})


@dataclass(frozen=True, slots=True)
class Overview:
    """What stands above the lists: which meeting, the years to choose from, and what is still missing."""

    meeting: str
    years: tuple[str, ...]
    missing: int
    owed: int
    overdue: int


def read_overview(session: Any, meeting_id: int | None) -> Overview:
    """Count what is missing, over all meetings or of one."""

    def count(status: str, of_slips: bool) -> int:
        query = AbsenceQuery(status=status, meeting_id=meeting_id)
        ids = leave_service.list_slip_ids if of_slips else make_up_service.list_make_up_ids
        return len(ids(session, query))

    draft = None if meeting_id is None else get_meeting(session, meeting_id).draft
    return Overview(
        meeting="" if draft is None else f"{chinese_date(draft.starts_at.date())} {draft.title}",
        years=tuple(leave_service.absence_years(session)),
        missing=count(SlipStatus.MISSING.value, True),
        owed=count(make_up_service.OWED, False),
        overdue=count(MakeUpStatus.OVERDUE.value, False),
    )


class AbsenceDialog(Dialog):
    """Two lists, 请假条 and 补课; opened for one meeting they show that meeting until all are asked for."""

    def __init__(self, desk: Desk, meeting_id: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__("请假与补课", parent)
        self.setObjectName("absence_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self._meeting_id = meeting_id
        self.slips = SlipsPage(desk, meeting_id)
        self.make_ups = MakeUpsPage(desk, meeting_id)
        self.tabs = named(QTabWidget(), "absence_tabs", "请假与补课")
        self.tabs.addTab(self.slips, "请假条")
        self.tabs.addTab(self.make_ups, "补课")
        self._lay_out()
        for page in (self.slips, self.make_ups):
            page.person_requested.connect(self._on_person_requested)
        for number in range(self.tabs.count()):
            keys = QKeySequence(f"Alt+{number + 1}")
            QShortcut(keys, self).activated.connect(partial(self.show_tab, number))
        self.tabs.currentChanged.connect(self._on_tabs_current_changed)
        desk.tasks.data_changed.connect(self._on_data_changed)
        self.reload()
        self.slips.setFocus()

    def sizeHint(self) -> QSize:
        """Room for the columns of both lists."""
        return QSize(scaled(1180), scaled(640))

    def show_tab(self, number: int) -> None:
        """Show 请假条 (0) or 补课 (1) with the keyboard in its list."""
        self.tabs.setCurrentIndex(number)
        self.tabs.currentWidget().setFocus()

    def reload(self) -> None:
        """Read both lists and what is missing again."""
        work = partial(_overview, self._meeting_id)
        self._desk.tasks.read(work, self._on_overview_read, owner=self, key="overview")
        self.slips.panel.reload()
        self.make_ups.panel.reload()

    def choose_person(self) -> None:
        """Ask whose record is wanted."""
        self._desk.tasks.read(_people, self._on_people_read, owner=self, key="people")

    # Set-up

    def _lay_out(self) -> None:
        self.scope = named(QLabel(), "absence_scope")
        self.scope.setTextFormat(Qt.TextFormat.PlainText)
        self.scope.setWordWrap(True)
        self.all_button = self._button("看全部会议", "all_meetings_button", self._on_all_clicked)
        head = QHBoxLayout()
        head.addWidget(self.scope, 1)
        head.addWidget(self.all_button)
        foot = QHBoxLayout()
        foot.addWidget(self._button("空白请假条", "blank_slip_button", partial(preview_blank_slips, self._desk, self)))
        foot.addWidget(self._button("按人查看…", "person_button", self.choose_person))
        foot.addStretch()
        foot.addWidget(self._button("关闭", "close_button", self.accept))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(10))
        layout.addLayout(head)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(foot)
        self.all_button.setVisible(self._meeting_id is not None)

    def _button(self, text: str, name: str, slot: Any) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    # What happens

    def _on_overview_read(self, overview: Overview) -> None:
        parts = [
            f"缺请假条{overview.missing}人次" if overview.missing else "请假条齐全",
            f"待补课{overview.owed}人次" if overview.owed else "补课全部完成",
        ]
        if overview.overdue:
            parts.append(f"其中逾期{overview.overdue}人次")
        where = f"只看：{overview.meeting}。" if overview.meeting else "全部会议："
        self.scope.setText(f"{where}{'，'.join(parts)}。")
        self.tabs.setTabText(0, f"请假条（缺{overview.missing}）" if overview.missing else "请假条")
        self.tabs.setTabText(1, f"补课（待补{overview.owed}）" if overview.owed else "补课")
        choices = [(year, f"{year}年") for year in overview.years]
        for page in (self.slips, self.make_ups):
            page.panel.set_filter_choices("year", choices)

    def _on_all_clicked(self) -> None:
        self._meeting_id = None
        self.slips.source.meeting_id = self.make_ups.source.meeting_id = None
        self.all_button.hide()
        self.reload()

    def _on_tabs_current_changed(self, _number: int) -> None:
        self.tabs.currentWidget().setFocus()

    def _on_people_read(self, people: Sequence[tuple[int, str]]) -> None:
        if not people:
            self._desk.messages.inform("花名册里还没有人。")
            return
        field = Field("person", "人员", Kind.CHOICE, required=True, choices=people)
        dialog = FormDialog("出勤与补课", [field], {}, self._desk, accept_text="查看", parent=self)
        dialog.submitted.connect(self._on_person_submitted)
        dialog.open()

    def _on_person_submitted(self, values: dict[str, object]) -> None:
        person = values["person"]
        assert isinstance(person, int)
        self._on_person_requested(person)

    def _on_person_requested(self, member_id: int) -> None:
        done = partial(self._on_name_read, member_id)
        self._desk.tasks.read(partial(_name_of, member_id), done, owner=self, key="name")

    def _on_name_read(self, member_id: int, name: str) -> None:
        PersonAbsencesDialog(self._desk, member_id, name, self).open()

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if kinds & _WATCHED:
            self.reload()


def _overview(meeting_id: int | None, session: Any) -> Overview:
    return read_overview(session, meeting_id)


def _people(session: Any) -> list[tuple[int, str]]:
    found = []
    for member in all_details(session):
        department = member.draft.department
        found.append((int(member.id), f"{member.draft.name}（{department}）" if department else member.draft.name))
    return found


def _name_of(member_id: int, session: Any) -> str:
    return make_up_service.person_name(session, member_id)
