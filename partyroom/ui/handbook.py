"""The user handbook, offline: chapters at the left, the text at the right."""

from __future__ import annotations

import re
from typing import ClassVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QTextBlockFormat, QTextCursor, QTextDocument, QTextFrameFormat, QTextTable
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from partyroom.core.paths import resources
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, row_height, scaled

_CHAPTER = re.compile(r"^# (.+)$", re.MULTILINE)


def chapters() -> dict[str, str]:
    """Title and Markdown text of each chapter of resources/handbook/handbook.md, in order."""
    text = (resources() / "handbook" / "handbook.md").read_text(encoding="utf-8")
    pieces = _CHAPTER.split(text)[1:]
    return {title.strip(): body.strip() for title, body in zip(pieces[::2], pieces[1::2], strict=True)}


class HandbookWindow(Dialog):
    """A window of its own that may stay open beside the work."""

    _open: ClassVar[HandbookWindow | None] = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("使用手册", parent)
        self.setObjectName("handbook")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._chapters = chapters()
        self.titles = named(QListWidget(), "handbook_chapters", "目录")
        for title in self._chapters:
            item = QListWidgetItem(title, self.titles)
            item.setSizeHint(QSize(0, row_height()))
        self.titles.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.titles.setFixedWidth(scaled(230))
        self.text = named(QTextBrowser(), "handbook_text", "正文")
        self.text.setOpenExternalLinks(False)
        self.text.setOpenLinks(False)
        layout = QHBoxLayout(self)
        layout.addWidget(self.titles)
        layout.addWidget(self.text, 1)
        self.titles.currentRowChanged.connect(self._on_chapter_changed)
        self.resize(scaled(960), scaled(640))

    @classmethod
    def show_at(cls, title: str, parent: QWidget | None) -> HandbookWindow:
        """Open the handbook, or bring it forward, at the chapter with this title (the first if there is none)."""
        window = cls._open
        if window is None:
            window = cls._open = cls(parent)
            window.destroyed.connect(_forget)
        window.turn_to(title)
        window.show()
        window.raise_()
        window.activateWindow()
        return window

    def turn_to(self, title: str) -> None:
        """Show the chapter with this title."""
        names = list(self._chapters)
        self.titles.setCurrentRow(names.index(title) if title in names else 0)

    def _on_chapter_changed(self, row: int) -> None:
        title = list(self._chapters)[row]
        self.text.setMarkdown(f"# {title}\n\n{self._chapters[title]}")
        _space_out(self.text.document())


def _space_out(document: QTextDocument) -> None:
    """Give the text air: Qt sets Markdown solid, and tables hard against the line above."""
    document.setDocumentMargin(scaled(14))
    document.setIndentWidth(scaled(22))
    airy = QTextBlockFormat()
    airy.setLineHeight(135, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    everything = QTextCursor(document)
    everything.select(QTextCursor.SelectionType.Document)
    everything.mergeBlockFormat(airy)
    for table in document.rootFrame().childFrames():
        if isinstance(table, QTextTable):
            style = table.format().toTableFormat()
            style.setTopMargin(scaled(6))
            style.setBottomMargin(scaled(6))
            style.setCellPadding(scaled(5))
            style.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            style.setBorderBrush(QColor(COLOURS["line"]))
            table.setFormat(style)


def _forget() -> None:
    HandbookWindow._open = None
