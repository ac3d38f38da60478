from __future__ import annotations

import time
from array import array
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt

from partyroom.ui.table_model import PENDING, TableModel, plain_tip
from partyroom.ui.table_source import PAGE, Anchor, Column, Loaded, Query, load


@dataclass(frozen=True)
class Line:
    id: int
    name: str
    secret: str = "123456"


class Fetches:
    """Collects what the model asks for and answers when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []

    def __call__(self, ids, arrived, failed) -> None:
        self.asked.append((list(ids), arrived, failed))

    def answer(self) -> None:
        ids, arrived, _ = self.asked.pop(0)
        arrived(tuple(Line(i, f"第{i}行") for i in ids))


COLUMNS = (
    Column("name", "姓名", align="center", tip=lambda row: f"<b>{row.name}</b>"),
    Column("secret", "号码", align="right", mask=lambda text: "*" * len(text)),
)


@pytest.fixture
def fetches() -> Fetches:
    return Fetches()


@pytest.fixture
def model(qapp, fetches) -> TableModel:
    return TableModel(COLUMNS, fetches)


def shown(model: TableModel, row: int, column: int = 0) -> str:
    return model.data(model.index(row, column))


def fill(model: TableModel, count: int) -> None:
    model.replace(Loaded(array("q", range(1, count + 1)), {}))


def test_model_obeys_the_rules_of_qt(model, fetches, qtmodeltester, qtbot):
    fill(model, 450)
    qtmodeltester.check(model)
    qtbot.waitUntil(lambda: bool(fetches.asked))
    fetches.answer()
    model.reveal(True)
    fill(model, 3)
    qtmodeltester.check(model)


def test_cell_waits_for_its_page_and_then_says_so(model, fetches, qtbot):
    fill(model, 450)
    assert shown(model, 210) == PENDING
    qtbot.waitUntil(lambda: bool(fetches.asked))
    with qtbot.waitSignal(model.dataChanged) as changed:
        fetches.answer()
    assert (changed.args[0].row(), changed.args[1].row()) == (PAGE, 2 * PAGE - 1)
    assert shown(model, 210) == "第211行"
    assert model.index(210, 0).data(Qt.ItemDataRole.UserRole) == 211


def test_only_one_page_is_under_way_and_the_latest_comes_next(model, fetches, qtbot):
    fill(model, 100 * PAGE)
    shown(model, 0)
    qtbot.waitUntil(lambda: len(fetches.asked) == 1)
    for page in range(1, 60):
        shown(model, page * PAGE)
    asked = []
    while fetches.asked:
        asked.append(fetches.asked[0][0][0])
        fetches.answer()
    assert asked == [1, 59 * PAGE + 1, 58 * PAGE + 1, 57 * PAGE + 1, 56 * PAGE + 1]


def test_old_pages_are_forgotten(model, fetches, qtbot):
    fill(model, 60 * PAGE)
    for page in range(55):
        shown(model, page * PAGE)
        qtbot.waitUntil(lambda: bool(fetches.asked))
        fetches.answer()
    assert model.row_at(0) is None
    assert model.row_at(54 * PAGE) is not None


def test_answer_to_an_earlier_question_is_dropped(model, fetches, qtbot):
    fill(model, 10)
    shown(model, 0)
    qtbot.waitUntil(lambda: bool(fetches.asked))
    fill(model, 2)
    fetches.answer()
    assert model.row_at(0) is None
    assert shown(model, 0) == PENDING


def test_page_that_cannot_be_read_is_asked_for_once(model, fetches, qtbot):
    fill(model, 10)
    shown(model, 0)
    qtbot.waitUntil(lambda: bool(fetches.asked))
    fetches.asked.pop()[2](ValueError("kaputt"))
    shown(model, 0)
    qtbot.wait(20)
    assert fetches.asked == []


def test_vanished_row_is_blank(model):
    model.replace(Loaded(array("q", [1, 2]), {0: (Line(1, "甲"), None)}))
    assert [shown(model, 0), shown(model, 1)] == ["甲", ""]


def test_masked_column_shows_stars_until_revealed(model):
    model.replace(Loaded(array("q", [1]), {0: (Line(1, "甲"),)}))
    assert shown(model, 0, 1) == "******"
    model.reveal(True)
    assert shown(model, 0, 1) == "123456"


def test_lines_of_a_cell_are_drawn_on_one_and_a_book_is_cut(model):
    model.replace(Loaded(array("q", [1]), {0: (Line(1, "上\n下" + "长" * 10_000_000),)}))
    assert shown(model, 0).startswith("上 下长")
    assert len(shown(model, 0)) == 400


def test_tool_tip_is_never_markup(model):
    model.replace(Loaded(array("q", [1]), {0: (Line(1, "<script>"),)}))
    tip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;&lt;script&gt;" in tip
    assert plain_tip("  \n") is None


def time_to_fill(model, count: int) -> float:
    started = time.perf_counter()
    fill(model, count)
    assert model.rowCount() == count
    assert shown(model, count - 1) == PENDING
    return time.perf_counter() - started


def test_million_ids_answer_at_once(model):
    few = time_to_fill(model, 1_000)
    assert time_to_fill(model, 1_000_000) < 500 * max(few, 0.001)  # a row object each would take far longer


class Numbers:
    def __init__(self, ids) -> None:
        self.all = list(ids)

    def ids(self, session, query):
        return self.all

    def rows(self, session, ids):
        assert len(ids) <= PAGE
        return [Line(i, str(i)) for i in reversed(ids)]


def test_load_brings_the_rows_around_the_anchor_in_their_order():
    loaded = load(Numbers(range(1000, 2000)), Query(), Anchor(1390, 0), None)
    assert loaded.top == 390
    assert sorted(loaded.pages) == [1, 2]
    assert [row.id for row in loaded.pages[1]] == list(range(1200, 1400))


def test_load_stays_at_the_place_of_a_deleted_anchor():
    assert load(Numbers(range(1000, 1500)), Query(), Anchor(7, 390), None).top == 390
    assert load(Numbers([1, 2, 3]), Query(), Anchor(7, 390), None).top == 2
    assert load(Numbers([]), Query(), Anchor(7, 390), None).pages == {0: ()}
