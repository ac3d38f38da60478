"""评诺 of one or several pledges: oneself, members, masses, branch; votes are checked while they are typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QIntValidator, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import Precision, RecordedDate, read_date, today
from partyroom.core.errors import DomainError, PartyroomError
from partyroom.features.pledges.appraisal_service import save_appraisals
from partyroom.features.pledges.appraising import appraisal_hints, appraisal_problems
from partyroom.features.pledges.domain import Appraisal, Body, PledgeDetail, State
from partyroom.features.pledges.lines_page import NameList
from partyroom.features.pledges.round_view_service import RoundView
from partyroom.features.pledges.tally import Tally
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_VOTERS: Final = (("members", "党员测评"), ("masses", "群众测评"))
_MOST_VOTES: Final = 9999
_NUMBER = Qt.ItemDataRole.UserRole


class AppraisalDialog(Dialog):
    """Shows the pledges on the left and the 评诺 of the one chosen on the right; all are saved in one write.

    Grade, day and body together decide a pledge (已评); without them what is typed is kept as it stands.
    """

    saved = Signal(int)

    def __init__(
        self, desk: Desk, view: RoundView, pledges: Sequence[PledgeDetail], parent: QWidget | None = None
    ) -> None:
        super().__init__("评诺", parent)
        self.setObjectName("appraisal_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self._grades = view.round.grades if view.round else ()
        self._committee = view.committee
        self._pledges = tuple(pledges)
        self._values = [pledge.appraisal for pledge in pledges]
        self._here = 0
        self._filling = self._saving = False
        self.list = NameList("appraised_pledges", "评诺的承诺")
        self._make_fields()
        self._lay_out()
        self._chain()
        self._connect()
        self.list.setCurrentRow(0)
        self._put(0)
        self.self_text.setFocus()

    def sizeHint(self) -> QSize:
        """Roomy; the base class keeps it within the screen."""
        return QSize(scaled(980 if len(self._pledges) > 1 else 800), scaled(620))

    # Set-up

    def _make_fields(self) -> None:
        self.self_text = named(QPlainTextEdit(), "self_text", "本人自评")
        self.self_text.setTabChangesFocus(True)
        self.self_text.setFixedHeight(scaled(72))
        self.self_grade = self._grade_box("self_grade", "自评等次")
        self.cells: dict[str, dict[str, QLineEdit]] = {}
        self.results: dict[str, QLabel] = {}
        for key, title in _VOTERS:
            keys = (("issued", "发出"), ("returned", "收回"), *((f"grade{n}", g) for n, g in enumerate(self._grades)))
            self.cells[key] = {name: self._number(f"{key}_{name}", f"{title}：{words}票数") for name, words in keys}
            self.results[key] = named(QLabel(), f"{key}_result")
            self.results[key].setProperty("note", "hint")
            self.results[key].setWordWrap(True)
        self.grade = self._grade_box("grade", "支部评定等次")
        self.comment = named(QPlainTextEdit(), "grade_comment", "评定意见")
        self.comment.setTabChangesFocus(True)
        self.comment.setFixedHeight(scaled(56))
        self.comment.setPlaceholderText("评定意见")
        self.decided_on = named(QLineEdit(), "decided_on", "评定日期")
        self.decided_on.setPlaceholderText("例如2026-12-20")
        self.decided_by = named(QComboBox(), "decided_by", "由谁评定")
        self.decided_by.addItem("（未选）", None)
        for body in Body:
            self.decided_by.addItem(body.label, body.value)
        self.person = named(QComboBox(), "appraisal_person", "登记人")
        self.person.setEditable(True)
        self.person.addItems(["", *self._committee])
        self.person.setMinimumWidth(scaled(120))

    def _chain(self) -> None:
        """Tab goes through the fields as they are read."""
        cells = [cell for voters in self.cells.values() for cell in voters.values()]
        stops = (
            self.list, self.self_text, self.self_grade, *cells, self.grade, self.decided_on, self.decided_by,
            self.comment, self.person, self.spread_button,
        )  # fmt: skip
        for one, other in pairwise(stops):
            QWidget.setTabOrder(one, other)

    def _grade_box(self, name: str, title: str) -> QComboBox:
        box = named(QComboBox(), name, title)
        box.addItem("（未定）", "")
        for grade in self._grades:
            box.addItem(grade, grade)
        box.setMinimumWidth(scaled(108))
        return box

    def _number(self, name: str, title: str) -> QLineEdit:
        line = named(QLineEdit(), name, title)
        line.setValidator(QIntValidator(0, _MOST_VOTES, line))
        line.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.setMinimumWidth(scaled(52))
        line.setMaximumWidth(scaled(80))
        return line

    def _lay_out(self) -> None:
        self.title = named(QLabel(), "dialog_heading")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.done_text = named(QLabel(), "quiet")
        self.done_text.setTextFormat(Qt.TextFormat.PlainText)
        self.done_text.setWordWrap(True)
        form = QWidget()
        form.setObjectName("scroll_content")
        column = QVBoxLayout(form)
        column.setContentsMargins(scaled(4), 0, scaled(12), 0)
        column.setSpacing(scaled(8))
        column.addWidget(self.title)
        column.addWidget(self.done_text)
        column.addWidget(_heading("本人自评"))
        column.addWidget(self.self_text)
        column.addLayout(_line(("自评等次(&Z)", self.self_grade)))
        column.addWidget(_heading("党员、群众测评（无记名测评的票数）"))
        column.addLayout(self._tally_grid())
        column.addWidget(_heading("支部评定"))
        column.addLayout(
            _line(("等次(&D)", self.grade), ("评定日期(&R)", self.decided_on), ("评定组织(&O)", self.decided_by))
        )
        column.addWidget(self.comment)
        column.addLayout(_line(("登记人(&J)", self.person)))
        self.findings = named(QLabel(), "appraisal_findings")
        self.findings.setTextFormat(Qt.TextFormat.PlainText)
        self.findings.setWordWrap(True)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(form)
        body = QHBoxLayout()
        self.list.setFixedWidth(scaled(180))
        self.list.setVisible(len(self._pledges) > 1)
        for number, pledge in enumerate(self._pledges):
            item = QListWidgetItem(pledge.name)
            item.setData(_NUMBER, number)
            self.list.addItem(item)
        body.addWidget(self.list)
        body.addWidget(area, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.addLayout(body, 1)
        layout.addWidget(self.findings)
        layout.addLayout(self._buttons())

    def _tally_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(scaled(8))
        heads = ("", "发出", "收回", *self._grades)
        for column, text in enumerate(heads):
            label = QLabel(text)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(label, 0, column)
        for row, (key, title) in enumerate(_VOTERS):
            grid.addWidget(QLabel(title), row * 2 + 1, 0)
            for column, line in enumerate(self.cells[key].values(), 1):
                grid.addWidget(line, row * 2 + 1, column)
            grid.addWidget(self.results[key], row * 2 + 2, 1, 1, len(heads))
        grid.setColumnStretch(len(heads), 1)
        return grid

    def _buttons(self) -> QHBoxLayout:
        self.status = named(QLabel("Ctrl+S 保存，Ctrl+PgUp、Ctrl+PgDn 换人，Esc 关闭"), "small_quiet")
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.spread_button = named(QPushButton("评定日期、组织用于全部"), "spread_decision")
        self.spread_button.setVisible(len(self._pledges) > 1)
        self.spread_button.clicked.connect(self.spread)
        cancel = named(QPushButton("取消"), "cancel_button")
        cancel.clicked.connect(self.reject)
        self.save_button = named(QPushButton("保存"), "save_button")
        self.save_button.setProperty("primary", True)
        self.save_button.clicked.connect(self.save)
        row = QHBoxLayout()
        row.addWidget(self.status, 1)
        for button in (self.spread_button, cancel, self.save_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        return row

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._on_list_row_changed)
        for area in (self.self_text, self.comment):
            area.textChanged.connect(self._on_edited)
        for box in (self.self_grade, self.grade, self.decided_by):
            box.activated.connect(self._on_edited)
        self.person.editTextChanged.connect(self._on_edited)
        for line in (self.decided_on, *(cell for cells in self.cells.values() for cell in cells.values())):
            line.textEdited.connect(self._on_edited)
        self.decided_on.editingFinished.connect(self._on_day_left)
        for keys in ("Ctrl+S", "Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.save)
        QShortcut(QKeySequence("Ctrl+PgUp"), self).activated.connect(partial(self._go, -1))
        QShortcut(QKeySequence("Ctrl+PgDown"), self).activated.connect(partial(self._go, 1))

    # Content

    def appraisal(self) -> Appraisal:
        """What stands in the fields now."""
        day = self._day()
        body = self.decided_by.currentData()
        return Appraisal(
            self_text=self.self_text.toPlainText(),
            self_grade=str(self.self_grade.currentData()),
            members=self._tally("members"),
            masses=self._tally("masses"),
            grade=str(self.grade.currentData()),
            comment=self.comment.toPlainText(),
            decided_on=day,
            decided_by=Body(str(body)) if body else None,
            person=self.person.currentText().strip(),
        )

    def _tally(self, key: str) -> Tally:
        cells = self.cells[key]
        counts = {grade: count for n, grade in enumerate(self._grades) if (count := _count(cells[f"grade{n}"]))}
        return Tally(_count(cells["issued"]), _count(cells["returned"]), counts)

    def _day(self) -> date | None:
        found: RecordedDate | None = read_date(self.decided_on.text())
        return found.exact if found is not None and found.precision is Precision.DAY else None

    def _put(self, number: int) -> None:
        self._here = number
        pledge, shown = self._pledges[number], self._values[number]
        self._filling = True
        self.title.setText(f"{pledge.name}（{pledge.kind.label}）")
        self.done_text.setText(_done_text(pledge))
        self.self_text.setPlainText(shown.self_text)
        self.self_grade.setCurrentIndex(max(self.self_grade.findData(shown.self_grade), 0))
        for key, tally in (("members", shown.members), ("masses", shown.masses)):
            numbers = {"issued": tally.issued, "returned": tally.returned}
            numbers |= {f"grade{n}": tally.counts.get(grade, 0) for n, grade in enumerate(self._grades)}
            for name, line in self.cells[key].items():
                line.setText(str(numbers[name]) if tally.held else "")
        self.grade.setCurrentIndex(max(self.grade.findData(shown.grade), 0))
        self.comment.setPlainText(shown.comment)
        self.decided_on.setText(shown.decided_on.isoformat() if shown.decided_on else "")
        self.decided_by.setCurrentIndex(self.decided_by.findData(shown.decided_by.value if shown.decided_by else None))
        self.person.setCurrentText(shown.person)
        self._filling = False
        self._check()

    @property
    def unsaved(self) -> bool:
        """Whether anything differs from what is stored."""
        return any(now != pledge.appraisal for now, pledge in zip(self._values, self._pledges, strict=True))

    def _on_list_row_changed(self, row: int) -> None:
        if 0 <= row < len(self._pledges) and row != self._here:
            self._put(row)

    def _go(self, step: int) -> None:
        row = self._here + step
        if 0 <= row < len(self._pledges):
            self.list.setCurrentRow(row)

    def _on_edited(self) -> None:
        if not self._filling:
            self._values[self._here] = self.appraisal()
            self._check()

    def _on_day_left(self) -> None:
        if day := self._day():
            self.decided_on.setText(day.isoformat())

    def _check(self) -> None:
        """Say at once what cannot be, and what might be looked at."""
        shown = self._values[self._here]
        found = appraisal_problems(shown, self._grades)
        typed = self.decided_on.text().strip()
        sentences = [problem.message for problem in found if problem.field not in ("members", "masses")]
        if typed and self._day() is None:
            sentences.append(f"评定日期“{typed}”读不出来，请写成{today():%Y}-12-20这样的日期。")
        for key, tally in (("members", shown.members), ("masses", shown.masses)):
            wrong = [problem.message for problem in found if problem.field == key]
            _say(self.results[key], "".join(wrong) or _shares(tally, self._grades), wrong=bool(wrong))
        hints = appraisal_hints(self._pledges[self._here], shown)
        _say(self.findings, "　".join(sentences or hints), wrong=bool(sentences), warn=bool(hints))
        self._mark()

    def _mark(self) -> None:
        for number, (pledge, value) in enumerate(zip(self._pledges, self._values, strict=True)):
            item = self.list.item(number)
            mark = f"　{value.grade}" if value.grade else ""
            item.setText(f"{pledge.name}{mark}{'　*' if value != pledge.appraisal else ''}")

    def spread(self) -> None:
        """Give all the day, the body and the person of the one shown."""
        shown = self._values[self._here]
        self._values = [
            replace(
                value,
                decided_on=shown.decided_on if value.grade else value.decided_on,
                decided_by=shown.decided_by if value.grade else value.decided_by,
                person=shown.person if value.grade else value.person,
            )
            for value in self._values
        ]
        graded = sum(bool(value.grade) for value in self._values)
        self.status.setText(f"已用于选了等次的{graded}份；没有等次的不改。")
        self._check()

    # Saving

    def save(self) -> None:
        """Store all that was changed in one write."""
        if self._saving:
            return
        changed = {
            pledge.id: value
            for pledge, value in zip(self._pledges, self._values, strict=True)
            if value != pledge.appraisal
        }
        wrong = next((n for n, value in enumerate(self._values) if appraisal_problems(value, self._grades)), None)
        if wrong is not None or (self.decided_on.text().strip() and self._day() is None):
            self._put(self._here if wrong is None else wrong)
            self.list.setCurrentRow(self._here)
            self.status.setText("有内容需要改正，见红色的提示。")
            return
        if not changed:
            self.accept()
            return
        self._saving = True
        self.save_button.setEnabled(False)
        names = [pledge.name for pledge in self._pledges if pledge.id in changed]
        label = f"评诺：{names[0]}{f'等{len(names)}份' if len(names) > 1 else ''}"
        work = partial(_store, changed)
        self._desk.tasks.write(label, work, self._on_saved, owner=self, failed=self._on_failed)

    def _on_saved(self, decided: int) -> None:
        self._saving = False
        self.saved.emit(decided)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self._saving = False
        self.save_button.setEnabled(True)
        if isinstance(error, DomainError):
            sentences = "\n".join(problem.message for problem in error.problems)
            _say(self.findings, sentences, wrong=True)
            self.status.setText("没有保存，见红色的提示。")
        elif isinstance(error, PartyroomError):
            self._desk.messages.problem("没有保存", str(error))

    def reject(self) -> None:
        """Close without saving; ask first if something was typed."""
        if self._saving:
            return
        text = "评诺的内容还没有保存。放弃后，刚才填写的内容不再保留。"
        if self.unsaved and not self._desk.messages.ask(
            "放弃没有保存的内容？", text, accept="放弃", reject="继续填写", danger=True
        ):
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's cross asks like Esc does."""
        event.ignore()
        self.reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(self.focusWidget(), QPushButton):
            self.focusNextChild()
        else:
            super().keyPressEvent(event)


