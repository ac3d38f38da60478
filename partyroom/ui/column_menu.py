"""The menu in which the user chooses the columns of a list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from partyroom.ui.column_layout import ColumnLayout
from partyroom.ui.table_source import Column


class ColumnMenu(QMenu):
    """Ticks for all columns; stays open while several are ticked.

    Opened on a heading it also sorts by, moves and hides that column: what the mouse does by clicking and
    dragging, the keyboard does here.

    Args:
        layout: The list's columns.
        clicked: The column on whose heading the menu was opened, or None.
        sort: Called with the key and whether descending.
        parent: Owner.
    """

    def __init__(
        self,
        layout: ColumnLayout,
        clicked: Column | None,
        sort: Callable[[str, bool], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._layout = layout
        self.setObjectName("column_menu")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if clicked is not None:
            self._add_column_actions(clicked, sort)
        self._ticks = [self._add_tick(column) for column in layout.in_order()]
        self.addSeparator()
        self.addAction("恢复默认列", layout.reset).setObjectName("reset_columns")
        self._refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick without closing."""
        if not self._tick(self.actionAt(event.position().toPoint())):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The space bar ticks without closing, Enter ticks and closes."""
        if event.key() != Qt.Key.Key_Space or not self._tick(self.activeAction()):
            super().keyPressEvent(event)

    def _add_column_actions(self, column: Column, sort: Callable[[str, bool], None]) -> None:
        if column.sortable:
            self.addAction("按此列升序", partial(sort, column.key, False)).setObjectName("sort_ascending")
            self.addAction("按此列降序", partial(sort, column.key, True)).setObjectName("sort_descending")
            self.addSeparator()
        shown = self._layout.shown()
        left = self.addAction("向左移一列", partial(self._layout.move, column.key, -1))
        left.setObjectName("move_left")
        left.setEnabled(shown[0] != column)
        right = self.addAction("向右移一列", partial(self._layout.move, column.key, 1))
        right.setObjectName("move_right")
        right.setEnabled(shown[-1] != column)
        hide = self.addAction("隐藏此列", partial(self._layout.show_column, column.key, False))
        hide.setObjectName("hide_column")
        hide.setEnabled(len(shown) > 1)
        self.addSeparator()

    def _add_tick(self, column: Column) -> QAction:
        tick = self.addAction(column.title.replace("&", "&&"))
        tick.setCheckable(True)
        tick.setChecked(self._layout.is_shown(column.key))
        tick.setObjectName(f"column_{column.key}")
        tick.setData(column.key)
        tick.toggled.connect(self._on_tick_toggled)
        return tick

    def _tick(self, action: QAction | None) -> bool:
        if action is None or not action.isCheckable():
            return False
        if action.isEnabled():
            action.trigger()
        return True

    def _on_tick_toggled(self, shown: bool) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._layout.show_column(str(action.data()), shown)
            self._refresh()

    def _refresh(self) -> None:
        last = len(self._layout.shown()) == 1
        for tick in self._ticks:
            tick.setEnabled(not (last and tick.isChecked()))
