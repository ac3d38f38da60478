"""The program with windows: the start page, opening and closing libraries, and what stands in the menus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from partyroom import schema
from partyroom.core.calendar import RecordedDate, now, today
from partyroom.core.errors import CancelledError, DomainError, PartyroomError, Problem
from partyroom.core.paths import sample_folder
from partyroom.core.text import safe_file_name
from partyroom.drafts import KeptDrafts
from partyroom.features.members.service import found_branch
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.page import BRANCH_FIELDS, branch_of
from partyroom.features.organisation.service import get_branch
from partyroom.menus import Menus
from partyroom.registry import FEATURES
from partyroom.sample.branch import make_sample
from partyroom.storage import backup
from partyroom.storage.library import Library, restore_library
from partyroom.ui.collecting import MainThreadCollector
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
_LONGEST_SAVING_MS = 60_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A library with what its window must know at once, read where the opening was done."""

    library: Library
    name: str
    drafts: dict[str, dict[str, Any]]


class NoLibrary:
    """Stands in for a library while none is open; long work without a session still runs."""

    def read(self, work: Any) -> Any:  # noqa: ARG002
        """Refuse: there is nothing to read."""
        raise DomainError("还没有打开支部库。")

    def write(self, label: str, work: Any) -> Any:  # noqa: ARG002
        """Refuse: there is nothing to write to."""
        raise DomainError("还没有打开支部库。")

    @property
    def attachments(self) -> Any:
        """Refuse: there is nowhere to keep files."""
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
        self._failures: list[tuple[str, Exception]] = []
        self._backups = QTimer(self, interval=_HOUR_MS)
        self._backups.timeout.connect(self._on_backups_timeout)

    def begin(self, folder: Path | None, *, sample: bool) -> None:
        """Show what was asked for: a library, the sample branch, the last library, or the start page."""
        recent = self.settings.recent_libraries()
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
        self.start_page = StartPage(self.messages, self.settings.recent_libraries())
        self.start_page.installEventFilter(self)
        self.start_page.create_requested.connect(self.create_library)
        self.start_page.open_requested.connect(self.choose_library)
        self.start_page.restore_requested.connect(self.restore_backup)
        self.start_page.sample_requested.connect(self.open_sample)
        self.start_page.recent_requested.connect(self.open_folder)
        self.start_page.show()
        self._say_failures()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - the name is Qt's
        """The program ends when the user closes the start page; nothing else of it is on the screen."""
        if event.type() == QEvent.Type.Close and watched is self.start_page:
            self.start_page = None
            watched.deleteLater()
            QApplication.quit()
        return super().eventFilter(watched, event)

    def open_folder(self, folder: Path) -> None:
        """Open the library in `folder`; a window that is open closes first."""
        self._in_between(partial(_open, folder=folder), "正在打开支部库…", "没有打开")

    def open_sample(self) -> None:
        """Open the sample branch, made when it is not there yet."""
        self._in_between(_open_sample, "正在准备示例支部…", "没有打开")

    def choose_library(self) -> None:
        """Ask for a library's folder and open it."""
        folder = self.messages.choose_folder("选择支部库所在的文件夹")
        if folder is not None:
            self.open_folder(folder)

    def create_library(self) -> None:
        """Ask for the branch's data and a place, then make and open a new library."""
        self._ask_for_branch({})

    def _ask_for_branch(self, values: dict[str, object]) -> None:
        place: list[Path] = []
        desk = self.desk or Desk(self.waiting, self.messages, self.settings, NoLibrary(), KeptDrafts(self.waiting, {}))
        fields = [
            *BRANCH_FIELDS,
            Field("secretary", "书记姓名", section="支部书记", hint="可以以后再填"),
            Field("since", "任期开始", Kind.DATE, exact=True, section="支部书记", hint="本届支部委员会选举产生的日期"),
        ]
        dialog = FormDialog(
            "新建支部",
            fields,
            values,
            desk,
            save=partial(self._choose_place, place),
            accept_text="下一步：选择存放位置…",
            parent=self._face(),
        )
        dialog.submitted.connect(partial(self._on_branch_entered, place))
        dialog.open()

    def restore_backup(self) -> None:
        """Ask for a backup and put it in the place of the open library, or into a new one while none is open.

        What was in the open library is backed up beforehand.
        """
        source = self.messages.choose_open("选择备份文件", "支部库备份 (*.partyroom *.db);;所有文件 (*)")
        if source is None:
            return
        folder = self._new_place() if self.library is None else self._own_place(self.library.folder)
        if folder is not None:
            self._in_between(partial(_restore, source=source, folder=folder), "正在恢复…", "没有恢复")

    def _own_place(self, folder: Path) -> Path | None:
        text = "用备份替换现在的内容？现在的内容会先自动备份到支部库文件夹里的 backups 文件夹。"
        return folder if self.messages.ask("从备份恢复", text, accept="恢复", danger=True) else None

    def _new_place(self) -> Path | None:
        """Ask where the restored library goes: into a folder of its own, which nothing has been put into yet."""
        parent = self.messages.choose_folder("选择存放支部库的位置（将在里面新建一个文件夹）")
        if parent is None:
            return None
        # Not called after the backup: a library called 备份 would be taken for one and thrown away.
        name = f"支部库（{today():%Y%m%d}恢复）"
        return next(place for place in _places(parent, name) if not _taken(place))

    def close_library(self) -> None:
        """Finish with the open library: its window, pending writes, the day's backup, the lock."""
        self._backups.stop()
        if self.window is not None:
            self.window.closed.disconnect(self._on_window_closed)
            self.window.close()
            self.window.deleteLater()
            self.window = None
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

    def _in_between(
        self, work: Callable[[Progress], Library], title: str, trouble: str, *, again: Callable[[], None] | None = None
    ) -> None:
        """Close what is open, run `work` aside, then show its library, or what was open before with what went wrong.

        Without a library to go back to, `again` lets the user correct what was entered.
        """
        back_to = self.library.folder if self.library is not None else None
        if self.desk is not None and self.desk.tasks.saving:
            self.desk.tasks.wait_idle(_LONGEST_SAVING_MS)  # a write that fails must still be able to say so
        self.close_library()
        ended = partial(self._on_ended, back_to, trouble, again)
        self.waiting.compute(partial(_settled, work=work), ended, owner=self, title=title)

    def _on_ended(
        self, back_to: Path | None, trouble: str, again: Callable[[], None] | None, outcome: Opened | Exception
    ) -> None:
        if isinstance(outcome, Opened):
            self._show(outcome)
            return
        self._failures.append((trouble, outcome))
        if back_to is not None:
            self.open_folder(back_to)
        elif self.start_page is None:
            self.show_start_page()
        else:
            self._say_failures()
        if again is not None and back_to is None:
            again()

    def _say_failures(self) -> None:
        """Say what went wrong once there is a window to say it in."""
        failures, self._failures = self._failures, []
        for title, error in failures:
            if isinstance(error, CancelledError):
                self.messages.inform(str(error))
            elif isinstance(error, PartyroomError):
                self.messages.problem(title, str(error))
            else:
                self.messages.unexpected(error)

    def _show(self, opened: Opened) -> None:
        library = opened.library
        self._close_start_page()
        self.library = library
        tasks = Tasks(library, self.messages, self)
        self.desk = Desk(tasks, self.messages, self.settings, library, KeptDrafts(tasks, opened.drafts))
        menus = Menus(self, self.desk, library)
        self.window = MainWindow(self.desk, FEATURES, menus.commands(), library_name=opened.name)
        menus.setParent(self.window)
        menus.window = self.window
        self.window.closed.connect(self._on_window_closed)
        tasks.data_changed.connect(self._on_data_changed)
        self.settings.note_library(opened.name, library.folder.resolve())
        self.window.show()
        self._say_failures()
        self._backups.start()
        QTimer.singleShot(0, self, self._back_up)

    def _close_start_page(self) -> None:
        if self.start_page is not None:
            page, self.start_page = self.start_page, None
            page.removeEventFilter(self)
            page.close()
            page.deleteLater()

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if "branch" in kinds and self.desk is not None:
            self.desk.tasks.read(get_branch, self._on_branch_read, owner=self)

    def _on_branch_read(self, branch: Branch) -> None:
        if self.window is not None and self.library is not None:
            self.window.set_library_name(branch.name)
            self.settings.note_library(branch.name, self.library.folder.resolve())

    def _on_window_closed(self) -> None:
        self.close_library()
        QApplication.quit()

    def _on_backups_timeout(self) -> None:
        if self.library is not None and backup.automatic_due(self.library.folder, now()):
            self._back_up()

    def _back_up(self) -> None:
        """Back up aside if anything has changed: when a library is opened, and after a day."""
        if self.library is None or self.desk is None:
            return
        work = partial(_automatic_backup, library=self.library)
        self.desk.tasks.compute(work, _nothing, owner=self, title="自动备份", failed=self._on_backup_failed, quiet=True)

    def _on_backup_failed(self, error: Exception) -> None:
        self.messages.warn(f"自动备份没有成功：{error}")

    def _choose_place(self, place: list[Path], values: dict[str, object]) -> None:
        """Check a new branch's data and ask where to put it; the form stays open until there is a place."""
        _check_new(values)
        parent = self.messages.choose_folder("选择存放支部库的位置（将在里面新建一个文件夹）")
        if parent is None:
            raise CancelledError
        folder = parent / safe_file_name(str(values["name"]))
        if (folder / backup.DATABASE).is_file():
            raise DomainError(f"所选位置已经有支部库“{folder.name}”，请用“打开支部库”打开它，或者换一个位置。")
        if _taken(folder):
            raise DomainError(f"所选位置已经有“{folder.name}”，而且不是空文件夹，请换一个位置。")
        place[:] = [folder]

    def _on_branch_entered(self, place: list[Path], values: dict[str, object]) -> None:
        work = partial(_create, folder=place[0], values=values)
        self._in_between(work, "正在建立支部库…", "没有建成", again=partial(self._ask_for_branch, values))

    def _face(self) -> QWidget | None:
        return self.window or self.start_page


