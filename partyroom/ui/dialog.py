"""The base of our dialogs: freed when closed, never larger than the screen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
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

    def setVisible(self, visible: bool) -> None:
        """Open as large as the content wants, but within the screen.

        Qt alone would stop at two thirds of it; at 200 % scaling a small notebook shows as little as 640×360 points.
        """
        if visible and not self.isVisible():
            room = self.screen().availableGeometry().size() - QSize(16, 48)
            wanted = self.size() if self.testAttribute(Qt.WidgetAttribute.WA_Resized) else self.sizeHint()
            self.setMinimumSize(self.minimumSize().boundedTo(room))
            self.resize(wanted.expandedTo(self.minimumSize()).boundedTo(room))
        super().setVisible(visible)
