"""The sample branch: a synthetic school with a roster and two school years' beginnings of meetings.

The content lies in resources/sample: `organisation.json`, `people.json` and one file of meetings per month. It is told
in order of time through the services, each step on its own day, so that roles, rights and the change log are those of
a branch that kept its records from 2024-11 to 2026-11. Everybody is invented; ID numbers have region 99.

Counts at the end: 24 full members (2 of them retired) and 3 probationary members (27 in the Party), 5 people on the
way to it (1 发展对象, 2 积极分子, 2 申请人), 3 groups and a committee of 5.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from partyroom import schema
from partyroom.core.calendar import RecordedDate, read_date, stopped_at, today
from partyroom.core.paths import resources
from partyroom.features.meetings.absence import METHODS, MakeUpDraft, SlipStatus
from partyroom.features.meetings.domain import (
    AgendaItem,
    Attendance,
    FixedAction,
    Guest,
    MeetingDraft,
    Period,
    Resolution,
    State,
    Vote,
    VoteMethod,
    VoteRule,
    meeting_kinds,
    tally,
)
from partyroom.features.meetings.leave_service import AbsenceQuery, list_slip_ids, list_slip_rows, save_slip
from partyroom.features.meetings.make_up_service import OWED, finish_make_ups, list_make_up_ids, list_make_up_rows
from partyroom.features.meetings.minutes_service import finalise_minutes
from partyroom.features.meetings.notice_service import acknowledge, distributions, mark_sent
from partyroom.features.meetings.notices import DeliveryState
from partyroom.features.meetings.plan import PlanLine, PlanRule
from partyroom.features.meetings.plan_service import cancel_meetings, preview_rule, store_plan
from partyroom.features.meetings.resolution_service import (
    UNCLOSED,
    ResolutionQuery,
    add_follow_up,
    close_resolutions,
    list_resolution_ids,
    list_resolution_rows,
)
from partyroom.features.meetings.resolutions import due_day
from partyroom.features.meetings.sample_pictures import photographing
from partyroom.features.meetings.service import (
    MeetingQuery,
    expected_attendance,
    list_meeting_ids,
    list_rows,
    meeting_ids_between,
    record_meeting,
)
from partyroom.features.members.domain import ENUM_KINDS, FIELDS_BY_KEY, FieldKind, MemberDraft, PostKind
from partyroom.features.members.service import (
    admit_member,
    all_details,
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
from partyroom.storage.library import Library

Report = Callable[[int, int, str], None]

_MORNING = time(9)
_AWAY = {state.label: state for state in (State.LEAVE, State.DUTY, State.ABSENT, State.LATE)}


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing that happened in the branch's office: when, its line in the change log, what it writes."""

    at: datetime
    label: str
    work: Callable[[Session], object]


def make_sample(folder: Path, report: Report | None = None) -> None:
    """Make a library with the sample branch in `folder`, which must be empty or not exist yet, and close it.

    `report` is told (done, total, what) after each step and may raise to stop. When it stops or fails, what was made
    is removed again.

    Raises:
        StorageError: the folder holds something already or cannot be written.
    """
    assert schema.TABLES  # a library is made with all its tables known
    existed = folder.exists()
    library = Library.create(folder)
    try:
        steps = [*_steps(), _Step(_later_on("2026-11-21"), "添加照片", photographing(library.attachments))]
        steps.sort(key=lambda step: step.at)
        for done, step in enumerate(steps, 1):
            with stopped_at(step.at):
                library.write(step.label, step.work)
            if report is not None:
                report(done, len(steps), step.label)
    except BaseException:
        library.close()
        _clear(folder, keep=existed)
        raise
    library.close()


def _clear(folder: Path, *, keep: bool) -> None:
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _steps() -> list[_Step]:
    """All that is to be written, in order of time."""
    organisation = _content("organisation.json")
    people = _content("people.json")["people"]
    entered = organisation["entered"]
    steps = [_Step(_morning(entered), "建立支部库", lambda session: _found(session, organisation))]
    steps.append(
        _Step(
            _morning(entered),
            "录入花名册",
            lambda session: _enter(session, people),
        )
    )
    steps.append(_Step(_morning(entered), "确定党小组组长", lambda session: _lead(session, organisation["groups"])))
    for person in people:
        steps += _later(person)
    for term in organisation["terms"]:
        steps.append(_Step(_later_on(term["on"]), f"登记{term['number']}支委会", _appointing(term)))
    for entry in _meetings(organisation):
        steps.append(_Step(_day_after(entry["at"]), f"记录会议：{entry['title']}", _recording(entry)))
    steps += _planning(_content("plan.json"))
    steps += _settling(_content("absences.json"))
    steps += _spreading(_content("notices.json"))
    steps += _following_up(_content("follow_ups.json"), _meetings(organisation))
    return sorted(steps, key=lambda step: step.at)


def _content(name: str) -> Any:
    return json.loads((resources() / "sample" / name).read_text(encoding="utf-8"))


def _meetings(organisation: Mapping[str, Any]) -> list[dict[str, Any]]:
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


def _morning(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), _MORNING)


