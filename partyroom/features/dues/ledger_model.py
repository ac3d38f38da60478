"""The ledger of a year as Qt models: members × months with sums, and the line of totals below."""

# ruff: noqa: N802  (the names are Qt's)
from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from partyroom.core.calendar import today
from partyroom.core.money import yuan
from partyroom.features.dues.cells import Cell, LedgerLine
from partyroom.features.dues.ledger import CellState, first_of, month_label, months_of
from partyroom.ui.icons import icon
from partyroom.ui.table_model import plain_tip

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
CELL: Final = int(_ROLE.UserRole)
"""The `Cell` of a month; None in the columns of sums."""
MONTHS: Final = 12
SUMS: Final = (("due_fen", "应交"), ("paid_fen", "实交"), ("extra_fen", "多交"), ("arrears_fen", "欠交"))
REMARKS: Final = MONTHS + len(SUMS)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_CENTRE: Final = int(Qt.AlignmentFlag.AlignCenter)


def amount_of(cell: Cell) -> str:
    """The amount that a cell shows: what was paid, or what is to be paid; empty when there is none."""
    if cell.state is CellState.PARTIAL:
        return f"{yuan(cell.paid_fen)}/{yuan(cell.due_fen)}"
    if cell.state in (CellState.OPEN, CellState.ARREARS):
        return yuan(cell.due_fen)
    paid = cell.paid_fen + cell.extra_fen
    return yuan(paid) if paid else ""


def word_of(cell: Cell) -> str:
    """The state in a word, with 多交 where more was given."""
    if cell.extra_fen and cell.state in (CellState.PAID, CellState.LATE, CellState.AHEAD):
        return f"{cell.state.label}、多交"
    return cell.state.label


def in_words(cell: Cell) -> str:
    """'已交 76.50', as it is copied."""
    return f"{word_of(cell)} {amount_of(cell)}".strip()


