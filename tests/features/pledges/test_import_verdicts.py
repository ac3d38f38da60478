from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.pledges import service
from partyroom.features.pledges.domain import ItemCategory, PledgerKind
from partyroom.features.pledges.import_service import import_context, store_import
from partyroom.features.pledges.import_verdicts import (
    ImportColumn,
    ImportContext,
    Person,
    find_columns,
    import_plan,
    read_deadline,
    template_headers,
)
from partyroom.features.pledges.service import PledgeQuery

HEADER = ["姓名", "科室", "承诺事项", "践诺措施", "完成时限", "类别"]
CONTEXT = ImportContext(
    2026,
    (Person(1, "赵一", "语文科", on_committee=True), Person(2, "张伟", "语文科"), Person(3, "张伟", "数学科")),
    "样例小学党支部",
    frozenset({"member:3"}),
)


def problems(*row: str) -> tuple[str, ...]:
    return import_plan(HEADER, [row], CONTEXT).verdicts[0].problems


def test_a_row_becomes_an_item_of_the_person_it_names() -> None:
    plan = import_plan(HEADER, [["张 伟", "语文科", " 读书12本 ", "每月1本", "2026.12.10", "学习方面"]], CONTEXT)
    (one,) = plan.verdicts
    assert plan.good
    assert (one.row, one.name, one.kind, one.member_id) == (2, "张伟", PledgerKind.MEMBER, 2)
    assert (one.text, one.measure, one.deadline, one.category) == (
        "读书12本",
        "每月1本",
        date(2026, 12, 10),
        ItemCategory.STUDY,
    )
    assert (one.problems, one.notes) == ((), ())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("张伟", "", "读书"), "花名册里有几个“张伟”，请用科室区分。"),
        (("李四", "", "读书"), "花名册里没有党员“李四”，请核对姓名。"),
        (("赵一", "", " "), "没有写承诺事项。"),
        (("赵一", "", "读书", "", "尽快"), "完成时限“尽快”读不出日期，请写成2026-12-10这样的日期。"),
        (("张伟", "数学科", "读书"), "张伟在本年度已经有一份党员承诺，请直接打开修改。"),
        (("", "语文科", "读书"), "没有写姓名。"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(row, said) -> None:
    assert problems(*row) == (said,)


def test_the_branch_and_its_committee_are_known_by_name_or_by_word() -> None:
    header = [*HEADER, "承诺主体"]
    rows = [
        ["样例小学党支部", "", "甲"],
        ["支部", "", "乙"],
        ["", "", "丙", "", "", "", "党支部"],
        ["赵一", "", "丁"],
        ["赵一", "", "戊", "", "", "", "党员"],
        ["赵一", "", "己", "", "", "", "嘉宾"],
    ]
    found = import_plan(header, rows, CONTEXT).verdicts
    assert [(one.kind, one.member_id) for one in found[:5]] == [
        (PledgerKind.BRANCH, None),
        (PledgerKind.BRANCH, None),
        (PledgerKind.BRANCH, None),
        (PledgerKind.COMMITTEE, 1),
        (PledgerKind.MEMBER, 1),
    ]
    assert found[5].problems == ("承诺主体“嘉宾”应为党支部、班子成员或党员。",)


def test_merged_names_go_on_and_empty_rows_are_left_out() -> None:
    rows = [["赵一", "", "甲"], ["", "", "", ""], ["", "", "乙"], []]
    plan = import_plan(HEADER, rows, CONTEXT, first_row=4)
    assert [(one.row, one.name, one.text) for one in plan.verdicts] == [(4, "赵一", "甲"), (6, "赵一", "乙")]
    assert plan.verdicts[1].notes == ("姓名空白，按上一行的“赵一”处理。", "没有完成时限。")
    assert plan.people == 1


def test_the_same_item_twice_is_refused_for_the_same_person_alone() -> None:
    rows = [["赵一", "", "甲"], ["张伟", "语文科", "甲"], ["赵一", "", "甲 "]]
    found = import_plan(HEADER, rows, CONTEXT).verdicts
    assert [one.problems for one in found] == [(), (), ("与第2行的承诺事项相同，请删去一行。",)]


def test_a_table_without_the_columns_it_needs_is_refused_whole() -> None:
    plan = import_plan(["姓名", "内 容", "序号"], [["赵一", "甲"]], CONTEXT)
    assert (plan.good, plan.verdicts, plan.unread) == (False, (), ("内 容",))
    assert plan.problems == ("表头里没有找到“承诺事项”这一列，请核对表头。",)
    assert import_plan(HEADER, [[""]], CONTEXT).problems == ("表里没有可以导入的承诺事项。",)


def test_our_own_headers_are_all_understood() -> None:
    columns, unread = find_columns(template_headers())
    assert (set(columns), unread) == (set(ImportColumn), ())
    assert find_columns(["姓　名*", "承诺事项：", "姓名"])[0] == {ImportColumn.NAME: 0, ImportColumn.TEXT: 1}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-12-10", date(2026, 12, 10)),
        ("20261210", date(2026, 12, 10)),
        ("2026年6月", date(2026, 6, 30)),
        ("6月底前", date(2026, 6, 30)),
        ("2月", date(2026, 2, 28)),
        ("12月10日前", date(2026, 12, 10)),
        ("12.10", date(2026, 12, 10)),
        ("年底", date(2026, 12, 31)),
        ("2026年", date(2026, 12, 31)),
        ("全年", date(2026, 12, 31)),
        ("上半年", date(2026, 6, 30)),
        ("2026年11月底以前", date(2026, 11, 30)),
        ("2026-02-30", None),
        ("13月", None),
        ("随时", None),
    ],
)
def test_deadlines_are_read_as_offices_write_them(typed, day) -> None:
    assert read_deadline(typed, 2026) == day


