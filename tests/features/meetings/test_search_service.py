# ruff: noqa: DTZ001  (a branch lives in one time zone)
"""The search tells where it found what, and its index is checked against what is stored."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from partyroom.features.exchange.service import undo_import
from partyroom.features.meetings.domain import AgendaItem, MeetingDraft, Resolution
from partyroom.features.meetings.search import index_problems, rebuild_index
from partyroom.features.meetings.search_service import Place, find_in_minutes
from partyroom.features.meetings.service import bin_meetings, record_meeting
from partyroom.features.safekeeping.service import list_bin, purge, undo_change
from partyroom.storage.library import Library, restore_library

OLD = Path(__file__).resolve().parents[2] / "data" / "library_0001.db"


@pytest.fixture
def record(library):
    def make(month: int = 1, minutes: str = "", **fields):
        title = fields.pop("title", f"{month}月党员大会")
        draft = MeetingDraft("assembly", title, datetime(2026, month, 5, 14), minutes=minutes, **fields)
        return library.write("记录", lambda s: record_meeting(s, draft))

    return make


def find(library, asked: str, shown: int = 100):
    return library.read(lambda s: find_in_minutes(s, asked, shown))


def problems(library) -> list[str]:
    return library.read(index_problems)


def test_each_place_is_told_with_its_piece_of_text_newest_meeting_first(library, record):
    one = record(1, "研究校园安全。", topic="安全教育", place="安全馆", chair="安全员").result
    two = record(
        2,
        agenda=(AgendaItem("通报"), AgendaItem("讨论安全")),
        resolutions=(Resolution("购书"), Resolution("查安全"), Resolution("安全第一")),
        title="安全月会",
    ).result
    found = find(library, "安全")
    assert [(line.meeting_id, line.place, line.row, line.snippet.text) for line in found.lines] == [
        (two, Place.TITLE, 0, "安全月会"),
        (two, Place.AGENDA, 1, "讨论安全"),
        (two, Place.RESOLUTION, 1, "查安全"),
        (two, Place.RESOLUTION, 2, "安全第一"),
        (one, Place.TOPIC, 0, "安全教育"),
        (one, Place.PLACE, 0, "安全馆"),
        (one, Place.CHAIR, 0, "安全员"),
        (one, Place.MINUTES, 0, "研究校园安全。"),
    ]
    assert found.meetings == found.shown == 2
    assert found.lines[0].kind == "支部党员大会"
    assert found.lines[0].title == (("安全", True), ("月会", False))


def test_places_with_all_words_are_preferred_to_those_with_one(library, record):
    record(1, "讨论双减，也讨论师德。", topic="双减")
    record(2, "只讨论师德。", topic="双减")
    found = find(library, "师德 双减")
    assert [line.place for line in found.lines] == [Place.TOPIC, Place.MINUTES, Place.MINUTES]
    assert [line.starts_at.month for line in found.lines] == [2, 2, 1]


def test_all_meetings_are_counted_though_not_all_are_shown(library, record):
    for month in range(1, 6):
        record(month, "师")
    found = find(library, "师", shown=2)
    assert (found.meetings, found.shown) == (5, 2)
    assert [line.starts_at.month for line in found.lines] == [5, 4]


def test_nothing_is_looked_for_without_a_word(library, record):
    record(1, "甲")
    assert find(library, " \u3000").meetings == 0
    assert find(library, "乙").lines == ()


def test_index_is_sound_after_recording_binning_purging_and_undoing(library, record):
    assert problems(library) == []
    written = record(1, "Straße 甲 𬭎", agenda=(AgendaItem("议"),), resolutions=(Resolution("决"),))
    record(2, "乙" * 300)
    assert problems(library) == []
    library.write("删除", lambda s: bin_meetings(s, [written.result]))
    assert problems(library) == []
    removed = library.write("彻底删除", lambda s: purge(s, list_bin(s))).change_set
    assert problems(library) == []
    library.write("撤销", lambda s: undo_change(s, removed))
    assert problems(library) == []
    library.write("撤销导入", lambda s: undo_import(s, written.change_set + 1))
    assert problems(library) == []


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("DELETE FROM minutes_search WHERE rowid = 1", "少了1次会议"),
        ("INSERT INTO minutes_search (rowid, content) VALUES (99, '甲')", "多出1次已经不存在的会议"),
        ("UPDATE meetings SET minutes = '别的文字'", "有2次会议的文字与会议记录不一致"),
        ("INSERT INTO minutes_search (minutes_search) VALUES ('delete-all')", "少了2次会议"),
    ],
)
def test_index_that_disagrees_is_noticed_and_can_be_made_anew(library, record, damage, sentence):
    record(1, "甲" * 200)
    binned = record(2, "乙丙丁").result
    library.write("删除", lambda s: bin_meetings(s, [binned]))
    library.write("损坏", lambda s: s.execute(text(damage)))
    (told,) = problems(library)
    assert sentence in told
    assert library.check(index_problems) == [told]
    assert library.write("重建", rebuild_index).result == 2
    assert library.check(index_problems) == []
    words = "别的" if "UPDATE" in damage else "甲甲"
    assert find(library, words).meetings == 1


def test_index_whose_structure_is_broken_is_noticed_and_can_be_made_anew(library, record):
    record(1, "甲乙丙" * 50)
    library.write("损坏", lambda s: s.execute(text("UPDATE minutes_search_data SET block = x'00' WHERE id > 100")))
    assert library.check(index_problems) != []
    library.write("重建", rebuild_index)
    assert library.check(index_problems) == []
    assert find(library, "丙甲").meetings == 1


def test_old_library_is_indexed_when_it_is_brought_up_to_date(tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    shutil.copyfile(OLD, folder / "library.db")
    with Library.open(folder) as library:
        assert problems(library) == []
        stored = library.read(lambda s: s.execute(text("SELECT title, minutes FROM meetings")).one())
        for words in (stored.title, stored.title[2:4]):
            assert find(library, words).meetings == 1
    restore_library(OLD, tmp_path / "restored")
    with Library.open(tmp_path / "restored") as library:
        assert problems(library) == []
        assert find(library, stored.title).meetings == 1
