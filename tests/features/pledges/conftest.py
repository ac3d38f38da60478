"""A branch of eight with a committee of three, and pledges brought as far as a test wants them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import pdfplumber
import pytest

from partyroom.documents.model import Document
from partyroom.documents.pdf import RenderedPdf, render_pdf
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
    PledgeItem,
    PledgerKind,
    PledgeRound,
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


@pytest.fixture
def year_round() -> PledgeRound:
    """The round of 2026 as papers get it."""
    return PledgeRound(1, 2026, "2026年度公开承诺", "", usual_stages(2026), ("好", "较好", "一般", "差"))


@pytest.fixture
def shown() -> Callable[..., PledgeDetail]:
    """Makes a pledge as papers get it: 吴六's two items, in public since 1 March 2026; anything may be overridden."""
    items = (
        PledgeItem(11, "撰写学习笔记12篇", ItemCategory.STUDY, "每月一篇", date(2026, 12, 10), "吴六"),
        PledgeItem(12, "结对帮扶1名学生", ItemCategory.SERVICE, "每月谈心", date(2026, 6, 30), "吴六"),
    )
    usual: dict[str, Any] = {
        "id": 1,
        "round_id": 1,
        "year": 2026,
        "kind": PledgerKind.MEMBER,
        "member_id": 6,
        "name": "吴六",
        "department": "语文科",
        "group": "第一党小组",
        "post": "教研组长",
        "state": State.PUBLISHED,
        "version": 1,
        "preamble": "作出以下公开承诺：",
        "items": items,
        "proposed_on": date(2026, 1, 10),
        "reviewed_on": date(2026, 2, 20),
        "published_from": date(2026, 3, 1),
    }
    return lambda **changes: PledgeDetail(**(usual | changes))


@pytest.fixture(scope="session")
def printed() -> Callable[..., list[str]]:
    """The pages of documents (or of a finished file) as plain text without white space, in the order of drawing."""

    def read(paper: Document | Sequence[Document] | RenderedPdf) -> list[str]:
        file = paper if isinstance(paper, RenderedPdf) else render_pdf(paper)
        assert not file.missing
        with pdfplumber.open(io.BytesIO(file.data)) as pdf:
            return ["".join(char["text"] for char in page.chars if char["text"].strip()) for page in pdf.pages]

    return read
