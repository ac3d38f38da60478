"""The pay items of a member as a Qt model: what is typed in the column of amounts, and what becomes of each item."""

# ruff: noqa: N802  (the names are Qt's)
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from partyroom.core.money import read_yuan, yuan
from partyroom.features.dues.assessments import own_item, own_treatment, work_out
from partyroom.features.dues.base import BaseLine, PayItem, items_for
from partyroom.features.dues.domain import DuesCategory, Treatment
from partyroom.features.dues.ledger import Choices
from partyroom.ui.table_model import plain_tip

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
ITEM, AMOUNT, TREATMENT, SOURCE = range(4)
HEADINGS: Final = ("项目", "金额（元）", "处理", "依据")
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_TONES: Final = {Treatment.COUNTED: "#2E7D4F", Treatment.DEDUCTED: "#B3261E", Treatment.LEFT_OUT: "#8A8F98"}
_WRONG: Final = "#B3261E"


@dataclass(slots=True, eq=False)
class _Line:
    code: str
    label: str
    text: str = ""

    @property
    def problem(self) -> str:
        """Why the text is no amount; '' when it is one or blank."""
        if not self.text:
            return ""
        try:
            fen = read_yuan(self.text)
        except ValueError as error:
            return str(error)
        return "金额不能是负数；扣除的项目也填正数。" if fen < 0 else ""


class PayItemsModel(QAbstractTableModel):
    """A row for every item that matters for a category, then the branch's own; `edited` when an amount changed."""

    edited = Signal()

    def __init__(self, choices: Choices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choices = choices
        self._category = DuesCategory.EMPLOYED
        self._kept: dict[str, str] = {}
        self._lines: list[_Line] = []
        self._own: list[_Line] = []
        self._treated: list[BaseLine] = []

    def put(self, category: DuesCategory, items: Sequence[PayItem]) -> None:
        """Show the items of a category with these amounts."""
        self._kept = {item.code: yuan(item.amount_fen) for item in items if own_treatment(item.code) is None}
        own = [_Line(item.code, item.label, yuan(item.amount_fen)) for item in items if own_treatment(item.code)]
        self._rebuild(category, own)

    def set_category(self, category: DuesCategory) -> None:
        """Show the items of another category; amounts typed for items of both stay, and come back."""
        if category is not self._category:
            self._kept |= {line.code: line.text for line in self._lines if own_treatment(line.code) is None}
            self._rebuild(category, self._own)

    def _rebuild(self, category: DuesCategory, own: Sequence[_Line]) -> None:
        self.beginResetModel()
        self._category = category
        known = [_Line(rule.code, rule.label, self._kept.get(rule.code, "")) for rule in items_for(category)]
        self._own = list(own)
        self._lines = [*known, *self._own] if category.by_base else []
        self._treat()
        self.endResetModel()

    def _treat(self) -> None:
        items = [PayItem(line.code, line.label, _amount(line)) for line in self._lines]
        worked = work_out(items, self._choices, self._category)
        self._treated = list(worked.lines)

    def items(self) -> tuple[PayItem, ...]:
        """What is filled in, without items left blank; unreadable texts count as blank."""
        return tuple(
            PayItem(line.code, line.label, _amount(line)) for line in self._lines if line.text and not line.problem
        )

    def problems(self) -> list[str]:
        """What is wrong with the amounts, in sentences that name the item."""
        return [f"{line.label}：{line.problem}" for line in self._lines if line.problem]

    def add_own(self, label: str, amount_fen: int, treatment: Treatment) -> None:
        """Add an item of the branch's own."""
        place = len(self._lines)
        item = own_item(label, amount_fen, treatment)
        self.beginInsertRows(QModelIndex(), place, place)
        self._own.append(_Line(item.code, item.label, yuan(amount_fen)))
        self._lines.append(self._own[-1])
        self._treat()
        self.endInsertRows()
        self.edited.emit()

    def is_own(self, row: int) -> bool:
        """Whether a row is an item of the branch's own."""
        return 0 <= row < len(self._lines) and own_treatment(self._lines[row].code) is not None

    def remove_own(self, row: int) -> None:
        """Take an item of the branch's own away; others stay."""
        if not self.is_own(row):
            return
        self.beginRemoveRows(QModelIndex(), row, row)
        self._own.remove(self._lines.pop(row))
        self._treat()
        self.endRemoveRows()
        self.edited.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The items."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Item, amount, treatment, source."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Headings of the columns."""
        if role == _ROLE.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return HEADINGS[section]
        return _RIGHT if role == _ROLE.TextAlignmentRole and section == AMOUNT else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Amounts can be typed."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() and index.column() == AMOUNT else flags

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Texts, the source in full as a tip, colours that say what counts."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line, column = self._lines[index.row()], index.column()
        if role == _ROLE.DisplayRole:
            return self._text(index.row(), column)
        if role == _ROLE.EditRole:
            return line.text if column == AMOUNT else self._text(index.row(), column)
        if role == _ROLE.ToolTipRole:
            return plain_tip(line.problem or self._treated[index.row()].source)
        if role == _ROLE.AccessibleTextRole:
            return f"{line.label}，{self._text(index.row(), column)}"
        if role == _ROLE.ForegroundRole:
            return self._colour(index.row(), column)
        return (_RIGHT if column == AMOUNT else _LEFT) if role == _ROLE.TextAlignmentRole else None

    def setData(self, index: Index, value: object, role: int = _ROLE.EditRole) -> bool:
        """Take a typed amount; what cannot be read stays to be mended."""
        if not index.isValid() or index.column() != AMOUNT or role != _ROLE.EditRole:
            return False
        line = self._lines[index.row()]
        line.text = str(value).strip()
        if line.text and not line.problem:
            line.text = yuan(read_yuan(line.text))
        self._treat()
        self.dataChanged.emit(index, self.index(index.row(), SOURCE))
        self.edited.emit()
        return True

    def _text(self, row: int, column: int) -> str:
        line, treated = self._lines[row], self._treated[row]
        return (line.label, line.text, treated.treatment.label, treated.source)[column]

    def _colour(self, row: int, column: int) -> QColor | None:
        if column == AMOUNT:
            return QColor(_WRONG) if self._lines[row].problem else None
        return QColor(_TONES[self._treated[row].treatment]) if column == TREATMENT else None


def _amount(line: _Line) -> int:
    return read_yuan(line.text) if line.text and not line.problem else 0
