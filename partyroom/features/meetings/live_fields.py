"""Live fields of minutes: bracketed words in the text that stand for the meeting's own figures.

〔应到人数〕, 〔实到人数〕, 〔缺席名单〕, 〔表决结果〕 and 〔决议〕 are stored as they are written and become the
present values when the minutes are printed. Any other bracketed text, such as 〔2026〕5号, stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from partyroom.features.meetings.domain import (
    Attendance,
    MeetingDraft,
    Resolution,
    State,
    Vote,
    explain_vote,
    tally,
)

EXPECTED, PRESENT, ABSENT, VOTES, RESOLUTIONS = "应到人数", "实到人数", "缺席名单", "表决结果", "决议"
LIVE_FIELDS = (EXPECTED, PRESENT, ABSENT, VOTES, RESOLUTIONS)
"""The words that may stand between 〔 and 〕, in menu order."""
TOKEN = re.compile("〔(" + "|".join(LIVE_FIELDS) + ")〕")
_COUNTS = (EXPECTED, PRESENT)
_COUNTERS = ("人", "名", "位")
_NOBODY = "无"


def token(name: str) -> str:
    """How a field is written in the text."""
    return f"〔{name}〕"


def field_values(draft: MeetingDraft) -> dict[str, str]:
    """What each field stands for in a meeting; several votes or resolutions are lines of their own."""
    counts = tally(draft.attendance)
    votes = "\n".join(vote_sentence(vote) for vote in draft.votes)
    decided = "\n".join(numbered_resolution(i, one) for i, one in enumerate(draft.resolutions, 1))
    absent = absent_names(draft.attendance, State.LEAVE, State.DUTY, State.ABSENT)
    return {
        EXPECTED: str(counts.expected),
        PRESENT: str(counts.present),
        ABSENT: absent or _NOBODY,
        VOTES: votes or _NOBODY,
        RESOLUTIONS: decided or _NOBODY,
    }


def filled_minutes(draft: MeetingDraft) -> str:
    """The minutes as they are printed."""
    return fill_fields(draft.minutes, field_values(draft)) if "〔" in draft.minutes else draft.minutes


def fill_fields(text: str, values: Mapping[str, str]) -> str:
    """Put values in the place of fields.

    A head count brings its 人 unless a counter (人, 名, 位) follows. A field that stands alone in its line may become
    several lines; within a sentence its lines are joined with ；and lose their full stops.
    """
    return "\n".join(_filled_line(line, values) for line in text.split("\n"))


def _filled_line(line: str, values: Mapping[str, str]) -> str:
    alone = TOKEN.fullmatch(line.strip(" \u3000"))

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in _COUNTS:
            return values[name] + ("" if line[found.end() :].startswith(_COUNTERS) else "人")
        return values[name] if alone else "；".join(one.rstrip("。") for one in values[name].split("\n"))

    return TOKEN.sub(value, line)


def absent_names(lines: Iterable[Attendance], *states: State) -> str:
    """'张三（病假）、李四': the expected who are in one of `states`, with their reasons."""
    found = [line for line in lines if line.expected and not line.excluded and line.state in states]
    return "、".join(f"{line.name}（{line.reason}）" if line.reason else line.name for line in found)


def vote_sentence(vote: Vote) -> str:
    """A vote with its method, numbers and judgement, as the papers print it."""
    return (
        f"{vote.matter}：{vote.method.label}，应到会有表决权{vote.should}人，实到{vote.present}人，"
        f"{explain_vote(vote)}。"
    )


def numbered_resolution(position: int, resolution: Resolution) -> str:
    """'1. 按时上报。（责任人：张三，完成时限：月底）'."""
    duty = "，".join(
        part
        for part in (
            f"责任人：{resolution.responsible}" if resolution.responsible else "",
            f"完成时限：{resolution.deadline}" if resolution.deadline else "",
        )
        if part
    )
    return f"{position}. {resolution.text}" + (f"（{duty}）" if duty else "")
