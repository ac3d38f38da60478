"""Use cases that move pledges through the stages: 审诺, 亮诺, start of 践诺; changes, withdrawal, ways back.

What is done to several pledges at once is done to all of them or to none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy.orm import Session

from partyroom.core.calendar import chinese_date, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.features.pledges.domain import EventKind, ItemDraft, Opinion, State, VersionItem
from partyroom.features.pledges.reading_service import as_event
from partyroom.features.pledges.round_service import assign
from partyroom.features.pledges.service import add_event, item_problems, put_words, stored_pledge
from partyroom.features.pledges.stages import (
    ORDER,
    Change,
    Publication,
    Review,
    Step,
    publication_problems,
    redated_problems,
    running_events,
    step_problems,
)
from partyroom.features.pledges.tables import PledgeRecord, PledgeVersionRecord


def review_pledges(session: Session, reviews: Mapping[int, Review]) -> int:
    """Record the 审诺 of pledges with the opinion on each, by id, and return how many were agreed to.

    同意 and 修改后同意 make a pledge 已审; 退回 leaves it a draft with the remark in its history.

    Raises:
        DomainError: a pledge is no draft, was proposed later, has no reviewer, or is returned without a reason.
    """
    records = {pledge_id: stored_pledge(session, pledge_id) for pledge_id in reviews}
    problems: list[Problem] = []
    for pledge_id, review in reviews.items():
        record = records[pledge_id]
        problems += step_problems(record.state, State.REVIEWED, review, since(record), today(), record.name)
        if not one_line(review.person):
            problems.append(Problem(f"{record.name}：请填写审诺人（会议或人员）。", "person"))
        if review.opinion is Opinion.RETURN and not clean_text(review.remark).strip():
            problems.append(Problem(f"{record.name}：退回时请写明理由。", "remark"))
    _refuse(problems)
    for pledge_id, review in reviews.items():
        _review(records[pledge_id], review)
    session.flush()
    return sum(review.opinion is not Opinion.RETURN for review in reviews.values())


def publish_pledges(session: Session, pledge_ids: Sequence[int], publication: Publication) -> int:
    """Record the 亮诺 of reviewed pledges: shown from, until and where; returns how many.

    Raises:
        DomainError: a pledge is not reviewed, was reviewed later, or is shown until before it is shown.
    """
    records = _movable(session, pledge_ids, State.PUBLISHED, publication)
    _refuse(publication_problems(publication))
    place = one_line(publication.place)
    for record in records:
        record.published_from, record.published_until, record.place = publication.on, publication.until, place
        shown = f"公示至{chinese_date(publication.until)}" if publication.until else ""
        remark = "；".join(part for part in (place, shown, clean_text(publication.remark).strip()) if part)
        add_event(record, EventKind.PUBLISHED, State.PUBLISHED, publication.on, publication.person, remark)
    session.flush()
    return len(records)


def start_pledges(session: Session, pledge_ids: Sequence[int], step: Step) -> int:
    """Record that 践诺 has begun, and return of how many; the first deed does so by itself.

    Raises:
        DomainError: a pledge is not shown yet, or was shown later.
    """
    records = _movable(session, pledge_ids, State.FULFILLING, step)
    for record in records:
        start(record, step)
    session.flush()
    return len(records)


def start(record: PledgeRecord, step: Step) -> None:
    """Bring one published pledge into 践诺中."""
    record.started_on = step.on
    add_event(record, EventKind.STARTED, State.FULFILLING, step.on, step.person, step.remark)


def withdraw_pledges(session: Session, pledge_ids: Sequence[int], step: Step) -> int:
    """Withdraw pledges for a reason (`step.remark`) and return how many; words, deeds and history stay.

    Raises:
        DomainError: no reason, appraised or withdrawn already, before its latest stage or on a day to come.
    """
    records = [stored_pledge(session, pledge_id) for pledge_id in pledge_ids]
    problems = _reason_problems(step, "撤回")
    for record in records:
        if record.state in (State.APPRAISED, State.WITHDRAWN):
            problems.append(Problem(f"{record.name}的承诺是“{record.state.label}”，不能撤回。"))
        elif step.on < since(record):
            problems.append(Problem(f"{record.name}：撤回日期早于{_since_text(record)}，请核对。", "on"))
    _refuse(problems)
    for record in records:
        record.withdrawn_on, record.withdrawn_reason = step.on, clean_text(step.remark).strip()
        add_event(record, EventKind.WITHDRAWN, State.WITHDRAWN, step.on, step.person, step.remark)
    session.flush()
    return len(records)


def reinstate_pledge(session: Session, pledge_id: int, step: Step) -> State:
    """Put a withdrawn pledge in force again, where it stood before, and return that state.

    Raises:
        DomainError: it is not withdrawn, no reason, before the withdrawal or on a day to come.
    """
    record = stored_pledge(session, pledge_id)
    if record.state is not State.WITHDRAWN:
        raise DomainError(f"{record.name}的承诺没有撤回，不需要恢复。")
    problems = _reason_problems(step, "恢复")
    if record.withdrawn_on and step.on < record.withdrawn_on:
        problems.append(Problem(f"恢复日期早于撤回日期（{chinese_date(record.withdrawn_on)}），请核对。", "on"))
    _refuse(problems)
    left = next(event for event in reversed(record.events) if event.kind is EventKind.WITHDRAWN)
    state = left.before or State.DRAFT
    record.withdrawn_on, record.withdrawn_reason = None, ""
    add_event(record, EventKind.REINSTATED, state, step.on, step.person, step.remark)
    session.flush()
    return state


def step_back(session: Session, pledge_id: int, step: Step) -> State:
    """Take a stage that was recorded by mistake back, for a reason, and return the state before it.

    The history keeps both lines. An appraisal's votes and words stay, only its decision is open again.

    Raises:
        DomainError: the pledge is a draft or withdrawn, or no reason is given.
    """
    record = stored_pledge(session, pledge_id)
    if record.state not in ORDER[1:]:
        raise DomainError(f"{record.name}的承诺是“{record.state.label}”，没有可以退回的上一步。")
    _refuse(_reason_problems(step, "退回上一步"))
    before = ORDER[ORDER.index(record.state) - 1]
    _forget(record, record.state)
    add_event(record, EventKind.STEPPED_BACK, before, step.on, step.person, step.remark)
    session.flush()
    return before


def change_pledge(session: Session, pledge_id: int, items: Sequence[ItemDraft], preamble: str, change: Change) -> int:
    """Change the words of a reviewed pledge for a reason and return its new version number.

    The old words are kept as a version. A correction of wording leaves the pledge where it is; any other change makes
    it a draft again, to be reviewed, shown and signed anew.

    Raises:
        DomainError: no reason, nothing changed, still a draft, appraised or withdrawn, or an impossible day.
    """
    record = stored_pledge(session, pledge_id)
    if record.state not in (State.REVIEWED, State.PUBLISHED, State.FULFILLING):
        raise DomainError(_NOT_CHANGEABLE[record.state].format(record.name))
    problems = item_problems(items) + _reason_problems(change, "更正" if change.correction else "变更")
    if not change.correction and change.on < since(record):
        problems.append(Problem(f"变更日期早于{_since_text(record)}，请核对。", "on"))
    _refuse(problems)
    before = _words(record)
    old_preamble = record.preamble
    put_words(record, items, preamble)
    if _words(record) == before and record.preamble == old_preamble:
        raise DomainError("承诺内容没有改动，不需要登记变更。")
    record.versions.append(
        PledgeVersionRecord(
            number=record.version,
            items=[_stored(item) for item in before],
            preamble=old_preamble,
            reason=clean_text(change.remark).strip(),
            changed_on=change.on,
            changed_by=one_line(change.person),
            correction=change.correction,
        )
    )
    record.version += 1
    if change.correction:
        add_event(record, EventKind.CORRECTED, record.state, change.on, change.person, change.remark)
    else:
        for state in ORDER[1:]:
            _forget(record, state)
        record.proposed_on, record.signed_on = change.on, None
        add_event(record, EventKind.CHANGED, State.DRAFT, change.on, change.person, change.remark)
    session.flush()
    return record.version


def redate_event(session: Session, pledge_id: int, event_id: int, on: date, person: str, remark: str) -> None:
    """Correct day, person and remark of a line in a pledge's history, and the pledge's own day with it.

    Raises:
        DomainError: the day contradicts the lines above or below, is still to come, or the line counts no more.
    """
    record = stored_pledge(session, pledge_id)
    history = [as_event(event) for event in record.events]
    _refuse(redated_problems(history, event_id, on, today()))
    event = next(event for event in record.events if event.id == event_id)
    assign(event, {"on_day": on, "person": one_line(person), "remark": clean_text(remark).strip()})
    if running_events(history).get(event.kind) == event_id:
        _put_day(record, event.kind, on, one_line(person))
    session.flush()


def since(record: PledgeRecord) -> date:
    """The day since which a pledge is in its state; a return by the review counts as such a day for a draft."""
    decided = record.appraisal.decided_on if record.appraisal else None
    day = {
        State.REVIEWED: record.reviewed_on,
        State.PUBLISHED: record.published_from,
        State.FULFILLING: record.started_on,
        State.APPRAISED: decided,
        State.WITHDRAWN: record.withdrawn_on,
    }.get(record.state)
    if record.state is State.DRAFT and record.events and record.events[-1].kind is EventKind.RETURNED:
        return max(record.proposed_on, record.events[-1].on_day)
    return day or record.proposed_on


_NOT_CHANGEABLE = {
    State.DRAFT: "{}的承诺还是草稿，可以直接修改，不需要登记变更。",
    State.APPRAISED: "{}的承诺已经评诺，不能再变更。",
    State.WITHDRAWN: "{}的承诺已撤回，不能变更；需要继续时请先恢复。",
}


def _review(record: PledgeRecord, review: Review) -> None:
    values: dict[str, object] = {
        "reviewer": one_line(review.person),
        "opinion": review.opinion,
        "review_remark": clean_text(review.remark).strip(),
    }
    assign(record, values)
    remark = "：".join(part for part in (review.opinion.label, clean_text(review.remark).strip()) if part)
    if review.opinion is Opinion.RETURN:
        add_event(record, EventKind.RETURNED, State.DRAFT, review.on, review.person, remark)
    else:
        record.reviewed_on = review.on
        add_event(record, EventKind.REVIEWED, State.REVIEWED, review.on, review.person, remark)


def _movable(session: Session, pledge_ids: Sequence[int], target: State, step: Step) -> list[PledgeRecord]:
    """The pledges, after refusing those that this step cannot bring to `target`."""
    records = [stored_pledge(session, pledge_id) for pledge_id in pledge_ids]
    day = today()
    _refuse([p for r in records for p in step_problems(r.state, target, step, since(r), day, r.name)])
    return records


def _reason_problems(step: Step, word: str) -> list[Problem]:
    found = []
    if not clean_text(step.remark).strip():
        found.append(Problem(f"请写明{word}的原因。", "remark"))
    if step.on > today():
        found.append(Problem(f"{word}日期还没有到，请核对。", "on"))
    return found


def _since_text(record: PledgeRecord) -> str:
    return f"“{record.state.label}”的日期（{chinese_date(since(record))}）"


def _forget(record: PledgeRecord, state: State) -> None:
    """Clear what a stage had written on the pledge; its history keeps it."""
    if state is State.REVIEWED:
        record.reviewed_on, record.opinion, record.reviewer, record.review_remark = None, None, "", ""
    elif state is State.PUBLISHED:
        record.published_from, record.published_until, record.place = None, None, ""
    elif state is State.FULFILLING:
        record.started_on = None
    elif state is State.APPRAISED and record.appraisal is not None:
        record.appraisal.decided_on = None


def _put_day(record: PledgeRecord, kind: EventKind, on: date, person: str) -> None:
    if kind in (EventKind.PROPOSED, EventKind.CHANGED):
        record.proposed_on = on
    elif kind is EventKind.REVIEWED:
        record.reviewed_on, record.reviewer = on, person
    elif kind is EventKind.PUBLISHED:
        record.published_from = on
    elif kind is EventKind.STARTED:
        record.started_on = on
    elif kind is EventKind.WITHDRAWN and record.state is State.WITHDRAWN:
        record.withdrawn_on = on
    elif kind is EventKind.APPRAISED and record.appraisal is not None:
        record.appraisal.decided_on = on


def _words(record: PledgeRecord) -> list[VersionItem]:
    """The standing items in their order, as words."""
    standing = sorted((item for item in record.items if item.retired_in is None), key=lambda item: item.ordinal)
    return [VersionItem(item.text, item.category, item.measure, item.deadline, item.responsible) for item in standing]


def _stored(item: VersionItem) -> dict[str, object]:
    deadline = item.deadline.isoformat() if item.deadline else ""
    return {**asdict(item), "category": item.category.value, "deadline": deadline}


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise DomainError(*problems)
