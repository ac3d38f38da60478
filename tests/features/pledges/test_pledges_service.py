from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.members.service import bin_members
from partyroom.features.pledges import service
from partyroom.features.pledges.domain import (
    EventKind,
    ItemDraft,
    PledgeDraft,
    PledgerKind,
    State,
)
from partyroom.features.pledges.service import PledgeQuery
from partyroom.features.pledges.tables import DeedRecord, EventRecord, ItemRecord
from partyroom.storage.library import schema_problems
from partyroom.storage.recycle import list_bin, purge, restore


def test_tables_of_pledges_and_migrations_say_the_same(library) -> None:
    assert library.read(schema_problems) == []


def test_a_new_pledge_is_a_draft_with_its_proposal_in_the_history(pledge, detail) -> None:
    found = detail(pledge())
    assert (found.state, found.version, found.name, found.department) == (State.DRAFT, 1, "吴六", "语文科")
    assert [item.text for item in found.items] == ["学习笔记12篇", "结对帮扶1名学生"]
    assert [(event.kind, event.before, event.after, event.on) for event in found.events] == [
        (EventKind.PROPOSED, None, State.DRAFT, date(2026, 1, 10))
    ]


def test_branch_committee_and_member_pledge_side_by_side(pledge, branch) -> None:
    pledge(member_id=6)
    pledge(member_id=2, kind=PledgerKind.COMMITTEE)
    pledge(member_id=None, kind=PledgerKind.BRANCH)
    rows = branch.read(lambda s: service.pledges_of(s, 1))
    assert [(row.kind, row.name) for row in rows] == [
        (PledgerKind.BRANCH, "样例小学党支部"),
        (PledgerKind.COMMITTEE, "钱二"),
        (PledgerKind.MEMBER, "吴六"),
    ]


@pytest.mark.parametrize(("member_id", "kind"), [(6, PledgerKind.MEMBER), (None, PledgerKind.BRANCH)])
def test_a_pledger_has_one_pledge_in_a_round(pledge, member_id, kind) -> None:
    pledge(member_id=member_id, kind=kind)
    with pytest.raises(DomainError, match="本年度已经有一份"):
        pledge(member_id=member_id, kind=kind)


def test_a_pledge_in_the_bin_makes_room_and_cannot_come_back_over_its_successor(pledge, branch) -> None:
    first = pledge()
    branch.write("删除", lambda s: service.bin_pledges(s, [first]))
    pledge()
    assert [line.title for line in branch.read(list_bin)] == ["2026年 吴六的承诺"]
    with pytest.raises(DomainError, match="不能恢复"):
        branch.write("恢复", lambda s: restore(s, "pledges", first))


def test_purging_takes_everything_of_a_pledge(pledge, branch) -> None:
    first = pledge(State.FULFILLING)
    from partyroom.features.pledges.deeds_service import record_deed
    from partyroom.features.pledges.domain import DeedDraft

    branch.write("践诺", lambda s: record_deed(s, first, 1, DeedDraft(date(2026, 4, 1), "读书")))
    branch.write("删除", lambda s: service.bin_pledges(s, [first]))
    branch.write("清除", lambda s: purge(s, "pledges", first))
    assert branch.read(lambda s: [s.query(t).count() for t in (ItemRecord, DeedRecord, EventRecord)]) == [0, 0, 0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"items": ()}, "至少写一项"),
        ({"items": (ItemDraft(" "),)}, "第1项没有写承诺内容"),
        ({"member_id": None}, "要选人"),
        ({"member_id": 999}, "不在花名册"),
        ({"proposed_on": date(2026, 11, 23)}, "提诺日期还没有到"),
    ],
)
def test_what_contradicts_itself_is_refused(branch, items, change, sentence) -> None:
    draft = replace(PledgeDraft(PledgerKind.MEMBER, 6, items), **change)
    with pytest.raises(DomainError, match=sentence):
        branch.write("提诺", lambda s: service.save_pledge(s, 1, draft))
    assert branch.read(lambda s: service.list_pledge_ids(s, PledgeQuery())) == []


def test_a_draft_is_edited_in_place_without_a_version(pledge, branch, detail, items) -> None:
    number = pledge()
    kept = detail(number).items[0]
    draft = PledgeDraft(
        PledgerKind.MEMBER,
        6,
        (replace(items[0], text="学习笔记6篇", id=kept.id), ItemDraft("新的一项")),
        proposed_on=date(2026, 1, 12),
    )
    branch.write("修改", lambda s: service.save_pledge(s, 1, draft, number))
    found = detail(number)
    assert [(item.id == kept.id, item.text) for item in found.items] == [(True, "学习笔记6篇"), (False, "新的一项")]
    assert (found.versions, found.proposed_on, found.events[0].on) == ((), date(2026, 1, 12), date(2026, 1, 12))


