# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from partyroom.core.errors import DomainError
from partyroom.features.meetings import resolution_service, service
from partyroom.features.meetings.domain import MeetingDraft, Resolution, Stage
from partyroom.features.meetings.resolution_service import ResolutionQuery
from partyroom.features.meetings.resolutions import ResolutionState
from partyroom.features.meetings.tables import FollowUpRecord, Meeting
from partyroom.features.organisation.service import group_named
from partyroom.storage.recycle import purge
from partyroom.storage.undo import undo_change_set


@pytest.fixture(autouse=True)
def _today(fixed_today):
    """2026-11-22."""


@pytest.fixture
def write(library):
    return lambda work: library.write("测试", work).result


@pytest.fixture
def decide(write):
    """Records a meeting with resolutions and returns its id."""

    def make(*resolutions: Resolution | str, kind: str = "assembly", on: date = date(2026, 9, 10), **fields) -> int:
        decided = tuple(Resolution(one) if isinstance(one, str) else one for one in resolutions)
        starts = datetime(on.year, on.month, on.day, 15)
        draft = MeetingDraft(kind, f"{on:%m%d}会", starts, resolutions=decided, **fields)
        return write(lambda s: service.record_meeting(s, draft))

    return make


@pytest.fixture
def draft_of(library):
    return lambda meeting: library.read(lambda s: service.get_meeting(s, meeting).draft)


@pytest.fixture
def rows(library):
    def read(**query):
        def work(s):
            ids = resolution_service.list_resolution_ids(s, ResolutionQuery(**query))
            return resolution_service.list_resolution_rows(s, ids)

        return library.read(work)

    return read


def test_numbers_count_by_year_and_survive_edits_of_order_and_words(write, decide, draft_of):
    decide("去年的", on=date(2025, 12, 1))
    meeting = decide("甲", "乙")
    decide("丙")
    draft = draft_of(meeting)
    assert [(one.text, one.number) for one in draft.resolutions] == [("甲", "2026-01"), ("乙", "2026-02")]
    first, second = draft.resolutions
    changed = replace(draft, resolutions=(Resolution("新"), second, replace(first, text="甲改")))
    write(lambda s: service.update_meeting(s, meeting, changed))
    again = draft_of(meeting).resolutions
    assert [(one.text, one.number) for one in again] == [("新", "2026-04"), ("乙", "2026-02"), ("甲改", "2026-01")]
    assert [one.id for one in again[1:]] == [second.id, first.id]


def test_hundred_resolutions_go_on_counting(decide, draft_of):
    decide(*(f"第{i}" for i in range(100)))
    assert draft_of(decide("最后")).resolutions[0].number == "2026-101"


def test_drafts_without_ids_keep_the_rows_with_the_same_words(write, decide, draft_of):
    meeting = decide(Resolution("甲", "张三"), "乙")
    before = draft_of(meeting)
    plain = tuple(Resolution(one.text, "李四") for one in reversed(before.resolutions))
    write(lambda s: service.update_meeting(s, meeting, replace(before, resolutions=plain)))
    after = draft_of(meeting).resolutions
    assert [(one.id, one.number, one.responsible) for one in after] == [
        (one.id, one.number, "李四") for one in reversed(before.resolutions)
    ]


def test_an_id_that_is_gone_or_another_meetings_takes_nothing_over(write, decide, draft_of):
    other = draft_of(decide("别的会的")).resolutions[0]
    meeting = decide("甲")
    before = draft_of(meeting)
    wanted = (replace(other, text="乙"), Resolution("甲", id=999, number="2026-99"))
    write(lambda s: service.update_meeting(s, meeting, replace(before, resolutions=wanted)))
    after = draft_of(meeting).resolutions
    assert [(one.text, one.number) for one in after] == [("乙", "2026-03"), ("甲", "2026-02")]
    assert after[1].id == before.resolutions[0].id


