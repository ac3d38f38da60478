"""The pages of a PDF on the screen, with zoom and page numbers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QVBoxLayout, QWidget

STEPS: Final = (0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)


class PdfPane(QWidget):
    """Shows a PDF that exists only in memory; nothing is written to disk for it."""

    page_changed = Signal(int)
    zoom_changed = Signal()

    def __init__(self, pdf: bytes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Children are destroyed in the order in which they were made: first who reads, last what is read.
        self.view = QPdfView(self)
        self.document = QPdfDocument(self)
        self._buffer = QBuffer(self)
        self._buffer.setData(QByteArray(pdf))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(self._buffer)
        self.view.setObjectName("pdf_view")
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setDocument(self.document)
        self.view.viewport().installEventFilter(self)
        self.view.pageNavigator().currentPageChanged.connect(self.page_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.setFocusProxy(self.view)

    @property
    def readable(self) -> bool:
        """Whether there is anything to be seen."""
        return self.document.status() == QPdfDocument.Status.Ready and self.page_count > 0

    @property
    def page_count(self) -> int:
        """Number of pages."""
        return self.document.pageCount()

    @property
    def page(self) -> int:
        """The page in sight, from 0."""
        return self.view.pageNavigator().currentPage()

    def go_to(self, page: int) -> None:
        """Bring a page (from 0) into sight."""
        if 0 <= page < self.page_count and page != self.page:
            self.view.pageNavigator().jump(page, QPointF(), 0)

    def fit_width(self) -> None:
        """Pages as wide as the window."""
        self._fit(QPdfView.ZoomMode.FitToWidth)

    def fit_page(self) -> None:
        """Whole pages."""
        self._fit(QPdfView.ZoomMode.FitInView)

    def zoom_to(self, factor: float) -> None:
        """Pages at `factor` times their real size."""
        page = self.page
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(min(max(factor, STEPS[0]), STEPS[-1]))
        self.go_to(page)
        self.zoom_changed.emit()

    def zoom_by(self, steps: int) -> None:
        """One step larger (+1) or smaller (-1) than now."""
        now = self.zoom
        larger = [step for step in STEPS if step > now + 0.005]
        smaller = [step for step in reversed(STEPS) if step < now - 0.005]
        ladder = larger if steps > 0 else smaller
        if ladder:
            self.zoom_to(ladder[0])

    @property
    def zoom(self) -> float:
        """The present factor, also when the pages are fitted."""
        mode = self.view.zoomMode()
        if mode == QPdfView.ZoomMode.Custom or not self.readable:
            return self.view.zoomFactor()
        points = self.document.pagePointSize(max(self.page, 0))
        dots = self.view.logicalDpiX() / 72
        margins = self.view.documentMargins()
        room = self.view.viewport().size()
        across = (room.width() - margins.left() - margins.right()) / (points.width() * dots)
        if mode == QPdfView.ZoomMode.FitToWidth:
            return across
        return min(across, (room.height() - self.view.pageSpacing()) / (points.height() * dots))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl and the wheel zoom."""
        if isinstance(event, QWheelEvent) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
            return True
        return super().eventFilter(watched, event)

    def _fit(self, mode: QPdfView.ZoomMode) -> None:
        page = self.page
        self.view.setZoomMode(mode)
        self.go_to(page)
        self.zoom_changed.emit()
