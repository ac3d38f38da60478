"""The organisation and the people of the sample branch, and what happened to their records later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from partyroom.core.calendar import RecordedDate, read_date
from partyroom.features.members.domain import ENUM_KINDS, FIELDS_BY_KEY, FieldKind, MemberDraft, PostKind
from partyroom.features.members.service import (
    admit_member,
    appoint_committee,
    appoint_leader,
    get_member,
    update_member,
)
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import (
    list_groups,
    list_terms,
    open_term,
    save_branch,
    save_department,
    save_group,
)
from partyroom.sample.steps import Step, by_name, later_on


def found(session: Session, organisation: Mapping[str, Any]) -> None:
    """Put down the branch, its departments and its Party groups."""
    branch = dict(organisation["branch"])
    save_branch(session, Branch(**branch | {"founded": read_date(branch["founded"])}))
    for department in organisation["departments"]:
        save_department(session, department["name"], department["head"], department["phone"])
    for group in organisation["groups"]:
        save_group(session, group["name"])


def lead(session: Session, groups: list[Mapping[str, str]]) -> None:
    """Appoint the leaders of the Party groups."""
    ids = {group.name: group.id for group in list_groups(session)}
    numbers = by_name(session)
    for group in groups:
        appoint_leader(session, ids[group["name"]], numbers[group["leader"]], date.fromisoformat(group["since"]))


def enter(session: Session, people: Sequence[Mapping[str, Any]]) -> None:
    """Enter everybody who was there when the branch began to keep its records here."""
    for person in people:
        if "since" not in person:
            _admit(session, person)


def _admit(session: Session, person: Mapping[str, Any]) -> None:
    values = {key: value for key, value in person.items() if key not in ("since", "changes")}
    admit_member(session, MemberDraft.from_values(_values(values)))


def later(person: Mapping[str, Any]) -> list[Step]:
    """What happened to one person's record after the roster was entered."""
    name = person["name"]
    steps = []
    if "since" in person:
        steps.append(Step(later_on(person["since"]), f"登记{name}", lambda session: _admit(session, person)))
    steps += [
        Step(later_on(change["on"]), f"{change['label']}：{name}", _changing(name, change["values"]))
        for change in person.get("changes", [])
    ]
    return steps


def _changing(name: str, values: Mapping[str, Any]) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        number = by_name(session)[name]
        before = get_member(session, number).draft.values()
        update_member(session, number, MemberDraft.from_values(before | _values(values)))

    return work


def _values(stored: Mapping[str, Any]) -> dict[str, object]:
    return {key: _value(FIELDS_BY_KEY[key].kind, value) for key, value in stored.items()}


def _value(kind: FieldKind, stored: Any) -> object:
    if kind is FieldKind.DATE:
        return RecordedDate(stored)
    return ENUM_KINDS[kind](stored) if kind in ENUM_KINDS else stored


def appointing(entry: Mapping[str, Any]) -> Callable[[Session], None]:
    """Open a term when it is new, and fill its posts; a later entry of the same term fills a vacancy."""

    def work(session: Session) -> None:
        numbers = by_name(session)
        started = date.fromisoformat(entry["started"])
        terms = {term.number: term.id for term in list_terms(session)}
        term = terms.get(entry["number"]) or open_term(session, entry["number"], started)
        holders = {PostKind(kind): numbers[name] for kind, name in entry["posts"].items()}
        appoint_committee(session, term, started, holders)

    return work
