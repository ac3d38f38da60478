# ruff: noqa: DTZ001  (a branch lives in one time zone)

from __future__ import annotations

import sqlite3
from datetime import datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from partyroom.core.errors import DomainError, StorageError
from partyroom.features.members.service import admit_member, bin_members, update_member
from partyroom.features.members.tables import Member
from partyroom.features.organisation.service import save_department, save_group
from partyroom.storage.audit import Change, ChangeKind, ChangeSet, list_change_sets


def _count(library, table) -> int:
    return library.read(lambda session: session.scalar(select(func.count()).select_from(table)))


def _changes(library, change_set: int) -> list[tuple[str, ChangeKind, dict, dict]]:
    def read(session):
        found = session.scalars(select(Change).where(Change.change_set_id == change_set).order_by(Change.id))
        return [(c.table_name, c.kind, c.before, c.after) for c in found]

    return library.read(read)


def test_write_returns_the_result_the_changed_tables_and_its_number(library, person) -> None:
    written = library.write("登记", lambda session: admit_member(session, person(department="语文组")))
    assert written.result == 1
    assert written.changes == {"members", "departments"}
    assert written.change_set == 1


def test_write_that_changes_nothing_leaves_no_entry(library) -> None:
    written = library.write("看看", lambda session: list_change_sets(session))
    assert written.changes == frozenset()
    assert written.change_set is None
    assert _count(library, ChangeSet) == 0


def test_exception_leaves_nothing_even_after_a_flush(library, person) -> None:
    def work(session):
        admit_member(session, person())
        save_department(session, "语文组")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        library.write("登记", work)
    assert [_count(library, table) for table in (Member, Change, ChangeSet)] == [0, 0, 0]


def test_acknowledged_write_is_seen_by_another_connection_at_once(library, person) -> None:
    library.write("登记", lambda session: admit_member(session, person("李四")))
    other = sqlite3.connect(library.folder / "library.db")
    assert other.execute("SELECT name FROM members").fetchall() == [("李四",)]
    other.close()


def test_connections_keep_the_promises_of_the_pragmas(library) -> None:
    def pragmas(session):
        names = ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
        return [session.scalar(text(f"PRAGMA {name}")) for name in names]

    assert library.read(pragmas) == [1, "wal", 2, 5000]


def test_foreign_keys_are_enforced(library) -> None:
    broken = text(
        "INSERT INTO posts (member_id, kind, group_id, started) VALUES (99, 'group_leader', 98, '2026-01-01')"
    )
    with pytest.raises(IntegrityError):
        library.write("坏引用", lambda session: session.execute(broken))


def test_read_changes_nothing(library, person) -> None:
    def meddle(session):
        session.add(Member(name="偷偷"))
        session.flush()

    library.read(meddle)
    assert _count(library, Member) == 0


def test_full_disk_becomes_a_sentence_and_nothing_is_changed(library, person) -> None:
    library.write("登记", lambda session: admit_member(session, person()))

    def fill(session):
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
        for number in range(200):
            admit_member(session, person(f"人{number}", remarks="长" * 2000))

    with pytest.raises(StorageError, match="磁盘已满，刚才的改动没有保存"):
        library.write("导入", fill)
    assert _count(library, Member) == 1
    assert _count(library, ChangeSet) == 1
    assert library.check() == []


def test_readonly_database_becomes_a_sentence(library, person) -> None:
    def lock_down(session):
        session.execute(text("PRAGMA query_only = ON"))
        return admit_member(session, person())

    with pytest.raises(StorageError, match="不能写入"):
        library.write("登记", lock_down)
    assert _count(library, Member) == 0


def test_errors_do_not_quote_what_a_record_holds(library) -> None:
    with pytest.raises(IntegrityError) as caught:
        library.write("无名", lambda session: session.add(Member(name="", id_number="990000198506151232")))
    assert "990000198506151232" not in str(caught.value)


def test_our_own_mistakes_are_not_called_disk_errors(library) -> None:
    with pytest.raises(IntegrityError):
        library.write("无名", lambda session: session.add(Member(name="")))


# The change log.


def test_insert_is_logged_whole(library, fixed_today) -> None:
    written = library.write("添加小组", lambda session: save_group(session, "第一党小组"))
    assert _changes(library, written.change_set) == [
        ("party_groups", ChangeKind.INSERT, {}, {"id": 1, "name": "第一党小组", "ordinal": 1, "deleted_at": None})
    ]
    (line,) = library.read(list_change_sets)
    assert (line.at, line.label, line.count, line.undone) == (datetime(2026, 11, 22, 10), "添加小组", 1, False)


def test_update_logs_only_the_changed_columns(library, person) -> None:
    member = library.write("登记", lambda session: admit_member(session, person(phone="13900000001"))).result
    changed = person(phone="13900000002", birth="1985-03")
    written = library.write("修改", lambda session: update_member(session, member, changed))
    assert _changes(library, written.change_set) == [
        (
            "members",
            ChangeKind.UPDATE,
            {"phone": "13900000001", "birth": None},
            {"phone": "13900000002", "birth": "1985-03"},
        )
    ]


def test_saving_without_a_change_logs_nothing(library, person) -> None:
    draft = person(phone="13900000001", department="语文组", group="第一党小组", typed={"sex": "不详"})
    member = library.write("登记", lambda session: admit_member(session, draft)).result
    written = library.write("修改", lambda session: update_member(session, member, draft))
    assert written.change_set is None


def test_refused_action_is_not_logged(library, person) -> None:
    with pytest.raises(DomainError):
        library.write("删除", lambda session: bin_members(session, [7]))
    assert library.read(list_change_sets) == []


def test_log_lists_the_newest_first(library) -> None:
    for name in ("甲", "乙", "丙"):
        library.write(f"添加{name}", lambda session, name=name: save_group(session, name))
    assert [line.label for line in library.read(list_change_sets)] == ["添加丙", "添加乙", "添加甲"]
    assert len(library.read(lambda session: list_change_sets(session, limit=2))) == 2
