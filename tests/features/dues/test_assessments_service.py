from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select

from partyroom.core.errors import DomainError
from partyroom.features.dues import assessments_service as service
from partyroom.features.dues.assessments import AssessmentDraft, AssessmentState
from partyroom.features.dues.base import pay_item
from partyroom.features.dues.domain import Change, DuesCategory, Reading, Treatment
from partyroom.features.dues.ledger import Every
from partyroom.features.dues.tables import AssessmentRecord, BaseItemRecord, ClosingRecord, YearRecord
from partyroom.features.members.domain import Category, Employment, MemberDraft
from partyroom.features.members.service import admit_member
from partyroom.storage import recycle
from partyroom.storage.library import Library

pytestmark = pytest.mark.usefixtures("fixed_today")
Make = Callable[..., MemberDraft]

TEACHER = (  # C4 of the rule book
    pay_item("post", 281000),
    pay_item("grade", 177500),
    pay_item("base_performance", 230000),
    pay_item("allowance", 60000),
    pay_item("reward_performance", 120000),
    pay_item("class_teacher", 40000),
    pay_item("phone", 10000),
    pay_item("heating", 30000),
    pay_item("income_tax", 3500),
    pay_item("pension_insurance", 59880),
    pay_item("medical_insurance", 14970),
    pay_item("unemployment_insurance", 3743),
    pay_item("housing_fund", 89820),
    pay_item("annuity", 29940),
)


@pytest.fixture
def admit(library: Library, person: Make) -> Callable[..., int]:
    def make(name: str = "王芳", **fields: object) -> int:
        fields = {"employment": Employment.ON_DUTY, **fields}
        return library.write("录入", lambda session: admit_member(session, person(name, **fields))).result

    return make


@pytest.fixture
def save(library: Library) -> Callable[..., int]:
    def store(draft: AssessmentDraft, assessment_id: int | None = None) -> int:
        return library.write("核定", lambda s: service.save_assessment(s, draft, assessment_id)).result

    return store


@pytest.fixture
def rows(library: Library) -> Callable[..., list]:
    return lambda year=2026: library.read(lambda session: service.assessments_of(session, year))


def open_year(library: Library, year: int = 2026, **fields: object) -> None:
    values: dict[str, object] = {"reading": Reading.NOTICE_2017, "change": Change.YEARLY, "every": Every.QUARTER}
    record = YearRecord(year=year, **(values | fields))
    library.write("开账", lambda session: session.add(record))


def close(library: Library, month: date) -> None:
    record = ClosingRecord(month=month, closed_at=datetime(2026, 11, 1), received_fen=0)  # noqa: DTZ001
    library.write("结账", lambda session: session.add(record))


def typed(member: int, month: date, base_fen: int, **fields: object) -> AssessmentDraft:
    values: dict[str, object] = {"category": DuesCategory.EMPLOYED, "base_fen": base_fen}
    return AssessmentDraft(member, month, **(values | fields))  # type: ignore[arg-type]


def due(library: Library, assessment_id: int) -> tuple[int, int]:
    detail = library.read(lambda session: service.get_assessment(session, assessment_id))
    return detail.base_fen, detail.due_fen


def test_c4_a_teachers_items_are_kept_with_their_treatment_and_the_amount_that_follows(library, admit, save):
    number = save(AssessmentDraft(admit(), date(2026, 1, 1), DuesCategory.EMPLOYED, TEACHER, reason="年初核定"))
    detail = library.read(lambda session: service.get_assessment(session, number))
    assert (detail.base_fen, detail.rate_bp, detail.before_cap_fen, detail.due_fen) == (546647, 150, 8200, 8200)
    treated = {item.label: item.treatment for item in detail.items}
    assert treated["岗位工资"] is Treatment.COUNTED
    assert treated["取暖费"] is Treatment.LEFT_OUT
    assert treated["住房公积金（个人部分）"] is Treatment.DEDUCTED
    assert "中组发〔2008〕3号" in detail.source
    assert detail.assessed_on == date(2026, 11, 22)
    assert detail.draft.items == TEACHER


def test_c5_the_years_switch_counts_the_reward(library, admit, save):
    open_year(library, counted=["reward_performance"])
    number = save(AssessmentDraft(admit(), date(2026, 1, 1), DuesCategory.EMPLOYED, TEACHER))
    assert due(library, number) == (666647, 10000)


def test_c6_the_reading_of_2008_deducts_income_tax_alone(library, admit, save):
    open_year(library, reading=Reading.RULES_2008)
    number = save(AssessmentDraft(admit(), date(2026, 1, 1), DuesCategory.EMPLOYED, TEACHER))
    assert due(library, number) == (745000, 11175)


