"""The fonts installed on this PC, found by the names that offices know them by.

Names are read from the font's own table (ids 1, 4, 6 and 16, all languages, casefolded), because file names differ.
Only TrueType outlines can be embedded by ReportLab, and only fonts whose maker allows it: OS/2.fsType is checked
here, since ReportLab's own guard reads it the wrong way round. Such a font is embedded as a subset, never copied.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from partyroom.core import paths
from partyroom.documents.model import Role

PREFERRED: Mapping[Role, tuple[str, ...]] = {
    Role.TITLE: (
        "方正小标宋_GBK",
        "FZXiaoBiaoSong-B05",
        "方正小标宋简体",
        "FZXiaoBiaoSong-B05S",
        "方正小标宋_GB18030",
        "小标宋体",
    ),
    Role.FANGSONG: ("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "方正仿宋_GBK", "华文仿宋", "STFangsong"),
    Role.KAI: ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "方正楷体_GBK", "华文楷体", "STKaiti"),
    Role.HEI: ("黑体", "SimHei", "方正黑体_GBK", "华文黑体", "STHeiti"),
    Role.SONG: ("宋体", "SimSun", "方正书宋_GBK", "华文宋体", "STSong"),
}
_NAME_IDS = frozenset({1, 4, 6, 16})
_SUFFIXES = frozenset({".ttf", ".ttc"})
_NO_EMBEDDING = 0x0002
_NO_SUBSETTING = 0x0100
_BITMAP_ONLY = 0x0200
_INDEX = "font_index.json"
_VERSION = 1
_UNREADABLE = (TTLibError, OSError, AssertionError, LookupError, ValueError, EOFError, struct.error)


@dataclass(frozen=True, slots=True)
class InstalledFont:
    """A font of this PC: its file, its place inside a collection, and the name it was found by."""

    file: Path
    subfont: int
    name: str


def font_folders() -> tuple[Path, ...]:
    """Where this operating system keeps fonts, the user's own first."""
    home = Path.home()
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", r"C:\Windows"))
        local = os.environ.get("LOCALAPPDATA")
        own = (Path(local) / "Microsoft" / "Windows" / "Fonts",) if local else ()
        return (*own, windows / "Fonts")
    return (home / ".local/share/fonts", home / ".fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))


def find_installed(folders: Sequence[Path] | None = None, index_file: Path | None = None) -> dict[Role, InstalledFont]:
    """The best installed font of each role; a role without one is left out.

    Args:
        folders: where to look, by default the system's font folders.
        index_file: the JSON file that remembers what fonts are called, by default in the settings folder. A file
            is read again only when its size or time of change differs.
    """
    index_file = index_file or paths.config_folder() / _INDEX
    index = _read_index(index_file)
    fresh: dict[str, dict[str, Any]] = {}
    for file in _font_files(font_folders() if folders is None else folders):
        stamp = file.stat()
        known = index.get(str(file))
        if known is None or known["mtime"] != stamp.st_mtime_ns or known["size"] != stamp.st_size:
            known = {"mtime": stamp.st_mtime_ns, "size": stamp.st_size, "faces": list(_faces(file))}
        fresh[str(file)] = known
    if fresh != index:
        _write_index(index_file, fresh)
    return _choose(fresh)


def may_embed(fs_type: int) -> bool:
    """Whether OS/2.fsType lets a subset be put into a document (OpenType specification, OS/2 table)."""
    # Restricted fonts are left alone even where an old table sets milder bits beside it.
    return not fs_type & (_NO_EMBEDDING | _NO_SUBSETTING | _BITMAP_ONLY)


def _font_files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if file.suffix.lower() in _SUFFIXES and file.is_file():
                yield file


def _faces(file: Path) -> Iterator[dict[str, Any]]:
    """The embeddable fonts of one file; an unreadable file has none."""
    try:
        with file.open("rb") as stream:
            if file.suffix.lower() == ".ttc":
                yield from _usable(TTCollection(stream, lazy=True).fonts)
            else:
                yield from _usable([TTFont(stream, lazy=True)])
    except _UNREADABLE:
        return


def _usable(fonts: Iterable[TTFont]) -> Iterator[dict[str, Any]]:
    for number, font in enumerate(fonts):
        if "glyf" in font and "OS/2" in font and may_embed(font["OS/2"].fsType):
            records = [record for record in font["name"].names if record.nameID in _NAME_IDS]
            names = sorted({record.toUnicode(errors="replace").casefold() for record in records})
            yield {"subfont": number, "names": names}


def _choose(index: Mapping[str, dict[str, Any]]) -> dict[Role, InstalledFont]:
    by_name: dict[str, InstalledFont] = {}
    for file, entry in index.items():
        for face in entry["faces"]:
            for name in face["names"]:
                by_name.setdefault(name, InstalledFont(Path(file), face["subfont"], name))
    chosen: dict[Role, InstalledFont] = {}
    for role, names in PREFERRED.items():
        for name in names:
            if name.casefold() in by_name:
                chosen[role] = by_name[name.casefold()]
                break
    return chosen


def _read_index(file: Path) -> dict[str, dict[str, Any]]:
    try:
        content = json.loads(file.read_text("utf-8"))
        files = content["files"] if content["version"] == _VERSION else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # the index is a convenience; a damaged one is made anew
    return files if isinstance(files, dict) else {}


def _write_index(file: Path, files: Mapping[str, dict[str, Any]]) -> None:
    draft = file.with_suffix(".new")
    try:
        draft.write_text(json.dumps({"version": _VERSION, "files": files}, ensure_ascii=False), "utf-8")
        draft.replace(file)
    except OSError:
        return  # a read-only settings folder costs a second at the next start, nothing else
