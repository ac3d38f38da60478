# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.meetings import make_up_service as service
from partyroom.features.meetings.absence import MakeUpDraft, MakeUpStatus, SlipStatus, person_sentence
from partyroom.features.meetings.domain import MeetingDraft, Stage, State
from partyroom.features.meetings.leave_service import AbsenceQuery, settled_of
from partyroom.features.meetings.service import (
    bin_meetings,
    expected_attendance,
    get_meeting,
    record_meeting,
    update_meeting,
)
from partyroom.features.organisation.service import list_departments, save_department
from partyroom.storage.audit import list_change_sets
from partyroom.storage.recycle import purge
from partyroom.storage.undo import undo_change_set

AWAY = {"陈甲": (State.LEAVE, "感冒"), "钱甲": (State.DUTY, "培训"), "孙甲": (State.ABSENT, "")}


@pytest.fixture
def write(branch):
    return lambda work: branch.write("测试", work).result


@pytest.fixture
def rows(branch):
    def read(**query: object):
        found = AbsenceQuery(**query)
        return branch.read(lambda s: service.list_make_up_rows(s, service.list_make_up_ids(s, found)))

    return read


@pytest.fixture
def absent(stored, mark):
    def make(title: str = "第三季度党员大会", **fields: object) -> int:
        meeting = stored(title, **fields)
        mark(meeting, AWAY)
        return meeting

    return make


@pytest.fixture
def heads(write):
    ids = write(lambda s: {d.name: d.id for d in list_departments(s)})
    write(lambda s: save_department(s, "语文科", "陈甲", department_id=ids["语文科"]))


def names(rows) -> set[str]:
    return {row.name for row in rows}


def test_each_absentee_owes_a_lesson_by_the_head_within_the_days(absent, rows, heads, fixed_today) -> None:
    absent()
    found = {row.name: row for row in rows()}
    assert found.keys() == AWAY.keys()
    assert found["钱甲"].teacher == "陈甲"
    assert found["陈甲"].teacher == "赵甲", "a head is taught by the secretary"
    assert {row.due_on for row in found.values()} == {date(2026, 10, 10)}
    assert {row.status for row in found.values()} == {MakeUpStatus.OVERDUE}
    assert found["钱甲"].material == "第三季度党员大会会议纪要（2026年第1号）"


def test_the_days_come_from_whoever_saves(branch, rows, write) -> None:
    starts = datetime(2026, 9, 10, 15, 30)

    def work(session):
        lines = expected_attendance(session, "lecture", starts.date())
        away = tuple(replace(line, state=State.ABSENT) if line.name == "孙甲" else line for line in lines)
        return record_meeting(session, MeetingDraft("lecture", "党课", starts, attendance=away), make_up_days=7)

    write(work)
    assert [(row.name, row.due_on) for row in rows()] == [("孙甲", date(2026, 9, 17))]


@pytest.mark.parametrize(
    ("kind", "also", "owed"),
    [("theme_day", (), True), ("committee", (), False), ("committee", ("lecture",), True), ("exchange", (), False)],
)
def test_only_kinds_that_ask_for_it_are_made_up(stored, mark, rows, kind, also, owed) -> None:
    mark(stored("会议", kind, also=also), {"赵甲": (State.ABSENT, "")})
    assert names(rows()) == ({"赵甲"} if owed else set())


def test_who_is_excluded_or_not_expected_owes_nothing(branch, absent, rows, write) -> None:
    meeting = absent()
    draft = branch.read(lambda s: get_meeting(s, meeting).draft)
    changed = {"陈甲": {"excluded": "患病"}, "钱甲": {"expected": False}}
    lines = tuple(replace(line, **changed.get(line.name, {})) for line in draft.attendance)
    write(lambda s: update_meeting(s, meeting, replace(draft, attendance=lines)))
    assert names(rows()) == {"孙甲"}


