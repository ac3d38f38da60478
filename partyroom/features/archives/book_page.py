"""Section 工作手册: what goes into the handbook of a year, in which order; own pages, originals, the finished book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from PySide6.QtWidgets import QLabel, QWidget

from partyroom.core.calendar import today
from partyroom.core.errors import DomainError
from partyroom.core.pictures import LARGEST_FILE, KeptFile, prepare_file
from partyroom.core.text import safe_file_name
from partyroom.documents.contribution import Request
from partyroom.features.archives import book_service as service
from partyroom.features.archives.book import TITLE, BookContent, Entry, moved, reordered
from partyroom.features.archives.book_dialog import BlankDialog, FilePageDialog, SummaryDialog, TextPageDialog
from partyroom.features.archives.book_model import BookModel, BookView
from partyroom.features.archives.book_service import Anchor
from partyroom.features.archives.parts import all_parts
from partyroom.features.archives.section_page import ReceivingSection
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch
from partyroom.ui.desk import Desk
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress

if TYPE_CHECKING:
    from partyroom.features.archives.book_export import MadeBook

_FILTER: Final = "扫描件和图片 (*.pdf *.jpg *.jpeg *.png *.tif *.tiff *.bmp *.webp);;所有文件 (*)"
_BELOW: Final = (
    "勾选的部分装入手册，没有内容的部分自动略去。拖动或按 Alt+↑、Alt+↓ 排次序；扫描件可以直接拖进来，装在所属记录之后。"
)
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class _Ready:
    """Files that can be bound in, and a sentence for each that cannot."""

    files: tuple[KeptFile, ...]
    refused: tuple[str, ...]


class BookSection(ReceivingSection):
    """The handbook of the year chosen."""

    title: ClassVar[str] = "工作手册"
    watches: ClassVar[frozenset[str]] = frozenset({"archive_books", "archive_book_pages"})

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.model = BookModel(self)
        self.view = BookView(self.model)
        self._wanted = ""
        self._fill_toolbar()
        self.overview = named(QLabel(), "book_overview")
        self.below = named(QLabel(_BELOW), "small_quiet")
        self.below.setWordWrap(True)
        self.body.addWidget(self.overview)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.below)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.view)
        self.model.ticked.connect(self._on_ticked)
        self.view.dropped.connect(self._on_dropped)
        self.view.open_requested.connect(self.edit)
        self.view.selectionModel().currentRowChanged.connect(self._show_state)
        self._show_state()

    def _fill_toolbar(self) -> None:
        self.make_action = self.add_action("生成手册…", "book", self.make, shortcut="Ctrl+P", primary=True)
        self.add_action("空白手册…", "file", self.choose_blank)
        self.summary_action = self.add_action("年度总结…", "edit", self.write_summary)
        menu = self.add_menu("添加附页", "add", "book_pages_menu")
        self.add_action("写一页文字…", "file-text", self.add_text, shortcut="Ctrl+N", menu=menu)
        self.add_action("添加扫描件、图片、PDF…", "paperclip", self.choose_files, menu=menu)
        self.add_spring()
        self.up_action = self.add_action("上移", "arrow-up", partial(self.step, -1), shortcut="Alt+Up")
        self.down_action = self.add_action("下移", "arrow-down", partial(self.step, 1), shortcut="Alt+Down")
        self.edit_action = self.add_action("修改…", "edit", self.edit)
        self.remove_action = self.add_action("移除", "trash", self.remove, shortcut="Del")
        self.usual_action = self.add_action("恢复默认", "restore", self.restore_order)

    def reload(self, year: int | None = None) -> None:
        """Read what the year has for its handbook."""
        super().reload(year)
        work = partial(_entries, self.year)
        self.desk.tasks.read(work, self._show, owner=self, key="entries")

    # The list

    @property
    def current(self) -> Entry | None:
        """The entry chosen."""
        row = self.view.currentIndex().row()
        return self.model.entries[row] if 0 <= row < len(self.model.entries) else None

    def step(self, by: int) -> None:
        """Move the entry chosen up or down by one place."""
        entry = self.current
        if entry is not None and entry.movable:
            order = self.model.order
            self._place(entry.key, order.index(entry.key) + by)

    def restore_order(self) -> None:
        """Take all parts again, in the order of the printed handbooks."""
        self._store([], [], "手册：恢复默认次序")

    def _place(self, key: str, place: int) -> None:
        order = self.model.order
        wanted = moved(order, key, place)
        if wanted != order:
            self._wanted = key
            self._show(reordered(self.model.entries, wanted))  # reading the year again takes its time
            self._wanted = key
            self._store(wanted, self.model.left_out, "手册：调整次序")

    def _store(self, order: Sequence[str], left_out: Sequence[str], label: str) -> None:
        work = partial(_save_order, self.year, tuple(order), tuple(left_out))
        self.desk.tasks.write(label, work, owner=self, failed=self._on_not_stored)

    def _on_not_stored(self, error: Exception) -> None:
        """Say why, and show what is stored."""
        self.desk.messages.problem("手册没有改动", str(error))
        self.reload()

    def _on_ticked(self, key: str, wanted: bool) -> None:
        left_out = [other for other in self.model.left_out if other != key] + ([] if wanted else [key])
        self._wanted = key
        self._show([replace(one, included=wanted) if one.key == key else one for one in self.model.entries])
        self._wanted = key
        self._store(self.model.order, left_out, "手册：选择装入的部分")

    def _on_dropped(self, row: int, place: int) -> None:
        entries = self.model.entries
        if not entries[row].movable:
            return
        before = [entry.key for entry in entries[:place] if entry.movable and entry.key != entries[row].key]
        self._place(entries[row].key, len(before))

    def _show(self, entries: Sequence[Entry]) -> None:
        """Fill the list; the cursor stays on its entry."""
        current = self.current
        key = self._wanted or (current.key if current is not None else "")
        self._wanted = ""
        self.model.replace(entries)
        row = max(0, self.model.row_of(key))
        if entries:
            self.view.setCurrentIndex(self.model.index(row, 0))
        self._show_state()

    def _show_state(self) -> None:
        entry = self.current
        own = entry is not None and entry.page is not None
        summary = entry is not None and entry.key == "archives.summary"
        self.edit_action.setEnabled(own or summary)
        self.remove_action.setEnabled(own)
        for action in (self.up_action, self.down_action):
            action.setEnabled(entry is not None and entry.movable)
        bound = [one for one in self.model.entries if one.included and not one.empty]
        parts = sum(one.movable for one in bound)
        pieces = sum(one.pieces for one in bound)
        extra = sum(not one.movable for one in bound)
        text = f"{self.year}年度手册：装入 {parts} 个部分，{pieces} 件"
        self.overview.setText(text + (f"，另有 {extra} 个文件装在记录之后。" if extra else "。"))
        self.make_action.setEnabled(bool(bound))

    # Own pages

    def add_text(self) -> None:
        """Write an own page."""
        TextPageDialog(self.desk, self.year, parent=self.window()).open()

    def choose_files(self) -> None:
        """Ask for files from outside."""
        if paths := self.desk.messages.choose_files("添加到手册", _FILTER):
            self.add_paths(paths)

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Read dropped or chosen files, then ask where they belong."""
        work = partial(_read_files, tuple(paths))
        self.desk.tasks.compute(work, self._on_files_read, owner=self, title="正在读取文件")

    def _on_files_read(self, ready: _Ready) -> None:
        if ready.refused:
            self.desk.messages.problem("有的文件没有添加", "\n".join(ready.refused))
        if ready.files:
            done = partial(self._on_anchors_read, ready.files, None)
            self.desk.tasks.read(partial(_anchors, self.year), done, owner=self, key="anchors")

    def _on_anchors_read(self, files: Sequence[KeptFile], page: Any, anchors: Sequence[Anchor]) -> None:
        FilePageDialog(self.desk, self.year, files, anchors, page=page, parent=self.window()).open()

    def edit(self) -> None:
        """Change the own page chosen, or the summary."""
        entry = self.current
        if entry is None:
            return
        if entry.key == "archives.summary":
            self.write_summary()
        elif entry.page is not None and entry.page.sha256:
            done = partial(self._on_anchors_read, (), entry.page)
            self.desk.tasks.read(partial(_anchors, self.year), done, owner=self, key="anchors")
        elif entry.page is not None:
            TextPageDialog(self.desk, self.year, entry.page, self.window()).open()

    def remove(self) -> None:
        """Take the own page chosen out of the book."""
        entry = self.current
        if entry is None or entry.page is None:
            return
        text = f"“{entry.title}”将从{self.year}年度手册中移除，可以用“撤销”恢复。"
        if self.desk.messages.ask("移除附页？", text, accept="移除", danger=True):
            self.desk.tasks.write(f"移除手册附页：{entry.title}", partial(_remove, entry.page.id), owner=self)

    def write_summary(self) -> None:
        """Write 年度总结."""
        self.desk.tasks.read(partial(_summary, self.year), self._on_summary_read, owner=self, key="summary")

    def _on_summary_read(self, found: tuple[str, str]) -> None:
        SummaryDialog(self.desk, self.year, *found, parent=self.window()).open()

    # The book

    def make(self) -> None:
        """Make the book of the year and show it."""
        self.desk.tasks.read(partial(_content, self.year), self._on_content_read, owner=self, key="content")

    def _on_content_read(self, content: BookContent) -> None:
        self._make(content, agreed=False)

    def _make(self, content: BookContent, *, agreed: bool) -> None:
        work = partial(_make, content, self.desk.store.attachments.get, self._fonts(), agreed)
        done = partial(self._on_made, content)
        self.desk.tasks.compute(work, done, owner=self, title=f"正在生成{content.year}年度手册")

    def _on_made(self, content: BookContent, made: MadeBook | tuple[str, ...]) -> None:
        if not isinstance(made, tuple):
            self._preview(f"{content.year}年度{TITLE}", made)
            return
        lines = list(made[:_SHOWN])
        if len(made) > _SHOWN:
            lines.append(f"……共 {len(made)} 个，手册最后会全部列出。")
        lines.append("不装入这些附件，继续生成吗？")
        if self.desk.messages.ask(f"有 {len(made)} 个附件不能装入", "\n".join(lines), accept="继续生成", danger=True):
            self._make(content, agreed=True)

    def choose_blank(self) -> None:
        """Ask how many forms a blank book is to have."""
        forms = [(part.key, part.title) for part in all_parts() if part.in_book and part.blank is not None]
        dialog = BlankDialog(self.desk, self.year, forms, self.window())
        dialog.chosen.connect(self._on_blank_chosen)
        dialog.open()

    def _on_blank_chosen(self, counts: Mapping[str, int]) -> None:
        done = partial(self._make_blank, dict(counts))
        self.desk.tasks.read(get_branch, done, owner=self, key="branch")

    def _make_blank(self, counts: Mapping[str, int], branch: Branch) -> None:
        work = partial(_make_blank, branch, self.year, counts, self._fonts())
        done = partial(self._preview, f"{self.year}年度{TITLE}（空白）")
        self.desk.tasks.compute(work, done, owner=self, title="正在生成空白手册")

    def _fonts(self) -> str:
        return self.desk.settings.text("document_fonts")

    def _preview(self, name: str, made: MadeBook) -> None:
        from partyroom.ui.print_preview import PrintPreview

        warnings = (*made.problems, *made.warnings)
        dialog = PrintPreview(
            self.desk, name, made.book.data, safe_file_name(name), warnings=warnings, parent=self.window()
        )
        dialog.open()


