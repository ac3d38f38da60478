"""Names of widgets: one for tests and style sheets, one for screen readers."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

Q = TypeVar("Q", bound=QObject)


def named(thing: Q, name: str, accessible: str = "") -> Q:
    """Give `thing` its object name and, if it has no text of its own, what a screen reader says."""
    thing.setObjectName(name)
    if accessible and isinstance(thing, QWidget):
        thing.setAccessibleName(accessible)
    return thing
