"""The bar below the tools of the minutes: find a word, replace it once or everywhere, with counts."""

from __future__ import annotations

import re

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QKeyEvent, QTextBlock, QTextCursor, QTextDocument
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QTextEdit, QWidget

from partyroom.core.text import one_line
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled


class FindBar(QWidget):
    """Finds and replaces a word in the minutes; small and capital Latin letters count as the same."""

    def __init__(self, edit: QTextEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = edit
        self._changing: list[QWidget] = []
        self.word = named(QLineEdit(), "minutes_find", "在会议内容中查找")
        self.word.setPlaceholderText("查找")
        self.word.returnPressed.connect(self._on_next_clicked)
        self.word.textChanged.connect(self._on_word_text_changed)
        self.other = named(QLineEdit(), "minutes_replace", "替换为")
        self.other.setPlaceholderText("替换为（留空就是删去）")
        self.other.returnPressed.connect(self._on_replace_clicked)
        self.note = named(QLabel(), "small_quiet")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(scaled(4))
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.word, 0, 0)
        grid.addWidget(self.other, 1, 0)
        for row, column, text, name, slot in (
            (0, 1, "上一个", "find_previous", self._on_previous_clicked),
            (0, 2, "下一个", "find_next", self._on_next_clicked),
            (0, 3, "关闭", "find_close", self._on_close_clicked),
            (1, 1, "替换", "replace_one", self._on_replace_clicked),
            (1, 2, "全部替换", "replace_all", self._on_replace_all_clicked),
        ):
            button = named(QPushButton(text), name)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            grid.addWidget(button, row, column)
            if row:
                self._changing.append(button)
        self._changing.append(self.other)
        grid.addWidget(self.note, 2, 0, 1, 4)
        self.note.hide()
        self.hide()

    def open(self) -> None:
        """Show the bar with what is selected in the text."""
        if chosen := one_line(self._edit.textCursor().selectedText()):
            self.word.setText(chosen[:50])
        for widget in self._changing:
            widget.setVisible(not self._edit.isReadOnly())
        self.show()
        self.word.setFocus()
        self.word.selectAll()
        self._count()

    def show_hit(self, start: int, end: int) -> None:
        """Show the bar filled with the characters from `start` to `end` of the text, and select them there."""
        text = self._edit.toPlainText()
        cursor = QTextCursor(self._edit.document())
        cursor.setPosition(units(text[:start]))
        cursor.setPosition(units(text[:end]), QTextCursor.MoveMode.KeepAnchor)
        self._edit.setTextCursor(cursor)
        self.word.setText(one_line(text[start:end])[:50])
        self.open()
        self._edit.ensureCursorVisible()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the bar, not the dialog."""
        if event.key() == Qt.Key.Key_Escape:
            self._on_close_clicked()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def replace_all(self) -> int:
        """Replace the word everywhere, which one undo takes back, and return how often it stood there."""
        pattern = self._pattern()
        if pattern is None or self._edit.isReadOnly():
            return 0
        count = 0
        cursor = QTextCursor(self._edit.document())
        cursor.beginEditBlock()
        block = self._edit.document().begin()
        while block.isValid():
            count += self._replace_in(block, pattern, cursor)
            block = block.next()
        cursor.endEditBlock()
        return count

    def _replace_in(self, block: QTextBlock, pattern: re.Pattern[str], cursor: QTextCursor) -> int:
        """From the last to the first place, so that those before keep theirs."""
        text = block.text()
        found = list(pattern.finditer(text))
        for one in reversed(found):
            start = block.position() + units(text[: one.start()])
            cursor.setPosition(start)
            cursor.setPosition(start + units(one[0]), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(self.other.text())
        return len(found)

    def _pattern(self) -> re.Pattern[str] | None:
        word = self.word.text()
        return re.compile(re.escape(word), re.IGNORECASE) if word else None

    def _find(self, flags: QTextDocument.FindFlag) -> bool:
        if not self.word.text():
            return False
        pattern = QRegularExpression(QRegularExpression.escape(self.word.text()))
        pattern.setPatternOptions(QRegularExpression.PatternOption.CaseInsensitiveOption)
        found = self._edit.find(pattern, flags)
        if not found:
            start = QTextCursor(self._edit.document())
            if flags & QTextDocument.FindFlag.FindBackward:
                start.movePosition(QTextCursor.MoveOperation.End)
            before = self._edit.textCursor()
            self._edit.setTextCursor(start)
            found = self._edit.find(pattern, flags)
            if not found:
                self._edit.setTextCursor(before)
        self._count()
        return found

    def _count(self) -> None:
        """Say how many there are and which of them is selected."""
        pattern = self._pattern()
        if pattern is None:
            self._say("")
            return
        text = self._edit.toPlainText()
        count = sum(1 for _ in pattern.finditer(text))
        if not count:
            self._say("没有找到")
        elif self._selected():
            before = QTextCursor(self._edit.document())
            before.setPosition(self._edit.textCursor().selectionStart(), QTextCursor.MoveMode.KeepAnchor)
            number = sum(1 for _ in pattern.finditer(before.selectedText())) + 1
            self._say(f"第{number}处，共{count}处")
        else:
            self._say(f"共{count}处")

    def _say(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _selected(self) -> bool:
        """Whether what is selected is the word."""
        pattern = self._pattern()
        return pattern is not None and pattern.fullmatch(self._edit.textCursor().selectedText()) is not None

    def _on_word_text_changed(self) -> None:
        self._count()

    def _on_next_clicked(self) -> None:
        self._find(QTextDocument.FindFlag(0))

    def _on_previous_clicked(self) -> None:
        self._find(QTextDocument.FindFlag.FindBackward)

    def _on_replace_clicked(self) -> None:
        """Replace the place that is found and go to the next; find the first if none is selected yet."""
        if self._edit.isReadOnly():
            return
        if self._selected():
            self._edit.textCursor().insertText(self.other.text())
        self._find(QTextDocument.FindFlag(0))

    def _on_replace_all_clicked(self) -> None:
        if self.word.text():
            count = self.replace_all()
            self._say(f"替换了{count}处，Ctrl+Z 可以撤销" if count else "没有找到")

    def _on_close_clicked(self) -> None:
        self.hide()
        self._edit.setFocus()


def units(text: str) -> int:
    """The length of a text as Qt counts it: rare characters beyond the first plane are two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
