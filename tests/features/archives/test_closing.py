from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from datetime import date, datetime

import pikepdf
import pypdfium2
import pytest

from partyroom.core.calendar import stopped_at
from partyroom.core.errors import CancelledError, DomainError, StorageError
from partyroom.documents import pdf as printing
from partyroom.features.archives import closing_report
from partyroom.features.archives.closing import CARRIED, OpenItem, subjects
from partyroom.features.archives.closing_report import carried_document, render_papers
from partyroom.features.archives.closing_service import (
    close_year,
    closed_papers,
    list_years,
    plan_closing,
    reopen_year,
)
from partyroom.features.archives.open_items_service import open_items
from partyroom.features.archives.pack_report import write_pack
from partyroom.features.archives.pack_service import PackWish, gather
from partyroom.features.archives.parts import all_parts
from partyroom.features.meetings.domain import MeetingDraft, Resolution, State
from partyroom.features.meetings.service import (
    MeetingQuery,
    expected_attendance,
    get_meeting,
    list_meeting_ids,
    record_meeting,
    update_meeting,
)
from partyroom.features.safekeeping.service import list_change_ids, list_changes, undo_change
from partyroom.storage.attachments import Attachment
from partyroom.storage.library import Library
from partyroom.storage.years import closed_years

CLOSED = datetime.fromisoformat("2026-01-10T09:00")
CLOSED_SENTENCE = "2025年已经归档关闭"


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    return unicodedata.normalize("NFKC", "".join(text.split()))


def plan(library: Library, year: int = 2025):
    return library.read(lambda s: plan_closing(s, all_parts(), year))


@pytest.fixture
def close(branch: Library):
    def run(by: str = "钱二", at: datetime = CLOSED, year: int = 2025) -> int:
        with stopped_at(at):
            made = plan(branch, year)
            papers = render_papers(made, branch.attachments.get)
            return branch.write(
                f"关闭{year}年", lambda s: close_year(s, branch.attachments, made, papers, by, "归档完毕")
            ).result

    return run


def rename_meeting(session, title: str = "改过") -> None:
    ids = list_meeting_ids(session, MeetingQuery(search="第一季度"))
    update_meeting(session, ids[0], replace(get_meeting(session, ids[0]).draft, title=title))


def kept(library: Library, year: int = 2025) -> dict[str, bytes]:
    return {p.key: library.attachments.get(p.sha256) for p in library.read(lambda s: closed_papers(s, year))}


def test_a_closed_year_keeps_every_paper_as_pdf_a_and_takes_no_more_changes(branch: Library, close) -> None:
    wanted = [key for key, _piece in plan(branch).pieces]
    assert close() == len(wanted) + 1
    papers = kept(branch)
    assert list(papers) == [*wanted, CARRIED]
    for content in papers.values():
        with pikepdf.open(io.BytesIO(content)) as file:
            assert file.open_metadata().get("pdfaid:part") == "2"
    rows = branch.read(lambda s: closed_papers(s, 2025))
    assert all(row.pages > 0 for row in rows)
    assert any("第一季度党员大会" in row.title for row in rows)
    with pytest.raises(DomainError, match=CLOSED_SENTENCE):
        branch.write("改", rename_meeting)
    day = datetime.fromisoformat("2025-06-05T15:00")
    with pytest.raises(DomainError, match=CLOSED_SENTENCE):
        branch.write("记", lambda s: record_meeting(s, MeetingDraft("assembly", "补一次", day)))


def test_papers_of_a_closed_year_stay_the_same_bytes_when_the_program_prints_otherwise(
    branch: Library, close, tmp_path, monkeypatch
) -> None:
    close()
    before = kept(branch)
    real = printing.Composer.strips
    monkeypatch.setattr(printing.Composer, "strips", lambda self, blocks: real(self, blocks[:1]))  # a later version
    assert kept(branch) == before
    wish = PackWish(date(2025, 1, 1), date(2025, 12, 31))
    made = branch.read(lambda s: gather(s, all_parts(), wish))
    write_pack(made, tmp_path / "材料", branch.attachments.get)
    handed = {path.read_bytes() for path in (tmp_path / "材料").rglob("*.pdf")}
    assert {content for key, content in before.items() if key != CARRIED} <= handed


