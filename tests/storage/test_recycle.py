# ruff: noqa: DTZ001  (a branch lives in one time zone)

from __future__ import annotations

from datetime import date, datetime

import pytest

from partyroom.core.calendar import stopped_at
from partyroom.core.errors import DomainError
from partyroom.core.filing import Retention
from partyroom.features.dues.ledger import ReliefKind
from partyroom.features.meetings.domain import Attendance, MeetingDraft
from partyroom.features.meetings.service import bin_meetings, get_meeting, record_meeting
from partyroom.features.members.service import RosterQuery, admit_member, bin_members, get_member, list_member_ids
from partyroom.features.organisation.service import bin_department, list_departments, save_department
from partyroom.features.pledges.tables import RoundRecord
from partyroom.storage.recycle import list_bin, purge, recyclable_classes, restore, restore_latest


def _ids(library) -> list[int]:
    return library.read(lambda s: list_member_ids(s, RosterQuery()))


@pytest.fixture
def member(library, person) -> int:
    return library.write("登记", lambda s: admit_member(s, person("张三"))).result


def test_binned_person_is_out_of_sight_and_in_the_bin(library, member, fixed_today) -> None:
    library.write("删除", lambda s: bin_members(s, [member]))
    assert _ids(library) == []
    with pytest.raises(DomainError, match="可能在回收站"):
        library.read(lambda s: get_member(s, member))
    (line,) = library.read(list_bin)
    assert (line.table, line.id, line.kind, line.title, line.deleted_at) == (
        "members",
        member,
        "党员花名册",
        "张三",
        fixed_today,
    )


def test_restore_brings_back_and_says_what(library, member) -> None:
    library.write("删除", lambda s: bin_members(s, [member]))
    assert library.write("恢复", lambda s: restore(s, "members", member)).result == "张三"
    assert _ids(library) == [member]
    assert library.read(list_bin) == []


def test_restore_of_what_is_not_in_the_bin_is_refused(library, member) -> None:
    with pytest.raises(DomainError, match="不在回收站"):
        library.write("恢复", lambda s: restore(s, "members", member))


def test_restore_latest_brings_back_one_deletion_at_a_time(library, person) -> None:
    ids = [library.write("登记", lambda s, n=n: admit_member(s, person(n))).result for n in ("甲", "乙", "丙")]
    with stopped_at(datetime(2026, 11, 22, 10, 0, 0)):
        library.write("删除", lambda s: bin_members(s, ids[:1]))
    with stopped_at(datetime(2026, 11, 22, 10, 0, 5)):
        library.write("删除", lambda s: bin_members(s, ids[1:]))
    assert set(library.write("恢复", restore_latest).result.split("、")) == {"乙", "丙"}
    assert library.write("恢复", restore_latest).result == "甲"
    with pytest.raises(DomainError, match="回收站是空的"):
        library.write("恢复", restore_latest)


def test_a_name_may_be_used_again_but_then_the_binned_one_stays(library) -> None:
    old = library.write("添加", lambda s: save_department(s, "语文组")).result
    library.write("删除", lambda s: bin_department(s, old))
    new = library.write("添加", lambda s: save_department(s, "语文组")).result
    assert new != old
    with pytest.raises(DomainError, match="同名的“语文组”"):
        library.write("恢复", lambda s: restore(s, "departments", old))
    assert [d.id for d in library.read(list_departments)] == [new]


def test_purge_removes_for_good(library, member) -> None:
    library.write("删除", lambda s: bin_members(s, [member]))
    library.write("彻底删除", lambda s: purge(s, "members", member))
    assert library.read(list_bin) == []
    with pytest.raises(DomainError):
        library.write("恢复", lambda s: restore(s, "members", member))


def test_purge_of_what_was_not_binned_first_is_refused(library, member) -> None:
    with pytest.raises(DomainError):
        library.write("彻底删除", lambda s: purge(s, "members", member))
    assert _ids(library) == [member]


def test_purge_of_somebody_in_an_old_meeting_is_refused(library, member) -> None:
    draft = MeetingDraft("assembly", "大会", datetime(2026, 1, 9, 15), attendance=(Attendance(member, "张三"),))
    meeting = library.write("记录", lambda s: record_meeting(s, draft)).result
    library.write("删除", lambda s: bin_members(s, [member]))
    with pytest.raises(DomainError, match="不能彻底删除“张三”"):
        library.write("彻底删除", lambda s: purge(s, "members", member))
    assert library.read(lambda s: get_meeting(s, meeting)).draft == draft
    assert len(library.read(list_bin)) == 1


def test_purge_of_a_meeting_takes_its_lines_along_and_leaves_the_people(library, member) -> None:
    draft = MeetingDraft("assembly", "大会", datetime(2026, 1, 9, 15), attendance=(Attendance(member, "张三"),))
    meeting = library.write("记录", lambda s: record_meeting(s, draft)).result
    library.write("删除", lambda s: bin_meetings(s, [meeting]))
    library.write("彻底删除", lambda s: purge(s, "meetings", meeting))
    rows = library.read(lambda s: s.connection().exec_driver_sql("SELECT count(*) FROM attendance").scalar())
    assert rows == 0
    assert _ids(library) == [member]


def test_every_recyclable_thing_can_name_itself() -> None:
    month = date(2026, 3, 1)
    told: dict[str, tuple[dict[str, object], str]] = {
        "meetings": ({"starts_at": datetime(2026, 1, 9), "title": "某某"}, "2026.01.09 某某"),
        "pledges": ({"round": RoundRecord(year=2026), "name": "某某"}, "2026年 某某的承诺"),
        "archive_pieces": ({"year": 2025, "title": "某某"}, "2025年 某某"),
        "archive_boxes": ({"year": 2025, "retention": Retention.PERMANENT, "number": 3}, "2025年 永久 第3盒"),
        "dues_assessments": ({"from_month": month, "base_fen": 546647}, "2026.03起 5466.47元"),
        "dues_reliefs": ({"from_month": month, "kind": ReliefKind.EXEMPT}, "免交 2026.03起"),
        "dues_arrears_reasons": ({"from_month": month, "reason": "住院"}, "2026.03起 住院"),
        "dues_publications": ({"year": 2026, "on_day": month}, "2026年 2026.03.01"),
    }
    for table, mapped in recyclable_classes().items():
        fields, title = told.get(table, ({"name": "某某"}, "某某"))
        row = mapped(**fields)
        assert row.bin_title == title
        assert row.bin_kind
