"""A branch of eight with a committee of three, and pledges brought as far as a test wants them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

import pytest

from partyroom.features.members.domain import Employment, MemberDraft, PostKind
from partyroom.features.members.service import admit_member, appoint_committee
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import open_term, save_branch, save_department
from partyroom.features.pledges import service
from partyroom.features.pledges.domain import (
    ItemCategory,
    ItemDraft,
    PledgeDetail,
    PledgeDraft,
    PledgerKind,
    RoundDraft,
    State,
)
from partyroom.features.pledges.round_service import save_round
from partyroom.features.pledges.stage_service import publish_pledges, review_pledges, start_pledges
from partyroom.features.pledges.stages import Publication, Review, Step
from partyroom.features.pledges.templates import usual_stages
from partyroom.storage.library import Library

NAMES = ("赵一", "钱二", "孙三", "李四", "周五", "吴六", "郑七", "王八一")


@pytest.fixture
def branch(library: Library, person: Callable[..., MemberDraft], fixed_today: datetime) -> Library:
    """Eight members, 赵一 the secretary, 钱二 and 孙三 on the committee, 李四 a head, 周五 retired; a round of 2026."""

    def fill(session) -> None:
        save_branch(session, Branch("样例小学党支部"))
        save_department(session, "语文科", "李四")
        ids = [
            admit_member(
                session,
                person(
                    name,
                    department="语文科",
                    group="第一党小组",
                    employment=Employment.RETIRED if name == "周五" else Employment.ON_DUTY,
                ),
            )
            for name in NAMES
        ]
        term = open_term(session, "第六届", date(2024, 11, 22))
        posts = (PostKind.SECRETARY, PostKind.ORGANISATION, PostKind.PUBLICITY)
        appoint_committee(session, term, date(2024, 11, 22), dict(zip(posts, ids[:3], strict=True)))
        save_round(session, RoundDraft(2026, stages=usual_stages(2026)))

    library.write("样例", fill)
    return library


@pytest.fixture
def items() -> tuple[ItemDraft, ...]:
    return (
        ItemDraft("学习笔记12篇", ItemCategory.STUDY, "每月一篇", date(2026, 12, 10), "吴六"),
        ItemDraft("结对帮扶1名学生", ItemCategory.SERVICE, "每月谈心", date(2026, 6, 30), "吴六"),
    )


@pytest.fixture
def pledge(branch: Library, items: tuple[ItemDraft, ...]) -> Callable[..., int]:
    """Stores a pledge of the sixth member (or another) in the state wanted: proposed 1-10, reviewed 2-20, shown 3-1."""

    def make(state: State = State.DRAFT, member_id: int | None = 6, kind: PledgerKind = PledgerKind.MEMBER) -> int:
        draft = PledgeDraft(kind, member_id, items, proposed_on=date(2026, 1, 10))
        number = branch.write("提诺", lambda s: service.save_pledge(s, 1, draft)).result
        steps = {
            State.REVIEWED: partial(review_pledges, reviews={number: Review(date(2026, 2, 20), "支委会")}),
            State.PUBLISHED: partial(
                publish_pledges, pledge_ids=[number], publication=Publication(date(2026, 3, 1), "赵一", place="公开栏")
            ),
            State.FULFILLING: partial(start_pledges, pledge_ids=[number], step=Step(date(2026, 3, 2), "吴六")),
        }
        for reached, step in steps.items():
            if list(State).index(reached) <= list(State).index(state):
                branch.write("推进", step)
        return number

    return make


@pytest.fixture
def detail(branch: Library) -> Callable[[int], PledgeDetail]:
    return lambda number: branch.read(lambda s: service.get_pledge(s, number))
