"""Use cases of bringing pledges in from a workbook: what rows are judged by, and storing them whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.core.errors import DomainError
from partyroom.features.members.service import members_on
from partyroom.features.organisation.service import get_branch
from partyroom.features.pledges.domain import ItemDraft, PledgeDraft, PledgerKind
from partyroom.features.pledges.import_verdicts import ImportContext, Person, Verdict
from partyroom.features.pledges.round_service import stored_round
from partyroom.features.pledges.service import save_pledge
from partyroom.features.pledges.tables import PledgeRecord
from partyroom.features.pledges.templates import pledge_rules

_MOST_TOLD = 10


def import_context(session: Session, round_id: int) -> ImportContext:
    """What the rows of a workbook are judged by, as the round stands now.

    Raises:
        DomainError: the round is gone.
    """
    year = stored_round(session, round_id).year
    people = tuple(
        Person(member.id, member.draft.name, member.draft.department, any(post.on_committee for post in member.posts))
        for member in members_on(session, today())
    )
    having = session.scalars(select(PledgeRecord.pledger).where(PledgeRecord.round_id == round_id))
    return ImportContext(year, people, get_branch(session).name, frozenset(having))


def store_import(
    session: Session, round_id: int, verdicts: Sequence[Verdict], on: date | None = None, person: str = ""
) -> list[int]:
    """Store judged rows as drafts, a pledge for each pledger, and return the new ids; all of them or none.

    Raises:
        DomainError: a row has a problem, or somebody has a pledge by now.
    """
    bad = [verdict for verdict in verdicts if verdict.problems]
    if bad:
        told = [f"第{verdict.row}行：{''.join(verdict.problems)}" for verdict in bad[:_MOST_TOLD]]
        more = [f"还有{len(bad) - _MOST_TOLD}行有问题。"] if len(bad) > _MOST_TOLD else []
        raise DomainError(*told, *more)
    if not verdicts:
        raise DomainError("表里没有可以导入的承诺事项。")
    pledgers: dict[tuple[PledgerKind, int | None], list[Verdict]] = {}
    for verdict in verdicts:
        pledgers.setdefault((verdict.kind, verdict.member_id), []).append(verdict)
    return [
        save_pledge(
            session,
            round_id,
            PledgeDraft(kind, member_id, tuple(_item(one) for one in rows), pledge_rules().preambles[kind], on),
            person=person or rows[0].name,
        )
        for (kind, member_id), rows in pledgers.items()
    ]


def _item(verdict: Verdict) -> ItemDraft:
    return ItemDraft(verdict.text, verdict.category, verdict.measure, verdict.deadline, verdict.responsible)
