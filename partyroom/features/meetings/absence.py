"""Leave and make-up lessons, pure: what a slip and a make-up hold, what is missing, what is overdue.

The chain is a custom of schools: whoever is absent hands in a separate slip signed by the head of the department and
filed with the Party office (单独请假制), and the head sees that the meeting is made up (补课, 科室长负责制).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from partyroom.core.calendar import chinese_date
from partyroom.features.meetings.attendance_rates import rate_text
from partyroom.features.meetings.domain import Attendance, Kinds, LeaveCategory, State

AWAY = (State.LEAVE, State.DUTY, State.ABSENT)
"""The states of an absentee (缺席人员)."""

ON_LEAVE = (State.LEAVE, State.DUTY)
"""Absent with leave: a slip is asked for."""

METHODS = ("传达纪要", "单独讲", "自学+考核")
"""How a meeting is made up, as schools do it; anything else may be written."""

_FAMILY = ("子女", "孩子", "父母", "家人", "家属", "老人", "陪护", "陪同", "看望", "探亲")
_SICK = ("病", "医", "诊断", "住院", "手术", "术后", "孕", "产", "感冒", "不适", "疼")
_OFFICIAL = ("公", "差", "培训", "会议", "参加", "带队", "裁判", "监考", "值班")


class SlipStatus(StrEnum):
    """How far a leave slip has come."""

    MISSING = "missing"
    UNSIGNED = "unsigned"
    UNFILED = "unfiled"
    FILED = "filed"

    @property
    def label(self) -> str:
        """The word in lists."""
        return {"missing": "缺请假条", "unsigned": "待签字", "unfiled": "待备案", "filed": "已备案"}[self.value]


class MakeUpStatus(StrEnum):
    """How far a make-up lesson has come."""

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"

    @property
    def label(self) -> str:
        """The word in lists."""
        return {"open": "待补课", "overdue": "已逾期", "done": "已补课"}[self.value]


@dataclass(frozen=True, slots=True)
class SlipDraft:
    """What the form of a leave slip hands in; without a category the one that the reason speaks for is taken."""

    category: LeaveCategory | None = None
    reason: str = ""
    applied_on: date | None = None
    signed_by: str = ""
    signed_on: date | None = None
    filed_by: str = ""
    filed_on: date | None = None

    @property
    def status(self) -> SlipStatus:
        """Signed by the head first, then filed with the Party office."""
        if self.signed_on is None:
            return SlipStatus.UNSIGNED
        return SlipStatus.FILED if self.filed_on is not None else SlipStatus.UNFILED


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One person's absence with leave from one meeting, with the slip if there is one.

    `id` is that of the attendance line. `draft` is what is stored, or what a new slip starts with.
    """

    id: int
    meeting_id: int
    member_id: int
    title: str
    kind: str
    starts_at: datetime
    place: str
    name: str
    department: str
    group: str
    state: State
    draft: SlipDraft
    stored: bool
    scan: str = ""

    @property
    def status(self) -> SlipStatus:
        """缺请假条 until a slip is recorded."""
        return self.draft.status if self.stored else SlipStatus.MISSING


@dataclass(frozen=True, slots=True)
class MakeUpRow:
    """One make-up lesson; `attendance` and `reason` say why the person was away."""

    id: int
    meeting_id: int
    member_id: int
    title: str
    kind: str
    starts_at: datetime
    number: int
    topic: str
    name: str
    department: str
    attendance: str
    reason: str
    teacher: str
    method: str
    content: str
    due_on: date | None
    done_on: date | None
    confirmed_by: str
    status: MakeUpStatus

    @property
    def material(self) -> str:
        """What is taught: the minutes of the meeting."""
        return f"{self.title}会议纪要（{self.starts_at.year}年第{self.number}号）"


@dataclass(frozen=True, slots=True)
class MakeUpDraft:
    """What is noted when a make-up lesson was held; a blank text leaves what stands."""

    done_on: date
    method: str = ""
    content: str = ""
    teacher: str = ""
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One meeting in a person's record of attendance: state, slip and make-up; `id` is the attendance line's."""

    id: int
    title: str
    kind: str
    starts_at: datetime
    state: State
    reason: str
    counted: bool
    slip: SlipStatus | None
    make_up: MakeUpStatus | None
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What is stored about the absentees of one meeting: who handed in a slip, who has made it up."""

    slips: frozenset[int] = frozenset()
    made_up: frozenset[int] = frozenset()


