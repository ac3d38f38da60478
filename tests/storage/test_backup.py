# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

import errno
import hashlib
import json
import sqlite3
import zipfile
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core.errors import CancelledError, StorageError
from partyroom.features.organisation.service import list_groups, save_group
from partyroom.storage import backup
from partyroom.storage.attachments import attach
from partyroom.storage.backup import automatic_backup, automatic_due, backup_before, kept
from partyroom.storage.engine import integrity_problems

NOON = datetime(2026, 11, 22, 12)


def _add(library, name: str) -> None:
    library.write("添加小组", lambda s: save_group(s, name))


def _files(library) -> list[str]:
    return sorted(path.name for path in (library.folder / "backups").iterdir())


def _group_names(database) -> list[str]:
    connection = sqlite3.connect(database)
    names = [row[0] for row in connection.execute("SELECT name FROM party_groups ORDER BY id")]
    connection.close()
    return names


# The automatic ones.


def test_automatic_backup_holds_what_was_written_so_far(library) -> None:
    _add(library, "甲")
    made = library.automatic_backup(NOON)
    _add(library, "乙")
    assert made.name == "auto-20261122-120000-c1.db"
    assert _group_names(made) == ["甲"]
    assert integrity_problems(made) == []
    assert _files(library) == [made.name]


def test_unchanged_library_is_not_backed_up_again(library) -> None:
    _add(library, "甲")
    assert library.automatic_backup(NOON) is not None
    library.save_draft("k", {})
    assert library.automatic_backup(NOON + timedelta(days=9)) is None
    _add(library, "乙")
    assert library.automatic_backup(NOON + timedelta(days=9)) is not None


def test_backup_is_due_after_a_day(library) -> None:
    assert automatic_due(library.folder, NOON)
    _add(library, "甲")
    library.automatic_backup(NOON)
    assert not automatic_due(library.folder, NOON + timedelta(hours=23, minutes=59))
    assert automatic_due(library.folder, NOON + timedelta(hours=24))


def test_full_disk_keeps_the_older_backups_and_leaves_no_half_file(library, monkeypatch) -> None:
    _add(library, "甲")
    library.automatic_backup(NOON)
    _add(library, "乙")
    before = _files(library)

    def full(_source, target) -> None:
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup, "copy_database", full)
    with pytest.raises(StorageError, match="备份没有写成：磁盘已满"):
        library.automatic_backup(NOON + timedelta(days=1))
    assert _files(library) == before


def test_unsound_copy_is_reported_and_replaces_nothing(library, monkeypatch) -> None:
    _add(library, "甲")
    monkeypatch.setattr(backup, "integrity_problems", lambda _path: ["row 3 missing from index"])
    with pytest.raises(StorageError, match="核对不通过"):
        library.automatic_backup(NOON)
    assert _files(library) == []


def test_old_backups_are_thinned_out_and_others_left_alone(library) -> None:
    before_upgrade = backup_before(library.folder, "before-upgrade").name
    stray = library.folder / "backups" / "auto-my own copy.db"
    stray.write_bytes(b"")
    for day in range(40):
        _add(library, f"组{day}")
        library.automatic_backup(NOON + timedelta(days=day))
    names = _files(library)
    automatic = [name for name in names if name.startswith("auto-2")]
    moments = {NOON + timedelta(days=day) for day in range(40)}
    assert len(automatic) == len(kept(moments)) < 15
    assert automatic[-1] == "auto-20261231-120000-c40.db"
    assert {before_upgrade, stray.name} <= set(names)


def test_copies_made_in_the_same_second_do_not_replace_each_other(library, fixed_today) -> None:
    made = [backup_before(library.folder, "before-restore").name for _ in range(3)]
    assert _files(library) == sorted(made)
    assert len(set(made)) == 3


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1))


def test_kept_by_day_week_and_month() -> None:
    every_day = [NOON - timedelta(days=days) for days in range(800)]
    keep = sorted(kept(every_day), reverse=True)
    assert keep[:7] == every_day[:7]
    weeks = {moment.isocalendar()[:2] for moment in keep}
    assert len([w for w in weeks if w >= (2026, 43)]) == 5  # this week and the four before
    months = {(moment.year, moment.month) for moment in keep}
    assert len(months) == 24
    assert min(keep) == datetime(2024, 12, 31, 12)
    assert len(keep) <= 7 + 5 + 24


