"""A list of 100,000 people: first paint, scrolling, sorting, memory; ours beside everything in memory.

    python tests/benchmarks/table.py [--runs 3] [--rows 100000]

The other contestant is what one would write first: all rows read into a Python model, QSortFilterProxyModel before
it, the same view, the same columns. Each contestant runs in a process of its own, offscreen.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measuring import heading, own_peak, run_apart, say
from people import make_library
from PySide6.QtCore import QAbstractTableModel, QEventLoop, QModelIndex, QSortFilterProxyModel, Qt, QTimer
from PySide6.QtWidgets import QApplication, QTableView
from sqlalchemy import select

from partyroom import schema
from partyroom.features.members.page import MembersPage
from partyroom.features.members.tables import Member
from partyroom.storage.library import Library
from partyroom.ui.desk import Desk
from partyroom.ui.messages import Messages
from partyroom.ui.preferences import Preferences
from partyroom.ui.table import TablePanel
from partyroom.ui.tasks import Tasks
from partyroom.ui.theme import apply_theme

STEPS = 200
SIZE = (1200, 800)
Figures = dict[str, float]


class NoDrafts:
    """The list keeps no drafts."""

    def load(self, key: str) -> None:
        """Nothing was kept."""

    def save(self, key: str, payload: dict[str, Any]) -> None:
        """Nothing is kept."""

    def discard(self, key: str) -> None:
        """Nothing was kept."""


class MemoryModel(QAbstractTableModel):
    """Every row as a tuple of texts."""

    def __init__(self, rows: list[tuple[str, ...]]) -> None:
        super().__init__()
        self.rows = rows

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """All of them."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """As many as the roster shows."""
        return 0 if parent.isValid() else len(self.rows[0])

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text."""
        return self.rows[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None


def main() -> None:
    """Measure both contestants, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--contestant", choices=("ours", "memory"))
    parser.add_argument("--library", type=Path)
    options = parser.parse_args()
    if options.contestant:
        sys.stdout.write(json.dumps(be(options.contestant, options.library)))
        return
    heading(f"A list of {options.rows:,} people")
    with tempfile.TemporaryDirectory(prefix="partyroom-benchmark-") as scratch:
        os.environ |= {"QT_QPA_PLATFORM": "offscreen", "HOME": scratch, "XDG_CONFIG_HOME": scratch}
        folder = Path(scratch) / "library"
        make_library(folder, options.rows)
        ours, memory = (medians(name, folder, options.runs) for name in ("ours", "memory"))
    say(f"  {'':34}{'ours':>10}{'in memory':>12}{'ratio':>8}")
    for key in ours:
        ratio = ours[key] / memory[key] if memory[key] else 0.0
        say(f"  {key:34}{ours[key]:10.2f}{memory[key]:12.2f}{ratio:8.2f}")


def medians(contestant: str, folder: Path, runs: int) -> Figures:
    """The median of each figure of several runs."""
    found = [
        json.loads(run_apart("table.py", "--contestant", contestant, "--library", str(folder))) for _ in range(runs)
    ]
    return {key: statistics.median(one[key] for one in found) for key in found[0]}


def be(contestant: str, folder: Path) -> Figures:
    """Run one contestant and return its figures."""
    app = QApplication([])
    apply_theme(app, large=False)
    assert schema.TABLES
    with Library.open(folder) as library:
        return ours(library) if contestant == "ours" else in_memory(library)


def ours(library: Library) -> Figures:
    """The roster's own list, with its source, columns, filters and summary."""
    messages = Messages()
    tasks = Tasks(library, messages)
    desk = Desk(tasks, messages, Preferences(), library, NoDrafts())
    start = time.perf_counter()
    page = MembersPage(desk)
    panel = page.table
    page.resize(*SIZE)
    page.show()
    until(lambda: panel.model.row_at(0) is not None)
    panel.view.viewport().repaint()
    figures = {"first paint, s": time.perf_counter() - start}
    figures |= scroll(panel.view, settled=lambda row: panel.model.row_at(row) is not None)
    figures["sort by age, s"] = sorted_in(lambda: panel.sort("age", True), panel)
    figures["search “zqy”, s"] = searched(panel)
    figures["peak memory, MB"] = own_peak()
    page.close()
    tasks.shut_down()
    return figures


def sorted_in(ask: Callable[[], object], panel: TablePanel) -> float:
    """Seconds until the first rows of a new order are painted."""
    arrived: list[bool] = []
    panel.loaded.connect(lambda: arrived.append(True))
    start = time.perf_counter()
    ask()
    until(lambda: bool(arrived) and panel.model.row_at(0) is not None)
    panel.view.viewport().repaint()
    return time.perf_counter() - start


def searched(panel: TablePanel) -> float:
    """Seconds from the end of the pause after typing to the painted answer."""
    panel.bar.search.put("zqy")
    return sorted_in(panel.reload, panel)


def in_memory(library: Library) -> Figures:
    """All rows in Python, sorted and filtered by Qt."""
    start = time.perf_counter()
    model = MemoryModel(library.read(read_texts))
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(model)
    proxy.setFilterKeyColumn(0)
    view = QTableView()
    view.setModel(proxy)
    view.resize(*SIZE)
    view.show()
    view.viewport().repaint()
    figures = {"first paint, s": time.perf_counter() - start}
    figures |= scroll(view, settled=lambda row: True)
    start = time.perf_counter()
    proxy.sort(2, Qt.SortOrder.DescendingOrder)
    view.viewport().repaint()
    figures["sort by age, s"] = time.perf_counter() - start
    start = time.perf_counter()
    proxy.setFilterFixedString("赵甲乙")
    view.viewport().repaint()
    figures["search “zqy”, s"] = time.perf_counter() - start
    figures["peak memory, MB"] = own_peak()
    return figures


def read_texts(session: Any) -> list[tuple[str, ...]]:
    """The columns that the roster shows, by plain SQL: the quickest way there is."""
    columns = Member.__table__.c
    shown = (
        columns.name, columns.sex, columns.birth, columns.category, columns.joined, columns.full_since,
        columns.department_id, columns.group_id, columns.post, columns.education, columns.phone,
    )  # fmt: skip
    rows = session.connection().execute(select(*shown).order_by(columns.name_key))
    return [tuple("" if value is None else str(value) for value in row) for row in rows]


def scroll(view: QTableView, *, settled: Callable[[int], bool]) -> Figures:
    """Scroll like a wheel and leap like a dragged thumb: time of a frame, time until the rows are there."""
    bar = view.verticalScrollBar()
    wheel = [frame(view, bar.value() + 3 * view.verticalHeader().defaultSectionSize()) for _ in range(STEPS)]
    chance = random.Random(1)
    leaps, waits = [], []
    for _ in range(STEPS // 4):
        start = time.perf_counter()
        leaps.append(frame(view, chance.randrange(bar.maximum())))
        row = max(view.rowAt(1), 0)
        until(lambda row=row: settled(row))
        view.viewport().repaint()
        waits.append(time.perf_counter() - start)
    return {
        "frame while scrolling, ms": 1000 * statistics.median(wheel),
        "1 frame in 20 slower than, ms": 1000 * statistics.quantiles(wheel, n=20)[-1],
        "leap to anywhere: frame, ms": 1000 * statistics.median(leaps),
        "leap to anywhere: rows there, ms": 1000 * statistics.median(waits),
    }


def frame(view: QTableView, value: int) -> float:
    """Move to `value`, paint, and let what was caused by it happen; seconds of moving and painting."""
    start = time.perf_counter()
    view.verticalScrollBar().setValue(value)
    view.viewport().repaint()
    taken = time.perf_counter() - start
    pause()
    return taken


def pause() -> None:
    """One turn of the event loop."""
    loop = QEventLoop()
    QTimer.singleShot(0, loop.quit)
    loop.exec()


def until(true: Callable[[], bool], most_s: float = 60.0) -> None:
    """Run the event loop until something is true."""
    end = time.perf_counter() + most_s
    while not true():
        if time.perf_counter() > end:
            raise TimeoutError("the list did not get ready")
        pause()


if __name__ == "__main__":
    main()
