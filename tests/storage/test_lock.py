from __future__ import annotations

import errno
import signal
import subprocess

import pytest

from partyroom.core.errors import StorageError
from partyroom.storage.library import Library
from partyroom.storage.lock import LibraryLock

_HOLD = """
import sys, time
from pathlib import Path
from partyroom.storage.lock import LibraryLock
lock = LibraryLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_second_opener_is_refused_with_the_place_and_time_of_the_first(library, fixed_today) -> None:
    with pytest.raises(StorageError, match=r"正在被使用（电脑 .+，自 .+ 起）"):
        Library.open(library.folder)


def test_closing_lets_the_next_one_in(library) -> None:
    library.close()
    Library.open(library.folder).close()
    assert not (library.folder / "partyroom.lock.json").exists()


def test_a_killed_holder_locks_nobody_out(tmp_path, python) -> None:
    child = subprocess.Popen([python, "-c", _HOLD, tmp_path], stdout=subprocess.PIPE)
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(StorageError, match="正在被使用"):
            LibraryLock(tmp_path).acquire()
        child.send_signal(signal.SIGKILL)
        child.wait()
    lock = LibraryLock(tmp_path)
    lock.acquire()
    lock.release()


def test_unreadable_hint_about_the_holder_does_no_harm(library) -> None:
    (library.folder / "partyroom.lock.json").write_text("{", encoding="utf-8")
    with pytest.raises(StorageError, match="另一个窗口"):
        LibraryLock(library.folder).acquire()


def test_folder_that_cannot_be_written_is_a_sentence(tmp_path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="不能写入"):
        LibraryLock(tmp_path / "file" / "library").acquire()


@pytest.mark.parametrize(("number", "refused"), [(errno.EROFS, True), (errno.EACCES, True), (errno.ENOSPC, False)])
def test_read_only_folder_is_refused_but_a_full_disk_can_be_read(tmp_path, monkeypatch, number, refused) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise OSError(number, "no")

    lock = LibraryLock(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(type(tmp_path), "write_text", fail)
        if refused:
            with pytest.raises(StorageError, match="不能写入"):
                lock.acquire()
        else:
            lock.acquire()
            lock.release()
    other = LibraryLock(tmp_path)
    other.acquire()
    other.release()
