from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.pledges import stage_service as stages
from partyroom.features.pledges.domain import (
    Discussion,
    EventKind,
    ItemCategory,
    ItemDraft,
    Opinion,
    PledgeRound,
    Stage,
    StageLine,
    State,
)
from partyroom.features.pledges.service import sign_pledges
from partyroom.features.pledges.stages import (
    Change,
    Publication,
    Review,
    Step,
    discussion_note,
    effective_events,
    first_publication,
    next_state,
    round_hints,
    round_problems,
    step_problems,
)

DAY = date(2026, 11, 22)


def as_drafts(found) -> list[ItemDraft]:
    return [
        ItemDraft(item.text, item.category, item.measure, item.deadline, item.responsible, item.id)
        for item in found.standing_items
    ]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("target", [State.REVIEWED, State.PUBLISHED, State.FULFILLING, State.APPRAISED])
def test_only_the_next_stage_can_be_recorded(state, target) -> None:
    found = step_problems(state, target, Step(DAY), DAY, DAY)
    assert (found == []) == (next_state(state) is target)


@pytest.mark.parametrize(
    ("state", "target", "sentence"),
    [
        (State.DRAFT, State.PUBLISHED, "承诺现在是“草稿”，还没有审诺，不能直接登记亮诺。请先登记审诺。"),
        (State.REVIEWED, State.APPRAISED, "承诺现在是“已审”，还没有亮诺，不能直接登记评诺。请先登记亮诺。"),
        (State.PUBLISHED, State.REVIEWED, "承诺现在是“已公示”，审诺已经登记过了。"),
        (State.WITHDRAWN, State.REVIEWED, "承诺已撤回，不能登记审诺；需要继续时请先恢复。"),
    ],
)
def test_a_skipped_stage_is_refused_with_a_sentence(state, target, sentence) -> None:
    assert [problem.message for problem in step_problems(state, target, Step(DAY), DAY, DAY)] == [sentence]


def test_a_later_stage_is_not_before_an_earlier_one_nor_to_come() -> None:
    def said(on: date) -> list[str]:
        found = step_problems(State.DRAFT, State.REVIEWED, Step(on), date(2026, 2, 1), DAY)
        return [problem.message for problem in found]

    assert said(date(2026, 2, 1)) == []
    assert said(date(2026, 1, 31)) == ["审诺日期（2026年1月31日）早于提诺日期（2026年2月1日），请核对。"]
    assert said(DAY) == []
    assert said(date(2026, 11, 23)) == ["审诺日期还没有到，完成后再登记。"]


def test_the_whole_way_is_written_with_days_and_persons(pledge, detail) -> None:
    found = detail(pledge(State.FULFILLING))
    assert [(event.kind, event.on, event.person) for event in found.events] == [
        (EventKind.PROPOSED, date(2026, 1, 10), ""),
        (EventKind.REVIEWED, date(2026, 2, 20), "支委会"),
        (EventKind.PUBLISHED, date(2026, 3, 1), "赵一"),
        (EventKind.STARTED, date(2026, 3, 2), "吴六"),
    ]
    assert (found.reviewed_on, found.published_from, found.started_on, found.place) == (
        date(2026, 2, 20),
        date(2026, 3, 1),
        date(2026, 3, 2),
        "公开栏",
    )


def test_reviews_differ_from_pledge_to_pledge(pledge, branch, detail) -> None:
    first, second, third = pledge(member_id=6), pledge(member_id=7), pledge(member_id=8)
    reviews = {
        first: Review(date(2026, 2, 20), "支委会"),
        second: Review(date(2026, 2, 20), "支委会", "措施要具体", Opinion.AMEND),
        third: Review(date(2026, 2, 20), "支委会", "与岗位无关", Opinion.RETURN),
    }
    assert branch.write("审诺", lambda s: stages.review_pledges(s, reviews)).result == 2
    assert [detail(n).state for n in (first, second, third)] == [State.REVIEWED, State.REVIEWED, State.DRAFT]
    assert detail(second).events[-1].remark == "修改后同意：措施要具体"
    returned = detail(third).events[-1]
    assert (returned.kind, returned.after, returned.remark) == (EventKind.RETURNED, State.DRAFT, "退回：与岗位无关")
    with pytest.raises(DomainError, match="早于提诺日期（2026年2月20日）"):
        branch.write("审诺", lambda s: stages.review_pledges(s, {third: Review(date(2026, 2, 19), "支委会")}))


def test_a_review_of_many_is_done_whole_or_not_at_all(pledge, branch, detail) -> None:
    first, second = pledge(member_id=6), pledge(State.REVIEWED, member_id=7)
    review = Review(date(2026, 2, 20), "支委会")
    with pytest.raises(DomainError, match="郑七"):
        branch.write("审诺", lambda s: stages.review_pledges(s, {first: review, second: review}))
    assert detail(first).state is State.DRAFT


