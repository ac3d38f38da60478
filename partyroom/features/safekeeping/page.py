"""The windows of safekeeping: recycle bin and change log."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from partyroom.features.safekeeping import service
from partyroom.features.safekeeping.domain import BinRow, ChangeRow
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.table import Column, Query, TablePanel
from partyroom.ui.theme import scaled


class _ListDialog(Dialog):
    """A list with a sentence above it; read again whenever anything changes."""

    note: ClassVar[str]

    def __init__(self, desk: Desk, title: str, table: TablePanel, parent: QWidget | None) -> None:
        super().__init__(title, parent)
        self._desk = desk
        self.table = table
        label = QLabel(self.note)
        label.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(label)
        layout.addWidget(table, 1)
        layout.addWidget(buttons)
        self.resize(scaled(820), scaled(560))
        desk.tasks.data_changed.connect(self._on_data_changed)
        table.reload()

    def _on_data_changed(self, _kinds: frozenset[str]) -> None:
        self.table.reload()


class BinDialog(_ListDialog):
    """The recycle bin."""

    note = "删除的内容都在这里，随时可以恢复；只有在这里“彻底删除”才会真正删掉。"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        columns = (
            Column("kind", "类别", 120, sortable=False),
            Column("title", "内容", 240, sortable=False, stretch=True),
            Column("when", "删除时间", 180, sortable=False),
        )
        table = TablePanel(desk, "bin", columns, _BinSource(), empty_text="回收站是空的。", noun="项")
        super().__init__(desk, "回收站", table, parent)
        self.setObjectName("bin_dialog")
        table.add_row_action("恢复", "restore", self._on_restore_requested)
        table.add_row_action("彻底删除", "delete", self._on_purge_requested, danger=True)

    def _on_restore_requested(self, ids: Sequence[int]) -> None:
        work = partial(_with_rows, service.restore, tuple(ids))
        self._desk.tasks.write("从回收站恢复", work, self._on_restored, owner=self)

    def _on_restored(self, count: int) -> None:
        self._desk.messages.inform(f"已恢复{count}项。")

    def _on_purge_requested(self, ids: Sequence[int]) -> None:
        text = f"彻底删除选中的{len(ids)}项？删除后不能再恢复。"
        if self._desk.messages.ask("彻底删除", text, accept="彻底删除", danger=True):
            work = partial(_with_rows, service.purge, tuple(ids))
            self._desk.tasks.write("彻底删除", work, self._on_purged, owner=self)

    def _on_purged(self, count: int) -> None:
        self._desk.messages.inform(f"已彻底删除{count}项。")


class ChangesDialog(_ListDialog):
    """The change log."""

    note = "每一次保存都记在这里。选中一次操作可以整体撤销；之后又被改过的内容不会被冲掉。"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        columns = (
            Column("when", "时间", 180, sortable=False),
            Column("label", "操作", 340, sortable=False, stretch=True),
            Column("count", "涉及记录", 90, "right", sortable=False),
            Column("state", "状态", 80, sortable=False),
        )
        table = TablePanel(desk, "changes", columns, _ChangeSource(), empty_text="还没有任何修改。", noun="次")
        super().__init__(desk, "修改记录", table, parent)
        self.setObjectName("changes_dialog")
        table.add_row_action("撤销这次操作", "undo", self._on_undo_requested, single=True)

    def _on_undo_requested(self, ids: Sequence[int]) -> None:
        self._desk.tasks.read(partial(service.list_changes, ids=ids), self._ask_to_undo, owner=self)

    def _ask_to_undo(self, rows: Sequence[ChangeRow]) -> None:
        for row in rows:
            text = f"把“{row.label}”（{row.when}）改动的内容全部改回去？"
            if self._desk.messages.ask("撤销操作", text, accept="撤销"):
                work = partial(service.undo_change, change_set=row.id)
                self._desk.tasks.write(f"撤销：{row.label}", work, self._on_undone, owner=self)

    def _on_undone(self, count: int) -> None:
        self._desk.messages.inform(f"已撤销，恢复了{count}条记录。")


class _BinSource:
    def ids(self, session: Any, query: Query) -> Sequence[int]:
        return [row.id for row in service.list_bin(session) if query.search in row.title]

    def rows(self, session: Any, ids: Sequence[int]) -> Sequence[BinRow]:
        wanted = set(ids)
        return [row for row in service.list_bin(session) if row.id in wanted]


class _ChangeSource:
    def ids(self, session: Any, query: Query) -> Sequence[int]:
        return service.list_change_ids(session, query.search)

    def rows(self, session: Any, ids: Sequence[int]) -> Sequence[ChangeRow]:
        return service.list_changes(session, ids)


def _with_rows(action: Any, ids: Sequence[int], session: Any) -> Any:
    wanted = set(ids)
    return action(session, [row for row in service.list_bin(session) if row.id in wanted])
