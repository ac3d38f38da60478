"""Bringing a library's schema up to date, with alembic imported only when there is something to do."""

from __future__ import annotations

import re
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from partyroom.core.errors import StorageError
from partyroom.storage.engine import database_url
from partyroom.storage.work import disk_errors

MIGRATIONS = Path(__file__).parent / "migrations"


def known_revisions() -> list[str]:
    """The revisions this program knows, oldest first; files are named `0001_what.py`."""
    return sorted(
        match[1] for path in (MIGRATIONS / "versions").glob("*.py") if (match := re.match(r"(\d{4})_", path.name))
    )


def head_revision() -> str:
    """The newest revision this program knows."""
    return known_revisions()[-1]


def stored_revision(database: Path) -> str | None:
    """The revision written in a database file; None when it has none (a new or foreign file).

    Raises:
        StorageError: the file is no database or is damaged.
    """
    try:
        connection = sqlite.connect(f"file:{_quoted(database)}?mode=ro", uri=True)
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        finally:
            connection.close()
    except sqlite.DatabaseError as error:
        if "no such table" in str(error):
            return None
        raise StorageError("支部库文件已损坏或不是支部库，请从备份恢复。") from error
    return None if found is None else str(found[0])


def _quoted(database: Path) -> str:
    text = database.resolve().as_posix()
    return text.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def refuse_newer(revision: str | None) -> None:
    """Stop before a library that a newer program wrote.

    Raises:
        StorageError: the revision is unknown here.
    """
    if revision is not None and revision not in known_revisions():
        raise StorageError("这个支部库是用更新版本的程序保存的，请升级本程序后再打开；库里的内容没有被改动。")


def upgrade(database: Path) -> None:
    """Migrate `database` to the newest revision in one transaction, foreign keys off and checked afterwards.

    Foreign keys must be off: recreating a parent table with them on would delete its children (ON DELETE CASCADE).

    Raises:
        StorageError: afterwards a reference points nowhere, or the disk failed; everything is rolled back.
    """
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, event

    engine = create_engine(database_url(database), module=sqlite, hide_parameters=True)

    def on_connect(connection: sqlite.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA synchronous = FULL")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix().replace("%", "%%"))
    try:
        with disk_errors(), engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                raise StorageError("升级支部库时发现数据引用不完整，已全部退回，库没有被改动。")
    finally:
        engine.dispose()
