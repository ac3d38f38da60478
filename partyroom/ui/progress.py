"""What a long job says about its progress, and the dialog that shows it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from partyroom.core.errors import CancelledError
from partyroom.ui.naming import named

_POLL_MS = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a job has come: `done` of `total` steps (0 of 0 when unknown) and what it is doing now."""

    done: int = 0
    total: int = 0
    text: str = ""


class Progress:
    """Given to a job in another thread; the window reads it whenever it likes, so a job may report often."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self.standing = Standing()

    @property
    def cancelled(self) -> bool:
        """Whether the user pressed cancel."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the job to stop at its next step."""
        self._cancelled.set()

    def step(self, done: int, total: int, text: str = "") -> None:
        """Report that `done` of `total` steps are behind us and that `text` comes next.

        Raises:
            CancelledError: the user pressed cancel.
        """
        if self.cancelled:
            raise CancelledError
        self.standing = Standing(done, total, text)


class ProgressDialog(QDialog):
    """Shows one job's progress; closing it or Esc means cancel, and it stays until the job has stopped."""

    cancel_requested = Signal()

    def __init__(self, title: str, progress: Progress, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._progress = progress
        self.setObjectName("progress_dialog")
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 52)
        self._title = named(QLabel(title), "dialog_heading")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._text = named(QLabel("正在处理，请稍候…"), "quiet")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = named(QProgressBar(), "progress_bar", "进度")
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._cancel = named(QPushButton("取消"), "cancel_button")
        self._cancel.clicked.connect(self._on_cancel_clicked)
        self._lay_out()
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.refresh()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self._text, 1)
        buttons.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(12)
        layout.addWidget(self._title)
        layout.addWidget(self._bar)
        layout.addLayout(buttons)

    def refresh(self) -> None:
        """Show where the job stands now."""
        standing = self._progress.standing
        self._bar.setRange(0, max(standing.total, 0))
        self._bar.setValue(standing.done)
        if self._progress.cancelled:
            return
        count = f"{standing.done} / {standing.total}" if standing.total else ""
        text = "  ".join(part for part in (standing.text, count) if part)
        if text:
            self._text.setText(text)

    def _on_cancel_clicked(self) -> None:
        self._cancel.setEnabled(False)
        self._text.setText("正在取消…")
        self._progress.cancel()
        self.cancel_requested.emit()

    def reject(self) -> None:
        """Esc cancels the job; the dialog goes when the job has stopped."""
        if self._cancel.isEnabled():
            self._on_cancel_clicked()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's own cross cancels the job too."""
        event.ignore()
        self.reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Esc to `reject` and swallow Enter, so that a key meant for the page does not cancel."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
