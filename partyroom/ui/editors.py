"""The input of each kind of form field: a value in, a value out, and what is wrong with what was typed."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from partyroom.core.text import clean_text, one_line
from partyroom.ui.form_fields import Field
from partyroom.ui.icons import icon
from partyroom.ui.rows import even_rows
from partyroom.ui.theme import scaled


class Editor(QWidget):
    """Base of the inputs. `draft` and `restore` carry the raw input as plain JSON data through a crash."""

    changed = Signal()
    left = Signal()
    revealed = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.box = QHBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(scaled(6))

    def take(self, widget: QWidget, stretch: int = 1) -> None:
        """Add the widget the user operates, named after the field."""
        widget.setObjectName(f"field_{self.field.key}")
        widget.setAccessibleName(self.field.label)
        self.box.addWidget(widget, stretch)
        self.setFocusProxy(widget)

    def value(self) -> object:
        """What the user entered, in the type of the field's kind."""
        raise NotImplementedError

    def set_value(self, value: object) -> None:
        """Show `value`."""
        raise NotImplementedError

    def draft(self) -> object:
        """The raw input as plain JSON data."""
        return self.value()

    def restore(self, draft: object) -> None:
        """Show what `draft` gave."""
        self.set_value(draft)

    def blank(self) -> bool:
        """Whether nothing was entered."""
        return self.value() in (None, "", ())

    def problem(self) -> str:
        """Why the input cannot be used, in a sentence that says how to mend it; '' if it can."""
        return ""

    def warning(self) -> str:
        """What is odd about the input although it will be kept; '' if nothing is."""
        return ""


class LineEditor(Editor):
    """Base of inputs of one line."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line = QLineEdit()
        self._cut = False
        self.line.textChanged.connect(self._on_text_changed)
        self.line.editingFinished.connect(self._on_editing_finished)
        self.line.inputRejected.connect(self._on_input_rejected)
        self.take(self.line)

    def draft(self) -> object:
        """The text as it stands."""
        return self.line.text()

    def restore(self, draft: object) -> None:
        """Put the text back."""
        self.line.setText(str(draft))

    def warning(self) -> str:
        """Tell when a paste did not fit."""
        return f"内容太长，只留下了前 {self.line.maxLength()} 个字。" if self._cut else ""

    def normalise(self) -> None:
        """Rewrite the text in its usual form when the user leaves the field."""

    def _on_text_changed(self) -> None:
        self._cut = self._cut and len(self.line.text()) >= self.line.maxLength()
        self.changed.emit()

    def _on_editing_finished(self) -> None:
        self.normalise()
        self.left.emit()

    def _on_input_rejected(self) -> None:
        self._cut = len(self.line.text()) >= self.line.maxLength()
        self.left.emit()


class TextEditor(LineEditor):
    """One line of text."""

    def value(self) -> str:
        """The text without line breaks, control characters and outer spaces."""
        return one_line(self.line.text())

    def set_value(self, value: object) -> None:
        """Show the text from its beginning."""
        self.line.setText("" if value is None else one_line(str(value)))
        self.line.setCursorPosition(0)


class NumberEditor(LineEditor):
    """A number typed as text, so that it may be blank and the mouse wheel cannot change it."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        if field.unit:
            unit = QLabel(field.unit)
            unit.setTextFormat(Qt.TextFormat.PlainText)
            self.box.addWidget(unit)

    def value(self) -> int | Decimal | None:
        """An int, or a Decimal of the field's decimals; None if blank or not a number."""
        number = self._number()
        if number is None or self.problem():
            return None
        return number.quantize(Decimal(1).scaleb(-self.field.decimals)) if self.field.decimals else int(number)

    def set_value(self, value: object) -> None:
        """Show the number with the field's decimals."""
        blank = value is None or value == ""
        self.line.setText("" if blank else f"{Decimal(str(value)):.{self.field.decimals}f}")

    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not self.line.text().strip()

    def problem(self) -> str:
        """Say what kind of number is wanted."""
        if self.blank():
            return ""
        number, field = self._number(), self.field
        if number is None:
            return "请填数字，例如 12" + (".50。" if field.decimals else "。")
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > field.decimals:
            return f"最多填 {field.decimals} 位小数。" if field.decimals else "请填整数。"
        if field.lowest is not None and number < field.lowest:
            return f"不能小于 {field.lowest}。"
        if field.highest is not None and number > field.highest:
            return f"不能大于 {field.highest}。"
        return ""

    def normalise(self) -> None:
        """Write the number with the field's decimals."""
        if (number := self.value()) is not None:
            self.set_value(number)

    def _number(self) -> Decimal | None:
        text = unicodedata.normalize("NFKC", self.line.text()).strip().replace(",", "").replace(" ", "")
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        # Decimal also reads 'nan', 'inf' and '1e9999', which no ledger holds.
        plain = number.is_finite() and "e" not in text.casefold() and len(text) <= 18
        return number.normalize() + 0 if plain else None


