from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from partyroom.core.calendar import now
from partyroom.core.errors import DomainError
from partyroom.features.dues import assessments_service as assessments
from partyroom.features.dues import pay_import_service as service
from partyroom.features.dues.assessments import AssessmentDraft
from partyroom.features.dues.domain import Change, DuesCategory, Reading
from partyroom.features.dues.ledger import Every
from partyroom.features.dues.pay_verdicts import PayPlan, PayVerdict
from partyroom.features.dues.tables import ClosingRecord, YearRecord
from partyroom.features.members.domain import Employment, MemberDraft
from partyroom.features.members.service import admit_member
from partyroom.storage.library import Library

pytestmark = pytest.mark.usefixtures("fixed_today")
DATA = Path(__file__).parents[2] / "data"
TITLES = ["姓名", "工号", "岗位工资", "薪级工资", "公积金"]


@pytest.fixture
def admit(library: Library, person: Callable[..., MemberDraft]) -> Callable[..., int]:
    def make(name: str, **fields: object) -> int:
        fields = {"employment": Employment.ON_DUTY, **fields}
        return library.write("录入", lambda session: admit_member(session, person(name, **fields))).result

    return make


@pytest.fixture
def plan(library: Library, save_xlsx: Callable[..., Path]) -> Callable[..., PayPlan]:
    def make(*rows: list[object], titles: list[str] = TITLES, year: int = 2026) -> PayPlan:
        sheets = service.read_pay_file(save_xlsx([["某校工资表"], titles, *rows]))
        return library.read(lambda session: service.plan_import(session, sheets, year))

    return make


def store(library: Library, plan: PayPlan) -> Any:
    return library.write("导入工资项目", lambda session: service.apply_import(session, plan))


def current(library: Library, year: int = 2026) -> dict[str, tuple[int, int]]:
    rows = library.read(lambda session: assessments.assessments_of(session, year))
    return {row.name: (row.current.base_fen, row.current.due_fen) for row in rows if row.current}


def close(library: Library, month: date) -> None:
    record = ClosingRecord(month=month, closed_at=now(), received_fen=0)
    library.write("结账", lambda session: session.add(record))


def verdicts(plan: PayPlan) -> list[PayVerdict]:
    return [line.verdict for line in plan.lines]


def test_new_bases_come_in_and_the_same_file_then_changes_nothing(library, admit, plan):
    admit("王芳")
    admit("李红")
    rows = [["王芳", None, 3000, "1,500.50", 500.5], ["李 红", None, 2900, 1400, 400]]
    found = plan(*rows)
    assert verdicts(found) == [PayVerdict.NEW, PayVerdict.NEW]
    assert store(library, found).result == 2
    assert current(library) == {"王芳": (400000, 4000), "李红": (390000, 3900)}
    again = plan(*rows)
    assert verdicts(again) == [PayVerdict.SAME, PayVerdict.SAME]
    assert again.stored == 0
    changed = plan(["王芳", None, 3100, "1,500.50", 500.5], rows[1])
    assert verdicts(changed) == [PayVerdict.CHANGED, PayVerdict.SAME]
    assert changed.lines[0].changes == ("岗位工资：3000.00 → 3100.00",)
    store(library, changed)
    assert current(library)["王芳"] == (410000, 4100)
    rows_of = library.read(lambda session: assessments.assessments_of(session, 2026))
    assert [len(row.history) for row in rows_of] == [1, 1]


def test_an_import_is_taken_back_as_a_whole(library, admit, plan):
    admit("王芳")
    admit("李红")
    written = store(library, plan(["王芳", None, 3000, 0, 0], ["李红", None, 2000, 0, 0]))
    assert len(current(library)) == 2
    library.write("撤销", lambda session: service.undo_import(session, written.change_set))
    assert current(library) == {}


def test_all_or_nothing_when_a_month_was_closed_meanwhile(library, admit, plan):
    admit("王芳", joined="2001-01-01")
    admit("李红", arrived="2026-09-01")
    found = plan(["李红", None, 2000, 0, 0], ["王芳", None, 3000, 0, 0])
    close(library, date(2026, 1, 1))
    with pytest.raises(DomainError, match="2026年2月"):
        store(library, found)
    assert current(library) == {}


