"""Picture files as paper and PDF/A take them: without transparency, in grey or RGB."""

from __future__ import annotations

import io

from PIL import Image

_PLAIN = frozenset({"1", "L", "RGB"})
_QUALITY = 92


def printable(data: bytes) -> bytes:
    """The file itself if it is plain, else a copy: transparent parts laid on white, CMYK and the like made RGB.

    A JPEG stays one (of good quality), everything else becomes a PNG. The picture is not turned: who prints a
    photo has turned it already, see `partyroom.core.pictures`.

    Raises:
        OSError: it is no picture that can be read.
    """
    with Image.open(io.BytesIO(data)) as image:
        if image.mode in _PLAIN and "transparency" not in image.info and image.format in ("JPEG", "PNG"):
            return data
        compressed = image.format in ("JPEG", "MPO")
        plain = opaque(image)
    buffer = io.BytesIO()
    if compressed:
        plain.save(buffer, "JPEG", quality=_QUALITY)
    else:
        plain.save(buffer, "PNG")
    return buffer.getvalue()


def opaque(image: Image.Image) -> Image.Image:
    """A picture of mode 1, L or RGB with what was transparent laid on white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGB", layer.size, "white")
        white.paste(layer, mask=layer.getchannel("A"))
        return white
    if image.mode.startswith("I"):  # a scan of 16 bits a pixel
        return image.convert("I").point(lambda value: value / 256).convert("L")
    plain = image if image.mode in _PLAIN else image.convert("RGB")
    plain.info.clear()  # comments and profiles travel in it
    return plain
