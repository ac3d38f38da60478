"""The items of a pledge as a table to write into: it always ends with an empty line for the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from partyroom.core.text import clean_text, one_line
from partyroom.features.pledges.domain import ItemCategory, ItemDraft, PledgeItem
from partyroom.features.pledges.import_verdicts import read_deadline
from partyroom.ui.theme import COLOURS

Index = QModelIndex | QPersistentModelIndex
CATEGORY, TEXT, MEASURE, DEADLINE, RESPONSIBLE = range(5)
TITLES: Final = ("类别", "承诺事项", "践诺措施", "完成时限", "责任人")
_KEYS: Final = ("category", "text", "measure", "deadline", "responsible")
_HINTS: Final = ("", "在这里写下一项…", "", "", "")
_ROLE = Qt.ItemDataRole


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item as it is typed: the deadline in words, `id` that of the stored item it stands for."""

    category: str = ItemCategory.OTHER.value
    text: str = ""
    measure: str = ""
    deadline: str = ""
    responsible: str = ""
    id: int | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not (self.text or self.measure or self.deadline or self.responsible)


def line_of(item: ItemDraft | PledgeItem) -> ItemLine:
    """An item as it stands in the table."""
    deadline = item.deadline.isoformat() if item.deadline else ""
    return ItemLine(item.category.value, item.text, item.measure, deadline, item.responsible, item.id)


class ItemsModel(QAbstractTableModel):
    """Lines with an empty one behind them; `edited` tells of what the user changed, never of what was filled in.

    A deadline may be typed as offices write it ('6月底', '12月10日') and is meant in `year`.
    """

    edited = Signal()

    def __init__(self, year: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.year = year
        self.lines: list[ItemLine] = []
        self.locked = False
        self._spare = 1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """The items, and an empty line unless the table is locked."""
        return 0 if parent.isValid() else len(self.lines) + (0 if self.locked else self._spare)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """Category, text, measure, deadline, responsible."""
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Texts; a deadline that cannot be read in red, hints of the empty line pale."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if row >= len(self.lines):
            if role == _ROLE.ForegroundRole:
                return QColor(COLOURS["faint"])
            if role == _ROLE.EditRole:
                return ""
            return _HINTS[column] if role == _ROLE.DisplayRole else None
        line = self.lines[row]
        text = str(getattr(line, _KEYS[column]))
        if role == _ROLE.DisplayRole:
            return ItemCategory(text).label if column == CATEGORY else text
        if role == _ROLE.EditRole:
            return text
        if role == _ROLE.ForegroundRole and column == DEADLINE and self._unreadable(line):
            return QColor(COLOURS["accent"])
        if role == _ROLE.ToolTipRole and column == DEADLINE and self._unreadable(line):
            return f"“{text}”读不出日期，请写成{self.year}-12-10或12月10日。".replace("<", "＜")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:  # noqa: N802
        """Titles above, numbers at the side."""
        if role != _ROLE.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return TITLES[section] if 0 <= section < len(TITLES) else None
        return str(section + 1) if section < len(self.lines) else "+"

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything can be edited unless the table is locked."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() and not self.locked else flags

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:  # noqa: N802
        """Change a cell; typing into the empty line makes a new item."""
        if not index.isValid() or role != _ROLE.EditRole or self.locked:
            return False
        row, column = index.row(), index.column()
        text = self._cleaned(column, str(value))
        if row >= len(self.lines):
            if not text or column == CATEGORY:
                return False
            self._append(ItemLine())
        if getattr(self.lines[row], _KEYS[column]) == text:
            return True
        changes: dict[str, Any] = {_KEYS[column]: text}
        self.lines[row] = replace(self.lines[row], **changes)
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True

    def replace(self, lines: Sequence[ItemLine]) -> None:
        """Show other items, not as a user's act."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def add(self, lines: Sequence[ItemLine]) -> int:
        """Add items that are not there yet, as a user's act, and return how many."""
        known = {one_line(line.text) for line in self.lines}
        new = [line for line in lines if one_line(line.text) not in known]
        for line in new:
            self._append(line)
        if new:
            self.edited.emit()
        return len(new)

    def remove(self, rows: Sequence[int]) -> None:
        """Take items away, as a user's act."""
        going = sorted({row for row in rows if 0 <= row < len(self.lines)}, reverse=True)
        if self.locked or not going:
            return
        for row in going:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self.lines[row]
            self.endRemoveRows()
        self.edited.emit()

    def move(self, row: int, step: int) -> int:
        """Move an item up (-1) or down (1) and return where it is now."""
        target = row + step
        if self.locked or not (0 <= row < len(self.lines) and 0 <= target < len(self.lines)):
            return row
        self.lines[row], self.lines[target] = self.lines[target], self.lines[row]
        first, last = sorted((row, target))
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(TITLES) - 1))
        self.edited.emit()
        return target

    def lock(self, *, locked: bool) -> None:
        """Let the items be read, not changed."""
        if locked != self.locked:
            self.beginResetModel()
            self.locked = locked
            self.endResetModel()

    def problems(self) -> list[str]:
        """Deadlines that cannot be read."""
        return [
            f"第{number}项的完成时限“{line.deadline}”读不出日期，请写成{self.year}-12-10或12月10日。"
            for number, line in enumerate(self.lines, 1)
            if self._unreadable(line)
        ]

    def drafts(self, rows: Sequence[int] | None = None) -> tuple[ItemDraft, ...]:
        """The items to store, or only those of some rows; lines in which nothing was typed are left out."""
        lines = self.lines if rows is None else [self.lines[row] for row in rows]
        return tuple(
            ItemDraft(
                line.text,
                ItemCategory(line.category),
                line.measure,
                read_deadline(line.deadline, self.year) if line.deadline else None,
                line.responsible,
                line.id,
            )
            for line in lines
            if not line.blank
        )

    def _unreadable(self, line: ItemLine) -> bool:
        return bool(line.deadline) and read_deadline(line.deadline, self.year) is None

    def _cleaned(self, column: int, text: str) -> str:
        if column == DEADLINE:
            plain = one_line(text)
            day = read_deadline(plain, self.year) if plain else None
            return day.isoformat() if day else plain
        return clean_text(text).strip() if column in (TEXT, MEASURE) else one_line(text)

    def _append(self, line: ItemLine) -> None:
        """The empty line becomes an item, so that an open editor stays with it; then there is a new empty line."""
        row = len(self.lines)
        self._spare = 0
        self.lines.append(line)
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(TITLES) - 1))
        self.beginInsertRows(QModelIndex(), row + 1, row + 1)
        self._spare = 1
        self.endInsertRows()
        self.headerDataChanged.emit(Qt.Orientation.Vertical, row, row + 1)