def test_after_closed_months_a_change_is_a_new_assessment(library, admit, plan):
    admit("王芳")
    store(library, plan(["王芳", None, 3000, 0, 0]))
    close(library, date(2026, 3, 1))
    found = plan(["王芳", None, 3500, 0, 0])
    assert verdicts(found) == [PayVerdict.CHANGED]
    assert (found.lines[0].assessment_id, found.lines[0].draft.from_month) == (None, date(2026, 4, 1))
    store(library, found)
    (row,) = library.read(lambda session: assessments.assessments_of(session, 2026))
    assert [(one.from_month.month, one.due_fen) for one in row.history] == [(1, 1500), (4, 3500)]
    close(library, date(2026, 12, 1))
    assert verdicts(plan(["王芳", None, 3600, 0, 0])) == [PayVerdict.UNREADABLE]


def test_namesakes_are_asked_about_and_never_guessed(library, admit, plan):
    first, second = admit("王芳", department="教导处"), admit("王芳", department="总务处")
    found = plan(["王芳", None, 3000, 0, 0])
    assert verdicts(found) == [PayVerdict.DOUBTFUL]
    assert set(found.lines[0].candidates) == {first, second}
    assert found.stored == 0
    decided = found.decided(3, second)
    assert verdicts(decided) == [PayVerdict.NEW]
    assert decided.lines[0].draft.member_id == second
    assert verdicts(found.decided(3, None)) == [PayVerdict.SKIPPED]
    assert verdicts(decided.undecided(3)) == [PayVerdict.DOUBTFUL]


def test_a_staff_number_tells_namesakes_apart_and_contradictions_are_asked_about(library, admit, plan):
    first = admit("王芳", staff_number="T001")
    admit("王芳", staff_number="T002")
    admit("李红", staff_number="T003")
    found = plan(["王芳", "T001", 3000, 0, 0], ["李红", "T009", 3000, 0, 0], ["赵静", "T002", 3000, 0, 0])
    assert verdicts(found) == [PayVerdict.NEW, PayVerdict.DOUBTFUL, PayVerdict.DOUBTFUL]
    assert found.lines[0].member_id == first
    assert "工作证号与花名册不同" in found.lines[1].notes[0]
    assert "姓名不同" in found.lines[2].notes[0]


def test_an_identity_number_tells_namesakes_apart(library, admit, plan):
    admit("王芳", id_number="11010519491231002X")
    second = admit("王芳", id_number="110105194912310046")
    found = plan(["王芳", "110105194912310046", 3000, 0, 0], titles=["姓名", "身份证号", *TITLES[2:]])
    assert (verdicts(found), found.lines[0].member_id) == ([PayVerdict.NEW], second)


def test_two_rows_of_one_person_are_asked_about(library, admit, plan):
    admit("王芳")
    found = plan(["王芳", None, 3000, 0, 0], ["王芳", None, 2000, 0, 0])
    assert verdicts(found) == [PayVerdict.DOUBTFUL, PayVerdict.DOUBTFUL]
    assert verdicts(found.decided(3, None)) == [PayVerdict.SKIPPED, PayVerdict.NEW]


def test_who_does_not_pay_here_and_what_cannot_be_read_is_not_imported(library, admit, plan):
    admit("王芳")
    admit("李红")
    found = plan(["外人", None, 3000, 0, 0], ["王芳", None, "三千", 0, 0], ["李红", None, 3000, -5, 0])
    assert verdicts(found) == [PayVerdict.UNKNOWN, PayVerdict.UNREADABLE, PayVerdict.UNREADABLE]
    assert "三千" in found.lines[1].notes[0]
    assert found.stored == 0


def test_a_sum_after_tax_that_disagrees_is_told(library, admit, plan):
    admit("王芳")
    (line,) = plan(["王芳", None, 3000, 1500, 500, 4100], titles=[*TITLES, "税后工资总额"]).lines
    assert line.verdict is PayVerdict.NEW
    assert "合计不符：表中税后工资总额（基数）4100.00元，按规定算出来是4000.00元。" in line.notes


