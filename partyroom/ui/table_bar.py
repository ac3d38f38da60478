"""The line above a list: search box, filters, and what belongs to the list as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from partyroom.ui.flow import FlowLayout
from partyroom.ui.icons import icon
from partyroom.ui.table_source import Filter
from partyroom.ui.theme import scaled

SEARCH_AFTER_MS: Final = 200


class SearchBox(QLineEdit):
    """Asks 200 ms after the last letter; Esc empties it, Enter and ↓ go on to the list."""

    search_requested = Signal()
    left = Signal()

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search_box")
        self.setPlaceholderText(placeholder)
        self.setAccessibleName("搜索")
        self.setToolTip("可以输入姓名、拼音首字母等（Ctrl+F）")
        self.setClearButtonEnabled(True)
        self.setMaxLength(200)
        self.setMinimumWidth(scaled(150))
        self.setMaximumWidth(scaled(280))
        self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(SEARCH_AFTER_MS)
        self._wait.timeout.connect(self.search_requested)
        self.textChanged.connect(self._on_text_changed)

    def search_now(self) -> None:
        """Do not wait for further letters."""
        if self._wait.isActive():
            self._wait.stop()
            self.search_requested.emit()

    def put(self, text: str) -> None:
        """Set the text without asking."""
        self.setText(text)
        self._wait.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, Enter and ↓ are ours; an Enter here must not press a dialog's button."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.search_now()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.search_now()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _on_text_changed(self) -> None:
        self._wait.start()


class TableBar(QWidget):
    """Search box, one combo box per filter, and buttons for secret columns and for the choice of columns."""

    changed = Signal()

    def __init__(self, placeholder: str, filters: Sequence[Filter], *, reveal_text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._filters = {one.key: one for one in filters}
        self._combos: dict[str, QComboBox] = {}
        self.search = SearchBox(placeholder)
        self.search.search_requested.connect(self.changed)
        self.reveal = _button("eye", reveal_text, "reveal_button")
        self.reveal.setCheckable(True)
        self.reveal.setVisible(bool(reveal_text))
        self.reveal.toggled.connect(self._on_reveal_toggled)
        self.columns = _button("columns", "列", "columns_button")
        self.columns.setToolTip("选择显示哪些列（也可以在表头上点右键）")
        self._line = FlowLayout(scaled(8), self)
        self._line.addWidget(self.search)
        self._line.set_growing(self.search)
        for one in filters:
            self._add_filter(one)
        tools = _together(self.reveal, self.columns)
        self._line.addWidget(tools)
        self._line.set_last(tools)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        # Two lists in one window may both be meant; the second press then goes to the other one.
        find.activated.connect(self.focus_search)
        find.activatedAmbiguously.connect(self.focus_search)

    def focus_search(self) -> None:
        """Put the keyboard into the search box with its text selected, ready to be typed over."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def filters(self) -> dict[str, object]:
        """The chosen values, without filters that are on “全部”."""
        values = {key: combo.currentData() for key, combo in self._combos.items()}
        return {key: value for key, value in values.items() if value is not None}

    def narrowed(self) -> bool:
        """Whether the user asked for less than the list shows by itself."""
        chosen = any(self._combos[key].currentData() != one.default for key, one in self._filters.items())
        return chosen or bool(self.search.text().strip())

    def put(self, search: str, filters: Mapping[str, object]) -> None:
        """Show another search and other filters without asking."""
        self.search.put(search)
        for key, combo in self._combos.items():
            self._choose(combo, filters.get(key))

    def clear(self) -> None:
        """Empty search box, filters at their defaults."""
        self.put("", {key: one.default for key, one in self._filters.items()})
        self.changed.emit()

    def set_choices(self, key: str, choices: Sequence[tuple[object, str]]) -> None:
        """Offer other choices for a filter; the chosen value stays if it is still among them."""
        combo = self._combos[key]
        before = combo.currentData()
        self._fill(combo, choices)
        self._choose(combo, before)
        if combo.currentData() != before:
            self.changed.emit()

    def _on_reveal_toggled(self, revealed: bool) -> None:
        self.reveal.setIcon(icon("eye-off" if revealed else "eye"))

    def _add_filter(self, one: Filter) -> None:
        label = QLabel(one.label)
        label.setObjectName("quiet")
        label.setTextFormat(Qt.TextFormat.PlainText)
        combo = QComboBox()
        combo.setObjectName(f"filter_{one.key}")
        combo.setAccessibleName(one.label)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setMaximumWidth(scaled(220))
        self._combos[one.key] = combo
        self._fill(combo, one.choices)
        self._choose(combo, one.default)
        combo.currentIndexChanged.connect(self.changed)
        self._line.addWidget(_together(label, combo))

    @staticmethod
    def _fill(combo: QComboBox, choices: Sequence[tuple[object, str]]) -> None:
        combo.blockSignals(True)
        combo.clear()
        combo.addItem("全部", None)
        for value, text in choices:
            combo.addItem(text, value)
        combo.blockSignals(False)

    @staticmethod
    def _choose(combo: QComboBox, value: object) -> None:
        places = range(combo.count())
        place = next((n for n in places if combo.itemData(n) == value), 0)
        combo.blockSignals(True)
        combo.setCurrentIndex(place)
        combo.blockSignals(False)


def _together(*parts: QWidget) -> QWidget:
    """Widgets that stay on one line."""
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(scaled(8))
    for part in parts:
        line.addWidget(part)
    return holder


def _button(icon_name: str, text: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setIcon(icon(icon_name))
    button.setIconSize(QSize(scaled(16), scaled(16)))
    button.setText(text)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
