"""欠交情况: who is behind and for how long, in the words of the ladder, and why; nobody's status is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import chinese_date, today
from partyroom.core.money import yuan
from partyroom.features.dues.arrears import ArrearsLevel, ArrearsLine, ArrearsReason
from partyroom.features.dues.ledger import months_label
from partyroom.features.dues.ledger_service import arrears_of
from partyroom.features.dues.month_field_dialog import day_value, month_field, month_shown, month_value, show_months
from partyroom.features.dues.reliefs_service import ReasonDraft, bin_reason, save_reason
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone
from partyroom.ui.theme import scaled

_WATCHED = frozenset({"dues_receipts", "dues_arrears_reasons", "dues_reliefs", "dues_assessments", "dues_accounts"})


@dataclass(frozen=True, slots=True)
class ArrearsRow:
    """A member who is behind, as a line of the list."""

    id: int
    line: ArrearsLine


class ArrearsSource:
    """Answers the list of those who are behind today, longest first."""

    def ids(self, session: Any, query: Query) -> list[int]:
        """Members that fit the search and the step of the ladder."""
        level = query.filters.get("level")
        return [
            line.member_id
            for line in arrears_of(session)
            if query.search in f"{line.name} {line.group}" and (level is None or line.level == level)
        ]

    def rows(self, session: Any, ids: Sequence[int]) -> list[ArrearsRow]:
        """Lines of these members."""
        return [ArrearsRow(line.member_id, line) for line in arrears_of(session) if line.member_id in set(ids)]


def _name(row: ArrearsRow) -> str:
    return row.line.name


def _group(row: ArrearsRow) -> str:
    return row.line.group


def _months(row: ArrearsRow) -> str:
    return months_label(row.line.months)


def _owed(row: ArrearsRow) -> str:
    return yuan(row.line.owed_fen)


def _run(row: ArrearsRow) -> str:
    return f"{row.line.run}个月"


def _level(row: ArrearsRow) -> str:
    return row.line.level.label if row.line.level else ""


def _text(row: ArrearsRow) -> str:
    return row.line.text


def _reasons(row: ArrearsRow) -> str:
    return "；".join(_reason_text(reason) for reason in row.line.reasons)


def _reason_text(reason: ArrearsReason) -> str:
    accepted = f"（支部{chinese_date(reason.accepted_on)}认可）" if reason.accepted_on else "（支部尚未认可）"
    return f"{reason.reason}{accepted}"


def _tone(row: ArrearsRow) -> Tone:
    if row.line.level is ArrearsLevel.WARNING:
        return "danger"
    return "warning" if row.line.level else ""


COLUMNS = (
    Column("name", "姓名", 84, sortable=False, text=_name),
    Column("group", "党小组", 110, sortable=False, text=_group, visible=False),
    Column("months", "欠交月份", 180, sortable=False, text=_months, tip=_months),
    Column("run", "连续", 70, "center", sortable=False, text=_run, tone=_tone),
    Column("owed", "欠交（元）", 92, "right", sortable=False, text=_owed),
    Column("level", "级别", 64, "center", sortable=False, text=_level, tone=_tone),
    Column("text", "提示", 330, sortable=False, text=_text, tip=_text, stretch=True),
    Column("reasons", "已记录的原因", 220, sortable=False, text=_reasons, tip=_reasons),
)


class ArrearsDialog(Dialog):
    """Those who are behind, with the reasons recorded."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("欠交情况和原因", parent)
        self.setObjectName("arrears_dialog")
        self._desk = desk
        self.panel = TablePanel(
            desk, "dues_arrears", COLUMNS, ArrearsSource(), noun="人", placeholder="搜索姓名、党小组…",
            filters=(Filter("level", "级别", [(one, one.label) for one in ArrearsLevel]),),
            empty_text="没有人欠交党费。\n当月的党费，到月底还没交才算欠交。",
        )  # fmt: skip
        self.panel.opened.connect(self.record_reason)
        self.panel.add_row_action("记录原因…", "edit", self._on_reason_asked, single=True)
        self.panel.add_row_action("撤下原因", "trash", self._on_drop_asked, single=True, danger=True)
        self._lay_out()
        desk.tasks.data_changed.connect(self._on_data_changed)
        self.panel.reload()

    def sizeHint(self) -> QSize:
        """Room for the sentences."""
        return QSize(scaled(1180), scaled(560))

    def record_reason(self, member_id: int) -> None:
        """Put down why a member has not paid, or change what was put down."""
        self._desk.tasks.read(partial(_line, member_id), self._on_line_read, owner=self, key="line")

    def _lay_out(self) -> None:
        text = (
            "连续3个月未交的提示，5个月的提醒，6个月的请支部核实是否有正当理由（党章第九条，2008年规定第十三条）。"
            "程序只提醒，不改变任何人的状态；支部认可的原因所说的月份不再计入连续月数。"
        )
        hint = named(QLabel(text), "quiet")
        hint.setTextFormat(Qt.TextFormat.PlainText)
        hint.setWordWrap(True)
        close = named(QPushButton("关闭"), "close_button")
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(10))
        layout.addWidget(hint)
        layout.addWidget(self.panel, 1)
        layout.addLayout(foot)

    def _on_line_read(self, line: ArrearsLine | None) -> None:
        if line is not None:
            ReasonForm(self._desk, line, self).open()

    def _on_reason_asked(self, ids: Sequence[int]) -> None:
        self.record_reason(ids[0])

    def _on_drop_asked(self, ids: Sequence[int]) -> None:
        text = "这个人记录的欠交原因将移入回收站，相应的月份重新计入连续未交的月数。"
        if self._desk.messages.ask("撤下原因？", text, accept="撤下", danger=True):
            self._desk.tasks.write("撤下欠交原因", partial(_drop, ids[0]), owner=self)

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if kinds & _WATCHED:
            self.panel.reload()