def is_absentee(line: Attendance) -> bool:
    """Whether somebody who should have come did not (请假, 公差, 缺席); who is excluded from 应到 need not come."""
    return line.expected and not line.excluded and line.state in AWAY


def asks_for_make_up(codes: Iterable[str], kinds: Kinds) -> bool:
    """Whether a meeting that counts as these kinds is made up by its absentees."""
    return any(kinds[code].makes_up for code in codes if code in kinds)


def suggested_leave(state: State, reason: str) -> LeaveCategory:
    """The category that a state and a reason speak for: the family's illness is one's own affair, errands are not."""
    if state is State.LEAVE and any(word in reason for word in _FAMILY):
        return LeaveCategory.PERSONAL
    if any(word in reason for word in _SICK):
        return LeaveCategory.SICK
    if state is State.DUTY or any(word in reason for word in _OFFICIAL):
        return LeaveCategory.OFFICIAL
    return LeaveCategory.PERSONAL


def make_up_status(due_on: date | None, done_on: date | None, day: date) -> MakeUpStatus:
    """How a lesson stands on `day`; on the day it is due it is not overdue yet."""
    if done_on is not None:
        return MakeUpStatus.DONE
    return MakeUpStatus.OVERDUE if due_on is not None and due_on < day else MakeUpStatus.OPEN


def due_after(meeting_day: date, days: int) -> date:
    """The last day on which a meeting may be made up."""
    return meeting_day + timedelta(days=days)


def absence_sentence(lines: Sequence[Attendance], settled: Settled, *, made_up: bool) -> str:
    """'3人缺席，1人没有请假条，补课3人待完成。' – blank when nobody is missing.

    `made_up` says whether the meeting is made up by its absentees.
    """
    away = [line for line in lines if is_absentee(line)]
    if not away:
        return ""
    parts = [f"{len(away)}人缺席"]
    without = sum(line.state in ON_LEAVE and line.member_id not in settled.slips for line in away)
    parts.append(f"{without}人没有请假条" if without else "请假条齐全")
    if made_up:
        owing = sum(line.member_id not in settled.made_up for line in away)
        parts.append(f"补课{owing}人待完成" if owing else "补课全部完成")
    return "，".join(parts) + "。"


def person_sentence(lines: Sequence[PersonLine]) -> str:
    """A person's meetings in one line: 应到, 实到 and rate, each kind of absence, slips missing, make-ups owed."""
    counted = [line for line in lines if line.counted]
    if not counted:
        return "没有应到的会议。"
    states = Counter(line.state for line in counted)
    here = sum(line.state.here for line in counted)
    parts = [f"应到{len(counted)}次，实到{here}次（出勤率{rate_text(here, len(counted))}）"]
    named = (State.LATE, State.LEAVE, State.DUTY, State.ABSENT)
    if away := "、".join(f"{state.label}{states[state]}次" for state in named if states[state]):
        parts.append(f"其中{away}")
    if missing := sum(line.slip is SlipStatus.MISSING for line in lines):
        parts.append(f"缺请假条{missing}张")
    lessons = Counter(line.make_up for line in lines if line.make_up is not None)
    if total := sum(lessons.values()):
        text = f"应补课{total}次，已补{lessons[MakeUpStatus.DONE]}次"
        late = lessons[MakeUpStatus.OVERDUE]
        parts.append(text + (f"，逾期{late}次" if late else ""))
    return "；".join(parts) + "。"


def slip_problems(draft: SlipDraft) -> list[tuple[str, str]]:
    """What cannot be in a slip, as (field, sentence): a slip is applied for, signed, then filed."""
    found = []
    if draft.signed_on and not draft.signed_by:
        found.append(("signed_by", "请填写签字的科室负责人。"))
    if draft.filed_on and not draft.filed_by:
        found.append(("filed_by", "请填写备案人。"))
    for key, later, earlier, word in (
        ("signed_on", draft.signed_on, draft.applied_on, "负责人签字日期早于申请日期"),
        ("filed_on", draft.filed_on, draft.signed_on or draft.applied_on, "备案日期早于签字或申请日期"),
    ):
        if later and earlier and later < earlier:
            found.append((key, f"{word}（{chinese_date(earlier)}），请核对。"))
    return found
