"""A library: the one folder that holds everything of a branch (database, attachments, backups)."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from partyroom.core.errors import StorageError
from partyroom.core.files import sync_folder
from partyroom.storage import backup, drafts, migrate, work
from partyroom.storage.attachments import AttachmentFiles, attachment_problems
from partyroom.storage.backup import ATTACHMENTS, BACKUPS, DATABASE, Report
from partyroom.storage.engine import checkpoint, integrity_problems, make_engine
from partyroom.storage.lock import LibraryLock
from partyroom.storage.work import Written

T = TypeVar("T")

SEARCH_INDEX = "minutes_search"
"""The full-text index of all minutes; its name begins the names of SQLite's shadow tables."""


class Library:
    """An open library. Opening takes the single-instance lock; `close` gives it back.

    All mapped tables must be imported (see `partyroom.schema`) before a library is opened.
    """

    def __init__(self, folder: Path, lock: LibraryLock) -> None:
        self.folder = folder
        self.attachments = AttachmentFiles(folder / ATTACHMENTS)
        self._lock = lock
        self._engine: Engine = make_engine(folder / DATABASE)

    @classmethod
    def create(cls, folder: Path) -> Library:
        """Make a new, empty library in `folder`, which must be empty or not exist yet, and open it.

        Raises:
            StorageError: the folder holds something already or cannot be written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if _holds_something(folder):
                raise StorageError("这个文件夹里已经有别的文件，请选一个空文件夹来建支部库。")
            _make_private(folder)
        except OSError as error:
            raise StorageError(_NOT_MADE) from error
        lock = LibraryLock(folder)
        lock.acquire()
        try:
            if _holds_something(folder):  # two programs at once: the other was quicker
                raise StorageError("这个文件夹里已经有别的文件，请选一个空文件夹来建支部库。")
            (folder / ATTACHMENTS).mkdir(exist_ok=True)
            (folder / BACKUPS).mkdir(exist_ok=True)
            # Built aside and renamed, so that a crash cannot leave a library without tables.
            unfinished = folder / "library.new"
            migrate.upgrade(unfinished)
            unfinished.replace(folder / DATABASE)
            sync_folder(folder)
            return cls(folder, lock)
        except OSError as error:
            lock.release()
            raise StorageError(_NOT_MADE) from error
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(cls, folder: Path) -> Library:
        """Open an existing library, bringing its schema up to date after a backup.

        Raises:
            StorageError: no library there, in use elsewhere, damaged, or written by a newer program.
        """
        if not (folder / DATABASE).is_file():
            raise StorageError(f"“{folder.name}”里没有支部库，请选择包含 {DATABASE} 的文件夹。")
        lock = LibraryLock(folder)
        lock.acquire()
        try:
            revision = migrate.stored_revision(folder / DATABASE)
            if revision is None:
                raise StorageError("这个文件夹里的 library.db 不是支部库。")
            migrate.refuse_newer(revision)
            _sweep(folder)
            if revision != migrate.head_revision():
                backup.backup_before(folder, "before-upgrade")
                migrate.upgrade(folder / DATABASE)
            return cls(folder, lock)
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Finish with the database and give the lock back."""
        self._engine.dispose()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def read(self, work_on: Callable[[Session], T]) -> T:
        """Run a reading function on a session; see `work.read`."""
        return work.read(self._engine, work_on)

    def write(self, label: str, work_on: Callable[[Session], T]) -> Written[T]:
        """Run a changing function in one transaction; see `work.write`."""
        return work.write(self._engine, label, work_on)

    def all_drafts(self) -> dict[str, dict[str, Any]]:
        """Every unsaved text by its key."""
        return self.read(drafts.all_drafts)

    def load_draft(self, key: str) -> drafts.SavedDraft | None:
        """The unsaved text kept under `key`."""
        return self.read(lambda session: drafts.load_draft(session, key))

    def save_draft(self, key: str, payload: dict[str, Any]) -> None:
        """Keep unsaved text under `key`; not part of the change log."""
        self.write("暂存草稿", lambda session: drafts.save_draft(session, key, payload))

    def discard_draft(self, key: str) -> None:
        """Forget the unsaved text under `key`."""
        self.write("清除草稿", lambda session: drafts.discard_draft(session, key))

    def automatic_backup(self, at: datetime | None = None) -> Path | None:
        """See `backup.automatic_backup`."""
        return backup.automatic_backup(self.folder, at)

    def backup_to(self, target: Path, report: Report | None = None) -> None:
        """Write everything into one file; see `backup.write_backup`."""
        backup.write_backup(self.folder, target, report)

    def check(self, *further: Callable[[Session], list[str]]) -> list[str]:
        """Everything wrong with database, schema and attachments, a sentence each; empty when all is sound.

        `further` are checks of features, which follow.
        """
        problems = [f"数据库：{text}" for text in integrity_problems(self.folder / DATABASE)]
        try:
            revision = migrate.stored_revision(self.folder / DATABASE)
            if revision != migrate.head_revision():
                problems.append(f"数据库结构版本是 {revision}，应当是 {migrate.head_revision()}。")
            problems += self.read(schema_problems)
            problems += self.read(lambda session: attachment_problems(session, self.attachments))
            for look in further:
                problems += self.read(look)
        except StorageError as error:
            problems.append(str(error))
        return problems


