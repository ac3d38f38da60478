from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject

from partyroom.ui.collecting import MainThreadCollector


@pytest.fixture
def collector(qapp) -> Iterator[MainThreadCollector]:
    made = MainThreadCollector()
    yield made
    made.stop()
    assert gc.isenabled()


def _ring(died_on: list[int]) -> None:
    class Mourned:
        def __init__(self, thing: QObject) -> None:
            self.thing = thing
            self.ring = self

        def __del__(self) -> None:
            died_on.append(threading.get_ident())

    Mourned(QObject())


def test_rings_die_on_the_thread_of_the_window(collector):
    died_on: list[int] = []
    _ring(died_on)
    worker = threading.Thread(target=lambda: [[] for _ in range(200_000)] and [_ring([]) for _ in range(2_000)])
    worker.start()
    worker.join()
    assert died_on == []
    gc.collect()
    assert died_on == [threading.get_ident()]


def test_collecting_waits_until_there_is_something_to_collect(collector, monkeypatch):
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", collected.append)
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    for counts in ((3, 0, 0), (701, 0, 0), (701, 11, 0), (0, 0, 11)):
        monkeypatch.setattr(gc, "get_count", lambda counts=counts: counts)
        collector.collect_if_due()
    assert collected == [0, 1, 2]
