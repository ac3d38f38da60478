"""Set-up script: what it looks at, what it runs, and what it says where it cannot go on."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from build_spec import run

Answer = Callable[[Sequence[str]], tuple[int, str]]


class Shell:
    """Stands in for the tools: remembers the commands, answers as told."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.environment: Mapping[str, str] = {}
        self.answer: Answer = lambda command: (0, "")

    def __call__(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        self.commands.append(" ".join(command))
        self.environment = environment or {}
        status, output = self.answer(command)
        return subprocess.CompletedProcess(list(command), status, output)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the checkout."""
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "SETUP", tmp_path / ".setup")
    monkeypatch.setattr(run, "LOG", tmp_path / ".setup" / "log.txt")
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    return tmp_path


@pytest.fixture
def shell(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """No tool is really run."""
    shell = Shell()
    monkeypatch.setattr(run, "run_quietly", shell)
    return shell


def system(
    monkeypatch: pytest.MonkeyPatch, *, root: bool, programs: Sequence[str], missing: Sequence[str] = ()
) -> None:
    """Pretend to be on such a machine; a library counts as missing until an installation was run."""
    monkeypatch.setattr("os.geteuid", lambda: 0 if root else 1000, raising=False)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name in programs else None)
    monkeypatch.setattr(run, "loadable", lambda library: run.SYSTEM_LIBRARIES[library] not in missing)


def sentence(error: pytest.ExceptionInfo[run.SetupError]) -> str:
    """What the user reads; one line, always."""
    text = str(error.value)
    assert "\n" not in text
    return text


# ---- the script itself -------------------------------------------------------------------------------------------


def test_an_old_python_can_read_the_script_and_it_needs_only_the_standard_library() -> None:
    module = ast.parse(Path(run.__file__).read_text(encoding="utf-8"), feature_version=(3, 7))
    names = {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_fit_python_is_accepted(version: tuple[int, int]) -> None:
    run.require_python(version)


@pytest.mark.parametrize("version", [(3, 7), (3, 10), (3, 14)])
def test_an_unfit_python_gets_a_sentence(version: tuple[int, int]) -> None:
    with pytest.raises(run.SetupError) as error:
        run.require_python(version)
    assert f"当前是 Python {version[0]}.{version[1]}" in sentence(error)


def test_wrong_usage_is_status_2_and_help_is_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["open"]) == 2
    assert run.main(["--help"]) == 0
    captured = capsys.readouterr()
    assert captured.out == captured.err == run.USAGE + "\n"


def test_what_stops_set_up_is_one_sentence_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise run.SetupError("缺少东西。")

    monkeypatch.setattr(run, "set_up", refuse)
    assert run.main(["test"]) == 1
    assert capsys.readouterr() == ("", "缺少东西。\n")


# ---- system packages ---------------------------------------------------------------------------------------------


@pytest.mark.skipif(not run.LINUX, reason="只有 Linux 需要系统软件包")
def test_the_loader_decides_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run.loadable("libc.so.6")
    assert not run.loadable("libpartyroom-nowhere.so.1")
    monkeypatch.setattr(run, "SYSTEM_LIBRARIES", {"libc.so.6": "libc6", "libpartyroom-nowhere.so.1": "nowhere"})
    assert run.missing_system_packages() == ["nowhere"]


def test_nothing_is_run_where_nothing_is_missing(shell: Shell) -> None:
    run.install_system_packages([])
    assert shell.commands == []


def test_root_installs_just_what_is_missing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    system(monkeypatch, root=True, programs=["apt-get"])
    run.install_system_packages(["libgl1", "libcups2"])
    (command,) = shell.commands
    assert command.endswith("apt-get install -y --no-install-recommends libgl1 libcups2")
    assert "sudo" not in command


def test_package_lists_are_fetched_when_the_first_try_fails(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    system(monkeypatch, root=True, programs=["apt-get"])
    shell.answer = lambda command: (100 if len(shell.commands) == 1 else 0, "E: Unable to locate package libgl1")
    run.install_system_packages(["libgl1"])
    assert [command.split("apt-get ")[1].split()[0] for command in shell.commands] == ["install", "update", "install"]


def test_sudo_without_password_is_used(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    system(monkeypatch, root=False, programs=["apt-get", "sudo"])
    run.install_system_packages(["libgl1"])
    assert shell.commands[0] == "sudo -n true"
    assert shell.commands[1].startswith("sudo -n env DEBIAN_FRONTEND=noninteractive ")


@pytest.mark.parametrize(("programs", "prefix"), [(["apt-get"], "apt-get"), (["apt-get", "sudo"], "sudo apt-get")])
def test_an_ordinary_user_is_told_the_packages_and_the_command(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, programs: list[str], prefix: str
) -> None:
    system(monkeypatch, root=False, programs=programs)
    shell.answer = lambda command: (1, "sudo: a password is required")
    with pytest.raises(run.SetupError) as error:
        run.install_system_packages(["libgl1", "libcups2"])
    assert sentence(error).endswith(f"：{prefix} update && {prefix} install -y --no-install-recommends libgl1 libcups2")
    assert not any("apt-get" in command for command in shell.commands)


def test_a_system_without_apt_is_told_the_names(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    system(monkeypatch, root=True, programs=[])
    with pytest.raises(run.SetupError) as error:
        run.install_system_packages(["libgl1"])
    assert sentence(error).endswith("：libgl1")
    assert shell.commands == []


def test_a_failed_installation_gives_the_cause_in_words(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    system(monkeypatch, root=True, programs=["apt-get"])
    shell.answer = lambda command: (100, "E: Failed to fetch x  Temporary failure resolving 'y'")
    with pytest.raises(run.SetupError) as error:
        run.install_system_packages(["libgl1"])
    assert "请检查网络" in sentence(error)


def test_a_library_that_still_does_not_load_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    system(monkeypatch, root=True, programs=["apt-get"], missing=["libgl1"])
    with pytest.raises(run.SetupError) as error:
        run.install_system_packages(["libgl1"])
    assert "libgl1 已安装，但" in sentence(error)


# ---- uv and the locked packages ----------------------------------------------------------------------------------


def put_uv(checkout: Path, folder: str = "bin") -> Path:
    """A file where pip puts the program."""
    program = checkout / ".setup" / "uv" / folder / ("uv.exe" if run.WINDOWS else "uv")
    program.parent.mkdir(parents=True, exist_ok=True)
    program.touch()
    return program


@pytest.mark.parametrize("folder", ["bin", "Scripts"])
def test_uv_of_the_right_version_is_not_fetched_again(shell: Shell, checkout: Path, folder: str) -> None:
    program = put_uv(checkout, folder)
    shell.answer = lambda command: (0, f"uv {run.UV_VERSION} (x86_64-unknown-linux-gnu)")
    assert run.ensure_uv() == program
    assert shell.commands == [f"{program} --version"]


def test_uv_of_another_version_is_replaced(shell: Shell, checkout: Path) -> None:
    put_uv(checkout)

    def answer(command: Sequence[str]) -> tuple[int, str]:
        if "install" in command:
            put_uv(checkout)
        return 0, "uv 0.1.0" if len(shell.commands) == 1 else f"uv {run.UV_VERSION}"

    shell.answer = answer
    run.ensure_uv()
    target = checkout / ".setup" / "uv"
    assert shell.commands[2].startswith(f"{run.interpreter()} -m pip install ")
    assert shell.commands[2].endswith(f"--target {target} uv=={run.UV_VERSION}")


def test_a_python_without_pip_gets_a_sentence(shell: Shell) -> None:
    shell.answer = lambda command: (1, "No module named pip")
    with pytest.raises(run.SetupError) as error:
        run.ensure_uv()
    assert "没有 pip" in sentence(error)


def test_uv_that_cannot_be_fetched_gives_a_sentence(shell: Shell) -> None:
    shell.answer = lambda command: (int("install" in command), "ERROR: No matching distribution found for uv")
    with pytest.raises(run.SetupError) as error:
        run.ensure_uv()
    assert sentence(error).startswith("安装工具 uv 没有装好：网络不通")


def test_packages_come_from_the_lock_into_our_environment_with_this_python(
    shell: Shell, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", "/elsewhere")
    run.install_packages(checkout / "uv")
    assert shell.commands == [f"{checkout / 'uv'} sync --frozen --project {checkout}"]
    assert shell.environment["UV_PROJECT_ENVIRONMENT"] == str(checkout / ".venv")
    assert shell.environment["UV_PYTHON_DOWNLOADS"] == "never"
    assert shell.environment["UV_SYSTEM_CERTS"] == "1"
    assert Path(shell.environment["UV_PYTHON"]).exists()
    assert "VIRTUAL_ENV" not in shell.environment


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("error: Failed to fetch: dns error", "网络不通"),
        ("error: No space left on device (os error 28)", "磁盘空间不足"),
        ("error: failed to open file: Permission denied", "不允许当前用户写入"),
        ("warning: x\nerror: lock file is broken\n\n", "“error: lock file is broken”"),
        ("", "原因不明"),
    ],
)
def test_a_failed_step_says_the_likely_cause(shell: Shell, checkout: Path, output: str, words: str) -> None:
    shell.answer = lambda command: (2, output)
    with pytest.raises(run.SetupError) as error:
        run.install_packages(checkout / "uv")
    assert words in sentence(error)
    assert sentence(error).startswith("程序组件没有装好：")


def test_what_a_failing_tool_said_is_kept_in_the_log(checkout: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('details'); sys.exit(3)"]
    assert run.run_quietly(command).returncode == 3
    assert "details" in run.LOG.read_text(encoding="utf-8")
    assert str(run.LOG) in run.failure("没有装好", "details")


def test_a_folder_that_cannot_be_written_gets_a_sentence(
    shell: Shell, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "missing_system_packages", list)
    (checkout / ".setup").touch()
    with pytest.raises(run.SetupError) as error:
        run.set_up()
    assert sentence(error).startswith(f"无法写入 {checkout}")


def test_set_up_takes_its_steps_in_order(shell: Shell, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "missing_system_packages", list)
    program = put_uv(checkout)
    shell.answer = lambda command: (0, f"uv {run.UV_VERSION}")
    run.set_up()
    assert shell.commands == [f"{program} --version", f"{program} sync --frozen --project {checkout}"]


# ---- start -------------------------------------------------------------------------------------------------------


@pytest.fixture
def started(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Programs that would have taken over."""
    started: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda program, command: started.append([program, *command]))

    def start(
        command: list[str], *, check: bool, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        started.append([*command, f"in {cwd}", f"on {(env or {}).get('QT_QPA_PLATFORM')}"])
        return subprocess.CompletedProcess(command, 5)

    monkeypatch.setattr("subprocess.run", start)
    return started


def test_tests_run_without_a_display_with_the_given_options(started: list[list[str]], checkout: Path) -> None:
    assert run.run_tests(["-k", "minutes"]) == 5
    (command,) = started
    assert command[:3] == [str(run.venv_python()), "-m", "pytest"]
    assert command[-4:] == ["-k", "minutes", f"in {checkout}", "on offscreen"]


def test_the_window_opens_on_the_sample_branch(started: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "has_display", lambda environment: True)
    monkeypatch.setattr(run, "WINDOWS", False)
    run.open_window()
    python = str(run.venv_python())
    assert started[0] == [python, python, "-m", "partyroom", "--sample"]


def test_on_windows_the_status_of_the_window_is_passed_on(
    started: list[list[str]], checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "WINDOWS", True)
    monkeypatch.setattr(run, "LINUX", False)
    assert run.open_window() == 5
    assert started[0][:4] == [str(checkout / ".venv" / "Scripts" / "python.exe"), "-m", "partyroom", "--sample"]


def test_without_a_display_the_way_without_a_window_is_told(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "LINUX", True)
    monkeypatch.setattr(run, "has_display", lambda environment: False)
    with pytest.raises(run.SetupError) as error:
        run.open_window()
    assert "-m partyroom sample 示例支部" in sentence(error)
    assert "--library 示例支部 export minutes --from 2025-09-01 --to 2026-08-31 -o 会议记录.pdf" in sentence(error)
    assert started == []


@pytest.mark.parametrize(
    ("environment", "answers", "expected"),
    [
        ({}, True, False),
        ({"DISPLAY": ""}, True, False),
        ({"DISPLAY": ":0"}, True, True),
        ({"DISPLAY": ":0"}, False, False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, False, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, False, True),
    ],
)
def test_a_display_is_one_that_answers(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], answers: bool, expected: bool
) -> None:
    monkeypatch.setattr(run, "x_server_answers", lambda: answers)
    assert run.has_display(environment) is expected


@pytest.mark.skipif(not run.LINUX, reason="只有 Linux 有 X11")
def test_a_dead_x_server_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    assert not run.x_server_answers()
