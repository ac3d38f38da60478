"""What contradicts itself in an appraisal (评诺), and what is worth a word before it is decided; pure rules."""

from __future__ import annotations

from collections.abc import Sequence

from partyroom.core.errors import Problem
from partyroom.features.pledges.domain import Appraisal, PledgeDetail
from partyroom.features.pledges.tally import tally_problems


def appraisal_problems(appraisal: Appraisal, grades: Sequence[str]) -> list[Problem]:
    """Impossible votes, grades the round has not, a decision that is only half there."""
    found = tally_problems(appraisal.members, grades, "党员", "members")
    found += tally_problems(appraisal.masses, grades, "群众", "masses")
    for grade, word, field_name in ((appraisal.self_grade, "自评", "self_grade"), (appraisal.grade, "评定", "grade")):
        if grade and grade not in grades:
            found.append(Problem(f"本年度没有“{grade}”这个{word}等次。", field_name))
    if appraisal.decided_on is not None and not appraisal.grade:
        found.append(Problem("填了评定日期，请同时选择评定等次。", "grade"))
    if appraisal.decided_on is not None and appraisal.decided_by is None:
        found.append(Problem("请选择由支委会还是党员大会评定。", "decided_by"))
    return found


def appraisal_hints(pledge: PledgeDetail, appraisal: Appraisal) -> list[str]:
    """What the branch might look at before it decides; nothing here decides a grade."""
    found = []
    if not pledge.deeds:
        found.append("全年没有践诺记录，请先了解原因；无正当理由不践诺的，有的支部会通报批评（惯例）。")
    open_items = sum(not item.done for item in pledge.standing_items)
    if open_items:
        found.append(f"还有{open_items}项承诺没有登记完成。")
    if not appraisal.self_text.strip():
        found.append("还没有填写本人自评。")
    for tally, who in ((appraisal.members, "党员"), (appraisal.masses, "群众")):
        if not tally.held:
            found.append(f"还没有登记{who}测评（惯例由党员、群众、支部三方评诺）。")
        elif tally.invalid:
            found.append(f"{who}测评有{tally.invalid}张无效票。")
    if appraisal.grade and appraisal.decided_on is None:
        found.append("已选等次，还没有填评定日期，暂不算评定。")
    return found
