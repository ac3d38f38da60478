"""Words of a pledge as they may be shown in public: numbers that tell persons apart are masked. Pure.

党务公开 shows no personal identifiers (个人信息保护法 Art 51; GK-04): an identity or mobile number that somebody typed
into an item must not reach the wall or a website.
"""

from __future__ import annotations

import re

from partyroom.core.identity import mask_identity, mask_phone

_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")


def public_text(text: str) -> str:
    """The text with identity numbers and mobile numbers masked, everything else as it is."""
    masked = _IDENTITY.sub(lambda match: mask_identity(match.group()), text)
    return _MOBILE.sub(lambda match: mask_phone(re.sub(r"[- ]", "", match.group())), masked)
