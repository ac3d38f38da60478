"""The entry: which arguments open what, and what is said when nothing can be opened."""

from __future__ import annotations

import logging
import os
import subprocess
from pathlib import Path

import pytest

from partyroom import app


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Path | None, bool]]:
    """What the window would have been opened with."""
    asked: list[tuple[Path | None, bool]] = []

    def open_window(options) -> int:
        asked.append((options.library, options.sample))
        return 0

    monkeypatch.setattr(app, "_open_window", open_window)
    monkeypatch.setattr(app, "start_log", lambda: None)
    monkeypatch.setattr(app, "choose_input_method", lambda environment: None)
    monkeypatch.setattr(app, "has_display", lambda environment: True)
    return asked


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], (None, False)),
        (["--sample"], (None, True)),
        (["--library", "/a/b"], (Path("/a/b"), False)),
    ],
)
def test_without_a_command_the_window_opens(opened, arguments, wanted):
    assert app.main(arguments) == 0
    assert opened == [wanted]


def test_command_needs_no_window(opened, capsys):
    assert app.main(["calc", "date", "--from", "2026-01-31", "--months", "1"]) == 0
    assert capsys.readouterr().out == "2026-02-28\n"
    assert opened == []


@pytest.mark.parametrize(
    "arguments",
    [["--unknown"], ["unbekannt"], ["export"], ["export", "minutes", "-o", "x"], ["calc", "date"], ["list", "members"]],
)
def test_wrong_usage_ends_with_status_2_and_a_chinese_sentence(opened, capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        app.main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert any("一" <= letter <= "鿿" for letter in said)
    assert "Traceback" not in said
    assert opened == []


@pytest.mark.parametrize(
    ("environment", "shown"),
    [({}, False), ({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "w"}, True), ({"DISPLAY": ""}, False)],
)
def test_only_linux_without_a_screen_has_no_display(monkeypatch, environment, shown):
    monkeypatch.setattr(app.sys, "platform", "linux")
    assert app.has_display(environment) is shown
    monkeypatch.setattr(app.sys, "platform", "win32")
    assert app.has_display(environment)


def test_without_a_display_one_sentence_and_status_1(python, tmp_path):
    """In a process of its own, as the user would start it."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    ended = subprocess.run(
        [python, "-m", "partyroom"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line == app.NO_DISPLAY


def test_chinese_comes_out_under_a_plain_locale(python):
    environment = dict(os.environ, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    ended = subprocess.run(
        [python, "-m", "partyroom", "calc", "id", "123"], env=environment, capture_output=True, timeout=60, check=False
    )
    assert ended.stdout.decode("utf-8").startswith("号码不正确：")


@pytest.mark.parametrize(
    ("running", "chosen"),
    [({"fcitx5"}, "ibus"), ({"ibus-daemon"}, "ibus"), ({"bash"}, None)],
)
def test_input_method_is_one_that_qt_can_speak_to(monkeypatch, running, chosen):
    monkeypatch.setattr(app.sys, "platform", "linux")
    monkeypatch.setattr(app, "_running_programs", lambda: running)
    environment = {"QT_IM_MODULE": "fcitx"}
    app.choose_input_method(environment)
    assert environment["QT_IM_MODULE"] == (chosen or "fcitx")
    assert (environment.get("IBUS_USE_PORTAL") == "1") is ("fcitx5" in running)


def test_input_method_the_user_chose_is_kept(monkeypatch):
    monkeypatch.setattr(app.sys, "platform", "linux")
    monkeypatch.setattr(app, "_running_programs", lambda: {"fcitx5"})
    environment = {"QT_IM_MODULE": "compose"}
    app.choose_input_method(environment)
    assert environment == {"QT_IM_MODULE": "compose"}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Starts the log in the test's folder; gives a function that reads it."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    monkeypatch.setattr(app, "config_folder", lambda: tmp_path)
    app.start_log()
    yield lambda: (tmp_path / "partyroom.log").read_text(encoding="utf-8")
    for handler in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_log_names_places_and_kinds_but_no_messages(log):
    secret, name = "990101198503020024", "张三"
    try:
        try:
            int(secret + name)
        except ValueError as error:
            raise OSError(28, secret) from error
    except OSError:
        logging.getLogger("partyroom.test").exception("Something failed.")
    text = log()
    assert "Something failed." in text
    assert "builtins.ValueError" in text
    assert "builtins.OSError (errno 28)" in text
    assert "test_app.py" in text
    assert secret not in text
    assert name not in text


def test_log_takes_no_text_over_from_another_handler(log):
    class Other(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logging.Formatter().format(record)

    other = Other()
    logging.getLogger("partyroom.test").addHandler(other)
    secret = "990101198503020024"
    try:
        raise KeyError(secret)
    except KeyError:
        logging.getLogger("partyroom.test").exception("Failed.")
    finally:
        logging.getLogger("partyroom.test").removeHandler(other)
    assert "KeyError" in log()
    assert secret not in log()


def test_program_runs_without_a_log_where_none_can_be_written(monkeypatch, tmp_path):
    handlers = list(logging.getLogger().handlers)
    (tmp_path / "partyroom.log").mkdir()
    monkeypatch.setattr(app, "config_folder", lambda: tmp_path)
    app.start_log()
    assert logging.getLogger().handlers == handlers
