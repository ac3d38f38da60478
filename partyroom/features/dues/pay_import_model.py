"""The preview of a pay import as a table: every row of the list with what will become of it."""

# ruff: noqa: N802  (the names are Qt's)
from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from partyroom.core.money import yuan
from partyroom.features.dues.pay_verdicts import PayLine, PayPlan, PayVerdict
from partyroom.ui.table_model import plain_tip

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
HEADINGS: Final = ("行号", "姓名", "结果", "计算基数", "每月应交", "变化和提醒")
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_TONES: Final = {
    PayVerdict.NEW: "#2E7D4F",
    PayVerdict.CHANGED: "#1F5FA8",
    PayVerdict.DOUBTFUL: "#9A6700",
    PayVerdict.UNKNOWN: "#9A6700",
    PayVerdict.UNREADABLE: "#B3261E",
    PayVerdict.SKIPPED: "#8A8F98",
}


class PayImportModel(QAbstractTableModel):
    """The lines of a plan, all of them or those with one verdict."""

    def __init__(self, plan: PayPlan, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plan = plan
        self._show: PayVerdict | None = None
        self._lines = list(plan.lines)

    def put(self, plan: PayPlan, show: PayVerdict | None) -> None:
        """Show a plan's lines of one verdict, or all."""
        self.beginResetModel()
        self._plan, self._show = plan, show
        self._lines = [line for line in plan.lines if show is None or line.verdict is show]
        self.endResetModel()

    def line(self, row: int) -> PayLine:
        """The line at a position of the table."""
        return self._lines[row]

    def place_of(self, number: int) -> int:
        """Where a row of the list stands in the table; -1 when it is not shown."""
        return next((place for place, line in enumerate(self._lines) if line.source.row == number), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Lines shown."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Columns."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Headings of the columns."""
        if role == _ROLE.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return HEADINGS[section]
        return _RIGHT if role == _ROLE.TextAlignmentRole and section in (3, 4) else None

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Text, tip and colour of the verdict."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line, column = self._lines[index.row()], index.column()
        if role == _ROLE.DisplayRole:
            return _texts(line)[column]
        if role == _ROLE.ToolTipRole:
            return plain_tip("\n".join((*line.changes, *line.notes))) if column == len(HEADINGS) - 1 else None
        if role == _ROLE.ForegroundRole and column == 2:
            tone = _TONES.get(line.verdict)
            return QColor(tone) if tone else None
        return (_RIGHT if column in (3, 4) else _LEFT) if role == _ROLE.TextAlignmentRole else None


def _texts(line: PayLine) -> tuple[str, ...]:
    assessed = line.outcome.assessed if line.outcome else None
    return (
        str(line.source.row),
        line.source.name,
        line.verdict.label,
        yuan(assessed.base_fen, grouped=True) if assessed else "",
        yuan(assessed.due_fen) if assessed else "",
        "；".join((*line.changes, *line.notes)),
    )


def detail_text(plan: PayPlan, line: PayLine) -> str:
    """Everything about a line: remarks, changes, the items read and how the amount arises."""
    parts = [f"第{line.source.row}行　{line.source.name}　{line.verdict.label}"]
    if line.member_id is not None and line.member_id in plan.people:
        parts.append(plan.people[line.member_id].label)
    if line.notes:
        parts += ["", "提醒：", *line.notes]
    if line.changes:
        parts += ["", "变化：", *line.changes]
    if line.outcome is not None:
        parts += ["", *line.outcome.steps()]
    parts += ["", "表中的项目：", *(f"{item.label}　{yuan(item.amount_fen)}" for item in line.source.items)]
    return "\n".join(parts)
