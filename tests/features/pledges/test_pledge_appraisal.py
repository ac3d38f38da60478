from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core.errors import DomainError
from partyroom.features.pledges import appraisal_service as appraisals
from partyroom.features.pledges import service
from partyroom.features.pledges.appraising import appraisal_hints
from partyroom.features.pledges.deeds_service import record_deed
from partyroom.features.pledges.domain import Appraisal, Body, DeedDraft, EventKind, PledgerKind, State
from partyroom.features.pledges.round_service import open_round
from partyroom.features.pledges.stage_service import redate_event, step_back, withdraw_pledges
from partyroom.features.pledges.stages import Step
from partyroom.features.pledges.tally import Tally, tally_problems, tally_text

GRADES = ("好", "较好", "一般", "差")
DECIDED = Appraisal(
    "全部完成",
    "较好",
    Tally(8, 7, {"好": 5, "较好": 1}),
    Tally(20, 20, {"好": 20}),
    "好",
    "继续保持",
    date(2026, 11, 20),
    Body.COMMITTEE,
    "赵一",
)
counts = st.dictionaries(st.sampled_from(GRADES), st.integers(0, 60))


@given(st.integers(0, 200), st.integers(0, 200), counts)
def test_a_tally_is_possible_when_votes_fit_into_returned_and_these_into_issued(issued, returned, votes) -> None:
    tally = Tally(issued, returned, votes)
    possible = sum(votes.values()) <= returned <= issued
    assert (tally_problems(tally, GRADES, "党员", "members") == []) == possible
    if possible:
        assert tally.valid + tally.invalid == returned
        assert tally.invalid >= 0


@given(counts)
def test_shares_of_a_tally_make_a_hundred_but_for_rounding(votes) -> None:
    total = sum(votes.values())
    tally = Tally(total, total, votes)
    shares = [tally.share(grade) for grade in GRADES]
    if not total:
        assert shares == [None] * 4
        return
    assert abs(sum(shares) - 100) <= 4 * 5 / 100
    assert all(share == 0 for grade, share in zip(GRADES, shares, strict=True) if not votes.get(grade))


@pytest.mark.parametrize(
    ("tally", "sentence"),
    [
        (Tally(5, 6, {}), "党员测评收回6票，多于发出的5票，请核对。"),
        (Tally(6, 5, {"好": 4, "差": 2}), "党员测评各等次合计6票，多于收回的5票，请核对。"),
        (Tally(3, 3, {"好": -1}), "党员测评的票数不能是负数。"),
        (Tally(3, 3, {"优秀": 1}), "党员测评里有本年度没有的等次：优秀。"),
    ],
)
def test_an_impossible_tally_is_said_in_a_sentence(tally, sentence) -> None:
    assert [problem.message for problem in tally_problems(tally, GRADES, "党员", "members")] == [sentence]


def test_a_tally_reads_with_its_invalid_papers() -> None:
    assert (
        tally_text(Tally(30, 29, {"好": 20, "较好": 8}), ("好", "较好")) == "发出30票，收回29票：好20、较好8，无效1票"
    )
    assert tally_text(Tally(), GRADES) == ""
    assert str(Tally(3, 3, {"好": 2, "差": 1}).share("好")) == "66.7"


def test_a_decided_appraisal_ends_the_pledge_and_stays_readable(pledge, branch, detail) -> None:
    number = pledge(State.FULFILLING)
    assert branch.write("评诺", lambda s: appraisals.save_appraisal(s, number, DECIDED)).result is State.APPRAISED
    found = detail(number)
    assert found.appraisal == DECIDED
    event = found.events[-1]
    assert (event.kind, event.on, event.person, event.remark) == (
        EventKind.APPRAISED,
        date(2026, 11, 20),
        "赵一",
        "支委会评定：好",
    )


def test_votes_can_be_kept_before_the_branch_decides(pledge, branch, detail) -> None:
    number = pledge(State.FULFILLING)
    early = replace(DECIDED, decided_on=None, decided_by=None)
    assert branch.write("评诺", lambda s: appraisals.save_appraisal(s, number, early)).result is State.FULFILLING
    row = branch.read(lambda s: service.list_pledge_rows(s, [number]))[0]
    assert (detail(number).appraisal.members.valid, row.grade) == (6, "")


