#!/usr/bin/env python3
"""From a fresh checkout to the open window, or to a finished test run, in one command.

    python3 build_spec/run.py                    set up, then open the window on the sample branch
    python3 build_spec/run.py test [pytest …]    set up the same way, then run every test

Only the standard library is used, and the syntax is kept to what an old Python reads, so that an unfit Python
gets a sentence and not a traceback. Every step looks before it acts; a second run takes a tenth of a second.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETUP = ROOT / ".setup"
LOG = SETUP / "log.txt"
VENV = ROOT / ".venv"
UV_VERSION = "0.13.9"
WINDOWS = os.name == "nt"
LINUX = sys.platform.startswith("linux")

OLDEST_PYTHON = (3, 11)
FIRST_UNTRIED_PYTHON = (3, 14)

# What the PySide6 wheels leave to the system: the file that the loader asks for and its Debian package.
SYSTEM_LIBRARIES: Mapping[str, str] = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
    "libatomic.so.1": "libatomic1",  # QtPdf
    "libcups.so.2": "libcups2",  # printing
    "libxcb-cursor.so.0": "libxcb-cursor0",  # from here on: a real window under X11
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}

# Words that pip, uv and apt use when the network is in the way.
NETWORK_WORDS = (
    "connect",
    "network",
    "timed out",
    "timeout",
    "dns",
    "resolve",
    "resolving",
    "certificate",
    "unreachable",
    "failed to fetch",
    "could not find a version",
    "no matching distribution",
    "unable to locate package",
)

USAGE = """用法：
  python3 build_spec/run.py                 装好运行所需的组件，打开示例支部的窗口
  python3 build_spec/run.py test [选项…]    同样装好组件，再运行全部测试（选项原样交给 pytest）"""


class SetupError(Exception):
    """Set-up cannot go on; the text is the one sentence that the user reads."""


def main(arguments: Sequence[str]) -> int:
    """Set up and start what the arguments ask for; returns the status: 0 done, 1 refused, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console without Chinese must not make a sentence a traceback
            stream.reconfigure(errors="replace")
    if arguments and arguments[0] in ("-h", "--help"):
        print(USAGE)
        return 0
    if arguments and arguments[0] != "test":
        print(USAGE, file=sys.stderr)
        return 2
    try:
        set_up()
        if arguments:
            return run_tests(arguments[1:])
        return open_window()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断，再运行一次同样的命令即可继续。", file=sys.stderr)
        return 1


# ---- set-up ---------------------------------------------------------------------------------------------


def set_up() -> None:
    """Bring system libraries, uv and the locked packages to where the program needs them.

    Raises:
        SetupError: something is missing that this account may not or cannot install.
    """
    require_python(sys.version_info[:2])
    with contextlib.suppress(OSError):
        LOG.unlink()
    if LINUX:
        install_system_packages(missing_system_packages())
    try:
        SETUP.mkdir(exist_ok=True)
    except OSError as error:
        advice = "请把程序放到当前用户可以写入的文件夹后再运行"
        raise SetupError(f"无法写入 {ROOT}（{error.strerror}），{advice}。") from None
    install_packages(ensure_uv())


def require_python(version: tuple[int, ...]) -> None:
    """Refuse a Python that the locked packages were not made for."""
    if not OLDEST_PYTHON <= version < FIRST_UNTRIED_PYTHON:
        found = ".".join(map(str, version))
        raise SetupError(f"需要 Python 3.11、3.12 或 3.13，当前是 Python {found}，请安装后用它运行本脚本。")


def missing_system_packages() -> list[str]:
    """Debian names of the packages whose library the loader cannot find, in the order of the table."""
    return [package for library, package in SYSTEM_LIBRARIES.items() if not loadable(library)]


