from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path

import pytest

from partyroom.core.errors import StorageError
from partyroom.storage import migrate
from partyroom.storage.library import Library, restore_library


@pytest.fixture
def quick_upgrade(empty_library_folder, monkeypatch) -> None:
    """Making the tables by copying: alembic's part is tested elsewhere."""
    monkeypatch.setattr(migrate, "upgrade", lambda target: shutil.copyfile(empty_library_folder / "library.db", target))


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("partyroom.lock"))


def test_new_library_is_sound_and_private(tmp_path, quick_upgrade) -> None:
    with Library.create(tmp_path / "a" / "支部库") as library:
        assert library.check() == []
        assert stat.S_IMODE(library.folder.stat().st_mode) == 0o700
        assert {"attachments", "backups", "library.db"} <= set(_names(library.folder))
    assert _names(tmp_path / "a" / "支部库") == ["attachments", "backups", "library.db"]


@pytest.mark.parametrize("present", ["论文.docx", "library.db", "attachments/ab/x", "backups/auto.db"])
def test_folder_with_anything_in_it_is_refused_and_left_alone(tmp_path, quick_upgrade, present) -> None:
    (tmp_path / present).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / present).write_bytes(b"precious")
    with pytest.raises(StorageError, match="已经有别的文件"):
        Library.create(tmp_path)
    assert (tmp_path / present).read_bytes() == b"precious"
    assert len(_names(tmp_path)) == 1


def test_interrupted_creation_can_be_repeated(tmp_path, empty_library_folder, monkeypatch) -> None:
    def interrupted(target: Path) -> None:
        target.write_bytes(b"")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(migrate, "upgrade", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Library.create(tmp_path / "library")
    assert not (tmp_path / "library" / "library.db").exists()
    Library.create(tmp_path / "library").close()
    with Library.open(tmp_path / "library") as library:
        assert library.check() == []


def test_full_disk_during_creation_is_a_sentence(tmp_path, monkeypatch) -> None:
    def full(_target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(migrate, "upgrade", full)
    for _ in range(2):
        with pytest.raises(StorageError, match="磁盘空间"):
            Library.create(tmp_path / "library")


def test_place_that_cannot_hold_a_folder_is_a_sentence(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="不能在这里建支部库"):
        Library.create(tmp_path / "file" / "library")


def test_folder_without_a_library_is_a_sentence(tmp_path) -> None:
    with pytest.raises(StorageError, match="没有支部库"):
        Library.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_is_a_sentence(library) -> None:
    library.close()
    library.folder.chmod(0o500)
    with pytest.raises(StorageError, match="不能写入"):
        Library.open(library.folder)
    library.folder.chmod(0o700)


def test_opening_clears_what_a_killed_restore_and_backup_left(library) -> None:
    library.close()
    (library.folder / ".restoring-abc" / "attachments").mkdir(parents=True)
    (library.folder / ".restoring-abc" / "library.db").write_bytes(b"personal data")
    (library.folder / "backups" / "auto-x.part").write_bytes(b"half")
    Library.open(library.folder).close()
    assert _names(library.folder) == ["attachments", "backups", "library.db"]
    assert list((library.folder / "backups").iterdir()) == []


def test_check_of_a_damaged_database_reports_instead_of_failing(library) -> None:
    library.save_draft("k", {"a": "文" * 9000})
    library.close()
    database = library.folder / "library.db"
    content = bytearray(database.read_bytes())
    content[-4096 * 6 :] = b"\x5a" * 4096 * 6
    database.write_bytes(content)
    with Library.open(library.folder) as again:
        assert again.check()[0].startswith("数据库：")


def test_a_refused_restore_leaves_no_new_folder_behind(tmp_path) -> None:
    source = tmp_path / "no-backup.partyroom"
    source.write_bytes(b"nothing of ours")
    with pytest.raises(StorageError):
        restore_library(source, tmp_path / "new")
    assert not (tmp_path / "new").exists()
