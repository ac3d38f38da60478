"""A folder or ZIP of files handed to others: there whole or not at all, with a list of SHA-256 sums."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath

from partyroom.core.errors import StorageError
from partyroom.core.files import sync_file, sync_folder
from partyroom.core.text import safe_file_name

SUMS = "sha256sums.txt"
_CHUNK = 1 << 20
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # what ZIP can tell


class Package:
    """What is being put together; `put` and `put_file` add a file under a name like '01-工作机制/001-名单.pdf'."""

    def __init__(self, place: Path, moment: datetime, *, zipped: bool) -> None:
        self._place = place
        self._time = max((*moment.timetuple()[:6],), _EARLIEST)
        self._archive = zipfile.ZipFile(place, "x", zipfile.ZIP_DEFLATED) if zipped else None
        if self._archive is None:
            place.mkdir()
        self.sums: dict[str, str] = {}

    def put(self, name: str, content: bytes) -> None:
        """Add a file.

        Raises:
            ValueError: the name is taken or leads out of the package.
            OSError: the disk is full or not writable.
        """
        self._claim(name, hashlib.sha256(content).hexdigest())
        if self._archive is not None:
            self._archive.writestr(self._entry(name), content)
            return
        target = self._place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        sync_file(target)

    def put_file(self, name: str, source: Path) -> None:
        """Add a large file without holding it in memory; raises as `put`."""
        with source.open("rb") as stream:
            self._claim(name, hashlib.file_digest(stream, "sha256").hexdigest())
        if self._archive is None:
            target = self._place / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            sync_file(target)
            return
        with source.open("rb") as stream, self._archive.open(self._entry(name), "w", force_zip64=True) as entry:
            shutil.copyfileobj(stream, entry, _CHUNK)

    def finish(self) -> None:
        """Add the list of sums, as `sha256sum -c` reads it, and make everything durable."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in self.sums.items())
        self.put(SUMS, lines.encode("utf-8"))
        self.close()
        if self._archive is not None:
            sync_file(self._place)

    def close(self) -> None:
        """Let go of the file."""
        if self._archive is not None:
            self._archive.close()

    def _claim(self, name: str, digest: str) -> None:
        parts = PurePosixPath(name).parts
        if not parts or "/".join(parts) != name or any(part != safe_file_name(part) for part in parts):
            raise ValueError("a name that is no plain path inside the package")
        if name.casefold() in {taken.casefold() for taken in self.sums}:
            raise ValueError("a name that is taken")
        self.sums[name] = digest

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._time)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3  # the same bytes whatever system made them
        entry.external_attr = 0o644 << 16
        return entry


@contextmanager
def packaged(target: Path, moment: datetime) -> Iterator[Package]:
    """Put a package together at `target`: a ZIP when it is called so, else a folder that must be empty or not there.

    Whatever is raised inside, nothing half-written is left, and what was there before still is.

    Raises:
        StorageError: the folder holds something, the disk is full or not writable.
    """
    zipped = target.suffix.casefold() == ".zip"
    _refuse_bad_place(target, zipped=zipped)
    fresh = target.with_name(f".partyroom-{secrets.token_hex(8)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        package = Package(fresh, moment, zipped=zipped)
        try:
            yield package
            package.finish()
        finally:
            with contextlib.suppress(OSError):
                package.close()
        if not zipped and target.is_dir():
            target.rmdir()
        fresh.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise StorageError(_sentence(target, error)) from error
    finally:
        _remove(fresh)


def _refuse_bad_place(target: Path, *, zipped: bool) -> None:
    if zipped and target.is_dir():
        raise StorageError(f"“{target.name}”是一个文件夹，请换一个文件名。")
    if not zipped and target.exists() and not target.is_dir():
        raise StorageError(f"“{target.name}”是一个文件，请换一个文件夹名。")
    if not zipped and target.is_dir() and any(target.iterdir()):
        raise StorageError(f"文件夹“{target.name}”里已经有别的文件，请换一个名称或选一个空文件夹。")


def _sentence(target: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG):
        return f"磁盘空间不足，“{target.name}”没有写成，没有留下半份材料。请清理磁盘或换一个位置。"
    if isinstance(error, PermissionError):
        return f"不能写入“{target}”：没有权限，或者文件正被别的程序打开。请换一个位置。"
    return f"“{target.name}”没有写成，没有留下半份材料。请检查磁盘和文件夹后再试。"


def _remove(fresh: Path) -> None:
    if fresh.is_dir():
        shutil.rmtree(fresh, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        fresh.unlink(missing_ok=True)
