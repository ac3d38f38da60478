"""From one state of a pledge to the next: what may follow what, on which day; pure rules.

Source: the practice 提诺 → 审诺 → 亮诺 → 践诺 → 评诺 (JY-21). Only contradictions are refused: a stage left out,
a later stage before an earlier one, a day that has not come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from partyroom.core.calendar import chinese_date
from partyroom.core.errors import Problem
from partyroom.features.pledges.domain import (
    Discussion,
    Event,
    EventKind,
    Opinion,
    PledgeRound,
    Stage,
    StageLine,
    State,
)

ORDER: tuple[State, ...] = (State.DRAFT, State.REVIEWED, State.PUBLISHED, State.FULFILLING, State.APPRAISED)
"""The states of a pledge in their order; 已撤回 stands outside."""

STAGE_INTO: dict[State, Stage] = {
    State.DRAFT: Stage.PROPOSE,
    State.REVIEWED: Stage.REVIEW,
    State.PUBLISHED: Stage.PUBLISH,
    State.FULFILLING: Stage.FULFIL,
    State.APPRAISED: Stage.APPRAISE,
}
"""The stage that leads into a state."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a pledge: when, who saw to it, what is to be remarked."""

    on: date
    person: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Review(Step):
    """A 审诺 of one pledge: with the opinion given; 退回 leaves the pledge a draft."""

    opinion: Opinion = Opinion.AGREE


@dataclass(frozen=True, slots=True)
class Publication(Step):
    """A 亮诺: shown from `on` to `until` (None: for the whole year) at `place`."""

    until: date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Change(Step):
    """A change of a reviewed pledge: `remark` is the reason; a correction of wording needs no new 审诺."""

    correction: bool = False


def next_state(state: State) -> State | None:
    """The state that follows; None after the last one and for what is withdrawn."""
    if state not in ORDER or state is ORDER[-1]:
        return None
    return ORDER[ORDER.index(state) + 1]


def step_problems(state: State, target: State, step: Step, since: date, day: date, name: str = "") -> list[Problem]:
    """Why a pledge in `state` since `since` cannot be brought to `target` by `step`; `day` is today.

    A stage is never skipped nor done twice; a later stage is never before an earlier one, nor after today.
    """
    who = f"{name}：" if name else ""
    word = STAGE_INTO[target].label
    if state is State.WITHDRAWN:
        return [Problem(f"{who}承诺已撤回，不能登记{word}；需要继续时请先恢复。")]
    if next_state(state) is not target:
        return [Problem(who + _out_of_turn(state, target))]
    found = []
    if step.on < since:
        before = f"{STAGE_INTO[state].label}日期（{chinese_date(since)}）"
        found.append(Problem(f"{who}{word}日期（{chinese_date(step.on)}）早于{before}，请核对。", "on"))
    if step.on > day:
        found.append(Problem(f"{who}{word}日期还没有到，完成后再登记。", "on"))
    return found


def _out_of_turn(state: State, target: State) -> str:
    word = STAGE_INTO[target].label
    if ORDER.index(target) <= ORDER.index(state):
        return f"承诺现在是“{state.label}”，{word}已经登记过了。"
    missing = STAGE_INTO[ORDER[ORDER.index(state) + 1]].label
    return f"承诺现在是“{state.label}”，还没有{missing}，不能直接登记{word}。请先登记{missing}。"


def publication_problems(publication: Publication, name: str = "") -> list[Problem]:
    """A 公示 that ends before it begins."""
    if publication.until is None or publication.until >= publication.on:
        return []
    who = f"{name}：" if name else ""
    return [Problem(f"{who}公示截止日期早于开始日期，请核对。", "until")]


_STAGE_EVENTS = (EventKind.REVIEWED, EventKind.PUBLISHED, EventKind.STARTED, EventKind.APPRAISED)


def effective_events(events: Sequence[Event]) -> list[Event]:
    """The lines of a history that still count: what was stepped back from, and corrections of wording, left out."""
    found: list[Event] = []
    for event in events:
        if event.kind is EventKind.STEPPED_BACK:
            latest = max((n for n, one in enumerate(found) if one.kind in _STAGE_EVENTS), default=None)
            if latest is not None:
                del found[latest]
        elif event.kind is not EventKind.CORRECTED:
            found.append(event)
    return found


