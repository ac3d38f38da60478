"""The committee of a term and the leaders of the Party groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.errors import DomainError, Problem
from partyroom.features.members import service
from partyroom.features.members.domain import Category, MemberDetail, PostKind, category_on
from partyroom.features.members.service import PostHolder
from partyroom.features.organisation import service as organisation
from partyroom.features.organisation.domain import COMMITTEE_FROM, Group, Term, term_end
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind

_POSTS = tuple(kind for kind in PostKind if kind.on_committee)


@dataclass(frozen=True, slots=True)
class CommitteeView:
    """What the dialog needs to know."""

    term: Term | None
    holders: dict[PostKind, int]
    leaders: dict[int, int]
    groups: tuple[Group, ...]
    people: tuple[tuple[int, str], ...]
    full_members: int


def load_committee(session: Any) -> CommitteeView:
    """The running term, who holds its posts, the groups with their leaders, and who may be chosen."""
    day = today()
    term = organisation.term_on(session, day)
    members = service.members_on(session, day)
    full = [member for member in members if category_on(member.draft, day) is Category.FULL]
    committee = service.committee_of(session, term.id) if term else []
    groups = tuple(organisation.list_groups(session))
    leaders = {group.id: service.group_leader(session, group.id) for group in groups}
    return CommitteeView(
        term=term,
        holders={holder.kind: holder.member_id for holder in committee},
        leaders={group_id: holder.member_id for group_id, holder in leaders.items() if holder},
        groups=groups,
        people=_choosable(full, [*committee, *(holder for holder in leaders.values() if holder)]),
        full_members=len(full),
    )


def _choosable(full: Sequence[MemberDetail], holders: Sequence[PostHolder]) -> tuple[tuple[int, str], ...]:
    """The full members, and who still holds a post without being one: nobody loses a post by an oversight."""
    people = {int(member.id): member.draft.name for member in full}
    others = {holder.member_id: f"{holder.name}（现不是本支部正式党员）" for holder in holders}
    return tuple((people | {key: name for key, name in others.items() if key not in people}).items())


class CommitteeDialog(FormDialog):
    """Edits the running term, or begins the first or the next one."""

    def __init__(self, desk: Desk, view: CommitteeView, parent: QWidget | None = None) -> None:
        self._view = view
        super().__init__("支部委员会", _fields(view), _values(view), desk, save=self._store, parent=parent)

    def _store(self, values: dict[str, object]) -> None:
        started, ends = values["started"], values["ends"]
        assert isinstance(started, RecordedDate)
        if started.exact is None:
            raise DomainError(Problem("请填写任期开始的年月日。", "started"))
        end = ends.exact if isinstance(ends, RecordedDate) else None
        term = self._view.term
        if term is not None and values["renew"]:
            if started.exact <= term.started:
                raise DomainError(Problem("换届时请填写新一届的任期开始日期，应当晚于上一届。", "started"))
            end = None if end == term.ends else end
            term = None
        holders = {kind: value for kind in _POSTS if isinstance(value := values[kind.value], int)}
        if twice := _held_twice(holders):
            raise DomainError(*(Problem("同一个人不能同时担任两个支委职务。", kind.value) for kind in twice))
        leaders = {group.id: values[f"group_{group.id}"] for group in self._view.groups}
        work = partial(
            save_committee,
            term=term,
            number=str(values["number"]),
            started=started.exact,
            ends=end,
            holders=holders,
            leaders={group: leader if isinstance(leader, int) else None for group, leader in leaders.items()},
        )
        self._desk.tasks.write("修改支部委员会和党小组组长", work, owner=self)


def _held_twice(holders: Mapping[PostKind, int]) -> list[PostKind]:
    people = list(holders.values())
    return [kind for kind, person in holders.items() if people.count(person) > 1]


def save_committee(
    session: Any,
    *,
    term: Term | None,
    number: str,
    started: date,
    ends: date | None,
    holders: dict[PostKind, int],
    leaders: dict[int, int | None],
) -> None:
    """Store term, posts and group leaders as one action.

    Raises:
        DomainError: the term ends before it begins, or one person is given two posts.
    """
    if term is None:
        term_id = organisation.open_term(session, number, started, ends)
    else:
        term_id = organisation.change_term(session, term.id, number, started, ends or term_end(started))
    service.appoint_committee(session, term_id, started, holders)
    for group_id, leader in leaders.items():
        service.appoint_leader(session, group_id, leader, today())


def _fields(view: CommitteeView) -> list[Field]:
    fewer = (
        f"现有正式党员{view.full_members}名，不足{COMMITTEE_FROM}名的支部设书记1名，一般不设支部委员会"
        "（支部工作条例第二十条）"
    )
    hint = fewer if view.full_members < COMMITTEE_FROM else ""
    renew = Field("renew", "换届：保存为新的一届", Kind.CHECK, hint="不勾选时修改现在这一届", section="任期", wide=True)
    return [
        Field("number", "届次", hint="如：第三届", section="任期"),
        Field("started", "任期开始", Kind.DATE, required=True, exact=True, section="任期"),
        Field("ends", "届满日期", Kind.DATE, exact=True, hint="不填按三年计算（第二十一条）", section="任期"),
        *([renew] if view.term is not None else []),
        *(
            Field(kind.value, kind.label, Kind.CHOICE, choices=view.people, section="支部委员会", hint=hint * (not i))
            for i, kind in enumerate(_POSTS)
        ),
        *(
            Field(f"group_{group.id}", group.name, Kind.CHOICE, choices=view.people, section="党小组组长")
            for group in view.groups
        ),
    ]


def _values(view: CommitteeView) -> dict[str, object]:
    values: dict[str, object] = {kind.value: view.holders.get(kind) for kind in _POSTS}
    values |= {f"group_{group.id}": view.leaders.get(group.id) for group in view.groups}
    if view.term is not None:
        values |= {
            "number": view.term.number,
            "started": RecordedDate.of(view.term.started),
            "ends": RecordedDate.of(view.term.ends),
        }
    return values
