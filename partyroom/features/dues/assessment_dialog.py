"""The dialog of an assessment: category, month, items of pay, and the amount with how it arises while typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
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

from partyroom.core.calendar import RecordedDate
from partyroom.core.errors import DomainError, PartyroomError, Problem
from partyroom.core.money import yuan
from partyroom.features.dues.assessments import (
    REASONS,
    AssessmentDraft,
    Outcome,
    change_warning,
    outcome_of,
)
from partyroom.features.dues.domain import DuesCategory, Treatment
from partyroom.features.dues.ledger import Choices, month_label
from partyroom.features.dues.pay_items_model import AMOUNT, PayItemsModel
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.table_view import CellDelegate
from partyroom.ui.theme import row_height, scaled

_WIDTHS: Final = (190, 96, 60)
_HIGH: Final = 320


@dataclass(frozen=True, slots=True)
class AssessmentForm:
    """What the dialog starts from: the draft, the months offered, the year's choices, other assessments' months."""

    name: str
    draft: AssessmentDraft
    months: tuple[date, ...]
    choices: Choices
    others: tuple[date, ...] = ()
    new: bool = True


class _AmountView(QTableView):
    """The grid of items: after an amount the next one is at hand."""

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Go down one line after Enter, so that a pay slip can be typed from top to bottom."""
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        if hint is not QAbstractItemDelegate.EndEditHint.RevertModelCache:
            row = min(self.currentIndex().row() + 1, self.model().rowCount() - 1)
            self.setCurrentIndex(self.model().index(row, AMOUNT))


class AssessmentDialog(FormDialog):
    """Lets the user put down one assessment; `save` gets the draft.

    Everything but the items are fields of an ordinary form; the grid and the result stand below.
    """

    def __init__(
        self,
        desk: Desk,
        form: AssessmentForm,
        save: Callable[[AssessmentDraft], None],
        parent: QWidget | None = None,
    ) -> None:
        self._form = form
        self._store = save
        self.model = PayItemsModel(form.choices)
        self.model.put(form.draft.category, form.draft.items)
        self._first_items = self.model.items()
        super().__init__(
            f"{'核定党费基数' if form.new else '修改党费基数'}：{form.name}",
            _fields(form),
            _values(form),
            desk,
            save=self._on_save,
            columns=3,
            parent=parent,
        )
        self.setObjectName("assessment_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.model.setParent(self)
        self._add_items()
        self.grid.changed.connect(self._on_changed)
        self.model.edited.connect(self._on_changed)
        self._on_changed()

    @property
    def unsaved(self) -> bool:
        """Whether the user changed anything, the items included."""
        return super().unsaved or (self._kept is None and self.model.items() != self._first_items)

    def draft(self) -> AssessmentDraft:
        """The assessment as it is filled in now."""
        values = self.grid.values()
        category = DuesCategory(str(values["category"] or DuesCategory.EMPLOYED.value))
        assessed_on = values["assessed_on"]
        return AssessmentDraft(
            member_id=self._form.draft.member_id,
            from_month=date.fromisoformat(str(values["from_month"] or self._form.draft.from_month)),
            category=category,
            items=self.model.items() if category.by_base else (),
            base_fen=int(str(values["base"] or 0)),
            reason=str(values["reason"] or ""),
            assessed_on=assessed_on.exact if isinstance(assessed_on, RecordedDate) else None,
            assessed_by=str(values["assessed_by"] or ""),
            note=str(values["note"] or ""),
        )

    def sizeHint(self) -> QSize:
        """Wide enough for the grid of items beside the result."""
        hint = super().sizeHint()
        return QSize(max(hint.width(), scaled(1080)), hint.height() + scaled(_HIGH))

    def _add_items(self) -> None:
        self.items_view = _view(self.model)
        self.steps = named(QPlainTextEdit(), "assessment_steps", "应交党费和计算过程")
        self.steps.setReadOnly(True)
        self.amount = named(QLabel(), "assessment_amount")
        self.amount.setTextFormat(Qt.TextFormat.PlainText)
        left, right = QWidget(), QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.items_view, 1)
        column.addLayout(self._item_buttons())
        column = QVBoxLayout(right)
        column.setContentsMargins(scaled(8), 0, 0, 0)
        column.addWidget(self.amount)
        font = self.amount.font()
        font.setBold(True)
        self.amount.setFont(font)
        column.addWidget(self.steps, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        self._items_part = left
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.count() - 1, split, 3)
        layout.setStretchFactor(self._scroll, 2)
        self._scroll.setMaximumHeight(self.grid.sizeHint().height() + scaled(6))
        self.items_view.setMinimumHeight(scaled(150))
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        QWidget.setTabOrder(self.steps, self._cancel)
        QWidget.setTabOrder(self._cancel, self._accept)

    def _item_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        add = named(QPushButton("增加自有项目…"), "add_own_item")
        add.clicked.connect(self._on_add_clicked)
        self._remove = named(QPushButton("删除自有项目"), "remove_own_item")
        self._remove.clicked.connect(self._on_remove_clicked)
        row.addWidget(add)
        row.addWidget(self._remove)
        row.addStretch(1)
        self._remove.setEnabled(False)
        self.items_view.selectionModel().currentChanged.connect(self._on_current_changed)
        shortcut = QShortcut(QKeySequence("Del"), self.items_view, context=Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self._on_delete_pressed)
        return row

    def _on_current_changed(self, *_: object) -> None:
        self._remove.setEnabled(self.model.is_own(self.items_view.currentIndex().row()))

    def _on_delete_pressed(self) -> None:
        index = self.items_view.currentIndex()
        if index.isValid():
            self.model.setData(self.model.index(index.row(), AMOUNT), "")

    def _on_add_clicked(self) -> None:
        fields = [
            Field("label", "项目名称", required=True),
            Field("amount", "金额", Kind.MONEY, required=True),
            Field(
                "treatment",
                "处理",
                Kind.CHOICE,
                required=True,
                choices=[(one.value, one.label) for one in Treatment],
                hint="计入或扣除的，请在备注里写明依据",
            ),
        ]
        values = {"treatment": Treatment.LEFT_OUT.value}
        FormDialog(
            "增加自有项目", fields, values, self._desk, save=self._add_own, accept_text="增加", parent=self
        ).open()

    def _add_own(self, values: dict[str, object]) -> None:
        treatment = Treatment(str(values["treatment"]))
        self.model.add_own(str(values["label"]).strip(), int(str(values["amount"])), treatment)

    def _on_remove_clicked(self) -> None:
        self.model.remove_own(self.items_view.currentIndex().row())
        self._on_current_changed()

    def _on_changed(self) -> None:
        category = self.grid.values()["category"]
        if category:
            self.model.set_category(DuesCategory(str(category)))
        draft = self.draft()
        self._items_part.setVisible(draft.category.by_base)
        self.grid.cells["base"].setEnabled(draft.category.by_base and not draft.items)
        try:
            outcome = outcome_of(draft, self._form.choices)
        except PartyroomError as error:
            self.amount.setText("还算不出应交党费")
            self.steps.setPlainText(str(error))
            return
        self._show(draft, outcome)

    def _show(self, draft: AssessmentDraft, outcome: Outcome) -> None:
        result = outcome.assessed
        self.amount.setText(f"每月应交党费：{yuan(result.due_fen)} 元")
        warnings = [*self.model.problems(), *outcome.warnings]
        change = change_warning(draft, self._form.choices, self._form.others)
        warnings += [change] if change else []
        parts = outcome.steps()
        if warnings:
            parts += ["", "请留意：", *warnings]
        parts += ["", f"依据：{result.source}"]
        self.steps.setPlainText("\n".join(parts))

    def _on_save(self, _values: dict[str, object]) -> None:
        problems = self.model.problems()
        if problems:
            raise DomainError(*problems)
        draft = self.draft()
        if draft.category.by_base and not draft.items and not draft.base_fen:
            raise DomainError(Problem("请填写工资项目，或直接填写基数。", "base"))
        self._store(draft)


