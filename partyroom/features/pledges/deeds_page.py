"""践诺 of one pledge: its items with the deeds below them, and the evidence of the deed chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeySequence
from PySide6.QtWidgets import (
    QSplitter,
    QToolBar,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import chinese_date, today
from partyroom.features.pledges import deeds_service
from partyroom.features.pledges.deed_dialog import ask_deed, ask_done, told_open
from partyroom.features.pledges.domain import Deed, PaperKind, PledgeDetail, PledgeItem
from partyroom.features.pledges.files_page import FilesPane
from partyroom.features.pledges.hours import hours_text
from partyroom.features.pledges.lines_page import Lines, tell
from partyroom.features.pledges.reminders import is_overdue, short_text
from partyroom.ui.desk import Desk
from partyroom.ui.icons import ACCENT, INK, icon
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_TITLES = ("承诺事项和践诺情况", "日期", "地点", "时长", "证明人", "佐证")
_WIDTHS = (300, 100, 96, 80, 76, 52)
_ITEM = Qt.ItemDataRole.UserRole
_DEED = Qt.ItemDataRole.UserRole + 1
_EMPTY_DEED = "这条记录还没有照片。点“添加照片”，或把照片拖到这里、按 Ctrl+V 粘贴。"
_NO_DEED = "先在上面选中一条践诺记录，再添加照片、证明。"


class DeedsPage(QWidget):
    """Shows what was done for each item; `changed` asks for the pledge to be read again."""

    changed = Signal()

    def __init__(self, desk: Desk, names: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._names = names
        self._detail: PledgeDetail | None = None
        self._wanted: int | None = None
        self.tree = Lines("pledge_deeds", "承诺事项和践诺记录", _TITLES, _WIDTHS, stretch=0)
        self.bar = named(QToolBar(), "pledge_deeds_bar", "践诺记录：工具栏")
        self.files = FilesPane(desk, "deed_files", "践诺佐证", (("添加照片…", PaperKind.EVIDENCE),))
        self._lay_out()
        self.tree.itemSelectionChanged.connect(self._on_tree_selection_changed)
        self.tree.itemDoubleClicked.connect(self._on_tree_double_clicked)
        self.files.changed.connect(self.changed)

    def _lay_out(self) -> None:
        self.bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.bar.setIconSize(QSize(scaled(16), scaled(16)))
        self.record_action = self._action("登记践诺…", "add", self.record, "Ctrl+D")
        self.edit_action = self._action("修改…", "edit", self.edit)
        self.remove_action = self._action("删除", "trash", self.remove, "Del", colour=ACCENT)
        self.done_action = self._action("标记完成…", "check", self.mark_done)
        self.reopen_action = self._action("取消完成", "undo", self.reopen)
        self.tree.setMinimumHeight(scaled(90))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.tree)
        split.addWidget(self.files)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(0, scaled(8), 0, 0)
        column_box.setSpacing(scaled(6))
        column_box.addWidget(self.bar)
        column_box.addWidget(split, 1)
        self.setFocusProxy(self.tree)

    def _action(self, text: str, picture: str, slot: Callable[[], None], key: str = "", colour: str = INK) -> QAction:
        action = QAction(icon(picture, colour), text, self)
        action.triggered.connect(lambda _checked=False: slot())
        if key:
            action.setShortcut(QKeySequence(key))
            whole = Qt.ShortcutContext.WidgetWithChildrenShortcut
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut if key == "Del" else whole)
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text.rstrip('…')}（{shown}）")
            (self.tree if key == "Del" else self).addAction(action)
        self.bar.addAction(action)
        return action

    # What is shown

    def show_pledge(self, detail: PledgeDetail) -> None:
        """Show a stored pledge; the deed chosen stays chosen."""
        deed = self.chosen_deed()
        wanted = self._wanted or (deed.id if deed else None)
        self._detail = detail
        self._wanted = None
        self.tree.clear()
        for number, item in enumerate(detail.items, 1):
            self._add_item(number, item, detail)
        whole = [deed for deed in detail.deeds if deed.item_id is None]
        if whole:
            top = QTreeWidgetItem(["整份承诺"])
            top.setFirstColumnSpanned(True)
            self.tree.addTopLevelItem(top)
            for deed in whole:
                top.addChild(_deed_line(deed))
        self.tree.expandAll()
        self._choose(wanted)
        self._show_actions()

    def _add_item(self, number: int, item: PledgeItem, detail: PledgeDetail) -> None:
        words, tone = _standing(item)
        line = QTreeWidgetItem([f"{number}. {item.text}", words])
        tell(line, 0, item.text)
        line.setData(0, _ITEM, item.id)
        line.setForeground(1, QColor(tone))
        font = line.font(0)
        font.setBold(True)
        line.setFont(0, font)
        self.tree.addTopLevelItem(line)
        for deed in detail.deeds_of(item.id):
            line.addChild(_deed_line(deed))

    def _choose(self, deed_id: int | None) -> None:
        for number in range(self.tree.topLevelItemCount()):
            top = self.tree.topLevelItem(number)
            for child in range(top.childCount() if top else 0):
                line = top.child(child) if top else None
                if line is not None and line.data(0, _DEED) == deed_id:
                    self.tree.setCurrentItem(line)
                    return
        self.tree.begin()

    def chosen_deed(self) -> Deed | None:
        """The deed that is selected."""
        line = self.tree.currentItem()
        deed_id = line.data(0, _DEED) if line is not None else None
        deeds = self._detail.deeds if self._detail else ()
        return next((deed for deed in deeds if deed.id == deed_id), None)

    def chosen_item(self) -> PledgeItem | None:
        """The item that is selected, itself or by one of its deeds."""
        line = self.tree.currentItem()
        if line is not None and line.parent() is not None:
            line = line.parent()
        item_id = line.data(0, _ITEM) if line is not None else None
        items = self._detail.items if self._detail else ()
        return next((item for item in items if item.id == item_id), None)

    def _on_tree_selection_changed(self) -> None:
        self._show_actions()

    def _show_actions(self) -> None:
        deed, item, detail = self.chosen_deed(), self.chosen_item(), self._detail
        self.edit_action.setEnabled(deed is not None)
        self.remove_action.setEnabled(deed is not None)
        self.done_action.setEnabled(item is not None and item.retired_in is None)
        self.reopen_action.setEnabled(item is not None and item.done)
        if detail is not None and deed is not None:
            self.files.show_files(detail.id, deed.id, deed.papers, _EMPTY_DEED)
        else:
            self.files.show_files(None, None, (), _NO_DEED)

    def _on_tree_double_clicked(self, line: QTreeWidgetItem, _column: int) -> None:
        if line.data(0, _DEED) is not None:
            self.edit()
        else:
            self.record()

    # What can be done

    def record(self) -> None:
        """Record a deed for the chosen item; its photos are added below afterwards."""
        if self._detail is not None:
            item = self.chosen_item()
            item_id = item.id if item and item.retired_in is None else None
            ask_deed(self._desk, self, self._detail, self._names, item_id=item_id, stored=self._on_deed_stored)

    def edit(self) -> None:
        """Change the chosen deed."""
        deed = self.chosen_deed()
        if self._detail is not None and deed is not None:
            ask_deed(self._desk, self, self._detail, self._names, deed=deed, stored=self._on_deed_stored)

    def _on_deed_stored(self, deed_id: int) -> None:
        self._wanted = deed_id
        self.changed.emit()

    def remove(self) -> None:
        """Ask, then remove the chosen deed with its evidence."""
        deed = self.chosen_deed()
        if deed is None or self._detail is None or not told_open(self._desk, [self._detail]):
            return
        photos = f"连同{len(deed.papers)}个佐证" if deed.papers else ""
        text = f"{chinese_date(deed.on)}的践诺记录“{short_text(deed.text)}”{photos}将被删除，操作日志里留有记录。"
        if self._desk.messages.ask("删除践诺记录？", text, accept="删除", danger=True):
            label = f"删除践诺记录：{self._detail.name}"
            self._desk.tasks.write(label, partial(_remove, deed.id), self._on_changed, owner=self)

    def mark_done(self) -> None:
        """Declare the chosen item done."""
        item = self.chosen_item()
        if self._detail is not None and item is not None:
            ask_done(self._desk, self, self._detail, item)

    def reopen(self) -> None:
        """Take back that the chosen item was done."""
        item = self.chosen_item()
        if self._detail is None or item is None:
            return
        text = f"“{short_text(item.text)}”将不再算作完成，践诺记录不变。"
        if self._desk.messages.ask("取消完成？", text, accept="取消完成", reject="保留"):
            label = f"取消承诺事项完成：{self._detail.name}"
            self._desk.tasks.write(label, partial(_reopen, item.id), self._on_changed, owner=self)

    def _on_changed(self, _result: object) -> None:
        self.changed.emit()


def _standing(item: PledgeItem) -> tuple[str, str]:
    """What stands beside an item, and its colour."""
    if item.retired_in is not None:
        return "已变更", COLOURS["faint"]
    if item.done_on is not None:
        return f"{item.done_on:%m-%d}完成", "#2E7D4F"
    if is_overdue(item, today()):
        return f"{item.deadline:%m-%d}超期", COLOURS["accent"]
    return (f"{item.deadline:%m-%d}前", COLOURS["soft"]) if item.deadline else ("", COLOURS["soft"])


def _deed_line(deed: Deed) -> QTreeWidgetItem:
    hours = f"{hours_text(deed.minutes)}小时" if deed.minutes else ""
    papers = str(len(deed.papers)) if deed.papers else ""
    text = " ".join(deed.text.split())
    line = QTreeWidgetItem([text, f"{deed.on:%Y-%m-%d}", deed.place, hours, deed.witness, papers])
    tell(line, 0, deed.text)
    line.setData(0, _DEED, deed.id)
    return line


def _remove(deed_id: int, session: Any) -> int:
    return deeds_service.remove_deeds(session, [deed_id])


def _reopen(item_id: int, session: Any) -> None:
    deeds_service.reopen_item(session, item_id)
