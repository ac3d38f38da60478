from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from partyroom.core.errors import StorageError
from partyroom.features.archives.settings_service import fonds_of
from partyroom.features.dues.check_service import dues_problems
from partyroom.features.dues.funds_service import reconcile
from partyroom.features.dues.ledger_service import ledger_of
from partyroom.features.meetings.service import MeetingQuery, get_meeting, list_meeting_ids
from partyroom.features.members.service import all_details
from partyroom.features.organisation.service import get_branch
from partyroom.features.pledges.round_service import round_of
from partyroom.features.pledges.service import pledges_of
from partyroom.storage import migrate
from partyroom.storage.audit import list_change_sets
from partyroom.storage.library import Library, schema_problems
from partyroom.storage.migrate import head_revision, known_revisions, stored_revision, upgrade
from partyroom.storage.recycle import list_bin

FIXTURES = Path(__file__).resolve().parents[1] / "data"

_ADD = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "{number:04d}", "{before:04d}", None, None


def upgrade():
    op.create_table("{table}", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("UPDATE drafts SET payload = '{{}}'")
    {more}
"""


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp(database: Path, revision: str) -> None:
    connection = sqlite3.connect(database)
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()


@pytest.fixture
def future(tmp_path, monkeypatch):
    """A program with further migrations: give each one's number and last statement."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = int(head_revision())

    def add(*last_statements: str) -> list[str]:
        monkeypatch.setattr(migrate, "MIGRATIONS", folder)
        for number, more in enumerate(last_statements, head + 1):
            code = _ADD.format(number=number, before=number - 1, table=f"extra{number}", more=more)
            (folder / "versions" / f"{number:04d}_extra.py").write_text(code, encoding="utf-8")
        return known_revisions()

    return add


def test_tables_and_migrations_say_the_same(library) -> None:
    assert library.read(schema_problems) == []


def test_drift_is_noticed(library) -> None:
    library.write("改动", lambda s: s.execute(text("ALTER TABLE members ADD COLUMN stray TEXT")))
    assert library.check() == ["数据库结构与程序不一致：remove_column"]


def test_revisions_have_one_line_of_descent() -> None:
    assert known_revisions() == [f"{n:04d}" for n in range(1, len(known_revisions()) + 1)]


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004", "0005"])
def test_library_of_every_released_schema_opens_and_reads(revision, tmp_path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    shutil.copyfile(FIXTURES / f"library_{revision}.db", folder / "library.db")
    assert stored_revision(folder / "library.db") == revision
    with Library.open(folder) as library:
        assert library.check() == []
        assert library.read(get_branch).name == "第一党支部"
        people = [detail.draft for detail in library.read(all_details)]
        assert [draft.name for draft in people] == ["陈𬭎", "张三"]
        assert people[1].birth.text == "1985-03"
        assert people[1].typed == {"sex": "不详"}
        (meeting,) = library.read(lambda s: list_meeting_ids(s, MeetingQuery()))
        draft = library.read(lambda s: get_meeting(s, meeting)).draft
        assert [line.name for line in draft.attendance] == ["张三", "陈𬭎"]
        assert [(vote.should, vote.yes) for vote in draft.votes] == [(2, 2)]
        assert [line.title for line in library.read(list_bin)] == ["李四"]
        assert library.load_draft("meeting/new").payload == {"title": "半份记录"}
        assert [line.label for line in library.read(list_change_sets)][-1] == "填写支部信息"
    assert stored_revision(folder / "library.db") == head_revision()


def test_dues_pledges_and_archive_of_the_fifth_schema_are_read(tmp_path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    shutil.copyfile(FIXTURES / "library_0005.db", folder / "library.db")
    with Library.open(folder) as library:
        (line,) = [line for line in library.read(lambda s: ledger_of(s, 2026)) if line.category]
        january = line.cells[0]
        assert (line.name, january.due_fen, january.paid_fen, january.closed) == ("张三", 4550, 4550, True)
        assert january.extra_fen == 450
        assert library.read(lambda s: reconcile(s, 2026)).holds
        assert library.read(dues_problems) == []
        year_round = library.read(lambda s: round_of(s, 2026))
        assert year_round is not None
        (pledge,) = library.read(lambda s: pledges_of(s, year_round.id))
        assert (pledge.name, [item.text for item in pledge.items]) == ("张三", ["带头学习，全年笔记不少于两万字。"])
        assert library.read(fonds_of).number == "Z099"


def test_every_released_schema_has_its_fixture() -> None:
    assert {path.stem.removeprefix("library_") for path in FIXTURES.glob("library_*.db")} == set(known_revisions())


def test_newer_library_is_refused_politely_and_left_alone(library) -> None:
    library.close()
    database = library.folder / "library.db"
    _stamp(database, "9999")
    before = _hash(database)
    with pytest.raises(StorageError, match="用更新版本的程序保存的，请升级本程序"):
        Library.open(library.folder)
    assert _hash(database) == before
    assert list((library.folder / "backups").iterdir()) == []


def test_upgrade_backs_up_first_and_then_migrates(library, future) -> None:
    library.save_draft("k", {"a": 1})
    library.close()
    revisions = future("pass", "pass")
    with Library.open(library.folder) as again:
        assert again.load_draft("k").payload == {}
    assert stored_revision(library.folder / "library.db") == revisions[-1]
    (backup,) = (library.folder / "backups").glob("before-upgrade-*.db")
    assert stored_revision(backup) == revisions[-3]


def test_failing_migration_rolls_back_whole_even_those_before_it(library, future) -> None:
    library.save_draft("k", {"a": 1})
    library.close()
    revisions = future("pass", 'raise RuntimeError("boom")')
    with pytest.raises(RuntimeError, match="boom"):
        Library.open(library.folder)
    database = library.folder / "library.db"
    assert stored_revision(database) == revisions[-3]
    connection = sqlite3.connect(database)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert not any(name.startswith("extra") for name in tables)
    assert connection.execute("SELECT payload FROM drafts").fetchall() == [('{"a": 1}',)]
    connection.close()


def test_failed_upgrade_gives_the_lock_back(library, future) -> None:
    library.close()
    future('raise RuntimeError("boom")')
    for _ in range(2):
        with pytest.raises(RuntimeError, match="boom"):
            Library.open(library.folder)


def test_migration_that_breaks_references_is_rolled_back(library, future) -> None:
    library.close()
    broken = "INSERT INTO posts (member_id, kind, group_id, started) VALUES (9, 'group_leader', 8, '2026-01-01')"
    revisions = future(f'op.execute("{broken}")')
    with pytest.raises(StorageError, match="已全部退回"):
        Library.open(library.folder)
    assert stored_revision(library.folder / "library.db") == revisions[-2]


def test_recreating_a_parent_table_keeps_its_children(library, future, person) -> None:
    from partyroom.features.members.service import admit_member

    library.write("登记", lambda s: admit_member(s, person("张三", group="第一党小组")))
    library.close()
    recreate = (
        "with op.batch_alter_table('party_groups', recreate='always') as batch:\n        batch.alter_column('name')"
    )
    future(recreate)
    with Library.open(library.folder) as again:
        assert [d.draft.group for d in again.read(all_details)] == ["第一党小组"]


def test_upgrade_on_a_full_disk_is_a_sentence(tmp_path, monkeypatch) -> None:
    from partyroom.storage import engine

    database = tmp_path / "library.db"
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    real = engine.sqlite.connect

    def small(*args, **kwargs):
        connection = real(*args, **kwargs)
        connection.execute("PRAGMA max_page_count = 12")
        return connection

    monkeypatch.setattr(engine.sqlite, "connect", small)
    with pytest.raises(StorageError, match="磁盘已满"):
        upgrade(database)
    assert stored_revision(database) is None


@pytest.mark.parametrize("content", [b"", b"x" * 5000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_file_that_is_no_library_is_refused(tmp_path, content) -> None:
    (tmp_path / "library.db").write_bytes(content)
    with pytest.raises(StorageError, match="不是支部库"):
        Library.open(tmp_path)
    assert (tmp_path / "library.db").read_bytes() == content


def test_database_of_another_program_is_refused(tmp_path) -> None:
    connection = sqlite3.connect(tmp_path / "library.db")
    connection.execute("CREATE TABLE other (id)")
    connection.commit()
    connection.close()
    before = _hash(tmp_path / "library.db")
    with pytest.raises(StorageError, match="不是支部库"):
        Library.open(tmp_path)
    assert _hash(tmp_path / "library.db") == before
