"""Section 会议内容: plain text with numbered headings, shown in the type it will be printed in."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from PySide6.QtCore import QMimeData, QRegularExpression, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QFont,
    QFontDatabase,
    QKeyEvent,
    QKeySequence,
    QSyntaxHighlighter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QTextEdit, QToolBar, QToolButton, QWidget

from partyroom.core.paths import resources
from partyroom.core.text import clean_text
from partyroom.documents.minutes import minutes_blocks
from partyroom.documents.model import Heading
from partyroom.features.meetings.domain import MeetingDraft
from partyroom.features.meetings.outline import number_text, set_level
from partyroom.features.meetings.section_page import SectionPage
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import interface_font, scaled

_LONGEST = 1_000_000  # characters; a whole year of minutes has fewer
_COUNT_AFTER_MS = 200
_BODY_SIZE = 1.2  # times the letters of the window
_FANGSONG = ("FangSong", "FangSong_GB2312", "仿宋_GB2312", "仿宋", "STFangsong")
_KAITI = ("KaiTi", "KaiTi_GB2312", "楷体_GB2312", "楷体", "STKaiti")
_HEITI = ("SimHei", "黑体", "Noto Sans CJK SC")
_LEVELS = ((1, "一级标题"), (2, "二级标题"), (3, "三级标题"), (4, "四级标题"))


@cache
def _families() -> tuple[tuple[str, ...], ...]:
    """Families of body, headings of level 1 and 2: the PC's own where it has them, else ours."""
    present = set(QFontDatabase.families())
    bundled = {}
    for style, file in (
        ("body", "ZhuqueFangsong-Regular.ttf"),
        ("kai", "PartyroomKai-Regular.ttf"),
        ("hei", "NotoSansSC-Medium-subset.ttf"),
    ):
        path = resources() / "fonts" / file
        number = QFontDatabase.addApplicationFont(str(path)) if path.is_file() else -1
        bundled[style] = QFontDatabase.applicationFontFamilies(number)[:1] if number != -1 else []
    wanted = (("body", _FANGSONG), ("hei", _HEITI), ("kai", _KAITI))
    return tuple((*(name for name in names if name in present), *bundled[style]) for style, names in wanted)


def _type(which: int) -> QFont:
    font = interface_font(_BODY_SIZE)
    font.setFamilies([*_families()[which], *font.families()])
    return font


