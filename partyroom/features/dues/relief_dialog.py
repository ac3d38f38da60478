"""少交、免交: the decisions with their dates, in a list and as a form."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import chinese_date
from partyroom.core.money import yuan
from partyroom.core.pictures import KeptFile
from partyroom.features.dues.ledger import ReliefKind, month_label
from partyroom.features.dues.month_field_dialog import day_value, month_field, month_shown, month_value, show_months
from partyroom.features.dues.papers_dialog import preview_relief
from partyroom.features.dues.reliefs_service import (
    ReliefDraft,
    ReliefRow,
    bin_relief,
    list_reliefs,
    read_relief_scan,
    save_relief,
)
from partyroom.features.dues.scan_dialog import ScanLine, fetch_scan
from partyroom.features.members.service import all_details
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.table import Column, Query, TablePanel
from partyroom.ui.theme import scaled

People = Sequence[tuple[int, str]]


class ReliefSource:
    """Answers the list of decisions of a year."""

    def __init__(self, year: int) -> None:
        self.year = year

    def ids(self, session: Any, query: Query) -> list[int]:
        """Decisions in force in the year whose member or reason has the words."""
        rows = list_reliefs(session, self.year)
        return [row.id for row in rows if query.search in f"{row.name} {row.reason} {row.kind.label}"]

    def rows(self, session: Any, ids: Sequence[int]) -> list[ReliefRow]:
        """Lines of these decisions."""
        return [row for row in list_reliefs(session) if row.id in set(ids)]


def _period(row: ReliefRow) -> str:
    until = f"至{month_label(row.until_month)}" if row.until_month else "起"
    return f"{month_label(row.from_month)}{until}"


def _amount(row: ReliefRow) -> str:
    return yuan(row.amount_fen) if row.kind is ReliefKind.REDUCED else "0.00"


def _branch_on(row: ReliefRow) -> str:
    return chinese_date(row.branch_on) if row.branch_on else ""


def _superior_on(row: ReliefRow) -> str:
    return chinese_date(row.superior_on) if row.superior_on else ""


def _kind(row: ReliefRow) -> str:
    return row.kind.label


def _has_scan(row: ReliefRow) -> str:
    return "有" if row.scan else ""


def _scan_name(row: ReliefRow) -> str:
    return row.scan


COLUMNS = (
    Column("name", "姓名", 90, sortable=False),
    Column("kind", "决定", 70, sortable=False, text=_kind),
    Column("period", "月份", 210, sortable=False, text=_period),
    Column("amount_fen", "每月交纳（元）", 110, "right", sortable=False, text=_amount),
    Column("branch_on", "支部研究", 130, sortable=False, text=_branch_on),
    Column("superior_on", "上级批准", 130, sortable=False, text=_superior_on),
    Column("reason", "原因", 160, sortable=False, stretch=True),
    Column("scan", "扫描件", 70, sortable=False, text=_has_scan, tip=_scan_name),
)


class ReliefsDialog(Dialog):
    """The decisions of a year; a new one begins with the member that the ledger was on."""

    def __init__(self, desk: Desk, year: int, member_id: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(f"少交、免交党费（{year}年）", parent)
        self.setObjectName("reliefs_dialog")
        self._desk = desk
        self._year = year
        self._member_id = member_id
        self.panel = TablePanel(
            desk, "dues_reliefs", COLUMNS, ReliefSource(year), noun="项", placeholder="搜索姓名、原因…",
            empty_text="没有少交或免交的决定。\n生活困难的党员，经支部研究、上级批准，可以少交或免交（2008年规定第七条）。",
            empty_action=("登记决定", self.add),
        )  # fmt: skip
        self.panel.opened.connect(self.change)
        self.panel.add_row_action("修改", "edit", self._on_change_asked, single=True)
        self.panel.add_row_action("打印审批表", "print", self._on_print_asked, shortcut="Ctrl+P", single=True)
        self.panel.add_row_action("取出扫描件", "download", self._on_fetch_asked, single=True)
        self.panel.add_row_action("移入回收站", "trash", self._on_bin_asked, shortcut="Del", danger=True)
        self._lay_out()
        desk.tasks.data_changed.connect(self._on_data_changed)
        self.panel.reload()

    def sizeHint(self) -> QSize:
        """Room for the columns."""
        return QSize(scaled(1040), scaled(520))

    def add(self) -> None:
        """Put down a new decision."""
        self._desk.tasks.read(_people, partial(self._open_form, None), owner=self, key="people")

    def change(self, relief_id: int) -> None:
        """Change a stored decision."""
        work = partial(_one, relief_id)
        self._desk.tasks.read(work, self._on_one_read, owner=self, key="one")

    def print_empty(self) -> None:
        """Preview the form of an application for filling in by hand."""
        preview_relief(self._desk, self, None)

    def _lay_out(self) -> None:
        text = "离退休党员由支部研究同意即可；其他党员还须上级党组织批准。本人申请、研究、批准的日期都要有据可查。"
        hint = named(QLabel(text), "quiet")
        hint.setWordWrap(True)
        hint.setTextFormat(Qt.TextFormat.PlainText)
        foot = QHBoxLayout()
        add = named(QPushButton("登记决定…"), "add_relief_button")
        add.setProperty("primary", True)
        add.clicked.connect(self.add)
        empty = named(QPushButton("打印空白审批表…"), "empty_relief_button")
        empty.clicked.connect(self.print_empty)
        close = named(QPushButton("关闭"), "close_button")
        close.clicked.connect(self.accept)
        for button in (add, empty, close):
            button.setAutoDefault(False)
        foot.addWidget(add)
        foot.addWidget(empty)
        foot.addStretch()
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(10))
        layout.addWidget(hint)
        layout.addWidget(self.panel, 1)
        layout.addLayout(foot)

    def _on_one_read(self, found: tuple[ReliefRow | None, People]) -> None:
        if found[0] is not None:
            self._open_form(found[0], found[1])

    def _open_form(self, row: ReliefRow | None, people: People) -> None:
        ReliefForm(self._desk, people, row, self._member_id, self).open()

    def _on_change_asked(self, ids: Sequence[int]) -> None:
        self.change(ids[0])

    def _on_print_asked(self, ids: Sequence[int]) -> None:
        preview_relief(self._desk, self, ids[0])

    def _on_fetch_asked(self, ids: Sequence[int]) -> None:
        fetch_scan(self._desk, self, partial(_scan, self._desk.store.attachments, ids[0]))

    def _on_bin_asked(self, ids: Sequence[int]) -> None:
        text = f"{len(ids)}项决定将移入回收站。没有结账的月份改按应交计算，已结账的月份不变。"
        if self._desk.messages.ask("移入回收站？", text, accept="移入回收站", danger=True):
            self._desk.tasks.write("少交、免交的决定移入回收站", partial(_bin, tuple(ids)), owner=self)

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if "dues_reliefs" in kinds:
            self.panel.reload()


class ReliefForm(FormDialog):
    """One decision."""

    def __init__(
        self, desk: Desk, people: People, row: ReliefRow | None, member_id: int | None, parent: QWidget | None = None
    ) -> None:
        self._row = row
        draft = row.draft if row is not None else None
        values: dict[str, object] = {"member": member_id, "kind": ReliefKind.EXEMPT.value}
        if draft is not None:
            values = {
                "member": draft.member_id,
                "kind": draft.kind.value,
                "from_month": month_shown(draft.from_month),
                "until_month": month_shown(draft.until_month),
                "amount_fen": draft.amount_fen or None,
                "reason": draft.reason,
                "applied_on": draft.applied_on,
                "branch_on": draft.branch_on,
                "superior_on": draft.superior_on,
                "superior": draft.superior,
            }
        title = "少交、免交党费的决定"
        super().__init__(title, _fields(people), values, desk, save=self._store, parent=parent)
        self.setObjectName("relief_dialog")
        show_months(self.grid)
        read = partial(_scan, desk.store.attachments, row.id) if row is not None else None
        self.scan = ScanLine(desk, "申请和批复的扫描件", row.scan if row is not None else "", read)
        self.scan.put_into(self)

    @property
    def unsaved(self) -> bool:
        """Whether the user changed anything, the scan included."""
        return super().unsaved or (self._kept is None and self.scan.touched)

    def _store(self, values: dict[str, object]) -> None:
        member, start = values["member"], month_value(values["from_month"])
        amount = values["amount_fen"]
        assert isinstance(member, int)
        assert start is not None
        draft = ReliefDraft(
            member_id=member,
            kind=ReliefKind(str(values["kind"])),
            from_month=start,
            until_month=month_value(values["until_month"]),
            amount_fen=amount if isinstance(amount, int) else 0,
            reason=str(values["reason"]),
            applied_on=day_value(values["applied_on"]),
            branch_on=day_value(values["branch_on"]),
            superior_on=day_value(values["superior_on"]),
            superior=str(values["superior"]),
            attachment_id=self._row.attachment_id if self._row is not None and not self.scan.dropped else None,
        )
        relief_id = self._row.id if self._row is not None else None
        work = partial(_save, draft, relief_id, self._desk.store.attachments, self.scan.chosen)
        self._desk.tasks.write("登记少交、免交党费", work, owner=self)


def _fields(people: People) -> list[Field]:
    kinds = [(one.value, one.label) for one in ReliefKind]
    return [
        Field("member", "党员", Kind.CHOICE, required=True, choices=people),
        Field("kind", "决定", Kind.CHOICE, required=True, choices=kinds),
        month_field("from_month", "从哪个月", required=True),
        month_field("until_month", "到哪个月", hint="不填就一直有效；建议按年度复核"),
        Field("amount_fen", "每月交纳", Kind.MONEY, hint="少交的填写每月实交多少；免交的不填"),
        Field("applied_on", "本人申请", Kind.DATE, exact=True),
        Field("branch_on", "支部研究", Kind.DATE, exact=True, hint="支委会或支部党员大会研究同意的日期"),
        Field("superior_on", "上级批准", Kind.DATE, exact=True, hint="上一级党组织批准的日期；离退休党员可不填"),
        Field("superior", "批准的组织"),
        Field("reason", "原因", Kind.LONG_TEXT, rows=3),
    ]


def _people(session: Any) -> People:
    return [(int(one.id), one.draft.name) for one in all_details(session) if one.draft.joined is not None]


def _one(relief_id: int, session: Any) -> tuple[ReliefRow | None, People]:
    row = next((one for one in list_reliefs(session) if one.id == relief_id), None)
    return row, _people(session)


def _save(draft: ReliefDraft, relief_id: int | None, files: Any, scan: KeptFile | None, session: Any) -> int:
    return save_relief(session, draft, relief_id, files, scan)


def _scan(files: Any, relief_id: int, session: Any) -> tuple[str, bytes]:
    return read_relief_scan(session, files, relief_id)


def _bin(ids: Sequence[int], session: Any) -> int:
    return bin_relief(session, ids)