def _entries(year: int, session: Any) -> list[Entry]:
    return service.list_entries(session, all_parts(), Request(year, today=today()))


def _anchors(year: int, session: Any) -> list[Anchor]:
    return service.list_anchors(session, all_parts(), Request(year, today=today()))


def _content(year: int, session: Any) -> BookContent:
    return service.read_book(session, all_parts(), Request(year, today=today()))


def _summary(year: int, session: Any) -> tuple[str, str]:
    return service.read_plan(session, year).summary, service.propose_summary(session, year)


def _save_order(year: int, order: Sequence[str], left_out: Sequence[str], session: Any) -> None:
    service.save_order(session, year, order, left_out)


def _remove(page_id: int, session: Any) -> None:
    service.remove_page(session, page_id)


def _make(content: BookContent, fetch: Any, fonts: str, agreed: bool, progress: Progress) -> MadeBook | tuple[str, ...]:
    # The printing kit takes a while to load: only when a book is made.
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.features.archives.book_export import make_book

    return make_book(content, fetch, agreed=agreed, fonts=shared_book(FontSource(fonts)), told=progress.step)


def _make_blank(branch: Branch, year: int, counts: Mapping[str, int], fonts: str, progress: Progress) -> MadeBook:
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.features.archives.book_export import make_blank_book

    return make_blank_book(branch, year, counts, fonts=shared_book(FontSource(fonts)), told=progress.step)


