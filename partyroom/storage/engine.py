"""The one way to the database file: SQLCipher's own SQLite, the same on every PC, with pragmas that keep promises."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import URL, Connection, Engine, create_engine, event

_NETWORK_FILE_SYSTEMS = re.compile(r"^(nfs|cifs|smb|fuse|9p|afs|ncp|ceph|lustre|vboxsf|prl_fs|virtiofs)")
_MOUNTS = Path("/proc/mounts")


def make_engine(database: Path) -> Engine:
    """An engine on `database` with foreign keys on, WAL where the disk is local, and FULL synchronisation.

    Transactions are begun by us (`BEGIN`, or `BEGIN IMMEDIATE` with the execution option `immediate`), so that DDL and
    savepoints are transactional. Errors do not quote the values: ID numbers have no place in a log (个人信息保护法
    Art 51).
    """
    journal = "DELETE" if on_network(database) else "WAL"
    engine = create_engine(database_url(database), module=sqlite, hide_parameters=True)

    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA journal_mode = {journal}")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA busy_timeout = 5000")
        cursor.close()

    def on_begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def database_url(database: Path) -> URL:
    """The address of a database file; as a URL object, because a folder may be called `a?b`."""
    return URL.create("sqlite", database=str(database.absolute()))


def on_network(path: Path) -> bool:
    """Whether `path` lies on a shared drive, where WAL's shared memory cannot be trusted."""
    resolved = str(path.resolve())
    if os.name == "nt":
        return resolved.startswith("\\\\")
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return False
    best, kind = "", ""
    for line in mounts:
        _device, point, file_system = (*line.split(" "), "", "", "")[:3]
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point)  # `My\040Share`
        inside = resolved == point or resolved.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, file_system
    return bool(_NETWORK_FILE_SYSTEMS.match(kind))


def integrity_problems(database: Path) -> list[str]:
    """What SQLite itself finds wrong with a database file; an empty list means sound."""
    connection = sqlite.connect(str(database))
    try:
        rows = [str(row[0]) for row in connection.execute("PRAGMA integrity_check").fetchall()]
        problems = [] if rows == ["ok"] else rows
        for table, row_id, parent, _key in connection.execute("PRAGMA foreign_key_check").fetchall():
            problems.append(f"{table} 第 {row_id} 行引用的 {parent} 不存在")
    except sqlite.DatabaseError as error:  # too damaged even to be checked
        return [str(error)]
    else:
        return problems
    finally:
        connection.close()


def copy_database(source: Path, target: Path) -> None:
    """Copy a live database consistently in one step (the backup API with all pages at once).

    A stepped copy beside a busy writer may never finish.
    """
    reading = sqlite.connect(str(source))
    writing = sqlite.connect(str(target))
    try:
        reading.backup(writing, pages=-1)
        writing.execute("PRAGMA journal_mode = DELETE")
    finally:
        writing.close()
        reading.close()


def checkpoint(database: Path) -> None:
    """Move everything from the write-ahead log into the database file itself."""
    connection = sqlite.connect(str(database))
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
