# ruff: noqa: DTZ001  (a branch lives in one time zone)

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from partyroom.core.errors import DomainError
from partyroom.features.meetings.domain import AgendaItem, Attendance, Guest, MeetingDraft, Resolution, State, Vote
from partyroom.features.meetings.service import get_meeting, record_meeting, update_meeting
from partyroom.features.members.domain import Category, Standing
from partyroom.features.members.service import RosterQuery, admit_member, bin_members, get_member, list_member_ids
from partyroom.features.members.service import update_member as _update
from partyroom.features.organisation.service import bin_department, list_departments, save_department
from partyroom.storage.audit import ChangeSet
from partyroom.storage.recycle import purge
from partyroom.storage.undo import undo_change_set
from partyroom.storage.work import recorder_of


@pytest.fixture
def admit(library, person):
    return lambda *args, **fields: library.write("登记", lambda s: admit_member(s, person(*args, **fields)))


@pytest.fixture
def update(library, person):
    return lambda member, *args, **fields: library.write("修改", lambda s: _update(s, member, person(*args, **fields)))


@pytest.fixture
def undo(library):
    return lambda written: library.write("撤销", lambda s: undo_change_set(s, written.change_set))


@pytest.fixture
def stored(library):
    return lambda member: library.read(lambda s: get_member(s, member)).draft


def _meeting(library, members) -> MeetingDraft:
    return MeetingDraft(
        kind="assembly",
        title="十一月党员大会",
        starts_at=datetime(2026, 11, 20, 15),
        attendance=tuple(Attendance(m, f"人{m}") for m in members),
        guests=(Guest("王校长", "某某小学"),),
        agenda=(AgendaItem("通报工作", "张三"),),
        votes=(Vote("同意通过", should=2, present=2, yes=2), Vote("同意表彰", should=2, present=2, yes=1, no=1)),
        resolutions=(Resolution("按时上报", "张三", "月底前"),),
    )


def test_undo_of_an_admission_removes_person_and_new_department(library, admit, undo) -> None:
    written = admit("张三", department="语文组")
    assert undo(written).result == 2
    assert library.read(lambda s: list_member_ids(s, RosterQuery())) == []
    assert library.read(list_departments) == []


def test_undo_of_an_edit_brings_every_kind_of_value_back(admit, update, undo, stored, person) -> None:
    fields = {"birth": "1985-03", "category": Category.PROBATIONARY, "floating": True, "typed": {"sex": "不详"}}
    member = admit("张三", **fields).result
    before = stored(member)
    edit = update(member, "张叁", birth="1985-03-02", standing=Standing.TRANSFERRED, left="2026-01", typed={})
    assert stored(member).birth.text == "1985-03-02"
    undo(edit)
    assert stored(member) == before


def test_undo_of_a_meeting_edit_brings_back_replaced_votes_and_lines(library, admit, undo) -> None:
    members = [admit(f"人{n}").result for n in (1, 2)]
    draft = _meeting(library, members)
    meeting = library.write("记录", lambda s: record_meeting(s, draft)).result
    before = library.read(lambda s: get_meeting(s, meeting))
    changed = replace(
        draft,
        attendance=(Attendance(members[1], "人2", State.LEAVE, "出差"),),
        guests=(),
        agenda=(AgendaItem("另一项"), AgendaItem("再一项")),
        votes=(Vote("改过的", should=1),),
        resolutions=(),
    )
    edit = library.write("修改", lambda s: update_meeting(s, meeting, changed))
    assert library.read(lambda s: get_meeting(s, meeting)).draft == changed
    undo(edit)
    assert library.read(lambda s: get_meeting(s, meeting)) == before
    assert library.check() == []


def test_undo_of_a_recorded_meeting_leaves_no_row_of_it(library, admit, undo) -> None:
    members = [admit(f"人{n}").result for n in (1, 2)]
    written = library.write("记录", lambda s: record_meeting(s, _meeting(library, members)))
    undo(written)
    counts = library.read(
        lambda s: [
            s.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            for table in ("meetings", "attendance", "meeting_guests", "agenda_items", "votes", "resolutions")
        ]
    )
    assert counts == [0] * 6


def test_undo_of_a_purge_brings_a_meeting_back_with_everything(library, admit, undo) -> None:
    from partyroom.features.meetings.service import bin_meetings
    from partyroom.storage.recycle import restore

    members = [admit(f"人{n}").result for n in (1, 2)]
    draft = _meeting(library, members)
    meeting = library.write("记录", lambda s: record_meeting(s, draft)).result
    library.write("删除", lambda s: bin_meetings(s, [meeting]))
    purged = library.write("彻底删除", lambda s: purge(s, "meetings", meeting))
    undo(purged)
    library.write("恢复", lambda s: restore(s, "meetings", meeting))
    assert library.read(lambda s: get_meeting(s, meeting)).draft == draft


