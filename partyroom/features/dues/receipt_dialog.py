"""A receipt to be looked at, and the form that takes one back."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import RecordedDate, chinese_date, chinese_datetime, today
from partyroom.core.money import capitals, yuan
from partyroom.features.dues.collect_service import reverse_receipt
from partyroom.features.dues.ledger import month_label
from partyroom.features.dues.papers_dialog import preview_receipts
from partyroom.features.dues.receipts_service import ReceiptDetail, ReceiptRow, get_receipt
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled


class ReceiptDialog(Dialog):
    """Everything that stands on a receipt; nothing of it can be changed, only taken back."""

    def __init__(self, desk: Desk, detail: ReceiptDetail, parent: QWidget | None = None) -> None:
        super().__init__(f"收据 {detail.row.number_text}", parent)
        self.setObjectName("receipt_dialog")
        self._desk = desk
        self._row = detail.row
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.setHorizontalSpacing(scaled(16))
        form.setVerticalSpacing(scaled(8))
        for label, text in lines_of(detail):
            shown = named(QLabel(text), f"receipt_{label}", label)
            shown.setTextFormat(Qt.TextFormat.PlainText)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setWordWrap(True)
            shown.setMinimumWidth(scaled(380))
            name = named(QLabel(label), "quiet")
            form.addRow(name, shown)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(20), scaled(16), scaled(20), scaled(14))
        layout.setSpacing(scaled(14))
        layout.addLayout(form)
        layout.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.reverse_button = named(QPushButton("冲正…"), "reverse_button")
        self.reverse_button.setEnabled(self._row.reversible)
        self.reverse_button.clicked.connect(self._on_reverse_clicked)
        self.print_button = named(QPushButton("打印收据"), "print_button")
        self.print_button.clicked.connect(self._on_print_clicked)
        close = named(QPushButton("关闭"), "close_button")
        close.clicked.connect(self.accept)
        row.addWidget(self.reverse_button)
        row.addStretch()
        for button in (self.reverse_button, self.print_button, close):
            button.setAutoDefault(False)
        row.addWidget(self.print_button)
        row.addWidget(close)
        return row

    def _on_print_clicked(self) -> None:
        preview_receipts(self._desk, self, [self._row.id])

    def _on_reverse_clicked(self) -> None:
        dialog = ReverseDialog(self._desk, self._row, self)
        dialog.reversed.connect(self.accept)
        dialog.open()


class ReverseDialog(FormDialog):
    """Takes a receipt back by a new one with the opposite sign; both stay in the books."""

    reversed = Signal(int)

    def __init__(self, desk: Desk, row: ReceiptRow, parent: QWidget | None = None) -> None:
        self._row = row
        super().__init__(
            f"冲正收据 {row.number_text}", _REVERSING, {"received_on": today()}, desk, save=self._store,
            accept_text="冲正", parent=parent,
        )  # fmt: skip
        self.setObjectName("reverse_dialog")
        text = (
            f"{row.name}　{chinese_date(row.received_on)}　{yuan(row.amount_fen)}元（{row.months_text}）。\n"
            "冲正后原收据仍保留，另记一笔等额的负数；金额或月份登记错了的，冲正后重新收款。"
        )
        label = named(QLabel(text), "reverse_text")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, label)

    def _store(self, values: dict[str, object]) -> None:
        day = values["received_on"]
        assert isinstance(day, RecordedDate)
        work = partial(_reverse, self._row.id, str(values["reason"]), day)
        self._desk.tasks.write(f"冲正收据{self._row.number_text}", work, self._on_reversed, owner=self)

    def _on_reversed(self, receipt_id: int) -> None:
        self._desk.messages.inform(f"收据{self._row.number_text}已冲正。")
        self.reversed.emit(receipt_id)


_REVERSING = [
    Field("received_on", "冲正日期", Kind.DATE, required=True, exact=True, hint="不能在已结账的月份"),
    Field("reason", "原因", Kind.LONG_TEXT, required=True, rows=2, hint="例如：金额登记错误，应为50.00元"),
]


def lines_of(detail: ReceiptDetail) -> list[tuple[str, str]]:
    """The receipt in words, line by line, without those that are empty."""
    row = detail.row
    parts = [f"{month_label(one.month)}　{one.share.label}　{yuan(one.amount_fen)}元" for one in detail.allocations]
    lines = [
        ("编号", row.number_text),
        ("状态", row.state_text),
        ("党员", "　".join(text for text in (row.name, detail.group, detail.department) if text)),
        ("收款日期", chinese_date(row.received_on)),
        ("金额", f"{yuan(row.amount_fen, grouped=True)}元（{capitals(row.amount_fen)}）"),
        ("性质", row.purpose.label),
        ("入账", "\n".join(parts)),
        ("交款方式", row.method.label),
        ("交款人", row.payer_text),
        ("收款人", row.collector),
        ("场合", row.occasion),
        ("备注", row.note),
        ("登记时间", chinese_datetime(detail.entered_at)),
    ]
    return [(label, text) for label, text in lines if text]


def open_receipt(desk: Desk, owner: QWidget, receipt_id: int) -> None:
    """Read a receipt and show it."""
    desk.tasks.read(partial(_detail, receipt_id), partial(_show, desk, owner), owner=owner, key="receipt")


def ask_reversal(desk: Desk, owner: QWidget, receipt_id: int) -> None:
    """Read a receipt and ask why it is taken back; say so if it cannot be."""
    desk.tasks.read(partial(_detail, receipt_id), partial(_ask, desk, owner), owner=owner, key="receipt")


def _show(desk: Desk, owner: QWidget, detail: ReceiptDetail) -> None:
    ReceiptDialog(desk, detail, owner).open()


def _ask(desk: Desk, owner: QWidget, detail: ReceiptDetail) -> None:
    if detail.row.reversible:
        ReverseDialog(desk, detail.row, owner).open()
    else:
        desk.messages.inform(f"收据{detail.row.number_text}（{detail.row.state_text}）不能再冲正。")


def _detail(receipt_id: int, session: Any) -> ReceiptDetail:
    return get_receipt(session, receipt_id)


def _reverse(receipt_id: int, reason: str, day: RecordedDate, session: Any) -> int:
    return reverse_receipt(session, receipt_id, reason, day.exact)