class OutlineHighlighter(QSyntaxHighlighter):
    """Shows headings in 黑体 and 楷体, by the same reading that prints them."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats = {1: QTextCharFormat(), 2: QTextCharFormat()}
        for level, one in self._formats.items():
            font = _type(level)
            one.setFontFamilies(font.families())
            if level == 1:
                one.setFontWeight(QFont.Weight.Medium)

    def highlightBlock(self, text: str) -> None:
        """Set a heading of the first two levels in its type."""
        blocks = minutes_blocks(text) if 0 < len(text) <= 60 else ()
        if len(blocks) == 1 and isinstance(blocks[0], Heading) and blocks[0].level in self._formats:
            self.setFormat(0, len(text), self._formats[blocks[0].level])


class MinutesEdit(QTextEdit):
    """A plain text editor: what is pasted loses its looks, Tab leaves, paragraphs begin two characters in."""

    refused = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "minutes_edit", "会议内容")
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QTextEdit.LineWrapMode.WidgetWidth)
        self.setFont(_type(0))
        self.document().setDocumentMargin(scaled(16))
        self._highlighter = OutlineHighlighter(self.document())
        self.setPlaceholderText("记录会议的内容、发言和讨论情况。Ctrl+1 到 Ctrl+4 把所在的一行变成标题，自动编号。")

    def put_text(self, text: str) -> None:
        """Show a text, which cannot be undone."""
        document = self.document()
        document.setUndoRedoEnabled(False)
        self.setPlainText(text)
        cursor = QTextCursor(document)
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.setBlockFormat(self._paragraph())
        document.setUndoRedoEnabled(True)
        document.setModified(False)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste the bare text without control characters; refuse what no minutes can be."""
        text = clean_text(source.text())
        if len(text) + self.document().characterCount() > _LONGEST:
            self.refused.emit()
            return
        cursor = self.textCursor()
        cursor.insertText(text)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift+Enter makes a paragraph like Enter: line separators are not plain text."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.textCursor().insertBlock(self._paragraph())
            self.ensureCursorVisible()
        else:
            super().keyPressEvent(event)

    def set_level(self, level: int) -> None:
        """Make the paragraph with the cursor a heading of `level`, body text with 0 or when it was one already."""
        cursor = self.textCursor()
        position = cursor.block().blockNumber()
        lines = self.toPlainText().split("\n")
        changes = set_level(lines, position, level) or set_level(lines, position, 0)
        cursor.beginEditBlock()
        for i, text in changes.items():
            self._replace_block(i, lines[i], text)
        cursor.endEditBlock()

    def _replace_block(self, number: int, old: str, new: str) -> None:
        """Change only the front of a block that differs, so that the cursor stays with its words."""
        same = 0
        while same < min(len(old), len(new)) and old[-1 - same] == new[-1 - same]:
            same += 1
        block = self.document().findBlockByNumber(number)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + len(old) - same, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(new[: len(new) - same])

    def _paragraph(self) -> QTextBlockFormat:
        style = QTextBlockFormat()
        style.setTextIndent(self.fontMetrics().horizontalAdvance("国国"))
        style.setLineHeight(145, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        return style


class FindBar(QWidget):
    """Finds a word in the minutes."""

    def __init__(self, edit: QTextEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = edit
        self.word = named(QLineEdit(), "minutes_find", "在会议内容中查找")
        self.word.setPlaceholderText("查找")
        self.word.returnPressed.connect(self._on_next_clicked)
        self.note = named(QLabel(), "small_quiet")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.word, 1)
        line.addWidget(self.note)
        for text, name, slot in (
            ("上一个", "find_previous", self._on_previous_clicked),
            ("下一个", "find_next", self._on_next_clicked),
            ("关闭", "find_close", self._on_close_clicked),
        ):
            button = named(QPushButton(text), name)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            line.addWidget(button)
        self.hide()

    def open(self) -> None:
        """Show the bar with what is selected in the text."""
        if chosen := self._edit.textCursor().selectedText():
            self.word.setText(chosen[:50])
        self.show()
        self.word.setFocus()
        self.word.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the bar, not the dialog."""
        if event.key() == Qt.Key.Key_Escape:
            self._on_close_clicked()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def _find(self, flags: QTextDocument.FindFlag) -> None:
        pattern = QRegularExpression(QRegularExpression.escape(self.word.text()))
        pattern.setPatternOptions(QRegularExpression.PatternOption.CaseInsensitiveOption)
        if not self.word.text():
            return
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
        self.note.setText("" if found else "没有找到")

    def _on_next_clicked(self) -> None:
        self._find(QTextDocument.FindFlag(0))

    def _on_previous_clicked(self) -> None:
        self._find(QTextDocument.FindFlag.FindBackward)

    def _on_close_clicked(self) -> None:
        self.hide()
        self._edit.setFocus()


class MinutesPage(SectionPage):
    """The minutes."""

    key = "minutes"
    title = "会议内容"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = MinutesEdit()
        self.finder = FindBar(self.edit)
        self._length = 0
        self._filling = False
        self.count = named(QLabel(), "minutes_count")
        self._count_wait = QTimer(self, singleShot=True, interval=_COUNT_AFTER_MS)
        self._count_wait.timeout.connect(self._count_now)
        self.body.addWidget(self._tools())
        self.body.addWidget(self.finder)
        self.body.addWidget(self.edit, 1)
        self.edit.textChanged.connect(self._on_text_changed)
        self.edit.refused.connect(self._on_refused)
        self._count_now()

    def _tools(self) -> QWidget:
        bar = named(QToolBar(), "minutes_bar", "会议内容：工具栏")
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.setIconSize(QSize(scaled(16), scaled(16)))
        for level, text in _LEVELS:
            self._add(
                bar,
                number_text(level, 1),
                partial(self.edit.set_level, level),
                f"Ctrl+{level}",
                f"heading_{level}",
                text,
            )
        self._add(bar, "正文", partial(self.edit.set_level, 0), "Ctrl+0", "heading_0", "去掉编号，变回正文")
        bar.addSeparator()
        undo = self._add(bar, "撤销", self.edit.undo, "", "undo", "撤销（Ctrl+Z）", "undo")
        redo = self._add(bar, "恢复", self.edit.redo, "", "redo", "恢复（Ctrl+Y）", "redo")
        for action in (undo, redo):
            button = bar.widgetForAction(action)
            assert isinstance(button, QToolButton)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAccessibleName(action.text())
        for action, signal in ((undo, self.edit.undoAvailable), (redo, self.edit.redoAvailable)):
            action.setEnabled(False)
            signal.connect(action.setEnabled)
        self._add(bar, "查找", self.finder.open, "Ctrl+F", "find", "查找", "search")
        spring = QWidget()
        line = QHBoxLayout(spring)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(bar, 1)
        line.addWidget(self.count)
        return spring

    def _add(self, bar: QToolBar, text: str, slot: Any, key: str, name: str, tip: str, picture: str = "") -> QAction:
        action = QAction(text, self)
        action.setObjectName(f"minutes_{name}")
        if picture:
            action.setIcon(icon(picture))
        action.triggered.connect(slot)
        action.setToolTip(f"{tip}（{key}）" if key else tip)
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.addAction(action)
        bar.addAction(action)
        return action

    def badge(self) -> str:
        """The number of characters."""
        return f"{self._length:,}字" if self._length else ""

    def put(self, draft: MeetingDraft) -> None:
        """Show stored minutes."""
        self._put(draft.minutes)

    def fields(self) -> dict[str, Any]:
        """The text."""
        return {"minutes": self.edit.toPlainText()}

    def state(self) -> object:
        """The text."""
        return self.edit.toPlainText()

    def restore(self, state: Any) -> None:
        """Put the text back."""
        self._put(str(state))

    def take_focus(self) -> None:
        """The text."""
        self.edit.setFocus()

    def _put(self, text: str) -> None:
        self._filling = True
        self.edit.put_text(text)
        self._filling = False
        self._count_now()

    def _on_text_changed(self) -> None:
        if not self._filling:
            self._count_wait.start()
            self.changed.emit()

    def _on_refused(self) -> None:
        self.show_problems([f"这段文字太长，没有粘贴：会议内容最多{_LONGEST // 10000}万字。"])

    def _count_now(self) -> None:
        self._length = len("".join(self.edit.toPlainText().split()))
        self.count.setText(f"{self._length:,} 字")