def _later_on(day: str) -> datetime:
    """After the meetings of the day before were written up: what they decided is entered then."""
    return datetime.combine(date.fromisoformat(day), time(10))


def _day_after(moment: datetime) -> datetime:
    return datetime.combine(moment.date() + timedelta(days=1), _MORNING)


# Organisation and roster


def _found(session: Session, organisation: Mapping[str, Any]) -> None:
    branch = dict(organisation["branch"])
    save_branch(session, Branch(**branch | {"founded": read_date(branch["founded"])}))
    for department in organisation["departments"]:
        save_department(session, department["name"], department["head"], department["phone"])
    for group in organisation["groups"]:
        save_group(session, group["name"])


def _lead(session: Session, groups: list[Mapping[str, str]]) -> None:
    ids = {group.name: group.id for group in list_groups(session)}
    numbers = _numbers(session)
    for group in groups:
        appoint_leader(session, ids[group["name"]], numbers[group["leader"]], date.fromisoformat(group["since"]))


def _enter(session: Session, people: Sequence[Mapping[str, Any]]) -> None:
    for person in people:
        if "since" not in person:
            _admit(session, person)


def _admit(session: Session, person: Mapping[str, Any]) -> None:
    values = {key: value for key, value in person.items() if key not in ("since", "changes")}
    admit_member(session, MemberDraft.from_values(_values(values)))


def _later(person: Mapping[str, Any]) -> list[_Step]:
    """What happened to one person's record after the roster was entered."""
    name = person["name"]
    steps = []
    if "since" in person:
        steps.append(_Step(_later_on(person["since"]), f"登记{name}", lambda session: _admit(session, person)))
    steps += [
        _Step(_later_on(change["on"]), f"{change['label']}：{name}", _changing(name, change["values"]))
        for change in person.get("changes", [])
    ]
    return steps


def _changing(name: str, values: Mapping[str, Any]) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        number = _numbers(session)[name]
        before = get_member(session, number).draft.values()
        update_member(session, number, MemberDraft.from_values(before | _values(values)))

    return work


def _values(stored: Mapping[str, Any]) -> dict[str, object]:
    return {key: _value(FIELDS_BY_KEY[key].kind, value) for key, value in stored.items()}


def _value(kind: FieldKind, stored: Any) -> object:
    if kind is FieldKind.DATE:
        return RecordedDate(stored)
    return ENUM_KINDS[kind](stored) if kind in ENUM_KINDS else stored


def _numbers(session: Session) -> dict[str, int]:
    return {detail.draft.name: detail.id for detail in all_details(session)}


def _appointing(entry: Mapping[str, Any]) -> Callable[[Session], None]:
    """Open a term when it is new, and fill its posts; a later entry of the same term fills a vacancy."""

    def work(session: Session) -> None:
        numbers = _numbers(session)
        started = date.fromisoformat(entry["started"])
        terms = {term.number: term.id for term in list_terms(session)}
        term = terms.get(entry["number"]) or open_term(session, entry["number"], started)
        holders = {PostKind(kind): numbers[name] for kind, name in entry["posts"].items()}
        appoint_committee(session, term, started, holders)

    return work


# What became of resolutions


def _following_up(content: Mapping[str, Any], meetings: Sequence[Mapping[str, Any]]) -> list[_Step]:
    """Resolutions are closed on the day they were due, up to a day; a few later ones have notes. The first is final."""
    last = date.fromisoformat(content["closed_until"])
    days = {
        max(due, entry["at"].date() + timedelta(days=1))
        for entry in meetings
        for line in entry.get("decisions", [])
        if (due := due_day(_parts(line, 3)[2], entry["at"].date())) is not None
    }
    steps = [
        _Step(datetime.combine(day, time(17, 30)), "决议办结", _closing(content["closing"]))
        for day in sorted(days)
        if day <= last
    ]
    for note in content["notes"]:
        on_day = date.fromisoformat(note["on"])
        steps.append(_Step(datetime.combine(on_day, time(17, 30)), "登记决议办理情况", _noting(note, on_day)))
    first = date.fromisoformat(content["final"])
    steps.append(_Step(datetime.combine(first, time(17, 30)), "会议记录定稿", _finalising(first)))
    return steps


def _closing(text: str) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        rows = list_resolution_rows(session, list_resolution_ids(session, ResolutionQuery(state=UNCLOSED)))
        for row in rows:
            if row.due_on is not None and row.due_on <= today():
                close_resolutions(session, [row.id], today(), text, row.responsible)

    return work


def _noting(note: Mapping[str, str], on_day: date) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        found = list_resolution_ids(session, ResolutionQuery(search=note["number"]))
        add_follow_up(session, found[0], on_day, note["text"], note["by"])

    return work


def _finalising(last: date) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        for meeting_id in meeting_ids_between(session, date(2024, 1, 1), last):
            finalise_minutes(session, meeting_id)

    return work


# Meetings


def _recording(entry: Mapping[str, Any]) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        record_meeting(session, _draft(session, entry))

    return work


