"""月份结账: what is missing first, then the question; a closed month stays closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QListWidget, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import today
from partyroom.core.errors import PartyroomError
from partyroom.features.dues.collect_service import close_month, closing_problems
from partyroom.features.dues.ledger import first_of, month_label, months_of
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field
from partyroom.ui.form_grid import FormGrid
from partyroom.ui.naming import named
from partyroom.ui.rows import even_rows
from partyroom.ui.theme import scaled

_MEANING = (
    "结账以后，这个月应交多少就固定下来，也不能解除结账：不能再登记日期在这个月的收款，登记错了的按当天日期冲正。"
    "以后补交这个月的党费，按补交当天登记，仍然记到这个月名下。"
)


class ClosingDialog(Dialog):
    """Closes a month of a year; offers those that are not closed yet, the earliest first."""

    def __init__(self, desk: Desk, year: int, closed: Collection[date], parent: QWidget | None = None) -> None:
        super().__init__(f"月份结账（{year}年）", parent)
        self.setObjectName("closing_dialog")
        self._desk = desk
        self._months = [month for month in months_of(year) if month not in closed and month <= first_of(today())]
        self._lay_out()
        self._ask_problems()

    def sizeHint(self) -> QSize:
        """Room for a list of what is missing."""
        return QSize(scaled(640), scaled(480))

    @property
    def month(self) -> date | None:
        """The month chosen; None when all are closed."""
        return self._months[self.months.currentIndex()] if self._months else None

    def submit(self) -> None:
        """Ask once more and close the month."""
        if self.month is None:
            return
        label = month_label(self.month)
        text = f"{label}结账后不能解除。{_MEANING}"
        if not self._desk.messages.ask(f"结账{label}？", text, accept="结账", danger=True):
            return
        values = self.grid.values()
        work = partial(_close, self.month, str(values["by"]), str(values["note"]))
        self.close_button.setEnabled(False)
        self._desk.tasks.write(f"{label}党费结账", work, self._on_closed, owner=self, failed=self._on_failed)

    def _lay_out(self) -> None:
        self.months = named(QComboBox(), "closing_month", "月份")
        for month in self._months:
            self.months.addItem(month_label(month), month)
        self.months.activated.connect(self._on_month_activated)
        self.state = _label("", "closing_state")
        self.list = named(QListWidget(), "closing_problems", "结账前请核对")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        even_rows(self.list)
        self.grid = FormGrid([Field("by", "结账人"), Field("note", "说明")], {}, columns=2)
        self.problem = _label("", "field_problem")
        head = QHBoxLayout()
        head.addWidget(QLabel("结账的月份"))
        head.addWidget(self.months)
        head.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(20), scaled(14), scaled(20), scaled(14))
        layout.setSpacing(scaled(10))
        layout.addLayout(head)
        layout.addWidget(_label(_MEANING, "quiet"))
        layout.addWidget(self.state)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.grid)
        layout.addWidget(self.problem)
        layout.addLayout(self._foot())
        self.grid.chain()

    def _foot(self) -> QHBoxLayout:
        cancel = named(QPushButton("取消"), "cancel_button")
        cancel.clicked.connect(self.reject)
        self.close_button = named(QPushButton("结账"), "close_month_button")
        self.close_button.setProperty("danger", True)
        self.close_button.clicked.connect(self.submit)
        self.close_button.setEnabled(False)
        row = QHBoxLayout()
        row.addStretch()
        for button in (cancel, self.close_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        return row

    def _on_month_activated(self, _place: int) -> None:
        self._ask_problems()

    def _ask_problems(self) -> None:
        self.close_button.setEnabled(False)
        if self.month is None:
            self.state.setText("这一年已经过去的月份都结账了。")
            return
        work = partial(_problems, self.month)
        self._desk.tasks.read(work, self._on_problems_read, owner=self, key="problems")

    def _on_problems_read(self, sentences: Sequence[str]) -> None:
        self.list.clear()
        self.list.addItems(list(sentences))
        self.state.setText("结账前请核对：" if sentences else "没有发现缺漏，可以结账。")
        self.close_button.setEnabled(True)

    def _on_closed(self, _closing: int) -> None:
        assert self.month is not None
        self._desk.messages.inform(f"{month_label(self.month)}已结账。")
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.close_button.setEnabled(True)
        if isinstance(error, PartyroomError):
            self.problem.setText(str(error))
        else:
            self._desk.messages.unexpected(error)


def _label(text: str, name: str) -> QLabel:
    label = named(QLabel(text), name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _problems(month: date, session: Any) -> list[str]:
    return closing_problems(session, month)


def _close(month: date, by: str, note: str, session: Any) -> int:
    return close_month(session, month, by, note)
