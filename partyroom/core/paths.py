"""Where the program's own files and the user's settings live."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent.parent


def resources() -> Path:
    """The folder of fonts, icons, rules, handbook and sample texts, installed or in a checkout."""
    installed = _PACKAGE / "_resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def config_folder() -> Path:
    """The per-user folder of settings, font index and log; made when first asked for."""
    folder = Path(platformdirs.user_config_dir("partyroom", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def documents_folder() -> Path:
    """Where a user expects to find what a program made for them."""
    return Path(platformdirs.user_documents_dir())


def sample_folder() -> Path:
    """Where the sample branch of this user lives."""
    return Path(platformdirs.user_data_dir("partyroom", appauthor=False)) / "示例支部"
