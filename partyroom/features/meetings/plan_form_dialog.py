"""Planning by rule or one meeting at a time: the forms, and the preview before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.errors import DomainError, Problem
from partyroom.features.meetings.domain import Attendees, Kinds, Period, kind_choices
from partyroom.features.meetings.plan import LAST, WEEKDAYS, PlanLine, PlanRule, chinese_day, usual_title
from partyroom.features.meetings.plan_service import YearPlan
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, row_height, scaled

_BY_DAY = 0
_WEEKS = ((_BY_DAY, "固定日期"), (1, "第一个"), (2, "第二个"), (3, "第三个"), (4, "第四个"), (LAST, "最后一个"))


class RuleDialog(FormDialog):
    """Asks for a rule; `ruled` gives it when it is complete, before the form closes."""

    ruled = Signal(object)

    def __init__(self, desk: Desk, plan: YearPlan, parent: QWidget | None = None) -> None:
        self._plan = plan
        self._suggested = ""
        values: dict[str, object] = {
            "per": Period.MONTH.value, "week": 2, "weekday": 3, "day": 10, "month": 1, "at": time(15, 30), "skip": True,
        }  # fmt: skip
        super().__init__(
            f"按规则生成{plan.year}年的会议", _fields(plan), values, desk, save=self._check, accept_text="预览",
            parent=parent,
        )  # fmt: skip
        self.setObjectName("rule_dialog")
        for key in ("kind", "per"):
            self.grid.cells[key].changed.connect(self._on_kind_changed)

    def _on_kind_changed(self) -> None:
        """Suggest how often, and a title, as long as the user has not written another."""
        cells = self.grid.cells
        kind = self._plan.kinds.get(str(cells["kind"].editor.value() or ""))
        title = cells["title"].editor
        if kind is None or title.value() not in ("", self._suggested):
            return
        self._suggested = usual_title(kind, Period(str(cells["per"].editor.value() or "month")))
        title.set_value(self._suggested)

    def _check(self, values: dict[str, object]) -> None:
        rule = _rule(self._plan.year, self._plan.kinds, values)
        of_group = self._plan.kinds[rule.kind].attendees is Attendees.GROUP
        if of_group and self._plan.groups and rule.group_id is None:
            raise DomainError(Problem("请选择是哪个党小组的会议。", "group_id"))
        self.ruled.emit(rule)


class OneMeetingDialog(FormDialog):
    """Asks for one planned meeting on a day; `lined` gives it when it is complete, before the form closes."""

    lined = Signal(object)

    def __init__(self, desk: Desk, plan: YearPlan, day: date, parent: QWidget | None = None) -> None:
        self._plan = plan
        self._suggested = ""
        fields = [
            *(field for field in _fields(plan) if field.key in ("kind", "group_id", "place")),
            Field("title", "会议名称", required=True, wide=True),
            Field("starts_at", "会议时间", Kind.DATETIME, required=True),
        ]
        values: dict[str, object] = {"starts_at": datetime.combine(day, time(15, 30))}
        super().__init__("列入计划", fields, values, desk, save=self._check, accept_text="列入计划", parent=parent)
        self.setObjectName("one_meeting_dialog")
        self.grid.cells["kind"].changed.connect(self._on_kind_changed)

    def _on_kind_changed(self) -> None:
        """Suggest the kind's name as the title, as long as the user has not written another."""
        kind = self._plan.kinds.get(str(self.grid.cells["kind"].editor.value() or ""))
        title = self.grid.cells["title"].editor
        if kind is not None and title.value() in ("", self._suggested):
            self._suggested = kind.label
            title.set_value(kind.label)

    def _check(self, values: dict[str, object]) -> None:
        kind, starts_at, group = str(values["kind"]), values["starts_at"], values.get("group_id")
        assert isinstance(starts_at, datetime)
        of_group = self._plan.kinds[kind].attendees is Attendees.GROUP
        if of_group and self._plan.groups and group is None:
            raise DomainError(Problem("请选择是哪个党小组的会议。", "group_id"))
        group_id = group if isinstance(group, int) and of_group else None
        self.lined.emit(PlanLine(kind, str(values["title"]), starts_at, str(values["place"] or ""), group_id))


