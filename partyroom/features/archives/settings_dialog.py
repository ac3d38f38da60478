"""What a branch sets for its archive: whose it is, its categories, how long each kind of paper is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.filing import Retention
from partyroom.documents.contribution import Part
from partyroom.features.archives.description_dialog import refuse_marks, sources_text
from partyroom.features.archives.domain import Fonds
from partyroom.features.archives.filing import Category, retention_kinds
from partyroom.features.archives.parts import all_parts
from partyroom.features.archives.screen_service import Setting, setting_of
from partyroom.features.archives.settings_service import (
    categories_of,
    retention_of,
    save_categories,
    save_fonds,
    save_retention,
)
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.table_model import plain_tip
from partyroom.ui.theme import COLOURS, row_height, scaled

_PLACE = Qt.ItemDataRole.UserRole
Button = tuple[str, str, str, Callable[[], None]]


def ask_fonds(desk: Desk, owner: QWidget) -> None:
    """Ask for 全宗号, 全宗名称 and the usual 机构（问题）."""
    desk.tasks.read(setting_of, partial(_open_fonds, desk, owner), owner=owner, key="fonds")


def _open_fonds(desk: Desk, owner: QWidget, setting: Setting) -> None:
    fields = [
        Field(
            "number",
            "全宗号",
            hint="档案馆或主管部门给定的4位字母、数字，如 Z109；还没有的留空。已盖的归档章不会跟着改",
        ),
        Field("name", "全宗名称", hint=f"一般是立档单位全称；留空时用“{setting.author or '支部名称'}”"),
        Field("office", "机构（问题）", validate=refuse_marks, hint="代码，如 BGS；不分机构的留空"),
    ]
    fonds = setting.fonds
    values: dict[str, object] = {"number": fonds.number, "name": fonds.name, "office": fonds.office}
    save = partial(_store_fonds, desk, owner)
    FormDialog("全宗", fields, values, desk, save=save, parent=owner.window()).open()


def _store_fonds(desk: Desk, owner: QWidget, values: dict[str, object]) -> None:
    fonds = Fonds(str(values["number"]), str(values["name"]), str(values["office"]))
    desk.tasks.write("设置全宗", partial(_save_fonds, fonds), owner=owner)


class _ListDialog(Dialog):
    """A note, buttons, a list, and a button to close."""

    def __init__(
        self, title: str, name: str, note: str, headings: Sequence[str], widths: Sequence[int], parent: QWidget | None
    ) -> None:
        super().__init__(title, parent)
        self.setObjectName(f"{name}_dialog")
        self.list = named(QTreeWidget(), f"{name}_list", title)
        self.list.setHeaderLabels(list(headings))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        for column, width in enumerate(widths):
            self.list.setColumnWidth(column, scaled(width))
        self.list.header().setSectionResizeMode(len(headings) - 1, QHeaderView.ResizeMode.Stretch)
        words = QLabel(note)
        words.setWordWrap(True)
        self.line = QHBoxLayout()
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(words)
        layout.addLayout(self.line)
        layout.addWidget(self.list, 1)
        layout.addWidget(close)

    def sizeHint(self) -> QSize:
        """Room for all columns; the base class keeps it within the screen."""
        return QSize(scaled(820), scaled(560))

    def add_buttons(self, buttons: Sequence[Button]) -> list[QPushButton]:
        """Buttons above the list: name, icon, words, slot."""
        made = []
        for name, picture, text, slot in buttons:
            button = named(QPushButton(icon(picture), text), name)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            self.line.addWidget(button)
            made.append(button)
        self.line.addStretch()
        return made

    def fill(self, rows: Sequence[Sequence[str]], chosen: int, faint: Sequence[bool]) -> None:
        """Show these rows and choose one of them."""
        self.list.clear()
        for place, (cells, pale) in enumerate(zip(rows, faint, strict=True)):
            item = QTreeWidgetItem(list(cells))
            item.setData(0, _PLACE, place)
            item.setSizeHint(0, QSize(0, row_height()))
            for column, cell in enumerate(cells):
                item.setToolTip(column, plain_tip(cell) or "")
                if pale:
                    item.setForeground(column, QColor(COLOURS["faint"]))
            self.list.addTopLevelItem(item)
        self.choose(min(max(chosen, 0), len(rows) - 1))

    def choose(self, place: int) -> None:
        """Make a row the current one."""
        if (item := self.list.topLevelItem(place)) is not None:
            self.list.setCurrentItem(item)

    @property
    def place(self) -> int:
        """The row chosen, from 0; -1 for none."""
        item = self.list.currentItem()
        return -1 if item is None else int(item.data(0, _PLACE))


class CategoriesDialog(_ListDialog):
    """The categories: the county's eight until the branch has its own."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        note = (
            "八类出自县级党建“八个规范”，各地不同，可以改名、增加、调整次序；停用的类别不再提供选择，已归档的文件不变。"
        )
        super().__init__("档案类别", "categories", note, ("类别", "状态", "说明"), (160, 80, 400), parent)
        self._desk = desk
        self._categories: list[Category] = []
        buttons = self.add_buttons(
            (
                ("add_category_button", "add", "新增…", self.add),
                ("rename_category_button", "edit", "修改…", self.rename),
                ("up_category_button", "arrow-up", "上移", partial(self.move_by, -1)),
                ("down_category_button", "arrow-down", "下移", partial(self.move_by, 1)),
                ("hide_category_button", "eye-off", "停用", self.hide_or_show),
                ("drop_category_button", "trash", "删除", self.drop),
            )
        )
        self._hide, self._drop = buttons[4], buttons[5]
        self.list.itemActivated.connect(self.rename)
        self.list.currentItemChanged.connect(self._on_current_changed)
        desk.tasks.data_changed.connect(self._on_data_changed)
        self._reload()

    def add(self) -> None:
        """Ask for a further category."""
        self._ask("新增类别", Category("", ""), len(self._categories))

    def rename(self) -> None:
        """Ask for another name and note of the chosen one."""
        if self.place >= 0:
            self._ask("修改类别", self._categories[self.place], self.place)

    def move_by(self, steps: int) -> None:
        """Move the chosen category up (-1) or down (1)."""
        place, target = self.place, self.place + steps
        if place >= 0 and 0 <= target < len(self._categories):
            order = list(self._categories)
            order.insert(target, order.pop(place))
            self.choose(target)
            self._write("调整档案类别次序", order)

    def hide_or_show(self) -> None:
        """Put the chosen category out of use, or back."""
        category = self._categories[self.place]
        label = f"{'恢复' if category.hidden else '停用'}档案类别：{category.label}"
        self._write(label, self._with(self.place, replace(category, hidden=not category.hidden)))

    def drop(self) -> None:
        """Remove the chosen category, which must have no filed pieces."""
        category = self._categories[self.place]
        rest = [one for one in self._categories if one is not category]
        self._write(f"删除档案类别：{category.label}", rest)

    def _with(self, place: int, category: Category) -> list[Category]:
        changed = list(self._categories)
        changed[place : place + 1] = [category]
        return changed

    def _ask(self, title: str, category: Category, place: int) -> None:
        fields = [Field("label", "名称", required=True), Field("note", "说明", hint="这一类放什么")]
        values: dict[str, object] = {"label": category.label, "note": category.note}
        save = partial(self._store, category, place)
        FormDialog(title, fields, values, self._desk, save=save, parent=self).open()

    def _store(self, category: Category, place: int, values: dict[str, object]) -> None:
        changed = replace(category, label=str(values["label"]), note=str(values["note"]))
        self._write(f"档案类别：{changed.label}", self._with(place, changed))

    def _write(self, label: str, categories: Sequence[Category]) -> None:
        self._desk.tasks.write(label, partial(_save_categories, tuple(categories)), owner=self)

    def _reload(self) -> None:
        self._desk.tasks.read(categories_of, self._on_read, owner=self, key="categories")

    def _on_data_changed(self, tables: frozenset[str]) -> None:
        if "archive_categories" in tables:
            self._reload()

    def _on_read(self, categories: list[Category]) -> None:
        chosen = self.place
        self._categories = categories
        rows = [(one.label, "停用" if one.hidden else "使用中", one.note) for one in categories]
        self.fill(rows, chosen, [one.hidden for one in categories])

    def _on_current_changed(self) -> None:
        place = self.place
        known = 0 <= place < len(self._categories)
        self._hide.setEnabled(known)
        self._drop.setEnabled(known)
        self._hide.setText("恢复使用" if known and self._categories[place].hidden else "停用")


