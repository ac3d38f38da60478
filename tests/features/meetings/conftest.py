# ruff: noqa: DTZ001  (a branch lives in one time zone)
"""A desk over a real library with a branch of thirty, for the screens of meetings."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from partyroom.drafts import KeptDrafts
from partyroom.features.meetings.domain import Attendance, MeetingDraft, State
from partyroom.features.meetings.service import expected_attendance, get_meeting, record_meeting, update_meeting
from partyroom.features.members.domain import MemberDraft, PostKind
from partyroom.features.members.service import admit_member, appoint_committee
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import (
    list_departments,
    list_groups,
    open_term,
    save_branch,
    save_department,
)
from partyroom.storage.library import Library
from partyroom.ui.desk import Desk
from partyroom.ui.messages import Scripted
from partyroom.ui.preferences import Preferences
from partyroom.ui.tasks import Tasks

NAMES = [f"{surname}{given}" for given in ("甲", "乙", "丙") for surname in "赵钱孙李周吴郑王冯陈"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests show windows: the offscreen platform says each time what it cannot do."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("plugin does not support", extend=True))


@pytest.fixture
def branch(library: Library, person: Callable[..., MemberDraft]) -> Library:
    """Thirty members in two groups (two of them probationary), one applicant, a committee of three."""

    def fill(session) -> None:
        save_branch(session, Branch("样例小学党支部"))
        ids = []
        for number, name in enumerate(NAMES):
            fields = {"group": "第一党小组" if number < 15 else "第二党小组", "department": "语文科"}
            if number >= 28:
                fields |= {"category": "probationary", "joined": "2026-05-20", "full_since": None}
            ids.append(admit_member(session, person(name, **fields)))
        admit_member(
            session, person("申请人", category="applicant", joined=None, full_since=None, applied="2026-03-01")
        )
        term = open_term(session, "第六届", date(2024, 11, 22))
        posts = (PostKind.SECRETARY, PostKind.ORGANISATION, PostKind.PUBLICITY)
        appoint_committee(session, term, date(2024, 11, 22), dict(zip(posts, ids[:3], strict=True)))

    library.write("样例", fill)
    return library


@pytest.fixture
def offices(branch: Library) -> Library:
    """The branch with three departments; everybody of the sample belongs to the first, the last has no head."""

    def work(session) -> None:
        (first,) = list_departments(session)
        save_department(session, first.name, "赵甲", "", department_id=first.id)
        save_department(session, "数学科", "钱主任", "")
        save_department(session, "后勤科", "", "")

    branch.write("科室", work)
    return branch


@pytest.fixture
def messages(qapp) -> Scripted:
    return Scripted()


@pytest.fixture
def desk(branch: Library, messages: Scripted, tmp_path) -> Iterator[Desk]:
    tasks = Tasks(branch, messages)
    yield Desk(tasks, messages, Preferences(tmp_path / "settings.json"), branch, KeptDrafts(tasks, {}))
    tasks.wait_idle()
    tasks.shut_down()
    # What the test leaves behind must not be collected by the worker thread of a later one: Qt would not survive it.
    gc.collect()
    assert messages.errors == []


@pytest.fixture
def group_id(branch: Library) -> int:
    return branch.read(list_groups)[0].id


@pytest.fixture
def stored(branch: Library) -> Callable[..., int]:
    """Records a meeting and returns its id; any field of the draft can be given."""

    def make(title: str = "第三季度党员大会", kind: str = "assembly", **fields: object) -> int:
        starts = fields.pop("starts_at", datetime(2026, 9, 10, 15, 30))
        assert isinstance(starts, datetime)

        def work(session) -> int:
            lines: tuple[Attendance, ...] = expected_attendance(session, kind, starts.date())
            values = {"ends_at": starts + timedelta(hours=1), "attendance": lines, "place": "党员活动室"} | fields
            return record_meeting(session, MeetingDraft(kind, title, starts, **values))

        return branch.write("记录会议", work).result

    return make


@pytest.fixture
def mark(branch: Library) -> Callable[[int, dict[str, tuple[State, str]]], None]:
    """Marks people of a stored meeting by name: state and reason."""

    def make(meeting_id: int, marks: dict[str, tuple[State, str]]) -> None:
        def work(session) -> None:
            draft = get_meeting(session, meeting_id).draft
            lines = [
                replace(line, state=marks[line.name][0], reason=marks[line.name][1]) if line.name in marks else line
                for line in draft.attendance
            ]
            update_meeting(session, meeting_id, replace(draft, attendance=tuple(lines)))

        branch.write("改考勤", work)

    return make
