"""The three sheets in points. Sources: GB/T 9704-2012 clauses 4 and 5; record forms as offices set them up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from partyroom.documents.model import Footer, PageStyle

MM = 72 / 25.4
A4_SHORT, A4_LONG = 210 * MM, 297 * MM
ASCENT = 0.86  # of the em box above the baseline, between Zhuque's 0.85 and Noto's 0.88


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page style; lengths in points.

    `spacing` is added after each Chinese character of body size so that a whole number of them fills a line.
    `number_drop` is the distance of the 一字线 of the page number below the type area.
    """

    width: float
    height: float
    left: float
    top: float
    block_width: float
    block_height: float
    body: float
    leading: float
    spacing: float
    title: float
    title_leading: float
    footer: Footer
    number_drop: float


_OFFICIAL_WIDTH, _OFFICIAL_HEIGHT = 156 * MM, 225 * MM
_FORM_WIDTH = A4_SHORT - 2 * 31.7 * MM
_LEDGER_MARGIN = 20 * MM

SHEETS: Mapping[PageStyle, Sheet] = {
    PageStyle.OFFICIAL: Sheet(
        width=A4_SHORT,
        height=A4_LONG,
        left=28 * MM,
        top=37 * MM,
        block_width=_OFFICIAL_WIDTH,
        block_height=_OFFICIAL_HEIGHT,
        body=16.0,
        leading=_OFFICIAL_HEIGHT / 22,
        spacing=_OFFICIAL_WIDTH / 28 - 16.0,
        title=22.0,
        title_leading=36.0,
        footer=Footer.DASHED,
        number_drop=7 * MM,
    ),
    PageStyle.FORM: Sheet(
        width=A4_SHORT,
        height=A4_LONG,
        left=31.7 * MM,
        top=25.4 * MM,
        block_width=_FORM_WIDTH,
        block_height=A4_LONG - 2 * 25.4 * MM,
        body=16.0,
        leading=28.95,
        spacing=_FORM_WIDTH / 26 - 16.0,
        title=18.0,
        title_leading=30.0,
        footer=Footer.COUNTED,
        number_drop=7 * MM,
    ),
    PageStyle.LEDGER: Sheet(
        width=A4_LONG,
        height=A4_SHORT,
        left=_LEDGER_MARGIN,
        top=_LEDGER_MARGIN,
        block_width=A4_LONG - 2 * _LEDGER_MARGIN,
        block_height=A4_SHORT - 2 * _LEDGER_MARGIN,
        body=12.0,
        leading=20.0,
        spacing=0.0,
        title=18.0,
        title_leading=30.0,
        footer=Footer.COUNTED,
        number_drop=7 * MM,
    ),
}