def _read_files(paths: Sequence[Path], progress: Progress) -> _Ready:
    files: list[KeptFile] = []
    refused: list[str] = []
    for number, path in enumerate(paths):
        progress.step(number, len(paths), path.name)
        try:
            files.append(_read_file(path))
        except DomainError as error:
            refused.append(str(error))
        except OSError:
            refused.append(f"“{path.name}”读不出来，请检查文件是否被别的程序打开。")
    progress.step(len(paths), len(paths))
    return _Ready(tuple(files), tuple(refused))


def _read_file(path: Path) -> KeptFile:
    """A picture or PDF that can be bound in.

    Raises:
        DomainError: it is too large, damaged, encrypted, or of another kind.
        OSError: it cannot be read.
    """
    from partyroom.documents.archival import opened

    if path.stat().st_size > LARGEST_FILE:
        raise DomainError(f"“{path.name}”超过50 MB，没有添加。请先压缩或拆分。")
    kept = prepare_file(path.name, path.read_bytes())
    if kept.picture:
        return kept
    if path.suffix.casefold() != ".pdf" and path.suffix.casefold() not in (".tif", ".tiff", ".gif"):
        raise DomainError(f"“{path.name}”不是PDF或图片，不能装入手册；Word、Excel文件请先另存为PDF。")
    if path.suffix.casefold() == ".pdf":
        opened(kept.content, path.name).close()
    return kept
