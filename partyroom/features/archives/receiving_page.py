"""The files of a 件 from outside: added by button or by dragging, each with what it is within the 件."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import now
from partyroom.core.errors import DomainError
from partyroom.core.pictures import LARGEST_FILE
from partyroom.core.text import one_line
from partyroom.features.archives.domain import ROLE_ORDER, Role
from partyroom.features.archives.receiving import Received, lying, usual_role
from partyroom.features.archives.screen_service import known_files
from partyroom.features.archives.section_page import dropped_paths, welcome
from partyroom.ui.desk import Desk
from partyroom.ui.icons import ACCENT, icon
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.table_model import plain_tip
from partyroom.ui.theme import row_height, scaled

FILTER: Final = (
    "扫描件和文件 (*.pdf *.jpg *.jpeg *.png *.tif *.tiff *.bmp *.webp *.doc *.docx *.xls *.xlsx *.wps *.et)"
    ";;所有文件 (*)"
)
_HEADINGS: Final = ("顺序", "文件名", "在件内", "页数", "长期保存")
_WIDTHS: Final = (52, 220, 110, 60, 240)
_MOST_PAGES: Final = 9999
_HASH = Qt.ItemDataRole.UserRole
_ORDER_NOTE: Final = (
    "件内次序（DA/T 22-2015）：正本在前、定稿在后，正文在前、附件在后，原件在前、复制件在后，"
    "转发文在前、被转发文在后，复文在前、来文在后；程序会照此排列。"
)


@dataclass(frozen=True)
class Read:
    """Files that can be taken, and a sentence for each that cannot."""

    files: tuple[Received, ...]
    refused: tuple[str, ...]


class _CalmComboBox(QComboBox):
    """Leaves the wheel to the form around it, which scrolls."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Not for us."""
        event.ignore()


class _CalmSpinBox(QSpinBox):
    """Leaves the wheel to the form around it, which scrolls."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Not for us."""
        event.ignore()


