#!/usr/bin/env python3
"""Make `resources/licences/`, the list behind 帮助 → 关于: `.venv/bin/python build_spec/build_licences.py`.

Run it after every change of `uv.lock`, of a font or of the icons, and commit what it writes:

* `third_party.json` names every component that a user receives: the packages that the program itself needs (not the
  tools of its developers), the libraries inside them whose licence asks to be named, the fonts and the icons.
* `texts/` holds the licence files that the packages carry, one file per package.

`kept/` is written by hand: licences of libraries whose packages carry no text.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlcipher3.dbapi2
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
RESOURCES = ROOT / "resources"
LICENCES = RESOURCES / "licences"
PROJECT = "partyroom"

# Where a package's metadata says nothing, or tells a story instead of a name.
LICENCE_NAMES: Mapping[str, str] = {
    "colorama": "BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "rl-accel": "BSD-3-Clause",
    "sqlcipher3": "Zlib",
    "xlrd": "BSD-3-Clause",
}

LGPL = ("licences/kept/LGPL-3.0.txt", "licences/kept/GPL-3.0.txt")


@dataclass(frozen=True, slots=True)
class Component:
    """Something made by others that the user receives; `files` are paths below `resources/`."""

    kind: str
    name: str
    version: str
    licence: str
    homepage: str
    files: Sequence[str]


def main() -> int:
    """Rewrite the folder; returns the exit status."""
    components = write(LICENCES)
    print(f"{len(components)} components written to {LICENCES.relative_to(ROOT)}")
    return 0


def write(folder: Path) -> list[Component]:
    """Write list and texts into a folder, replacing older ones, and return the list in its order."""
    texts = folder / "texts"
    shutil.rmtree(texts, ignore_errors=True)
    texts.mkdir(parents=True)
    components = [*packages(texts), *embedded(), *fonts()]
    components.sort(key=lambda component: (component.kind != "程序库", component.kind, component.name.casefold()))
    rows = json.dumps([asdict(component) for component in components], ensure_ascii=False, indent=1)
    (folder / "third_party.json").write_text(rows + "\n", encoding="utf-8", newline="\n")
    return components


def locked_names() -> set[str]:
    """Names of the packages that the program needs, directly or not, on any system that the lock file covers."""
    with (ROOT / "uv.lock").open("rb") as file:
        locked = tomllib.load(file)["package"]
    needs: dict[str, set[str]] = {}
    for package in locked:  # a name occurs twice where versions differ by Python
        needs.setdefault(package["name"], set()).update(need["name"] for need in package.get("dependencies", []))
    found: set[str] = set()
    queue = [PROJECT]
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue.extend(needs[name])
    return found - {PROJECT}


def packages(texts: Path) -> Iterator[Component]:
    """One component per package, its licence files joined into one text below `texts`."""
    for name in sorted(locked_names()):
        distribution = importlib.metadata.distribution(name)
        text = licence_text(distribution)
        files: list[str] = []
        if text:
            (texts / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
            files.append(f"licences/texts/{name}.txt")
        licence = licence_name(name, distribution.metadata)
        if "LGPL-3.0" in licence:
            files.extend(LGPL)
        title = distribution.metadata["Name"]
        yield Component("程序库", title, distribution.version, licence, homepage(distribution.metadata), files)


def licence_text(distribution: importlib.metadata.Distribution) -> str:
    """All licence, copying and notice files in a package's metadata, each under its name."""
    parts: list[str] = []
    for file in sorted(distribution.files or [], key=str):
        inside = str(file).partition(".dist-info/")[2]
        wanted = inside.startswith("licenses/") or re.search("licen[cs]e|copying|notice", inside, re.IGNORECASE)
        if inside and wanted:
            text = Path(str(distribution.locate_file(file))).read_text(encoding="utf-8", errors="replace")
            parts.append(f"==== {inside.removeprefix('licenses/')} ====\n\n{text.strip()}\n")
    return "\n".join(line.rstrip() for line in "\n".join(parts).splitlines()) + "\n" if parts else ""


def licence_name(name: str, metadata: importlib.metadata.PackageMetadata) -> str:
    """The SPDX expression or short name of a package's licence.

    Raises:
        ValueError: the metadata has none and the table above neither; someone has to look.
    """
    for candidate in (
        LICENCE_NAMES.get(name, ""),
        *values(metadata, "License-Expression"),
        *values(metadata, "License"),
    ):
        if candidate and "\n" not in candidate and len(candidate) < 60:
            return candidate
    raise ValueError(f"{name}: no usable licence name in its metadata; add it to LICENCE_NAMES after reading its text")


def homepage(metadata: importlib.metadata.PackageMetadata) -> str:
    """The address under which a package can be found, or an empty string."""
    labelled = [url.partition(", ") for url in values(metadata, "Project-URL")]
    addresses = {label.casefold(): address for label, _, address in labelled}
    for label in ("homepage", "repository", "source", "source code", "documentation"):
        if label in addresses:
            return addresses[label]
    return next(iter(values(metadata, "Home-page")), "")


def values(metadata: importlib.metadata.PackageMetadata, key: str) -> list[str]:
    """Every value that a package's metadata has under a key."""
    return [str(value) for value in metadata.get_all(key) or []]


def embedded() -> Iterator[Component]:
    """What is built into a package without its metadata saying so, and the icons."""
    pyside = importlib.metadata.version("PySide6")
    yield Component("程序库", "Qt", pyside, "LGPL-3.0-only", "https://code.qt.io/", LGPL)
    with contextlib.closing(sqlcipher3.dbapi2.connect(":memory:")) as connection:
        sqlcipher = str(connection.execute("PRAGMA cipher_version").fetchone()[0]).partition(" ")[0]
    sqlcipher_text = ["licences/kept/SQLCipher.txt"]
    yield Component(
        "程序库", "SQLCipher", sqlcipher, "BSD-3-Clause", "https://www.zetetic.net/sqlcipher/", sqlcipher_text
    )
    # The wheel of sqlcipher3 0.6.4 reports this version of the library that it was linked with.
    openssl_text = ["licences/kept/Apache-2.0.txt"]
    yield Component("程序库", "OpenSSL", "3.6.0", "Apache-2.0", "https://www.openssl.org/", openssl_text)
    yield Component("图标", "Tabler Icons", "3.51.0", "MIT", "https://tabler.io/icons", ["icons/LICENSE"])


def fonts() -> Iterator[Component]:
    """One component per font file, with the licence that lies beside the fonts under the file's first word."""
    for path in sorted((RESOURCES / "fonts").glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            names = font["name"]
            title = str(names.getDebugName(4) or path.stem).removesuffix(" Regular")
            version = re.search(r"\d+[.\-][\d.\-]*\d", str(names.getDebugName(5) or ""))
        licence = f"fonts/licences/{path.stem.partition('-')[0]}.txt"
        number = version.group() if version else ""
        yield Component("字体", title, number, "OFL-1.1", "https://openfontlicense.org/", [licence])


if __name__ == "__main__":
    sys.exit(main())
