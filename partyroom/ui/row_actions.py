"""What can be done with the selected rows of a list: one set of actions for buttons, context menu and keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from partyroom.ui.icons import ACCENT, INK, icon
from partyroom.ui.theme import scaled

_BUTTONS: Final = 4  # further actions stand in a menu, so that the line stays quiet


@dataclass(frozen=True)
class RowAction:
    """An action together with what it needs."""

    action: QAction
    slot: Callable[[list[int]], object]
    single: bool


class RowActions(QWidget):
    """The buttons to the right of the count line; slots get the ids of the selected rows in the order shown.

    Args:
        view: The widget in which the shortcuts work.
        selected_ids: Gives the ids at the moment of pressing.
        parent: Owner.
    """

    def __init__(self, view: QWidget, selected_ids: Callable[[], list[int]], parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self._selected_ids = selected_ids
        self._actions: dict[QObject, RowAction] = {}
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(scaled(4))
        self._more = QToolButton()
        self._more.setObjectName("more_row_actions")
        self._more.setText("更多")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(QMenu(self._more))
        self._more.hide()
        self._line.addWidget(self._more)

    def add(
        self,
        text: str,
        icon_name: str,
        slot: Callable[[list[int]], object],
        *,
        shortcut: str = "",
        danger: bool = False,
        single: bool = False,
    ) -> QAction:
        """Add an action; the first dangerous one without a key of its own gets Del."""
        action = QAction(icon(icon_name, ACCENT if danger else INK), text, self)
        key = shortcut or ("Del" if danger and not self._has_key("Del") else "")
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text}（{shown}）")
        action.setEnabled(False)
        action.triggered.connect(self._on_action_triggered)
        self._view.addAction(action)
        self._actions[action] = RowAction(action, slot, single)
        self._place(action, danger=danger)
        return action

    def add_to(self, menu: QMenu) -> None:
        """Put the same actions into the context menu."""
        for entry in self._actions.values():
            menu.addAction(entry.action)
        if self._actions:
            menu.addSeparator()

    def set_selected(self, count: int) -> None:
        """Enable what fits the number of selected rows."""
        for entry in self._actions.values():
            entry.action.setEnabled(count == 1 if entry.single else count > 0)

    def _has_key(self, key: str) -> bool:
        wanted = QKeySequence(key)
        return any(entry.action.shortcut() == wanted for entry in self._actions.values())

    def _place(self, action: QAction, *, danger: bool) -> None:
        if len(self._actions) > _BUTTONS:
            self._more.menu().addAction(action)
            self._more.show()
            return
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(scaled(16), scaled(16)))
        button.setAutoRaise(True)
        button.setProperty("danger", danger)
        self._line.insertWidget(self._line.count() - 1, button)

    def _on_action_triggered(self) -> None:
        entry = self._actions.get(self.sender())
        ids = self._selected_ids()
        if entry is not None and ids:
            entry.slot(ids)
