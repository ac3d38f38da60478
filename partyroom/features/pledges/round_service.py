"""Use cases of a year's round of pledges."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import EARLIEST_YEAR, LATEST_YEAR
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.features.pledges.domain import Discussion, PledgeRound, RoundDraft, Stage, StageLine
from partyroom.features.pledges.stages import round_problems
from partyroom.features.pledges.tables import AppraisalRecord, PledgeRecord, RoundRecord, StageRecord
from partyroom.features.pledges.templates import pledge_rules, usual_stages


def list_rounds(session: Session) -> list[PledgeRound]:
    """All rounds, the latest year first."""
    return [as_round(record) for record in session.scalars(select(RoundRecord).order_by(RoundRecord.year.desc()))]


def get_round(session: Session, round_id: int) -> PledgeRound:
    """One round.

    Raises:
        DomainError: there is none (any more).
    """
    return as_round(stored_round(session, round_id))


def round_of(session: Session, year: int) -> PledgeRound | None:
    """The round of a year."""
    record = session.scalar(select(RoundRecord).where(RoundRecord.year == year))
    return None if record is None else as_round(record)


def open_round(session: Session, year: int) -> int:
    """The id of the round of a year, begun with the usual title, stages and grades where there is none yet."""
    found = round_of(session, year)
    return found.id if found else save_round(session, RoundDraft(year, stages=usual_stages(year)))


def save_round(session: Session, draft: RoundDraft, round_id: int | None = None) -> int:
    """Begin a round or change the one with this id, and return its id.

    Raises:
        DomainError: another round has the year, dates of stages contradict each other, a grade twice or one taken away
            that a pledge has been given.
    """
    grades = tuple(dict.fromkeys(grade for text in draft.grades if (grade := one_line(text)))) or pledge_rules().grades
    problems = _problems(session, draft, grades, round_id)
    if problems:
        raise DomainError(*problems)
    record = RoundRecord(year=draft.year) if round_id is None else stored_round(session, round_id)
    values: dict[str, object] = {
        "year": draft.year,
        "title": one_line(draft.title) or f"{draft.year}年度公开承诺",
        "theme": clean_text(draft.theme).strip(),
        "grades": list(grades),
        "discussed_on": draft.discussion.on,
        "should": draft.discussion.should,
        "present": draft.discussion.present,
        "discussion": clean_text(draft.discussion.remark).strip(),
        "mid_year": clean_text(draft.mid_year).strip(),
        "year_end": clean_text(draft.year_end).strip(),
    }
    assign(record, values)
    _put_stages(record, draft)
    session.add(record)
    session.flush()
    return record.id


def delete_round(session: Session, round_id: int) -> None:
    """Remove a round that has no pledges.

    Raises:
        DomainError: it has some, perhaps in the recycle bin, or is gone.
    """
    record = stored_round(session, round_id)
    count = session.scalar(
        select(func.count()).select_from(PledgeRecord).where(PledgeRecord.round_id == round_id),
        execution_options={"include_deleted": True},
    )
    if count:
        message = f"{record.year}年的承诺还有{count}份（含回收站里的），不能删除这一年度。请先删除并清空这些承诺。"
        raise DomainError(message)
    session.delete(record)
    session.flush()


def stored_round(session: Session, round_id: int) -> RoundRecord:
    """The mapped round.

    Raises:
        DomainError: it is gone.
    """
    record = session.get(RoundRecord, round_id)
    if record is None:
        raise DomainError("这个年度的承诺已经不在了，请刷新后再看。")
    return record


def as_round(record: RoundRecord) -> PledgeRound:
    """A mapped round as a frozen row, with all five stages."""
    lines = {line.stage: line for line in record.stages}
    return PledgeRound(
        id=record.id,
        year=record.year,
        title=record.title,
        theme=record.theme,
        stages=tuple(
            StageLine(stage, line.planned_until, line.actual_on, line.responsible)
            if (line := lines.get(stage))
            else StageLine(stage)
            for stage in Stage
        ),
        grades=tuple(record.grades),
        discussion=Discussion(record.discussed_on, record.should, record.present, record.discussion),
        mid_year=record.mid_year,
        year_end=record.year_end,
    )


def assign(record: object, values: dict[str, object]) -> None:
    """Assign only what differs, so that the change log tells true changes."""
    for key, value in values.items():
        if getattr(record, key) != value:
            setattr(record, key, value)


def _problems(session: Session, draft: RoundDraft, grades: tuple[str, ...], round_id: int | None) -> list[Problem]:
    found = round_problems(draft.stages, draft.discussion)
    if not EARLIEST_YEAR <= draft.year <= LATEST_YEAR:
        found.append(Problem("请填写正确的年份。", "year"))
    other = session.scalar(select(RoundRecord.id).where(RoundRecord.year == draft.year))
    if other is not None and other != round_id:
        found.append(Problem(f"{draft.year}年的公开承诺已经建立，请直接打开。", "year"))
    if len(grades) < 2:
        found.append(Problem("评诺等次至少要有两个。", "grades"))
    if round_id is not None:
        missing = [grade for grade in _grades_given(session, round_id) if grade not in grades]
        if missing:
            found.append(Problem(f"等次“{'、'.join(missing)}”已用在评诺结果里，不能去掉。", "grades"))
    return found


def _grades_given(session: Session, round_id: int) -> list[str]:
    """Every grade that an appraisal of the round uses, by vote or by decision."""
    records = session.scalars(
        select(AppraisalRecord)
        .join(PledgeRecord, PledgeRecord.id == AppraisalRecord.pledge_id)
        .where(PledgeRecord.round_id == round_id)
        .order_by(AppraisalRecord.id)
    )
    used: dict[str, None] = {}
    for record in records:
        votes = {**record.members_counts, **record.masses_counts}
        used |= dict.fromkeys(
            grade for grade in (record.grade, record.self_grade, *(g for g, count in votes.items() if count)) if grade
        )
    return list(used)


def _put_stages(record: RoundRecord, draft: RoundDraft) -> None:
    lines = {line.stage: line for line in record.stages}
    for given in draft.stages:
        line = lines.get(given.stage)
        if line is None:
            line = StageRecord(stage=given.stage)
            record.stages.append(line)
        assign(
            line,
            {
                "planned_until": given.planned_until,
                "actual_on": given.actual_on,
                "responsible": one_line(given.responsible),
            },
        )
