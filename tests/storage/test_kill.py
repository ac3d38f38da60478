"""Fifty times kill −9 in the middle of saving: what was acknowledged is there, and nothing is half."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from partyroom.features.meetings.tables import AttendanceRecord, Meeting
from partyroom.features.members.service import admit_member
from partyroom.storage.audit import Change, ChangeSet
from partyroom.storage.library import Library

ROUNDS = 50
PEOPLE = 5


def _write_until_killed(folder: Path, members: list[int], acknowledged: int) -> None:
    """The child: records meetings for ever and says each number only when its write has returned."""
    from datetime import datetime

    from partyroom.features.meetings.domain import Attendance, MeetingDraft, Vote
    from partyroom.features.meetings.service import record_meeting

    draft = MeetingDraft(
        kind="assembly",
        title="大会",
        starts_at=datetime(2026, 11, 20, 15),  # noqa: DTZ001
        attendance=tuple(Attendance(member, f"人{member}") for member in members),
        votes=(Vote("同意", should=PEOPLE, present=PEOPLE, yes=PEOPLE),),
        minutes="记录" * 500,
    )
    library = Library.open(folder)
    while True:
        written = library.write("记录", lambda session: record_meeting(session, draft))
        os.write(acknowledged, b"%d\n" % written.result)


def _run_and_kill(folder: Path, members: list[int], wait: float) -> list[int]:
    """Let a child write for `wait` seconds after its first acknowledgement, kill it, and return what it acknowledged.

    Forked, because starting an interpreter fifty times would cost more than the writing.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _write_until_killed(folder, members, writing)
        finally:
            os._exit(3)  # reached only by an error: the parent sees it
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.readline()
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        said += pipe.read()
    assert os.WIFSIGNALED(status), "the child failed by itself"
    return [int(line) for line in said.decode().split("\n")[:-1]]


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_fifty_kills_lose_nothing_acknowledged_and_leave_nothing_half(library, person) -> None:
    members = [library.write("登记", lambda s, n=n: admit_member(s, person(f"人{n}"))).result for n in range(PEOPLE)]
    library.close()
    chance = random.Random(20261122)
    acknowledged: list[int] = []
    for _ in range(ROUNDS):
        said = _run_and_kill(library.folder, members, chance.uniform(0.0, 0.2))
        assert said
        acknowledged += said
    with Library.open(library.folder) as again:
        stored = set(again.read(lambda s: list(s.scalars(select(Meeting.id)))))
        lines = again.read(
            lambda s: dict(
                s.execute(select(AttendanceRecord.meeting_id, func.count()).group_by(AttendanceRecord.meeting_id)).all()
            )
        )
        actions = again.read(lambda s: s.scalar(select(func.count()).select_from(ChangeSet)))
        logged = again.read(
            lambda s: s.scalar(select(func.count()).select_from(Change).where(Change.table_name == "meetings"))
        )
        assert again.check() == []
    assert len(acknowledged) == len(set(acknowledged)) > ROUNDS
    assert set(acknowledged) <= stored
    assert len(stored) - len(acknowledged) <= ROUNDS  # at most one per kill: committed, but not yet said
    assert lines == dict.fromkeys(stored, PEOPLE)
    assert (actions, logged) == (len(stored) + PEOPLE, len(stored))
