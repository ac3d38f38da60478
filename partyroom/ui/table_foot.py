"""The line below a list: how many rows, how many selected, their sum, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from partyroom.ui.desk import Desk
from partyroom.ui.row_actions import RowActions
from partyroom.ui.table_source import Source, summed
from partyroom.ui.table_view import TableView
from partyroom.ui.theme import scaled

_MOST_SUMMED: Final = 20_000
_SUM_AFTER_MS: Final = 120  # holding Shift and ↓ selects many rows one by one

Summary = Callable[[Sequence[Any]], str]


class TableFoot(QWidget):
    """Counts and sums up in words; the sum is of the selected rows if several are selected, else of all."""

    def __init__(
        self,
        desk: Desk,
        view: TableView,
        source: Source,
        *,
        noun: str,
        summary: Summary | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._view = view
        self._source = source
        self._noun = noun
        self._summary = summary
        self._sum = ""
        self._summed: object | None = None  # the ids of whose sum was asked last, if those were all
        self.count_label = QLabel()
        self.count_label.setObjectName("status_label")
        self.count_label.setTextFormat(Qt.TextFormat.PlainText)
        self.count_label.setWordWrap(True)
        self.row_actions = RowActions(view, view.selected_ids, self)
        line = QHBoxLayout(self)
        line.setContentsMargins(scaled(2), 0, 0, 0)
        line.addWidget(self.count_label, 1)
        line.addWidget(self.row_actions)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_SUM_AFTER_MS)
        self._wait.timeout.connect(self._ask_sum)
        self._show()

    def refresh(self) -> None:
        """Say how it stands after rows or selection have changed."""
        selected = self._view.selected_count()
        self.row_actions.set_selected(selected)
        if selected > 1:
            self._summed = None
            self._sum = ""
            self._wait.start()
        else:
            self._wait.stop()
            self._sum_up_all()
        self._show()

    def _sum_up_all(self) -> None:
        """Ask at once for the sum of fresh rows; that of the rows before stays in sight until it comes."""
        ids = self._view.rows_model.ids
        if self._summed is not ids:
            if self._summed is None or not len(ids):
                self._sum = ""
            self._summed = ids
            self._ask_sum()

    def _show(self) -> None:
        text = f"共 {self._view.rows_model.rowCount():,} {self._noun}"
        selected = self._view.selected_count()
        if selected:
            text += f"，选中 {selected:,} {self._noun}"
        self.count_label.setText("　".join(part for part in (text, self._sum) if part))

    def _ask_sum(self) -> None:
        selected = self._view.selected_count()
        count = selected if selected > 1 else self._view.rows_model.rowCount()
        if self._summary is None or not 0 < count <= _MOST_SUMMED:
            return
        ids = self._view.selected_ids() if selected > 1 else list(self._view.rows_model.ids)
        work = partial(summed, self._source, ids, self._summary)
        done = partial(self._show_sum, "选中的：" if selected > 1 else "")
        self._desk.tasks.read(work, done, owner=self, key="sum")

    def _show_sum(self, prefix: str, text: str) -> None:
        self._sum = prefix + text if text and self._view.rows_model.rowCount() else ""
        self._show()