def redated_problems(events: Sequence[Event], event_id: int, on: date, day: date) -> list[Problem]:
    """Why a line of the history cannot be given the day `on`: before the line above it, after that below, to come."""
    events = effective_events(events)
    position = next((n for n, event in enumerate(events) if event.id == event_id), None)
    if position is None:
        return [Problem("这条经过已被退回，或只是文字更正，不能再改日期。")]
    word = events[position].kind.label
    found = []
    if on > day:
        found.append(Problem(f"{word}日期还没有到，请核对。", "on"))
    if position and on < events[position - 1].on:
        above = events[position - 1]
        found.append(Problem(f"{word}日期早于{above.kind.label}日期（{chinese_date(above.on)}），请核对。", "on"))
    if position + 1 < len(events) and on > events[position + 1].on:
        below = events[position + 1]
        found.append(Problem(f"{word}日期晚于{below.kind.label}日期（{chinese_date(below.on)}），请核对。", "on"))
    return found


def round_problems(stages: Sequence[StageLine], discussion: Discussion) -> list[Problem]:
    """What contradicts itself in a round: stages planned or done out of order, more present than should be."""
    found = []
    ordered = sorted(stages, key=lambda line: list(Stage).index(line.stage))
    for attribute, word in (("planned_until", "计划完成日期"), ("actual_on", "实际日期")):
        known = [(line.stage, getattr(line, attribute)) for line in ordered if getattr(line, attribute)]
        for (earlier, before), (later, after) in pairwise(known):
            if after < before:
                message = f"{later.label}的{word}（{chinese_date(after)}）早于{earlier.label}（{chinese_date(before)}）"
                found.append(Problem(f"{message}，请核对。", f"{later}_{attribute}"))
    should, present = discussion.should, discussion.present
    if min(should or 0, present or 0) < 0:
        found.append(Problem("讨论承诺的党员大会人数不能是负数。", "present"))
    if should is not None and present is not None and present > should:
        found.append(Problem(f"实到{present}人，多于应到{should}人，请核对。", "present"))
    return found


def discussion_note(discussion: Discussion) -> str:
    """What the attendance of the discussing branch meeting is worth, in a sentence; blank without counts.

    Half of those with a vote make the meeting valid (支部工作条例 Art 11, ZB-30); two thirds are some branches' custom
    for pledges (L) and only said.
    """
    should, present = discussion.should, discussion.present
    if should is None or present is None or should < 1:
        return ""
    counts = f"应到会有表决权党员{should}人，实到{present}人"
    if 2 * present < should:
        return f"{counts}，不足半数，党员大会不能进行表决（支部工作条例第十一条）。"
    need = -(-2 * should // 3)
    if 3 * present < 2 * should:
        return f"{counts}，已过半数；有的支部惯例要求讨论承诺时三分之二以上到会（{need}人），本次未达到，仅作提示。"
    return f"{counts}，达到三分之二（{need}人，惯例要求）。"


def round_hints(year_round: PledgeRound) -> list[str]:
    """What is worth a word but nobody's mistake: stages later than planned, no responsible person, no discussion."""
    found = [
        f"{line.stage.label}比计划晚{(line.actual_on - line.planned_until).days}天（计划日期为支部惯例安排）。"
        for line in year_round.stages
        if line.actual_on and line.planned_until and line.actual_on > line.planned_until
    ]
    nobody = [line.stage.label for line in year_round.stages if not line.responsible]
    if nobody:
        found.append(f"{'、'.join(nobody)}还没有填写责任人。")
    if year_round.stage(Stage.REVIEW).actual_on and year_round.discussion.on is None:
        found.append("已登记审诺，还没有登记讨论承诺的党员大会（惯例，不是硬性规定）。")
    note = discussion_note(year_round.discussion)
    return [*found, note] if note else found


def running_events(events: Sequence[Event]) -> dict[EventKind, int]:
    """By kind, the line of the history that the pledge's own days were taken from: the latest since its last change."""
    found: dict[EventKind, int] = {}
    for event in effective_events(events):
        if event.kind is EventKind.CHANGED:
            found.clear()
        found[event.kind] = event.id
    return found


def first_publication(events: Sequence[Event]) -> date | None:
    """The day on which a pledge was shown for the first time: deeds cannot be older."""
    return next((event.on for event in effective_events(events) if event.kind is EventKind.PUBLISHED), None)
