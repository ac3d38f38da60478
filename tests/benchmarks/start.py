"""From exec to a usable window: ours on the sample branch, LibreOffice Calc with the same roster, GnuCash.

    python tests/benchmarks/start.py [--runs 5]

Everything runs on a screen of its own (Xvfb), with a home of its own, after a first start that does not count. All are
measured alike and from outside: the moment from which the screen looks as it does when nothing moves any more. (A
window may be there, with its title, long before anything stands in it.) Linux only; needs Xvfb. Memory is the greatest
resident size of the process and what it started, shared libraries counted in.
"""

from __future__ import annotations

import argparse
import mmap
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from measuring import heading, peak_of, say, spread, tree_of

PROGRAM = (sys.executable, "-m", "partyroom")
PATIENCE_S = 40.0
QUIET_S = 1.5
FILLED = 0.3  # of the screen: a splash covers less
SAME = 0.003  # of the pixels may differ from the final picture: a cursor blinks
EVERY = 4 * 61  # one pixel of so many is looked at
Environment = Mapping[str, str]


@dataclass(frozen=True)
class Screen:
    """A display that nobody sees, and its pixels."""

    environment: dict[str, str]
    pixels: mmap.mmap

    def look(self) -> bytes:
        """Some pixels from everywhere."""
        return self.pixels[::EVERY]


def main() -> None:
    """Measure all contestants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    if shutil.which("Xvfb") is None:
        say("Xvfb is not installed: nothing measured")
        return
    heading("Start")
    with tempfile.TemporaryDirectory(prefix="partyroom-benchmark-") as scratch, screen(Path(scratch)) as display:
        ours = 0.0
        for name, command in contestants(Path(scratch), display.environment):
            ours = race(name, command, display, runs, ours)


def contestants(scratch: Path, environment: Environment) -> Iterator[tuple[str, list[str]]]:
    """Ours and those of the others that are installed: name and command."""
    library, roster = scratch / "library", scratch / "roster.xlsx"
    run([*PROGRAM, "sample", str(library)], environment)
    run([*PROGRAM, "--library", str(library), "export", "roster", "--format", "xlsx", "-o", str(roster)], environment)
    yield "partyroom", [*PROGRAM, "--library", str(library)]
    if office := shutil.which("soffice"):
        profile = f"-env:UserInstallation={(scratch / 'profile').as_uri()}"
        yield "LibreOffice Calc", [office, profile, "--norestore", "--nologo", "--calc", str(roster)]
    else:
        say("  LibreOffice Calc   not installed: skipped")
    if gnucash := shutil.which("gnucash"):
        yield "GnuCash", [gnucash, "--nofile"]
    else:
        say("  GnuCash            not installed: skipped")


def race(name: str, command: Sequence[str], display: Screen, runs: int, ours: float) -> float:
    """Start a program once to warm up and several times to measure; print the medians and return ours."""
    try:
        first, _ = start_once(command, display)
        taken = [start_once(command, display) for _ in range(runs)]
    except TimeoutError:
        say(f"  {name:18} no usable window within {PATIENCE_S:.0f} s: skipped")
        return ours
    times, peaks = [one[0] for one in taken], [one[1] for one in taken]
    ours = ours or statistics.median(times)
    ratio = ours / statistics.median(times)
    say(f"  {name:18} first {first:5.2f} s, later {spread(times)}  ours/it {ratio:4.2f}  peak {max(peaks):4.0f} MB")
    return ours


def start_once(command: Sequence[str], display: Screen) -> tuple[float, float]:
    """Seconds until the screen has its final picture, and peak memory in MB."""
    empty = display.look()
    start = time.monotonic()
    process = subprocess.Popen(
        list(command),
        env=display.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        usable = watch(display, empty) - start
        return usable, sum(peak_of(pid) for pid in tree_of(process.pid))
    finally:
        end(process)
        while differing(display.look(), empty) > SAME:  # the screen takes a moment to forget
            time.sleep(0.1)


def watch(display: Screen, empty: bytes) -> float:
    """The moment from which the screen, filled by a window, looked as it does when it has come to rest."""
    seen = [(time.monotonic(), empty)]
    deadline = seen[0][0] + PATIENCE_S
    while (now := time.monotonic()) < deadline:
        picture = display.look()
        if picture != seen[-1][1]:
            seen.append((now, picture))
        elif now - seen[-1][0] > QUIET_S and differing(picture, empty) > FILLED:
            final = next(i for i in range(len(seen), 0, -1) if i == 1 or differing(seen[i - 2][1], picture) > SAME)
            return seen[final - 1][0]
        time.sleep(0.005)
    raise TimeoutError


def differing(one: bytes, other: bytes) -> float:
    """Which part of the pixels differ."""
    return sum(a != b for a, b in zip(one, other, strict=True)) / len(one)


@contextmanager
def screen(scratch: Path) -> Iterator[Screen]:
    """A display that nobody sees, and an environment in which programs find it and a home of their own."""
    home = scratch / "home"
    home.mkdir()
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24", "-fbdir", str(scratch)],
        pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        number = answer.readline().strip()
    left_out = ("XDG_", "QT_", "WAYLAND", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    # As after the first start on a user's PC: Python has kept what it compiled.
    own = {"PYTHONPYCACHEPREFIX": str(scratch / "compiled"), "HOME": str(home), "DISPLAY": f":{number}"}
    try:
        with (
            (scratch / "Xvfb_screen0").open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pixels,
        ):
            yield Screen({**kept, **own, "LANG": "C.UTF-8", "NO_AT_BRIDGE": "1"}, pixels)
    finally:
        server.terminate()
        server.wait()


def run(command: Sequence[str], environment: Environment) -> None:
    """Run a preparation."""
    subprocess.run(list(command), env=dict(environment), check=True, stdout=subprocess.DEVNULL)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program that we started, with everything it started, and wait until all of it is gone."""
    started = tree_of(process.pid)
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            break
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            process.poll()
            if not any(alive(pid) for pid in started):
                return
            time.sleep(0.02)
    process.wait()


def alive(pid: int) -> bool:
    """Whether a process still runs; one that only waits to be noticed does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


if __name__ == "__main__":
    main()
