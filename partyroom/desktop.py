"""The program with windows: the start page, opening and closing libraries, and what stands in the menus."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from partyroom import schema
from partyroom.core.calendar import RecordedDate, now, today
from partyroom.core.errors import DomainError, PartyroomError, Problem
from partyroom.core.paths import sample_folder
from partyroom.core.text import safe_file_name
from partyroom.drafts import KeptDrafts
from partyroom.features.members.service import found_branch
from partyroom.features.organisation.page import BRANCH_FIELDS, branch_of
from partyroom.features.organisation.service import get_branch
from partyroom.menus import Menus
from partyroom.registry import FEATURES
from partyroom.sample import make_sample
from partyroom.storage import backup
from partyroom.storage.library import Library, restore_library
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.main_window import MainWindow
from partyroom.ui.messages import Messages
from partyroom.ui.preferences import Preferences
from partyroom.ui.progress import Progress
from partyroom.ui.start_page import StartPage
from partyroom.ui.tasks import Tasks
from partyroom.ui.theme import apply_theme, install_translation

_HOUR_MS = 3_600_000
_MOST_RECENT = 8


class NoLibrary:
    """Stands in for a library while none is open; long work without a session still runs."""

    def read(self, work: Any) -> Any:  # noqa: ARG002
        """Refuse: there is nothing to read."""
        raise DomainError("还没有打开支部库。")

    def write(self, label: str, work: Any) -> Any:  # noqa: ARG002
        """Refuse: there is nothing to write to."""
        raise DomainError("还没有打开支部库。")


class Desktop(QObject):
    """The running program: at any time either the start page or one library's main window."""

    def __init__(self, settings: Preferences, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        assert schema.TABLES
        self.settings = settings
        self.messages = messages
        self.waiting = Tasks(NoLibrary(), messages, self)
        self.library: Library | None = None
        self.desk: Desk | None = None
        self.start_page: StartPage | None = None
        self.window: MainWindow | None = None
        self._next: Path | None = None
        self._backups = QTimer(self, interval=_HOUR_MS)
        self._backups.timeout.connect(self._on_backups_timeout)

    def begin(self, folder: Path | None, *, sample: bool) -> None:
        """Show what was asked for: a library, the sample branch, the last library, or the start page."""
        recent = self._recent()
        if sample:
            self.open_sample()
        elif folder is not None:
            self.open_folder(folder)
        elif recent and self.settings.flag("reopen_last") and (recent[0][1] / backup.DATABASE).is_file():
            self.open_folder(recent[0][1])
        else:
            self.show_start_page()

    def show_start_page(self) -> None:
        """Offer to make or open a library."""
        self.start_page = StartPage(self.messages, self._recent())
        self.start_page.create_requested.connect(self.create_library)
        self.start_page.open_requested.connect(self.choose_library)
        self.start_page.sample_requested.connect(self.open_sample)
        self.start_page.recent_requested.connect(self.open_folder)
        self.start_page.show()

    def open_folder(self, folder: Path) -> None:
        """Open the library in `folder`; a window that is open closes first."""
        self._in_between(partial(_open, folder=folder), "正在打开支部库…")

    def open_sample(self) -> None:
        """Open the sample branch, made when it is not there yet."""
        self._in_between(_open_sample, "正在准备示例支部…")

    def choose_library(self) -> None:
        """Ask for a library's folder and open it."""
        folder = self.messages.choose_folder("选择支部库所在的文件夹")
        if folder is not None:
            self.open_folder(folder)

    def create_library(self) -> None:
        """Ask for the branch's data and a place, then make and open a new library."""
        desk = self.desk or Desk(self.waiting, self.messages, self.settings, NoLibrary(), KeptDrafts(self.waiting, {}))
        fields = [
            *BRANCH_FIELDS,
            Field("secretary", "书记姓名", section="支部书记", hint="可以以后再填"),
            Field("since", "任期开始", Kind.DATE, exact=True, section="支部书记", hint="本届支部委员会选举产生的日期"),
        ]
        dialog = FormDialog(
            "新建支部", fields, {}, desk, save=_check_new, accept_text="下一步：选择存放位置…", parent=self._face()
        )
        dialog.submitted.connect(self._on_branch_entered)
        dialog.open()

    def restore_backup(self) -> None:
        """Ask for a backup and put it in the place of the open library, which is backed up beforehand."""
        assert self.library is not None
        source = self.messages.choose_open("选择备份文件", "支部库备份 (*.partyroom *.db);;所有文件 (*)")
        text = "用备份替换现在的内容？现在的内容会先自动备份到支部库的 backups 文件夹。"
        if source is None or not self.messages.ask("从备份恢复", text, accept="恢复", danger=True):
            return
        folder = self.library.folder
        self._in_between(partial(_restore, source=source, folder=folder), "正在恢复…", back_to=folder)

    def close_library(self) -> None:
        """Finish the open library: pending writes, the day's backup, the lock."""
        self._backups.stop()
        if self.desk is not None:
            self.desk.tasks.shut_down()
            self.desk = None
        if self.library is not None:
            library, self.library = self.library, None
            try:
                library.automatic_backup()
            except PartyroomError as error:
                self.messages.warn(str(error))
            library.close()
        self.window = None

    def _in_between(self, work: Any, title: str, *, back_to: Path | None = None) -> None:
        """Close what is open, run `work(progress) -> Library` aside, then show its library."""
        if self.window is not None:
            back_to = back_to or (self.library.folder if self.library else None)
            self.window.closed.disconnect(self._on_window_closed)
            self.window.close()
            self.window.deleteLater()
            self.close_library()
        self.waiting.compute(work, self._show, owner=self, title=title, failed=partial(self._on_open_failed, back_to))

    def _on_open_failed(self, back_to: Path | None, error: Exception) -> None:
        if not isinstance(error, PartyroomError):
            self.messages.unexpected(error)
        else:
            self.messages.problem("没有打开", str(error))
        if back_to is not None:
            self.open_folder(back_to)
        elif self.start_page is None:
            self.show_start_page()

    def _show(self, library: Library) -> None:
        if self.start_page is not None:
            self.start_page.close()
            self.start_page.deleteLater()
            self.start_page = None
        self.library = library
        tasks = Tasks(library, self.messages, self)
        drafts = KeptDrafts(tasks, library.all_drafts())
        self.desk = Desk(tasks, self.messages, self.settings, library, drafts)
        name = library.read(get_branch).name or library.folder.name
        menus = Menus(self, self.desk, library)
        self.window = MainWindow(self.desk, FEATURES, menus.commands(), library_name=name)
        menus.setParent(self.window)
        menus.window = self.window
        self.window.closed.connect(self._on_window_closed)
        tasks.data_changed.connect(self._on_data_changed)
        self._remember(name, library.folder)
        self.window.show()
        self._backups.start()
        QTimer.singleShot(0, self, self._on_backups_timeout)

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if "branch" in kinds and self.desk is not None:
            self.desk.tasks.read(get_branch, self._on_branch_read, owner=self)

    def _on_branch_read(self, branch: Any) -> None:
        if self.window is not None and self.library is not None:
            self.window.set_library_name(branch.name)
            self._remember(branch.name, self.library.folder)

    def _on_window_closed(self) -> None:
        self.close_library()
        QApplication.quit()

    def _on_backups_timeout(self) -> None:
        """At start, and after a day with changes."""
        if self.library is None or self.desk is None:
            return
        if backup.automatic_due(self.library.folder, now()) or not self._backups.property("begun"):
            self._backups.setProperty("begun", True)
            work = partial(_automatic_backup, library=self.library)
            self.desk.tasks.compute(work, _nothing, owner=self, title="正在自动备份…")

    def _on_branch_entered(self, values: dict[str, object]) -> None:
        place = self.messages.choose_folder("选择存放支部库的文件夹（将在里面新建一个文件夹）")
        if place is not None:
            folder = place / safe_file_name(str(values["name"]))
            self._in_between(partial(_create, folder=folder, values=values), "正在建立支部库…")

    def _face(self) -> QWidget | None:
        return self.window or self.start_page

    def _recent(self) -> list[tuple[str, Path]]:
        kept = self.settings.recall("recent", [])
        entries = kept if isinstance(kept, list) else []
        return [
            (str(entry[0]), Path(str(entry[1]))) for entry in entries if isinstance(entry, list) and len(entry) == 2
        ]

    def _remember(self, name: str, folder: Path) -> None:
        others = [[known, str(path)] for known, path in self._recent() if path != folder.resolve()]
        self.settings.remember("recent", [[name, str(folder.resolve())], *others][:_MOST_RECENT])


def run_desktop(folder: Path | None, *, sample: bool) -> int:
    """Show the window and run until it is closed; returns the exit status."""
    app = QApplication([])
    app.setApplicationName("partyroom")
    app.setApplicationDisplayName("党建活动室")
    app.setQuitOnLastWindowClosed(False)
    settings = Preferences()
    apply_theme(app, large=settings.flag("large_text"))
    install_translation(app)
    messages = Messages()
    messages.catch_uncaught()
    desktop = Desktop(settings, messages, app)
    desktop.begin(folder, sample=sample)
    return app.exec()


def _open(progress: Progress, folder: Path) -> Library:
    progress.step(0, 0, "正在检查支部库…")
    return Library.open(folder)


def _open_sample(progress: Progress) -> Library:
    folder = sample_folder()
    if not (folder / backup.DATABASE).is_file():
        make_sample(folder, progress.step)
    return Library.open(folder)


def _create(progress: Progress, folder: Path, values: dict[str, object]) -> Library:
    progress.step(0, 0, "正在建立支部库…")
    library = Library.create(folder)
    since = values.get("since")
    found = partial(
        found_branch,
        branch=branch_of(values),
        secretary=str(values.get("secretary", "")),
        since=since.exact if isinstance(since, RecordedDate) else None,
    )
    library.write("新建支部", found)
    return library


def _restore(progress: Progress, source: Path, folder: Path) -> Library:
    progress.step(0, 0, "正在核对备份…")
    restore_library(source, folder)
    return Library.open(folder)


def _automatic_backup(_progress: Progress, library: Library) -> Path | None:
    return library.automatic_backup()


def _check_new(values: dict[str, object]) -> None:
    since = values.get("since")
    if isinstance(since, RecordedDate) and since.exact is not None and since.exact > today():
        raise DomainError(Problem("任期开始日期不能晚于今天。", "since"))
    if since is not None and not str(values.get("secretary", "")).strip():
        raise DomainError(Problem("填了任期开始日期，请同时填写书记姓名。", "secretary"))


def _nothing(_result: object) -> None:
    return None