def test_a_planned_meeting_is_not_made_up(branch, rows, write) -> None:
    starts = datetime(2026, 12, 10, 15, 30)

    def work(session):
        lines = tuple(
            replace(line, state=State.ABSENT) for line in expected_attendance(session, "lecture", starts.date())
        )
        return record_meeting(session, MeetingDraft("lecture", "党课", starts, attendance=lines, stage=Stage.PLANNED))

    meeting = write(work)
    assert rows() == []
    draft = branch.read(lambda s: get_meeting(s, meeting).draft)
    write(lambda s: update_meeting(s, meeting, replace(draft, stage=Stage.HELD)))
    assert len(rows()) == 30


def test_who_was_there_after_all_owes_nothing_unless_it_was_held(absent, rows, write, mark, fixed_today) -> None:
    meeting = absent()
    held = next(row.id for row in rows() if row.name == "陈甲")
    write(lambda s: service.finish_make_ups(s, [held], MakeUpDraft(date(2026, 9, 20))))
    mark(meeting, dict.fromkeys(AWAY, (State.PRESENT, "")))
    assert [(row.name, row.status, row.attendance) for row in rows()] == [("陈甲", MakeUpStatus.DONE, "到")]
    assert write(lambda s: service.reopen_make_ups(s, [held])) == 1
    assert rows() == [], "taken back, it is not owed either"


def test_a_meeting_moved_to_another_day_moves_what_is_open(branch, absent, rows, write, fixed_today) -> None:
    meeting = absent()
    held = next(row.id for row in rows() if row.name == "陈甲")
    write(lambda s: service.finish_make_ups(s, [held], MakeUpDraft(date(2026, 9, 20))))
    draft = branch.read(lambda s: get_meeting(s, meeting).draft)
    later = replace(draft, starts_at=datetime(2026, 9, 12, 15, 30), ends_at=None)
    write(lambda s: update_meeting(s, meeting, later))
    assert {row.name: row.due_on for row in rows()} == {
        "陈甲": date(2026, 10, 10),
        "钱甲": date(2026, 10, 12),
        "孙甲": date(2026, 10, 12),
    }


def test_a_held_lesson_says_what_by_whom_and_who_confirmed(absent, rows, write, heads, fixed_today) -> None:
    absent()
    ids = [row.id for row in rows()]
    draft = MakeUpDraft(date(2026, 9, 20), method="单独讲", confirmed_by="王办")
    assert write(lambda s: service.finish_make_ups(s, ids, draft)) == 3
    assert names(rows(status="done")) == AWAY.keys()
    row = next(row for row in rows() if row.name == "钱甲")
    assert (row.method, row.teacher, row.confirmed_by) == ("单独讲", "陈甲", "王办")
    assert row.content == "学习《第三季度党员大会会议纪要（2026年第1号）》。"
    write(
        lambda s: service.finish_make_ups(s, [row.id], MakeUpDraft(date(2026, 9, 21), content="要点", teacher="周乙"))
    )
    again = next(row for row in rows() if row.name == "钱甲")
    assert (again.method, again.content, again.teacher, again.done_on) == ("单独讲", "要点", "周乙", date(2026, 9, 21))


def test_impossible_lessons_are_refused_beside_their_fields(absent, rows, write, fixed_today) -> None:
    absent()
    ids = [row.id for row in rows()]
    for field, draft in (
        ("done_on", MakeUpDraft(date(2026, 9, 9))),
        ("done_on", MakeUpDraft(date(2026, 11, 23))),
        ("teacher", MakeUpDraft(date(2026, 9, 20), teacher="孙甲")),
    ):
        with pytest.raises(DomainError) as caught:
            write(lambda s, draft=draft: service.finish_make_ups(s, ids, draft))
        assert {problem.field for problem in caught.value.problems} == {field}
    with pytest.raises(DomainError, match="期限早于会议日期"):
        write(lambda s: service.assign_make_ups(s, ids, "", date(2026, 9, 9)))
    with pytest.raises(DomainError, match="不能给自己补课"):
        write(lambda s: service.assign_make_ups(s, ids, "孙甲", None))
    assert {row.status for row in rows()} == {MakeUpStatus.OVERDUE}


