"""收一人党费: one payment, with what it will count for shown while it is typed, and what the rules say to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.errors import DomainError
from partyroom.core.money import capitals, yuan
from partyroom.features.dues.cells import LedgerLine
from partyroom.features.dues.collect_service import preview_payment, record_payment
from partyroom.features.dues.ledger import (
    Method,
    PayerKind,
    Purpose,
    Share,
    first_of,
    month_label,
    months_label,
)
from partyroom.features.dues.papers_dialog import preview_receipts
from partyroom.features.dues.payments import AllocationDraft, PaymentDraft, PaymentPlan
from partyroom.features.members.domain import PostKind
from partyroom.features.members.service import current_posts, get_member
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_PREVIEW_AFTER_MS: Final = 200
VOLUNTARY, AHEAD = "voluntary", "ahead"
_SURPLUS = ((VOLUNTARY, "自愿多交，记在收款当月"), (AHEAD, "预交以后的月份"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which months the user chose in the grid, with what is open in them; none means the oldest first."""

    months: tuple[tuple[date, int], ...] = ()

    @property
    def total(self) -> int:
        """What is open in the months."""
        return sum(fen for _, fen in self.months)


class PaymentDialog(FormDialog):
    """Takes a payment of one member.

    Args:
        desk: The services of the window.
        line: The member's line of the ledger.
        wanted: Months chosen in the grid; the amount is then what is open in them.
        collector: Who usually collects.
        parent: Owner.
    """

    def __init__(
        self, desk: Desk, line: LedgerLine, wanted: Wanted | None = None, collector: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        self._line = line
        self._wanted = wanted or Wanted()
        self.preview = named(QLabel(), "payment_preview", "这笔钱怎样入账")
        values = {
            "received_on": today(),
            "amount_fen": self._wanted.total or None,
            "purpose": Purpose.ORDINARY,
            "method": Method.CASH,
            "payer": PayerKind.SELF,
            "surplus": VOLUNTARY,
            "collector": collector,
        }
        super().__init__(
            f"收党费：{line.name}", _fields(self._wanted), values, desk, save=self._store, accept_text="收讫",
            parent=parent,
        )  # fmt: skip
        self.setObjectName("payment_dialog")
        self._place_preview()
        self._wait = QTimer(self, singleShot=True, interval=_PREVIEW_AFTER_MS)
        self._wait.timeout.connect(self._ask_preview)
        self.grid.changed.connect(self._wait.start)
        self._ask_preview()

    def _place_preview(self) -> None:
        self.preview.setTextFormat(Qt.TextFormat.PlainText)
        self.preview.setWordWrap(True)
        self.preview.setMinimumHeight(scaled(60))
        self.preview.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        card = named(QFrame(), "card")
        inside = QVBoxLayout(card)
        heading = named(QLabel("这笔钱怎样入账"), "section_heading")
        inside.addWidget(heading)
        inside.addWidget(self.preview)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.count() - 1, card)

    # The payment

    def _draft(self) -> PaymentDraft | None:
        """What is entered so far; None while date or amount are missing."""
        values = self.grid.values()
        day, amount = values["received_on"], values["amount_fen"]
        if not isinstance(day, RecordedDate) or day.exact is None or not isinstance(amount, int) or amount <= 0:
            return None
        purpose = Purpose(str(values["purpose"]))
        ahead = values["surplus"] == AHEAD
        chosen = self._wanted.months if purpose is Purpose.ORDINARY and not values.get("oldest") else ()
        return PaymentDraft(
            member_id=self._line.id,
            received_on=day.exact,
            amount_fen=amount,
            method=Method(str(values["method"])),
            payer=PayerKind(str(values["payer"])),
            payer_name=str(values["payer_name"]),
            purpose=purpose,
            allocations=tuple(share_out(chosen, amount, day.exact, later=self._later(ahead))) if chosen else (),
            ahead=ahead,
            consent_note=str(values["consent_note"]),
            note=str(values["note"]),
            occasion=str(values["occasion"]),
            collector=str(values["collector"]),
        )

    def _later(self, ahead: bool) -> list[tuple[date, int]]:
        """The open months of the year after those chosen, if the surplus is paid ahead."""
        last = max((month for month, _ in self._wanted.months), default=None)
        if last is None or not ahead:
            return []
        return [(cell.month, cell.open_fen) for cell in self._line.cells if cell.month > last and cell.open_fen]

    def _store(self, _values: dict[str, object]) -> None:
        draft = self._draft()
        assert draft is not None
        self._desk.tasks.write(f"收{self._line.name}党费", partial(_record, draft), self._on_recorded, owner=self)

    def _on_recorded(self, receipt: int) -> None:
        tell_received(self._desk, self.parentWidget(), f"已收{self._line.name}的党费，收据已编号。", [receipt])

    # The preview

    def _ask_preview(self) -> None:
        draft = self._draft()
        if draft is None:
            self.preview.setText("填写金额以后，这里显示它记到哪些月份。")
            return
        work = partial(_plan, draft)
        done = partial(self._on_planned, draft.amount_fen)
        self._desk.tasks.read(work, done, owner=self, failed=self._on_plan_failed, key="plan")

    def _on_planned(self, amount: int, plan: PaymentPlan) -> None:
        self.preview.setText("\n".join([f"{yuan(amount)}元（{capitals(amount)}）", *plan_lines(plan)]))

    def _on_plan_failed(self, error: Exception) -> None:
        if isinstance(error, DomainError):
            self.preview.setText("\n".join(problem.message for problem in error.problems))
        else:
            self._desk.messages.unexpected(error)