def schema_problems(session: Session) -> list[str]:
    """Where the tables differ from what the program expects."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from partyroom.storage.base import Base

    options = {"compare_type": False, "include_name": _is_plain_table}
    context = MigrationContext.configure(session.connection(), opts=options)
    return [f"数据库结构与程序不一致：{difference[0]}" for difference in compare_metadata(context, Base.metadata)]


def _is_plain_table(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the full-text index and its shadow tables out of the comparison: they are made by SQL alone."""
    return kind != "table" or not str(name).startswith(SEARCH_INDEX)


def restore_library(source: Path, folder: Path) -> None:
    """Put the content of the backup `source` into `folder`, a new or an existing library.

    An existing library is backed up whole beforehand, into its own backups folder; its database is then replaced in
    one rename, so that a crash leaves either the old or the restored one. A backup of an older schema is brought up to
    date before that.

    Raises:
        StorageError: the backup is not sound or the folder is in use or not writable; the library is as before.
    """
    existing = (folder / DATABASE).is_file()
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not existing and _holds_something(folder):
            raise StorageError("这个文件夹里已经有别的文件，请选一个空文件夹来恢复。")
        lock = LibraryLock(folder)
        lock.acquire()
        try:
            # Within the library's folder, so that the renames stay on one disk.
            with tempfile.TemporaryDirectory(prefix=".restoring-", dir=folder) as scratch:
                content = backup.unpack_backup(source, Path(scratch))
                if migrate.stored_revision(content / DATABASE) != migrate.head_revision():
                    migrate.upgrade(content / DATABASE)
                if existing:
                    _keep_present(folder)
                _take_over(content, folder)
        finally:
            lock.release()
            if made and not (folder / DATABASE).is_file():
                shutil.rmtree(folder, ignore_errors=True)  # nothing came of it: leave no trace
    except OSError as error:
        raise StorageError("恢复没有完成：磁盘已满或文件夹不能写入；原来的内容没有被改动。") from error


def _keep_present(folder: Path) -> None:
    """Back up what is about to be replaced; a damaged database, perhaps the very reason to restore, as it is."""
    if integrity_problems(folder / DATABASE):
        backup.set_aside(folder, "before-restore")
    else:
        backup.backup_before(folder, "before-restore")


def _take_over(content: Path, folder: Path) -> None:
    for stored in (content / ATTACHMENTS).glob("*/*"):
        target = folder / ATTACHMENTS / stored.parent.name / stored.name
        target.parent.mkdir(parents=True, exist_ok=True)
        stored.replace(target)
    (folder / ATTACHMENTS).mkdir(exist_ok=True)
    (folder / BACKUPS).mkdir(exist_ok=True)
    if (folder / DATABASE).is_file():
        # Empties the write-ahead log: it belongs to the database that is about to be replaced.
        with contextlib.suppress(sqlite.DatabaseError):  # a damaged one was set aside with its log
            checkpoint(folder / DATABASE)
        for suffix in ("-wal", "-shm"):
            (folder / (DATABASE + suffix)).unlink(missing_ok=True)
    (content / DATABASE).replace(folder / DATABASE)
    sync_folder(folder)
    _make_private(folder)


def _sweep(folder: Path) -> None:
    """Remove what a restore or a backup left half done when the program was killed; the lock is held."""
    for unfinished in folder.glob(".restoring-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    for part in (folder / BACKUPS).glob("*.part"):
        with contextlib.suppress(OSError):
            part.unlink()


_OURS = re.compile(r"partyroom\.lock(\.json)?|library\.new(-journal|-wal|-shm)?|\.restoring-.*")
_NOT_MADE = "不能在这里建支部库，请检查磁盘空间和文件夹权限。"


def _holds_something(folder: Path) -> bool:
    """Whether a folder holds more than what we leave behind when making a library there was interrupted."""
    for path in folder.iterdir():
        if path.name in (ATTACHMENTS, BACKUPS) and path.is_dir() and not any(path.iterdir()):
            continue
        if not _OURS.fullmatch(path.name):
            return True
    return False


def _make_private(folder: Path) -> None:
    if os.name != "nt":
        with contextlib.suppress(OSError):  # a shared drive may not know permissions
            folder.chmod(0o700)
