from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from partyroom import schema
from partyroom.core.errors import DomainError
from partyroom.features.meetings.absence import MakeUpDraft
from partyroom.features.meetings.domain import MeetingDraft, Resolution, State
from partyroom.features.meetings.make_up_service import finish_make_ups
from partyroom.features.meetings.resolution_service import add_follow_up, close_resolutions
from partyroom.features.meetings.service import (
    bin_meetings,
    expected_attendance,
    get_meeting,
    record_meeting,
    update_meeting,
)
from partyroom.features.meetings.tables import MakeUpRecord, ResolutionRecord
from partyroom.features.members.domain import Category, MemberDraft
from partyroom.features.members.service import admit_member
from partyroom.storage.audit import list_change_sets
from partyroom.storage.base import Base
from partyroom.storage.library import Library
from partyroom.storage.undo import undo_change_set
from partyroom.storage.years import ClosedYear, closed_years

assert schema.TABLES
CLOSED = "2025年已经归档关闭"


@pytest.fixture
def meeting(library: Library) -> int:
    def work(session) -> int:
        for name in ("赵一", "钱二", "孙三"):
            admit_member(session, MemberDraft(name, category=Category.FULL))
        day = datetime.fromisoformat("2025-12-20T15:00")
        first, *others = expected_attendance(session, "theme_day", day.date())
        lines = (replace(first, state=State.ABSENT), *others)
        draft = MeetingDraft(
            "theme_day",
            "十二月主题党日",
            day,
            attendance=lines,
            minutes="学习。",
            resolutions=(Resolution("修好投影仪"),),
        )
        return record_meeting(session, draft)

    return library.write("记录会议", work).result


@pytest.fixture
def close(library: Library):
    def run(year: int = 2025) -> None:
        record = ClosedYear(year=year, closed_at=datetime.fromisoformat("2026-01-10T09:00"), closed_by="钱二")
        library.write("关闭年度", lambda session: session.add(record))

    return run


def changed(session, meeting: int, **fields: object) -> None:
    update_meeting(session, meeting, replace(get_meeting(session, meeting).draft, **fields))


def test_an_open_year_takes_changes(library, meeting, close) -> None:
    close(2024)
    library.write("改", lambda session: changed(session, meeting, title="改过"))
    assert library.read(lambda session: get_meeting(session, meeting).draft.title) == "改过"


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "改过"},
        {"starts_at": datetime.fromisoformat("2026-01-05T15:00")},
        {"attendance": ()},
        {"resolutions": (Resolution("另一件事"),)},
    ],
    ids=["title", "out of the year", "children taken away", "a child added"],
)
def test_nothing_of_a_closed_year_changes(library, meeting, close, fields) -> None:
    close()
    before = library.read(lambda session: get_meeting(session, meeting))
    with pytest.raises(DomainError, match=CLOSED):
        library.write("改", lambda session: changed(session, meeting, **fields))
    assert library.read(lambda session: get_meeting(session, meeting)) == before


def test_nothing_is_moved_or_written_into_a_closed_year(library, meeting, close) -> None:
    close(2026)
    with pytest.raises(DomainError, match="2026年已经归档关闭"):
        library.write("改", lambda s: changed(s, meeting, starts_at=datetime.fromisoformat("2026-01-05T15:00")))
    day = datetime.fromisoformat("2026-02-05T15:00")
    with pytest.raises(DomainError, match="2026年已经归档关闭"):
        library.write("记", lambda s: record_meeting(s, MeetingDraft("assembly", "党员大会", day)))


def test_a_closed_year_is_neither_binned_nor_undone(library, meeting, close) -> None:
    close()
    with pytest.raises(DomainError, match=CLOSED):
        library.write("删", lambda session: bin_meetings(session, [meeting]))
    recorded = next(line.id for line in library.read(list_change_sets) if line.label == "记录会议")
    with pytest.raises(DomainError, match=CLOSED):
        library.write("撤销", lambda session: undo_change_set(session, recorded))


def test_what_was_left_open_goes_on_after_the_year(library, meeting, close) -> None:
    close()
    lesson, resolution = library.read(
        lambda s: (s.scalars(select(MakeUpRecord.id)).one(), s.scalars(select(ResolutionRecord.id)).one())
    )

    def work(session) -> None:
        add_follow_up(session, resolution, date(2026, 1, 12), "已报修")
        close_resolutions(session, [resolution], date(2026, 1, 20), "修好了")
        finish_make_ups(session, [lesson], MakeUpDraft(date(2026, 1, 9), "单独讲", "主题党日内容", "孙三"))

    library.write("办结", work)
    assert library.read(lambda s: s.get_one(ResolutionRecord, resolution).closed_on) == date(2026, 1, 20)


def test_undoing_what_came_after_the_closing_is_allowed(library, meeting, close) -> None:
    close()
    resolution = library.read(lambda s: s.scalars(select(ResolutionRecord.id)).one())
    closing = library.write("办结", lambda s: close_resolutions(s, [resolution], date(2026, 1, 20))).change_set
    library.write("撤销", lambda session: undo_change_set(session, closing))
    assert library.read(lambda s: s.get_one(ResolutionRecord, resolution).closed_on) is None


def test_a_reopened_year_takes_changes_again(library, meeting, close) -> None:
    close()

    def reopen(session) -> None:
        session.scalars(select(ClosedYear)).one().reopened_at = datetime.fromisoformat("2026-02-01T09:00")

    library.write("重新打开", reopen)
    assert library.read(closed_years) == frozenset()
    library.write("改", lambda session: changed(session, meeting, title="改过"))


def test_every_declared_column_exists_and_leads_to_a_year() -> None:
    declared = [mapper.class_ for mapper in Base.registry.mappers if getattr(mapper.class_, "__year_of__", "")]
    assert len(declared) > 20
    for mapped in declared:
        column = mapped.__table__.columns[mapped.__year_of__]
        parents = [key.column.table.name for key in column.foreign_keys]
        guarded = {one.__tablename__ for one in declared}
        assert not parents or parents[0] in guarded, f"{mapped.__name__} hangs on {parents}, which knows no year"
        assert getattr(mapped, "__still_open__", frozenset()) <= set(mapped.__table__.columns.keys())
