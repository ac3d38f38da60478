"""The user's settings and the remembered state of windows, on disk."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from partyroom.core.paths import config_folder
from partyroom.core.settings import SETTINGS, SettingValue, setting

_log = logging.getLogger(__name__)


class Preferences(QObject):
    """Settings and the remembered state of windows (sizes, columns, recent libraries) of one user of this PC.

    Both live in one JSON file. A missing or damaged file means the defaults: nothing here is worth refusing
    to start.
    """

    changed = Signal(str)

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path if path is not None else config_folder() / "settings.json"
        content = self._load()
        self._values = _mapping(content.get("settings"))
        self._state = _mapping(content.get("state"))

    def value(self, key: str) -> SettingValue:
        """The user's choice for a declared setting, or its default.

        Raises:
            KeyError: no such setting is declared in `core.settings`.
        """
        return setting(key).read(self._values.get(key))

    def flag(self, key: str) -> bool:
        """The value of a yes-or-no setting."""
        return bool(self.value(key))

    def number(self, key: str) -> int:
        """The value of a whole-number setting."""
        return int(self.value(key))

    def text(self, key: str) -> str:
        """The value of a text or choice setting."""
        return str(self.value(key))

    def set(self, key: str, value: SettingValue) -> None:
        """Keep the user's choice and say so with `changed`; a value that is not allowed means the default."""
        self.update({key: value})

    def update(self, values: Mapping[str, SettingValue]) -> None:
        """Keep several choices in one go; `changed` is emitted for each that differs from before."""
        before = {key: self.value(key) for key in values}
        for key, value in values.items():
            self._values[key] = setting(key).read(value)
        self._save()
        for key, old in before.items():
            if self.value(key) != old:
                self.changed.emit(key)

    def recall(self, name: str, default: object = None) -> object:
        """Return what `remember` kept under `name`: plain JSON data, of whatever shape the file has."""
        return self._state.get(name, default)

    def remember(self, name: str, value: object) -> None:
        """Keep plain JSON data (a window's size, a table's columns) until the next start."""
        if self._state.get(name) != value:
            self._state[name] = value
            self._save()

    def recent_libraries(self) -> list[tuple[str, Path]]:
        """Names and folders of the libraries opened before, the latest first."""
        kept = self._state.get("recent")
        pairs = [one for one in kept if isinstance(one, list) and len(one) == 2] if isinstance(kept, list) else []
        return [(str(name), Path(str(folder))) for name, folder in pairs]

    def note_library(self, name: str, folder: Path) -> None:
        """Put a library at the head of the recent ones, of which ten are kept."""
        others = [one for one in self.recent_libraries() if one[1] != folder]
        self.remember("recent", [[title, str(place)] for title, place in [(name, folder), *others][:10]])

    def forget_library(self, folder: Path) -> None:
        """Take a library that is no longer there off the recent ones."""
        rest = [one for one in self.recent_libraries() if one[1] != folder]
        self.remember("recent", [[title, str(place)] for title, place in rest])

    def _load(self) -> dict[str, object]:
        try:
            return _mapping(json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            _log.warning("The settings file cannot be read; the defaults are used.")
            return {}

    def _save(self) -> None:
        known = {one.key for one in SETTINGS}
        kept = {key: value for key, value in self._values.items() if key in known}
        text = json.dumps({"settings": kept, "state": self._state}, ensure_ascii=False, indent=1)
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError:
            # A full or read-only disk must not stop the work; the choice holds until the program ends.
            _log.warning("The settings file cannot be written.")


def _mapping(value: object) -> dict[str, object]:
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}
