"""Who stands on the sign-in sheet of a meeting, from a stored meeting or from one still being entered."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from partyroom.features.meetings.domain import MeetingDraft, State, kind_label
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.service import expected_attendance, get_meeting
from partyroom.features.meetings.sign_in import Signer, SignIn
from partyroom.features.members.service import all_details
from partyroom.features.organisation.service import get_branch

_KNOWN_BEFOREHAND = (State.LEAVE, State.DUTY)


def sign_in_of(session: Session, meeting_id: int) -> SignIn:
    """The sign-in sheet of a stored meeting.

    Raises:
        DomainError: there is no such meeting (any more).
    """
    return sign_in_for(session, get_meeting(session, meeting_id).draft)


def sign_in_for(session: Session, draft: MeetingDraft) -> SignIn:
    """The sign-in sheet of a meeting as entered; without an attendance list, of who should attend by its kind's rule.

    Who is not counted in 应到 (ZB-40) does not sign; who is on leave or duty already stands there with that word.
    """
    kinds = kinds_of(session)
    if not draft.attendance and draft.kind in kinds:
        lines = expected_attendance(session, draft.kind, draft.starts_at.date(), draft.group_id)
        draft = replace(draft, attendance=lines)
    groups = {int(member.id): member.draft.group for member in all_details(session)}
    lines = tuple(line for line in draft.attendance if not line.excluded)
    signers = tuple(
        Signer(
            name=line.name,
            unit=line.department or groups.get(line.member_id, ""),
            remark=line.state.label if line.state in _KNOWN_BEFOREHAND else "",
            observer=line.state is State.OBSERVER or not line.expected,
        )
        for line in lines
    )
    guests = tuple(Signer(guest.name, guest.unit, observer=True) for guest in draft.guests)
    return SignIn(draft, kind_label(draft.kind, kinds), signers + guests, get_branch(session))
