"""A photo shown as large as the window allows."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled


class PhotoDialog(Dialog):
    """Shows one picture with its caption; Esc, Enter or the space bar close it."""

    def __init__(self, title: str, caption: str, picture: QPixmap, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setObjectName("pledge_photo")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.pane = named(_Pane(picture), "pledge_photo_pane", caption or title)
        self.caption = named(QLabel(caption), "pledge_photo_caption")
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setWordWrap(True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.caption.setVisible(bool(caption))
        layout = QVBoxLayout(self)
        layout.addWidget(self.pane, 1)
        layout.addWidget(self.caption)
        self.resize(scaled(960), scaled(700))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any of the keys that mean 'enough'."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.accept()
        else:
            super().keyPressEvent(event)


class _Pane(QWidget):
    """Draws a picture whole, never larger than it is."""

    def __init__(self, picture: QPixmap) -> None:
        super().__init__()
        self._picture = picture
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def minimumSizeHint(self) -> QSize:
        """Small enough for any screen."""
        return QSize(scaled(160), scaled(120))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """In the middle, in the sharpness of the screen."""
        ratio = self.devicePixelRatioF()
        whole = QSize(round(self._picture.width() / ratio), round(self._picture.height() / ratio))
        size = whole.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        size = size if size.width() < whole.width() else whole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        painter.drawPixmap(left, top, size.width(), size.height(), self._picture)
        painter.end()
