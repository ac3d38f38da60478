# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import event, select

from partyroom.core.errors import DomainError
from partyroom.features.meetings import service
from partyroom.features.meetings.domain import (
    AgendaItem,
    Attendance,
    Guest,
    MeetingDraft,
    Resolution,
    State,
    Vote,
    VoteMethod,
    VoteRule,
    tally,
)
from partyroom.features.meetings.service import MeetingQuery
from partyroom.features.members.domain import Category, PostKind, Standing
from partyroom.features.members.service import admit_member, appoint_committee, bin_members, update_member
from partyroom.features.organisation.service import bin_group, group_named, open_term
from partyroom.storage.audit import Change
from partyroom.storage.recycle import restore

HOSTILE = [
    "<b>&amp;</b>",
    "=cmd|' /C calc'!A0",
    "../../x",
    "{}{0}%s",
    "100%",
    "a_b",
    "'; DROP TABLE meetings; --",
    "𬭎㛃",
]


@pytest.fixture
def write(library):
    return lambda work: library.write("测试", work).result


@pytest.fixture
def admit(write, person):
    return lambda *args, **fields: write(lambda s: admit_member(s, person(*args, **fields)))


@pytest.fixture
def record(write):
    return lambda draft: write(lambda s: service.record_meeting(s, draft))


@pytest.fixture
def stored(library):
    return lambda meeting: library.read(lambda s: service.get_meeting(s, meeting))


def _meeting(title: str = "大会", when: datetime = datetime(2026, 11, 20, 15), **fields: object) -> MeetingDraft:
    return replace(MeetingDraft("assembly", title, when), **fields)


def _found(library, **query: object) -> list[str]:
    def read(session):
        return [
            row.title for row in service.list_rows(session, service.list_meeting_ids(session, MeetingQuery(**query)))
        ]

    return library.read(read)


# Keeping a meeting.


def test_everything_comes_back_as_it_was_given(admit, record, stored, write, fixed_today) -> None:
    members = [admit("甲"), admit("乙"), admit("丙")]
    group = write(lambda s: group_named(s, "第一党小组").id)
    draft = _meeting(
        ends_at=datetime(2026, 11, 20, 16, 30),
        also=("lecture", "theme_day"),
        place="会议室",
        chair="甲",
        recorder="乙",
        topic="学习\n讨论",
        group_id=group,
        attendance=(
            Attendance(members[2], "丙", State.LATE, "堵车", department="语文组"),
            Attendance(members[0], "甲"),
            Attendance(members[1], "乙", State.ABSENT, "", excluded="年老体弱", votes=False, full=False),
        ),
        guests=(Guest("王校长", "某小学"), Guest("李老师")),
        agenda=(AgendaItem("第一项", "甲"), AgendaItem("第二项")),
        minutes="一、学习\n　　内容\n\n二、讨论",
        votes=(Vote("甲转正", VoteRule.ACCEPTANCE, VoteMethod.SECRET, 2, 2, 2), Vote("乙", should=2, present=2, no=2)),
        resolutions=(Resolution("按时上报", "甲", "长期"), Resolution("公示\n五天")),
    )
    meeting = record(draft)
    detail = stored(meeting)
    assert detail.draft == draft
    assert (detail.number, detail.group, detail.recorded_at) == (1, "第一党小组", fixed_today)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_and_found_literally(library, record, stored, text) -> None:
    draft = _meeting(
        text,
        topic=text,
        minutes=text,
        place=text,
        guests=(Guest(text, text),),
        agenda=(AgendaItem(text, text),),
        votes=(Vote(text),),
        resolutions=(Resolution(text, text, text),),
    )
    meeting = record(draft)
    record(_meeting("无关"))
    assert stored(meeting).draft == draft
    assert _found(library, search=text) == [text]


def test_resolutions_are_searched_too_and_wildcards_are_letters(library, record) -> None:
    record(_meeting("甲", resolutions=(Resolution("按时上报材料"),)))
    record(_meeting("乙", minutes="完成100%"))
    assert _found(library, search="上报") == ["甲"]
    assert _found(library, search="%") == ["乙"]
    assert _found(library, search="_") == []


