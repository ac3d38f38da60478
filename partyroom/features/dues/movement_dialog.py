"""The forms of the purse of dues: handing up, use, grant, opening balance, taking back, and the note of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.errors import CancelledError, DomainError
from partyroom.core.money import yuan
from partyroom.core.pictures import KeptFile
from partyroom.features.dues import funds_service as service
from partyroom.features.dues import slip_service
from partyroom.features.dues.funds import Period, periods_of
from partyroom.features.dues.ledger import Every, MovementKind, Use
from partyroom.features.dues.movements import (
    DECIDERS,
    MovementDraft,
    Purse,
    movement_problems,
    movement_warnings,
)
from partyroom.features.dues.scan_dialog import ScanLine
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind

_TITLES = {
    MovementKind.REMITTANCE: "登记上交党费",
    MovementKind.LARGE_REMITTANCE: "登记上交大额党费",
    MovementKind.EXPENSE: "登记使用党费",
    MovementKind.GRANT: "登记上级下拨",
    MovementKind.OPENING: "登记期初结存",
}


@dataclass(frozen=True, slots=True)
class Office:
    """What a form of a movement is opened with: the purse, and the names used last."""

    purse: Purse
    handled_by: str
    counterpart: str
    organisation: str


def ask_movement(desk: Desk, owner: QWidget, kind: MovementKind, year: int, period: Period | None = None) -> None:
    """Open the form of a movement; for a remittance `period` is chosen at first."""
    done = partial(_open, desk, owner, kind, year, period)
    desk.tasks.read(partial(_read_office, kind), done, owner=owner, key="movement_office")


def _read_office(kind: MovementKind, session: Any) -> Office:
    return Office(service.load_purse(session), *slip_service.usual_names(session, kind))


def _open(desk: Desk, owner: QWidget, kind: MovementKind, year: int, period: Period | None, office: Office) -> None:
    MovementDialog(desk, kind, year, office, period, owner.window()).open()


class MovementDialog(FormDialog):
    """The form of one kind of movement; what is odd about it is asked before it is recorded."""

    def __init__(
        self,
        desk: Desk,
        kind: MovementKind,
        year: int,
        office: Office,
        period: Period | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self.kind = kind
        self.office = office
        fields = _fields(kind, office, year)
        values = _values(kind, office, year, period)
        super().__init__(_TITLES[kind], fields, values, desk, save=self._store, parent=parent)
        self.scan = ScanLine(desk, "凭证的扫描件")
        if kind is not MovementKind.OPENING:
            self.scan.put_into(self)
        self._proposed = values.get("amount_fen")
        if kind is MovementKind.REMITTANCE:
            self.grid.cells["period"].changed.connect(self._on_period_changed)

    @property
    def unsaved(self) -> bool:
        """Whether the user changed anything, the scan included."""
        return super().unsaved or (self._kept is None and self.scan.touched)

    def _on_period_changed(self) -> None:
        """Propose the amount of another period, unless the user has put another amount."""
        period = _period(self.grid.cells["period"].editor.value())
        amount = self.grid.cells["amount_fen"].editor
        if period is None or amount.value() != self._proposed:
            return
        proposal = self.office.purse.proposal(period)
        self._proposed = (proposal.amount_fen if proposal else 0) or None
        amount.set_value(self._proposed)

    def _store(self, values: dict[str, object]) -> None:
        draft = draft_of(self.kind, values)
        standing = self.office.purse.standing(draft.on_day, draft.period)
        if problems := movement_problems(draft, standing):
            raise DomainError(*problems)
        if warnings := movement_warnings(draft, standing):
            text = "\n".join(warnings) + "\n\n核对无误的，可以照样登记。"
            if not self._desk.messages.ask("请核对", text, accept="照样登记", reject="返回修改"):
                raise CancelledError
        label = f"{_TITLES[self.kind]} {yuan(draft.amount_fen, grouped=True)}元"
        work = partial(_record, draft, self._desk.store.attachments, self.scan.chosen)
        self._desk.tasks.write(label, work, owner=self)


def draft_of(kind: MovementKind, values: dict[str, object]) -> MovementDraft:
    """What the form says, as a draft."""
    used_for = str(values.get("used_for") or "")
    amount = values["amount_fen"]
    return MovementDraft(
        kind=kind,
        on_day=_day(values["on_day"]) or today(),
        amount_fen=amount if isinstance(amount, int) else 0,
        period=_period(values.get("period")),
        used_for=Use(used_for) if used_for else None,
        decided_on=_day(values.get("decided_on")),
        approved_on=_day(values.get("approved_on")),
        **{key: str(values.get(key) or "") for key in _TEXTS},
    )


_TEXTS = ("matter", "handled_by", "counterpart", "organisation", "decided_by", "approved_by", "voucher", "note")


def _day(value: object) -> date | None:
    return value.exact if isinstance(value, RecordedDate) else None


def _code(period: Period) -> str:
    return f"{period.first.isoformat()}/{period.last.isoformat()}"


def _period(code: object) -> Period | None:
    if not code:
        return None
    first, last = str(code).split("/")
    return Period(date.fromisoformat(first), date.fromisoformat(last))


def _periods(purse: Purse, year: int) -> list[tuple[str, str]]:
    """The periods offered: those in use first, each with what it owes; then the others, for exceptions."""
    every = purse.shares[year][1] if year in purse.shares else Every.QUARTER
    other = Every.MONTH if every is Every.QUARTER else Every.QUARTER
    periods = (*periods_of(year, every), *periods_of(year - 1, every), *periods_of(year, other))
    return [(_code(period), _period_text(purse, period)) for period in periods if period.first <= purse.today]


def _period_text(purse: Purse, period: Period) -> str:
    proposal = purse.proposal(period)
    if proposal is None:
        return period.label
    if proposal.amount_fen:
        return f"{period.label}（应上交 {yuan(proposal.amount_fen, grouped=True)} 元）"
    return f"{period.label}（{'已上交' if proposal.handed_fen else '没有待上交的'}）"


def _fields(kind: MovementKind, office: Office, year: int) -> list[Field]:
    free = yuan(max(office.purse.free_on(office.purse.today), 0), grouped=True)
    amount = partial(Field, "amount_fen", kind=Kind.MONEY, required=True)
    day = partial(Field, "on_day", kind=Kind.DATE, required=True, exact=True)
    note = Field("note", "备注", Kind.LONG_TEXT, rows=2)
    if kind is MovementKind.REMITTANCE:
        return [
            Field("period", "月份、季度", Kind.CHOICE, required=True, choices=_periods(office.purse, year), wide=True),
            day(label="上交日期"),
            amount(label="上交金额", hint=f"现在结存 {free} 元"),
            *_remittance_people(),
            note,
        ]
    if kind is MovementKind.LARGE_REMITTANCE:
        return [
            day(label="上交日期"),
            amount(label="上交金额", hint="大额党费全额上交，不留成（规定第十一条）"),
            *_remittance_people(),
            note,
        ]
    if kind is MovementKind.EXPENSE:
        return [
            *_expense_fields(day(label="使用日期"), amount(label="金额", hint=f"现在结存 {free} 元")),
            note,
        ]
    if kind is MovementKind.GRANT:
        return [
            day(label="到账日期"),
            amount(label="金额"),
            Field("organisation", "下拨单位"),
            Field("handled_by", "经办人"),
            Field("voucher", "凭证号"),
            Field("matter", "用途和要求", hint="专款要专用"),
            note,
        ]
    return [day(label="日期", hint="一般是启用本程序的前一天"), amount(label="结存金额"), note]


def _remittance_people() -> list[Field]:
    return [
        Field("handled_by", "上交人"),
        Field("counterpart", "收款人"),
        Field("organisation", "上级组织"),
        Field("voucher", "凭证号", hint="收款收据或转账回单的号码"),
    ]


def _expense_fields(day: Field, amount: Field) -> list[Field]:
    uses = [(use.value, use.label) for use in Use]
    deciders = [(name, name) for name in DECIDERS]
    return [
        Field("used_for", "用途", Kind.CHOICE, required=True, choices=uses, wide=True, section="使用"),
        day,
        amount,
        Field("matter", "事由", required=True, wide=True, hint="例如 订阅《求是》12份；不要写困难情况等个人隐私"),
        Field("handled_by", "经办人"),
        Field("counterpart", "收款单位、人"),
        Field("decided_on", "研究日期", Kind.DATE, exact=True, section="集体研究和审批（规定第十七条至第二十一条）"),
        Field("decided_by", "研究决定", Kind.OPEN_CHOICE, choices=deciders),
        Field("approved_by", "审批人"),
        Field("approved_on", "审批日期", Kind.DATE, exact=True),
        Field("voucher", "凭证号", hint="发票、收据的号码", section="凭证"),
    ]


def _values(kind: MovementKind, office: Office, year: int, period: Period | None) -> dict[str, object]:
    values: dict[str, object] = {"on_day": RecordedDate.of(min(office.purse.today, date(year, 12, 31)))}
    if kind is not MovementKind.OPENING:
        values |= {"handled_by": office.handled_by, "organisation": office.organisation}
    if kind in (MovementKind.REMITTANCE, MovementKind.LARGE_REMITTANCE):
        values["counterpart"] = office.counterpart
        values["on_day"] = RecordedDate.of(office.purse.today)
    if kind is MovementKind.LARGE_REMITTANCE:
        values["amount_fen"] = office.purse.large_on(office.purse.today) or None
    if period is not None:
        proposal = office.purse.proposal(period)
        values |= {"period": _code(period), "amount_fen": (proposal.amount_fen if proposal else 0) or None}
    return values


def _record(draft: MovementDraft, files: Any, scan: KeptFile | None, session: Any) -> int:
    return service.record_movement(session, draft, files, scan)


def ask_reversal(desk: Desk, owner: QWidget, movement_id: int, what: str) -> None:
    """Ask why a movement is taken back, and take it back."""
    fields = [
        Field("reason", "冲正原因", required=True, hint="原记录保留，另记一笔负数冲正；改正后的请重新登记"),
        Field("on_day", "冲正日期", Kind.DATE, required=True, exact=True),
    ]
    save = partial(_store_reversal, desk, owner, movement_id)
    values: dict[str, object] = {"on_day": RecordedDate.of(today())}
    title = f"冲正：{what}"
    FormDialog(title, fields, values, desk, save=save, accept_text="冲正", parent=owner.window()).open()


def _store_reversal(desk: Desk, owner: QWidget, movement_id: int, values: dict[str, object]) -> None:
    work = partial(_reverse, movement_id, str(values["reason"]), _day(values["on_day"]))
    desk.tasks.write("冲正党费收支", work, owner=owner)


def _reverse(movement_id: int, reason: str, day: date | None, session: Any) -> int:
    return service.reverse_movement(session, movement_id, reason, day)


def ask_publication(desk: Desk, owner: QWidget, year: int, store: Callable[[dict[str, object]], None]) -> None:
    """Ask when and how a year's dues were reported to the members."""
    fields: Sequence[Field] = [
        Field("on_day", "公示日期", Kind.DATE, required=True, exact=True),
        Field(
            "place",
            "公示方式",
            Kind.OPEN_CHOICE,
            required=True,
            choices=[(text, text) for text in ("支部公开栏", "党员大会", "支部工作群")],
        ),
        Field("by", "经办人"),
        Field("note", "备注", Kind.LONG_TEXT, rows=2),
    ]
    values: dict[str, object] = {"on_day": RecordedDate.of(today()), "place": "支部公开栏"}
    FormDialog(f"登记{year}年党费公示", fields, values, desk, save=store, parent=owner.window()).open()
