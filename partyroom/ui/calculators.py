"""Small calculators side by side: each is a few fields and a sentence that follows what is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.errors import DomainError
from partyroom.ui.dialog import Dialog
from partyroom.ui.form_fields import Field
from partyroom.ui.form_grid import FormGrid
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_COLUMN = 280
_WIDEST = 560  # of a column: a short number in a box across the whole window is hard to read


@dataclass(frozen=True)
class Calculator:
    """A title, the fields, and `compute`: the values in, the answer as Chinese text out.

    `compute` may raise DomainError; its problems are shown beside their fields. `note` names the source of the rule.
    `initial` fills fields in advance; `columns` are as many as a usual screen has room for. Room for so many
    `lines` of an answer is kept, so that it does not squeeze the fields.
    """

    title: str
    fields: Sequence[Field]
    compute: Callable[[dict[str, object]], str]
    note: str = ""
    columns: int = 1
    lines: int = 5
    initial: Mapping[str, object] = part(default_factory=dict)


class _FieldsArea(QScrollArea):
    """The fields: shown whole where there is room, scrolled where the answer and the screen leave too little."""

    def __init__(self, grid: FormGrid) -> None:
        super().__init__()
        named(self, "form_scroll")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(grid)

    def sizeHint(self) -> QSize:
        """The room that the fields want; Qt alone would ask for a few lines only."""
        content = self.widget().sizeHint()
        return QSize(content.width() + self.verticalScrollBar().sizeHint().width(), content.height())


class CalculatorPanel(QWidget):
    """One calculator: the answer is there as soon as all that is required is filled in."""

    def __init__(self, calculator: Calculator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._calculator = calculator
        self.grid = FormGrid(calculator.fields, calculator.initial, columns=self._columns())
        self.grid.setMaximumWidth(scaled(_WIDEST) * self.grid.columns)
        for combo in self.grid.findChildren(QComboBox):  # a long choice must not make its column wider than the others
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._answer = named(QLabel(), "answer", "结果")
        self._answer.setTextFormat(Qt.TextFormat.PlainText)
        self._answer.setWordWrap(True)
        self._answer.setMinimumHeight(self._answer_height())
        self._answer.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = named(QPushButton(icon("copy"), "复制结果"), "copy_button")
        self._copy.clicked.connect(self._on_copy_clicked)
        card = named(QFrame(), "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(scaled(16), scaled(12), scaled(12), scaled(12))
        row.addWidget(self._answer, 1)
        row.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(8), scaled(14), scaled(8), scaled(4))
        layout.setSpacing(scaled(12))
        layout.addWidget(_FieldsArea(self.grid), 1)
        layout.addWidget(card)
        if calculator.note:
            note = named(QLabel(calculator.note), "small_quiet")
            note.setTextFormat(Qt.TextFormat.PlainText)
            note.setWordWrap(True)
            layout.addWidget(note)
        self.grid.changed.connect(self.refresh)
        self.refresh()

    def _answer_height(self) -> int:
        """The room kept for the answer: a low screen needs its own for the fields."""
        wanted = self.fontMetrics().lineSpacing() * self._calculator.lines
        return min(wanted, self.screen().availableGeometry().height() // 5)

    def _columns(self) -> int:
        """As many columns as wanted, if the screen is wide enough for them."""
        room = self.screen().availableGeometry().width() // scaled(_COLUMN)
        return max(1, min(self._calculator.columns, room))

    def refresh(self) -> None:
        """Compute anew from what is typed."""
        answer = ""
        if not self.grid.problems():
            try:
                answer = self._calculator.compute(self.grid.values())
            except DomainError as error:
                self.grid.show_problems(error.problems)
                answer = "\n".join(problem.message for problem in error.problems if problem.field is None)
        self._answer.setText(answer or "填好上面的内容，结果就显示在这里。")
        self._answer.setEnabled(bool(answer))
        self._copy.setEnabled(bool(answer))

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._answer.text())


class CalculatorsDialog(Dialog):
    """All calculators in tabs; it stays open beside the work."""

    def __init__(self, calculators: Sequence[Calculator], parent: QWidget | None = None) -> None:
        super().__init__("计算器", parent)
        self.setObjectName("calculators_dialog")
        tabs = named(QTabWidget(), "calculator_tabs", "计算器")
        panels = [CalculatorPanel(calculator) for calculator in calculators]
        for calculator, panel in zip(calculators, panels, strict=True):
            tabs.addTab(panel, calculator.title)
        close = named(QPushButton("关闭"), "accept_button")
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.addWidget(tabs, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        for panel in panels:
            panel.grid.chain()
        self.setMinimumWidth(scaled(520))
