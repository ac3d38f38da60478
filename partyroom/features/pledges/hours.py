"""The time a deed took: kept in minutes, written and read in hours."""

from __future__ import annotations

import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from partyroom.core.errors import DomainError, Problem

MOST_HOURS = 1000


def hours_text(minutes: int) -> str:
    """Minutes as hours for reading: 90 → '1.5', 100 → '1.67'."""
    hours = (Decimal(minutes) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{hours:f}".rstrip("0").rstrip(".")


def read_hours(text: str) -> int | None:
    """Hours as typed ('1.5', '2小时', '１') in minutes; None for a blank.

    Raises:
        DomainError: it is no number, nothing at all, or more than a thousand hours.
    """
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("小时").removesuffix("个").strip()
    if not plain:
        return None
    try:
        hours = Decimal(plain)
    except InvalidOperation:
        raise DomainError(Problem("时长请填小时数，例如1.5。", "minutes")) from None
    if not hours.is_finite() or not 0 < hours <= MOST_HOURS:
        raise DomainError(Problem(f"时长应大于0、不超过{MOST_HOURS}小时。", "minutes"))
    return max(1, int((hours * 60).to_integral_value(ROUND_HALF_UP)))