def test_a_strange_category_is_kept_as_other_with_a_note() -> None:
    (one,) = import_plan(HEADER, [["赵一", "", "甲", "", "年底", "党建"]], CONTEXT).verdicts
    assert (one.category, one.notes) == (
        ItemCategory.OTHER,
        ("类别“党建”不在学习、工作、自律、服务之内，归入其他。",),
    )


def test_rows_are_stored_as_one_draft_for_each_pledger(branch) -> None:
    context = branch.read(lambda s: import_context(s, 1))
    rows = [["吴六", "", "甲", "做", "6月底", "学习"], ["", "", "乙"], ["赵一", "", "丙"], ["党支部", "", "丁"]]
    plan = import_plan(HEADER, rows, context)
    ids = branch.write("导入", lambda s: store_import(s, 1, plan.verdicts, date(2026, 1, 8))).result
    found = branch.read(lambda s: service.get_pledges(s, ids))
    assert [(one.name, one.kind, [item.text for item in one.items]) for one in found] == [
        ("吴六", PledgerKind.MEMBER, ["甲", "乙"]),
        ("赵一", PledgerKind.COMMITTEE, ["丙"]),
        ("样例小学党支部", PledgerKind.BRANCH, ["丁"]),
    ]
    assert (found[0].items[0].deadline, found[0].proposed_on) == (date(2026, 6, 30), date(2026, 1, 8))
    again = import_plan(HEADER, rows, branch.read(lambda s: import_context(s, 1)))
    assert [len(one.problems) for one in again.verdicts] == [1, 1, 1, 1]


def test_an_import_with_a_bad_row_or_an_outdated_plan_stores_nothing(branch, pledge) -> None:
    context = branch.read(lambda s: import_context(s, 1))
    plan = import_plan(HEADER, [["赵一", "", "甲"], ["吴六", "", "乙"]], context)
    bad = [plan.verdicts[0], replace(plan.verdicts[1], problems=("没有写承诺事项。",))]
    with pytest.raises(DomainError, match="第3行：没有写承诺事项。"):
        branch.write("导入", lambda s: store_import(s, 1, bad))
    mine = pledge(member_id=6)
    with pytest.raises(DomainError, match="吴六在本年度已经有一份"):
        branch.write("导入", lambda s: store_import(s, 1, plan.verdicts))
    assert branch.read(lambda s: service.list_pledge_ids(s, PledgeQuery(1))) == [mine]
    with pytest.raises(DomainError, match="没有可以导入"):
        branch.write("导入", lambda s: store_import(s, 1, []))