def test_df_28_the_years_rounding_unit_is_used_and_kept(library, admit, save):
    open_year(library, rounding_fen=100)
    number = save(typed(admit(), date(2026, 1, 1), 510000))
    detail = library.read(lambda session: service.get_assessment(session, number))
    assert (detail.due_fen, detail.rounding_fen) == (7700, 100)


def test_c9_a_rise_within_the_year_is_warned_of_by_the_notice_of_2017(library, admit, save, rows):
    member = admit()
    save(typed(member, date(2026, 1, 1), 490000))
    rise = typed(member, date(2026, 4, 1), 510000, reason="收入变化")
    (warning,) = library.read(lambda session: service.check_assessment(session, rise))
    assert "年内一般不变动" in warning
    corrected = typed(member, date(2026, 4, 1), 510000, reason="更正")
    assert library.read(lambda session: service.check_assessment(session, corrected)) == ()
    assert [(row.current.due_fen, row.year_fen) for row in rows()] == [(4900, 12 * 4900)]
    save(typed(member, date(2027, 1, 1), 510000))
    assert [row.year_fen for row in rows(2026)] == [12 * 4900]
    assert [row.year_fen for row in rows(2027)] == [12 * 7650]


def test_c9_by_the_reading_of_2008_the_new_amount_counts_from_its_month(library, admit, save, rows):
    open_year(library, change=Change.MONTHLY)
    member = admit()
    save(typed(member, date(2026, 1, 1), 490000))
    rise = typed(member, date(2026, 4, 1), 510000, reason="收入变化")
    assert library.read(lambda session: service.check_assessment(session, rise)) == ()
    save(rise)
    (row,) = rows()
    assert row.year_fen == 3 * 4900 + 9 * 7650
    assert [one.from_month.month for one in row.history] == [1, 4]


def test_c10_a_trader_pays_by_a_third_of_last_quarters_net_income(library, admit, save):
    items = (pay_item("quarter_net", 2700000),)
    assert due(library, save(AssessmentDraft(admit(), date(2026, 1, 1), DuesCategory.BUSINESS, items))) == (
        900000,
        13500,
    )


def test_c11_who_has_a_yearly_salary_pays_by_what_was_received_in_the_month(library, admit, save):
    items = (pay_item("received", 800000),)
    assert due(library, save(AssessmentDraft(admit(), date(2026, 1, 1), DuesCategory.ANNUAL, items))) == (800000, 12000)


def test_c12_from_the_month_of_retiring_the_pension_counts(library, admit, save, rows):
    member = admit()
    save(typed(member, date(2026, 1, 1), 760000))
    pension = (pay_item("basic_pension", 620000), pay_item("pension_allowance", 90000))
    later = AssessmentDraft(member, date(2026, 5, 1), DuesCategory.RETIRED, pension, reason="退休")
    assert library.read(lambda session: service.check_assessment(session, later)) == ()
    save(later)
    (row,) = rows()
    assert (row.category, row.current.base_fen, row.current.due_fen) == (DuesCategory.RETIRED, 620000, 6200)
    assert row.year_fen == 4 * 11400 + 8 * 6200


def test_c24_more_deducted_than_counted_gives_zero_and_a_warning(library, admit, save):
    items = (pay_item("post", 10000), pay_item("annuity", 20000))
    draft = AssessmentDraft(admit(), date(2026, 1, 1), DuesCategory.EMPLOYED, items)
    assert due(library, save(draft)) == (0, 0)
    warnings = library.read(lambda session: service.check_assessment(session, draft))
    assert any("请核对扣除项" in text for text in warnings)


def test_a_closed_month_is_not_assessed_again(library, admit, save):
    member = admit()
    number = save(typed(member, date(2026, 1, 1), 490000))
    close(library, date(2026, 3, 1))
    with pytest.raises(DomainError, match="基数只能从2026年4月起核定") as caught:
        save(typed(member, date(2026, 3, 1), 500000))
    assert caught.value.problems[0].field == "from_month"
    with pytest.raises(DomainError, match="已按这次核定结账"):
        save(typed(member, date(2026, 4, 1), 500000), number)
    with pytest.raises(DomainError, match="不能删除"):
        library.write("删除", lambda session: service.bin_assessment(session, number))
    later = save(typed(member, date(2026, 4, 1), 500000))
    assert due(library, later) == (500000, 5000)
    assert due(library, number) == (490000, 4900)


