"""One section of the dues: a part of the page with its own tool bar, shown for one year at a time."""

from __future__ import annotations

from typing import ClassVar

from partyroom.ui import sections


class Section(sections.Section):
    """Base of the sections of the dues."""

    icon: ClassVar[str] = "dues"
