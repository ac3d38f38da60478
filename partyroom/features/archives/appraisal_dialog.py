"""到期待鉴定: pieces whose retention is over, to be looked at and printed; the program removes nothing by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import chinese_date
from partyroom.features.archives.domain import appraisal_due
from partyroom.features.archives.filing import FiledRow
from partyroom.features.archives.filing_service import appraisal_list, list_piece_rows
from partyroom.features.archives.papers_dialog import preview_appraisal
from partyroom.features.archives.piece_dialog import open_piece
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.table import Column, Query, TablePanel
from partyroom.ui.theme import scaled


class AppraisalSource:
    """Answers the list of what is due."""

    def ids(self, session: Any, query: Query) -> list[int]:
        """Pieces that are due and whose title fits, the longest due first."""
        found = [one for one in appraisal_list(session) if query.search in one.row.title]
        return [one.row.id for one in sorted(found, key=lambda one: (one.due, one.row.id))]

    def rows(self, session: Any, ids: Sequence[int]) -> list[FiledRow]:
        """Lines of these pieces."""
        return list_piece_rows(session, ids)


def _due(row: FiledRow) -> str:
    due = appraisal_due(row.year, row.retention)
    return chinese_date(due) if due else ""


def _retention(row: FiledRow) -> str:
    return row.retention.label


COLUMNS = (
    Column("reference", "档号", 170, sortable=False),
    Column("title", "题名", 260, sortable=False, stretch=True),
    Column("year", "年度", 60, sortable=False),
    Column("retention", "保管期限", 80, sortable=False, text=_retention),
    Column("due", "到期", 130, sortable=False, text=_due),
    Column("pages", "页数", 60, "right", sortable=False),
    Column("box", "盒", 70, sortable=False),
)


class AppraisalDialog(Dialog):
    """The list with its print."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("到期待鉴定", parent)
        self.setObjectName("appraisal_dialog")
        self._desk = desk
        note = QLabel(
            "保管期限从归档年度的次年起算。到期只是可以鉴定，不等于可以销毁：由支部和档案部门鉴定后按规定办理，程序不会自动删除。"
        )
        note.setWordWrap(True)
        self.panel = TablePanel(
            desk,
            "archive_appraisal",
            COLUMNS,
            AppraisalSource(),
            placeholder="题名…",
            empty_text="没有保管期限已满、需要鉴定的文件。",
            noun="件",
        )
        self.panel.opened.connect(self._on_opened)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.print_button = named(QPushButton(icon("print"), "打印清单…"), "print_appraisal_button")
        buttons.addButton(self.print_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.print_button.clicked.connect(self._on_print_clicked)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(note)
        layout.addWidget(self.panel, 1)
        layout.addWidget(buttons)
        self.panel.reload()

    def sizeHint(self) -> QSize:
        """Room for all columns; the base class keeps it within the screen."""
        return QSize(scaled(940), scaled(560))

    def _on_opened(self, piece_id: int) -> None:
        open_piece(self._desk, self, piece_id)

    def _on_print_clicked(self) -> None:
        preview_appraisal(self._desk, self)
