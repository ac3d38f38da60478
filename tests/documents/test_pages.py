from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from partyroom.documents.pages import deal_out
from partyroom.documents.strips import Fading, NewPage, Strip


def strip(height: float = 10, **fields: object) -> Strip:
    return Strip(height=height, **fields)  # type: ignore[arg-type]


def heights(strips: list[Strip], room: float = 30) -> list[list[float]]:
    return [[item.height for _, item in page.strips] for page in deal_out(strips, room)]


def test_strips_fill_a_page_to_its_end() -> None:
    assert heights([strip() for _ in range(7)]) == [[10, 10, 10], [10, 10, 10], [10]]


def test_a_tied_strip_moves_with_the_next() -> None:
    assert heights([strip(), strip(), strip(5, keep=True), strip(10)]) == [[10, 10], [5, 10]]


def test_strips_tied_into_more_than_a_page_are_not_waited_for() -> None:
    assert heights([strip(keep=True) for _ in range(4)]) == [[10, 10, 10], [10]]


def test_a_gap_vanishes_behind_an_automatic_break_but_not_behind_a_wanted_one() -> None:
    gap = strip(7, fading=Fading.AFTER_BREAK)
    assert heights([strip(30), gap, strip(10)]) == [[30], [10]]
    assert heights([strip(10), NewPage(), gap, strip(10)]) == [[10], [7, 10]]


def test_a_gap_above_a_title_vanishes_at_the_top_of_any_page() -> None:
    gap = strip(7, fading=Fading.ALWAYS)
    assert heights([gap, strip(10), NewPage(), gap, strip(10)]) == [[10], [10]]


def test_a_page_break_at_the_end_adds_no_empty_page() -> None:
    assert heights([strip(), NewPage(), NewPage()]) == [[10]]


def test_a_head_is_repeated_on_each_new_page() -> None:
    head = strip(5, keep=True)
    assert heights([head, *(strip(10, head=head) for _ in range(5))]) == [[5, 10, 10], [5, 10, 10], [5, 10]]


def test_a_strip_higher_than_a_page_is_drawn_all_the_same() -> None:
    assert heights([strip(), strip(50), strip()]) == [[10], [50], [10]]


@given(st.lists(st.tuples(st.floats(0.1, 80), st.booleans(), st.booleans()), max_size=60))
def test_every_strip_is_dealt_out_once_and_in_order(items: list[tuple[float, bool, bool]]) -> None:
    head = strip(3)
    strips = [strip(height, keep=keep, head=head if headed else None) for height, keep, headed in items]
    dealt = [item for page in deal_out(strips, 30) for _, item in page.strips if item is not head]
    assert [id(item) for item in dealt] == [id(item) for item in strips]