def _fields(form: AssessmentForm) -> list[Field]:
    categories = [(one.value, one.label) for one in DuesCategory]
    months = [(month.isoformat(), month_label(month)) for month in form.months]
    return [
        Field("category", "类别", Kind.CHOICE, required=True, choices=categories),
        Field("from_month", "从何月起", Kind.CHOICE, required=True, choices=months),
        Field("reason", "核定原因", Kind.OPEN_CHOICE, choices=[(one, one) for one in REASONS]),
        Field("base", "直接填基数", Kind.MONEY, hint="没有工资明细时填写；有明细时由明细得出"),
        Field("assessed_on", "核定日期", Kind.DATE, exact=True),
        Field("assessed_by", "核定人"),
        Field("note", "备注", wide=True),
    ]


def _values(form: AssessmentForm) -> dict[str, object]:
    draft = form.draft
    return {
        "category": draft.category.value,
        "from_month": draft.from_month.isoformat(),
        "reason": draft.reason,
        "base": draft.base_fen if draft.base_fen and not draft.items else None,
        "assessed_on": draft.assessed_on,
        "assessed_by": draft.assessed_by,
        "note": draft.note,
    }


def _view(model: PayItemsModel) -> QTableView:
    view = named(_AmountView(), "pay_items", "工资项目")
    view.setModel(model)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(
        QAbstractItemView.EditTrigger.AnyKeyPressed
        | QAbstractItemView.EditTrigger.DoubleClicked
        | QAbstractItemView.EditTrigger.SelectedClicked
        | QAbstractItemView.EditTrigger.EditKeyPressed
    )
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
    if model.rowCount():
        view.setCurrentIndex(model.index(0, AMOUNT))
    return view


def form_months(first: date, opened: date, kept: Sequence[date] = ()) -> tuple[date, ...]:
    """The months of a year from which an assessment may run: open ones from the member's first, and `kept`."""
    begin = max(first, opened)
    found = {date(first.year, month, 1) for month in range(1, 13)}
    return tuple(sorted({month for month in found if month >= begin} | set(kept)))
