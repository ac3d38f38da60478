"""Meetings: kinds, who should attend, who may vote, when a vote passes.

Sources: 《中国共产党支部工作条例（试行）》 Arts 11–17 and 《基层组织选举工作条例》 (2020). Ids such as ZB-30 name
a rule in our rule book; the tests bear the same ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import NewType

from partyroom.core.calendar import chinese_datetime
from partyroom.core.paths import resources

MeetingId = NewType("MeetingId", int)
LATE_AFTER_DAYS = 7
"""Days after a meeting from which on its record is marked 补录; custom, the user sets it."""


class Attendees(StrEnum):
    """Who should attend a meeting of a kind (应到)."""

    PARTY = "party"
    COMMITTEE = "committee"
    GROUP = "group"

    @property
    def label(self) -> str:
        """The words of the list of kinds."""
        return {"party": "全体党员", "committee": "支部委员", "group": "党小组党员"}[self.value]


class Period(StrEnum):
    """How often a kind of meeting is asked for: so many times a month, a quarter, a year."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def label(self) -> str:
        """The word in '每季度1次'."""
        return {"month": "月", "quarter": "季度", "year": "年"}[self.value]


class VoteRule(StrEnum):
    """Which thresholds a vote is judged by."""

    RESOLUTION = "resolution"
    ACCEPTANCE = "acceptance"
    COMMITTEE = "committee"
    ELECTION = "election"

    @property
    def label(self) -> str:
        """The words shown beside a vote."""
        return {
            "resolution": "一般决议",
            "acceptance": "接收/转正",
            "committee": "支委会决定",
            "election": "选举",
        }[self.value]


class VoteMethod(StrEnum):
    """How votes are cast (ZB-42: 选举条例, 细则)."""

    HANDS = "hands"
    SECRET = "secret"  # noqa: S105

    @property
    def label(self) -> str:
        """The words of the regulations."""
        return {"hands": "举手表决", "secret": "无记名投票"}[self.value]


class Stage(StrEnum):
    """How far a meeting has come: in the year's plan, held, or called off."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The word in lists."""
        return {"planned": "计划", "held": "已召开", "cancelled": "已取消"}[self.value]


class LeaveCategory(StrEnum):
    """请假类别, as leave rules of branches name them."""

    SICK = "sick"
    PERSONAL = "personal"
    OFFICIAL = "official"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word on the slip."""
        return {"sick": "病假", "personal": "事假", "official": "公出、培训", "other": "其他"}[self.value]


class PaperKind(StrEnum):
    """What a file attached to a meeting is."""

    PHOTO = "photo"
    SIGN_IN = "sign_in"
    SIGNED = "signed"
    LEAVE = "leave"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word in the list of attachments."""
        return _PAPER_LABELS[self]


_PAPER_LABELS = {
    PaperKind.PHOTO: "照片",
    PaperKind.SIGN_IN: "签到表",
    PaperKind.SIGNED: "签字原件扫描件",
    PaperKind.LEAVE: "请假条",
    PaperKind.OTHER: "其他材料",
}


class State(StrEnum):
    """What an attendance line says of a person."""

    PRESENT = "present"
    LATE = "late"
    LEAVE = "leave"
    DUTY = "duty"
    ABSENT = "absent"
    OBSERVER = "observer"

    @property
    def label(self) -> str:
        """The word in the attendance grid."""
        return _STATE_LABELS[self]

    @property
    def here(self) -> bool:
        """Whether the person was in the room (列席 included)."""
        return self in (State.PRESENT, State.LATE, State.OBSERVER)


_STATE_LABELS = {
    State.PRESENT: "到",
    State.LATE: "迟到",
    State.LEAVE: "请假",
    State.DUTY: "公差",
    State.ABSENT: "缺席",
    State.OBSERVER: "列席",
}


@dataclass(frozen=True, slots=True)
class MeetingKind:
    """A kind of meeting as the rule data (resources/rules/meeting_kinds.json) or the branch itself describe it.

    `makes_up` says whether absentees make the meeting up (补课), a custom of schools. `actions` are its 规定动作. It
    should be held `minimum` times per `period` (no `period`: nothing is asked), `frequency_note` says for whom and with
    what reserve. `hidden` kinds are not offered any more and stay readable; `own` ones the branch made itself.
    """

    code: str
    label: str
    attendees: Attendees
    vote_rule: VoteRule
    agenda: tuple[str, ...]
    source: str
    makes_up: bool = False
    actions: tuple[str, ...] = ()
    period: Period | None = None
    minimum: int = 0
    frequency_note: str = ""
    hidden: bool = False
    own: bool = False


Kinds = Mapping[str, MeetingKind]


