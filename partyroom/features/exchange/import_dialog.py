"""The import wizard's preview: see every row's verdict, decide the doubtful ones, then all or nothing."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from partyroom.features.exchange.import_model import ImportModel, PreviewLine, Show, candidate_text, row_texts
from partyroom.features.exchange.plan import Choice, ChoiceKind, RosterPlan, Step
from partyroom.features.exchange.verdicts import VerdictKind
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.table_view import CellDelegate
from partyroom.ui.theme import row_height, scaled

_SHOWN: Final = (
    (Show.ALL, "全部"),
    (Show.NEW, "新增"),
    (Show.UPDATE, "更新"),
    (Show.UNCHANGED, "无变化"),
    (Show.DOUBTFUL, "需确认"),
    (Show.WARNED, "有提醒"),
    (Show.REFUSED, "不能导入"),
)
_DECISIONS: Final = (
    (ChoiceKind.UPDATE, "是同一人，更新", "choose_update"),
    (ChoiceKind.NEW, "是另一人，新增", "choose_new"),
    (ChoiceKind.SKIP, "跳过", "choose_skip"),
)
_WIDTHS: Final = (60, 100, 120, 300, 280)
_NOTES_HEIGHT = 76


class ImportDialog(Dialog):
    """Shows a plan; `import_requested` carries the plan as the user decided it. The dialog itself writes nothing."""

    import_requested = Signal(object)

    def __init__(self, desk: Desk, file_name: str, plan: RosterPlan, parent: QWidget | None = None) -> None:
        super().__init__(f"导入花名册：{file_name}", parent)
        self.setObjectName("import_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self.plan = plan
        self.model = ImportModel(plan, self)
        self.view = _view(self.model)
        self.detail = named(QPlainTextEdit(), "import_detail", "这一行的内容")
        self.detail.setReadOnly(True)
        self._shown = QButtonGroup(self)
        self._decisions: dict[ChoiceKind, QPushButton] = {}
        self.candidates = named(QComboBox(), "choose_member", "更新花名册里的哪一位")
        self.accept_button = named(QPushButton(), "accept_import")
        self._lay_out()
        self._refresh()
        self.view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        if self.model.rowCount():
            self.view.selectRow(0)
        else:
            self.detail.setPlainText("这个文件里没有人员可以导入。")
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in the list must not import
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self._on_accept_clicked)
        self.view.setFocus()
        self.resize(scaled(1180), scaled(680))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(scaled(8))
        layout.addWidget(self._notes())
        layout.addLayout(self._filter_line())
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.view)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        layout.addWidget(split, 1)
        layout.addLayout(self._decision_line())
        layout.addLayout(self._button_line())

    def _notes(self) -> QScrollArea:
        """What was read and what was not, on a few lines; a file with many strange columns scrolls."""
        parsed = self.plan.parsed
        text = f"工作表“{parsed.sheet}”，表头在第{parsed.header_row}行，识别了{len(parsed.columns)}个栏目："
        text += "、".join(" ".join(title.split()) for title in parsed.columns) + "。"
        label = named(QLabel("\n".join([text, *parsed.notes])), "import_notes")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(label)
        self._note_area, self._note = area, label
        return area

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the notes the lines they need at this width, but not more than a few."""
        super().resizeEvent(event)
        wanted = self._note.heightForWidth(self._note_area.viewport().width()) + scaled(2)
        self._note_area.setFixedHeight(min(wanted, scaled(_NOTES_HEIGHT)))

    def _filter_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(scaled(6))
        for number, (what, text) in enumerate(_SHOWN):
            button = named(QPushButton(text), f"show_{what.value}")
            button.setCheckable(True)
            button.setChecked(what is Show.ALL)
            self._shown.addButton(button, number)
            line.addWidget(button)
        self._shown.idClicked.connect(self._on_shown_clicked)
        line.addStretch(1)
        return line

    def _decision_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self._decision_label = QLabel("“需确认”的行，请选中后决定：")
        self._decision_label.setWordWrap(True)
        line.addWidget(self._decision_label)
        self.candidates.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.candidates.setMinimumContentsLength(12)
        line.addWidget(self.candidates)
        for kind, text, name in _DECISIONS:
            button = named(QPushButton(text), name)
            button.clicked.connect(partial(self._on_decision_clicked, kind))
            self._decisions[kind] = button
            line.addWidget(button)
        line.addStretch(1)
        return line

    def _button_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        words = "导入前什么也不写入；导入后可以整体撤销。空白的格子不会清除花名册里原有的内容。"
        hint = named(QLabel(words), "small_quiet")
        hint.setWordWrap(True)
        line.addWidget(hint, 1)
        cancel = named(QPushButton("取消"), "cancel_import")
        cancel.clicked.connect(self.reject)
        line.addWidget(cancel)
        self.accept_button.setProperty("primary", True)
        self.accept_button.setToolTip("Ctrl+Enter")
        self.accept_button.clicked.connect(self._on_accept_clicked)
        line.addWidget(self.accept_button)
        return line

    def _refresh(self) -> None:
        counts = self.model.counts()
        for number, (what, text) in enumerate(_SHOWN):
            button = self._shown.button(number)
            button.setText(f"{text} {counts[what]}")
            button.setEnabled(counts[what] > 0 or what is Show.ALL)
        new, changed = self.plan.count(VerdictKind.NEW), self.plan.count(VerdictKind.UPDATE)
        anything = new + changed > 0
        self.accept_button.setText(f"导入（新增{new}人，更新{changed}人）" if anything else "没有要导入的内容")
        self.accept_button.setEnabled(anything)
        self._refresh_decisions()

    def _selected(self) -> list[PreviewLine]:
        rows = self.view.selectionModel().selectedRows()
        return [self.model.line(index.row()) for index in rows]

    def _refresh_decisions(self) -> None:
        doubtful = [line.step for line in self._selected() if line.step is not None and line.step.doubtful]
        some = self.model.counts()[Show.DOUBTFUL] > 0
        several = len(doubtful) == 1 and len(doubtful[0].verdict.candidates) > 1
        self._offer_candidates(doubtful[0] if several else None)
        for kind, button in self._decisions.items():
            known = several or all(len(step.verdict.candidates) == 1 for step in doubtful)
            button.setEnabled(bool(doubtful) and (known or kind is not ChoiceKind.UPDATE))
            button.setVisible(some)
        self._decision_label.setVisible(some)

    def _offer_candidates(self, step: Step | None) -> None:
        """Let the user say which of several people a row is about; the one chosen before stands first in sight."""
        self.candidates.clear()
        self.candidates.setVisible(step is not None)
        for member_id in step.verdict.candidates if step is not None else ():
            self.candidates.addItem(candidate_text(self.plan.members[member_id]), member_id)
        if step is not None and step.choice is not None and step.choice.member_id is not None:
            self.candidates.setCurrentIndex(self.candidates.findData(step.choice.member_id))

    def _target(self, step: Step) -> int | None:
        candidates = step.verdict.candidates
        return candidates[0] if len(candidates) == 1 else self.candidates.currentData()

    def _on_shown_clicked(self, number: int) -> None:
        self.model.show(_SHOWN[number][0])
        if self.model.rowCount():
            self.view.selectRow(0)
        else:
            self.detail.clear()
        self._refresh_decisions()

    def _on_selection_changed(self, _new: QItemSelection, _old: QItemSelection) -> None:
        lines = self._selected()
        self.detail.setPlainText(_detail_text(lines[0]) if lines else "")
        self._refresh_decisions()

    def _on_decision_clicked(self, kind: ChoiceKind) -> None:
        steps = [line.step for line in self._selected() if line.step is not None and line.step.doubtful]
        update = kind is ChoiceKind.UPDATE
        self.plan = self.plan.with_choices(
            {step.row.row: Choice(kind, self._target(step) if update else None) for step in steps}
        )
        top = self.view.verticalScrollBar().value()
        self.model.put(self.plan)
        self._select([step.row.row for step in steps])
        self.view.verticalScrollBar().setValue(top)
        self._refresh()

    def _select(self, rows: list[int]) -> None:
        """Select rows of the file that are still listed."""
        chosen = QItemSelection()
        places = self.model.positions(rows)
        for place in places:
            chosen.select(self.model.index(place, 0), self.model.index(place, self.model.columnCount() - 1))
        chooser, flag = self.view.selectionModel(), QItemSelectionModel.SelectionFlag
        if places:
            chooser.setCurrentIndex(self.model.index(places[0], 0), flag.NoUpdate)
        chooser.select(chosen, flag.ClearAndSelect)

    def _on_accept_clicked(self) -> None:
        if self.accept_button.isEnabled():
            self.import_requested.emit(self.plan)
            self.accept()


def _view(model: ImportModel) -> QTableView:
    view = named(QTableView(), "import_table", "导入预览")
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(row_height())
    view.setItemDelegate(CellDelegate(view))
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setHighlightSections(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setTabKeyNavigation(False)
    for column, width in enumerate(_WIDTHS):
        view.setColumnWidth(column, scaled(width))
    return view


def _detail_text(line: PreviewLine) -> str:
    parts = [f"第{line.row}行　{line.verdict}"]
    if line.doubts:
        parts += ["", "提醒：", *line.doubts]
    if line.changes:
        parts += ["", "变化：", *line.changes]
    if line.step is not None:
        parts += ["", "内容：", *(f"{label}：{text}" for label, text in row_texts(line.step))]
    return "\n".join(parts)
