"""Files for the user: there whole or not at all, and a sentence when the disk is in the way."""

from __future__ import annotations

import errno
from pathlib import Path

from partyroom.core.errors import StorageError
from partyroom.core.files import write_durably

_FULL = (errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC)


def save_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that no half-written file is ever seen.

    Raises:
        StorageError: the disk is full, the folder gone, the file open in another program, …
    """
    try:
        write_durably(path, data)
    except OSError as error:
        raise StorageError(_sentence(path, error)) from error


def _sentence(path: Path, error: OSError) -> str:
    if error.errno in _FULL:
        return f"磁盘空间不足，“{path.name}”没有保存。请清理磁盘或换一个位置再存。"
    if isinstance(error, FileNotFoundError):
        return f"文件夹“{path.parent}”不存在，“{path.name}”没有保存。请换一个位置再存。"
    if isinstance(error, IsADirectoryError):
        return f"“{path.name}”是一个文件夹，不能当作文件保存。请换一个文件名。"
    if isinstance(error, PermissionError):
        return f"不能写入“{path}”：没有权限，或者文件正被别的程序打开。请关闭那个程序，或换一个位置再存。"
    return f"“{path.name}”没有保存成功（{error.strerror or error}）。请换一个位置再存。"
