"""Copies of a library: by itself in its own folder, and as one file that another PC can open."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlite

from partyroom.core.calendar import now
from partyroom.core.errors import StorageError
from partyroom.core.files import sync_file, sync_folder
from partyroom.storage.engine import copy_database, integrity_problems
from partyroom.storage.migrate import refuse_newer, stored_revision

DATABASE = "library.db"
ATTACHMENTS = "attachments"
BACKUPS = "backups"
MANIFEST = "partyroom-backup.json"

_FORMAT = 1
_STAMP = "%Y%m%d-%H%M%S"
_AUTOMATIC = re.compile(r"auto-(\d{8}-\d{6})-c(\d+)\.db")
_NEWEST = 5  # of one day too: the one before a mishap must outlive the one after it
_ATTACHMENT = re.compile(r"attachments/[0-9a-f]{2}/[0-9a-f]{64}")

_BAD_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
"""What zipfile raises at damage, and (RuntimeError) at encryption and packing methods that we never use."""

Report = Callable[[int, int, str], None]


def last_change(database: Path) -> int:
    """The number of the latest change in a database; 0 when nothing was ever changed."""
    connection = sqlite.connect(str(database))
    try:
        found = connection.execute("SELECT max(id) FROM change_sets").fetchone()
    finally:
        connection.close()
    return int(found[0] or 0)


def automatic_backup(folder: Path, at: datetime | None = None) -> Path | None:
    """Back up the database into the library's own folder if anything changed since the last automatic backup.

    The copy is read back and verified before older ones are thinned out (one per day for a week, one per week for
    five weeks, one per month for two years). Attachments need no second copy there: they are never overwritten.

    Returns:
        The new file, or None when nothing had changed.

    Raises:
        StorageError: the disk is full or the copy is not sound; older backups are kept.
    """
    moment = at or now()
    database = folder / DATABASE
    try:
        change = last_change(database)
    except sqlite.DatabaseError as error:
        raise StorageError("备份没有写成：支部库文件已损坏，请从备份恢复。") from error
    existing = _automatic_backups(folder)
    if existing and existing[-1][1] == change:
        return None
    target = folder / BACKUPS / f"auto-{moment:{_STAMP}}-c{change}.db"
    _copy_verified(database, target)
    _thin_out(folder)
    return target


def backup_before(folder: Path, reason: str) -> Path:
    """Copy the database into the library's own folder before something risky; `reason` is an English word."""
    target = _unused(folder / BACKUPS / f"{reason}-{now():{_STAMP}}.db")
    _copy_verified(folder / DATABASE, target)
    return target


def set_aside(folder: Path, reason: str) -> Path:
    """Copy a database that is too damaged for `backup_before` byte by byte, with its write-ahead log.

    Raises:
        StorageError: the disk is full or not writable.
    """
    target = _unused(folder / BACKUPS / f"{reason}-{now():{_STAMP}}-damaged.db")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal"):
            source = folder / (DATABASE + suffix)
            if source.is_file():
                shutil.copyfile(source, target.with_name(target.name + suffix))
    except OSError as error:
        raise StorageError(f"备份没有写成：{_reason(error)}") from error
    return target


def automatic_due(folder: Path, at: datetime) -> bool:
    """Whether a day has passed since the last automatic backup (or there is none)."""
    existing = _automatic_backups(folder)
    return not existing or (at - existing[-1][0]).total_seconds() >= 24 * 3600


def kept(moments: Iterable[datetime]) -> set[datetime]:
    """Which of the given backup times are kept: the newest five, and the last of each of 7 days, 5 weeks, 24 months."""
    ordered = sorted(moments, reverse=True)
    keep: set[datetime] = set(ordered[:_NEWEST])
    for period, most in ((_day, 7), (_week, 5), (_month, 24)):
        seen: dict[tuple[int, ...], datetime] = {}
        for moment in ordered:
            seen.setdefault(period(moment), moment)
        keep.update(list(seen.values())[:most])
    return keep


