"""Two pictures for the sample branch, drawn here and plainly no photos: a room from above, a line of lanterns."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from partyroom.core.paths import resources
from partyroom.core.pictures import prepare_file
from partyroom.features.meetings.papers_service import add_papers, describe_paper
from partyroom.features.meetings.service import meeting_ids_between
from partyroom.storage.attachments import AttachmentFiles

PHOTOGRAPHED = date(2026, 11, 20)
_SIZE = (1200, 800)
_PAPER, _INK, _RED, _WOOD, _SKY = "#F4F1EA", "#3B4754", "#B3261E", "#C9A66B", "#DCE6EF"


def photographing(files: AttachmentFiles) -> Callable[[Session], None]:
    """What adds the two pictures to the theme day of `PHOTOGRAPHED`."""

    def work(session: Session) -> None:
        (meeting,) = meeting_ids_between(session, PHOTOGRAPHED, PHOTOGRAPHED)
        drawn = (("会场布置", _room()), ("互动环节", _street()))
        added = add_papers(session, files, meeting, [prepare_file(f"{name}.png", data) for name, data in drawn])
        captions = ("会场布置：祖辈家长与党员教师围坐（示意图）", "互动环节：猜灯谜学安全（示意图）")
        for paper, caption in zip(added.ids, captions, strict=True):
            describe_paper(session, paper, caption=caption)

    return work


def _room() -> bytes:
    """Tables and seats from above, a platform in front."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((350, 60, 850, 150), fill=_RED)
    for row in range(3):
        for column in range(4):
            x, y = 150 + column * 240, 230 + row * 160
            draw.rectangle((x, y, x + 180, y + 60), fill=_WOOD, outline=_INK, width=3)
            for seat in range(3):
                draw.ellipse((x + 10 + seat * 60, y + 72, x + 50 + seat * 60, y + 112), fill=_INK)
    return _signed(image, draw)


def _street() -> bytes:
    """Lanterns on a line above people."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", _SIZE, _SKY)
    draw = ImageDraw.Draw(image)
    draw.line((0, 120, 1200, 120), fill=_INK, width=6)
    for number in range(6):
        x = 90 + number * 190
        draw.line((x + 50, 120, x + 50, 170), fill=_INK, width=4)
        draw.ellipse((x, 170, x + 100, 290), fill=_RED, outline=_INK, width=3)
        draw.rectangle((x + 20, 320, x + 80, 370), fill=_PAPER, outline=_INK, width=3)
    for number in range(9):
        x = 70 + number * 125
        draw.ellipse((x, 470, x + 70, 540), fill=_WOOD)
        draw.rounded_rectangle((x - 15, 548, x + 85, 720), 40, fill=_INK)
    return _signed(image, draw)


def _signed(image: Any, draw: Any) -> bytes:
    """Say on the picture itself that it is none of a real place."""
    from PIL import ImageFont

    font = ImageFont.truetype(str(resources() / "fonts" / "NotoSerifSC-Regular.ttf"), 34)
    draw.text((30, 745), "示例图片，由程序绘制", fill=_INK, font=font)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
