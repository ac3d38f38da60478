from __future__ import annotations

import hashlib

import pytest

from partyroom.core import files
from partyroom.core.errors import StorageError
from partyroom.core.files import write_durably
from partyroom.storage.attachments import attach


def _stored(library) -> list[str]:
    return sorted(path.name for path in (library.folder / "attachments").rglob("*") if path.is_file())


def test_same_content_is_kept_once_under_its_hash(library) -> None:
    for name in ("甲.pdf", "乙.pdf"):
        library.write("添加附件", lambda s, name=name: attach(s, library.attachments, name, b"content"))
    assert _stored(library) == [hashlib.sha256(b"content").hexdigest()]
    assert library.attachments.get(_stored(library)[0]) == b"content"
    assert library.check() == []


def test_missing_and_changed_files_are_found_and_named(library) -> None:
    for name, content in (("假条.pdf", b"one"), ("照片.jpg", b"two"), ("好的.txt", b"three")):
        library.write("添加附件", lambda s, n=name, c=content: attach(s, library.attachments, n, c))
    one, two = (library.attachments.path(hashlib.sha256(c).hexdigest()) for c in (b"one", b"two"))
    one.unlink()
    two.write_bytes(b"twO")
    assert library.check() == [
        "附件“假条.pdf”：附件文件不见了，请从备份恢复。",
        "附件“照片.jpg”：附件文件已被改动或损坏，请从备份恢复。",
    ]


def test_adding_the_same_file_again_heals_a_damaged_copy(library) -> None:
    sha256 = library.attachments.put(b"content")
    library.attachments.path(sha256).write_bytes(b"")
    assert library.attachments.put(b"content") == sha256
    assert library.attachments.get(sha256) == b"content"


def test_a_hostile_name_stays_a_name(library) -> None:
    library.write("添加附件", lambda s: attach(s, library.attachments, "../../x\n<b>.pdf", b"content"))
    assert len(_stored(library)) == 1
    assert not (library.folder.parent / "x").exists()


def test_a_full_disk_leaves_nothing_behind(library, monkeypatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(StorageError, match="磁盘已满"):
        library.attachments.put(b"content")
    assert _stored(library) == []


def test_write_durably_keeps_the_old_file_when_it_fails(tmp_path, monkeypatch) -> None:
    target = tmp_path / "file"
    write_durably(target, b"old")

    def broken(_handle: int) -> None:
        raise OSError(5, "I/O error")

    monkeypatch.setattr(files.os, "fsync", broken)
    with pytest.raises(OSError, match="I/O"):
        write_durably(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
