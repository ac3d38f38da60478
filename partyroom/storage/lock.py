"""One program per library: a lock of the operating system, which dies with its holder."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
from pathlib import Path

from filelock import FileLock, Timeout

from partyroom.core.calendar import chinese_datetime, now
from partyroom.core.errors import StorageError

_NOT_WRITABLE = "不能写入这个支部库的文件夹，请检查磁盘空间和文件夹权限。"


class LibraryLock:
    """Holds `partyroom.lock` in the library's folder while the library is open."""

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / "partyroom.lock", thread_local=False)  # opened aside, closed from the window
        self._holder = folder / "partyroom.lock.json"

    def acquire(self) -> None:
        """Take the lock at once.

        Raises:
            StorageError: another program holds it (the sentence says where and since when), or the folder is read-only.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise StorageError(f"这个支部库正在被使用（{self._who()}），请先关闭那边的程序再打开。") from error
        except OSError as error:
            raise StorageError(_NOT_WRITABLE) from error
        try:
            holder = {"pid": os.getpid(), "host": platform.node(), "since": chinese_datetime(now())}
            self._holder.write_text(json.dumps(holder, ensure_ascii=False), encoding="utf-8")
        except OSError as error:
            # On a full disk a library can still be read, and this is only a hint for the message above. Where nothing
            # may be written the database could not even be opened.
            if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
                self._lock.release()
                raise StorageError(_NOT_WRITABLE) from error

    def release(self) -> None:
        """Give the lock back."""
        with contextlib.suppress(OSError):
            self._holder.unlink(missing_ok=True)
        self._lock.release()

    def _who(self) -> str:
        try:
            holder = json.loads(self._holder.read_text(encoding="utf-8"))
            return f"电脑 {holder['host']}，自 {holder['since']} 起"
        except (OSError, ValueError, KeyError):
            return "另一个窗口"
