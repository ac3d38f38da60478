"""交纳台账: the year's grid with what is done in it: collect, take a payment, decide, close, print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from partyroom.core.calendar import today
from partyroom.core.money import yuan
from partyroom.core.names import initials
from partyroom.features.dues.account_dialog import open_account
from partyroom.features.dues.arrears import ArrearsLevel, ArrearsLine
from partyroom.features.dues.arrears_dialog import ArrearsDialog
from partyroom.features.dues.cells import LedgerLine
from partyroom.features.dues.choices_dialog import ChoicesDialog
from partyroom.features.dues.closing_dialog import ClosingDialog
from partyroom.features.dues.collect_dialog import CollectDialog
from partyroom.features.dues.collect_service import list_closings
from partyroom.features.dues.ledger import Choices, first_of
from partyroom.features.dues.ledger_grid_page import LedgerGrid
from partyroom.features.dues.ledger_service import arrears_of, ledger_of
from partyroom.features.dues.month_dialog import MonthDialog
from partyroom.features.dues.papers_dialog import ask_month_sheet, preview_ledger, preview_personal
from partyroom.features.dues.payment_dialog import PaymentDialog, Wanted, usual_collector
from partyroom.features.dues.relief_dialog import ReliefsDialog
from partyroom.features.dues.section_page import Section
from partyroom.features.dues.years_service import get_choices
from partyroom.ui.desk import Desk
from partyroom.ui.flow import FlowLayout
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.table_bar import SearchBox
from partyroom.ui.theme import scaled


@dataclass(frozen=True, slots=True)
class YearLedger:
    """What the section shows: the choices (None when the year is not opened), the lines, who is behind."""

    year: int
    choices: Choices | None
    lines: tuple[LedgerLine, ...]
    keys: tuple[str, ...]
    closed: frozenset[date]
    arrears: tuple[ArrearsLine, ...]
    collector: str


class LedgerPage(Section):
    """The section 交纳台账."""

    title = "交纳台账"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._found: YearLedger | None = None
        self.grid = LedgerGrid(desk)
        self._add_commands()
        self.body.addWidget(self._filter_line())
        self.body.addWidget(self._arrears_strip())
        self.body.addWidget(self.grid, 1)
        self.grid.opened.connect(self.open_cell)
        self.grid.selection_changed.connect(self._on_selection_changed)
        self.grid.typed.connect(self._on_typed)
        self.setFocusProxy(self.grid)
        self._on_selection_changed()

    def reload(self, year: int | None = None) -> None:
        """Read the year, or another one, again."""
        super().reload(year)
        self.desk.tasks.read(partial(_read, self.year), self._on_read, owner=self, key="ledger")

    # Commands

    def collect_this_month(self) -> None:
        """Collect the current month, or in another year the month the keyboard is on, from everybody."""
        self._collect(self._month_meant(), None)

    def collect_chosen(self) -> None:
        """Take a payment for the chosen cells: from one member by the payment form, from several by the list."""
        wanted = [(line, month) for line, month in self.grid.chosen() if line.cells[month.month - 1].open_fen]
        members = {line.id for line, _ in wanted}
        months = {month for _, month in wanted}
        if not wanted:
            self.desk.messages.inform("选中的格子里没有待交或欠交的党费。要收多交或预交的党费，请用“收一人党费”。")
        elif len(members) == 1:
            line = wanted[0][0]
            self._pay(line, Wanted(tuple((month, line.cells[month.month - 1].open_fen) for _, month in wanted)))
        elif len(months) == 1:
            self._collect(next(iter(months)), sorted(members))
        else:
            chosen = {one: [month for line, month in wanted if line.id == one] for one in members}
            CollectDialog(self.desk, min(months), sorted(members), chosen=chosen, parent=self).open()

    def pay_one(self) -> None:
        """Take a payment of the member the keyboard is on; ask whose if it is on nobody."""
        line, _ = self.grid.current()
        if line is not None:
            self._pay(line, Wanted())
            return
        lines = self._found.lines if self._found else ()
        if not lines:
            self.desk.messages.inform("台账里还没有人。请先在“党员花名册”里登记党员。")
            return
        choices = [(one.id, one.name) for one in lines]
        field = Field("member", "党员", Kind.CHOICE, required=True, choices=choices)
        dialog = FormDialog("收谁的党费", [field], {}, self.desk, accept_text="下一步", parent=self)
        dialog.submitted.connect(self._on_payer_chosen)
        dialog.open()

    def open_cell(self, member_id: int, month: date | None) -> None:
        """Show what happened in a month; a name or a sum opens the member's dues in the month meant."""
        MonthDialog(self.desk, member_id, month or self._month_meant(), parent=self).open()

    def show_arrears(self) -> None:
        """Show who is behind, and why."""
        ArrearsDialog(self.desk, parent=self).open()

    def show_reliefs(self) -> None:
        """Show the decisions that somebody pays less or nothing."""
        line, _ = self.grid.current()
        ReliefsDialog(self.desk, self.year, line.id if line else None, parent=self).open()

    def show_account(self) -> None:
        """Change first and last month of the member the keyboard is on."""
        line, _ = self.grid.current()
        if line is None:
            self.desk.messages.inform("请先在台账里选中一个人。")
            return
        open_account(self.desk, self, line.id, line.name)

    def show_choices(self) -> None:
        """Open the year, or change what was decided for it."""
        choices = self._found.choices if self._found else None
        ChoicesDialog(self.desk, choices or Choices(self.year), opening=choices is None, parent=self).open()

    def close_month(self) -> None:
        """Close the first open month of the year that has ended, after showing what is missing."""
        closed = self._found.closed if self._found else frozenset()
        ClosingDialog(self.desk, self.year, closed, parent=self).open()

    def print_month(self) -> None:
        """Preview the signature sheet of a month."""
        ask_month_sheet(self.desk, self, self._month_meant())

    def print_year(self) -> None:
        """Preview the ledger of the year."""
        preview_ledger(self.desk, self, self.year)

    def print_person(self) -> None:
        """Preview the dues record of the member the keyboard is on."""
        line, _ = self.grid.current()
        if line is None:
            self.desk.messages.inform("请先在台账里选中一个人。")
            return
        preview_personal(self.desk, self, line.id, line.name)

    # Set-up

    def _add_commands(self) -> None:
        add = self.add_action
        self.collect_action = add("收本月党费", "coins", self.collect_this_month, shortcut="Ctrl+M", primary=True)
        self.chosen_action = add("收选中的…", "receipt", self.collect_chosen, shortcut="Ctrl+K")
        self.pay_action = add("收一人党费…", "user", self.pay_one, shortcut="Ctrl+N")
        handling = self.add_menu("办理", "checklist", "dues_handling_menu")
        add("少交、免交…", "file-text", self.show_reliefs, menu=handling)
        add("欠交情况和原因…", "bell", self.show_arrears, menu=handling)
        add("交纳起止月份…", "transfer", self.show_account, menu=handling)
        handling.addSeparator()
        add("月份结账…", "lock", self.close_month, menu=handling)
        add("本年度的口径…", "settings", self.show_choices, menu=handling)
        printing = self.add_menu("打印", "print", "dues_print_menu")
        add("交纳签名表…", "list-check", self.print_month, menu=printing)
        add("年度台账", "file-text", self.print_year, shortcut="Ctrl+P", menu=printing)
        add("个人交纳记录", "user", self.print_person, menu=printing)

    def _filter_line(self) -> QWidget:
        holder = QWidget()
        line = FlowLayout(scaled(8), holder)
        self.search = SearchBox("姓名或拼音首字母")
        self.search.search_requested.connect(self._show_lines)
        self.search.left.connect(self._on_search_left)
        line.addWidget(self.search)
        line.set_growing(self.search)
        self.groups = self._filter("ledger_group", "党小组")
        self.departments = self._filter("ledger_department", "科室")
        self.only_arrears = named(QCheckBox("只看欠交"), "only_arrears")
        self.only_arrears.toggled.connect(self._show_lines)
        for text, box in (("党小组", self.groups), ("科室", self.departments)):
            label = named(QLabel(text), "quiet")
            line.addWidget(label)
            line.addWidget(box)
        line.addWidget(self.only_arrears)
        self.summary = named(QLabel(), "ledger_summary")
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        line.addWidget(self.summary)
        line.set_last(self.summary)
        return holder

    def _filter(self, name: str, accessible: str) -> QComboBox:
        box = named(QComboBox(), name, accessible)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMaximumWidth(scaled(180))
        box.addItem("全部", "")
        box.activated.connect(self._show_lines)
        return box

    def _arrears_strip(self) -> QFrame:
        self.strip = named(QFrame(), "message_strip")
        self.strip.setProperty("level", "warning")
        self.strip_text = named(QLabel(), "arrears_text")
        self.strip_text.setTextFormat(Qt.TextFormat.PlainText)
        self.strip_text.setWordWrap(True)
        button = named(QPushButton("查看、记录原因…"), "arrears_button")
        button.setAutoDefault(False)
        button.clicked.connect(self.show_arrears)
        line = QHBoxLayout(self.strip)
        line.setContentsMargins(scaled(12), scaled(4), scaled(8), scaled(4))
        line.addWidget(self.strip_text, 1)
        line.addWidget(button)
        self.strip.hide()
        return self.strip

    # What happens

    def _month_meant(self) -> date:
        month = self.grid.current()[1]
        if self.year == today().year:
            return first_of(today())
        return month or date(self.year, 12, 1)

    def _collect(self, month: date, member_ids: Sequence[int] | None) -> None:
        CollectDialog(self.desk, month, member_ids, parent=self).open()

    def _pay(self, line: LedgerLine, wanted: Wanted) -> None:
        collector = self._found.collector if self._found else ""
        PaymentDialog(self.desk, line, wanted, collector, parent=self).open()

    def _on_payer_chosen(self, values: dict[str, object]) -> None:
        lines = self._found.lines if self._found else ()
        line = next((one for one in lines if one.id == values["member"]), None)
        if line is not None:
            self._pay(line, Wanted())

    def _on_read(self, found: YearLedger) -> None:
        if found.year != self.year:
            return
        self._found = found
        _fill(self.groups, {line.group for line in found.lines})
        _fill(self.departments, {line.department for line in found.lines})
        self._show_lines()
        self._show_arrears()
        opened = found.choices is not None
        for action in (self.collect_action, self.pay_action):
            action.setEnabled(opened)
        if not opened:
            text = f"{self.year}年度还没有开立。\n开立时选定本支部的计算口径，以后每月在这里收党费、看谁还没交。"
            self.grid.note.say(text, (f"开立{self.year}年度", self.show_choices))
        elif not found.lines:
            self.grid.note.say("台账里还没有人。\n先在“党员花名册”里登记党员，再到“基数核定”核定每人的计算基数。")
        elif not self.grid.model.lines:
            self.grid.note.say("没有符合条件的人", ("清除条件", self._clear_filters))

    def _show_lines(self) -> None:
        found = self._found
        if found is None:
            return
        text = "".join(self.search.text().split()).lower()
        lines = [
            line
            for line, key in zip(found.lines, found.keys, strict=True)
            if (not text or text in line.name.lower() or key.startswith(text))
            and self.groups.currentData() in ("", line.group)
            and self.departments.currentData() in ("", line.department)
            and (line.arrears_fen or not self.only_arrears.isChecked())
        ]
        self.grid.put(found.year, lines, found.closed)
        if not lines and found.lines:
            self.grid.note.say("没有符合条件的人", ("清除条件", self._clear_filters))
        self._on_selection_changed()

    def _clear_filters(self) -> None:
        self.search.put("")
        self.groups.setCurrentIndex(0)
        self.departments.setCurrentIndex(0)
        self.only_arrears.setChecked(False)
        self._show_lines()

    def _show_arrears(self) -> None:
        found = self._found
        behind = found.arrears if found else ()
        counts = {level: sum(line.level is level for line in behind) for level in ArrearsLevel}
        parts = [f"{_RUNS[level]}{count}人（{level.label}）" for level, count in counts.items() if count]
        self.strip_text.setText("连续未交党费：" + "，".join(parts) + "。")
        self.strip_text.setToolTip("只作提醒，不改变任何人的状态。")
        self.strip.setVisible(bool(parts) and self.year == today().year)

    def _on_selection_changed(self) -> None:
        chosen = self.grid.chosen()
        open_fen = sum(line.cells[month.month - 1].open_fen for line, month in chosen)
        self.chosen_action.setEnabled(bool(chosen))
        lines = self.grid.model.lines
        if len(chosen) > 1:
            self.summary.setText(f"选中{len(chosen)}格，还应收{yuan(open_fen, grouped=True)}元")
            return
        sums = [sum(getattr(line, key) for line in lines) for key in ("due_fen", "paid_fen", "arrears_fen")]
        due, paid, owed = (yuan(fen, grouped=True) for fen in sums)
        self.summary.setText(f"{len(lines)}人　应交{due}　实交{paid}　欠交{owed}元" if lines else "")

    def _on_typed(self, text: str) -> None:
        self.search.setFocus()
        self.search.setText(text)

    def _on_search_left(self) -> None:
        self.grid.view.setFocus()
        if self.grid.model.lines and not self.grid.view.currentIndex().isValid():
            self.grid.view.setCurrentIndex(self.grid.model.index(0, max(0, self._month_meant().month - 1)))


_RUNS = {ArrearsLevel.HINT: "3至4个月的", ArrearsLevel.REMINDER: "5个月的", ArrearsLevel.WARNING: "6个月以上的"}


def _fill(box: QComboBox, names: set[str]) -> None:
    """Offer these names, keeping the one chosen."""
    before = box.currentData()
    box.clear()
    box.addItem("全部", "")
    for name in sorted(names - {""}):
        box.addItem(name, name)
    box.setCurrentIndex(max(0, box.findData(before)))


def _read(year: int, session: Any) -> YearLedger:
    lines = tuple(ledger_of(session, year))
    closed = frozenset(row.month for row in list_closings(session, year))
    keys = tuple(initials(line.name) for line in lines)
    return YearLedger(
        year, get_choices(session, year), lines, keys, closed, tuple(arrears_of(session)), usual_collector(session)
    )
