"""Files of a pledge or of one of its deeds as small pictures: added by button, by dragging or from the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QIcon,
    QImage,
    QImageWriter,
    QKeySequence,
    QPixmap,
)
from PySide6.QtWidgets import QLabel, QListView, QListWidget, QListWidgetItem, QToolBar, QVBoxLayout, QWidget

from partyroom.core.calendar import now
from partyroom.core.errors import DomainError, PartyroomError
from partyroom.core.pictures import LARGEST_FILE, KeptFile, prepare_file, thumbnail
from partyroom.core.text import safe_file_name
from partyroom.features.pledges import papers_service
from partyroom.features.pledges.domain import PaperKind, PaperRow
from partyroom.features.pledges.photo_dialog import PhotoDialog
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog
from partyroom.ui.icons import ACCENT, INK, icon, pixmap
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.theme import scaled

_FILTER: Final = "照片和文件 (*.jpg *.jpeg *.png *.bmp *.webp *.tif *.tiff *.gif *.pdf *.docx *.xlsx);;所有文件 (*)"
_SIDE: Final = 96
_ID = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Prepared:
    """Files ready for keeping, and a sentence for each that is not."""

    files: tuple[KeptFile, ...]
    refused: tuple[str, ...]


class FilesPane(QWidget):
    """Small pictures with what can be done with them; everything is stored at once.

    `adders` are pairs of a button's words and the kind of file it adds; the first one is meant where files are
    dropped or pasted. `changed` tells that files were added, renamed or removed.
    """

    changed = Signal()

    def __init__(
        self, desk: Desk, name: str, title: str, adders: Sequence[tuple[str, PaperKind]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._adders = tuple(adders)
        self._pledge: int | None = None
        self._deed: int | None = None
        self._preparing = False
        self._rows: dict[int, PaperRow] = {}
        self.list = named(QListWidget(), name, title)
        self.bar = named(QToolBar(), f"{name}_bar", f"{title}：工具栏")
        self.note = named(QLabel(), f"{name}_note")
        self._lay_out()
        self.setAcceptDrops(True)
        self.setFocusProxy(self.list)
        self.show_files(None, None, (), "")

    def _lay_out(self) -> None:
        self.bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.bar.setIconSize(QSize(scaled(16), scaled(16)))
        self.add_actions = [self._action(text, "add", partial(self.choose_files, kind)) for text, kind in self._adders]
        self.paste_action = self._action("粘贴", "paste", self.paste, "Ctrl+V")
        self.big_action = self._action("看大图", "zoom-in", self.show_big)
        self.caption_action = self._action("说明…", "edit", self.edit_caption, "F2")
        self.save_action = self._action("另存为…", "save", self.save_copy)
        self.remove_action = self._action("移除", "trash", self.remove, "Del", colour=ACCENT)
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setIconSize(QSize(scaled(_SIDE), scaled(_SIDE)))
        self.list.setGridSize(QSize(scaled(_SIDE + 36), scaled(_SIDE + 44)))
        self.list.setWordWrap(True)
        self.list.setAcceptDrops(False)
        self.list.setMinimumHeight(scaled(60))
        self.list.itemActivated.connect(self._on_list_item_activated)
        self.list.itemSelectionChanged.connect(self._show_actions)
        self.note.setWordWrap(True)
        self.note.setProperty("note", "hint")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, scaled(8), 0, 0)
        column.setSpacing(scaled(6))
        column.addWidget(self.bar)
        column.addWidget(self.list, 1)
        column.addWidget(self.note)

    def _action(self, text: str, picture: str, slot: Callable[[], None], key: str = "", colour: str = INK) -> QAction:
        action = QAction(icon(picture, colour), text, self)
        action.triggered.connect(lambda _checked=False: slot())
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text.rstrip('…')}（{shown}）")
            self.list.addAction(action)
        self.bar.addAction(action)
        return action

    # What is shown

    def show_files(self, pledge_id: int | None, deed_id: int | None, rows: Sequence[PaperRow], empty: str) -> None:
        """Show the files of a pledge, or of one of its deeds; without a pledge nothing can be added."""
        chosen = set(self._chosen_ids()) if (pledge_id, deed_id) == (self._pledge, self._deed) else set()
        self._pledge, self._deed = pledge_id, deed_id
        self._rows = {row.id: row for row in rows}
        self.list.clear()
        for row in rows:
            words = row.caption or row.name
            text = words if deed_id is not None else f"〔{row.kind.label}〕{words}"
            item = QListWidgetItem(icon("photo" if row.picture else "file"), text)
            item.setData(_ID, row.id)
            item.setToolTip(f"{row.kind.label}：{row.name}".replace("<", "＜"))
            self.list.addItem(item)
            item.setSelected(row.id in chosen)
        self.note.setText("双击看大图，F2 写说明。" if rows else empty)
        self._show_actions()
        self._draw_small(rows)

    def _show_actions(self) -> None:
        rows = self._chosen()
        for action in (*self.add_actions, self.paste_action):
            action.setEnabled(self._pledge is not None)
        self.big_action.setEnabled(len(rows) == 1 and rows[0].picture)
        self.caption_action.setEnabled(len(rows) == 1)
        self.save_action.setEnabled(len(rows) == 1)
        self.remove_action.setEnabled(bool(rows))

    def _chosen_ids(self) -> list[int]:
        return [int(item.data(_ID)) for item in self.list.selectedItems()]

    def _chosen(self) -> list[PaperRow]:
        return [self._rows[paper_id] for paper_id in self._chosen_ids()]

    def _draw_small(self, rows: Sequence[PaperRow]) -> None:
        wanted = tuple(dict.fromkeys(row.sha256 for row in rows if row.picture))
        if wanted:
            side = round(scaled(_SIDE) * self.devicePixelRatioF())
            work = partial(_small_pictures, self._desk.store.attachments, wanted, side)
            title = f"照片预览{wanted[0]}"  # work of the same title would be left out while another is under way
            self._desk.tasks.compute(work, self._on_small_drawn, owner=self, title=title, quiet=True)

    def _on_small_drawn(self, drawn: dict[str, bytes]) -> None:
        for number in range(self.list.count()):
            item = self.list.item(number)
            row = self._rows[int(item.data(_ID))]
            if row.sha256 in drawn:
                picture = QPixmap()
                if not picture.loadFromData(drawn[row.sha256]):
                    picture = pixmap("alert-circle", scaled(32), ACCENT)
                item.setIcon(QIcon(picture))

    # Adding

    def choose_files(self, kind: PaperKind) -> None:
        """Ask for files and add them as files of this kind."""
        self.add_files(self._desk.messages.choose_files("添加照片或文件", _FILTER), kind)

    def paste(self) -> None:
        """Add the picture or the files in the clipboard."""
        if not self.take(QGuiApplication.clipboard().mimeData()):
            self._desk.messages.inform("剪贴板里没有图片或文件。请先复制一张图片。")

    def take(self, content: QMimeData) -> bool:
        """Add files or a picture from the clipboard or the desktop; False if there is neither."""
        paths: list[Path | QImage] = [Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile()]
        image = content.imageData() if content.hasImage() else None
        if not paths and isinstance(image, QImage) and not image.isNull():
            paths = [image]
        if paths:
            self.add_files(paths, self._adders[0][1])
        return bool(paths)

    def add_files(self, files: Sequence[Path | QImage], kind: PaperKind) -> None:
        """Prepare files outside the window's thread and store them."""
        if not files or self._pledge is None:
            return
        if self._preparing:
            self._desk.messages.inform("正在处理上一批文件，请稍候再添加。")
            return
        self._preparing = True
        pasted = f"粘贴的图片{now():%Y%m%d-%H%M%S}"
        work = partial(_prepare, tuple(files), pasted, self._desk.settings.flag("keep_originals"))
        done = partial(self._on_prepared, self._pledge, self._deed, kind)
        self._desk.tasks.compute(work, done, owner=self, title="正在处理照片和文件", failed=self._on_not_prepared)

    def _on_prepared(self, pledge_id: int, deed_id: int | None, kind: PaperKind, prepared: Prepared) -> None:
        self._preparing = False
        if prepared.refused:
            self._desk.messages.problem("有的文件没有添加", "\n".join(prepared.refused))
        if prepared.files:
            files = self._desk.store.attachments
            work = partial(_add, files, pledge_id, deed_id, prepared.files, kind)
            label = f"添加{kind.label}（{len(prepared.files)}个）"
            self._desk.tasks.write(label, work, self._on_added, owner=self)

    def _on_not_prepared(self, error: Exception) -> None:
        self._preparing = False
        if isinstance(error, PartyroomError):
            self._desk.messages.inform(str(error))

    def _on_added(self, added: papers_service.Added) -> None:
        if added.known:
            names = "、".join(f"“{name}”" for name in added.known)
            self._desk.messages.inform(f"{names}已经在这里，没有重复添加。")
        self.changed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and pictures may be dropped where files can be added."""
        self._welcome(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere in the pane."""
        self._welcome(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        if self._pledge is not None and self.take(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def _welcome(self, event: QDragMoveEvent) -> None:
        content = event.mimeData()
        if self._pledge is not None and (content.hasUrls() or content.hasImage()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    # Changing and looking

    def edit_caption(self) -> None:
        """Ask for what stands below the chosen picture."""
        row = self._chosen()[0]
        save = partial(self._save_caption, row.id)
        fields = [Field("caption", "说明", hint="印在台账和承诺书附图下面，可以不填")]
        FormDialog("照片说明", fields, {"caption": row.caption}, self._desk, save=save, parent=self).open()

    def _save_caption(self, paper_id: int, values: dict[str, object]) -> None:
        work = partial(_describe, paper_id, str(values["caption"]))
        self._desk.tasks.write("修改照片说明", work, self._on_changed, owner=self)

    def _on_changed(self, _result: object) -> None:
        self.changed.emit()

    def remove(self) -> None:
        """Ask, then take the chosen files away."""
        rows = self._chosen()
        if not rows:
            return
        what = f"“{rows[0].caption or rows[0].name}”" if len(rows) == 1 else f"这{len(rows)}个文件"
        text = f"{what}将不再属于这份承诺，操作日志里留有记录。"
        if self._desk.messages.ask("移除文件？", text, accept="移除", danger=True):
            ids = tuple(row.id for row in rows)
            label = f"移除承诺的文件（{len(ids)}个）"
            self._desk.tasks.write(label, partial(_remove, ids), self._on_changed, owner=self)

    def show_big(self) -> None:
        """Show the chosen picture large."""
        if rows := self._chosen():
            self._read(rows[0], partial(self._on_picture_read, rows[0]))

    def save_copy(self) -> None:
        """Ask where to and write a copy of the chosen file."""
        if rows := self._chosen():
            self._read(rows[0], partial(self._on_copy_read, rows[0].caption))

    def _on_list_item_activated(self, item: QListWidgetItem) -> None:
        row = self._rows[int(item.data(_ID))]
        done = partial(self._on_picture_read, row) if row.picture else partial(self._on_copy_read, row.caption)
        self._read(row, done)

    def _read(self, row: PaperRow, done: Callable[[tuple[str, bytes]], None]) -> None:
        work = partial(_content, self._desk.store.attachments, row.id)
        self._desk.tasks.read(work, done, owner=self, key="content")

    def _on_picture_read(self, row: PaperRow, found: tuple[str, bytes]) -> None:
        picture = QPixmap()
        picture.loadFromData(found[1])
        PhotoDialog(row.name, row.caption, picture, self.window()).open()

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


def _prepare(files: Sequence[Path | QImage], pasted: str, keep_original: bool, progress: Progress) -> Prepared:
    kept: list[KeptFile] = []
    refused: list[str] = []
    for number, file in enumerate(files):
        name = file.name if isinstance(file, Path) else f"{pasted}.png"
        progress.step(number, len(files), name)
        try:
            kept.append(prepare_file(name, _bytes_of(file), keep_original=keep_original))
        except DomainError as error:
            refused.append(str(error))
    return Prepared(tuple(kept), tuple(refused))


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


def _small_pictures(files: Any, wanted: Sequence[str], side: int, _progress: Progress) -> dict[str, bytes]:
    """Small pictures by content; empty where the content is missing or damaged."""
    drawn = {}
    for sha256 in wanted:
        try:
            drawn[sha256] = thumbnail(files.get(sha256), side)
        except PartyroomError:
            drawn[sha256] = b""
    return drawn


def _add(
    files: Any, pledge_id: int, deed_id: int | None, prepared: Sequence[KeptFile], kind: PaperKind, session: Any
) -> papers_service.Added:
    if deed_id is not None:
        return papers_service.add_evidence(session, files, deed_id, prepared)
    return papers_service.add_papers(session, files, pledge_id, prepared, kind)


def _describe(paper_id: int, caption: str, session: Any) -> None:
    papers_service.describe_paper(session, paper_id, caption)


def _remove(paper_ids: Sequence[int], session: Any) -> int:
    return papers_service.remove_papers(session, paper_ids)


def _content(files: Any, paper_id: int, session: Any) -> tuple[str, bytes]:
    return papers_service.read_paper(session, files, paper_id)


def _save(path: Path, content: bytes, _progress: Progress) -> None:
    save_bytes(path, content)
