"""Choosing several people: a list to tick, with a search that knows pinyin initials."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.names import initials, sort_key
from partyroom.ui.editors import Editor
from partyroom.ui.form_fields import Field
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_CHECKED = Qt.CheckState.Checked
_CLEAR = Qt.CheckState.Unchecked


class PeopleEditor(Editor):
    """Ticks the people meant; the value is the tuple of their codes in the order of the field's choices."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self._codes = [code for code, _ in field.choices]
        # Search keys are made at the first search: pypinyin takes a third of a second to load.
        self._keys: list[str] = []
        self.search = named(QLineEdit(), f"search_{field.key}", f"{field.label}：搜索")
        self.search.setPlaceholderText("搜索姓名或拼音首字母")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(QAction(icon("search"), "", self), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._on_search_text_changed)
        self.list = QListWidget()
        self._count = named(QLabel(), "quiet")
        self._lay_out()
        self._fill()
        self.list.itemChanged.connect(self._on_list_item_changed)
        self._show_count()

    def _lay_out(self) -> None:
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setWrapping(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setUniformItemSizes(True)
        self.list.setMinimumHeight(scaled(34) * max(2, min(self.field.rows, 8)))
        head = QHBoxLayout()
        head.addWidget(self.search, 1)
        head.addWidget(self._count)
        for text, name, slot in (
            ("全选", "all", self._on_all_clicked),
            ("全不选", "none", self._on_none_clicked),
        ):
            button = named(QPushButton(text), f"{name}_{self.field.key}", f"{self.field.label}：{text}")
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            head.addWidget(button)
        column = QVBoxLayout()
        column.setSpacing(scaled(6))
        column.addLayout(head)
        self.box.addLayout(column)
        self.take(self.list)
        self.list.setObjectName("people_list")
        column.addWidget(self.list)
        self.setFocusProxy(self.search)

    def _fill(self) -> None:
        widest = 0
        for _, label in self.field.choices:
            item = QListWidgetItem(label)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(_CLEAR)
            self.list.addItem(item)
            widest = max(widest, self.fontMetrics().horizontalAdvance(label))
        # Names stand in columns as wide as the longest of them, a very long one is cut short.
        size = QSize(min(max(widest + scaled(52), scaled(110)), scaled(320)), scaled(32))
        for row in range(self.list.count()):
            self._item(row).setSizeHint(size)
        self.list.setGridSize(size)

    def value(self) -> tuple[object, ...]:
        """The codes ticked, whether the search shows them or not."""
        return tuple(code for row, code in enumerate(self._codes) if self._item(row).checkState() is _CHECKED)

    def set_value(self, value: object) -> None:
        """Tick the codes of the iterable `value`; codes that are no longer offered are left out."""
        chosen = list(value) if isinstance(value, (list, tuple, set, frozenset)) else []
        for row, code in enumerate(self._codes):
            self._item(row).setCheckState(_CHECKED if code in chosen else _CLEAR)

    def draft(self) -> object:
        """The positions and names ticked: two people may share a name."""
        rows = range(self.list.count())
        return [[row, self._item(row).text()] for row in rows if self._item(row).checkState() is _CHECKED]

    def restore(self, draft: object) -> None:
        """Tick them again where they are still offered."""
        wanted = draft if isinstance(draft, list) else []
        for row in range(self.list.count()):
            self._item(row).setCheckState(_CHECKED if [row, self._item(row).text()] in wanted else _CLEAR)

    def _item(self, row: int) -> QListWidgetItem:
        return self.list.item(row)

    def _on_search_text_changed(self, text: str) -> None:
        wanted = text.strip().casefold()
        if wanted and not self._keys:
            self._keys = [_search_key(label) for _, label in self.field.choices]
        for row in range(self.list.count()):
            self._item(row).setHidden(bool(wanted) and wanted not in self._keys[row])

    def _on_all_clicked(self) -> None:
        self._tick_shown(_CHECKED)

    def _on_none_clicked(self) -> None:
        self._tick_shown(_CLEAR)

    def _tick_shown(self, state: Qt.CheckState) -> None:
        for row in range(self.list.count()):
            if not self._item(row).isHidden():
                self._item(row).setCheckState(state)

    def _on_list_item_changed(self) -> None:
        self._show_count()
        self.changed.emit()

    def _show_count(self) -> None:
        self._count.setText(f"已选 {len(self.value())} / {len(self._codes)}")


def _search_key(label: str) -> str:
    """What a search may find in a name, the parts kept apart by a character nobody types."""
    return "\n".join((label, initials(label), sort_key(label).replace(" ", ""))).casefold()