def write_backup(folder: Path, target: Path, report: Report | None = None) -> None:
    """Write the whole library, attachments included, into the single file `target` and verify it.

    Raises:
        StorageError: the target cannot be written or the copy is not sound; no half file is left.
    """
    temporary = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="partyroom-") as scratch:
            database = Path(scratch) / DATABASE
            copy_database(folder / DATABASE, database)
            paths = sorted((folder / ATTACHMENTS).glob("*/*"))
            named = [(path, f"{ATTACHMENTS}/{path.parent.name}/{path.name}") for path in paths]
            attachments = [(path, name) for path, name in named if _ATTACHMENT.fullmatch(name)]
            _write_archive(temporary, [(database, DATABASE), *attachments], report)
        _verify_archive(temporary)
        sync_file(temporary)
        temporary.replace(target)
        sync_folder(target.parent)
    except (OSError, sqlite.DatabaseError) as error:
        raise StorageError(f"备份没有写成：{_reason(error)}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def unpack_backup(source: Path, scratch: Path) -> Path:
    """Unpack and verify a backup (our archive, or one of the automatic .db files) into the empty folder `scratch`.

    Returns:
        The folder that now holds a library's content.

    Raises:
        StorageError: it is no backup of ours, is damaged, or was written by a newer program.
    """
    try:
        if not source.is_file():
            raise StorageError("找不到这个备份文件。")
        if zipfile.is_zipfile(source):
            _verify_archive(source)
            with zipfile.ZipFile(source) as archive:
                for name in _manifest(archive)["files"]:
                    sync_file(Path(archive.extract(name, scratch)))
        else:
            shutil.copyfile(source, scratch / DATABASE)
            sync_file(scratch / DATABASE)
        _refuse_unsound(scratch / DATABASE)
    except _BAD_ARCHIVE as error:
        raise StorageError("备份文件不完整或已损坏。") from error
    except OSError as error:
        raise StorageError(f"备份读不出来：{_reason(error)}") from error
    return scratch


def _write_archive(target: Path, members: list[tuple[Path, str]], report: Report | None) -> None:
    manifest: dict[str, Any] = {"format": _FORMAT, "made": now().isoformat(), "files": {}}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for done, (path, name) in enumerate(members):
            if report is not None:
                report(done, len(members), "正在备份…")
            content = path.read_bytes()
            manifest["files"][name] = hashlib.sha256(content).hexdigest()
            archive.writestr(name, content)
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest = json.loads(archive.read(MANIFEST))
        files = dict(manifest["files"])
        version = int(manifest["format"])
    except (KeyError, ValueError, TypeError, *_BAD_ARCHIVE) as error:
        raise StorageError("这个文件不是本程序的备份。") from error
    if version > _FORMAT:
        raise StorageError("这个备份是用更新版本的程序做的，请升级本程序后再恢复。")
    if DATABASE not in files or not all(_belongs(name, sha256) for name, sha256 in files.items()):
        raise StorageError("这个备份里有不该有的文件，已拒绝读取。")
    assert isinstance(manifest, dict)
    return manifest


def _belongs(name: str, sha256: object) -> bool:
    """Whether a library has such a file; an attachment is named after its content, so it can overwrite only itself."""
    return name == DATABASE or (bool(_ATTACHMENT.fullmatch(name)) and name.rpartition("/")[2] == sha256)


def _verify_archive(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name, sha256 in _manifest(archive)["files"].items():
            try:
                content = archive.read(name)
            except (KeyError, *_BAD_ARCHIVE) as error:
                raise StorageError("备份文件不完整或已损坏。") from error
            if hashlib.sha256(content).hexdigest() != sha256:
                raise StorageError("备份文件的内容与校验值不符，已损坏。")


def _refuse_unsound(database: Path) -> None:
    try:
        revision = stored_revision(database)
    except StorageError as error:
        raise StorageError("这个文件不是支部库的备份，或者已经损坏。") from error
    if revision is None:
        raise StorageError("这个文件不是支部库的备份。")
    refuse_newer(revision)
    if integrity_problems(database):
        raise StorageError("备份里的数据库不完整，不能用来恢复。")


def _copy_verified(database: Path, target: Path) -> None:
    temporary = target.with_suffix(".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        copy_database(database, temporary)
        problems = integrity_problems(temporary)
        if problems:
            raise StorageError(f"自动备份核对不通过（{problems[0]}），请立即检查支部库。")
        temporary.replace(target)
        sync_folder(target.parent)
    except (OSError, sqlite.DatabaseError) as error:
        raise StorageError(f"备份没有写成：{_reason(error)}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _automatic_backups(folder: Path) -> list[tuple[datetime, int, Path]]:
    """Time, last change and file of each automatic backup, oldest first."""
    return sorted(
        (datetime.strptime(match[1], _STAMP), int(match[2]), path)  # noqa: DTZ007
        for path in (folder / BACKUPS).glob("auto-*.db")
        if (match := _AUTOMATIC.fullmatch(path.name))
    )


def _thin_out(folder: Path) -> None:
    backups = _automatic_backups(folder)
    keep = kept(moment for moment, _change, _path in backups)
    for moment, _change, path in backups:
        if moment not in keep:
            with contextlib.suppress(OSError):  # still open somewhere: it goes next time
                path.unlink(missing_ok=True)


def _unused(target: Path) -> Path:
    """`target`, or the same name with a number when a copy made in the same second has it."""
    number, free = 1, target
    while free.exists():
        number += 1
        free = target.with_stem(f"{target.stem}-{number}")
    return free


def _day(moment: datetime) -> tuple[int, ...]:
    return (moment.year, moment.month, moment.day)


def _week(moment: datetime) -> tuple[int, ...]:
    return moment.isocalendar()[:2]


def _month(moment: datetime) -> tuple[int, ...]:
    return (moment.year, moment.month)


def _reason(error: Exception) -> str:
    number = getattr(error, "errno", None)
    known = {28: "磁盘已满。", 13: "没有权限。", 30: "磁盘是只读的。", 2: "文件夹不存在。"}
    return known.get(number or 0, "文件或磁盘出错，请检查后再试。")
