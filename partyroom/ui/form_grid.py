"""The fields of a form laid out: sections, one or two columns, labels, and what is wrong beside each field."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from partyroom.core.errors import Problem
from partyroom.ui.date_edit import DateEditor, DateTimeEditor, TimeEditor
from partyroom.ui.editors import (
    CheckEditor,
    ChoiceEditor,
    Editor,
    LongTextEditor,
    NumberEditor,
    OpenChoiceEditor,
    SecretEditor,
    TextEditor,
)
from partyroom.ui.form_fields import Field, Kind
from partyroom.ui.icons import ACCENT
from partyroom.ui.money_edit import MoneyEditor
from partyroom.ui.naming import named
from partyroom.ui.people_box import PeopleEditor
from partyroom.ui.theme import scaled

_EDITORS: Mapping[Kind, type[Editor]] = {
    Kind.TEXT: TextEditor,
    Kind.LONG_TEXT: LongTextEditor,
    Kind.DATE: DateEditor,
    Kind.TIME: TimeEditor,
    Kind.DATETIME: DateTimeEditor,
    Kind.CHOICE: ChoiceEditor,
    Kind.OPEN_CHOICE: OpenChoiceEditor,
    Kind.NUMBER: NumberEditor,
    Kind.MONEY: MoneyEditor,
    Kind.CHECK: CheckEditor,
    Kind.SECRET: SecretEditor,
    Kind.PEOPLE: PeopleEditor,
}
_LABEL_WIDTH = 96


class FieldCell(QWidget):
    """One editor with the line below it that holds the hint, a warning or what is wrong."""

    changed = Signal()
    revealed = Signal(str)

    def __init__(self, field: Field, value: object, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.editor = _EDITORS[field.kind](field)
        self.editor.set_value(value)
        self.note = named(QLabel(), f"note_{field.key}")
        self.note.setProperty("note", "hint")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(scaled(3))
        column.addWidget(self.editor)
        column.addWidget(self.note)
        column.addStretch(0)
        self.editor.changed.connect(self._on_editor_changed)
        self.editor.left.connect(self._on_editor_left)
        self.editor.revealed.connect(self._on_editor_revealed)
        self.show_problem("")

    def problem(self) -> str:
        """Why the value cannot be used, '' if it can: required, readable, and what the field's own check says."""
        if found := self.editor.problem():
            return found
        if self.editor.blank():
            return f"请{_verb(self.field)}{self.field.label}。" if self.field.required else ""
        return self.field.validate(self.editor.value()) if self.field.validate else ""

    def show_problem(self, text: str) -> None:
        """Mark the field as wrong, or clear the mark and show its warning or hint."""
        warning = self.editor.warning() or self._caution()
        level = "error" if text else "warning" if warning else "hint"
        note = text or warning or self.field.hint
        self.note.setText(note)
        self.note.setVisible(bool(note))
        target = self.editor.focusProxy() or self.editor
        target.setAccessibleDescription(note)
        _restyle(self.note, "note", level)
        for part in self.editor.findChildren(QWidget):
            if part.property("wrong") is not None or text:
                _restyle(part, "wrong", bool(text))

    def _caution(self) -> str:
        """What the field's own check finds odd; not said while the user is still typing there."""
        if self.field.caution is None or self.editor.blank() or self._typing():
            return ""
        return self.field.caution(self.editor.value())

    def _typing(self) -> bool:
        focus = self.editor.focusProxy()
        return focus is not None and focus.hasFocus()

    def _on_editor_changed(self) -> None:
        self.show_problem("")
        self.changed.emit()

    def _on_editor_left(self) -> None:
        self.show_problem("" if self.editor.blank() else self.problem())

    def _on_editor_revealed(self) -> None:
        self.revealed.emit(self.field.key)


