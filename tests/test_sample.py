from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from partyroom.core.calendar import add_months, stopped_at
from partyroom.core.errors import CancelledError, StorageError
from partyroom.core.identity import check_identity
from partyroom.features.meetings.absence import MakeUpStatus, SlipStatus
from partyroom.features.meetings.domain import (
    MeetingDetail,
    State,
    VoteMethod,
    VoteRule,
    cautions,
    contradictions,
    judge_vote,
    meeting_kinds,
    tally,
)
from partyroom.features.meetings.leave_service import AbsenceQuery, list_slip_ids, list_slip_rows
from partyroom.features.meetings.make_up_service import list_make_up_ids, list_make_up_rows
from partyroom.features.meetings.papers_service import photos_of
from partyroom.features.meetings.service import get_meeting, meeting_ids_between
from partyroom.features.members.domain import Category, Employment, MemberDetail, PostKind
from partyroom.features.members.service import all_details, committee_of, group_leader
from partyroom.features.organisation.service import get_branch, list_departments, list_groups, term_on
from partyroom.sample.branch import make_sample
from partyroom.storage.base import Base
from partyroom.storage.library import Library

LAST_DAY = date(2026, 11, 22)

# 国务院办公厅关于2025年、2026年部分节假日安排的通知; days off beside Saturdays and Sundays
HOLIDAYS = (
    (date(2025, 10, 1), date(2025, 10, 8)),
    (date(2026, 1, 1), date(2026, 1, 3)),
    (date(2026, 2, 15), date(2026, 2, 23)),
    (date(2026, 4, 4), date(2026, 4, 6)),
    (date(2026, 5, 1), date(2026, 5, 5)),
    (date(2026, 6, 19), date(2026, 6, 21)),
    (date(2026, 9, 25), date(2026, 9, 27)),
    (date(2026, 10, 1), date(2026, 10, 7)),
)


@pytest.fixture(scope="module")
def folder(made_sample: Path) -> Path:
    return made_sample


@pytest.fixture(scope="module")
def people(folder: Path) -> list[MemberDetail]:
    with Library.open(folder) as library:
        return library.read(all_details)


@pytest.fixture(scope="module")
def meetings(folder: Path) -> list[MeetingDetail]:
    def read(session: Session) -> list[MeetingDetail]:
        return [get_meeting(session, i) for i in meeting_ids_between(session, date(2000, 1, 1), date(2100, 1, 1))]

    with Library.open(folder) as library:
        return library.read(read)


def test_counts_are_those_promised(people: list[MemberDetail]) -> None:
    counts = Counter(person.draft.category for person in people)
    assert counts == {
        Category.FULL: 24,
        Category.PROBATIONARY: 3,
        Category.TARGET: 1,
        Category.ACTIVIST: 2,
        Category.APPLICANT: 2,
    }


def test_the_two_retired_are_among_the_full_members(people: list[MemberDetail]) -> None:
    retired = [person.draft for person in people if person.draft.employment is Employment.RETIRED]
    assert {draft.name for draft in retired} == {"严地四", "华玄五"}
    assert [draft.category for draft in retired] == [Category.FULL, Category.FULL]
    assert {person.draft.employment for person in people} == {Employment.ON_DUTY, Employment.RETIRED}


def test_the_organisation_is_whole(folder: Path) -> None:
    def read(session: Session) -> None:
        assert get_branch(session).full_name == "中共样例县第九十九中学支部委员会"
        assert all(department.head for department in list_departments(session))
        groups = list_groups(session)
        assert len(groups) == 3
        assert all(group_leader(session, group.id) for group in groups)
        term = term_on(session, LAST_DAY)
        assert term is not None
        assert term.ends == date(2027, 11, 22)
        committee = committee_of(session, term.id)
        assert [holder.kind for holder in committee] == [
            PostKind.SECRETARY,
            PostKind.DEPUTY,
            PostKind.ORGANISATION,
            PostKind.PUBLICITY,
            PostKind.DISCIPLINE,
        ]

    with Library.open(folder) as library:
        library.read(read)


def test_identity_numbers_are_synthetic_valid_and_agree_with_the_record(people: list[MemberDetail]) -> None:
    for person in people:
        checked = check_identity(person.draft.id_number)
        assert checked.valid, person.draft.name
        assert checked.normalised.startswith("99")
        assert checked.sex == person.draft.sex
        assert person.draft.birth is not None
        assert person.draft.birth.exact == checked.birth
    assert len({person.draft.id_number for person in people}) == len(people)


