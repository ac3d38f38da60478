"""承诺模板: those that come with the program, and the branch's own to add, change and remove."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from partyroom.features.pledges.domain import ItemCategory
from partyroom.features.pledges.lines_page import Lines, tell
from partyroom.features.pledges.reminders import short_text
from partyroom.features.pledges.templates import Role, Template
from partyroom.features.pledges.templates_service import delete_template, list_templates, save_template
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_TITLES = ("承诺事项", "类别", "践诺措施", "时限", "常用", "来源")
_PLACE = Qt.ItemDataRole.UserRole


class TemplatesDialog(Dialog):
    """Lists all templates by role; only the branch's own can be changed."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("承诺模板", parent)
        self.setObjectName("templates_dialog")
        self._desk = desk
        self._templates: list[Template] = []
        self.tree = Lines("pledge_templates", "承诺模板", _TITLES, (400, 60, 220, 64, 54, 76), stretch=0)
        self.tree.setRootIsDecorated(True)
        self._lay_out()
        self.tree.itemSelectionChanged.connect(self._show_actions)
        self.tree.itemDoubleClicked.connect(self._on_edit_clicked)
        desk.tasks.data_changed.connect(self._on_data_changed)
        self.reload()

    def sizeHint(self) -> QSize:
        """Roomy; the base class keeps it within the screen."""
        return QSize(scaled(940), scaled(580))

    def _lay_out(self) -> None:
        note = QLabel("“随软件”的模板不能改；可以新增本支部的模板，或在承诺里选中事项点“存为模板”。")
        note.setWordWrap(True)
        foot = QHBoxLayout()
        self.buttons: dict[str, QPushButton] = {}
        for text, name, slot in (
            ("新增模板…", "add_template", self._on_add_clicked),
            ("修改…", "edit_template", self._on_edit_clicked),
            ("删除", "delete_template", self._on_delete_clicked),
            ("关闭", "close_button", self.reject),
        ):
            button = named(QPushButton(text), name)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, act=slot: act())
            if name == "close_button":
                foot.addStretch(1)
            foot.addWidget(button)
            self.buttons[name] = button
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.addWidget(note)
        layout.addWidget(self.tree, 1)
        layout.addLayout(foot)

    def reload(self) -> None:
        """Read the templates again."""
        self._desk.tasks.read(list_templates, self._on_read, owner=self, key="templates")

    def _on_read(self, templates: list[Template]) -> None:
        chosen = self.chosen()
        self._templates = templates
        self.tree.clear()
        for role in Role:
            top = QTreeWidgetItem([role.label])
            self.tree.addTopLevelItem(top)
            top.setFirstColumnSpanned(True)
            for place, one in enumerate(templates):
                if one.role is role:
                    line = _line(one, place)
                    top.addChild(line)
                    if chosen is not None and one == chosen:
                        self.tree.setCurrentItem(line)
            top.setExpanded(True)
        self._show_actions()

    def chosen(self) -> Template | None:
        """The template that is selected."""
        line = self.tree.currentItem()
        place = line.data(0, _PLACE) if line is not None else None
        return self._templates[place] if isinstance(place, int) and place < len(self._templates) else None

    def _show_actions(self) -> None:
        one = self.chosen()
        own = one is not None and one.id is not None
        self.buttons["edit_template"].setEnabled(own)
        self.buttons["delete_template"].setEnabled(own)

    def _on_add_clicked(self) -> None:
        self._ask(None)

    def _on_edit_clicked(self) -> None:
        one = self.chosen()
        if one is not None and one.id is not None:
            self._ask(one)

    def _ask(self, one: Template | None) -> None:
        line = self.tree.currentItem()
        role = one.role if one else self._role_of(line)
        fields = [
            Field("role", "角色", Kind.CHOICE, required=True, choices=[(r.value, r.label) for r in Role]),
            Field("category", "类别", Kind.CHOICE, required=True, choices=[(c.value, c.label) for c in ItemCategory]),
            Field("text", "承诺事项", Kind.LONG_TEXT, required=True, rows=3),
            Field("measure", "践诺措施", Kind.LONG_TEXT, rows=2),
            Field("due", "完成时限", hint="月和日，例如12-10；可以不填"),
            Field("usual", "一次套用时使用", Kind.CHECK),
        ]
        values: dict[str, object] = {
            "role": role.value,
            "category": (one.category if one else ItemCategory.WORK).value,
            "text": one.text if one else "",
            "measure": one.measure if one else "",
            "due": one.due if one else "",
            "usual": one.usual if one else True,
        }
        save = partial(self._save, one.id if one else None)
        FormDialog("修改模板" if one else "新增模板", fields, values, self._desk, save=save, parent=self).open()

    def _role_of(self, line: QTreeWidgetItem | None) -> Role:
        found = self.chosen()
        if found is not None:
            return found.role
        place = self.tree.indexOfTopLevelItem(line) if line is not None else -1
        return list(Role)[place] if place >= 0 else Role.TEACHER

    def _save(self, template_id: int | None, values: dict[str, object]) -> None:
        one = Template(
            Role(str(values["role"])),
            str(values["text"]),
            ItemCategory(str(values["category"])),
            str(values["measure"]),
            str(values["due"]).strip(),
            usual=bool(values["usual"]),
            id=template_id,
        )
        label = f"{'修改' if template_id else '新增'}承诺模板：{short_text(one.text)}"
        self._desk.tasks.write(label, partial(_save, one), owner=self)

    def _on_delete_clicked(self) -> None:
        one = self.chosen()
        if one is None or one.id is None:
            return
        text = f"“{short_text(one.text)}”将从模板里删除；已经用它写的承诺不变。"
        if self._desk.messages.ask("删除模板？", text, accept="删除", danger=True):
            self._desk.tasks.write(f"删除承诺模板：{short_text(one.text)}", partial(_delete, one.id), owner=self)

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if "pledge_templates" in kinds:
            self.reload()


def _line(one: Template, place: int) -> QTreeWidgetItem:
    own = "本支部" if one.id is not None else "随软件"
    line = QTreeWidgetItem(
        [" ".join(one.text.split()), one.category.label, one.measure, one.due, "是" if one.usual else "", own]
    )
    tell(line, 0, one.text)
    tell(line, 2, one.measure)
    line.setData(0, _PLACE, place)
    if one.id is None:
        line.setForeground(5, QColor(COLOURS["faint"]))
    return line


def _save(one: Template, session: Any) -> int:
    return save_template(session, one)


def _delete(template_id: int, session: Any) -> None:
    delete_template(session, template_id)
