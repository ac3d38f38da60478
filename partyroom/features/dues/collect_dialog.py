"""收党费: everybody who has something open in a month, ticked; untick the exceptions, and it is done in one action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.errors import DomainError, PartyroomError, Problem
from partyroom.core.money import yuan
from partyroom.core.names import initials
from partyroom.features.dues.collect_model import (
    AMOUNT,
    METHOD,
    MONTHS,
    NAME,
    OPEN,
    PAYER,
    PAYER_NAME,
    UNIT,
    CollectDelegate,
    CollectLine,
    CollectModel,
    line_for,
)
from partyroom.features.dues.collect_service import collect_month, record_payment
from partyroom.features.dues.ledger import CellState, Method, PayerKind, Purpose, month_label
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.dues.payment_dialog import share_out, tell_received, usual_collector
from partyroom.features.dues.payments import CollectDraft, PaymentDraft
from partyroom.features.dues.years_service import opened_years
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, Kind
from partyroom.ui.form_grid import FormGrid
from partyroom.ui.naming import named
from partyroom.ui.theme import row_height, scaled

Chosen = Mapping[int, Sequence[date]]
_WIDTHS = {NAME: 120, UNIT: 190, MONTHS: 110, OPEN: 92, AMOUNT: 92, METHOD: 110, PAYER: 110, PAYER_NAME: 100}
_FEW = 5
_FIELDS = (
    Field("received_on", "收款日期", Kind.DATE, required=True, exact=True),
    Field("method", "交款方式", Kind.CHOICE, required=True, choices=[(one, one.label) for one in Method]),
    Field("collector", "收款人", hint="收据上的经手人"),
    Field("occasion", "场合", hint="例如：支部主题党日现场交纳"),
)


@dataclass(frozen=True, slots=True)
class Collection:
    """What the dialog shows: the lines, who usually collects, and whose base is missing."""

    lines: tuple[CollectLine, ...]
    collector: str
    opened: bool
    empty: bool
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was decided: the lines ticked and what holds for all of them."""

    month: date
    lines: tuple[CollectLine, ...]
    received_on: date
    method: Method
    collector: str
    occasion: str