class ReasonForm(FormDialog):
    """Why somebody has not paid; the latest reason recorded is offered to be changed."""

    def __init__(self, desk: Desk, line: ArrearsLine, parent: QWidget | None = None) -> None:
        self._line = line
        self._reason = line.reasons[-1] if line.reasons else None
        values: dict[str, object] = {
            "from_month": month_shown(line.months[0]),
            "until_month": month_shown(line.months[-1]),
        }
        if self._reason is not None:
            values = {
                "from_month": month_shown(self._reason.from_month),
                "until_month": month_shown(self._reason.until_month),
                "reason": self._reason.reason,
                "accepted_on": self._reason.accepted_on,
                "accepted_by": self._reason.accepted_by,
            }
        super().__init__(f"欠交原因：{line.name}", _FIELDS, values, desk, save=self._store, parent=parent)
        self.setObjectName("reason_dialog")
        show_months(self.grid)

    def _store(self, values: dict[str, object]) -> None:
        start = month_value(values["from_month"])
        assert start is not None
        draft = ReasonDraft(
            self._line.member_id,
            start,
            month_value(values["until_month"]),
            str(values["reason"]),
            day_value(values["accepted_on"]),
            str(values["accepted_by"]),
        )
        reason_id = self._reason.id if self._reason is not None else None
        self._desk.tasks.write(f"记录{self._line.name}欠交的原因", partial(_save, draft, reason_id), owner=self)


_FIELDS = [
    month_field("from_month", "从哪个月", required=True),
    month_field("until_month", "到哪个月", hint="不填表示至今"),
    Field("accepted_on", "支部认可", Kind.DATE, exact=True, hint="支部讨论后认可原因正当的日期；未认可的不填"),
    Field("accepted_by", "认可的会议", hint="例如：支委会、支部党员大会"),
    Field("reason", "原因", Kind.LONG_TEXT, required=True, rows=3),
]


def _line(member_id: int, session: Any) -> ArrearsLine | None:
    return next((line for line in arrears_of(session, today()) if line.member_id == member_id), None)


def _save(draft: ReasonDraft, reason_id: int | None, session: Any) -> int:
    return save_reason(session, draft, reason_id)


def _drop(member_id: int, session: Any) -> int:
    line = _line(member_id, session)
    return bin_reason(session, [reason.id for reason in line.reasons]) if line is not None else 0
