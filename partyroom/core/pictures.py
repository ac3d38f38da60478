"""Pictures made ready for keeping: upright, not larger than paper needs, and without the place they were taken at.

Pillow is loaded when a picture is at hand: most of the program never meets one.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from partyroom.core.errors import DomainError
from partyroom.core.text import one_line, safe_file_name

LARGEST_FILE = 50 * 1024 * 1024
LONGEST_SIDE = 2400
"""Pixels of the longer side of a kept picture: 260 dpi on half a page, 140 dpi on a whole one."""
QUALITY = 85
_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif"})
_FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "TIFF", "GIF")
_DROPPED = frozenset({0xE1, 0xED, 0xFE, *range(0xE3, 0xED), 0xEF})
"""JPEG segments of descriptions: EXIF and XMP, Photoshop, comments, what makers of phones add."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it is to be kept; `original` is the untouched picture where one was wanted and differs."""

    name: str
    content: bytes
    picture: bool
    original: bytes | None = None


def is_picture_name(name: str) -> bool:
    """Whether a file of this name is to be treated as a picture."""
    return PurePath(name).suffix.casefold() in _SUFFIXES


def prepare_file(name: str, content: bytes, *, keep_original: bool = False) -> KeptFile:
    """A file ready for keeping: a picture becomes a JPEG without EXIF, anything else stays as it is.

    A picture is turned upright as its EXIF says, laid on white where transparent, brought to RGB and to at most
    `LONGEST_SIDE` pixels. A JPEG that needs none of that keeps its compressed data. Scans of several pages
    (TIFF) stay files, as only their first page would be left.

    Raises:
        DomainError: the file is empty, larger than `LARGEST_FILE`, or named like a picture and none.
    """
    shown = one_line(name) or "文件"
    if not content:
        raise DomainError(f"“{shown}”是空文件，没有添加。")
    if len(content) > LARGEST_FILE:
        raise DomainError(f"“{shown}”有{len(content) / 1024 / 1024:.0f} MB，超过50 MB，没有添加。请先压缩或拆分。")
    if not is_picture_name(shown):
        return KeptFile(safe_file_name(shown), content, picture=False)
    kept = _kept_picture(shown, content)
    if kept is None:
        return KeptFile(safe_file_name(shown), content, picture=False)
    original = content if keep_original and kept != content else None
    return KeptFile(safe_file_name(f"{PurePath(shown).stem}.jpg"), kept, picture=True, original=original)


def thumbnail(content: bytes, side: int) -> bytes:
    """A small PNG of a picture, at most `side` pixels high and wide.

    Raises:
        DomainError: it cannot be read.
    """
    try:
        with _opened(content) as image:
            image.draft("RGB", (side, side))
            small = _upright_rgb(image)
    except _unreadable() as error:
        raise DomainError("这张图片读不出来，文件可能已损坏。") from error
    small.thumbnail((side, side))
    return _saved(small, "PNG")


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height of a picture in pixels, without decoding it.

    Raises:
        DomainError: it is no picture that can be read.
    """
    try:
        with _opened(content) as image:
            return int(image.width), int(image.height)
    except _unreadable() as error:
        raise DomainError("这张图片读不出来，文件可能已损坏。") from error


def _kept_picture(name: str, content: bytes) -> bytes | None:
    """The JPEG to keep; None for a file of several pages."""
    try:
        with _opened(content) as image:
            several = getattr(image, "n_frames", 1) > 1 and image.format != "MPO"
            if several:
                return None
            small = max(image.size) <= LONGEST_SIDE
            if image.format == "JPEG" and image.mode in ("RGB", "L") and small and _is_upright(image):
                image.load()  # a JPEG cut short must not be kept
                return without_descriptions(content)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = _upright_rgb(image)
    except _unreadable() as error:
        raise DomainError(f"“{name}”不是能读出的图片，文件可能已损坏，没有添加。") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), _lanczos())
    return _saved(upright, "JPEG", quality=QUALITY)


def without_descriptions(jpeg: bytes) -> bytes:
    """A JPEG without EXIF, XMP and comments; its picture data untouched, what follows its end dropped."""
    parts, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xDA:
            end = jpeg.rfind(b"\xff\xd9")
            return b"".join([*parts, jpeg[at : end + 2] if end > at else jpeg[at:]])
        (length,) = struct.unpack(">H", jpeg[at + 2 : at + 4])
        if marker not in _DROPPED:
            parts.append(jpeg[at : at + 2 + length])
        at += 2 + length
    return jpeg


def _opened(content: bytes) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(content), formats=_FORMATS)


def _unreadable() -> tuple[type[Exception], ...]:
    """What Pillow raises for files that are no pictures, cut short, or made to fill the memory."""
    from PIL import Image

    return (OSError, ValueError, SyntaxError, EOFError, struct.error, IndexError, Image.DecompressionBombError)


def _is_upright(image: Any) -> bool:
    return int(image.getexif().get(0x0112, 1)) == 1


def _upright_rgb(image: Any) -> Any:
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        white = Image.new("RGB", layer.size, "white")
        white.paste(layer, mask=layer.getchannel("A"))
        return white
    if turned.mode.startswith("I;16"):  # a scan of 16 bits a pixel
        turned = turned.convert("I").point(lambda value: value / 256).convert("L")
    return turned.convert("RGB")


def _lanczos() -> Any:
    from PIL import Image

    return Image.Resampling.LANCZOS


def _saved(image: Any, file_format: str, **options: Any) -> bytes:
    image.info.clear()  # comments and profiles travel in it
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()
