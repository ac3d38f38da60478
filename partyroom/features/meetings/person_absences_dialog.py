"""One person's record: every meeting with attendance, leave slip and make-up lesson."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.features.meetings import make_up_service as service
from partyroom.features.meetings.absence import MakeUpStatus, PersonLine, SlipStatus, person_sentence
from partyroom.features.meetings.domain import State
from partyroom.features.meetings.slips_page import day_text, held_text, when_text
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone
from partyroom.ui.theme import scaled

_WATCHED = frozenset({"meetings", "attendance", "leave_slips", "make_ups"})


class PersonSource:
    """Answers the list of one person's meetings."""

    def __init__(self, member_id: int) -> None:
        self._member_id = member_id

    def ids(self, session: Any, query: Query) -> list[int]:
        """The meetings that fit, newest first unless asked otherwise."""
        lines = [line for line in service.person_lines(session, self._member_id) if _fits(line, query)]
        return [line.id for line in (reversed(lines) if query.sort and not query.descending else lines)]

    def rows(self, session: Any, ids: Sequence[int]) -> list[PersonLine]:
        """Lines of these meetings."""
        wanted = set(ids)
        return [line for line in service.person_lines(session, self._member_id) if line.id in wanted]


def _fits(line: PersonLine, query: Query) -> bool:
    shown = query.filters.get("shown")
    if shown == "away" and line.state.here:
        return False
    if shown == "owed" and not (line.slip is SlipStatus.MISSING or line.make_up in _OWED):
        return False
    return not query.search or any(query.search in text for text in (line.title, line.kind, line.reason))


_OWED = (MakeUpStatus.OPEN, MakeUpStatus.OVERDUE)


def _state(line: PersonLine) -> str:
    return line.state.label if line.counted or line.state is State.OBSERVER else f"{line.state.label}（不计应到）"


def _state_tone(line: PersonLine) -> Tone:
    return "" if line.state.here else "warning"


def _slip(line: PersonLine) -> str:
    return line.slip.label if line.slip else ""


def _slip_tone(line: PersonLine) -> Tone:
    return "danger" if line.slip is SlipStatus.MISSING else ""


def _make_up(line: PersonLine) -> str:
    if line.make_up is None:
        return ""
    if line.make_up is MakeUpStatus.DONE:
        return f"{day_text(line.done_on)} 已补课"
    return f"{line.make_up.label}（期限{day_text(line.due_on)}）" if line.due_on else line.make_up.label


def _make_up_tone(line: PersonLine) -> Tone:
    if line.make_up is MakeUpStatus.DONE:
        return "good"
    return "danger" if line.make_up is MakeUpStatus.OVERDUE else "warning"


COLUMNS = (
    Column("when", "会议日期", 96, text=held_text, tip=when_text),
    Column("kind", "会议类型", 116, sortable=False),
    Column("title", "会议名称", 190, sortable=False, stretch=True),
    Column("state", "考勤", 64, sortable=False, text=_state, tone=_state_tone),
    Column("reason", "原因", 150, sortable=False),
    Column("slip", "请假条", 92, sortable=False, text=_slip, tone=_slip_tone),
    Column("make_up", "补课", 190, sortable=False, text=_make_up, tone=_make_up_tone),
)


class PersonAbsencesDialog(Dialog):
    """某人的出勤与补课: the sums above, every meeting below."""

    def __init__(self, desk: Desk, member_id: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(f"{name}的出勤与补课", parent)
        self.setObjectName("person_absences_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self._member_id = member_id
        self.sums = named(QLabel(), "person_sums")
        self.sums.setTextFormat(Qt.TextFormat.PlainText)
        self.sums.setWordWrap(True)
        self.panel = TablePanel(
            desk,
            "person_absences",
            COLUMNS,
            PersonSource(member_id),
            filters=(Filter("shown", "显示", (("away", "没有到会的"), ("owed", "缺请假条或未补课的"))),),
            placeholder="搜索会议、原因…",
            empty_text="还没有这个人参加会议的记录。",
            noun="次",
        )
        close = named(QPushButton("关闭"), "close_button")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(10))
        layout.addWidget(self.sums)
        layout.addWidget(self.panel, 1)
        layout.addLayout(foot)
        desk.tasks.data_changed.connect(self._on_data_changed)
        self.reload()
        self.panel.setFocus()

    def sizeHint(self) -> QSize:
        """Room for a year of meetings."""
        return QSize(scaled(1000), scaled(600))

    def reload(self) -> None:
        """Read the record again."""
        work = partial(_lines, self._member_id)
        self._desk.tasks.read(work, self._on_lines_read, owner=self, key="sums")
        self.panel.reload()

    def _on_lines_read(self, lines: list[PersonLine]) -> None:
        self.sums.setText(person_sentence(lines))

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if kinds & _WATCHED:
            self.reload()


def _lines(member_id: int, session: Any) -> list[PersonLine]:
    return service.person_lines(session, member_id)