def test_control_characters_do_not_get_in(record, stored) -> None:
    draft = stored(record(_meeting("大\x00会\ud800", minutes="一\x00\r\n二\ufffe", place="甲\n乙"))).draft
    assert (draft.title, draft.minutes, draft.place) == ("大会", "一\n二", "甲 乙")


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"title": " "}, ["title"]),
        ({"kind": "party"}, ["kind"]),
        ({"kind": "party", "title": ""}, ["kind", "title"]),
        ({"ends_at": datetime(2026, 11, 20, 14)}, ["ends_at"]),
        ({"votes": (Vote("某事", should=1, present=1, yes=2),)}, ["votes"]),
        ({"attendance": (Attendance(99, "外人"),)}, ["attendance"]),
    ],
)
def test_contradictory_meeting_is_refused_beside_the_fields(library, record, change, fields) -> None:
    with pytest.raises(DomainError) as caught:
        record(replace(_meeting(), **change))
    assert [problem.field for problem in caught.value.problems] == fields
    assert _found(library) == []


def test_refused_edit_leaves_the_meeting_as_it_was(write, record, stored) -> None:
    meeting = record(_meeting(minutes="原文"))
    before = stored(meeting)
    with pytest.raises(DomainError):
        write(lambda s: service.update_meeting(s, meeting, _meeting("", minutes="新文")))
    assert stored(meeting) == before


def test_edit_replaces_lines_and_keeps_their_order(write, admit, record, stored) -> None:
    a, b, c = admit("甲"), admit("乙"), admit("丙")
    meeting = record(_meeting(attendance=(Attendance(a, "甲"), Attendance(b, "乙")), agenda=(AgendaItem("一"),)))
    changed = _meeting(
        attendance=(Attendance(c, "丙"), Attendance(b, "乙", State.LEAVE, "出差"), Attendance(a, "甲")),
        agenda=(AgendaItem("零"), AgendaItem("一")),
    )
    write(lambda s: service.update_meeting(s, meeting, changed))
    assert stored(meeting).draft == changed


def test_marking_one_person_differently_logs_only_that(library, admit, record) -> None:
    a, b = admit("甲"), admit("乙")
    draft = _meeting(kind="exchange", attendance=(Attendance(a, "甲"), Attendance(b, "乙")), votes=(Vote("某事"),))
    meeting = record(draft)
    changed = replace(draft, attendance=(draft.attendance[0], Attendance(b, "乙", State.LEAVE, "病假")))
    written = library.write("修改", lambda s: service.update_meeting(s, meeting, changed))
    logged = library.read(
        lambda s: [
            (c.table_name, c.before, c.after)
            for c in s.scalars(select(Change).where(Change.change_set_id == written.change_set))
        ]
    )
    assert logged == [("attendance", {"state": "present", "reason": ""}, {"state": "leave", "reason": "病假"})]
    same = library.write("修改", lambda s: service.update_meeting(s, meeting, changed))
    assert same.change_set is None


def test_attendance_stays_as_it_was_when_the_person_changes(write, admit, record, stored, person) -> None:
    member = admit("张三", department="语文组")
    draft = _meeting(attendance=(Attendance(member, "张三", department="语文组"),))
    meeting = record(draft)
    changed = person("张叁", category=Category.PROBATIONARY, standing=Standing.TRANSFERRED, left="2026-12-01")
    write(lambda s: update_member(s, member, changed))
    assert stored(meeting).draft == draft


def test_binned_person_stays_in_old_meetings_which_can_still_be_edited(write, admit, record, stored) -> None:
    member = admit("张三")
    draft = _meeting(attendance=(Attendance(member, "张三"),))
    meeting = record(draft)
    write(lambda s: bin_members(s, [member]))
    assert stored(meeting).draft == draft
    write(lambda s: service.update_meeting(s, meeting, replace(draft, minutes="补记")))
    assert stored(meeting).draft == replace(draft, minutes="补记")


