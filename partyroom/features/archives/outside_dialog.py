"""Files from outside become a 件, or join one that is filed already (the signed scan beside the record)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget

from partyroom.core.calendar import now
from partyroom.core.errors import Problem
from partyroom.core.filing import Retention
from partyroom.features.archives.description_dialog import draft_of, fields_of_one, follow_kind, values_of
from partyroom.features.archives.filing import PieceDraft, PreparedFile
from partyroom.features.archives.filing_service import add_files, file_piece
from partyroom.features.archives.preparing_dialog import PreparingDialog
from partyroom.features.archives.receiving import Received
from partyroom.features.archives.receiving_page import FILTER, ReceivingPane
from partyroom.features.archives.screen_service import Setting, setting_of
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.theme import scaled

_NOT_SECRET: Final = "本软件只用于非涉密文件：涉密文件不得录入，按保密规定另行管理。"  # noqa: S105 - words, no secret


class _ReceivingDialog(PreparingDialog):
    """A form with a list of files above its fields."""

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        values: Mapping[str, object],
        desk: Desk,
        *,
        accept_text: str,
        parent: QWidget | None,
    ) -> None:
        self.pane = ReceivingPane(desk)
        super().__init__(title, fields, values, desk, warnings=(_NOT_SECRET,), accept_text=accept_text, parent=parent)
        self._put_together()

    def sizeHint(self) -> QSize:
        """Room for the files above the fields; the base class keeps it within the screen."""
        hint = super().sizeHint()
        return QSize(max(hint.width(), scaled(860)), hint.height() + self.pane.sizeHint().height())

    def _put_together(self) -> None:
        """One scroll area for files and fields, so that a low screen shows either in full."""
        content = named(QWidget(), "scroll_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, scaled(8), 0)
        column.addWidget(self.pane, 1)
        self._scroll.takeWidget()
        column.addWidget(self.grid)
        self._scroll.setWidget(content)
        self.grid.chain()
        self.pane.chain()
        self._tie()

    def _tie(self) -> None:
        """Tab goes from the files to the fields, and from there to the buttons."""
        first: QWidget = self.pane.list
        last: QWidget = self.pane.list
        if cells := list(self.grid.cells.values()):
            first, last = (cell.editor.focusProxy() or cell.editor for cell in (cells[0], cells[-1]))
            QWidget.setTabOrder(self.pane.list, first)
        QWidget.setTabOrder(last, self._cancel)
        QWidget.setTabOrder(self._cancel, self._accept)
        (first if cells else self.pane.add_button).setFocus()

    @property
    def unsaved(self) -> bool:
        """Files that were added count as typed."""
        return super().unsaved or (self._kept is None and bool(self.pane.files))

    def lacks(self) -> Sequence[Problem]:
        """A 件 has at least one file."""
        return () if self.pane.files else (Problem("请添加至少一个文件：点“添加文件”，或者把文件拖到列表里。"),)


class OutsideDialog(_ReceivingDialog):
    """Files from outside with the description of the 件 that they make."""

    def __init__(self, desk: Desk, year: int, setting: Setting, parent: QWidget | None = None) -> None:
        self._blank = PieceDraft(year, "", "", Retention.YEARS_10, office=setting.fonds.office)
        values = values_of(self._blank) | {"retention": None}
        super().__init__(
            "归档外部文件",
            fields_of_one(setting, self._blank, kinds=True),
            values,
            desk,
            accept_text="归档",
            parent=parent,
        )
        self.setObjectName("outside_dialog")
        follow_kind(self)
        self.pane.changed.connect(self._on_files_changed)

    def preparation(self, values: dict[str, object]) -> Callable[[Progress], list[PreparedFile]]:
        """Make every file lasting that can be, under the title of the 件."""
        return partial(_prepare, self.pane.files, str(values["title"]), str(values["author"]))

    def store(self, values: dict[str, object], ready: list[PreparedFile]) -> None:
        """File the 件."""
        draft = draft_of(self._blank, values)
        work = partial(_file, self._desk.store.attachments, draft, ready)
        self._desk.tasks.write(f"归档：{draft.title}", work, owner=self)

    def _on_files_changed(self) -> None:
        """Propose the name of the first file as the title."""
        title, files = self.grid.cells["title"].editor, self.pane.files
        if title.blank() and files:
            title.set_value(Path(files[0].name).stem)


class AddFilesDialog(_ReceivingDialog):
    """Further files for a 件 that is filed already."""

    def __init__(self, desk: Desk, piece_id: int, draft: PieceDraft, parent: QWidget | None = None) -> None:
        self._piece_id = piece_id
        self._draft = draft
        super().__init__(f"给“{draft.title}”添加文件", (), {}, desk, accept_text="添加", parent=parent)
        self.setObjectName("add_files_dialog")

    def preparation(self, _values: dict[str, object]) -> Callable[[Progress], list[PreparedFile]]:
        """Make every file lasting that can be."""
        return partial(_prepare, self.pane.files, self._draft.title, self._draft.author)

    def store(self, _values: dict[str, object], ready: list[PreparedFile]) -> None:
        """Put them into the 件."""
        label = f"添加归档文件（{len(ready)}个）：{self._draft.title}"
        work = partial(_add, self._desk.store.attachments, self._piece_id, ready)
        self._desk.tasks.write(label, work, owner=self)


def choose_from_outside(desk: Desk, owner: QWidget, year: int) -> None:
    """Ask for files, then for what they are."""
    if paths := desk.messages.choose_files("添加归档文件", FILTER):
        add_from_outside(desk, owner, year, paths)


def add_from_outside(desk: Desk, owner: QWidget, year: int, paths: Sequence[Path]) -> None:
    """Open the form for files from outside."""
    desk.tasks.read(setting_of, partial(_open, desk, owner, year, tuple(paths)), owner=owner, key="outside")


def _open(desk: Desk, owner: QWidget, year: int, paths: Sequence[Path], setting: Setting) -> None:
    dialog = OutsideDialog(desk, year, setting, owner.window())
    dialog.open()
    dialog.pane.add_paths(paths)


def _prepare(files: Sequence[Received], title: str, author: str, progress: Progress) -> list[PreparedFile]:
    # The kit for PDF takes a while to load: only when something is filed.
    from partyroom.features.archives.filing import in_order
    from partyroom.features.archives.piece_report import OutsideFile, prepare_outside

    moment, ready = now(), []
    for number, file in enumerate(files):
        progress.step(number, len(files), file.name)
        outside = OutsideFile(file.name, file.content, file.role)
        (made,) = prepare_outside([outside], title=title, author=author, created=moment)
        ready.append(made if made.pages else replace(made, pages=file.pages))
    progress.step(len(files), len(files))
    return in_order(ready)


def _file(files: Any, draft: PieceDraft, ready: Sequence[PreparedFile], session: Any) -> int:
    return file_piece(session, files, draft, ready)


def _add(files: Any, piece_id: int, ready: Sequence[PreparedFile], session: Any) -> None:
    add_files(session, files, piece_id, ready)
