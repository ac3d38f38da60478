"""What a user sees before any library is open: four ways to begin, and the libraries used before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from partyroom.ui.icons import ACCENT, INK, pixmap
from partyroom.ui.messages import Messages
from partyroom.ui.naming import named
from partyroom.ui.rows import even_rows
from partyroom.ui.strip import MessageStrip
from partyroom.ui.theme import row_height, scaled


class StartCard(QPushButton):
    """A large button with a picture, a title and a sentence."""

    def __init__(self, picture: str, title: str, text: str, *, primary: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "start_card", title).setAccessibleDescription(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        sign = QLabel()
        sign.setPixmap(pixmap(picture, scaled(32), ACCENT if primary else INK, self.devicePixelRatioF()))
        words = named(QLabel(text), "quiet")
        words.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(scaled(22), scaled(20), scaled(22), scaled(18))
        self._column.setSpacing(scaled(8))
        for part in (sign, named(QLabel(title), "dialog_heading"), words):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._column.addWidget(part)
        self._column.addStretch(1)

    def sizeHint(self) -> QSize:
        """Room for the sentence on three lines."""
        return QSize(scaled(220), max(scaled(170), self._column.heightForWidth(scaled(220))))

    def minimumSizeHint(self) -> QSize:
        """A narrow screen may squeeze the cards, not cut their words."""
        return QSize(scaled(160), self.sizeHint().height())


class StartPage(QWidget):
    """Offers 新建支部, 打开支部库, 从备份恢复, 打开示例支部 and the libraries in `recent` (name and folder)."""

    create_requested = Signal()
    open_requested = Signal()
    restore_requested = Signal()
    sample_requested = Signal()
    recent_requested = Signal(object)

    def __init__(
        self, messages: Messages, recent: Sequence[tuple[str, Path]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, "start_page")
        self.setWindowTitle("党建活动室")
        messages.attach(self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(MessageStrip(messages))
        centre = QWidget()
        centre.setMaximumWidth(scaled(920))
        self._column = QVBoxLayout(centre)
        self._column.setContentsMargins(scaled(32), scaled(32), scaled(32), scaled(24))
        self._column.setSpacing(scaled(10))
        outer.addWidget(_scrolling(centre), 1)
        self._add_heading()
        self._add_cards()
        self._add_recent(recent)
        self.resize(QSize(scaled(960), scaled(620)).boundedTo(self.screen().availableGeometry().size() - QSize(20, 40)))

    def _add_heading(self) -> None:
        self._column.addStretch(1)
        self._column.addWidget(named(QLabel("党建活动室"), "page_heading"))
        text = "支部的名册、会议、党费、发展党员和档案，都在这台电脑上，不需要联网。"
        words = named(QLabel(text), "quiet")
        words.setWordWrap(True)
        self._column.addWidget(words)
        self._column.addSpacing(scaled(14))

    def _add_cards(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(scaled(14))
        for picture, title, text, signal in (
            ("add", "新建支部", "填写支部名称、学校和书记，建立一个空的支部库。", self.create_requested),
            ("folder-open", "打开支部库", "打开已有的支部库，包括从其他电脑拷来的。", self.open_requested),
            ("restore", "从备份恢复…", "接手移交来的资料，或者在新电脑上恢复备份。", self.restore_requested),
            ("sample", "打开示例支部", "先看一个填好的示例，人物和内容都是虚构的。", self.sample_requested),
        ):
            card = StartCard(picture, title, text, primary=picture == "add")
            card.clicked.connect(signal)
            row.addWidget(card, 1)
        self._column.addLayout(row)

    def _add_recent(self, recent: Sequence[tuple[str, Path]]) -> None:
        if recent:
            self._column.addSpacing(scaled(14))
            self._column.addWidget(named(QLabel("最近打开"), "section_heading"))
            self._list = named(QListWidget(), "recent_list", "最近打开的支部库")
            even_rows(self._list)
            self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
            for name, folder in recent:
                item = QListWidgetItem(f"{name}    {folder}")
                item.setToolTip(str(folder))
                item.setData(Qt.ItemDataRole.UserRole, str(folder))
                self._list.addItem(item)
            self._list.setMaximumHeight(row_height() * min(len(recent), 5) + scaled(8))
            self._list.itemActivated.connect(self._on_list_item_activated)
            self._list.itemClicked.connect(self._on_list_item_activated)
            self._column.addWidget(self._list)
        self._column.addStretch(2)

    def _on_list_item_activated(self, item: QListWidgetItem) -> None:
        self.recent_requested.emit(Path(str(item.data(Qt.ItemDataRole.UserRole))))


def _scrolling(centre: QWidget) -> QScrollArea:
    """Keep `centre` in the middle of a wide window, and reachable in a low one."""
    content = named(QWidget(), "scroll_content")
    row = QHBoxLayout(content)
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch(1)
    row.addWidget(centre, 100)
    row.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area
