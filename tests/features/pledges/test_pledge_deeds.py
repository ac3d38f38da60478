from __future__ import annotations

from datetime import date

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.pledges import deeds_service as deeds
from partyroom.features.pledges.deeds_service import DeedQuery
from partyroom.features.pledges.domain import DeedDraft, EventKind, State
from partyroom.features.pledges.hours import hours_text, read_hours
from partyroom.features.pledges.stage_service import withdraw_pledges
from partyroom.features.pledges.stages import Step

DEED = DeedDraft(date(2026, 4, 1), "到社区宣讲", "幸福社区", 90, "王主任")


def test_the_first_deed_starts_the_fulfilment_on_its_day(pledge, branch, detail) -> None:
    number = pledge(State.PUBLISHED)
    item = detail(number).items[1]
    branch.write("践诺", lambda s: deeds.record_deed(s, number, item.id, DEED))
    found = detail(number)
    assert (found.state, found.started_on, found.events[-1].kind) == (
        State.FULFILLING,
        date(2026, 4, 1),
        EventKind.STARTED,
    )
    (deed,) = found.deeds_of(item.id)
    assert (deed.text, deed.place, deed.minutes, deed.witness) == ("到社区宣讲", "幸福社区", 90, "王主任")


def test_a_deed_may_serve_the_pledge_as_a_whole(pledge, branch, detail) -> None:
    number = pledge(State.FULFILLING)
    branch.write("践诺", lambda s: deeds.record_deed(s, number, None, DEED))
    assert [deed.item_id for deed in detail(number).deeds] == [None]


@pytest.mark.parametrize(
    ("state", "draft", "sentence"),
    [
        (State.DRAFT, DEED, "还没有亮诺"),
        (State.REVIEWED, DEED, "还没有亮诺"),
        (State.PUBLISHED, DeedDraft(date(2026, 2, 28), "做"), "早于亮诺日期（2026年3月1日）"),
        (State.PUBLISHED, DeedDraft(date(2026, 11, 23), "做"), "还没有到"),
        (State.PUBLISHED, DeedDraft(date(2026, 4, 1), " "), "填写践诺情况"),
        (State.PUBLISHED, DeedDraft(date(2026, 4, 1), "做", minutes=0), "大于0"),
    ],
)
def test_a_deed_that_cannot_be_is_refused(pledge, branch, detail, state, draft, sentence) -> None:
    number = pledge(state)
    with pytest.raises(DomainError, match=sentence):
        branch.write("践诺", lambda s: deeds.record_deed(s, number, None, draft))
    assert (detail(number).deeds, detail(number).state) == ((), state)


def test_a_deed_does_not_serve_the_item_of_another(pledge, branch, detail) -> None:
    first, second = pledge(State.PUBLISHED), pledge(State.PUBLISHED, member_id=7)
    strange = detail(second).items[0].id
    with pytest.raises(DomainError, match="没有这一项"):
        branch.write("践诺", lambda s: deeds.record_deed(s, first, strange, DEED))


def test_a_deed_of_several_is_recorded_for_all_or_none(pledge, branch, detail) -> None:
    first, second = pledge(State.PUBLISHED), pledge(State.PUBLISHED, member_id=7)
    ids = branch.write("践诺", lambda s: deeds.record_deeds(s, [(first, None), (second, None)], DEED)).result
    assert len(ids) == 2
    third = pledge(member_id=8)
    with pytest.raises(DomainError, match="王八一"):
        branch.write("践诺", lambda s: deeds.record_deeds(s, [(first, None), (third, None)], DEED))
    assert len(detail(first).deeds) == 1


def test_a_withdrawn_pledge_takes_no_deeds(pledge, branch) -> None:
    number = pledge(State.FULFILLING)
    branch.write("撤回", lambda s: withdraw_pledges(s, [number], Step(date(2026, 5, 1), "赵一", "因故")))
    with pytest.raises(DomainError, match="已撤回"):
        branch.write("践诺", lambda s: deeds.record_deed(s, number, None, DEED))