def test_a_change_stays_in_the_change_log_and_leaves_equal_items_alone(library, admit, save):
    member = admit()
    draft = AssessmentDraft(member, date(2026, 1, 1), DuesCategory.EMPLOYED, TEACHER)
    number = save(draft)
    before = library.read(lambda session: [one.id for one in session.scalars(select(BaseItemRecord))])
    again = AssessmentDraft(member, date(2026, 2, 1), DuesCategory.EMPLOYED, TEACHER, note="补充")
    written = library.write("修改", lambda session: service.save_assessment(session, again, number))
    assert written.result == number
    assert written.changes == {"dues_assessments"}
    assert library.read(lambda session: [one.id for one in session.scalars(select(BaseItemRecord))]) == before
    fewer = AssessmentDraft(member, date(2026, 2, 1), DuesCategory.EMPLOYED, TEACHER[:3])
    library.write("修改", lambda session: service.save_assessment(session, fewer, number))
    detail = library.read(lambda session: service.get_assessment(session, number))
    assert [item.amount_fen for item in detail.items] == [281000, 177500, 230000]


def test_one_month_has_one_assessment(library, admit, save):
    member = admit()
    save(typed(member, date(2026, 1, 1), 490000))
    with pytest.raises(DomainError, match="已经有一次核定"):
        save(typed(member, date(2026, 1, 1), 500000))


def test_an_assessment_in_the_bin_can_come_back_unless_its_month_is_taken(library, admit, save, rows):
    member = admit()
    number = save(typed(member, date(2026, 1, 1), 490000))
    library.write("删除", lambda session: service.bin_assessment(session, number))
    assert [row.state for row in rows()] == [AssessmentState.MISSING]
    library.write("恢复", lambda session: recycle.restore(session, "dues_assessments", number))
    assert [row.state for row in rows()] == [AssessmentState.ASSESSED]
    library.write("删除", lambda session: service.bin_assessment(session, number))
    save(typed(member, date(2026, 1, 1), 500000))
    with pytest.raises(DomainError):
        library.write("恢复", lambda session: recycle.restore(session, "dues_assessments", number))


def test_who_has_none_stands_first_and_only_those_who_pay_in_the_year(library, admit, save, rows):
    known = admit("安静", group="一组")
    admit("卫红", group="一组", employment=Employment.RETIRED)
    admit("申请人", category=Category.ACTIVIST, joined=None, full_since=None)
    late = admit("新来", arrived="2026-09-10")
    save(typed(known, date(2026, 1, 1), 490000))
    found = rows()
    assert [row.name for row in found] == ["卫红", "新来", "安静"]
    assert [row.state for row in found] == [AssessmentState.MISSING, AssessmentState.MISSING, AssessmentState.ASSESSED]
    assert found[0].guess is DuesCategory.RETIRED
    newcomer = next(row for row in found if row.id == late)
    assert (newcomer.first_month, newcomer.months) == (date(2026, 9, 1), 4)
    assert rows(2000) == []


def test_last_years_base_is_repeated_by_this_years_choices(library, admit, save, rows):
    old, new, none = admit("旧"), admit("新"), admit("无")
    student = admit("学生", employment=Employment.STUDENT)
    save(AssessmentDraft(old, date(2025, 1, 1), DuesCategory.EMPLOYED, TEACHER))
    save(typed(new, date(2025, 1, 1), 400000))
    save(typed(new, date(2026, 1, 1), 410000))
    save(AssessmentDraft(student, date(2025, 9, 1), DuesCategory.STUDENT))
    states = {row.name: row.state for row in rows()}
    assert states == {
        "旧": AssessmentState.CARRIED,
        "新": AssessmentState.ASSESSED,
        "无": AssessmentState.MISSING,
        "学生": AssessmentState.ASSESSED,
    }
    open_year(library, counted=["reward_performance"])
    close(library, date(2026, 2, 1))
    assert library.write("沿用", lambda session: service.copy_last_year(session, 2026)).result == 1
    row = next(row for row in rows() if row.id == old)
    assert (row.state, row.current.from_month, row.current.due_fen) == (
        AssessmentState.ASSESSED,
        date(2026, 3, 1),
        10000,
    )
    assert row.current.reason == "沿用上年"
    assert row.year_fen == 2 * 8200 + 10 * 10000
    assert next(row for row in rows() if row.id == none).state is AssessmentState.MISSING
    assert library.write("沿用", lambda session: service.copy_last_year(session, 2026)).result == 0


def test_df_13_students_are_settled_in_one_go(library, admit, rows):
    first, second = admit("甲", employment=Employment.STUDENT), admit("乙", arrived="2026-09-01")
    work = lambda session: service.assess_fixed(session, 2026, [first, second], DuesCategory.STUDENT)  # noqa: E731
    assert library.write("批量", work).result == 2
    assert {row.name: (row.current.due_fen, row.year_fen) for row in rows()} == {"甲": (20, 240), "乙": (20, 80)}
    assert library.write("批量", work).result == 2
    assert library.read(lambda session: len(session.scalars(select(AssessmentRecord)).all())) == 2
    with pytest.raises(DomainError, match="请逐人核定"):
        library.write("批量", lambda s: service.assess_fixed(s, 2026, [first], DuesCategory.EMPLOYED))
