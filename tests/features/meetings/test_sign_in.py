# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pypdfium2
import pytest

from partyroom.core.errors import DomainError
from partyroom.documents.model import LedgerTable, PageStyle
from partyroom.documents.pdf import render_pdf
from partyroom.features.meetings.domain import Guest, MeetingDraft, State
from partyroom.features.meetings.service import expected_attendance
from partyroom.features.meetings.sign_in import Signer, SignIn
from partyroom.features.meetings.sign_in_report import sign_in_document
from partyroom.features.meetings.sign_in_service import sign_in_for, sign_in_of
from partyroom.features.organisation.domain import Branch

DRAFT = MeetingDraft("assembly", "第三季度党员大会", datetime(2026, 9, 10, 15, 30), place="党员活动室", chair="赵甲")


def sheet(count, **fields):
    people = tuple(Signer(f"党员{number:03d}", "第一党小组") for number in range(1, count + 1))
    return SignIn(replace(DRAFT, **fields), "支部党员大会", people, Branch("样例小学党支部"))


def ledgers(document):
    return [block for block in document.blocks if isinstance(block, LedgerTable)]


def pages_of(document):
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(render_pdf(document).data)]


def test_a_meeting_without_a_list_is_signed_by_those_expected(branch):
    found = branch.read(lambda s: sign_in_for(s, DRAFT))
    assert len(found.signers) == 30
    assert found.signers[0].unit == "语文科"
    assert found.kind == "支部党员大会"


def test_leave_is_on_the_sheet_beforehand_and_who_is_not_counted_is_not(branch, stored):
    lines = list(branch.read(lambda s: expected_attendance(s, "assembly", date(2026, 9, 10))))
    lines[0] = replace(lines[0], state=State.LEAVE)
    lines[1] = replace(lines[1], state=State.ABSENT)
    lines[2] = replace(lines[2], excluded="被停止党籍")
    lines[3] = replace(lines[3], state=State.OBSERVER)
    meeting = stored(attendance=tuple(lines), guests=(Guest("李督导", "县教体局"),))
    found = branch.read(lambda s: sign_in_of(s, meeting))
    assert [person.remark for person in found.signers[:2]] == ["请假", ""]
    assert lines[2].name not in [person.name for person in found.signers]
    assert [person.name for person in found.signers if person.observer] == [lines[3].name, "李督导"]
    (expected, observers) = ledgers(sign_in_document(found))
    assert len(expected.rows) == 28
    assert [row[1] for row in observers.rows] == [lines[3].name, "李督导", "", ""]


def test_a_meeting_that_is_gone_is_refused(branch):
    with pytest.raises(DomainError, match="没有这次会议的记录"):
        branch.read(lambda s: sign_in_of(s, 999))


@pytest.mark.parametrize(
    ("count", "abreast", "style"), [(5, 1, "FORM"), (35, 1, "FORM"), (60, 2, "LEDGER"), (300, 3, "LEDGER")]
)
def test_many_names_stand_abreast(count, abreast, style):
    document = sign_in_document(sheet(count))
    (table,) = ledgers(document)
    assert document.page is PageStyle[style]
    assert [column.title for column in table.columns].count("签到") == abreast
    assert len(table.rows) == -(-count // abreast)
    names = [cell for row in table.rows for cell in row if cell.startswith("党员")]
    assert names == [f"党员{number:03d}" for number in range(1, count + 1)]


def test_three_hundred_people_fit_a_handful_of_pages_each_with_headings():
    pages = pages_of(sign_in_document(sheet(300)))
    assert len(pages) <= 7
    assert all("签到" in page and "姓名" in page for page in pages)
    assert "应到300人" in pages[0]
    assert "党员300" in pages[-1]


def test_a_blank_sheet_has_a_line_for_everybody_and_no_name():
    document = sign_in_document(sheet(24), blank=True)
    people, observers = ledgers(document)
    assert len(people.rows) == 24
    assert {row[1] for row in people.rows + observers.rows} == {""}
    assert people.rows[23][0] == "24"
    text = "".join(pages_of(document))
    assert "第三季度党员大会" in text
    assert "2026年9月10日 15:30" in text
    assert "党员001" not in text


def test_markup_in_a_name_is_printed_as_it_is():
    odd = replace(sheet(1), signers=(Signer("<b>张&三</b>"),))
    assert "<b>张&三</b>" in "".join(pages_of(sign_in_document(odd))).replace("\r\n", "")
