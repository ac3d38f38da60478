"""One section of the archive; those that take files accept them by drag."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

from partyroom.ui import sections


class Section(sections.Section):
    """Base of the sections of the archive."""

    icon: ClassVar[str] = "archives"


class ReceivingSection(Section):
    """A section onto which files are dropped; `add_paths` says what becomes of them."""

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Take files from outside."""
        raise NotImplementedError

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files of this PC may be dropped."""
        welcome(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere in the section."""
        welcome(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        if paths := dropped_paths(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.add_paths(paths)


def welcome(event: QDragMoveEvent) -> None:
    """Accept a drag that brings files; they are copied, never moved."""
    if dropped_paths(event.mimeData()):
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    else:
        event.ignore()


def dropped_paths(content: QMimeData) -> list[Path]:
    """The files of this PC that are dragged."""
    return [Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile()]
