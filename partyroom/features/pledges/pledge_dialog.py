"""The editor of one pledge: words, deeds, files, history; what is typed survives a crash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import RecordedDate, chinese_date, now, today
from partyroom.core.errors import DomainError, PartyroomError
from partyroom.features.pledges import service, stage_service, templates_service
from partyroom.features.pledges.appraisal_dialog import AppraisalDialog
from partyroom.features.pledges.deeds_page import DeedsPage
from partyroom.features.pledges.domain import Event, PaperKind, PledgeDetail, PledgeDraft, PledgerKind, State
from partyroom.features.pledges.files_page import FilesPane
from partyroom.features.pledges.history_page import HistoryPage
from partyroom.features.pledges.round_view_service import RoundView, round_view
from partyroom.features.pledges.stages import Change
from partyroom.features.pledges.steps_dialog import (
    ask_redate,
    ask_reinstatement,
    ask_step_back,
    ask_withdrawal,
    exact_day,
)
from partyroom.features.pledges.templates import Role, Template
from partyroom.features.pledges.words_page import WordsPage
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

DRAFT_AFTER_MS = 2000
_WATCHES = frozenset(
    {
        "pledges",
        "pledge_items",
        "pledge_deeds",
        "pledge_events",
        "pledge_versions",
        "pledge_papers",
        "pledge_appraisals",
        "pledge_templates",
    }
)
WORDS, DEEDS, FILES, HISTORY = range(4)
_TABS = ("承诺事项", "践诺记录", "承诺书和照片", "经过和版本")
_ADDERS = (
    ("添加签字承诺书…", PaperKind.SIGNED),
    ("本人照片…", PaperKind.PORTRAIT),
    ("亮诺照片…", PaperKind.WALL),
    ("其他…", PaperKind.OTHER),
)
_NO_FILES = "还没有文件。点“添加签字承诺书”，或把扫描件拖到这里；勾选“亮诺海报上印本人照片”时，海报用这里的“本人照片”。"


@dataclass(frozen=True)
class PledgeView:
    """What the editor needs: the year, the templates, and the pledge unless it is a new one."""

    round: RoundView
    templates: tuple[Template, ...]
    detail: PledgeDetail | None


def read_pledge_view(year: int, pledge_id: int | None, session: Any) -> PledgeView:
    """Read what the editor shows.

    Raises:
        DomainError: the pledge is gone.
    """
    detail = None if pledge_id is None else service.get_pledge(session, pledge_id)
    view = round_view(session, year, pledges=pledge_id is None)
    return PledgeView(view, tuple(templates_service.list_templates(session)), detail)


class PledgeDialog(Dialog):
    """Writes a pledge down or shows a stored one; `saved` tells the id of what was stored."""

    saved = Signal(int)

    def __init__(
        self,
        desk: Desk,
        view: PledgeView,
        *,
        kind: PledgerKind = PledgerKind.MEMBER,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("公开承诺", parent)
        self.setObjectName("pledge_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self._view = view
        self._id = view.detail.id if view.detail else None
        self._detail = view.detail
        self._dirty = self._saving = self._changing = False
        names = tuple(member.name for member in view.round.members)
        self.words = WordsPage(view.round, view.templates)
        self.deeds = DeedsPage(desk, names)
        self.files = FilesPane(desk, "pledge_files", "承诺书和照片", _ADDERS)
        self.history = HistoryPage()
        self.tabs = named(QTabWidget(), "pledge_tabs", "承诺的各部分")
        self._lay_out()
        self._connect()
        if view.detail is None:
            self.words.start_new(kind)
        else:
            self._show(view.detail)
        self._show_state()
        self._offer_draft()
        self.words.table.setFocus()

    def sizeHint(self) -> QSize:
        """Roomy; the base class keeps it within the screen."""
        return QSize(scaled(1020), scaled(640))

    # Set-up

    def _lay_out(self) -> None:
        self.heading = named(QLabel(), "dialog_heading")
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.standing = named(QLabel(), "quiet")
        self.standing.setTextFormat(Qt.TextFormat.PlainText)
        self.standing.setWordWrap(True)
        for number, (text, page) in enumerate(
            zip(_TABS, (self.words, self.deeds, self.files, self.history), strict=True), 1
        ):
            self.tabs.addTab(page, text)
            shortcut = QShortcut(QKeySequence(f"Alt+{number}"), self)
            shortcut.activated.connect(partial(self.tabs.setCurrentIndex, number - 1))
        self._problem_bar, self._problem_text, _ = _bar("form_problem_bar")
        self._draft_bar, self._draft_text, row = _bar("draft_bar")
        for text, name, slot in (
            ("恢复", "restore_button", self._on_restore_clicked),
            ("不要了", "discard_button", self._on_discard_clicked),
        ):
            button = named(QPushButton(text), name)
            button.clicked.connect(slot)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(6))
        layout.addWidget(self.heading)
        layout.addWidget(self.standing)
        layout.addWidget(self._draft_bar)
        layout.addWidget(self._problem_bar)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.status = named(QLabel(), "small_quiet")
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.appraise_button = named(QPushButton("评诺…"), "appraise_button")
        self.appraise_button.clicked.connect(self.appraise)
        self.cancel_button = named(QPushButton("关闭"), "cancel_button")
        self.cancel_button.clicked.connect(self.reject)
        self.save_button = named(QPushButton("保存"), "save_button")
        self.save_button.setProperty("primary", True)
        self.save_button.clicked.connect(self.save)
        row = QHBoxLayout()
        row.addWidget(self.status, 1)
        for button in (self.appraise_button, self.cancel_button, self.save_button):
            row.addWidget(button)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        return row

    def _connect(self) -> None:
        self._autosave = QTimer(self, singleShot=True, interval=DRAFT_AFTER_MS)
        self._autosave.timeout.connect(self._keep_draft)
        self.words.changed.connect(self._on_words_changed)
        self.words.unlock_requested.connect(self._on_unlock_requested)
        self.words.template_kept.connect(self._on_template_kept)
        self.deeds.changed.connect(self.reload)
        self.files.changed.connect(self.reload)
        self.history.redate_requested.connect(self._on_redate_requested)
        self.history.back_requested.connect(self._on_back_requested)
        self.history.withdraw_requested.connect(self._on_withdraw_requested)
        self.history.reinstate_requested.connect(self._on_reinstate_requested)
        self._desk.tasks.data_changed.connect(self._on_data_changed)
        for keys in ("Ctrl+S", "Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.save)

    # What is shown

    def reload(self) -> None:
        """Read the stored pledge again; what is typed and not stored stays."""
        if self._id is not None:
            self._desk.tasks.read(
                partial(read_pledge_view, self._view.round.year, self._id), self._on_read, owner=self, key="pledge"
            )

    def _on_read(self, view: PledgeView) -> None:
        self._view = view
        if view.detail is not None:
            self._show(view.detail, words=not self._dirty)
        self._show_state()

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if not _WATCHES.isdisjoint(kinds):
            self.reload()

    def _show(self, detail: PledgeDetail, *, words: bool = True) -> None:
        self._detail = detail
        if words:
            self._changing = False
            self.words.show_pledge(detail)
        self.deeds.show_pledge(detail)
        own = [paper for paper in detail.papers if paper.deed_id is None]
        self.files.show_files(detail.id, None, own, _NO_FILES)
        self.history.show_pledge(detail)

    def _show_state(self) -> None:
        detail = self._detail
        year = self._view.round.year
        if detail is None:
            self.heading.setText(f"{year}年度公开承诺：新建")
            self.standing.setText("先写承诺事项并保存；保存以后可以登记践诺、添加承诺书和照片。")
        else:
            self.heading.setText(f"{year}年度公开承诺：{detail.name}（{detail.kind.label}）")
            self.standing.setText(standing_text(detail))
        for tab in (DEEDS, FILES, HISTORY):
            self.tabs.setTabEnabled(tab, detail is not None)
        if detail is not None:
            own = sum(paper.deed_id is None for paper in detail.papers)
            for tab, count in ((DEEDS, len(detail.deeds)), (FILES, own), (HISTORY, len(detail.versions))):
                self.tabs.setTabText(tab, f"{_TABS[tab]}（{count}）" if count else _TABS[tab])
        able = detail is not None and detail.state in (State.FULFILLING, State.APPRAISED)
        self.appraise_button.setVisible(able)
        self.status.setText("Ctrl+S 保存，Alt+1 到 Alt+4 换部分，Esc 关闭")

    # Saving

    def save(self) -> None:
        """Store what is typed: a draft as it is, a reviewed pledge's note, or its changed words for a reason."""
        if self._saving or self._draft_bar.isVisible():
            return
        self._take_open_editors()
        problems = self.words.problems()
        self._show_problems(problems)
        if problems:
            return
        draft = self.words.draft()
        if self._changing:
            self._ask_reason(draft)
        elif self._detail is None or self._detail.state is State.DRAFT:
            round_id = self._view.round.round.id if self._view.round.round else 0
            work = partial(_store, round_id, self._id, draft, self.words.signed_on())
            self._write(f"{'提诺' if self._id is None else '修改承诺'}：{self._name(draft)}", work)
        else:
            work = partial(_note, self._detail.id, draft, self.words.signed_on())
            self._write(f"备注承诺：{self._detail.name}", work)

    def _write(self, label: str, work: Callable[[Any], int]) -> None:
        self._saving = True
        self.save_button.setEnabled(False)
        self._desk.tasks.write(label, work, self._on_saved, owner=self, failed=self._on_failed)

    def _on_saved(self, pledge_id: int) -> None:
        self._saving = self._dirty = self._changing = False
        self.save_button.setEnabled(True)
        self._autosave.stop()
        self._desk.drafts.discard(self._key())
        self._id = pledge_id
        self._show_problems(())
        self.saved.emit(pledge_id)
        self.status.setText("已保存")
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self._saving = False
        self.save_button.setEnabled(True)
        if isinstance(error, DomainError):
            self._show_problems([problem.message for problem in error.problems])
        elif isinstance(error, PartyroomError):
            self._desk.messages.problem("没有保存", str(error))

    def _show_problems(self, sentences: Sequence[str]) -> None:
        self._problem_text.setText("\n".join(sentences))
        self._problem_bar.setVisible(bool(sentences))
        if sentences:
            self.tabs.setCurrentIndex(WORDS)

    def _name(self, draft: PledgeDraft) -> str:
        members = self._view.round.members
        return next((one.name for one in members if one.id == draft.member_id), self._view.round.branch)

    # Changing what was reviewed

    def _on_unlock_requested(self) -> None:
        self._changing = True
        self.words.lock(locked=False)
        self.words.table.setFocus()
        self.status.setText("正在变更承诺：改好以后按 Ctrl+S，写明原因。原来的文字保留在“经过和版本”里。")

    def _ask_reason(self, draft: PledgeDraft) -> None:
        choices = [("change", "变更承诺内容：回到草稿，重新审诺、亮诺"), ("correction", "只更正文字：不改变状态")]
        people = [(name, name) for name in self._view.round.committee]
        fields = [
            Field("on", "日期", Kind.DATE, required=True, exact=True),
            Field("person", "经办人", Kind.OPEN_CHOICE, choices=people),
            Field("way", "性质", Kind.CHOICE, required=True, choices=choices, wide=True),
            Field("remark", "原因", Kind.LONG_TEXT, required=True, rows=3),
        ]
        values = {"on": RecordedDate.of(today()), "way": "change"}
        dialog = FormDialog("变更承诺", fields, values, self._desk, save=partial(self._save_change, draft), parent=self)
        dialog.submitted.connect(self._on_change_submitted)
        dialog.open()

    def _save_change(self, draft: PledgeDraft, values: dict[str, object]) -> None:
        assert self._detail is not None
        day = exact_day(values, "on") or today()
        change = Change(day, str(values["person"]), str(values["remark"]), correction=values["way"] == "correction")
        work = partial(_change, self._detail.id, draft, self.words.signed_on(), change)
        self._desk.tasks.write(f"变更承诺：{self._detail.name}", work, owner=self)

    def _on_change_submitted(self, _values: object) -> None:
        if self._id is not None:
            self._on_saved(self._id)

    # History

    def _on_redate_requested(self, event: Event) -> None:
        if self._detail is not None and self._nothing_typed():
            ask_redate(self._desk, self, self._detail, event, self._view.round)

    def _on_back_requested(self) -> None:
        if self._detail is not None and self._nothing_typed():
            ask_step_back(self._desk, self, self._detail, self._view.round)

    def _on_withdraw_requested(self) -> None:
        if self._detail is not None and self._nothing_typed():
            ask_withdrawal(self._desk, self, [self._detail], self._view.round)

    def _on_reinstate_requested(self) -> None:
        if self._detail is not None and self._nothing_typed():
            ask_reinstatement(self._desk, self, self._detail, self._view.round)

    def _nothing_typed(self) -> bool:
        if self._dirty:
            self._desk.messages.inform("“承诺事项”里有没保存的改动，请先按 Ctrl+S 保存。")
        return not self._dirty

    def appraise(self) -> None:
        """Open the 评诺 of this pledge."""
        if self._detail is not None and self._view.round.round is not None and self._nothing_typed():
            AppraisalDialog(self._desk, self._view.round, [self._detail], self).open()

    # Templates

    def _on_template_kept(self) -> None:
        rows = self.words.table.chosen()
        if not rows:
            self._desk.messages.inform("请先在表里选中一项或几项承诺事项。")
            return
        fields = [
            Field("role", "存为哪类人的模板", Kind.CHOICE, required=True, choices=[(r.value, r.label) for r in Role])
        ]
        values = {"role": self.words.fitting_role().value}
        save = partial(self._save_templates, rows)
        FormDialog(f"存为模板（{len(rows)}项）", fields, values, self._desk, save=save, parent=self).open()

    def _save_templates(self, rows: Sequence[int], values: dict[str, object]) -> None:
        role = Role(str(values["role"]))
        chosen = self.words.table.model.drafts(rows)
        made = [
            Template(role, one.text, one.category, one.measure, f"{one.deadline:%m-%d}" if one.deadline else "")
            for one in chosen
        ]
        self._desk.tasks.write(f"存为承诺模板（{role.label}）", partial(_keep, role, made), owner=self)

    # Closing, drafts

    def reject(self) -> None:
        """Close without saving; ask first if something was changed."""
        if self._saving:
            return
        if self._dirty:
            text = "这份承诺的改动还没有保存。放弃后，刚才填写的内容不再保留。"
            if not self._desk.messages.ask("放弃没有保存的内容？", text, accept="放弃", reject="继续填写", danger=True):
                return
            self._desk.drafts.discard(self._key())
        self._autosave.stop()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's cross asks like Esc does."""
        event.ignore()
        self.reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next field; it never saves half a pledge."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not isinstance(self.focusWidget(), QPushButton | QPlainTextEdit):
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _take_open_editors(self) -> None:
        """A cell that is being edited counts with what stands in it."""
        if (focus := self.focusWidget()) is not None:
            focus.clearFocus()

    def _key(self) -> str:
        return f"pledge:{self._view.round.year}:{self._id if self._id is not None else 'new'}"

    def _on_words_changed(self) -> None:
        self._dirty = True
        self._autosave.start()

    def _keep_draft(self) -> None:
        if self._dirty and not self._saving:
            stamp = now().isoformat(sep=" ")
            content = {"saved_at": stamp, "changing": self._changing, "words": self.words.state()}
            self._desk.drafts.save(self._key(), content)
            self.status.setText(f"草稿已暂存（{stamp[11:16]}），Ctrl+S 正式保存")

    def _offer_draft(self) -> None:
        self._problem_bar.hide()
        self._kept = self._desk.drafts.load(self._key())
        self._draft_bar.setVisible(self._kept is not None)
        self._draft_text.setText("发现上次没有保存完的内容。要恢复到那时的样子，还是不要了？")
        self.tabs.setEnabled(self._kept is None)

    def _on_restore_clicked(self) -> None:
        kept = self._kept or {}
        try:
            if kept.get("changing") and self._detail is not None and self._detail.state is not State.DRAFT:
                self._on_unlock_requested()
            self.words.restore(kept["words"])
        except (KeyError, TypeError, ValueError):
            self._desk.messages.warn("草稿读不出来，没有恢复。")
        self._close_offer()

    def _on_discard_clicked(self) -> None:
        self._desk.drafts.discard(self._key())
        self._close_offer()

    def _close_offer(self) -> None:
        self._draft_bar.hide()
        self.tabs.setEnabled(True)
        self.words.table.setFocus()


