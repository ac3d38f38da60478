"""What the 承诺书 says of people and the roster knows: sex, and age on the day it was written."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.calendar import age_on
from partyroom.features.members.service import draft_of
from partyroom.features.members.tables import Member
from partyroom.features.pledges.domain import PledgeDetail
from partyroom.features.pledges.report import LetterPerson


def letter_people(session: Session, pledges: Sequence[PledgeDetail]) -> dict[int, LetterPerson]:
    """The persons of pledges by the pledge's id; the branch itself, and who left no trace, are left out."""
    wanted = {pledge.member_id for pledge in pledges if pledge.member_id is not None}
    records = session.scalars(select(Member).where(Member.id.in_(wanted))) if wanted else ()
    drafts = {record.id: draft_of(record) for record in records}
    found: dict[int, LetterPerson] = {}
    for pledge in pledges:
        if pledge.member_id in drafts:
            draft = drafts[pledge.member_id]
            age = age_on(draft.birth, pledge.proposed_on) if draft.birth else None
            found[pledge.id] = LetterPerson(draft.sex.label if draft.sex else "", age)
    return found