class LongTextEditor(Editor):
    """Several lines of text; Tab goes to the next field."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.area = QPlainTextEdit()
        self.area.setTabChangesFocus(True)
        line = self.area.fontMetrics().lineSpacing()
        self.area.setMinimumHeight(line * field.rows + scaled(18))
        self.area.textChanged.connect(self.changed)
        self.take(self.area)

    def value(self) -> str:
        """The text with its line breaks, without control characters."""
        return clean_text(self.area.toPlainText()).strip("\n")

    def set_value(self, value: object) -> None:
        """Show the text as plain text, whatever it looks like."""
        self.area.setPlainText("" if value is None else str(value))

    def draft(self) -> object:
        """The text as it stands."""
        return self.area.toPlainText()


class _CalmComboBox(QComboBox):
    """Leaves the mouse wheel to the form: scrolling past a field must not change it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        even_rows(self.view())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceEditor(Editor):
    """One of several; an optional field can be left blank, an old code that is no longer offered stays."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.combo = _CalmComboBox()
        self.combo.setMaxVisibleItems(14)
        self._codes: list[object] = []
        if not field.required and all(code is not None for code, _ in field.choices):
            self._add(None, "")
        for code, label in field.choices:
            self._add(code, label)
        self.combo.setPlaceholderText("请选择")
        self.combo.setCurrentIndex(-1)
        self.combo.currentIndexChanged.connect(self.changed)
        self.take(self.combo)

    def _add(self, code: object, label: str) -> None:
        self._codes.append(code)
        self.combo.addItem(label)

    def value(self) -> object:
        """The code chosen, or None."""
        index = self.combo.currentIndex()
        return self._codes[index] if index >= 0 else None

    def set_value(self, value: object) -> None:
        """Choose the code `value`."""
        if value is None and None not in self._codes:
            self.combo.setCurrentIndex(-1)
            return
        if value not in self._codes:
            self._add(value, str(value))
        self.combo.setCurrentIndex(self._codes.index(value))

    def draft(self) -> object:
        """The position and label chosen: codes may be of any type, and two people may share a name."""
        index = self.combo.currentIndex()
        return [index, self.combo.currentText()] if index >= 0 else None

    def restore(self, draft: object) -> None:
        """Choose it again if it is still offered."""
        index, label = draft if isinstance(draft, list) and len(draft) == 2 else (-1, None)
        same_place = isinstance(index, int) and self.combo.itemText(index) == label
        self.combo.setCurrentIndex(index if same_place else self.combo.findText(str(label)))


class OpenChoiceEditor(Editor):
    """Text with suggestions; anything may be typed."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.combo = _CalmComboBox()
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.addItems([label for _, label in field.choices])
        line = QLineEdit()
        self.combo.setLineEdit(line)
        completer = QCompleter([label for _, label in field.choices], self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.combo.setCompleter(completer)
        self.combo.setCurrentIndex(-1)
        self.combo.editTextChanged.connect(self.changed)
        line.editingFinished.connect(self.left)
        self.take(self.combo)

    def value(self) -> str:
        """The text without line breaks, control characters and outer spaces."""
        return one_line(self.combo.currentText())

    def set_value(self, value: object) -> None:
        """Show the text."""
        self.combo.setCurrentText("" if value is None else one_line(str(value)))

    def draft(self) -> object:
        """The text as it stands."""
        return self.combo.currentText()


class CheckEditor(Editor):
    """Yes or no; the words stand beside the box."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.check = QCheckBox(field.label)
        self.check.toggled.connect(self.changed)
        self.take(self.check)

    def value(self) -> bool:
        """Whether it is ticked."""
        return self.check.isChecked()

    def set_value(self, value: object) -> None:
        """Tick or clear it."""
        self.check.setChecked(bool(value))

    def blank(self) -> bool:
        """A box that must be ticked and is not counts as blank."""
        return not self.check.isChecked()


class SecretEditor(LineEditor):
    """A text that is shown masked, and cannot be edited, until the eye is pressed; a new one is typed in the open."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self._text = ""
        self._hidden = False
        self._eye = QAction(icon("eye"), "显示（F4）", self)
        self._eye.triggered.connect(self._on_eye_triggered)
        self.line.addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)
        self._eye.setVisible(False)

    def value(self) -> str:
        """The text itself, masked on the screen or not."""
        return self._text if self._hidden else one_line(self.line.text())

    def set_value(self, value: object) -> None:
        """Show the text masked."""
        self._text = "" if value is None else one_line(str(value))
        self._show(hidden=bool(self._text))

    def draft(self) -> object:
        """The text itself: drafts are kept inside the library."""
        return self.value()

    def restore(self, draft: object) -> None:
        """Show the text masked."""
        self.set_value(draft)

    def _show(self, *, hidden: bool) -> None:
        self._hidden = hidden
        mask = self.field.mask
        shown = (mask(self._text) if mask else "•" * 8) if hidden else self._text
        before = self.line.blockSignals(True)
        self.line.setText(shown)
        self.line.blockSignals(before)
        self.line.setReadOnly(hidden)
        self._eye.setVisible(hidden or bool(self._text))
        self._eye.setIcon(icon("eye" if hidden else "eye-off"))
        self._eye.setText("显示（F4）" if hidden else "隐藏（F4）")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F4 presses the eye, for those who work with the keyboard."""
        if event.key() == Qt.Key.Key_F4 and self._eye.isVisible():
            self._eye.trigger()
        else:
            super().keyPressEvent(event)

    def _on_eye_triggered(self) -> None:
        if self._hidden:
            self._show(hidden=False)
            self.revealed.emit()
        else:
            self._text = one_line(self.line.text())
            self._show(hidden=bool(self._text))
