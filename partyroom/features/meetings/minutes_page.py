"""Section 会议内容: plain text with numbered headings, shown in the type it will be printed in."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontDatabase,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QSyntaxHighlighter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QTextEdit, QToolBar, QToolButton, QToolTip, QWidget

from partyroom.core.paths import resources
from partyroom.core.text import clean_text
from partyroom.documents.minutes import minutes_blocks
from partyroom.documents.model import Heading
from partyroom.features.meetings.domain import MeetingDraft
from partyroom.features.meetings.finding_page import FindBar, units
from partyroom.features.meetings.live_fields import LIVE_FIELDS, TOKEN, token
from partyroom.features.meetings.outline import number_text, set_level
from partyroom.features.meetings.section_page import SectionPage
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, interface_font, scaled

_LONGEST = 1_000_000  # characters; a whole year of minutes has fewer
_COUNT_AFTER_MS = 200
_BODY_SIZE = 1.2  # times the letters of the window
_FANGSONG = ("FangSong", "FangSong_GB2312", "仿宋_GB2312", "仿宋", "STFangsong")
_KAITI = ("KaiTi", "KaiTi_GB2312", "楷体_GB2312", "楷体", "STKaiti")
_HEITI = ("SimHei", "黑体", "Noto Sans CJK SC")
_FIELD_INK = "#2F5D9B"
_TIP = 200  # characters of a value shown in a tool tip
_HISTORY_TIP = "看以前保存的各个版本，比较改动，恢复其中一版"
_BULLETS = dict.fromkeys((0xF0B7, 0xF06C, 0xF06E, 0xF075, 0xF0A7, 0xF0A8, 0xF0D8, 0xF0FC), "·")
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
        """Set a heading of the first two levels in its type, and live fields on a ground of their own."""
        blocks = minutes_blocks(text) if 0 < len(text) <= 60 else ()
        if len(blocks) == 1 and isinstance(blocks[0], Heading) and blocks[0].level in self._formats:
            self.setFormat(0, len(text), self._formats[blocks[0].level])
        for found in TOKEN.finditer(text) if "〔" in text else ():
            start = units(text[: found.start()])
            ground = QTextCharFormat(self.format(start))
            ground.setBackground(QColor(COLOURS["blue_pale"]))
            ground.setForeground(QColor(_FIELD_INK))
            self.setFormat(start, units(found[0]), ground)


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
        self._values: Mapping[str, str] = {}
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

    def replace_text(self, text: str) -> None:
        """Put another text in the place of all, which one undo takes back."""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.endEditBlock()

    def set_values(self, values: Mapping[str, str]) -> None:
        """Know what the live fields stand for at present."""
        self._values = values

    def field_tip(self, place: QPoint) -> str:
        """What a live field at this point of the viewport will be replaced by; '' where there is none."""
        cursor = self.cursorForPosition(place)
        text, column = cursor.block().text(), cursor.positionInBlock()
        for found in TOKEN.finditer(text):
            if units(text[: found.start()]) <= column <= units(text[: found.end()]):
                value = self._values.get(found[1], "")
                return f"打印时换成：{value if len(value) <= _TIP else value[:_TIP] + '…'}"
        return ""

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell what a live field stands for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            tip = self.field_tip(event.pos())
            if tip:
                QToolTip.showText(event.globalPos(), f"<qt>{html.escape(tip).replace(chr(10), '<br>')}</qt>", self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste the bare text without control characters; refuse what no minutes can be."""
        text = pasted_text(source)
        if len(text) + self.document().characterCount() > _LONGEST:
            self.refused.emit()
            return
        cursor = self.textCursor()
        cursor.insertText(text)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift+Enter makes a paragraph like Enter: line separators are not plain text."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.isReadOnly():
            self.textCursor().insertBlock(self._paragraph())
            self.ensureCursorVisible()
        else:
            super().keyPressEvent(event)

    def set_level(self, level: int) -> None:
        """Make the paragraph with the cursor a heading of `level`, body text with 0 or when it was one already."""
        if self.isReadOnly():
            return
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