class CollectDialog(Dialog):
    """Collects dues from many at once.

    Args:
        desk: The services of the window.
        month: The month collected.
        member_ids: Only these members, e.g. those present at a meeting; None for everybody.
        occasion: Where it happens, as it will stand on the receipts.
        chosen: Instead of `month`, the months of each member, all of one year.
        received_on: The day money is taken, today if not given.
        parent: Owner.

    Signals:
        collected: Ids of the receipts that were written.
    """

    collected = Signal(object)

    def __init__(
        self,
        desk: Desk,
        month: date,
        member_ids: Sequence[int] | None = None,
        occasion: str = "",
        *,
        chosen: Chosen | None = None,
        received_on: date | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"收党费：{month_label(month)}" if chosen is None else "收党费：选中的月份", parent)
        self.setObjectName("collect_dialog")
        self._desk = desk
        self._month = month
        self._only = None if member_ids is None else frozenset(member_ids)
        self._chosen = chosen
        self.model = CollectModel(self)
        values = {"received_on": received_on or today(), "method": Method.CASH, "occasion": occasion}
        self.grid = FormGrid(_FIELDS, values, columns=2)
        self._lay_out()
        self._gaps = ""
        self.model.edited.connect(self._on_edited)
        self.model.refused.connect(self._say)
        self._show_total()
        work = partial(_read, month, self._only, chosen)
        desk.tasks.read(work, self._on_read, owner=self)

    def sizeHint(self) -> QSize:
        """Room for the list of a usual branch."""
        return QSize(scaled(980), scaled(640))

    def submit(self) -> None:
        """Write a receipt for every line that is ticked, all together or none."""
        problems = self.grid.problems()
        self.grid.show_problems(problems)
        lines = tuple(self.model.ticked)
        if problems or not lines:
            self._say("" if problems else "没有勾选任何人。")
            return
        unnamed = next((one for one in lines if one.payer is not PayerKind.SELF and not one.payer_name), None)
        if unnamed is not None:
            self._say(f"{unnamed.name}由别人代交，请在“代交人姓名”里写明是谁。")
            return
        taken = self._taken(lines)
        self._set_busy(busy=True)
        work = partial(_collect, taken)
        label = f"收{month_label(self._month)}党费"
        self._desk.tasks.write(label, work, self._on_collected, owner=self, failed=self._on_failed)

    # Set-up

    def _lay_out(self) -> None:
        self.problem = named(QLabel(), "collect_problem")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self._problem_bar = named(QFrame(), "form_problem_bar")
        line = QHBoxLayout(self._problem_bar)
        line.setContentsMargins(scaled(12), scaled(6), scaled(12), scaled(6))
        line.addWidget(self.problem)
        self._problem_bar.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(20), scaled(14), scaled(20), scaled(14))
        layout.setSpacing(scaled(10))
        layout.addLayout(self._head())
        layout.addWidget(self._problem_bar)
        layout.addWidget(self._list(), 1)
        layout.addWidget(self.grid)
        layout.addLayout(self._foot())
        self.grid.chain()
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.submit)

    def _head(self) -> QHBoxLayout:
        self.finder = named(QLineEdit(), "collect_find", "查找姓名")
        self.finder.setPlaceholderText("姓名或拼音首字母")
        self.finder.setClearButtonEnabled(True)
        self.finder.setMaximumWidth(scaled(220))
        self.finder.textChanged.connect(self._on_find_text_changed)
        self.finder.returnPressed.connect(self._on_find_return_pressed)
        hint = named(QLabel("已全部勾选。没有交的人取消勾选（空格键）；金额、方式、交款人可以双击修改。"), "quiet")
        hint.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self.finder)
        row.addWidget(hint, 1)
        for text, name, ticked in (("全选", "tick_all_button", True), ("全不选", "tick_none_button", False)):
            button = named(QPushButton(text), name)
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._on_tick_clicked, ticked))
            row.addWidget(button)
        return row

    def _list(self) -> QTableView:
        self.view = CollectView(self.model)
        header = self.view.horizontalHeader()
        for column, width in _WIDTHS.items():
            self.view.setColumnWidth(column, scaled(width))
        header.setSectionResizeMode(UNIT, QHeaderView.ResizeMode.Stretch)
        self.view.setColumnHidden(MONTHS, self._chosen is None)
        return self.view

    def _foot(self) -> QHBoxLayout:
        self.total = named(QLabel(), "collect_total")
        self.total.setTextFormat(Qt.TextFormat.PlainText)
        self.cancel_button = named(QPushButton("取消"), "cancel_button")
        self.cancel_button.clicked.connect(self.reject)
        self.accept_button = named(QPushButton("收讫"), "collect_button")
        self.accept_button.setProperty("primary", True)
        self.accept_button.clicked.connect(self.submit)
        row = QHBoxLayout()
        row.addWidget(self.total, 1)
        for button in (self.cancel_button, self.accept_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        return row

    # What happens

    def _taken(self, lines: tuple[CollectLine, ...]) -> Taken:
        values = self.grid.values()
        day = values["received_on"]
        assert isinstance(day, RecordedDate)
        assert day.exact is not None
        method = Method(str(values["method"]))
        return Taken(self._month, lines, day.exact, method, str(values["collector"]), str(values["occasion"]))

    def _on_read(self, found: Collection) -> None:
        self.model.put(found.lines)
        if not self.grid.values()["collector"]:
            self.grid.cells["collector"].editor.set_value(found.collector)
        self._gaps = _gaps(found, self._month.year)
        self._say(self._gaps)
        self._show_total()
        self.accept_button.setFocus()

    def _on_collected(self, receipts: Sequence[int]) -> None:
        self.collected.emit(list(receipts))
        text = f"已收{len(receipts)}人的党费，收据已编号。没交的人仍是待交或欠交。"
        tell_received(self._desk, self.parentWidget(), text, receipts)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self._set_busy(busy=False)
        if isinstance(error, DomainError):
            others = [problem.message for problem in error.problems if problem.field not in self.grid.cells]
            self.grid.show_problems(error.problems)
            self._say("\n".join(others))
        elif isinstance(error, PartyroomError):
            self._say(str(error))
        else:
            self._desk.messages.unexpected(error)

    def _on_tick_clicked(self, ticked: bool) -> None:
        self.model.tick_all(ticked=ticked)

    def _on_edited(self) -> None:
        """What was refused before has been mended, or may have been; who is missing from the list is still said."""
        self._say(self._gaps)
        self._show_total()

    def _on_find_text_changed(self, text: str) -> None:
        wanted = text.strip().lower()
        lines = enumerate(self.model.lines)
        rows = [row for row, one in lines if wanted in one.name.lower() or initials(one.name).startswith(wanted)]
        if wanted and rows:
            self.view.setCurrentIndex(self.model.index(rows[0], NAME))

    def _on_find_return_pressed(self) -> None:
        self.view.setFocus()

    def _show_total(self) -> None:
        lines = self.model.ticked
        total = sum(line.amount_fen for line in lines)
        self.total.setText(f"收{len(lines)}人（共{len(self.model.lines)}人），合计{yuan(total, grouped=True)}元")
        self.accept_button.setEnabled(bool(lines))

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self._problem_bar.setVisible(bool(text))

    def _set_busy(self, *, busy: bool) -> None:
        for part in (self.view, self.grid, self.accept_button, self.cancel_button):
            part.setEnabled(not busy)


class CollectView(QTableView):
    """The list; the space bar ticks all chosen rows, Enter changes a cell."""

    def __init__(self, model: CollectModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = model
        self.setModel(model)
        self.setItemDelegate(CollectDelegate(self))
        named(self, "collect_table", "收款名单")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().setDefaultSectionSize(row_height())
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks the chosen rows; Enter edits."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        if event.key() == Qt.Key.Key_Space and rows:
            self._lines.toggle(rows)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.edit(self._editable(self.currentIndex()))
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _editable(self, index: QModelIndex) -> QModelIndex:
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            return index
        amount = self._lines.index(index.row(), AMOUNT)
        self.selectionModel().setCurrentIndex(amount, QItemSelectionModel.SelectionFlag.NoUpdate)
        return amount


def _gaps(found: Collection, year: int) -> str:
    """Why somebody, or everybody, is not in the list."""
    if not found.opened:
        return f"{year}年度的党费还没有开立，请先在“党费”的“交纳台账”里开立。"
    if found.empty:
        return "台账里还没有人，请先在“党员花名册”里登记党员。"
    if found.unknown:
        few = "、".join(found.unknown[:_FEW]) + ("等" if len(found.unknown) > _FEW else "")
        return f"{few}{len(found.unknown)}人还没有核定基数，不在名单里；请先到“基数核定”核定。"
    return "" if found.lines else "没有需要收的党费：应交的都已交清。"


def _read(month: date, only: frozenset[int] | None, chosen: Chosen | None, session: Any) -> Collection:
    lines, unknown = [], []
    ledger = ledger_of(session, month.year)
    for line in ledger:
        if only is not None and line.id not in only:
            continue
        wanted = (month,) if chosen is None else tuple(chosen.get(line.id, ()))
        found = line_for(line, wanted)
        if found is not None:
            lines.append(found)
        elif any(cell.state is CellState.UNKNOWN for cell in line.cells if cell.month in wanted):
            unknown.append(line.name)
    opened = month.year in opened_years(session)
    return Collection(tuple(lines), usual_collector(session), opened, not ledger, tuple(unknown))


def _collect(taken: Taken, session: Any) -> list[int]:
    """All in one transaction: those who do as usual together, the exceptions one by one."""
    usual = [line for line in taken.lines if line.usual and line.open[0][0] == taken.month]
    receipts: list[int] = []
    if usual:
        members = tuple(line.member_id for line in usual)
        draft = CollectDraft(taken.month, taken.received_on, members, taken.method, taken.collector, taken.occasion)
        receipts += collect_month(session, draft)
    return receipts + [_record(session, taken, line) for line in taken.lines if line not in usual]


def _record(session: Any, taken: Taken, line: CollectLine) -> int:
    """One exception; what is wrong with it is told with the name, since many are taken together."""
    try:
        return record_payment(session, payment_of(taken, line))
    except DomainError as error:
        shared = {field.key for field in _FIELDS}
        problems = (
            one if one.field in shared else Problem(f"{line.name}：{one.message}", one.field) for one in error.problems
        )
        raise DomainError(*problems) from error


def payment_of(taken: Taken, line: CollectLine) -> PaymentDraft:
    """The payment of one line: its months in their order, what is more is given voluntarily."""
    return PaymentDraft(
        member_id=line.member_id,
        received_on=taken.received_on,
        amount_fen=line.amount_fen,
        method=line.method or taken.method,
        payer=line.payer,
        payer_name=line.payer_name,
        purpose=Purpose.ORDINARY,
        allocations=tuple(share_out(line.open, line.amount_fen, taken.received_on)),
        occasion=taken.occasion,
        collector=taken.collector,
    )