def test_follow_ups_stay_when_the_meeting_is_edited_and_bar_deletion(write, decide, draft_of, rows):
    meeting = decide("甲", "乙")
    first = draft_of(meeting).resolutions[0]
    write(lambda s: resolution_service.add_follow_up(s, first.id, date(2026, 10, 1), "已\n报送", "张三"))
    draft = draft_of(meeting)
    changed = replace(
        draft, title="改名", resolutions=(replace(draft.resolutions[0], text="甲甲"), draft.resolutions[1])
    )
    write(lambda s: service.update_meeting(s, meeting, changed))
    found = {row.number: row for row in rows()}
    assert found["2026-01"].text == "甲甲"
    assert [one.line for one in found["2026-01"].follow_ups] == ["2026年10月1日 已\n报送（张三）"]
    with pytest.raises(DomainError, match="第2026-01号决议“甲甲”已有督办记录，不能删除") as caught:
        write(lambda s: service.update_meeting(s, meeting, replace(draft_of(meeting), resolutions=())))
    assert caught.value.problems[0].field == "resolutions"
    write(lambda s: service.update_meeting(s, meeting, replace(draft_of(meeting), resolutions=(first,))))
    assert [row.number for row in rows()] == ["2026-01"]


def test_states_follow_the_deadline_and_the_closing(write, decide, draft_of, rows):
    meeting = decide(Resolution("早该办的", deadline="10月底"), Resolution("还早", deadline="年底前"), "长期的")
    ids = [one.id for one in draft_of(meeting).resolutions]
    write(lambda s: resolution_service.close_resolutions(s, ids[2:], date(2026, 11, 20), "全部完成", "李四"))
    assert {row.text: row.state.label for row in rows()} == {"早该办的": "逾期", "还早": "办理中", "长期的": "已办结"}
    assert {row.text: row.due_on for row in rows()}["早该办的"] == date(2026, 10, 31)
    assert [row.text for row in rows(state="overdue")] == ["早该办的"]
    assert {row.text for row in rows(state="unclosed")} == {"早该办的", "还早"}
    assert [row.text for row in rows(state="closed", year="2026", search="完成")] == ["长期的"]
    assert rows(year="2025") == []
    assert [row.text for row in rows(sort="deadline", descending=False)] == ["早该办的", "还早", "长期的"]


def test_a_closed_resolution_is_taken_up_again_only_with_a_reason(write, decide, draft_of, rows):
    one = draft_of(decide("甲")).resolutions[0].id
    with pytest.raises(DomainError, match="还没有办结"):
        write(lambda s: resolution_service.reopen_resolution(s, one, "再办"))
    write(lambda s: resolution_service.close_resolutions(s, [one], date(2026, 11, 1)))
    for work in (
        lambda s: resolution_service.add_follow_up(s, one, date(2026, 11, 2), "补"),
        lambda s: resolution_service.close_resolutions(s, [one], date(2026, 11, 2)),
    ):
        with pytest.raises(DomainError, match="已经办结"):
            write(work)
    with pytest.raises(DomainError, match="请写明重新办理的原因"):
        write(lambda s: resolution_service.reopen_resolution(s, one, " \n"))
    write(lambda s: resolution_service.reopen_resolution(s, one, "材料不全", "王五"))
    row = rows()[0]
    assert row.state is ResolutionState.OPEN
    assert [note.line for note in row.follow_ups] == ["2026年11月1日 办结", "2026年11月22日 重新办理：材料不全（王五）"]


@pytest.mark.parametrize(("day", "says"), [(date(2026, 9, 9), "早于会议日期"), (date(2026, 11, 23), "不能晚于今天")])
def test_notes_lie_between_the_decision_and_today(write, decide, draft_of, day, says):
    one = draft_of(decide("甲")).resolutions[0].id
    for work in (
        lambda s: resolution_service.add_follow_up(s, one, day, "办"),
        lambda s: resolution_service.close_resolutions(s, [one], day),
    ):
        with pytest.raises(DomainError, match=says):
            write(work)


