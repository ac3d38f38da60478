"""Use cases of 评诺: votes, words and the branch's grade, and what came of a member's pledges."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.features.pledges.appraising import appraisal_problems
from partyroom.features.pledges.domain import Appraisal, EventKind, PledgeResult, State
from partyroom.features.pledges.round_service import assign
from partyroom.features.pledges.service import add_event, stored_pledge
from partyroom.features.pledges.stage_service import since
from partyroom.features.pledges.stages import Step, step_problems
from partyroom.features.pledges.tables import AppraisalRecord, PledgeRecord, RoundRecord
from partyroom.features.pledges.tally import Tally


def save_appraisal(session: Session, pledge_id: int, appraisal: Appraisal) -> State:
    """Store what is known of a pledge's 评诺; with grade, day and body of the branch it is decided (已评).

    Returns the state the pledge is in then. A decided appraisal may be corrected without a further step.

    Raises:
        DomainError: 践诺 has not begun, impossible votes, a grade the round has not, a grade without its day or body,
            decided before 践诺 began or on a day to come.
    """
    record = stored_pledge(session, pledge_id)
    problems = list(appraisal_problems(appraisal, record.round.grades))
    decided = appraisal.decided_on is not None and bool(appraisal.grade)
    if record.state is State.APPRAISED:
        problems += _correction_problems(record, appraisal)
    elif record.state is not State.FULFILLING or decided:
        step = Step(appraisal.decided_on or today(), appraisal.person)
        problems += step_problems(record.state, State.APPRAISED, step, since(record), today(), record.name)
    if problems:
        raise DomainError(*problems)
    first = record.state is State.FULFILLING
    _fill(record, appraisal)
    if first and decided and appraisal.decided_on and appraisal.decided_by:
        remark = f"{appraisal.decided_by.label}评定：{appraisal.grade}"
        add_event(record, EventKind.APPRAISED, State.APPRAISED, appraisal.decided_on, appraisal.person, remark)
    elif not first and appraisal.decided_on:
        event = next(e for e in reversed(record.events) if e.kind is EventKind.APPRAISED)
        assign(event, {"on_day": appraisal.decided_on})
    session.flush()
    return record.state


def save_appraisals(session: Session, appraisals: Mapping[int, Appraisal]) -> int:
    """Store several appraisals by pledge, all or none; returns how many pledges are 已评 then.

    Raises:
        DomainError: as `save_appraisal`, for any of them.
    """
    states = [save_appraisal(session, pledge_id, one) for pledge_id, one in appraisals.items()]
    return sum(state is State.APPRAISED for state in states)


def member_results(session: Session, member_id: int) -> list[PledgeResult]:
    """What a member's pledges came to, the latest year first; withdrawn ones are told as such, without a grade."""
    statement = (
        select(PledgeRecord)
        .join(RoundRecord, RoundRecord.id == PledgeRecord.round_id)
        .where(PledgeRecord.member_id == member_id)
        .order_by(RoundRecord.year.desc(), PledgeRecord.id)
    )
    return [_result(record) for record in session.scalars(statement).unique()]


def _correction_problems(record: PledgeRecord, appraisal: Appraisal) -> list[Problem]:
    """An appraisal that was decided keeps its grade and day: they can be others, not missing."""
    if not appraisal.grade or appraisal.decided_on is None:
        return [Problem(f"{record.name}：已评的承诺要有等次和评定日期；要重新评诺请先退回上一步。", "grade")]
    found = []
    if appraisal.decided_on > today():
        found.append(Problem("评定日期还没有到，请核对。", "decided_on"))
    if record.started_on and appraisal.decided_on < record.started_on:
        found.append(Problem("评定日期早于践诺开始日期，请核对。", "decided_on"))
    return found


def _fill(record: PledgeRecord, appraisal: Appraisal) -> None:
    if record.appraisal is None:
        record.appraisal = AppraisalRecord(**_votes("members", Tally()), **_votes("masses", Tally()))
    values: dict[str, object] = {
        "self_text": clean_text(appraisal.self_text).strip(),
        "self_grade": appraisal.self_grade,
        "grade": appraisal.grade,
        "comment": clean_text(appraisal.comment).strip(),
        "decided_on": appraisal.decided_on,
        "decided_by": appraisal.decided_by,
        "person": one_line(appraisal.person),
        **_votes("members", appraisal.members),
        **_votes("masses", appraisal.masses),
    }
    assign(record.appraisal, values)


def _votes(who: str, tally: Tally) -> dict[str, object]:
    counts = {grade: count for grade, count in tally.counts.items() if count}
    return {f"{who}_issued": tally.issued, f"{who}_returned": tally.returned, f"{who}_counts": counts}


def _result(record: PledgeRecord) -> PledgeResult:
    judged = record.appraisal if record.state is State.APPRAISED else None
    items = [item for item in record.items if item.retired_in is None]
    return PledgeResult(
        pledge_id=record.id,
        year=record.round.year,
        title=record.round.title,
        kind=record.kind,
        state=record.state,
        grade=judged.grade if judged else "",
        comment=judged.comment if judged else "",
        decided_on=judged.decided_on if judged else None,
        decided_by=judged.decided_by if judged else None,
        items=len(items),
        done=sum(item.done_on is not None for item in items),
        deeds=len(record.deeds),
    )
