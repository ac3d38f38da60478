"""The editor of one meeting: six sections and a review, one write, and a draft that survives a crash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from functools import partial
from typing import Any

from PySide6.QtCore import QElapsedTimer, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QKeySequence, QPainter, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import chinese_datetime, now, today
from partyroom.core.errors import DomainError, PartyroomError, Problem
from partyroom.features.meetings import service
from partyroom.features.meetings.absence_dialog import AbsenceDialog
from partyroom.features.meetings.absence_line_page import AbsenceLine
from partyroom.features.meetings.actions_page import COLLECT_DUES, dues_errand
from partyroom.features.meetings.agenda_page import AgendaPage, ResolutionsPage
from partyroom.features.meetings.attendance_page import AttendancePage
from partyroom.features.meetings.basics_page import BasicsPage
from partyroom.features.meetings.domain import MeetingDraft, Stage, cautions, contradictions
from partyroom.features.meetings.live_fields import field_values
from partyroom.features.meetings.lock_page import LockBar
from partyroom.features.meetings.minutes_page import MinutesPage
from partyroom.features.meetings.minutes_service import finalise_minutes
from partyroom.features.meetings.office import Preparation, Roll, read_roll
from partyroom.features.meetings.papers_page import PapersPage
from partyroom.features.meetings.plan import stage_on_saving
from partyroom.features.meetings.review_page import ReviewPage
from partyroom.features.meetings.section_page import SectionPage
from partyroom.features.meetings.sign_in_dialog import ask_sign_in
from partyroom.features.meetings.version_dialog import VersionDialog
from partyroom.features.meetings.votes_page import VotesPage
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

DRAFT_AFTER_MS = 2000
_DRAFT_AT_LEAST_MS = 10_000
_REVIEW_AFTER_MS = 300
_NARROW = 800
_BADGE = Qt.ItemDataRole.UserRole
_WRONG = Qt.ItemDataRole.UserRole + 1
FINALISE = "finalise"
ABSENCES = "absences"
PAPERS = "papers"
_SECTION_OF = {
    "attendance": "attendance",
    "votes": "votes",
    "ends_at": "basics",
    "minutes": "minutes",
    "resolutions": "resolutions",
}


def draft_key(meeting_id: int | None) -> str:
    """Under which the unsaved input of a meeting is kept."""
    return "meeting:new" if meeting_id is None else f"meeting:{meeting_id}"


class MeetingDialog(Dialog):
    """Records a meeting or changes one.

    `saved` tells the meeting's id and which paper is wanted next: '', 'record' or 'notice'; it says 'planned' where the
    meeting is still to come and was stored as a plan, FINALISE where the record was locked, ABSENCES where leave slips
    and make-up lessons are wanted next, PAPERS where photos are to be added to the new meeting. What was typed is kept
    in `desk.drafts` two seconds after the last change, and offered again when the same editor is opened.
    """

    saved = Signal(int, str)

    def __init__(self, desk: Desk, preparation: Preparation, *, kind: str = "", parent: QWidget | None = None) -> None:
        detail = preparation.detail
        super().__init__("会议记录" if detail else "新建会议", parent)
        self.setObjectName("meeting_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self._id = int(detail.id) if detail else None
        self._key = draft_key(self._id)
        self._locked = False
        self._kinds = preparation.kinds
        self._stage = detail.stage if detail else None
        self._dirty = False
        self._saving = False
        self._next = ""
        self._stored = Stage.HELD
        self.basics = BasicsPage(preparation)
        self.attendance = AttendancePage(desk, preparation.kinds)
        self.agenda = AgendaPage(preparation.people, preparation.kinds, self.basics.starts_at)
        self.minutes = MinutesPage()
        self.votes = VotesPage(preparation.kinds)
        self.resolutions = ResolutionsPage(preparation.people)
        self.papers = PapersPage(desk)
        self.review = ReviewPage()
        self.absences = AbsenceLine(desk, self._id, preparation.kinds)
        self.review.body.insertWidget(1, self.absences)
        self.sections: tuple[SectionPage, ...] = (
            self.basics, self.attendance, self.agenda, self.minutes, self.votes, self.resolutions, self.papers,
            self.review,
        )  # fmt: skip
        self._lay_out()
        self._set_timers()
        self._connect()
        if detail is not None:
            self._put(detail.draft)
            self.papers.open_meeting(detail.id)
        else:
            self.basics.start_new(today(), kind)
        unmarked = detail is None or (detail.stage is Stage.PLANNED and not detail.draft.attendance)
        self._on_occasion_changed(offer=unmarked)
        self._review_now()
        if detail is not None:
            self.minutes.offer_versions()
        if detail is not None and detail.finalised_at is not None:
            self.lock_bar.show_lock(detail.id, detail.finalised_at)
            self._set_locked(locked=True)
        else:
            self._offer_draft()

    # Set-up

    def _lay_out(self) -> None:
        self.nav = named(QListWidget(), "meeting_sections", "会议记录的各部分")
        self.nav.setItemDelegate(_BadgeDelegate(self.nav))
        self.nav.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nav.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.stack = QStackedWidget()
        for number, section in enumerate(self.sections, 1):
            item = QListWidgetItem(f"{number}  {section.title}")
            item.setToolTip(f"{section.title}（Alt+{number}）")
            self.nav.addItem(item)
            self.stack.addWidget(section)
            shortcut = QShortcut(QKeySequence(f"Alt+{number}"), self)
            shortcut.activated.connect(partial(self.go_to, section.key))
        self.body = QWidget()
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(scaled(14))
        row.addWidget(self.nav)
        row.addWidget(self.stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(10))
        self.lock_bar = LockBar(self._desk)
        layout.addWidget(self.lock_bar)
        layout.addWidget(self._draft_line())
        layout.addWidget(self.body, 1)
        layout.addLayout(self._buttons())
        self.nav.setCurrentRow(0)

    def _draft_line(self) -> QFrame:
        self._draft_bar = named(QFrame(), "draft_bar")
        self._draft_text = named(QLabel(), "draft_bar_text")
        self._draft_text.setTextFormat(Qt.TextFormat.PlainText)
        self._draft_text.setWordWrap(True)
        line = QHBoxLayout(self._draft_bar)
        line.setContentsMargins(scaled(12), scaled(6), scaled(8), scaled(6))
        line.addWidget(self._draft_text, 1)
        self._restore_button = named(QPushButton("恢复"), "restore_button")
        self._restore_button.clicked.connect(self._on_restore_clicked)
        drop = named(QPushButton("不要了"), "discard_button")
        drop.clicked.connect(self._on_discard_clicked)
        line.addWidget(self._restore_button)
        line.addWidget(drop)
        self._draft_bar.hide()
        return self._draft_bar

    def _buttons(self) -> QHBoxLayout:
        self.status = named(QLabel(), "small_quiet")
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.status.setWordWrap(True)
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.addWidget(self.status, 1)
        self._acts: list[QPushButton] = []
        for text, name, slot in (
            ("取消", "cancel_button", self.reject),
            ("保存并预览纪要", "save_notice_button", partial(self.save, "notice")),
            ("保存并预览记录", "save_record_button", partial(self.save, "record")),
            ("保存", "save_button", partial(self.save, "")),
        ):
            button = named(QPushButton(text), name)
            button.clicked.connect(slot)
            row.addWidget(button)
            self._acts.append(button)
        self._acts[-1].setProperty("primary", True)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self._say_ready()
        return row

    def _set_timers(self) -> None:
        self._autosave = QTimer(self, singleShot=True, interval=DRAFT_AFTER_MS)
        self._autosave.timeout.connect(self._keep_draft)
        self._since_kept = QElapsedTimer()
        self._review_wait = QTimer(self, singleShot=True, interval=_REVIEW_AFTER_MS)
        self._review_wait.timeout.connect(self._review_now)

    def _connect(self) -> None:
        self.nav.currentRowChanged.connect(self._on_nav_current_row_changed)
        for section in self.sections:
            section.changed.connect(self._on_section_changed)
        self.basics.occasion_changed.connect(self._on_occasion_changed)
        self.lock_bar.reopened.connect(self._on_lock_bar_reopened)
        self.minutes.versions_requested.connect(self._on_versions_requested)
        self.review.finalise_requested.connect(partial(self.save, FINALISE))
        self.basics.also.changed.connect(self._on_also_changed)
        self.attendance.people_changed.connect(self._on_people_changed)
        self.attendance.sign_in_requested.connect(self._on_sign_in_requested)
        self.agenda.fixed.dues_requested.connect(self._on_dues_requested)
        if self._desk.errands.taken(COLLECT_DUES):
            self.agenda.fixed.offer_dues()
        self.attendance.absences_requested.connect(self.show_absences)
        self.absences.requested.connect(self.show_absences)
        self.papers.counted.connect(self._show_badges)
        self.papers.save_requested.connect(partial(self.save, PAPERS))
        for keys in ("Ctrl+S", "Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self.save, ""))

    def sizeHint(self) -> QSize:
        """Roomy; the base class keeps it within the screen."""
        return QSize(scaled(1080), scaled(640))

    # Going about

    def go_to(self, key: str) -> None:
        """Show a section and put the keyboard into it."""
        row = next(i for i, section in enumerate(self.sections) if section.key == key)
        self.nav.setCurrentRow(row)
        self.sections[row].take_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a narrow screen the navigation gives up its badges."""
        super().resizeEvent(event)
        self.nav.setFixedWidth(scaled(148 if self.width() >= scaled(_NARROW) else 104))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with the first field."""
        super().showEvent(event)
        if not self._draft_bar.isHidden():
            self._restore_button.setFocus()
        else:
            self.sections[self.nav.currentRow()].take_focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next field; it never saves half a record."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(self.focusWidget(), QPushButton):
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _on_nav_current_row_changed(self, row: int) -> None:
        self.stack.setCurrentIndex(row)

    # Content

    def draft(self) -> MeetingDraft:
        """What is entered; a beginning that is not known yet stands at midnight of the day, or of today."""
        values: dict[str, Any] = {}
        for section in self.sections:
            values |= section.fields()
        if values["starts_at"] is None:
            values["starts_at"] = datetime.combine(self.basics.day or today(), time())
            values["ends_at"] = None
        values["stage"] = stage_on_saving(self._stage, values["starts_at"], now())
        return MeetingDraft(**values)

    @property
    def unsaved(self) -> bool:
        """Whether the user changed anything that is not stored."""
        return self._dirty

    def _put(self, draft: MeetingDraft) -> None:
        for section in self.sections:
            section.put(draft)

    def _on_section_changed(self) -> None:
        self._dirty = True
        self._review_wait.start()
        if not self._autosave.isActive():
            self._since_kept.start()
            self._autosave.start()
        elif self._since_kept.elapsed() < _DRAFT_AT_LEAST_MS:
            self._autosave.start()

    def _on_occasion_changed(self, *, offer: bool = True) -> None:
        kind = self.basics.kind
        self.agenda.set_kind(kind, self.basics.also.codes())
        self.votes.set_kind(kind)
        day = self.basics.day
        if not self.basics.complete or day is None:
            self.attendance.forget()
            return
        work = partial(_read_roll, kind, day, self.basics.group_id)
        done = partial(self._on_roll_read, kind, offer)
        self._desk.tasks.read(work, done, owner=self, key="roll")

    def _on_also_changed(self) -> None:
        self.agenda.set_kind(self.basics.kind, self.basics.also.codes())

    def _on_roll_read(self, kind: str, offer: bool, roll: Roll) -> None:
        self.attendance.follow(kind, roll, offer=offer)
        self.agenda.set_open(roll.open_resolutions)
        self._review_now()

    def _on_sign_in_requested(self) -> None:
        ask_sign_in(self._desk, self, self.draft())

    def _on_dues_requested(self) -> None:
        self._desk.errands.send(dues_errand(self.draft(), self))

    def _on_people_changed(self) -> None:
        self.votes.set_attendance(self.attendance.lines)

    # History and lock of the minutes

    def _on_versions_requested(self) -> None:
        assert self._id is not None
        dialog = VersionDialog(self._desk, self._id, self.minutes.edit.toPlainText(), locked=self._locked, parent=self)
        dialog.chosen.connect(self._on_version_chosen)
        dialog.open()

    def _on_version_chosen(self, text: str) -> None:
        self.minutes.edit.replace_text(text)
        self.status.setText("已换成选中的版本，保存后成为新的一版；Ctrl+Z 可以换回来")

    def _on_lock_bar_reopened(self) -> None:
        self._set_locked(locked=False)
        self._offer_draft()
        self._review_now()

    def _set_locked(self, *, locked: bool) -> None:
        self._locked = locked
        for section in self.sections:
            section.lock(locked=locked)
        cancel, *others = self._acts
        cancel.setText("关闭" if locked else "取消")
        for button in others:
            button.setVisible(not locked)
        self._say_ready()

    # Review

    def _review_now(self) -> None:
        draft = self.draft()
        self.votes.set_attendance(draft.attendance)
        self.attendance.set_voting(voting=bool(draft.votes))
        self.resolutions.set_votes(draft.votes)
        self.minutes.set_values(field_values(draft))
        found = contradictions(draft)
        errors = [Problem(text, field) for field, text in found]
        self.show_problems(errors)
        self.review.show_findings([text for _, text in found], cautions(draft, self._kinds))
        self.absences.show_absentees(draft)
        self._show_badges()

    def show_absences(self) -> None:
        """Open the leave slips and make-up lessons of this meeting, after saving what is not stored yet."""
        if self._id is not None and not self._dirty:
            AbsenceDialog(self._desk, self._id, self).open()
            return
        text = "请假条和补课按已保存的考勤登记。先保存会议记录，再打开请假与补课？"
        if self._desk.messages.ask("先保存会议记录？", text, accept="保存并打开"):
            self.save(ABSENCES)

    def show_problems(self, problems: Sequence[Problem]) -> SectionPage | None:
        """Show each sentence in its section (in the first one if it has none) and return the first such section."""
        by_section: dict[str, list[str]] = {section.key: [] for section in self.sections}
        for problem in problems:
            key = _SECTION_OF.get(problem.field or "", "basics")
            if key == "basics" and self.basics.show_field_problem(problem.field or "", problem.message):
                by_section["basics"].append(problem.message)
                continue
            by_section[key].append(problem.message)
        first = None
        for row, section in enumerate(self.sections):
            texts = by_section[section.key]
            section.show_problems(texts)
            self.nav.item(row).setData(_WRONG, bool(texts))
            first = first or (section if texts else None)
        return first

    def _show_badges(self) -> None:
        for row, section in enumerate(self.sections):
            self.nav.item(row).setData(_BADGE, section.badge())

    # Saving

    def save(self, then: str = "") -> None:
        """Check everything and store it in one write; `then` names the paper to show afterwards, or FINALISE."""
        if self._saving or self._locked or not self.body.isEnabled():
            return
        self._take_open_editors()
        self._review_now()
        if not self._checked():
            return
        draft = self.draft()
        self._next, self._stored = then, draft.stage
        self._set_saving(saving=True)
        label = "会议记录定稿" if then == FINALISE else "记录会议" if self._id is None else "修改会议记录"
        work = partial(_store, self._id, draft, self._desk.settings.number("make_up_days"), then == FINALISE)
        self._desk.tasks.write(f"{label}：{draft.title}", work, self._on_saved, owner=self, failed=self._on_save_failed)

    def _checked(self) -> bool:
        if not self.basics.check():
            self.go_to("basics")
            return False
        problems = [Problem(text, field) for field, text in contradictions(self.draft())]
        first = self.show_problems(problems)
        for section in self.sections:
            if own := section.problems():
                section.show_problems([*own, *([section.notice_text.text()] if not section.notice.isHidden() else [])])
                first = first or section
        if first is not None:
            self.go_to(first.key)
        return first is None

    def _on_saved(self, meeting_id: int) -> None:
        self._set_saving(saving=False)
        self._dirty = False
        self._autosave.stop()
        self._desk.drafts.discard(self._key)
        told = self._stored is Stage.HELD or self._next == PAPERS
        self.saved.emit(meeting_id, self._next if told else "planned")
        self.accept()

    def _on_save_failed(self, error: Exception) -> None:
        self._set_saving(saving=False)
        if isinstance(error, DomainError):
            first = self.show_problems(error.problems)
            self.go_to((first or self.basics).key)
        elif isinstance(error, PartyroomError):
            self._desk.messages.problem("没有保存", str(error))

    def _set_saving(self, *, saving: bool) -> None:
        self._saving = saving
        self.body.setEnabled(not saving)
        for button in self._acts:
            button.setEnabled(not saving)
        if saving:
            self.status.setText("正在保存…")
        else:
            self._say_ready()

    def _say_ready(self) -> None:
        about = f"Alt+1 到 Alt+{len(self.sections)} 换部分，Esc "
        keys = f"{about}关闭" if self._locked else f"Ctrl+S 保存，{about}取消"
        self.status.setText(keys)

    def _take_open_editors(self) -> None:
        """A cell that is being edited counts with what stands in it."""
        focus = self.focusWidget()
        if focus is not None:
            focus.clearFocus()

    # Closing

    def reject(self) -> None:
        """Close without saving; ask first if something was changed."""
        if self._saving:
            return
        if self._dirty:
            text = "这次会议的内容还没有保存。放弃后，刚才填写的内容不再保留。"
            if not self._desk.messages.ask("放弃没有保存的内容？", text, accept="放弃", reject="继续填写", danger=True):
                return
            self._desk.drafts.discard(self._key)
        self._autosave.stop()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's cross asks like Esc does."""
        event.ignore()
        self.reject()

    # Drafts

    def _keep_draft(self) -> None:
        if self._dirty:
            stamp = now().isoformat(sep=" ")
            content = {section.key: section.state() for section in self.sections}
            self._desk.drafts.save(self._key, {"saved_at": stamp, "sections": content})
            self.status.setText(f"草稿已暂存（{stamp[11:16]}），Ctrl+S 正式保存")

    def _offer_draft(self) -> None:
        self._offered = self._desk.drafts.load(self._key)
        if self._offered is None:
            return
        try:
            moment = chinese_datetime(datetime.fromisoformat(str(self._offered.get("saved_at"))))
        except ValueError:
            moment = "上次"
        self._draft_text.setText(f"发现{moment}没有保存完的内容。要恢复到那时的样子，还是不要了？")
        self._draft_bar.show()
        self.body.setEnabled(False)

    def _on_restore_clicked(self) -> None:
        kept = self._offered.get("sections") if self._offered else None
        if isinstance(kept, dict):
            wanted = [section for section in self.sections if kept.get(section.key) is not None]
            lost = [section.title for section in wanted if not _restored(section, kept[section.key])]
            if lost:
                self._desk.messages.warn(f"草稿里的“{'”“'.join(lost)}”读不出来，这部分没有恢复。")
            self._dirty = True
        self._close_offer()
        self._on_occasion_changed(offer=False)
        self._review_now()

    def _on_discard_clicked(self) -> None:
        self._desk.drafts.discard(self._key)
        self._close_offer()

    def _close_offer(self) -> None:
        self._offered = None
        self._draft_bar.hide()
        self.body.setEnabled(True)
        self.sections[self.nav.currentRow()].take_focus()