def run_desktop(folder: Path | None, *, sample: bool) -> int:
    """Show the window and run until it is closed; returns the exit status."""
    app = QApplication([])
    app.setApplicationName("partyroom")
    app.setApplicationDisplayName("党建活动室")
    app.setQuitOnLastWindowClosed(False)
    settings = Preferences()
    apply_theme(app, large=settings.flag("large_text"))
    install_translation(app)
    collector = MainThreadCollector(app)
    messages = Messages()
    messages.catch_uncaught()
    desktop = Desktop(settings, messages, app)
    desktop.begin(folder, sample=sample)
    status = app.exec()
    collector.stop()
    return status


def _settled(progress: Progress, work: Callable[[Progress], Library]) -> Opened | Exception:
    """What came of opening; every failure comes back, as each must bring back a window."""
    try:
        library = work(progress)
        try:
            return Opened(library, library.read(get_branch).name or library.folder.name, library.all_drafts())
        except BaseException:
            library.close()
            raise
    except Exception as error:  # noqa: BLE001 - told apart where it is shown
        return error


def _places(parent: Path, name: str) -> Iterator[Path]:
    """Folders called `name`, then with a number behind it."""
    yield parent / name
    for number in count(2):
        yield parent / f"{name}-{number}"


def _taken(folder: Path) -> bool:
    return folder.is_file() or (folder.is_dir() and any(folder.iterdir()))


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
    try:
        library.write("新建支部", found)
    except BaseException:
        library.close()
        raise
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
