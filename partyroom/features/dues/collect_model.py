"""The list of a collection: who pays now, how much, how and through whom, one line per member."""

# ruff: noqa: N802  (the names are Qt's)
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from partyroom.core.money import read_yuan, yuan
from partyroom.core.text import one_line
from partyroom.features.dues.cells import LedgerLine
from partyroom.features.dues.ledger import Method, PayerKind, months_label
from partyroom.ui.table_model import plain_tip
from partyroom.ui.theme import COLOURS

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
NAME, UNIT, MONTHS, OPEN, AMOUNT, METHOD, PAYER, PAYER_NAME = range(8)
TITLES: Final = ("姓名", "党小组 / 科室", "月份", "应收（元）", "实收（元）", "交款方式", "交款人", "代交人姓名")
CHOICES: Final[dict[int, tuple[tuple[str, str], ...]]] = {
    METHOD: (("", "同下"), *((one.value, one.label) for one in Method)),
    PAYER: tuple((one.value, one.label) for one in PayerKind),
}


@dataclass(frozen=True, slots=True)
class CollectLine:
    """One member in a collection: what is open in the months meant, and what is taken now."""

    member_id: int
    name: str
    unit: str
    open: tuple[tuple[date, int], ...]
    amount_fen: int
    ticked: bool = True
    method: Method | None = None
    payer: PayerKind = PayerKind.SELF
    payer_name: str = ""

    @property
    def open_fen(self) -> int:
        """What is still to be paid for the months."""
        return sum(fen for _, fen in self.open)

    @property
    def usual(self) -> bool:
        """Whether the member brings what is open for a single month in person, as everybody does."""
        plain = self.method is None and self.payer is PayerKind.SELF
        return plain and len(self.open) == 1 and self.amount_fen == self.open_fen


def line_for(line: LedgerLine, months: Sequence[date]) -> CollectLine | None:
    """The line of a member for these months of the ledger's year; None when nothing is open in them."""
    still = tuple((cell.month, cell.open_fen) for cell in line.cells if cell.month in months and cell.open_fen)
    if not still:
        return None
    unit = " / ".join(part for part in (line.group, line.department) if part)
    return CollectLine(line.id, line.name, unit, still, sum(fen for _, fen in still))


class CollectModel(QAbstractTableModel):
    """Lines to be ticked; amount, method and payer can be changed in place.

    `edited` tells of every change of the user; `refused` gives the sentence about an amount that cannot be read.
    """

    edited = Signal()
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[CollectLine] = []

    def put(self, lines: Sequence[CollectLine]) -> None:
        """Show these lines."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    @property
    def ticked(self) -> list[CollectLine]:
        """The lines that are to be collected."""
        return [line for line in self.lines if line.ticked]

    def tick_all(self, *, ticked: bool) -> None:
        """Tick everybody or nobody."""
        if self.lines:
            self.lines = [replace(line, ticked=ticked) for line in self.lines]
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, len(TITLES) - 1))
            self.edited.emit()

    def toggle(self, rows: Sequence[int]) -> None:
        """Tick these rows, or untick them when all are ticked."""
        ticked = not all(self.lines[row].ticked for row in rows)
        for row in rows:
            self._change(row, replace(self.lines[row], ticked=ticked))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row per member."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Name to payer."""
        return 0 if parent.isValid() else len(TITLES)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names carry the tick; amount, method and payer can be edited."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == NAME:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in (AMOUNT, METHOD, PAYER, PAYER_NAME) else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Titles above, numbers at the side."""
        if role != _ROLE.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return TITLES[section] if 0 <= section < len(TITLES) else None

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """The texts; what is unticked is grey, a changed amount brown."""
        if not index.isValid():
            return None
        line, column = self.lines[index.row()], index.column()
        if role == _ROLE.DisplayRole:
            return _text(line, column)
        if role == _ROLE.EditRole:
            return _edited(line, column)
        if role == _ROLE.CheckStateRole and column == NAME:
            return Qt.CheckState.Checked if line.ticked else Qt.CheckState.Unchecked
        if role == _ROLE.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in (OPEN, AMOUNT) else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == _ROLE.ToolTipRole:
            return plain_tip(_text(line, column)) if column in (UNIT, MONTHS) else None
        if role == _ROLE.ForegroundRole:
            return _colour(line, column)
        return None

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """Take what was ticked, chosen or typed; an unreadable amount is refused."""
        if not index.isValid():
            return False
        line = self.lines[index.row()]
        if role == _ROLE.CheckStateRole and index.column() == NAME:
            self._change(index.row(), replace(line, ticked=Qt.CheckState(value) is Qt.CheckState.Checked))
            return True
        changed = self._changed(line, index.column(), value) if role == _ROLE.EditRole else None
        if changed is None:
            return False
        self._change(index.row(), changed)
        return True

    def _changed(self, line: CollectLine, column: int, value: Any) -> CollectLine | None:
        if column == AMOUNT:
            return self._with_amount(line, str(value))
        if column == METHOD:
            return replace(line, method=Method(value) if value else None)
        if column == PAYER:
            payer = PayerKind(value)
            return replace(line, payer=payer, payer_name="" if payer is PayerKind.SELF else line.payer_name)
        if column == PAYER_NAME:
            return replace(line, payer_name=one_line(str(value)))
        return None

    def _with_amount(self, line: CollectLine, text: str) -> CollectLine | None:
        try:
            fen = read_yuan(text)
        except ValueError as error:
            self.refused.emit(str(error))
            return None
        if fen <= 0:
            self.refused.emit("金额要大于零；不收的人请取消勾选。")
            return None
        return replace(line, amount_fen=fen, ticked=True)

    def _change(self, row: int, line: CollectLine) -> None:
        self.lines[row] = line
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(TITLES) - 1))
        self.edited.emit()


class CollectDelegate(QStyledItemDelegate):
    """Offers the choices of method and payer in a box, the other cells as text."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A box for what is chosen."""
        choices = CHOICES.get(index.column())
        if choices is None:
            return super().createEditor(parent, option, index)
        box = QComboBox(parent)
        box.setAccessibleName(TITLES[index.column()])
        for code, label in choices:
            box.addItem(label, code)
        box.activated.connect(self._on_box_activated)
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show what is chosen."""
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(index.data(_ROLE.EditRole))))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hand over what was chosen."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData(), _ROLE.EditRole)
        else:
            super().setModelData(editor, model, index)

    def _on_box_activated(self, _place: int) -> None:
        box = self.sender()
        if isinstance(box, QWidget):
            self.commitData.emit(box)
            self.closeEditor.emit(box)


def _text(line: CollectLine, column: int) -> str:
    return {
        NAME: line.name,
        UNIT: line.unit,
        MONTHS: months_label((month for month, _ in line.open), year=False),
        OPEN: yuan(line.open_fen),
        AMOUNT: yuan(line.amount_fen),
        METHOD: line.method.label if line.method else "同下",
        PAYER: line.payer.label,
        PAYER_NAME: line.payer_name,
    }[column]


def _edited(line: CollectLine, column: int) -> str:
    if column == METHOD:
        return line.method.value if line.method else ""
    return line.payer.value if column == PAYER else _text(line, column)


def _colour(line: CollectLine, column: int) -> QColor | None:
    if not line.ticked:
        return QColor(COLOURS["faint"])
    changed = column == AMOUNT and line.amount_fen != line.open_fen
    return QColor(COLOURS["amber_dark"]) if changed else None
