"""Pictures for the sample branch, drawn here and plainly no photos: deeds of pledges, slips, a paper from outside."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

from partyroom.core.paths import resources

_PAPER, _INK, _RED, _GREEN, _SAND = "#F4F1EA", "#3B4754", "#B3261E", "#5B8C5A", "#C9A66B"
_TAG = "示例图片，由程序绘制"


def scene(number: int) -> bytes:
    """A simple scene as a JPEG; `number` tells one from another: people in a row below a banner, before trees."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (800, 540), ("#DCE6EF", "#E8EFDF", "#F3E7D3")[number % 3])
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 400, 800, 540), fill=_SAND)
    for tree in range(3 + number % 3):
        x = 40 + tree * 180
        draw.rectangle((x + 40, 250, x + 56, 400), fill=_INK)
        draw.ellipse((x, 140, x + 96, 270), fill=_GREEN)
    draw.rectangle((120, 60, 680, 110), fill=_RED)
    for person in range(5 + number % 4):
        x = 70 + person * 82
        draw.ellipse((x, 290, x + 46, 336), fill=_PAPER, outline=_INK, width=2)
        draw.rounded_rectangle((x - 8, 340, x + 54, 450), 24, fill=_INK)
    draw.text((16, 506), _TAG, fill=_INK, font=_font(22))
    return _jpeg(image)


def sheet(title: str, lines: Sequence[str]) -> bytes:
    """A paper of half a page with a title and lines as a JPEG, as a scan of something that came from outside."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (620, 440), "white")
    draw = ImageDraw.Draw(image)
    draw.text((310, 60), title, fill=_RED, font=_font(28), anchor="mm")
    draw.line((40, 90, 580, 90), fill=_RED, width=3)
    for number, line in enumerate(lines):
        draw.text((40, 115 + number * 44), line, fill=_INK, font=_font(20))
    draw.text((400, 410), _TAG, fill=_INK, font=_font(16))
    return _jpeg(image)


@cache
def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(resources() / "fonts" / "NotoSerifSC-Regular.ttf"), size)


def _jpeg(image: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
