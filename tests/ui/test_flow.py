from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from partyroom.ui.flow import FlowLayout


@pytest.fixture
def line(qtbot):
    """A search box that may grow from 100 to 200, three filters of 80, tools of 60 at the end; gaps of 10."""
    holder = QWidget()
    qtbot.addWidget(holder)
    layout = FlowLayout(10, holder)
    parts = []
    for width in (100, 80, 80, 80, 60):
        part = QWidget()
        part.setMinimumSize(width, 20)
        part.setMaximumHeight(20)
        layout.addWidget(part)
        parts.append(part)
    parts[0].setMaximumWidth(200)
    layout.set_growing(parts[0])
    layout.set_last(parts[-1])

    def at(width: int) -> list[tuple[int, int, int]]:
        holder.resize(width, layout.heightForWidth(width))
        layout.setGeometry(holder.rect())
        return [(part.x(), part.y(), part.width()) for part in parts]

    return at, layout


def test_wide_window_has_one_line_with_the_last_at_the_right(line):
    at, layout = line
    places = at(700)
    assert {y for _, y, _ in places} == {0}
    assert places[0] == (0, 0, 200)
    assert places[-1][0] + places[-1][2] == 700
    assert layout.heightForWidth(700) == 20


def test_what_is_left_over_goes_to_the_one_that_grows(line):
    at, layout = line
    assert layout.sizeHint().width() == 440
    places = at(490)
    assert places[0][2] == 150
    assert places[-1][0] + places[-1][2] == 490


def test_narrow_window_has_more_lines_and_nothing_outside(line):
    at, layout = line
    places = at(200)
    assert layout.heightForWidth(200) == 80
    assert [y for _, y, _ in places] == [0, 0, 30, 30, 60]
    assert all(x >= 0 and x + width <= 200 for x, _, width in places)
    assert layout.minimumSize().width() == 100


def test_hidden_part_takes_no_room(line):
    at, layout = line
    layout.itemAt(1).widget().hide()
    at(700)
    assert layout.itemAt(2).widget().x() == 210


def test_parts_can_be_taken_out(line):
    _, layout = line
    assert layout.count() == 5
    assert layout.takeAt(0) is not None
    assert layout.count() == 4
    assert layout.itemAt(9) is None
    assert layout.takeAt(9) is None