@pytest.mark.parametrize(
    ("review", "sentence"),
    [
        (Review(date(2026, 2, 20), " "), "填写审诺人"),
        (Review(date(2026, 2, 20), "支委会", " ", Opinion.RETURN), "退回时请写明理由"),
    ],
)
def test_a_review_names_who_and_a_return_says_why(pledge, branch, review, sentence) -> None:
    number = pledge()
    with pytest.raises(DomainError, match=sentence):
        branch.write("审诺", lambda s: stages.review_pledges(s, {number: review}))


def test_a_publication_does_not_end_before_it_begins(pledge, branch, detail) -> None:
    number = pledge(State.REVIEWED)
    wrong = Publication(date(2026, 3, 1), "赵一", until=date(2026, 2, 28))
    with pytest.raises(DomainError, match="公示截止日期早于开始日期"):
        branch.write("亮诺", lambda s: stages.publish_pledges(s, [number], wrong))
    right = replace(wrong, until=date(2026, 3, 1), place="网站")
    branch.write("亮诺", lambda s: stages.publish_pledges(s, [number], right))
    assert detail(number).events[-1].remark == "网站；公示至2026年3月1日"


def test_a_change_after_review_keeps_the_old_words_and_goes_back_to_review(pledge, branch, detail) -> None:
    number = pledge(State.FULFILLING)
    branch.write("签字", lambda s: sign_pledges(s, [number], date(2026, 3, 1)))
    before = detail(number)
    items = as_drafts(before)
    items[0] = replace(items[0], text="学习笔记24篇")
    change = Change(date(2026, 5, 1), "吴六", "任务调整")
    version = branch.write("变更", lambda s: stages.change_pledge(s, number, items, "新前言", change)).result
    found = detail(number)
    assert (version, found.version, found.state, found.proposed_on) == (2, 2, State.DRAFT, date(2026, 5, 1))
    assert (found.reviewed_on, found.published_from, found.started_on, found.signed_on) == (None, None, None, None)
    (old,) = found.versions
    assert (old.number, old.reason, old.changed_by, old.correction) == (1, "任务调整", "吴六", False)
    assert [(item.text, item.category, item.deadline) for item in old.items] == [
        ("学习笔记12篇", ItemCategory.STUDY, date(2026, 12, 10)),
        ("结对帮扶1名学生", ItemCategory.SERVICE, date(2026, 6, 30)),
    ]
    assert [item.text for item in found.standing_items] == ["学习笔记24篇", "结对帮扶1名学生"]
    assert found.events[-1].kind is EventKind.CHANGED
    assert len(found.events) == len(before.events) + 1


def test_a_correction_keeps_the_pledge_where_it_is(pledge, branch, detail) -> None:
    number = pledge(State.PUBLISHED)
    branch.write("签字", lambda s: sign_pledges(s, [number], date(2026, 3, 2)))
    items = as_drafts(detail(number))
    items[1] = replace(items[1], text="结对帮扶一名学生")
    change = Change(date(2026, 5, 1), "吴六", "错字", correction=True)
    branch.write("更正", lambda s: stages.change_pledge(s, number, items, "", change))
    found = detail(number)
    assert (found.state, found.version, found.published_from) == (State.PUBLISHED, 2, date(2026, 3, 1))
    assert found.signed_on == date(2026, 3, 2)
    assert (found.versions[0].correction, found.events[-1].kind) == (True, EventKind.CORRECTED)


def test_an_item_dropped_by_a_change_keeps_its_deeds(pledge, branch, detail) -> None:
    from partyroom.features.pledges.deeds_service import record_deed
    from partyroom.features.pledges.domain import DeedDraft

    number = pledge(State.PUBLISHED)
    first = detail(number).items[0]
    branch.write("践诺", lambda s: record_deed(s, number, first.id, DeedDraft(date(2026, 4, 1), "写笔记")))
    items = as_drafts(detail(number))[1:]
    change = Change(date(2026, 5, 1), "吴六", "调岗")
    branch.write("变更", lambda s: stages.change_pledge(s, number, items, "", change))
    found = detail(number)
    assert [(item.text, item.retired_in) for item in found.items if item.id == first.id] == [("学习笔记12篇", 1)]
    assert [item.text for item in found.standing_items] == ["结对帮扶1名学生"]
    assert [deed.text for deed in found.deeds_of(first.id)] == ["写笔记"]


