"""公开承诺: a year's pledges from 提诺 to 评诺."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from partyroom.core.calendar import today
from partyroom.core.text import safe_file_name
from partyroom.documents.sheet import Sheet, render_xlsx
from partyroom.features.pledges import service
from partyroom.features.pledges.appraisal_dialog import AppraisalDialog
from partyroom.features.pledges.deed_dialog import ask_deed, ask_shared_deed
from partyroom.features.pledges.domain import PledgeDetail, PledgerKind, State
from partyroom.features.pledges.list_page import COLUMNS, LOOKS, PledgeSource
from partyroom.features.pledges.make_dialog import MakeDialog, Offer, read_offer
from partyroom.features.pledges.overview_dialog import OverviewDialog
from partyroom.features.pledges.pledge_dialog import PledgeDialog, PledgeView, read_pledge_view
from partyroom.features.pledges.pledge_import_dialog import FILES, begin_import, save_empty_table
from partyroom.features.pledges.print_dialog import (
    preview_appraisals,
    preview_blanks,
    preview_letters,
    preview_overview,
    preview_posters,
    preview_publication,
    preview_register,
    preview_wall,
)
from partyroom.features.pledges.register_dialog import RegisterDialog
from partyroom.features.pledges.reminders import Reminder, reminders
from partyroom.features.pledges.reminders_dialog import RemindersDialog
from partyroom.features.pledges.results_dialog import ResultsDialog
from partyroom.features.pledges.round_dialog import ask_round
from partyroom.features.pledges.round_page import ReminderStrip, RoundStrip
from partyroom.features.pledges.round_view_service import RoundView, as_it_went, round_view
from partyroom.features.pledges.stages import discussion_note, round_hints
from partyroom.features.pledges.steps_dialog import (
    ask_publication,
    ask_review,
    ask_signature,
    ask_start,
    ask_withdrawal,
)
from partyroom.features.pledges.templates_dialog import TemplatesDialog
from partyroom.ui.desk import Desk
from partyroom.ui.errands import Errand
from partyroom.ui.naming import named
from partyroom.ui.page import Page
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.table import Filter, TablePanel
from partyroom.ui.table_model import plain_tip
from partyroom.ui.theme import scaled

_LOW = 560
Act = Callable[[Sequence[PledgeDetail]], object]
MEMBER_PLEDGES = "member_pledges"
"""Show what a member's pledges came to: values `member` (the id), `name`."""


