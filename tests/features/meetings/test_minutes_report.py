# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

import io
from datetime import date, datetime

import docx
import openpyxl
import pypdfium2
import pytest

from partyroom.documents.model import CaptionLine
from partyroom.documents.pdf import render_pdf
from partyroom.documents.sheet import render_xlsx
from partyroom.documents.word import render_docx
from partyroom.features.meetings.domain import (
    Attendance,
    MeetingDetail,
    MeetingDraft,
    MeetingId,
    Resolution,
    State,
    Vote,
)
from partyroom.features.meetings.report import minutes_document
from partyroom.features.meetings.resolution_report import ledger_document, ledger_sheet
from partyroom.features.meetings.resolutions import FollowUp, ResolutionRow, ResolutionState
from partyroom.features.organisation.domain import Branch

BRANCH = Branch("样例小学党支部")
MINUTES = (
    "一、点名\n应到〔应到人数〕，实到〔实到人数〕，缺席：〔缺席名单〕。依据〔2026〕5号文。\n二、表决\n〔表决结果〕"
)


def detail(recorded: datetime = datetime(2026, 9, 11, 9)) -> MeetingDetail:
    draft = MeetingDraft(
        "assembly",
        "第三季度党员大会",
        datetime(2026, 9, 10, 15),
        attendance=(Attendance(1, "张三"), Attendance(2, "李四", State.LEAVE, "病假")),
        minutes=MINUTES,
        votes=(Vote("通过<b>计划", should=2, present=1, yes=1),),
        resolutions=(Resolution("按时上报", "张三", "月底"),),
    )
    return MeetingDetail(MeetingId(1), draft, 3, recorded_at=recorded)


def pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        pages = [document[i].get_textpage().get_text_bounded() for i in range(len(document))]
    finally:
        document.close()
    return "".join("".join(pages).split())


def docx_text(data: bytes) -> str:
    book = docx.Document(io.BytesIO(data))
    words = [paragraph.text for paragraph in book.paragraphs]
    words += [cell.text for table in book.tables for row in table.rows for cell in row.cells]
    return "".join("".join(words).split())


@pytest.mark.parametrize("form", ["record", "notice"])
def test_fields_are_printed_as_the_present_values_in_pdf_and_word(form):
    document = minutes_document(detail(), BRANCH, form)
    for text in (pdf_text(render_pdf([document]).data), docx_text(render_docx(document))):
        assert "应到2人，实到1人，缺席：李四（病假）。依据〔2026〕5号文。" in text
        assert "通过<b>计划：举手表决，应到会有表决权2人，实到1人，赞成1票" in text
        assert "〔应到人数〕" not in text
        assert "〔表决结果〕" not in text


def late_notes(recorded: datetime, *days: int) -> list[CaptionLine]:
    document = minutes_document(detail(recorded), BRANCH, "record", *days)
    return [block for block in document.blocks if isinstance(block, CaptionLine)]


def test_a_late_record_says_so_with_its_date_and_one_in_time_does_not():
    assert late_notes(datetime(2026, 9, 17, 23)) == []
    assert late_notes(datetime(2026, 9, 18, 8)) == [CaptionLine(right="补录（2026年9月18日）")]
    assert late_notes(datetime(2026, 9, 18, 8), 30) == []
    document = minutes_document(detail(datetime(2026, 10, 8, 8)), BRANCH, "record")
    assert "补录（2026年10月8日）" in pdf_text(render_pdf([document]).data)
    assert "补录（2026年10月8日）" in docx_text(render_docx(document))


def test_the_notice_bears_no_mark_of_a_late_record():
    document = minutes_document(detail(datetime(2026, 10, 8, 8)), BRANCH, "notice")
    assert "补录" not in pdf_text(render_pdf([document]).data)


def ledger_rows() -> list[ResolutionRow]:
    notes = (FollowUp(1, date(2026, 9, 20), "已起草", "张三"), FollowUp(2, date(2026, 10, 8), "办结：已报送"))
    common = {"meeting_id": 1, "meeting": "第三季度党员大会", "meeting_day": date(2026, 9, 10)}
    return [
        ResolutionRow(
            1, "2026-01", text="=按时<b>上报", responsible="张三", deadline="10月底", due_on=date(2026, 10, 31),
            closed_on=date(2026, 10, 8), state=ResolutionState.CLOSED, follow_ups=notes, **common,
        ),
        ResolutionRow(
            2, "2026-02", text="长期坚持", responsible="", deadline="长期", due_on=None,
            closed_on=None, state=ResolutionState.OPEN, **common,
        ),
    ]  # fmt: skip


def test_the_ledger_names_state_and_all_notes():
    rendered = render_pdf([ledger_document(ledger_rows(), BRANCH, date(2026, 11, 22))])
    text = pdf_text(rendered.data)
    assert "样例小学党支部议事决策督办台账" in text
    assert "共2项：办理中1项，逾期0项，已办结1项。" in text
    assert "统计日期：2026年11月22日" in text
    for words in ("2026-01", "=按时<b>上报", "10月底", "2026年9月20日已起草（张三）", "已办结2026年10月8日", "办理中"):
        assert words in text, words
    assert not rendered.missing


def test_the_ledger_as_a_workbook_holds_texts_only():
    data = render_xlsx(ledger_sheet(ledger_rows(), BRANCH, date(2026, 11, 22)))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[2]] == ["编号", "会议", "决议内容", "责任人", "完成时限", "办理情况", "状态"]
    assert (sheet["C3"].value, sheet["C3"].data_type) == ("=按时<b>上报", "s")
    assert sheet["F3"].value == "2026年9月20日 已起草（张三）\n2026年10月8日 办结：已报送"
    assert sheet["G3"].value == "已办结\n2026年10月8日"