@dataclass(frozen=True, slots=True)
class Kept:
    """How long the papers of a part are kept."""

    part: Part
    retention: Retention


class RetentionsDialog(_ListDialog):
    """How long each kind of paper of the program is kept, with the usual kinds and what two sources say of them."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        note = (
            "依据国家档案局令第8号（2006），机关以外的单位参照执行；各家的表并不一致，默认取较长的一种，可以按上级或档案馆的要求修改。"
            "修改只影响以后归档的文件。下半部分是外部材料常用的期限，仅供参照。"
        )
        headings = ("材料", "保管期限", "默认", "来源和说明")
        super().__init__("保管期限", "retentions", note, headings, (200, 84, 70, 380), parent)
        self._desk = desk
        self._kept: list[Kept] = []
        (self._change,) = self.add_buttons((("change_retention_button", "edit", "修改…", self.change),))
        self.list.itemActivated.connect(self.change)
        self.list.currentItemChanged.connect(self._on_current_changed)
        desk.tasks.data_changed.connect(self._on_data_changed)
        self._reload()

    def change(self) -> None:
        """Ask how long the papers of the chosen part are kept."""
        if not 0 <= self.place < len(self._kept):
            return
        kept = self._kept[self.place]
        choices = [(one.value, one.label) for one in Retention]
        hint = f"默认：{kept.part.retention.label}"
        fields = [Field("retention", "保管期限", Kind.CHOICE, required=True, choices=choices, hint=hint)]
        values: dict[str, object] = {"retention": kept.retention.value}
        save = partial(self._store, kept.part)
        FormDialog(kept.part.title, fields, values, self._desk, save=save, parent=self).open()

    def _store(self, part: Part, values: dict[str, object]) -> None:
        retention = Retention(str(values["retention"]))
        label = f"保管期限：{part.title}改为{retention.label}"
        self._desk.tasks.write(label, partial(_save_retention, part, retention), owner=self)

    def _reload(self) -> None:
        self._desk.tasks.read(_read_kept, self._on_read, owner=self, key="retentions")

    def _on_data_changed(self, tables: frozenset[str]) -> None:
        if "archive_retentions" in tables:
            self._reload()

    def _on_read(self, kept: list[Kept]) -> None:
        chosen = self.place
        self._kept = kept
        own = [(one.part.title, one.retention.label, one.part.retention.label, _changed(one)) for one in kept]
        usual = [(kind.label, kind.retention.label, "参照", sources_text(kind)) for kind in retention_kinds()]
        self.fill([*own, *usual], chosen, [False] * len(own) + [True] * len(usual))
        self._on_current_changed()

    def _on_current_changed(self) -> None:
        self._change.setEnabled(0 <= self.place < len(self._kept))


def _changed(kept: Kept) -> str:
    where = f"归入“{kept.part.field.label}”类"
    return where if kept.retention is kept.part.retention else f"{where}，已由支部修改"


def _read_kept(session: Any) -> list[Kept]:
    return [Kept(part, retention_of(session, part)) for part in all_parts() if part.to_file]


def _save_fonds(fonds: Fonds, session: Any) -> None:
    save_fonds(session, fonds)


def _save_categories(categories: Sequence[Category], session: Any) -> None:
    save_categories(session, categories)


def _save_retention(part: Part, retention: Retention, session: Any) -> None:
    save_retention(session, part, retention)