def plan_lines(plan: PaymentPlan) -> list[str]:
    """What a payment counts for, month by month, and on lines of their own the warnings with their articles."""
    parts = []
    for part in plan.allocations:
        what = {
            Share.DUE: f"{month_label(part.month)}党费",
            Share.VOLUNTARY: f"自愿多交（记在{month_label(part.month)}）",
            Share.LARGE: "大额党费（单独记账，全额上交）",
        }[part.share]
        parts.append(f"{what}　{yuan(part.amount_fen)}元")
    found = ["；".join(parts)] if parts else []
    found += [f"✕ {problem.message}" for problem in plan.problems]
    return [*found, *(f"※ {warning}" for warning in plan.warnings)]


def share_out(
    months: Sequence[tuple[date, int]],
    amount: int,
    received_on: date,
    *,
    later: Sequence[tuple[date, int]] = (),
) -> list[AllocationDraft]:
    """The amount over the chosen months in their order, then over `later` ones when it is paid ahead.

    What is more still is voluntary on the month received (C20).
    """
    found = []
    left = amount
    for month, fen in (*sorted(months), *sorted(later)):
        part = min(left, fen)
        left -= part
        if part:
            found.append(AllocationDraft(month, Share.DUE, part))
    if left:
        found.append(AllocationDraft(first_of(received_on), Share.VOLUNTARY, left))
    return found


def _fields(wanted: Wanted) -> list[Field]:
    months = months_label(month for month, _ in wanted.months)
    methods = [(one.value, one.label) for one in Method]
    payers = [(one.value, one.label) for one in PayerKind]
    purposes = [(one.value, one.label) for one in Purpose]
    who = "党员应当主动按月交纳；支部、单位不得垫交、代扣（2008年规定第十四条）"
    large = "自愿一次多交1000元以上为大额党费，全额上交（第十一条）"
    more = "党员自愿多交不限（第十一条）；本人要求时才作预交，按季度预交要经支部同意（第十二条）"
    first, second = "收款", "入账"
    fields = [
        Field("amount_fen", "金额", Kind.MONEY, required=True, section=first),
        Field("received_on", "收款日期", Kind.DATE, required=True, exact=True, section=first),
        Field("method", "交款方式", Kind.CHOICE, required=True, choices=methods, section=first),
        Field("collector", "收款人", section=first),
        Field("payer", "交款人", Kind.CHOICE, required=True, choices=payers, section=first, hint=who),
        Field("payer_name", "代交人姓名", section=first),
        Field("purpose", "性质", Kind.CHOICE, required=True, choices=purposes, section=second, hint=large),
        Field("surplus", "多出的部分", Kind.CHOICE, required=True, choices=_SURPLUS, section=second, hint=more),
        Field("consent_note", "按季交纳等依据", section=second, hint="经党支部同意按季度交纳的，写明何时同意"),
        Field("occasion", "场合", section=second),
        Field("note", "备注", wide=True, section=second, hint="一次补交超过6个月的，要写明原因"),
    ]
    if wanted.months:
        text = f"不限于选中的{months}，从最早欠交的月份补起"
        fields.append(Field("oldest", text, Kind.CHECK, wide=True, section=second))
    return fields


def tell_received(desk: Desk, owner: QWidget | None, text: str, receipt_ids: Sequence[int]) -> None:
    """Say what was received, and offer to print the receipts from the window behind."""
    if owner is None or not receipt_ids:
        desk.messages.inform(text)
    else:
        slot = partial(preview_receipts, desk, owner, list(receipt_ids))
        desk.messages.inform(text, action="打印收据", slot=slot)


def usual_collector(session: Any) -> str:
    """Who usually collects: the organisation commissioner, else the secretary."""
    posts = current_posts(session, today())
    for post in (PostKind.ORGANISATION, PostKind.SECRETARY):
        holder = next((member_id for member_id, held in posts.items() if post in held), None)
        if holder is not None:
            return get_member(session, holder).draft.name
    return ""


def _record(draft: PaymentDraft, session: Any) -> int:
    return record_payment(session, draft)


def _plan(draft: PaymentDraft, session: Any) -> PaymentPlan:
    return preview_payment(session, draft)
