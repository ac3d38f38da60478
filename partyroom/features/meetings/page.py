"""会议记录: the list of meetings with what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.text import safe_file_name
from partyroom.documents.sheet import Sheet, render_xlsx
from partyroom.features.meetings import service
from partyroom.features.meetings.absence_dialog import AbsenceDialog
from partyroom.features.meetings.domain import Kinds, MeetingRow, Stage
from partyroom.features.meetings.kinds_dialog import KindsDialog
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.meeting_dialog import ABSENCES, FINALISE, PAPERS, MeetingDialog
from partyroom.features.meetings.notice_dialog import NoticeDialog
from partyroom.features.meetings.office import Preparation, prepare_editor, restore_meetings
from partyroom.features.meetings.plan import Frequency
from partyroom.features.meetings.plan_dialog import PlanDialog, frequency_label, show_frequencies
from partyroom.features.meetings.plan_service import frequencies_on
from partyroom.features.meetings.preview_dialog import FORMS, preview_meetings, preview_month
from partyroom.features.meetings.resolution_dialog import ResolutionDialog
from partyroom.features.meetings.search_dialog import SearchDialog, show_place
from partyroom.features.meetings.search_service import Found
from partyroom.features.meetings.sign_in_dialog import ask_sign_in
from partyroom.features.meetings.statistics_dialog import open_statistics
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.page import Page
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone

_NEWEST_FIRST = Query(filters={"stage": Stage.HELD.value}, sort="when", descending=True)


class MeetingSource:
    """Answers the list of meetings."""

    def ids(self, session: Any, query: Query) -> list[int]:
        """Meetings that fit the search, newest first unless asked otherwise."""
        asked = service.MeetingQuery(
            search=query.search,
            kind=str(query.filters.get("kind", "")),
            year=str(query.filters.get("year", "")),
            stage=str(query.filters.get("stage", "")),
            sort=query.sort or "starts_at",
            descending=query.descending or not query.sort,
        )
        return service.list_meeting_ids(session, asked)

    def rows(self, session: Any, ids: Sequence[int]) -> list[MeetingRow]:
        """Lines of these meetings."""
        return service.list_rows(session, ids)


def _kinds(row: MeetingRow) -> str:
    return f"{row.kind}（兼{row.also}）" if row.also else row.kind


def _attendance(row: MeetingRow) -> str:
    return f"{row.expected}/{row.present}" if row.expected else ""


def _votes(row: MeetingRow) -> str:
    return str(row.votes or "")


def _resolutions(row: MeetingRow) -> str:
    return str(row.resolutions or "")


def _stage(row: MeetingRow) -> str:
    return "已定稿" if row.finalised else row.stage.label


def _stage_tip(row: MeetingRow) -> str:
    return f"取消原因：{row.cancel_reason}" if row.cancel_reason else row.stage.label


def _stage_tone(row: MeetingRow) -> Tone:
    return "" if row.stage is Stage.HELD else "muted"


def _length(row: MeetingRow) -> str:
    return f"{row.minutes_length:,}" if row.minutes_length else ""


COLUMNS = (
    Column("when", "会议时间", 158),
    Column("kind", "会议类型", 150, text=_kinds, tip=_kinds),
    Column("title", "会议名称", 232, stretch=True),
    Column("place", "地点", 126),
    Column("chair", "主持人", 76),
    Column("attendance", "应到/实到", 92, "center", sortable=False, text=_attendance),
    Column("votes", "表决", 56, "center", sortable=False, text=_votes),
    Column("resolutions", "决议", 56, "center", sortable=False, text=_resolutions),
    Column("minutes_length", "记录字数", 84, "right", visible=False, sortable=False, text=_length),
    Column("stage", "状态", 76, "center", sortable=False, text=_stage, tip=_stage_tip, tone=_stage_tone),
)


class MeetingsPage(Page):
    """The tab 会议记录."""

    title: ClassVar[str] = "会议记录"
    icon: ClassVar[str] = "meetings"
    watches: ClassVar[frozenset[str]] = frozenset({"meetings", "attendance", "votes", "resolutions", "meeting_kinds"})

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._searched = ""
        self.frequencies = frequency_label("frequency_strip")
        self.body.addWidget(self.frequencies)
        self.panel = TablePanel(
            desk,
            "meetings",
            COLUMNS,
            MeetingSource(),
            filters=(
                Filter("kind", "类型", ()),
                Filter("year", "年份", ()),
                Filter("stage", "状态", [(one.value, one.label) for one in Stage], default=Stage.HELD.value),
            ),
            placeholder="搜索名称、议题、内容、决议…",
            empty_text="还没有会议记录。\n先新建一次会议，到会名单会按花名册自动列好。",
            empty_action=("新建会议", self.create_meeting),
            noun="次",
        )
        self.panel.bar.search.setToolTip("在名称、议题、会议内容和决议中查找（Ctrl+F）")
        self.panel.set_query(_NEWEST_FIRST)
        self.panel.opened.connect(self.edit_meeting)
        self.body.addWidget(self.panel, 1)
        self._add_commands()
        self.setFocusProxy(self.panel)

    def reload(self) -> None:
        """Read the list and the years again."""
        self.desk.tasks.read(service.meeting_years, self._on_years_read, owner=self, key="years")
        self.desk.tasks.read(kinds_of, self._on_kinds_read, owner=self, key="kinds")
        self.desk.tasks.read(_frequencies, self._on_frequencies_read, owner=self, key="frequencies")
        self.panel.reload()

    def show_plan(self) -> None:
        """Show the year plan; what is opened there comes into the editor."""
        dialog = PlanDialog(self.desk, parent=self)
        dialog.opened.connect(self.edit_meeting)
        dialog.open()

    def show_resolutions(self) -> None:
        """Show the resolutions of all meetings to follow them up."""
        ResolutionDialog(self.desk, self).open()

    def show_absences(self) -> None:
        """Show leave slips and make-up lessons of all meetings."""
        AbsenceDialog(self.desk, parent=self).open()

    def show_kinds(self) -> None:
        """Show the kinds of meetings to change them."""
        KindsDialog(self.desk, self).open()

    def create_meeting(self) -> None:
        """Open the editor for a new meeting, of the kind the list is filtered by."""
        kind = str(self.panel.query().filters.get("kind", ""))
        self._open_editor(None, kind)

    def edit_meeting(self, meeting_id: int) -> None:
        """Open the editor for a stored meeting."""
        self._open_editor(meeting_id, "")

    def search(self) -> None:
        """Look for words in all meetings, those of the last search to begin with."""
        dialog = SearchDialog(self.desk, self._searched, self)
        dialog.box.textChanged.connect(self._on_searched_changed)
        dialog.chosen.connect(self._on_found_chosen)
        dialog.open()

    def print_month(self) -> None:
        """Ask for a month and preview all its papers in one."""
        fields = [
            Field("month", "月份", Kind.DATE, required=True, hint="例如 2026.11", validate=_month_problem),
            Field("form", "打印", Kind.CHOICE, required=True, choices=list(FORMS.items())),
        ]
        month = RecordedDate(today().strftime("%Y-%m"))
        dialog = FormDialog(
            "打印一个月的会议", fields, {"month": month, "form": "record"}, self.desk, accept_text="预览", parent=self
        )
        dialog.submitted.connect(self._on_month_submitted)
        dialog.open()

    def export_shown(self) -> None:
        """Write exactly what the list shows into a workbook."""
        self.panel.shown_table(self._on_table_read)

    def show_statistics(self) -> None:
        """Open attendance statistics and the year's summary."""
        open_statistics(self.desk, self)

    # Commands

    def _add_commands(self) -> None:
        """Fill the tool bar and the line below the list; what needs chosen meetings stands in both."""
        add, row = self.add_action, self.panel.add_row_action
        row("打开", "edit", self._on_open_asked, single=True)
        papers = [
            row("预览会议记录", "preview", partial(self._on_preview_asked, "record"), shortcut="Ctrl+P"),
            row("预览会议纪要", "file-text", partial(self._on_preview_asked, "notice")),
        ]
        notices = row("纪要通报", "mail", self._on_notices_asked)
        papers.append(row("签到表", "list-check", self._on_sign_in_asked, single=True))
        row("移入回收站", "trash", self._on_bin_asked, shortcut="Del", danger=True)
        add("新建会议", "add", self.create_meeting, shortcut="Ctrl+N", primary=True)
        add("年度计划…", "calendar-event", self.show_plan)
        add("全文查找…", "search", self.search, shortcut="Ctrl+Shift+F")
        printing = self.add_menu("打印", "print", "print_menu")
        printing.addActions(papers)
        printing.addSeparator()
        add("打印一个月…", "calendar", self.print_month, menu=printing)
        handling = self.add_menu("办理", "checklist", "handling_menu")
        handling.addAction(notices)
        add("请假与补课…", "user", self.show_absences, menu=handling)
        add("议事决策督办…", "gavel", self.show_resolutions, menu=handling)
        more = self.add_menu("更多", "dots", "more_menu")
        add("统计汇总…", "chart-bar", self.show_statistics, menu=more)
        add("导出所见", "file-excel", self.export_shown, menu=more)
        add("会议类型…", "template", self.show_kinds, menu=more)

    # Editor

    def _open_editor(self, meeting_id: int | None, kind: str) -> None:
        work = partial(_prepare, meeting_id)
        self.desk.tasks.read(work, partial(self._on_prepared, kind), owner=self, key="editor")

    def _on_searched_changed(self, text: str) -> None:
        self._searched = text

    def _on_found_chosen(self, found: Found, words: tuple[str, ...]) -> None:
        done = partial(self._on_found_prepared, found, words)
        self.desk.tasks.read(partial(_prepare, found.meeting_id), done, owner=self, key="editor")

    def _on_found_prepared(self, found: Found, words: tuple[str, ...], preparation: Preparation) -> None:
        editor = self._show_editor("", preparation)
        if editor is not None:
            show_place(editor, found, words)

    def _on_prepared(self, kind: str, preparation: Preparation) -> None:
        self._show_editor(kind, preparation)

    def _on_papers_prepared(self, preparation: Preparation) -> None:
        if (dialog := self._show_editor("", preparation)) is not None:
            dialog.go_to(PAPERS)

    def _show_editor(self, kind: str, preparation: Preparation) -> MeetingDialog | None:
        detail = preparation.detail
        if detail is not None and detail.stage is Stage.CANCELLED:
            reason = f"（{detail.cancel_reason}）" if detail.cancel_reason else ""
            self.desk.messages.warn(f"这次会议已取消{reason}。要恢复，请打开“年度计划”，选中它再点“恢复计划”。")
            return None
        dialog = MeetingDialog(self.desk, preparation, kind=kind, parent=self)
        dialog.saved.connect(self._on_meeting_saved)
        dialog.open()
        return dialog

    def _on_meeting_saved(self, meeting_id: int, form: str) -> None:
        self.panel.reload()
        self.panel.select([meeting_id])
        if form == "planned":
            self.desk.messages.inform("会议还没有到时间，已列入年度计划；开会以后打开保存，就记为已召开。")
            return
        if form == FINALISE:
            self.desk.messages.inform("会议记录已保存并定稿。")
            return
        self.desk.messages.inform("会议记录已保存。")
        if form == PAPERS:
            work = partial(_prepare, meeting_id)
            self.desk.tasks.read(work, self._on_papers_prepared, owner=self, key="editor")
        elif form == ABSENCES:
            AbsenceDialog(self.desk, meeting_id, self).open()
        elif form:
            preview_meetings(self.desk, self, [meeting_id], form)

    # Rows

    def _on_years_read(self, years: Sequence[str]) -> None:
        self.panel.set_filter_choices("year", [(year, f"{year}年") for year in years])

    def _on_kinds_read(self, kinds: Kinds) -> None:
        choices = [(code, f"{kind.label}（已隐藏）" if kind.hidden else kind.label) for code, kind in kinds.items()]
        self.panel.set_filter_choices("kind", choices)

    def _on_frequencies_read(self, found: Sequence[Frequency]) -> None:
        show_frequencies(self.frequencies, found, everything=False)

    def _on_open_asked(self, ids: Sequence[int]) -> None:
        self.edit_meeting(ids[0])

    def _on_preview_asked(self, form: str, ids: Sequence[int]) -> None:
        preview_meetings(self.desk, self, ids, form)

    def _on_notices_asked(self, ids: Sequence[int]) -> None:
        NoticeDialog(self.desk, ids, self).open()

    def _on_sign_in_asked(self, ids: Sequence[int]) -> None:
        ask_sign_in(self.desk, self, ids[0])

    def _on_month_submitted(self, values: dict[str, object]) -> None:
        month = values["month"]
        assert isinstance(month, RecordedDate)
        assert month.first_day is not None
        preview_month(self.desk, self, month.first_day.year, month.first_day.month, str(values["form"]))

    def _on_bin_asked(self, ids: Sequence[int]) -> None:
        text = f"{len(ids)}次会议的记录将移入回收站，可以从那里恢复。"
        if self.desk.messages.ask("移入回收站？", text, accept="移入回收站", danger=True):
            done = partial(self._on_binned, tuple(ids))
            self.desk.tasks.write("会议记录移入回收站", partial(_bin, tuple(ids)), done, owner=self)

    def _on_binned(self, ids: tuple[int, ...], count: int) -> None:
        slot = partial(self._restore, ids)
        self.desk.messages.inform(f"{count}次会议的记录已移入回收站。", action="撤销", slot=slot)

    def _restore(self, ids: tuple[int, ...]) -> None:
        self.desk.tasks.write("从回收站恢复会议记录", partial(_bring_back, ids), self._on_restored, owner=self)

    def _on_restored(self, count: int) -> None:
        self.desk.messages.inform(f"{count}次会议的记录已恢复。")

    # Export

    def _on_table_read(self, headings: list[str], lines: list[list[str]]) -> None:
        if not lines:
            self.desk.messages.inform("列表是空的，没有可以导出的内容。")
            return
        suggested = safe_file_name(f"会议记录一览{today():%Y%m%d}.xlsx")
        path = self.desk.messages.choose_save("导出所见", suggested, "Excel 工作簿 (*.xlsx)")
        if path is not None:
            widths = tuple(max(8.0, column.width / 7) for column in self.panel.visible_columns())
            sheet = Sheet("会议记录一览", tuple(headings), lines, widths)
            done = partial(self._on_exported, path)
            self.desk.tasks.compute(partial(_write_sheet, sheet, path), done, owner=self, title="正在导出")

    def _on_exported(self, path: Path, count: int) -> None:
        self.desk.messages.inform(f"已导出{count}行：{path}")


def _month_problem(value: object) -> str:
    fine = isinstance(value, RecordedDate) and value.first_day is not None and len(value.text) >= 7
    return "" if fine else "请填到月，例如 2026.11。"


def _frequencies(session: Any) -> list[Frequency]:
    return frequencies_on(session, today())


def _prepare(meeting_id: int | None, session: Any) -> Preparation:
    return prepare_editor(session, meeting_id)


def _bin(ids: Sequence[int], session: Any) -> int:
    return service.bin_meetings(session, ids)


def _bring_back(ids: Sequence[int], session: Any) -> int:
    return restore_meetings(session, ids)


def _write_sheet(sheet: Sheet, path: Path, _progress: Progress) -> int:
    save_bytes(path, render_xlsx(sheet))
    return len(sheet.rows)
