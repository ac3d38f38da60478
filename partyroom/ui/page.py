"""One room of the house: a tab with its own tool bar, kept up to date with the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QVBoxLayout, QWidget

from partyroom.ui.desk import Desk
from partyroom.ui.errands import Errand
from partyroom.ui.icons import INK, WHITE, icon
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled


class Page(QWidget):
    """Base of all tabs: widgets go into `body`, commands into the tool bar by `add_action`.

    What is needed less often stands in a menu of the tool bar, made by `add_menu`.

    `watches` names the kinds of things (tables) whose change makes the page reload, `errands` what other pages may ask
    of this one.
    """

    title: ClassVar[str]
    icon: ClassVar[str]
    watches: ClassVar[frozenset[str]] = frozenset()
    errands: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setObjectName(type(self).__name__)
        self.toolbar = named(QToolBar(), "page_toolbar", "工具栏")
        self.toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toolbar.setIconSize(QSize(scaled(18), scaled(18)))
        self.toolbar.setVisible(False)
        self.body = QVBoxLayout()
        self.body.setSpacing(scaled(10))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        outer.setSpacing(scaled(10))
        outer.addWidget(self.toolbar)
        outer.addLayout(self.body, 1)
        desk.tasks.data_changed.connect(self._on_data_changed)

    def reload(self) -> None:
        """Read what the page shows again; called when it is shown and when something it watches changed."""

    def take(self, errand: Errand) -> None:
        """Do what another page asks; its name is one of `errands`."""
        raise NotImplementedError(errand.name)

    def add_action(
        self,
        text: str,
        icon_name: str,
        slot: Callable[[], None],
        *,
        shortcut: str = "",
        primary: bool = False,
        menu: QMenu | None = None,
    ) -> QAction:
        """Add a command to the tool bar; `primary` marks the one thing people come here to do.

        With `menu`, made by `add_menu`, it stands there instead; its shortcut works all the same.
        """
        action = QAction(icon(icon_name, WHITE if primary else INK), text, self)
        action.triggered.connect(slot)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            native = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text}（{native}）")
            self.addAction(action)
        if menu is not None:
            menu.addAction(action)
        else:
            self._add_button(action, primary=primary)
        return action

    def add_menu(self, text: str, icon_name: str, name: str) -> QMenu:
        """Add a button that opens a menu, by mouse or with the space bar, and give the menu to be filled.

        Args:
            text: Chinese label, also what a screen reader says.
            icon_name: Name for `icons.icon`.
            name: Object name of the menu; that of the button is `{name}_button`.
        """
        menu = named(QMenu(text, self), name)
        action = menu.menuAction()
        action.setIcon(icon(icon_name, INK))
        button = named(self._add_button(action), f"{name}_button")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return menu

    def add_spring(self) -> None:
        """Push the commands added from now on to the right end of the tool bar."""
        spring = QWidget()
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.toolbar.addWidget(spring)

    def showEvent(self, event: QShowEvent) -> None:
        """Reload whenever the page comes into view, not when a minimised window returns."""
        super().showEvent(event)
        if not event.spontaneous():
            self.reload()

    def _add_button(self, action: QAction, *, primary: bool = False) -> QToolButton:
        self.toolbar.addAction(action)
        button = self.toolbar.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setAccessibleName(action.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("primary", primary)  # before it is shown: the style is chosen then
        self.toolbar.setVisible(True)
        return button

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if self.isVisible() and not self.watches.isdisjoint(kinds):
            self.reload()