def test_dates_follow_the_rules_of_admission(people: list[MemberDetail]) -> None:
    for draft in (person.draft for person in people):
        if draft.category is None or not draft.category.in_party:
            assert draft.applied is not None
            assert draft.joined is None
            continue
        assert draft.birth is not None
        assert draft.birth.exact is not None
        assert draft.joined is not None
        assert draft.joined.first_day is not None
        assert draft.joined.first_day >= add_months(draft.birth.exact, 18 * 12), draft.name
        if draft.full_since is not None:
            assert draft.full_since.first_day == add_months(draft.joined.first_day, 12), draft.name


def test_names_keep_rare_characters_and_the_dot(people: list[MemberDetail]) -> None:
    names = {person.draft.name for person in people}
    assert {"周𬭎三", "孙㛃", "吴䶮", "李堃甲", "阿娜尔·甲乙"} <= names


def test_introducers_were_full_members_when_they_introduced(people: list[MemberDetail]) -> None:
    full_since = {p.draft.name: p.draft.full_since.text for p in people if p.draft.full_since is not None}
    introduced = [p.draft for p in people if p.draft.introducers and p.draft.joined]
    assert introduced
    for draft in introduced:
        assert draft.joined is not None
        pair = draft.introducers.split("、")
        assert len(pair) == 2
        assert all(full_since[name] < draft.joined.text for name in pair), draft.name


def test_every_kind_of_meeting_is_there(meetings: list[MeetingDetail]) -> None:
    assert {meeting.draft.kind for meeting in meetings} == set(meeting_kinds())
    assert 85 <= len(meetings) <= 105


def test_monthly_meetings_are_held_every_month_of_school(meetings: list[MeetingDetail]) -> None:
    months = [(2025, m) for m in range(9, 13)] + [(2026, m) for m in (*range(1, 8), 9, 10, 11)]
    held = Counter((m.draft.kind, m.draft.starts_at.year, m.draft.starts_at.month) for m in meetings)
    for month in months:
        assert held["theme_day", *month] == 1
        assert held["committee", *month] == 1
        assert held["group", *month] == 3


def test_meetings_are_possible(meetings: list[MeetingDetail]) -> None:
    for meeting in meetings:
        assert contradictions(meeting.draft) == []
        assert cautions(meeting.draft) == [], meeting.draft.title


def test_meetings_are_on_working_days(meetings: list[MeetingDetail]) -> None:
    for start in (meeting.draft.starts_at for meeting in meetings):
        assert start.weekday() < 5, start
        assert not any(first <= start.date() <= last for first, last in HOLIDAYS), start
        assert start.date() <= LAST_DAY


def test_votes_pass_except_for_who_stood_and_was_not_elected(meetings: list[MeetingDetail]) -> None:
    lost = []
    for meeting in meetings:
        for vote in meeting.draft.votes:
            outcome = judge_vote(vote.rule, vote.should, vote.present, vote.yes)
            assert outcome.quorum
            assert vote.yes + vote.no + vote.abstain == vote.present
            if not outcome.passed:
                lost.append(vote.matter)
    assert lost == ["选举陈庚七为支部委员会委员", "选举郑丁四为支部委员会委员"]


@pytest.mark.parametrize(("title", "places"), [("换届选举党员大会", 5), ("补选支部委员党员大会", 1)])
def test_nobody_voted_for_more_candidates_than_places(meetings: list[MeetingDetail], title: str, places: int) -> None:
    (meeting,) = [m.draft for m in meetings if m.draft.title == title]
    ballots = [vote for vote in meeting.votes if vote.rule is VoteRule.ELECTION]
    assert all(vote.method is VoteMethod.SECRET for vote in ballots)
    assert len(ballots) == places + 1  # 差额 of at least a fifth
    assert sum(vote.yes for vote in ballots) <= places * ballots[0].present


def test_only_full_members_of_the_day_are_counted_as_voters(meetings: list[MeetingDetail]) -> None:
    counted = {m.draft.title: tally(m.draft.attendance) for m in meetings if m.draft.kind == "admission"}
    # before each decision the person concerned is not yet counted
    assert [(c.expected, c.expected_voters) for c in counted.values()] == [(23, 22), (25, 22), (25, 23)]


def test_every_state_of_attendance_occurs(meetings: list[MeetingDetail]) -> None:
    states = {line.state for meeting in meetings for line in meeting.draft.attendance}
    assert states == set(State)