def test_undo_twice_is_refused(admit, undo) -> None:
    written = admit()
    undo(written)
    with pytest.raises(DomainError, match="已经撤销过了"):
        undo(written)


def test_undo_of_an_unknown_action_is_refused(library) -> None:
    with pytest.raises(DomainError, match="找不到"):
        library.write("撤销", lambda s: undo_change_set(s, 999))


def test_undo_is_refused_when_the_same_value_was_changed_later(admit, update, undo, stored) -> None:
    member = admit(phone="1").result
    first = update(member, phone="2")
    update(member, phone="3")
    with pytest.raises(DomainError, match="之后又做过“修改”"):
        undo(first)
    assert stored(member).phone == "3"


def test_undo_of_an_admission_is_refused_after_any_later_edit(admit, update, undo, stored) -> None:
    written = admit()
    update(written.result, address="新地址")
    with pytest.raises(DomainError, match="撤销会把后来的改动一起冲掉"):
        undo(written)
    assert stored(written.result).address == "新地址"


def test_undo_leaves_later_changes_of_other_values_alone(admit, update, undo, stored) -> None:
    member = admit(phone="1", address="甲").result
    first = update(member, phone="2", address="甲")
    update(member, phone="2", address="乙")
    undo(first)
    assert (stored(member).phone, stored(member).address) == ("1", "乙")


def test_undo_works_again_after_the_later_change_was_undone(admit, update, undo, stored) -> None:
    member = admit(phone="1").result
    first = update(member, phone="2")
    second = update(member, phone="3")
    undo(second)
    undo(first)
    assert stored(member).phone == "1"


def test_an_undone_undo_counts_as_the_change_it_restored(library, admit, update, undo, stored) -> None:
    member = admit(phone="1").result
    first = update(member, phone="2")
    second = update(member, phone="3")
    undo(undo(second))
    assert stored(member).phone == "3"
    with pytest.raises(DomainError, match="撤销会把后来的改动一起冲掉"):
        undo(first)
    assert stored(member).phone == "3"
    undo(second)
    assert stored(member).phone == "2"


def test_undo_refuses_while_other_records_use_what_it_would_remove(library, admit, undo) -> None:
    written = admit("张三")
    draft = replace(_meeting(library, [written.result]), votes=())
    library.write("记录", lambda s: record_meeting(s, draft))
    with pytest.raises(DomainError, match="后来的记录"):
        undo(written)
    assert library.read(lambda s: list_member_ids(s, RosterQuery())) == [written.result]


def test_refused_undo_changes_nothing_of_a_larger_action(library, person, update, undo, stored) -> None:
    imported = library.write("导入", lambda s: [admit_member(s, person(f"人{n}")) for n in range(3)])
    update(imported.result[0], "人0", phone="9")
    with pytest.raises(DomainError):
        undo(imported)
    assert library.read(lambda s: len(list_member_ids(s, RosterQuery()))) == 3
    assert library.read(lambda s: s.get(ChangeSet, imported.change_set).undone_by) is None


def test_undo_of_a_deletion_takes_things_out_of_the_bin(library, admit, undo) -> None:
    member = admit().result
    undo(library.write("删除", lambda s: bin_members(s, [member])))
    assert library.read(lambda s: list_member_ids(s, RosterQuery())) == [member]


def test_undo_names_its_own_entry_in_the_log(library, admit, undo) -> None:
    written = admit()
    taken_back = undo(written)
    assert library.read(lambda s: s.scalar(select(ChangeSet.undone_by).where(ChangeSet.id == written.change_set))) == (
        taken_back.change_set
    )
    assert taken_back.changes == {"members"}


def test_undo_is_refused_when_the_name_was_given_away_meanwhile(library, undo) -> None:
    old = library.write("添加", lambda s: save_department(s, "语文组")).result
    binned = library.write("删除", lambda s: bin_department(s, old))
    library.write("添加", lambda s: save_department(s, "语文组"))
    with pytest.raises(DomainError, match="已经有一个同名的"):
        undo(binned)
    assert [d.name for d in library.read(list_departments)] == ["语文组"]


def test_undo_of_records_that_the_program_no_longer_has_is_refused(library) -> None:
    def old_action(session):
        recorder_of(session).note(session, "a_table_of_old", 1, "旧")

    written = library.write("旧操作", old_action)
    with pytest.raises(DomainError, match="旧版本程序"):
        library.write("撤销", lambda s: undo_change_set(s, written.change_set))
