"""检查清单: the checklists of inspectors, to add, change and delete."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from partyroom.features.archives.pack import Checklist
from partyroom.features.archives.pack_service import (
    delete_checklist,
    list_checklists,
    save_checklist,
    text_of_checklist,
)
from partyroom.features.archives.parts import all_parts
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.rows import even_rows
from partyroom.ui.theme import scaled

_ID = Qt.ItemDataRole.UserRole
_HOW = (
    "先写一行类别，如【工作机制】，下面每行一个检查项：“检查项：材料、材料”。材料写登记簿的名称，"
    "或者外来文件题名里的字词。也可以把检查通知里的条目直接粘贴进来。"
)


class ChecklistsDialog(Dialog):
    """The usual checklist, which stays as it is, and the branch's own."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("检查清单", parent)
        self.setObjectName("checklists_dialog")
        self._desk = desk
        self._checklists: dict[int, Checklist] = {}
        self.list = named(QListWidget(), "checklists_list", "检查清单")
        even_rows(self.list)
        self.list.itemActivated.connect(self.change)
        self.list.currentItemChanged.connect(self._on_current_item_changed)
        note = QLabel("导出迎检材料时按清单逐项找材料，缺的在目录里写明。自带的清单不能改，可以照着它新建。")
        note.setWordWrap(True)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(note)
        layout.addLayout(self._buttons())
        layout.addWidget(self.list, 1)
        layout.addWidget(close)
        desk.tasks.data_changed.connect(self._on_data_changed)
        self._reload()

    def sizeHint(self) -> QSize:
        """Room for a few names."""
        return QSize(scaled(560), scaled(420))

    def add(self) -> None:
        """Make a new checklist, beginning with the text of the one chosen."""
        self._ask_text(None)

    def change(self) -> None:
        """Edit the checklist chosen; of the usual one a copy."""
        chosen = self._chosen()
        self._ask_text(chosen if chosen is not None and chosen.id else None)

    def delete(self) -> None:
        """Remove the checklist chosen, after asking."""
        chosen = self._chosen()
        if chosen is None or not chosen.id:
            return
        text = f"删除清单“{chosen.name}”？材料本身不受影响。"
        if self._desk.messages.ask("删除清单", text, accept="删除", danger=True):
            work = partial(_delete, chosen.id)
            self._desk.tasks.write(f"删除检查清单：{chosen.name}", work, owner=self)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        made = []
        for text, picture, name, slot in (
            ("新建…", "add", "add_checklist_button", self.add),
            ("修改…", "edit", "change_checklist_button", self.change),
            ("删除…", "trash", "delete_checklist_button", self.delete),
        ):
            button = named(QPushButton(icon(picture), text), name)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
            made.append(button)
        row.addStretch()
        _, self._change, self._delete = made
        return row

    def _chosen(self) -> Checklist | None:
        item = self.list.currentItem()
        return None if item is None else self._checklists.get(item.data(_ID))

    def _ask_text(self, checklist: Checklist | None) -> None:
        shown = checklist or self._chosen()
        if shown is not None:
            work = partial(_text, shown)
            self._desk.tasks.read(work, partial(self._open_form, checklist), owner=self, key="text")

    def _open_form(self, checklist: Checklist | None, text: str) -> None:
        fields = [
            Field("name", "清单名称", required=True),
            Field("text", "检查项", Kind.LONG_TEXT, required=True, rows=14, hint=_HOW),
        ]
        values = {"name": checklist.name if checklist else "", "text": text}
        number = checklist.id if checklist else 0
        form = FormDialog(
            "修改检查清单" if checklist else "新建检查清单",
            fields,
            values,
            self._desk,
            save=partial(self._save, number),
            parent=self,
        )
        form.open()

    def _save(self, number: int, values: dict[str, object]) -> None:
        name, text = str(values["name"]), str(values["text"])
        work = partial(_save, name, text, number)
        self._desk.tasks.write(f"保存检查清单：{name}", work, owner=self)

    def _reload(self) -> None:
        self._desk.tasks.read(list_checklists, self._on_read, owner=self, key="checklists")

    def _on_data_changed(self, tables: frozenset[str]) -> None:
        if "archive_checklists" in tables:
            self._reload()

    def _on_read(self, checklists: Sequence[Checklist]) -> None:
        before = self._chosen()
        self._checklists = {one.id: one for one in checklists}
        self.list.clear()
        for one in checklists:
            item = QListWidgetItem(f"{one.name}　（{len(one.items)}项）")
            item.setData(_ID, one.id)
            self.list.addItem(item)
            if before is not None and one.id == before.id:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        self._on_current_item_changed()

    def _on_current_item_changed(self) -> None:
        chosen = self._chosen()
        own = chosen is not None and bool(chosen.id)
        self._change.setEnabled(own)
        self._delete.setEnabled(own)


def _text(checklist: Checklist, session: Any) -> str:
    return text_of_checklist(session, checklist, all_parts())


def _save(name: str, text: str, number: int, session: Any) -> int:
    return save_checklist(session, name, text, all_parts(), number)


def _delete(number: int, session: Any) -> None:
    delete_checklist(session, number)
