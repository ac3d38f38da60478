# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.meetings import leave_service as service
from partyroom.features.meetings.absence import SlipDraft, SlipStatus
from partyroom.features.meetings.domain import LeaveCategory, State
from partyroom.features.meetings.leave_service import AbsenceQuery
from partyroom.features.meetings.make_up_service import person_name
from partyroom.features.meetings.service import bin_meetings, get_meeting, update_meeting
from partyroom.features.members.service import bin_members
from partyroom.features.organisation.service import bin_department, list_departments, save_department
from partyroom.storage.attachments import AttachmentFiles


@pytest.fixture
def write(branch):
    return lambda work: branch.write("测试", work).result


@pytest.fixture
def heads(write):
    """The first person of the branch heads the department that all belong to."""
    ids = write(lambda s: {d.name: d.id for d in list_departments(s)})
    write(lambda s: save_department(s, "语文科", "陈甲", department_id=ids["语文科"]))


@pytest.fixture
def rows(branch):
    def read(**query: object):
        return branch.read(lambda s: service.list_slip_rows(s, service.list_slip_ids(s, AbsenceQuery(**query))))

    return read


@pytest.fixture
def absent(stored, mark):
    """A meeting with three away: 请假, 公差, 缺席."""

    def make(title: str = "第三季度党员大会", **fields: object) -> int:
        meeting = stored(title, **fields)
        mark(meeting, {"陈甲": (State.LEAVE, "感冒"), "钱甲": (State.DUTY, ""), "孙甲": (State.ABSENT, "")})
        return meeting

    return make


def test_everybody_on_leave_is_listed_with_what_a_slip_would_say(absent, rows, heads, fixed_today) -> None:
    absent()
    first, second = rows()
    assert [(row.name, row.status) for row in (first, second)] == [
        ("陈甲", SlipStatus.MISSING),
        ("钱甲", SlipStatus.MISSING),
    ]
    assert (first.draft.category, first.draft.reason) == (LeaveCategory.SICK, "感冒")
    assert (second.draft.category, second.draft.signed_by) == (LeaveCategory.OFFICIAL, "陈甲")
    assert first.draft.signed_by == "赵甲", "nobody signs his own slip: for a head the secretary does"


def test_a_slip_goes_from_missing_to_filed(absent, rows, write, fixed_today) -> None:
    absent()
    row = rows()[0]
    steps = [
        (SlipDraft(LeaveCategory.SICK, "发热\n三天", date(2026, 9, 9)), SlipStatus.UNSIGNED),
        (replace(row.draft, signed_by="李主任", signed_on=date(2026, 9, 10)), SlipStatus.UNFILED),
        (
            SlipDraft(
                LeaveCategory.OTHER, "发热", date(2026, 9, 9), "李主任", date(2026, 9, 10), "王办", date(2026, 9, 11)
            ),
            SlipStatus.FILED,
        ),
    ]
    for draft, status in steps:
        write(lambda s, draft=draft: service.save_slip(s, row.id, draft))
        assert rows()[0].status is status
        assert [found.name for found in rows(status=status.value)] == ["陈甲"]
    assert rows()[0].draft == steps[-1][0]
    assert [found.name for found in rows(status="missing")] == ["钱甲"]
    assert rows(status="missing")[0].draft.filed_by == "王办", "the office is suggested for the next slip"


def test_contradicting_dates_are_refused_beside_their_fields(absent, rows, write, fixed_today) -> None:
    absent()
    row = rows()[0]
    wrong = [
        ("signed_by", SlipDraft(signed_on=date(2026, 9, 10))),
        ("filed_by", SlipDraft(signed_by="甲", signed_on=date(2026, 9, 10), filed_on=date(2026, 9, 11))),
        ("signed_on", SlipDraft(applied_on=date(2026, 9, 9), signed_by="甲", signed_on=date(2026, 9, 8))),
        ("filed_on", SlipDraft(applied_on=date(2026, 9, 9), filed_by="乙", filed_on=date(2026, 9, 8))),
        ("applied_on", SlipDraft(applied_on=date(2026, 11, 23))),
    ]
    for field, draft in wrong:
        with pytest.raises(DomainError) as caught:
            write(lambda s, draft=draft: service.save_slip(s, row.id, draft))
        assert [problem.field for problem in caught.value.problems] == [field]
    assert rows()[0].status is SlipStatus.MISSING


def test_who_was_there_or_simply_absent_has_no_slip(branch, absent, write) -> None:
    meeting = absent()
    lines = branch.read(lambda s: {line.name: line.state for line in get_meeting(s, meeting).draft.attendance})
    assert lines["孙甲"] is State.ABSENT
    for name in ("孙甲", "李甲"):
        line = branch.read(lambda s, name=name: _line_id(s, meeting, name))
        with pytest.raises(DomainError, match="请先改为请假或公差"):
            write(lambda s, line=line: service.save_slip(s, line, SlipDraft()))


def _line_id(session, meeting: int, name: str) -> int:
    from sqlalchemy import select

    from partyroom.features.meetings.tables import AttendanceRecord

    found = session.scalar(
        select(AttendanceRecord.id).where(AttendanceRecord.meeting_id == meeting, AttendanceRecord.name == name)
    )
    assert found is not None
    return found


