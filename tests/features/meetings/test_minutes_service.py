# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import delete, select

from partyroom.core.calendar import stopped_at
from partyroom.core.errors import DomainError
from partyroom.features.meetings import minutes_service, service
from partyroom.features.meetings.domain import AgendaItem, MeetingDraft, Resolution, Stage, written_late
from partyroom.features.meetings.resolution_service import close_resolutions, list_resolution_rows
from partyroom.features.meetings.tables import Meeting, VersionRecord
from partyroom.features.safekeeping.service import undo_change
from partyroom.storage.audit import Change, ChangeSet
from partyroom.storage.recycle import purge, restore
from partyroom.storage.undo import undo_change_set

MEETING = MeetingDraft("assembly", "大会", datetime(2026, 9, 10, 15), minutes="第一稿")


@pytest.fixture
def write(library):
    return lambda work, label="测试": library.write(label, work)


@pytest.fixture
def recorded(write, fixed_today):
    return write(lambda s: service.record_meeting(s, MEETING)).result


@pytest.fixture
def versions(library):
    return lambda meeting: [
        (one.text, one.current) for one in library.read(lambda s: minutes_service.list_versions(s, meeting))
    ]


def save(write, meeting: int, **fields):
    return write(lambda s: service.update_meeting(s, meeting, replace(MEETING, **fields)))


def test_each_save_that_changes_the_text_leaves_a_version(write, recorded, versions):
    save(write, recorded, minutes="第二稿")
    save(write, recorded, minutes="第二稿", title="改名")
    save(write, recorded, minutes="第一稿")
    assert versions(recorded) == [("第一稿", True), ("第二稿", False), ("第一稿", False)]


def test_an_emptied_text_is_a_version_and_a_blank_beginning_none(write, versions, fixed_today):
    meeting = write(lambda s: service.record_meeting(s, replace(MEETING, minutes=""))).result
    assert versions(meeting) == []
    save(write, meeting, minutes="写了")
    save(write, meeting, minutes="")
    assert versions(meeting) == [("", True), ("写了", False)]


def test_minutes_from_before_there_was_a_history_are_its_first_version(library, write, recorded, versions):
    write(lambda s: s.execute(delete(VersionRecord)))
    save(write, recorded, minutes="第二稿")
    assert versions(recorded) == [("第二稿", True), ("第一稿", False)]
    first = library.read(lambda s: minutes_service.list_versions(s, recorded))[-1]
    assert first.at == library.read(lambda s: service.get_meeting(s, recorded)).recorded_at


def test_undoing_a_save_takes_its_version_back_too(write, recorded, versions):
    done = save(write, recorded, minutes="第二稿")
    write(lambda s: undo_change_set(s, done.change_set))
    assert versions(recorded) == [("第一稿", True)]


def test_a_finalised_record_refuses_changes_and_the_bin_until_it_is_opened_again(library, write, recorded, fixed_today):
    write(lambda s: minutes_service.finalise_minutes(s, recorded))
    detail = library.read(lambda s: service.get_meeting(s, recorded))
    assert detail.finalised_at == fixed_today
    assert library.read(lambda s: service.list_rows(s, [recorded]))[0].finalised
    for work in (
        lambda s: service.update_meeting(s, recorded, replace(MEETING, title="改名")),
        lambda s: service.bin_meetings(s, [recorded]),
        lambda s: minutes_service.finalise_minutes(s, recorded),
    ):
        with pytest.raises(DomainError, match="已于2026年11月22日定稿，不能改动"):
            write(work)
    with pytest.raises(DomainError, match="请写明重新打开的原因"):
        write(lambda s: minutes_service.reopen_minutes(s, recorded, " "))
    write(lambda s: minutes_service.reopen_minutes(s, recorded, "更正票数"), "重新打开会议记录：更正票数")
    save(write, recorded, title="改名")
    detail = library.read(lambda s: service.get_meeting(s, recorded))
    assert (detail.draft.title, detail.finalised_at, detail.reopen_reason) == ("改名", None, "更正票数")
    with pytest.raises(DomainError, match="没有定稿，可以直接修改"):
        write(lambda s: minutes_service.reopen_minutes(s, recorded, "再开"))


