from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from partyroom.core.settings import SETTINGS, Setting
from partyroom.ui.preferences import Preferences
from partyroom.ui.settings_dialog import SettingsDialog


def test_choices_survive_a_restart(tmp_path, qapp, qtbot):
    path = tmp_path / "deep" / "settings.json"
    first = Preferences(path)
    with qtbot.waitSignal(first.changed) as seen:
        first.set("large_text", True)
    assert seen.args == ["large_text"]
    first.remember("columns", {"members": ["name", "sex"]})
    second = Preferences(path)
    assert second.flag("large_text") is True
    assert second.recall("columns") == {"members": ["name", "sex"]}
    assert second.recall("nothing", 5) == 5
    assert not list(path.parent.glob("*.new"))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"settings": 3, "state": []}', "\udcff"])
def test_damaged_file_means_the_defaults(tmp_path, qapp, content):
    path = tmp_path / "settings.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    settings = Preferences(path)
    assert {one.key: settings.value(one.key) for one in SETTINGS} == {one.key: one.default for one in SETTINGS}


@pytest.mark.parametrize(
    ("key", "value"),
    [("large_text", "yes"), ("print_shift_right", 5000), ("print_shift_right", True), ("document_fonts", "Arial")],
)
def test_value_that_is_not_allowed_means_the_default(tmp_path, qapp, key, value):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"settings": {key: value}}), encoding="utf-8")
    default = next(one.default for one in SETTINGS if one.key == key)
    assert Preferences(path).value(key) == default


def test_undeclared_setting_is_an_error_of_ours(settings):
    with pytest.raises(KeyError):
        settings.value("no_such_setting")


def test_disk_that_refuses_does_not_stop_the_work(tmp_path, qapp):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    settings = Preferences(blocked / "settings.json")
    settings.set("large_text", True)
    assert settings.flag("large_text") is True


def test_recent_libraries_are_ten_with_the_latest_first(settings):
    for number in range(12):
        settings.note_library(f"支部{number}", Path(f"/books/{number}"))
    settings.note_library("支部5", Path("/books/5"))
    recent = settings.recent_libraries()
    assert len(recent) == 10
    assert recent[0] == ("支部5", Path("/books/5"))
    settings.forget_library(Path("/books/5"))
    assert ("支部5", Path("/books/5")) not in settings.recent_libraries()


def test_dialog_is_built_from_the_table_and_keeps_what_was_chosen(desk, qtbot):
    dialog = SettingsDialog(desk)
    qtbot.addWidget(dialog)
    dialog.show()
    assert set(dialog.grid.cells) == {one.key for one in SETTINGS}
    dialog.findChild(QWidget, "field_reopen_last").setChecked(False)
    dialog.findChild(QWidget, "field_print_shift_right").setText("-15")
    dialog.submit()
    assert not dialog.isVisible()
    assert desk.settings.flag("reopen_last") is False
    assert desk.settings.number("print_shift_right") == -15


def test_dialog_refuses_a_number_out_of_bounds(desk, messages, qtbot):
    messages.prepare(True)  # the dialog asks when the test ends and closes it with the wrong number in it
    dialog = SettingsDialog(desk)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.findChild(QWidget, "field_print_shift_right").setText("101")
    dialog.submit()
    assert dialog.isVisible()
    assert desk.settings.number("print_shift_right") == 0


def test_every_setting_has_a_default_it_would_accept():
    assert all(one.read(one.default) == one.default for one in SETTINGS)
    assert len({one.key for one in SETTINGS}) == len(SETTINGS)
    assert Setting("n", "数", 3, "甲", lowest=1, highest=5).read(6) == 3
