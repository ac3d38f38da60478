"""What the screens of meetings ask for in one go: the start of the editor, the roll of a day, papers of a month."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.features.meetings.domain import (
    Attendance,
    Attendees,
    Kinds,
    MeetingDetail,
    Stage,
    State,
    kind_label,
    meeting_kinds,
)
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.resolution_service import open_resolutions
from partyroom.features.meetings.resolutions import OpenResolution
from partyroom.features.meetings.service import (
    MeetingQuery,
    expected_attendance,
    get_meeting,
    list_meeting_ids,
    list_rows,
    meeting_ids_between,
)
from partyroom.features.members.domain import Category, MemberDetail, PostKind, category_on, is_here, is_voter
from partyroom.features.members.service import all_details, members_on
from partyroom.features.organisation.domain import Branch, Group
from partyroom.features.organisation.service import get_branch, list_groups
from partyroom.storage.recycle import restore

_RECENT = 100  # meetings looked at for suggestions of places


@dataclass(frozen=True, slots=True)
class Preparation:
    """What the editor needs before it opens: the stored meeting, if any, and what it can suggest."""

    detail: MeetingDetail | None
    groups: tuple[Group, ...]
    places: tuple[str, ...]
    people: tuple[str, ...]
    kinds: Kinds = field(default_factory=meeting_kinds)


@dataclass(frozen=True, slots=True)
class Roll:
    """Who should attend a meeting, everybody else on the roster who may sit in, and what the same body left open."""

    expected: tuple[Attendance, ...]
    others: tuple[Attendance, ...]
    open_resolutions: tuple[OpenResolution, ...] = ()


def prepare_editor(session: Session, meeting_id: int | None) -> Preparation:
    """Read a meeting for the editor, or what a new one starts with; people are suggested committee first.

    Raises:
        DomainError: there is no such meeting (any more).
    """
    detail = None if meeting_id is None else get_meeting(session, meeting_id)
    day = detail.draft.starts_at.date() if detail else today()
    rows = list_rows(session, list_meeting_ids(session, MeetingQuery())[:_RECENT])
    places = Counter(row.place for row in rows if row.place)
    people = sorted(members_on(session, day), key=_rank)
    return Preparation(
        detail=detail,
        groups=tuple(list_groups(session)),
        places=tuple(place for place, _ in places.most_common(20)),
        people=tuple(dict.fromkeys(member.draft.name for member in people)),
        kinds=kinds_of(session),
    )


def read_roll(session: Session, kind: str, day: date, group_id: int | None) -> Roll:
    """The prefilled attendance of a meeting and the rest of the roster, with rights as of `day`."""
    expected = expected_attendance(session, kind, day, group_id)
    present = {line.member_id for line in expected}
    others = [_observer(member, day) for member in all_details(session) if member.id not in present]
    return Roll(expected, tuple(others), open_resolutions(session, kind, group_id, day))


def papers_of(session: Session, meeting_ids: Sequence[int]) -> tuple[list[MeetingDetail], Branch]:
    """Those of the meetings that were held, in order of time, with the branch that signs them."""
    details = [get_meeting(session, meeting_id) for meeting_id in meeting_ids]
    details = [detail for detail in details if detail.stage is Stage.HELD]
    return sorted(details, key=lambda detail: (detail.draft.starts_at, detail.id)), get_branch(session)


def papers_of_month(session: Session, year: int, month: int) -> tuple[list[MeetingDetail], Branch]:
    """All meetings held in a month in order of time with the branch that signs them."""
    last = calendar.monthrange(year, month)[1]
    return papers_of(session, meeting_ids_between(session, date(year, month, 1), date(year, month, last)))


def restore_meetings(session: Session, meeting_ids: Iterable[int]) -> int:
    """Bring meetings back from the recycle bin and return how many.

    Raises:
        DomainError: one of them is not in the bin any more.
    """
    return len([restore(session, "meetings", meeting_id) for meeting_id in meeting_ids])


def suggested_title(kind: str, day: date, group: str = "", kinds: Kinds | None = None) -> str:
    """The usual name of a meeting: '2026年11月支部委员会会议', '2026年11月第一党小组会'."""
    known = (meeting_kinds() if kinds is None else kinds).get(kind)
    what = kind_label(kind, kinds)
    if group and kind != "group" and known is not None and known.attendees is Attendees.GROUP:
        what = f"{group}{what}"
    elif group and kind == "group":
        what = f"{group}会" if group.endswith("党小组") else f"{group}{what}"
    return f"{day.year}年{day.month}月{what}"


def _observer(member: MemberDetail, day: date) -> Attendance:
    category = category_on(member.draft, day)
    belongs = category is not None and category.in_party and is_here(member.draft, day)
    return Attendance(
        member_id=member.id,
        name=member.draft.name,
        state=State.OBSERVER,
        expected=belongs,
        votes=is_voter(member.draft, day),
        full=belongs and category is Category.FULL,
        department=member.draft.department,
        group=member.draft.group,
    )


def _rank(member: MemberDetail) -> int:
    order = list(PostKind)
    return min((order.index(post) for post in member.posts), default=len(order))