def test_deeds_are_corrected_and_removed(pledge, branch, detail) -> None:
    number = pledge(State.FULFILLING)
    deed = branch.write("践诺", lambda s: deeds.record_deed(s, number, None, DEED)).result
    item = detail(number).items[0].id
    later = DeedDraft(date(2026, 4, 2), "改")
    branch.write("更正", lambda s: deeds.change_deed(s, deed, item, later))
    (found,) = detail(number).deeds
    assert (found.item_id, found.on, found.text, found.minutes) == (item, date(2026, 4, 2), "改", None)
    assert branch.write("删除", lambda s: deeds.remove_deeds(s, [deed])).result == 1
    assert detail(number).deeds == ()
    with pytest.raises(DomainError, match="已经不在了"):
        branch.write("删除", lambda s: deeds.remove_deeds(s, [deed]))


def test_an_item_is_done_on_a_day_and_can_be_reopened(pledge, branch, detail) -> None:
    number = pledge(State.PUBLISHED)
    item = detail(number).items[0].id
    branch.write("完成", lambda s: deeds.finish_item(s, item, date(2026, 6, 1), "12篇齐"))
    found = detail(number)
    assert (found.items[0].done_on, found.items[0].done_note, found.state) == (
        date(2026, 6, 1),
        "12篇齐",
        State.FULFILLING,
    )
    branch.write("重开", lambda s: deeds.reopen_item(s, item))
    assert (detail(number).items[0].done, detail(number).items[0].done_note) == (False, "")


@pytest.mark.parametrize(
    ("state", "on", "sentence"),
    [
        (State.REVIEWED, date(2026, 4, 1), "还没有亮诺"),
        (State.PUBLISHED, date(2026, 2, 28), "早于亮诺日期"),
        (State.PUBLISHED, date(2026, 11, 23), "还没有到"),
    ],
)
def test_an_item_is_not_done_before_it_was_shown_nor_in_future(pledge, branch, detail, state, on, sentence) -> None:
    number = pledge(state)
    item = detail(number).items[0].id
    with pytest.raises(DomainError, match=sentence):
        branch.write("完成", lambda s: deeds.finish_item(s, item, on))


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        (DeedQuery(1), ["植树", "读书", "宣讲"]),
        (DeedQuery(1, sort="on"), ["宣讲", "读书", "植树"]),
        (DeedQuery(1, sort="name"), ["植树", "读书", "宣讲"]),
        (DeedQuery(1, category="study"), ["读书"]),
        (DeedQuery(1, search="社区"), ["宣讲"]),
        (DeedQuery(1, search="zq"), ["宣讲"]),
        (DeedQuery(1, since=date(2026, 4, 2), until=date(2026, 4, 2)), ["读书"]),
        (DeedQuery(1, kind="branch"), []),
        (DeedQuery(2), []),
    ],
)
def test_the_register_finds_filters_and_sorts(pledge, branch, detail, query, texts) -> None:
    first, second = pledge(State.PUBLISHED), pledge(State.PUBLISHED, member_id=7)
    study = detail(first).items[0].id

    def fill(session) -> None:
        deeds.record_deed(session, second, None, DeedDraft(date(2026, 4, 1), "宣讲", "社区"))
        deeds.record_deed(session, first, study, DeedDraft(date(2026, 4, 2), "读书"))
        deeds.record_deed(session, first, None, DeedDraft(date(2026, 4, 3), "植树"))

    branch.write("践诺", fill)
    ids = branch.read(lambda s: deeds.list_deed_ids(s, query))
    assert [row.text for row in branch.read(lambda s: deeds.list_deed_rows(s, ids))] == texts


@pytest.mark.parametrize(
    ("typed", "minutes", "shown"),
    [("1.5", 90, "1.5"), (" ２小时", 120, "2"), ("0.1", 6, "0.1"), ("3个小时", 180, "3"), ("", None, "")],
)
def test_hours_are_read_and_written(typed, minutes, shown) -> None:
    assert read_hours(typed) == minutes
    assert ("" if minutes is None else hours_text(minutes)) == shown


@pytest.mark.parametrize("typed", ["半天", "0", "-1", "nan", "1e9", "inf"])
def test_hours_that_are_none_are_refused(typed) -> None:
    with pytest.raises(DomainError, match="时长"):
        read_hours(typed)


def test_minutes_that_make_no_round_hours_are_shown_to_two_places() -> None:
    assert [hours_text(minutes) for minutes in (100, 1, 60, 600)] == ["1.67", "0.02", "1", "10"]
