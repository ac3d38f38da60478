"""议事决策督办: every resolution with its state; progress, closing, taking up again, the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import RecordedDate, chinese_date, today
from partyroom.core.text import safe_file_name
from partyroom.documents.model import Document
from partyroom.documents.sheet import Sheet, render_xlsx
from partyroom.features.meetings import resolution_service as service
from partyroom.features.meetings.resolution_report import TITLE, ledger_document, ledger_sheet
from partyroom.features.meetings.resolutions import ResolutionRow, ResolutionState
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone
from partyroom.ui.theme import scaled

_STATES = ((service.UNCLOSED, "未办结"), *((state.value, state.label) for state in ResolutionState))
_WATCHES = frozenset({"resolutions", "resolution_follow_ups", "meetings"})
_TONES: dict[ResolutionState, Tone] = {
    ResolutionState.OPEN: "",
    ResolutionState.OVERDUE: "danger",
    ResolutionState.CLOSED: "good",
}


def _meeting(row: ResolutionRow) -> str:
    return f"{chinese_date(row.meeting_day)} {row.meeting}"


def _state(row: ResolutionRow) -> str:
    return row.state.label


def _tone(row: ResolutionRow) -> Tone:
    return _TONES[row.state]


def _text(row: ResolutionRow) -> str:
    return " ".join(row.text.split())


def _whole_text(row: ResolutionRow) -> str:
    return row.text


def _deadline(row: ResolutionRow) -> str:
    return row.deadline


def _due(row: ResolutionRow) -> str:
    return f"最后期限：{chinese_date(row.due_on)}" if row.due_on else "没有写明可以推算的日期，不计算逾期。"


def _notes(row: ResolutionRow) -> str:
    return "\n".join(one.line for one in row.follow_ups)


def _latest(row: ResolutionRow) -> str:
    return " ".join(row.latest.split())


def _closed(row: ResolutionRow) -> str:
    return chinese_date(row.closed_on) if row.closed_on else ""


COLUMNS = (
    Column("number", "编号", 78),
    Column("meeting", "会议", 180, text=_meeting, tip=_meeting),
    Column("text", "决议内容", 240, text=_text, tip=_whole_text, stretch=True),
    Column("responsible", "责任人", 92),
    Column("deadline", "完成时限", 132, text=_deadline, tip=_due),
    Column("latest", "最近办理情况", 190, text=_latest, tip=_notes, sortable=False),
    Column("state", "状态", 66, "center", text=_state, tone=_tone),
    Column("closed_on", "办结日期", 110, text=_closed, visible=False, sortable=False),
)


class ResolutionSource:
    """Answers the list of resolutions."""

    def ids(self, session: Any, query: Query) -> list[int]:
        """Resolutions that fit, newest first unless asked otherwise."""
        asked = service.ResolutionQuery(
            search=query.search,
            state=str(query.filters.get("state", "")),
            year=str(query.filters.get("year", "")),
            sort=query.sort or "number",
            descending=query.descending or not query.sort,
        )
        return service.list_resolution_ids(session, asked)

    def rows(self, session: Any, ids: Sequence[int]) -> list[ResolutionRow]:
        """Lines of these resolutions."""
        return service.list_resolution_rows(session, ids)


class ResolutionDialog(Dialog):
    """Follows resolutions up; reads its list again when something it shows has changed."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("议事决策督办", parent)
        self.setObjectName("resolution_dialog")
        self._desk = desk
        self.panel = TablePanel(
            desk,
            "resolutions",
            COLUMNS,
            ResolutionSource(),
            filters=(Filter("state", "状态", _STATES, default=service.UNCLOSED), Filter("year", "年份", ())),
            placeholder="搜索编号、内容、责任人…",
            empty_text="还没有决议。\n在会议记录的“决议”里写下决议，保存后就列在这里督办。",
            noun="项",
            parent=self,
        )
        self.panel.bar.search.setToolTip("在编号、会议、决议内容、责任人和办理情况中查找（Ctrl+F）")
        for text, picture, slot, single in (
            ("登记办理情况…", "edit", self._on_follow_up_asked, True),
            ("办结…", "check", self._on_close_asked, False),
            ("重新办理…", "refresh", self._on_reopen_asked, True),
        ):
            self.panel.add_row_action(text, picture, slot, single=single)
        self.panel.opened.connect(self._on_opened)
        self._lay_out()
        desk.tasks.data_changed.connect(self._on_data_changed)
        self.reload()

    def sizeHint(self) -> QSize:
        """Roomy; the base class keeps it within the screen."""
        return QSize(scaled(1120), scaled(620))

    def reload(self) -> None:
        """Read the list and the years again."""
        self._desk.tasks.read(service.resolution_years, self._on_years_read, owner=self, key="years")
        self.panel.reload()

    def _lay_out(self) -> None:
        note = QLabel("未办结的决议，会在同一组织（支部、支委会、党小组）的下一次会议的“议程”里提示带入，直到办结。")
        note.setWordWrap(True)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for text, name, slot in (
            ("打印督办台账…", "print_ledger", self.print_ledger),
            ("导出 Excel…", "export_ledger", self.export_ledger),
            ("关闭", "close_button", self.reject),
        ):
            button = named(QPushButton(text), name)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.addWidget(note)
        layout.addWidget(self.panel, 1)
        layout.addLayout(foot)

    def print_ledger(self) -> None:
        """Preview the ledger of what the list shows."""
        self._read_shown(self._on_print_read)

    def export_ledger(self) -> None:
        """Save the same as a workbook."""
        self._read_shown(self._on_export_read)

    # What is done about resolutions

    def _on_opened(self, resolution_id: int) -> None:
        self._on_follow_up_asked([resolution_id])

    def _on_follow_up_asked(self, ids: Sequence[int]) -> None:
        fields = [
            Field("on_day", "日期", Kind.DATE, required=True, exact=True),
            Field("by", "登记人"),
            Field("text", "办理情况", Kind.LONG_TEXT, required=True, rows=4),
        ]
        self._ask("登记办理情况", fields, {"on_day": RecordedDate.of(today())}, partial(self._save_note, ids[0]))

    def _on_close_asked(self, ids: Sequence[int]) -> None:
        fields = [
            Field("on_day", "办结日期", Kind.DATE, required=True, exact=True),
            Field("by", "登记人"),
            Field("text", "办结情况", Kind.LONG_TEXT, rows=4, hint="可以不填"),
        ]
        title = "办结" if len(ids) == 1 else f"办结{len(ids)}项"
        self._ask(title, fields, {"on_day": RecordedDate.of(today())}, partial(self._save_closing, tuple(ids)))

    def _on_reopen_asked(self, ids: Sequence[int]) -> None:
        fields = [
            Field("reason", "重新办理的原因", Kind.LONG_TEXT, required=True, rows=3),
            Field("by", "登记人"),
        ]
        self._ask("重新办理", fields, {}, partial(self._save_reopening, ids[0]))

    def _ask(
        self, title: str, fields: Sequence[Field], values: dict[str, object], save: Callable[[dict[str, object]], None]
    ) -> None:
        FormDialog(title, fields, values, self._desk, save=save, parent=self).open()

    def _save_note(self, resolution_id: int, values: dict[str, object]) -> None:
        work = partial(_add_note, resolution_id, values)
        self._desk.tasks.write("登记决议办理情况", work, owner=self)

    def _save_closing(self, ids: Sequence[int], values: dict[str, object]) -> None:
        self._desk.tasks.write("决议办结", partial(_close, ids, values), owner=self)

    def _save_reopening(self, resolution_id: int, values: dict[str, object]) -> None:
        label = f"决议重新办理：{values['reason']}"
        self._desk.tasks.write(label, partial(_reopen, resolution_id, values), owner=self)

    # The ledger

    def _read_shown(self, done: Callable[[tuple[list[ResolutionRow], Branch]], None]) -> None:
        self._desk.tasks.read(partial(_shown, self.panel.query()), done, owner=self, key="ledger")

    def _on_print_read(self, found: tuple[list[ResolutionRow], Branch]) -> None:
        rows, branch = found
        if not rows:
            self._desk.messages.inform("列表是空的，没有可以打印的决议。")
            return
        document = ledger_document(rows, branch, today())
        self._desk.tasks.compute(partial(_typeset, document), self._on_typeset, owner=self, title="正在排版督办台账")

    def _on_typeset(self, printed: tuple[bytes, Sequence[str]]) -> None:
        # The preview takes a while to load: only when something is printed.
        from partyroom.ui.print_preview import PrintPreview

        pdf, missing = printed
        name = f"{TITLE}{today():%Y%m%d}"
        PrintPreview(self._desk, TITLE, pdf, safe_file_name(name), warnings=tuple(missing), parent=self).open()

    def _on_export_read(self, found: tuple[list[ResolutionRow], Branch]) -> None:
        rows, branch = found
        if not rows:
            self._desk.messages.inform("列表是空的，没有可以导出的决议。")
            return
        suggested = safe_file_name(f"{TITLE}{today():%Y%m%d}.xlsx")
        path = self._desk.messages.choose_save("导出督办台账", suggested, "Excel 工作簿 (*.xlsx)")
        if path is not None:
            work = partial(_write_sheet, ledger_sheet(rows, branch, today()), path)
            self._desk.tasks.compute(work, partial(self._on_exported, path), owner=self, title="正在导出")

    def _on_exported(self, path: Path, count: int) -> None:
        self._desk.messages.inform(f"已导出{count}项决议：{path}")

    def _on_years_read(self, years: Sequence[str]) -> None:
        self.panel.set_filter_choices("year", [(year, f"{year}年") for year in years])

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if not _WATCHES.isdisjoint(kinds):
            self.reload()


def _add_note(resolution_id: int, values: dict[str, object], session: Any) -> None:
    service.add_follow_up(session, resolution_id, _day(values), str(values["text"]), str(values["by"]))


def _close(ids: Sequence[int], values: dict[str, object], session: Any) -> int:
    return service.close_resolutions(session, ids, _day(values), str(values["text"]), str(values["by"]))


def _reopen(resolution_id: int, values: dict[str, object], session: Any) -> None:
    service.reopen_resolution(session, resolution_id, str(values["reason"]), str(values["by"]))


def _day(values: dict[str, object]) -> Any:
    day = values["on_day"]
    assert isinstance(day, RecordedDate)
    return day.exact


def _shown(query: Query, session: Any) -> tuple[list[ResolutionRow], Branch]:
    source = ResolutionSource()
    return source.rows(session, source.ids(session, query)), get_branch(session)


def _typeset(document: Document, progress: Progress) -> tuple[bytes, Sequence[str]]:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.pdf import render_pdf

    rendered = render_pdf([document], progress=progress.step)
    return rendered.data, rendered.missing


def _write_sheet(sheet: Sheet, path: Path, _progress: Progress) -> int:
    save_bytes(path, render_xlsx(sheet))
    return len(sheet.rows)