def test_a_reviewed_pledge_is_not_edited_but_changed(pledge, branch, items) -> None:
    number = pledge(State.REVIEWED)
    with pytest.raises(DomainError, match="变更承诺"):
        branch.write("修改", lambda s: service.save_pledge(s, 1, PledgeDraft(PledgerKind.MEMBER, 6, items), number))


def test_a_past_round_written_late_is_proposed_within_its_year(branch, items) -> None:
    from partyroom.features.pledges.domain import RoundDraft
    from partyroom.features.pledges.round_service import save_round

    old = branch.write("年度", lambda s: save_round(s, RoundDraft(2024))).result
    number = branch.write(
        "提诺", lambda s: service.save_pledge(s, old, PledgeDraft(PledgerKind.MEMBER, 6, items))
    ).result
    assert branch.read(lambda s: service.get_pledge(s, number)).proposed_on == date(2024, 12, 31)


def test_signing_is_noted_for_many_or_none(pledge, branch, detail) -> None:
    first, second = pledge(member_id=6), pledge(member_id=7)
    branch.write("签字", lambda s: service.sign_pledges(s, [first, second], date(2026, 3, 1)))
    assert (detail(first).signed_on, detail(second).signed_on) == (date(2026, 3, 1), date(2026, 3, 1))
    with pytest.raises(DomainError, match="早于提诺日期"):
        branch.write("签字", lambda s: service.sign_pledges(s, [first], date(2026, 1, 9)))
    with pytest.raises(DomainError, match="还没有到"):
        branch.write("签字", lambda s: service.sign_pledges(s, [first], date(2027, 1, 9)))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (PledgeQuery(1), ["样例小学党支部", "赵一", "吴六", "郑七"]),
        (PledgeQuery(1, search="wl"), ["吴六"]),
        (PledgeQuery(1, search="语文 zheng"), ["郑七"]),
        (PledgeQuery(1, search="100%"), []),
        (PledgeQuery(1, kind="committee"), ["赵一"]),
        (PledgeQuery(1, state="published"), ["吴六"]),
        (PledgeQuery(1, look="overdue"), ["样例小学党支部", "赵一", "吴六", "郑七"]),
        (PledgeQuery(1, look="no_deed"), ["吴六"]),
        (PledgeQuery(1, look="changed"), []),
        (PledgeQuery(1, kind="member", sort="name", descending=True), ["郑七", "吴六"]),
        (PledgeQuery(1, sort="state", descending=True), ["吴六", "样例小学党支部", "赵一", "郑七"]),
        (PledgeQuery(2), []),
    ],
)
def test_the_list_finds_filters_and_sorts(pledge, branch, query, names) -> None:
    pledge(State.PUBLISHED)
    pledge(member_id=7)
    pledge(member_id=1, kind=PledgerKind.COMMITTEE)
    pledge(member_id=None, kind=PledgerKind.BRANCH)
    ids = branch.read(lambda s: service.list_pledge_ids(s, query))
    assert [row.name for row in branch.read(lambda s: service.list_pledge_rows(s, ids))] == names


def test_a_row_counts_items_and_names_the_next_deadline(pledge, branch) -> None:
    number = pledge(State.PUBLISHED)
    row = branch.read(lambda s: service.list_pledge_rows(s, [number], date(2026, 7, 1)))[0]
    assert (row.progress, row.overdue, row.next_due) == ("0/2", 1, date(2026, 6, 30))
    on_the_day = branch.read(lambda s: service.list_pledge_rows(s, [number], date(2026, 6, 30)))[0]
    assert on_the_day.overdue == 0


def test_a_member_in_the_bin_keeps_the_pledge_readable(pledge, branch, detail) -> None:
    number = pledge()
    branch.write("删除", lambda s: bin_members(s, [6]))
    assert detail(number).name == "吴六"
    assert branch.read(lambda s: service.list_pledge_ids(s, PledgeQuery(1))) == [number]


def test_hints_of_a_draft_warn_of_what_was_forgotten() -> None:
    draft = PledgeDraft(
        PledgerKind.MEMBER,
        6,
        (
            ItemDraft("甲", measure="做", deadline=date(2027, 1, 1)),
            ItemDraft("甲", deadline=date(2026, 1, 1)),
            ItemDraft("乙", measure="做"),
        ),
        proposed_on=date(2026, 2, 1),
    )
    assert service.draft_hints(draft, 2026) == [
        "第1项的完成时限不在2026年内，请核对。",
        "第2项的完成时限早于提诺日期，请核对。",
        "第2项没有写践诺措施。",
        "第3项没有完成时限。",
        "有两项承诺的内容相同。",
    ]
