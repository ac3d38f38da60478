"""The vote calculator: what a vote needs and whether it passed, with the reason and the article.

Sources: 《中国共产党支部工作条例（试行）》 Arts 11, 12; 《中国共产党发展党员工作细则》 Arts 19, 20;
《中国共产党基层组织选举工作条例》 (2020). Rules ZB-30 to ZB-32, ZB-37, ZB-38, FZ-15, FZ-17.
"""

from __future__ import annotations

from partyroom.core.errors import DomainError, Problem
from partyroom.features.meetings.domain import Outcome, VoteRule, judge_vote

MOST = 100_000
"""More people than any branch, or a slip of the finger."""

_LABELS = {"should": "应到会有表决权人数", "present": "实到会有表决权人数", "yes": "赞成票数"}
_QUORUM = {
    VoteRule.RESOLUTION: "有表决权的党员到会半数以上方可表决",
    VoteRule.COMMITTEE: "半数以上委员到会方可举行",
    VoteRule.ACCEPTANCE: "有表决权的正式党员到会超过应到会的半数方可表决",
    VoteRule.ELECTION: "有选举权的到会人数不少于应到会的五分之四，选举有效",
}
_SOURCES = {
    VoteRule.RESOLUTION: "《中国共产党支部工作条例（试行）》第十一条",
    VoteRule.COMMITTEE: "《中国共产党支部工作条例（试行）》第十二条",
    VoteRule.ACCEPTANCE: "《中国共产党发展党员工作细则》第十九条、第二十条",
    VoteRule.ELECTION: "《中国共产党基层组织选举工作条例》（2020年）",
}


def calculate_vote(rule: VoteRule, should: int, present: int, yes: int) -> Outcome:
    """Judge a vote that somebody asks about; counts are of people with the right to vote.

    Raises:
        DomainError: a count is negative or absurd, nobody should attend, more came than should, more said yes than
            came.
    """
    problems = [
        Problem(f"{_LABELS[key]}不能是负数。" if count < 0 else f"{_LABELS[key]}太大，请核对。", key)
        for key, count in (("should", should), ("present", present), ("yes", yes))
        if not 0 <= count <= MOST
    ]
    if not problems and not should:
        problems.append(Problem("应到会有表决权人数至少是1人。", "should"))
    elif not problems and present > should:
        problems.append(Problem(f"实到{present}人多于应到{should}人，请核对。", "present"))
    elif not problems and yes > present:
        problems.append(Problem(f"赞成{yes}票多于实到{present}人，请核对。", "yes"))
    if problems:
        raise DomainError(*problems)
    return judge_vote(rule, should, present, yes)


def vote_sentence(rule: VoteRule, should: int, present: int, yes: int) -> str:
    """The judgement in words: what is needed, what there is, and by which article.

    Raises:
        DomainError: as for `calculate_vote`.
    """
    outcome = calculate_vote(rule, should, present, yes)
    need = (
        f"{_QUORUM[rule]}：应到{should}人，至少{outcome.need_present}人到会；"
        f"赞成票超过应到会有表决权人数的半数为通过：至少{outcome.need_yes}票。"
    )
    if not outcome.quorum:
        verdict = f"实到{present}人，不足{outcome.need_present}人，不能表决。"
    elif outcome.passed:
        verdict = f"实到{present}人，达到规定人数；赞成{yes}票，通过。"
    elif present < outcome.need_yes:
        verdict = f"实到{present}人，达到规定人数，但全部赞成也不到{outcome.need_yes}票，不能通过。"
    else:
        verdict = f"实到{present}人，达到规定人数；赞成{yes}票，不到{outcome.need_yes}票，未通过。"
    return f"{verdict}{need}依据：{_SOURCES[rule]}。"
