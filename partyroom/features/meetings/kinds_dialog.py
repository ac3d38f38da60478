"""会议类型: the branch's kinds of meetings, to change, add to, hide and restore."""

from __future__ import annotations

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

from partyroom.features.meetings.domain import Attendees, Kinds, MeetingKind, Period, VoteRule, meeting_kinds
from partyroom.features.meetings.kinds_service import hide_kind, kinds_of, restore_kind, save_kind
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, row_height, scaled

_HEADINGS = ("会议类型", "应到", "表决规则", "次数", "规定动作", "补课", "状态")
_WIDTHS = (150, 96, 96, 84, 230, 52, 90)
_CODE = Qt.ItemDataRole.UserRole
_NO_PERIOD = "none"


class KindsDialog(Dialog):
    """A list of all kinds with what can be done to them; it follows the library."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("会议类型", parent)
        self.setObjectName("kinds_dialog")
        self._desk = desk
        self._kinds: Kinds = {}
        self.list = named(QTreeWidget(), "kinds_list", "会议类型")
        self.list.setHeaderLabels(_HEADINGS)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAlternatingRowColors(False)
        for column, width in enumerate(_WIDTHS):
            self.list.setColumnWidth(column, scaled(width))
        self.list.header().setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        self.list.itemActivated.connect(self._on_change_clicked)
        self.list.currentItemChanged.connect(self._on_current_item_changed)
        note = QLabel(
            "每种会议的应到人员、表决规则、常用议程和规定动作都在这里。改了只影响以后的会议；"
            "隐藏的类型不再列出，以前的会议照常显示。"
        )
        note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addWidget(note)
        layout.addLayout(self._buttons())
        layout.addWidget(self.list, 1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout.addWidget(close)
        desk.tasks.data_changed.connect(self._on_data_changed)
        self._reload()

    def sizeHint(self) -> QSize:
        """Room for all columns; the base class keeps it within the screen."""
        return QSize(scaled(900), scaled(600))

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        made = []
        for text, picture, name, slot in (
            ("新增类型…", "add", "add_kind_button", self._on_add_clicked),
            ("修改…", "edit", "change_kind_button", self._on_change_clicked),
            ("隐藏", "eye-off", "hide_kind_button", self._on_hide_clicked),
            ("恢复默认", "restore", "restore_kind_button", self._on_restore_clicked),
        ):
            button = named(QPushButton(icon(picture), text), name)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
            made.append(button)
        row.addStretch()
        _, self._change, self._hide, self._restore = made
        return row

    # Showing

    def _reload(self) -> None:
        self._desk.tasks.read(kinds_of, self._on_kinds_read, owner=self, key="kinds")

    def _on_data_changed(self, tables: frozenset[str]) -> None:
        if "meeting_kinds" in tables:
            self._reload()

    def _on_kinds_read(self, kinds: Kinds) -> None:
        before = self._code()
        self._kinds = kinds
        self.list.clear()
        for code, kind in kinds.items():
            item = QTreeWidgetItem(_cells(kind))
            item.setData(0, _CODE, code)
            item.setSizeHint(0, QSize(0, row_height()))
            item.setToolTip(0, kind.source)
            if kind.hidden:
                for column in range(len(_HEADINGS)):
                    item.setForeground(column, QColor(COLOURS["faint"]))
            self.list.addTopLevelItem(item)
            if code == before:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None and (first := self.list.topLevelItem(0)) is not None:
            self.list.setCurrentItem(first)
        self._on_current_item_changed()

    def _code(self) -> str:
        item = self.list.currentItem()
        return str(item.data(0, _CODE)) if item is not None else ""

    def _on_current_item_changed(self) -> None:
        kind = self._kinds.get(self._code())
        for button in (self._change, self._hide):
            button.setEnabled(kind is not None)
        self._restore.setEnabled(kind is not None and kind != meeting_kinds().get(kind.code))
        self._hide.setText("重新使用" if kind is not None and kind.hidden else "隐藏")
        self._restore.setText("删除" if kind is not None and kind.own else "恢复默认")

    # Changing

    def _on_add_clicked(self) -> None:
        blank = MeetingKind("", "", Attendees.PARTY, VoteRule.RESOLUTION, (), "")
        self._edit("新增会议类型", blank)

    def _on_change_clicked(self) -> None:
        if (kind := self._kinds.get(self._code())) is not None:
            self._edit("修改会议类型", kind)

    def _edit(self, title: str, kind: MeetingKind) -> None:
        dialog = FormDialog(title, _fields(), _values(kind), self._desk, save=partial(self._store, kind), parent=self)
        dialog.open()

    def _store(self, kind: MeetingKind, values: dict[str, object]) -> None:
        work = partial(_save, _kind(kind, values))
        self._desk.tasks.write(f"会议类型：{values['label']}", work, owner=self)

    def _on_hide_clicked(self) -> None:
        kind = self._kinds[self._code()]
        label = f"{'重新使用' if kind.hidden else '隐藏'}会议类型：{kind.label}"
        self._desk.tasks.write(label, partial(_hide, kind.code, not kind.hidden), owner=self)

    def _on_restore_clicked(self) -> None:
        kind = self._kinds[self._code()]
        question = f"删除会议类型“{kind.label}”？" if kind.own else f"把“{kind.label}”恢复成程序自带的样子？"
        text = "" if kind.own else "名称、应到、议程和规定动作都恢复默认，以前的会议不变。"
        accept = "删除" if kind.own else "恢复默认"
        if self._desk.messages.ask(question, text, accept=accept, danger=kind.own):
            self._desk.tasks.write(f"{accept}会议类型：{kind.label}", partial(_restore, kind.code), owner=self)


def _cells(kind: MeetingKind) -> list[str]:
    often = f"每{kind.period.label}{kind.minimum}次" if kind.period and kind.minimum else "不作要求"
    state = "自建" if kind.own else ("默认" if kind == meeting_kinds().get(kind.code) else "已修改")
    return [
        kind.label,
        kind.attendees.label,
        kind.vote_rule.label,
        often,
        "、".join(kind.actions),
        "要求" if kind.makes_up else "",
        "已隐藏" if kind.hidden else state,
    ]


def _fields() -> list[Field]:
    attendees = [(one.value, one.label) for one in Attendees]
    rules = [(one.value, one.label) for one in VoteRule]
    periods = [(_NO_PERIOD, "不作要求"), *((one.value, f"每{one.label}") for one in Period)]
    return [
        Field("label", "名称", required=True, wide=True),
        Field("attendees", "应到人员", Kind.CHOICE, required=True, choices=attendees),
        Field("vote_rule", "表决规则", Kind.CHOICE, required=True, choices=rules),
        Field("period", "召开次数", Kind.CHOICE, required=True, choices=periods, hint="只用来提醒"),
        Field("minimum", "至少", Kind.NUMBER, lowest=1, highest=60, unit="次"),
        Field("agenda", "常用议程", Kind.LONG_TEXT, rows=6, hint="每行一项"),
        Field("actions", "规定动作", Kind.LONG_TEXT, rows=4, hint="每行一项，如：佩戴党徽、重温入党誓词"),
        Field("source", "依据", hint="法规条文或“支部惯例”", wide=True),
        Field("makes_up", "缺席的人要补课", Kind.CHECK),
    ]


def _values(kind: MeetingKind) -> dict[str, object]:
    return {
        "label": kind.label,
        "attendees": kind.attendees.value,
        "vote_rule": kind.vote_rule.value,
        "period": kind.period.value if kind.period else _NO_PERIOD,
        "minimum": kind.minimum or None,
        "agenda": "\n".join(kind.agenda),
        "actions": "\n".join(kind.actions),
        "source": kind.source,
        "makes_up": kind.makes_up,
    }


def _kind(before: MeetingKind, values: dict[str, object]) -> MeetingKind:
    period = None if values["period"] == _NO_PERIOD else Period(str(values["period"]))
    minimum = values["minimum"]
    return MeetingKind(
        code=before.code,
        label=str(values["label"]),
        attendees=Attendees(str(values["attendees"])),
        vote_rule=VoteRule(str(values["vote_rule"])),
        agenda=_lines(values["agenda"]),
        source=str(values["source"]),
        makes_up=bool(values["makes_up"]),
        actions=_lines(values["actions"]),
        period=period,
        minimum=minimum if isinstance(minimum, int) else 1,
        hidden=before.hidden,
    )


def _lines(text: object) -> tuple[str, ...]:
    return tuple(line.strip() for line in str(text).splitlines() if line.strip())


def _save(kind: MeetingKind, session: Any) -> str:
    return save_kind(session, kind)


def _hide(code: str, hidden: bool, session: Any) -> None:
    hide_kind(session, code, hidden=hidden)


def _restore(code: str, session: Any) -> None:
    restore_kind(session, code)
