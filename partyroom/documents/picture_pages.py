"""Pictures and scans as PDF pages of A4."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Page, Pdf, Stream
from PIL import Image

from partyroom.core.errors import DomainError
from partyroom.core.pictures import without_descriptions
from partyroom.documents.archival import steady_bytes
from partyroom.documents.geometry import A4_LONG, A4_SHORT
from partyroom.documents.printable import opaque

_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, struct.error, IndexError, Image.DecompressionBombError)
_QUALITY = 90
_LOWEST_DPI = 96  # a small picture is not blown up beyond this
_ORIENTATION = 0x0112
# EXIF orientation → where the unit square of the stored picture goes, as a PDF matrix (EXIF 2.3, 4.6.4)
_TURNS = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}


def page_of_picture(data: bytes) -> bytes:
    """A PDF with the picture whole on A4, upright or across as it is itself; a TIFF of several pages gives several.

    The data of a JPEG stay as they are, without EXIF; its orientation is applied by turning the picture on the page.
    What is transparent becomes white, CMYK becomes RGB; black-and-white scans stay so.

    Raises:
        DomainError: it cannot be read.
    """
    try:
        with Image.open(io.BytesIO(data)) as image, Pdf.new() as file:
            for stored, orientation in _stored(file, image, data):
                file.pages.append(_sheet(file, stored, orientation))
            return steady_bytes(file)
    except _UNREADABLE as error:
        raise DomainError("这张图片读不出来，文件可能已损坏。") from error


def _stored(file: Pdf, image: Image.Image, data: bytes) -> Iterator[tuple[Stream, int]]:
    """Image objects with their EXIF orientation."""
    if image.format in ("JPEG", "MPO") and image.mode in ("RGB", "L"):
        image.load()  # a JPEG cut short must not be kept
        yield _image(file, image, without_descriptions(data), Name.DCTDecode), _orientation(image)
        return
    for number in range(getattr(image, "n_frames", 1) if image.format == "TIFF" else 1):
        image.seek(number)
        orientation = _orientation(image)
        plain = opaque(image)
        if plain.mode == "1":
            yield _image(file, plain, zlib.compress(plain.tobytes(), 9), Name.FlateDecode), orientation
            continue
        buffer = io.BytesIO()
        plain.save(buffer, "JPEG", quality=_QUALITY)
        yield _image(file, plain, buffer.getvalue(), Name.DCTDecode), orientation


def _orientation(image: Image.Image) -> int:
    turn = image.getexif().get(_ORIENTATION, 1)
    return turn if turn in _TURNS else 1


def _image(file: Pdf, image: Image.Image, data: bytes, packing: Name) -> Stream:
    return Stream(
        file,
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=Name.DeviceRGB if image.mode == "RGB" else Name.DeviceGray,
        BitsPerComponent=1 if image.mode == "1" else 8,
        Filter=packing,
    )


def _sheet(file: Pdf, stored: Stream, orientation: int) -> Page:
    across, down = int(stored.Width), int(stored.Height)
    if orientation > 4:
        across, down = down, across
    width, height = (A4_LONG, A4_SHORT) if across > down else (A4_SHORT, A4_LONG)
    scale = min(width / across, height / down, 72 / _LOWEST_DPI)
    place = pikepdf.Matrix(
        across * scale, 0, 0, down * scale, (width - across * scale) / 2, (height - down * scale) / 2
    )
    numbers = " ".join(f"{number:.4f}" for number in (pikepdf.Matrix(*_TURNS[orientation]) @ place).shorthand)
    content = file.make_stream(f"q {numbers} cm /Im0 Do Q".encode("ascii"))
    resources = Dictionary(XObject=Dictionary(Im0=file.make_indirect(stored)))
    box = Array([0, 0, round(width, 4), round(height, 4)])
    return Page(file.make_indirect(Dictionary(Type=Name.Page, MediaBox=box, Resources=resources, Contents=content)))
