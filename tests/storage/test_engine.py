from __future__ import annotations

from pathlib import Path

import pytest

from partyroom.storage import engine
from partyroom.storage.engine import checkpoint, copy_database, database_url, integrity_problems, on_network
from partyroom.storage.library import Library

_MOUNTS = r"""sysfs /sys sysfs rw 0 0
/dev/sda1 / ext4 rw 0 0
//nas/share /mnt/My\040Share cifs rw 0 0
server:/export /srv/nfs nfs4 rw 0 0
/dev/sdb1 /srv/nfs/local ext4 rw 0 0
/dev/sdc1 /media/usb fuseblk rw 0 0
shared /media/sf_school vboxsf rw 0 0
odd

"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/user/library", False),
        ("/mnt/My Share/library", True),
        ("/mnt/My Share", True),
        ("/mnt/My Shared/library", False),
        ("/srv/nfs/library", True),
        ("/srv/nfs/local/library", False),
        ("/media/usb/library", True),
        ("/media/sf_school/library", True),
    ],
)
def test_network_and_unsure_disks_are_told_by_the_innermost_mount(path, expected, tmp_path, monkeypatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(_MOUNTS, encoding="utf-8")
    monkeypatch.setattr(engine, "_MOUNTS", mounts)
    assert on_network(Path(path)) is expected


def test_without_a_list_of_mounts_a_disk_counts_as_local(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(engine, "_MOUNTS", tmp_path / "missing")
    assert on_network(tmp_path) is False


def test_network_drive_gets_no_write_ahead_log(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(engine, "on_network", lambda _path: True)
    opened = engine.make_engine(tmp_path / "library.db")
    with opened.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
    opened.dispose()


@pytest.mark.parametrize("name", ["a?b=c", "100% 支部", "a#b", "it's; DROP", "file:x", "..支部"])
def test_library_lives_in_a_folder_of_any_name(tmp_path, empty_library_folder, name) -> None:
    import shutil

    shutil.copytree(empty_library_folder, tmp_path / name)
    with Library.open(tmp_path / name) as library:
        library.save_draft("k", {"a": 1})
        assert library.check() == []
    with Library.open(tmp_path / name) as library:
        assert library.load_draft("k").payload == {"a": 1}
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_address_of_a_relative_file_is_absolute(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert database_url(Path("library.db")).database == str(tmp_path / "library.db")


def test_integrity_check_tells_damage_of_every_degree(library, tmp_path) -> None:
    library.save_draft("k", {"a": "文" * 9000})
    library.close()
    database = library.folder / "library.db"
    assert integrity_problems(database) == []
    content = bytearray(database.read_bytes())
    content[4096 * 3 : 4096 * 12] = b"\x5a" * 4096 * 9
    database.write_bytes(content)
    assert integrity_problems(database) != []
    (tmp_path / "text.db").write_bytes(b"not a database at all" * 300)
    assert integrity_problems(tmp_path / "text.db") != []


def test_integrity_check_tells_references_to_nowhere(library) -> None:
    import sqlite3

    library.close()
    database = library.folder / "library.db"
    connection = sqlite3.connect(database)
    connection.execute(
        "INSERT INTO posts (member_id, kind, group_id, started) VALUES (9, 'group_leader', 8, '2026-01-01')"
    )
    connection.commit()
    connection.close()
    assert sorted(integrity_problems(database)) == [
        "posts 第 1 行引用的 members 不存在",
        "posts 第 1 行引用的 party_groups 不存在",
    ]


def test_copy_beside_an_open_writer_is_whole(library, tmp_path) -> None:
    for number in range(20):
        library.save_draft(f"k{number}", {"a": "文" * 500})
    copy_database(library.folder / "library.db", tmp_path / "copy.db")
    assert integrity_problems(tmp_path / "copy.db") == []
    assert not (tmp_path / "copy.db-wal").exists()


def test_checkpoint_empties_the_write_ahead_log(library) -> None:
    library.save_draft("k", {"a": 1})
    wal = library.folder / "library.db-wal"
    assert wal.stat().st_size > 0
    checkpoint(library.folder / "library.db")
    assert wal.stat().st_size == 0
