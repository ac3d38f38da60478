from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest

from partyroom.core.errors import StorageError
from partyroom.features.organisation.service import list_groups, save_group
from partyroom.storage import library as library_module
from partyroom.storage.attachments import attach
from partyroom.storage.library import Library, restore_library


@pytest.fixture
def backed_up(library, tmp_path) -> Path:
    """A backup with group 甲 and one attachment; the library, closed, has gone on to 乙."""
    library.write("添加", lambda s: save_group(s, "甲"))
    library.write("添加附件", lambda s: attach(s, library.attachments, "假条.pdf", b"content"))
    library.backup_to(tmp_path / "b.zip")
    library.write("添加", lambda s: save_group(s, "乙"))
    library.close()
    return tmp_path / "b.zip"


def _groups(folder: Path) -> list[str]:
    with Library.open(folder) as library:
        assert library.check() == []
        return [group.name for group in library.read(list_groups)]


def _state(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("partyroom.lock")
    }


def _repack(source: Path, target: Path, change) -> Path:
    """Copy an archive, letting `change` alter the dictionary of its contents; the manifest stays unless altered."""
    with zipfile.ZipFile(source) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    change(contents)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return target


def _list_in_manifest(contents: dict[str, bytes], name: str, content: bytes) -> None:
    manifest = json.loads(contents["partyroom-backup.json"])
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    contents["partyroom-backup.json"] = json.dumps(manifest).encode()
    contents[name] = content


def test_restore_into_a_new_folder_gives_the_library_with_its_attachments(backed_up, tmp_path) -> None:
    restore_library(backed_up, tmp_path / "elsewhere")
    assert _groups(tmp_path / "elsewhere") == ["甲"]
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir() if "lock" not in path.name) == [
        "attachments",
        "backups",
        "library.db",
    ]


def test_restore_over_a_library_keeps_its_present_state_as_a_backup(backed_up, library, tmp_path) -> None:
    restore_library(backed_up, library.folder)
    assert _groups(library.folder) == ["甲"]
    (kept,) = (library.folder / "backups").iterdir()
    assert kept.name.startswith("before-restore-")
    restore_library(kept, library.folder)
    assert _groups(library.folder) == ["甲", "乙"]


def test_restore_of_an_automatic_backup(library) -> None:
    library.write("添加", lambda s: save_group(s, "甲"))
    made = library.automatic_backup()
    library.write("添加", lambda s: save_group(s, "乙"))
    library.close()
    restore_library(made, library.folder)
    assert _groups(library.folder) == ["甲"]


def test_restore_takes_unfinished_log_of_a_killed_program_into_account(backed_up, library, tmp_path) -> None:
    # A copy of database and log as a killed program leaves them: the log holds what was written last.
    with Library.open(library.folder) as running:
        running.write("添加", lambda s: save_group(s, "丙"))
        shutil.copytree(library.folder, tmp_path / "killed", ignore=shutil.ignore_patterns("*.lock*"))
    assert (tmp_path / "killed" / "library.db-wal").stat().st_size > 0
    restore_library(backed_up, tmp_path / "killed")
    assert _groups(tmp_path / "killed") == ["甲"]
    (kept,) = (tmp_path / "killed" / "backups").iterdir()
    restore_library(kept, tmp_path / "killed")
    assert _groups(tmp_path / "killed") == ["甲", "乙", "丙"]


@pytest.mark.parametrize("damage", ["header", "pages", "empty"])
def test_restore_over_a_damaged_library_sets_it_aside(backed_up, library, damage) -> None:
    database = library.folder / "library.db"
    content = bytearray(database.read_bytes())
    if damage == "header":
        content[:100] = b"x" * 100
    elif damage == "pages":
        content[4096 * 3 : 4096 * 9] = b"\x5a" * 4096 * 6
    else:
        content = bytearray()
    database.write_bytes(content)
    restore_library(backed_up, library.folder)
    assert _groups(library.folder) == ["甲"]
    (kept,) = (library.folder / "backups").iterdir()
    if damage != "empty":
        assert kept.name.endswith("-damaged.db")
        assert kept.read_bytes() == content


def test_restore_of_an_older_schema_brings_it_up_to_date(tmp_path) -> None:
    source = Path(__file__).resolve().parents[1] / "data" / "library_0001.db"
    restore_library(source, tmp_path / "new")
    assert _groups(tmp_path / "new") == ["第一党小组"]


def _truncated(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes()[:-200])


