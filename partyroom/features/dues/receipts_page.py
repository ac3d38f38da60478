"""收款记录: the receipts of a year, with those taken back marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import chinese_date
from partyroom.core.money import yuan
from partyroom.features.dues.ledger import Method, Purpose, months_of
from partyroom.features.dues.papers_dialog import preview_receipts
from partyroom.features.dues.receipt_dialog import ask_reversal, open_receipt
from partyroom.features.dues.receipts_service import ReceiptQuery, ReceiptRow, list_receipt_ids, list_receipt_rows
from partyroom.features.dues.section_page import Section
from partyroom.ui.desk import Desk
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone

_STATES = (("valid", "有效"), ("reversed", "冲正和被冲正"))


class ReceiptSource:
    """Answers the list of receipts of a year."""

    def __init__(self, year: int) -> None:
        self.year = year

    def ids(self, session: Any, query: Query) -> list[int]:
        """Receipts of the year that fit, newest number first unless asked otherwise."""
        number = query.filters.get("month")
        asked = ReceiptQuery(
            search=query.search,
            year=self.year,
            method=str(query.filters.get("method", "")),
            purpose=str(query.filters.get("purpose", "")),
            month=months_of(self.year)[number - 1] if isinstance(number, int) else None,
            state=str(query.filters.get("state", "")),
            sort=query.sort or "number",
            descending=query.descending or not query.sort,
        )
        return list_receipt_ids(session, asked)

    def rows(self, session: Any, ids: Sequence[int]) -> list[ReceiptRow]:
        """Lines of these receipts."""
        return list_receipt_rows(session, ids)


def _received_on(row: ReceiptRow) -> str:
    return chinese_date(row.received_on)


def _amount(row: ReceiptRow) -> str:
    return yuan(row.amount_fen, grouped=True)


def _purpose(row: ReceiptRow) -> str:
    return row.purpose.label


def _method(row: ReceiptRow) -> str:
    return row.method.label


def _payer(row: ReceiptRow) -> str:
    return row.payer_text


def _state(row: ReceiptRow) -> str:
    return row.state_text


def _shares(row: ReceiptRow) -> str:
    return row.shares_text


def _tone(row: ReceiptRow) -> Tone:
    return "danger" if row.amount_fen < 0 else ("" if row.reversible else "muted")


def total(rows: Sequence[ReceiptRow]) -> str:
    """The sum of the receipts, those taken back cancelled out."""
    return f"合计{yuan(sum(row.amount_fen for row in rows), grouped=True)}元"


COLUMNS = (
    Column("number", "编号", 92, text=lambda row: row.number_text, tone=_tone),
    Column("received_on", "收款日期", 118, text=_received_on, tone=_tone),
    Column("name", "姓名", 84, tone=_tone),
    Column("amount_fen", "金额（元）", 92, "right", text=_amount, tone=_tone),
    Column("months_text", "记到哪些月份", 150, sortable=False, tip=_shares, tone=_tone, stretch=True),
    Column("shares", "其中", 190, sortable=False, text=_shares, tip=_shares, tone=_tone, visible=False),
    Column("purpose", "性质", 80, text=_purpose, tone=_tone),
    Column("method", "交款方式", 84, text=_method, tone=_tone),
    Column("payer", "交款人", 104, text=_payer, tip=_payer, tone=_tone),
    Column("occasion", "场合", 120, visible=False, tone=_tone),
    Column("collector", "收款人", 76, tone=_tone),
    Column("state", "状态", 158, sortable=False, text=_state, tip=lambda row: row.note, tone=_tone),
)


class ReceiptsPage(Section):
    """The section 收款记录."""

    title = "收款记录"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.source = ReceiptSource(self.year)
        self.panel = TablePanel(
            desk,
            "dues_receipts",
            COLUMNS,
            self.source,
            filters=(
                Filter("month", "收款月份", [(number, f"{number}月") for number in range(1, 13)]),
                Filter("method", "方式", [(one.value, one.label) for one in Method]),
                Filter("purpose", "性质", [(one.value, one.label) for one in Purpose]),
                Filter("state", "状态", _STATES),
            ),
            placeholder="姓名、首字母、编号…",
            empty_text="这一年还没有收款。\n到“交纳台账”点“收本月党费”，收据会按编号列在这里。",
            noun="笔",
            summary=total,
        )
        self.panel.opened.connect(self.open_receipt)
        self.panel.add_row_action("查看", "eye", self._on_open_asked, single=True)
        self.panel.add_row_action("打印收据", "print", self._on_print_asked, shortcut="Ctrl+P")
        self.panel.add_row_action("冲正…", "undo", self._on_reverse_asked, single=True)
        self.body.addWidget(self.panel, 1)
        self.setFocusProxy(self.panel)

    def reload(self, year: int | None = None) -> None:
        """Read the receipts again, those of another year if it is given."""
        super().reload(year)
        self.source.year = self.year
        self.panel.reload()

    def open_receipt(self, receipt_id: int) -> None:
        """Show a receipt."""
        open_receipt(self.desk, self, receipt_id)

    def _on_open_asked(self, ids: Sequence[int]) -> None:
        self.open_receipt(ids[0])

    def _on_print_asked(self, ids: Sequence[int]) -> None:
        preview_receipts(self.desk, self, ids)

    def _on_reverse_asked(self, ids: Sequence[int]) -> None:
        ask_reversal(self.desk, self, ids[0])
