"""A scan within a form: chosen from disk, made ready for keeping, opened again, taken away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.core.errors import DomainError
from partyroom.core.pictures import LARGEST_FILE, KeptFile, prepare_file
from partyroom.ui.desk import Desk
from partyroom.ui.form import FormDialog
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.theme import scaled

FILTERS = "图片和文件 (*.jpg *.jpeg *.png *.tif *.tiff *.bmp *.webp *.pdf);;所有文件 (*)"
Read = Callable[[Any], tuple[str, bytes]]


class ScanLine(QWidget):
    """The line of a form for one scan.

    `chosen` is what was picked now, `dropped` that a stored one is to go; `read` fetches the stored one in a session.

    Signals:
        changed: something was chosen or taken away.
    """

    changed = Signal()

    def __init__(
        self, desk: Desk, label: str, stored: str = "", read: Read | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._title = label
        self._stored = stored
        self._read = read
        self.chosen: KeptFile | None = None
        self.dropped = False
        self.name = named(QLabel(), "scan_name", label)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setWordWrap(True)
        self.choose_button = self._button("选择文件…", "choose_scan_button", self.choose)
        self.fetch_button = self._button("取出…", "fetch_scan_button", self.fetch)
        self.drop_button = self._button("去掉", "drop_scan_button", self.drop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(scaled(8))
        row.addWidget(QLabel(label))
        row.addWidget(self.name, 1)
        for button in (self.choose_button, self.fetch_button, self.drop_button):
            row.addWidget(button)
        self._show()

    @property
    def touched(self) -> bool:
        """Whether there is something to store."""
        return self.chosen is not None or self.dropped

    def choose(self) -> None:
        """Ask for a file and make it ready for keeping: a picture becomes a JPEG without EXIF."""
        path = self._desk.messages.choose_open(f"选择{self._title}", FILTERS)
        if path is not None:
            work = partial(prepared, path)
            self._desk.tasks.compute(work, self._on_prepared, owner=self, title=f"正在处理{self._title}")

    def fetch(self) -> None:
        """Save a copy where the user wants it."""
        if self.chosen is not None:
            save_scan(self._desk, self, (self.chosen.name, self.chosen.content))
        elif self._read is not None:
            fetch_scan(self._desk, self, self._read)

    def drop(self) -> None:
        """Take away what was chosen, or what is stored."""
        if self.chosen is None:
            self.dropped = bool(self._stored)
        self.chosen = None
        self._show()
        self.changed.emit()

    def put_into(self, form: FormDialog) -> None:
        """Stand above the buttons of the form, and before them in the order of Tab."""
        layout = form.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.count() - 1, self)
        buttons = (self.choose_button, self.fetch_button, self.drop_button)
        last = {button.objectName(): button for button in form.findChildren(QPushButton)}
        for one, other in pairwise((*buttons, last["cancel_button"], last["save_button"])):
            QWidget.setTabOrder(one, other)

    def _button(self, text: str, name: str, slot: Callable[[], None]) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _on_prepared(self, kept: KeptFile) -> None:
        self.chosen, self.dropped = kept, False
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        name = self.chosen.name if self.chosen else "" if self.dropped else self._stored
        self.name.setText(name or "没有扫描件")
        self.choose_button.setText("更换…" if name else "选择文件…")
        for button in (self.fetch_button, self.drop_button):
            button.setVisible(bool(name))


def prepared(path: Path, progress: Progress) -> KeptFile:
    """Read a file from disk and make it ready for keeping.

    Raises:
        DomainError: it cannot be read, is empty or too large, or is named like a picture and none.
    """
    progress.step(0, 1, path.name)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DomainError(f"“{path.name}”超过50 MB，没有添加。请先压缩或拆分。")
        content = path.read_bytes()
    except OSError as error:
        raise DomainError(f"“{path.name}”读不出来，没有添加。请检查文件还在不在、有没有权限。") from error
    return prepare_file(path.name, content)


def fetch_scan(desk: Desk, owner: QWidget, read: Read) -> None:
    """Read a stored scan and save a copy where the user wants it; say so when there is none."""
    done, failed = partial(save_scan, desk, owner), partial(_refused, desk)
    desk.tasks.read(read, done, owner=owner, failed=failed, key="scan")


def save_scan(desk: Desk, owner: QWidget, found: tuple[str, bytes]) -> None:
    """Ask where a scan is to be saved, save it, and offer to open it."""
    name, content = found
    path = desk.messages.choose_save("保存扫描件", name, "所有文件 (*)")
    if path is not None:
        work, done = partial(_save, path, content), partial(_saved, desk, path)
        desk.tasks.compute(work, done, owner=owner, title="正在保存")


def _save(path: Path, content: bytes, _progress: Progress) -> None:
    save_bytes(path, content)


def _saved(desk: Desk, path: Path, _nothing: None) -> None:
    desk.messages.inform(f"扫描件已保存到 {path}。", action="打开", slot=partial(_open, path))


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _refused(desk: Desk, error: Exception) -> None:
    if isinstance(error, DomainError):
        desk.messages.inform(str(error))
    else:
        desk.messages.problem("没有读出扫描件", str(error))
