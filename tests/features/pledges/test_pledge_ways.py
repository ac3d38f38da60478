"""Whatever is done to a pledge, in whatever order: its state, days and history agree with each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from partyroom.core.errors import DomainError
from partyroom.features.pledges import service
from partyroom.features.pledges.appraisal_service import save_appraisal
from partyroom.features.pledges.deeds_service import finish_item, record_deed
from partyroom.features.pledges.domain import (
    Appraisal,
    Body,
    DeedDraft,
    ItemDraft,
    Opinion,
    PledgeDetail,
    PledgeDraft,
    PledgerKind,
    State,
)
from partyroom.features.pledges.stage_service import (
    change_pledge,
    publish_pledges,
    redate_event,
    reinstate_pledge,
    review_pledges,
    start_pledges,
    step_back,
    withdraw_pledges,
)
from partyroom.features.pledges.stages import ORDER, Change, Publication, Review, Step

FIRST = date(2026, 1, 10)
Deed = Callable[[Session, int, date], object]


def _change(session: Session, number: int, on: date, *, correction: bool) -> object:
    found = service.get_pledge(session, number)
    items = [ItemDraft(f"{item.text}改", id=item.id) for item in found.standing_items]
    return change_pledge(session, number, items, "", Change(on, "甲", "因故", correction=correction))


def _finish(session: Session, number: int, on: date) -> object:
    return finish_item(session, service.get_pledge(session, number).standing_items[0].id, on)


def _redate(session: Session, number: int, on: date) -> object:
    events = service.get_pledge(session, number).events
    return redate_event(session, number, events[on.day % len(events)].id, on, "甲", "")


DEEDS: dict[str, Deed] = {
    "review": lambda s, n, on: review_pledges(s, {n: Review(on, "支委会")}),
    "return": lambda s, n, on: review_pledges(s, {n: Review(on, "支委会", "重写", Opinion.RETURN)}),
    "publish": lambda s, n, on: publish_pledges(s, [n], Publication(on, "甲", place="公开栏")),
    "start": lambda s, n, on: start_pledges(s, [n], Step(on, "甲")),
    "deed": lambda s, n, on: record_deed(s, n, None, DeedDraft(on, "做")),
    "finish": _finish,
    "appraise": lambda s, n, on: save_appraisal(
        s, n, Appraisal(grade="好", decided_on=on, decided_by=Body.COMMITTEE, person="甲")
    ),
    "withdraw": lambda s, n, on: withdraw_pledges(s, [n], Step(on, "甲", "因故")),
    "reinstate": lambda s, n, on: reinstate_pledge(s, n, Step(on, "甲", "因故")),
    "back": lambda s, n, on: step_back(s, n, Step(on, "甲", "误登")),
    "change": lambda s, n, on: _change(s, n, on, correction=False),
    "correct": lambda s, n, on: _change(s, n, on, correction=True),
    "redate": _redate,
}
way = st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 6)), max_size=25)


def days_by_state(found: PledgeDetail) -> dict[State, date | None]:
    return {
        State.DRAFT: found.proposed_on,
        State.REVIEWED: found.reviewed_on,
        State.PUBLISHED: found.published_from,
        State.FULFILLING: found.started_on,
        State.APPRAISED: found.appraisal.decided_on,
    }


def check(found: PledgeDetail) -> None:
    assert found.events[-1].after is found.state
    assert all(later.before is earlier.after for earlier, later in pairwise(found.events))
    assert [version.number for version in found.versions] == list(range(1, found.version))
    assert (found.withdrawn_on is not None) == (found.state is State.WITHDRAWN)
    reached = found.state
    if reached is State.WITHDRAWN:
        reached = found.events[-1].before or State.DRAFT
    days = days_by_state(found)
    until = ORDER.index(reached) + 1
    known = [days[state] for state in ORDER[:until]]
    assert None not in known
    assert known == sorted(known)
    assert all(days[state] is None for state in ORDER[until:])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(way=st.one_of(way, way.map(lambda rest: [*straight_way(), *rest])))
def test_state_days_and_history_agree_after_any_way(branch, items, way) -> None:
    draft = PledgeDraft(PledgerKind.MEMBER, 6, items, proposed_on=FIRST)
    number = branch.write("提诺", lambda s: service.save_pledge(s, 1, draft)).result
    on = FIRST
    for name, days in way:
        on = min(on + timedelta(days=days), date(2026, 11, 22))
        before = branch.read(lambda s: service.get_pledge(s, number))
        try:
            branch.write(name, lambda s, name=name, on=on: DEEDS[name](s, number, on))
        except DomainError:
            assert branch.read(lambda s: service.get_pledge(s, number)) == before
        check(branch.read(lambda s: service.get_pledge(s, number)))
    branch.write("删除", lambda s: service.bin_pledges(s, [number]))


def straight_way() -> list[tuple[str, int]]:
    return [(name, 1) for name in ("review", "publish", "deed", "finish", "appraise")]
