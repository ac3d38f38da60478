"""The branch's kinds of meetings: changed, added, hidden, restored."""

# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.meetings.domain import (
    Attendees,
    MeetingDraft,
    MeetingKind,
    Period,
    VoteRule,
    kind_choices,
    kind_label,
    meeting_kinds,
)
from partyroom.features.meetings.kinds_service import hide_kind, kinds_of, restore_kind, save_kind
from partyroom.features.meetings.report import record_document, row_as_json
from partyroom.features.meetings.service import (
    MeetingQuery,
    bin_meetings,
    expected_attendance,
    get_meeting,
    list_meeting_ids,
    list_rows,
    record_meeting,
)
from partyroom.features.organisation.domain import Branch

OWN = MeetingKind(
    "",
    "青年理论学习",
    Attendees.GROUP,
    VoteRule.RESOLUTION,
    ("领学", " ", "讨论", "领学"),
    "",
    actions=("佩戴党徽",),
    period=Period.MONTH,
    minimum=2,
)


def add(library, kind=OWN) -> str:
    return library.write("类型", lambda session: save_kind(session, kind)).result


def kinds(library):
    return library.read(kinds_of)


def test_an_untouched_branch_has_the_kinds_of_the_rule_data(library):
    assert kinds(library) == meeting_kinds()


def test_an_own_kind_comes_last_with_a_code_of_its_own(library):
    code = add(library)
    found = kinds(library)
    assert list(found)[-1] == code
    assert code not in meeting_kinds()
    kind = found[code]
    assert (kind.own, kind.agenda, kind.source) == (True, ("领学", "讨论"), "支部惯例")
    assert (kind.period, kind.minimum, kind.frequency_note) == (Period.MONTH, 2, "次数由本支部设定")


def test_a_changed_label_shows_in_lists_papers_and_data_and_can_be_restored(branch, stored):
    meeting = stored("第三季度", kind="theme_day", also=("lecture",))
    changed = replace(meeting_kinds()["theme_day"], label="支部生活日")
    assert add(branch, changed) == "theme_day"
    row = branch.read(lambda session: list_rows(session, [meeting]))[0]
    assert (row.kind, row.also) == ("支部生活日", "党课")
    data = row_as_json(row)
    assert (data["kind"], data["kind_label"], data["also"]) == ("theme_day", "支部生活日", ["lecture"])
    detail = branch.read(lambda session: get_meeting(session, meeting))
    document = record_document(detail, Branch("样例小学党支部"))
    assert "支部生活日记录" in str(document.blocks[0])
    assert "支部生活日、党课" in str(document)
    branch.write("恢复", lambda session: restore_kind(session, "theme_day"))
    assert kinds(branch) == meeting_kinds()
    assert branch.read(lambda session: list_rows(session, [meeting]))[0].kind == "主题党日"


def test_a_hidden_kind_is_not_offered_and_stays_readable(branch, stored):
    meeting = stored("交流", kind="exchange")
    branch.write("隐藏", lambda session: hide_kind(session, "exchange", hidden=True))
    found = kinds(branch)
    assert "exchange" not in dict(kind_choices(found))
    assert dict(kind_choices(found, "exchange"))["exchange"] == "工作交流"
    assert kind_label("exchange", found) == "工作交流"
    assert branch.read(lambda session: list_rows(session, [meeting]))[0].kind == "工作交流"
    branch.write("显示", lambda session: hide_kind(session, "exchange", hidden=False))
    assert "exchange" in dict(kind_choices(kinds(branch)))


def test_the_last_kind_cannot_be_hidden(library):
    def hide_all(session) -> None:
        for code in kinds_of(session):
            hide_kind(session, code, hidden=True)

    with pytest.raises(DomainError, match="至少要留下一个"):
        library.write("隐藏", hide_all)
    assert kinds(library) == meeting_kinds()


def test_names_are_needed_and_taken_once(library):
    for label, words in (("  ", "请填写"), ("党课", "已经有一个")):
        with pytest.raises(DomainError, match=words):
            add(library, replace(OWN, label=label))
    with pytest.raises(DomainError, match="没有这个会议类型"):
        add(library, replace(OWN, code="gone"))


def test_an_own_kind_goes_only_while_no_meeting_bears_it_not_even_in_the_bin(branch, stored):
    code = add(branch)
    meeting = stored("学习", kind="study", also=(code,))
    branch.write("删除", lambda session: bin_meetings(session, [meeting]))
    with pytest.raises(DomainError, match="1次会议"):
        branch.write("删除", lambda session: restore_kind(session, code))
    other = add(branch, replace(OWN, label="读书会"))
    branch.write("删除", lambda session: restore_kind(session, other))
    assert other not in kinds(branch)


def test_who_attends_an_own_kind_follows_its_rule(branch, group_id):
    code = add(branch)
    lines = branch.read(lambda session: expected_attendance(session, code, date(2026, 9, 10), group_id))
    assert len(lines) == 15
    everybody = add(branch, replace(OWN, label="读书会", attendees=Attendees.PARTY))
    assert len(branch.read(lambda session: expected_attendance(session, everybody, date(2026, 9, 10)))) == 30


def test_meetings_of_an_own_kind_are_stored_and_found_by_it(branch):
    code = add(branch)
    draft = MeetingDraft(code, "九月学习", datetime(2026, 9, 10, 15, 0))
    meeting = branch.write("记录", lambda session: record_meeting(session, draft)).result
    assert branch.read(lambda session: list_meeting_ids(session, MeetingQuery(kind=code))) == [meeting]
    assert branch.read(lambda session: get_meeting(session, meeting)).kinds[code].label == "青年理论学习"
    with pytest.raises(DomainError, match="请选择会议类型"):
        branch.write("记录", lambda session: record_meeting(session, replace(draft, kind="gone")))
