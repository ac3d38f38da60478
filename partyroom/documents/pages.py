"""Dealing strips out to pages."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from partyroom.documents.strips import Fading, NewPage, Strip

_EXCESS = 0.01  # points by which rounding may exceed the type area


@dataclass(slots=True)
class Page:
    """Strips and how far below the top of the type area each begins."""

    strips: list[tuple[float, Strip]] = field(default_factory=list)
    used: float = 0.0

    def add(self, strip: Strip) -> None:
        """Put a strip under the others."""
        self.strips.append((self.used, strip))
        self.used += strip.height


def deal_out(strips: Iterable[Strip], height: float) -> list[Page]:
    """Fill pages of `height` points; at least one page comes out, even of nothing.

    A strip that does not fit is divided if it can be, else it goes to the next page with the strips tied to it.
    """
    waiting = deque(strips)
    pages = [Page()]
    broke = False  # whether the current page began of itself
    while waiting:
        strip = waiting.popleft()
        page = pages[-1]
        if isinstance(strip, NewPage):
            if page.strips:
                pages.append(Page())
            broke = False
            continue
        if not page.strips and _fades(strip, broke=broke):
            continue
        if page.used + _tied_height(strip, waiting, height) <= height + _EXCESS:
            page.add(strip)
            continue
        parts = strip.split(height - page.used)
        if parts is not None:
            page.add(parts[0])
            waiting.appendleft(parts[1])
        elif not page.strips or _only_head(page, strip):
            page.add(strip)
            continue
        else:
            waiting.appendleft(strip)
        pages.append(Page())
        broke = True
        head = waiting[0].head
        if head is not None:
            pages[-1].add(head)
    if len(pages) > 1 and not pages[-1].strips:
        pages.pop()
    return pages


def _fades(strip: Strip, *, broke: bool) -> bool:
    return strip.fading is Fading.ALWAYS or (strip.fading is Fading.AFTER_BREAK and broke)


def _only_head(page: Page, strip: Strip) -> bool:
    return len(page.strips) == 1 and page.strips[0][1] is strip.head


def _tied_height(strip: Strip, waiting: deque[Strip], height: float) -> float:
    """The height of a strip and of all that must stay with it; its own if that is more than half a page."""
    total, last = strip.height, strip
    for following in waiting:
        if not last.keep or isinstance(following, NewPage):
            break
        needed = following.height
        if not following.keep and following.split(height / 4) is not None:
            needed = height / 4  # its first part is enough company
        total += needed
        last = following
    return total if total <= height / 2 else strip.height
