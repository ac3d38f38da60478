"""The preview of an import of pledges as a table: every row of the file with its verdict."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from partyroom.features.pledges.import_verdicts import ImportPlan, Verdict
from partyroom.ui.theme import COLOURS

AnyIndex = QModelIndex | QPersistentModelIndex
HEADINGS: Final = ("行号", "结果", "承诺人", "主体", "承诺事项", "完成时限", "类别", "责任人", "问题和提醒")
_RESULT: Final = 1


class PledgeImportModel(QAbstractTableModel):
    """The rows of a plan, all of them or only those with problems or notes."""

    def __init__(self, plan: ImportPlan, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plan = plan
        self.verdicts: tuple[Verdict, ...] = plan.verdicts

    def show(self, *, only_told: bool) -> None:
        """List all rows, or only those about which something is said."""
        self.beginResetModel()
        told = (verdict for verdict in self._plan.verdicts if verdict.problems or verdict.notes or not only_told)
        self.verdicts = tuple(told)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Number of rows shown."""
        return 0 if parent.isValid() else len(self.verdicts)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Number of columns."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        """Headings of the columns."""
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return HEADINGS[section]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, the result in colour."""
        if not index.isValid():
            return None
        verdict = self.verdicts[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _texts(verdict)[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and index.column() in (_RESULT, len(HEADINGS) - 1):
            colour = COLOURS["accent"] if verdict.problems else COLOURS["amber_dark"] if verdict.notes else "#2E7D4F"
            return QColor(colour)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _texts(verdict)[index.column()].replace("<", "＜") or None
        return None


def _texts(verdict: Verdict) -> tuple[str, ...]:
    return (
        str(verdict.row),
        "可以导入" if verdict.good else "有问题",
        verdict.name,
        verdict.kind.label,
        " ".join(verdict.text.split()),
        verdict.deadline.isoformat() if verdict.deadline else "",
        verdict.category.label,
        verdict.responsible,
        "".join((*verdict.problems, *verdict.notes)),
    )