def _planning(plan: Mapping[str, Any]) -> list[_Step]:
    """The plan of what is to come, and the meeting that was called off."""
    called_off = plan["cancelled"]

    def make(session: Session) -> None:
        lines = [
            PlanLine(one["kind"], one["title"], datetime.fromisoformat(one["at"]), one["place"])
            for one in plan["meetings"]
        ]
        for rule in plan["rules"]:
            values = rule | {"per": Period(rule["per"]), "at": time.fromisoformat(rule["at"])}
            lines += preview_rule(session, PlanRule(**values))
        store_plan(session, lines)

    def call_off(session: Session) -> None:
        rows = list_rows(session, list_meeting_ids(session, MeetingQuery(stage="planned")))
        cancel_meetings(session, [row.id for row in rows if row.title == called_off["title"]], called_off["reason"])

    return [
        _Step(_later_on(plan["made_on"]), "年度计划：列入会议", make),
        _Step(_later_on(called_off["on"]), f"取消会议：{called_off['title']}", call_off),
    ]


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
    groups = {group.name: group.id for group in list_groups(session)}
    group_id = groups[entry["group"]] if "group" in entry else None
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
        guests=tuple(Guest(*_parts(line, 2)) for line in entry.get("guests", [])),
        agenda=tuple(AgendaItem(*_parts(line, 2)) for line in agenda),
        minutes=entry["text"].strip(),
        actions=_done(entry),
        votes=tuple(_vote(vote, attendance) for vote in entry.get("votes", [])),
        resolutions=tuple(
            Resolution(text, responsible, deadline)
            for text, responsible, deadline in (_parts(line, 3) for line in entry.get("decisions", []))
        ),
    )


def _parts(line: str, count: int) -> list[str]:
    """The parts of a line written as '内容｜责任人｜期限', filled up with blanks."""
    parts = line.split("｜")
    return parts + [""] * (count - len(parts))


def _marked(expected: tuple[Attendance, ...], away: list[str]) -> tuple[Attendance, ...]:
    """The attendance with those marked who were away or late, written as '姓名｜请假｜原因'."""
    marks = {name: (_AWAY[state], reason) for name, state, reason in (_parts(line, 3) for line in away)}
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


# Leave slips and make-up lessons


def _settling(absences: Mapping[str, Any]) -> list[_Step]:
    """At the end of each month the slips are filed and the lessons noted that were held by then, but for a few."""
    return [
        step
        for day in absences["days"]
        for step in (
            _Step(_later_on(day), "登记请假条", _filing(absences, date.fromisoformat(day))),
            _Step(_later_on(day), "登记补课", _teaching(absences, date.fromisoformat(day))),
        )
    ]


def _filing(absences: Mapping[str, Any], day: date) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        ids = list_slip_ids(session, AbsenceQuery(status=SlipStatus.MISSING.value))
        for row in list_slip_rows(session, ids):
            held = row.starts_at.date()
            if [held.isoformat(), row.name] in absences["without_slip"]:
                continue
            head = row.draft.signed_by or next(name for name in _SECRETARIES if name != row.name)
            slip = replace(row.draft, applied_on=held, signed_by=head, signed_on=held)
            if held + _UNTIL_FILED <= day:
                slip = replace(slip, filed_by=absences["office"], filed_on=_weekday(held + timedelta(days=1)))
            save_slip(session, row.id, replace(slip, filed_by=slip.filed_by if slip.filed_on else ""))

    return work


def _teaching(absences: Mapping[str, Any], day: date) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        rows = list_make_up_rows(session, list_make_up_ids(session, AbsenceQuery(status=OWED)))
        for number, row in enumerate(rows):
            taught = _weekday(row.starts_at.date() + _UNTIL_TAUGHT)
            if taught > day or [row.starts_at.date().isoformat(), row.name] in absences["not_made_up"]:
                continue
            by = next(name for name in (absences["office"], *_SECRETARIES) if name not in (row.name, row.teacher))
            finish_make_ups(session, [row.id], MakeUpDraft(taught, METHODS[number % len(METHODS)], confirmed_by=by))

    return work


_SECRETARIES = ("赵甲一", "钱乙二")
_UNTIL_FILED, _UNTIL_TAUGHT = timedelta(days=3), timedelta(days=9)


def _weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


# Notices


def _spreading(notices: Mapping[str, Any]) -> list[_Step]:
    """On some days the notices that are written go to the departments; most have signed for them by the next day."""
    since = date.fromisoformat(notices["since"])
    slow = notices["slow"]
    return [
        _Step(_later_on(day), "分发会议纪要", _handing_out(since, day, slow.get(day, ()))) for day in notices["days"]
    ]


def _handing_out(since: date, on: str, slow: Sequence[str]) -> Callable[[Session], None]:
    day = date.fromisoformat(on)

    def work(session: Session) -> None:
        found = distributions(session, meeting_ids_between(session, since, day))
        lines = [line for one in found for line in one.deliveries]
        back = [line for line in lines if line.state is DeliveryState.SENT and line.department not in slow]
        acknowledge(session, [(line.meeting_id, line.department) for line in back], day)
        unsent = [line for line in lines if line.state is DeliveryState.UNSENT]
        mark_sent(session, [(line.meeting_id, line.department) for line in unsent], day)

    return work
