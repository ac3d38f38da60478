"""The words of a pledge: who pledges, when, the preamble, the items; what may be noted in any state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import Precision, RecordedDate, read_date, today
from partyroom.features.pledges.domain import PledgeDetail, PledgeDraft, PledgerKind, State, pledger_key
from partyroom.features.pledges.items_model import ItemLine, line_of
from partyroom.features.pledges.items_page import ItemsTable
from partyroom.features.pledges.round_view_service import RoundView
from partyroom.features.pledges.service import draft_hints
from partyroom.features.pledges.templates import Role, Template, day_in, pledge_rules
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_LOW = 400


class WordsPage(QWidget):
    """Fills in a pledge; `changed` tells of what the user did, `template_kept` that an item should become a template.

    Once reviewed, the words are locked until `unlock`; signature, photo and remarks can be noted in any state.
    """

    changed = Signal()
    unlock_requested = Signal()
    template_kept = Signal()

    def __init__(self, view: RoundView, templates: Sequence[Template], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._templates = tuple(templates)
        self._detail: PledgeDetail | None = None
        self._quiet = False
        names = [member.name for member in view.members]
        self.table = ItemsTable(view.year, names)
        self.pledger = named(QComboBox(), "pledger", "承诺人")
        self.kind = named(QComboBox(), "pledger_kind", "承诺类别")
        self.proposed = named(QLineEdit(), "proposed_on", "提诺日期")
        self.signed = named(QLineEdit(), "signed_on", "承诺书签字日期")
        self.preamble = named(QPlainTextEdit(), "preamble", "承诺书开头")
        self.remarks = named(QLineEdit(), "pledge_remarks", "备注")
        self.photo = named(QCheckBox("亮诺海报上印本人照片"), "show_photo")
        self.unlock_button = named(QPushButton("变更承诺…"), "unlock_words")
        self.hints = named(QLabel(), "pledge_hints")
        self._lay_out()
        self._fill_people()
        self._connect()

    # Set-up

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(scaled(10))
        grid.setVerticalSpacing(scaled(8))
        for place, (label, widget) in enumerate(
            (
                ("承诺类别(&K)", self.kind),
                ("承诺人(&W)", self.pledger),
                ("提诺日期(&T)", self.proposed),
                ("签字日期(&G)", self.signed),
            )
        ):
            self._put(grid, label, widget, place // 2, place % 2)
        self.preamble.setFixedHeight(scaled(56))
        self.preamble.setTabChangesFocus(True)
        self._put(grid, "承诺书开头(&P)", self.preamble, 2, 0, whole=True)
        self.proposed.setPlaceholderText("例如2026-1-10")
        self.signed.setPlaceholderText("还没有签字的不填")
        self.pledger.setEditable(True)
        self.pledger.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        line = self.pledger.lineEdit()
        if line is not None:
            line.setPlaceholderText("选择或输入姓名")
        completer = self.pledger.completer()
        if completer is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(completer.CompletionMode.PopupCompletion)
        foot = QHBoxLayout()
        remarks = QLabel("备注(&B)")
        remarks.setBuddy(self.remarks)
        foot.addWidget(self.photo)
        foot.addWidget(remarks)
        foot.addWidget(self.remarks, 1)
        self.hints.setWordWrap(True)
        self.hints.setProperty("note", "warning")
        self.hints.setTextFormat(Qt.TextFormat.PlainText)
        self.hints.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, scaled(8), 0, 0)
        column.setSpacing(scaled(8))
        column.addLayout(grid)
        column.addWidget(self.table, 1)
        column.addWidget(self.hints)
        column.addLayout(foot)
        self._add_commands()
        self._chain()

    def _chain(self) -> None:
        """Tab goes through the page as it is read."""
        stops = (
            self.kind, self.pledger, self.proposed, self.signed, self.preamble, self.template_button, self.keep_button,
            self.unlock_button, self.table.view, self.photo, self.remarks,
        )  # fmt: skip
        for one, other in pairwise(stops):
            QWidget.setTabOrder(one, other)

    def _put(self, grid: QGridLayout, text: str, widget: QWidget, row: int, place: int, *, whole: bool = False) -> None:
        label = QLabel(text)
        label.setBuddy(widget)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(label, row, place * 2)
        grid.addWidget(widget, row, place * 2 + 1, 1, 3 if whole else 1)
        grid.setColumnStretch(place * 2 + 1, 1)

    def _add_commands(self) -> None:
        """Templates of every role, those that fit the pledger in front; and the way to change what is reviewed."""
        self.template_menu = named(QMenu("套用模板", self), "template_menu")
        self.template_button = named(QPushButton("套用模板"), "template_button")
        self.template_button.setMenu(self.template_menu)
        self.keep_button = named(QPushButton("存为模板…"), "keep_template_button")
        self.keep_button.setToolTip("把选中的事项存为本支部的模板，以后可以套用")
        self.keep_button.clicked.connect(self.template_kept)
        self.unlock_button.clicked.connect(self.unlock_requested)
        self._places: dict[QPushButton, QAction] = {}  # a tool bar hides a widget by its action
        for button in (self.template_button, self.keep_button, self.unlock_button):
            button.setAutoDefault(False)
            self._places[button] = self.table.bar.addWidget(button)
        self.template_menu.aboutToShow.connect(self._fill_templates)

    def _connect(self) -> None:
        self.kind.activated.connect(self._on_kind_activated)
        self.pledger.activated.connect(self._on_pledger_activated)
        self.table.model.edited.connect(self._on_changed)
        self.preamble.textChanged.connect(self._on_changed)
        for line in (self.proposed, self.signed, self.remarks):
            line.textEdited.connect(self._on_changed)
        for line in (self.proposed, self.signed):
            line.editingFinished.connect(partial(self._on_day_left, line))
        self.photo.clicked.connect(self._on_changed)

    def _fill_people(self) -> None:
        for kind in PledgerKind:
            self.kind.addItem(kind.label, kind.value)
        self.pledger.addItem(self._view.branch, None)
        for member in self._view.members:
            words = f"{member.name}（{member.department}）" if member.department else member.name
            self.pledger.addItem(words, member.id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a low screen the preamble shows one line, for the items' sake."""
        super().resizeEvent(event)
        self.preamble.setFixedHeight(scaled(34 if self.height() < scaled(_LOW) else 56))

    # Content

    def start_new(self, kind: PledgerKind) -> None:
        """Begin a new pledge: the first who has none yet, the usual preamble, today."""
        taken = {pledger_key(pledge.kind, pledge.member_id) for pledge in self._view.pledges}
        wanted = [member for member in self._view.members if member.role.kind is kind]
        free = next((m.id for m in wanted if pledger_key(kind, m.id) not in taken), None)
        self._quiet = True
        self.kind.setCurrentIndex(self.kind.findData(kind.value))
        self.pledger.setCurrentIndex(self.pledger.findData(free) if free is not None else -1)
        last = date(self._view.year, 12, 31)
        self.proposed.setText(min(today(), last).isoformat())
        self.preamble.setPlainText(pledge_rules().preambles[kind])
        self._quiet = False
        self._show_pledger()
        self.lock(locked=False)
        self._show_hints()

    def show_pledge(self, detail: PledgeDetail) -> None:
        """Show a stored pledge; the words of a reviewed one are locked."""
        self._detail = detail
        self._quiet = True
        self.kind.setCurrentIndex(self.kind.findData(detail.kind.value))
        if detail.member_id is not None and self.pledger.findData(detail.member_id) < 0:
            self.pledger.addItem(detail.name, detail.member_id)  # who has left the branch meanwhile
        self.pledger.setCurrentIndex(0 if detail.member_id is None else self.pledger.findData(detail.member_id))
        self.proposed.setText(detail.proposed_on.isoformat())
        self.signed.setText(detail.signed_on.isoformat() if detail.signed_on else "")
        self.preamble.setPlainText(detail.preamble)
        self.remarks.setText(detail.remarks)
        self.photo.setChecked(detail.show_photo)
        self.table.model.replace([line_of(item) for item in detail.standing_items])
        self._quiet = False
        self.lock(locked=detail.state is not State.DRAFT)
        self._show_hints()

    def lock(self, *, locked: bool) -> None:
        """Let the words be read, not changed; signature, photo and remarks stay open."""
        self.table.lock(locked=locked)
        draft = self._detail is None or self._detail.state is State.DRAFT
        self.preamble.setReadOnly(locked)
        for widget in (self.kind, self.pledger, self.proposed):
            widget.setEnabled(draft)
        self.pledger.setEnabled(draft and self.pledger_kind is not PledgerKind.BRANCH)
        self.template_button.setEnabled(not locked)
        self.signed.setEnabled(self._detail is not None)
        state = self._detail.state if self._detail else State.DRAFT
        self._places[self.unlock_button].setVisible(state not in (State.DRAFT, State.WITHDRAWN, State.APPRAISED))
        self.unlock_button.setEnabled(locked)

    @property
    def pledger_kind(self) -> PledgerKind:
        """As whom somebody pledges."""
        return PledgerKind(str(self.kind.currentData()))

    @property
    def member_id(self) -> int | None:
        """Who pledges; None for the branch."""
        if self.pledger_kind is PledgerKind.BRANCH:
            return None
        # What was typed counts only as one of the choices; of namesakes the one that was picked.
        place, typed = self.pledger.currentIndex(), self.pledger.currentText()
        if place < 0 or self.pledger.itemText(place) != typed:
            place = self.pledger.findText(typed)
        found = self.pledger.itemData(place) if place >= 0 else None
        return int(found) if found is not None else None

    def draft(self) -> PledgeDraft:
        """What is entered."""
        return PledgeDraft(
            self.pledger_kind,
            self.member_id,
            self.table.model.drafts(),
            self.preamble.toPlainText(),
            _day(self.proposed.text()),
            self.photo.isChecked(),
            self.remarks.text(),
        )

    def signed_on(self) -> date | None:
        """The day on which the 承诺书 was signed."""
        return _day(self.signed.text())

    def problems(self) -> list[str]:
        """What cannot be stored as it is typed."""
        found = [
            f"{word}“{line.text()}”读不出日期，请写成2026-1-10这样的日期。"
            for word, line in (("提诺日期", self.proposed), ("签字日期", self.signed))
            if line.text().strip() and _day(line.text()) is None
        ]
        if self.pledger_kind is not PledgerKind.BRANCH and self.member_id is None:
            found.append("请从名单里选择承诺人。")
        return found + self.table.model.problems()

    def state(self) -> dict[str, Any]:
        """The raw input as JSON data."""
        lines = self.table.model.lines
        return {
            "kind": self.kind.currentData(),
            "member": self.member_id,
            "proposed": self.proposed.text(),
            "signed": self.signed.text(),
            "preamble": self.preamble.toPlainText(),
            "remarks": self.remarks.text(),
            "photo": self.photo.isChecked(),
            "items": [[x.category, x.text, x.measure, x.deadline, x.responsible, x.id] for x in lines],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Put back what `state` gave."""
        lines = [ItemLine(*cells) for cells in state["items"]]
        self.kind.setCurrentIndex(max(self.kind.findData(state["kind"]), 0))
        member = state["member"]
        self.pledger.setCurrentIndex(self.pledger.findData(member) if member is not None else -1)
        self._show_pledger()
        self.proposed.setText(str(state["proposed"]))
        self.signed.setText(str(state["signed"]))
        self.preamble.setPlainText(str(state["preamble"]))
        self.remarks.setText(str(state["remarks"]))
        self.photo.setChecked(bool(state["photo"]))
        self.table.model.replace(lines)
        self._on_changed()

    # Templates

    def fitting_role(self) -> Role:
        """The role whose templates fit the pledger best."""
        if self.pledger_kind is PledgerKind.BRANCH:
            return Role.BRANCH
        found = next((member.role for member in self._view.members if member.id == self.member_id), Role.TEACHER)
        if found.kind is self.pledger_kind:
            return found
        return Role.COMMITTEE if self.pledger_kind is PledgerKind.COMMITTEE else Role.TEACHER

    def _fill_templates(self) -> None:
        menu, role = self.template_menu, self.fitting_role()
        menu.clear()
        usual = [one for one in self._templates if one.role is role and one.usual]
        menu.addAction(f"{role.label}常用模板（{len(usual)}项）", partial(self.use_templates, usual))
        menu.addSeparator()
        self._add_templates(menu, role)
        menu.addSeparator()
        others = menu.addMenu("其他角色")
        for other in Role:
            if other is not role:
                self._add_templates(others.addMenu(other.label), other)

    def _add_templates(self, menu: QMenu, role: Role) -> None:
        for one in self._templates:
            if one.role is role:
                own = "（本支部）" if one.id is not None else ""
                words = f"〔{one.category.label}〕{_short(one.text)}{own}".replace("&", "&&")
                menu.addAction(words, partial(self.use_templates, [one]))

    def use_templates(self, templates: Sequence[Template]) -> None:
        """Add items from templates; those that are there already are left out."""
        who = "" if self.pledger_kind is PledgerKind.BRANCH else self.pledger.currentText().partition("（")[0]
        self.table.model.add([self._line(one, who) for one in templates])

    def _line(self, template: Template, responsible: str) -> ItemLine:
        due = day_in(self._view.year, template.due)
        deadline = due.isoformat() if due else ""
        return ItemLine(template.category.value, template.text, template.measure, deadline, responsible)

    # Reactions

    def _on_kind_activated(self) -> None:
        known = {text.strip() for text in pledge_rules().preambles.values()} | {""}
        if self.preamble.toPlainText().strip() in known:
            self.preamble.setPlainText(pledge_rules().preambles[self.pledger_kind])
        self._show_pledger()
        self._on_changed()

    def _on_pledger_activated(self) -> None:
        self._on_changed()

    def _show_pledger(self) -> None:
        """The branch pledges by itself; for the others a person is chosen."""
        branch = self.pledger_kind is PledgerKind.BRANCH
        self.pledger.setEnabled(not branch)
        if branch:
            self.pledger.setCurrentIndex(0)
        elif self.pledger.currentIndex() == 0:
            self.pledger.setCurrentIndex(-1)

    def _on_day_left(self, line: QLineEdit) -> None:
        if day := _day(line.text()):
            line.setText(day.isoformat())

    def _on_changed(self) -> None:
        if not self._quiet:
            self._show_hints()
            self.changed.emit()

    def _show_hints(self) -> None:
        found = draft_hints(self.draft(), self._view.year) if self.table.model.lines else []
        self.hints.setText("　".join(found))
        self.hints.setVisible(bool(found))


def _day(text: str) -> date | None:
    found: RecordedDate | None = read_date(text)
    return found.exact if found is not None and found.precision is Precision.DAY else None


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 36 else plain[:35] + "…"