class PreviewDialog(Dialog):
    """The meetings that would be planned, ticked unless something stands in the way; `wanted` gives the ticked ones."""

    wanted = Signal(object)

    def __init__(self, title: str, lines: Sequence[PlanLine], parent: QWidget | None = None) -> None:
        super().__init__(f"预览：{title}", parent)
        self.setObjectName("plan_preview_dialog")
        self._lines = tuple(lines)
        self.list = named(QTreeWidget(), "preview_list", "将要列入计划的会议")
        self.list.setHeaderLabels(("时间", "会议名称", "地点", "说明"))
        self.list.setRootIsDecorated(False)
        for column, width in enumerate((190, 240, 120, 190)):
            self.list.setColumnWidth(column, scaled(width))
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        for line in self._lines:
            self.list.addTopLevelItem(_preview_item(line))
        self.list.itemChanged.connect(self._count)
        self._note = named(QLabel(), "preview_note")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._accept = named(QPushButton("列入计划"), "save_button")
        self._accept.setProperty("primary", True)
        self._accept.clicked.connect(self._on_accept_clicked)
        buttons.addButton(self._accept, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText("返回")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._note)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        self._count()

    def sizeHint(self) -> QSize:
        """Room for twelve months; the base class keeps it within the screen."""
        return QSize(scaled(800), scaled(520))

    def ticked(self) -> list[PlanLine]:
        """The lines the user wants."""
        items = [self.list.topLevelItem(row) for row in range(len(self._lines))]
        pairs = zip(self._lines, items, strict=True)
        return [line for line, item in pairs if item is not None and item.checkState(0) == Qt.CheckState.Checked]

    def _count(self) -> None:
        count, left = len(self.ticked()), sum(bool(line.obstacle) for line in self._lines)
        rest = f"；{left}次不列入，原因见说明" if left else ""
        self._note.setText(f"将列入计划{count}次会议{rest}。确认以后才写入。")
        self._accept.setEnabled(bool(count))

    def _on_accept_clicked(self) -> None:
        lines = self.ticked()
        self.accept()
        self.wanted.emit(lines)


def _preview_item(line: PlanLine) -> QTreeWidgetItem:
    item = QTreeWidgetItem([chinese_day(line.starts_at), line.title, line.place, line.obstacle])
    item.setSizeHint(0, QSize(0, row_height()))
    if line.obstacle:
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        for column in range(4):
            item.setForeground(column, QColor(COLOURS["faint"]))
    else:
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(0, Qt.CheckState.Checked)
    return item


def _fields(plan: YearPlan) -> list[Field]:
    kinds = kind_choices(plan.kinds)
    periods = [(one.value, f"每{one.label}一次") for one in Period]
    weekdays = [(number, f"星期{name}") for number, name in enumerate(WEEKDAYS)]
    groups = [
        Field("group_id", "党小组", Kind.CHOICE, choices=plan.groups, hint="党小组会才填"),
    ]  # fmt: skip
    return [
        Field("kind", "会议类型", Kind.CHOICE, required=True, choices=kinds),
        *(groups if plan.groups else []),
        Field("title", "会议名称", required=True, hint="{年}{月}{季} 会换成数字", wide=True),
        Field("per", "多久一次", Kind.CHOICE, required=True, choices=periods),
        Field("month", "第几个月", Kind.NUMBER, lowest=1, highest=12, hint="每季度填 1–3，每年填 1–12"),
        Field("week", "哪一天", Kind.CHOICE, required=True, choices=_WEEKS),
        Field("weekday", "星期", Kind.CHOICE, choices=weekdays, hint="固定日期时不用"),
        Field("day", "日期", Kind.NUMBER, lowest=1, highest=31, unit="日", hint="固定日期时用，没有这一天取月末"),
        Field("at", "时间", Kind.TIME, required=True),
        Field("place", "地点", Kind.OPEN_CHOICE, choices=[(place, place) for place in plan.places]),
        Field("skip", "七、八月不安排", Kind.CHECK),
    ]


def _rule(year: int, kinds: Kinds, values: dict[str, object]) -> PlanRule:
    kind, at, group = str(values["kind"]), values["at"], values.get("group_id")
    assert isinstance(at, time)
    of_group = kinds[kind].attendees is Attendees.GROUP
    return PlanRule(
        year=year,
        kind=kind,
        title=str(values["title"]),
        per=Period(str(values["per"])),
        at=at,
        day=_number(values["day"]),
        week=_number(values["week"], 0),
        weekday=_number(values["weekday"], 0),
        month=_number(values["month"]),
        place=str(values["place"]),
        group_id=group if isinstance(group, int) and of_group else None,
        skip_summer=bool(values["skip"]),
    )


def _number(value: object, otherwise: int = 1) -> int:
    return value if isinstance(value, int) else otherwise
