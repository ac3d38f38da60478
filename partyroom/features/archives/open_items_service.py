"""What is left open at the end of a year and goes on: resolutions, make-up lessons, arrears, pledges."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from partyroom.core.money import yuan
from partyroom.features.archives.closing import OpenItem
from partyroom.features.dues.ledger import months_label
from partyroom.features.dues.ledger_service import arrears_of
from partyroom.features.meetings.leave_service import AbsenceQuery
from partyroom.features.meetings.make_up_service import OWED, list_make_up_ids, list_make_up_rows
from partyroom.features.meetings.resolution_service import (
    UNCLOSED,
    ResolutionQuery,
    list_resolution_ids,
    list_resolution_rows,
)
from partyroom.features.pledges.domain import State
from partyroom.features.pledges.round_service import list_rounds
from partyroom.features.pledges.service import pledges_of

_PLEDGED = (State.PUBLISHED, State.FULFILLING, State.APPRAISED)


def open_items(session: Session, last: date) -> list[OpenItem]:
    """What was begun by `last` and is still open now, by kinds and dates."""
    return [*_resolutions(session, last), *_make_ups(session, last), *_arrears(session, last), *_pledges(session, last)]


def _resolutions(session: Session, last: date) -> list[OpenItem]:
    ids = list_resolution_ids(session, ResolutionQuery(state=UNCLOSED, descending=False))
    return [
        OpenItem("未办结的决议", f"{row.number} {row.text}".strip(), row.responsible, row.due_on, row.state.label)
        for row in list_resolution_rows(session, ids)
        if row.meeting_day <= last
    ]


def _make_ups(session: Session, last: date) -> list[OpenItem]:
    ids = list_make_up_ids(session, AbsenceQuery(status=OWED, sort="when"))
    return [
        OpenItem("待补课", row.title, row.name, row.due_on, row.status.label)
        for row in list_make_up_rows(session, ids)
        if row.starts_at.date() <= last
    ]


def _arrears(session: Session, last: date) -> list[OpenItem]:
    """Arrears of months up to `last`, as far as they are not paid now."""
    found = []
    for line in arrears_of(session):
        months = [month for month in line.months if month <= last]
        if months:
            later = len(months) < len(line.months)
            text = f"{months_label(months)}党费未交清" + ("" if later else f"，共{yuan(line.owed_fen)}元")
            found.append(OpenItem("党费欠交", text, line.name, None, "以党费台账为准" if later else ""))
    return found


def _pledges(session: Session, last: date) -> list[OpenItem]:
    found = []
    for one in list_rounds(session):
        if one.year > last.year:
            continue
        for pledge in pledges_of(session, one.id):
            if pledge.state not in _PLEDGED:
                continue
            found += [
                OpenItem("未兑现的承诺", item.text, pledge.name or pledge.kind.label, item.deadline)
                for item in pledge.items
                if not item.done and item.retired_in is None
            ]
    return found
