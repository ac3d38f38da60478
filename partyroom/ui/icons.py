"""Icons drawn from the bundled SVG files in the colours of the window, sharp at every scaling."""

from __future__ import annotations

import difflib
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from partyroom.core.paths import resources

INK = "#414852"
ACCENT = "#B3261E"
WHITE = "#FFFFFF"
_FADED = "#B4BAC2"
# Multiples of the sizes in use (16, 18, 20, 24), so that Qt only ever picks or scales down at 100 %–300 %.
_SIZES = (16, 18, 20, 24, 32, 36, 40, 48, 72)


def _folder() -> Path:
    return resources() / "icons"


@cache
def icon_names() -> frozenset[str]:
    """The names that `icon` knows."""
    return frozenset(path.stem for path in _folder().glob("*.svg"))


@cache
def _source(name: str) -> str:
    name = name.replace("_", "-")
    if name not in icon_names():
        near = "、".join(difflib.get_close_matches(name, icon_names(), 3))
        raise LookupError(f"no icon is called {name!r}; the nearest are: {near}")
    return (_folder() / f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, size: int, colour: str = INK, ratio: float = 1.0) -> QPixmap:
    """Draw an icon `size` device-independent pixels wide for a screen with this device pixel ratio.

    Raises:
        LookupError: there is no such icon.
    """
    # Tabler draws with a stroke of 2 on 24; at 16 to 20 pixels that looks heavier than the letters beside it.
    text = _source(name).replace("currentColor", colour).replace('stroke-width="2"', 'stroke-width="1.75"')
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


@lru_cache(maxsize=512)
def icon(name: str, colour: str = INK) -> QIcon:
    """Return the icon `name` in `colour`, with a faded version for disabled controls.

    Raises:
        LookupError: there is no such icon.
    """
    made = QIcon()
    for size in _SIZES:
        made.addPixmap(pixmap(name, size, QColor(colour).name()))
        made.addPixmap(pixmap(name, size, _FADED), QIcon.Mode.Disabled)
    return made