def test_the_year_choices_and_the_category_known_apply(library, admit, plan):
    member = admit("王芳", employment=Employment.RETIRED)
    record = YearRecord(
        year=2026, reading=Reading.NOTICE_2017, change=Change.YEARLY, every=Every.QUARTER, rounding_fen=10, counted=[]
    )
    library.write("开账", lambda session: session.add(record))
    found = plan(["王芳", None, 5001], titles=["姓名", "工号", "基本退休费"])
    assert found.lines[0].draft.category is DuesCategory.RETIRED
    store(library, found)
    assert current(library) == {"王芳": (500100, 5000)}
    assert member == found.lines[0].member_id


def test_a_base_typed_directly_gives_way_to_items(library, admit, plan):
    member = admit("王芳")
    draft = AssessmentDraft(member, date(2026, 1, 1), DuesCategory.EMPLOYED, base_fen=300000, note="暂定")
    library.write("核定", lambda session: assessments.save_assessment(session, draft))
    found = plan(["王芳", None, 3500, 0, 0])
    assert found.lines[0].changes[0] == "原来直接填写的基数3000.00元改为按项目计算"
    store(library, found)
    (row,) = library.read(lambda session: assessments.assessments_of(session, 2026))
    assert (row.current.base_fen, row.current.note) == (350000, "暂定")


def test_a_workbook_of_months_opens_at_the_base_month(library, admit, tmp_path):
    admit("王芳")
    record = YearRecord(
        year=2026,
        reading=Reading.NOTICE_2017,
        change=Change.YEARLY,
        every=Every.QUARTER,
        counted=[],
        base_month=date(2025, 12, 1),
    )
    library.write("开账", lambda session: session.add(record))
    book = openpyxl.Workbook()
    book.remove(book.active)
    for month in range(1, 13):
        sheet = book.create_sheet(f"2025年{month}月")
        sheet.append(TITLES)
        sheet.append(["王芳", None, 2000 + month, 0, 0])
    book.save(tmp_path / "全年.xlsx")
    sheets = service.read_pay_file(tmp_path / "全年.xlsx")
    found = library.read(lambda session: service.plan_import(session, sheets, 2026))
    assert (len(found.sheets), found.sheet.name) == (12, "2025年12月")
    assert found.lines[0].outcome.assessed.base_fen == 201200
    assert found.with_sheet(0).lines[0].outcome.assessed.base_fen == 200100


def test_employed_members_who_are_missing_in_the_list_are_named(library, admit, plan):
    admit("王芳")
    admit("李红")
    admit("退休", employment=Employment.RETIRED)
    assert plan(["王芳", None, 3000, 0, 0]).missing() == ["李红"]
    admit("王芳", department="总务处")
    assert plan(["王芳", None, 3000, 0, 0]).missing() == ["李红"]


def test_nothing_that_counts_is_no_base_of_zero(library, admit, plan):
    admit("王芳", employment=Employment.RETIRED)
    (line,) = plan(["王芳", None, 3000, 0, 0]).lines
    assert line.verdict is PayVerdict.UNREADABLE
    assert "没有一个项目计入基数" in line.notes[0]


def test_df_30_a_student_with_wages_is_taken_by_the_wages_and_that_is_said(library, admit, plan):
    admit("小明", employment=Employment.STUDENT)
    (line,) = plan(["小明", None, 3000, 0, 0]).lines
    assert (line.verdict, line.draft.category) == (PayVerdict.NEW, DuesCategory.EMPLOYED)
    assert any("原来是学生" in note for note in line.notes)


def test_a_pay_list_of_excel_97_is_read_as_well(library, admit):
    admit("测试甲")
    admit("测试乙")
    sheets = service.read_pay_file(DATA / "pay_list_97.xls")
    found = library.read(lambda session: service.plan_import(session, sheets, 2026))
    assert verdicts(found) == [PayVerdict.NEW, PayVerdict.NEW]
    store(library, found)
    assert current(library) == {"测试甲": (398_797, 3988), "测试乙": (390_000, 3900)}
