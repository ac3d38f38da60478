"""交纳起止月份: what the roster does not say of a member's dues."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.features.dues.cells import Account
from partyroom.features.dues.month_field_dialog import month_field, month_shown, month_value, show_months
from partyroom.features.dues.reliefs_service import get_account, save_account
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog


class AccountDialog(FormDialog):
    """Through which month somebody paid elsewhere, and the first and last month here; empty follows the roster."""

    def __init__(self, desk: Desk, account: Account, name: str, parent: QWidget | None = None) -> None:
        self._account = account
        self._name = name
        values = {
            "paid_through": month_shown(account.paid_through),
            "start_month": month_shown(account.start_month),
            "stop_month": month_shown(account.stop_month),
            "note": account.note,
        }
        super().__init__(f"交纳起止月份：{name}", _FIELDS, values, desk, save=self._store, parent=parent)
        self.setObjectName("account_dialog")
        show_months(self.grid)

    def _store(self, values: dict[str, object]) -> None:
        account = Account(
            self._account.member_id,
            month_value(values["paid_through"]),
            month_value(values["start_month"]),
            month_value(values["stop_month"]),
            str(values["note"]),
        )
        self._desk.tasks.write(f"修改{self._name}的交纳起止月份", partial(_save, account), owner=self)


_FIELDS = [
    month_field("paid_through", "党费已交至", hint="组织关系转入的，按介绍信填；从下一个月起由本支部收"),
    month_field("start_month", "本支部首月", hint="不填：从支部大会通过的当月起（第八条），转入的按上一项"),
    month_field("stop_month", "本支部末月", hint="不填：到离开支部的当月"),
    Field("note", "备注"),
]


def open_account(desk: Desk, owner: QWidget, member_id: int, name: str) -> None:
    """Read what is stored of a member and show it to be changed."""
    desk.tasks.read(partial(_account, member_id), partial(_show, desk, owner, name), owner=owner)


def _show(desk: Desk, owner: QWidget, name: str, account: Account) -> None:
    AccountDialog(desk, account, name, owner).open()


def _account(member_id: int, session: Any) -> Account:
    return get_account(session, member_id)


def _save(account: Account, session: Any) -> None:
    save_account(session, account)
