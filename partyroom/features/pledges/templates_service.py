"""Use cases of templates: those of the rule data and the branch's own, and pledges made from them for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.features.members.service import members_on
from partyroom.features.organisation.service import get_branch, list_departments
from partyroom.features.pledges.domain import PledgeDraft
from partyroom.features.pledges.round_service import assign, stored_round
from partyroom.features.pledges.service import save_pledge
from partyroom.features.pledges.tables import PledgeRecord, TemplateRecord
from partyroom.features.pledges.templates import Role, Template, day_in, items_from, likely_role, pledge_rules


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who has no pledge in a round yet, with the role that fits best; `member_id` None is the branch."""

    member_id: int | None
    name: str
    department: str
    role: Role


def list_templates(session: Session, role: Role | None = None) -> list[Template]:
    """Templates of a role (of all): those of the rule data first, then the branch's own."""
    own = session.scalars(select(TemplateRecord).order_by(TemplateRecord.ordinal, TemplateRecord.id))
    everything = [*pledge_rules().templates, *(_template(record) for record in own)]
    return [one for one in everything if role is None or one.role is role]


def save_template(session: Session, template: Template) -> int:
    """Add a template of the branch's own, or change the one with its id, and return the id.

    Raises:
        DomainError: it has no words, an impossible day, or is gone.
    """
    text = clean_text(template.text).strip()
    if not text:
        raise DomainError(Problem("请填写承诺内容。", "text"))
    try:
        day_in(2000, template.due)
    except ValueError:
        raise DomainError(Problem("完成时限请填月和日，例如12-10。", "due")) from None
    record = _stored(session, template.id) if template.id is not None else _added(session)
    values: dict[str, object] = {
        "role": template.role,
        "text": text,
        "category": template.category,
        "measure": clean_text(template.measure).strip(),
        "due": template.due,
        "usual": template.usual,
    }
    assign(record, values)
    session.add(record)
    session.flush()
    return record.id


def delete_template(session: Session, template_id: int) -> None:
    """Remove a template of the branch's own; pledges made from it keep their words.

    Raises:
        DomainError: it is gone.
    """
    session.delete(_stored(session, template_id))
    session.flush()


def candidates(session: Session, round_id: int) -> list[Candidate]:
    """Who has no pledge in a round yet: the branch, then the members of today, each with the role that fits best."""
    stored_round(session, round_id)
    having = set(session.scalars(select(PledgeRecord.member_id).where(PledgeRecord.round_id == round_id)))
    found = [] if None in having else [Candidate(None, get_branch(session).name or "党支部", "", Role.BRANCH)]
    heads = {department.head for department in list_departments(session) if department.head}
    return found + [
        Candidate(
            member.id,
            member.draft.name,
            member.draft.department,
            likely_role(member.draft.name, member.posts, member.draft.employment, heads),
        )
        for member in members_on(session, today())
        if member.id not in having
    ]


def make_pledges(
    session: Session,
    round_id: int,
    chosen: Iterable[Candidate] | None = None,
    on: date | None = None,
    person: str = "",
) -> list[int]:
    """Draft pledges from the usual templates of each one's role, for all candidates or those chosen; their ids.

    Raises:
        DomainError: a role has no template, somebody chosen has a pledge by now, or `on` is a day to come.
    """
    year = stored_round(session, round_id).year
    templates = list_templates(session)
    made = []
    for candidate in candidates(session, round_id) if chosen is None else chosen:
        items = items_from(templates, candidate.role, year, "" if candidate.member_id is None else candidate.name)
        if not items:
            raise DomainError(f"“{candidate.role.label}”还没有常用模板，请先添加。")
        kind = candidate.role.kind
        draft = PledgeDraft(kind, candidate.member_id, items, pledge_rules().preambles[kind], on)
        made.append(save_pledge(session, round_id, draft, person=person or candidate.name))
    return made


def save_as_templates(session: Session, role: Role, templates: Sequence[Template]) -> list[int]:
    """Keep items of a pledge as the branch's own templates of a role; what is there already is not kept twice.

    Raises:
        DomainError: one has no words.
    """
    known = {one_line(one.text) for one in list_templates(session, role)}
    new = [one for one in templates if one_line(one.text) not in known]
    return [save_template(session, one) for one in new]


def _template(record: TemplateRecord) -> Template:
    return Template(
        record.role, record.text, record.category, record.measure, record.due, usual=record.usual, id=record.id
    )


def _stored(session: Session, template_id: int) -> TemplateRecord:
    record = session.get(TemplateRecord, template_id)
    if record is None:
        raise DomainError("这个模板已经不在了，请刷新后再看。")
    return record


def _added(session: Session) -> TemplateRecord:
    last = session.scalar(select(func.coalesce(func.max(TemplateRecord.ordinal), 0))) or 0
    return TemplateRecord(ordinal=last + 1)