class PledgesPage(Page):
    """The tab 公开承诺: the year chosen, its stages, what has to be reminded of, and its pledges."""

    title: ClassVar[str] = "公开承诺"
    icon: ClassVar[str] = "pledges"
    watches: ClassVar[frozenset[str]] = frozenset(
        {
            "pledges",
            "pledge_rounds",
            "pledge_stages",
            "pledge_items",
            "pledge_deeds",
            "pledge_events",
            "pledge_versions",
            "pledge_papers",
            "pledge_appraisals",
            "members",
            "groups",
            "posts",
        }
    )
    errands: ClassVar[frozenset[str]] = frozenset({MEMBER_PLEDGES})

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.view: RoundView | None = None
        self.found: list[Reminder] = []
        self._source = PledgeSource()
        self._year = today().year
        self._just_planned = False
        self._needing_round: list[QAction] = []
        self.strip = RoundStrip()
        self.years = named(QComboBox(), "pledge_year", "年度")
        self.years.addItem(f"{self._year}年", self._year)
        self.strip.head.insertWidget(0, self.years)
        self.reminding = ReminderStrip()
        self.panel = self._list()
        self.stack = named(QStackedWidget(), "pledges_stack")
        self.stack.addWidget(self.panel)
        self.stack.addWidget(self._no_round())
        self.body.addWidget(self.strip)
        self.body.addWidget(self.reminding)
        self.body.addWidget(self.stack, 1)
        self._add_commands()
        self.years.activated.connect(self._on_year_activated)
        self.strip.plan_requested.connect(self.plan_round)
        self.reminding.all_requested.connect(self.show_reminders)
        self.setFocusProxy(self.panel)

    # Set-up

    def _list(self) -> TablePanel:
        panel = TablePanel(
            self.desk,
            "pledges",
            COLUMNS,
            self._source,
            filters=(
                Filter("kind", "主体", [(one.value, one.label) for one in PledgerKind]),
                Filter("state", "状态", [*((one.value, one.label) for one in State), *LOOKS]),
                Filter("group", "党小组", ()),
            ),
            placeholder="搜索姓名、承诺事项…",
            empty_text="这一年还没有承诺。\n可以按角色给每位党员套用模板，再逐份修改；也可以从 Excel 导入。",
            empty_action=("为党员套用模板…", self.make_for_all),
            noun="份",
        )
        panel.opened.connect(self.edit_pledge)
        return panel

    def _no_round(self) -> QWidget:
        page = QWidget()
        self.no_round_text = named(QLabel(), "empty_text")
        self.no_round_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open_button = named(QPushButton(), "open_round")
        self.open_button.setProperty("primary", True)
        self.open_button.clicked.connect(self.plan_round)
        column = QVBoxLayout(page)
        column.addStretch(2)
        column.addWidget(self.no_round_text)
        column.addSpacing(scaled(12))
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)
        return page

    def _add_commands(self) -> None:
        """Fill the tool bar and the line below the list; what needs chosen pledges stands in both."""
        row = self.panel.add_row_action
        row("打开", "edit", self._on_open_asked, single=True)
        steps = [
            row("审诺…", "checklist", partial(self._on_step_asked, self._review)),
            row("亮诺…", "poster", partial(self._on_step_asked, self._publish)),
            row("登记践诺…", "flag", partial(self._on_step_asked, self._record)),
            row("评诺…", "star", partial(self._on_step_asked, self._appraise)),
            row("开始践诺…", "play", partial(self._on_step_asked, self._start)),
            row("登记签字…", "file-text", partial(self._on_step_asked, self._sign)),
        ]
        withdraw = row("撤回…", "undo", partial(self._on_step_asked, self._withdraw))
        papers = [
            row("预览承诺书", "preview", self._on_letters_asked, shortcut="Ctrl+P"),
            row("预览海报（A4，每份一张）", "poster", partial(self._on_posters_asked, "A4")),
            row("预览海报（A3，每份一张）", "poster", partial(self._on_posters_asked, "A3")),
        ]
        row("移入回收站", "trash", self._on_bin_asked, shortcut="Del", danger=True)
        self._need(self.add_action("新增承诺", "add", self.create_pledge, shortcut="Ctrl+N", primary=True))
        self._need(self.add_action("套用模板…", "template", self.make_for_all))
        self._need(self.add_action("导入…", "import", self.import_pledges))
        handling = self.add_menu("办理", "checklist", "pledge_handling_menu")
        handling.addActions(steps)
        handling.addSeparator()
        handling.addAction(withdraw)
        self._need(self.add_action("践诺台账…", "list-check", self.show_register))
        self._add_papers(papers)
        self._add_more()

    def _add_papers(self, papers: Sequence[QAction]) -> None:
        menu = self.add_menu("打印", "print", "pledge_print_menu")
        menu.addActions(list(papers))
        menu.addSeparator()
        for text, picture, work in (
            ("全部承诺书…", "file-text", partial(self._preview, preview_letters)),
            ("全支部海报（A4）…", "poster", partial(self._preview_wall, "A4")),
            ("全支部海报（A3）…", "poster", partial(self._preview_wall, "A3")),
            ("公示名单…", "list", partial(self._preview, preview_publication)),
            ("践诺台账（不附照片）…", "book", partial(self._preview_register, photos=False)),
            ("践诺台账（附照片）…", "photo", partial(self._preview_register, photos=True)),
            ("评诺汇总表…", "star", partial(self._preview, preview_appraisals)),
            ("年中小结…", "chart-bar", partial(self._preview_overview, mid_year=True)),
            ("年终小结…", "chart-bar", partial(self._preview_overview, mid_year=False)),
            ("空白表…", "file", self._preview_blanks),
        ):
            self._need(self.add_action(text, picture, work, menu=menu))

    def _add_more(self) -> None:
        more = self.add_menu("更多", "dots", "pledge_more_menu")
        self._need(self.add_action("年中、年终总览…", "chart-bar", self.show_overview, menu=more))
        self.add_action("本年度安排…", "calendar-event", self.plan_round, menu=more)
        self.add_action("开启其他年度…", "add", self.open_other_year, menu=more)
        self.add_action("承诺模板…", "template", self.show_templates, menu=more)
        more.addSeparator()
        self.add_action("保存空白承诺表…", "file-excel", self.save_empty_table, menu=more)
        self._need(self.add_action("导出所见", "file-excel", self.export_shown, menu=more))

    def _need(self, action: QAction) -> None:
        self._needing_round.append(action)

    # Reading

    @property
    def round_id(self) -> int | None:
        """The round of the year shown, if there is one."""
        return self.view.round.id if self.view and self.view.round else None

    def reload(self) -> None:
        """Read the year again."""
        self.desk.tasks.read(partial(_read_view, self._year), self._on_view_read, owner=self, key="year")

    def take(self, errand: Errand) -> None:
        """Show the pledges of one member with their grades."""
        member, name = int(str(errand.values["member"])), str(errand.values["name"])
        ResultsDialog(self.desk, member, name, errand.window).open()

    def show_year(self, year: int) -> None:
        """Show another year."""
        self._year = year
        self.reload()

    def _on_view_read(self, view: RoundView) -> None:
        self.view = view
        self._year = view.year
        self._source.round_id = self.round_id
        self.years.clear()
        for year in view.years:
            self.years.addItem(f"{year}年", year)
        self.years.setCurrentIndex(self.years.findData(view.year))
        self.strip.show_round(view, today())
        went = as_it_went(view)
        self.found = reminders(went, view.pledges, today()) if went else []
        self.reminding.show_reminders(self.found)
        self.panel.set_filter_choices("group", [(name, name) for name in view.groups])
        self.no_round_text.setText(
            f"{view.year}年度公开承诺还没有开启。\n先定主题、五个阶段的时间和责任人，已按惯例填好，可以修改。"
        )
        self.open_button.setText(f"开启{view.year}年度公开承诺…")
        self.stack.setCurrentIndex(0 if view.round else 1)
        self.setFocusProxy(self.panel if view.round else self.open_button)
        for action in self._needing_round:
            action.setEnabled(view.round is not None)
        self._tell_of_round(view)
        self.panel.reload()

    def _tell_of_round(self, view: RoundView) -> None:
        """What is worth a word about the round stands at its button; after a change what the meeting is worth."""
        hints = round_hints(view.round) if view.round else []
        self.strip.plan_button.setToolTip(plain_tip("\n".join(hints)) or "")
        if self._just_planned and view.round and (note := discussion_note(view.round.discussion)):
            self.desk.messages.inform(note)
        self._just_planned = False

    def _on_year_activated(self, _place: int) -> None:
        self.show_year(int(self.years.currentData()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a low screen (200 % on a notebook) stages and reminders make room for the list."""
        super().resizeEvent(event)
        low = self.height() < scaled(_LOW)
        self.strip.set_compact(compact=low)
        self.reminding.set_compact(compact=low)

    # The round

    def plan_round(self) -> None:
        """Open the year, or change its plan."""
        if self.view is not None:
            ask_round(self.desk, self, self.view, self._on_round_stored)

    def open_other_year(self) -> None:
        """Open the round of a year that has none."""
        year = max(self.view.years, default=self._year) + 1 if self.view else self._year + 1
        self.desk.tasks.read(partial(round_view, year=year), self._on_other_read, owner=self, key="other")

    def _on_other_read(self, view: RoundView) -> None:
        ask_round(self.desk, self, view, self._on_round_stored)

    def _on_round_stored(self, year: int) -> None:
        self._just_planned = True
        self.show_year(year)

    def show_overview(self) -> None:
        """Show the overviews at mid-year and year-end."""
        if self.view is not None and self.view.round is not None:
            OverviewDialog(self.desk, self.view, self).open()

    def show_reminders(self) -> None:
        """Show all reminders."""
        dialog = RemindersDialog(self.found, self)
        dialog.opened.connect(self.edit_pledge)
        dialog.open()

    def show_register(self) -> None:
        """Show the deeds of all pledges of the year."""
        if self.view is not None and self.view.round is not None:
            dialog = RegisterDialog(self.desk, self.view, self)
            dialog.opened.connect(self.edit_pledge)
            dialog.open()

    def show_templates(self) -> None:
        """Show the templates to change them."""
        TemplatesDialog(self.desk, self).open()

    # Pledges

    def create_pledge(self) -> None:
        """Open the editor for a new pledge, of the kind the list is filtered by."""
        self._open_editor(None)

    def edit_pledge(self, pledge_id: int) -> None:
        """Open the editor for a stored pledge."""
        self._open_editor(pledge_id)

    def _open_editor(self, pledge_id: int | None) -> None:
        work = partial(read_pledge_view, self._year, pledge_id)
        self.desk.tasks.read(work, self._on_editor_read, owner=self, key="editor")

    def _on_editor_read(self, view: PledgeView) -> None:
        if view.round.round is None:
            self.desk.messages.inform(f"{view.round.year}年度公开承诺还没有开启，请先开启。")
            return
        kind = PledgerKind(str(self.panel.query().filters.get("kind", PledgerKind.MEMBER.value)))
        dialog = PledgeDialog(self.desk, view, kind=kind, parent=self)
        dialog.saved.connect(self._on_pledge_saved)
        dialog.open()

    def _on_pledge_saved(self, pledge_id: int) -> None:
        self.panel.reload()
        self.panel.select([pledge_id])
        self.desk.messages.inform("承诺已保存。")

    def make_for_all(self) -> None:
        """Offer drafts from templates for everybody who has no pledge yet."""
        if self.round_id is not None:
            work = partial(read_offer, self.round_id)
            self.desk.tasks.read(work, self._on_offer_read, owner=self, key="offer")

    def _on_offer_read(self, offer: Offer) -> None:
        if not offer[0]:
            self.desk.messages.inform("党支部和每位党员都已经有本年度的承诺了。")
        elif self.view is not None and self.view.round is not None:
            dialog = MakeDialog(self.desk, self.view, offer, self)
            dialog.made.connect(self._on_made)
            dialog.open()

    def _on_made(self, ids: Sequence[int]) -> None:
        self.panel.reload()
        self.panel.select(ids)
        self.desk.messages.inform(f"已生成{len(ids)}份草稿。核对修改以后，选中它们登记审诺。")

    def import_pledges(self) -> None:
        """Ask for a workbook and show its preview."""
        path = self.desk.messages.choose_open("选择承诺表", FILES)
        if path is not None and self.round_id is not None:
            begin_import(self.desk, self, self.round_id, path, self._on_imported)

    def _on_imported(self, ids: Sequence[int]) -> None:
        self.panel.reload()
        self.panel.select(ids)
        self.desk.messages.inform(f"已导入{len(ids)}份承诺，都是草稿。")

    def save_empty_table(self) -> None:
        """Save an empty table for the departments."""
        save_empty_table(self.desk, self, self._year)

    # Steps of chosen pledges

    def _on_open_asked(self, ids: Sequence[int]) -> None:
        self.edit_pledge(ids[0])

    def _on_step_asked(self, act: Act, ids: Sequence[int]) -> None:
        work = partial(_read_pledges, tuple(ids))
        self.desk.tasks.read(work, partial(self._on_pledges_read, act), owner=self, key="step")

    def _on_pledges_read(self, act: Act, pledges: Sequence[PledgeDetail]) -> None:
        if pledges and self.view is not None:
            act(pledges)

    def _review(self, pledges: Sequence[PledgeDetail]) -> None:
        assert self.view is not None
        ask_review(self.desk, self, pledges, self.view)

    def _publish(self, pledges: Sequence[PledgeDetail]) -> None:
        assert self.view is not None
        ask_publication(self.desk, self, pledges, self.view)

    def _start(self, pledges: Sequence[PledgeDetail]) -> None:
        assert self.view is not None
        ask_start(self.desk, self, pledges, self.view)

    def _sign(self, pledges: Sequence[PledgeDetail]) -> None:
        ask_signature(self.desk, self, pledges)

    def _withdraw(self, pledges: Sequence[PledgeDetail]) -> None:
        assert self.view is not None
        ask_withdrawal(self.desk, self, pledges, self.view)

    def _record(self, pledges: Sequence[PledgeDetail]) -> None:
        assert self.view is not None
        names = [member.name for member in self.view.members]
        if len(pledges) == 1:
            ask_deed(self.desk, self, pledges[0], names)
        else:
            ask_shared_deed(self.desk, self, pledges, names)

    def _appraise(self, pledges: Sequence[PledgeDetail]) -> None:
        assert self.view is not None
        able = [pledge for pledge in pledges if pledge.state in (State.FULFILLING, State.APPRAISED)]
        if not able:
            states = "、".join(dict.fromkeys(pledge.state.label for pledge in pledges))
            self.desk.messages.inform(f"选中的承诺现在是“{states}”，还不能评诺。请先登记践诺。")
            return
        dialog = AppraisalDialog(self.desk, self.view, able, self)
        dialog.saved.connect(self._on_appraised)
        dialog.open()

    def _on_appraised(self, decided: int) -> None:
        told = f"已评定{decided}份" if decided else "还没有评定等次"
        self.desk.messages.inform(f"评诺已保存，{told}。")

    def _on_bin_asked(self, ids: Sequence[int]) -> None:
        text = f"{len(ids)}份承诺将移入回收站。已经公示的承诺，一般应当“撤回”并写明原因，而不是删除。"
        if self.desk.messages.ask("移入回收站？", text, accept="移入回收站", danger=True):
            work = partial(_bin, tuple(ids))
            self.desk.tasks.write("承诺移入回收站", work, self._on_binned, owner=self)

    def _on_binned(self, count: int) -> None:
        self.desk.messages.inform(f"{count}份承诺已移入回收站。")

    # Paper

    def _on_letters_asked(self, ids: Sequence[int]) -> None:
        if self.round_id is not None:
            preview_letters(self.desk, self, self.round_id, ids)

    def _on_posters_asked(self, size: str, ids: Sequence[int]) -> None:
        if self.round_id is not None:
            preview_posters(self.desk, self, self.round_id, ids, size)

    def _preview(self, show: Callable[[Desk, QWidget, int, Sequence[int]], None]) -> None:
        if self.round_id is not None:
            show(self.desk, self, self.round_id, ())

    def _preview_wall(self, size: str) -> None:
        if self.round_id is not None:
            preview_wall(self.desk, self, self.round_id, size)

    def _preview_register(self, *, photos: bool) -> None:
        if self.round_id is not None:
            preview_register(self.desk, self, self.round_id, (), photos=photos)

    def _preview_overview(self, *, mid_year: bool) -> None:
        if self.round_id is not None:
            preview_overview(self.desk, self, self.round_id, self._year, mid_year=mid_year)

    def _preview_blanks(self) -> None:
        if self.round_id is not None:
            preview_blanks(self.desk, self, self.round_id)

    def export_shown(self) -> None:
        """Write exactly what the list shows into a workbook."""
        self.panel.shown_table(self._on_table_read)

    def _on_table_read(self, headings: list[str], lines: list[list[str]]) -> None:
        if not lines:
            self.desk.messages.inform("列表是空的，没有可以导出的内容。")
            return
        suggested = safe_file_name(f"{self._year}年度公开承诺一览{today():%Y%m%d}.xlsx")
        path = self.desk.messages.choose_save("导出所见", suggested, "Excel 工作簿 (*.xlsx)")
        if path is not None:
            widths = tuple(max(8.0, column.width / 7) for column in self.panel.visible_columns())
            sheet = Sheet(f"{self._year}年度公开承诺一览", tuple(headings), lines, widths)
            done = partial(self._on_exported, path)
            self.desk.tasks.compute(partial(_write_sheet, sheet, path), done, owner=self, title="正在导出")

    def _on_exported(self, path: Path, count: int) -> None:
        self.desk.messages.inform(f"已导出{count}行：{path}")


def _read_view(year: int, session: Any) -> RoundView:
    return round_view(session, year)


def _read_pledges(ids: Sequence[int], session: Any) -> list[PledgeDetail]:
    return service.get_pledges(session, ids)


def _bin(ids: Sequence[int], session: Any) -> int:
    return service.bin_pledges(session, ids)


def _write_sheet(sheet: Sheet, path: Path, _progress: Progress) -> int:
    save_bytes(path, render_xlsx(sheet))
    return len(sheet.rows)