def _cut_in_the_middle(source: Path, target: Path) -> None:
    content = source.read_bytes()
    target.write_bytes(content[: len(content) // 2])


def _flipped(source: Path, target: Path) -> None:
    content = bytearray(source.read_bytes())
    for position in range(2000, 2200):
        content[position] ^= 0xFF
    target.write_bytes(content)


def _foreign_zip(_source: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("library.db", b"x")


def _text(_source: Path, target: Path) -> None:
    target.write_text("不是备份" * 500, encoding="utf-8")


def _empty(_source: Path, target: Path) -> None:
    target.write_bytes(b"")


def _missing(_source: Path, target: Path) -> None:
    assert not target.exists()


def _folder(_source: Path, target: Path) -> None:
    target.mkdir()


def _other_content(source: Path, target: Path) -> None:
    def change(contents: dict[str, bytes]) -> None:
        contents["library.db"] = contents["library.db"] + b"\0"

    _repack(source, target, change)


def _without_an_attachment(source: Path, target: Path) -> None:
    def change(contents: dict[str, bytes]) -> None:
        contents.pop(next(name for name in contents if name.startswith("attachments/")))

    _repack(source, target, change)


def _climbing(name: str):
    def make(source: Path, target: Path) -> None:
        _repack(source, target, lambda contents: _list_in_manifest(contents, name, b"evil"))

    make.__name__ = f"_climbing_{name}"
    return make


def _forged_attachment(source: Path, target: Path) -> None:
    def change(contents: dict[str, bytes]) -> None:
        name = next(name for name in contents if name.startswith("attachments/"))
        _list_in_manifest(contents, name, b"forged")

    _repack(source, target, change)


def _manifest(text: str):
    def make(source: Path, target: Path) -> None:
        _repack(source, target, lambda contents: contents.update({"partyroom-backup.json": text.encode()}))

    make.__name__ = f"_manifest_{text[:12]}"
    return make


def _with_database(change_sql: str):
    def make(source: Path, target: Path) -> None:
        def change(contents: dict[str, bytes]) -> None:
            scratch = target.with_suffix(".scratch")
            scratch.write_bytes(contents["library.db"])
            connection = sqlite3.connect(scratch)
            connection.execute(change_sql)
            connection.commit()
            connection.close()
            _list_in_manifest(contents, "library.db", scratch.read_bytes())

        _repack(source, target, change)

    make.__name__ = f"_with_database_{change_sql[:12]}"
    return make


def _damaged_database(source: Path, target: Path) -> None:
    def change(contents: dict[str, bytes]) -> None:
        content = bytearray(contents["library.db"])
        content[4096 * 10 : 4096 * 20] = b"\x5a" * 4096 * 10
        _list_in_manifest(contents, "library.db", bytes(content))

    _repack(source, target, change)


BAD_BACKUPS = [
    _truncated,
    _cut_in_the_middle,
    _flipped,
    _foreign_zip,
    _text,
    _empty,
    _missing,
    _folder,
    _other_content,
    _without_an_attachment,
    _climbing("../../x"),
    _climbing("/tmp/partyroom-x"),
    _climbing("attachments/../../../x"),
    _climbing("attachments\\..\\x"),
    _climbing("library.db-wal"),
    _climbing("partyroom.lock"),
    _climbing("attachments/ab/" + "ab" * 32),
    _forged_attachment,
    _manifest("[]"),
    _manifest("{}"),
    _manifest('{"format": 1, "files": ["library.db"]}'),
    _manifest('{"format": 1, "files": "library.db"}'),
    _manifest('{"format": 2, "files": {"library.db": ""}}'),
    _manifest("\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")),
    _with_database("UPDATE alembic_version SET version_num = '9999'"),
    _with_database("DROP TABLE alembic_version"),
    _with_database("DELETE FROM alembic_version"),
    _with_database("INSERT INTO posts (member_id, kind, group_id, started) VALUES (9, 'youth', 8, '2026-01-01')"),
    _damaged_database,
]


@pytest.mark.parametrize("make", BAD_BACKUPS, ids=lambda make: make.__name__)
def test_bad_backup_is_refused_in_one_sentence_and_nothing_is_changed(make, backed_up, library, tmp_path) -> None:
    bad = tmp_path / "bad" / "bad.zip"
    bad.parent.mkdir()
    make(backed_up, bad)
    before = _state(library.folder)
    with pytest.raises(StorageError) as caught:
        restore_library(bad, library.folder)
    assert str(caught.value).endswith("。")
    assert "\n" not in str(caught.value)
    assert str(bad.parent) not in str(caught.value)
    assert _state(library.folder) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "bad", "library"]
    assert not Path("/tmp/partyroom-x").exists()


def test_newer_backup_asks_for_a_newer_program(backed_up, library, tmp_path) -> None:
    for make in (
        _with_database("UPDATE alembic_version SET version_num = '9999'"),
        _manifest('{"format": 2, "files": {}}'),
    ):
        make(backed_up, tmp_path / "newer.zip")
        with pytest.raises(StorageError, match="请升级本程序"):
            restore_library(tmp_path / "newer.zip", library.folder)


def test_restore_into_a_folder_with_other_things_is_refused(backed_up, tmp_path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "论文.docx").write_bytes(b"")
    with pytest.raises(StorageError, match="已经有别的文件"):
        restore_library(backed_up, tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["论文.docx"]


def test_restore_over_a_library_in_use_is_refused(backed_up, library) -> None:
    with Library.open(library.folder) as running:
        with pytest.raises(StorageError, match="正在被使用"):
            restore_library(backed_up, library.folder)
        assert [group.name for group in running.read(list_groups)] == ["甲", "乙"]


def test_crash_before_the_last_rename_leaves_the_old_library(backed_up, library, monkeypatch) -> None:
    def crash(_folder) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(library_module, "checkpoint", crash)
        with pytest.raises(KeyboardInterrupt):
            restore_library(backed_up, library.folder)
    assert _groups(library.folder) == ["甲", "乙"]


def test_full_disk_while_keeping_the_present_state_changes_nothing(backed_up, library, monkeypatch) -> None:
    def full(*_args) -> None:
        raise StorageError("备份没有写成：磁盘已满。")

    before = _state(library.folder)
    monkeypatch.setattr(library_module.backup, "backup_before", full)
    with pytest.raises(StorageError, match="磁盘已满"):
        restore_library(backed_up, library.folder)
    assert _state(library.folder) == before