@pytest.mark.parametrize(
    ("state", "change", "sentence"),
    [
        (State.DRAFT, Change(DAY, "甲", "理由"), "还是草稿"),
        (State.REVIEWED, Change(DAY, "甲", " "), "写明变更的原因"),
        (State.REVIEWED, Change(date(2026, 2, 19), "甲", "理由"), "变更日期早于"),
        (State.REVIEWED, Change(date(2026, 11, 23), "甲", "理由"), "变更日期还没有到"),
        (State.REVIEWED, Change(DAY, "甲", "理由"), "没有改动"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_leaves_nothing(pledge, branch, detail, state, change, sentence) -> None:
    number = pledge(state)
    items = as_drafts(detail(number))
    with pytest.raises(DomainError, match=sentence):
        branch.write("变更", lambda s: stages.change_pledge(s, number, items, "", change))
    assert (detail(number).version, detail(number).versions) == (1, ())


def test_a_withdrawn_pledge_keeps_its_history_and_can_come_back(pledge, branch, detail) -> None:
    number = pledge(State.PUBLISHED)
    withdrawn = Step(date(2026, 6, 1), "赵一", "调出学校")
    assert branch.write("撤回", lambda s: stages.withdraw_pledges(s, [number], withdrawn)).result == 1
    found = detail(number)
    assert (found.state, found.withdrawn_reason, found.withdrawn_on) == (State.WITHDRAWN, "调出学校", date(2026, 6, 1))
    assert (len(found.events), found.events[-1].before, len(found.items)) == (4, State.PUBLISHED, 2)
    with pytest.raises(DomainError, match="不能撤回"):
        branch.write("撤回", lambda s: stages.withdraw_pledges(s, [number], withdrawn))
    with pytest.raises(DomainError, match="早于撤回日期"):
        branch.write("恢复", lambda s: stages.reinstate_pledge(s, number, replace(withdrawn, on=date(2026, 5, 1))))
    back = branch.write("恢复", lambda s: stages.reinstate_pledge(s, number, Step(DAY, "赵一", "调回"))).result
    assert (back, detail(number).withdrawn_on, detail(number).events[-1].kind) == (
        State.PUBLISHED,
        None,
        EventKind.REINSTATED,
    )


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Step(DAY, "赵一", " "), "写明撤回的原因"),
        (Step(date(2026, 2, 28), "赵一", "因故"), "撤回日期早于“已公示”的日期（2026年3月1日）"),
        (Step(date(2026, 11, 23), "赵一", "因故"), "撤回日期还没有到"),
    ],
)
def test_a_withdrawal_needs_a_reason_and_a_possible_day(pledge, branch, step, sentence) -> None:
    number = pledge(State.PUBLISHED)
    with pytest.raises(DomainError, match=sentence):
        branch.write("撤回", lambda s: stages.withdraw_pledges(s, [number], step))


def test_a_stage_recorded_by_mistake_is_stepped_back_and_recorded_again(pledge, branch, detail) -> None:
    number = pledge(State.PUBLISHED)
    back = branch.write("退回", lambda s: stages.step_back(s, number, Step(DAY, "赵一", "日期填错"))).result
    assert (back, detail(number).published_from, detail(number).place) == (State.REVIEWED, None, "")
    again = Publication(date(2026, 2, 25), "赵一")
    branch.write("亮诺", lambda s: stages.publish_pledges(s, [number], again))
    assert detail(number).published_from == date(2026, 2, 25)
    assert [event.kind for event in detail(number).events[-3:]] == [
        EventKind.PUBLISHED,
        EventKind.STEPPED_BACK,
        EventKind.PUBLISHED,
    ]
    with pytest.raises(DomainError, match="没有可以退回的上一步"):
        branch.write("退回", lambda s: stages.step_back(s, pledge(member_id=7), Step(DAY, "赵一", "误")))


def test_a_day_of_the_history_is_corrected_between_its_neighbours(pledge, branch, detail) -> None:
    number = pledge(State.FULFILLING)
    reviewed = detail(number).events[1]

    def redate(on: date) -> None:
        branch.write("更正", lambda s: stages.redate_event(s, number, reviewed.id, on, "党员大会", "补正"))

    redate(date(2026, 2, 27))
    found = detail(number)
    assert (found.reviewed_on, found.reviewer, found.events[1].remark) == (date(2026, 2, 27), "党员大会", "补正")
    with pytest.raises(DomainError, match="早于提诺日期"):
        redate(date(2026, 1, 9))
    with pytest.raises(DomainError, match="晚于亮诺日期"):
        redate(date(2026, 3, 2))
    assert detail(number).reviewed_on == date(2026, 2, 27)


def test_after_a_correction_of_wording_a_day_of_the_history_still_is_the_pledges_own(pledge, branch, detail) -> None:
    number = pledge(State.PUBLISHED)
    items = [replace(item, text=f"{item.text}。") for item in as_drafts(detail(number))]
    change = Change(date(2026, 5, 1), "吴六", "标点", correction=True)
    branch.write("更正", lambda s: stages.change_pledge(s, number, items, "", change))
    shown = detail(number).events[2]
    branch.write("更正", lambda s: stages.redate_event(s, number, shown.id, date(2026, 3, 3), "赵一", ""))
    assert detail(number).published_from == date(2026, 3, 3)


