"""The handbook as data."""

from __future__ import annotations

from datetime import date

import pytest

from partyroom.documents.contribution import Piece
from partyroom.features.archives.book import (
    BoundPiece,
    Entry,
    OwnPage,
    arranged,
    entry_title,
    moved,
    numbered,
    reordered,
    section_of,
    usual_blanks,
)


def piece(key: str, title: str = "支委会（会议记录）", dated: date | None = date(2026, 9, 5)) -> Piece:
    return Piece(key, title, lambda _fetch: [], dated)


@pytest.mark.parametrize(
    ("natural", "order", "wanted"),
    [
        ("abcd", "", "abcd"),
        ("abcd", "cadb", "cadb"),
        ("abcd", "ca", "cdab"),  # b follows a, d follows c
        ("abcd", "dxc", "abdc"),  # x is gone; a and b come before everything that is placed
        ("abcd", "aabbd", "abcd"),
    ],
)
def test_new_parts_stand_beside_their_neighbours_and_gone_ones_are_forgotten(natural, order, wanted) -> None:
    assert "".join(arranged(list(natural), list(order))) == wanted


@pytest.mark.parametrize(("place", "wanted"), [(0, "cab"), (1, "acb"), (9, "abc"), (-3, "cab")])
def test_an_entry_is_moved_within_the_list(place, wanted) -> None:
    assert "".join(moved("abc", "c", place)) == wanted


def test_originals_go_with_the_part_they_stand_behind() -> None:
    original = Entry(3, "page:1", "签字", page=OwnPage(1, "签字", beside="meeting:3"))
    entries = [Entry(1, "a", "甲"), Entry(2, "b", "乙"), original, Entry(4, "c", "丙")]
    assert [one.key for one in reordered(entries, ["b", "c", "a"])] == ["b", "page:1", "c", "a"]


@pytest.mark.parametrize(
    ("number", "wanted"), [(1, "一、甲"), (10, "十、甲"), (11, "十一、甲"), (20, "二十、甲"), (25, "二十五、甲")]
)
def test_chapters_are_numbered_in_chinese(number, wanted) -> None:
    assert numbered(number, "甲") == wanted


def test_a_meeting_is_listed_with_its_day_and_a_yearly_paper_without() -> None:
    assert entry_title(piece("meeting:3"), 2026) == "9月5日　支委会"
    assert entry_title(piece("roster:2026", "党员花名册"), 2026) == "党员花名册"
    assert entry_title(piece("term:1", "第六届支部委员会", date(2024, 9, 1)), 2026) == "第六届支部委员会"
    assert entry_title(piece("x:1", "无日期", None), 2026) == "无日期"


def test_only_a_single_yearly_paper_is_its_chapter() -> None:
    roster, meeting = (BoundPiece(piece(key), "题") for key in ("roster:2026", "meeting:3"))
    assert section_of("a", "名册", [roster], 2026).alone
    assert not section_of("a", "会议", [meeting], 2026).alone
    assert not section_of("a", "名册", [roster, roster], 2026).alone


def test_meetings_are_held_as_often_as_the_articles_ask_and_everything_else_once() -> None:
    """ZB-20 to ZB-22: assembly each quarter, committee and group each month."""
    counts = [usual_blanks(f"meetings.{key}") for key in ("assembly", "committee", "group", "plan")]
    assert counts == [4, 12, 12, 1]