def test_of_one_day_the_newest_five_are_kept() -> None:
    hours = [datetime(2026, 1, 1, hour) for hour in (8, 20, 12, 9, 10, 11, 7)]
    assert kept(hours) == {datetime(2026, 1, 1, hour) for hour in (20, 12, 11, 10, 9)}
    assert kept([]) == set()


def test_of_earlier_days_the_last_is_kept() -> None:
    busy = [datetime(2026, 1, 2, hour) for hour in range(8, 13)]
    assert kept([*busy, datetime(2026, 1, 1, 8), datetime(2026, 1, 1, 20)]) == {*busy, datetime(2026, 1, 1, 20)}


@given(st.lists(MOMENTS, max_size=60))
def test_kept_is_a_part_with_the_newest_and_thinning_twice_changes_nothing(moments) -> None:
    keep = kept(moments)
    assert keep <= set(moments)
    assert not moments or max(moments) in keep
    assert kept(keep) == keep
    assert len(keep) <= 36


# The single file.


def test_backup_file_holds_database_attachments_and_their_hashes(library, tmp_path) -> None:
    _add(library, "甲")
    library.write("添加附件", lambda s: attach(s, library.attachments, "假条.pdf", b"content"))
    steps = []
    library.backup_to(tmp_path / "new folder" / "备份.zip", lambda *step: steps.append(step))
    with zipfile.ZipFile(tmp_path / "new folder" / "备份.zip") as archive:
        sha256 = hashlib.sha256(b"content").hexdigest()
        name = f"attachments/{sha256[:2]}/{sha256}"
        assert set(archive.namelist()) == {"library.db", name, "partyroom-backup.json"}
        manifest = json.loads(archive.read("partyroom-backup.json"))
        assert manifest["files"][name] == sha256
        (tmp_path / "read back.db").write_bytes(archive.read("library.db"))
    assert _group_names(tmp_path / "read back.db") == ["甲"]
    assert [step[:2] for step in steps] == [(0, 2), (1, 2)]


def test_files_that_are_no_attachments_stay_out(library, tmp_path) -> None:
    folder = library.folder / "attachments" / "zz"
    folder.mkdir()
    (folder / ("文" * 64)).write_bytes(b"")
    (folder / ".partyroom-half").write_bytes(b"")
    library.backup_to(tmp_path / "b.zip")
    assert set(zipfile.ZipFile(tmp_path / "b.zip").namelist()) == {"library.db", "partyroom-backup.json"}


def test_failed_backup_leaves_the_older_file_and_no_half_one(library, tmp_path, monkeypatch) -> None:
    target = tmp_path / "target" / "b.zip"
    library.backup_to(target)
    before = target.read_bytes()

    def full(*_args) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "writestr", full)
        with pytest.raises(StorageError, match="磁盘已满"):
            library.backup_to(target)
    assert [path.name for path in target.parent.iterdir()] == ["b.zip"]
    assert target.read_bytes() == before


def test_cancelled_backup_leaves_nothing(library, tmp_path) -> None:
    def cancel(_done, _total, _text) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        library.backup_to(tmp_path / "target" / "b.zip", cancel)
    assert list((tmp_path / "target").iterdir()) == []


def test_backup_of_a_damaged_library_is_a_sentence(library, tmp_path) -> None:
    _add(library, "甲")
    library.close()
    (library.folder / "library.db").write_bytes(b"x" * 9000)
    with pytest.raises(StorageError, match="备份没有写成"):
        backup.write_backup(library.folder, tmp_path / "target" / "b.zip")
    with pytest.raises(StorageError, match="备份没有写成"):
        automatic_backup(library.folder, NOON)


def test_backup_where_nothing_can_be_written_is_a_sentence(library, tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="备份没有写成"):
        library.backup_to(tmp_path / "file" / "b.zip")


def test_groups_are_still_there_after_all_this(library) -> None:
    _add(library, "甲")
    library.automatic_backup(NOON)
    assert [group.name for group in library.read(list_groups)] == ["甲"]