def test_a_day_before_a_change_is_history_alone(pledge, branch, detail) -> None:
    number = pledge(State.REVIEWED)
    items = as_drafts(detail(number))[:1]
    change = Change(date(2026, 5, 1), "吴六", "调岗")
    branch.write("变更", lambda s: stages.change_pledge(s, number, items, "", change))
    reviewed = detail(number).events[1]
    branch.write("更正", lambda s: stages.redate_event(s, number, reviewed.id, date(2026, 2, 21), "赵一", ""))
    assert (detail(number).events[1].on, detail(number).reviewed_on) == (date(2026, 2, 21), None)


def test_stepping_back_after_a_return_from_withdrawal_takes_the_stage_not_the_return(pledge, branch, detail) -> None:
    number = pledge(State.PUBLISHED)
    branch.write("撤回", lambda s: stages.withdraw_pledges(s, [number], Step(date(2026, 4, 1), "赵一", "借调")))
    branch.write("恢复", lambda s: stages.reinstate_pledge(s, number, Step(date(2026, 5, 1), "赵一", "返校")))
    branch.write("退回", lambda s: stages.step_back(s, number, Step(date(2026, 5, 2), "赵一", "误登")))
    counting = [event.kind for event in effective_events(detail(number).events)]
    assert counting == [EventKind.PROPOSED, EventKind.REVIEWED, EventKind.WITHDRAWN, EventKind.REINSTATED]
    assert first_publication(detail(number).events) is None


def test_stages_of_a_round_out_of_order_are_refused() -> None:
    stages_of_year = (
        StageLine(Stage.REVIEW, date(2026, 2, 1), date(2026, 2, 3)),
        StageLine(Stage.PROPOSE, date(2026, 2, 2), date(2026, 2, 3)),
        StageLine(Stage.FULFIL, None, date(2026, 2, 2)),
    )
    assert [(p.message, p.field) for p in round_problems(stages_of_year, Discussion())] == [
        ("审诺的计划完成日期（2026年2月1日）早于提诺（2026年2月2日），请核对。", "review_planned_until"),
        ("践诺的实际日期（2026年2月2日）早于审诺（2026年2月3日），请核对。", "fulfil_actual_on"),
    ]
    too_many = round_problems((), Discussion(should=10, present=11))
    assert [problem.field for problem in too_many] == ["present"]


@pytest.mark.parametrize(
    ("should", "present", "words"),
    [
        (30, 20, "达到三分之二（20人，惯例要求）"),
        (30, 19, "本次未达到，仅作提示"),
        (30, 15, "已过半数"),
        (30, 14, "不足半数"),
        (8, 6, "达到三分之二（6人"),
        (8, 5, "（6人），本次未达到"),
        (1, 1, "达到三分之二（1人"),
    ],
)
def test_jy_21_attendance_of_two_thirds_is_a_hint_and_half_is_named_as_the_rule(should, present, words) -> None:
    assert words in discussion_note(Discussion(should=should, present=present))
    assert round_problems((), Discussion(should=should, present=present)) == []


def test_without_counts_nothing_is_said_of_attendance() -> None:
    assert discussion_note(Discussion(should=None, present=3)) == ""
    assert discussion_note(Discussion(should=0, present=0)) == ""


def test_a_round_hints_at_delays_and_missing_persons() -> None:
    lines = tuple(
        StageLine(stage, date(2026, 2, 1), date(2026, 2, 4) if stage is Stage.REVIEW else None, "" if n else "赵一")
        for n, stage in enumerate(Stage)
    )
    assert round_hints(PledgeRound(1, 2026, "题", "", lines, ("好", "差"))) == [
        "审诺比计划晚3天（计划日期为支部惯例安排）。",
        "审诺、亮诺、践诺、评诺还没有填写责任人。",
        "已登记审诺，还没有登记讨论承诺的党员大会（惯例，不是硬性规定）。",
    ]


def test_actions_on_pledges_are_taken_back_whole(pledge, branch, detail) -> None:
    from partyroom.storage.undo import undo_change_set

    number = pledge(State.FULFILLING)
    before = detail(number)
    items = [*as_drafts(before)[1:], ItemDraft("新的一项")]
    change = Change(date(2026, 5, 1), "吴六", "调岗")
    written = branch.write("变更", lambda s: stages.change_pledge(s, number, items, "新", change))
    assert detail(number) != before
    branch.write("撤销", lambda s: undo_change_set(s, written.change_set))
    assert detail(number) == before
