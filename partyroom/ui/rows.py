"""Rows of plain lists and trees as high as those of our tables."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from partyroom.ui.theme import row_height


class EvenRows(QStyledItemDelegate):
    """Gives every row the usual height.

    A style sheet cannot: lists inside other widgets are laid out before it reaches them, and keep the low rows.
    """

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as the text, as high as a row of a table or as several lines of text need."""
        wanted = super().sizeHint(option, index)
        return QSize(wanted.width(), max(wanted.height(), row_height()))


def even_rows(view: QAbstractItemView) -> None:
    """Let `view` show rows of the usual height."""
    view.setItemDelegate(EvenRows(view))