def test_reopening_stands_in_the_change_log_with_its_reason(library, write, recorded):
    write(lambda s: minutes_service.finalise_minutes(s, recorded))
    write(lambda s: minutes_service.reopen_minutes(s, recorded, "更正票数"), "重新打开会议记录：更正票数")

    def read(s):
        latest = s.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        change = s.scalars(select(Change).where(Change.change_set_id == latest.id)).one()
        return latest.label, change.before["finalised_at"] is not None, change.after

    label, was_final, after = library.read(read)
    assert (label, was_final) == ("重新打开会议记录：更正票数", True)
    assert after == {"finalised_at": None, "reopen_reason": "更正票数"}


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"minutes": " \n"}, "还没有写会议内容"), ({"stage": Stage.PLANNED}, "还没有召开或已取消")],
)
def test_what_is_not_a_record_yet_cannot_be_finalised(write, fixed_today, fields, says):
    meeting = write(lambda s: service.record_meeting(s, replace(MEETING, **fields))).result
    with pytest.raises(DomainError, match=says):
        write(lambda s: minutes_service.finalise_minutes(s, meeting))


def test_a_meeting_with_versions_can_be_binned_restored_and_purged(library, write, recorded, versions):
    save(write, recorded, minutes="第二稿")
    write(lambda s: service.bin_meetings(s, [recorded]))
    write(lambda s: restore(s, "meetings", recorded))
    assert len(versions(recorded)) == 2
    write(lambda s: service.bin_meetings(s, [recorded]))
    write(lambda s: purge(s, "meetings", recorded))
    assert library.read(lambda s: list(s.scalars(select(VersionRecord.id)))) == []
    assert library.read(lambda s: list(s.scalars(select(Meeting.id)))) == []


@pytest.mark.parametrize(("day", "late"), [(17, False), (18, True)])
def test_a_record_is_late_after_more_than_seven_days(library, write, day, late):
    with stopped_at(datetime(2026, 9, day, 8)):
        meeting = write(lambda s: service.record_meeting(s, MEETING)).result
    detail = library.read(lambda s: service.get_meeting(s, meeting))
    assert written_late(detail) is late
    assert written_late(detail, 30) is False


def test_a_plan_that_came_true_counts_from_when_it_was_recorded(library, write):
    with stopped_at(datetime(2026, 1, 5, 8)):
        meeting = write(lambda s: service.record_meeting(s, replace(MEETING, stage=Stage.PLANNED))).result
    with stopped_at(datetime(2026, 9, 30, 8)):
        write(lambda s: service.update_meeting(s, meeting, MEETING))
    assert written_late(library.read(lambda s: service.get_meeting(s, meeting)))


def test_no_undo_reaches_into_a_finalised_record(write, recorded):
    edit = save(write, recorded, minutes="第二稿", agenda=(AgendaItem("学习"),), resolutions=(Resolution("甲"),))
    lock = write(lambda s: minutes_service.finalise_minutes(s, recorded))
    for done in (edit, lock):
        with pytest.raises(DomainError, match="定稿，不能改动"):
            write(lambda s, done=done: undo_change(s, done.change_set))
    write(lambda s: minutes_service.reopen_minutes(s, recorded, "更正"))
    write(lambda s: undo_change(s, edit.change_set))


def test_an_edit_of_one_part_alone_cannot_be_undone_either(write, recorded):
    save(write, recorded, agenda=(AgendaItem("学习"),))
    edit = save(write, recorded, agenda=(AgendaItem("学习", "张三"),))
    write(lambda s: minutes_service.finalise_minutes(s, recorded))
    with pytest.raises(DomainError, match="定稿，不能改动"):
        write(lambda s: undo_change(s, edit.change_set))


def test_following_up_a_finalised_record_can_be_done_and_undone(library, write, recorded):
    save(write, recorded, resolutions=(Resolution("甲"),))
    write(lambda s: minutes_service.finalise_minutes(s, recorded))
    one = library.read(lambda s: service.get_meeting(s, recorded)).draft.resolutions[0].id
    done = write(lambda s: close_resolutions(s, [one], date(2026, 11, 1), "完成"))
    write(lambda s: undo_change(s, done.change_set))
    assert library.read(lambda s: list_resolution_rows(s, [one]))[0].closed_on is None