def loadable(library: str) -> bool:
    """Whether the dynamic loader finds the library and everything that it needs in turn."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_system_packages(packages: Sequence[str]) -> None:
    """Install Debian packages where this account may; otherwise say which are missing and how to get them.

    Raises:
        SetupError: no right to install, no apt, or the installation did not succeed.
    """
    if not packages:
        return
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        advice = "请用系统自带的软件包工具安装与以下 Debian 软件包相同的组件后再运行"
        raise SetupError(f"缺少窗口所需的系统组件，而这台电脑没有 apt-get，{advice}：{names}")
    prefix = administrator_prefix()
    if prefix is None:
        sudo = "sudo " if shutil.which("sudo") else ""
        who = "请运行下面的命令" if sudo else "请管理员（root）运行下面的命令"
        command = f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {names}"
        raise SetupError(f"缺少 {len(packages)} 个系统软件包，当前用户无权安装，{who}后再试：{command}")
    print(f"正在安装系统软件包：{names}", flush=True)
    install = [*prefix, "apt-get", "install", "-y", "--no-install-recommends", *packages]
    first = run_quietly(install)
    if first.returncode != 0:  # no package lists yet, or lists older than the mirror
        update = run_quietly([*prefix, "apt-get", "update"])
        second = run_quietly(install)
        if second.returncode != 0:
            raise SetupError(failure("系统软件包没有装好", update.stdout + second.stdout))
    still_missing = missing_system_packages()
    if still_missing:
        names = " ".join(still_missing)
        raise SetupError(f"系统软件包 {names} 已安装，但其中的组件仍无法加载，请检查系统是否完整。")


def administrator_prefix() -> list[str] | None:
    """Words to put before a command so that it runs as root without asking; None where that cannot be."""
    settings = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"]
    if os.geteuid() == 0:
        return settings
    if shutil.which("sudo") and run_quietly(["sudo", "-n", "true"]).returncode == 0:
        return ["sudo", "-n", *settings]
    return None


def ensure_uv() -> Path:
    """The uv of the wanted version, fetched into the checkout when it is not there yet.

    A system-wide `pip install` and `python -m venv` both fail on a bare Debian (PEP 668, no ensurepip);
    `pip install --target` needs neither.

    Raises:
        SetupError: pip is absent or could not fetch it.
    """
    folder = SETUP / "uv"
    found = find_uv(folder)
    if found is not None:
        return found
    pip = [interpreter(), "-m", "pip"]
    if run_quietly([*pip, "--version"]).returncode != 0:
        how = "（在 Debian 上：apt-get install python3-pip）" if LINUX else ""
        raise SetupError(f"当前的 Python 没有 pip，请先安装 pip{how}再运行。")
    print("正在下载安装工具 uv……", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--target", str(folder)]
    result = run_quietly([*pip, "install", *options, f"uv=={UV_VERSION}"])
    found = find_uv(folder)
    if result.returncode != 0 or found is None:
        raise SetupError(failure("安装工具 uv 没有装好", result.stdout))
    return found


def find_uv(folder: Path) -> Path | None:
    """The uv program below a folder filled by pip, if it is the wanted version and runs."""
    name = "uv.exe" if WINDOWS else "uv"
    for program in (folder / "bin" / name, folder / "Scripts" / name):
        if program.is_file():
            answer = run_quietly([str(program), "--version"])
            if answer.returncode == 0 and UV_VERSION in answer.stdout.split():
                return program
    return None


def install_packages(uv: Path) -> None:
    """Make the environment equal to the lock file, with the interpreter that runs this script.

    Raises:
        SetupError: packages could not be fetched or written.
    """
    if not venv_python().exists():
        print("正在下载并安装程序组件（约 300 MB，首次运行需要几分钟）……", flush=True)
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    environment.update(
        UV_PROJECT_ENVIRONMENT=str(VENV),
        UV_PYTHON=interpreter(),
        UV_PYTHON_DOWNLOADS="never",
        UV_SYSTEM_CERTS="1",
    )
    result = run_quietly([str(uv), "sync", "--frozen", "--project", str(ROOT)], environment)
    if result.returncode != 0:
        raise SetupError(failure("程序组件没有装好", result.stdout))


def interpreter() -> str:
    """The Python that runs this script, or the one beneath it where that is a virtual environment without pip."""
    return getattr(sys, "_base_executable", None) or sys.executable


def venv_python() -> Path:
    """The interpreter of the program's own environment."""
    return VENV / "Scripts" / "python.exe" if WINDOWS else VENV / "bin" / "python"


def run_quietly(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a tool with its talk kept for the log: what the user reads is ours to say, in Chinese."""
    result = subprocess.run(
        list(command),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if result.returncode != 0:
        with contextlib.suppress(OSError):  # the sentence on the screen matters more than its log
            SETUP.mkdir(exist_ok=True)
            with LOG.open("a", encoding="utf-8") as log:
                log.write(f"$ {' '.join(command)}\n{result.stdout}\n")
    return result


def failure(what: str, output: str) -> str:
    """One sentence for a step that failed: what, the likely cause, what to do, and where the details are."""
    lower = output.lower()
    if "no space left" in lower or "not enough space" in lower:
        advice = "磁盘空间不足，请清理后再运行一次"
    elif "permission denied" in lower or "access is denied" in lower:
        advice = "有文件不允许当前用户写入，请把程序放到自己可以写入的文件夹后再运行"
    elif any(word in lower for word in NETWORK_WORDS):
        advice = "网络不通或下载中断，请检查网络后再运行一次"
    else:
        last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "原因不明")
        advice = f"安装工具报告“{last}”，请排除后再运行一次"
    details = f"（详情见 {LOG}）" if LOG.is_file() and LOG.stat().st_size else ""
    return f"{what}：{advice}{details}。"


# ---- start ----------------------------------------------------------------------------------------------


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest over the whole tree, or what the arguments choose, without a display; returns its status."""
    workers = str(min(os.cpu_count() or 1, 4))
    # Tests of one file share costly fixtures (the sample branch), so a file stays with one worker.
    command = [str(venv_python()), "-m", "pytest", "-n", workers, "--dist", "loadfile", *arguments]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def open_window() -> int:
    """Hand over to the program with the sample branch open.

    Raises:
        SetupError: there is no screen to open a window on.
    """
    if LINUX and not has_display(os.environ):
        program = f"{os.path.relpath(venv_python())} -m partyroom"
        raise SetupError(
            "没有可用的图形界面，窗口打不开；不用窗口也能制作文件："
            f"先运行 {program} sample 示例支部 生成示例支部，再运行 {program} --library 示例支部 "
            "export minutes --from 2025-09-01 --to 2026-08-31 -o 会议记录.pdf 导出会议记录。"
        )
    command = [str(venv_python()), "-m", "partyroom", "--sample"]
    if not WINDOWS:  # exec there would detach from the console before the window has closed
        sys.stdout.flush()
        os.execv(command[0], command)  # noqa: S606 - replacing this process is the point, and no shell is wanted
    return subprocess.run(command, check=False).returncode


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether Qt would find a screen: a platform chosen by hand, Wayland, or an X server that answers."""
    if environment.get("QT_QPA_PLATFORM") or environment.get("WAYLAND_DISPLAY"):
        return True
    return bool(environment.get("DISPLAY")) and x_server_answers()


def x_server_answers() -> bool:
    """Whether the X server named by DISPLAY lets us in; Qt would abort where it does not."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    x11.XCloseDisplay(ctypes.c_void_p(display))
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
