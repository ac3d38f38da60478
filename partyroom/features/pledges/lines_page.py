"""Lists and trees of the pledges' dialogs with lines as high as those of the large lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QListWidget,
    QStyledItemDelegate,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from partyroom.ui.naming import named
from partyroom.ui.table_model import plain_tip
from partyroom.ui.theme import row_height, scaled


class TallDelegate(QStyledItemDelegate):
    """Lines that the mouse can meet."""

    def sizeHint(self, option: Any, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """At least nearly as high as a row of a large list."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(size.height(), row_height() - scaled(4)))


class Lines(QTreeWidget):
    """A tree with headings; column `stretch` takes the space that is left over."""

    def __init__(
        self,
        name: str,
        title: str,
        headings: Sequence[str],
        widths: Sequence[int],
        *,
        stretch: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, name, title)
        self.setItemDelegate(TallDelegate(self))
        self.setHeaderLabels(list(headings))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setRootIsDecorated(False)
        head = self.header()
        head.setStretchLastSection(False)
        for column, width in enumerate(widths):
            head.resizeSection(column, scaled(width))
        head.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)

    def begin(self) -> None:
        """Choose the first line, so that the keyboard has somewhere to start."""
        if (first := self.topLevelItem(0)) is not None:
            self.setCurrentItem(first)


class NameList(QListWidget):
    """A list of names."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, title)
        self.setItemDelegate(TallDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


def tell(line: QTreeWidgetItem, column: int, text: str) -> None:
    """Let a line say its whole text when the mouse rests on it; never read as markup."""
    line.setData(column, Qt.ItemDataRole.ToolTipRole, plain_tip(text))
