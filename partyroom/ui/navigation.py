"""The column of tabs at the left: thirteen rooms with words that stay horizontal and are all in sight."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QCursor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QTabBar, QVBoxLayout, QWidget

from partyroom.ui.icons import ACCENT, INK, icon
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class NavigationBar(QTabBar):
    """A tab bar standing upright; Qt alone would turn the words by ninety degrees."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "rooms", "功能")
        self.setShape(QTabBar.Shape.RoundedWest)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._pictures: list[str] = []
        self._by_keyboard = False

    def add(self, text: str, picture: str) -> None:
        """Add a room at the end."""
        self._pictures.append(picture)
        index = self.addTab(text)
        self.setTabToolTip(index, text if index >= 9 else f"{text}（Ctrl+{index + 1}）")

    def tabSizeHint(self, index: int) -> QSize:  # noqa: ARG002 - all rooms are alike
        """As wide as the longest word needs, as high as a finger likes."""
        texts = [self.tabText(tab) for tab in range(self.count())]
        widest = max((self.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
        return QSize(max(widest + scaled(66), scaled(140)), scaled(36))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Words are never cut."""
        return self.tabSizeHint(index)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember how the focus came: a ring is for those who work with the keyboard."""
        self._by_keyboard = event.reason() in _KEYBOARD
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down move, as the rooms stand one above the other; Qt knows only Left and Right."""
        self._by_keyboard = True
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self.setCurrentIndex(max(0, min(self.currentIndex() + step, self.count() - 1)))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw each room as a picture and a word; the present one carries the accent."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        under_mouse = self.tabAt(self.mapFromGlobal(QCursor.pos())) if self.underMouse() else -1
        for index in range(self.count()):
            if self.tabRect(index).intersects(event.rect()):
                self._draw(painter, index, hovered=index == under_mouse)

    def _draw(self, painter: QPainter, index: int, *, hovered: bool) -> None:
        rect = self.tabRect(index)
        inner = rect.adjusted(scaled(8), scaled(2), -scaled(8), -scaled(2))
        current = index == self.currentIndex()
        painter.setPen(Qt.PenStyle.NoPen)
        if current or hovered:
            painter.setBrush(QColor(COLOURS["accent_pale" if current else "hover"]))
            painter.drawRoundedRect(inner, scaled(5), scaled(5))
        if current:
            painter.setBrush(QColor(ACCENT))
            bar = QRect(inner.left(), inner.top() + scaled(8), scaled(3), inner.height() - scaled(16))
            painter.drawRoundedRect(bar, 1.5, 1.5)
        if current and self.hasFocus() and self._by_keyboard:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(COLOURS["focus"]), 1.5))
            painter.drawRoundedRect(inner, scaled(5), scaled(5))
        size = scaled(20)
        spot = QRect(inner.left() + scaled(14), inner.center().y() - size // 2 + 1, size, size)
        icon(self._pictures[index], ACCENT if current else INK).paint(painter, spot)
        painter.setPen(QColor(ACCENT if current else INK))
        words = inner.adjusted(scaled(14) + size + scaled(10), 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.tabText(index))


class NavigationRail(QScrollArea):
    """Holds the rooms; on a screen too low for all of them it scrolls, and the present one is always in sight."""

    def __init__(self, bar: NavigationBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "rail").setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar = bar
        holder = named(QWidget(), "rail_holder")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, scaled(8), 0, scaled(8))
        column.addWidget(bar)
        column.addStretch(1)
        self.setWidget(holder)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        bar.currentChanged.connect(self._on_bar_current_changed)

    def sizeHint(self) -> QSize:
        """As wide as the rooms and, when there must be one, the scroll bar."""
        return QSize(self._bar.sizeHint().width() + self._spare(), self._bar.sizeHint().height() + scaled(16))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room beside the words when the scroll bar comes."""
        super().resizeEvent(event)
        self.setFixedWidth(self.sizeHint().width())

    def _spare(self) -> int:
        low = self.height() < self._bar.sizeHint().height() + scaled(16)
        return self.verticalScrollBar().sizeHint().width() if low else 1

    def _on_bar_current_changed(self, index: int) -> None:
        middle = self._bar.tabRect(index).translated(self._bar.pos()).center()
        self.ensureVisible(middle.x(), middle.y(), 0, scaled(40))