class _BadgeDelegate(QStyledItemDelegate):
    """Draws the badge at the right end of a section's line, red where something is wrong."""

    def sizeHint(self, option: Any, index: Any) -> QSize:
        """Lines as high as those of lists."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(size.height(), scaled(32)))

    def paint(self, painter: QPainter, option: Any, index: Any) -> None:
        """The line, then the badge; a narrow line has no room for one."""
        super().paint(painter, option, index)
        badge, wrong = str(index.data(_BADGE) or ""), bool(index.data(_WRONG))
        if (not badge and not wrong) or option.rect.width() < scaled(120):
            return
        painter.save()
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        painter.setFont(font)
        painter.setPen(QColor(COLOURS["accent" if wrong else "soft"]))
        room = QRect(option.rect).adjusted(0, 0, -scaled(8), 0)
        painter.drawText(
            room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{badge} !" if wrong else badge
        )
        painter.restore()


def _read_roll(kind: str, day: Any, group_id: int | None, session: Any) -> Roll:
    return read_roll(session, kind, day, group_id)


def _restored(section: SectionPage, state: Any) -> bool:
    """Put the input of a section back; one that another version of the program kept otherwise is left out."""
    before = section.state()
    try:
        section.restore(state)
        section.fields()
    except (KeyError, TypeError, ValueError):
        section.restore(before)
        return False
    return True


def _store(meeting_id: int | None, draft: MeetingDraft, make_up_days: int, finalise: bool, session: Any) -> int:
    if meeting_id is None:
        meeting_id = service.record_meeting(session, draft, make_up_days)
    else:
        service.update_meeting(session, meeting_id, draft, make_up_days)
    if finalise:
        finalise_minutes(session, meeting_id)
    return meeting_id
