"""The main window: rooms at the left, the page at the right, menus from the commands it is handed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from partyroom.ui.desk import Desk
from partyroom.ui.errands import Errand
from partyroom.ui.icons import icon, pixmap
from partyroom.ui.naming import named
from partyroom.ui.navigation import NavigationBar, NavigationRail
from partyroom.ui.page import Page
from partyroom.ui.strip import MessageStrip
from partyroom.ui.theme import COLOURS, apply_theme, scaled

_PROGRAM = "党建活动室"
_SAVED, _SAVING = "已保存", "正在保存…"


@dataclass(frozen=True)
class Command:
    """One line of a menu, whose title may end in its Alt letter, like 文件(&F).

    `key` lets the application find its action again; `separated` draws a line above it.
    """

    menu: str
    text: str
    icon: str
    shortcut: str
    slot: Callable[[], None]
    key: str = ""
    separated: bool = False


class MainWindow(QMainWindow):
    """Shows the pages of one open library; each is built when it is first looked at.

    `closed` is emitted once the window has really closed, all writes being acknowledged by then.
    """

    closed = Signal()

    def __init__(
        self,
        desk: Desk,
        pages: Sequence[type[Page]],
        commands: Sequence[Command],
        *,
        library_name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("main_window")
        self._desk = desk
        self._pages = tuple(pages)
        self._built: dict[int, Page] = {}
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        self._closing = False
        self._rooms = NavigationBar()
        self._stack = named(QStackedWidget(), "page_area")
        self._strip = MessageStrip(desk.messages)
        self._fill_menus(commands)
        self._lay_out()
        self._make_status_bar()
        self.set_library_name(library_name)
        desk.messages.attach(self)
        for kind in self._pages:
            for name in kind.errands:
                desk.errands.offer(name, partial(self._pass_on, kind))
        desk.tasks.saving_changed.connect(self._on_saving_changed)
        desk.settings.changed.connect(self._on_setting_changed)
        self._restore_place()
        self._rooms.currentChanged.connect(self._on_rooms_current_changed)
        self._on_rooms_current_changed(self._rooms.currentIndex())

    def set_library_name(self, name: str) -> None:
        """Show whose records these are."""
        self._library.setText(name)
        self.setWindowTitle(f"{name} - {_PROGRAM}")

    def action(self, key: str) -> QAction:
        """The action of the command with this key, to be renamed or switched off as things change.

        Raises:
            KeyError: no command has this key.
        """
        return self._actions[key]

    def page(self, kind: type[Page]) -> Page:
        """The page of this class, built if it was not yet.

        Raises:
            ValueError: the window has no such page.
        """
        return self._build(self._pages.index(kind))

    def show_page(self, kind: type[Page]) -> None:
        """Turn to the page of this class.

        Raises:
            ValueError: the window has no such page.
        """
        self._rooms.setCurrentIndex(self._pages.index(kind))

    def _pass_on(self, kind: type[Page], errand: Errand) -> None:
        self.page(kind).take(errand)

    def current_page(self) -> Page | None:
        """The page in view."""
        return self._built.get(self._rooms.currentIndex())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close at once, or as soon as the writes under way are acknowledged."""
        if self._desk.tasks.saving:
            self._closing = True
            self._desk.messages.inform("正在保存，保存好后会自动关闭。")
            event.ignore()
            return
        self._remember_place()
        super().closeEvent(event)
        self.closed.emit()

    def _fill_menus(self, commands: Sequence[Command]) -> None:
        menus = self._menus
        for command in commands:
            if command.menu not in menus:
                name = f"menu_{command.menu.partition('(')[0]}"
                menus[command.menu] = named(self.menuBar().addMenu(command.menu), name)
            menu = menus[command.menu]
            if command.separated:
                menu.addSeparator()
            action = QAction(icon(command.icon), command.text, self) if command.icon else QAction(command.text, self)
            action.setObjectName(f"action_{command.key or command.text}")
            action.setMenuRole(QAction.MenuRole.NoRole)
            if command.shortcut:
                action.setShortcut(QKeySequence(command.shortcut))
            action.triggered.connect(command.slot)
            menu.addAction(action)
            if command.key:
                self._actions[command.key] = action

    def _lay_out(self) -> None:
        for kind in self._pages:
            self._rooms.add(kind.title, kind.icon)
            self._stack.addWidget(QWidget())
        for number in range(min(9, len(self._pages))):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number + 1}"), self)
            shortcut.setProperty("room", number)
            shortcut.activated.connect(self._on_room_shortcut_activated)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._strip)
        right.addWidget(self._stack, 1)
        centre = QWidget()
        row = QHBoxLayout(centre)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(NavigationRail(self._rooms))
        row.addLayout(right, 1)
        self.setCentralWidget(centre)

    def _make_status_bar(self) -> None:
        self._library = named(QLabel(), "library_name", "")
        self._library.setTextFormat(Qt.TextFormat.PlainText)
        self._saved_sign = QLabel()
        self._saved = named(QLabel(), "saved_state")
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(scaled(12), 0, scaled(12), 0)
        bar.addWidget(self._library, 1)
        bar.addPermanentWidget(self._saved_sign)
        bar.addPermanentWidget(self._saved)
        self._on_saving_changed(self._desk.tasks.saving)

    def _build(self, index: int) -> Page:
        if index not in self._built:
            page = self._pages[index](self._desk)
            self._built[index] = page
            placeholder = self._stack.widget(index)
            current = self._stack.currentIndex() == index
            self._stack.removeWidget(placeholder)
            placeholder.deleteLater()
            self._stack.insertWidget(index, page)
            if current:
                self._stack.setCurrentIndex(index)
        return self._built[index]

    def _rebuild(self) -> None:
        """Make all pages anew: they took their sizes from the letters in use when they were built."""
        for index, page in self._built.items():
            self._stack.removeWidget(page)
            page.deleteLater()
            self._stack.insertWidget(index, QWidget())
        self._built.clear()
        self._rooms.setIconSize(QSize(scaled(20), scaled(20)))
        self._on_rooms_current_changed(self._rooms.currentIndex())

    def _on_rooms_current_changed(self, index: int) -> None:
        if index >= 0:
            self._build(index)
            self._stack.setCurrentIndex(index)

    def _on_room_shortcut_activated(self) -> None:
        self._rooms.setCurrentIndex(int(self.sender().property("room")))

    def _on_saving_changed(self, saving: bool) -> None:
        self._saved.setText(_SAVING if saving else _SAVED)
        picture, colour = ("clock", COLOURS["amber_dark"]) if saving else ("check", COLOURS["soft"])
        self._saved_sign.setPixmap(pixmap(picture, scaled(16), colour, self.devicePixelRatioF()))
        if self._closing and not saving:
            self.close()

    def _on_setting_changed(self, key: str) -> None:
        app = QApplication.instance()
        if key == "large_text" and isinstance(app, QApplication):
            apply_theme(app, large=self._desk.settings.flag(key))
            self._rebuild()

    def _restore_place(self) -> None:
        kept = self._desk.settings.recall("window")
        place = kept if isinstance(kept, dict) else {}
        geometry = QByteArray.fromBase64(str(place.get("geometry", "")).encode("ascii", "ignore"))
        if not self.restoreGeometry(geometry):
            room = self.screen().availableGeometry().size()
            self.resize(QSize(scaled(1280), scaled(800)).boundedTo(room - QSize(20, 40)))
        titles = [kind.title for kind in self._pages]
        if place.get("page") in titles:
            self._rooms.setCurrentIndex(titles.index(str(place["page"])))

    def _remember_place(self) -> None:
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        index = self._rooms.currentIndex()
        page = self._pages[index].title if index >= 0 else ""
        self._desk.settings.remember("window", {"geometry": geometry, "page": page})