def test_old_meeting_keeps_the_name_of_its_group(write, record, stored) -> None:
    group = write(lambda s: group_named(s, "第一党小组").id)
    meeting = record(_meeting(kind="group", group_id=group))
    write(lambda s: bin_group(s, group))
    assert stored(meeting).group == "第一党小组"


# Numbers of the notices.


def test_notices_are_numbered_by_year_without_gaps_from_deletion(write, record, stored) -> None:
    first, second = record(_meeting()), record(_meeting())
    old = record(_meeting(when=datetime(2025, 12, 31, 23, 59)))
    assert [stored(m).number for m in (first, second, old)] == [1, 2, 1]
    write(lambda s: service.bin_meetings(s, [second]))
    third = record(_meeting())
    assert stored(third).number == 3  # the binned one may come back
    write(lambda s: restore(s, "meetings", second))
    assert stored(second).number == 2


def test_meeting_moved_to_another_year_takes_that_years_next_number(write, record, stored) -> None:
    record(_meeting(when=datetime(2025, 5, 1)))
    moved = record(_meeting(when=datetime(2026, 1, 1)))
    record(_meeting(when=datetime(2026, 5, 1)))
    write(lambda s: service.update_meeting(s, moved, _meeting(when=datetime(2025, 12, 31))))
    assert stored(moved).number == 2
    write(lambda s: service.update_meeting(s, moved, _meeting(when=datetime(2025, 11, 30))))
    assert stored(moved).number == 2


def test_editing_within_the_year_keeps_the_number(write, record, stored) -> None:
    first = record(_meeting())
    record(_meeting())
    write(lambda s: service.update_meeting(s, first, _meeting("改名")))
    assert stored(first).number == 1


# Who should attend.


def _expected(library, kind: str, day: date, group: int | None = None) -> dict[str, tuple[bool, bool]]:
    lines = library.read(lambda s: service.expected_attendance(s, kind, day, group))
    assert all(line.state is State.PRESENT and line.expected for line in lines)
    return {line.name: (line.votes, line.full) for line in lines}


@pytest.fixture
def branch(admit, write) -> dict[str, int]:
    ids = {
        "甲": admit("甲", group="第一党小组", department="语文组"),
        "乙": admit("乙", group="第二党小组"),
        "预": admit("预", category=Category.PROBATIONARY, joined="2026-01-01", full_since=None, group="第一党小组"),
        "察": admit("察", rights_suspended_from="2026-03-01", rights_suspended_until="2027-02-28"),
        "后来": admit("后来", joined="2026-06-01", category=Category.PROBATIONARY, full_since=None),
        "转正": admit("转正", joined="2025-05-01", full_since="2026-05-01"),
        "走": admit("走", left="2026-06-01", standing=Standing.TRANSFERRED),
        "申请": admit("申请", category=Category.APPLICANT, joined=None, full_since=None),
    }
    term = write(lambda s: open_term(s, "一", date(2025, 9, 1)))
    posts = {PostKind.SECRETARY: ids["甲"], PostKind.YOUTH: ids["乙"]}
    write(lambda s: appoint_committee(s, term, date(2025, 9, 1), posts))
    return ids


def test_expected_at_an_assembly_today(library, branch) -> None:
    assert _expected(library, "assembly", date(2026, 11, 22)) == {
        "甲": (True, True),
        "乙": (True, True),
        "预": (False, False),
        "察": (False, True),
        "后来": (False, False),
        "转正": (True, True),
    }


def test_expected_at_an_assembly_of_the_past(library, branch) -> None:
    assert _expected(library, "assembly", date(2026, 2, 1)) == {
        "甲": (True, True),
        "乙": (True, True),
        "预": (False, False),
        "察": (True, True),
        "转正": (False, False),
        "走": (True, True),
    }
    counts = tally(library.read(lambda s: service.expected_attendance(s, "assembly", date(2026, 2, 1))))
    assert (counts.expected, counts.expected_voters) == (6, 4)


