"""Section 照片和附件: what belongs to a meeting besides its record, stored at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QImageWriter,
    QKeySequence,
    QPixmap,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QToolBar, QVBoxLayout, QWidget

from partyroom.core.calendar import now
from partyroom.core.errors import DomainError, PartyroomError
from partyroom.core.pictures import LARGEST_FILE, KeptFile, prepare_file, thumbnail
from partyroom.core.text import safe_file_name
from partyroom.features.meetings import papers_service
from partyroom.features.meetings.domain import MeetingDraft, PaperKind
from partyroom.features.meetings.papers import PaperRow
from partyroom.features.meetings.papers_list_page import CAPTION, THUMBNAIL, PapersModel, PapersView, broken_picture
from partyroom.features.meetings.picture_dialog import PictureDialog
from partyroom.features.meetings.section_page import SectionPage
from partyroom.ui.desk import Desk
from partyroom.ui.icons import ACCENT, INK, icon
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.theme import scaled

_AT_ONCE = 6  # small pictures made before the first of them are shown
_FILTER = "照片和文件 (*.jpg *.jpeg *.png *.bmp *.webp *.tif *.tiff *.gif *.heic *.pdf *.docx *.xlsx);;所有文件 (*)"
_LOCKED = "记录已定稿：还可以添加签字原件扫描件等，已有的不能改动。"
_EMPTY = "还没有照片和附件。\n把照片、签到表、签字原件扫描件拖到这里，或按 Ctrl+V 粘贴。"
_UNSAVED = "照片和附件存在已保存的会议里。\n请先保存这次会议，再在这里添加。"
_BELOW = "添加、改动后立即存入支部库。双击照片看大图，Alt+↑、Alt+↓ 换次序，也可以用鼠标拖动。"


@dataclass(frozen=True)
class _Prepared:
    """Files ready for keeping, and a sentence for each that is not."""

    files: tuple[KeptFile, ...]
    refused: tuple[str, ...]


class PapersPage(SectionPage):
    """Photos and files of a stored meeting; one that is not stored yet says so and offers to store it.

    `counted` tells that their number is another one, `save_requested` that the meeting should be stored first.
    """

    key = "papers"
    title = "照片和附件"
    counted = Signal()
    save_requested = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._meeting: int | None = None
        self._preparing = self._locked = False
        self._queue: list[Path | QImage] = []
        self._wanted: int | None = None
        self.model = PapersModel(self)
        self.view = PapersView(self.model)
        self.bar = named(QToolBar(), "papers_bar", "照片和附件：工具栏")
        self._lay_out()
        self._connect()
        self._show_state()

    # Set-up

    def _lay_out(self) -> None:
        self.bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.bar.setIconSize(QSize(scaled(16), scaled(16)))
        self.add_action = self._action("添加…", "add", self.choose_files)
        self.paste_action = self._action("粘贴", "paste", self.paste, "Ctrl+V", whole=True)
        self.big_action = self._action("看大图", "zoom-in", self.show_big)
        self.up_action = self._action("上移", "arrow-up", partial(self._step, -1), "Alt+Up")
        self.down_action = self._action("下移", "arrow-down", partial(self._step, 1), "Alt+Down")
        self.save_action = self._action("另存为…", "save", self.save_copy)
        self.original_action = self._action("另存原图…", "download", partial(self.save_copy, original=True))
        self.remove_action = self._action("移除", "trash", self.remove, "Del", colour=ACCENT)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._list())
        self.stack.addWidget(self._panel("papers_empty", _EMPTY))
        self.stack.addWidget(self._panel("papers_unsaved", _UNSAVED))
        self.first_button = self._button(1, "添加照片或文件…", "papers_add_first", self.choose_files)
        self.store_button = self._button(2, "保存会议，然后添加照片", "papers_store_first", self.save_requested.emit)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.stack, 1)
        self.setAcceptDrops(True)

    def _list(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view, 1)
        self.below = named(QLabel(_BELOW), "small_quiet")
        self.below.setWordWrap(True)
        column.addWidget(self.below)
        return page

    def _panel(self, name: str, text: str) -> QWidget:
        panel = named(QWidget(), name)
        label = QLabel(text)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        column = QVBoxLayout(panel)
        column.addStretch()
        column.addWidget(label)
        column.addStretch()
        return panel

    def _button(self, panel: int, text: str, name: str, slot: Callable[[], None]) -> QPushButton:
        button = named(QPushButton(text), name)
        button.clicked.connect(slot)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(button)
        row.addStretch()
        column = self.stack.widget(panel).layout()
        assert isinstance(column, QVBoxLayout)
        column.insertLayout(2, row)
        return button

    def _action(
        self,
        text: str,
        picture: str,
        slot: Callable[[], None],
        key: str = "",
        *,
        whole: bool = False,
        colour: str = INK,
    ) -> QAction:
        """A command of the tool bar; its key works in the table, or in the whole section."""
        action = QAction(icon(picture, colour), text, self)
        action.setObjectName(f"papers_{picture}")
        action.triggered.connect(lambda _checked=False: slot())
        if key:
            action.setShortcut(QKeySequence(key))
            around = Qt.ShortcutContext.WidgetWithChildrenShortcut if whole else Qt.ShortcutContext.WidgetShortcut
            action.setShortcutContext(around)
            action.setToolTip(f"{text}（{action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)}）")
            (self if whole else self.view).addAction(action)
        self.bar.addAction(action)
        return action

    def _connect(self) -> None:
        self.view.moved.connect(self._on_moved)
        self.view.show_requested.connect(self.show_big)
        self.view.selectionModel().selectionChanged.connect(self._show_actions)
        self.view.selectionModel().currentChanged.connect(self._show_actions)
        self.model.modelReset.connect(self._show_actions)
        self.model.caption_edited.connect(self._on_caption_edited)
        self.model.kind_edited.connect(self._on_kind_edited)

    # The stored meeting

    def open_meeting(self, meeting_id: int) -> None:
        """Show the files of a stored meeting and let the user add to them."""
        self._meeting = meeting_id
        self._show_state()
        self.reload()

    def reload(self) -> None:
        """Read the list again."""
        if self._meeting is not None:
            self._desk.tasks.read(partial(_rows, self._meeting), self._on_rows_read, owner=self, key="papers")

    def _on_rows_read(self, rows: Sequence[PaperRow]) -> None:
        current = self._wanted or self._current_id()
        column = max(self.view.currentIndex().column(), CAPTION)
        self._wanted = None
        self.model.replace(rows)
        self._show_state()
        row = self.model.row_of(current) if current is not None else -1
        if rows:
            self.view.setCurrentIndex(self.model.index(max(row, 0), column))
        self._draw_small()
        self.counted.emit()

    def _show_state(self) -> None:
        stored = self._meeting is not None
        self.stack.setCurrentIndex(2 if not stored else 0 if self.model.rows else 1)
        self.bar.setVisible(stored)
        self.add_action.setEnabled(stored)
        self.paste_action.setEnabled(stored)
        self._show_actions()

    def _show_actions(self) -> None:
        row = self._current()
        self.save_action.setEnabled(row is not None)
        for action in (self.up_action, self.down_action, self.remove_action):
            action.setEnabled(row is not None and not self._locked)
        self.big_action.setEnabled(row is not None and row.picture)
        self.original_action.setVisible(any(one.original for one in self.model.rows))
        self.original_action.setEnabled(row is not None and row.original)

    def _current(self) -> PaperRow | None:
        row = self.view.currentIndex().row()
        return self.model.rows[row] if 0 <= row < len(self.model.rows) else None

    def _current_id(self) -> int | None:
        row = self._current()
        return row.id if row is not None else None

    # Small pictures

    def _draw_small(self) -> None:
        """Make the small pictures that are missing, a few at a time, outside the window's thread."""
        wanted = [row.sha256 for row in self.model.without_picture()[:_AT_ONCE]]
        if not wanted:
            return
        side = round(scaled(THUMBNAIL) * self.devicePixelRatioF())
        work = partial(_small_pictures, self._desk.store.attachments, tuple(wanted), side)
        self._desk.tasks.compute(work, self._on_small_drawn, owner=self, title="照片预览", quiet=True)

    def _on_small_drawn(self, drawn: dict[str, bytes]) -> None:
        for sha256, data in drawn.items():
            picture = QPixmap()
            if data and picture.loadFromData(data):
                picture.setDevicePixelRatio(self.devicePixelRatioF())
            else:
                picture = broken_picture()
            self.model.put_picture(sha256, picture)
        self._draw_small()

    # Adding

    def choose_files(self) -> None:
        """Ask for files and add them."""
        self.add_files(self._desk.messages.choose_files("添加照片或文件", _FILTER))

    def paste(self) -> None:
        """Add the picture or the files in the clipboard."""
        content = QGuiApplication.clipboard().mimeData()
        if not self.take(content):
            self._desk.messages.inform("剪贴板里没有图片或文件。请先复制一张图片。")

    def take(self, content: QMimeData) -> bool:
        """Add files or a picture from the clipboard or the desktop; False if there is neither."""
        paths = [Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile()]
        if paths:
            self.add_files(paths)
            return True
        image = content.imageData() if content.hasImage() else None
        if not isinstance(image, QImage) or image.isNull():
            return False
        self.add_files([image])
        return True

    def add_files(self, files: Sequence[Path | QImage]) -> None:
        """Prepare files outside the window's thread and store them; what comes meanwhile waits for its turn."""
        self._queue += files
        if not self._queue or self._preparing or self._meeting is None:
            return
        waiting, self._queue = tuple(self._queue), []
        self._preparing = True
        pasted = f"粘贴的图片{now():%Y%m%d-%H%M%S}"
        work = partial(_prepare, waiting, pasted, self._desk.settings.flag("keep_originals"))
        self._desk.tasks.compute(
            work, self._on_prepared, owner=self, title="正在处理照片和文件", failed=self._on_not_prepared
        )

    def _on_prepared(self, prepared: _Prepared) -> None:
        self._preparing = False
        if prepared.refused:
            self._desk.messages.problem("有的文件没有添加", "\n".join(prepared.refused))
        if prepared.files and self._meeting is not None:
            work = partial(_add, self._desk.store.attachments, self._meeting, prepared.files)
            self._write(f"添加照片和附件（{len(prepared.files)}个）", work, self._on_added)
        self.add_files(())

    def _on_not_prepared(self, error: Exception) -> None:
        self._preparing = False
        self._queue.clear()
        if isinstance(error, PartyroomError):
            self._desk.messages.inform(str(error))

    def _on_added(self, added: papers_service.Added) -> None:
        if added.known:
            names = "、".join(f"“{name}”" for name in added.known)
            self._desk.messages.inform(f"{names}已经在这次会议里，没有重复添加。")
        self._wanted = added.ids[0] if added.ids else None
        self.reload()

    # Files from the desktop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and pictures may be dropped on a stored meeting."""
        self._welcome(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere in the section."""
        self._welcome(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        if self._meeting is not None and self.take(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def _welcome(self, event: QDragMoveEvent) -> None:
        content = event.mimeData()
        if self._meeting is not None and (content.hasUrls() or content.hasImage()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    # Changing

    def _write(self, label: str, work: Callable[[Any], Any], done: Callable[[Any], None]) -> None:
        self._desk.tasks.write(label, work, done, owner=self, failed=self._on_write_failed)

    def _on_write_failed(self, error: Exception) -> None:
        self._desk.messages.problem("没有改动", str(error))
        self.reload()

    def _on_changed(self, _result: object) -> None:
        self.reload()

    def _on_caption_edited(self, paper_id: int, text: str) -> None:
        self._write("修改照片说明", partial(_describe, paper_id, text, None), self._on_changed)

    def _on_kind_edited(self, paper_id: int, kind: PaperKind) -> None:
        self._write("修改附件类别", partial(_describe, paper_id, None, kind), self._on_changed)

    def _step(self, step: int) -> None:
        row = self.view.currentIndex().row()
        if row >= 0 and not self._locked and 0 <= row + step < len(self.model.rows):
            self._on_moved(row, row + step)

    def _on_moved(self, row: int, place: int) -> None:
        paper_id = self.model.rows[row].id
        self._wanted = paper_id
        self._write("调整照片次序", partial(_move, paper_id, place), self._on_changed)

    def remove(self) -> None:
        """Ask, then take the selected files from the meeting."""
        rows = sorted({index.row() for index in self.view.selectedIndexes()})
        chosen = [self.model.rows[row] for row in rows]
        if not chosen:
            return
        what = f"“{chosen[0].caption or chosen[0].name}”" if len(chosen) == 1 else f"这{len(chosen)}个照片和附件"
        text = f"{what}将不再属于这次会议，操作日志里留有记录。"
        if self._desk.messages.ask("移除照片和附件？", text, accept="移除", danger=True):
            ids = tuple(row.id for row in chosen)
            self._write(f"移除照片和附件（{len(ids)}个）", partial(_remove, ids), self._on_changed)

    # Looking and copying

    def show_big(self) -> None:
        """Show the current picture large; a file that is no picture is offered as a copy."""
        row = self._current()
        if row is None:
            return
        if not row.picture:
            self.save_copy()
            return
        work = partial(_content, self._desk.store.attachments, row.id, False)
        self._desk.tasks.read(work, partial(self._on_picture_read, row), owner=self, key="big")

    def _on_picture_read(self, row: PaperRow, found: tuple[str, bytes]) -> None:
        picture = QPixmap()
        picture.loadFromData(found[1])
        PictureDialog(row.name, row.caption, picture, self.window()).open()

    def save_copy(self, *, original: bool = False) -> None:
        """Ask where to and write a copy of the current file."""
        row = self._current()
        if row is None:
            return
        work = partial(_content, self._desk.store.attachments, row.id, original)
        self._desk.tasks.read(work, partial(self._on_copy_read, row.caption), owner=self, key="copy")

    def _on_copy_read(self, caption: str, found: tuple[str, bytes]) -> None:
        name, content = found
        suffix = Path(name).suffix
        suggested = safe_file_name(f"{caption}{suffix}") if caption else name
        kind = f"{suffix[1:].upper()} 文件 (*{suffix})" if suffix else "所有文件 (*)"
        path = self._desk.messages.choose_save("另存为", suggested, kind)
        if path is not None:
            done = partial(self._on_copied, path)
            self._desk.tasks.compute(partial(_save, path, content), done, owner=self, title="正在另存")

    def _on_copied(self, path: Path, _result: None) -> None:
        self._desk.messages.inform(f"已保存到 {path}")

    # As a section

    def badge(self) -> str:
        """How many there are."""
        return str(len(self.model.rows)) if self.model.rows else ""

    def put(self, draft: MeetingDraft) -> None:
        """Nothing of the draft."""

    def fields(self) -> dict[str, Any]:
        """Nothing for the draft: files are stored at once."""
        return {}

    def state(self) -> object:
        """Nothing is typed here that is not stored."""
        return None

    def restore(self, state: Any) -> None:
        """Nothing is typed here that is not stored."""

    def lock(self, *, locked: bool) -> None:
        """A finalised record still takes its signed original; what is there already cannot be changed."""
        self._locked = self.model.locked = locked
        self.view.setDragEnabled(not locked)
        self.below.setText(_LOCKED if locked else _BELOW)
        self._show_actions()

    def take_focus(self) -> None:
        """The list, or the button that begins it."""
        places: tuple[QWidget, ...] = (self.view, self.first_button, self.store_button)
        places[self.stack.currentIndex()].setFocus()


def _rows(meeting_id: int, session: Any) -> list[PaperRow]:
    return papers_service.list_papers(session, meeting_id)


def _add(files: Any, meeting_id: int, prepared: Sequence[KeptFile], session: Any) -> papers_service.Added:
    return papers_service.add_papers(session, files, meeting_id, prepared)


def _describe(paper_id: int, caption: str | None, kind: PaperKind | None, session: Any) -> None:
    papers_service.describe_paper(session, paper_id, caption=caption, kind=kind)


def _move(paper_id: int, place: int, session: Any) -> None:
    papers_service.move_paper(session, paper_id, place)


def _remove(ids: Sequence[int], session: Any) -> int:
    return papers_service.remove_papers(session, ids)


def _content(files: Any, paper_id: int, original: bool, session: Any) -> tuple[str, bytes]:
    return papers_service.read_paper(session, files, paper_id, original=original)


def _save(path: Path, content: bytes, _progress: Progress) -> None:
    save_bytes(path, content)


def _prepare(files: Sequence[Path | QImage], pasted: str, keep_original: bool, progress: Progress) -> _Prepared:
    ready: list[KeptFile] = []
    refused: list[str] = []
    for number, file in enumerate(files):
        name = file.name if isinstance(file, Path) else f"{pasted}.png"
        progress.step(number, len(files), name)
        try:
            ready.append(prepare_file(name, _bytes_of(file), keep_original=keep_original))
        except DomainError as error:
            refused.append(str(error))
    return _Prepared(tuple(ready), tuple(refused))


def _bytes_of(file: Path | QImage) -> bytes:
    if isinstance(file, QImage):
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(file)
        return bytes(buffer.data().data())
    if file.is_dir():
        raise DomainError(f"“{file.name}”是文件夹，请打开它再选里面的文件。")
    try:
        if file.stat().st_size > LARGEST_FILE:
            size = file.stat().st_size / 1024 / 1024
            raise DomainError(f"“{file.name}”有{size:.0f} MB，超过50 MB，没有添加。请先压缩或拆分。")
        return file.read_bytes()
    except OSError as error:
        raise DomainError(f"“{file.name}”读不出来，没有添加。请检查文件还在不在、有没有权限。") from error


def _small_pictures(files: Any, wanted: Sequence[str], side: int, progress: Progress) -> dict[str, bytes]:
    """Small pictures by content; empty where the content is missing or damaged."""
    drawn: dict[str, bytes] = {}
    for number, sha256 in enumerate(wanted):
        progress.step(number, len(wanted))
        try:
            drawn[sha256] = thumbnail(files.get(sha256), side)
        except PartyroomError:
            drawn[sha256] = b""
    return drawn
