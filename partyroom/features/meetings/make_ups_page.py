"""Tab 补课: who owes a make-up lesson, until when, taught by whom, and how it was held."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from partyroom.core.calendar import RecordedDate, today
from partyroom.features.meetings import make_up_service as service
from partyroom.features.meetings.absence import METHODS, MakeUpDraft, MakeUpRow, MakeUpStatus
from partyroom.features.meetings.absence_preview_dialog import preview_make_ups
from partyroom.features.meetings.slips_page import asked, day_text, held_text, when_text
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone


class MakeUpSource:
    """Answers the list of make-up lessons, of all meetings or of one."""

    def __init__(self) -> None:
        self.meeting_id: int | None = None

    def ids(self, session: Any, query: Query) -> list[int]:
        """Lessons that fit the search, soonest due first unless asked otherwise."""
        return service.list_make_up_ids(session, asked(query, self.meeting_id))

    def rows(self, session: Any, ids: Sequence[int]) -> list[MakeUpRow]:
        """Lines of these lessons."""
        return service.list_make_up_rows(session, ids)


_TONES: dict[MakeUpStatus, Tone] = {
    MakeUpStatus.OPEN: "warning",
    MakeUpStatus.OVERDUE: "danger",
    MakeUpStatus.DONE: "good",
}


def status_text(row: Any) -> str:
    """How the lesson stands."""
    return str(row.status.label)


def _tone(row: MakeUpRow) -> Tone:
    return _TONES[row.status]


def _due(row: MakeUpRow) -> str:
    return day_text(row.due_on)


def _done(row: MakeUpRow) -> str:
    return day_text(row.done_on)


def _why(row: MakeUpRow) -> str:
    return "：".join(filter(None, (row.attendance, row.reason)))


COLUMNS = (
    Column("status", "补课", 72, sortable=False, text=status_text, tone=_tone),
    Column("name", "姓名", 80),
    Column("department", "科室", 104),
    Column("when", "会议日期", 96, text=held_text, tip=when_text),
    Column("title", "会议名称", 170, stretch=True),
    Column("why", "缺席原因", 140, sortable=False, text=_why, tip=_why),
    Column("due", "期限", 92, text=_due, tone=_tone),
    Column("teacher", "补课人", 76),
    Column("done", "补课日期", 92, text=_done),
    Column("method", "方式", 88, sortable=False),
    Column("confirmed_by", "核查人", 76, sortable=False),
    Column("content", "补课内容", 180, visible=False, sortable=False),
)


class MakeUpsPage(QWidget):
    """The list of make-up lessons with what can be done with them; `person_requested` tells whose record is wanted."""

    person_requested = Signal(int)

    def __init__(self, desk: Desk, meeting_id: int | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("make_ups_page")
        self.desk = desk
        self.source = MakeUpSource()
        self.source.meeting_id = meeting_id
        choices = [(service.OWED, "未完成（含逾期）"), *((status.value, status.label) for status in MakeUpStatus)]
        self.panel = TablePanel(
            desk,
            "make_ups",
            COLUMNS,
            self.source,
            filters=(
                Filter("status", "补课", choices, None if meeting_id else service.OWED),
                Filter("year", "年份", ()),
            ),
            placeholder="搜索姓名、科室、会议、原因…",
            empty_text="没有需要补课的人。\n党课、主题党日等会议保存后，缺席的人会自动列在这里。",
            noun="人次",
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panel)
        self.panel.opened.connect(self._on_panel_opened)
        add = self.panel.add_row_action
        add("已补课…", "check", self.finish, shortcut="Ctrl+E")
        add("打印补课记录", "print", partial(preview_make_ups, desk, self), shortcut="Ctrl+P")
        add("改补课人和期限…", "edit", self.assign)
        add("此人的出勤与补课", "user", self._on_person_asked, single=True)
        add("改回待补课", "undo", self._on_reopen_asked)
        self.setFocusProxy(self.panel)

    def finish(self, ids: Sequence[int]) -> None:
        """Ask how these lessons were held."""
        done = partial(self._on_rows_read, "finish")
        self.desk.tasks.read(partial(_rows, tuple(ids)), done, owner=self, key="rows")

    def assign(self, ids: Sequence[int]) -> None:
        """Ask for another teacher or another last day."""
        done = partial(self._on_rows_read, "assign")
        self.desk.tasks.read(partial(_rows, tuple(ids)), done, owner=self, key="rows")

    def _on_panel_opened(self, lesson_id: int) -> None:
        self.finish([lesson_id])

    def _on_rows_read(self, what: str, rows: list[MakeUpRow]) -> None:
        if not rows:
            return
        ids = tuple(row.id for row in rows)
        who = rows[0].name if len(rows) == 1 else f"{len(rows)}人"
        if what == "finish":
            title, save = f"已补课：{who}", self._store_held
            fields, values = _held_fields(rows), _held_values(rows)
        else:
            title, fields, values, save = (
                f"补课人和期限：{who}",
                _duty_fields(rows),
                _duty_values(rows),
                self._store_duty,
            )
        FormDialog(title, fields, values, self.desk, save=partial(save, ids), parent=self.window()).open()

    def _store_held(self, ids: tuple[int, ...], values: dict[str, object]) -> None:
        day = values["done_on"]
        assert isinstance(day, RecordedDate)
        assert day.exact is not None
        draft = MakeUpDraft(day.exact, *(str(values[key] or "") for key in ("method", "content", "teacher")))
        draft = MakeUpDraft(
            draft.done_on, draft.method, draft.content, draft.teacher, str(values["confirmed_by"] or "")
        )
        self.desk.tasks.write(f"登记{len(ids)}人已补课", partial(_finish, ids, draft), owner=self)

    def _store_duty(self, ids: tuple[int, ...], values: dict[str, object]) -> None:
        due = values["due_on"]
        day = due.exact if isinstance(due, RecordedDate) else None
        work = partial(_assign, ids, str(values["teacher"] or ""), day)
        self.desk.tasks.write("改补课人和期限", work, owner=self)

    def _on_reopen_asked(self, ids: Sequence[int]) -> None:
        text = "选中的补课将改回“待补课”，补课日期和核查人会清空。考勤已改为到会的，不再需要补课。"
        if self.desk.messages.ask("改回待补课？", text, accept="改回待补课"):
            self.desk.tasks.write("改回待补课", partial(_reopen, tuple(ids)), self._on_reopened, owner=self)

    def _on_reopened(self, count: int) -> None:
        self.desk.messages.inform(f"{count}人改回待补课。" if count else "选中的人本来就是待补课。")

    def _on_person_asked(self, ids: Sequence[int]) -> None:
        self.desk.tasks.read(partial(_rows, tuple(ids)), self._on_person_read, owner=self, key="person")

    def _on_person_read(self, rows: list[MakeUpRow]) -> None:
        for row in rows:
            self.person_requested.emit(row.member_id)


def _held_fields(rows: Sequence[MakeUpRow]) -> list[Field]:
    one = len(rows) == 1
    kept = "" if one else "不填的保持各人原来的内容"
    material = f"不填即为学习《{rows[0].material}》" if one else "不填即为学习各次会议的会议纪要"
    return [
        Field("done_on", "补课日期", Kind.DATE, required=True, exact=True),
        Field("method", "补课方式", Kind.OPEN_CHOICE, choices=[(name, name) for name in METHODS], hint=kept),
        Field("teacher", "补课人", hint=kept or "一般是科室负责人"),
        Field("confirmed_by", "核查人", hint=kept or "核实确已补课的人"),
        Field("content", "补课内容", Kind.LONG_TEXT, rows=4, hint=material),
    ]


def _held_values(rows: Sequence[MakeUpRow]) -> dict[str, object]:
    if len(rows) > 1:
        return {"done_on": RecordedDate.of(today()), "method": METHODS[0]}
    row = rows[0]
    return {
        "done_on": RecordedDate.of(row.done_on or today()),
        "method": row.method or METHODS[0],
        "teacher": row.teacher,
        "confirmed_by": row.confirmed_by,
        "content": row.content,
    }


def _duty_fields(rows: Sequence[MakeUpRow]) -> list[Field]:
    kept = "" if len(rows) == 1 else "不填的保持各人原来的内容"
    return [
        Field("teacher", "补课人", hint=kept or "一般是科室负责人"),
        Field("due_on", "补课期限", Kind.DATE, exact=True, hint=kept),
    ]


def _duty_values(rows: Sequence[MakeUpRow]) -> dict[str, object]:
    if len(rows) > 1:
        return {}
    due = rows[0].due_on
    return {"teacher": rows[0].teacher, "due_on": None if due is None else RecordedDate.of(due)}


def _rows(ids: Sequence[int], session: Any) -> list[MakeUpRow]:
    return service.list_make_up_rows(session, ids)


def _finish(ids: Sequence[int], draft: MakeUpDraft, session: Any) -> int:
    return service.finish_make_ups(session, ids, draft)


def _assign(ids: Sequence[int], teacher: str, due_on: Any, session: Any) -> int:
    return service.assign_make_ups(session, ids, teacher, due_on)


def _reopen(ids: Sequence[int], session: Any) -> int:
    return service.reopen_make_ups(session, ids)
