from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from partyroom.features.pledges.domain import (
    Appraisal,
    Deed,
    ItemCategory,
    PledgeDetail,
    PledgeItem,
    PledgerKind,
    PledgeRound,
    Stage,
    StageLine,
    State,
)
from partyroom.features.pledges.overview import mid_year_day, overview, overview_text, stage_progress, year_end_day
from partyroom.features.pledges.reminders import ReminderKind, reminders, short_text, stage_label

ROUND = PledgeRound(1, 2026, "2026年度公开承诺", "", (), ("好", "差"))
ITEM = PledgeItem(1, "学习笔记12篇", ItemCategory.STUDY, "", date(2026, 5, 31), "")
DEED = Deed(1, 1, date(2026, 4, 1), "写笔记", "", 90, "")
PLEDGE = PledgeDetail(
    id=7,
    round_id=1,
    year=2026,
    kind=PledgerKind.MEMBER,
    member_id=1,
    name="吴六",
    department="",
    group="",
    post="",
    state=State.FULFILLING,
    version=1,
    preamble="",
    items=(ITEM,),
    proposed_on=date(2026, 1, 1),
    reviewed_on=date(2026, 2, 1),
    deeds=(),
)


def kinds(pledge: PledgeDetail, day: date) -> list[ReminderKind]:
    return [one.kind for one in reminders(ROUND, [pledge], day)]


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2026, 4, 30), []),
        (date(2026, 5, 1), [ReminderKind.DUE_SOON]),
        (date(2026, 5, 31), [ReminderKind.DUE_SOON]),
        (date(2026, 6, 1), [ReminderKind.OVERDUE, ReminderKind.MID_YEAR]),
    ],
)
def test_an_item_is_reminded_of_thirty_days_ahead_and_from_the_day_after(day, found) -> None:
    assert kinds(PLEDGE, day) == found


def test_a_deed_quiets_the_reminder_of_its_item_and_of_mid_year_but_not_the_overdue_one() -> None:
    with_deed = replace(PLEDGE, deeds=(DEED,))
    assert kinds(with_deed, date(2026, 5, 31)) == []
    assert kinds(with_deed, date(2026, 6, 1)) == [ReminderKind.OVERDUE]
    of_the_whole = replace(PLEDGE, deeds=(replace(DEED, item_id=None),))
    assert kinds(of_the_whole, date(2026, 5, 31)) == [ReminderKind.DUE_SOON]


def test_an_item_done_or_dropped_is_not_reminded_of() -> None:
    for item in (replace(ITEM, done_on=date(2026, 5, 1)), replace(ITEM, retired_in=1), replace(ITEM, deadline=None)):
        assert kinds(replace(PLEDGE, items=(item,), deeds=(DEED,)), date(2026, 9, 1)) == []


@pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN, State.APPRAISED])
def test_what_is_not_running_is_not_reminded_of(state) -> None:
    assert kinds(replace(PLEDGE, state=state), date(2026, 9, 1)) == []


def test_a_reviewed_pledge_not_shown_is_reminded_of() -> None:
    (one,) = reminders(ROUND, [replace(PLEDGE, state=State.REVIEWED)], date(2026, 3, 1))
    assert (one.kind, one.pledge_id) == (ReminderKind.NOT_SHOWN, 7)
    assert one.text == "吴六的承诺2026年2月1日已审诺，还没有亮诺（公示、上墙）。"


def test_a_stage_past_its_day_is_named_as_custom() -> None:
    planned = StageLine(Stage.REVIEW, date(2026, 2, 28), None, "赵一")
    late = replace(ROUND, stages=(planned, StageLine(Stage.PUBLISH)))
    assert reminders(late, [], date(2026, 2, 28)) == []
    (one,) = reminders(late, [], date(2026, 3, 1))
    assert (one.kind, one.customary) == (ReminderKind.STAGE_LATE, True)
    assert one.text == (
        "审诺计划在2026年2月28日前完成（责任人：赵一），还没有登记完成日期（各阶段时间为惯例，不是硬性规定）。"
    )
    done = replace(late, stages=(replace(planned, actual_on=date(2026, 3, 5)),))
    assert reminders(done, [], date(2026, 12, 1)) == []


def test_the_look_at_mid_year_is_named_as_custom() -> None:
    quiet = replace(PLEDGE, items=(replace(ITEM, deadline=date(2026, 12, 10)),))
    assert reminders(ROUND, [quiet], date(2026, 5, 31)) == []
    (one,) = reminders(ROUND, [quiet], date(2026, 6, 1))
    assert (one.kind, one.customary) == (ReminderKind.MID_YEAR, True)
    assert "惯例" in one.text