class ReceivingPane(QWidget):
    """The list of files with their roles and pages. `changed` tells that files were added or removed."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._files: list[Received] = []
        self.list = named(QTreeWidget(), "received_files", "件内文件")
        self.add_button = named(QPushButton(icon("add"), "添加文件…"), "add_files_button")
        self.remove_button = named(QPushButton(icon("trash", ACCENT), "移除"), "remove_file_button")
        self.roles = named(_CalmComboBox(), "file_role", "所选文件在件内是什么")
        self.pages = named(_CalmSpinBox(), "file_pages", "所选文件的页数")
        self._lay_out()
        self.setAcceptDrops(True)
        self._show()

    @property
    def files(self) -> list[Received]:
        """The files in the order of DA-02."""
        return lying(self._files)

    def choose_files(self) -> None:
        """Ask for files and add them."""
        self.add_paths(self._desk.messages.choose_files("添加归档文件", FILTER))

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Read, count and add files outside the window's thread."""
        if paths:
            moment = f"{now():%H:%M:%S.%f}"  # work of one title is not begun twice, but these are other files
            title = f"正在读取{len(paths)}个文件（{moment[:8]}）"
            work = partial(_read_files, tuple(paths))
            self._desk.tasks.compute(work, self._on_read, owner=self, title=title)

    def chain(self) -> None:
        """Make Tab visit the parts from left to right and down; call it inside the window."""
        for one, other in pairwise((self.add_button, self.remove_button, self.roles, self.pages, self.list)):
            QWidget.setTabOrder(one, other)

    # Building

    def _lay_out(self) -> None:
        self.list.setHeaderLabels(_HEADINGS)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setMinimumHeight(scaled(140))
        for column, width in enumerate(_WIDTHS):
            self.list.setColumnWidth(column, scaled(width))
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        self.list.currentItemChanged.connect(self._on_current_changed)
        for role in ROLE_ORDER:
            self.roles.addItem(role.label, role.value)
        self.roles.activated.connect(self._on_role_activated)
        self.pages.setRange(0, _MOST_PAGES)
        self.pages.setSpecialValueText("未计")
        self.pages.valueChanged.connect(self._on_pages_changed)
        self.add_button.clicked.connect(self.choose_files)
        self.remove_button.clicked.connect(self._on_remove_clicked)
        note = QLabel(_ORDER_NOTE)
        note.setProperty("note", "hint")
        note.setWordWrap(True)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(0, 0, 0, 0)
        column_box.setSpacing(scaled(6))
        column_box.addLayout(self._tools())
        column_box.addWidget(self.list, 1)
        column_box.addWidget(note)

    def _tools(self) -> QHBoxLayout:
        role_label, pages_label = QLabel("在件内(&R)"), QLabel("页数(&P)")
        role_label.setBuddy(self.roles)
        pages_label.setBuddy(self.pages)
        line = QHBoxLayout()
        line.setSpacing(scaled(8))
        for button in (self.add_button, self.remove_button):
            button.setAutoDefault(False)
            line.addWidget(button)
        line.addStretch(1)
        for part in (role_label, self.roles, pages_label, self.pages):
            line.addWidget(part)
        return line

    # Showing

    def sizeHint(self) -> QSize:
        """Some four files without scrolling."""
        return QSize(scaled(780), scaled(240))

    def _show(self, chosen: str = "") -> None:
        self.list.blockSignals(True)
        self.list.clear()
        current = None
        for place, file in enumerate(self.files, 1):
            pages = str(file.pages) if file.pages else "未计"
            item = QTreeWidgetItem([str(place), one_line(file.name), file.role.label, pages, file.state])
            item.setData(0, _HASH, file.sha256)
            item.setSizeHint(0, QSize(0, row_height()))
            item.setToolTip(1, plain_tip(file.name) or "")
            item.setToolTip(4, plain_tip(file.state) or "")
            self.list.addTopLevelItem(item)
            current = item if file.sha256 == chosen or current is None else current
        if current is not None:
            self.list.setCurrentItem(current)
        self.list.blockSignals(False)
        self._on_current_changed()

    def _current(self) -> Received | None:
        item = self.list.currentItem()
        wanted = item.data(0, _HASH) if item is not None else None
        return next((file for file in self._files if file.sha256 == wanted), None)

    def _on_current_changed(self) -> None:
        file = self._current()
        for part in (self.remove_button, self.roles):
            part.setEnabled(file is not None)
        self.pages.setEnabled(file is not None and not file.counted)
        self.pages.blockSignals(True)
        self.pages.setValue(file.pages if file is not None else 0)
        self.pages.blockSignals(False)
        if file is not None:
            self.roles.setCurrentIndex(self.roles.findData(file.role.value))

    # Changing

    def _replace(self, file: Received, other: Received) -> None:
        self._files[self._files.index(file)] = other
        self._show(other.sha256)

    def _on_role_activated(self, _place: int) -> None:
        if (file := self._current()) is not None:
            self._replace(file, replace(file, role=Role(str(self.roles.currentData()))))

    def _on_pages_changed(self, pages: int) -> None:
        file, item = self._current(), self.list.currentItem()
        if file is not None and item is not None:
            self._files[self._files.index(file)] = replace(file, pages=pages)
            item.setText(3, str(pages) if pages else "未计")

    def _on_remove_clicked(self) -> None:
        if (file := self._current()) is not None:
            self._files.remove(file)
            self._show()
            self.changed.emit()

    def _on_read(self, read: Read) -> None:
        refused = list(read.refused)
        fresh: list[Received] = []
        for file in read.files:
            same = next((one for one in [*self._files, *fresh] if one.sha256 == file.sha256), None)
            if same is not None:
                refused.append(f"“{file.name}”和列表里的“{same.name}”内容完全相同，没有重复添加。")
            else:
                fresh.append(replace(file, role=usual_role(len(self._files) + len(fresh))))
        self._files += fresh
        self._show(fresh[0].sha256 if fresh else "")
        if refused:
            self._desk.messages.problem("有的文件没有添加", "\n".join(refused))
        if fresh:
            hashes = tuple(file.sha256 for file in fresh)
            self._desk.tasks.read(partial(_known, hashes), self._on_known_read, owner=self)
            self.changed.emit()

    def _on_known_read(self, known: dict[str, str]) -> None:
        if known:
            self._files = [replace(file, known=known.get(file.sha256, file.known)) for file in self._files]
            current = self._current()
            self._show(current.sha256 if current else "")

    # Dragging

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files of this PC may be dropped."""
        welcome(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere in the pane."""
        welcome(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        if paths := dropped_paths(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.add_paths(paths)


def _known(hashes: Sequence[str], session: Any) -> dict[str, str]:
    return known_files(session, hashes)


def _read_files(paths: Sequence[Path], progress: Progress) -> Read:
    files: list[Received] = []
    refused: list[str] = []
    for number, path in enumerate(paths):
        progress.step(number, len(paths), path.name)
        try:
            files.append(_received(path))
        except DomainError as error:
            refused.append(str(error))
    return Read(tuple(files), tuple(refused))


def _received(path: Path) -> Received:
    from partyroom.features.archives.piece_report import OutsideFile, prepare_outside

    name, content = one_line(path.name), _bytes_of(path)
    (made,) = prepare_outside([OutsideFile(name, content)], title=name, author="", created=now())
    return Received(
        name=name,
        content=content,
        # That of the file as it will be kept: a picture loses its EXIF on the way.
        sha256=hashlib.sha256(made.content).hexdigest(),
        pages=made.pages,
        counted=made.pages > 0,
        lasting=made.archival is not None,
        problem=made.problem,
    )


def _bytes_of(path: Path) -> bytes:
    shown = one_line(path.name)
    if path.is_dir():
        raise DomainError(f"“{shown}”是文件夹，请打开它再选里面的文件。")
    try:
        if path.stat().st_size > LARGEST_FILE:
            size = path.stat().st_size / 1024 / 1024
            raise DomainError(f"“{shown}”有{size:.0f} MB，超过50 MB，没有添加。请先压缩或拆分。")
        return path.read_bytes()
    except OSError as error:
        raise DomainError(f"“{shown}”读不出来，没有添加。请检查文件还在不在、有没有权限。") from error
