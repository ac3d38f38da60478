"""The preview of a pay import: every row's verdict, the doubtful ones decided by the user, then all or nothing."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from partyroom.features.dues.ledger import month_label
from partyroom.features.dues.pay_import_model import PayImportModel, detail_text
from partyroom.features.dues.pay_verdicts import PayLine, PayPlan, PayVerdict
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.table_model import plain_tip
from partyroom.ui.table_view import CellDelegate
from partyroom.ui.theme import row_height, scaled

_SHOWN: Final = (None, *PayVerdict)
_WIDTHS: Final = (52, 84, 80, 92, 80, 160)
_FEW_NAMES = 12


class PayImportDialog(Dialog):
    """Shows a plan; `import_requested` carries the plan as the user decided it. The dialog itself writes nothing."""

    import_requested = Signal(object)

    def __init__(self, desk: Desk, file_name: str, plan: PayPlan, parent: QWidget | None = None) -> None:
        super().__init__(f"导入{plan.year}年度工资项目：{file_name}", parent)
        self.setObjectName("pay_import_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self.plan = plan
        self.model = PayImportModel(plan, self)
        self.view = _view(self.model)
        self.detail = named(QPlainTextEdit(), "pay_import_detail", "这一行的内容")
        self.detail.setReadOnly(True)
        self.sheets = named(QComboBox(), "pay_sheet", "工作表")
        self.candidates = named(QComboBox(), "pay_candidates", "是名单里的哪一位")
        self.accept_button = named(QPushButton(), "accept_pay_import")
        self._filters = QButtonGroup(self)
        self._show: PayVerdict | None = None
        self._lay_out()
        self._refresh()
        self.view.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.view.selectRow(0)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in the list must not import
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self._on_accept_clicked)
        self.view.setFocus()
        self.resize(scaled(1180), scaled(680))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(scaled(8))
        layout.addLayout(self._sheet_line())
        self._notes = named(QLabel(), "pay_import_notes")
        self._notes.setTextFormat(Qt.TextFormat.PlainText)
        self._notes.setWordWrap(True)
        layout.addWidget(self._notes)
        layout.addLayout(self._filter_line())
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.view)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        layout.addWidget(split, 1)
        layout.addLayout(self._decision_line())
        layout.addLayout(self._button_line())

    def _sheet_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        label = QLabel("工作表(&T)")
        label.setBuddy(self.sheets)
        for sheet in self.plan.sheets:
            self.sheets.addItem(sheet.name)
        self.sheets.setCurrentIndex(self.plan.chosen)
        self.sheets.setEnabled(len(self.plan.sheets) > 1)
        self.sheets.activated.connect(self._on_sheet_activated)
        line.addWidget(label)
        line.addWidget(self.sheets)
        base = self.plan.choices.base_month
        words = f"核定基数用{month_label(base)}的工资" if base else "有多个工作表时，请选择核定基数所用月份的一张"
        line.addWidget(named(QLabel(words), "small_quiet"))
        line.addStretch(1)
        return line

    def _filter_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(scaled(6))
        for number, verdict in enumerate(_SHOWN):
            button = named(QPushButton(), f"show_{verdict.value if verdict else 'all'}")
            button.setCheckable(True)
            button.setChecked(verdict is None)
            self._filters.addButton(button, number)
            line.addWidget(button)
        self._filters.idClicked.connect(self._on_filter_clicked)
        line.addStretch(1)
        return line

    def _decision_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self._ask = named(QLabel(), "small_quiet")
        self._confirm = named(QPushButton("就是这一位"), "confirm_candidate")
        self._confirm.clicked.connect(self._on_confirm_clicked)
        self._skip = named(QPushButton("跳过这一行"), "skip_row")
        self._skip.clicked.connect(self._on_skip_clicked)
        self.candidates.setMinimumContentsLength(18)
        for part in (self._ask, self.candidates, self._confirm, self._skip):
            line.addWidget(part)
        line.addStretch(1)
        return line

    def _button_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        hint = named(QLabel("导入前什么也不写入；导入时全部写入或全部不写，之后可以整体撤销。"), "small_quiet")
        hint.setWordWrap(True)
        line.addWidget(hint, 1)
        cancel = named(QPushButton("取消"), "cancel_pay_import")
        cancel.clicked.connect(self.reject)
        line.addWidget(cancel)
        self.accept_button.setProperty("primary", True)
        self.accept_button.setToolTip("Ctrl+Enter")
        self.accept_button.clicked.connect(self._on_accept_clicked)
        line.addWidget(self.accept_button)
        return line

    def _refresh(self) -> None:
        for number, verdict in enumerate(_SHOWN):
            button = self._filters.button(number)
            count = len(self.plan.lines) if verdict is None else self.plan.count(verdict)
            button.setText(f"{verdict.label if verdict else '全部'} {count}")
            button.setVisible(verdict is None or count > 0 or verdict is self._show)
        stored = self.plan.stored
        self.accept_button.setText(f"导入（核定{stored}人）" if stored else "没有要导入的内容")
        self.accept_button.setEnabled(stored > 0)
        self._refresh_notes()
        self._refresh_decision()

    def _refresh_notes(self) -> None:
        sheet = self.plan.sheet
        read = "、".join(dict.fromkeys(title for title, _ in sheet.columns))
        lines = [f"表头在第{sheet.header_row}行，识别了{len(sheet.columns)}个工资项目：{read}。"]
        lines += ["　".join(sheet.notes)] if sheet.notes else []
        missing = self.plan.missing()
        if missing:
            names = "、".join(missing[:_FEW_NAMES]) + ("等" if len(missing) > _FEW_NAMES else "")
            lines.append(f"表中没有{len(missing)}位在职党员：{names}。")
        self._notes.setText("\n".join(line if len(line) <= 300 else line[:300] + "…" for line in lines))
        self._notes.setToolTip(plain_tip("\n".join((read, *sheet.notes, *missing))) or "")

    def _current(self) -> PayLine | None:
        index = self.view.currentIndex()
        return self.model.line(index.row()) if index.isValid() and index.row() < self.model.rowCount() else None

    def _refresh_decision(self) -> None:
        line = self._current()
        self.detail.setPlainText(detail_text(self.plan, line) if line else "")
        doubtful = line is not None and line.verdict is PayVerdict.DOUBTFUL
        self.candidates.clear()
        for member_id in line.candidates if line is not None and doubtful else ():
            self.candidates.addItem(self.plan.people[member_id].label, member_id)
        repeated = (
            line is not None and doubtful and len(line.candidates) == 1 and line.source.row in self.plan.decisions
        )
        self.candidates.setVisible(doubtful)
        self._confirm.setVisible(doubtful and not repeated)
        decided = line is not None and line.source.row in self.plan.decisions
        self._skip.setVisible(line is not None)
        self._skip.setText("不跳过、重新判断" if decided else "跳过这一行")
        waiting = self.plan.count(PayVerdict.DOUBTFUL)
        self._ask.setText(f"还有{waiting}行需要确认；不确认的不导入。" if waiting else "")

    def _on_row_changed(self, *_: object) -> None:
        self._refresh_decision()

    def _on_filter_clicked(self, number: int) -> None:
        self._show = _SHOWN[number]
        self._put(None)

    def _on_sheet_activated(self, number: int) -> None:
        self.plan = self.plan.with_sheet(number)
        self._put(None)

    def _on_confirm_clicked(self) -> None:
        line = self._current()
        if line is not None and self.candidates.currentData() is not None:
            self._decide(partial(self.plan.decided, line.source.row, int(self.candidates.currentData())), line)

    def _on_skip_clicked(self) -> None:
        line = self._current()
        if line is None:
            return
        if line.source.row in self.plan.decisions:
            self._decide(partial(self.plan.undecided, line.source.row), line)
        else:
            self._decide(partial(self.plan.decided, line.source.row, None), line)

    def _decide(self, make: partial[PayPlan], line: PayLine) -> None:
        self.plan = make()
        self._put(line.source.row)

    def _put(self, number: int | None) -> None:
        """Show the plan as it is now, with the same row of the list in hand where it is still shown."""
        self.model.put(self.plan, self._show)
        place = self.model.place_of(number) if number is not None else 0
        self.view.selectRow(max(place, 0))
        self._refresh()

    def _on_accept_clicked(self) -> None:
        if self.accept_button.isEnabled():
            self.import_requested.emit(self.plan)
            self.accept()


def _view(model: PayImportModel) -> QTableView:
    view = named(QTableView(), "pay_import_table", "导入预览")
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(row_height())
    view.setItemDelegate(CellDelegate(view))
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setHighlightSections(False)
    view.setTabKeyNavigation(False)
    for column, width in enumerate(_WIDTHS):
        view.setColumnWidth(column, scaled(width))
    return view