def test_a_note_needs_words(write, decide, draft_of):
    one = draft_of(decide("甲")).resolutions[0].id
    with pytest.raises(DomainError, match="请写明办理情况"):
        write(lambda s: resolution_service.add_follow_up(s, one, date(2026, 10, 1), "\u200b "))


def test_only_what_the_same_body_left_open_is_carried_forward(library, write, person, decide, draft_of):
    write(lambda s: group_named(s, "第一党小组").id)
    groups = [write(lambda s, name=name: group_named(s, name).id) for name in ("第一党小组", "第二党小组")]
    decide("大会的", kind="assembly")
    decide("党课的", kind="lecture")
    decide("支委会的", kind="committee")
    decide("一组的", kind="group", group_id=groups[0])
    decide("二组的", kind="group", group_id=groups[1])
    decide("以后的", kind="assembly", on=date(2026, 10, 20))
    decide("取消的", kind="assembly", stage=Stage.CANCELLED)

    def carried(kind: str, group: int | None = None, day: date = date(2026, 10, 20)) -> list[str]:
        found = library.read(lambda s: resolution_service.open_resolutions(s, kind, group, day))
        return [one.text for one in found]

    assert carried("assembly") == ["大会的", "党课的"]
    assert carried("committee") == ["支委会的"]
    assert carried("group", groups[1]) == ["二组的"]
    assert carried("assembly", day=date(2026, 10, 21)) == ["大会的", "党课的", "以后的"]
    assert carried("没有这种") == []


def test_what_was_closed_later_was_still_open_at_a_meeting_before(library, write, decide, draft_of):
    one = draft_of(decide("甲")).resolutions[0].id
    write(lambda s: resolution_service.close_resolutions(s, [one], date(2026, 11, 1)))

    def carried(day: date) -> int:
        return len(library.read(lambda s: resolution_service.open_resolutions(s, "assembly", None, day)))

    assert [carried(date(2026, 10, 31)), carried(date(2026, 11, 1)), carried(date(2026, 11, 2))] == [1, 1, 0]


def test_resolutions_of_a_binned_meeting_are_neither_listed_nor_carried(library, write, decide, draft_of, rows):
    meeting = decide("甲")
    one = draft_of(meeting).resolutions[0].id
    write(lambda s: resolution_service.add_follow_up(s, one, date(2026, 10, 1), "办"))
    write(lambda s: service.bin_meetings(s, [meeting]))
    assert rows() == []
    assert library.read(lambda s: resolution_service.open_resolutions(s, "assembly", None, date(2026, 11, 1))) == ()
    with pytest.raises(DomainError, match="没有这项决议"):
        write(lambda s: resolution_service.close_resolutions(s, [one], date(2026, 11, 1)))
    assert decide("乙")
    assert [row.number for row in rows()] == ["2026-02"]
    write(lambda s: purge(s, "meetings", meeting))
    assert library.read(lambda s: list(s.scalars(select(FollowUpRecord.id)))) == []


def test_undoing_a_closing_opens_it_again(library, decide, draft_of, rows):
    one = draft_of(decide("甲")).resolutions[0].id
    done = library.write("办结", lambda s: resolution_service.close_resolutions(s, [one], date(2026, 11, 1), "好"))
    library.write("撤销", lambda s: undo_change_set(s, done.change_set))
    assert (rows()[0].state, rows()[0].follow_ups) == (ResolutionState.OPEN, ())


def test_a_deadline_from_before_days_were_stored_is_still_read(write, decide, rows):
    meeting = decide(Resolution("甲", deadline="10月底"))

    def forget(s) -> None:
        s.get(Meeting, meeting).resolutions[0].due_on = None

    write(forget)
    assert rows()[0].state is ResolutionState.OVERDUE
