# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime

import docx
import pdfplumber
import pytest

from partyroom.documents.pdf import render_pdf
from partyroom.documents.word import render_docx
from partyroom.features.meetings.absence import (
    MakeUpRow,
    MakeUpStatus,
    Settled,
    SlipDraft,
    SlipRow,
    absence_sentence,
    make_up_status,
    suggested_leave,
)
from partyroom.features.meetings.absence_report import blank_slip_document, make_up_document, slips_document
from partyroom.features.meetings.domain import Attendance, LeaveCategory, State
from partyroom.features.organisation.domain import Branch

BRANCH = Branch("样例小学党支部")
SLIP = SlipRow(
    id=1,
    meeting_id=1,
    member_id=1,
    title="“最后一排的风景”主题党日",
    kind="主题党日",
    starts_at=datetime(2026, 10, 16, 14, 40),
    place="录播教室",
    name="卫壬九",
    department="心理健康教育中心",
    group="第三党小组",
    state=State.LEAVE,
    draft=SlipDraft(
        LeaveCategory.SICK,
        "住院治疗",
        date(2026, 10, 14),
        "吕申九",
        date(2026, 10, 15),
        "孙㛃",
        date(2026, 10, 17),
    ),
    stored=True,
)
LESSON = MakeUpRow(
    id=1,
    meeting_id=1,
    member_id=1,
    title="十月党课",
    kind="党课",
    starts_at=datetime(2026, 10, 29, 15, 40),
    number=31,
    topic="支部工作条例",
    name="卫壬九",
    department="后勤服务中心",
    attendance="请假",
    reason="术后休养",
    teacher="吕申九",
    method="自学+考核",
    content="学习提纲第一至三部分。",
    due_on=date(2026, 11, 28),
    done_on=date(2026, 11, 9),
    confirmed_by="钱乙二",
    status=MakeUpStatus.DONE,
)


def pages(documents) -> list[str]:
    with pdfplumber.open(io.BytesIO(render_pdf(documents).data)) as book:
        return [(page.extract_text() or "").replace(" ", "") for page in book.pages]


def test_two_slips_share_a_sheet_and_stay_on_their_halves() -> None:
    rows = [replace(SLIP, name=name) for name in ("甲一", "乙二", "丙三")]
    documents = slips_document(rows, BRANCH)
    found = pages(documents)
    assert [[name in page for name in ("甲一", "乙二", "丙三")] for page in found] == [
        [True, True, False],
        [False, False, True],
    ]
    with pdfplumber.open(io.BytesIO(render_pdf(documents).data)) as book:
        page = book.pages[0]
        cut = next(word["top"] for word in page.extract_words() if "裁开" in word["text"])
        titles = [word["top"] for word in page.extract_words() if "请假条" in word["text"]]
        last_line = max(rect["bottom"] for rect in page.rects) if page.rects else max(e["bottom"] for e in page.edges)
    assert abs(cut - float(page.height) / 2) < 20, "the cut is the middle of the sheet"
    assert titles[0] < cut < titles[1]
    assert last_line < float(page.height) - 50


def test_a_slip_says_everything_that_is_recorded() -> None:
    text = pages(slips_document([SLIP], BRANCH))[0]
    for words in (
        "样例小学党支部请假条",
        "卫壬九",
        "心理健康教育中心",
        "“最后一排的风景”主题党日",
        "2026年10月16日14:40",
        "录播教室",
        "☑病假□事假□公出、培训□其他",
        "住院治疗",
        "2026年10月14日",
        "签字：（吕申九）",
        "2026年10月15日",
        "备案人：（孙㛃）",
        "2026年10月17日",
    ):
        assert words in text


def test_a_slip_not_recorded_yet_is_a_form_with_the_meeting_on_it() -> None:
    text = pages(slips_document([replace(SLIP, stored=False, draft=SlipDraft(LeaveCategory.SICK, "住院"))], BRANCH))[0]
    assert "□病假□事假" in text, "what is only suggested is not ticked"
    assert text.count("年月日") == 3
    assert "主题党日" in text


def test_empty_slips_have_the_branch_and_two_to_a_sheet() -> None:
    found = pages([blank_slip_document(BRANCH)])
    assert len(found) == 1
    assert found[0].count("样例小学党支部请假条") == 2
    assert found[0].count("科室负责人") == 2


