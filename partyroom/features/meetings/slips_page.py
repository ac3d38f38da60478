"""Tab 请假条: who was away with leave, whose slip is there, how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from partyroom.core.calendar import RecordedDate, chinese_datetime
from partyroom.core.errors import StorageError
from partyroom.core.text import safe_file_name
from partyroom.features.meetings import leave_service as service
from partyroom.features.meetings.absence import SlipDraft, SlipRow, SlipStatus
from partyroom.features.meetings.absence_preview_dialog import preview_slips
from partyroom.features.meetings.domain import LeaveCategory
from partyroom.features.meetings.leave_service import AbsenceQuery
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.saving import save_bytes
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone

_SCANS = "图片或 PDF (*.jpg *.jpeg *.png *.pdf *.tif *.tiff *.bmp)"


class SlipSource:
    """Answers the list of slips, of all meetings or of one."""

    def __init__(self) -> None:
        self.meeting_id: int | None = None

    def ids(self, session: Any, query: Query) -> list[int]:
        """Absences with leave that fit the search, newest meeting first unless asked otherwise."""
        return service.list_slip_ids(session, asked(query, self.meeting_id))

    def rows(self, session: Any, ids: Sequence[int]) -> list[SlipRow]:
        """Lines of these absences."""
        return service.list_slip_rows(session, ids)


def asked(query: Query, meeting_id: int | None) -> AbsenceQuery:
    """The question of a list in the words of the service."""
    return AbsenceQuery(
        search=query.search,
        status=str(query.filters.get("status", "")),
        year=str(query.filters.get("year", "")),
        meeting_id=meeting_id,
        sort=query.sort,
        descending=query.descending,
    )


def day_text(day: object) -> str:
    """A day as 2026.10.15, blank when there is none."""
    return f"{day:%Y.%m.%d}" if day is not None else ""


def held_text(row: Any) -> str:
    """The meeting's day."""
    return day_text(row.starts_at)


def when_text(row: Any) -> str:
    """The meeting's time for reading."""
    return chinese_datetime(row.starts_at)


def _status(row: SlipRow) -> str:
    return row.status.label


def _tone(row: SlipRow) -> Tone:
    if row.status is SlipStatus.MISSING:
        return "danger"
    return "good" if row.status is SlipStatus.FILED else "warning"


def _state(row: SlipRow) -> str:
    return row.state.label


def _state_tone(row: SlipRow) -> Tone:
    return "warning" if row.state.here else ""


def _category(row: SlipRow) -> str:
    return row.draft.category.label if row.stored and row.draft.category else ""


def _reason(row: SlipRow) -> str:
    return row.draft.reason


def _signed(row: SlipRow) -> str:
    return " ".join(filter(None, (row.draft.signed_by, day_text(row.draft.signed_on)))) if row.stored else ""


def _filed(row: SlipRow) -> str:
    return " ".join(filter(None, (row.draft.filed_by, day_text(row.draft.filed_on)))) if row.draft.filed_on else ""


def _scan(row: SlipRow) -> str:
    return "有" if row.scan else ""


COLUMNS = (
    Column("status", "请假条", 80, sortable=False, text=_status, tone=_tone),
    Column("name", "姓名", 80),
    Column("department", "科室", 104),
    Column("when", "会议日期", 96, text=held_text, tip=when_text),
    Column("title", "会议名称", 150, stretch=True),
    Column("state", "考勤", 54, "center", text=_state, tone=_state_tone),
    Column("category", "类别", 88, sortable=False, text=_category),
    Column("reason", "事由", 130, sortable=False, text=_reason, tip=_reason),
    Column("signed", "负责人签字", 138, sortable=False, text=_signed),
    Column("filed_on", "备案", 134, text=_filed),
    Column("scan", "扫描件", 60, "center", sortable=False, text=_scan),
)


