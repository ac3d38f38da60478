"""全文查找: all minutes searched while typing; what is found opens in the editor at its place."""

from __future__ import annotations

import html
from functools import partial
from typing import Any

from PySide6.QtCore import QPersistentModelIndex, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QTextDocument
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import chinese_date
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.search_service import Findings, Found, Place, find_in_minutes
from partyroom.features.meetings.snippets import Parts, first_hit
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form_grid import FieldCell
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_SEARCH_AFTER_MS = 120
_LINES = 3  # of text in one result: its heading and two of the snippet
_PLAIN = Qt.ItemDataRole.AccessibleTextRole
_FOUND = Qt.ItemDataRole.UserRole
_HINT = "输入要找的字词，一个字也可以。\n几个词用空格隔开，就是要都出现。"
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SearchDialog(Dialog):
    """Finds words in all meetings; `chosen` gives the `Found` to open and the words looked for."""

    chosen = Signal(object, object)

    def __init__(self, desk: Desk, asked: str = "", parent: QWidget | None = None) -> None:
        super().__init__("全文查找", parent)
        self.setObjectName("search_dialog")
        self._desk = desk
        self._findings = Findings((), 0, 0, ())
        self._lay_out()
        self._wait = QTimer(self, singleShot=True, interval=_SEARCH_AFTER_MS)
        self._wait.timeout.connect(self._search)
        self.box.textChanged.connect(self._on_box_text_changed)
        self.list.itemActivated.connect(self._on_list_item_activated)
        self.box.setText(asked)
        self.box.selectAll()
        self._search()

    def _lay_out(self) -> None:
        self.box = named(QLineEdit(), "search_box", "在所有会议记录中查找")
        self.box.setPlaceholderText("查找会议名称、议题、议程、会议内容、决议…")
        self.box.setClearButtonEnabled(True)
        self.count = named(QLabel(), "small_quiet")
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.list = named(QListWidget(), "search_results", "找到的地方")
        self.list.setItemDelegate(_FoundDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty = named(QLabel(_HINT), "search_empty")
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.list)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setProperty("autoDefault", False)
        layout = QVBoxLayout(self)
        layout.setSpacing(scaled(8))
        layout.addWidget(self.box)
        layout.addWidget(self.count)
        layout.addLayout(self._stack, 1)
        layout.addWidget(buttons)

    def sizeHint(self) -> QSize:
        """Room for six or seven results; the base class keeps it within the screen."""
        return QSize(scaled(860), scaled(620))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """In the box, arrows move in the list and Enter opens; what is still being looked for is not opened blindly."""
        if event.key() in _MOVES and self.list.count():
            self._move(event.key())
        elif event.key() in _ENTER:
            if self.box.hasFocus() and not self._wait.isActive() and (item := self.list.currentItem()):
                self._on_list_item_activated(item)
        else:
            super().keyPressEvent(event)

    def _move(self, key: int) -> None:
        step = 5 if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) else 1
        back = key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp)
        row = self.list.currentRow() + (-step if back else step)
        self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))

    def _on_box_text_changed(self) -> None:
        self._wait.start()

    def _search(self) -> None:
        self._wait.stop()
        work = partial(_find, self.box.text())
        self._desk.tasks.read(work, self._on_found, owner=self, key="search")

    def _on_found(self, findings: Findings) -> None:
        self._findings = findings
        self.list.clear()
        for found in findings.lines:
            item = QListWidgetItem()
            item.setData(_FOUND, found)
            item.setData(_PLAIN, plain_line(found))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.count.setText(count_line(findings))
        self.empty.setText(f"没有找到“{' '.join(findings.words)}”。" if findings.words else _HINT)
        self._stack.setCurrentWidget(self.list if findings.lines else self.empty)

    def _on_list_item_activated(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_FOUND), self._findings.words)
        self.accept()


class _FoundDelegate(QStyledItemDelegate):
    """Draws one place: date, kind and title of the meeting; below them where it was found and the piece of text."""

    def sizeHint(self, option: Any, _index: Any) -> QSize:
        """The same for all."""
        return QSize(scaled(200), option.fontMetrics.lineSpacing() * _LINES + scaled(22))

    def paint(self, painter: QPainter, option: Any, index: Any) -> None:
        """The ground of the selection, the text, a line below."""
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(COLOURS["chosen"]))
        painter.setPen(QColor(COLOURS["line"]))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        room = QRectF(option.rect).adjusted(scaled(10), scaled(7), -scaled(10), -scaled(7))
        document = QTextDocument()
        document.setDocumentMargin(0)
        document.setDefaultFont(option.font)
        document.setTextWidth(room.width())
        document.setHtml(result_html(QPersistentModelIndex(index).data(_FOUND)))
        painter.translate(room.topLeft())
        painter.setClipRect(QRectF(0, 0, room.width(), room.height()))
        document.drawContents(painter)
        painter.restore()


def result_html(found: Found) -> str:
    """One place as rich text; everything a user wrote is escaped, hits are bold on a ground of their own."""
    soft = COLOURS["soft"]
    head = f"{chinese_date(found.starts_at.date())}　{html.escape(found.kind)}　"
    times = f"（{found.snippet.count}处）" if found.snippet.count > 1 else ""
    return (
        f'<div style="color:{COLOURS["ink"]}"><span style="color:{soft}">{head}</span>{_marked(found.title)}</div>'
        f'<div style="color:{COLOURS["ink"]};line-height:112%"><span style="color:{COLOURS["accent"]}">'
        f"{found.place.label}{times}</span>　{_marked(found.snippet.parts)}</div>"
    )


def _marked(parts: Parts) -> str:
    ground = f'<b style="background-color:{COLOURS["amber_line"]};color:{COLOURS["ink"]}">'
    return "".join(f"{ground}{html.escape(part)}</b>" if hit else html.escape(part) for part, hit in parts)


def plain_line(found: Found) -> str:
    """One place as it is read out."""
    title = "".join(part for part, _ in found.title)
    day = chinese_date(found.starts_at.date())
    return f"{day}，{found.kind}，{title}，{found.place.label}：{found.snippet.text}"


def count_line(findings: Findings) -> str:
    """How many meetings were found, and how many of them are listed."""
    if not findings.meetings:
        return ""
    if findings.shown < findings.meetings:
        return f"在{findings.meetings:,}次会议中找到，下面是最近的{findings.shown}次。多写一个词可以缩小范围。"
    return f"在{findings.meetings:,}次会议中找到。↑↓ 选择，回车打开。"


def show_place(editor: MeetingDialog, found: Found, words: tuple[str, ...]) -> None:
    """Go to the place in an open editor; in the minutes the find bar is filled and the first hit selected."""
    editor.go_to(found.place.section)
    if found.place is Place.MINUTES:
        text = editor.minutes.edit.toPlainText()
        if (hit := first_hit(text, words)) is not None:
            editor.minutes.finder.show_hit(*hit)
    elif found.place in (Place.AGENDA, Place.RESOLUTION):
        table = (editor.agenda if found.place is Place.AGENDA else editor.resolutions).table
        table.view.setCurrentIndex(table.model.index(found.row, 0))
        table.view.setFocus()
    else:
        for cell in editor.basics.findChildren(FieldCell):
            if cell.field.key == found.place.key:
                cell.editor.setFocus()


def _find(asked: str, session: Any) -> Findings:
    return find_in_minutes(session, asked)
