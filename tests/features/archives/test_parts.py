from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from partyroom import features
from partyroom.core.calendar import stopped_at
from partyroom.documents.contribution import Part, Piece, Request
from partyroom.documents.model import Document, LedgerTable
from partyroom.documents.pdf import render_pdf
from partyroom.features.archives.parts import all_parts
from partyroom.features.meetings.domain import MeetingDraft, State
from partyroom.features.meetings.minutes_service import finalise_minutes
from partyroom.features.meetings.service import expected_attendance, record_meeting
from partyroom.features.members.domain import PostKind
from partyroom.features.members.service import all_details, appoint_committee
from partyroom.features.organisation.service import list_terms
from partyroom.storage.library import Library

_FAKE = """
from partyroom.core.filing import Field, Retention
from partyroom.core.calendar import stopped_at
from partyroom.documents.contribution import Part
PARTS = (Part("{key}", "荣誉", 35, Field.CONDUCT, Retention.PERMANENT, lambda session, request: []),)
"""


@pytest.fixture
def plant(tmp_path: Path, monkeypatch):
    """A further feature that only brings a contribution."""

    def make(name: str, key: str) -> None:
        folder = tmp_path / "more" / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("", encoding="utf-8")
        (folder / "contribution.py").write_text(_FAKE.format(key=key), encoding="utf-8")
        monkeypatch.setattr(features, "__path__", [*features.__path__, str(tmp_path / "more")])

    yield make
    for name in [name for name in sys.modules if name.startswith("partyroom.features.fake")]:
        del sys.modules[name]


def part(key: str) -> Part:
    return next(part for part in all_parts() if part.key == key)


def pieces(library: Library, key: str, request: Request | None = None) -> list[Piece]:
    asked = request or Request(2025, today=date(2026, 11, 22))
    return list(library.read(lambda session: part(key).produce(session, asked)))


def nothing(_sha256: str) -> bytes:
    raise AssertionError("no attachment belongs to this")


def table(document: Document) -> LedgerTable:
    return next(block for block in document.blocks if isinstance(block, LedgerTable))


def test_a_feature_joins_by_its_contribution_alone_and_stands_in_its_place(plant) -> None:
    before = [part.key for part in all_parts()]
    plant("fake_honours", "honours.list")
    keys = [part.key for part in all_parts()]
    assert [key for key in keys if key != "honours.list"] == before
    assert keys.index("members.groups") + 1 == keys.index("honours.list") == keys.index("members.roster") - 1


def test_two_parts_with_one_key_are_our_mistake_and_noticed(plant) -> None:
    plant("fake_twice", "members.roster")
    with pytest.raises(ValueError, match=r"members\.roster"):
        all_parts()


def test_meetings_of_the_year_come_once_each_under_their_kind(branch: Library) -> None:
    titles = {
        key: [piece.title for piece in pieces(branch, f"meetings.{key}")] for key in ("assembly", "lecture", "other")
    }
    assert titles == {
        "assembly": ["第一季度党员大会（会议记录）"],
        "lecture": ["三月党课（会议记录）"],
        "other": ["走访老党员（会议记录）"],
    }
    assert pieces(branch, "meetings.committee") == []


def test_a_record_is_settled_once_it_is_finalised(branch: Library) -> None:
    (before,) = pieces(branch, "meetings.assembly")
    assert (before.settled, before.note) == (False, "会议记录还没有定稿")
    branch.write("定稿", lambda session: finalise_minutes(session, int(before.key.partition(":")[2])))
    (after,) = pieces(branch, "meetings.assembly")
    assert (after.settled, after.key, after.dated) == (True, before.key, date(2025, 3, 5))


def test_the_roster_is_masked_unless_asked_otherwise(branch: Library) -> None:
    day = date(2026, 11, 22)
    (masked,) = pieces(branch, "members.roster", Request(2025, today=day))
    (full,) = pieces(branch, "members.roster", Request(2025, masked=False, today=day))
    assert "990000198506151232" not in str(masked.compose(nothing)) + str(masked.sheets and masked.sheets())
    assert "990000198506151232" in str(full.compose(nothing))


def test_committee_and_groups_name_their_people(branch: Library) -> None:
    (committee,) = pieces(branch, "members.committee")
    (groups,) = pieces(branch, "members.groups")
    assert table(committee.compose(nothing)[0]).rows[0][:2] == ("书记", "钱二")
    assert table(groups.compose(nothing)[0]).rows[0][2] == "7人"
    assert pieces(branch, "members.committee", Request(2023, today=date(2026, 11, 22))) == []


def test_a_running_year_is_not_settled(branch: Library) -> None:
    (running,) = pieces(branch, "members.roster", Request(2026, today=date(2026, 11, 22)))
    (over,) = pieces(branch, "members.roster")
    assert (running.settled, running.dated) == (False, date(2026, 11, 22))
    assert (over.settled, over.dated) == (True, date(2025, 12, 31))


@pytest.mark.parametrize("key", [part.key for part in all_parts() if part.blank is not None])
def test_blank_forms_fit_their_pages(key: str) -> None:
    made: Callable[[], object] | None = part(key).blank
    assert made is not None
    for document in part(key).blank():  # type: ignore[misc]
        longest = 2 if key == "meetings.plan" else 1
        assert render_pdf(document).pages <= longest


def test_absentees_of_the_year_are_in_the_attendance_table(branch: Library) -> None:
    def absent(session) -> None:
        day = datetime.fromisoformat("2025-06-05T15:00")
        lines = expected_attendance(session, "assembly", day.date())
        first, *others = lines
        marked = (replace(first, state=State.ABSENT, reason="未说明"), *others)
        record_meeting(session, MeetingDraft("assembly", "第二季度党员大会", day, attendance=marked))

    branch.write("记录", absent)
    summary, rates = pieces(branch, "meetings.attendance")
    assert summary.sheets is not None
    rows = {row[1]: row for row in table(rates.compose(nothing)[0]).rows}
    absent_one = [name for name, row in rows.items() if row[9] == "1"]
    assert len(absent_one) == 1


def test_a_past_year_shows_who_held_the_posts_then(branch: Library) -> None:
    def by_election(session) -> None:
        (term,) = list_terms(session)
        ids = {member.draft.name: int(member.id) for member in all_details(session)}
        appoint_committee(session, term.id, date(2026, 3, 1), {PostKind.SECRETARY: ids["孙三"]})

    with stopped_at(datetime.fromisoformat("2026-03-01T10:00")):
        branch.write("补选", by_election)
    (before,) = pieces(branch, "members.committee")
    (after,) = pieces(branch, "members.committee", Request(2026, today=date(2026, 11, 22)))
    assert [table(one.compose(nothing)[0]).rows[0][1] for one in (before, after)] == ["钱二", "孙三"]
    (roster,) = pieces(branch, "members.roster")
    posts = {row[1]: row[12] for row in table(roster.compose(nothing)[0]).rows}
    assert (posts["钱二"], posts["孙三"]) == ("书记", "")