def test_reminders_stand_by_urgency_then_day() -> None:
    items = (ITEM, replace(ITEM, id=2, deadline=date(2026, 5, 1)), replace(ITEM, id=3, deadline=date(2026, 6, 20)))
    found = reminders(ROUND, [replace(PLEDGE, items=items)], date(2026, 6, 1))
    assert [(one.kind, one.item_id) for one in found] == [
        (ReminderKind.OVERDUE, 2),
        (ReminderKind.OVERDUE, 1),
        (ReminderKind.DUE_SOON, 3),
        (ReminderKind.MID_YEAR, None),
    ]
    assert found[0].text == "吴六承诺的“学习笔记12篇”应在2026年5月1日前完成，已超过31天，还没有登记完成。"
    assert found[2].text == "吴六承诺的“学习笔记12篇”还有19天到期（2026年6月20日），还没有践诺记录。"


def test_words_of_strips_are_short() -> None:
    assert short_text("一" * 18) == "一" * 18
    assert short_text("一" * 19) == "一" * 17 + "…"
    lines = (
        StageLine(Stage.PROPOSE, date(2026, 1, 31), date(2026, 1, 20)),
        StageLine(Stage.REVIEW, date(2026, 2, 28)),
    )
    planned = replace(ROUND, stages=lines)
    assert [stage_label(stage, planned) for stage in (Stage.PROPOSE, Stage.REVIEW, Stage.FULFIL)] == [
        "提诺 1月20日完成",
        "审诺 计划2月28日前",
        "践诺",
    ]


def test_the_overview_counts_by_its_day() -> None:
    items = (
        replace(ITEM, done_on=date(2026, 6, 30)),
        replace(ITEM, id=2, category=ItemCategory.SERVICE, deadline=date(2026, 12, 10), done_on=date(2026, 7, 1)),
        replace(ITEM, id=3, retired_in=1),
    )
    late = replace(DEED, id=2, on=date(2026, 7, 1), minutes=30)
    pledges = [
        replace(
            PLEDGE,
            items=items,
            deeds=(DEED, late),
            state=State.APPRAISED,
            appraisal=Appraisal(grade="好", decided_on=date(2026, 12, 20)),
        ),
        replace(PLEDGE, id=8, name="郑七"),
        replace(PLEDGE, id=9, name="王八", state=State.WITHDRAWN),
    ]
    half = overview(ROUND, pledges, mid_year_day(2026))
    assert (half.pledges, half.items, half.done, half.overdue, half.deeds, half.minutes) == (2, 3, 1, 1, 1, 90)
    assert (half.without_deed, half.overdue_names) == (("郑七",), ("郑七",))
    assert half.states[State.WITHDRAWN] == 1
    whole = overview(ROUND, pledges, year_end_day(2026))
    assert (whole.done, whole.deeds, whole.minutes, whole.grades) == (2, 2, 120, {"好": 1, "差": 0, "未评": 1})
    assert whole.categories[ItemCategory.SERVICE] == (1, 1)
    assert overview_text(whole) == (
        "截至2026年12月31日，共作出公开承诺2份（党员2份）；承诺事项3项，已完成2项，超期1项；"
        "登记践诺记录2条，累计2小时；还没有践诺记录的有郑七；评诺结果为好1份。"
    )


def test_the_overview_of_nothing_reads_well() -> None:
    assert overview_text(overview(ROUND, [], date(2026, 6, 30))) == (
        "截至2026年6月30日，共作出公开承诺0份；承诺事项0项，已完成0项；登记践诺记录0条。"
    )


def test_progress_tells_how_many_came_through_each_stage_and_when_the_last_did() -> None:
    shown = replace(PLEDGE, id=8, state=State.PUBLISHED, reviewed_on=date(2026, 2, 9), published_from=date(2026, 3, 1))
    gone = replace(PLEDGE, id=9, state=State.WITHDRAWN, reviewed_on=date(2026, 9, 9))
    found = stage_progress([replace(PLEDGE, state=State.REVIEWED), shown, gone])
    assert [(one.stage, one.reached, one.pledges, one.latest, one.complete) for one in found] == [
        (Stage.PROPOSE, 2, 2, date(2026, 1, 1), True),
        (Stage.REVIEW, 2, 2, date(2026, 2, 9), True),
        (Stage.PUBLISH, 1, 2, date(2026, 3, 1), False),
        (Stage.FULFIL, 0, 2, None, False),
        (Stage.APPRAISE, 0, 2, None, False),
    ]
    assert [one.complete for one in stage_progress([])] == [False] * 5


def test_many_without_deeds_are_shortened() -> None:
    pledges = [replace(PLEDGE, id=n, name=f"党员{n}") for n in range(10)]
    text = overview_text(overview(ROUND, pledges, date(2026, 5, 1) + timedelta(days=1)))
    assert "党员7等10份" in text
    assert "党员8" not in text
