"""Above the list of pledges: the five stages of the year with counts and days, and what has to be reminded of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from partyroom.features.pledges.domain import Stage
from partyroom.features.pledges.reminders import Reminder
from partyroom.features.pledges.round_view_service import RoundView, as_it_went, stage_counts
from partyroom.ui.naming import named
from partyroom.ui.table_model import plain_tip
from partyroom.ui.theme import COLOURS, scaled

_GOOD = "#2E7D4F"
_SHOWN = 2


class StageCard(QFrame):
    """One stage: its name, how many pledges have come through it, and its day."""

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, f"stage_{stage.value}")
        self.setProperty("card", True)
        self.stage = stage
        self.name = QLabel(f"{list(Stage).index(stage) + 1}　{stage.label}")
        self.count = QLabel()
        self.day = named(QLabel(), "small_quiet")
        self.bar = _Bar()
        grid = QGridLayout(self)
        grid.setContentsMargins(scaled(12), scaled(6), scaled(12), scaled(7))
        grid.setHorizontalSpacing(scaled(8))
        grid.setVerticalSpacing(scaled(2))
        grid.addWidget(self.name, 0, 0)
        grid.addWidget(self.count, 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.day, 1, 0, 1, 2)
        grid.addWidget(self.bar, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        for label in (self.name, self.count, self.day):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.day.setMinimumWidth(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_compact(self, *, compact: bool) -> None:
        """Leave the day to the tool tip."""
        self.day.setVisible(not compact)
        self.bar.setVisible(not compact)

    def show_stage(self, done: int, total: int, words: str, tip: str, *, late: bool) -> None:
        """Show how many of all pledges came through, and the words for the day; late ones in amber."""
        whole = bool(total) and done == total
        colour = _GOOD if whole else COLOURS["ink"]
        self.count.setText(f"{done}/{total}份" if total else "0份")
        self.count.setStyleSheet(f"color: {colour};")
        self.day.setText(words)
        self.day.setStyleSheet(f"color: {COLOURS['amber_dark']};" if late else "")
        self.bar.show_share(done, total, _GOOD if whole else COLOURS["focus"])
        self.setToolTip(tip.replace("<", "＜"))
        self.setAccessibleName(f"{self.stage.label}：{self.count.text()}，{words}")


class _Bar(QWidget):
    """A thin line filled as far as the stage has come."""

    def __init__(self) -> None:
        super().__init__()
        self._share, self._colour = 0.0, COLOURS["focus"]
        self.setFixedHeight(scaled(4))

    def show_share(self, done: int, total: int, colour: str) -> None:
        """Fill `done` of `total`."""
        self._share, self._colour = (done / total if total else 0.0), colour
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Two rectangles."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(COLOURS["line"]))
        filled = self.rect()
        filled.setWidth(round(self.width() * self._share))
        painter.fillRect(filled, QColor(self._colour))
        painter.end()


class RoundStrip(QWidget):
    """Title and theme of the year's round, and its five stages in a row; `plan_requested` asks to change them."""

    plan_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "round_strip", "年度公开承诺的五个阶段")
        self.title = named(QLabel(), "section_heading")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setMinimumWidth(1)
        self.plan_button = named(QPushButton("本年度安排…"), "plan_round")
        self.plan_button.setProperty("flat", True)
        self.plan_button.clicked.connect(self.plan_requested)
        self.cards = {stage: StageCard(stage) for stage in Stage}
        head, row = QHBoxLayout(), QHBoxLayout()
        self.head = head
        head.addWidget(self.title, 1)
        head.addWidget(self.plan_button)
        row.setSpacing(scaled(8))
        for card in self.cards.values():
            row.addWidget(card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(scaled(4))
        column.addLayout(head)
        column.addLayout(row)

    def set_compact(self, *, compact: bool) -> None:
        """Make room for the list."""
        for card in self.cards.values():
            card.set_compact(compact=compact)

    def show_round(self, view: RoundView, day: date) -> None:
        """Show the round of a year; without one only the head stays."""
        found = as_it_went(view)
        for card in self.cards.values():
            card.setVisible(found is not None)
        self.plan_button.setVisible(found is not None)
        if found is None:
            self.title.setText(f"{view.year}年度公开承诺")
            return
        theme = " ".join(found.theme.split())
        self.title.setText(f"{found.title}　主题：{theme}" if theme else found.title)
        self.title.setToolTip(found.theme.replace("<", "＜"))
        counts = stage_counts(view.pledges)
        total = counts[Stage.PROPOSE]
        for stage, card in self.cards.items():
            line = found.stage(stage)
            done = line.actual_on
            late = done is None and line.planned_until is not None and line.planned_until < day
            planned = f"计划{_short(line.planned_until)}前" if line.planned_until else "没有计划日期"
            words = f"{_short(done)}完成" if done else planned
            tip = f"{stage.label}：{words}；责任人：{line.responsible or '未填'}"
            card.show_stage(counts[stage], total, words, tip, late=late)


class ReminderStrip(QFrame):
    """What is urgent, in a line or two; `all_requested` asks for the whole list."""

    all_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "message_strip", "承诺提醒")
        self.setProperty("level", "warning")
        self.text = named(QLabel(), "pledge_reminders")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setMinimumWidth(1)
        self._lines: list[str] = []
        self._compact = False
        self.button = named(QPushButton("全部提醒…"), "all_reminders")
        self.button.clicked.connect(self.all_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(scaled(12), scaled(4), scaled(8), scaled(4))
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        self.hide()

    def show_reminders(self, found: Sequence[Reminder]) -> None:
        """Show the most urgent ones and how many there are; nothing hides the strip."""
        self._lines = [one.text for one in found[:_SHOWN]]
        self.text.setToolTip(plain_tip("\n".join(self._lines)) or "")
        self.button.setText(f"全部提醒（{len(found)}）…")
        self.setVisible(bool(found))
        self._write()

    def set_compact(self, *, compact: bool) -> None:
        """Show one reminder alone."""
        self._compact = compact
        self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut long sentences off where the line ends."""
        super().resizeEvent(event)
        self._write()

    def _write(self) -> None:
        metrics, room = self.text.fontMetrics(), self.text.width()
        lines = self._lines[:1] if self._compact else self._lines
        side = Qt.TextElideMode.ElideRight
        self.text.setText("\n".join(metrics.elidedText(line, side, room) for line in lines))


def _short(day: date | None) -> str:
    return f"{day.month}月{day.day}日" if day else ""