class SlipsPage(QWidget):
    """The list of slips with what can be done with them; `person_requested` tells whose record is wanted."""

    person_requested = Signal(int)

    def __init__(self, desk: Desk, meeting_id: int | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("slips_page")
        self.desk = desk
        self.source = SlipSource()
        self.source.meeting_id = meeting_id
        choices = [(status.value, status.label) for status in SlipStatus]
        self.panel = TablePanel(
            desk,
            "leave_slips",
            COLUMNS,
            self.source,
            filters=(
                Filter("status", "请假条", choices, None if meeting_id else SlipStatus.MISSING.value),
                Filter("year", "年份", ()),
            ),
            placeholder="搜索姓名、科室、会议、事由…",
            empty_text="没有请假或公差的记录。\n在会议的考勤里标记请假、公差后，会列在这里。",
            noun="人次",
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panel)
        self.panel.opened.connect(self._on_panel_opened)
        add = self.panel.add_row_action
        add("登记请假条…", "edit", self.edit_slips, shortcut="Ctrl+E")
        add("打印请假条", "print", partial(preview_slips, desk, self), shortcut="Ctrl+P")
        add("附扫描件…", "paperclip", self._on_scan_asked, single=True)
        add("此人的出勤与补课", "user", self._on_person_asked, single=True)
        add("扫描件另存为…", "download", self._on_scan_save_asked, single=True)
        add("删除请假条", "trash", self._on_remove_asked, danger=True)
        self.setFocusProxy(self.panel)

    def edit_slips(self, ids: Sequence[int]) -> None:
        """Open the form of one slip, or of what several have in common."""
        self.desk.tasks.read(partial(_rows, tuple(ids)), self._on_rows_read, owner=self, key="rows")

    def _on_panel_opened(self, attendance_id: int) -> None:
        self.edit_slips([attendance_id])

    def _on_rows_read(self, rows: list[SlipRow]) -> None:
        if len(rows) == 1:
            row = rows[0]
            title, values = f"请假条：{row.name}，{row.title}", _values(row.draft)
        elif rows:
            title, values = f"登记{len(rows)}张请假条", {"filed_by": rows[0].draft.filed_by}
        else:
            return
        save = partial(self._store, tuple(row.id for row in rows))
        FormDialog(title, _fields(rows), values, self.desk, save=save, parent=self.window()).open()

    def _store(self, ids: tuple[int, ...], values: dict[str, object]) -> None:
        draft = _draft(values)
        if len(ids) == 1:
            self.desk.tasks.write("登记请假条", partial(_save, ids[0], draft), owner=self)
        else:
            self.desk.tasks.write(f"登记{len(ids)}张请假条", partial(_settle, ids, draft), owner=self)

    def _on_person_asked(self, ids: Sequence[int]) -> None:
        self.desk.tasks.read(partial(_rows, tuple(ids)), self._on_person_read, owner=self, key="person")

    def _on_person_read(self, rows: list[SlipRow]) -> None:
        for row in rows:
            self.person_requested.emit(row.member_id)

    def _on_remove_asked(self, ids: Sequence[int]) -> None:
        text = f"选中{len(ids)}人，已登记的请假条将被删除，考勤不变。纸质的请假条请另行处理。"
        if self.desk.messages.ask("删除请假条？", text, accept="删除", danger=True):
            self.desk.tasks.write("删除请假条", partial(_remove, tuple(ids)), self._on_removed, owner=self)

    def _on_removed(self, done: tuple[int, int]) -> None:
        count, action = done
        if not count:
            self.desk.messages.inform("选中的人还没有请假条。")
            return
        slot = partial(self._bring_back, action)
        self.desk.messages.inform(f"已删除{count}张请假条。", action="撤销", slot=slot)

    def _bring_back(self, action: int) -> None:
        done = self._on_brought_back
        self.desk.tasks.write("恢复请假条", partial(_bring_back, action), done, owner=self)

    def _on_brought_back(self, count: int) -> None:
        self.desk.messages.inform(f"{count}张请假条已恢复。")

    # Scans

    def _on_scan_asked(self, ids: Sequence[int]) -> None:
        path = self.desk.messages.choose_open("选择请假条的扫描件或照片", _SCANS)
        if path is None:
            return
        try:
            content = path.read_bytes()
        except OSError:
            self.desk.messages.problem("没有附上扫描件", f"“{path.name}”读不出来，请检查文件是否还在、能不能打开。")
            return
        work = partial(_attach, self.desk.store.attachments, ids[0], path.name, content)
        self.desk.tasks.write("附请假条扫描件", work, partial(self._on_attached, path.name), owner=self)

    def _on_attached(self, name: str, _nothing: None) -> None:
        self.desk.messages.inform(f"已附上“{name}”，存在支部库里。")

    def _on_scan_save_asked(self, ids: Sequence[int]) -> None:
        work = partial(_scan_of, self.desk.store.attachments, ids[0])
        self.desk.tasks.read(work, self._on_scan_read, owner=self, key="scan")

    def _on_scan_read(self, found: tuple[str, bytes] | None) -> None:
        if found is None:
            self.desk.messages.inform("这张请假条还没有附扫描件。")
            return
        name, content = found
        path = self.desk.messages.choose_save("扫描件另存为", safe_file_name(name), _SCANS)
        if path is not None:
            self._write_scan(path, content)

    def _write_scan(self, path: Path, content: bytes) -> None:
        try:
            save_bytes(path, content)
        except StorageError as error:
            self.desk.messages.problem("扫描件没有保存", str(error))
            return
        self.desk.messages.inform(f"扫描件已保存：{path}")


def _fields(rows: Sequence[SlipRow]) -> list[Field]:
    one = len(rows) == 1
    blank = "" if one else "不填的保持各人原来的内容"
    heads = tuple(dict.fromkeys((name, name) for row in rows if (name := row.draft.signed_by)))
    return [
        Field(
            "category",
            "请假类别",
            Kind.CHOICE,
            required=one,
            choices=[(category.value, category.label) for category in LeaveCategory],
            hint="" if one else "不选的按考勤里的原因归类",
        ),
        Field("applied_on", "申请日期", Kind.DATE, exact=True, hint=blank),
        *([Field("reason", "请假事由", Kind.LONG_TEXT, rows=3)] if one else []),
        Field(
            "signed_by",
            "科室负责人",
            Kind.OPEN_CHOICE,
            choices=heads,
            hint="" if one else "不填的取各人所在科室的负责人",
            section="签字和备案",
        ),
        Field("signed_on", "签字日期", Kind.DATE, exact=True, hint=blank, section="签字和备案"),
        Field("filed_by", "备案人", hint="党建办公室收存请假条的人", section="签字和备案"),
        Field("filed_on", "备案日期", Kind.DATE, exact=True, hint=blank, section="签字和备案"),
    ]


def _values(draft: SlipDraft) -> dict[str, object]:
    return {
        "category": draft.category.value if draft.category else None,
        "reason": draft.reason,
        "signed_by": draft.signed_by,
        "filed_by": draft.filed_by,
        "applied_on": draft.applied_on,
        "signed_on": draft.signed_on,
        "filed_on": draft.filed_on,
    }


def _draft(values: dict[str, object]) -> SlipDraft:
    days = {
        key: value.exact if isinstance(value := values[key], RecordedDate) else None
        for key in ("applied_on", "signed_on", "filed_on")
    }
    return SlipDraft(
        category=LeaveCategory(str(values["category"])) if values["category"] else None,
        reason=str(values.get("reason", "")),
        signed_by=str(values["signed_by"] or ""),
        filed_by=str(values["filed_by"] or ""),
        **days,
    )


def _rows(ids: Sequence[int], session: Any) -> list[SlipRow]:
    return service.list_slip_rows(session, ids)


def _save(attendance_id: int, draft: SlipDraft, session: Any) -> None:
    service.save_slip(session, attendance_id, draft)


def _settle(ids: Sequence[int], draft: SlipDraft, session: Any) -> int:
    return service.settle_slips(session, ids, draft)


def _remove(ids: Sequence[int], session: Any) -> tuple[int, int]:
    return service.remove_slips(session, ids)


def _bring_back(action: int, session: Any) -> int:
    return service.bring_back(session, action)


def _attach(files: Any, attendance_id: int, name: str, content: bytes, session: Any) -> None:
    service.attach_scan(session, files, attendance_id, name, content)


def _scan_of(files: Any, attendance_id: int, session: Any) -> tuple[str, bytes] | None:
    rows = service.list_slip_rows(session, [attendance_id])
    return service.read_scan(session, files, attendance_id) if rows and rows[0].scan else None