def pasted_text(source: QMimeData) -> str:
    """The bare text of what comes from Word, WPS or the web: no looks, no bullets of symbol fonts, no odd spaces."""
    bare = source.text()
    if not bare and source.hasHtml():
        bare = QTextDocumentFragment.fromHtml(source.html()).toPlainText()
    return clean_text(bare.replace("\u00a0", " ").translate(_BULLETS))


class MinutesPage(SectionPage):
    """The minutes."""

    versions_requested = Signal()
    key = "minutes"
    title = "会议内容"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = MinutesEdit()
        self.finder = FindBar(self.edit)
        self._length = 0
        self._filling = False
        self._changing: list[QAction] = []
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
            work, name = partial(self.edit.set_level, level), f"heading_{level}"
            self._changing.append(self._add(bar, number_text(level, 1), work, f"Ctrl+{level}", name, text))
        work = partial(self.edit.set_level, 0)
        self._changing.append(self._add(bar, "正文", work, "Ctrl+0", "heading_0", "去掉编号，变回正文"))
        bar.addSeparator()
        self._undo = undo = self._add(bar, "撤销", self.edit.undo, "", "undo", "撤销（Ctrl+Z）", "undo")
        self._redo = redo = self._add(bar, "恢复", self.edit.redo, "", "redo", "恢复（Ctrl+Y）", "redo")
        self._changing += [undo, redo]
        for action in (undo, redo):
            button = bar.widgetForAction(action)
            assert isinstance(button, QToolButton)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAccessibleName(action.text())
        for action, signal in ((undo, self.edit.undoAvailable), (redo, self.edit.redoAvailable)):
            action.setEnabled(False)
            signal.connect(action.setEnabled)
        self._add(bar, "查找替换", self.finder.open, "Ctrl+F", "find", "查找和替换", "search")
        bar.addWidget(self._field_button())
        self._history = self._add(
            bar, "历史版本", self.versions_requested.emit, "", "versions", _HISTORY_TIP, "history"
        )
        self._history.setVisible(False)
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

    def _field_button(self) -> QToolButton:
        """The menu of live fields."""
        self._fields = named(QToolButton(), "minutes_fields", "插入会议的数据")
        self._fields.setText("插入")
        self._fields.setIcon(icon("add"))
        self._fields.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fields.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._fields.setToolTip("插入人数、名单、表决结果、决议；打印时自动换成这次会议的数据")
        menu = QMenu(self._fields)
        menu.setToolTipsVisible(True)
        for name in LIVE_FIELDS:
            action = menu.addAction(token(name))
            action.setObjectName(f"insert_{name}")
            action.triggered.connect(partial(self._insert_field, name))
        self._fields.setMenu(menu)
        return self._fields

    def _insert_field(self, name: str) -> None:
        if not self.edit.isReadOnly():
            self.edit.textCursor().insertText(token(name))
            self.edit.setFocus()

    def set_values(self, values: Mapping[str, str]) -> None:
        """Know what the live fields stand for at present."""
        self.edit.set_values(values)
        for action in self._fields.menu().actions():
            name = action.text().strip("〔〕")
            action.setToolTip(f"<qt>现在是：{html.escape(values.get(name, '')[:_TIP])}</qt>")

    def offer_versions(self) -> None:
        """Offer the history of stored minutes."""
        self._history.setVisible(True)

    def lock(self, *, locked: bool) -> None:
        """Let the text be read, searched and copied, not changed."""
        self.edit.setReadOnly(locked)
        self._fields.setEnabled(not locked)
        for action in self._changing:
            action.setEnabled(not locked)
        if not locked:
            self._undo.setEnabled(self.edit.document().isUndoAvailable())
            self._redo.setEnabled(self.edit.document().isRedoAvailable())

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