@cache
def meeting_kinds() -> Kinds:
    """The kinds of the rule data by code, in menu order; what a branch made of them is `kinds_service.kinds_of`."""
    stored = json.loads((resources() / "rules" / "meeting_kinds.json").read_text(encoding="utf-8"))
    return {
        entry["code"]: MeetingKind(
            code=entry["code"],
            label=entry["label"],
            attendees=Attendees(entry["attendees"]),
            vote_rule=VoteRule(entry["vote_rule"]),
            agenda=tuple(entry["agenda"]),
            source=entry["source"],
            makes_up=entry["makes_up"],
            actions=tuple(entry["actions"]),
            period=Period(entry["frequency"]["per"]) if "frequency" in entry else None,
            minimum=entry.get("frequency", {}).get("minimum", 0),
            frequency_note=entry.get("frequency", {}).get("note", ""),
        )
        for entry in stored["kinds"]
    }


def kind_label(code: str, kinds: Kinds | None = None) -> str:
    """The label of a kind among the branch's `kinds` (left out: those of the rule data); the code if it is unknown."""
    kind = (meeting_kinds() if kinds is None else kinds).get(code)
    return code if kind is None else kind.label


def kind_choices(kinds: Kinds, *kept: str) -> list[tuple[str, str]]:
    """Codes and labels of the kinds to offer: all that are not hidden, and the `kept` ones."""
    return [(code, kind.label) for code, kind in kinds.items() if not kind.hidden or code in kept]


