"""What happened in one month of one member: what was asked and why, the receipts, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.features.dues.account_dialog import open_account
from partyroom.features.dues.cells import LedgerLine
from partyroom.features.dues.ledger import DueKind, month_label
from partyroom.features.dues.ledger_service import ledger_of, month_dues
from partyroom.features.dues.papers_dialog import preview_personal, preview_receipts
from partyroom.features.dues.payment_dialog import PaymentDialog, Wanted, usual_collector
from partyroom.features.dues.receipt_dialog import ask_reversal, open_receipt
from partyroom.features.dues.receipts_page import COLUMNS
from partyroom.features.dues.receipts_service import ReceiptQuery, ReceiptRow, list_receipt_ids, list_receipt_rows
from partyroom.features.dues.relief_dialog import ReliefsDialog
from partyroom.features.dues.reliefs_service import list_reasons, list_reliefs
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.table import Query, TablePanel
from partyroom.ui.theme import scaled

_SHOWN = ("number", "received_on", "amount_fen", "months_text", "method", "payer", "state")


@dataclass(frozen=True, slots=True)
class MonthStory:
    """The line of the year and the story of the month in sentences."""

    line: LedgerLine
    sentences: tuple[str, ...]
    collector: str


class MonthReceipts:
    """Answers the list of receipts that count for a month of a member, reversals included."""

    def __init__(self, member_id: int, month: date) -> None:
        self._query = ReceiptQuery(member_id=member_id, for_month=month)

    def ids(self, session: Any, query: Query) -> list[int]:  # noqa: ARG002 - there are never more than a few
        """All of them, the newest first."""
        return list_receipt_ids(session, self._query)

    def rows(self, session: Any, ids: Sequence[int]) -> list[ReceiptRow]:
        """Their lines."""
        return list_receipt_rows(session, ids)


class MonthDialog(Dialog):
    """One cell of the ledger, opened."""

    def __init__(self, desk: Desk, member_id: int, month: date, parent: QWidget | None = None) -> None:
        super().__init__(month_label(month), parent)
        self.setObjectName("month_dialog")
        self._desk = desk
        self._member_id = member_id
        self._month = month
        self._line: LedgerLine | None = None
        self._collector = ""
        self.story = named(QLabel(), "month_story", "当月情况")
        self.story.setTextFormat(Qt.TextFormat.PlainText)
        self.story.setWordWrap(True)
        self.story.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        columns = [column for column in COLUMNS if column.key in _SHOWN]
        self.panel = TablePanel(
            desk,
            "dues_month_receipts",
            columns,
            MonthReceipts(member_id, month),
            empty_text="这个月没有收款。",
            noun="笔",
        )
        self.panel.bar.hide()
        self.panel.opened.connect(self._on_receipt_opened)
        self.panel.add_row_action("查看收据", "eye", self._on_open_asked, single=True)
        self.panel.add_row_action("打印收据", "print", self._on_print_asked)
        self.panel.add_row_action("冲正…", "undo", self._on_reverse_asked, single=True)
        self._lay_out()
        desk.tasks.data_changed.connect(self._on_data_changed)
        self.reload()

    def sizeHint(self) -> QSize:
        """Room for the receipts' columns."""
        return QSize(scaled(880), scaled(480))

    def reload(self) -> None:
        """Read the month and its receipts again."""
        work = partial(_read, self._member_id, self._month)
        self._desk.tasks.read(work, self._on_read, owner=self, key="month")
        self.panel.reload()

    def _lay_out(self) -> None:
        card = named(QFrame(), "card")
        inside = QVBoxLayout(card)
        inside.addWidget(self.story)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(14), scaled(16), scaled(12))
        layout.setSpacing(scaled(10))
        layout.addWidget(card)
        layout.addWidget(self.panel, 1)
        row = QHBoxLayout()
        for text, name, slot in (
            ("收款…", "pay_button", self.pay),
            ("少交、免交…", "relief_button", self._on_relief_clicked),
            ("交纳起止月份…", "account_button", self._on_account_clicked),
            ("个人交纳记录", "personal_button", self._on_personal_clicked),
        ):
            row.addWidget(self._button(text, name, slot))
        row.addStretch()
        row.addWidget(self._button("关闭", "close_button", self.accept))
        layout.addLayout(row)
        pay = self.findChild(QPushButton, "pay_button")
        assert isinstance(pay, QPushButton)
        pay.setProperty("primary", True)
        self.pay_button = pay

    def _button(self, text: str, name: str, slot: Any) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def pay(self) -> None:
        """Take a payment, for this month when something is open in it."""
        if self._line is not None:
            fen = self._line.cells[self._month.month - 1].open_fen
            wanted = Wanted(((self._month, fen),)) if fen else Wanted()
            PaymentDialog(self._desk, self._line, wanted, self._collector, parent=self).open()

    def _on_read(self, found: MonthStory | None) -> None:
        if found is None:
            self.story.setText("这个人不在这一年的台账里。")
            self.pay_button.setEnabled(False)
            return
        self._line, self._collector = found.line, found.collector
        self.setWindowTitle(f"{found.line.name}　{month_label(self._month)}")
        self.story.setText("\n".join(found.sentences))

    def _on_receipt_opened(self, receipt_id: int) -> None:
        open_receipt(self._desk, self, receipt_id)

    def _on_open_asked(self, ids: Sequence[int]) -> None:
        open_receipt(self._desk, self, ids[0])

    def _on_print_asked(self, ids: Sequence[int]) -> None:
        preview_receipts(self._desk, self, ids)

    def _on_reverse_asked(self, ids: Sequence[int]) -> None:
        ask_reversal(self._desk, self, ids[0])

    def _on_relief_clicked(self) -> None:
        ReliefsDialog(self._desk, self._month.year, self._member_id, self).open()

    def _on_account_clicked(self) -> None:
        open_account(self._desk, self, self._member_id, self._line.name if self._line else "")

    def _on_personal_clicked(self) -> None:
        preview_personal(self._desk, self, self._member_id, self._line.name if self._line else "")

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if any(kind.startswith("dues_") for kind in kinds):
            self.reload()


def _read(member_id: int, month: date, session: Any) -> MonthStory | None:
    line = next((one for one in ledger_of(session, month.year) if one.id == member_id), None)
    return None if line is None else MonthStory(line, tuple(_story(session, line, month)), usual_collector(session))


def _story(session: Any, line: LedgerLine, month: date) -> list[str]:
    cell = line.cells[month.month - 1]
    who = "　".join(part for part in (line.name, line.group, line.department) if part)
    found = [who, cell.tip + "。"]
    asked = next((one.due for one in month_dues(session, month) if one.member_id == line.id), None)
    if asked is None or asked.kind is DueKind.NONE:
        found.append("本人这个月不在本支部交纳。如有出入，请核对花名册的入党、转入、离开日期，或设定交纳起止月份。")
    elif asked.kind is DueKind.UNKNOWN:
        found.append("还没有核定计算基数，请到“基数核定”核定。")
    found += [
        f"{relief.kind.label}：{relief.reason or '未写原因'}。"
        for relief in list_reliefs(session, month.year, line.id)
        if relief.from_month <= month and (relief.until_month is None or month <= relief.until_month)
    ]
    for reason in list_reasons(session, line.id):
        if reason.covers(month):
            accepted = "支部已认可" if reason.accepted_on else "支部尚未认可"
            found.append(f"欠交原因：{reason.reason}（{accepted}）。")
    return found
