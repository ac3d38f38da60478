"""承诺书: the fields of the forms in use, the words whole, room to write and to sign; PDF and Word."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import docx
import pdfplumber
import pytest

from partyroom.documents.fonts import shared_book
from partyroom.documents.model import FormGrid
from partyroom.documents.model import Role as FontRole
from partyroom.documents.pdf import render_pdf
from partyroom.documents.word import render_docx
from partyroom.features.members.domain import Sex
from partyroom.features.members.service import draft_of, update_member
from partyroom.features.members.tables import Member
from partyroom.features.organisation.domain import Branch
from partyroom.features.pledges import service
from partyroom.features.pledges.domain import Appraisal, Body, Deed, PledgeItem, PledgerKind, State, Version
from partyroom.features.pledges.letter_service import letter_people
from partyroom.features.pledges.report import LetterPerson, blank_letter_document, letter_documents
from partyroom.features.pledges.tally import Tally
from partyroom.features.pledges.templates import Role, items_from, pledge_rules

MM = 72 / 25.4
BRANCH = Branch("第一党支部", "样例小学", office_phone="0531-88886666")
LONG = "落实立德树人根本任务，主动承担送教下乡、青年教师培养等工作，做到每学期不少于四次并留有记录"


@pytest.fixture
def long_items(shown) -> tuple[PledgeItem, ...]:
    item = shown().items[0]
    return tuple(
        replace(item, id=20 + n, text=f"{mark}{LONG}", measure=f"{mark}每学期初制定计划，期末向党小组汇报一次")
        for n, mark in enumerate("甲乙丙丁戊己庚辛")
    )


def test_the_letter_has_every_field_of_the_form(shown, printed) -> None:
    (page,) = printed(letter_documents([shown()], BRANCH, {1: LetterPerson("男", 45)}))
    for words in (
        "2026年度党员公开承诺书",
        "党支部样例小学第一党支部",
        "填表日期2026年1月10日",
        "姓名吴六",
        "性别男",
        "年龄45",
        "职务教研组长",
        "所在部门语文科",
        "序号承诺事项践诺措施完成时限责任人",
        "1撰写学习笔记12篇每月一篇2026.12.10吴六",
        "2结对帮扶1名学生每月谈心2026.6.30吴六",
        "践诺情况",
        "评定等次",
        "评定日期",
        "评定意见",
        "承诺人签字签字日期年月日",
        "党支部书记（签字）：",
    ):
        assert words in page


def test_what_was_done_and_found_stands_on_it(shown, printed) -> None:
    items = shown().items
    done = replace(items[0], done_on=date(2026, 11, 30), done_note="共13篇")
    found = Appraisal(
        "能按承诺完成",
        "好",
        Tally(30, 29, {"好": 20, "较好": 8}),
        Tally(50, 50, {"好": 50}),
        "较好",
        "践诺认真。",
        date(2026, 12, 12),
        Body.ASSEMBLY,
    )
    deeds = (
        Deed(2, 12, date(2026, 4, 5), "谈心一次", "", None, ""),
        Deed(1, None, date(2026, 3, 8), "义务劳动", "", None, ""),
    )
    pledge = shown(items=(done, items[1]), deeds=deeds, appraisal=found, state=State.APPRAISED)
    page = "".join(printed(letter_documents([pledge], BRANCH)))
    for words in (
        "1.已于2026年11月30日完成：共13篇。",
        "2.4月5日，谈心一次。",
        "其他：3月8日，义务劳动。",
        "评定等次较好",
        "评定日期2026年12月12日",
        "自评：好，能按承诺完成。",
        "党员测评：发出30票，收回29票：好20、较好8，无效1票。",
        "群众测评：发出50票，收回50票：好50、较好0。",
        "党员大会意见：践诺认真。",
    ):
        assert words in page


def test_the_branch_names_who_answers_and_no_person(shown, printed) -> None:
    pledge = shown(kind=PledgerKind.BRANCH, member_id=None, name="样例小学第一党支部", department="", post="")
    (page,) = printed(letter_documents([pledge], BRANCH))
    assert "2026年度党支部公开承诺书" in page
    assert "责任人吴六填表日期" in page
    assert "性别" not in page
    assert "承诺人签字" not in page
    assert "书记签字签字日期" in page
    assert "党支部（盖章）：" in page


def test_the_signing_day_is_printed_once_it_is_known(shown, printed) -> None:
    (before,) = printed(letter_documents([shown()], BRANCH))
    (after,) = printed(letter_documents([shown(signed_on=date(2026, 1, 12))], BRANCH))
    assert "承诺人签字签字日期年月日" in before
    assert "承诺人签字签字日期2026年1月12日" in after


def test_eight_long_items_are_all_there_and_nothing_is_cut(shown, long_items) -> None:
    pledge = shown(items=long_items, name="阿卜杜热合曼麦麦提江", post="语文学科带头人、教务处主任")
    file = render_pdf(letter_documents([pledge], BRANCH))
    with pdfplumber.open(io.BytesIO(file.data)) as pdf:
        text = "".join(char["text"] for page in pdf.pages for char in page.chars)
        for page in pdf.pages:
            assert (page.width / MM, page.height / MM) == pytest.approx((210, 297), abs=0.1)
            assert min(char["x0"] for char in page.chars) / MM >= 31.7 - 0.1
            assert max(char["x1"] for char in page.chars) / MM <= 210 - 31.7 + 0.1
            low = "".join(char["text"] for char in page.chars if char["bottom"] / MM > 297 - 25.4 + 0.1)
            assert low == f"第 {page.page_number} 页 共 {len(pdf.pages)} 页"
    assert all(text.count(mark) == 2 for mark in "甲乙丙丁戊己庚辛")
    assert text.count("送教下乡") >= 7
    assert text.count("阿") == 1


def test_rare_characters_are_drawn(shown, printed) -> None:
    assert "姓名周𬭎" in printed(letter_documents([shown(name="周𬭎")], BRANCH))[0]


@pytest.mark.parametrize("role", [Role.TEACHER, Role.RETIRED, Role.SECRETARY])
def test_the_usual_items_of_a_role_make_a_letter_of_one_page(role: Role, shown, printed) -> None:
    drafts = items_from(pledge_rules().templates, role, 2026, "吴六")
    items = tuple(PledgeItem(n, d.text, d.category, d.measure, d.deadline, d.responsible) for n, d in enumerate(drafts))
    pledge = shown(items=items, preamble=pledge_rules().preambles[role.kind], kind=role.kind)
    assert len(printed(letter_documents([pledge], BRANCH))) == 1


def test_no_signature_stands_alone_on_a_page(shown, printed) -> None:
    item = shown().items[0]
    for count in range(1, 25):
        items = tuple(replace(item, id=n) for n in range(count))
        pages = printed(letter_documents([shown(items=items)], BRANCH))
        assert "评定意见" in pages[-1]
        assert "党支部书记（签字）：" in pages[-1]


def test_a_name_of_ten_characters_stands_on_one_line() -> None:
    grid = next(block for block in blank_letter_document().blocks if isinstance(block, FormGrid))
    room = grid.columns[2] / sum(grid.columns) * (210 - 2 * 31.7) * MM - 8
    assert shared_book().width("阿卜杜热合曼麦麦提江", FontRole.FANGSONG, grid.size) <= room


def test_what_is_retired_is_left_out_and_the_change_told(shown, printed) -> None:
    items = shown().items
    version = Version(1, (), "", "岗位调整", date(2026, 5, 6), "赵一", correction=False)
    pledge = shown(items=(replace(items[0], retired_in=1), items[1]), versions=(version,), version=2)
    (page,) = printed(letter_documents([pledge], BRANCH))
    assert "学习笔记" not in page
    assert "1结对帮扶1名学生" in page
    assert "2026年5月6日变更：岗位调整" in page


def test_a_withdrawn_letter_says_so(shown, printed) -> None:
    pledge = shown(state=State.WITHDRAWN, withdrawn_on=date(2026, 6, 1), withdrawn_reason="组织关系转出")
    assert "2026年6月1日撤回：组织关系转出" in printed(letter_documents([pledge], BRANCH))[0]


def test_each_letter_begins_a_page_and_counts_its_own(shown, printed) -> None:
    pages = printed(letter_documents([shown(), shown(id=2, name="郑七")], BRANCH))
    assert ["吴六" in pages[0], "郑七" in pages[1]] == [True, True]
    assert all(page.endswith("第1页共1页") for page in pages)


def test_the_blank_form_has_labels_and_room_but_no_words(printed) -> None:
    (page,) = printed(blank_letter_document())
    assert page.startswith(
        "党员公开承诺书党支部填表日期年月日姓名性别年龄职务所在部门序号承诺事项践诺措施完成时限责任人12345承诺人签字签字日期年月日践诺情况"
    )


def test_the_word_copy_says_the_same(shown) -> None:
    file = docx.Document(io.BytesIO(render_docx(letter_documents([shown(name="<b>吴六</b>")], BRANCH))))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    for words in ("样例小学第一党支部", "<b>吴六</b>", "撰写学习笔记12篇", "每月谈心", "2026.6.30", "评定意见"):
        assert words in cells


def test_sex_and_age_are_those_of_the_day_it_was_written(branch, pledge) -> None:
    number = pledge()

    def fill(session) -> None:
        draft = draft_of(session.get(Member, 6))
        update_member(session, 6, replace(draft, sex=Sex.FEMALE, birth=type(draft.joined).of(date(1980, 1, 11))))

    branch.write("补充", fill)
    people = branch.read(lambda s: letter_people(s, service.get_pledges(s, [number])))
    assert people == {number: LetterPerson("女", 45)}  # 46 on the day after 10 January 2026


def test_the_branch_has_neither_sex_nor_age(branch, pledge) -> None:
    number = pledge(member_id=None, kind=PledgerKind.BRANCH)
    assert branch.read(lambda s: letter_people(s, service.get_pledges(s, [number]))) == {}