@dataclass(frozen=True, slots=True)
class Attendance:
    """One person's line in a meeting.

    `expected` says whether the person counts in 应到; `votes` whether in 应到会有表决权. Both are as of the meeting's
    day and stay as they were recorded. An expected person who is left out has `excluded`, the reason (ZB-40).
    """

    member_id: int
    name: str
    state: State = State.PRESENT
    reason: str = ""
    expected: bool = True
    votes: bool = True
    full: bool = True
    excluded: str = ""
    department: str = ""
    group: str = field(default="", compare=False)  # of today, for finding people; not part of the record


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody from outside the roster who sits in (列席)."""

    name: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item of the agenda with who speaks to it."""

    title: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote: what about, how, by which rule, and the count."""

    matter: str
    rule: VoteRule = VoteRule.RESOLUTION
    method: VoteMethod = VoteMethod.HANDS
    should: int = 0
    present: int = 0
    yes: int = 0
    no: int = 0
    abstain: int = 0


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was decided, who does it and by when (a text: offices write 长期 or 学期末 too).

    `id` and `number` (2026-03) are those of the stored resolution, 0 and '' before it is stored.
    """

    text: str
    responsible: str = ""
    deadline: str = ""
    id: int = field(default=0, compare=False)
    number: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class FixedAction:
    """A 规定动作 that was done, and when if that was noted."""

    name: str
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """Everything a form hands in for one meeting."""

    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime | None = None
    also: tuple[str, ...] = ()
    place: str = ""
    chair: str = ""
    recorder: str = ""
    topic: str = ""
    group_id: int | None = None
    attendance: tuple[Attendance, ...] = ()
    guests: tuple[Guest, ...] = ()
    agenda: tuple[AgendaItem, ...] = ()
    minutes: str = ""
    votes: tuple[Vote, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    actions: tuple[FixedAction, ...] = ()
    stage: Stage = Stage.HELD


@dataclass(frozen=True, slots=True)
class MeetingDetail:
    """A stored meeting with the branch's kinds, by which its papers name it.

    `recorded_at` is when it was first written down. `finalised_at` locks it (定稿) until it is opened again with a
    reason, of which `reopen_reason` is the latest.
    """

    id: MeetingId
    draft: MeetingDraft
    number: int
    group: str = ""
    recorded_at: datetime | None = None
    kinds: Kinds = field(default_factory=meeting_kinds, compare=False, repr=False)
    cancel_reason: str = ""

    @property
    def stage(self) -> Stage:
        """How far the meeting has come."""
        return self.draft.stage

    finalised_at: datetime | None = None
    reopen_reason: str = ""


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One line of the list of meetings."""

    id: int
    kind: str
    also: str
    title: str
    starts_at: datetime
    place: str
    chair: str
    expected: int
    present: int
    votes: int
    resolutions: int
    minutes_length: int
    kind_code: str = ""
    also_codes: tuple[str, ...] = ()
    stage: Stage = Stage.HELD
    cancel_reason: str = ""
    finalised: bool = False

    @property
    def when(self) -> str:
        """Date and time for reading."""
        return chinese_datetime(self.starts_at)


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts that go onto paper."""

    expected: int
    expected_full: int
    expected_voters: int
    present: int
    present_full: int
    present_voters: int
    absent: int


def tally(attendance: Iterable[Attendance]) -> Tally:
    """Count an attendance list. 列席 counts in neither 应到 nor 实到; excluded persons are not expected (ZB-40)."""
    lines = [line for line in attendance if line.expected and not line.excluded and line.state is not State.OBSERVER]
    here = [line for line in lines if line.state.here]
    return Tally(
        expected=len(lines),
        expected_full=sum(line.full for line in lines),
        expected_voters=sum(line.votes for line in lines),
        present=len(here),
        present_full=sum(line.full for line in here),
        present_voters=sum(line.votes for line in here),
        absent=len(lines) - len(here),
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a vote is judged: quorum reached, passed, and what each would have needed."""

    quorum: bool
    passed: bool
    need_present: int
    need_yes: int


def judge_vote(rule: VoteRule, should: int, present: int, yes: int) -> Outcome:
    """Judge a vote on integers only; `should` is 应到会有表决权人数.

    Ordinary resolutions and committee: present at least half (Art 11/12, ZB-30/32); acceptance: more than half
    (细则 Art 19, FZ-15); election: at least four fifths (选举条例 2020, ZB-37). All pass with more than half of those
    who *should* attend (ZB-31, ZB-38, FZ-17).
    """
    need_yes = should // 2 + 1
    need_present = {
        VoteRule.RESOLUTION: -(-should // 2),
        VoteRule.COMMITTEE: -(-should // 2),
        VoteRule.ACCEPTANCE: should // 2 + 1,
        VoteRule.ELECTION: -(-4 * should // 5),
    }[rule]
    quorum = should > 0 and present >= need_present
    return Outcome(quorum, quorum and yes >= need_yes, need_present, need_yes)


def explain_vote(vote: Vote) -> str:
    """The judgement in the words of the record."""
    outcome = judge_vote(vote.rule, vote.should, vote.present, vote.yes)
    counts = f"赞成{vote.yes}票，反对{vote.no}票，弃权{vote.abstain}票"
    if not outcome.quorum:
        return f"{counts}；到会有表决权人数{vote.present}人，不足规定的{outcome.need_present}人，表决无效"
    if outcome.passed:
        return f"{counts}；赞成超过应到会有表决权人数的半数，通过"
    return f"{counts}；赞成未超过应到会有表决权人数的半数（需{outcome.need_yes}票），未通过"


def contradictions(draft: MeetingDraft) -> list[tuple[str | None, str]]:
    """What cannot be true in a meeting, as (field, sentence); only such things block saving."""
    found: list[tuple[str | None, str]] = []
    if draft.ends_at is not None and draft.ends_at < draft.starts_at:
        found.append(("ends_at", "结束时间早于开始时间，请核对。"))
    counts = tally(draft.attendance)
    for number, vote in enumerate(draft.votes, 1):
        cast = vote.yes + vote.no + vote.abstain
        if min(vote.should, vote.present, vote.yes, vote.no, vote.abstain) < 0:
            found.append(("votes", f"第{number}项表决的票数不能是负数。"))
        elif cast > vote.present:
            found.append(("votes", f"第{number}项表决共{cast}票，多于到会有表决权的{vote.present}人，请核对票数。"))
        elif vote.present > vote.should:
            found.append(("votes", f"第{number}项表决的到会人数多于应到会人数，请核对。"))
        elif draft.attendance and vote.present > counts.present_voters:
            found.append(
                (
                    "votes",
                    f"第{number}项表决的到会人数多于签到的有表决权人数（{counts.present_voters}人），请核对。",
                )
            )
    seen: set[int] = set()
    for line in draft.attendance:
        if line.member_id in seen:
            found.append(("attendance", f"“{line.name}”在考勤里出现了两次。"))
        seen.add(line.member_id)
    return found


def cautions(draft: MeetingDraft, kinds: Kinds | None = None) -> list[str]:
    """What the rule book finds odd in a meeting, in sentences with the article; never blocks."""
    found = []
    counts = tally(draft.attendance)
    kind = (meeting_kinds() if kinds is None else kinds).get(draft.kind)
    if kind is not None and counts.expected:
        outcome = judge_vote(kind.vote_rule, counts.expected_voters, counts.present_voters, 0)
        if not outcome.quorum and draft.votes:
            found.append(
                f"到会有表决权的{counts.present_voters}人，不足规定的{outcome.need_present}人，不能进行表决（{kind.source}）。"
            )
    found += [
        f"“{line.name}”没有到会，也没有写明原因。"
        for line in draft.attendance
        if line.expected and not line.excluded and not line.state.here and not line.reason
    ]
    found += [
        f"“{vote.matter}”应当无记名投票（发展党员工作细则第二十条、选举条例）。"
        for vote in draft.votes
        if vote.rule in (VoteRule.ACCEPTANCE, VoteRule.ELECTION) and vote.method is VoteMethod.HANDS
    ]
    found += [
        f"第{number}项表决的应到会有表决权人数是{vote.should}人，考勤里是{counts.expected_voters}人，请核对"
        "（赞成票要超过应到会有表决权人数的半数才能通过）。"
        for number, vote in enumerate(draft.votes, 1)
        if draft.attendance and vote.should != counts.expected_voters
    ]
    return found


def written_late(detail: MeetingDetail, days: int = LATE_AFTER_DAYS) -> bool:
    """Whether a held meeting was first written down more than `days` days after it (补录, custom)."""
    if detail.draft.stage is not Stage.HELD or detail.recorded_at is None:
        return False
    return (detail.recorded_at.date() - detail.draft.starts_at.date()).days > days


def names_of(lines: Sequence[Attendance], *states: State) -> list[str]:
    """The names of those whose state is one of `states`, in list order."""
    return [line.name for line in lines if line.state in states]
