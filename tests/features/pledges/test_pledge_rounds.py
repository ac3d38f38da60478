from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.pledges import round_service as rounds
from partyroom.features.pledges import service
from partyroom.features.pledges.appraisal_service import save_appraisal
from partyroom.features.pledges.domain import Appraisal, Discussion, RoundDraft, Stage, StageLine, State
from partyroom.features.pledges.tally import Tally


def test_a_round_begins_with_the_usual_title_stages_and_grades(branch) -> None:
    number = branch.write("年度", lambda s: rounds.open_round(s, 2027)).result
    found = branch.read(lambda s: rounds.get_round(s, number))
    assert (found.title, found.grades) == ("2027年度公开承诺", ("好", "较好", "一般", "差"))
    assert [line.stage for line in found.stages] == list(Stage)
    assert found.stage(Stage.REVIEW).planned_until == date(2027, 2, 28)
    assert branch.write("年度", lambda s: rounds.open_round(s, 2027)).result == number


def test_a_round_is_stored_as_it_was_given(branch) -> None:
    draft = RoundDraft(
        2026,
        "  对标先进\n争创一流  ",
        "主题",
        (StageLine(Stage.PROPOSE, date(2026, 1, 31), date(2026, 1, 20), "赵一"),),
        ("优秀", "合格", "优秀", "不合格"),
        Discussion(date(2026, 1, 15), 7, 6, "逐项讨论"),
        "年中小结",
        "年终小结",
    )
    branch.write("年度", lambda s: rounds.save_round(s, draft, 1))
    found = branch.read(lambda s: rounds.round_of(s, 2026))
    assert (found.title, found.grades, found.mid_year) == ("对标先进 争创一流", ("优秀", "合格", "不合格"), "年中小结")
    assert found.discussion == Discussion(date(2026, 1, 15), 7, 6, "逐项讨论")
    assert found.stage(Stage.PROPOSE) == StageLine(Stage.PROPOSE, date(2026, 1, 31), date(2026, 1, 20), "赵一")
    assert found.stage(Stage.REVIEW).planned_until == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (RoundDraft(2026), "已经建立"),
        (RoundDraft(1800), "正确的年份"),
        (RoundDraft(2027, grades=("好",)), "至少要有两个"),
        (
            RoundDraft(
                2027,
                stages=(
                    StageLine(Stage.PROPOSE, None, date(2026, 2, 2)),
                    StageLine(Stage.APPRAISE, None, date(2026, 2, 1)),
                ),
            ),
            "评诺的实际日期",
        ),
    ],
)
def test_a_round_that_cannot_be_is_refused(branch, draft, sentence) -> None:
    with pytest.raises(DomainError, match=sentence):
        branch.write("年度", lambda s: rounds.save_round(s, draft))
    assert [found.year for found in branch.read(rounds.list_rounds)] == [2026]


def test_a_grade_in_use_is_not_taken_away(branch, pledge) -> None:
    number = pledge(State.FULFILLING)
    votes = Tally(3, 3, {"一般": 1, "好": 2})
    branch.write("评诺", lambda s: save_appraisal(s, number, Appraisal(members=votes, self_grade="较好")))
    with pytest.raises(DomainError, match="等次“较好、一般”已用在"):
        branch.write("年度", lambda s: rounds.save_round(s, RoundDraft(2026, grades=("好", "差")), 1))
    branch.write("年度", lambda s: rounds.save_round(s, RoundDraft(2026, grades=("好", "较好", "一般")), 1))


def test_a_round_with_pledges_is_not_deleted_even_if_they_are_in_the_bin(branch, pledge) -> None:
    number = pledge()
    branch.write("删除", lambda s: service.bin_pledges(s, [number]))
    with pytest.raises(DomainError, match="还有1份"):
        branch.write("删除", lambda s: rounds.delete_round(s, 1))
    empty = branch.write("年度", lambda s: rounds.open_round(s, 2027)).result
    branch.write("删除", lambda s: rounds.delete_round(s, empty))
    assert [found.year for found in branch.read(rounds.list_rounds)] == [2026]


def test_a_correction_of_a_round_changes_what_differs_alone(branch) -> None:
    found = branch.read(lambda s: rounds.get_round(s, 1))
    draft = RoundDraft(found.year, found.title, found.theme, found.stages, found.grades, found.discussion)
    assert branch.write("不变", lambda s: rounds.save_round(s, draft, 1)).changes == frozenset()
    written = branch.write("主题", lambda s: rounds.save_round(s, replace(draft, theme="新"), 1))
    assert written.changes == frozenset({"pledge_rounds"})