def test_what_to_look_at_is_said_with_reasons_and_forbids_nothing(branch: Library, close) -> None:
    with stopped_at(CLOSED):
        found = subjects(plan(branch).findings)
    assert "《第一季度党员大会（会议记录）》" in found["记录"][0]
    assert "还没有定稿" in found["记录"][0]
    assert "等" in found["归档"][0]
    assert "还没有归档" in found["归档"][0]
    assert "时间" not in found
    with stopped_at(datetime.fromisoformat("2025-11-01T09:00")):
        assert "2025年还没有过完" in subjects(plan(branch).findings)["时间"][0]
        assert close(at=datetime.fromisoformat("2025-11-01T09:00")) > 1


def test_open_dues_months_are_named(branch: Library) -> None:
    from partyroom.features.dues.ledger import Choices
    from partyroom.features.dues.years_service import save_choices

    branch.write("开账", lambda s: save_choices(s, Choices(2025)))
    with stopped_at(CLOSED):
        assert subjects(plan(branch).findings)["党费"] == ["2025年1—12月党费还没有结账。"]


@pytest.mark.parametrize(("by", "sentence"), [("  ", "请填写关闭人姓名"), ("钱二", "2025年已经关闭")])
def test_closing_asks_for_a_name_and_is_done_once(branch: Library, close, by, sentence) -> None:
    made = plan(branch)
    if by.strip():
        close()
    with pytest.raises(DomainError, match=sentence):
        branch.write("关闭", lambda s: close_year(s, branch.attachments, made, [], by))


def test_a_change_while_the_papers_are_made_is_not_lost(branch: Library) -> None:
    made = plan(branch)
    papers = render_papers(made, branch.attachments.get)
    branch.write("改", rename_meeting)
    with pytest.raises(DomainError, match="又保存了新的内容"):
        branch.write("关闭", lambda s: close_year(s, branch.attachments, made, papers, "钱二"))
    assert branch.read(closed_years) == frozenset()
    assert branch.read(lambda s: closed_papers(s, 2025)) == []


def test_a_full_disk_leaves_the_year_open(branch: Library, monkeypatch) -> None:
    made = plan(branch)
    papers = render_papers(made, branch.attachments.get)
    real, calls = type(branch.attachments).put, []

    def put(files, content: bytes) -> str:
        calls.append(1)
        if len(calls) > 2:
            raise StorageError("附件没有保存：磁盘已满或文件夹不能写入。")
        return real(files, content)

    monkeypatch.setattr(type(branch.attachments), "put", put)
    with pytest.raises(StorageError, match="磁盘已满"):
        branch.write("关闭", lambda s: close_year(s, branch.attachments, made, papers, "钱二"))
    assert branch.read(closed_years) == frozenset()
    assert branch.read(lambda s: s.query(Attachment).count()) == 0


def test_making_the_papers_can_be_cancelled(branch: Library) -> None:
    def stop(done: int, _total: int, _text: str) -> None:
        if done == 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        render_papers(plan(branch), branch.attachments.get, stop)
    assert branch.read(closed_years) == frozenset()


