"""The meetings of the sample branch: read from the files of months, recorded the day after."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from partyroom.core.paths import resources
from partyroom.features.meetings.domain import (
    AgendaItem,
    Attendance,
    FixedAction,
    Guest,
    MeetingDraft,
    Resolution,
    State,
    Vote,
    VoteMethod,
    VoteRule,
    meeting_kinds,
    tally,
)
from partyroom.features.meetings.service import expected_attendance, record_meeting
from partyroom.features.members.service import all_details
from partyroom.features.organisation.service import list_groups
from partyroom.sample.steps import parts

_AWAY = {state.label: state for state in (State.LEAVE, State.DUTY, State.ABSENT, State.LATE)}


def meetings_told(organisation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All meetings in order of time, each whole: what a file leaves out is as is customary for its kind."""
    found: list[dict[str, Any]] = []
    for file in sorted((resources() / "sample" / "meetings").glob("*.toml")):
        month = tomllib.loads(file.read_text(encoding="utf-8"))
        found += month.get("meeting", [])
        found += [entry for topic in month.get("groups", []) for entry in _by_group(topic, organisation["groups"])]
    customs = organisation["customs"]
    whole = [customs["any"] | customs.get(entry["kind"], {}) | entry for entry in found]
    return sorted(whole, key=lambda entry: (entry["at"], entry.get("group", "")))


def _by_group(topic: Mapping[str, Any], groups: Sequence[Mapping[str, str]]) -> Iterator[dict[str, Any]]:
    """The meetings in which each group spoke about one topic: the same reading, the group's own words."""
    shared = {key: value for key, value in topic.items() if key not in ("each", "text")}
    for group, own in zip(groups, topic["each"], strict=True):
        custom = {
            "group": group["name"],
            "chair": group["leader"],
            "recorder": group["recorder"],
            "place": group["place"],
        }
        text = f"{topic['text'].strip()}\n{own['text'].strip()}"
        yield {"kind": "group", **custom, **shared, **own, "title": f"{group['name']}{topic['title']}", "text": text}


def recording(entry: Mapping[str, Any]) -> Callable[[Session], None]:
    """What records a meeting with everything that its file says of it."""

    def work(session: Session) -> None:
        record_meeting(session, _draft(session, entry))

    return work


def _done(entry: Mapping[str, Any]) -> tuple[FixedAction, ...]:
    """The fixed actions of all that the meeting counts as, five minutes apart; badges are worn all the time."""
    kinds = (meeting_kinds()[code] for code in (entry["kind"], *entry.get("also", ())))
    names = dict.fromkeys(name for kind in kinds for name in kind.actions)
    timed = [name for name in names if name != "佩戴党徽"]
    start: datetime = entry["at"]
    return tuple(
        FixedAction(name, start + timedelta(minutes=5 * (timed.index(name) + 1)) if name in timed else None)
        for name in names
    )


def _draft(session: Session, entry: Mapping[str, Any]) -> MeetingDraft:
    starts_at: datetime = entry["at"]
    groups = {group.name: group.id for group in list_groups(session)} if "group" in entry else {}
    group_id = groups[entry["group"]] if groups else None
    expected = expected_attendance(session, entry["kind"], starts_at.date(), group_id)
    attendance = _marked(expected, entry.get("away", [])) + _observers(session, entry.get("observers", []))
    agenda = entry.get("agenda", meeting_kinds()[entry["kind"]].agenda)
    return MeetingDraft(
        kind=entry["kind"],
        also=tuple(entry.get("also", ())),
        title=entry["title"],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=entry["lasts"]),
        place=entry["place"],
        chair=entry["chair"],
        recorder=entry["recorder"],
        topic=entry.get("topic", ""),
        group_id=group_id,
        attendance=attendance,
        guests=tuple(Guest(*parts(line, 2)) for line in entry.get("guests", [])),
        agenda=tuple(AgendaItem(*parts(line, 2)) for line in agenda),
        minutes=entry["text"].strip(),
        actions=_done(entry),
        votes=tuple(_vote(vote, attendance) for vote in entry.get("votes", [])),
        resolutions=tuple(
            Resolution(text, responsible, deadline)
            for text, responsible, deadline in (parts(line, 3) for line in entry.get("decisions", []))
        ),
    )


def _marked(expected: tuple[Attendance, ...], away: list[str]) -> tuple[Attendance, ...]:
    """The attendance with those marked who were away or late, written as '姓名｜请假｜原因'."""
    marks = {name: (_AWAY[state], reason) for name, state, reason in (parts(line, 3) for line in away)}
    unknown = marks.keys() - {line.name for line in expected}
    if unknown:
        raise ValueError(f"not expected at this meeting: {sorted(unknown)}")
    return tuple(_with_state(line, *marks.get(line.name, (State.PRESENT, ""))) for line in expected)


def _with_state(line: Attendance, state: State, reason: str) -> Attendance:
    return Attendance(
        member_id=line.member_id,
        name=line.name,
        state=state,
        reason=reason,
        votes=line.votes,
        full=line.full,
        department=line.department,
    )


def _observers(session: Session, names: list[str]) -> tuple[Attendance, ...]:
    """People of the roster who sit in without being expected: applicants, candidates."""
    drafts = {detail.draft.name: detail for detail in all_details(session)} if names else {}
    return tuple(
        Attendance(
            member_id=drafts[name].id,
            name=name,
            state=State.OBSERVER,
            expected=False,
            votes=False,
            full=False,
            department=drafts[name].draft.department,
        )
        for name in names
    )


def _vote(entry: Mapping[str, Any], attendance: tuple[Attendance, ...]) -> Vote:
    """A vote in which everybody with the right who was there cast one; who is not counted otherwise said yes."""
    counts = tally(attendance)
    no, abstain = entry.get("no", 0), entry.get("abstain", 0)
    return Vote(
        matter=entry["matter"],
        rule=VoteRule(entry.get("rule", "resolution")),
        method=VoteMethod(entry.get("method", "hands")),
        should=counts.expected_voters,
        present=counts.present_voters,
        yes=counts.present_voters - no - abstain,
        no=no,
        abstain=abstain,
    )