@pytest.mark.parametrize(
    "change",
    [
        {"draft": replace(SLIP.draft, reason="很长的理由，" * 40)},
        {"title": "名称" * 45},
        {"department": "思想政治和心理健康教育指导中心办公室"},
        {"place": "很远的地方的一个很大很大的报告厅里"},
    ],
)
def test_a_slip_with_much_text_has_a_sheet_to_itself(change) -> None:
    found = pages(slips_document([SLIP, replace(SLIP, **change), SLIP], BRANCH))
    assert len(found) == 3
    assert all(page.count("备案人") == 1 for page in found)


def test_a_make_up_record_says_what_was_missed_and_how_it_was_held() -> None:
    text = pages([make_up_document(LESSON, BRANCH)])[0]
    for words in (
        "补课记录",
        "十月党课",
        "请假：术后休养",
        "《十月党课会议纪要（2026年第31号）》",
        "2026年11月28日前",
        "2026年11月9日",
        "□传达纪要□单独讲☑自学+考核",
        "学习提纲第一至三部分。",
        "签字：（吕申九）",
        "签字：（钱乙二）",
    ):
        assert words in text
    other = pages([make_up_document(replace(LESSON, method="网上补学"), BRANCH)])[0]
    assert "网上补学" in other
    assert "□" not in other


def test_an_open_lesson_prints_as_a_form() -> None:
    row = replace(LESSON, method="", content="", done_on=None, confirmed_by="")
    text = pages([make_up_document(row, BRANCH)])[0]
    assert "□传达纪要□单独讲□自学+考核" in text
    assert text.count("年月日") == 3


def test_both_papers_open_in_word_with_the_same_words() -> None:
    hostile = "=cmd|' /C calc'!A0 <b>&amp;</b>"
    rows = [replace(SLIP, draft=replace(SLIP.draft, reason=hostile)), SLIP]
    file = render_docx([*slips_document(rows, BRANCH), make_up_document(LESSON, BRANCH)])
    cells = [cell.text for table in docx.Document(io.BytesIO(file)).tables for row in table.rows for cell in row.cells]
    assert hostile in cells
    assert "《十月党课会议纪要（2026年第31号）》" in cells
    assert hostile.replace(" ", "") in pages(slips_document(rows, BRANCH))[0]


# The pure rules.


@pytest.mark.parametrize(
    ("state", "reason", "category"),
    [
        (State.LEAVE, "感冒", LeaveCategory.SICK),
        (State.DUTY, "突发疾病", LeaveCategory.SICK),
        (State.LEAVE, "子女住院陪护", LeaveCategory.PERSONAL),
        (State.DUTY, "", LeaveCategory.OFFICIAL),
        (State.LEAVE, "参加县教研", LeaveCategory.OFFICIAL),
        (State.LEAVE, "探亲", LeaveCategory.PERSONAL),
        (State.LEAVE, "", LeaveCategory.PERSONAL),
    ],
)
def test_the_reason_speaks_for_a_category(state, reason, category) -> None:
    assert suggested_leave(state, reason) is category


def test_a_lesson_is_overdue_from_the_day_after_its_last() -> None:
    due = date(2026, 11, 22)
    assert make_up_status(due, None, due) is MakeUpStatus.OPEN
    assert make_up_status(due, None, date(2026, 11, 23)) is MakeUpStatus.OVERDUE
    assert make_up_status(None, None, due) is MakeUpStatus.OPEN
    assert make_up_status(date(2020, 1, 1), due, due) is MakeUpStatus.DONE


def test_the_line_of_the_review_counts_absentees_slips_and_lessons() -> None:
    lines = [
        Attendance(1, "甲", State.LEAVE),
        Attendance(2, "乙", State.DUTY),
        Attendance(3, "丙", State.ABSENT),
        Attendance(4, "丁", State.LEAVE, excluded="患病"),
        Attendance(5, "戊", State.LATE),
        Attendance(6, "己", State.OBSERVER, expected=False),
    ]
    assert absence_sentence(lines, Settled(), made_up=False) == "3人缺席，2人没有请假条。"
    settled = Settled(frozenset({1, 2}), frozenset({1}))
    assert absence_sentence(lines, settled, made_up=True) == "3人缺席，请假条齐全，补课2人待完成。"
    settled = Settled(frozenset({1}), frozenset({1, 2, 3}))
    assert absence_sentence(lines, settled, made_up=True) == "3人缺席，1人没有请假条，补课全部完成。"
    assert absence_sentence(lines[3:], Settled(), made_up=True) == ""
