"""The parts that features contribute: every `features/<name>/contribution.py` joins by being there."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

from partyroom import features
from partyroom.documents.contribution import Part


def all_parts() -> tuple[Part, ...]:
    """The parts of all features, in the order of the handbook.

    Raises:
        ValueError: two parts have the same key: one of them would never be filed.
    """
    found: list[Part] = []
    for feature in pkgutil.iter_modules(features.__path__):
        name = f"{features.__name__}.{feature.name}.contribution"
        if feature.ispkg and importlib.util.find_spec(name) is not None:
            found += importlib.import_module(name).PARTS
    keys = [part.key for part in found]
    if len(keys) != len(set(keys)):
        raise ValueError(f"two parts with one key among {sorted(keys)}")
    return tuple(sorted(found, key=lambda part: (part.place, part.key)))