def _count(line: QLineEdit) -> int:
    return int(line.text()) if line.text().strip() else 0


def _shares(tally: Tally, grades: Sequence[str]) -> str:
    if not tally.held:
        return "没有测评的不填。"
    parts = [f"{grade} {share} %" for grade in grades if (share := tally.share(grade)) is not None]
    return f"有效{tally.valid}票，无效{tally.invalid}票　" + "　".join(parts)


def _done_text(pledge: PledgeDetail) -> str:
    items = pledge.standing_items
    done = sum(item.done for item in items)
    state = "" if pledge.state is State.FULFILLING else f"（{pledge.state.label}）"
    return f"承诺{len(items)}项，完成{done}项；践诺记录{len(pledge.deeds)}条{state}。"


def _say(label: QLabel, text: str, *, wrong: bool, warn: bool = False) -> None:
    colour = COLOURS["accent"] if wrong else COLOURS["amber_dark"] if warn else COLOURS["soft"]
    label.setStyleSheet(f"color: {colour};")
    label.setText(text)


def _heading(text: str) -> QLabel:
    return named(QLabel(text), "section_heading")


def _line(*pairs: tuple[str, QWidget]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(scaled(8))
    for text, widget in pairs:
        label = QLabel(text)
        label.setBuddy(widget)
        row.addWidget(label)
        row.addWidget(widget)
    row.addStretch(1)
    return row


def _store(changed: dict[int, Appraisal], session: Any) -> int:
    return save_appraisals(session, changed)
