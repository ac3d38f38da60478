"""Files that are there whole or not at all, and still there after a power cut."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_durably(target: Path, content: bytes) -> None:
    """Write a file by way of a temporary one beside it: fsync, rename, fsync of the folder.

    Raises:
        OSError: the disk is full, the folder gone or not writable; the old file, if any, is untouched.
    """
    fresh = target.with_name(f".partyroom-{secrets.token_hex(8)}.tmp")
    try:
        with fresh.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(target)
    finally:
        _remove(fresh)
    sync_folder(target.parent)


def sync_file(path: Path) -> None:
    """Make a finished file's content durable, before it is renamed to where it counts."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable where the system can (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # whatever kept us from writing keeps us from tidying; the error about it is on its way
