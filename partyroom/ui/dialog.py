"""The base of our dialogs: freed when closed, never larger than the screen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget


class Dialog(QDialog):
    """A dialog that frees itself: after `exec()` has returned or, when opened with `open()`, once closed."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._running = False

    def exec(self) -> int:
        """Run modally, then free the widgets: read what the user entered through what the dialog kept."""
        self._running = True
        try:
            return super().exec()
        finally:
            self.deleteLater()

    def done(self, result: int) -> None:
        """Close; a dialog that nobody is waiting for in `exec` frees itself."""
        super().done(result)
        if not self._running:
            self.deleteLater()

    def showEvent(self, event: QShowEvent) -> None:
        """Keep within the screen: at 200 % scaling a small notebook shows as little as 640×360 points."""
        room = self.screen().availableGeometry().size() - QSize(16, 48)
        if self.width() > room.width() or self.height() > room.height():
            self.setMinimumSize(self.minimumSize().boundedTo(room))
            self.resize(self.size().boundedTo(room))
        super().showEvent(event)