class FormGrid(QWidget):
    """All fields of a form, in one or two columns, with the Tab order of the descriptions."""

    changed = Signal()
    revealed = Signal(str)

    def __init__(
        self, fields: Sequence[Field], values: Mapping[str, object], *, columns: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("scroll_content")
        self.cells = {field.key: FieldCell(field, values.get(field.key)) for field in fields}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(scaled(4), scaled(4), scaled(12), scaled(8))
        self._grid.setHorizontalSpacing(scaled(10))
        self._grid.setVerticalSpacing(scaled(10))
        self.columns = columns
        self._place(fields)
        for cell in self.cells.values():
            cell.changed.connect(self.changed)
            cell.revealed.connect(self.revealed)

    def values(self) -> dict[str, object]:
        """The value of every field by its key."""
        return {key: cell.editor.value() for key, cell in self.cells.items()}

    def drafts(self) -> dict[str, object]:
        """The raw input of every field as plain JSON data."""
        return {key: cell.editor.draft() for key, cell in self.cells.items()}

    def restore(self, drafts: Mapping[str, object]) -> None:
        """Put raw input back; keys of fields that no longer exist are left out."""
        for key, draft in drafts.items():
            if key in self.cells:
                self.cells[key].editor.restore(draft)

    def problems(self) -> list[Problem]:
        """What is wrong with the input, in the order of the fields."""
        return [Problem(text, key) for key, cell in self.cells.items() if (text := cell.problem())]

    def show_problems(self, problems: Sequence[Problem]) -> FieldCell | None:
        """Mark the fields named, clear the others, and return the first that is wrong."""
        texts: dict[str, list[str]] = {}
        for problem in problems:
            if problem.field in self.cells:
                texts.setdefault(problem.field, []).append(problem.message)
        for key, cell in self.cells.items():
            cell.show_problem(" ".join(texts.get(key, ())))
        return next((cell for key, cell in self.cells.items() if key in texts), None)

    def chain(self) -> None:
        """Make Tab visit everything that can be operated in the order of the fields; call it inside the window."""
        stops = [stop for cell in self.cells.values() for stop in _stops(cell.editor)]
        for one, other in pairwise(stops):
            QWidget.setTabOrder(one, other)

    def _place(self, fields: Sequence[Field]) -> None:
        row = column = 0
        section = ""
        for field in fields:
            new_section = field.section != section and bool(field.section)
            if column and (new_section or field.spans):
                row, column = row + 1, 0
            if new_section:
                self._grid.addWidget(_heading(field.section), row, 0, 1, -1)
                row += 1
            section = field.section
            row, column = self._place_field(field, row, column)
        for index in range(self.columns):
            self._grid.setColumnStretch(index * 2 + 1, 1)
            self._grid.setColumnMinimumWidth(index * 2, scaled(_LABEL_WIDTH))
        self._grid.setRowStretch(row + 1, 1)

    def _place_field(self, field: Field, row: int, column: int) -> tuple[int, int]:
        cell = self.cells[field.key]
        span = self.columns * 2 - 1 if field.spans else 1
        self._grid.addWidget(_label(field, cell.editor), row, column * 2, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(cell, row, column * 2 + 1, 1, span)
        column += self.columns if field.spans else 1
        return (row + 1, 0) if column >= self.columns else (row, column)


def _label(field: Field, editor: Editor) -> QLabel:
    """The words before a field, as high as its first line so that both sit on one line of text."""
    text = "" if field.kind is Kind.CHECK else html.escape(field.label)
    if field.required:
        text += f" <span style='color:{ACCENT}'>*</span>"
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setBuddy(editor)
    label.setWordWrap(True)
    label.setMinimumHeight(scaled(31))
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _heading(text: str) -> QWidget:
    heading = QWidget()
    column = QVBoxLayout(heading)
    column.setContentsMargins(0, scaled(6), 0, 0)
    column.setSpacing(scaled(4))
    label = named(QLabel(text), "section_heading")
    label.setTextFormat(Qt.TextFormat.PlainText)
    column.addWidget(label)
    line = named(QFrame(), "thin_line")
    line.setFixedHeight(1)
    column.addWidget(line)
    return heading


def _verb(field: Field) -> str:
    return "选择" if field.kind in (Kind.CHOICE, Kind.PEOPLE) else "勾选" if field.kind is Kind.CHECK else "填写"


def _restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and let the style look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _stops(editor: Editor) -> list[QWidget]:
    takes_tab = Qt.FocusPolicy.TabFocus
    parts = [part for part in editor.findChildren(QWidget) if part.window() is editor.window()]
    found = [part for part in parts if part.focusPolicy() & takes_tab and not part.focusProxy()]
    # The line inside an editable combo box is reached through the box.
    return [part for part in found if part.parent() not in found]
