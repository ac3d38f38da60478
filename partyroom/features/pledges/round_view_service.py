"""What the screens of a year need at once: the round, its pledges, the people of the branch and who has a post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.features.members.domain import PostKind
from partyroom.features.members.service import members_on
from partyroom.features.organisation.service import get_branch, list_departments, list_groups
from partyroom.features.pledges.domain import PledgeDetail, PledgeRound, Stage, StageLine, State
from partyroom.features.pledges.round_service import list_rounds, round_of
from partyroom.features.pledges.service import pledges_of
from partyroom.features.pledges.stages import ORDER
from partyroom.features.pledges.templates import Role, likely_role, usual_stages

_SEES_TO = {
    Stage.PROPOSE: (PostKind.ORGANISATION,),
    Stage.REVIEW: (PostKind.SECRETARY,),
    Stage.PUBLISH: (PostKind.PUBLICITY, PostKind.ORGANISATION),
    Stage.FULFIL: (PostKind.ORGANISATION,),
    Stage.APPRAISE: (PostKind.SECRETARY,),
}
"""Who usually sees to a stage, by custom; the secretary where nobody holds such a post."""


@dataclass(frozen=True, slots=True)
class Pledger:
    """A member who may pledge, with the role that fits best."""

    id: int
    name: str
    department: str
    role: Role


@dataclass(frozen=True, slots=True)
class RoundView:
    """A year as its screens show it; `round` is None where none was begun, `committee` names in order of posts."""

    year: int
    years: tuple[int, ...]
    round: PledgeRound | None
    pledges: tuple[PledgeDetail, ...]
    members: tuple[Pledger, ...]
    committee: tuple[str, ...]
    groups: tuple[str, ...]
    branch: str
    stages: tuple[StageLine, ...]


def round_view(session: Session, year: int, *, pledges: bool = True) -> RoundView:
    """Everything that the page of a year shows; `stages` is what a new round of the year would begin with.

    Without `pledges` these are left out, which is what takes most of the time.
    """
    found = round_of(session, year)
    members = members_on(session, today())
    heads = {department.head for department in list_departments(session) if department.head}
    order = {kind: number for number, kind in enumerate(PostKind)}
    holders = sorted(
        (order[post], member.draft.name) for member in members for post in member.posts if post.on_committee
    )
    names = {post: member.draft.name for member in members for post in member.posts}
    return RoundView(
        year=year,
        years=tuple(sorted({today().year, year, *(one.year for one in list_rounds(session))}, reverse=True)),
        round=found,
        pledges=tuple(pledges_of(session, found.id)) if found and pledges else (),
        members=tuple(
            Pledger(
                member.id,
                member.draft.name,
                member.draft.department,
                likely_role(member.draft.name, member.posts, member.draft.employment, heads),
            )
            for member in members
        ),
        committee=tuple(dict.fromkeys(name for _, name in holders)),
        groups=tuple(group.name for group in list_groups(session)),
        branch=get_branch(session).name or "党支部",
        stages=_stages_with_people(year, names),
    )


def stage_counts(pledges: Sequence[PledgeDetail]) -> dict[Stage, int]:
    """How many pledges have come through each stage; what is withdrawn is left out."""
    reached = [ORDER.index(pledge.state) for pledge in pledges if pledge.state is not State.WITHDRAWN]
    return {stage: sum(place >= number for place in reached) for number, stage in enumerate(Stage)}


def last_day_of(pledges: Sequence[PledgeDetail], stage: Stage) -> date | None:
    """The latest day on which one of these pledges came through a stage, as far as it is known."""
    days: dict[Stage, list[date | None]] = {
        Stage.PROPOSE: [pledge.proposed_on for pledge in pledges],
        Stage.REVIEW: [pledge.reviewed_on for pledge in pledges],
        Stage.PUBLISH: [pledge.published_from for pledge in pledges],
        Stage.FULFIL: [pledge.started_on for pledge in pledges],
        Stage.APPRAISE: [pledge.appraisal.decided_on for pledge in pledges],
    }
    return max((day for day in days[stage] if day is not None), default=None)


def as_it_went(view: RoundView) -> PledgeRound | None:
    """The round with the days of stages that every pledge has come through, where nobody wrote another day down.

    践诺 is left as it is: that all have begun does not mean that it is over.
    """
    found = view.round
    if found is None:
        return None
    standing = [pledge for pledge in view.pledges if pledge.state is not State.WITHDRAWN]
    counts = stage_counts(standing)
    stages = tuple(
        replace(line, actual_on=last_day_of(standing, line.stage))
        if line.actual_on is None
        and line.stage is not Stage.FULFIL
        and standing
        and counts[line.stage] == len(standing)
        else line
        for line in found.stages
    )
    return replace(found, stages=stages)


def _stages_with_people(year: int, names: dict[PostKind, str]) -> tuple[StageLine, ...]:
    secretary = names.get(PostKind.SECRETARY, "")
    return tuple(
        StageLine(
            line.stage,
            line.planned_until,
            None,
            next((names[post] for post in _SEES_TO[line.stage] if post in names), secretary),
        )
        for line in usual_stages(year)
    )
