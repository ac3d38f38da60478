"""Reckonings about an attendance list that is still being filled in: pure, for the editor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from partyroom.features.meetings.domain import Attendance, Kinds, State, VoteRule, judge_vote, meeting_kinds, tally

REASONS = ("病假", "事假", "出差", "培训", "公差", "产假", "上课", "值班")
EXCLUSIONS = (
    "患病不能表达本人意志",
    "自费出国半年以上",
    "被停止党籍",
    "受留党察看处分",
    "被留置或逮捕",
    "年老体弱、生活不能自理",
    "应转出组织关系未转",
    "流动党员，经批准不计入",
)
"""Who is not counted in 应到会 at elections, with consent from above (选举条例, ZB-40)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a list differs from who should attend now."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    rights: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether there is any difference."""
        return bool(self.added or self.removed or self.rights)

    @property
    def sentence(self) -> str:
        """The difference in words."""
        parts = [
            f"{word}{_some(names)}"
            for word, names in (
                ("应加入", self.added),
                ("应去掉", self.removed),
                ("党员身份或表决权不同的有", self.rights),
            )
            if names
        ]
        return f"会议类型、日期或党小组改了，应到名单有变化：{'；'.join(parts)}。已做的标记还没有动。"


def compare(lines: Sequence[Attendance], expected: Sequence[Attendance]) -> Difference:
    """Compare a list, observers aside, with who should attend now."""
    counted = {line.member_id: line for line in lines if _counts(line)}
    wanted = {line.member_id: line for line in expected}
    return Difference(
        added=tuple(line.name for i, line in wanted.items() if i not in counted),
        removed=tuple(line.name for i, line in counted.items() if i not in wanted),
        rights=tuple(
            line.name
            for i, line in wanted.items()
            if i in counted and (line.votes, line.full) != (counted[i].votes, counted[i].full)
        ),
    )


def merge(lines: Sequence[Attendance], expected: Sequence[Attendance]) -> list[Attendance]:
    """Who should attend now, with the marks already made, followed by those who sit in."""
    before = {line.member_id: line for line in lines}
    wanted = {line.member_id for line in expected}
    merged = [_marked(line, before.get(line.member_id)) for line in expected]
    return merged + [line for line in lines if line.member_id not in wanted and not _counts(line)]


def with_state(line: Attendance, state: State) -> Attendance:
    """Mark a person; who does not belong to the Party branch can only sit in, and reasons go with absence."""
    if not line.expected and state in (State.PRESENT, State.LATE):
        state = State.OBSERVER
    gone = state in (State.PRESENT, State.OBSERVER)
    return replace(line, state=state, reason="" if gone else line.reason)


def standing_of(line: Attendance) -> str:
    """What a line says about the person's rights."""
    if not line.expected and not line.full:
        return "非党员"
    kind = "正式党员" if line.full else "预备党员"
    return f"{kind}（无表决权）" if line.full and not line.votes else kind


def summary(
    kind_code: str, lines: Sequence[Attendance], *, voting: bool, kinds: Kinds | None = None
) -> tuple[str, bool]:
    """The counts in one sentence, and whether the meeting may go on as far as numbers are concerned.

    The quorum is named where the articles ask for one: assemblies, committee, acceptance, elections; and at any
    meeting with a vote.
    """
    counts = tally(lines)
    expected = f"应到{counts.expected}人（正式党员{counts.expected_full}人）"
    text = f"{expected}，实到{counts.present}人（正式党员{counts.present_full}人）"
    kind = (meeting_kinds() if kinds is None else kinds).get(kind_code)
    asked = kind is not None and (voting or kind.code == "assembly" or kind.vote_rule is not VoteRule.RESOLUTION)
    if kind is None or not asked or not counts.expected_voters:
        return f"{text}。", True
    outcome = judge_vote(kind.vote_rule, counts.expected_voters, counts.present_voters, 0)
    verdict = "达到规定人数" if outcome.quorum else f"不足规定人数（至少{outcome.need_present}人）"
    rights = f"有表决权的应到{counts.expected_voters}人、实到{counts.present_voters}人，{verdict}"
    return f"{text}；{rights}（{kind.source}）。", outcome.quorum


def _marked(line: Attendance, before: Attendance | None) -> Attendance:
    if before is None or before.state is State.OBSERVER:
        return line
    return replace(line, state=before.state, reason=before.reason, excluded=before.excluded)


def _counts(line: Attendance) -> bool:
    return line.expected and line.state is not State.OBSERVER


def _some(names: Sequence[str]) -> str:
    shown = "、".join(names[:6])
    return shown if len(names) <= 6 else f"{shown}等{len(names)}人"