def test_several_slips_take_the_common_and_keep_their_own(absent, rows, write, heads, fixed_today) -> None:
    absent()
    ids = [row.id for row in rows()]
    write(lambda s: service.save_slip(s, ids[0], SlipDraft(LeaveCategory.SICK, "感冒", signed_by="书记")))
    day = date(2026, 9, 11)
    common = SlipDraft(signed_on=day, filed_by="王办", filed_on=day)
    assert write(lambda s: service.settle_slips(s, ids, common)) == 2
    first, second = (row.draft for row in rows())
    assert first == SlipDraft(LeaveCategory.SICK, "感冒", None, "书记", day, "王办", day)
    assert second == SlipDraft(LeaveCategory.OFFICIAL, "", None, "陈甲", day, "王办", day)


def test_one_wrong_slip_of_several_stores_none_and_names_the_person(absent, rows, write, fixed_today) -> None:
    absent()
    ids = [row.id for row in rows()]
    late = SlipDraft(applied_on=date(2026, 9, 9), signed_by="书记", signed_on=date(2026, 9, 9))
    write(lambda s: service.save_slip(s, ids[1], late))
    with pytest.raises(DomainError, match=r"^钱甲："):
        write(lambda s: service.settle_slips(s, ids, SlipDraft(signed_by="书记", signed_on=date(2026, 9, 8))))
    assert [row.status for row in rows()] == [SlipStatus.MISSING, SlipStatus.UNFILED]


def test_the_scan_comes_back_byte_for_byte_and_begins_the_slip(branch, absent, rows, write) -> None:
    absent()
    row = rows()[0]
    files: AttachmentFiles = branch.attachments
    with pytest.raises(DomainError, match="还没有附扫描件"):
        branch.read(lambda s: service.read_scan(s, files, row.id))
    with pytest.raises(DomainError, match="空的"):
        write(lambda s: service.attach_scan(s, files, row.id, "条.jpg", b""))
    write(lambda s: service.attach_scan(s, files, row.id, "请假条.jpg", b"\xff\xd8picture"))
    assert branch.read(lambda s: service.read_scan(s, files, row.id)) == ("请假条.jpg", b"\xff\xd8picture")
    assert (rows()[0].scan, rows()[0].status) == ("请假条.jpg", SlipStatus.UNSIGNED)


def test_a_slip_outlives_a_change_of_the_attendance_and_shows_it(branch, absent, rows, write, mark) -> None:
    meeting = absent()
    row = rows()[0]
    write(lambda s: service.save_slip(s, row.id, SlipDraft(reason="感冒")))
    mark(meeting, {"陈甲": (State.PRESENT, ""), "钱甲": (State.PRESENT, "")})
    assert [(found.name, found.state) for found in rows()] == [("陈甲", State.PRESENT)]
    count, action = write(lambda s: service.remove_slips(s, [row.id]))
    assert (count, rows()) == (1, [])
    assert write(lambda s: service.bring_back(s, action)) >= 1
    assert [found.draft.reason for found in rows()] == ["感冒"]


def test_lists_are_narrowed_by_text_pinyin_year_and_meeting(absent, rows) -> None:
    absent("上年大会", starts_at=datetime(2025, 9, 10, 15, 0))
    meeting = absent("本年大会")
    assert [row.title for row in rows()] == ["本年大会", "本年大会", "上年大会", "上年大会"]
    assert {row.title for row in rows(year="2025")} == {"上年大会"}
    assert {row.title for row in rows(meeting_id=meeting)} == {"本年大会"}
    assert {row.name for row in rows(search="cj")} == {"陈甲"}
    assert {row.name for row in rows(search="感")} == {"陈甲"}
    assert rows(search="%") == rows(search="_") == []


def test_what_lies_in_the_bin_is_not_asked_for(branch, absent, rows, write) -> None:
    meeting = absent()
    assert branch.read(service.absence_years) == ["2026"]
    write(lambda s: bin_meetings(s, [meeting]))
    assert rows() == []
    assert branch.read(service.absence_years) == []


def test_markup_and_formulas_are_kept_as_text(absent, rows, write) -> None:
    absent()
    row = rows()[0]
    text = "=cmd|' /C calc'!A0 <b>&amp;</b>\x00"
    write(lambda s: service.save_slip(s, row.id, SlipDraft(reason=text, signed_by=text)))
    assert rows()[0].draft.reason == text[:-1]
    assert rows()[0].draft.signed_by == text[:-1]


def test_saving_a_meeting_again_keeps_its_slips(branch, absent, rows, write) -> None:
    meeting = absent()
    write(lambda s: service.save_slip(s, rows()[0].id, SlipDraft(reason="感冒")))
    draft = branch.read(lambda s: get_meeting(s, meeting).draft)
    write(lambda s: update_meeting(s, meeting, replace(draft, title="改名")))
    assert [(row.title, row.status) for row in rows()] == [
        ("改名", SlipStatus.UNSIGNED),
        ("改名", SlipStatus.MISSING),
    ]


def test_people_and_departments_in_the_bin_keep_their_absences(branch, absent, rows, write, heads) -> None:
    absent()
    person = rows()[0]
    department = branch.read(list_departments)[0].id
    write(lambda s: (bin_members(s, [person.member_id]), bin_department(s, department)))
    assert [row.name for row in rows()] == ["陈甲", "钱甲"]
    assert branch.read(lambda s: person_name(s, person.member_id)) == "陈甲"
    assert rows()[1].draft.signed_by == "赵甲", "without a head the secretary signs"
    write(lambda s: service.save_slip(s, person.id, SlipDraft(reason="感冒")))
    assert rows(status="unsigned")[0].draft.reason == "感冒"


def test_years_include_those_with_plain_absence(branch, stored, mark) -> None:
    mark(stored(starts_at=datetime(2024, 9, 10, 15, 0)), {"孙甲": (State.ABSENT, "")})
    stored()
    assert branch.read(service.absence_years) == ["2024"]
