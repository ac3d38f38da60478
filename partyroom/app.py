"""The entry: arguments in, then either one command without a window, or the window."""

from __future__ import annotations

import argparse
import logging
import logging.handlers
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from partyroom.cli import REFUSED, build_parser, run_command
from partyroom.core.errors import bare_traceback
from partyroom.core.paths import config_folder

_log = logging.getLogger(__name__)
INTERRUPTED = 130  # as the shells have it: 128 + SIGINT
NO_DISPLAY = (
    "这台电脑没有图形界面，打不开窗口；不用窗口也可以生成文件，例如："
    "partyroom sample 文件夹，再 partyroom --library 文件夹 export minutes --meeting 1 -o 记录.pdf"
)


def run() -> None:
    """Run the program with the process's arguments and end with its status."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Carry out the arguments and return the exit status: 0 done, 1 refused, 2 wrong usage (by SystemExit)."""
    _speak_utf8()
    options = build_parser().parse_args(arguments)
    if options.command is not None:
        return _run_command(options)
    if not has_display(os.environ):
        sys.stderr.write(NO_DISPLAY + "\n")
        return REFUSED
    start_log()
    choose_input_method(os.environ)
    return _open_window(options)


def _run_command(options: argparse.Namespace) -> int:
    """Carry out a command; of a fault of ours the user gets a sentence, and the log where it happened."""
    try:
        return run_command(options)
    except KeyboardInterrupt:
        sys.stderr.write("已中断。\n")
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - the last stop before a traceback on the user's screen
        handler = start_log()
        if handler is not None:
            _log.exception("command %s failed", options.command)
            logging.getLogger().removeHandler(handler)
            handler.close()
        where = "" if handler is None else "，原因已记入日志"
        sys.stderr.write(f"程序内部出错，没有完成{where}；请把这次的操作和日志告诉维护人员。\n")
        return REFUSED


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a window can be shown at all; only Linux runs without a screen."""
    if not sys.platform.startswith("linux"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


class DiscreetFormatter(logging.Formatter):
    """Writes where an error arose but not its message, in which a name or an ID number may stand."""

    def format(self, record: logging.LogRecord) -> str:
        """One entry; what another handler may have written of the error is not taken over."""
        record.exc_text = None
        text = super().format(record)
        record.exc_text = None
        return text

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """The places and the kinds of the errors."""
        return bare_traceback(ei[1])


def start_log() -> logging.Handler | None:
    """Keep a log of what went wrong in the user's settings folder: at most 3 files of 1 MB, no personal data.

    Where that folder cannot be written the program runs without a log: None.
    """
    try:
        target = config_folder() / "partyroom.log"
        handler = logging.handlers.RotatingFileHandler(target, maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(DiscreetFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.WARNING)
    return handler


def choose_input_method(environment: dict[str, str] | os._Environ[str]) -> None:
    """Let Chinese be typed on Linux: Qt's wheels carry only ibus, which fcitx5 answers through its portal.

    A choice the user has made in the environment for which Qt has a plugin is kept.
    """
    if not sys.platform.startswith("linux") or environment.get("QT_IM_MODULE") in ("ibus", "compose"):
        return
    running = _running_programs()
    if "fcitx5" in running:
        environment["QT_IM_MODULE"] = "ibus"
        environment["IBUS_USE_PORTAL"] = "1"
    elif "ibus-daemon" in running:
        environment["QT_IM_MODULE"] = "ibus"


def _running_programs() -> set[str]:
    command = shutil.which("ps")
    if command is None:
        return set()
    try:
        listing = subprocess.run(  # noqa: S603  (a fixed command)
            [command, "-eo", "comm"], capture_output=True, text=True, check=False, timeout=5
        )
    except (OSError, subprocess.TimeoutExpired):
        return set()
    return {line.strip() for line in listing.stdout.splitlines()}


def _speak_utf8() -> None:
    """Chinese output whatever the console's code page or a C locale says."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _open_window(options: argparse.Namespace) -> int:
    # Qt takes a tenth of a second to load: commands do without it
    from partyroom.desktop import run_desktop

    return run_desktop(options.library, sample=options.sample)