def standing_text(detail: PledgeDetail) -> str:
    """Where a pledge stands, with its days, in one line."""
    done = sum(item.done for item in detail.standing_items)
    parts = [
        f"状态：{detail.state.label}",
        f"第{detail.version}版" if detail.version > 1 else "",
        f"提诺{chinese_date(detail.proposed_on)}",
        f"审诺{chinese_date(detail.reviewed_on)}（{detail.reviewer}）" if detail.reviewed_on else "",
        f"亮诺{chinese_date(detail.published_from)}{f'，{detail.place}' if detail.place else ''}"
        if detail.published_from
        else "",
        f"完成{done}/{len(detail.standing_items)}项",
        f"评诺等次：{detail.appraisal.grade}" if detail.state is State.APPRAISED else "",
        f"撤回{chinese_date(detail.withdrawn_on)}：{detail.withdrawn_reason}" if detail.withdrawn_on else "",
    ]
    return "　".join(part for part in parts if part)


def _bar(name: str) -> tuple[QFrame, QLabel, QHBoxLayout]:
    frame = named(QFrame(), name)
    text = named(QLabel(), f"{name}_text")
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setWordWrap(True)
    row = QHBoxLayout(frame)
    row.setContentsMargins(scaled(12), scaled(6), scaled(8), scaled(6))
    row.addWidget(text, 1)
    return frame, text, row


def _store(round_id: int, pledge_id: int | None, draft: PledgeDraft, signed: date | None, session: Any) -> int:
    stored = service.save_pledge(session, round_id, draft, pledge_id)
    return stored if pledge_id is None else _note(stored, draft, signed, session)


def _note(pledge_id: int, draft: PledgeDraft, signed: date | None, session: Any) -> int:
    service.note_pledge(session, pledge_id, signed_on=signed, show_photo=draft.show_photo, remarks=draft.remarks)
    return pledge_id


def _change(pledge_id: int, draft: PledgeDraft, signed: date | None, change: Change, session: Any) -> int:
    service.note_pledge(session, pledge_id, signed_on=signed, show_photo=draft.show_photo, remarks=draft.remarks)
    return stage_service.change_pledge(session, pledge_id, draft.items, draft.preamble, change)


def _keep(role: Role, templates: Sequence[Template], session: Any) -> list[int]:
    return templates_service.save_as_templates(session, role, templates)
