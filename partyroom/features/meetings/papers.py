"""Photos and files of a meeting as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from partyroom.core.pictures import KeptFile
from partyroom.features.meetings.domain import PaperKind


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One photo or file of a meeting; `size` counts bytes, `original` tells whether the untouched picture is kept."""

    id: int
    name: str
    kind: PaperKind
    caption: str
    size: int
    sha256: str
    picture: bool
    original: bool


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture for printing: JPEG data and what stands below it."""

    data: bytes
    caption: str


Photos = Mapping[int, tuple[Photo, ...]]
"""The photos of meetings by the id of the meeting."""

_WORDS = (
    ("签到", PaperKind.SIGN_IN),
    ("请假", PaperKind.LEAVE),
    ("签字", PaperKind.SIGNED),
    ("原件", PaperKind.SIGNED),
    ("扫描", PaperKind.SIGNED),
)


def is_kept_picture(name: str) -> bool:
    """Whether a stored file is a picture: all pictures are kept as JPEG (see `prepare_file`)."""
    return name.endswith(".jpg")


def probable_kind(file: KeptFile) -> PaperKind:
    """What a file probably is, by the words of its name."""
    for word, kind in _WORDS:
        if word in file.name:
            return kind
    return PaperKind.PHOTO if file.picture else PaperKind.OTHER


def readable_size(size: int) -> str:
    """'12 KB', '3.4 MB'."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))} KB"