@pytest.mark.parametrize(
    ("state", "change", "sentence"),
    [
        (State.DRAFT, {}, "不能直接登记评诺"),
        (State.PUBLISHED, {}, "还没有践诺，不能直接登记评诺"),
        (State.PUBLISHED, {"decided_on": None}, "还没有践诺"),
        (State.FULFILLING, {"decided_on": date(2026, 3, 1)}, "早于践诺日期"),
        (State.FULFILLING, {"decided_on": date(2026, 11, 23)}, "还没有到"),
        (State.FULFILLING, {"decided_by": None}, "支委会还是党员大会"),
        (State.FULFILLING, {"grade": ""}, "请同时选择评定等次"),
        (State.FULFILLING, {"grade": "优秀"}, "没有“优秀”这个评定等次"),
        (State.FULFILLING, {"self_grade": "优秀"}, "没有“优秀”这个自评等次"),
        (State.FULFILLING, {"masses": Tally(1, 2)}, "群众测评收回2票"),
    ],
)
def test_an_appraisal_that_contradicts_itself_is_refused(pledge, branch, detail, state, change, sentence) -> None:
    number = pledge(state)
    with pytest.raises(DomainError, match=sentence):
        branch.write("评诺", lambda s: appraisals.save_appraisal(s, number, replace(DECIDED, **change)))
    assert (detail(number).state, detail(number).appraisal) == (state, Appraisal())


def test_a_decided_appraisal_is_corrected_but_not_emptied(pledge, branch, detail) -> None:
    number = pledge(State.FULFILLING)
    save = appraisals.save_appraisal
    branch.write("评诺", lambda s: save(s, number, DECIDED))
    branch.write("更正", lambda s: save(s, number, replace(DECIDED, grade="较好", decided_on=date(2026, 11, 21))))
    assert (detail(number).appraisal.grade, detail(number).events[-1].on) == ("较好", date(2026, 11, 21))
    with pytest.raises(DomainError, match="退回上一步"):
        branch.write("清空", lambda s: save(s, number, Appraisal()))
    with pytest.raises(DomainError, match="早于践诺开始"):
        branch.write("更正", lambda s: save(s, number, replace(DECIDED, decided_on=date(2026, 3, 1))))


def test_the_day_of_the_decision_can_be_corrected_in_the_history_too(pledge, branch, detail) -> None:
    number = pledge(State.FULFILLING)
    branch.write("评诺", lambda s: appraisals.save_appraisal(s, number, DECIDED))
    event = detail(number).events[-1]
    branch.write("更正", lambda s: redate_event(s, number, event.id, date(2026, 11, 19), "赵一", "补正"))
    assert detail(number).appraisal.decided_on == date(2026, 11, 19)


def test_a_decision_stepped_back_is_open_again_with_its_votes(pledge, branch, detail) -> None:
    number = pledge(State.FULFILLING)
    branch.write("评诺", lambda s: appraisals.save_appraisal(s, number, DECIDED))
    branch.write("退回", lambda s: step_back(s, number, Step(date(2026, 11, 22), "赵一", "重新评定")))
    found = detail(number)
    assert (found.state, found.appraisal.decided_on, found.appraisal.members.valid) == (State.FULFILLING, None, 6)
    assert branch.read(lambda s: appraisals.member_results(s, 6))[0].grade == ""


def test_many_appraisals_are_stored_whole_or_not_at_all(pledge, branch, detail) -> None:
    first, second = pledge(State.FULFILLING), pledge(State.PUBLISHED, member_id=7)
    with pytest.raises(DomainError, match="郑七"):
        branch.write("评诺", lambda s: appraisals.save_appraisals(s, {first: DECIDED, second: DECIDED}))
    assert detail(first).state is State.FULFILLING
    assert branch.write("评诺", lambda s: appraisals.save_appraisals(s, {first: DECIDED})).result == 1


def test_results_of_a_member_are_read_by_year_for_page_and_appraisal(pledge, branch, items) -> None:
    number = pledge(State.FULFILLING)

    def fill(session) -> None:
        record_deed(session, number, None, DeedDraft(date(2026, 4, 1), "做"))
        appraisals.save_appraisal(session, number, DECIDED)
        old = open_round(session, 2025)
        draft = service.PledgeDraft(PledgerKind.MEMBER, 6, items, proposed_on=date(2025, 1, 10))
        withdrawn = service.save_pledge(session, old, draft)
        withdraw_pledges(session, [withdrawn], Step(date(2025, 5, 1), "赵一", "借调"))

    branch.write("两年", fill)
    now, before = branch.read(lambda s: appraisals.member_results(s, 6))
    assert (now.year, now.grade, now.comment, now.decided_by) == (2026, "好", "继续保持", Body.COMMITTEE)
    assert (now.items, now.done, now.deeds) == (2, 0, 1)
    assert (before.year, before.state, before.grade) == (2025, State.WITHDRAWN, "")
    assert branch.read(lambda s: appraisals.member_results(s, 7)) == []


def test_hints_before_a_decision_name_what_is_missing(pledge, detail) -> None:
    found = detail(pledge(State.FULFILLING))
    assert appraisal_hints(found, Appraisal(members=Tally(3, 3, {"好": 2}), grade="好")) == [
        "全年没有践诺记录，请先了解原因；无正当理由不践诺的，有的支部会通报批评（惯例）。",
        "还有2项承诺没有登记完成。",
        "还没有填写本人自评。",
        "党员测评有1张无效票。",
        "还没有登记群众测评（惯例由党员、群众、支部三方评诺）。",
        "已选等次，还没有填评定日期，暂不算评定。",
    ]