def test_minutes_are_full_texts_of_their_own(meetings: list[MeetingDetail]) -> None:
    lengths = [len(meeting.draft.minutes) for meeting in meetings]
    assert min(lengths) > 250
    assert max(lengths) > 2000
    assert len({meeting.draft.minutes for meeting in meetings}) == len(meetings)
    paragraphs = Counter(line for m in meetings for line in m.draft.minutes.splitlines() if len(line) > 90)
    assert max(paragraphs.values()) <= 3  # a reading that the three groups share, no boilerplate


def test_who_speaks_in_the_minutes_was_in_the_room(meetings: list[MeetingDetail], people: list[MemberDetail]) -> None:
    names = "|".join(person.draft.name for person in people)
    speaks = re.compile(rf"^(?:\d\.\w+科。)?({names})(?:（列席）|批评)?：", re.MULTILINE)
    heard = 0
    elsewhere = []
    for meeting in meetings:
        here = {line.name for line in meeting.draft.attendance if line.state.here}
        spoken = speaks.findall(meeting.draft.minutes)
        heard += len(spoken)
        elsewhere += [(meeting.draft.title, name) for name in spoken if name not in here]
    assert elsewhere == []
    assert heard > 300


def test_chairs_and_recorders_attended(meetings: list[MeetingDetail]) -> None:
    elsewhere = []
    for draft in (meeting.draft for meeting in meetings):
        here = {line.name for line in draft.attendance if line.state.here}
        elsewhere += [(draft.title, name) for name in (draft.chair, draft.recorder) if name not in here]
    assert elsewhere == []


def test_meetings_were_written_up_the_day_after(meetings: list[MeetingDetail]) -> None:
    for meeting in meetings:
        assert meeting.recorded_at is not None
        assert (meeting.recorded_at.date() - meeting.draft.starts_at.date()).days == 1


def test_slips_and_lessons_stand_at_every_stage(folder: Path) -> None:
    with Library.open(folder) as library, stopped_at(datetime(2026, 11, 22, 10)):  # noqa: DTZ001
        slips = library.read(lambda s: list_slip_rows(s, list_slip_ids(s, AbsenceQuery())))
        lessons = library.read(lambda s: list_make_up_rows(s, list_make_up_ids(s, AbsenceQuery())))
    assert {row.status for row in slips} >= {SlipStatus.MISSING, SlipStatus.FILED}
    assert {row.status for row in lessons} == set(MakeUpStatus)
    assert all(row.teacher and row.teacher != row.name for row in lessons)
    assert Counter(row.status for row in slips)[SlipStatus.FILED] > 0.8 * len(slips)


def test_the_library_is_sound(folder: Path) -> None:
    with Library.open(folder) as library:
        assert library.check() == []


def test_one_meeting_has_two_small_pictures_to_print(folder: Path) -> None:
    with Library.open(folder) as library:
        ids = library.read(lambda session: meeting_ids_between(session, date(2026, 11, 20), date(2026, 11, 20)))
        photos = library.read(lambda session: photos_of(session, library.attachments, ids))
    (pictures,) = photos.values()
    assert [picture.caption[:4] for picture in pictures] == ["会场布置", "互动环节"]
    assert all(len(picture.data) < 100_000 for picture in pictures)


def test_two_runs_give_equal_rows_and_tell_their_progress(folder: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    make_sample(tmp_path / "again", lambda done, total, what: told.append((done, total, what)))
    assert _all_rows(tmp_path / "again") == _all_rows(folder)
    assert [done for done, _, _ in told] == list(range(1, told[0][1] + 1))
    assert all(what for _, _, what in told)


def test_a_stopped_run_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CancelledError):
        make_sample(tmp_path / "library", _stop_at(20))
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_run_leaves_an_existing_folder_empty(tmp_path: Path) -> None:
    with pytest.raises(CancelledError):
        make_sample(tmp_path, _stop_at(5))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "教案.txt").write_text("第一课", encoding="utf-8")
    with pytest.raises(StorageError):
        make_sample(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["教案.txt"]


def _stop_at(step: int) -> Callable[[int, int, str], None]:
    def report(done: int, _total: int, _what: str) -> None:
        if done == step:
            raise CancelledError

    return report


def _all_rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    def read(session: Session) -> dict[str, list[tuple[object, ...]]]:
        rows = {
            table.name: [tuple(row) for row in session.execute(text(f'SELECT * FROM "{table.name}" ORDER BY 1'))]
            for table in Base.metadata.sorted_tables
        }
        # The change log does not promise an order within one action, so its own row numbers say nothing.
        rows["changes"] = sorted((row[1:] for row in rows["changes"]), key=repr)
        return rows

    with Library.open(folder) as library:
        return library.read(read)
