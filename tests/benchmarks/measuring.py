"""What the benchmarks share: medians, memory of a process tree, the line that names the machine."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def say(text: str = "") -> None:
    """Print a line at once, even into a pipe."""
    print(text, flush=True)


def heading(title: str) -> None:
    """Name the benchmark and the machine it runs on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    say(f"{title}: {cores} cores, {_system()}, Python {platform.python_version()}")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that `work` takes, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def median_of(runs: int, work: Callable[[], object]) -> float:
    """The median of the seconds of several runs."""
    return statistics.median(timed(work)[0] for _ in range(runs))


def spread(values: Sequence[float]) -> str:
    """The median with the least and the greatest."""
    return f"{statistics.median(values):6.2f} s  ({min(values):.2f}–{max(values):.2f})"


def own_peak() -> float:
    """The most memory this process ever had, in MB (Linux only; 0 elsewhere)."""
    return peak_of(os.getpid())


def peak_of(pid: int) -> float:
    """The most resident memory a process ever had, in MB; 0 when it is gone or the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def tree_of(pid: int) -> list[int]:
    """A process and everything it started."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text(encoding="ascii").split()]
            except OSError:
                continue
    return found


def own_script(name: str, *arguments: str) -> list[str]:
    """The command that runs a benchmark of this folder in a process of its own."""
    return [sys.executable, str(Path(__file__).with_name(name)), *arguments]


def run_apart(name: str, *arguments: str) -> str:
    """Run a benchmark of this folder as a contestant in a process of its own, and return what it printed."""
    command = own_script(name, *arguments)
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    return done.stdout


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError, AttributeError):
        return platform.platform()