def test_reopening_asks_who_and_why_and_closing_again_replaces_the_papers(branch: Library, close) -> None:
    close()
    before = kept(branch)
    with pytest.raises(DomainError) as refused:
        branch.write("开", lambda s: reopen_year(s, 2025, " ", "\n"))
    assert [p.field for p in refused.value.problems] == ["by", "reason"]
    with stopped_at(datetime.fromisoformat("2026-02-01T09:00")):
        branch.write("重新打开2025年", lambda s: reopen_year(s, 2025, "孙三", "会议名称写错"))
    assert kept(branch) == before
    branch.write("改", lambda s: rename_meeting(s, "改过的党员大会"))
    with pytest.raises(DomainError, match="没有关闭"):
        branch.write("开", lambda s: reopen_year(s, 2025, "孙三", "x"))
    close("李四", datetime.fromisoformat("2026-02-02T09:00"))
    texts = "".join(map(text_of, kept(branch).values()))
    assert "改过的党员大会" in texts
    assert "第一季度党员大会" not in texts
    (row,) = [row for row in branch.read(list_years) if row.id == 2025]
    assert (row.state, row.closed_by, row.closed_on) == ("已关闭", "李四", "2026年2月2日")
    assert row.history == (
        "2026年1月10日由钱二关闭（归档完毕）；2026年2月1日由孙三重新打开，原因：会议名称写错。",
        "2026年2月2日由李四关闭（归档完毕）。",
    )


def test_closing_and_reopening_are_in_the_change_log_and_are_not_undone(branch: Library, close) -> None:
    close()
    branch.write("重新打开2025年", lambda s: reopen_year(s, 2025, "孙三", "x"))
    lines = branch.read(lambda s: list_changes(s, list_change_ids(s)))
    by_label = {line.label: line.id for line in lines}
    for label in ("关闭2025年", "重新打开2025年"):
        with pytest.raises(DomainError, match="不能撤销：年度关闭后"):
            branch.write("撤销", lambda s, number=by_label[label]: undo_change(s, number))


def test_the_list_of_years_says_how_each_stands(branch: Library, close) -> None:
    close()
    with stopped_at(CLOSED):
        rows = branch.read(list_years)
    assert [(row.id, row.state) for row in rows] == [(2026, "未关闭"), (2025, "已关闭"), (2024, "未关闭")]
    assert rows[1].papers == len(kept(branch))
    branch.write("开", lambda s: reopen_year(s, 2025, "孙三", "x"))
    with stopped_at(CLOSED):
        assert branch.read(list_years)[1].state == "已重新打开"


def test_open_items_are_carried_over_on_paper(branch: Library, close) -> None:
    def leave_open(session) -> None:
        day = datetime.fromisoformat("2025-12-20T15:00")
        first, *others = expected_attendance(session, "theme_day", day.date())
        lines = (replace(first, state=State.ABSENT), *others)
        resolutions = (Resolution("修好投影仪", responsible="孙三", deadline="2026年1月底前"),)
        draft = MeetingDraft(
            "theme_day", "十二月主题党日", day, attendance=lines, minutes="学习。", resolutions=resolutions
        )
        record_meeting(session, draft)
        later = datetime.fromisoformat("2026-01-05T15:00")
        record_meeting(
            session, MeetingDraft("assembly", "新年大会", later, minutes="x", resolutions=(Resolution("新年的事"),))
        )

    branch.write("记会", leave_open)
    items = branch.read(lambda s: open_items(s, date(2025, 12, 31)))
    assert {item.kind for item in items} == {"未办结的决议", "待补课"}
    assert not any("新年的事" in item.text for item in items)
    close()
    text = text_of(kept(branch)[CARRIED])
    for words in ("2025年度结转事项清单", "修好投影仪", "孙三", "十二月主题党日", "共2项", "书记(签字)"):
        assert words in text


def test_a_year_without_open_items_says_so() -> None:
    pdf = closing_report.render_pdf(carried_document([], "第九党支部", 2025, date(2026, 1, 10))).data
    assert "没有需要结转的事项" in text_of(pdf)
    hostile = [OpenItem("待补课", "<b>&课</b>" + "长" * 500, "张𬭎", date(2026, 1, 1))]
    assert "<b>&课</b>" in text_of(
        closing_report.render_pdf(carried_document(hostile, "x", 2025, date(2026, 1, 10))).data
    )
