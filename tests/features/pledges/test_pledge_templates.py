from __future__ import annotations

from datetime import date

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.members.domain import Employment, PostKind
from partyroom.features.pledges import service
from partyroom.features.pledges import templates_service as service_of_templates
from partyroom.features.pledges.domain import ItemCategory, PledgerKind
from partyroom.features.pledges.templates import (
    Role,
    Template,
    day_in,
    items_from,
    likely_role,
    pledge_rules,
    usual_stages,
)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_five_to_eight_complete_templates_on_several_sides(role) -> None:
    found = [one for one in pledge_rules().templates if one.role is role]
    assert 5 <= len(found) <= 8
    assert all(len(one.text) >= 15 and len(one.measure) >= 15 and one.text.endswith("。") for one in found)
    assert len({one.text for one in found}) == len(found)
    assert {one.category for one in found} >= {ItemCategory.STUDY, ItemCategory.DISCIPLINE, ItemCategory.SERVICE}
    assert all(day_in(2027, one.due) for one in found)


def test_the_rule_data_names_its_source_and_custom_and_every_preamble() -> None:
    rules = pledge_rules()
    assert "第二十二条" in rules.source
    assert "惯例" in rules.source
    assert set(rules.preambles) == set(PledgerKind)
    days = [line.planned_until for line in usual_stages(2026)]
    assert days == sorted(days)


def test_days_of_a_year_are_clamped_and_nonsense_is_refused() -> None:
    assert [day_in(2027, "02-29"), day_in(2028, "02-29"), day_in(2026, "")] == [
        date(2027, 2, 28),
        date(2028, 2, 29),
        None,
    ]
    with pytest.raises(ValueError, match="month"):
        day_in(2026, "13-01")


@pytest.mark.parametrize(
    ("posts", "employment", "role"),
    [
        ((PostKind.SECRETARY,), Employment.RETIRED, Role.SECRETARY),
        ((PostKind.DEPUTY,), None, Role.SECRETARY),
        ((PostKind.PUBLICITY, PostKind.GROUP_LEADER), None, Role.COMMITTEE),
        ((PostKind.GROUP_LEADER,), None, Role.HEAD),
        ((), Employment.RETIRED, Role.HEAD),
    ],
)
def test_a_post_tells_the_role_before_headship_before_employment(posts, employment, role) -> None:
    assert likely_role("李四", posts, employment, ["李四"]) is role


def test_employment_tells_the_role_of_the_rest() -> None:
    assert [likely_role("张三", (), e, ()) for e in (Employment.RETIRED, Employment.STUDENT, None)] == [
        Role.RETIRED,
        Role.STUDENT,
        Role.TEACHER,
    ]


def test_items_from_templates_have_deadlines_in_the_year() -> None:
    templates = [
        Template(Role.HEAD, "甲", ItemCategory.WORK, "做", "11-30"),
        Template(Role.HEAD, "乙", ItemCategory.WORK, usual=False),
        Template(Role.TEACHER, "丙", ItemCategory.WORK),
    ]
    (item,) = items_from(templates, Role.HEAD, 2026, "李四")
    assert (item.text, item.deadline, item.responsible, item.id) == ("甲", date(2026, 11, 30), "李四", None)


def test_everybody_without_a_pledge_gets_one_by_role_in_one_action(pledge, branch) -> None:
    pledge(member_id=6)
    before = branch.read(lambda s: service_of_templates.candidates(s, 1))
    assert {one.name: one.role for one in before} == {
        "样例小学党支部": Role.BRANCH,
        "赵一": Role.SECRETARY,
        "钱二": Role.COMMITTEE,
        "孙三": Role.COMMITTEE,
        "李四": Role.HEAD,
        "周五": Role.RETIRED,
        "郑七": Role.TEACHER,
        "王八一": Role.TEACHER,
    }
    made = branch.write("生成", lambda s: service_of_templates.make_pledges(s, 1, on=date(2026, 1, 5))).result
    found = {one.name: one for one in branch.read(lambda s: service.get_pledges(s, made))}
    assert len(found) == 8
    assert (found["赵一"].kind, found["李四"].kind) == (PledgerKind.COMMITTEE, PledgerKind.MEMBER)
    assert found["样例小学党支部"].preamble == pledge_rules().preambles[PledgerKind.BRANCH]
    assert found["周五"].items[0].text.startswith("坚持读书看报")
    assert all(item.deadline.year == 2026 for one in found.values() for item in one.items)
    assert branch.read(lambda s: service_of_templates.candidates(s, 1)) == []
    assert branch.write("生成", lambda s: service_of_templates.make_pledges(s, 1)).result == []


def test_chosen_ones_alone_are_made_with_the_role_chosen(branch) -> None:
    four = next(one for one in branch.read(lambda s: service_of_templates.candidates(s, 1)) if one.name == "李四")
    chosen = [service_of_templates.Candidate(four.member_id, four.name, four.department, Role.TEACHER)]
    made = branch.write("生成", lambda s: service_of_templates.make_pledges(s, 1, chosen)).result
    (found,) = branch.read(lambda s: service.get_pledges(s, made))
    teacher = [one.text for one in pledge_rules().templates if one.role is Role.TEACHER and one.usual]
    assert [item.text for item in found.items] == teacher
    with pytest.raises(DomainError, match="已经有一份"):
        branch.write("生成", lambda s: service_of_templates.make_pledges(s, 1, chosen))


def test_own_templates_are_kept_changed_used_and_removed(branch) -> None:
    own = Template(Role.RETIRED, " 每月读报\n交流 ", ItemCategory.STUDY, "读书会", "12-01")
    number = branch.write("模板", lambda s: service_of_templates.save_template(s, own)).result
    found = branch.read(lambda s: service_of_templates.list_templates(s, Role.RETIRED))
    assert (found[-1].text, found[-1].id) == ("每月读报\n交流", number)
    changed = Template(Role.STUDENT, "读报", ItemCategory.STUDY, id=number, usual=False)
    branch.write("模板", lambda s: service_of_templates.save_template(s, changed))
    assert branch.read(lambda s: service_of_templates.list_templates(s, Role.STUDENT))[-1] == changed
    assert branch.read(lambda s: service_of_templates.list_templates(s, Role.RETIRED)) == found[:-1]
    branch.write("删除", lambda s: service_of_templates.delete_template(s, number))
    assert branch.read(service_of_templates.list_templates) == list(pledge_rules().templates)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (Template(Role.HEAD, " ", ItemCategory.WORK), "填写承诺内容"),
        (Template(Role.HEAD, "甲", ItemCategory.WORK, due="13-40"), "请填月和日"),
        (Template(Role.HEAD, "甲", ItemCategory.WORK, id=99), "已经不在了"),
    ],
)
def test_a_template_that_cannot_be_is_refused(branch, template, sentence) -> None:
    with pytest.raises(DomainError, match=sentence):
        branch.write("模板", lambda s: service_of_templates.save_template(s, template))


def test_items_are_kept_as_templates_once(branch) -> None:
    ones = [
        Template(Role.HEAD, "自己的一条", ItemCategory.WORK),
        next(t for t in pledge_rules().templates if t.role is Role.HEAD),
    ]
    kept = [branch.write("留用", lambda s: service_of_templates.save_as_templates(s, Role.HEAD, ones)) for _ in "12"]
    assert [len(one.result) for one in kept] == [1, 0]
