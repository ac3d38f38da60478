"""The history of minutes: the stored versions, what changed between them, and one of them brought back."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import chinese_datetime
from partyroom.features.meetings.minutes_service import list_versions
from partyroom.features.meetings.versions import DiffLine, Mark, VersionRow, compare_texts
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_NOW, _BEFORE, _WHOLE = "now", "before", "whole"
_WAYS = (
    (_BEFORE, "这一版改了什么（与前一版比较）"),
    (_NOW, "此后改了什么（与现在的内容比较）"),
    (_WHOLE, "这一版的全文"),
)
_GROUNDS = {Mark.ADDED: "#E3F3E6", Mark.REMOVED: "#FBE9E7"}
_KEEP = "white-space:pre-wrap"
_PIECES = {Mark.ADDED: "#A9DDB3", Mark.REMOVED: "#F3B8B1"}
_INKS = {Mark.ADDED: "#1E5C33", Mark.REMOVED: COLOURS["accent_dark"]}


class VersionDialog(Dialog):
    """Shows the versions of one meeting's minutes; `chosen` hands the text of the one to bring back to the editor.

    `current` is the text as it stands in the editor, which may not be stored yet. A locked record is only shown.
    """

    chosen = Signal(str)

    def __init__(
        self, desk: Desk, meeting_id: int, current: str, *, locked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__("会议内容的历史版本", parent)
        self.setObjectName("version_dialog")
        self._desk = desk
        self._current = current
        self._versions: list[VersionRow] = []
        self._lay_out(locked=locked)
        desk.tasks.read(partial(_read, meeting_id), self._on_versions_read, owner=self, key="versions")

    def sizeHint(self) -> QSize:
        """Roomy; the base class keeps it within the screen."""
        return QSize(scaled(980), scaled(600))

    def _lay_out(self, *, locked: bool) -> None:
        self.list = named(QListWidget(), "version_list", "历史版本")
        self.list.setMinimumWidth(scaled(230))
        self.list.currentRowChanged.connect(self._on_choice_changed)
        self.way = named(QComboBox(), "version_way", "显示什么")
        for code, label in _WAYS:
            self.way.addItem(label, code)
        self.way.currentIndexChanged.connect(self._on_choice_changed)
        self.view = named(QTextBrowser(), "version_view", "版本内容")
        self.view.setOpenLinks(False)
        self.note = named(QLabel("每次保存时内容有改动，就留下一版。"), "small_quiet")
        self.note.setWordWrap(True)
        self.restore_button = named(QPushButton("用这一版替换现在的内容"), "restore_version")
        self.restore_button.setProperty("primary", True)
        self.restore_button.clicked.connect(self._on_restore_clicked)
        self.restore_button.setVisible(not locked)
        self.restore_button.setEnabled(False)
        close = named(QPushButton("关闭"), "close_button")
        close.clicked.connect(self.reject)
        right = QVBoxLayout()
        right.addWidget(self.way)
        right.addWidget(self.view, 1)
        middle = QHBoxLayout()
        middle.setSpacing(scaled(12))
        middle.addWidget(self.list)
        middle.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.note, 1)
        foot.addWidget(close)
        foot.addWidget(self.restore_button)
        for button in (close, self.restore_button):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.addLayout(middle, 1)
        layout.addLayout(foot)

    def _on_versions_read(self, versions: list[VersionRow]) -> None:
        self._versions = versions
        if not versions:
            self.note.setText("还没有保存过会议内容，保存以后这里就有历史版本。")
        for number, version in enumerate(versions):
            name = f"第{len(versions) - number}版" + ("（最新）" if version.current else "")
            item = QListWidgetItem(f"{name}\n{chinese_datetime(version.at)}　{version.length:,}字")
            self.list.addItem(item)
        self.list.setCurrentRow(0 if versions else -1)
        self.list.setFocus()

    def _on_choice_changed(self) -> None:
        row = self.list.currentRow()
        if not 0 <= row < len(self._versions):
            return
        version = self._versions[row]
        self.restore_button.setEnabled(version.text != self._current)
        way = self.way.currentData()
        if way == _WHOLE:
            self.view.setHtml(_page([_paragraph(Mark.SAME, html.escape(line)) for line in version.text.split("\n")]))
            return
        old = version.text if way == _NOW else self._versions[row + 1].text if row + 1 < len(self._versions) else ""
        new = self._current if way == _NOW else version.text
        # Thousands of changed paragraphs take a moment: beside the window, and only the latest wish is shown.
        self._desk.tasks.read(partial(_compare, old, new), self._on_compared, owner=self, key="compare")

    def _on_compared(self, lines: Sequence[DiffLine]) -> None:
        if not lines:
            self.view.setHtml(_page(["<p>没有改动，两边内容相同。</p>"]))
            return
        removed = sum(line.mark is Mark.REMOVED for line in lines)
        added = sum(line.mark is Mark.ADDED for line in lines)
        head = f"<p><b>删去{removed}段，增加{added}段。</b>　改动的字：删去的有删除线，增加的有下划线。</p>"
        self.view.setHtml(_page([head, *(_line(line) for line in lines)]))

    def _on_restore_clicked(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._versions):
            self.chosen.emit(self._versions[row].text)
            self.accept()


def _line(line: DiffLine) -> str:
    if line.mark is Mark.SKIPPED:
        return f"<p style='color:{COLOURS['soft']}'>……（{line.count}段没有改动）</p>"
    return _paragraph(line.mark, "".join(_piece(line, mark, text) for mark, text in line.pieces))


def _piece(line: DiffLine, mark: Mark, text: str) -> str:
    """Changed characters are marked where the rest of their paragraph stayed."""
    words = html.escape(text)
    if mark is Mark.SAME or len(line.pieces) == 1:
        return words
    stroke = "underline" if mark is Mark.ADDED else "line-through"
    return f"<span style='background-color:{_PIECES[mark]};text-decoration:{stroke}'>{words}</span>"


def _paragraph(mark: Mark, words: str) -> str:
    if mark is Mark.SAME:
        return f"<p style='{_KEEP}'>{words or '&nbsp;'}</p>"
    sign = "＋" if mark is Mark.ADDED else "－"
    label = f"<span style='color:{_INKS[mark]}'><b>{sign}{mark.label}</b></span>　"
    body = words or "（空行）"
    return f"<p style='{_KEEP};background-color:{_GROUNDS[mark]}'>{label}{body}</p>"


def _page(paragraphs: Sequence[str]) -> str:
    return f"<html><body style='line-height:140%'>{''.join(paragraphs)}</body></html>"


def _read(meeting_id: int, session: Any) -> list[VersionRow]:
    return list_versions(session, meeting_id)


def _compare(old: str, new: str, _session: Any) -> list[DiffLine]:
    return compare_texts(old, new)