def test_teacher_and_deadline_are_changed_for_several(absent, rows, write, fixed_today) -> None:
    absent()
    ids = [row.id for row in rows()]
    assert write(lambda s: service.assign_make_ups(s, ids, " 李乙 ", date(2026, 11, 22))) == 3
    assert {(row.teacher, row.due_on, row.status) for row in rows()} == {
        ("李乙", date(2026, 11, 22), MakeUpStatus.OPEN)
    }
    write(lambda s: service.assign_make_ups(s, ids, "", date(2026, 11, 21)))
    assert {(row.teacher, row.status) for row in rows()} == {("李乙", MakeUpStatus.OVERDUE)}


def test_lists_tell_open_overdue_and_done_apart(absent, rows, write, fixed_today) -> None:
    absent("九月大会")
    absent("十一月大会", starts_at=datetime(2026, 11, 20, 15, 0))
    done = [row.id for row in rows(status="open") if row.name == "孙甲"]
    write(lambda s: service.finish_make_ups(s, done, MakeUpDraft(date(2026, 11, 21))))
    assert {row.title for row in rows(status="overdue")} == {"九月大会"}
    assert names(rows(status="open")) == {"陈甲", "钱甲"}
    assert len(rows(status=service.OWED)) == 5
    assert [row.title for row in rows(status="done")] == ["十一月大会"]
    assert [row.due_on for row in rows()] == sorted(row.due_on for row in rows())
    assert names(rows(search="sj")) == {"孙甲"}


def test_a_person_s_record_closes_the_loop(branch, absent, rows, write, stored, fixed_today) -> None:
    absent()
    stored("十月大会", starts_at=datetime(2026, 10, 10, 15, 0))
    row = next(row for row in rows() if row.name == "陈甲")
    read = lambda: branch.read(lambda s: service.person_lines(s, row.member_id))  # noqa: E731
    assert [(line.title, line.state, line.slip, line.make_up) for line in read()] == [
        ("十月大会", State.PRESENT, None, None),
        ("第三季度党员大会", State.LEAVE, SlipStatus.MISSING, MakeUpStatus.OVERDUE),
    ]
    assert person_sentence(read()) == (
        "应到2次，实到1次（出勤率50.0%）；其中请假1次；缺请假条1张；应补课1次，已补0次，逾期1次。"
    )
    write(lambda s: service.finish_make_ups(s, [row.id], MakeUpDraft(date(2026, 9, 20))))
    assert read()[1].make_up is MakeUpStatus.DONE
    assert person_sentence(read()).endswith("应补课1次，已补1次。")
    assert branch.read(lambda s: settled_of(s, row.meeting_id)).made_up == {row.member_id}


def test_a_binned_meeting_owes_nothing_and_can_be_purged(branch, absent, rows, write) -> None:
    meeting = absent()
    write(lambda s: bin_meetings(s, [meeting]))
    assert rows() == []
    write(lambda s: purge(s, "meetings", meeting))
    assert rows() == []


def test_undoing_a_change_of_the_attendance_brings_the_lessons_back(branch, absent, rows, mark, write) -> None:
    meeting = absent()
    mark(meeting, dict.fromkeys(AWAY, (State.PRESENT, "")))
    assert rows() == []
    latest = branch.read(list_change_sets)[0]
    branch.write("撤销", lambda s: undo_change_set(s, latest.id))
    assert names(rows()) == AWAY.keys()


def test_saving_again_changes_nothing(branch, absent, write) -> None:
    meeting = absent()
    draft = branch.read(lambda s: get_meeting(s, meeting).draft)
    assert branch.write("再存", lambda s: update_meeting(s, meeting, draft)).changes == frozenset()