class LedgerModel(QAbstractTableModel):
    """A row for every member, named at its left side; twelve months, four sums and the remarks."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.year = today().year
        self.closed: frozenset[date] = frozenset()
        self.lines: tuple[LedgerLine, ...] = ()

    def put(self, year: int, lines: Sequence[LedgerLine], closed: frozenset[date]) -> None:
        """Show these lines."""
        self.beginResetModel()
        self.year, self.lines, self.closed = year, tuple(lines), closed
        self.endResetModel()

    def month(self, column: int) -> date | None:
        """The month of a column; None for sums and remarks."""
        return date(self.year, column + 1, 1) if 0 <= column < MONTHS else None

    def line(self, row: int) -> LedgerLine:
        """The member's line."""
        return self.lines[row]

    def place_of(self, member_id: int) -> int:
        """The row of a member; -1 when not shown."""
        return next((row for row, line in enumerate(self.lines) if line.id == member_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The members shown."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Months, sums, remarks."""
        return 0 if parent.isValid() else REMARKS + 1

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Word and amount of a month, a sum, or the remarks; the whole story in the tool tip."""
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line, column = self.lines[index.row()], index.column()
        if column >= MONTHS:
            return _sum_data(line, column, role)
        cell = line.cells[column]
        if role == _ROLE.DisplayRole:
            return in_words(cell)
        if role == CELL:
            return cell
        if role == _ROLE.ToolTipRole:
            return plain_tip(f"{line.name}　{cell.tip}")
        if role == _ROLE.AccessibleTextRole:
            return f"{line.name}，{cell.tip}"
        return _CENTRE if role == _ROLE.TextAlignmentRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Names at the side; months above, closed ones with a lock and the current one in bold."""
        if orientation == Qt.Orientation.Vertical:
            return _name_data(self.lines[section], role) if 0 <= section < len(self.lines) else None
        if not 0 <= section <= REMARKS:
            return None
        if role == _ROLE.DisplayRole:
            return column_title(section)
        month = self.month(section)
        return _month_data(month, month in self.closed, role) if month is not None else None


class FootModel(QAbstractTableModel):
    """The totals of the lines shown: one row below the ledger, with the columns of the ledger."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[str, ...] = ("",) * (REMARKS + 1)
        self._tips: tuple[str, ...] = ("",) * (REMARKS + 1)
        self._label = "合计"

    def put(self, year: int, lines: Sequence[LedgerLine]) -> None:
        """Add up these lines."""
        received = [sum(line.cells[n].paid_fen + line.cells[n].extra_fen for line in lines) for n in range(MONTHS)]
        due = [sum(line.cells[n].due_fen for line in lines) for n in range(MONTHS)]
        sums = [sum(getattr(line, key) for line in lines) for key, _ in SUMS]
        self._label = f"合计 {len(lines)}人"
        self._texts = (*(yuan(fen) if fen else "" for fen in received), *(yuan(fen) for fen in sums), "")
        self._tips = (*(_month_total(*three) for three in zip(months_of(year), due, received, strict=True)), *[""] * 5)
        self.dataChanged.emit(self.index(0, 0), self.index(0, REMARKS))
        self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One."""
        return 0 if parent.isValid() else 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As many as the ledger has."""
        return 0 if parent.isValid() else REMARKS + 1

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """What was received for a month, and the sums."""
        if not index.isValid():
            return None
        if role == _ROLE.DisplayRole:
            return self._texts[index.column()]
        if role == _ROLE.ToolTipRole:
            return plain_tip(self._tips[index.column()])
        if role == _ROLE.AccessibleTextRole:
            return self._tips[index.column()] or f"{column_title(index.column())}合计{self._texts[index.column()]}"
        if role == _ROLE.TextAlignmentRole:
            return _CENTRE if index.column() < MONTHS else _RIGHT
        return _bold() if role == _ROLE.FontRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """'合计 60人' at the side."""
        if orientation == Qt.Orientation.Vertical and section == 0 and role == _ROLE.DisplayRole:
            return self._label
        return None


def column_title(column: int) -> str:
    """The heading of a column."""
    if column < MONTHS:
        return f"{column + 1}月"
    return SUMS[column - MONTHS][1] if column < REMARKS else "备注"


def _sum_data(line: LedgerLine, column: int, role: int) -> Any:
    text = line.remarks if column == REMARKS else yuan(getattr(line, SUMS[column - MONTHS][0]))
    if role == _ROLE.DisplayRole:
        return text
    if role == _ROLE.ToolTipRole:
        return plain_tip(text) if column == REMARKS else None
    if role == _ROLE.AccessibleTextRole:
        return f"{line.name}，{column_title(column)}{text}"
    return (_LEFT if column == REMARKS else _RIGHT) if role == _ROLE.TextAlignmentRole else None


def _name_data(line: LedgerLine, role: int) -> Any:
    if role == _ROLE.DisplayRole:
        return line.name
    if role == _ROLE.ToolTipRole:
        parts = [line.name, line.group, line.department, line.category.label if line.category else "未核定基数"]
        if line.base_fen:
            parts.append(f"基数{yuan(line.base_fen)}元")
        parts.append(line.remarks)
        return plain_tip("\n".join(part for part in parts if part))
    return _LEFT if role == _ROLE.TextAlignmentRole else None


def _month_data(month: date, closed: bool, role: int) -> Any:
    current = month == first_of(today())
    if role == _ROLE.DecorationRole and closed:
        return icon("lock")
    if role == _ROLE.FontRole and current:
        return _bold()
    if role == _ROLE.ToolTipRole:
        return f"{month_label(month)}{'（本月）' if current else ''}{'，已结账' if closed else ''}"
    if role == _ROLE.AccessibleTextRole:
        return f"{month_label(month)}{'，已结账' if closed else ''}"
    return _CENTRE if role == _ROLE.TextAlignmentRole else None


def _month_total(month: date, due: int, received: int) -> str:
    return f"{month_label(month)}：应交{yuan(due)}元，实收{yuan(received)}元"


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font
