"""The committed list of third-party licences agrees with the lock file and with what is shipped."""

from __future__ import annotations

import json
import tomllib
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from build_spec import build_licences


@pytest.fixture(scope="module")
def committed() -> list[dict[str, Any]]:
    """The list as the program reads it."""
    rows: list[dict[str, Any]] = json.loads((build_licences.LICENCES / "third_party.json").read_text(encoding="utf-8"))
    return rows


def plain(name: str) -> str:
    """A package name as the lock file spells it."""
    return name.lower().replace("_", "-").replace(".", "-")


def test_every_locked_package_is_listed_with_a_locked_version(committed: list[dict[str, Any]]) -> None:
    with (build_licences.ROOT / "uv.lock").open("rb") as file:
        locked = {(package["name"], package["version"]) for package in tomllib.load(file)["package"]}
    listed = {(plain(row["name"]), row["version"]) for row in committed if row["kind"] == "程序库"}
    assert {name for name, _ in listed} >= build_licences.locked_names()
    assert {row for row in listed if row[0] in build_licences.locked_names()} <= locked


def test_the_tools_of_developers_are_not_listed(committed: list[dict[str, Any]]) -> None:
    assert {"pytest", "mypy", "ruff", "hypothesis"}.isdisjoint(plain(row["name"]) for row in committed)


def test_every_component_names_its_licence_and_has_its_text(committed: list[dict[str, Any]]) -> None:
    for row in committed:
        assert row["licence"], row["name"]
        assert row["files"], row["name"]
        for file in row["files"]:
            assert len((build_licences.RESOURCES / file).read_text(encoding="utf-8")) > 200, file


def test_no_text_lies_about_unused(committed: list[dict[str, Any]]) -> None:
    used = {file for row in committed for file in row["files"]}
    texts = build_licences.LICENCES.rglob("*.txt")
    assert {path.relative_to(build_licences.RESOURCES).as_posix() for path in texts} <= used


def test_every_font_and_the_icons_are_listed(committed: list[dict[str, Any]]) -> None:
    fonts = list((build_licences.RESOURCES / "fonts").glob("*.ttf"))
    assert fonts
    assert sum(row["kind"] == "字体" for row in committed) == len(fonts)
    assert sum(row["kind"] == "图标" for row in committed) == 1


def test_no_licence_binds_the_whole_program(committed: list[dict[str, Any]]) -> None:
    for row in committed:
        choices = row["licence"].split(" OR ")
        assert not all(choice.startswith(("GPL", "AGPL")) for choice in choices), row["name"]


def test_the_list_is_what_the_generator_makes_today(committed: list[dict[str, Any]], tmp_path: Path) -> None:
    made = {component.name: component for component in build_licences.write(tmp_path)}
    assert set(made) == {row["name"] for row in committed}
    for row in committed:
        component = made[row["name"]]
        if component.version == row["version"]:  # another Python may have another locked version
            assert (component.kind, component.licence, list(component.files)) == (
                row["kind"],
                row["licence"],
                row["files"],
            )


def test_a_package_without_a_licence_name_is_not_guessed() -> None:
    class Metadata(Message):
        json: dict[str, str | list[str]]

    metadata = Metadata()
    metadata["Name"] = "mystery"
    metadata["License"] = "You may use this, unless " + "x" * 80
    with pytest.raises(ValueError, match="mystery"):
        build_licences.licence_name("mystery", metadata)
