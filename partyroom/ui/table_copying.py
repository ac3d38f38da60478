"""Copying the selected rows of a list as they are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence

from partyroom.ui import clipboard_form
from partyroom.ui.desk import Desk
from partyroom.ui.icons import icon
from partyroom.ui.table_source import Column, Source, lines_of
from partyroom.ui.table_view import TableView

_MOST_COPIED: Final = 50_000  # rows; beyond, a clipboard is the wrong tool


class RowCopying(QObject):
    """The actions “复制”, “复制（含表头）” and “全选” of a list, with their keys."""

    def __init__(self, desk: Desk, view: TableView, source: Source, shown_columns: Callable[[], list[Column]]) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._source = source
        self._shown_columns = shown_columns
        plain = self._action("复制", "copy", "Ctrl+C")
        plain.triggered.connect(self._on_copy_triggered)
        headed = self._action("复制（含表头）", "", "Ctrl+Shift+C")
        headed.triggered.connect(self._on_copy_headed_triggered)
        everything = self._action("全选", "select-all", "Ctrl+A")
        everything.triggered.connect(view.selectAll)
        self.actions = [plain, headed, everything]

    def copy(self, *, headers: bool) -> None:
        """Fetch the selected rows and put them on the clipboard."""
        count = self._view.selected_count()
        if count == 0:
            self._desk.messages.inform("请先选中要复制的行。")
        elif count > _MOST_COPIED:
            self._desk.messages.warn(f"选中的有 {count} 行，太多了，请改用导出。")
        else:
            columns = self._shown_columns()
            headings = [[column.title for column in columns]] if headers else []
            revealed = self._view.rows_model.revealed
            work = partial(lines_of, self._source, self._view.selected_ids(), columns, revealed)
            done = partial(self._put_on_clipboard, headings)
            self._desk.tasks.read(work, done, owner=self, key="copy")

    def _action(self, text: str, icon_name: str, key: str) -> QAction:
        action = QAction(text, self._view)
        if icon_name:
            action.setIcon(icon(icon_name))
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._view.addAction(action)
        return action

    def _on_copy_triggered(self) -> None:
        self.copy(headers=False)

    def _on_copy_headed_triggered(self) -> None:
        self.copy(headers=True)

    def _put_on_clipboard(self, headings: Sequence[list[str]], lines: Sequence[list[str]]) -> None:
        QGuiApplication.clipboard().setMimeData(clipboard_form.mime([*headings, *lines]))
        self._desk.messages.inform(f"已复制 {len(lines)} 行，可以粘贴到 Excel。")