def test_expected_at_a_committee_meeting_are_its_members_on_that_day(library, branch) -> None:
    assert set(_expected(library, "committee", date(2026, 11, 22))) == {"甲", "乙"}
    assert _expected(library, "committee", date(2025, 8, 31)) == {}


def test_expected_at_a_group_meeting_is_the_group(library, write, branch) -> None:
    group = write(lambda s: group_named(s, "第一党小组").id)
    assert set(_expected(library, "group", date(2026, 11, 22), group)) == {"甲", "预"}
    write(lambda s: bin_group(s, group))
    assert _expected(library, "group", date(2026, 11, 22), group) == {}


def test_expected_lines_carry_the_department(library, branch) -> None:
    lines = library.read(lambda s: service.expected_attendance(s, "assembly", date(2026, 11, 22)))
    assert {line.name: line.department for line in lines}["甲"] == "语文组"


# Lists.


def test_list_filters_by_kind_second_kind_and_year_latest_first(library, record) -> None:
    record(_meeting("一", datetime(2025, 12, 31, 23, 59)))
    record(_meeting("二", datetime(2026, 1, 1), also=("lecture",)))
    record(_meeting("三", datetime(2026, 5, 1), kind="lecture"))
    assert _found(library) == ["三", "二", "一"]
    assert _found(library, descending=False) == ["一", "二", "三"]
    assert _found(library, kind="lecture") == ["三", "二"]
    assert _found(library, kind="assembly", year="2026") == ["二"]
    assert _found(library, year="2025") == ["一"]
    assert library.read(service.meeting_years) == ["2026", "2025"]


def test_meetings_between_two_days_include_both(library, record) -> None:
    ids = [record(_meeting(str(n), datetime(2026, 5, n, 23, 59, 59))) for n in (1, 2, 3, 4)]
    assert library.read(lambda s: service.meeting_ids_between(s, date(2026, 5, 2), date(2026, 5, 3))) == ids[1:3]


def test_own_kind_is_not_a_second_kind(record, stored) -> None:
    assert stored(record(_meeting(also=("assembly", "lecture")))).draft.also == ("lecture",)


def test_rows_count_people_votes_and_resolutions(library, admit, record) -> None:
    a, b, c = admit("甲"), admit("乙"), admit("丙")
    lines = (
        Attendance(a, "甲"),
        Attendance(b, "乙", State.LEAVE, "病假"),
        Attendance(c, "丙", State.OBSERVER, expected=False),
    )
    meeting = record(
        _meeting(
            attendance=lines,
            also=("lecture",),
            votes=(Vote("某事"),),
            resolutions=(Resolution("一"),),
            minutes="四个字的",
        )
    )
    (row,) = library.read(lambda s: service.list_rows(s, [meeting, 99]))
    assert (row.kind, row.also, row.when) == ("支部党员大会", "党课", "2026年11月20日 15:00")
    assert (row.expected, row.present, row.votes, row.resolutions, row.minutes_length) == (2, 1, 1, 1, 4)


def test_binned_meeting_is_out_of_every_list(library, write, record) -> None:
    meeting = record(_meeting())
    assert write(lambda s: service.bin_meetings(s, [meeting])) == 1
    assert _found(library) == []
    assert library.read(lambda s: service.meeting_ids_between(s, date(2026, 1, 1), date(2026, 12, 31))) == []
    assert library.read(service.meeting_years) == []
    with pytest.raises(DomainError, match="回收站"):
        write(lambda s: service.get_meeting(s, meeting))


def test_a_page_of_meetings_takes_few_statements(library, admit, record) -> None:
    member = admit("甲")
    for number in range(30):
        record(_meeting(f"第{number}次", attendance=(Attendance(member, "甲"),)))
    statements: list[str] = []
    event.listen(library._engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert len(_found(library)) == 30
    assert len([text for text in statements if text.startswith("SELECT")]) <= 6
